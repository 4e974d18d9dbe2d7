import json
from pathlib import Path

import numpy as np
import pytest

from tda._neighbors import neighbor_graph
from tda.dimension import BID
from tda.dimension._bid import bid_dimension

REFERENCE = json.loads((Path(__file__).parent / "reference/dimension_bid.json").read_text())


@pytest.mark.parametrize("n_neighbors, ratio, dimension, error", REFERENCE["runs"])
def test_dimension_and_error_are_dadapys(n_neighbors, ratio, dimension, error):
    X = np.array(REFERENCE["X"])
    assert BID(n_neighbors=n_neighbors, ratio=ratio).fit(X).dimension_ == pytest.approx(dimension)
    # Their error is the bound for independent counts, which the function gives.
    distances = neighbor_graph(X, n_neighbors).distances
    inner = (distances[:, :-1] <= ratio * distances[:, -1:]).sum(axis=1)
    assert bid_dimension(inner, n_neighbors - 1, ratio) == pytest.approx((dimension, error))


@pytest.mark.parametrize("d", [1, 3, 8])
@pytest.mark.parametrize("ratio", [0.5, 0.8])
def test_counts_of_their_own_law_give_its_dimension_and_error(d, ratio):
    rng = np.random.default_rng(d)
    answers = [bid_dimension(rng.binomial(99, ratio**d, 100), 99, ratio) for _ in range(200)]
    dimensions, errors = np.transpose(answers)
    assert dimensions.mean() == pytest.approx(d, abs=4 * errors.mean() / np.sqrt(200) + 0.02)
    assert dimensions.std() == pytest.approx(errors.mean(), rel=0.2)  # of 200 values: 5%


@pytest.mark.parametrize("d", [1, 2, 5])
def test_flat_tori_everywhere(d):
    # On a torus there is no border; what is left is noise and, for d = 5, curvature.
    X = np.random.default_rng(d).uniform(0, 2 * np.pi, (2000, d))
    flat = np.hstack([np.cos(X), np.sin(X)])
    fitted = BID(n_neighbors=20).fit(flat)
    assert fitted.dimension_ == pytest.approx(d, abs=0.1 * d)
    assert np.median(fitted.local_dimension_) == pytest.approx(d, abs=0.15 * d)
    low, high = fitted.interval_
    assert low < fitted.dimension_ < high
    assert high - low == pytest.approx(2 * 1.96 * fitted.standard_error_, rel=0.02)


def test_the_error_is_the_spread_over_samples():
    rng = np.random.default_rng(0)
    fits = []
    for _ in range(100):
        t = rng.uniform(0, 2 * np.pi, (400, 2))
        fits.append(BID(n_neighbors=15).fit(np.hstack([np.cos(t), np.sin(t)])))
    spread = np.std([fit.dimension_ for fit in fits])
    errors = [fit.standard_error_ for fit in fits]
    # of 100 samples a spread is known to 7%; independent counts would give a half
    assert np.mean(errors) == pytest.approx(spread, rel=0.3)


def test_few_points_have_the_interval_of_independent_counts():
    fitted = BID(n_neighbors=10).fit(np.random.default_rng(0).normal(size=(20, 2)))
    assert fitted.interval_[0] < fitted.dimension_ < fitted.interval_[1]


def test_the_best_ratio_leaves_a_fifth_of_the_points():
    X = np.random.default_rng(0).normal(size=(1000, 4))
    fitted = BID().fit(X)
    assert fitted.ratio_**fitted.dimension_ == pytest.approx(0.203, abs=0.01)


def test_a_larger_neighborhood_sees_through_noise():
    rng = np.random.default_rng(0)
    t = rng.uniform(0, 2 * np.pi, 2000)
    X = np.column_stack([np.cos(t), np.sin(t)]) + 0.02 * rng.normal(size=(2000, 2))
    near, far = BID(n_neighbors=10).fit(X), BID(n_neighbors=400).fit(X)
    assert near.dimension_ > 1.6 and far.dimension_ < 1.1


def test_no_point_inside_is_infinite_and_all_inside_is_zero():
    assert bid_dimension([0, 0], 5, 0.5)[0] == np.inf
    assert bid_dimension([5, 5], 5, 0.5)[0] == 0
    fitted = BID(ratio=0.9, n_neighbors=3).fit(np.eye(6))
    assert fitted.dimension_ == np.inf
    assert fitted.interval_[0] > 0 and fitted.interval_[1] == np.inf
