import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tda.datasets import (
    make_circle,
    make_flat_torus,
    make_klein_bottle,
    make_projective_plane,
    make_sphere,
    make_swiss_roll,
    make_torus,
    make_trefoil_knot,
)
from tda.manifold import Curvature, mean_curvature_vector, sectional_curvature


def torus_angle(X, ring_radius=1.0):
    return np.arctan2(X[:, 2], np.hypot(X[:, 0], X[:, 1]) - ring_radius)


@pytest.mark.parametrize("radius", [0.5, 3.0])
def test_a_sphere_has_one_over_radius_squared(radius):
    X = make_sphere(1000, radius=radius, random_state=0).points
    model = Curvature().fit(X)
    assert model.dimension_ == 2
    np.testing.assert_allclose(model.sectional_curvature_ * radius**2, 1, atol=0.01)
    np.testing.assert_allclose(model.mean_curvature_ * radius, 1, atol=0.01)
    np.testing.assert_allclose(model.mean_curvature_vector_, -X / radius**2, atol=0.01 / radius)
    np.testing.assert_allclose(np.einsum("ij,ijk->ik", X, model.frames_), 0, atol=0.01 * radius)


@pytest.mark.parametrize("n, within", [(1000, 0.03), (3000, 0.005)])
def test_a_torus_has_its_known_curvature(n, within):
    X = make_torus(n, random_state=0).points
    angle = torus_angle(X)
    gaussian = np.cos(angle) / (0.5 * (1 + 0.5 * np.cos(angle)))
    mean = np.abs(1 + 2 * 0.5 * np.cos(angle)) / (2 * 0.5 * (1 + 0.5 * np.cos(angle)))
    model = Curvature().fit(X)
    error = np.abs(model.sectional_curvature_ - gaussian)
    assert np.median(error) < within  # of values from -4 to 1.33
    assert error.mean() < 2 * within
    assert np.median(np.abs(model.mean_curvature_ - mean)) < within


def test_the_curvature_of_a_torus_comes_through_in_fifty_dimensions():
    X = make_torus(400, random_state=0).points
    Z = make_torus(400, ambient_dimension=50, random_state=0).points
    flat, high = Curvature().fit(X), Curvature().fit(Z)
    np.testing.assert_allclose(high.sectional_curvature_, flat.sectional_curvature_, atol=1e-6)
    np.testing.assert_allclose(high.standard_error_, flat.standard_error_, rtol=1e-4)


def test_what_is_rolled_without_stretching_is_flat():
    roll = Curvature().fit(make_swiss_roll(1500, random_state=0))
    assert np.median(np.abs(roll.sectional_curvature_)) < 1e-4
    assert np.median(roll.mean_curvature_) > 0.03  # 1 / (2 t), t from 5 to 14
    torus = Curvature().fit(make_flat_torus(1000, random_state=0))
    np.testing.assert_allclose(torus.sectional_curvature_, 0, atol=0.05)
    np.testing.assert_allclose(torus.mean_curvature_, np.sqrt(0.5), atol=0.02)


def test_codimension_above_one():
    # The Veronese surface on a 4-sphere of radius 1 has constant curvature 1 / 3.
    veronese = Curvature().fit(make_projective_plane(1000, random_state=0))
    np.testing.assert_allclose(veronese.sectional_curvature_, 1 / 3, atol=0.02)


def test_a_klein_bottle_has_the_curvature_of_its_metric():
    X = make_klein_bottle(2000, random_state=0).points
    # Metric du^2 G(v) + r^2 dv^2, so K = -sqrt(G)'' / (r^2 sqrt(G)) (do Carmo), R = 1, r = 0.5.
    cosine = 2 * (np.hypot(X[:, 0], X[:, 1]) - 1)
    v = np.arccos(np.clip(cosine, -1, 1))
    step = 1e-3

    def length(v):
        return np.hypot(1 + 0.5 * np.cos(v), 0.25 * np.sin(v))

    second = (length(v + step) - 2 * length(v) + length(v - step)) / step**2
    error = np.abs(Curvature().fit(X).sectional_curvature_ + 4 * second / length(v))
    assert np.median(error) < 0.01


def test_higher_spheres_and_any_plane():
    X = make_sphere(1000, dimension=3, radius=2.0, random_state=0).points
    model = Curvature().fit(X)
    np.testing.assert_allclose(model.sectional_curvature_, 1 / 4, atol=0.02)
    np.testing.assert_allclose(model.scalar_curvature_, 6 / 4, atol=0.1)
    u, v = np.random.default_rng(0).normal(size=(2, 3))
    planes = sectional_curvature(model.second_form_, u, v)
    np.testing.assert_allclose(planes, 1 / 4, atol=0.05)


def test_a_product_has_flat_mixed_planes():
    # A sphere times a circle: of the three principal planes one is curved.
    sphere = make_sphere(1500, random_state=0).points
    circle = make_circle(1500, random_state=1).points
    model = Curvature(dimension=3).fit(np.hstack([sphere, circle]))
    assert np.median(np.abs(model.scalar_curvature_ - 2)) < 0.2


