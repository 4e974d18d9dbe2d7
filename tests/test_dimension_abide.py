import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from tda._neighbors import neighbor_graph
from tda.datasets import make_sphere
from tda.dimension import ABIDE, BID
from tda.dimension._abide import _count_inner, constant_density_sizes, density_gaps
from tda.dimension._bid import bid_dimension

REFERENCE = json.loads((Path(__file__).parent / "reference/dimension_abide.json").read_text())


def torus(n, d, seed):
    t = np.random.default_rng(seed).uniform(0, 2 * np.pi, (n, d))
    return np.hstack([np.cos(t), np.sin(t)])


def slow_sizes(distances, indices, d, level):
    """The test as it is written: one density or two for k points in each of two volumes."""
    sizes = []
    for i in range(len(distances)):
        for k in range(3, distances.shape[1]):
            own, other = distances[i, k - 1] ** d, distances[indices[i, k], k - 1] ** d
            apart = k * np.log(k / own) + k * np.log(k / other)
            together = 2 * k * np.log(2 * k / (own + other))
            if 2 * (apart - together) >= chi2.isf(level, 1):
                break
        else:
            k = distances.shape[1] - 1
        sizes.append(k)
    return np.array(sizes)


@pytest.mark.parametrize("n_neighbors, level, dimensions, sizes", REFERENCE["runs"])
def test_every_round_is_dadapys(n_neighbors, level, dimensions, sizes):
    graph = neighbor_graph(np.array(REFERENCE["X"]), n_neighbors)
    gaps = density_gaps(np.log(graph.distances), graph.indices)
    for i, (before, after) in enumerate(pairwise(dimensions)):
        found = constant_density_sizes(gaps, before, chi2.isf(level, 1))
        np.testing.assert_array_equal(found, sizes[i])
        ratio = 0.2032 ** (1 / before)  # as many digits as theirs
        inner = _count_inner(graph.distances, found, ratio)
        assert bid_dimension(inner, found - 1, ratio)[0] == pytest.approx(after)
    fitted = ABIDE(n_neighbors=n_neighbors, level=level).fit(REFERENCE["X"])
    assert fitted.dimension_ == pytest.approx(dimensions[-1], rel=5e-3)


@pytest.mark.parametrize("level", [0.3, 0.01])
def test_sizes_are_those_of_the_ratio_of_likelihoods(level):
    X = np.random.default_rng(0).exponential(size=(150, 2))
    graph = neighbor_graph(X, 40)
    gaps = density_gaps(np.log(graph.distances), graph.indices)
    found = constant_density_sizes(gaps, 2.3, chi2.isf(level, 1))
    np.testing.assert_array_equal(found, slow_sizes(*graph, 2.3, level))
    assert 3 <= found.min() < found.max() <= 39


def test_the_answer_agrees_with_itself():
    X = np.random.default_rng(1).exponential(size=(600, 2))
    fitted = ABIDE(n_neighbors=60, level=0.05).fit(X)
    graph = neighbor_graph(X, 60)
    sizes = slow_sizes(*graph, fitted.dimension_, 0.05)
    assert np.mean(sizes == fitted.neighborhood_sizes_) > 0.98
    reach = graph.distances[np.arange(600), fitted.neighborhood_sizes_ - 1]
    inner = (graph.distances < fitted.ratio_ * reach[:, None]).sum()
    share = inner / (fitted.neighborhood_sizes_ - 1).sum()
    assert fitted.dimension_ == pytest.approx(np.log(share) / np.log(fitted.ratio_))
    assert fitted.ratio_ == pytest.approx(0.2032 ** (1 / fitted.dimension_), rel=0.01)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_flat_tori(d):
    fitted = ABIDE(n_neighbors=30).fit(torus(3000, d, d))
    assert fitted.dimension_ == pytest.approx(d, rel=0.04)
    assert np.median(fitted.local_dimension_) == pytest.approx(d, rel=0.1)
    assert fitted.interval_[0] < fitted.dimension_ < fitted.interval_[1]


def test_neighbourhoods_end_where_the_density_changes():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.uniform(0, 1, 900), rng.uniform(1, 31, 900)])[:, None]
    sizes = ABIDE(n_neighbors=80).fit(X).neighborhood_sizes_
    beyond = (X[:, 0] > 1) & (X[:, 0] < 1.5)
    inside = np.abs(X[:, 0] - 0.5) < 0.3
    assert sizes[beyond].mean() < 0.7 * sizes[inside].mean()


def test_where_the_density_is_uneven_it_beats_one_size_for_all():
    rng = np.random.default_rng(0)
    scale = np.exp(3 * rng.integers(0, 2, 3000))  # a dense spot in a thin cloud
    X = rng.normal(size=(3000, 2)) * scale[:, None]
    adaptive = ABIDE(n_neighbors=100).fit(X).dimension_
    fixed = BID(n_neighbors=100).fit(X).dimension_
    assert abs(adaptive - 2) < 0.7 * abs(fixed - 2)


def test_the_error_is_the_spread_over_samples():
    fits = [ABIDE(n_neighbors=20).fit(torus(400, 2, seed)) for seed in range(80)]
    spread = np.std([fit.dimension_ for fit in fits])
    assert np.mean([fit.standard_error_ for fit in fits]) == pytest.approx(spread, rel=0.4)


def test_the_statistic_is_about_chi_squared_where_the_density_is_one():
    # Of points far apart, whose neighbourhoods share no point.
    rng = np.random.default_rng(0)
    k = 12
    gaps = np.log(rng.gamma(k, size=(20_000, 2)))  # d log r: volumes of k Poisson points
    statistic = 4 * k * np.log(np.cosh((gaps[:, 0] - gaps[:, 1]) / 2))
    assert kstest(statistic, chi2(1).cdf).statistic < 0.03


def test_few_points_and_equal_rows():
    few = ABIDE().fit(make_sphere(12, random_state=0))
    assert few.neighborhood_sizes_.shape == (12,) and few.dimension_ > 0
    fitted = ABIDE().fit(np.repeat(torus(60, 1, 0), 2, axis=0))
    assert fitted.neighborhood_sizes_.shape == (120,)
    with pytest.raises(ValueError, match="at least 4"):
        ABIDE().fit([[0.0], [1.0], [3.0]])
