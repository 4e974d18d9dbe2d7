"""Alpha persistence in four to six dimensions: bars by gudhi, cells by Qhull and exact integers."""

from fractions import Fraction
from itertools import permutations, product
from math import comb, factorial

import gudhi
import numpy as np
import pytest
from scipy.spatial import ConvexHull, Delaunay

from tda import AlphaPersistence, alpha_diagram, representative_cycle
from tda._kernels.residues import PRIMES, sign_of_rows
from tda.complexes import alpha_complex
from tda.homology.engines._triangulation import delaunay_simplices, fixed_point
from tda.homology.engines.alpha_cells import alpha_cells
from tda.homology.engines.alpha_gudhi import alpha_gudhi


def by_gudhi(X, field):
    tree = gudhi.AlphaComplex(points=X, precision="exact").create_simplex_tree()
    tree.compute_persistence(
        homology_coeff_field=field, persistence_dim_max=tree.dimension() < X.shape[1]
    )
    return [np.sqrt(tree.persistence_intervals_in_dimension(k)) for k in range(X.shape[1])]


def assert_gudhis(X, field, assert_same_bars):
    diagram, width = alpha_cells(X, max_dimension=X.shape[1] - 1, field=field), np.ptp(X) or 1.0
    for k, bars in enumerate(by_gudhi(X, field)):
        bars = np.reshape(bars, (-1, 2)) / width
        ours = diagram[k] / width
        assert_same_bars(*(b[b[:, 1] > b[:, 0] + 1e-9] for b in (ours, bars)), tolerance=1e-9)


@pytest.mark.parametrize("field", [2, 3])
@pytest.mark.parametrize(("d", "n"), [(4, 6), (4, 150), (5, 7), (5, 60), (6, 8), (6, 30)])
def test_bars_are_gudhis(d, n, field, assert_same_bars):
    rng = np.random.default_rng(n)
    for X in (rng.random((n, d)), rng.normal(size=(n, d)) * 1e6 + 1e7):
        assert_gudhis(X, field, assert_same_bars)
        assert alpha_cells(X, max_dimension=d - 1, field=field) == alpha_diagram(X, field=field)


def test_degrees_simplices_and_radii(assert_same_bars):
    X = np.random.default_rng(3).random((50, 4))
    whole = alpha_cells(X, max_dimension=3, simplices=True)
    for top in (0, 1, 2, 6):
        part = alpha_cells(X, max_dimension=top)
        for k in range(min(top, 3) + 1):
            assert_same_bars(part[k], whole[k])
    zero = (whole.dims == 0) & np.isfinite(whole.deaths)
    a, b = whole.death_simplices[zero, :2].T
    np.testing.assert_allclose(np.linalg.norm(X[a] - X[b], axis=1) / 2, whole.deaths[zero])
    cut = alpha_cells(X, max_dimension=3, max_radius=0.3)
    bars = whole[1][whole[1][:, 0] <= 0.3]
    bars[bars[:, 1] > 0.3, 1] = np.inf
    assert_same_bars(cut[1], bars)


# -- ties ------------------------------------------------------------------------------------


def lattice(d, side):
    return np.array(list(product(range(side), repeat=d)), dtype=float)


def turned(X, seed=0):
    """Off the grid, so that ties are ones up to rounding, and exact signs see no tie."""
    return X @ np.linalg.qr(np.random.default_rng(seed).normal(size=(X.shape[1],) * 2))[0]


def cross(d):
    return np.vstack([np.eye(d), -np.eye(d), np.zeros((1, d))])


