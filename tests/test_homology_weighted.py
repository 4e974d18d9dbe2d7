"""Alpha persistence with weights and the distance to a measure: against gudhi, by theorems."""

from fractions import Fraction
from itertools import product

import gudhi
import numpy as np
import pytest
from scipy.spatial import ConvexHull

from tda import DTMPersistence, alpha_diagram, dtm_diagram
from tda._kernels import (
    alpha_exact,
    alpha_order,
    alpha_pairs,
    alpha_plane,
    alpha_space,
    alpha_weighted,
)
from tda.homology import distance_to_measure
from tda.homology.engines._gudhi import SIMPLEX_BYTES
from tda.homology.engines._triangulation import fixed_point


def by_gudhi(X, weights, field=2):
    """gudhi's complex with its squared values, by degree."""
    tree = gudhi.AlphaComplex(points=X, weights=weights, precision="exact").create_simplex_tree()
    tree.compute_persistence(homology_coeff_field=field, persistence_dim_max=True)
    bars = [tree.persistence_intervals_in_dimension(k).reshape(-1, 2) for k in range(X.shape[1])]
    return [np.sign(b) * np.sqrt(np.abs(b)) for b in bars]


def assert_gudhi_agrees(X, weights, assert_same_bars):
    X, weights = np.asarray(X, dtype=float), np.asarray(weights, dtype=float)
    diagram = alpha_diagram(X, weights=weights)
    for k, bars in enumerate(by_gudhi(X, weights)):
        assert_same_bars(diagram[k], bars)
    return diagram


# -- weights -----------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("spread", [0, 1e-4, 1e-2, 1, 100])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 40])
def test_random_clouds_and_weights(d, spread, n, assert_same_bars):
    rng = np.random.default_rng(n)
    X = rng.random((n, d))
    assert_gudhi_agrees(X, -spread * rng.random(n), assert_same_bars)
    assert_gudhi_agrees(X, spread * rng.normal(size=n), assert_same_bars)


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("seed", range(20))
def test_tiny_clouds_with_ties_and_duplicates(d, seed, assert_same_bars):
    rng = np.random.default_rng(seed)
    for n in range(1, 9):
        X = rng.integers(0, 3, size=(n, d))
        assert_gudhi_agrees(X, rng.integers(-2, 2, n), assert_same_bars)
        assert_gudhi_agrees(X, 0.1 * rng.integers(-4, 1, n), assert_same_bars)
        assert_gudhi_agrees(0.1 * X + 0.7, -rng.random(n), assert_same_bars)


def test_flat_and_tied_clouds(assert_same_bars):
    rng = np.random.default_rng(0)
    grid = np.array(list(product(range(5), repeat=2)), dtype=float)
    angles = 2 * np.pi * np.arange(12) / 12
    polygon = np.column_stack([np.cos(angles), np.sin(angles)])
    for X in (grid, grid / 10 + 0.3, polygon, np.vstack([polygon, [[0, 0]]])):
        for weights in (np.zeros(len(X)), -np.sum(X**2, axis=1), rng.integers(-1, 1, len(X))):
            assert_gudhi_agrees(X, weights, assert_same_bars)
    line = rng.random((20, 1)) * [3.0, 0.0]
    assert_gudhi_agrees(line, -0.01 * rng.random(20), assert_same_bars)
    slanted = rng.integers(0, 9, size=(20, 1)) * [1.0, 2.0]
    assert_gudhi_agrees(slanted, -rng.random(20), assert_same_bars)
    cube = np.array(list(product(range(3), repeat=3)), dtype=float)
    for X in (cube, cube / 10 + 0.3, cube * [1.0, 1.0, 0.0], cube[:, :1] * [1.0, 2.0, 3.0]):
        for weights in (np.zeros(27), -np.sum(X**2, axis=1), rng.integers(-1, 1, 27)):
            assert_gudhi_agrees(X, weights, assert_same_bars)


