"""Silhouettes: from their definition, against gudhi, and in limits that are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.diagrams import Diagram, Diagrams, as_diagrams
from tda.features import Silhouette, persistence_landscape, silhouette

GRID = np.linspace(-0.1, 2.5, 80)
EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


def by_definition(bars, grid, weight_power):
    births, deaths = np.asarray(bars, dtype=float).reshape(-1, 2).T
    tents = np.minimum(grid[:, None] - births, deaths - grid[:, None]).clip(0)
    weights = (deaths - births) ** weight_power
    return tents @ weights / weights.sum() if weights.size else np.zeros(len(grid))


LATTICE = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda bar: bar[0] < bar[1]),
    max_size=12,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(LATTICE, st.sampled_from([0, 0.5, 1, 2, 7.5]))
def test_is_its_definition(bars, weight_power):
    grid = np.arange(-1, 14, 0.5)
    ours = silhouette(bars, grid, weight_power=weight_power)
    expected = by_definition(bars, grid, weight_power)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-13)
    assert (ours >= 0).all() and not ours[expected == 0].any()


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_sums_from_changes_lose_no_digits(shift):
    """Also far from zero, where values have ten digits and lifetimes six of them."""
    rng = np.random.default_rng(0)
    bars = random_bars(rng, 5000) + shift
    even, uneven = GRID + shift, rng.exponential(0.5, 40) ** 3 + shift
    for grid in (even, uneven):
        expected = by_definition(bars, grid, 1)
        difference = silhouette(bars, grid) - expected
        assert np.abs(difference).max() <= 1e-12 * expected.max() + 1e-16 * shift


def test_gudhi_is_root_two_times_the_standard():
    from gudhi import representations

    rng = np.random.default_rng(1)
    samples = [random_bars(rng, n) for n in (3, 40, 200)]
    for power in (1, 2):
        theirs = representations.Silhouette(
            weight=lambda bar, power=power: (bar[1] - bar[0]) ** power,
            resolution=GRID.size,
            sample_range=[GRID[0], GRID[-1]],
            keep_endpoints=True,
        ).fit_transform(samples)
        ours = np.array([silhouette(bars, GRID, weight_power=power) for bars in samples])
        np.testing.assert_allclose(theirs, np.sqrt(2) * ours, rtol=0, atol=1e-13)


def test_one_bar_is_its_tent_and_equal_bars_are_one():
    tent = persistence_landscape([[0.5, 2]], GRID, n_layers=1)[0]
    for n in (1, 3):
        np.testing.assert_allclose(silhouette([[0.5, 2]] * n, GRID), tent, rtol=0, atol=1e-15)


def test_the_longest_bar_decides_in_the_limit_and_no_power_overflows():
    bars = 1e100 * np.array([[0.0, 1.0], [0.2, 1.7], [1.0, 1.5]])
    far = silhouette(bars, GRID * 1e100, weight_power=1000)
    alone = silhouette(bars[1:2], GRID * 1e100)
    np.testing.assert_allclose(far, alone, rtol=1e-12, atol=1e60)


def test_moves_with_the_filtration_and_scales():
    bars = random_bars(np.random.default_rng(3), 20)
    curve = silhouette(bars, GRID)
    np.testing.assert_allclose(silhouette(bars + 1, GRID + 1), curve, atol=1e-14)
    np.testing.assert_array_equal(silhouette(4 * bars, 4 * GRID), 4 * curve)
    np.testing.assert_array_equal(silhouette(bars[:, ::-1], GRID), curve)


@pytest.mark.parametrize("weight_power", [1.0, 2.0])
def test_transform_applies_the_function_degree_by_degree(weight_power):
    rng = np.random.default_rng(4)
    samples = as_diagrams([[random_bars(rng, 20), random_bars(rng, n)] for n in (9, 0, 30)])
    curve = Silhouette(n_bins=20, weight_power=weight_power).fit(samples)
    out = curve.transform(samples)
    for row, sample in zip(out.reshape(3, 2, 20), samples, strict=True):
        for k in (0, 1):
            expected = silhouette(sample[k], curve.grids_[k], weight_power=weight_power)
            np.testing.assert_array_equal(row[k], expected)
    assert not out[1, 20:].any()


def test_essential_classes_are_dropped_or_clamped():
    diagrams = Diagrams([Diagram([0, 0], [4, np.inf], [0, 0])])
    for essential in ("drop", "clamp"):
        curve = Silhouette(n_bins=5, essential=essential).fit_transform(diagrams)
        np.testing.assert_array_equal(curve, [[0, 1, 2, 1, 0]])
    alone = Diagrams([Diagram([0], [np.inf], [0])])
    clamped = Silhouette(n_bins=5, essential="clamp").fit(diagrams)
    np.testing.assert_array_equal(clamped.transform(alone), [[0, 1, 2, 1, 0]])
    dropped = Silhouette(n_bins=5).fit(diagrams)
    assert not dropped.transform(alone).any()


def test_degrees_missing_on_either_side():
    zero, one = random_bars(np.random.default_rng(5), 20), [[1.0, 2.0]]
    out = Silhouette(n_bins=5).fit([[zero, one]]).transform([[zero]])
    assert out[0, :5].any() and not out[0, 5:].any()
    fitted = Silhouette(n_bins=5).fit([[zero]])
    np.testing.assert_array_equal(fitted.transform([[zero, one]]), fitted.transform([[zero]]))


def test_errors_say_what_to_do():
    with pytest.raises(ValueError, match=r"infinite.*drop essential"):
        silhouette([[0, np.inf]], GRID)
    with pytest.raises(ValueError, match="weight_power=-1"):
        silhouette([[0, 1]], GRID, weight_power=-1)


def test_kernel_is_its_own_python():
    from tda._kernels.curves import mean_tents

    low = np.array([0.0, 1.0, 0.5, 0.0])
    for power in (1.0, 2.0):
        arguments = (low, low + [2, -1, 0.01, 9], power, np.array([0, 3, 3, 4]), GRID)
        compiled, interpreted = mean_tents(*arguments), mean_tents.py_func(*arguments)
        np.testing.assert_allclose(compiled, interpreted, rtol=1e-14)
