"""Tropical coordinates: from the formulas, and stable as the paper proves."""

import gudhi
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.diagrams import Diagram, Diagrams
from tda.features import TropicalCoordinates, tropical_coordinates

EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


def by_the_formulas(bars, r):
    lifetimes = [d - b for b, d in bars]
    g = [min(r * (d - b), b) for b, d in bars]
    longest = sorted(lifetimes, reverse=True)
    top = max(x + y for x, y in zip(g, lifetimes, strict=True))
    return [
        *(sum(longest[:k]) for k in (1, 2, 3, 4)),
        sum(lifetimes),
        sum(g),
        sum(top - x - y for x, y in zip(g, lifetimes, strict=True)),
    ]


@pytest.mark.parametrize("n", [1, 3, 4, 25])
@pytest.mark.parametrize("r", [0.3, 1.0, 28])
def test_the_formulas_of_the_paper(n, r):
    bars = random_bars(np.random.default_rng(n), n)
    expected = by_the_formulas(bars, r)
    np.testing.assert_allclose(tropical_coordinates(bars, r=r), expected, rtol=1e-13, atol=1e-15)


BARS = st.lists(
    st.tuples(st.floats(0, 10), st.floats(0.01, 5)).map(lambda p: [p[0], p[0] + p[1]]),
    min_size=0,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(BARS, BARS, st.sampled_from([0.25, 1.0, 3.0]))
def test_no_less_stable_than_the_theorems(wasserstein, one, other, r):
    one, other = np.reshape(one, (-1, 2)), np.reshape(other, (-1, 2))
    change = np.abs(tropical_coordinates(one, r=r) - tropical_coordinates(other, r=r))
    bottleneck = gudhi.bottleneck_distance(one, other, 0)
    total = wasserstein(one, other)
    slack = 1e-9
    assert (change[:4] <= 2 * np.arange(1, 5) * bottleneck + slack).all()
    assert change[4] <= 2 * total + slack
    assert change[5] <= max(1, 2 * r) * total + slack


def test_order_of_bars_and_unit():
    rng = np.random.default_rng(0)
    bars = random_bars(rng, 30)
    expected = tropical_coordinates(bars)
    np.testing.assert_allclose(tropical_coordinates(rng.permutation(bars)), expected, rtol=1e-13)
    np.testing.assert_allclose(tropical_coordinates(50 * bars), 50 * expected, rtol=1e-13)


def test_a_bar_of_no_length_is_none():
    bars = random_bars(np.random.default_rng(1), 5)
    longer = np.append(bars, [[3, 3]], axis=0)
    np.testing.assert_array_equal(tropical_coordinates(longer), tropical_coordinates(bars))
    short = tropical_coordinates(np.append(bars, [[0.5, 0.5 + 1e-12]], axis=0))
    # All but the last are continuous at the diagonal; the last is not, as the docstring says.
    np.testing.assert_allclose(short[:6], tropical_coordinates(bars)[:6], rtol=1e-10)
    assert short[6] > tropical_coordinates(bars)[6] + 0.1


def test_births_below_zero_are_measured_from_the_earliest():
    bars = random_bars(np.random.default_rng(2), 10)
    low = [Diagram(*(bars - 5).T, [0] * 10)]
    fitted = TropicalCoordinates().fit(low)
    assert fitted.origins_ == {0: bars[:, 0].min() - 5}
    expected = tropical_coordinates(bars - bars[:, 0].min())
    np.testing.assert_allclose(fitted.transform(low)[0], expected, rtol=1e-12)
    earlier = [Diagram([-100], [-99], [0])]
    np.testing.assert_array_equal(fitted.transform(earlier), [[1, 1, 1, 1, 1, 0, 0]])


def test_transform_applies_the_function_degree_by_degree():
    rng = np.random.default_rng(3)
    samples = [
        Diagram(*np.concatenate([random_bars(rng, i), random_bars(rng, 6)]).T, [0] * i + [1] * 6)
        for i in range(4)
    ]
    out = TropicalCoordinates(r=2.0).fit_transform(samples).reshape(4, 2, 7)
    for row, diagram in zip(out, samples, strict=True):
        for k in (0, 1):
            np.testing.assert_array_equal(row[k], tropical_coordinates(diagram[k], r=2.0))


def test_essential_classes_and_degrees_missing_on_either_side():
    samples = Diagrams([Diagram([0, 0, 1], [3, np.inf, 4], [0, 0, 1])])
    drop, clamp = (TropicalCoordinates(essential=e).fit(samples) for e in ("drop", "clamp"))
    np.testing.assert_array_equal(drop.transform(samples)[0, :6], [3, 3, 3, 3, 3, 0])
    np.testing.assert_array_equal(clamp.transform(samples)[0, :6], [3, 6, 6, 6, 6, 0])
    only_zero = Diagrams([Diagram([0], [1], [0])])
    assert not drop.transform(only_zero)[0, 7:].any()
    assert TropicalCoordinates().fit(only_zero).transform(samples).shape == (1, 7)
    assert not TropicalCoordinates().fit([EMPTY]).transform([EMPTY]).any()


def test_bad_parameters_and_input():
    with pytest.raises(ValueError, match="'r' parameter"):
        TropicalCoordinates(r=0).fit([EMPTY])
    with pytest.raises(ValueError, match="r=-1"):
        tropical_coordinates([[0, 1]], r=-1)
    with pytest.raises(ValueError, match="origin"):
        tropical_coordinates([[0, 1]], origin=np.inf)
    with pytest.raises(ValueError, match="infinite"):
        tropical_coordinates([[0, np.inf]])
