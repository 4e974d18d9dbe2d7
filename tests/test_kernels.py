"""Kernels against SciPy, brute force and their own uncompiled selves."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

from tda._kernels import distances, farthest, rips_loops, spanning_tree


def clouds():
    rng = np.random.default_rng(0)
    yield "random", rng.random((60, 3))
    yield "high dimension", rng.standard_normal((40, 30))
    yield "ties", rng.integers(0, 4, (50, 2)).astype(float)
    yield "line", np.arange(20.0)[:, None]
    yield "equal points", np.ones((7, 2))
    yield "one point", np.zeros((1, 2))
    yield "two points", np.array([[0.0, 0.0], [3.0, 4.0]])


CLOUDS = [pytest.param(X, id=name) for name, X in clouds()]


@pytest.mark.parametrize("X", CLOUDS)
def test_distances_are_those_of_scipy(X):
    D = distances.distance_matrix(X)
    np.testing.assert_array_equal(D, D.T)
    np.testing.assert_allclose(D, squareform(pdist(X)) if len(X) > 1 else [[0.0]], rtol=1e-15)
    np.testing.assert_allclose(D, distances.distance_matrix.py_func(X), rtol=1e-15)


def test_distances_of_more_points_than_a_tile_are_those_of_scipy():
    X = np.random.default_rng(4).random((150, 3))
    D = distances.distance_matrix(X)
    np.testing.assert_allclose(D, squareform(pdist(X)), rtol=1e-15)
    np.testing.assert_array_equal(D, D.T)


@pytest.mark.parametrize("X", CLOUDS)
def test_prim_spans_with_the_least_length(X):
    edges, lengths = spanning_tree.prim(X)
    n = len(X)
    assert edges.shape == (n - 1, 2)
    np.testing.assert_allclose(lengths, np.linalg.norm(X[edges[:, 0]] - X[edges[:, 1]], axis=1))
    graph = np.zeros((n, n))
    graph[edges[:, 0], edges[:, 1]] = 1
    assert connected_components(graph, directed=False)[0] == 1
    # SciPy takes a zero for a missing edge, so the distances are shifted by one.
    expected = minimum_spanning_tree(squareform(pdist(X)) + 1 - np.eye(n)).data - 1
    np.testing.assert_allclose(np.sort(lengths), np.sort(expected), atol=1e-12)


@pytest.mark.parametrize("X", CLOUDS)
def test_prim_on_a_matrix_gives_the_same_tree(X):
    edges, lengths = spanning_tree.prim(X)
    same_edges, same_lengths = spanning_tree.prim_matrix(squareform(pdist(X)))
    np.testing.assert_allclose(np.sort(lengths), np.sort(same_lengths), atol=1e-12)
    assert edges.shape == same_edges.shape


def components_by_thresholds(X, min_size):
    """Large components and the older one each meets, from the graphs at every distance."""
    D = squareform(pdist(X))
    alive, bars = [], []  # alive: (birth, set of points)
    for t in np.unique(D):
        _, labels = connected_components(D <= t, directed=False)
        for label in np.unique(labels):
            members = set(np.flatnonzero(labels == label))
            if len(members) < min_size:
                continue
            inside = sorted((c for c in alive if c[1] <= members), key=lambda c: c[0])
            if not inside:
                alive.append((t, members))
                continue
            bars += [(birth, t) for birth, _ in inside[1:]]
            alive = [c for c in alive if not c[1] <= members] + [(inside[0][0], members)]
    return np.array(sorted(b for b in bars if b[1] > b[0])).reshape(-1, 2)


@pytest.mark.parametrize("min_size", [1, 2, 5])
@pytest.mark.parametrize("seed", range(4))
def test_large_components_are_those_of_the_threshold_graphs(seed, min_size):
    rng = np.random.default_rng(seed)
    X = rng.random((35, 2)) if seed % 2 else rng.integers(0, 9, (35, 2)).astype(float)
    X = np.unique(X, axis=0)
    edges, lengths = spanning_tree.prim(X)
    order = np.argsort(lengths, kind="stable")
    births, deaths, points, ends = spanning_tree.large_components(
        edges[order], lengths[order], len(X), min_size
    )
    found = np.array(sorted((b, d) for b, d in zip(births, deaths, strict=True) if d > b))
    np.testing.assert_allclose(
        found.reshape(-1, 2), components_by_thresholds(X, min_size), atol=1e-12
    )
    assert ((points >= 0) & (points < len(X))).all()
    assert np.array_equal(lengths[order][ends], deaths) and len(set(ends)) == len(ends)


@pytest.mark.parametrize("X", CLOUDS)
def test_farthest_points_are_the_greedy_ones(X):
    k = min(6, len(X))
    chosen, reach = farthest.farthest_points(X, k, 0)
    D = squareform(pdist(X))
    nearest = D[0].copy()
    for step in range(k):
        assert reach[step] == pytest.approx(nearest.max())
        if step + 1 < k:
            assert nearest[chosen[step + 1]] == pytest.approx(nearest.max())
            nearest = np.minimum(nearest, D[chosen[step + 1]])
    same, same_reach = farthest.farthest_points_matrix(D, k, 0)
    np.testing.assert_allclose(reach, same_reach)
    assert same.size == k


@pytest.mark.parametrize(
    ("kernel", "arguments"),
    [
        (spanning_tree.prim, (np.random.default_rng(1).random((12, 3)),)),
        (spanning_tree.prim_matrix, (squareform(pdist(np.random.default_rng(1).random((9, 2)))),)),
        (
            spanning_tree.large_components,
            (np.array([[0, 1], [2, 3], [1, 2]]), np.array([1.0, 2.0, 5.0]), 4, 2),
        ),
        (farthest.farthest_points, (np.random.default_rng(2).random((12, 3)), 5, 3)),
        (
            farthest.farthest_points_matrix,
            (squareform(pdist(np.random.default_rng(2).random((9, 2)))), 4, 2),
        ),
    ],
)
def test_compiled_and_plain_python_agree(kernel, arguments):
    for compiled, plain in zip(kernel(*arguments), kernel.py_func(*arguments), strict=True):
        np.testing.assert_allclose(compiled, plain)


def dissimilarities():
    """Matrices of many kinds; the kernel needs no triangle inequality."""
    rng = np.random.default_rng(0)
    for trial in range(60):
        n = int(rng.integers(2, 60))
        angle = rng.uniform(0, 2 * np.pi, n)
        D = [
            squareform(pdist(rng.random((n, 2)))),
            squareform(pdist(rng.random((n, 6)))),
            squareform(pdist(rng.integers(0, 4, (n, 2)).astype(float))),
            squareform(pdist(np.column_stack([np.cos(angle), np.sin(angle)]))),
            np.triu(rng.random((n, n)), 1),
            np.triu(rng.integers(1, 6, (n, n)).astype(float), 1),
        ][trial % 6]
        yield np.maximum(D, D.T), float(np.quantile(D, 0.6)) if trial % 2 else np.inf


def loops(D, reach, *, plain=False):
    """The pairs of the kernel as sorted bars of degree 0 and 1, instant ones left out."""
    edges, run = (
        kernel.py_func if plain else kernel
        for kernel in (rips_loops.bucketed_edges, rips_loops.rips_loops)
    )
    reach = min(reach, D.max(axis=1).min())
    codes, starts = edges(D, reach, max(1, D.size // 300))
    joins, births, deaths, complete = run(D, codes, starts, reach)
    assert complete
    born = D[births[:, 0], births[:, 1]]
    died = np.where(deaths[:, 0] >= 0, D[deaths[:, 0], deaths[:, 1]], np.inf)
    bars = np.column_stack([born, died])[died > born]
    components = D[joins[:, 0], joins[:, 1]]
    return np.sort(components[components > 0]), bars[np.lexsort(bars.T[::-1])], births, deaths


def test_loops_are_those_of_gudhi_to_the_last_digit():
    import gudhi

    for D, reach in dissimilarities():
        components, bars, _, _ = loops(D, reach)
        tree = gudhi.RipsComplex(distance_matrix=D, max_edge_length=reach)
        tree = tree.create_simplex_tree(max_dimension=2)
        tree.compute_persistence(persistence_dim_max=False)
        expected = tree.persistence_intervals_in_dimension(1).reshape(-1, 2)
        np.testing.assert_array_equal(bars, expected[np.lexsort(expected.T[::-1])])
        joined = tree.persistence_intervals_in_dimension(0)[:, 1]
        np.testing.assert_array_equal(components, np.sort(joined[np.isfinite(joined)]))


def test_death_triangles_have_their_longest_edge_first():
    for D, reach in dissimilarities():
        _, _, births, deaths = loops(D, reach)
        u, v, w = deaths[deaths[:, 0] >= 0].T
        assert (np.maximum(D[u, w], D[v, w]) <= D[u, v]).all()
        assert len(np.unique(births, axis=0)) == len(births)


@pytest.mark.parametrize("entered", [0.0, 0.3])
def test_last_birth_is_the_longest_edge_with_an_empty_lune(entered):
    # `entered`: the share of edges, the shortest ones, that are in the graph already.
    for D, _ in dissimilarities():
        n = len(D)
        graph = (np.quantile(D, entered) >= D) & ~np.eye(n, dtype=bool)
        if not entered:
            graph[:] = False
        longest = 0.0
        for u in range(n):
            for v in range(u + 1, n):
                if not graph[u, v] and not (np.maximum(D[u], D[v]) < D[u, v]).any():
                    longest = max(longest, D[u, v])
        bits = np.zeros((n, 64 * ((n + 63) // 64)), dtype=bool)
        bits[:, :n] = graph
        adjacent = np.packbits(bits, axis=1, bitorder="little").view(np.uint64)
        assert rips_loops.last_birth(D, adjacent, np.inf) == longest
        assert rips_loops.last_birth.py_func(D, adjacent, np.inf) == longest


@pytest.mark.parametrize("scale", [1e-315, 1e-300, 1.0, 1e300])
def test_buckets_hold_every_finite_edge_once_at_any_scale(scale):
    D = scale * squareform(pdist(np.random.default_rng(6).random((40, 2))))
    D[0, 1] = D[1, 0] = np.inf
    for reach in (np.inf, D[np.isfinite(D)].max(), np.median(D)):
        codes, starts = rips_loops.bucketed_edges(D, reach, 50)
        low, high = codes >> 16, codes & 0xFFFF
        assert (low < high).all()
        assert starts[-1] == codes.size == len(np.unique(codes))
        entered = np.triu((reach >= D) & np.isfinite(D), k=1)
        assert set(zip(low.tolist(), high.tolist(), strict=True)) == set(
            zip(*(ends.tolist() for ends in np.nonzero(entered)), strict=True)
        )
        longest = [D[low[a:b], high[a:b]] for a, b in pairwise(starts)]
        longest = [lengths for lengths in longest if lengths.size]
        for before, after in pairwise(longest):
            assert before.max() <= after.min()


@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_loops_compiled_and_plain_agree():
    rng = np.random.default_rng(1)
    for D in (squareform(pdist(rng.random((14, 2)))), squareform(pdist(rng.random((16, 5))))):
        for compiled, plain in zip(loops(D, np.inf), loops(D, np.inf, plain=True), strict=True):
            np.testing.assert_array_equal(compiled, plain)


def test_more_live_classes_than_slots_at_hand():
    # Many far squares: 100 loops live at once, above the 64 that the kernel starts with.
    corners = np.array([[0, 0], [0, 1], [1, 1], [1, 0]]) + 0.01 * np.arange(8).reshape(4, 2)
    X = np.concatenate([corners + 50.0 * np.array([i, j]) for i in range(10) for j in range(10)])
    _, bars, _, _ = loops(squareform(pdist(X)), 10.0)
    assert len(bars) == 100
    _, bars, _, _ = loops(squareform(pdist(X)), 1.2)
    assert np.isinf(bars[:, 1]).sum() == 100