def test_a_turned_plane_has_the_bars_of_the_plane(assert_same_bars):
    """Its cells are as thin as rounding: their spheres need more than doubles."""
    rng = np.random.default_rng(0)
    flat, weights = rng.random((60, 2)), -0.02 * rng.random(60)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turned = np.column_stack([flat, np.zeros(60)]) @ turn
    for W in (weights, np.zeros(60)):
        plane, space = alpha_diagram(flat, weights=W), alpha_diagram(turned, weights=W)
        for k in range(2):
            longer = space[k][np.ptp(space[k], axis=1) > 1e-9]
            assert_same_bars(longer, plane[k])
        assert np.ptp(space[2], axis=1).max(initial=0.0) < 1e-9


@pytest.mark.parametrize("field", [2, 3])
def test_space_without_weights_is_the_alpha_complex(field, assert_same_bars):
    rng = np.random.default_rng(8)
    for X in (rng.random((300, 3)), rng.integers(0, 4, (80, 3)), rng.normal(size=(50, 3)) ** 3):
        plain = alpha_diagram(X, field=field)
        lifted = alpha_diagram(X, weights=np.full(len(X), -1.0), field=field)
        for k in range(3):
            assert_same_bars(lifted[k], np.sqrt(plain[k] ** 2 + 1.0))


def test_a_ball_inside_all_the_others_has_no_bar():
    X = np.vstack([np.array(list(product([0, 2], repeat=3))), [[1, 1, 1]]])
    for own, n_bars in ((-3.0, 8), (-2.9, 9)):
        assert alpha_diagram(X, weights=[0.0] * 8 + [own])[0].shape == (n_bars, 2)


@pytest.mark.parametrize("n", [1, 2, 30])
@pytest.mark.parametrize("d", [1, 2])
def test_equal_weights_move_the_squares(n, d, assert_same_bars):
    X = np.random.default_rng(n).random((n, d))
    plain, lifted = alpha_diagram(X), alpha_diagram(X, weights=np.full(n, -0.25))
    for k in range(d):
        assert_same_bars(lifted[k], np.sqrt(plain[k] ** 2 + 0.25))
    assert alpha_diagram(X, weights=np.zeros(n))[0].shape == plain[0].shape


@pytest.mark.parametrize("scale", [1e-100, 1e-8, 1e8, 1e100])
def test_scales_and_offsets(scale, assert_same_bars):
    rng = np.random.default_rng(1)
    X, weights = rng.random((50, 2)), -0.01 * rng.random(50)
    one, other = (
        alpha_diagram(scale * X, weights=scale**2 * weights),
        alpha_diagram(X + 1e6, weights=weights),
    )
    plain = alpha_diagram(X, weights=weights)
    for k in range(2):
        assert_same_bars(one[k] / scale, plain[k])
        assert_same_bars(other[k], plain[k])


def test_a_disc_inside_all_the_others_has_no_bar():
    X = [[0, 0], [2, 0], [2, 2], [0, 2], [1, 1]]
    assert alpha_diagram(X, weights=[0, 0, 0, 0, -2])[0].shape == (4, 2)
    assert alpha_diagram(X, weights=[0, 0, 0, 0, -1.9])[0].shape == (5, 2)


def test_simplices_have_the_values_of_their_bars():
    rng = np.random.default_rng(5)
    X, weights = rng.random((80, 2)), -0.002 * rng.random(80)
    diagram = alpha_diagram(X, weights=weights, representatives=True)
    assert diagram == alpha_diagram(X, weights=weights)
    zero = diagram.dims == 0
    born = diagram.birth_simplices[zero, 0]
    np.testing.assert_allclose(diagram.births[zero], np.sqrt(-weights[born]), rtol=1e-9)
    a, b = diagram.death_simplices[zero & (diagram.deaths < np.inf), :2].T
    length = np.sum((X[a] - X[b]) ** 2, axis=1)
    share = (length + weights[a] - weights[b]) / 2
    np.testing.assert_allclose(
        np.sort(diagram.deaths[zero])[:-1], np.sort(np.sqrt(share**2 / length - weights[a]))
    )


