"""The alpha kernels against gudhi, against exact arithmetic, and against theorems."""

from fractions import Fraction
from itertools import combinations, product

import gudhi
import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

from tda._kernels import alpha_exact, alpha_order, alpha_pairs, alpha_plane, alpha_space, sorting
from tda.homology.engines._alpha_pairs import plane_bars, space_bars
from tda.homology.engines._triangulation import fixed_point
from tda.homology.engines.alpha_delaunay import alpha_complex, alpha_delaunay


def by_gudhi(X, precision="safe", field=2):
    """The simplex tree of gudhi in radii, and its diagrams by degree."""
    tree = gudhi.AlphaComplex(points=X, precision=precision).create_simplex_tree(
        output_squared_values=False
    )
    tree.compute_persistence(homology_coeff_field=field, persistence_dim_max=True)
    return tree, [tree.persistence_intervals_in_dimension(k) for k in range(X.shape[1])]


def assert_same(X, precision="safe", field=2):
    X = np.asarray(X, dtype=float)
    d = X.shape[1]
    got = alpha_delaunay(X, max_dimension=d - 1, field=field)
    assert got is not None
    width = np.ptp(X, axis=0).max() or 1.0
    for k, bars in enumerate(by_gudhi(X, precision, field)[1]):
        # Distances to bars at 10**-150 would underflow in gudhi, so scale first.
        assert gudhi.bottleneck_distance(got[k] / width, bars / width, e=0) < 1e-6, f"degree {k}"
    assert np.count_nonzero(np.isinf(got.deaths)) == 1
    return got


def grid(k, d):
    return np.array(list(product(range(k), repeat=d)), dtype=float)


def circle(k):
    angles = 2 * np.pi * np.arange(k) / k
    return np.column_stack([np.cos(angles), np.sin(angles)])


