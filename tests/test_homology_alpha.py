"""Alpha persistence: against gudhi's complex and against the Čech complex, ball by ball."""

from itertools import combinations

import gudhi
import numpy as np
import pytest

from tda import AlphaPersistence, alpha_diagram, datasets, representative_cycle, rips_diagram
from tda.homology.engines._gudhi import SIMPLEX_BYTES
from tda.homology.engines._triangulation import is_coarse


def by_gudhi(X, max_dimension, field=2):
    """gudhi's complex with its squared radii, whose roots are taken afterwards."""
    tree = gudhi.AlphaComplex(points=X, precision="exact").create_simplex_tree()
    top = tree.dimension() <= max_dimension
    tree.compute_persistence(homology_coeff_field=field, persistence_dim_max=top)
    return [np.sqrt(tree.persistence_intervals_in_dimension(k)) for k in range(max_dimension + 1)]


def circumball(points):
    """Centre and radius of the smallest ball with all `points` on its boundary."""
    edges = points[1:] - points[0]
    centre = np.linalg.lstsq(2 * edges, (edges**2).sum(axis=1), rcond=None)[0] + points[0]
    return centre, np.linalg.norm(points[0] - centre)


def enclosing_radius(points):
    """Radius of the smallest ball that holds `points`: it is the circumball of some of them."""
    best = np.inf
    for size in range(1, len(points) + 1):
        for some in combinations(range(len(points)), size):
            centre, radius = circumball(points[list(some)]) if size > 1 else (points[some[0]], 0.0)
            reach = np.linalg.norm(points - centre, axis=1).max()
            best = min(best, max(radius, reach))
    return best


def by_cech(X, max_dimension, reduce_boundaries, field=2):
    """The nerve of the balls, from its definition."""
    simplices = [s for k in range(max_dimension + 2) for s in combinations(range(len(X)), k + 1)]
    values = {s: enclosing_radius(X[list(s)]) for s in simplices}
    simplices.sort(key=lambda s: (round(values[s], 12), len(s)))
    index = {s: i for i, s in enumerate(simplices)}
    boundaries = [
        {index[s[:i] + s[i + 1 :]]: (-1) ** i for i in range(len(s)) if len(s) > 1}
        for s in simplices
    ]
    bars = reduce_boundaries(
        [values[s] for s in simplices], [len(s) - 1 for s in simplices], boundaries, field
    )
    return [
        np.array([(b, d) for degree, b, d in bars if degree == k]).reshape(-1, 2)
        for k in range(max_dimension + 1)
    ]