def test_max_radius_leaves_out_larger_simplices(assert_same_bars):
    rng = np.random.default_rng(2)
    for d in (2, 3):
        X, weights = rng.random((60, d)), -0.01 * rng.random(60)
        whole = alpha_diagram(X, weights=weights)
        cut = alpha_diagram(X, weights=weights, max_radius=0.09)
        for k in range(d):
            bars = whole[k][whole[k][:, 0] <= 0.09]
            bars[bars[:, 1] > 0.09, 1] = np.inf
            assert_same_bars(cut[k], bars)


@pytest.mark.parametrize("weights", [[0.0], [0.0, np.nan], [[0.0, 0.0]], [0.0, np.inf]])
def test_other_weights_are_an_error(weights):
    with pytest.raises(ValueError, match="one finite number for each of the 2 points"):
        alpha_diagram([[0, 0], [1, 1]], weights=weights)


# -- the regular triangulation -----------------------------------------------------------------


def triangulate(P, W, *, compiled=True):
    run = (lambda f: f) if compiled else (lambda f: f.py_func)
    rounds = alpha_order.insertion_rounds(len(P), 4)
    d = P.shape[1]
    first = alpha_plane.first_triangle if d == 2 else alpha_space.first_tetrahedron
    delaunay = alpha_plane.delaunay_plane if d == 2 else alpha_space.delaunay_space
    cells, links, _ = run(delaunay)(P, W, rounds, first(P, 1.0)[1], 1.0, False)
    return alpha_pairs.compact(cells, links, len(P), d + 1)


@pytest.mark.parametrize("d", [2, 3])
def test_the_triangulation_is_the_lower_hull_of_the_lifted_points(d):
    rng = np.random.default_rng(3)
    P, W = fixed_point(rng.random((300, d)))[0], np.rint(rng.random(300) * 2**40) * -(2.0**-45)
    cells, links = triangulate(P, W)
    hull = ConvexHull(np.column_stack([P, np.sum(P**2, axis=1) - W]))
    lower = hull.simplices[hull.equations[:, d] < 0]
    assert {tuple(sorted(c)) for c in cells.reshape(-1, d + 1).tolist()} == {
        tuple(sorted(c)) for c in lower.tolist()
    }
    assert len(np.unique(cells)) < 300  # so that some are hidden
    assert all(g < 0 or links[g] == f for f, g in enumerate(links))


def test_kernels_do_as_their_python():
    rng = np.random.default_rng(4)
    P, W = fixed_point(rng.random((14, 2)))[0], -0.05 * rng.integers(0, 4, 14) / 4
    cells, links = triangulate(P, W)
    for a, b in zip((cells, links), triangulate(P, W, compiled=False), strict=True):
        np.testing.assert_array_equal(a, b)
    whole = alpha_weighted.weighted_plane
    for a, b in zip(whole(P, W, cells, links), whole.py_func(P, W, cells, links), strict=True):
        np.testing.assert_array_equal(a, b)
    Q = fixed_point(rng.random((12, 3)))[0]
    for a, b in zip(triangulate(Q, W[:12]), triangulate(Q, W[:12], compiled=False), strict=True):
        np.testing.assert_array_equal(a, b)
    line = alpha_weighted.weighted_line
    x = np.sort(P[:, 0])
    for a, b in zip(line(x, W), line.py_func(x, W), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_sign_of_the_power_circle_is_exact():
    rng = np.random.default_rng(6)
    for _ in range(200):
        P = fixed_point(rng.integers(0, 4, size=(4, 2)) * 0.1 + 0.3)[0]
        W = rng.integers(-4, 5, size=4) * 2.0**-50 + (rng.random() < 0.5) * 2.0**-3
        rows = [[Fraction(x) - Fraction(y) for x, y in zip(p, P[3], strict=True)] for p in P[:3]]
        lifts = [
            sum(x * x for x in row) + Fraction(W[3]) - Fraction(w)
            for row, w in zip(rows, W[:3], strict=True)
        ]
        expected = sum(
            lifts[i] * (rows[j][0] * rows[k][1] - rows[j][1] * rows[k][0])
            for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1))
        )
        args = [v for p, w in zip(P[:3], W[3] - W[:3], strict=True) for v in (*p, w)]
        assert np.sign(alpha_exact.in_power_circle(*args, *P[3], 1.0)) == np.sign(float(expected))


