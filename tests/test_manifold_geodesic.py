import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import Isomap
from sklearn.pipeline import make_pipeline

import tda
from tda._points import distinct_points
from tda.datasets import make_circle, make_flat_torus, make_sphere, make_swiss_roll
from tda.manifold import (
    GeodesicDistance,
    angle_at,
    geodesic_matrix,
    geodesic_path,
    logarithm_map,
    path_length,
)


def great_circles(X, Y=None):
    return np.arccos(np.clip(X @ (X if Y is None else Y).T, -1, 1))


def test_on_a_circle_and_a_sphere_they_are_great_circles():
    X = make_circle(500, random_state=0).points
    true = great_circles(X)
    np.testing.assert_allclose(geodesic_matrix(X), true, rtol=0.003, atol=1e-6)
    X = make_sphere(1000, random_state=0).points
    true = great_circles(X)
    D = geodesic_matrix(X)
    far = true > 0.3
    assert abs(np.mean(D[far] / true[far]) - 1) < 0.015
    # Steps are chords, at most about 0.3 long and so 0.4% short; longer by zigzag.
    assert (D[far] / true[far]).min() > 0.98
    assert np.quantile(D[far] / true[far], 0.99) < 1.1


def test_they_are_a_metric_and_longer_than_straight_lines():
    X = make_swiss_roll(300, random_state=0).points
    D = geodesic_matrix(X, n_neighbors=8)
    np.testing.assert_array_equal(D, D.T)
    assert not np.diagonal(D).any()
    assert (D >= cdist(X, X) - 1e-9).all()
    assert (D[:, None, :60] <= D[:, :60, None] + D[None, :60, :60] + 1e-9).all()


def test_it_is_the_matrix_of_isomap():
    X = make_swiss_roll(300, random_state=0).points
    theirs = Isomap(n_neighbors=8).fit(X)
    ours = GeodesicDistance(n_neighbors=8).fit(X)
    np.testing.assert_allclose(ours.distances_, theirs.dist_matrix_)


def test_before_steps_that_take_distances():
    X = make_swiss_roll(400, random_state=0).points
    D = geodesic_matrix(X, n_neighbors=8)
    isomap = Isomap(metric="precomputed", n_neighbors=10)
    unrolled = make_pipeline(GeodesicDistance(n_neighbors=8), isomap).fit_transform(X)
    # A circle of length 2 pi fills its loop at a third of that (Adamaszek, Adams 2017).
    D_circle = geodesic_matrix(make_circle(200, random_state=0))
    (diagram,) = tda.RipsPersistence(metric="precomputed").fit_transform([D_circle])
    assert diagram[1][:, 1].max() == pytest.approx(2 * np.pi / 3, rel=0.03)
    assert np.corrcoef(cdist(unrolled, unrolled).ravel(), D.ravel())[0, 1] > 0.97


def test_landmarks_are_columns_of_the_whole():
    X = make_sphere(300, random_state=0).points
    whole = GeodesicDistance().fit(X)
    some = GeodesicDistance(n_landmarks=20).fit(X)
    columns = whole.distances_[:, some.landmark_indices_]
    np.testing.assert_allclose(some.distances_, columns)
    np.testing.assert_allclose(some.transform(X[:9]), some.distances_[:9])
    names = some.get_feature_names_out()
    assert names[3] == f"geodesic_distance_to_{some.landmark_indices_[3]}" and len(names) == 20
    np.testing.assert_allclose(
        geodesic_matrix(X, sources=some.landmark_indices_[:3]), columns[:, :3].T
    )


def test_new_points_go_by_their_neighbours():
    X = make_sphere(1000, random_state=0).points
    new = make_sphere(50, random_state=1).points
    found, true = GeodesicDistance().fit(X).transform(new), great_circles(new, X)
    far = true > 0.3
    assert np.mean(found[far] / true[far]) == pytest.approx(1, abs=0.02)


def test_a_path_goes_from_start_to_end_and_is_as_long_as_the_distance():
    X = make_swiss_roll(500, random_state=0).points
    D = geodesic_matrix(X, n_neighbors=8)
    start, end = np.unravel_index(D.argmax(), D.shape)
    path = geodesic_path(X, start, end, n_neighbors=8)
    assert path[0] == start and path[-1] == end
    assert path_length(X[path]) == pytest.approx(D[start, end])
    np.testing.assert_allclose(D[start, path[1:-1]] + D[path[1:-1], end], D[start, end])
    assert geodesic_path(X, 5, 5).tolist() == [5]


def test_copies_of_a_point_are_no_neighbours_of_it():
    counts = np.random.default_rng(0).poisson(3, (1500, 2)).astype(float)
    points = distinct_points(counts)
    distinct, copy = points.X, points.inverse
    D = geodesic_matrix(counts)
    np.testing.assert_allclose(D, geodesic_matrix(distinct)[np.ix_(copy, copy)], rtol=1e-12)
    assert D.max() == pytest.approx(11.4537, abs=1e-4)
    X = make_swiss_roll(150, random_state=0).points
    Y = np.repeat(X, 4, axis=0)  # each a whole neighbourhood
    plain, fourfold = (GeodesicDistance(n_neighbors=4).fit(points) for points in (X, Y))
    np.testing.assert_allclose(fourfold.distances_[::4, ::4], plain.distances_, rtol=1e-12)
    new = X[:20] + 0.1
    np.testing.assert_allclose(fourfold.transform(new)[:, ::4], plain.transform(new), rtol=1e-12)
    path = geodesic_path(Y, 3, 402, n_neighbors=4)
    assert path[0] == 3 and path[-1] == 402
    assert (np.linalg.norm(np.diff(Y[path], axis=0), axis=1) > 0).all()
    assert path_length(Y[path]) == pytest.approx(plain.distances_[0, 100])
    assert geodesic_path(Y, 3, 0).tolist() == [3, 0]
    vectors = logarithm_map(Y, 5, dimension=2, n_neighbors=8)
    np.testing.assert_allclose(vectors[::4], logarithm_map(X, 1, dimension=2, n_neighbors=8))
    assert not geodesic_matrix(np.ones((5, 2))).any()