def some_cloud(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


# -- the same bars as gudhi's complex ----------------------------------------------------------


@pytest.mark.parametrize("field", [2, 3, 11])
def test_bars_are_the_roots_of_gudhis(cloud, field, assert_same_bars):
    if cloud.shape[1] > 4:
        cloud = cloud[:, :4]
    diagram = alpha_diagram(cloud, field=field)
    assert diagram.max_dimension == cloud.shape[1] - 1
    for k, bars in enumerate(by_gudhi(cloud, cloud.shape[1] - 1, field)):
        assert_same_bars(diagram[k], bars)
    assert (diagram.filtration, diagram.unit, diagram.field) == ("alpha", "radius", field)


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("max_dimension", [0, 1, 2, 5])
def test_every_dimension_and_max_dimension(d, max_dimension, assert_same_bars):
    X = some_cloud(25, d)
    diagram = alpha_diagram(X, max_dimension=max_dimension)
    assert diagram.max_dimension == max_dimension
    for k, bars in enumerate(by_gudhi(X, max_dimension)):
        assert_same_bars(diagram[k], bars)
    assert all(diagram[k].size == 0 for k in range(d, max_dimension + 1))


def test_four_corners_of_a_square_by_hand():
    diagram = alpha_diagram([[0, 0], [0, 2], [2, 2], [2, 0]])
    np.testing.assert_allclose(diagram[0], [[0, 1], [0, 1], [0, 1], [0, np.inf]], rtol=1e-15)
    np.testing.assert_allclose(diagram[1], [[1, np.sqrt(2)]], rtol=1e-15)


def test_an_octahedron_by_hand():
    X = np.concatenate([np.eye(3), -np.eye(3)])
    diagram = alpha_diagram(X)
    face = np.sqrt(2 / 3)  # circumradius of a triangle of side sqrt(2)
    np.testing.assert_allclose(diagram[2], [[face, 1.0]], rtol=1e-12)
    assert len(diagram[1]) == 7
    np.testing.assert_allclose(diagram[1], [[np.sqrt(0.5), face]] * 7, rtol=1e-12)


# -- theorems ----------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [2, 3])
@pytest.mark.parametrize(
    "X",
    [
        some_cloud(9, 1),
        some_cloud(9, 2),
        some_cloud(9, 3),
        np.argwhere(np.ones((3, 3))).astype(float),
        some_cloud(7, 2) @ [[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]],
        np.repeat(some_cloud(4, 2), 2, axis=0),
    ],
    ids=["line", "plane", "space", "grid", "coplanar", "duplicates"],
)
def test_alpha_and_cech_agree(X, field, assert_same_bars, reduce_boundaries):
    """Nerve theorem: both are homotopy equivalent to the union of balls of that radius."""
    diagram = alpha_diagram(X, field=field)
    for k, bars in enumerate(by_cech(X, diagram.max_dimension, reduce_boundaries, field)):
        assert_same_bars(diagram[k], bars, tolerance=1e-9)


def test_degree_zero_deaths_are_half_those_of_rips(cloud):
    """Balls of radius r meet where the centres are 2 r apart."""
    if cloud.shape[1] > 4:
        cloud = cloud[:, :4]
    np.testing.assert_allclose(
        alpha_diagram(cloud, max_dimension=0)[0],
        rips_diagram(cloud, max_dimension=0)[0] / 2,
        rtol=1e-9,
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("d", [2, 3])
def test_bars_move_no_more_than_the_points(seed, d):
    """Stability (Cohen-Steiner, Edelsbrunner, Harer 2007): distance functions move by d_H."""
    rng = np.random.default_rng(seed)
    X = some_cloud(40, d, seed)
    steps = rng.normal(size=X.shape)
    steps *= 0.05 / np.linalg.norm(steps, axis=1, keepdims=True)
    before, after = alpha_diagram(X).finite(), alpha_diagram(X + steps).finite()
    for k in range(d):
        assert gudhi.bottleneck_distance(before[k], after[k], e=0) <= 0.05 + 1e-12


def test_permuting_moving_and_scaling_the_points(assert_same_bars):
    rng = np.random.default_rng(5)
    X = some_cloud(30, 3)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    moved = 3.0 * rng.permutation(X) @ rotation + [10.0, -4.0, 1.0]
    one, other = alpha_diagram(X), alpha_diagram(moved)
    for k in range(3):
        assert_same_bars(3.0 * one[k], other[k])


def test_max_radius_leaves_out_larger_simplices(assert_same_bars):
    X = some_cloud(40, 2)
    whole, cut = alpha_diagram(X), alpha_diagram(X, max_radius=0.3)
    for k in (0, 1):
        bars = whole[k][whole[k][:, 0] <= 0.3]
        bars[bars[:, 1] > 0.3, 1] = np.inf
        assert_same_bars(cut[k], bars)
    assert np.isinf(cut[0][:, 1]).sum() > 1  # so that the test sees a class cut off


@pytest.mark.parametrize("radius, n_components", [(0.0, 2), (2.5, 1), (2.49, 2)])
def test_a_simplex_at_max_radius_belongs_to_the_complex(radius, n_components):
    bars = alpha_diagram([[0.0, 0.0], [3.0, 4.0]], max_radius=radius)[0]
    assert np.isinf(bars[:, 1]).sum() == n_components


def test_far_from_the_origin_the_shape_is_the_same():
    X = np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 2.0], [2.0, 0.0]])
    assert alpha_diagram(X + 2.0**30) == alpha_diagram(X)


# -- simplices ---------------------------------------------------------------------------------


