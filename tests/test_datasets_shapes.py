"""Shapes: metadata, points on the shape, uniform laws, and the steps that all of them share."""

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist

from tda import datasets
from tda.datasets import (
    Shape,
    make_annulus,
    make_ball,
    make_blobs,
    make_circle,
    make_disk,
    make_double_torus,
    make_figure_eight,
    make_flat_torus,
    make_klein_bottle,
    make_linked_circles,
    make_projective_plane,
    make_solid_double_torus,
    make_solid_torus,
    make_sphere,
    make_squiggle,
    make_swiss_roll,
    make_torus,
    make_trefoil_knot,
    make_uniform,
)

# name: (Betti numbers, intrinsic dimension, ambient dimension), written down from the textbooks.
KNOWN = {
    "make_annulus": ((1, 1, 0), 2, 2),
    "make_ball": ((1, 0, 0), 3, 3),
    "make_blobs": ((3, 0, 0), 2, 2),
    "make_circle": ((1, 1, 0), 1, 2),
    "make_disk": ((1, 0, 0), 2, 2),
    "make_double_torus": ((1, 4, 1), 2, 3),
    "make_figure_eight": ((1, 2, 0), 1, 2),
    "make_flat_torus": ((1, 2, 1), 2, 4),
    "make_klein_bottle": ((1, 2, 1), 2, 4),
    "make_linked_circles": ((2, 2, 0), 1, 3),
    "make_linked_tori": ((2, 2, 0), 3, 3),
    "make_mug": ((1, 2, 1), 2, 3),
    "make_nested_disks": ((10, 9, 0), 2, 2),
    "make_nested_spheres": ((3, 0, 3), 2, 3),
    "make_projective_plane": ((1, 1, 1), 2, 5),
    "make_solid_double_torus": ((1, 2, 0), 3, 3),
    "make_solid_mug": ((1, 1, 0), 3, 3),
    "make_solid_torus": ((1, 1, 0), 3, 3),
    "make_sphere": ((1, 0, 1), 2, 3),
    "make_squiggle": ((1, 0, 0), 1, 1000),
    "make_swiss_roll": ((1, 0, 0), 2, 3),
    "make_torus": ((1, 2, 1), 2, 3),
    "make_trefoil_knot": ((1, 1, 0), 1, 3),
    "make_uniform": ((1, 0, 0), 2, 2),
}
GENERATORS = [name for name in datasets.__all__ if name.startswith("make_")]

# A uniformity test fails by chance about once in 10,000 seeds, and the seeds are fixed.
ALPHA = 1e-4


@pytest.fixture(params=GENERATORS)
def make(request):
    return getattr(datasets, request.param)


def test_every_generator_is_in_the_table():
    assert sorted(KNOWN) == sorted(GENERATORS)


def test_metadata(make):
    betti, dimension, ambient_dimension = KNOWN[make.__name__]
    shape = make(50, random_state=0)
    assert shape.betti == betti == shape.betti_over(2)
    assert shape.dimension == dimension
    assert shape.points.shape == (50, ambient_dimension)
    assert shape.points.dtype == np.float64
    assert shape.points.flags.c_contiguous
    assert np.isfinite(shape.points).all()


def test_one_point(make):
    assert len(make(1, random_state=0)) == 1


def test_random_state_reproduces(make):
    first, again = make(40, noise=0.1, random_state=3), make(40, noise=0.1, random_state=3)
    np.testing.assert_array_equal(first.points, again.points)
    assert not np.array_equal(first.points, make(40, noise=0.1, random_state=4).points)


@pytest.mark.parametrize("source", [np.random.RandomState, np.random.default_rng])
def test_a_random_source_advances(make, source):
    random_state = source(0)
    first, second = make(40, random_state=random_state), make(40, random_state=random_state)
    assert not np.array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.points, make(40, random_state=source(0)).points)


def test_ambient_dimension_is_an_isometry(make):
    small = {"dimension": 20} if make is make_squiggle else {}
    shape = make(30, random_state=0, **small)
    larger = shape.points.shape[1] + 7
    embedded = make(30, ambient_dimension=larger, random_state=0, **small)
    assert embedded.points.shape == (30, larger)
    assert (embedded.betti, embedded.dimension) == (shape.betti, shape.dimension)
    np.testing.assert_allclose(pdist(embedded.points), pdist(shape.points), atol=1e-9)


