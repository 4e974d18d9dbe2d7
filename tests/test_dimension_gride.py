import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import beta

from tda.datasets import make_sphere, make_swiss_roll
from tda.dimension import Gride, TwoNN
from tda.dimension._gride import gride_dimension


def likelihood(d, near, far, n1, n2):
    """Of u = (near / far) ** d ~ Beta(n1, n2 - n1), in the variable far / near."""
    ratios = near / far
    return np.sum(beta.logpdf(ratios**d, n1, n2 - n1) + np.log(d * ratios ** (d + 1)))


@pytest.mark.parametrize("n1, n2", [(1, 2), (2, 4), (3, 4), (1, 9), (20, 40)])
@pytest.mark.parametrize("d", [0.7, 3, 30])
def test_the_likelihood_less_a_point_has_its_maximum_there(n1, n2, d):
    near = np.random.default_rng(n1).beta(n1, n2 - n1, 500) ** (1 / d)
    far = np.ones(500)
    found, standard_error = gride_dimension(near, far, n1, n2)
    best = minimize_scalar(
        lambda d: np.log(d) - likelihood(d, near, far, n1, n2), bounds=(0.1, 100), method="bounded"
    )
    assert found == pytest.approx(best.x, rel=1e-4)
    # The information is the curvature there.
    h = 1e-3 * found
    around = [likelihood(found + k * h, near, far, n1, n2) for k in (-1, 0, 1)]
    curvature = -np.diff(around, 2)[0] / h**2
    assert standard_error == pytest.approx(curvature**-0.5, rel=1e-3)


@pytest.mark.parametrize("n1, n2", [(1, 2), (2, 4), (8, 16)])
def test_the_standard_error_is_the_spread_of_independent_ratios(n1, n2):
    near = np.random.default_rng(0).beta(n1, n2 - n1, (2000, 300)) ** (1 / 5)
    found, standard_error = gride_dimension(near, np.ones_like(near), n1, n2)
    assert found.shape == standard_error.shape == (2000,)
    assert found.mean() == pytest.approx(5, abs=0.05)
    assert standard_error.mean() == pytest.approx(found.std(), rel=0.05)


def test_rows_are_solved_as_each_alone():
    near = np.random.default_rng(0).beta(2, 2, (4, 30)) ** (1 / np.array([[1], [2], [9], [50]]))
    together = gride_dimension(near, np.ones_like(near), 2, 4)
    alone = np.transpose([gride_dimension(row, np.ones(30), 2, 4) for row in near])
    np.testing.assert_allclose(together, alone, rtol=1e-9)


@pytest.mark.parametrize("n2", [2, 4])
def test_equal_distances_are_infinite_in_dimension(n2):
    assert gride_dimension(np.ones(10), np.ones(10), 1, n2) == (np.inf, np.inf)


def test_neighbours_out_of_order_are_an_error():
    with pytest.raises(ValueError, match="n1=4 and n2=4"):
        gride_dimension([1.0], [2.0], 4, 4)
    with pytest.raises(ValueError, match="n1=3 and n2=2"):
        Gride(n1=3, n2=2).fit(make_sphere(30, random_state=0))


def test_one_and_two_are_two_nn():
    X = make_sphere(500, random_state=0).points
    one, other = Gride(n1=1).fit(X), TwoNN(method="mle").fit(X)
    assert one.dimension_ == pytest.approx(other.dimension_)
    assert one.standard_error_ == pytest.approx(other.standard_error_, rel=0.01)
    np.testing.assert_allclose(one.local_dimension_, other.local_dimension_)


def test_the_curve_sees_noise_below_its_scale_and_the_sheet_above():
    rng = np.random.default_rng(0)
    roll = make_swiss_roll(3000, random_state=0).points
    noisy = np.hstack([roll, np.zeros((3000, 7))]) + rng.normal(scale=0.3, size=(3000, 10))
    fitted = Gride(n1=32, max_scale=32).fit(noisy)
    np.testing.assert_array_equal(fitted.scales_, [1, 2, 4, 8, 16, 32])
    assert fitted.dimensions_[0] > 4 and fitted.dimensions_[-1] < 3
    assert fitted.dimensions_[-1] == fitted.dimension_
    assert (np.diff(fitted.distances_) > 0).all() and fitted.distances_[0] > 0.3


def test_few_points_have_a_short_curve():
    X = make_sphere(10, random_state=0).points
    np.testing.assert_array_equal(Gride().fit(X).scales_, [1, 2, 4])
    assert Gride().fit(np.zeros((4, 3))).dimensions_.shape == (0,)