def alpha_value(X, simplex):
    """Radius of the smallest ball with the simplex on its boundary and no point inside.

    If the smallest circumball is empty it is that one; else the least value of the cofaces.
    """
    centre, radius = circumball(X[simplex]) if len(simplex) > 1 else (X[simplex[0]], 0.0)
    others = np.delete(X, simplex, axis=0)
    if not len(others) or np.linalg.norm(others - centre, axis=1).min() >= radius * (1 - 1e-12):
        return radius
    if len(simplex) == X.shape[1] + 1:
        return np.inf
    free = np.setdiff1d(np.arange(len(X)), simplex)
    return min(alpha_value(X, [*simplex, i]) for i in free.tolist())


@pytest.mark.parametrize("d, n", [(1, 12), (2, 15), (3, 9)])
def test_simplices_have_the_values_of_birth_and_death(d, n):
    X = some_cloud(n, d)
    diagram = alpha_diagram(X, representatives=True)
    assert diagram == alpha_diagram(X)
    assert ((diagram.birth_simplices >= 0).sum(axis=1) == diagram.dims + 1).all()
    for simplices, values in [
        (diagram.birth_simplices, diagram.births),
        (diagram.death_simplices, diagram.deaths),
    ]:
        for row, value in zip(simplices, values, strict=True):
            simplex = row[row >= 0].tolist()
            if np.isinf(value):
                assert simplex == []
            else:
                assert alpha_value(X, simplex) == pytest.approx(value, rel=1e-9, abs=1e-12)


def test_simplices_of_degenerate_clouds(cloud):
    if cloud.shape[1] > 4:
        cloud = cloud[:, :4]
    diagram = alpha_diagram(cloud, max_dimension=1, representatives=True)
    assert diagram == alpha_diagram(cloud, max_dimension=1)
    assert diagram.birth_simplices.max(initial=-1) < len(cloud)
    ones = np.flatnonzero(diagram.dims == 1)
    lengths = np.linalg.norm(
        cloud[diagram.birth_simplices[ones, 0]] - cloud[diagram.birth_simplices[ones, 1]], axis=1
    )
    # An edge enters at half its length or, if a third point is in the way, later.
    assert (diagram.births[ones] >= lengths / 2 - 1e-12).all()


# -- representative cycles ---------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3])
def test_a_cycle_of_degree_one_is_closed_and_there_at_birth(d):
    X = some_cloud(40, d)
    tree = gudhi.AlphaComplex(points=X).create_simplex_tree(output_squared_values=False)
    diagram = alpha_diagram(X, representatives=True)
    ones = np.flatnonzero(diagram.dims == 1)
    assert len(ones) > 5
    for bar in ones:
        path = representative_cycle(X, diagram, bar).tolist()
        assert len(set(path)) == len(path) >= 3
        values = [tree.filtration(step) for step in zip(path, path[1:] + path[:1], strict=True)]
        assert max(values) == pytest.approx(diagram.births[bar], rel=1e-9)
        edges = {frozenset(step) for step in zip(path, path[1:] + path[:1], strict=True)}
        assert frozenset(diagram.birth_simplices[bar, :2].tolist()) in edges


def test_on_a_lattice_the_cycle_goes_round_the_hole():
    steps = np.argwhere(np.ones((9, 9))) - 4.0
    X = np.random.default_rng(0).permutation(steps[np.abs(steps).max(axis=1) > 1])
    diagram = alpha_diagram(X, representatives=True)
    bar = int(np.argmax(np.where(diagram.dims == 1, diagram.lifetimes, -1)))
    path = representative_cycle(X, diagram, bar)
    angles = np.arctan2(X[path, 1], X[path, 0])
    turns = np.angle(np.exp(1j * (np.roll(angles, -1) - angles))).sum() / (2 * np.pi)
    assert abs(turns) == pytest.approx(1.0)


def euler_characteristic(triangles):
    edges = {tuple(sorted(e)) for t in triangles.tolist() for e in combinations(t, 2)}
    return len(np.unique(triangles)) - len(edges) + len(triangles)


