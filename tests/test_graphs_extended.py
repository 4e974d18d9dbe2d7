"""Extended persistence against gudhi, on graphs with ties, pieces and loops."""

import gudhi
import networkx as nx
import numpy as np
import pytest

from tda import DegreeSelector, ExtendedPersistence, PersistenceStatistics, extended_diagram
from tda.graphs import EXTENDED_KINDS, as_graph


def of_gudhi(graph, f):
    """gudhi's four lists of pairs, without those of length zero."""
    tree = gudhi.SimplexTree()
    for i in range(graph.n_vertices):
        tree.insert([i], f[i])
    for a, b in graph.edges.tolist():
        tree.insert([a, b], max(f[a], f[b]))
    tree.extend_filtration()
    found = tree.extended_persistence(min_persistence=-1)
    return [sorted(pair for _, pair in kind if pair[0] != pair[1]) for kind in found]


@pytest.mark.parametrize("seed", range(60))
def test_equal_to_gudhi(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 16)), int(rng.integers(0, 40))
    graph = as_graph(rng.integers(0, n, (m, 2)), n_vertices=n)
    f = np.round(rng.normal(size=n) * [1, 3, 100][seed % 3])  # ties, fewer and fewer
    diagram = extended_diagram(graph, function=f)
    for kind, expected in enumerate(of_gudhi(graph, f)):
        got = sorted(map(tuple, diagram[kind].tolist()))
        # gudhi squeezes the values into an interval and back.
        np.testing.assert_allclose(
            np.reshape(got, (-1, 2)), np.reshape(expected, (-1, 2)), atol=1e-12 * (1 + abs(f).max())
        )
    np.testing.assert_array_equal(f[diagram.birth_simplices[:, 0]], diagram.births)
    np.testing.assert_array_equal(f[diagram.death_simplices[:, 0]], diagram.deaths)


def test_equal_to_gudhi_on_a_larger_graph():
    G = nx.gnm_random_graph(600, 1500, seed=0)
    graph, f = as_graph(G), np.random.default_rng(0).normal(size=600)
    diagram = extended_diagram(graph, function=f)
    for kind, expected in enumerate(of_gudhi(graph, f)):
        np.testing.assert_allclose(
            sorted(map(tuple, diagram[kind].tolist())), np.reshape(expected, (-1, 2)), atol=1e-9
        )


def test_the_four_kinds_of_a_letter():
    """A ring at heights 1 to 3, a leg down to 0, an arm from 1.5 up to 4 and a bump at its tip."""
    assert EXTENDED_KINDS == ("ordinary", "relative", "components", "loops")
    edges = [[0, 1], [0, 2], [1, 3], [2, 3], [4, 0], [1, 5], [5, 6], [6, 7]]
    f = [1, 1.5, 2, 3, 0, 4, 3.5, 3.8]
    diagram = extended_diagram(edges, function=f)
    assert diagram[0].tolist() == [[3.5, 4.0]]  # the dip before the bump
    assert sorted(diagram[1].tolist()) == [[3.0, 1.5], [3.8, 3.5]]
    assert diagram[2].tolist() == [[0.0, 4.0]]
    assert diagram[3].tolist() == [[3.0, 1.0]]
    assert diagram.filtration == "extended" and diagram.unit == "value"


def test_turning_the_function_upside_down_swaps_the_kinds():
    """The duality of Cohen-Steiner, Edelsbrunner and Harer, for graphs."""
    graph = as_graph(nx.gnm_random_graph(40, 60, seed=1))
    f = np.random.default_rng(1).normal(size=40)
    up, down = extended_diagram(graph, function=f), extended_diagram(graph, function=-f)
    for one, other in ((0, 1), (1, 0)):
        np.testing.assert_allclose(np.sort(up[one], axis=0), np.sort(-down[other], axis=0))
    for kind in (2, 3):
        swapped = -down[kind][:, ::-1]
        np.testing.assert_allclose(np.sort(up[kind], axis=0), np.sort(swapped, axis=0))


def test_counts_are_those_of_the_graph():
    G = nx.disjoint_union(nx.cycle_graph(5), nx.complete_graph(4))
    diagram = extended_diagram(G, function=np.arange(9.0))
    assert len(diagram[2]) == 2
    assert len(diagram[3]) == 1 + 3  # independent loops: edges - vertices + components


@pytest.mark.parametrize("edges", [np.zeros((0, 2)), [[0, 0]], [[0, 1]], [[0, 1], [1, 2], [2, 0]]])
def test_a_constant_function_has_no_pairs(edges):
    assert len(extended_diagram(edges, function=_zeros)) == 0


def _zeros(G):
    return np.zeros(as_graph(G).n_vertices)


def test_a_callable_gets_the_graph_as_it_was_given():
    G = nx.Graph([("a", "b"), ("b", "c")])
    nx.set_node_attributes(G, {"a": 0.0, "b": 2.0, "c": 1.0}, "height")
    for function in (
        lambda given: nx.get_node_attributes(given, "height"),
        lambda given: [given.nodes[node]["height"] for node in given],
    ):
        (diagram,) = ExtendedPersistence(function=function).fit_transform([G])
        assert diagram[0].tolist() == [[1.0, 2.0]] and diagram[2].tolist() == [[0.0, 2.0]]
    with pytest.raises(ValueError, match="no value for the vertex 'c'"):
        extended_diagram(G, function=lambda given: {"a": 1, "b": 2})
    with pytest.raises(ValueError, match="3 vertices"):
        extended_diagram(G, function=[1.0, 2.0])
    with pytest.raises(ValueError, match="must be one of"):
        ExtendedPersistence(function="height").fit([G])


def test_features_describe_the_kinds_one_by_one():
    graphs = [nx.gnm_random_graph(20, 30, seed=seed) for seed in range(4)]
    dgms = ExtendedPersistence(function="closeness").fit_transform(graphs)
    loops = DegreeSelector(degrees=[3]).fit_transform(dgms)
    assert (np.asarray(loops.births) > np.asarray(loops.deaths)).all()
    frame = PersistenceStatistics().fit(dgms)
    assert {name.split("_")[2] for name in frame.get_feature_names_out()} == {
        "h0",
        "h1",
        "h2",
        "h3",
    }
    assert np.isfinite(frame.transform(dgms)).all()


def test_shifting_and_scaling_move_the_pairs_with_them():
    graph = as_graph(nx.gnm_random_graph(30, 50, seed=2))
    f = np.random.default_rng(2).integers(0, 6, 30).astype(float)
    one, other = extended_diagram(graph, function=f), extended_diagram(graph, function=4 * f - 8)
    np.testing.assert_array_equal(4 * one.births - 8, other.births)
    np.testing.assert_array_equal(4 * one.deaths - 8, other.deaths)
