"""Entropies and entropy curves: known values, against gudhi, persim and giotto-tda, invariances."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.diagrams import Diagram, Diagrams, as_diagrams
from tda.features import EntropyCurve, PersistenceEntropy, entropy_curve, persistence_entropy

GRID = np.linspace(-0.1, 2.5, 80)
GIOTTO = json.loads((Path(__file__).parent / "reference" / "giotto_features.json").read_text())


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_equal_bars_have_the_largest_entropy(n):
    bars = np.column_stack([np.arange(n), np.arange(n) + 0.1])
    assert persistence_entropy(bars) == pytest.approx(np.log(n), abs=1e-13)
    assert persistence_entropy(bars, normalize=True) == pytest.approx(float(n > 1))
    assert persistence_entropy(bars, normalize=True) <= 1


def test_one_bar_and_none_have_none():
    for bars in ([[0, 2]], []):
        for normalize in (False, True):
            assert str(persistence_entropy(bars, normalize=normalize)) == "0.0"


def test_agrees_with_gudhi_and_persim():
    from gudhi import representations
    from persim import persistent_entropy

    rng = np.random.default_rng(0)
    samples = [random_bars(rng, n) for n in (3, 40, 200)]
    ours = [persistence_entropy(bars) for bars in samples]
    theirs = representations.Entropy(mode="scalar").fit_transform(samples).ravel()
    np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    np.testing.assert_allclose(ours, persistent_entropy.persistent_entropy(samples), rtol=1e-13)
    normalized = [persistence_entropy(bars, normalize=True) for bars in samples]
    theirs = persistent_entropy.persistent_entropy(samples, normalize=True)
    np.testing.assert_allclose(normalized, theirs, rtol=1e-13)


def test_giotto_counts_in_bits_and_normalises_by_a_length():
    for bars, bits, by_length in zip(
        *(GIOTTO[key] for key in ("diagrams", "entropy", "entropy_normalized")), strict=True
    ):
        assert persistence_entropy(bars) / np.log(2) == pytest.approx(bits, rel=1e-12)
        total = np.ptp(bars, axis=1).sum()
        assert by_length == pytest.approx(abs(bits / np.log2(total)), rel=1e-12)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=30), st.floats(0.01, 100))
def test_bounds_and_invariance_of_scale(lifetimes, factor):
    bars = np.column_stack([np.zeros(len(lifetimes)), lifetimes])
    entropy = persistence_entropy(bars)
    assert -1e-12 <= entropy <= np.log(len(bars)) + 1e-12
    assert persistence_entropy(factor * bars) == pytest.approx(entropy, abs=1e-12)
    assert persistence_entropy(bars[:, ::-1]) == entropy
    assert 0 <= persistence_entropy(bars, normalize=True) <= 1


def test_curve_is_its_definition():
    """At grid values that meet births and deaths exactly, for bars up and down."""
    bars = np.array([[0, 4], [1, 3], [3, 8], [2, 2.5]], dtype=float)
    p = np.ptp(bars, axis=1) / np.ptp(bars, axis=1).sum()
    grid = np.arange(-1, 10, 0.5)
    alive = (bars[:, 0] <= grid[:, None]) & (grid[:, None] < bars[:, 1])
    expected = alive @ (-p * np.log(p))
    np.testing.assert_allclose(entropy_curve(bars, grid), expected, rtol=0, atol=1e-15)
    down = entropy_curve(-bars, -grid)
    np.testing.assert_allclose(down, expected, rtol=0, atol=1e-15)
    assert not entropy_curve(bars, grid)[~alive.any(axis=1)].any()  # exactly zero
    order = np.random.default_rng(0).permutation(grid.size)
    np.testing.assert_array_equal(
        entropy_curve(bars, grid[order]), entropy_curve(bars, grid)[order]
    )


def test_curve_is_gudhis_where_bars_lie_on_the_grid():
    """gudhi moves births and deaths to its grid; elsewhere it is off by a step."""
    from gudhi import representations

    rng = np.random.default_rng(1)
    births = rng.integers(1, 10, 30)
    bars = np.column_stack([births, births + rng.integers(1, 9, 30)]).astype(float)
    grid = np.arange(20.0)
    theirs = representations.Entropy(
        mode="vector", normalized=False, resolution=20, sample_range=[0, 19], keep_endpoints=True
    ).fit_transform([bars])[0]
    np.testing.assert_allclose(entropy_curve(bars, grid), theirs, rtol=0, atol=1e-13)


def test_stable_in_one_norm_as_the_entropies_are():
    """The integral of the curve is the sum of entropy parts times lifetimes."""
    bars = random_bars(np.random.default_rng(2), 20)
    lifetimes = np.ptp(bars, axis=1)
    p = lifetimes / lifetimes.sum()
    grid = np.linspace(-0.5, 4, 40_001)
    integral = entropy_curve(bars, grid).sum() * (grid[1] - grid[0])
    assert integral == pytest.approx((lifetimes * -p * np.log(p)).sum(), rel=1e-3)


def test_transforms_apply_the_functions_degree_by_degree():
    rng = np.random.default_rng(3)
    samples = as_diagrams([[random_bars(rng, 20), random_bars(rng, n)] for n in (9, 0, 1, 30)])
    entropies = PersistenceEntropy(normalize=True).fit_transform(samples)
    curve = EntropyCurve(n_bins=20).fit(samples)
    curves = curve.transform(samples).reshape(4, 2, 20)
    for i, sample in enumerate(samples):
        for k in (0, 1):
            assert entropies[i, k] == persistence_entropy(sample[k], normalize=True)
            np.testing.assert_array_equal(curves[i, k], entropy_curve(sample[k], curve.grids_[k]))


def test_essential_classes_are_dropped_or_clamped():
    diagrams = Diagrams([Diagram([0, 0], [4, np.inf], [0, 0])])
    assert PersistenceEntropy().fit_transform(diagrams) == 0
    clamped = PersistenceEntropy(essential="clamp").fit_transform(diagrams)
    assert clamped == pytest.approx(np.log(2))
    for feature, values in ((EntropyCurve(n_bins=3), 0), (EntropyCurve(n_bins=3), np.log(2))):
        feature.set_params(essential="clamp" if values else "drop")
        expected = [[values, values, 0]]
        np.testing.assert_allclose(feature.fit_transform(diagrams), expected, atol=1e-15)
    with pytest.raises(ValueError, match=r"infinite.*drop essential"):
        persistence_entropy([[0, np.inf]])


def test_kernel_is_its_own_python():
    from tda._kernels.curves import sum_steps

    low = np.array([0.0, 1.0, 0.5, 0.0])
    ends = (low, low + [2, 1, 0.01, 9], np.array([1.0, 2, 3, 4]), np.array([0, 3, 3, 4]))
    arguments = (*ends, GRID, np.array([True, False, False, True]))
    np.testing.assert_array_equal(sum_steps(*arguments), sum_steps.py_func(*arguments))
