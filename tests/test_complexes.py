"""Complexes: homology against gudhi and known manifolds, Laplacians against both."""

from itertools import combinations, pairwise

import gudhi
import numpy as np
import pytest
from sklearn.base import clone

from tda import alpha_diagram, rips_diagram
from tda.complexes import (
    CellComplex,
    HomologyFeatures,
    SimplicialComplex,
    alpha_complex,
    clique_complex,
    cycle_complex,
    harmonic_basis,
    hodge_decomposition,
    persistent_laplacian,
    rips_complex,
)
from tda.complexes._integers import smith_factors

#: Of six, seven and nine vertices.
PROJECTIVE_PLANE = [
    [0, 1, 4], [0, 1, 5], [0, 2, 3], [0, 2, 5], [0, 3, 4],
    [1, 2, 3], [1, 2, 4], [1, 3, 5], [2, 4, 5], [3, 4, 5],
]  # fmt: skip
TORUS = [[i, (i + a) % 7, (i + 3) % 7] for i in range(7) for a in (1, 2)]


def grid_surface(m, n, twist):
    """A torus, or with a twist a Klein bottle, of m by n squares cut in two."""

    def place(i, j):
        if i == m:
            i, j = 0, (-j if twist else j)
        return i * n + j % n

    squares = [
        (place(i, j), place(i + 1, j), place(i, j + 1), place(i + 1, j + 1))
        for i in range(m)
        for j in range(n)
    ]
    return [t for a, b, c, d in squares for t in ([a, b, c], [b, c, d])]


def random_complex(seed):
    """Random simplices of one to four vertices on up to twelve."""
    rng = np.random.default_rng(seed)
    n = rng.integers(4, 13)
    sizes = rng.integers(1, 5, rng.integers(5, 40))
    return [rng.choice(n, size=min(size, n), replace=False) for size in sizes]


def betti_by_gudhi(simplices, prime):
    tree = gudhi.SimplexTree()
    for simplex in simplices:
        tree.insert([int(v) for v in simplex])
    tree.compute_persistence(homology_coeff_field=prime, persistence_dim_max=True)
    return tree.betti_numbers()[: tree.dimension() + 1], tree.num_simplices()


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_kernels_of_laplacians_and_ranks_are_the_betti_numbers_of_gudhi(start):
    for seed in range(start, start + 50):
        simplices = random_complex(seed)
        K = SimplicialComplex(simplices)
        expected, n_simplices = betti_by_gudhi(simplices, 2)
        assert sum(K.n_cells) == n_simplices
        assert list(K.betti()) == expected
        assert list(K.betti(field=3)) == betti_by_gudhi(simplices, 3)[0]
        betti = K.betti(field="Q")
        assert K.euler_characteristic == sum((-1) ** k * b for k, b in enumerate(betti))
        for k, b in enumerate(betti):
            assert (K.boundary(k) @ K.boundary(k + 1)).nnz == 0
            L = K.laplacian(k).toarray()
            assert np.linalg.matrix_rank(L) == len(L) - b
            H = harmonic_basis(K, k)
            assert H.shape == (K.n_cells[k], b)
            np.testing.assert_allclose(L @ H, 0, atol=1e-9)
            np.testing.assert_allclose(H.T @ H, np.eye(b), atol=1e-9)


@pytest.mark.parametrize(
    ("facets", "expected"),
    [
        (list(combinations(range(4), 3)), ((1, ()), (0, ()), (1, ()))),
        (PROJECTIVE_PLANE, ((1, ()), (0, (2,)), (0, ()))),
        (TORUS, ((1, ()), (2, ()), (1, ()))),
        (grid_surface(4, 5, False), ((1, ()), (2, ()), (1, ()))),
        (grid_surface(4, 5, True), ((1, ()), (1, (2,)), (0, ()))),
        ([[0], [1]], ((2, ()),)),
    ],
    ids=["sphere", "projective plane", "torus of seven", "torus", "Klein bottle", "two points"],
)
def test_homology_of_manifolds(facets, expected):
    K = SimplicialComplex(facets)
    assert K.homology() == expected
    mod2 = [b + len(t) for b, t in expected]  # universal coefficients, for torsion of order 2
    for k, (_, torsion) in enumerate(expected[:-1]):
        mod2[k + 1] += len(torsion)
    assert K.betti() == tuple(mod2)
    assert K.betti(field=3) == tuple(b for b, _ in expected)


