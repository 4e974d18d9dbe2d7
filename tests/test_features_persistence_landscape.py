"""Landscapes: from their definition, against gudhi and persim, and by Bubenik's theorems."""

import json
from pathlib import Path

import gudhi
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.diagrams import Diagram, Diagrams
from tda.features import BettiCurve, PersistenceLandscape, Silhouette, persistence_landscape

GRID = np.linspace(-0.1, 2.5, 80)
GIOTTO = json.loads((Path(__file__).parent / "reference" / "giotto_features.json").read_text())
EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n, essential=0):
    births = rng.uniform(0, 1, n)
    deaths = births + rng.exponential(0.3, n)
    deaths[:essential] = np.inf
    return np.column_stack([births, deaths])


def random_diagram(rng, n0=20, n1=10):
    zero, one = random_bars(rng, n0, essential=1), random_bars(rng, n1)
    return Diagram(*np.concatenate([zero, one]).T, np.repeat([0, 1], [n0, n1]))


def by_definition(bars, grid, n_layers):
    """The k-th largest tent, by sorting all of them at every grid value."""
    births, deaths = np.asarray(bars, dtype=float).reshape(-1, 2).T
    tents = np.minimum(grid[:, None] - births, deaths - grid[:, None]).clip(0)
    tents = np.pad(tents, ((0, 0), (0, n_layers)))
    return -np.sort(-tents, axis=1)[:, :n_layers].T


#: Bars on a coarse lattice, so that ends, tops and grid values coincide.
LATTICE = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda bar: bar[0] < bar[1]),
    max_size=12,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(LATTICE, st.integers(1, 6))
def test_is_its_definition(bars, n_layers):
    grid = np.arange(-1, 14, 0.5)
    expected = by_definition(bars, grid, n_layers)
    np.testing.assert_array_equal(persistence_landscape(bars, grid, n_layers=n_layers), expected)


def test_grids_in_any_order_and_uneven():
    rng = np.random.default_rng(0)
    bars, grid = random_bars(rng, 30), rng.exponential(0.5, 40) ** 3
    layers = persistence_landscape(bars, grid, n_layers=4)
    np.testing.assert_allclose(layers, by_definition(bars, grid, 4), rtol=0, atol=1e-15)
    assert persistence_landscape(bars, []).shape == (5, 0)


def test_gudhi_is_root_two_times_the_standard():
    from gudhi import representations

    rng = np.random.default_rng(1)
    samples = [random_bars(rng, n) for n in (3, 40, 200)]
    theirs = representations.Landscape(
        num_landscapes=3,
        resolution=GRID.size,
        sample_range=[GRID[0], GRID[-1]],
        keep_endpoints=True,
    ).fit_transform(samples)
    ours = [persistence_landscape(bars, GRID, n_layers=3).ravel() for bars in samples]
    np.testing.assert_allclose(theirs, np.sqrt(2) * np.array(ours), rtol=0, atol=1e-14)


def test_giotto_has_the_standard_landscapes_silhouettes_and_betti_curves():
    diagrams = [[bars] for bars in GIOTTO["diagrams"]]
    for feature, name in (
        (PersistenceLandscape(n_layers=2, n_bins=7), "landscape"),
        (Silhouette(n_bins=7), "silhouette"),
        (BettiCurve(n_bins=7), "betti_curve"),
    ):
        ours = feature.fit_transform(diagrams)
        np.testing.assert_allclose(ours, GIOTTO[name], rtol=0, atol=1e-14, err_msg=name)


def test_persim_exact_is_the_standard_and_its_approximation_is_off():
    from persim.landscapes import PersLandscapeApprox, PersLandscapeExact

    bars = random_bars(np.random.default_rng(2), 12)
    ours = persistence_landscape(bars, GRID, n_layers=3)
    exact = PersLandscapeExact(dgms=[bars], hom_deg=0)
    exact.compute_landscape()
    for layer, corners in zip(ours, exact.critical_pairs, strict=False):
        np.testing.assert_allclose(layer, np.interp(GRID, *np.array(corners).T), atol=1e-12)
    rough = PersLandscapeApprox(
        start=GRID[0], stop=GRID[-1], num_steps=GRID.size, dgms=[bars], hom_deg=0
    ).values[:3]
    off = np.abs(rough - ours).max()
    assert 1e-3 < off <= np.diff(GRID)[0]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(0, 12), st.integers(0, 12))
def test_stable_in_the_bottleneck_distance(seed, n, m):
    """Bubenik, theorem 13: the layers move no more than the bottleneck distance."""
    rng = np.random.default_rng(seed)
    one, other = random_bars(rng, n), random_bars(rng, m)
    change = np.abs(persistence_landscape(one, GRID) - persistence_landscape(other, GRID)).max()
    assert change <= gudhi.bottleneck_distance(one, other) + 1e-12


