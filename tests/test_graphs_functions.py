"""Curvatures and heat on graphs: closed forms, and linear programming."""

import networkx as nx
import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import linprog
from scipy.sparse.csgraph import shortest_path

from tda.graphs import as_graph, forman_curvature, heat_kernel_signature, ollivier_curvature


def by_linear_programming(G, idleness):
    graph = as_graph(G)
    D = shortest_path(graph.to_sparse(), directed=False)
    A = graph.to_sparse().toarray() > 0
    walks = idleness * np.eye(len(A)) + (1 - idleness) * A / A.sum(axis=1, keepdims=True)
    n, found = len(A), []
    for x, y in graph.edges:
        sums = np.vstack([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
        cost = linprog(D.ravel(), A_eq=sums, b_eq=np.concatenate([walks[x], walks[y]])).fun
        found.append(1 - cost / D[x, y])
    return np.array(found)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("idleness", [0.0, 0.3, 0.5])
def test_ollivier_is_the_optimum_of_linear_programming(seed, idleness):
    G = nx.connected_watts_strogatz_graph(9, 4, 0.4, seed=seed)
    if seed % 2:
        for a, b in G.edges:
            G.edges[a, b]["weight"] = 0.5 + (3 * a + 5 * b) % 4
    found = ollivier_curvature(G, idleness=idleness)
    np.testing.assert_allclose(found, by_linear_programming(G, idleness), atol=1e-8)


def test_ollivier_of_known_graphs():
    """Lin, Lu and Yau 2011: complete graphs, long cycles, and the middle edge of a double star."""
    n = 6
    np.testing.assert_allclose(
        ollivier_curvature(nx.complete_graph(n), idleness=0.0), (n - 2) / (n - 1)
    )
    np.testing.assert_allclose(ollivier_curvature(nx.cycle_graph(8)), 0, atol=1e-12)
    np.testing.assert_allclose(ollivier_curvature(nx.path_graph(2), idleness=0.5), 1)
    star = nx.Graph([(0, 1), (0, 2), (0, 3), (1, 4), (1, 5)])
    middle = ollivier_curvature(star, idleness=0.0)[0]
    assert middle == pytest.approx(-2 + 2 / 3 + 2 / 3)
    assert ollivier_curvature(nx.empty_graph(3)).size == 0
    assert ollivier_curvature(star, idleness=1.0) == pytest.approx(0)
    for idleness in (-0.1, 1.5, "half", True):
        with pytest.raises(ValueError, match="idleness="):
            ollivier_curvature(star, idleness=idleness)


def test_forman_counts():
    G = nx.karate_club_graph()
    graph = as_graph(G)
    expected = [
        4 - G.degree[a] - G.degree[b] + 3 * len(list(nx.common_neighbors(G, a, b)))
        for a, b in graph.edges.tolist()
    ]
    assert forman_curvature(G).tolist() == expected
    plain = [4 - G.degree[a] - G.degree[b] for a, b in graph.edges.tolist()]
    assert forman_curvature(G, triangles=False).tolist() == plain
    assert forman_curvature(nx.empty_graph(2)).size == 0


def test_heat_is_the_matrix_exponential():
    G = nx.disjoint_union(nx.gnm_random_graph(12, 20, seed=0), nx.empty_graph(2))
    L = nx.normalized_laplacian_matrix(G).toarray()
    for time in (0.0, 0.1, 3.0):
        np.testing.assert_allclose(
            heat_kernel_signature(G, time=time), np.diag(expm(-time * L)), atol=1e-10
        )
    np.testing.assert_allclose(heat_kernel_signature(G, time=2.0)[-2:], 1)
    for time in (-1, np.inf, "long"):
        with pytest.raises(ValueError, match="time="):
            heat_kernel_signature(G, time=time)