def test_torsion_of_a_moore_space_and_of_a_product():
    """A disk glued to a circle five times around; the product of two projective planes."""
    n = 5
    ring = [(0, "x"), (1, "x"), (2, "x")]
    outer = [("o", i) for i in range(3 * n)]
    facets = []
    for i in range(3 * n):
        a, b = outer[i], outer[(i + 1) % (3 * n)]
        u, v = ring[i % 3], ring[(i + 1) % 3]
        facets += [("c", a, b), (a, b, u), (b, u, v)]
    number = {v: i for i, v in enumerate(dict.fromkeys(x for f in facets for x in f))}
    K = SimplicialComplex([[number[x] for x in f] for f in facets])
    assert K.homology() == ((1, ()), (0, (5,)), (0, ()))
    assert K.betti(field=5) == (1, 1, 1) and K.betti(field=2) == (1, 0, 0)


def test_smith_factors_of_random_matrices():
    """Products of the first k factors are the gcds of the minors of size k."""
    from scipy import sparse

    def determinant(M):
        if len(M) == 1:
            return M[0][0]
        return sum(
            (-1) ** j * M[0][j] * determinant([row[:j] + row[j + 1 :] for row in M[1:]])
            for j in range(len(M))
        )

    for seed in range(30):
        rng = np.random.default_rng(seed)
        M = rng.integers(-6, 7, (4, 5)) * rng.integers(1, 4) * (rng.random((4, 5)) < 0.7)
        product, found = 1, smith_factors(sparse.csr_array(M))
        assert all(b % a == 0 for a, b in pairwise(found))
        for k in range(1, 5):
            minors = [
                determinant(M[np.ix_(i, j)].tolist())
                for i in combinations(range(4), k)
                for j in combinations(range(5), k)
            ]
            product = product * found[k - 1] if k <= len(found) else 0
            assert product == np.gcd.reduce(np.array(minors))


def test_bistellar_flips_change_no_homology():
    """Random triangulations of one surface, as of a benchmark of manifold triangulations."""
    rng = np.random.default_rng(0)
    for facets, expected in ((TORUS, (1, 2, 1)), (PROJECTIVE_PLANE, (1, 0, 0))):
        triangles = {frozenset(t) for t in facets}
        n = 1 + max(max(t) for t in facets)
        for _ in range(30):
            whole = sorted(map(sorted, triangles))
            t = whole[rng.integers(len(whole))]
            if rng.random() < 0.4:  # a new vertex in a triangle
                triangles.remove(frozenset(t))
                triangles |= {frozenset([*e, n]) for e in combinations(t, 2)}
                n += 1
                continue
            a, b = sorted(rng.choice(t, 2, replace=False))
            pair = [s for s in triangles if {a, b} <= s]
            c, d = (min(s - {a, b}) for s in pair)
            if any({c, d} <= s for s in triangles):
                continue
            triangles -= set(pair)
            triangles |= {frozenset([a, c, d]), frozenset([b, c, d])}
        K = SimplicialComplex([sorted(map(int, t)) for t in triangles])
        assert K.betti(field="Q") == expected


# -- from data and graphs --------------------------------------------------------------------------


