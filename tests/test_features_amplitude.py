"""Amplitudes: against distances to the empty diagram, integrals, giotto-tda, and by theorems."""

import json
from pathlib import Path

import gudhi
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.diagrams import Diagram, Diagrams, as_diagrams
from tda.features import Amplitude, amplitude, betti_curve, persistence_landscape, silhouette
from tda.features._amplitude import METRICS

GIOTTO = json.loads((Path(__file__).parent / "reference" / "giotto_features.json").read_text())


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


def integral(values, grid, order):
    """Of the power of curves, by the middles of many small steps."""
    return (np.abs(values) ** order).sum() * (grid[1] - grid[0])


def test_wasserstein_and_bottleneck_are_distances_to_the_empty_diagram():
    from gudhi.hera import wasserstein_distance

    bars, empty = random_bars(np.random.default_rng(0), 20), np.zeros((0, 2))
    theirs = gudhi.bottleneck_distance(bars, empty)
    assert amplitude(bars, "bottleneck") == pytest.approx(theirs, rel=1e-15)
    assert amplitude(bars, "wasserstein", order=np.inf) == amplitude(bars, "bottleneck")
    for order in (1, 2, 3.5):
        theirs = wasserstein_distance(bars, empty, order=order, internal_p=np.inf)
        assert amplitude(bars, "wasserstein", order=order) == pytest.approx(theirs, rel=1e-7)
        total = amplitude(bars, "lifetimes", order=order)
        assert total == pytest.approx((np.ptp(bars, axis=1) ** order).sum() ** (1 / order))


@pytest.mark.parametrize("order", [1, 2, 3.5])
@pytest.mark.parametrize("weight_power", [0, 1, 2])
def test_norms_of_curves_are_integrals(order, weight_power):
    bars = random_bars(np.random.default_rng(1), 12)
    edges = np.linspace(bars.min(), bars.max(), 40_001)
    grid = (edges[:-1] + edges[1:]) / 2
    curves = {
        "betti": betti_curve(bars, grid),
        "landscape": persistence_landscape(bars, grid, n_layers=12),
        "silhouette": silhouette(bars, grid, weight_power=weight_power),
    }
    for metric, values in curves.items():
        ours = amplitude(bars, metric, order=order, weight_power=weight_power)
        assert ours == pytest.approx(integral(values, grid, order) ** (1 / order), rel=1e-3), metric
        largest = amplitude(bars, metric, order=np.inf, weight_power=weight_power)
        assert largest == pytest.approx(values.max(), rel=1e-3), metric


def test_heat_is_the_norm_of_the_scale_space_kernel():
    """By its integral over the half-plane above the diagonal."""
    bars, sigma = np.array([[0.2, 0.6], [0.3, 1.0], [0.5, 0.55]]), 0.1
    axis = np.linspace(-0.5, 1.7, 401)
    step = axis[1] - axis[0]
    b, d = np.meshgrid(axis, axis, indexing="ij")
    heat = np.zeros_like(b)
    for birth, death in bars:
        for x, y, sign in ((birth, death, 1), (death, birth, -1)):
            heat += sign * np.exp(-((b - x) ** 2 + (d - y) ** 2) / 2 / sigma**2)
    heat /= 2 * np.pi * sigma**2
    expected = np.sqrt((heat[d > b] ** 2).sum() * step**2)
    assert amplitude(bars, "heat", bandwidth=sigma) == pytest.approx(expected, rel=1e-4)
    # gudhi's kernel has no factor for the normal density.
    near, far = (
        np.exp(-((bars[:, None] - other[None]) ** 2).sum(axis=2) / 4 / sigma**2)
        for other in (bars, bars[:, ::-1])
    )
    kernel = (near - far).sum() / (4 * np.pi * sigma**2)
    assert amplitude(bars, "heat", bandwidth=sigma) == pytest.approx(np.sqrt(kernel), rel=1e-12)


def test_image_is_the_norm_of_the_persistence_surface():
    """By its integral over the plane, and by the pixels of persim's images."""
    from persim import PersistenceImager

    bars, sigma = np.array([[0.2, 0.6], [0.3, 1.0], [0.5, 0.55]]), 0.1
    axis = np.linspace(-0.5, 1.5, 401)
    step = axis[1] - axis[0]
    x, y = np.meshgrid(axis, axis, indexing="ij")
    for power in (0, 1, 2):
        surface = np.zeros_like(x)
        for birth, death in bars:
            distance = np.hypot(x - birth, y - (death - birth))
            surface += (death - birth) ** power * np.exp(-(distance**2) / 2 / sigma**2)
        expected = np.sqrt((surface**2).sum()) * step / (2 * np.pi * sigma**2)
        ours = amplitude(bars, "image", bandwidth=sigma, weight_power=power)
        assert ours == pytest.approx(expected, rel=1e-6)
        assert amplitude(-bars, "image", bandwidth=sigma, weight_power=power) == ours
    imager = PersistenceImager(
        birth_range=(-0.5, 1.5), pers_range=(-0.5, 1.5), pixel_size=0.02,
        weight="persistence", weight_params={"n": 1.0},
        kernel_params={"sigma": sigma**2 * np.eye(2)},
    )  # fmt: skip
    pixels = imager.transform(bars, skew=True)
    ours = amplitude(bars, "image", bandwidth=sigma)
    assert np.linalg.norm(pixels) / 0.02 == pytest.approx(ours, rel=0.01)


