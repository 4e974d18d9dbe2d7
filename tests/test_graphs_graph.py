"""The door of graphs: every format gives the same arrays."""

import networkx as nx
import numpy as np
import pytest
from scipy import sparse

from tda import GraphPersistence
from tda.graphs import Graph, as_graph


def assert_same(one, other):
    assert one.n_vertices == other.n_vertices and one.directed == other.directed
    np.testing.assert_array_equal(one.edges, other.edges)
    np.testing.assert_array_equal(one.weights, other.weights)


EDGES = np.array([[2, 0, 5.0], [0, 1, 1.0], [1, 2, 2.0], [3, 2, 4.0]])


class Igraph:
    """The part of igraph's face that is used; igraph itself need not be installed."""

    class Table(dict):
        attributes = dict.keys

    def __init__(self):
        self.es, self.vs = self.Table(weight=EDGES[:, 2].tolist()), self.Table()

    def vcount(self):
        return 4

    def get_edgelist(self):
        return [(int(a), int(b)) for a, b, _ in EDGES]

    def is_directed(self):
        return False


def test_all_formats_give_the_same_graph():
    expected = as_graph(EDGES)
    assert expected.edges.tolist() == [[0, 1], [0, 2], [1, 2], [2, 3]]
    assert expected.weights.tolist() == [1, 5, 2, 4]
    G = nx.Graph()
    G.add_nodes_from(range(4))
    G.add_weighted_edges_from(EDGES.astype(int).tolist())
    upper = sparse.coo_array((EDGES[:, 2], EDGES[:, :2].astype(int).T), shape=(4, 4))
    both = upper + upper.T
    for given in (G, EDGES.tolist(), expected, sparse.csr_matrix(both), Igraph()):
        assert_same(as_graph(given), expected)
    assert_same(as_graph(upper, directed=False), expected)
    assert_same(as_graph(upper), as_graph(EDGES, directed=True))
    assert_same(as_graph(expected.to_sparse()), expected)
    assert_same(as_graph(as_graph(upper).to_sparse()), as_graph(upper))


def test_directions_are_kept_or_forgotten():
    G = nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c")])
    graph = as_graph(G)
    assert graph.directed and graph.edges.tolist() == [[0, 1], [1, 0], [1, 2]]
    assert graph.undirected().edges.tolist() == [[0, 1], [1, 2]]
    assert as_graph(G, directed=False).edges.tolist() == [[0, 1], [1, 2]]
    assert graph.nodes == ["a", "b", "c"]
    both = as_graph(nx.path_graph(3), directed=True)
    assert both.edges.tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert "directed" in repr(both)


def test_loops_go_and_of_parallel_edges_the_lightest_stays():
    G = nx.MultiGraph()
    G.add_weighted_edges_from([(0, 1, 3.0), (1, 0, 2.0), (0, 0, -1.0), (1, 2, np.inf)])
    graph = as_graph(G)
    assert graph.n_vertices == 3 and graph.edges.tolist() == [[0, 1]]
    assert graph.weights.tolist() == [2.0]


def test_a_stored_zero_is_an_edge_and_isolated_vertices_stay():
    matrix = sparse.coo_array(([0.0, 0.0], ([0, 1], [1, 0])), shape=(3, 3))
    graph = as_graph(matrix)
    assert graph.n_edges == 1 and graph.weights.tolist() == [0.0] and graph.n_vertices == 3
    assert as_graph([[0, 1]], n_vertices=5).degrees.tolist() == [1, 1, 0, 0, 0]
    assert as_graph(np.zeros((0, 2))).n_vertices == 0
    assert as_graph(nx.Graph()).n_vertices == 0


@pytest.mark.parametrize(
    ("given", "options", "words"),
    [
        ([[0, 1.5]], {}, "integers from 0 on"),
        ([[0, -1]], {}, "integers from 0 on"),
        ([[0, np.nan]], {}, "holds NaN"),
        ([[0, 1, np.nan]], {}, "NaN"),
        ([[0, 1, -np.inf]], {}, "-inf"),
        ([[0, 10**9]], {}, "number the vertices"),
        ([[0, 4]], {"n_vertices": 2}, "n_vertices=2, but X has a vertex 4"),
        ([[0, 4]], {"n_vertices": 2.5}, "n_vertices=2.5"),
        (np.ones((5, 5)), {}, "scipy.sparse.csr_array"),
        (1 - np.eye(3), {}, "adjacency matrix of three vertices"),
        ([nx.path_graph(3)], {}, r"pass X\[0\]"),
        (np.ones((2, 2, 2)), {}, "an edge list of shape"),
        (sparse.csr_array(np.ones((2, 3))), {}, "is square"),
        ("a-b", {}, "not an array"),
        (None, {}, "None"),
        ([[0, 1]], {"values": [1.0]}, "2 vertices"),
        ([[0, 1]], {"values": [1.0, np.inf]}, "NaN or infinity"),
        (nx.Graph([(0, 1, {"weight": "heavy"})]), {}, "no number"),
        (nx.Graph([(0, 1, {"weight": float("nan")})]), {}, "NaN"),
    ],
)
def test_errors_name_what_is_wrong(given, options, words):
    with pytest.raises(ValueError, match=words):
        as_graph(given, **options)


def test_weights_may_have_another_name():
    G = nx.Graph([(0, 1, {"length": 7})])
    assert as_graph(G, weight="length").weights.tolist() == [7.0]
    assert as_graph(G).weights.tolist() == [1.0]


@pytest.mark.parametrize("X", [nx.path_graph(3), sparse.eye_array(3), as_graph([[0, 1]])])
def test_one_graph_is_no_collection(X):
    with pytest.raises(ValueError, match=r"pass \[X\]"):
        GraphPersistence().fit(X)


@pytest.mark.parametrize("X", [[[0, 1], [1, 2]], [(0, 1), (1, 2)], np.array([[0, 1], [1, 2]])])
def test_one_edge_list_is_no_collection(X):
    with pytest.raises(ValueError, match=r"pass \[X\]"):
        GraphPersistence().fit(X)


def test_the_container_says_what_it_is():
    assert repr(as_graph([[0, 1]])) == "Graph(2 vertices, 1 edges, undirected)"
    assert isinstance(as_graph([[0, 1]]), Graph)


def test_edges_between_names_are_refused_with_the_way():
    frame = nx.to_pandas_edgelist(nx.les_miserables_graph())
    with pytest.raises(
        ValueError, match=r"from_pandas_edgelist\(X, 'source', 'target', edge_attr='"
    ):
        as_graph(frame)
    for edges in ([("a", "b"), ("b", "c")], np.array([["a", "b"], ["b", "c"]])):
        with pytest.raises(ValueError, match=r"networkx.Graph\(X\)"):
            as_graph(edges)
    numbered = frame[["weight"]].assign(a=range(len(frame)), b=1)[["a", "b", "weight"]]
    assert as_graph(numbered).n_edges == len(frame) - 1  # without the loop at 1