def check_surface(X, diagram, bar):
    """Closed, there at birth, and made of triangles of the complex; return the triangles."""
    tree = gudhi.AlphaComplex(points=X).create_simplex_tree(output_squared_values=False)
    triangles = representative_cycle(X, diagram, bar)
    edges = np.sort(triangles[:, [0, 1, 0, 2, 1, 2]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] % 2 == 0).all()
    assert max(map(tree.filtration, triangles.tolist())) <= diagram.births[bar] * (1 + 1e-9)
    return triangles


def test_the_cavity_of_a_sphere_is_bounded_by_a_sphere():
    X = datasets.make_sphere(300, random_state=0)
    X = np.asarray(X)
    diagram = alpha_diagram(X, representatives=True)
    bar = int(np.argmax(np.where(diagram.dims == 2, diagram.lifetimes, -1)))
    triangles = check_surface(X, diagram, bar)
    assert euler_characteristic(triangles) == 2
    birth = sorted(diagram.birth_simplices[bar, :3].tolist())
    assert birth in np.sort(triangles, axis=1).tolist()  # the triangle that closes it


def test_the_cavity_of_a_torus_is_bounded_by_a_torus():
    X = np.asarray(datasets.make_torus(800, random_state=0))
    diagram = alpha_diagram(X, representatives=True)
    bar = int(np.argmax(np.where(diagram.dims == 2, diagram.lifetimes, -1)))
    assert euler_characteristic(check_surface(X, diagram, bar)) == 0


def test_a_membrane_inside_the_cavity_is_no_part_of_its_boundary():
    """Three close points in the middle make a triangle with the cavity on both sides."""
    X = np.concatenate([datasets.make_sphere(300, random_state=0), 0.05 * np.eye(3)])
    diagram = alpha_diagram(X, representatives=True)
    bar = int(np.argmax(np.where(diagram.dims == 2, diagram.lifetimes, -1)))
    triangles = check_surface(X, diagram, bar)
    assert euler_characteristic(triangles) == 2
    assert triangles.max() < 300


def test_every_cavity_of_a_cloud_has_a_closed_surface():
    X = some_cloud(60, 3)
    diagram = alpha_diagram(X, representatives=True)
    twos = np.flatnonzero(diagram.dims == 2)
    assert len(twos) > 3
    for bar in twos:
        triangles = check_surface(X, diagram, bar)
        birth = sorted(diagram.birth_simplices[bar, :3].tolist())
        assert birth in np.sort(triangles, axis=1).tolist()


def test_a_cavity_that_is_never_filled_is_a_clear_error():
    X = np.asarray(datasets.make_sphere(200, random_state=0))
    diagram = alpha_diagram(X, representatives=True, max_radius=0.9)
    bar = int(np.flatnonzero((diagram.dims == 2) & np.isinf(diagram.deaths))[0])
    with pytest.raises(ValueError, match="never"):
        representative_cycle(X, diagram, bar)


# -- the plan ----------------------------------------------------------------------------------


def test_the_plan_is_no_less_than_the_complex_of_a_uniform_cloud():
    X = np.random.default_rng(0).uniform(size=(200, 4))
    tree = gudhi.AlphaComplex(points=X).create_simplex_tree()
    (plan,) = AlphaPersistence().plan([X])
    assert tree.num_simplices() * SIMPLEX_BYTES <= plan[0].memory


def test_the_plan_names_its_engine():
    clouds = [np.zeros((200, d)) for d in (1, 2, 3, 4)]
    plans = AlphaPersistence(max_dimension=1).plan(clouds)
    assert [plan[0].engine for plan in plans] == ["delaunay"] * 3 + ["cells"]
    assert [len(plan) for plan in plans] == [2, 2, 2, 2]


def test_what_cannot_fit_is_refused_before_it_starts(monkeypatch):
    monkeypatch.setattr("gudhi.AlphaComplex", lambda **_: pytest.fail("it started"))
    message = r"alpha complex of 1000 points in 12 dimensions would take about .*Use the Rips"
    with pytest.raises(MemoryError, match=message):
        alpha_diagram(np.zeros((1000, 12)))