def opposite(d, n):
    X = np.random.default_rng(d).normal(size=(n, d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return np.vstack([X, -X])


TIES = {
    "lattice in 4": lattice(4, 3),
    "turned lattice": turned(lattice(4, 2)),
    "hypercube in 5": lattice(5, 2),
    "hypercube in 6": lattice(6, 2),
    "a cross in 5": cross(5),
    "a turned cross in 6": turned(cross(6)),
    "a sphere": opposite(4, 14),
    "integers in 4": np.random.default_rng(0).integers(0, 5, (60, 4)).astype(float),
    "integers in 6": np.random.default_rng(1).integers(-2, 3, (22, 6)).astype(float),
    "numbers in turn": np.resize([0.0, 1.0, 0.5], (31, 4)),
    "twins": np.repeat(np.random.default_rng(2).normal(size=(12, 5)), 2, axis=0),
    "a flat of the axes": np.random.default_rng(3).normal(size=(25, 4)) * [1, 1, 0, 1],
    "a flat across the axes": np.random.default_rng(4).integers(-4, 5, (30, 2))
    @ np.array([[1.0, 2, 0, -1, 3], [0, 1, 1, 1, -2]]),
    "a flat of a lattice": lattice(3, 3) @ np.array([[1.0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]),
    "a line": np.outer([0.0, 1, 5, 2, 2, 9], [1.0, -2, 0, 3]),
    "one place": np.full((5, 4), 0.3),
    "one point": np.array([[1.0, 2, 3, 4]]),
    "two points": np.array([[0.0, 0, 0, 0, 0], [3, 4, 0, 0, 0]]),
    "a moment curve": (np.arange(14.0) / 14)[:, None] ** np.arange(1, 6),
    "nearly a lattice": lattice(4, 2) + 1e-14 * np.random.default_rng(5).normal(size=(16, 4)),
}


@pytest.mark.parametrize("name", TIES, ids=lambda name: name.replace(" ", "-"))
def test_ties_are_gudhis(name, assert_same_bars):
    for field in (2, 3):
        assert_gudhis(TIES[name], field, assert_same_bars)


@pytest.mark.parametrize("d", [4, 5, 6])
def test_the_bars_of_a_hypercube_are_those_of_its_skeletons(d):
    diagram = alpha_diagram(lattice(d, 2))
    roots = np.sqrt(np.arange(1, d + 1)) / 2
    np.testing.assert_allclose(diagram[0][:-1], [[0, 0.5]] * (2**d - 1))
    for k in range(1, d):  # the boundaries of cubes of dimension k + 1, until their centres
        # Of the skeleton of dimension k: its Euler characteristic says how many.
        faces = [comb(d, j) * 2 ** (d - j) for j in range(k + 1)]
        count = (-1) ** k * (sum((-1) ** j * f for j, f in enumerate(faces)) - 1)
        np.testing.assert_allclose(diagram[k], [roots[k - 1 : k + 1]] * count)


# -- cells -----------------------------------------------------------------------------------


def sizes(P, cells):
    return np.abs(np.linalg.det(P[cells[:, 1:]] - P[cells[:, :1]])) / factorial(P.shape[1])


@pytest.mark.parametrize(("d", "n"), [(2, 60), (3, 60), (4, 50), (5, 30), (6, 20)])
def test_cells_in_general_position_are_qhulls(d, n):
    P = fixed_point(np.random.default_rng(d).random((n, d)))[0]
    assert rows(delaunay_simplices(P)) == rows(Delaunay(P).simplices)


def rows(cells):
    return set(map(tuple, np.sort(cells, axis=1).tolist()))


@pytest.mark.parametrize("name", ["lattice in 4", "hypercube in 5", "integers in 4", "a sphere"])
def test_cells_with_ties_fill_the_hull_and_have_empty_spheres(name):
    P = fixed_point(np.unique(TIES[name], axis=0))[0]
    cells = delaunay_simplices(P)
    assert (sizes(P, cells) > 1e-13).all() and set(cells.ravel()) == set(range(len(P)))
    np.testing.assert_allclose(sizes(P, cells).sum(), ConvexHull(P).volume, rtol=1e-9)
    edges = P[cells[:, 1:]] - P[cells[:, :1]]
    centres = P[cells[:, 0]] + np.linalg.solve(edges, (edges**2).sum(axis=2)[..., None] / 2)[..., 0]
    powers = ((P[None] - centres[:, None]) ** 2).sum(axis=2)
    radii = np.take_along_axis(powers, cells, axis=1)
    assert (powers >= radii.min(axis=1, keepdims=True) - 1e-9).all()


def test_the_order_of_points_does_not_change_bars(assert_same_bars):
    X = TIES["integers in 4"]
    one, other = alpha_diagram(X), alpha_diagram(X[::-1])
    for k in range(4):
        assert_same_bars(one[k], other[k])


@pytest.mark.parametrize("name", ["lattice in 4", "hypercube in 5", "twins"])
def test_cycles_and_complexes_are_those_of_the_diagram(name):
    """Simplices of birth and death are in the complex, and each loop has its cycle."""
    X = TIES[name]
    diagram, complex_ = alpha_diagram(X, representatives=True), alpha_complex(X)
    values = [
        dict(zip(map(tuple, s.tolist()), v, strict=True))
        for s, v in zip(complex_.simplices, complex_.values, strict=True)
    ]
    for k, death, row in zip(diagram.dims, diagram.deaths, diagram.death_simplices, strict=True):
        if np.isfinite(death):
            assert values[k + 1][tuple(row[: k + 2].tolist())] == pytest.approx(death)
    for bar in np.flatnonzero(diagram.dims == 1)[:5]:
        path = representative_cycle(X, diagram, bar)
        lengths = np.linalg.norm(np.diff(X[path], axis=0), axis=1)
        assert lengths.max() / 2 <= diagram.births[bar] * (1 + 1e-9)


# -- signs -----------------------------------------------------------------------------------


def determinant(matrix):
    """From the definition, in whole numbers."""
    total = 0
    for order in permutations(range(len(matrix))):
        term = (-1) ** sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])
        for i, j in enumerate(order):
            term *= matrix[i][j]
        total += term
    return total


@pytest.mark.parametrize("lifted", [False, True])
def test_signs_by_remainders_are_exact(lifted):
    rng = np.random.default_rng(0)
    seen = set()
    for trial in range(300):
        k, bits = int(rng.integers(1 + lifted, 6)), int(rng.choice([1, 2, 20, 53]))
        table = rng.integers(-(2**bits) + 1, 2**bits, (k, k - 1 if lifted else k))
        if trial % 3 == 0 and not lifted:  # nearly or exactly dependent
            table[0] = table[1:].sum(axis=0) // max(k - 1, 1) + (trial % 2)
        if trial % 3 == 1:
            table[0] = table[-1]
        whole = [[int(x) for x in row] for row in table]
        if lifted:
            whole = [[*row, sum(x * x for x in row)] for row in whole]
        expected = int(np.sign(determinant(whole)))
        digits, matrix = np.empty(32, np.int64), np.empty((8, 8), np.int64)
        assert sign_of_rows(table.copy(), k, lifted, matrix, digits) == expected
        seen.add(expected)
    assert seen == {-1, 0, 1}


def test_the_largest_determinants_fit_into_the_primes():
    import sympy

    assert all(sympy.isprime(p) and p < 2**31 for p in PRIMES.tolist())
    assert len(set(PRIMES.tolist())) == len(PRIMES)
    big = np.full((7, 6), 2**53 - 1)
    big[:6] *= 1 - 2 * np.tri(6, dtype=np.int64)  # seven rows as far apart as can be
    whole = [[*map(int, row), sum(int(x) ** 2 for x in row)] for row in big]
    rows = [[Fraction(x) for x in row] for row in whole]
    sign = 1
    for c in range(7):
        pivot = next(i for i in range(c, 7) if rows[i][c])
        sign *= (1 if pivot == c else -1) * (1 if rows[pivot][c] > 0 else -1)
        rows[c], rows[pivot] = rows[pivot], rows[c]
        for i in range(c + 1, 7):
            share = rows[i][c] / rows[c][c]
            rows[i] = [x - share * y for x, y in zip(rows[i], rows[c], strict=True)]
    digits, matrix = np.empty(32, np.int64), np.empty((8, 8), np.int64)
    for order, expected in ((range(7), sign), ([1, 0, 2, 3, 4, 5, 6], -sign)):
        assert sign_of_rows(big[list(order)], 7, True, matrix, digits) == expected


def test_the_plan_names_its_engine():
    (plan,) = AlphaPersistence(max_dimension=1).plan([np.random.default_rng(0).random((40, 4))])
    assert [step.engine for step in plan] == ["cells", "gudhi"]


def test_rows_that_are_far_out_are_left_to_gudhi(assert_same_bars):
    X = np.random.default_rng(0).random((20, 4))
    X[0] = 1e12
    assert alpha_cells(X, max_dimension=1) is None
    theirs = alpha_gudhi(X, max_dimension=1, field=2, max_radius=np.inf, simplices=False)
    assert_same_bars(alpha_diagram(X, max_dimension=1)[1], theirs[1])