def sphere(n, d, seed=0):
    X = np.random.default_rng(seed).normal(size=(n, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def torus(n=16, m=8):
    s, t = (a.ravel() for a in np.meshgrid(*[2 * np.pi * np.arange(k) / k for k in (n, m)]))
    return np.column_stack([(2 + np.cos(t)) * np.cos(s), (2 + np.cos(t)) * np.sin(s), np.sin(t)])


def turned(X, seed=0):
    """Points moved into space by a random linear map of orthogonal columns."""
    Q = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    return X @ Q[: X.shape[1]]


GOLDEN = (1 + 5**0.5) / 2
DODECAHEDRON = np.array(
    [*product((-1, 1), repeat=3)]
    + [
        p
        for a, b in product((-1, 1), repeat=2)
        for p in ((0, a / GOLDEN, b * GOLDEN), (a / GOLDEN, b * GOLDEN, 0))
    ]
    + [(a * GOLDEN, 0, b / GOLDEN) for a, b in product((-1, 1), repeat=2)],
    dtype=float,
)


# -- diagrams against gudhi ------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 8, 20, 300])
def test_random_clouds(d, n):
    rng = np.random.default_rng(n)
    assert_same(rng.random((n, d)))
    assert_same(rng.normal(size=(n, d)))
    assert_same(rng.integers(0, 4, size=(n, d)))  # ties and duplicates


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("seed", range(25))
def test_many_tiny_clouds(d, seed):
    rng = np.random.default_rng(seed)
    for n in range(1, 9):
        assert_same(rng.integers(0, 3, size=(n, d)))
        assert_same(rng.integers(0, 3, size=(n, d)) * 0.1 + 0.7)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_flat_and_tied_clouds(d):
    rng = np.random.default_rng(0)
    for k in (2, 3, 5):
        assert_same(grid(k, d))
        assert_same(grid(k, d) / 10 + 0.3)
        assert_same(np.repeat(grid(k, d), 2, axis=0))
    assert_same(np.full((5, d), 0.3))
    assert_same(rng.random((20, 1)) * np.arange(1, d + 1))  # collinear up to rounding
    assert_same(grid(5, 1) * np.ones(d))
    assert_same(sphere(40, d))
    assert_same(np.concatenate([sphere(40, d), np.zeros((1, d))]))
    assert_same(3 * sphere(40, d) + 5)
    for thin in (1e-6, 1e-9, 1e-12, 1e-15, 1e-17):
        stretch = np.ones(d)
        stretch[-1] = thin
        assert_same(rng.random((60, d)) * stretch)
        stretch[1:] = thin
        assert_same(rng.random((60, d)) * stretch)


@pytest.mark.parametrize("k", [3, 4, 5, 6, 8, 12, 60])
def test_regular_polygons_and_prisms(k):
    C = circle(k)
    flat = np.zeros(k)
    assert_same(C)
    assert_same(np.concatenate([C, [[0, 0]]]))
    assert_same(np.column_stack([C, flat]))
    assert_same(np.column_stack([C, C.sum(axis=1)]), "exact")
    assert_same(turned(C), "exact")
    assert_same(np.concatenate([np.column_stack([C, flat + z]) for z in (-0.5, 0.5)]))
    assert_same(np.concatenate([np.column_stack([C, flat]), [[0, 0, 1], [0, 0, -1]]]))


@pytest.mark.parametrize(
    "X",
    [
        pytest.param(DODECAHEDRON, id="dodecahedron"),
        pytest.param(np.concatenate([DODECAHEDRON, np.zeros((1, 3))]), id="with centre"),
        pytest.param(turned(DODECAHEDRON), id="dodecahedron turned"),
        pytest.param(torus(), id="torus"),
        pytest.param(turned(torus()), id="torus turned"),
        pytest.param(turned(grid(4, 3)), id="grid turned"),
        pytest.param(turned(grid(5, 2)), id="coplanar grid"),
        pytest.param(turned(np.random.default_rng(0).random((60, 2))), id="coplanar"),
        pytest.param(turned(np.random.default_rng(0).random((30, 1))), id="collinear"),
        pytest.param(np.column_stack([grid(4, 2), np.full(16, 7.0)]), id="plane z = 7"),
        pytest.param(np.linspace(-1, 1, 25)[:, None] ** [1, 2, 3], id="moment curve"),
        pytest.param(
            np.concatenate(
                [np.linspace(-1, 1, 15)[:, None] * [1, 0, 0]]
                + [np.linspace(-1, 1, 15)[:, None] * [0, 1, 0] + [0, 0, 1]]
            ),
            id="two lines",
        ),
    ],
)
def test_degenerate_clouds_in_space(X):
    assert_same(X, "exact")


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("scale", [1e-150, 1e-8, 1e8, 1e150])
def test_scales_and_offsets(d, scale):
    X = np.random.default_rng(1).random((50, d))
    assert_same(X * scale)
    assert_same(X + 1e8)
    assert_same(1 + 1e-8 * X)
    assert_same(grid(3, d) / 3 + 1e8, "exact")


@pytest.mark.parametrize("d", [2, 3])
def test_rounding_is_as_fine_as_that_of_exact_arithmetic(d):
    for X in (
        np.random.default_rng(0).random((60, d)) + 1e8,
        np.concatenate([sphere(50, d), sphere(20, d) * 0.5]),
    ):
        got = alpha_delaunay(X, max_dimension=d - 1)
        for k, bars in enumerate(by_gudhi(X, "exact")[1]):
            assert gudhi.bottleneck_distance(got[k], bars, e=0) < 1e-14


# -- diagrams against theorems ---------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3])
def test_degree_zero_is_half_the_spanning_tree(d):
    X = np.random.default_rng(2).normal(size=(200, d))
    lengths = minimum_spanning_tree(squareform(pdist(X))).data
    np.testing.assert_allclose(
        alpha_delaunay(X, max_dimension=0).deaths[:-1], np.sort(lengths) / 2, rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("d", [2, 3])
def test_euler_characteristic_at_every_radius(d):
    """Simplices counted by dimension and bars counted by degree give the same (Euler-Poincare)."""
    X = np.random.default_rng(3).random((150, d))
    diagram = alpha_delaunay(X, max_dimension=d - 1)
    tree, _ = by_gudhi(X)  # kept, for its iterator does not keep it
    simplices = list(tree.get_simplices())
    signs = np.array([(-1) ** (len(s) - 1) for s, _ in simplices])
    values = np.array([value for _, value in simplices])
    for radius in np.linspace(0.003, 0.3, 12):
        alive = (diagram.births <= radius) & (radius < diagram.deaths)
        assert signs[values <= radius].sum() == ((-1.0) ** diagram.dims[alive]).sum()


def test_betti_numbers_of_a_torus():
    rng = np.random.default_rng(4)
    s, t = 2 * np.pi * rng.random((2, 3000))
    X = np.column_stack([(2 + np.cos(t)) * np.cos(s), (2 + np.cos(t)) * np.sin(s), np.sin(t)])
    diagram = alpha_delaunay(X, max_dimension=2)
    alive = (diagram.births <= 0.4) & (diagram.deaths > 0.4)
    assert np.bincount(diagram.dims[alive]).tolist() == [1, 2, 1]


def test_the_rim_of_a_moebius_band_depends_on_the_field():
    """Obayashi and Yoshiwaki 2023: in space degree 1 may depend on the field, others not."""
    s = 2 * np.pi * np.arange(200) / 200
    X = np.column_stack(
        [(4 + np.cos(s)) * np.cos(2 * s), (4 + np.cos(s)) * np.sin(2 * s), np.sin(s)]
    )
    X += 0.001 * np.random.default_rng(0).normal(size=X.shape)
    two, three, five = (assert_same(X, field=p) for p in (2, 3, 5))
    assert two[1].shape != three[1].shape or not np.allclose(two[1], three[1])
    for k in (0, 2):
        np.testing.assert_array_equal(two[k], three[k])
    np.testing.assert_array_equal(three[1], five[1])


@pytest.mark.parametrize("d", [1, 2, 3])
def test_simplices_have_the_radii_of_their_bars(d):
    """In general position the simplices of a bar are critical: they enter at circumradius."""
    X = np.random.default_rng(5).random((120, d))
    diagram = alpha_delaunay(X, max_dimension=d - 1, simplices=True)
    same = alpha_delaunay(X, max_dimension=d - 1)
    assert diagram == same
    assert sorted(diagram.birth_simplices[diagram.dims == 0][:, 0]) == list(range(len(X)))
    for i in range(len(diagram)):
        birth = diagram.birth_simplices[i]
        death = diagram.death_simplices[i]
        birth, death = birth[birth >= 0], death[death >= 0]
        assert birth.size == diagram.dims[i] + 1
        assert circumradius(X[birth]) == pytest.approx(diagram.births[i], rel=1e-9)
        if np.isinf(diagram.deaths[i]):
            assert death.size == 0
        else:
            assert death.size == diagram.dims[i] + 2
            assert circumradius(X[death]) == pytest.approx(diagram.deaths[i], rel=1e-9)


def circumradius(points):
    moves = points[1:] - points[0]
    if len(moves) == 0:
        return 0.0
    weights = np.linalg.solve(moves @ moves.T, (moves**2).sum(axis=1) / 2)
    return np.linalg.norm(weights @ moves)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_largest_radius(d):
    X = np.random.default_rng(6).random((100, d))
    whole = alpha_delaunay(X, max_dimension=d - 1, simplices=True)
    radius = float(np.median(whole.deaths))
    part = alpha_delaunay(X, max_dimension=d - 1, max_radius=radius, simplices=True)
    keep = whole.births <= radius
    expected = np.where(whole.deaths > radius, np.inf, whole.deaths)[keep]
    assert sorted(zip(part.dims, part.births, part.deaths, strict=True)) == sorted(
        zip(whole.dims[keep], whole.births[keep], expected, strict=True)
    )
    assert ((part.death_simplices[:, 0] < 0) == np.isinf(part.deaths)).all()


@pytest.mark.parametrize("d", [1, 2, 3])
def test_degrees_asked_for(d):
    X = np.random.default_rng(7).random((40, d))
    whole = alpha_delaunay(X, max_dimension=4)
    assert whole.max_dimension == 4
    for k in range(4):
        part = alpha_delaunay(X, max_dimension=k, simplices=True)
        assert part.birth_simplices.shape == (len(part), k + 1)
        assert part.death_simplices.shape == (len(part), k + 2)
        for j in range(k + 1):
            np.testing.assert_array_equal(part[j], whole[j])


def test_other_dimensions_are_refused():
    assert alpha_delaunay(np.zeros((5, 4)), max_dimension=1) is None


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_complex_is_that_of_the_bars(d):
    """It is gudhi's in general position; on a lattice it holds the simplices of every bar."""
    X = np.random.default_rng(8).random((80, d))
    expected = sorted((len(s), tuple(s), value) for s, value in by_gudhi_simplices(X) if len(s) > 1)
    got = sorted(
        (simplices.shape[1], tuple(map(int, s)), value)
        for simplices, values in alpha_complex(X)
        for s, value in zip(simplices, values, strict=True)
    )
    assert [row[:2] for row in got] == [row[:2] for row in expected]
    np.testing.assert_allclose([r[2] for r in got], [r[2] for r in expected], rtol=1e-9)
    for X in (grid(4, d), np.repeat(grid(3, d), 2, axis=0), grid(6, 1) * np.ones(d)):
        levels = alpha_complex(X)
        diagram = alpha_delaunay(X, max_dimension=d - 1, simplices=True)
        for simplices, at in (
            (diagram.birth_simplices, diagram.births),
            (diagram.death_simplices, diagram.deaths),
        ):
            for row, value in zip(simplices, at, strict=True):
                row = row[row >= 0]
                if row.size > 1:
                    rows, values = levels[row.size - 2]
                    place = np.flatnonzero((rows == row).all(axis=1))
                    assert place.size == 1
                    assert values[place[0]] == pytest.approx(value, rel=1e-12)


def by_gudhi_simplices(X):
    tree, _ = by_gudhi(X)
    return list(tree.get_simplices())


# -- the triangulation -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "X",
    [grid(4, 3), torus(), sphere(60, 3), np.random.default_rng(0).random((60, 3)), grid(7, 2)]
    + [circle(24), np.random.default_rng(0).random((60, 2)), np.repeat(grid(3, 3), 2, axis=0)],
)
def test_triangulation_is_delaunay(X):
    """Volumes add up to the hull's, and no point is strictly inside a sphere, exactly."""
    P = fixed_point(X)[0]
    cells = triangulate(P, compiled=True)
    d = P.shape[1]
    volumes = np.linalg.det(P[cells[:, 1:]] - P[cells[:, :1]])
    assert (volumes > -1e-15).all()
    hull = np.unique(np.column_stack([P, np.zeros(len(P))])[:, :d], axis=0)
    from scipy.spatial import ConvexHull

    expected = ConvexHull(hull).volume * {2: 2, 3: 6}[d]
    assert volumes.sum() == pytest.approx(expected, rel=1e-9)
    for cell in cells[:: max(1, len(cells) // 40)]:
        for p in range(0, len(P), max(1, len(P) // 25)):
            assert _exact_sphere(P[cell], P[p]) <= 0
    assert len(np.unique(P[np.unique(cells)], axis=0)) == len(np.unique(P, axis=0))


def triangulate(P, *, compiled):
    run = (lambda f: f) if compiled else (lambda f: f.py_func)
    n, d = P.shape
    rounds = run(alpha_order.insertion_rounds)(n, 4)
    if d == 2:
        rank, pick = run(alpha_plane.first_triangle)(P, 1.0)
        cells, links, _ = run(alpha_plane.delaunay_plane)(P, np.empty(0), rounds, pick, 1.0, False)
    else:
        rank, pick = run(alpha_space.first_tetrahedron)(P, 1.0)
        cells, links, _ = run(alpha_space.delaunay_space)(P, np.empty(0), rounds, pick, 1.0, False)
    assert rank == d + 1
    cells, links = run(alpha_pairs.compact)(cells, links, n, d + 1)
    for f, g in enumerate(links):
        assert g < 0 or links[g] == f
    return cells.reshape(-1, d + 1)


# -- kernels against their Python ------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3])
def test_compiled_kernels_do_as_their_python(d):
    for X in (np.random.default_rng(0).random((14, d)), grid(3, d)):
        P = fixed_point(X)[0]
        cells = triangulate(P, compiled=True)
        np.testing.assert_array_equal(cells, triangulate(P, compiled=False))
        keys = alpha_order.hilbert_keys(P)
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(keys, alpha_order.hilbert_keys.py_func(P))


@pytest.mark.parametrize("d", [2, 3])
def test_pairs_do_as_their_python(d, monkeypatch):
    P = fixed_point(np.random.default_rng(1).random((15, d)))[0]
    n = len(P)
    rounds = alpha_order.insertion_rounds(n, 4)
    if d == 2:
        pick = alpha_plane.first_triangle(P, 1.0)[1]
        found = alpha_plane.delaunay_plane(P, np.empty(0), rounds, pick, 1.0, False)
        whole, more = plane_bars, ()
    else:
        pick = alpha_space.first_tetrahedron(P, 1.0)[1]
        found = alpha_space.delaunay_space(P, np.empty(0), rounds, pick, 1.0, False)
        whole, more = space_bars, (True, 3)
    args = (P, *alpha_pairs.compact(*found[:2], n, d + 1), n, *more)
    compiled = whole(*args)
    for name, kernel in vars(alpha_pairs).items():
        if hasattr(kernel, "py_func"):
            monkeypatch.setattr(alpha_pairs, name, kernel.py_func)
    for bars, python in zip(compiled, whole(*args), strict=True):
        for a, b in zip(bars, python, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("n", [0, 1, 2, 63, 64, 5000])
def test_sorting_is_stable(n):
    values = np.round(np.random.default_rng(n).exponential(size=n), 2)
    np.testing.assert_array_equal(
        sorting.argsort_lengths(values), np.argsort(values, kind="stable")
    )


@pytest.mark.parametrize("d", [2, 3])
def test_neighbours_along_the_curve_are_neighbours_in_space(d):
    P = fixed_point(grid(8, d))[0]
    steps = np.diff(P[sorting.argsort_keys(alpha_order.hilbert_keys(P))], axis=0)
    unit = np.abs(steps)[np.abs(steps) > 0].min()
    assert np.abs(steps).sum() / unit < 1.3 * len(steps)  # a true Hilbert curve: 1 a step


def test_insertion_rounds_hold_every_point_once():
    for n in (1, 5, 64, 1000):
        rounds = alpha_order.insertion_rounds(n, 64)
        assert sorted(rounds) == list(range(n))
        np.testing.assert_array_equal(rounds, alpha_order.insertion_rounds(n, 64))


# -- exact signs -----------------------------------------------------------------------------


def _determinant(rows):
    if len(rows) == 1:
        return rows[0][0]
    return sum(
        (-1) ** j * rows[0][j] * _determinant([r[:j] + r[j + 1 :] for r in rows[1:]])
        for j in range(len(rows))
        if rows[0][j]
    )


def _moves(points, origin):
    return [[Fraction(x) - Fraction(o) for x, o in zip(p, origin, strict=True)] for p in points]


def _exact_orient(points):
    return _determinant(_moves(points[1:], points[0]))


def _exact_sphere(points, p):
    """Positive where p is strictly inside the sphere of a positively oriented simplex."""
    rows = [row + [sum(x * x for x in row)] for row in _moves(points, p)]
    return _determinant(rows) * (-1) ** len(p)


def _sign(x):
    return (x > 0) - (x < 0)


@pytest.mark.parametrize("kind", ["random", "sphere", "integers", "tenths", "plane"])
def test_signs_are_exact(kind):
    rng = np.random.default_rng(0)
    for _ in range(150):
        X = rng.normal(size=(5, 3))
        if kind == "sphere":
            X /= np.linalg.norm(X, axis=1, keepdims=True)
        elif kind == "integers":
            X = rng.integers(0, 3, size=(5, 3)).astype(float)
        elif kind == "tenths":
            X = rng.integers(0, 3, size=(5, 3)) * 0.1 + 0.3
        elif kind == "plane":
            X[:, 2] = X[:, :2] @ [0.3, 0.4]
        P = fixed_point(X)[0]
        Q = np.ascontiguousarray(P[:, :2])
        assert _sign(alpha_exact.orient3(*P[:4].ravel(), 1.0)) == _sign(_exact_orient(P[:4]))
        assert _sign(alpha_exact.in_sphere(*P.ravel(), 1.0)) == _sign(_exact_sphere(P[:4], P[4]))
        assert _sign(alpha_exact.orient2(*Q[:3].ravel(), 1.0)) == _sign(_exact_orient(Q[:3]))
        assert _sign(alpha_exact.in_circle(*Q[:4].ravel(), 1.0)) == _sign(
            _exact_sphere(Q[:3], Q[3])
        )
        value = float(_exact_sphere(P[:4], P[4]))
        rows = (P[:4] - P[4]).ravel()
        assert alpha_exact._in_sphere_close(*rows) == pytest.approx(value, rel=1e-9, abs=1e-29)
        assert alpha_exact._in_sphere_exact(*rows) == pytest.approx(value, rel=1e-15, abs=0)
        assert alpha_exact.in_sphere.py_func(*P.ravel(), 1.0) == pytest.approx(
            alpha_exact.in_sphere(*P.ravel(), 1.0)
        )


@pytest.mark.parametrize("flat", [1.0, 1e-6, 1e-12, 1e-15])
def test_circumcentres_of_flat_cells(flat):
    rng = np.random.default_rng(1)
    for _ in range(50):
        P = fixed_point(rng.random((4, 3)) * [1, 1, flat])[0]
        moves = _moves(P[1:], P[0])
        det = _determinant(moves)
        if det == 0:
            continue
        halves = [sum(x * x for x in row) / 2 for row in moves]
        centre = [
            float(
                _determinant(
                    [row[:k] + [h] + row[k + 1 :] for row, h in zip(moves, halves, strict=True)]
                )
                / det
            )
            for k in range(3)
        ]
        *top, bottom = alpha_exact.circumcentre(*(P[1:] - P[0]).ravel())
        error = np.linalg.norm(np.array(top) / bottom - centre)
        assert error < 1e-10 * np.linalg.norm(centre)


def test_differences_on_the_grid_are_exact():
    rng = np.random.default_rng(2)
    for X in (
        rng.normal(size=(30, 3)),
        rng.random((30, 3)) + 1e9,
        10.0 ** -rng.random((30, 2)) * 9,
    ):
        P, exponent = fixed_point(X)
        assert P.min() == 0 and P.max() <= 1
        for (a, b), k in product(combinations(P, 2), range(X.shape[1])):
            assert Fraction(a[k]) - Fraction(b[k]) == Fraction(a[k] - b[k])
        back = np.ldexp(P, exponent)
        np.testing.assert_allclose(
            back - back[0], X - X[0], atol=2**-52 * np.ptp(X, axis=0).max(), rtol=0
        )
