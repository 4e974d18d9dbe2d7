import numpy as np
import pytest
from scipy.integrate import quad

from tda.datasets import make_circle, make_flat_torus, make_klein_bottle, make_sphere, make_torus
from tda.manifold import VolumeDensity, ball_volume, manifold_volume, total_curvature


def test_balls():
    assert ball_volume(1, 2.0) == pytest.approx(4)
    np.testing.assert_allclose(ball_volume(2, [1, 3]), [np.pi, 9 * np.pi])
    assert ball_volume(3) == pytest.approx(4 / 3 * np.pi)


@pytest.mark.parametrize(
    "shape, volume, within",
    [
        (make_circle(1000, radius=3.0, random_state=0), 6 * np.pi, 0.02),
        (make_sphere(2000, radius=2.0, random_state=0), 16 * np.pi, 0.02),
        (make_sphere(2000, dimension=3, random_state=0), 2 * np.pi**2, 0.05),
        (make_torus(2000, random_state=0), 2 * np.pi**2, 0.02),
        (make_flat_torus(2000, radius=0.1, random_state=0), 0.04 * np.pi**2, 0.02),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_lengths_areas_and_volumes(shape, volume, within):
    found = manifold_volume(shape)
    assert found.dimension == shape.dimension
    assert found.volume == pytest.approx(volume, rel=within)
    assert abs(found.volume - volume) < 4 * found.standard_error + within * volume / 2


def test_the_area_does_not_depend_on_the_density():
    rng = np.random.default_rng(0)
    z = 1 - 2 * rng.beta(1, 2, 4000)  # twice as dense at the pole as on average
    angle = rng.uniform(0, 2 * np.pi, 4000)
    flat = np.sqrt(1 - z**2)
    X = np.column_stack([flat * np.cos(angle), flat * np.sin(angle), z])
    model = VolumeDensity(dimension=2).fit(X)
    assert model.volume_ == pytest.approx(4 * np.pi, rel=0.03)
    true = (1 + z) / (4 * np.pi)
    middle = true > 0.02
    assert np.mean(model.density_[middle] / true[middle]) == pytest.approx(1, abs=0.02)
    assert np.std(model.density_[middle] / true[middle]) < 1.2 / np.sqrt(20)


def test_the_volume_is_the_mean_of_reciprocal_densities_but_for_bias():
    X = make_sphere(500, random_state=0).points
    model = VolumeDensity().fit(X)
    ratio = 19 / 20 * 500 / 499
    np.testing.assert_allclose(model.volume_element_ * model.density_ * 500, ratio)
    assert model.volume_ == pytest.approx(model.volume_element_.sum())
    assert model.volume_ == pytest.approx(manifold_volume(X).volume)


def test_gauss_and_bonnet():
    sphere = total_curvature(make_sphere(1000, radius=5.0, random_state=0))
    assert sphere.total == pytest.approx(4 * np.pi, rel=0.02)
    torus = total_curvature(make_torus(1500, random_state=0))
    assert abs(torus.euler_characteristic) < 0.1 and abs(torus.total) < torus.standard_error
    bottle = total_curvature(make_klein_bottle(1000, random_state=0))
    assert abs(bottle.euler_characteristic) < 0.1
    # Bent, it stays 2: an ellipsoid, its points no longer even.
    egg = total_curvature(make_sphere(1500, random_state=0).points * [1, 1, 1.5])
    assert egg.euler_characteristic == pytest.approx(2, abs=0.1)


def test_the_area_of_an_ellipsoid():
    X = make_sphere(3000, random_state=0).points * [1, 1, 2]

    def ring(t):
        return 2 * np.pi * np.sin(t) * np.hypot(np.cos(t), 2 * np.sin(t))

    assert manifold_volume(X).volume == pytest.approx(quad(ring, 0, np.pi)[0], rel=0.02)


def test_copies_and_equal_points():
    X = make_circle(100, random_state=0).points
    once, twice = (VolumeDensity().fit(Y) for Y in (X, np.repeat(X, 2, axis=0)))
    assert twice.volume_ == once.volume_
    np.testing.assert_array_equal(twice.density_, once.density_.repeat(2))
    points = VolumeDensity().fit(np.ones((4, 2)))
    assert points.volume_ == 0 and np.isinf(points.density_).all()
    assert manifold_volume(np.ones((4, 2))) == (0, 0, 0)


def test_volumes_that_no_float_holds_are_refused():
    X = make_sphere(100, random_state=0).points * 1e120
    with pytest.raises(ValueError, match="divide X by its scale"):
        VolumeDensity(dimension=3).fit(X)
    with pytest.raises(ValueError, match="divide X by its scale"):
        manifold_volume(X * 1e-230, dimension=3)
    found, plain = (manifold_volume(points, dimension=2) for points in (X, X * 1e-120))
    np.testing.assert_allclose(found, [plain[0] * 1e240, plain[1] * 1e240, 2], rtol=1e-9)
