import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import KNeighborsTransformer

from tda import _neighbors
from tda._geometry import _fewest_between, _shortest_between, join_components
from tda._neighbors import (
    connected_components,
    geodesic_distances,
    graph_of_distances,
    neighbor_graph,
)


def brute_force(X, k):
    D = cdist(X, X)
    np.fill_diagonal(D, np.inf)
    return np.sort(D, axis=1)[:, :k]


@pytest.mark.parametrize("method", ["auto", "kd_tree", "brute"])
@pytest.mark.parametrize("d", [1, 3, 12])
def test_distances_are_those_of_all_pairs(method, d):
    X = np.random.default_rng(d).normal(size=(300, d)) + 1e6
    graph = neighbor_graph(X, 7, method=method)
    np.testing.assert_allclose(graph.distances, brute_force(X, 7), rtol=1e-9)
    rows = np.arange(300)[:, None]
    np.testing.assert_allclose(graph.distances, np.linalg.norm(X[rows] - X[graph.indices], axis=2))
    assert not (graph.indices == rows).any()


@pytest.mark.parametrize("method", ["kd_tree", "brute"])
def test_equal_points_are_neighbours_of_one_another_and_not_of_themselves(method):
    X = np.repeat(np.random.default_rng(0).normal(size=(10, 2)), 4, axis=0)
    graph = neighbor_graph(X, 5, method=method)
    assert not (graph.indices == np.arange(40)[:, None]).any()
    assert (graph.distances[:, :3] == 0).all() and (graph.distances[:, 3:] > 0).all()


@pytest.mark.parametrize("spread", [1.0, 1e-3])
def test_bounds_from_a_sample_lose_no_neighbour(spread):
    """With a small spread the sampled points are near each other: bounds too low for them."""
    X = np.random.default_rng(0).normal(size=(3000, 12))
    X[::2] *= spread
    graph = neighbor_graph(X, 40, method="brute", n_jobs=2)
    exact = [np.argsort(row)[1:41] for row in cdist(X[:200], X)]
    np.testing.assert_array_equal(graph.indices[:200], exact)


def test_another_metric():
    X = np.random.default_rng(0).normal(size=(80, 4))
    D = cdist(X, X, "cityblock")
    np.fill_diagonal(D, np.inf)
    graph = neighbor_graph(X, 5, metric="manhattan")
    np.testing.assert_allclose(graph.distances, np.sort(D, axis=1)[:, :5])


def test_precomputed_distances_and_graphs_give_the_same():
    X = np.random.default_rng(0).normal(size=(60, 3))
    plain = neighbor_graph(X, 6)
    for given in (cdist(X, X), KNeighborsTransformer(n_neighbors=6).fit_transform(X)):
        graph = graph_of_distances(given, 6)
        np.testing.assert_allclose(graph.distances, plain.distances)
        np.testing.assert_array_equal(graph.indices, plain.indices)
    again = graph_of_distances(plain.to_sparse(include_self=True), 6)
    np.testing.assert_array_equal(again.indices, plain.indices)
    with pytest.raises(ValueError, match="n_neighbors=9 or more"):
        graph_of_distances(plain.to_sparse(), 9)


def test_too_many_neighbours_are_an_error():
    with pytest.raises(ValueError, match="n_neighbors=5"):
        neighbor_graph(np.zeros((5, 2)), 5)


def test_the_method_follows_the_dimension_of_the_data(monkeypatch):
    rng = np.random.default_rng(0)
    plane = rng.uniform(size=(5000, 2)) @ rng.normal(size=(2, 50))
    noise = rng.normal(size=(5000, 50))
    assert _neighbors.choose_method(plane) == "kd_tree"
    assert _neighbors.choose_method(noise) == "brute"
    monkeypatch.setattr(_neighbors, "APPROXIMATE_FROM", 4000)
    assert _neighbors.choose_method(noise) == "approximate"


def test_approximate_neighbours_are_nearly_all_right():
    X = np.random.default_rng(0).normal(size=(3000, 15))
    graph = neighbor_graph(X, 10, method="approximate")
    exact = neighbor_graph(X, 10, method="brute")
    hits = [len(np.intersect1d(a, b)) for a, b in zip(graph.indices, exact.indices, strict=True)]
    assert np.mean(hits) > 9.5
    rows = np.arange(3000)[:, None]
    assert not (graph.indices == rows).any()
    np.testing.assert_allclose(graph.distances, np.linalg.norm(X[rows] - X[graph.indices], axis=2))


@pytest.mark.parametrize("offset, unit", [(1e8, 1.0), (-1e12, 1e6), (0.0, 1e60), (0.0, 1e-60)])
def test_approximate_neighbours_are_right_wherever_the_cloud_lies(offset, unit):
    X = unit * np.random.default_rng(0).normal(size=(2000, 12)) + offset
    graph = neighbor_graph(X, 10, method="approximate")
    exact = neighbor_graph(X, 10, method="brute")
    same = np.mean(np.sort(graph.indices) == np.sort(exact.indices))
    assert same > 0.97
    assert _neighbors._recall(X, graph, "euclidean") > 0.99