def test_three_clusters_keep_their_triangle_as_in_scikit_learn():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(40, 2)) + at for at in ([0, 0], [20, 0], [10, 17])])
    theirs = Isomap(n_neighbors=5).fit(X).dist_matrix_
    with pytest.warns(UserWarning, match="falls into 3 pieces"):
        model = GeodesicDistance(n_neighbors=5).fit(X)
    np.testing.assert_allclose(model.distances_, theirs, rtol=1e-12)
    middles = model.distances_.reshape(3, 40, 3, 40).mean(axis=(1, 3))
    sides = middles[np.triu_indices(3, 1)]
    assert sides.max() < 1.15 * sides.min()  # in a line one would be as long as the others
    with pytest.warns(UserWarning, match="falls into 3 pieces"):
        other = geodesic_matrix(X, n_neighbors=5, metric="manhattan")
    theirs = Isomap(n_neighbors=5, metric="manhattan").fit(X).dist_matrix_
    np.testing.assert_allclose(other, theirs, rtol=1e-12)


def test_pieces_are_joined_and_said():
    X = make_circle(60, random_state=0).points
    X = np.concatenate([X, X + 10.0])
    with pytest.warns(UserWarning, match="falls into 2 pieces"):
        model = GeodesicDistance(n_neighbors=5).fit(X)
    assert model.bridges_.shape == (1, 2) and np.isfinite(model.distances_).all()
    with pytest.warns(UserWarning, match="falls into 2 pieces"):
        other = GeodesicDistance(n_neighbors=5, metric="manhattan").fit(X)
    assert np.isfinite(other.distances_).all()
    assert geodesic_matrix([[1.0, 2.0]]).tolist() == [[0.0]]


def test_the_logarithm_is_exact_in_the_plane_and_known_on_a_sphere():
    X = np.random.default_rng(0).random((400, 2)) @ np.array([[1.0, 0, 2], [0, 1, 0]])
    vectors = logarithm_map(X, 7, dimension=2, n_neighbors=399)
    away = np.linalg.norm(X - X[7], axis=1) > 0.3
    np.testing.assert_allclose(vectors[away], (X - X[7])[away], atol=0.05)
    X = np.concatenate([[[0, 0, 1.0]], make_sphere(2000, random_state=0).points])
    true = np.column_stack([X[:, :2], np.zeros(2001)])
    true *= (np.arccos(X[:, 2]) / np.maximum(np.linalg.norm(true, axis=1), 1e-12))[:, None]
    inside = np.abs(X[:, 2]) < 0.9
    error = np.linalg.norm(logarithm_map(X, 0) - true, axis=1)[inside]
    assert np.median(error) < 0.06 and np.quantile(error, 0.95) < 0.2
    np.testing.assert_array_equal(logarithm_map(X, 0)[0], 0)


def test_angles_of_triangles_tell_the_curvature():
    # The angles of a triangle are pi plus the integral of the curvature over it (Gauss).
    X = np.concatenate([np.eye(3), make_sphere(1500, random_state=0).points])
    corners = [(0, 1, 2), (1, 2, 0), (2, 0, 1)]
    assert sum(angle_at(X, *c) for c in corners) == pytest.approx(1.5 * np.pi, abs=0.15)
    flat = make_flat_torus(2000, random_state=0).points
    a, b, c = (np.argmin(cdist(flat, [point])) for point in _flat_corners())
    angles = [angle_at(flat, *three) for three in ((a, b, c), (b, c, a), (c, a, b))]
    assert sum(angles) == pytest.approx(np.pi, abs=0.1)
    assert angles[0] == pytest.approx(np.pi / 2, abs=0.1)


def _flat_corners():
    for s, t in ((0, 0), (1.5, 0), (0, 1.5)):
        yield [np.cos(s), np.sin(s), np.cos(t), np.sin(t)]


def test_errors_name_what_is_wrong():
    X = make_circle(50, random_state=0).points
    with pytest.raises(ValueError, match="end=50, but X has rows 0 to 49"):
        geodesic_path(X, 0, 50)
    with pytest.raises(ValueError, match="point=-1"):
        logarithm_map(X, -1)
    with pytest.raises(ValueError, match="second=3: give a row of X other than point=3"):
        angle_at(X, 3, 2, 3)


def test_given_distances_are_no_cloud_and_may_miss_pairs():
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    X = np.column_stack([np.cos(angle), np.sin(angle)])
    D = np.linalg.norm(X[:, None] - X, axis=2)
    missing = np.where(D < 0.35, D, np.inf)  # the three nearest on either side are given
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        along = geodesic_matrix(D, metric="precomputed", n_neighbors=6)
        np.testing.assert_allclose(along, geodesic_matrix(X, n_neighbors=6))
        np.testing.assert_allclose(
            geodesic_matrix(missing, metric="precomputed", n_neighbors=6), along
        )
        path = geodesic_path(missing, 0, 30, metric="precomputed", n_neighbors=6)
    assert path[0] == 0 and path[-1] == 30 and len(path) > 8
