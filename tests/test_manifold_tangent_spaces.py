import warnings

import numpy as np
import pytest
from scipy.linalg import subspace_angles

from tda.datasets import make_circle, make_flat_torus, make_sphere
from tda.manifold import TangentSpaces, principal_angles, tangent_frames


def test_a_plane_is_its_own_tangent_space():
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(6, 3)))[0]
    model = TangentSpaces().fit(rng.normal(size=(300, 3)) @ basis.T + 5)
    assert model.dimension_ == 3 and (model.local_dimension_ == 3).all()
    np.testing.assert_allclose(principal_angles(model.frames_, basis), 0, atol=1e-12)
    np.testing.assert_allclose(model.residual_, 0, atol=1e-24)


def test_the_angle_off_a_circle_shrinks_with_the_neighbourhood():
    X = make_circle(500, random_state=0).points
    tangents = np.column_stack([-X[:, 1], X[:, 0]])[..., None]
    few, many = (
        np.median(principal_angles(TangentSpaces(n_neighbors=k).fit(X).frames_, tangents))
        for k in (6, 60)
    )
    assert few < 0.01 and few < many / 2


def test_frames_are_orthonormal_and_tangent_in_codimension_two():
    X = make_flat_torus(2000, random_state=0).points
    frames = tangent_frames(X)
    np.testing.assert_allclose(
        frames.swapaxes(1, 2) @ frames, np.broadcast_to(np.eye(2), (2000, 2, 2)), atol=1e-12
    )
    true = np.zeros((2000, 4, 2))
    true[:, 0, 0], true[:, 1, 0] = -X[:, 1], X[:, 0]
    true[:, 2, 1], true[:, 3, 1] = -X[:, 3], X[:, 2]
    # Neighbourhoods of radius 0.35 and curvature 1, and chance makes most of it even out.
    assert np.median(principal_angles(frames, true)) < 0.05


def test_local_dimensions_of_a_line_beside_a_plane():
    rng = np.random.default_rng(0)
    plane = np.column_stack([rng.random((400, 2)), np.zeros(400)])
    line = np.column_stack([np.full((100, 2), 5.0), rng.random(100)])
    model = TangentSpaces(dimension="local").fit(np.concatenate([plane, line]))
    assert (model.local_dimension_ == [2] * 400 + [1] * 100).all()
    assert model.frames_.shape == (500, 3, 2)
    np.testing.assert_allclose(model.frames_[400:, :, 1], 0)
    np.testing.assert_allclose(np.abs(model.frames_[400:, :, 0]), [[0, 0, 1]] * 100, atol=1e-12)


def test_principal_angles_are_those_of_scipy():
    rng = np.random.default_rng(0)
    for d, e in [(1, 1), (2, 3), (4, 2), (5, 5)]:
        a, b = (np.linalg.qr(rng.normal(size=(7, size)))[0] for size in (d, e))
        expected = np.sort(subspace_angles(a, b))
        np.testing.assert_allclose(principal_angles(a, b), expected, atol=1e-12)
    # Angles too small for cosines.
    turned = np.array([[np.cos(1e-10)], [np.sin(1e-10)]])
    assert principal_angles([[1.0], [0.0]], turned)[0] == pytest.approx(1e-10)


def test_the_residual_is_that_of_curvature_and_noise():
    smooth = TangentSpaces(dimension=2).fit(make_sphere(1000, random_state=0))
    rough = TangentSpaces(dimension=2).fit(make_sphere(1000, noise=0.03, random_state=0))
    assert smooth.residual_.max() < np.median(rough.residual_)


def test_new_points_get_what_is_nearest_and_equal_points_nothing():
    X = make_sphere(200, random_state=0).points
    model = TangentSpaces().fit(X)
    np.testing.assert_array_equal(model.transform(X[:7] + 1e-9), model.transform(X)[:7])
    assert list(model.get_feature_names_out()) == ["local_dimension", "residual"]
    assert TangentSpaces().fit(np.ones((4, 3))).frames_.shape == (4, 3, 0)


def test_there_are_no_more_dimensions_than_the_neighbours_span():
    X = np.random.default_rng(0).normal(size=(30, 200))
    for dimension in ("auto", "local"):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            model = TangentSpaces(dimension=dimension).fit(X)
        assert model.dimension_ <= 20 and model.frames_.shape == (30, 200, model.dimension_)
        assert dimension == "local" or any("shows nothing" in str(w.message) for w in said)
        lengths = np.linalg.norm(model.frames_, axis=1)
        assert (np.isclose(lengths, 1).sum(axis=1) == model.local_dimension_).all()
    with pytest.raises(ValueError, match="dimension=25, but 20 neighbours"):
        TangentSpaces(dimension=25).fit(X)
    with pytest.raises(ValueError, match="dimension=25, but 20 neighbours"):
        tangent_frames(X, dimension=25)
    with pytest.raises(ValueError, match="dimension=3, but 3 distinct points span at most 2"):
        TangentSpaces(dimension=3).fit(np.eye(5)[[0, 1, 2, 0, 1]])
    flat = TangentSpaces(dimension=2, n_neighbors=25).fit(np.c_[X[:, :2] @ X[:2], np.ones(30)])
    assert flat.residual_.max() < 1e-12