def test_a_point_far_away_does_not_blur_the_others():
    X = np.random.default_rng(0).normal(size=(2000, 12))
    X[7] = 1e20
    graph = neighbor_graph(X, 10, method="approximate")
    assert _neighbors._recall(X, graph, "euclidean") > 0.99


def test_where_descent_misses_neighbours_all_pairs_are_compared(monkeypatch):
    # Two heaps whose distance is 1e9 times their size: one as seen with seven digits.
    X = np.random.default_rng(0).normal(size=(2000, 12))
    X[::2] += 1e9
    graph = neighbor_graph(X, 10, method="approximate")
    np.testing.assert_allclose(graph.distances, neighbor_graph(X, 10, method="brute").distances)


@pytest.mark.parametrize("metric", ["cityblock", "sqeuclidean", "cosine"])
def test_single_precision_keeps_distances(metric):
    X = np.random.default_rng(1).normal(size=(50, 4)) + (0 if metric == "cosine" else 1e7)
    small, unit = _neighbors._in_single_precision(X, metric)
    np.testing.assert_allclose(unit * cdist(small, small, metric), cdist(X, X, metric), atol=1e-6)


def test_geodesics_of_an_arc_are_lengths_along_it():
    angle = np.linspace(0, 1.5 * np.pi, 400)
    X = np.column_stack([np.cos(angle), np.sin(angle)])
    graph = neighbor_graph(X, 4)
    D = geodesic_distances(graph)
    # Chords of two steps are shorter than the arc by a factor 1 - step**2 / 6.
    np.testing.assert_allclose(D, np.abs(angle[:, None] - angle), rtol=1e-4)
    np.testing.assert_allclose(D, D.T, rtol=1e-12)  # sums in the other order
    some, before = geodesic_distances(graph, sources=[0, 7], predecessors=True)
    np.testing.assert_array_equal(some, D[[0, 7]])
    assert before[0, 0] < 0 and before[0, 9] in (7, 8)
    np.testing.assert_array_equal(geodesic_distances(graph.to_sparse(), sources=[3]), D[[3]])
    assert np.isinf(geodesic_distances(graph, limit=1.0)[0, -1])


def test_geodesics_go_along_edges_of_length_zero_and_both_ways():
    X = np.array([[0.0], [0.0], [0.0], [1.0], [1.5]])
    D = geodesic_distances(neighbor_graph(X, 1))
    assert D[0, 1] == D[0, 2] == 0.0  # of equal points, whichever is the other's neighbour
    assert D[3, 4] == 0.5 and np.isinf(D[0, 3])


def test_pieces_are_joined_by_the_shortest_bridges():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.uniform(size=(30, 2)) + at for at in ([0, 0], [5, 0], [0, 9])])
    graph = neighbor_graph(X, 5)
    assert connected_components(graph)[0] == 3
    D = cdist(X, X)
    for joined, bridges in (
        join_components(graph, X),
        join_components(graph.to_sparse(), D, precomputed=True),
    ):
        assert connected_components(joined)[0] == 1
        lengths = np.linalg.norm(X[bridges[:, 0]] - X[bridges[:, 1]], axis=1)
        expected = [D[:30, 30:60].min(), D[:30, 60:].min(), D[30:60, 60:].min()]
        np.testing.assert_allclose(lengths, expected)
        assert np.isfinite(geodesic_distances(joined, sources=[0])).all()
    assert _fewest_between(X, connected_components(graph)[1], 3, False, "euclidean")[
        1
    ] == pytest.approx(expected[:2])
    whole = neighbor_graph(X[:30], 5)
    same, none = join_components(whole, X[:30])
    assert none.shape == (0, 2) and (same != whole.to_sparse()).nnz == 0


def test_trees_and_all_pairs_find_the_same_bridges():
    rng = np.random.default_rng(1)
    X = np.concatenate([rng.uniform(size=(150, 3)) + at for at in (0, 3, 7)])
    labels = np.repeat([1, 2, 0], 150)
    D = cdist(X, X)
    trees = _shortest_between(X, labels, 3, False, "euclidean")
    pairs = _shortest_between(D, labels, 3, True, "euclidean")
    np.testing.assert_array_equal(trees[0], pairs[0])
    np.testing.assert_allclose(
        trees[1], [D[300:, :150].min(), D[300:, 150:300].min(), D[:150, 150:300].min()]
    )
    np.testing.assert_allclose(
        _shortest_between(X, labels, 3, False, "manhattan")[1][0],
        cdist(X[300:], X[:150], "cityblock").min(),
    )


def test_very_many_pieces_get_the_fewest_bridges():
    X = np.arange(2200.0)[:, None] // 2 * 10 + np.arange(2200)[:, None] % 2
    joined, bridges = join_components(neighbor_graph(X, 1), X)
    assert len(bridges) == 1099 and connected_components(joined)[0] == 1