def test_too_small_an_ambient_dimension(make):
    with pytest.raises(ValueError, match="ambient_dimension=1 is too small"):
        make(10, ambient_dimension=1)


@pytest.mark.parametrize("ambient_dimension", [0, -3, 2.5, True])
def test_impossible_ambient_dimension(ambient_dimension):
    with pytest.raises(ValueError, match="ambient_dimension"):
        make_circle(10, ambient_dimension=ambient_dimension)


def test_noise_is_gaussian_in_the_ambient_space():
    clean = make_circle(4000, ambient_dimension=6, random_state=0).points
    noisy = make_circle(4000, ambient_dimension=6, noise=0.2, random_state=0).points
    assert stats.kstest((noisy - clean).ravel() / 0.2, "norm").pvalue > ALPHA


def test_outliers_replace_points(make):
    clean = make(100, random_state=0).points
    spoilt = make(100, outliers=0.2, random_state=0).points
    assert len(spoilt) == 100
    assert np.sum(np.any(spoilt != clean, axis=1)) == 20
    margin = 0.25 * np.ptp(clean, axis=0).max() + 1e-12
    assert np.all(spoilt >= clean.min(axis=0) - margin)
    assert np.all(spoilt <= clean.max(axis=0) + margin)


def test_outliers_by_count():
    shape = make_circle(100, outliers=7, random_state=0)
    assert np.sum(np.abs(np.linalg.norm(shape.points, axis=1) - 1) > 1e-9) == 7


@pytest.mark.parametrize("n_points", [0, -1, 2.5, True, "many"])
def test_impossible_n_points(make, n_points):
    with pytest.raises(ValueError, match="n_points="):
        make(n_points)


@pytest.mark.parametrize("noise", [-0.1, np.nan, np.inf, "loud"])
def test_impossible_noise(make, noise):
    with pytest.raises(ValueError, match="noise="):
        make(10, noise=noise)


@pytest.mark.parametrize("outliers", [-1, 11, -0.1, 1.5, True, "few"])
def test_impossible_outliers(outliers):
    with pytest.raises(ValueError, match="outliers="):
        make_circle(10, outliers=outliers)


@pytest.mark.parametrize("random_state", ["seed", -1, 1.5])
def test_impossible_random_state(random_state):
    with pytest.raises(ValueError, match="random_state="):
        make_circle(10, random_state=random_state)


@pytest.mark.parametrize(
    ("make", "parameters", "message"),
    [
        (make_circle, {"radius": 0}, "radius=0"),
        (make_annulus, {"inner": 1.0}, "inner=1.0 must be smaller than outer=1.0"),
        (make_annulus, {"inner": -1.0}, "inner=-1.0"),
        (make_torus, {"tube_radius": 1.0}, "tube_radius=1.0 must be smaller than ring_radius"),
        (make_solid_torus, {"tube_radius": 2.0}, "tube_radius=2.0"),
        (make_double_torus, {"tube_radius": 2.0}, "tube_radius=2.0"),
        (make_solid_double_torus, {"tube_radius": 2.0}, "tube_radius=2.0"),
        (make_klein_bottle, {"tube_radius": 2.0}, "tube_radius=2.0"),
        (make_ball, {"dimension": 0}, "dimension=0"),
        (make_sphere, {"dimension": 0}, "dimension=0"),
        (make_flat_torus, {"dimension": 0}, "dimension=0"),
        (make_squiggle, {"dimension": 3}, "dimension=3"),
        (make_squiggle, {"dimension": 8, "turns": 3}, "turns=3 with dimension=8"),
        (make_blobs, {"separation": 2.0}, "separation=2.0"),
        (make_blobs, {"n_blobs": 0}, "n_blobs=0"),
        (make_uniform, {"kind": "donut"}, "kind='donut'"),
    ],
)
def test_impossible_measures(make, parameters, message):
    with pytest.raises(ValueError, match=message):
        make(10, **parameters)


# The shape as an array ---------------------------------------------------------------------------