def test_giotto_agrees_but_for_its_sampling():
    amplitudes = GIOTTO["amplitude"].copy()
    # Both sides of the diagonal. The grid ends at the bars of the first two diagrams.
    heat = [amplitude(bars, "heat", bandwidth=0.01) for bars in GIOTTO["diagrams"]]
    factors = np.array(amplitudes.pop("heat_2")) / heat
    assert factors[2] == pytest.approx(np.sqrt(2), rel=1e-3)
    assert (factors[:2] > 1.25).all() and (factors[:2] < 1.43).all()
    for name, theirs in amplitudes.items():
        metric, _, order = name.partition("_")
        rel = 1e-12 if metric in ("bottleneck", "wasserstein") else 1e-4
        for bars, value in zip(GIOTTO["diagrams"], theirs, strict=True):
            ours = amplitude(bars, metric, order=float(order or 1))
            assert ours == pytest.approx(value, rel=rel), name


@pytest.mark.parametrize("metric", METRICS)
def test_no_bar_is_zero_and_lengths_count_whichever_way_they_run(metric):
    bars = random_bars(np.random.default_rng(2), 9)
    assert amplitude([], metric, bandwidth=0.1) == 0
    other = -bars if metric == "image" else bars[:, ::-1]  # it has births for a coordinate
    up, down = (amplitude(b, metric, bandwidth=0.1) for b in (bars, other))
    assert up == down > 0
    if metric not in ("heat", "image"):
        order_and_scale = amplitude(2 * bars, metric, order=np.inf)
        assert order_and_scale == pytest.approx(
            (metric == "betti" or 2) * 1.0 * amplitude(bars, metric, order=np.inf)
        )


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 3]))
def test_wasserstein_amplitudes_differ_by_no_more_than_the_distance(seed, order):
    """The triangle inequality, through the empty diagram."""
    from gudhi.hera import wasserstein_distance

    rng = np.random.default_rng(seed)
    one, other = (random_bars(rng, n) for n in rng.integers(0, 10, 2))
    apart = wasserstein_distance(one, other, order=order, internal_p=np.inf)
    difference = amplitude(one, order=order) - amplitude(other, order=order)
    assert abs(difference) <= apart * (1 + 1e-6) + 1e-9


def test_large_and_small_values_neither_overflow_nor_vanish():
    for unit in (1e-200, 1e200):
        assert amplitude(unit * np.array([[0, 6], [0, 8]]), order=2) == pytest.approx(5 * unit)


@pytest.mark.parametrize("metric", METRICS)
def test_transform_applies_the_function_degree_by_degree(metric):
    rng = np.random.default_rng(3)
    samples = as_diagrams([[random_bars(rng, 20), random_bars(rng, n)] for n in (9, 0, 1, 30)])
    feature = Amplitude(metric=metric, order=3.0).fit(samples)
    out = feature.transform(samples)
    for row, sample in zip(out, samples, strict=True):
        for k in (0, 1):
            bandwidth = feature.bandwidths_[k]
            assert row[k] == amplitude(sample[k], metric, order=3.0, bandwidth=bandwidth)


def test_essential_classes_are_dropped_or_clamped():
    diagrams = Diagrams([Diagram([0, 0], [4, np.inf], [0, 0])])
    assert Amplitude(order=1).fit_transform(diagrams) == 2
    assert Amplitude(order=1, essential="clamp").fit_transform(diagrams) == 4


def test_errors_say_what_to_do():
    with pytest.raises(ValueError, match=r"metric='l2'.*wasserstein"):
        amplitude([[0, 1]], "l2")
    with pytest.raises(ValueError, match=r"order=0.5.*from 1"):
        amplitude([[0, 1]], order=0.5)
    with pytest.raises(ValueError, match=r"bandwidth=None.*positive"):
        amplitude([[0, 1]], "heat")
    with pytest.raises(ValueError, match=r"weight_power=-1.*from 0"):
        amplitude([[0, 1]], "silhouette", weight_power=-1)
    with pytest.raises(ValueError, match="infinite"):
        amplitude([[0, np.inf]])
