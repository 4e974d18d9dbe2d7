"""Flag complexes of graphs: pyflagser's values, gudhi, networkx, and linear algebra."""

import json
from itertools import permutations
from pathlib import Path

import gudhi
import networkx as nx
import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import pdist, squareform

from tda import GraphPersistence, graph_diagram, rips_diagram
from tda.graphs import as_graph, edge_values, vertex_values

PYFLAGSER = json.loads(
    (Path(__file__).parent / "reference" / "graphs_pyflagser.json").read_text(encoding="utf-8")
)


def bars(diagram, degree):
    return sorted(map(tuple, diagram[degree].tolist()))


@pytest.mark.parametrize("case", PYFLAGSER)
def test_equal_to_pyflagser(case):
    n = len(case["vertices"])
    edges = np.column_stack([case["edges"], case["weights"]])
    graph = as_graph(edges, n_vertices=n, values=case["vertices"], directed=case["directed"])
    diagram = graph_diagram(
        graph,
        function="weight",
        directed=case["directed"],
        max_dimension=3,
        field=case["field"],
    )
    for degree, expected in enumerate(case["bars"]):
        expected = sorted((b, np.inf if d is None else d) for b, d in expected)
        assert bars(diagram, degree) == expected


def directed_cliques(graph, top):
    """All rows of vertices with an edge from each to all later ones, by length."""
    have = set(map(tuple, graph.edges.tolist()))
    return [
        [
            row
            for row in permutations(range(graph.n_vertices), k + 1)
            if all((row[i], row[j]) in have for j in range(k + 1) for i in range(j))
        ]
        for k in range(top + 1)
    ]


def by_ranks(graph, weights, top):
    """How many classes of degree k live from a to b, from ranks over the rationals."""
    cliques = directed_cliques(graph, top + 1)
    value = {(i,): 0.0 for i in range(graph.n_vertices)}
    value |= dict(zip(map(tuple, graph.edges.tolist()), weights, strict=True))
    for rows in cliques[2:]:
        for row in rows:
            value[row] = max(value[row[:i] + row[i + 1 :]] for i in range(len(row)))

    def boundary(k, a, b):
        """From the k-cells until b to the cells below after a, as what is left of them."""
        low = [c for c in cliques[k - 1] if value[c] <= b] if k else []
        high = [c for c in cliques[k] if value[c] <= b]
        D = np.zeros((len(low), len(high)))
        place = {c: i for i, c in enumerate(low)}
        for j, c in enumerate(high):
            for i in range(len(c) if k else 0):
                D[place[c[:i] + c[i + 1 :]], j] = (-1) ** i
        return D, low, high

    def rank(D):
        return np.linalg.matrix_rank(D) if D.size else 0

    def living(k, a, b):
        """The rank of H_k(a) -> H_k(b): cycles of a, less those that bound in b."""
        D, _, cells = boundary(k, a, a)
        cycles = len(cells) - rank(D)
        B, low, _ = boundary(k + 1, a, b)
        late = [i for i, c in enumerate(low) if value[c] > a]
        bounding = rank(B) - rank(B[late]) if B.size else 0
        return cycles - bounding

    return living


@pytest.mark.parametrize("seed", range(6))
def test_directed_cliques_have_the_ranks_of_linear_algebra(seed):
    """Persistent Betti numbers determine a diagram; those of rationals agree with a large prime."""
    rng = np.random.default_rng(seed)
    n, m = 6, 18
    table = np.column_stack([rng.integers(0, n, (m, 2)), rng.integers(1, 5, m)])
    graph = as_graph(table, n_vertices=n, directed=True)
    diagram = graph_diagram(graph, function="weight", directed=True, max_dimension=2, field=46_327)
    living = by_ranks(graph, graph.weights, 2)
    for k in range(3):
        births, deaths = diagram[k].T
        for a in range(5):
            for b in range(a, 5):
                assert ((births <= a) & (deaths > b)).sum() == living(k, a, b), (k, a, b)