def test_a_shape_is_an_array():
    shape = make_torus(20, random_state=0)
    np.testing.assert_array_equal(np.asarray(shape), shape.points)
    assert np.asarray(shape) is shape.points
    assert np.array(shape) is not shape.points
    assert np.asarray(shape, dtype=np.float32).dtype == np.float32
    with pytest.raises(ValueError, match="copy"):
        np.array(shape, dtype=np.float32, copy=False)
    assert len(shape) == 20
    assert repr(shape) == "Shape('torus', 20 points in R^3, dimension=2, betti=(1, 2, 1))"


def test_a_shape_passes_scikit_learns_own_check():
    from sklearn.utils import check_array

    assert check_array(make_torus(20, random_state=0)).shape == (20, 3)


def test_torsion():
    bottle, plane, torus = make_klein_bottle(5), make_projective_plane(5), make_torus(5)
    assert [bottle.betti_over(p) for p in (2, 3, 11, 0)] == [(1, 2, 1)] + 3 * [(1, 1, 0)]
    assert [plane.betti_over(p) for p in (2, 3, 11, 0)] == [(1, 1, 1)] + 3 * [(1, 0, 0)]
    assert torus.betti_over(3) == torus.betti_over(2)


@pytest.mark.parametrize("field", [1, 4, 9, -2, 2.0, True, "Q"])
def test_a_field_has_a_prime(field):
    with pytest.raises(ValueError, match="field="):
        make_circle(5).betti_over(field)


def test_unknown_betti_numbers():
    with pytest.raises(ValueError, match="not known"):
        Shape(np.zeros((1, 3)), None, 2, "scrap").betti_over(2)


@pytest.mark.parametrize(("dimension", "betti"), [(1, (1, 1, 0)), (3, (1, 0, 0))])
def test_spheres(dimension, betti):
    assert make_sphere(5, dimension=dimension).betti == betti


@pytest.mark.parametrize(("dimension", "betti"), [(1, (1, 1, 0)), (3, (1, 3, 3)), (4, (1, 4, 6))])
def test_flat_tori(dimension, betti):
    assert make_flat_torus(5, dimension=dimension).betti == betti


# Points are on the shape, and uniform ------------------------------------------------------------


def assert_uniform(values, low=0.0, high=1.0):
    assert stats.kstest(values, stats.uniform(low, high - low).cdf).pvalue > ALPHA


def assert_follows(values, density, low, high):
    """Against a density that is integrated here, on a fine grid."""
    grid = np.linspace(low, high, 20001)
    heights = density(grid)
    cdf = np.concatenate([[0], np.cumsum((heights[1:] + heights[:-1]) / 2)])
    assert stats.kstest(values, lambda x: np.interp(x, grid, cdf / cdf[-1])).pvalue > ALPHA


def angle(x, y):
    return np.arctan2(y, x) % (2 * np.pi)


def test_circle():
    x, y = make_circle(3000, radius=2, random_state=0).points.T
    np.testing.assert_allclose(np.hypot(x, y), 2)
    assert_uniform(angle(x, y), 0, 2 * np.pi)


def test_figure_eight():
    x, y = make_figure_eight(3000, random_state=0).points.T
    np.testing.assert_allclose(np.hypot(np.abs(x) - 1, y), 1, atol=1e-12)
    assert_uniform(angle(np.abs(x) - 1, y), 0, 2 * np.pi)
    assert stats.binomtest(int(np.sum(x > 0)), 3000).pvalue > ALPHA


def test_linked_circles():
    x, y, z = make_linked_circles(3000, random_state=0).points.T
    flat = z == 0
    np.testing.assert_allclose(np.hypot(x, y)[flat], 1)
    np.testing.assert_allclose(np.hypot(x - 1, z)[~flat], 1)
    assert np.all(y[~flat] == 0)
    assert_uniform(angle(x[flat], y[flat]), 0, 2 * np.pi)
    assert stats.binomtest(int(np.sum(flat)), 3000).pvalue > ALPHA


