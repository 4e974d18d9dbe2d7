"""The loop over small clouds: each one as by the pass over its distance matrix, and as by gudhi."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from tda._kernels import rips_many as module
from tda._kernels.rips_many import rips_many
from tda.homology.engines.rips_gudhi import rips_gudhi
from tda.homology.engines.rips_lunes import rips_lunes


def clouds():
    """One batch a row, all its clouds with as many coordinates."""
    rng = np.random.default_rng(0)
    yield "one and two points", [np.zeros((1, 2)), np.array([[0.0, 0.0], [3.0, 4.0]])]
    yield "uniform", [rng.random((n, 3)) for n in (3, 40, 64, 65, 130)]
    yield "high dimension", [rng.standard_normal((60, 12))]
    yield "spheres", [X / np.linalg.norm(X, axis=1)[:, None] for X in rng.normal(size=(2, 90, 3))]
    yield (
        "ties",
        [rng.integers(0, 4, (50, 2)).astype(float), np.mgrid[:6, :6].reshape(2, -1).T * 1.0],
    )
    yield "twins", [np.repeat(rng.random((20, 2)), 2, axis=0), np.ones((7, 2))]
    yield "line", [np.arange(30.0)[:, None], rng.random((30, 1))]
    yield "clusters", [np.concatenate([rng.random((40, 2)) * 1e-6, rng.random((40, 2))])]
    yield "near underflow", [rng.random((20, 2)) * 10.0**-k for k in (150, 160, 165, 200)]
    yield "near overflow", [rng.random((20, 2)) * 1e150]
    square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    # More loops alive at once than there are bits in a word.
    corners = 5.0 * np.mgrid[:10, :7].reshape(2, 1, -1).T.reshape(-1, 1, 2)
    yield "seventy squares", [(square + corners).reshape(-1, 2)]


@pytest.mark.parametrize("batch", [pytest.param(batch, id=name) for name, batch in clouds()])
@pytest.mark.parametrize("max_length", [np.inf, 0.4])
def test_bars_are_those_of_the_matrix(batch, max_length):
    starts = np.cumsum([0, *map(len, batch)])
    births, deaths, dims, offsets = rips_many(np.concatenate(batch), starts, 1, max_length)
    for i, X in enumerate(batch):
        D = squareform(pdist(X)) if len(X) > 1 else np.zeros((1, 1))
        expected = rips_lunes(D, max_dimension=1, max_edge_length=max_length, simplices=False)
        found = slice(offsets[i], offsets[i + 1])
        np.testing.assert_array_equal(dims[found], expected.dims)
        np.testing.assert_allclose(births[found], expected.births, rtol=1e-15)
        np.testing.assert_allclose(deaths[found], expected.deaths, rtol=1e-15)


@pytest.mark.parametrize("seed", range(30))
def test_bars_are_those_of_gudhi(seed):
    rng = np.random.default_rng(seed)
    n, d = rng.integers(2, 60), rng.integers(1, 6)
    X = rng.random((n, d)) if seed % 3 else rng.integers(0, 4, (n, d)).astype(float)
    births, deaths, dims, _ = rips_many(X, np.array([0, n]), 1, np.inf)
    D = squareform(pdist(X))
    expected = rips_gudhi(D, max_dimension=1, field=2, max_edge_length=np.inf)
    keep = expected.deaths > expected.births
    for k in range(2):
        bars = np.column_stack([births, deaths])[dims == k]
        other = np.column_stack([expected.births, expected.deaths])[keep & (expected.dims == k)]
        order = np.lexsort(bars.T[::-1]), np.lexsort(other.T[::-1])
        np.testing.assert_allclose(bars[order[0]], other[order[1]], rtol=1e-6)


def test_components_alone_are_the_same():
    batch = [np.random.default_rng(3).random((n, 2)) for n in (20, 50)]
    points, starts = np.concatenate(batch), np.array([0, 20, 70])
    alone, both = rips_many(points, starts, 0, np.inf), rips_many(points, starts, 1, np.inf)
    np.testing.assert_array_equal(alone[1], both[1][both[2] == 0])


def test_compiled_does_as_its_python(monkeypatch):
    batch = [np.random.default_rng(5).random((n, 2)) for n in (14, 9)]
    arguments = np.concatenate(batch), np.array([0, 14, 23]), 1, np.inf
    compiled = rips_many(*arguments)
    for name, kernel in vars(module).items():
        if hasattr(kernel, "py_func"):
            monkeypatch.setattr(module, name, kernel.py_func)
    for a, b in zip(compiled, module.rips_many(*arguments), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", ["crowded", "falling", "ties"])
def test_pairs_are_sorted_however_they_crowd(kind):
    rng = np.random.default_rng(7)
    X = {
        "crowded": np.concatenate([rng.random(40) * 1e-9, [5.0]]),
        "falling": 2.0 ** -np.arange(41.0),
        "ties": rng.integers(0, 3, 41).astype(float),
    }[kind]
    squares = (X[:, None] - X) ** 2
    keys, codes = np.empty(41 * 20 + 1), np.empty(41 * 20 + 1, np.int64)
    m = module._sorted_pairs(squares, -1.0, np.inf, keys, codes)
    assert m == 41 * 20
    np.testing.assert_array_equal(keys[:m], np.sort(squares[np.triu_indices(41, 1)]))
    np.testing.assert_array_equal(keys[:m], squares[codes[:m] >> 16, codes[:m] & 0xFFFF])
    assert np.unique(codes[:m]).size == m
