"""Two-parameter Hilbert functions, Euler surfaces, signed measures: brute force and multipers."""

import json
import sys
from pathlib import Path

import gudhi
import numpy as np
import pytest

from tda import EulerSurface, HilbertFunction, SignedMeasure
from tda.euler import euler_surface, hilbert_function, signed_measure
from tda.homology import distance_to_measure

REFERENCE = Path(__file__).parent / "reference"
sys.path.insert(0, str(REFERENCE))
try:
    import make_euler
finally:
    sys.path.remove(str(REFERENCE))

LEVELS, RADII = np.array([-1.0, 0.0, 0.3, 0.6, 1.25]), np.linspace(0, 3, 9)


def betti_numbers(points, radius, complex):
    """Of one complex, without a filtration by radius."""
    if not len(points):
        return [0, 0, 0]
    if complex == "rips":
        tree = gudhi.RipsComplex(points=points, max_edge_length=radius).create_simplex_tree(2)
    else:
        tree = gudhi.AlphaComplex(points=points).create_simplex_tree(radius**2)
    tree.compute_persistence(persistence_dim_max=True)
    return [*tree.betti_numbers(), 0, 0, 0][:3]


@pytest.mark.parametrize("complex", ["rips", "alpha"])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_place_of_the_grid_is_a_complex_of_its_own(complex, seed):
    points, function = make_euler.cloud_of(seed)
    expected = np.array(
        [[betti_numbers(points[function <= s], r, complex) for r in RADII] for s in LEVELS]
    )
    for degree in (0, 1):
        found = hilbert_function(
            points, LEVELS, RADII, degree=degree, function=function, complex=complex
        )
        np.testing.assert_array_equal(found, expected[:, :, degree])
    surface = euler_surface(points, LEVELS, RADII, function=function, complex=complex)
    np.testing.assert_array_equal(surface, expected[:, :, 0] - expected[:, :, 1])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("degree", [0, 1])
def test_signed_measures_are_those_of_multipers(seed, degree):
    points, function = make_euler.cloud_of(seed)
    reference = json.loads((REFERENCE / "euler_multipers.json").read_text())[seed][degree]
    expected = {}
    for (radius, level), weight in zip(reference["points"], reference["weights"], strict=True):
        key = (level, round(radius, 9))
        expected[key] = expected.get(key, 0) + weight
    found, weights = signed_measure(points, degree=degree, function=function)
    keys = [(level, round(radius, 9)) for level, radius in found.tolist()]
    assert dict(zip(keys, weights.tolist(), strict=True)) == {
        k: w for k, w in expected.items() if w
    }


@pytest.mark.parametrize("complex", ["rips", "alpha"])
def test_weights_below_a_place_sum_to_the_betti_number(complex):
    points, function = make_euler.cloud_of(5)
    for degree in (0, 1):
        options = {"degree": degree, "function": function, "complex": complex}
        where, weights = signed_measure(points, **options)
        below = (where[:, None, None, 0] <= LEVELS[:, None]) & (where[:, None, None, 1] <= RADII)
        np.testing.assert_array_equal(
            (weights[:, None, None] * below).sum(axis=0),
            hilbert_function(points, LEVELS, RADII, **options),
        )


def test_transformers_are_the_functions_on_their_grid():
    clouds = [make_euler.cloud_of(seed)[0] for seed in (0, 1)]
    hilbert = HilbertFunction(n_levels=4, n_bins=6, mass=0.2)
    surface = EulerSurface(n_levels=4, n_bins=6, mass=0.2, range=(0, 2))
    tables, surfaces = hilbert.fit_transform(clouds), surface.fit_transform(clouds)
    values = np.concatenate([distance_to_measure(cloud, mass=0.2) for cloud in clouds])
    assert [int((values <= level).sum()) for level in hilbert.levels_] == [7, 14, 21, 28]
    for i, cloud in enumerate(clouds):
        for degree in (0, 1):
            one = hilbert_function(cloud, hilbert.levels_, hilbert.grid_, degree=degree, mass=0.2)
            np.testing.assert_array_equal(tables[i].reshape(2, 4, 6)[degree], one)
        one = euler_surface(cloud, surface.levels_, surface.grid_, mass=0.2)
        np.testing.assert_array_equal(surfaces[i].reshape(4, 6), one)


def test_smoothed_measures_are_sums_of_bumps():
    cloud, _ = make_euler.cloud_of(0)
    model = SignedMeasure(n_levels=5, n_bins=7, bandwidth=0.2)
    (row,) = model.fit_transform([cloud])
    shares, radii = np.arange(1, 6) / 5, model.grid_
    for degree in (0, 1):
        where, weights = signed_measure(cloud, levels=model.levels_, degree=degree)
        at = np.searchsorted(model.levels_, where[:, 0]) / 5 + 0.2
        across = ((shares[:, None] - at) / 0.2) ** 2
        along = ((radii[:, None] - where[:, 1]) / radii[-1] / 0.2) ** 2
        bumps = np.exp(-0.5 * (across[:, None] + along[None]))
        np.testing.assert_allclose(
            row.reshape(2, 5, 7)[degree], bumps @ weights, rtol=1e-9, atol=1e-9
        )


def test_own_functions_and_empty_levels():
    cloud = np.random.default_rng(0).normal(size=(20, 2))
    first = lambda X: X[:, 0]  # noqa: E731
    model = HilbertFunction(function=first, n_levels=3).fit([cloud])
    np.testing.assert_array_equal(model.transform([cloud + [9, 0]]), 0)  # all beyond the levels
    where, weights = signed_measure([[0.0, 1.0]])
    assert where.tolist() == [[0.0, 0.0]] and weights.tolist() == [1]
    where, weights = signed_measure([[0.0, 1.0]], degree=1)
    assert where.shape == (0, 2) and weights.size == 0
    assert hilbert_function([[0.0]], [-1, 0], [0.0, 1.0]).tolist() == [[0, 0], [1, 1]]


def test_errors_say_what_is_wrong():
    cloud = np.random.default_rng(0).normal(size=(8, 2))
    with pytest.raises(ValueError, match="ascending"):
        hilbert_function(cloud, [1, 0], [0, 1])
    with pytest.raises(ValueError, match="one finite number"):
        signed_measure(cloud, function=[1.0, 2.0])
    with pytest.raises(ValueError, match="complex"):
        euler_surface(cloud, [0], [0], complex="cech")
    with pytest.raises(ValueError, match="degree"):
        signed_measure(cloud, degree=-1)
    with pytest.raises(ValueError, match="set degrees"):
        EulerSurface().fit([cloud, np.zeros((3, 3))])
    with pytest.raises(ValueError, match="distinct integers"):
        HilbertFunction(degrees=[0, 0]).fit([cloud])