def test_layers_are_ordered_lipschitz_and_bounded_by_half_the_longest_bar():
    bars = random_bars(np.random.default_rng(3), 50)
    layers = persistence_landscape(bars, GRID, n_layers=60)
    assert (layers[:-1] >= layers[1:]).all() and not layers[50:].any()
    assert np.abs(np.diff(layers)).max() <= np.diff(GRID)[0] + 1e-15  # slopes of 1
    tops = bars.mean(axis=1)
    top = persistence_landscape(bars, tops, n_layers=1).max()
    assert top == pytest.approx(np.ptp(bars, axis=1).max() / 2, rel=1e-15)


def test_superlevel_bars_give_the_same_tents():
    bars = random_bars(np.random.default_rng(4), 20)
    np.testing.assert_array_equal(
        persistence_landscape(bars[:, ::-1], GRID), persistence_landscape(bars, GRID)
    )


def test_transform_applies_the_function_degree_by_degree():
    rng = np.random.default_rng(5)
    diagrams = Diagrams([random_diagram(rng) for _ in range(4)])
    landscape = PersistenceLandscape(n_layers=3, n_bins=20).fit(diagrams)
    out = landscape.transform(diagrams)
    assert out.shape == (4, 2 * 3 * 20)
    for row, diagram in zip(out.reshape(4, 2, 3, 20), diagrams, strict=True):
        for k in (0, 1):
            bars = diagram[k][np.isfinite(diagram[k][:, 1])]
            expected = persistence_landscape(bars, landscape.grids_[k], n_layers=3)
            np.testing.assert_array_equal(row[k], expected)
    names = landscape.get_feature_names_out()
    assert names[0].startswith("persistence_landscape_h0_1_")
    assert names[-1].startswith("persistence_landscape_h1_3_")


def test_essential_classes_are_dropped_or_clamped():
    diagrams = Diagrams([Diagram([0, 0, 1], [4, np.inf, np.inf], [0, 0, 1])])
    grid = {"n_bins": 5, "range": (0, 4), "n_layers": 2}
    dropped = PersistenceLandscape(**grid).fit_transform(diagrams)
    tent, none = [0, 1, 2, 1, 0], [0] * 5
    np.testing.assert_array_equal(dropped, [tent + none + none + none])
    # Degree 1 has no value beyond the birth, so that its class gets no length.
    clamped = PersistenceLandscape(**grid, essential="clamp").fit_transform(diagrams)
    np.testing.assert_array_equal(clamped, [tent + tent + none + none])
    down = Diagrams([Diagram([4, 4], [-np.inf, 0], [0, 0])])
    clamped = PersistenceLandscape(**grid, essential="clamp").fit_transform(down)
    np.testing.assert_array_equal(clamped, [tent + tent])


def test_degrees_missing_on_either_side():
    both = random_diagram(np.random.default_rng(6))
    only_zero = Diagram(*both[0].T, [0] * 20)
    out = PersistenceLandscape(n_bins=5, n_layers=1).fit([both]).transform([only_zero])
    assert out[0, :5].any() and not out[0, 5:].any()
    fitted = PersistenceLandscape(n_bins=5).fit([only_zero])
    np.testing.assert_array_equal(fitted.transform([both]), fitted.transform([only_zero]))


def test_one_bar_and_none():
    landscape = PersistenceLandscape(n_bins=3, n_layers=2).fit([Diagram([1], [3], [0])])
    np.testing.assert_array_equal(
        landscape.transform([Diagram([1], [3], [0]), EMPTY]), [[0, 1, 0, 0, 0, 0], [0] * 6]
    )


def test_errors_say_what_to_do():
    with pytest.raises(ValueError, match=r"infinite.*drop essential"):
        persistence_landscape([[0, np.inf]], GRID)
    with pytest.raises(ValueError, match="n_layers=0"):
        persistence_landscape([[0, 1]], GRID, n_layers=0)
    with pytest.raises(ValueError, match="grid"):
        persistence_landscape([[0, 1]], [[0.0]])
    with pytest.raises(ValueError, match="low < high"):
        PersistenceLandscape(range=(1, 0)).fit([EMPTY])


def test_kernel_is_its_own_python():
    from tda._kernels.curves import largest_tents

    low = np.array([0.0, 1.0, 0.5, 0.0])
    arguments = (low, low + [2.0, 1.0, 0.25, 3.0], np.array([0, 3, 3, 4]), GRID, 2)
    np.testing.assert_array_equal(largest_tents(*arguments), largest_tents.py_func(*arguments))
