"""Alpha persistence in four to six dimensions: Qhull's cells by exact signs, bars by gudhi."""

from fractions import Fraction
from itertools import permutations, product

import gudhi
import numpy as np
import pytest
from scipy.spatial import Delaunay

from tda import AlphaPersistence, alpha_diagram
from tda.homology.engines._triangulation import fixed_point
from tda.homology.engines.alpha_qhull import _sign_of_integers, alpha_qhull, is_delaunay


def by_gudhi(X, field):
    tree = gudhi.AlphaComplex(points=X, precision="exact").create_simplex_tree()
    tree.compute_persistence(homology_coeff_field=field)
    return [np.sqrt(tree.persistence_intervals_in_dimension(k)) for k in range(X.shape[1])]


def cells_of(X):
    P = fixed_point(X)[0]
    return P, Delaunay(P).simplices.astype(np.int64)


@pytest.mark.parametrize("field", [2, 3])
@pytest.mark.parametrize(("d", "n"), [(4, 6), (4, 150), (5, 7), (5, 60), (6, 8), (6, 30)])
def test_bars_are_gudhis(d, n, field, assert_same_bars):
    rng = np.random.default_rng(n)
    for X in (rng.random((n, d)), rng.normal(size=(n, d)) * 1e6 + 1e7):
        diagram = alpha_qhull(X, max_dimension=d - 1, field=field)
        assert diagram == alpha_diagram(X, field=field)
        for k, bars in enumerate(by_gudhi(X, field)):
            assert_same_bars(diagram[k] / X.std(), bars / X.std())


def test_degrees_simplices_and_radii(assert_same_bars):
    X = np.random.default_rng(3).random((50, 4))
    whole = alpha_qhull(X, max_dimension=3, simplices=True)
    for top in (0, 1, 2, 6):
        part = alpha_qhull(X, max_dimension=top)
        for k in range(min(top, 3) + 1):
            assert_same_bars(part[k], whole[k])
    zero = (whole.dims == 0) & np.isfinite(whole.deaths)
    a, b = whole.death_simplices[zero, :2].T
    np.testing.assert_allclose(np.linalg.norm(X[a] - X[b], axis=1) / 2, whole.deaths[zero])
    cut = alpha_qhull(X, max_dimension=3, max_radius=0.3)
    bars = whole[1][whole[1][:, 0] <= 0.3]
    bars[bars[:, 1] > 0.3, 1] = np.inf
    assert_same_bars(cut[1], bars)


@pytest.mark.parametrize("d", [4, 5])
def test_cells_that_are_wrong_are_seen(d):
    rng = np.random.default_rng(d)
    P, cells = cells_of(rng.random((40, d)))
    assert is_delaunay(P, cells)
    assert not is_delaunay(P, cells[1:])  # a hole, or a hull that is not convex
    assert not is_delaunay(P, np.vstack([cells, cells[:1]]))
    assert not is_delaunay(np.vstack([P, P[:1] + 2.0**-20]), cells)  # a point left out
    swapped = cells.copy()
    swapped[0, 0] = np.setdiff1d(np.arange(40), cells[0])[0]
    assert not is_delaunay(P, swapped)
    # A triangulation of the hull, of which some spheres hold a point.
    stretched = P * ([1.0] * (d - 1) + [0.5])
    assert is_delaunay(stretched, cells_of(stretched)[1])
    assert not is_delaunay(stretched, cells)


@pytest.mark.parametrize("kind", ["grid", "sphere", "twins", "flat"])
def test_ties_are_left_to_gudhi(kind, assert_same_bars):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 4))
    if kind == "grid":
        X = np.array(list(product([0.0, 1.0], repeat=4)))
    elif kind == "sphere":
        X = X[:16].round(3)
        X = np.vstack([X, -X])  # each with its opposite on one sphere
        X /= np.linalg.norm(X, axis=1, keepdims=True)
    elif kind == "twins":
        X = np.repeat(X[:20], 2, axis=0)
    else:
        X[:, 3] = 0.0
    diagram = alpha_diagram(X)
    for k, bars in enumerate(by_gudhi(X, 2)):
        long = bars[np.nan_to_num(bars[:, 1] - bars[:, 0], nan=0.0) > 1e-9]
        assert_same_bars(diagram[k][np.ptp(diagram[k], axis=1) > 1e-9], long)


def test_the_sign_of_integers_is_exact():
    rng = np.random.default_rng(0)
    for size in (1, 2, 3, 4):
        for _ in range(40):
            rows = rng.integers(-2, 3, (size, size)).tolist()
            rows[0] = [x * 10**30 for x in rows[0]]
            expected = Fraction(0)
            for order in permutations(range(size)):
                term = Fraction(round(np.linalg.det(np.eye(size)[list(order)])))
                for i, j in enumerate(order):
                    term *= rows[i][j]
                expected += term
            assert _sign_of_integers([row[:] for row in rows]) == (expected > 0) - (expected < 0)


def test_the_plan_names_its_engine():
    (plan,) = AlphaPersistence(max_dimension=1).plan([np.random.default_rng(0).random((40, 4))])
    assert [step.engine for step in plan] == ["qhull", "gudhi"]
