"""Ordinal patterns, entropies and graphs of series, against their definitions."""

from itertools import permutations
from math import factorial

import networkx as nx
import numpy as np
import pytest

from tda import RipsPersistence, SeriesGraph
from tda.series import (
    ordinal_network,
    ordinal_patterns,
    permutation_entropy,
    visibility_graph,
)


def some_series():
    rng = np.random.default_rng(0)
    yield from (rng.normal(size=n) for n in (1, 2, 3, 40))
    yield from (rng.integers(0, 4, n) for n in (5, 30, 60))  # ties and points on one line
    yield np.arange(12.0)
    yield np.arange(12.0) ** 2
    yield -(np.arange(-6, 7.0) ** 2)
    yield np.zeros(8)


def natural(x):
    """Edges by the definition, in whole numbers where the values are."""
    for j in range(len(x)):
        for i in range(j):
            between = range(i + 1, j)
            if all((x[k] - x[i]) * (j - i) < (x[j] - x[i]) * (k - i) for k in between):
                yield i, j


def horizontal(x):
    for j in range(len(x)):
        for i in range(j):
            if all(x[k] < min(x[i], x[j]) for k in range(i + 1, j)):
                yield i, j


@pytest.mark.parametrize("x", list(some_series()), ids=lambda x: f"{len(x)} {x.dtype}")
@pytest.mark.parametrize("kind", [natural, horizontal])
def test_who_sees_whom(x, kind):
    graph = visibility_graph(x, kind=kind.__name__)
    assert graph.shape == (len(x), len(x)) and set(graph.data) <= {1.0}
    edges = nx.from_scipy_sparse_array(graph).edges
    assert {tuple(sorted(edge)) for edge in edges} == set(kind(x))
    assert graph.nnz == 2 * len(edges)


def test_visibility_of_convex_and_of_long_monotone_series():
    """In a convex series all see each other; in a straight line neighbours alone."""
    assert visibility_graph(np.arange(50.0) ** 2).nnz == 50 * 49
    assert visibility_graph(np.arange(3000)).nnz == 2 * 2999
    # Luque et al. 2009: the mean degree of any long noise is 4, less what the ends lack.
    noise = visibility_graph(np.random.default_rng(0).normal(size=5000), kind="horizontal")
    assert noise.nnz / 5000 == pytest.approx(4, abs=0.02)


@pytest.mark.parametrize("length", [2, 3, 5])
@pytest.mark.parametrize("delay", [1, 3])
def test_patterns_are_those_of_permutations(length, delay):
    rng = np.random.default_rng(0)
    for x in (rng.normal(size=60), rng.integers(0, 3, 60)):
        found = ordinal_patterns(x, length=length, delay=delay)
        names = [
            tuple(np.argsort(x[t : t + (length - 1) * delay + 1 : delay], kind="stable"))
            for t in range(len(x) - (length - 1) * delay)
        ]
        assert len({*zip(found.tolist(), names, strict=True)}) == len(set(names)) == len({*found})
    for one in permutations(range(length)):
        (code,) = ordinal_patterns(np.array(one), length=length)
        assert 0 <= code < factorial(length)


def test_entropy_of_noise_of_a_line_and_of_the_paper():
    rng = np.random.default_rng(0)
    assert permutation_entropy(rng.normal(size=50_000), length=4) > 0.999
    assert permutation_entropy(np.arange(50)) == permutation_entropy(np.zeros(50)) == 0.0
    # Bandt and Pompe 2002: the series 4, 7, 9, 10, 6, 11, 3.
    x = [4, 7, 9, 10, 6, 11, 3]
    assert permutation_entropy(x, length=2, normalized=False) == pytest.approx(0.918, abs=5e-4)
    assert permutation_entropy(x, length=3, normalized=False) == pytest.approx(1.522, abs=5e-4)
    y = rng.normal(size=300)
    assert permutation_entropy(np.exp(y), length=5) == permutation_entropy(y, length=5)


def test_transitions_count_what_follows():
    x = np.random.default_rng(0).normal(size=200)
    network = ordinal_network(x, length=3)
    patterns = ordinal_patterns(x)
    counts = np.zeros((6, 6))
    np.add.at(counts, (patterns[:-1], patterns[1:]), 1)
    assert network.patterns.tolist() == list(range(6))
    np.testing.assert_array_equal(network.transitions.toarray(), counts)


@pytest.mark.parametrize("kind", ["natural", "horizontal", "ordinal"])
def test_distances_are_lengths_of_paths(kind):
    x = np.random.default_rng(2).normal(size=70)
    (found,) = SeriesGraph(kind=kind, length=4).fit_transform([x])
    if kind == "ordinal":
        graph = nx.from_scipy_sparse_array(
            ordinal_network(x, length=4).transitions, create_using=nx.DiGraph
        ).to_undirected()
    else:
        graph = nx.from_scipy_sparse_array(visibility_graph(x, kind=kind))
    expected = nx.floyd_warshall_numpy(nx.Graph((a, b) for a, b in graph.edges), sorted(graph))
    np.testing.assert_array_equal(found, expected)


def test_the_ring_of_patterns_of_a_wave():
    """Myers, Munch, Khasawneh 2019: a cycle of n patterns lives from 1 to ceil(n / 3)."""
    x = np.sin(2 * np.pi * np.arange(400) / 20 + 0.1)
    (D,) = SeriesGraph(length=3, delay=5).fit_transform([x])
    diagram = RipsPersistence(metric="precomputed").fit_transform([D])[0]
    assert diagram[1].tolist() == [[1.0, float(-(-len(D) // 3))]]


def test_what_cannot_be_is_said():
    with pytest.raises(ValueError, match="needs 21"):
        SeriesGraph(delay=4).fit_transform([np.arange(20.0)])
    with pytest.raises(ValueError, match="one channel"):
        visibility_graph(np.zeros((5, 2)))
    with pytest.raises(ValueError, match="kind='ordinal'"):
        visibility_graph(np.zeros(5), kind="ordinal")
    with pytest.raises(ValueError, match="at most 20"):
        ordinal_patterns(np.zeros(50), length=21)


def test_messages_name_the_series_and_its_number():
    with pytest.raises(ValueError, match=r"X\[1\] has 1 value, but one pattern"):
        SeriesGraph().fit_transform([np.arange(9.0), [1.0]])
    with pytest.raises(ValueError, match=r"pass a list of series\."):
        SeriesGraph().fit_transform(None)


def test_entropy_of_one_pattern_is_zero_without_a_sign():
    assert not np.signbit(permutation_entropy(np.arange(9.0)))