# -- many clouds -------------------------------------------------------------------------------


def test_many_clouds_give_what_each_gives_alone():
    clouds = [some_cloud(n, 3, seed=n) for n in (1, 2, 30)]
    assert list(AlphaPersistence().fit_transform(clouds)) == list(map(alpha_diagram, clouds))


def test_clouds_of_different_widths_need_a_max_dimension():
    clouds = [some_cloud(5, 2), some_cloud(5, 3)]
    with pytest.raises(ValueError, match=r"\[2, 3\] coordinates.*set max_dimension"):
        AlphaPersistence().fit_transform(clouds)
    assert AlphaPersistence(max_dimension=1).fit_transform(clouds).shape == (2,)


# -- rows far out ------------------------------------------------------------------------------

FAR = [1e6, 1e9, 1e12, 1e16, 1e20, -1e100, 1e140]
ANGLES = np.arange(20.0)
RING = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])


@pytest.mark.parametrize("far", FAR)
def test_a_row_far_out_takes_no_bar_away(far):
    """A fill value of 1e16 had rounded all the others to one point."""
    alone, both = alpha_diagram(RING), alpha_diagram(np.vstack([[far, 0.0], RING]))
    loop = both[1][np.argmax(np.ptp(both[1], axis=1))]
    np.testing.assert_allclose(loop, [0.21511998808781552, 1.0], rtol=3e-9)
    np.testing.assert_allclose(both[0][:-2], alone[0][:-1], rtol=3e-9)
    lengths = rips_diagram(np.vstack([[far, 0.0], RING]))[0]
    np.testing.assert_allclose(2 * both[0], lengths, rtol=3e-9)
    space = alpha_diagram(np.vstack([[far, 0.0, 0.0], np.column_stack([RING, 0 * ANGLES])]))
    np.testing.assert_allclose(space[0], both[0], rtol=1e-9)


@pytest.mark.parametrize("far", FAR)
def test_the_void_of_a_sphere_and_its_surface_stay(far):
    X = np.random.default_rng(0).normal(size=(60, 3))
    X /= np.linalg.norm(X, axis=1)[:, None]
    Y = np.vstack([[far, 0.0, 1.0], X])
    alone, both = alpha_diagram(X), alpha_diagram(Y, representatives=True)
    longest = lambda d: d[2][np.argmax(np.ptp(d[2], axis=1))]  # noqa: E731
    np.testing.assert_allclose(longest(both), longest(alone), rtol=3e-9)
    voids = np.flatnonzero(both.dims == 2)
    bar = voids[np.argmax((both.deaths - both.births)[voids])]
    surface = representative_cycle(Y, both, bar)
    assert set(np.unique(surface)) == set(range(1, 61))  # a sphere of all its points


def test_what_is_far_from_the_origin_and_what_is_narrow_is_on_the_grid():
    X = np.random.default_rng(0).normal(size=(200, 2))
    for Y in (X, X + 1e8, X * 1e-100, X * [1, 1e-12], np.vstack([X, 100 * X]), X[:1], X[[3, 3]]):
        assert not is_coarse(Y)
    for Y in (np.vstack([X, [[1e13, 0]]]), np.vstack([X, 1e14 * X[:50]])):
        assert is_coarse(Y)
    assert not is_coarse(np.vstack([np.rint(X * 8), [[1e15, 0]]]))  # integers are not rounded


def test_dust_far_below_the_rest_changes_no_bar_in_many_dimensions():
    """Exact numbers of 2**-600 beside ones of 1 took gudhi half a minute."""
    X = np.random.default_rng(0).normal(size=(25, 5))
    dusty = np.vstack([X, np.zeros(5), 2.0**-600 * X[:5]])
    one = alpha_diagram(np.vstack([X, np.zeros(5)]), max_dimension=2)
    other = alpha_diagram(dusty, max_dimension=2)
    for k in range(3):
        np.testing.assert_allclose(np.sort(other[k], axis=0), np.sort(one[k], axis=0), rtol=1e-9)
