"""Loops of many points of few dimensions, and of graphs with few edges, without a matrix."""

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import pdist, squareform

from tda import rips_diagram
from tda.homology.engines import _space_deaths, rips_gudhi, rips_points, rips_sparse


def bars(diagram, degree):
    found = diagram[degree]
    found = found[found[:, 0] < found[:, 1]]
    return found[np.lexsort(found.T)]


def by_matrix(X, **options):
    return rips_diagram(squareform(pdist(X)), metric="precomputed", **options)


def compare(X, max_edge_length=np.inf):
    found = rips_points.rips_points(X, max_edge_length=max_edge_length, simplices=False)
    expected = by_matrix(X, max_edge_length=max_edge_length)
    for degree in (0, 1):
        np.testing.assert_allclose(
            bars(found, degree), bars(expected, degree), rtol=1e-12, atol=0, strict=True
        )
    assert len(found[0]) == len(expected[0])
    return found


def circle(n, noise=0.0, d=3, seed=0):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    X = np.zeros((n, d))
    X[:, 0], X[:, 1] = np.cos(angle), np.sin(angle)
    return X + noise * np.random.default_rng(seed).normal(size=X.shape)


def sphere(n, d=3):
    X = np.random.default_rng(1).normal(size=(n, d))
    return X / np.linalg.norm(X, axis=1)[:, None]


def torus(n):
    rng = np.random.default_rng(2)
    u, v = rng.uniform(0, 2 * np.pi, (2, n))
    return np.c_[(2 + np.cos(v)) * np.cos(u), (2 + np.cos(v)) * np.sin(u), np.sin(v)]


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
def test_random_and_tied_points_give_the_bars_of_a_matrix(d):
    rng = np.random.default_rng(d)
    for n in (1, 2, 3, 4, 7, 20, 60, 150):
        compare(rng.random((n, d)))
        compare(rng.integers(0, 4, (n, d)).astype(float))
        compare(np.round(rng.normal(size=(n, d)), 1))


@pytest.mark.parametrize(
    ("last", "width", "growth"), [(0, 0.4, 1.15), (5, 0.4, 1.15), (64, 0.6, 1.3), (64, 0.05, 1.05)]
)
def test_no_bar_hangs_on_when_the_last_classes_are_taken_apart(monkeypatch, last, width, growth):
    monkeypatch.setattr(_space_deaths, "_LAST", last)
    monkeypatch.setattr(_space_deaths, "_WIDTH", width)  # wide cells leave many pairs open
    monkeypatch.setattr(_space_deaths, "_GROWTH", growth)
    rng = np.random.default_rng(11)
    for n in (20, 60, 150, 400):
        for d in (2, 3):
            compare(rng.random((n, d)))
            compare(rng.integers(0, 5, (n, d)).astype(float))
            compare(circle(n, 0.2, d), max_edge_length=0.9)
    compare(circle(800, 0.1))
    compare(torus(900))


