import numpy as np
import pytest

from tda.datasets import make_sphere
from tda.dimension import TwoNN
from tda.dimension._two_nn import two_nn_dimension


@pytest.mark.parametrize("d", [1, 2, 5, 20])
@pytest.mark.parametrize("method", ["fit", "mle"])
def test_ratios_of_their_own_law_give_its_dimension(d, method):
    # The ratio is Pareto: P(r > x) = x ** -d (Facco et al. 2017); the error is d / sqrt(n).
    ratios = np.random.default_rng(d).pareto(d, 20_000) + 1
    tolerance = 4 * d / np.sqrt(20_000)
    assert two_nn_dimension(ratios, method=method) == pytest.approx(d, abs=tolerance)


def test_the_fit_ignores_a_tail_and_the_mle_does_not():
    ratios = np.random.default_rng(0).pareto(2, 5000) + 1
    ratios[np.argsort(ratios)[-250:]] *= 1000
    assert two_nn_dimension(ratios) == pytest.approx(2, abs=0.15)
    assert two_nn_dimension(ratios, method="mle") < 1.5


def test_all_ratios_one_is_infinite():
    assert two_nn_dimension(np.ones(10)) == np.inf
    assert two_nn_dimension(np.ones(10), method="mle") == np.inf


def test_sphere_everywhere():
    fitted = TwoNN(n_neighbors=50).fit(make_sphere(3000, random_state=0))
    # Over seeds the answers spread by 0.05, more than by independent ratios.
    assert fitted.dimension_ == pytest.approx(2, abs=0.15)
    assert np.median(fitted.local_dimension_) == pytest.approx(2, abs=0.15)


def test_a_line_and_a_ball_in_one_cloud_are_told_apart_at_their_points():
    rng = np.random.default_rng(0)
    line = np.column_stack([rng.uniform(2, 9, 500), np.zeros((500, 2))])
    ball = rng.normal(size=(500, 3)) / 3
    fitted = TwoNN(method="mle", n_neighbors=60).fit(np.vstack([line, ball]))
    queries = [[5.0, 0.0, 0.0], [0.0, 0.1, 0.0]]
    near_line, near_ball = fitted.transform(queries)[:, 0]
    assert near_line < 1.5 and near_ball > 2.2


def test_points_without_a_dimension_are_told():
    """All others are at distance 1, so that no ratio tells anything."""
    with pytest.warns(UserWarning, match=r"TwoNN gives no dimension at 8 of 8 points of X"):
        fitted = TwoNN(metric="precomputed").fit(1 - np.eye(8))
    assert not np.isfinite(fitted.local_dimension_).any()
