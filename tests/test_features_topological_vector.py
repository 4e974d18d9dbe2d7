"""Topological vectors: by brute force, against gudhi, and stable as the paper proves."""

import gudhi
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.diagrams import Diagram, Diagrams
from tda.features import TopologicalVector, topological_vector

EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


def by_brute_force(bars, n_distances):
    values = [
        min(np.abs(p - q).max(), (p[1] - p[0]) / 2, (q[1] - q[0]) / 2)
        for i, p in enumerate(bars)
        for q in bars[:i]
    ]
    falling = sorted(values, reverse=True)[:n_distances]
    return falling + [0.0] * (n_distances - len(falling))


@pytest.mark.parametrize("n", [1, 2, 5, 100])
def test_every_pair_counts_once(n):
    """100 bars are more than are compared at once; close ones make it go on to the last."""
    rng = np.random.default_rng(n)
    for bars in (random_bars(rng, n), [0, 9] + rng.uniform(0, 1e-3, (n, 2))):
        expected = by_brute_force(bars, 500)
        for n_distances in (1, 10, 500):
            ours = topological_vector(bars, n_distances=n_distances)
            np.testing.assert_array_equal(ours, expected[:n_distances])


def test_agrees_with_gudhi_where_bars_fall_in_length():
    """gudhi takes the lifetime of the later bar of a pair alone."""
    from gudhi.representations import TopologicalVector as Theirs

    bars = random_bars(np.random.default_rng(0), 50)
    falling = bars[np.argsort(bars[:, 0] - bars[:, 1])]
    ours = topological_vector(bars, n_distances=20)
    np.testing.assert_allclose(Theirs(threshold=20)(falling), ours, rtol=1e-14)
    assert Theirs(threshold=20)(falling[::-1])[0] > ours[0]


BARS = st.lists(
    st.tuples(st.floats(0, 10), st.floats(0.01, 5)).map(lambda p: [p[0], p[0] + p[1]]),
    min_size=0,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(BARS, BARS)
def test_no_less_stable_than_the_theorem(one, other):
    """Carrière, Oudot, Ovsjanikov, theorem 3.2."""
    one, other = np.reshape(one, (-1, 2)), np.reshape(other, (-1, 2))
    change = np.abs(topological_vector(one) - topological_vector(other)).max()
    assert change <= 2 * gudhi.bottleneck_distance(one, other, 0) + 1e-9


def test_order_of_bars_and_unit():
    rng = np.random.default_rng(1)
    bars = random_bars(rng, 90)
    expected = topological_vector(bars)
    np.testing.assert_array_equal(topological_vector(rng.permutation(bars)), expected)
    np.testing.assert_allclose(topological_vector(7 * bars), 7 * expected, rtol=1e-13)


def test_transform_applies_the_function_degree_by_degree():
    rng = np.random.default_rng(2)
    samples = [
        Diagram(*np.concatenate([random_bars(rng, i), random_bars(rng, 6)]).T, [0] * i + [1] * 6)
        for i in range(4)
    ]
    out = TopologicalVector(n_distances=5).fit_transform(samples).reshape(4, 2, 5)
    for row, diagram in zip(out, samples, strict=True):
        for k in (0, 1):
            np.testing.assert_array_equal(row[k], topological_vector(diagram[k], n_distances=5))


def test_essential_classes_and_degrees_missing_on_either_side():
    samples = Diagrams([Diagram([0, 1, 1], [8, np.inf, 4], [0, 0, 1])])
    drop, clamp = (TopologicalVector(essential=e).fit(samples) for e in ("drop", "clamp"))
    assert not drop.transform(samples).any()  # one bar has no pair
    np.testing.assert_array_equal(clamp.transform(samples)[0, :2], [1, 0])
    only_zero = Diagrams([Diagram([0, 0], [1, 3], [0, 0])])
    assert drop.transform(only_zero)[0, 0] == 0.5 and not drop.transform(only_zero)[0, 10:].any()
    assert TopologicalVector().fit(only_zero).transform(samples).shape == (1, 10)
    assert not TopologicalVector().fit([EMPTY]).transform([EMPTY]).any()


def test_bad_parameters_and_input():
    with pytest.raises(ValueError, match="'n_distances' parameter"):
        TopologicalVector(n_distances=0).fit([EMPTY])
    with pytest.raises(ValueError, match="n_distances=0"):
        topological_vector([[0, 1]], n_distances=0)
    with pytest.raises(ValueError, match="infinite"):
        topological_vector([[0, np.inf]])
