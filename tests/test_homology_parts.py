"""Degree 0 in parts is that of the whole, for any parts."""

import dask
import dask.array
import dask.bag
import numpy as np
import pytest

from tda import cubical_diagram, rips_diagram
from tda.homology import cloud_components, volume_components

RNG = np.random.default_rng(0)


def clouds():
    for n in (1, 2, 3, 40, 150):
        for d in (1, 2, 3, 5):
            yield RNG.normal(size=(n, d))
            yield RNG.integers(0, 3, (n, d)).astype(float)
            strays = 50 + RNG.normal(size=(3, d)), np.full((2, d), -1e3)
            yield np.concatenate([RNG.normal(size=(n, d)), *strays])
    yield np.zeros((9, 2))


@pytest.mark.parametrize("n_parts", [1, 2, 4, 16])
def test_parts_of_a_cloud(n_parts):
    for X in clouds():
        assert cloud_components(X, n_parts=n_parts) == rips_diagram(X, max_dimension=0), X.shape


def test_parts_of_a_cloud_that_overlap():
    for X in clouds():
        parts = np.array_split(RNG.permutation(X), min(3, len(X)))
        assert cloud_components(parts) == rips_diagram(X, max_dimension=0), X.shape


def test_parts_of_a_cloud_with_search_trees(tmp_path):
    X = RNG.uniform(size=(20_000, 3)) ** 2
    expected = rips_diagram(X, max_dimension=0)
    assert cloud_components(X, n_parts=4, n_jobs=2) == expected
    np.save(tmp_path / "X.npy", X)
    assert cloud_components(tmp_path / "X.npy") == expected


def test_parts_that_dask_makes(tmp_path):
    X = RNG.normal(size=(300, 2))
    expected, parts = rips_diagram(X, max_dimension=0), np.array_split(X, 4)
    assert cloud_components([dask.delayed(part) for part in parts]) == expected
    bag = dask.bag.from_sequence(parts, npartitions=2)
    for _ in range(2):
        assert cloud_components(bag, checkpoint=tmp_path) == expected


def test_clouds_that_are_none():
    for wrong, said in [
        (np.zeros((0, 2)), "empty"),
        (np.full((3, 2), np.nan), "NaN"),
        ([np.zeros((3, 2)), np.zeros((3, 3))], r"\[2, 3\] coordinates"),
        ([dask.delayed(np.zeros((3, 2))), dask.delayed(np.zeros(3))], r"X\[1\]"),
    ]:
        with pytest.raises(ValueError, match=said):
            cloud_components(wrong)
    for n_parts in (0, 1.5, True):
        with pytest.raises(ValueError, match="n_parts"):
            cloud_components(np.zeros((3, 2)), n_parts=n_parts)


SHAPES = [(1,), (2,), (9,), (5, 6), (12, 1), (7, 8, 5), (6, 6, 6), (1, 4, 3)]
OPTIONS = [(d, c) for d in ("sublevel", "superlevel") for c in ("cells", "vertices")]


def images(shape, direction):
    never = np.inf if direction == "sublevel" else -np.inf
    yield RNG.normal(size=shape)
    yield RNG.integers(0, 3, shape).astype(float)
    yield np.zeros(shape)
    walls = np.where(RNG.random(shape) < 0.2, never, RNG.normal(size=shape))
    if np.isfinite(walls).any():
        yield walls


@pytest.mark.parametrize(("direction", "construction"), OPTIONS)
def test_blocks_of_a_volume(direction, construction):
    options = {"direction": direction, "construction": construction}
    for shape in SHAPES:
        for X in images(shape, direction):
            expected = cubical_diagram(X, max_dimension=0, **options)
            for n_blocks in (None, 1, 2, 50):
                assert volume_components(X, n_blocks=n_blocks, **options) == expected
            chunks = tuple(max(side // 2, 1) for side in shape)
            blocks = dask.array.from_array(X, chunks=chunks)
            assert volume_components(blocks, **options) == expected


def test_blocks_of_a_smooth_volume(tmp_path):
    from scipy.ndimage import gaussian_filter

    X = gaussian_filter(RNG.normal(size=(40, 40, 40)), 2)
    expected = cubical_diagram(X, max_dimension=0, direction="superlevel")
    for _ in range(2):
        found = volume_components(
            X, direction="superlevel", n_blocks=4, n_jobs=2, checkpoint=tmp_path
        )
        assert found == expected
    assert len(list(tmp_path.rglob("*.pkl"))) == 4


def test_volumes_that_are_none():
    X = dask.array.from_array(np.array([[0.0, np.nan], [1.0, 2.0]]), chunks=1)
    with pytest.raises(ValueError, match=r"block \(0, 1\): it holds NaN"):
        volume_components(X)
    with pytest.raises(ValueError, match="unknown size"):
        volume_components(X[X.sum(axis=1) > 0])
    with pytest.raises(ValueError, match="NaN"):
        volume_components(X.compute())
    with pytest.raises(ValueError, match="n_blocks"):
        volume_components(np.zeros((3, 3)), n_blocks=0)
    with pytest.raises(ValueError, match="direction"):
        volume_components(np.zeros((3, 3)), direction="up")