def test_complexes_of_data_have_the_bars_that_are_alive():
    X = np.random.default_rng(0).normal(size=(25, 3))
    bars = rips_diagram(X, max_dimension=1)
    K = rips_complex(X, max_edge_length=2.0, max_dimension=3)
    alpha, alpha_bars = alpha_complex(X), alpha_diagram(X)
    for scale in (0.6, 1.1, 1.7):
        betti = K.at(scale).betti()
        for k in (0, 1):
            alive = (bars[k][:, 0] <= scale) & (bars[k][:, 1] > scale)
            assert (betti + (0, 0))[k] == alive.sum()
    for scale in (0.3, 0.6, 0.9):
        betti = alpha.at(scale).betti()
        for k in (0, 1, 2):
            alive = (alpha_bars[k][:, 0] <= scale) & (alpha_bars[k][:, 1] > scale)
            assert (betti + (0, 0, 0))[k] == alive.sum()
    assert alpha.betti() == (1, 0, 0, 0)
    twice = alpha_complex(np.repeat(X, 2, axis=0))
    assert twice.betti() == (1, 0, 0, 0) and twice.n_cells == alpha.n_cells
    assert alpha_complex(np.ones((3, 2))).betti()[0] == 1
    assert alpha_complex(np.random.default_rng(0).normal(size=(9, 4))).betti() == (1, 0, 0, 0, 0)


def test_rips_is_that_of_gudhi_and_cliques_are_that_of_the_graph():
    X = np.random.default_rng(1).normal(size=(30, 2))
    tree = gudhi.RipsComplex(points=X, max_edge_length=1.0).create_simplex_tree(max_dimension=3)
    theirs = SimplicialComplex.from_gudhi(tree)
    ours = rips_complex(X, max_edge_length=1.0, max_dimension=3)
    assert ours.n_cells == theirs.n_cells
    for a, b, u, v in zip(
        ours.simplices, theirs.simplices, ours.values, theirs.values, strict=True
    ):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_allclose(u, v, rtol=1e-9)
    again = SimplicialComplex.from_gudhi(ours.to_gudhi())
    assert again.n_cells == ours.n_cells
    D = np.linalg.norm(X[:, None] - X, axis=-1)
    same = rips_complex(D, max_edge_length=1.0, max_dimension=3, metric="precomputed")
    assert same.n_cells == ours.n_cells
    graph = clique_complex(ours.simplices[1], max_dimension=3)
    assert graph.n_cells == ours.n_cells


def test_cells_of_graphs():
    nx = pytest.importorskip("networkx")
    grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(4, 5))
    assert cycle_complex(grid, max_length=4).n_cells == (20, 31, 12)
    assert cycle_complex(grid, max_length=4).betti() == (1, 0, 0)
    for seed in range(10):
        G = nx.gnp_random_graph(12, 0.3, seed=seed)
        expected = sorted(sorted(c) for c in nx.chordless_cycles(G) if 3 <= len(c) <= 6)
        K = cycle_complex(G, max_length=6)
        assert sorted(sorted(p.tolist()) for p in K.polygons) == expected
        assert all(
            {tuple(sorted(e)) for e in zip(p, np.roll(p, -1), strict=True)}
            <= set(map(tuple, K.edges.tolist()))
            for p in K.polygons
        )
        filled = cycle_complex(G, cells="basis", max_length=None)
        loops = len(G.edges) - len(G) + nx.number_connected_components(G)
        assert len(filled.polygons) == loops
        if loops:
            assert filled.betti() == (nx.number_connected_components(G), 0, 0)


def test_cells_and_simplices_agree():
    facets = grid_surface(4, 5, True)
    K, C = SimplicialComplex(facets), CellComplex(facets)
    assert K.n_cells == C.n_cells and K.homology() == C.homology()
    for k in range(3):
        np.testing.assert_allclose(
            np.linalg.eigvalsh(K.laplacian(k).toarray()),
            np.linalg.eigvalsh(C.laplacian(k).toarray()),
            atol=1e-9,
        )
    # The Klein bottle of squares that are not cut has the same homology.
    squares = [[a, b, d, c] for (a, b, c), (_, _, d) in zip(facets[::2], facets[1::2], strict=True)]
    assert CellComplex(squares).homology() == K.homology()


# -- Laplacians ------------------------------------------------------------------------------------


def test_the_laplacian_of_vertices_is_that_of_the_graph():
    nx = pytest.importorskip("networkx")
    G = nx.karate_club_graph()
    K = clique_complex(nx.Graph(G.edges))
    np.testing.assert_array_equal(
        K.laplacian(0).toarray(), nx.laplacian_matrix(nx.Graph(G.edges)).toarray()
    )
    np.testing.assert_array_equal(
        K.adjacency(0).toarray(), nx.adjacency_matrix(nx.Graph(G.edges)).toarray()
    )
    degrees = np.array([d for _, d in nx.Graph(G.edges).degree])
    weights = [1 / degrees, np.ones(K.n_cells[1])]
    np.testing.assert_allclose(
        K.laplacian(0, weights=weights).toarray(),
        nx.normalized_laplacian_matrix(nx.Graph(G.edges)).toarray(),
        atol=1e-12,
    )