def test_trefoil():
    points = make_trefoil_knot(3000, random_state=0).points
    curve = np.linspace(0, 2 * np.pi, 200_001)
    knot = np.column_stack(
        [
            np.sin(curve) + 2 * np.sin(2 * curve),
            np.cos(curve) - 2 * np.cos(2 * curve),
            -np.sin(3 * curve),
        ]
    )
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(knot, axis=0), axis=1))])
    from scipy.spatial import cKDTree

    distance, nearest = cKDTree(knot).query(points)
    assert distance.max() < 1e-4
    assert_uniform(length[nearest] / length[-1])


def test_squiggle_is_uniform_by_length_and_never_comes_back():
    points = make_squiggle(400, dimension=101, random_state=0).points
    # Near points are neighbours on the curve, so the spanning tree is the curve itself.
    from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
    from scipy.spatial.distance import squareform

    tree = minimum_spanning_tree(squareform(pdist(points)))
    degree = np.bincount(np.concatenate(tree.nonzero()), minlength=400)
    assert sorted(degree) == [1, 1] + 398 * [2]  # a path: no branch
    way = dijkstra(tree, directed=False, indices=np.flatnonzero(degree == 1)[0])
    assert_uniform((way - way.min()) / np.ptp(way))


def test_sphere():
    x, y, z = make_sphere(3000, random_state=0).points.T
    np.testing.assert_allclose(x**2 + y**2 + z**2, 1)
    assert_uniform(z, -1, 1)  # Archimedes' hat-box theorem
    assert_uniform(angle(x, y), 0, 2 * np.pi)


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_ball(dimension):
    radii = np.linalg.norm(make_ball(3000, dimension=dimension, random_state=0).points, axis=1)
    assert_uniform(radii**dimension)


def test_disk_and_annulus():
    assert_uniform(np.sum(make_disk(3000, random_state=0).points ** 2, axis=1))
    assert_uniform(np.sum(make_annulus(3000, random_state=0).points ** 2, axis=1), 0.25, 1)


def test_torus():
    x, y, z = make_torus(5000, ring_radius=2, tube_radius=1.5, random_state=0).points.T
    from_line = np.hypot(x, y) - 2
    np.testing.assert_allclose(np.hypot(from_line, z), 1.5)
    assert_uniform(angle(x, y), 0, 2 * np.pi)
    assert_follows(angle(from_line, z), lambda v: 2 + 1.5 * np.cos(v), 0, 2 * np.pi)


def test_solid_torus():
    x, y, z = make_solid_torus(5000, ring_radius=2, tube_radius=1.5, random_state=0).points.T
    from_axis = np.hypot(x, y)
    assert np.all(np.hypot(from_axis - 2, z) <= 1.5)
    assert_uniform(angle(x, y), 0, 2 * np.pi)
    # Shells about the axis: circumference times the height of the section.
    assert_follows(from_axis, lambda s: s * np.sqrt(np.maximum(0, 1.5**2 - (s - 2) ** 2)), 0.5, 3.5)


def test_double_torus_is_the_boundary_of_its_solid():
    x, y, z = make_double_torus(5000, random_state=0).points.T
    to_line = np.minimum(np.hypot(np.hypot(x - 1, y) - 1, z), np.hypot(np.hypot(x + 1, y) - 1, z))
    np.testing.assert_allclose(to_line, 0.5)
    assert stats.binomtest(int(np.sum(x > 0)), 5000).pvalue > ALPHA
    # Far from where the two meet it is a torus: uniform about that torus's axis.
    far = x > 1
    assert_uniform(angle(x[far] - 1, y[far]) * 2 % (2 * np.pi) / 2, 0, np.pi)


def test_solid_double_torus_is_uniform_by_volume():
    points = make_solid_double_torus(6000, random_state=0).points
    rng = np.random.default_rng(1)
    box = rng.uniform([-2.5, -1.5, -0.5], [2.5, 1.5, 0.5], (200_000, 3))

    def inside(p, centre):
        return np.hypot(np.hypot(p[:, 0] - centre, p[:, 1]) - 1, p[:, 2]) < 0.5

    reference = box[inside(box, 1) | inside(box, -1)]
    assert np.all(inside(points, 1) | inside(points, -1))
    for axis in range(3):
        assert stats.ks_2samp(points[:, axis], reference[:, axis]).pvalue > ALPHA
    both = [inside(p, 1) & inside(p, -1) for p in (points, reference)]
    share = both[1].mean()  # drawn once, not twice
    assert stats.binomtest(int(both[0].sum()), 6000, share).pvalue > ALPHA