def test_curves_have_a_curvature_in_space_and_none_within():
    circle = Curvature().fit(make_circle(300, radius=2.0, random_state=0))
    assert circle.dimension_ == 1
    np.testing.assert_allclose(circle.mean_curvature_, 0.5, atol=1e-4)
    np.testing.assert_array_equal(circle.sectional_curvature_, 0)
    t = np.linspace(0, 20, 800)
    helix = np.column_stack([3 * np.cos(t), 3 * np.sin(t), 4 * t])
    np.testing.assert_allclose(
        Curvature(dimension=1).fit(helix).mean_curvature_[20:-20], 3 / 25, rtol=1e-4
    )
    knot = Curvature(dimension=1).fit(make_trefoil_knot(2000, random_state=0))
    assert (knot.mean_curvature_ > 0).all()


def test_gauss_equation_by_hand():
    rng = np.random.default_rng(0)
    form = rng.normal(size=(3, 3, 5))
    form = form + form.swapaxes(0, 1)
    e = np.eye(3)
    by_hand = form[0, 0] @ form[2, 2] - form[0, 2] @ form[0, 2]
    assert sectional_curvature(form, e[0], e[2]) == pytest.approx(by_hand)
    # The same plane by other vectors.
    assert sectional_curvature(form, e[0] + 2 * e[2], 3 * e[0] - e[2]) == pytest.approx(by_hand)
    np.testing.assert_allclose(mean_curvature_vector(form), np.trace(form) / 3)


@pytest.mark.parametrize("ambient_dimension", [None, 10])
def test_standard_errors_cover_what_noise_does(ambient_dimension):
    X = make_sphere(1500, noise=0.02, ambient_dimension=ambient_dimension, random_state=0)
    model = Curvature(dimension=2, n_neighbors=150).fit(X)
    error = model.sectional_curvature_ - 1
    assert np.mean(np.abs(error) < 1.96 * model.standard_error_) > 0.9
    assert np.median(model.standard_error_) < 3 * np.median(np.abs(error))
    # Noise alone would make curvature in many normal directions; what is taken off keeps 1.
    assert abs(error.mean()) < 0.1


def test_auto_takes_more_neighbours_under_noise():
    quiet = Curvature(dimension=2).fit(make_torus(1000, random_state=0))
    X = make_torus(1000, noise=0.02, random_state=0)
    noisy = Curvature(dimension=2).fit(X)
    assert quiet.n_neighbors_ < 30 < 60 < noisy.n_neighbors_
    angle = torus_angle(X.points)
    true = np.cos(angle) / (0.5 * (1 + 0.5 * np.cos(angle)))

    def error(model):
        return np.median(np.abs(model.sectional_curvature_ - true))

    assert error(noisy) < 0.5 < error(Curvature(dimension=2, n_neighbors=30).fit(X))


def test_flat_space_is_flat_and_said_to_be():
    X = np.random.default_rng(0).random((300, 3))
    with pytest.warns(UserWarning, match=r"dimension=2"):
        model = Curvature().fit(X)
    assert not model.sectional_curvature_.any()
    assert model.frames_.shape == (300, 3, 3)
    plane = np.column_stack([X[:, :2], X[:, 0] + X[:, 1]])
    np.testing.assert_allclose(Curvature(dimension=2).fit(plane).sectional_curvature_, 0, atol=1e-8)


def test_copies_change_nothing():
    X = make_sphere(300, random_state=0).points
    once, thrice = Curvature().fit(X), Curvature().fit(np.repeat(X, 3, axis=0))
    np.testing.assert_array_equal(thrice.sectional_curvature_, once.sectional_curvature_.repeat(3))


def test_errors_say_what_to_do():
    X = make_sphere(200, random_state=0).points
    with pytest.raises(ValueError, match="n_neighbors=10, but a polynomial of degree 4"):
        Curvature(dimension=2, n_neighbors=10).fit(X)
    with pytest.raises(ValueError, match="X has 12 distinct points, but a polynomial"):
        Curvature(dimension=2, degree=4).fit(X[:12])
    with pytest.raises(ValueError, match="dimension=4, but the points of X have 3"):
        Curvature(dimension=4).fit(X)


def test_where_the_fit_has_no_support_a_warning_says_so():
    digits = load_digits().data[:300]
    with pytest.warns(UserWarning, match="No curvature of X is significant"):
        Curvature(dimension=4, n_neighbors=40, degree=2).fit(digits)
    noise = np.random.default_rng(0).normal(size=(300, 6))
    with pytest.warns(UserWarning, match="No curvature of X is significant"):
        Curvature(dimension=2).fit(noise)


def test_noise_that_hides_curvature_from_degree_4_leaves_it_to_degree_2():
    X = make_torus(1000, noise=0.1, random_state=0).points
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Curvature(dimension=2).fit(X)
    assert model.degree_ == 2
    outside = np.hypot(X[:, 0], X[:, 1]) > 1
    assert np.median(model.sectional_curvature_[outside]) > 0
    assert np.median(model.sectional_curvature_[~outside]) < 0
    # Half of the errors are below that of a sphere as small as the neighbourhood.
    assert np.median(model.standard_error_) < 4
    assert Curvature().fit(make_torus(500, random_state=0).points).degree_ == 4


@pytest.mark.parametrize("power", [400, -400])
def test_curvature_goes_with_the_inverse_square_of_any_scale(power):
    X = make_sphere(200, random_state=0).points
    plain, scaled = (
        Curvature(dimension=2, degree=2, n_neighbors=15).fit(points)
        for points in (X, np.ldexp(X, power))
    )
    for name, q in (("sectional_curvature_", 2), ("standard_error_", 2), ("mean_curvature_", 1)):
        expected = np.ldexp(getattr(plain, name), -q * power)
        np.testing.assert_allclose(getattr(scaled, name), expected, rtol=1e-9)