def test_weights_change_no_kernel_and_neighbours_share_a_face():
    K = SimplicialComplex(TORUS)
    rng = np.random.default_rng(0)
    weights = [rng.uniform(0.5, 2, n) for n in K.n_cells]
    for k, b in enumerate(K.betti(field="Q")):
        values = np.linalg.eigvalsh(K.laplacian(k, weights=weights).toarray())
        assert (values < 1e-9).sum() == b
        parts = [K.laplacian(k, part=part).toarray() for part in ("up", "down", "both")]
        np.testing.assert_array_equal(parts[0] + parts[1], parts[2])
    assert (K.adjacency(2, through="down").sum(axis=1) == 3).all()  # of a closed surface
    assert (K.adjacency(1).sum(axis=1) == 4).all()


def test_decomposition_is_orthogonal_and_finds_its_parts():
    X = np.random.default_rng(0).uniform(-1, 1, (120, 2))
    X = X[np.hypot(*X.T) > 0.5]
    K = rips_complex(X, max_edge_length=0.45)
    flow = np.random.default_rng(1).normal(size=K.n_cells[1])
    parts = hodge_decomposition(K, 1, flow)
    np.testing.assert_allclose(sum(parts), flow, atol=1e-12)
    for a, b in combinations(parts, 2):
        assert abs(a @ b) < 1e-8 * (flow @ flow)
    np.testing.assert_allclose(K.boundary(1) @ (parts.curl + parts.harmonic), 0, atol=1e-8)
    np.testing.assert_allclose(K.boundary(2).T @ (parts.gradient + parts.harmonic), 0, atol=1e-8)
    H = harmonic_basis(K, 1)
    np.testing.assert_allclose(H @ (H.T @ flow), parts.harmonic, atol=1e-7)


def test_harmonic_space_of_many_cells(monkeypatch):
    from tda.complexes import _hodge

    K = SimplicialComplex(grid_surface(6, 7, False))
    dense = harmonic_basis(K, 1)
    monkeypatch.setattr(_hodge, "DENSE", 10)
    sparse = harmonic_basis(K, 1)
    np.testing.assert_allclose(sparse @ sparse.T, dense @ dense.T, atol=1e-7)
    assert harmonic_basis(SimplicialComplex([[0, 1, 2]]), 1).shape == (3, 0)


def test_persistent_laplacians_count_the_classes_that_live():
    for seed in range(6):
        X = np.random.default_rng(seed).normal(size=(12, 2))
        K = rips_complex(X, max_edge_length=3.0, max_dimension=2)
        diagram = rips_diagram(X, max_dimension=1)
        scales = np.quantile(K.values[1], [0.1, 0.2, 0.35, 0.6])
        for birth, death in combinations(scales, 2):
            for k in (0, 1):
                L = persistent_laplacian(K, k, birth=birth, death=death)
                values = np.linalg.eigvalsh(L)
                bars = diagram[k]
                alive = ((bars[:, 0] <= birth) & (bars[:, 1] > death)).sum()
                assert (values < 1e-8).sum() == alive
                assert len(L) == K.at(birth)._count(k)
        same = persistent_laplacian(K, 1, birth=scales[1], death=scales[1])
        np.testing.assert_allclose(same, K.at(scales[1]).laplacian(1).toarray(), atol=1e-9)


# -- the transformer, and what is said -------------------------------------------------------------