SHAPES = {
    "circle": circle(300),
    "noisy circle": circle(900, 0.1),
    "circle in the plane": circle(500, 0.02, d=2),
    "circle in R^5": circle(500, 0.05, d=5),
    "sphere": sphere(700),
    "torus": torus(1200),
    "lattice": np.stack(np.meshgrid(*[np.arange(8.0)] * 3), -1).reshape(-1, 3),
    "clusters": np.random.default_rng(3).normal(size=(600, 3)) * 0.05
    + np.random.default_rng(4).random((8, 3))[np.arange(600) % 8],
    "outliers": np.r_[np.random.default_rng(5).random((500, 3)), 1e3 * sphere(20)],
    "a point in a shell": np.r_[np.zeros((1, 3)), sphere(300)],
    "two scales": np.r_[1e-7 * circle(200), circle(200) + 3],
    "a line in space": np.outer(np.random.default_rng(6).random(300), [1.0, 2.0, 3.0]),
    "a plane in space": np.c_[np.random.default_rng(7).random((400, 2)), np.ones(400)],
    "each point twice": np.repeat(circle(150, 0.1), 2, axis=0),
    "one place": np.ones((50, 3)),
    "far from zero": circle(300, 0.05) + 1e6,
    "tiny": 1e-180 * circle(200, 0.1),
    "large": 1e150 * circle(200, 0.1),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_give_the_bars_of_a_matrix(name):
    compare(SHAPES[name])


@pytest.mark.parametrize("max_edge_length", [0.0, 0.1, 0.3, 1.0])
def test_a_longest_edge_ends_the_search(max_edge_length):
    compare(circle(400, 0.1), max_edge_length)
    compare(np.random.default_rng(0).random((300, 3)), max_edge_length)


def test_a_coarse_block_and_a_fine_one_are_searched_alike():
    # Blocks of a crowded cloud are left out or split as a whole, those of a thin one are not.
    compare(np.r_[0.05 * np.random.default_rng(0).random((1500, 3)), circle(60)])


def test_simplices_have_the_lengths_of_their_bars():
    X = circle(300, 0.1)
    found = rips_points.rips_points(X, max_edge_length=np.inf, simplices=True)
    D = squareform(pdist(X))
    for bar in np.flatnonzero(found.dims == 1):
        u, v = found.birth_simplices[bar, :2]
        assert D[u, v] == pytest.approx(found.births[bar])
        a, b, c = found.death_simplices[bar]
        assert max(D[a, b], D[b, c], D[a, c]) == pytest.approx(found.deaths[bar])


def test_many_points_take_this_way(monkeypatch):
    X = circle(400, 0.1)
    expected = by_matrix(X)
    monkeypatch.setattr(rips_points, "_MATRIX_POINTS", 100)
    found = rips_diagram(X)
    np.testing.assert_allclose(bars(found, 1), bars(expected, 1), rtol=1e-12)


# -- graphs with few edges -------------------------------------------------------------------


def graph(rng, n, share, tied):
    M = rng.integers(1, 5, (n, n)).astype(float) if tied else rng.random((n, n))
    M = np.triu(M * (rng.random((n, n)) < share), 1)
    return sparse.csr_array(M + M.T)


def test_random_graphs_give_the_bars_of_gudhi():
    rng = np.random.default_rng(0)
    for trial in range(120):
        D = graph(rng, int(rng.integers(2, 40)), rng.random(), trial % 3 == 0)
        for reach in (np.inf, 0.5, 2.0):
            found = rips_sparse.rips_sparse(
                D, max_dimension=1, max_edge_length=reach, simplices=False
            )
            expected = rips_gudhi.rips_gudhi(D, max_dimension=1, field=2, max_edge_length=reach)
            for degree in (0, 1):
                np.testing.assert_array_equal(
                    bars(found, degree), bars(expected, degree), strict=True
                )


def test_a_graph_of_neighbours_gives_the_bars_of_gudhi():
    from sklearn.neighbors import kneighbors_graph

    G = kneighbors_graph(np.random.default_rng(0).random((2000, 3)), 15, mode="distance")
    D = sparse.csr_array(G.maximum(G.T))
    found = rips_diagram(D, metric="precomputed")
    expected = rips_gudhi.rips_gudhi(D, max_dimension=1, field=2, max_edge_length=np.inf)
    np.testing.assert_array_equal(bars(found, 1), bars(expected, 1), strict=True)
    assert np.isinf(found[1][:, 1]).any()


def test_a_hub_and_a_graph_without_edges():
    n = 3000
    hub = sparse.coo_array((np.ones(n), (np.zeros(n, int), np.arange(1, n + 1))), (n + 1, n + 1))
    found = rips_diagram((hub + hub.T).tocsr(), metric="precomputed")
    assert len(found[1]) == 0 and np.isinf(found[0][:, 1]).sum() == 1
    found = rips_diagram(sparse.csr_array((5, 5)), metric="precomputed")
    assert found[0].tolist() == [[0, np.inf]] * 5


def two_hubs(rng, n):
    """A ring of n points with as many chords, and two hubs that are joined late to all points."""
    M = np.zeros((n + 2, n + 2))
    ring = np.arange(n)
    M[ring, (ring + 1) % n] = rng.random(n)
    M[rng.integers(0, n, n), rng.integers(0, n, n)] = rng.random(n)
    M[n:, :n] = 0.5 + rng.random((2, n))
    M[n, n + 1] = 1.0
    M = np.maximum(M, M.T)
    np.fill_diagonal(M, 0.0)
    return sparse.csr_array(M)


def test_lunes_of_many_points_and_of_hubs():
    """Lunes of more points than a word has bits, and of points with very many neighbours."""
    rng = np.random.default_rng(0)
    for D in (graph(rng, 100, 0.9, False), graph(rng, 100, 0.6, True), two_hubs(rng, 700)):
        found = rips_diagram(D, metric="precomputed")
        expected = rips_gudhi.rips_gudhi(D, max_dimension=1, field=2, max_edge_length=np.inf)
        assert len(found[1]) > 30
        for degree in (0, 1):
            np.testing.assert_array_equal(bars(found, degree), bars(expected, degree), strict=True)


def test_the_order_of_points_and_of_what_is_stored_is_of_no_matter():
    rng = np.random.default_rng(2)
    D = graph(rng, 60, 0.4, False)
    expected = rips_diagram(D, metric="precomputed")
    assert len(expected[1]) > 20
    p = rng.permutation(60)
    unsorted = D.tocsr()
    for k in range(60):
        row = slice(*unsorted.indptr[k : k + 2])
        unsorted.indices[row] = unsorted.indices[row][::-1].copy()
        unsorted.data[row] = unsorted.data[row][::-1].copy()
    unsorted = sparse.csr_array((unsorted.data, unsorted.indices, unsorted.indptr), D.shape)
    assert not unsorted.has_sorted_indices
    read_only = D.copy()
    read_only.data.flags.writeable = False
    for other in (D[p][:, p], sparse.triu(D), sparse.tril(D).tocsc(), unsorted, read_only):
        assert rips_diagram(other, metric="precomputed") == expected
    assert not unsorted.has_sorted_indices  # and stays so


def test_edges_of_length_zero_are_edges():
    rows, cols = np.array([0, 1, 1, 2, 0, 3]), np.array([1, 0, 2, 1, 3, 0])
    D = sparse.csr_array((np.array([0.0, 0, 1, 1, 2, 2]), (rows, cols)), shape=(4, 4))
    found = rips_sparse.rips_sparse(D, max_dimension=0, max_edge_length=np.inf, simplices=True)
    assert sorted(found[0][:, 1]) == [1, 2, np.inf]  # a bar of length 0 is none


def test_simplices_of_a_graph_have_the_lengths_of_their_bars():
    D = graph(np.random.default_rng(1), 40, 0.4, False)
    found = rips_diagram(D, metric="precomputed", representatives=True)
    dense = D.toarray()
    for bar in np.flatnonzero(found.dims == 1):
        u, v = found.birth_simplices[bar, :2]
        assert dense[u, v] == found.births[bar]
        if np.isfinite(found.deaths[bar]):
            a, b, c = found.death_simplices[bar]
            assert max(dense[a, b], dense[b, c], dense[a, c]) == found.deaths[bar]


def test_only_the_short_edges_of_many_points_are_made():
    X = np.random.default_rng(0).random((2500, 6))
    found = rips_sparse.rips_sparse(
        sparse.csr_array(np.where((D := squareform(pdist(X))) <= 0.3, D, 0)),
        max_dimension=1,
        max_edge_length=0.3,
        simplices=False,
    )
    expected = by_matrix(X, max_edge_length=0.3)
    np.testing.assert_array_equal(bars(found, 1), bars(expected, 1), strict=True)