def test_the_sign_of_the_power_sphere_is_exact():
    rng = np.random.default_rng(7)
    for _ in range(100):
        P = fixed_point(rng.integers(0, 3, size=(5, 3)) * 0.1 + 0.3)[0]
        W = rng.integers(-4, 5, size=5) * 2.0**-50 + (rng.random() < 0.5) * 2.0**-3
        rows = [[Fraction(x) - Fraction(y) for x, y in zip(p, P[4], strict=True)] for p in P[:4]]
        lifted = [
            [*row, sum(x * x for x in row) + Fraction(W[4]) - Fraction(w)]
            for row, w in zip(rows, W[:4], strict=True)
        ]
        args = [v for p, w in zip(P[:4], W[4] - W[:4], strict=True) for v in (*p, w)]
        # The sign for a determinant of three rows that is positive where they turn to the left.
        found = alpha_exact.in_power_sphere(*args, *P[4], 1.0)
        assert np.sign(found) == -np.sign(float(determinant(lifted)))


def determinant(rows):
    if not rows:
        return 1
    return sum(
        (-1) ** j * rows[0][j] * determinant([row[:j] + row[j + 1 :] for row in rows[1:]])
        for j in range(len(rows))
    )


# -- the distance to a measure -----------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 7, 30])
@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_distance_is_the_mean_of_squares_by_hand(k, d):
    X = np.random.default_rng(k).normal(size=(30, d))
    squares = np.sort(np.sum((X[:, None] - X) ** 2, axis=2), axis=1)
    expected = np.sqrt(squares[:, :k].mean(axis=1))
    np.testing.assert_allclose(distance_to_measure(X, mass=k / 30), expected, atol=1e-12)


def test_of_the_last_neighbour_a_part_counts():
    X = np.random.default_rng(0).normal(size=(10, 2))
    squares = np.sort(np.sum((X[:, None] - X) ** 2, axis=2), axis=1)
    expected = np.sqrt((squares[:, :2].sum(axis=1) + 0.5 * squares[:, 2]) / 2.5)
    np.testing.assert_allclose(distance_to_measure(X, mass=0.25), expected)
    # Twins, each of half a mass, change nothing.
    twice = distance_to_measure(np.repeat(X, 2, axis=0), mass=0.25)
    np.testing.assert_allclose(twice, np.repeat(expected, 2))