def test_features_are_columns_and_do_not_depend_on_company():
    X = [TORUS, PROJECTIVE_PLANE, [[0, 1], [1, 2]]]
    model = HomologyFeatures(fields=(2, 3, "Q"))
    F = model.fit_transform(X)
    assert F.shape == (3, len(model.get_feature_names_out())) == (3, 13)
    np.testing.assert_array_equal(model.transform(X[1:2]), F[1:2])
    np.testing.assert_array_equal(clone(model).set_params(max_dimension=2).fit_transform(X), F)
    low = HomologyFeatures(max_dimension=0).fit_transform(X)
    assert low.shape == (3, 4)
    with pytest.raises(ValueError, match=r"pass \[X\]"):
        model.fit(SimplicialComplex(TORUS))
    with pytest.raises(ValueError, match="is empty"):
        model.fit([])
    with pytest.raises(ValueError, match="not prime"):
        HomologyFeatures(fields=(4,)).fit(X)


def test_what_is_no_complex_is_said():
    for simplices, message in [
        ([[0, 0]], "a vertex twice"),
        ([[-1, 0]], "integers from 0 on"),
        ([[0.5, 1]], "integers from 0 on"),
        ([[]], "empty simplex"),
        ([3], "a list of vertices"),
    ]:
        with pytest.raises(ValueError, match=message):
            SimplicialComplex(simplices)
    with pytest.raises(ValueError, match="there is a vertex 2"):
        SimplicialComplex([[0, 2]], n_vertices=2)
    assert SimplicialComplex([[0, 2]], n_vertices=4).n_cells == (4, 1)
    empty = SimplicialComplex([])
    assert empty.betti() == empty.homology() == () and empty.euler_characteristic == 0
    K = SimplicialComplex([[0, 1, 2]])
    for call, message in [
        (lambda: K.boundary(-1), "degree=-1"),
        (lambda: K.laplacian(1, part="left"), "part='left'"),
        (lambda: K.laplacian(1, weights=[[1, 1, 1], [0, 1, 1]]), "positive number"),
        (lambda: K.adjacency(0, through="left"), "through='left'"),
        (lambda: K.betti(field="R"), "field='R'"),
        (lambda: K.at(1.0), "no values"),
        (lambda: hodge_decomposition(K, 1, [1.0]), "one finite number"),
        (lambda: harmonic_basis([[0, 1]], 1), "pass a SimplicialComplex"),
        (lambda: persistent_laplacian(K, 1, birth=0, death=1), "no values"),
        (lambda: rips_complex(np.eye(2), max_edge_length=-1), "at least 0"),
        (lambda: alpha_complex(np.eye(2), max_radius=-1), "at least 0"),
        (lambda: cycle_complex([[0, 1]], cells="all"), "cells='all'"),
        (lambda: cycle_complex([[0, 1]], max_length=2), "3 sides"),
        (lambda: CellComplex([[0, 1]]), "three vertices"),
        (lambda: CellComplex([[0, 1, 1]]), "twice"),
        (lambda: CellComplex([[0, 1, 2]], n_vertices=2), "3 or more"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
    assert K.boundary(5).shape == (0, 0) and K.laplacian(7).shape == (0, 0)
    assert harmonic_basis(K, 7).shape == (0, 0)


def test_what_is_no_list_of_simplices_is_said_in_words():
    for given, message in [
        (None, "simplices=None; it must be a list"),
        (5, "simplices=5; it must be a list"),
        ([[0, [1, 2]]], r"\[0, \[1, 2\]\]; a simplex is a list of vertices"),
    ]:
        with pytest.raises(ValueError, match=message):
            SimplicialComplex(given)
    with pytest.raises(ValueError, match="holds NaN or infinity"):
        hodge_decomposition(SimplicialComplex([[0, 1]]), 1, [np.nan])


def test_a_complex_among_many_that_is_none_is_named():
    edge = [[0, 1]]
    with pytest.raises(
        ValueError, match=r"X\[1\]: simplices holds a simplex that has a vertex twice"
    ):
        HomologyFeatures().fit([edge, [[0, 0]]])
    with pytest.raises(ValueError, match=r"X\[1\]: simplices holds an array of shape \(2, 2\)"):
        HomologyFeatures().fit([edge, [np.zeros((2, 2))]])
    with pytest.raises(ValueError, match=r"X\[0\] is NoneType: pass a complex"):
        HomologyFeatures().fit([None, edge])
