import numpy as np
import pytest
from scipy.stats import gumbel_r

from tda.dimension import L2N2
from tda.dimension._l2n2 import l2n2_dimension


@pytest.mark.parametrize("d", [0.5, 2, 7, 40])
@pytest.mark.parametrize("n", [2, 5, 50])
def test_of_independent_ratios_it_is_free_of_bias(d, n):
    rng = np.random.default_rng(n)
    ratios = np.exp(rng.exponential(1 / d, (20_000, n)))  # Pareto, as under constant density
    found = np.array([l2n2_dimension(row) for row in ratios])
    if n > 2:  # of two the variance is infinite
        assert found.mean() == pytest.approx(d, rel=5 * found.std() / found.mean() / 20_000**0.5)
    # The double logarithm is a Gumbel variable, turned round and moved.
    logs = -np.log(np.log(ratios[:1000])).ravel()
    assert logs.mean() == pytest.approx(gumbel_r.mean(loc=np.log(d)), abs=0.15 if n == 2 else 0.1)


def test_its_error_is_that_of_a_gumbel_variable():
    rng = np.random.default_rng(0)
    ratios = np.exp(rng.exponential(1 / 3, (2000, 200)))
    found = np.array([l2n2_dimension(row) for row in ratios])
    assert found.std() == pytest.approx(3 * np.pi / np.sqrt(6 * 200), rel=0.08)


@pytest.mark.parametrize("d", [1, 2, 4])
def test_flat_tori(d):
    t = np.random.default_rng(d).uniform(0, 2 * np.pi, (3000, d))
    X = np.hstack([np.cos(t), np.sin(t)])
    fitted = L2N2().fit(X)
    low, high = fitted.interval_
    assert low < d < high and high - low < 0.25 * d
    assert np.median(fitted.local_dimension_) == pytest.approx(d, rel=0.15)


def test_the_error_is_the_spread_over_samples():
    rng = np.random.default_rng(0)
    fits = []
    for _ in range(100):
        t = rng.uniform(0, 2 * np.pi, (300, 2))
        fits.append(L2N2().fit(np.hstack([np.cos(t), np.sin(t)])))
    spread = np.std([fit.dimension_ for fit in fits])
    errors = [fit.standard_error_ for fit in fits]
    assert np.mean(errors) == pytest.approx(spread, rel=0.3)
    held = [fit.interval_[0] <= 2 <= fit.interval_[1] for fit in fits]
    assert np.mean(held) >= 0.87


@pytest.mark.parametrize("tail", [0.5, 2.0])
def test_any_density_has_the_same_limit(tail):
    # Pareto points have no bounded density and heavy tails: the dimension is still one.
    X = np.random.default_rng(0).pareto(tail, (20_000, 1))
    assert L2N2().fit(X).dimension_ == pytest.approx(1, abs=0.05)


def test_equal_distances_are_infinite_and_warned_of():
    with pytest.warns(UserWarning, match="equally far"):
        fitted = L2N2().fit(np.arange(50.0)[:, None])
    assert fitted.dimension_ == np.inf
