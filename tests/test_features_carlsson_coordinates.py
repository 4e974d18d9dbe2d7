"""Carlsson coordinates: from the formulas, and functions on the space of barcodes."""

import numpy as np
import pytest

from tda.diagrams import Diagram, Diagrams
from tda.features import CarlssonCoordinates, carlsson_coordinates

EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


@pytest.mark.parametrize("max_death", [None, 5.0])
def test_the_formulas_of_the_paper(max_death):
    bars = random_bars(np.random.default_rng(0), 25)
    D = bars[:, 1].max() if max_death is None else max_death
    expected = [
        sum(x * (y - x) for x, y in bars),
        sum((D - y) * (y - x) for x, y in bars),
        sum(x**2 * (y - x) ** 4 for x, y in bars),
        sum((D - y) ** 2 * (y - x) ** 4 for x, y in bars),
    ]
    np.testing.assert_allclose(carlsson_coordinates(bars, max_death=max_death), expected)


def test_order_of_bars_unit_and_bars_of_no_length():
    rng = np.random.default_rng(1)
    bars = random_bars(rng, 30)
    expected = carlsson_coordinates(bars)
    np.testing.assert_allclose(carlsson_coordinates(rng.permutation(bars)), expected, rtol=1e-13)
    powers = 10.0 ** np.array([2, 2, 6, 6])
    np.testing.assert_allclose(carlsson_coordinates(10 * bars), powers * expected, rtol=1e-12)
    nearly = np.append(bars, [[0.5, 0.5 + 1e-13]], axis=0)
    np.testing.assert_allclose(carlsson_coordinates(nearly), expected, rtol=1e-11)


def test_additive_in_the_diagram():
    rng = np.random.default_rng(2)
    a, b = random_bars(rng, 10), random_bars(rng, 20)
    one, other, both = (
        carlsson_coordinates(x, max_death=4.0) for x in (a, b, np.concatenate([a, b]))
    )
    np.testing.assert_allclose(one + other, both, rtol=1e-13)


def test_deaths_are_measured_from_what_is_asked():
    samples = [Diagram([1, 2], [3, 6], [0, 0]), Diagram([1], [3], [0]), EMPTY]
    learned = CarlssonCoordinates(degrees=[0]).fit(samples)
    assert learned.max_deaths_ == {0: 6.0}
    np.testing.assert_array_equal(
        learned.transform(samples), [[10, 6, 1040, 144], [2, 6, 16, 144], [0, 0, 0, 0]]
    )
    own = CarlssonCoordinates(degrees=[0], max_death="sample").fit_transform(samples)
    np.testing.assert_array_equal(own, [[10, 6, 1040, 144], [2, 0, 16, 0], [0, 0, 0, 0]])
    given = CarlssonCoordinates(degrees=[0], max_death=7).fit_transform(samples)
    np.testing.assert_array_equal(given[1], [2, 8, 16, 256])
    for row, diagram in zip(own, samples, strict=True):
        np.testing.assert_array_equal(row, carlsson_coordinates(diagram[0]))


def test_essential_classes_and_degrees_missing_on_either_side():
    samples = Diagrams([Diagram([0, 1, 1], [3, np.inf, 4], [0, 0, 1])])
    drop, clamp = (CarlssonCoordinates(essential=e).fit(samples) for e in ("drop", "clamp"))
    np.testing.assert_array_equal(drop.transform(samples)[0, :4], [0, 0, 0, 0])
    np.testing.assert_array_equal(clamp.transform(samples)[0, :4], [2, 0, 16, 0])
    only_zero = Diagrams([Diagram([0], [1], [0])])
    assert not drop.transform(only_zero)[0, 4:].any()
    assert CarlssonCoordinates().fit(only_zero).transform(samples).shape == (1, 4)
    for max_death in ("fit", "sample", 2.0):
        fitted = CarlssonCoordinates(max_death=max_death).fit([EMPTY])
        assert not fitted.transform([EMPTY]).any()
    names = drop.get_feature_names_out().tolist()
    assert names == [f"carlsson_coordinates_h{k}_{j}" for k in (0, 1) for j in (1, 2, 3, 4)]


def test_bad_parameters_and_input():
    for bad in ("largest", [3], np.inf):
        with pytest.raises(ValueError, match="'max_death' parameter"):
            CarlssonCoordinates(max_death=bad).fit([EMPTY])
    with pytest.raises(ValueError, match="max_death=nan"):
        carlsson_coordinates([[0, 1]], max_death=np.nan)
    with pytest.raises(ValueError, match="infinite"):
        carlsson_coordinates([[0, np.inf]])


@pytest.mark.parametrize("scale", [1e100, 1e200])
def test_what_floating_point_cannot_hold_is_refused(scale):
    """Fourth powers of 1e100 are infinite."""
    diagrams = Diagrams([Diagram([0.0, 1.0 * scale], [scale, 3.0 * scale], [1, 1])])
    with pytest.raises(ValueError, match=r"reach to 3e\+\d00, where CarlssonCoordinates is out"):
        CarlssonCoordinates().fit_transform(diagrams)