def test_the_distance_is_lipschitz():
    """Chazal, Cohen-Steiner, Mérigot 2011: 1-Lipschitz, and W2 / sqrt(mass) apart."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    f = distance_to_measure(X, mass=0.1)
    gaps = np.linalg.norm(X[:, None] - X, axis=2)
    assert (np.abs(f[:, None] - f) <= gaps + 1e-12).all()
    steps = 0.05 * rng.normal(size=X.shape)
    bound = np.sqrt(np.mean(np.sum(steps**2, axis=1)) / 0.1) + np.linalg.norm(steps, axis=1)
    assert (np.abs(distance_to_measure(X + steps, mass=0.1) - f) <= bound).all()


@pytest.mark.parametrize("mass", [0.05, 0.3])
def test_the_diagram_is_gudhis_with_weights(cloud, mass, assert_same_bars):
    X = cloud[:, :3]
    f = distance_to_measure(X, mass=mass)
    diagram = dtm_diagram(X, mass=mass)
    assert (diagram.filtration, diagram.unit) == ("dtm", "radius")
    for k, bars in enumerate(by_gudhi(X, -(f**2))):
        assert_same_bars(diagram[k], bars)


def test_a_small_mass_is_the_alpha_filtration(assert_same_bars):
    X = np.random.default_rng(0).normal(size=(40, 2))
    for k in range(2):
        assert_same_bars(dtm_diagram(X, mass=1 / 40)[k], alpha_diagram(X)[k])


def test_moving_and_scaling_the_points(assert_same_bars):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(50, 2))
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    moved = 3.0 * rng.permutation(X) @ turn + [10.0, -4.0]
    for k in range(2):
        assert_same_bars(3.0 * dtm_diagram(X, mass=0.1)[k], dtm_diagram(moved, mass=0.1)[k])


def test_stray_points_do_not_fill_a_loop():
    """What the filtration is for: Anai et al. 2019, figure 1."""
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, 2 * np.pi, 200)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    X = np.concatenate([circle, rng.uniform(-1, 1, size=(40, 2))])
    loops = dtm_diagram(X, mass=0.05)
    clean, plain = alpha_diagram(circle), alpha_diagram(X)
    longest = [np.sort(d.lifetimes[d.dims == 1])[-2:] for d in (loops, clean, plain)]
    assert longest[0][1] > 0.4 > longest[2][1]
    assert longest[0][1] > 3 * longest[0][0]


@pytest.mark.parametrize("mass", [0, -0.1, 1.01, np.nan, "half"])
def test_a_mass_is_a_share(mass):
    with pytest.raises(ValueError, match="mass"):
        dtm_diagram([[0, 0], [1, 1]], mass=mass)
    with pytest.raises(ValueError, match="mass"):
        DTMPersistence(mass=mass).fit([[[0, 0], [1, 1]]])


def test_many_clouds_give_what_each_gives_alone():
    clouds = [np.random.default_rng(n).normal(size=(n, 2)) for n in (1, 2, 30)]
    together = DTMPersistence(mass=0.2).fit_transform(clouds)
    assert list(together) == [dtm_diagram(X, mass=0.2) for X in clouds]
    with pytest.raises(ValueError, match="set max_dimension"):
        DTMPersistence().fit([np.zeros((3, 2)), np.zeros((3, 3))])


def test_the_plan_names_its_engine():
    plans = DTMPersistence(max_dimension=1).plan([np.zeros((200, d)) for d in (1, 2, 3, 4)])
    assert [plan[0].engine for plan in plans] == ["regular", "regular", "regular", "gudhi"]
    X = np.random.default_rng(0).random((300, 3))
    tree = gudhi.AlphaComplex(points=X, weights=np.zeros(300)).create_simplex_tree()
    (plan,) = DTMPersistence().plan([X])
    assert tree.num_simplices() * SIMPLEX_BYTES <= plan[0].memory


@pytest.mark.parametrize("far", [1e6, 1e9, 1e16, -1e20, 1e140])
@pytest.mark.parametrize("flat", [False, True])
def test_a_row_far_out_leaves_the_distance_to_a_measure(far, flat):
    """Its weight, the square of how far it is, had rounded all the others to one."""
    angles = np.arange(20.0)
    ring = np.column_stack([np.cos(angles), np.sin(angles), 0 * angles])[:, : 3 - flat]
    row = [[far] + [0.0] * (2 - flat)]
    alone = dtm_diagram(ring, mass=3 / 20)
    both = dtm_diagram(np.vstack([row, ring]), mass=3 / 21)  # as many points
    longest = lambda d: d[1][np.argmax(np.ptp(d[1], axis=1))]  # noqa: E731
    np.testing.assert_allclose(longest(both), longest(alone), rtol=3e-9)
    np.testing.assert_allclose(np.sort(both[0][:, 0])[:-1], np.sort(alone[0][:, 0]), rtol=3e-9)