def test_klein_bottle():
    points = make_klein_bottle(5000, random_state=0).points
    from_axis, lift = np.hypot(*points[:, :2].T), np.hypot(*points[:, 2:].T)
    np.testing.assert_allclose(np.hypot(from_axis - 1, lift), 0.5)
    # The tube turns half as fast as the ring: twice its angle is the ring's.
    turn = 2 * np.arctan2(points[:, 3], points[:, 2]) - np.arctan2(points[:, 1], points[:, 0])
    np.testing.assert_allclose(np.exp(1j * turn), 1)
    assert_uniform(angle(points[:, 0], points[:, 1]), 0, 2 * np.pi)

    def metric_area(v, step=1e-5):
        def place(u, v):
            s, t = 1 + 0.5 * np.cos(v), 0.5 * np.sin(v)
            return np.array([s * np.cos(u), s * np.sin(u), t * np.cos(u / 2), t * np.sin(u / 2)])

        du = (place(step, v) - place(-step, v)) / (2 * step)
        dv = (place(0, v + step) - place(0, v - step)) / (2 * step)
        return np.sqrt((du**2).sum(0) * (dv**2).sum(0) - (du * dv).sum(0) ** 2)

    half_turn = np.arctan2(lift, from_axis - 1)  # v up to its sign, which the area ignores
    assert_follows(half_turn, metric_area, 0, np.pi)


def test_projective_plane():
    points = make_projective_plane(5000, random_state=0).points
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
    xy, xz, yz, difference, zz = (points / np.sqrt(3)).T
    z2 = (np.sqrt(12) * zz + 1) / 3
    x2, y2 = (1 - z2) / 2 + difference, (1 - z2) / 2 - difference
    # A rank-one matrix: the products of one unit vector with itself.
    np.testing.assert_allclose(xy**2, x2 * y2, atol=1e-12)
    np.testing.assert_allclose(xz**2, x2 * z2, atol=1e-12)
    np.testing.assert_allclose(xy * yz, y2 * np.sign(xy * yz) * np.abs(xz), atol=1e-12)
    assert_uniform(np.sqrt(np.clip(z2, 0, 1)))


def test_flat_torus():
    points = make_flat_torus(3000, dimension=3, random_state=0).points.reshape(3000, 3, 2)
    np.testing.assert_allclose(np.linalg.norm(points, axis=2), 1)
    for pair in points.transpose(1, 2, 0):
        assert_uniform(angle(*pair), 0, 2 * np.pi)


def test_swiss_roll():
    x, y, z = make_swiss_roll(4000, random_state=0).points.T
    t = np.hypot(x, z)
    np.testing.assert_allclose([t * np.cos(t), t * np.sin(t)], [x, z], atol=1e-9)
    assert_follows(t, lambda t: np.sqrt(1 + t**2), 1.5 * np.pi, 4.5 * np.pi)
    assert_uniform(y, 0, 21)


def test_blobs_do_not_touch():
    from scipy.cluster.hierarchy import fcluster, linkage

    points = make_blobs(600, n_blobs=5, n_features=3, random_state=0).points
    label = fcluster(linkage(points), 1.0, "distance")
    assert label.max() == 5
    assert np.bincount(label)[1:].min() > 80
    assert max(pdist(points[label == k]).max() for k in range(1, 6)) <= 2


def test_blobs_on_a_line():
    assert make_blobs(100, n_blobs=6, n_features=1, random_state=0).betti == (6, 0, 0)


@pytest.mark.parametrize("kind", ["cube", "ball", "gaussian"])
def test_uniform(kind):
    points = make_uniform(3000, kind=kind, dimension=3, random_state=0).points
    if kind == "cube":
        assert_uniform(points.ravel())
    elif kind == "ball":
        assert_uniform(np.linalg.norm(points, axis=1) ** 3)
    else:
        assert stats.kstest(points.ravel(), "norm").pvalue > ALPHA
