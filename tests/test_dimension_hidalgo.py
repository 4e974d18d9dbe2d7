from itertools import product

import numpy as np
import pytest
from scipy.special import comb, gammaln, logsumexp

from tda._neighbors import neighbor_graph
from tda.dimension import Hidalgo
from tda.dimension._hidalgo import _log_sums, sample_mixture


def line_in_plate(n_line=300, n_plate=500, seed=0):
    rng = np.random.default_rng(seed)
    plate = np.column_stack([rng.random((n_plate, 2)), np.zeros(n_plate)])
    line = np.column_stack([np.full((n_line, 2), 0.5), 3 * rng.random(n_line)])
    return np.vstack([plate, line]), np.repeat([1, 0], [n_plate, n_line])


def log_posterior(labels, logs, neighbors, alikeness):
    """Of two components, dimensions and shares integrated out: gamma and beta functions."""
    n, q = neighbors.shape
    counts = np.bincount(labels, minlength=2)
    totals = np.bincount(labels, logs, 2)
    value = np.sum(gammaln(1 + counts) - (1 + counts) * np.log(1 + totals))
    value += gammaln(1 + counts).sum()
    same = (labels[neighbors] == labels[:, None]).sum(axis=1)
    value += (same * np.log(alikeness) + (q - same) * np.log(1 - alikeness)).sum()
    for size in counts[counts > 0]:
        ways = [
            comb(size - 1, s) * comb(n - size, q - s) * alikeness**s * (1 - alikeness) ** (q - s)
            for s in range(q + 1)
        ]
        value -= size * np.log(sum(ways))
    return value


def test_draws_have_the_law_of_all_labels_counted():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=5), 8 + rng.normal(size=4)])[:, None] ** 3
    graph = neighbor_graph(X, 2)
    logs = np.log(graph.distances[:, 1] / graph.distances[:, 0])
    every = np.array(list(product([0, 1], repeat=9)))
    weights = np.array([log_posterior(labels, logs, graph.indices, 0.7) for labels in every])
    weights = np.exp(weights - logsumexp(weights))
    truth = np.einsum("s,si,sj->ij", weights, every, every)
    truth += np.einsum("s,si,sj->ij", weights, 1 - every, 1 - every)
    sampler = sample_mixture(
        logs, graph.indices, np.zeros(9, dtype=int), 2, alikeness=0.7, rng=np.random.RandomState(0)
    )
    found, n_draws = np.zeros((9, 9)), 30_000
    for _ in range(n_draws):
        labels, _ = next(sampler)
        found += labels[:, None] == labels
    np.testing.assert_allclose(found / n_draws, truth, atol=0.02)


@pytest.mark.parametrize("n, q, z", [(10, 3, 0.8), (6, 2, 0.6)])
def test_the_sum_over_choices_of_neighbours(n, q, z):
    found = np.exp(_log_sums(n, q, z))
    for size in range(1, n + 1):
        ways = sum(
            comb(size - 1, s) * comb(n - size, q - s) * z**s * (1 - z) ** (q - s)
            for s in range(q + 1)
        )
        assert found[size] == pytest.approx(ways)


@pytest.mark.parametrize("seed", range(2))
def test_a_line_and_a_plate_are_told_apart(seed):
    X, truth = line_in_plate(seed=seed)
    fitted = Hidalgo(random_state=seed, n_draws=200, n_burn_in=200).fit(X)
    assert list(fitted.dimensions_.round()) == [1, 2]
    assert np.mean(fitted.labels_ == truth) > 0.75
    assert fitted.shares_.sum() == pytest.approx(1)
    np.testing.assert_allclose(fitted.posterior_.sum(axis=1), 1)
    assert np.median(fitted.local_dimension_[truth == 0]) < 1.3
    assert np.median(fitted.local_dimension_[truth == 1]) > 1.7
    for (low, high), d in zip(fitted.dimension_intervals_, fitted.dimensions_, strict=True):
        assert low < d < high


def test_one_component_is_the_posterior_of_two_nn():
    X = np.random.default_rng(0).random((400, 3))
    fitted = Hidalgo(n_components=1, random_state=0, n_burn_in=0, n_draws=2000).fit(X)
    distances = neighbor_graph(X, 2).distances
    shape, rate = 401, 1 + np.log(distances[:, 1] / distances[:, 0]).sum()
    assert fitted.dimension_ == pytest.approx(shape / rate, rel=0.01)
    assert fitted.standard_error_ == pytest.approx(np.sqrt(shape) / rate, rel=0.1)
    assert (fitted.posterior_ == 1).all()


def test_equal_rows_seeds_and_equal_points():
    X, _ = line_in_plate(60, 60)
    fits = [Hidalgo(random_state=s, n_draws=20, n_burn_in=5).fit(np.vstack([X, X])) for s in (3, 3)]
    np.testing.assert_array_equal(fits[0].posterior_, fits[1].posterior_)
    assert fits[0].posterior_.shape == (240, 2)
    np.testing.assert_array_equal(fits[0].labels_[:120], fits[0].labels_[120:])
    assert Hidalgo().fit(np.zeros((5, 2))).dimension_ == 0