@pytest.mark.parametrize("seed", range(20))
def test_lower_stars_are_gudhis(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 14)), int(rng.integers(0, 60))
    graph = as_graph(rng.integers(0, n, (m, 2)), n_vertices=n)
    f = np.round(rng.normal(size=n) * [1, 100][seed % 2])
    field = [2, 3][seed // 2 % 2]
    for sign in (1, -1):
        tree = gudhi.SimplexTree()
        for i in range(n):
            tree.insert([i], sign * f[i])
        for a, b in graph.edges.tolist():
            tree.insert([a, b], max(sign * f[a], sign * f[b]))
        tree.expansion(4)
        tree.compute_persistence(field, 0, True)
        diagram = graph_diagram(
            graph, function=f, superlevel=sign < 0, max_dimension=3, field=field
        )
        for k in range(4):
            expected = sign * tree.persistence_intervals_in_dimension(k).reshape(-1, 2)
            assert bars(diagram, k) == sorted(map(tuple, (expected + 0.0).tolist()))
    assert diagram.filtration == "lower star" and diagram.unit == "value"


def test_weights_of_a_complete_graph_are_its_rips_complex():
    D = squareform(pdist(np.random.default_rng(0).normal(size=(25, 3))))
    expected = rips_diagram(D, metric="precomputed", max_dimension=2)
    diagram = graph_diagram(sparse.csr_array(D), function="weight", max_dimension=2)
    for k in range(3):
        assert bars(diagram, k) == bars(expected, k)


def test_paths_are_networkxs():
    G = nx.random_geometric_graph(30, 0.25, seed=3)
    for a, b in G.edges:
        G.edges[a, b]["weight"] = 1 + (7 * a + b) % 5
    lengths = dict(nx.all_pairs_dijkstra_path_length(G))
    D = np.array([[lengths[a].get(b, np.inf) for b in G] for a in G])
    expected = rips_diagram(D, metric="precomputed")
    assert graph_diagram(G) == expected
    assert graph_diagram(G).unit == "edge length"
    essential = np.isinf(expected.deaths) & (expected.dims == 0)
    assert essential.sum() == nx.number_connected_components(G)


def test_cycles_and_cliques():
    """The Rips complex of the paths of a cycle of n vertices: one loop from 1 to ceil(n / 3)."""
    for n in (4, 7, 12, 13):
        assert graph_diagram(nx.cycle_graph(n))[1].tolist() == [[1, -(-n // 3)]]
    assert len(graph_diagram(nx.complete_graph(6), max_dimension=3)[1]) == 0
    octahedron = graph_diagram(nx.octahedral_graph(), function="weight", max_dimension=3)
    assert [len(octahedron[k]) for k in range(4)] == [6, 0, 1, 0]
    assert np.isinf(octahedron[2]).sum() == 1
    two_ways = nx.DiGraph([(0, 1), (1, 0)])
    assert bars(graph_diagram(two_ways, function="weight", directed=True), 1) == [(1, np.inf)]


def test_vertices_enter_at_zero_or_with_their_first_edge():
    edges = [[0, 1, -2.0], [1, 2, 1.0]]
    diagram = graph_diagram(as_graph(edges, n_vertices=4), function="weight")
    assert bars(diagram, 0) == [(-2.0, np.inf), (0.0, 1.0), (0.0, np.inf)]
    strongest = graph_diagram(as_graph(edges[1:], n_vertices=4), function="weight", superlevel=True)
    assert bars(strongest, 0) == [(0.0, -np.inf), (0.0, -np.inf), (1.0, -np.inf)]


def test_an_empty_graph_has_an_empty_diagram():
    for function in ("path", "weight", "degree", "forman", "ollivier", "heat"):
        diagrams = GraphPersistence(function=function).fit_transform(
            [nx.Graph(), nx.path_graph(1), nx.empty_graph(3)]
        )
        assert [len(d) for d in diagrams] == [0, 1, 3]


def test_values_of_ones_own():
    graph = as_graph([[0, 1], [1, 2], [0, 2]], values=[0.0, 1.0, 5.0])
    assert bars(graph_diagram(graph, function="values"), 0) == [(0.0, np.inf)]
    on_edges = graph_diagram(graph, function=[3.0, 4.0, 5.0], on="edges")
    assert bars(on_edges, 0) == [(0.0, 3.0), (0.0, 4.0), (0.0, np.inf)]
    called = GraphPersistence(function=lambda G: edge_values(G) * 2, on="edges")
    assert bars(called.fit_transform([graph])[0], 0)[0] == (0.0, 2.0)
    with pytest.raises(ValueError, match="as_graph"):
        graph_diagram([[0, 1]], function="values")
    with pytest.raises(ValueError, match="2 edges, and each edge has one"):
        graph_diagram([[0, 1], [1, 2]], function=[1.0, 2.0, 3.0], on="edges")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"function": "path", "directed": True}, "the same both ways"),
        ({"function": "path", "superlevel": True}, "no superlevel"),
        ({"function": "nothing"}, "must be one of"),
        ({"on": "faces"}, "on='faces'"),
        ({"max_dimension": -1}, "from 0 on"),
        ({"max_dimension": 1.5}, "from 0 on"),
        ({"field": 4}, "not prime"),
    ],
)
def test_errors_name_the_parameter(options, words):
    with pytest.raises(ValueError, match=words):
        graph_diagram([[0, 1]], **options)


def test_lengths_are_not_negative():
    with pytest.raises(ValueError, match="weights from 0 on"):
        graph_diagram([[0, 1, -1.0]])
    for function in ("heat", "ollivier"):
        with pytest.raises(ValueError, match="a weight is -1"):
            graph_diagram([[0, 1, -1.0]], function=function)


def test_directions_change_no_curvature():
    G = nx.gn_graph(20, seed=0)
    values = edge_values(G, "forman")
    assert values.shape == (19,)
    undirected = dict(
        zip(
            map(tuple, as_graph(G.to_undirected()).edges.tolist()),
            edge_values(G.to_undirected(), "forman"),
            strict=True,
        )
    )
    for (a, b), value in zip(as_graph(G).edges.tolist(), values, strict=True):
        assert undirected[min(a, b), max(a, b)] == value


def test_centralities_are_networkxs():
    G = nx.karate_club_graph()
    H = nx.Graph(G.edges)
    np.testing.assert_allclose(
        vertex_values(H, "closeness"), list(nx.closeness_centrality(H).values())
    )
    np.testing.assert_allclose(vertex_values(H, "core"), list(nx.core_number(H).values()))
    assert vertex_values(G, "degree").tolist() == [d for _, d in G.degree]
    assert vertex_values(G, "strength").tolist() == [d for _, d in G.degree(weight="weight")]
