"""Distances at the ends of their range: high powers, extreme scales, hostile bars."""

from itertools import permutations

import numpy as np
import pytest

from tda import Diagram, Diagrams, two_sample_test
from tda.distances import (
    bottleneck_distance,
    frechet_mean,
    pairwise_distances,
    pairwise_kernels,
    wasserstein_distance,
    wasserstein_matching,
)
from tda.distances._pairwise import DISTANCES

INF = np.inf
#: Powers of two, so that scaling changes no digit: about 1e199 and 1e-199.
FAR = (2.0**660, 2.0**-660)


def p_norm(values, p):
    """In long doubles and units of the largest one."""
    values = np.abs(values).astype(np.longdouble)
    top = values.max(axis=-1)
    if p == INF:
        return top
    parts = values / np.where(top > 0, top, 1)[..., None]
    return top * (parts ** np.longdouble(p)).sum(axis=-1) ** (1 / np.longdouble(p))


def by_definition(A, B, order, internal_p):
    """The least norm of the ways over all matchings of a few bars."""
    n, m = len(A), len(B)
    ways = np.zeros((n + m, n + m), dtype=np.longdouble)
    for i in range(n + m):
        for j in range(n + m):
            if i < n and j < m:
                ways[i, j] = p_norm(A[i] - B[j], internal_p)
            elif i < n or j < m:
                bar = A[i] if i < n else B[j]
                ways[i, j] = p_norm(bar - bar.mean(), internal_p)
    rows = np.arange(n + m)
    return float(p_norm(ways[rows, np.array(list(permutations(rows)))], order).min())


def few_bars(rng, n):
    kind = rng.integers(3)
    if kind == 0:
        births, lengths = rng.random(n), 0.01 + rng.random(n)
    elif kind == 1:
        births, lengths = rng.integers(0, 3, n), rng.integers(1, 4, n)
    else:  # many sizes
        births, lengths = 10.0 ** rng.uniform(-6, 0, n), 10.0 ** rng.uniform(-5, 1, n)
    return np.column_stack([births, births + lengths]).astype(float)


@pytest.mark.parametrize("order", [1, 2, 5, 50, INF])
def test_any_ground_norm_any_order_any_scale_is_the_definition(order):
    rng = np.random.default_rng(int(min(order, 99)))
    for case in range(40):
        A, B = few_bars(rng, rng.integers(1, 4)), few_bars(rng, rng.integers(0, 4))
        if case % 3 == 0:
            B = A + 1e-3 * A.min(where=A > 0, initial=1.0) * rng.normal(size=A.shape)
            B = np.sort(B, axis=1)
        internal_p = (1, 2, INF)[case % 3] if case % 2 else rng.uniform(1, 200)
        scale = (1.0, *FAR)[case % 3]
        if order == INF:
            internal_p = INF
            found = [bottleneck_distance(A * scale, B * scale)]
        else:
            options = {"order": order, "internal_p": internal_p}
            found = [
                wasserstein_distance(A * scale, B * scale, **options, delta=delta)
                for delta in (0.0, 0.05)
            ]
        exact = by_definition(A, B, order, internal_p)
        assert found[0] / scale == pytest.approx(exact, rel=1e-9, abs=0)
        assert exact * (1 - 1e-9) <= found[-1] / scale <= 1.05 * exact * (1 + 1e-9)


def test_high_powers_are_neither_lost_nor_infinite():
    long, longer = [[0.0, 1000.0]], [[0.0, 1500.0]]
    assert wasserstein_distance(long, longer, internal_p=150) == 500.0
    assert wasserstein_distance([[0, 1.0]], [[0, 1.0005]], internal_p=100) == pytest.approx(5e-4)
    assert wasserstein_distance(long, longer, internal_p=150, delta=0.1) == 500.0


def test_a_high_order_sees_small_ways_of_long_bars():
    # Beside the 50th power of ten, those of .001 and .5 are nothing; a matching depends on them.
    A, B = [[0, 10.0], [0, 10.5]], [[0, 10.001], [0, 10.501]]
    matching = wasserstein_matching(A, B, order=50)
    assert matching.pairs.tolist() == [[0, 0], [1, 1]]
    assert matching.distance == pytest.approx(0.001 * 2 ** (1 / 50))


@pytest.mark.parametrize("order", [1, 2, 5, 20])
@pytest.mark.parametrize("noise", [1e-3, 1e-9])
def test_delta_ends_for_near_diagrams_and_high_orders(order, noise):
    rng = np.random.default_rng(0)
    births = rng.random(60)
    A = np.column_stack([births, births + 0.1 + rng.exponential(0.1, 60)])
    B = A + noise * rng.normal(size=A.shape)
    exact = wasserstein_distance(A, B, order=order)
    assert exact * (1 - 1e-9) <= wasserstein_distance(A, B, order=order, delta=0.1) <= 1.1 * exact


def test_delta_that_cannot_help_is_refused_by_name(monkeypatch):
    monkeypatch.setattr("tda.distances._wasserstein.MOST_PAIRS", 3)
    A = np.array([[0, 1.0], [0, 2.0]])
    with pytest.raises(ValueError, match=r"delta=0\.1 with order=20"):
        wasserstein_distance(A, A + [0, 1e-9], order=20, delta=0.1)


def samples(scale, n_bars=8):
    rng = np.random.default_rng(0)
    diagrams = []
    for _ in range(4):
        births = rng.random(n_bars)
        deaths = births + rng.random(n_bars)
        diagrams.append(Diagram(scale * births, scale * deaths, rng.integers(0, 2, n_bars)))
    return Diagrams(diagrams)


#: In which power of the unit a distance is.
POWERS = {"fisher": 0.0, "image": 0.0, "heat": -1.0, "landscape": 1.5, "silhouette": 1.5}


@pytest.mark.parametrize("scale", FAR)
@pytest.mark.parametrize("metric", sorted(DISTANCES))
def test_distances_scale_with_their_diagrams(metric, scale):
    methods = ["grid", "exact"] if "method" in DISTANCES[metric].options else [None]
    for method in methods:
        options = {} if method is None else {"method": method}
        near, far = (pairwise_distances(samples(s), metric=metric, **options) for s in (1, scale))
        half = scale ** (POWERS.get(metric, 1.0) / 2)
        assert np.allclose(far / half / half, near, rtol=1e-12, atol=0)
        assert (near > 0).sum() == 12


@pytest.mark.parametrize("metric", sorted(DISTANCES))
def test_distances_do_not_know_where_zero_is(metric):
    one = samples(1.0)
    far = Diagrams(Diagram(d.births + 1e8, d.deaths + 1e8, d.dims) for d in one)
    for method in ["grid", "exact"] if "method" in DISTANCES[metric].options else [None]:
        options = {} if method is None else {"method": method}
        near, moved = (pairwise_distances(X, metric=metric, **options) for X in (one, far))
        # 1e8 has neighbours 1.5e-8 away; on a grid the nodes lie elsewhere.
        assert np.allclose(moved, near, rtol=2e-2 if method == "grid" else 1e-5, atol=0)


@pytest.mark.parametrize("metric", ["landscape", "sliced_wasserstein", "heat", "image"])
def test_grids_that_are_finer_than_the_floats_are_refused(metric):
    births = 1e17 + np.array([0.0, 64.0])
    X = Diagrams([Diagram(births, births + 16, [0, 0]), Diagram(births, births + 32, [0, 0])])
    with pytest.raises(ValueError, match='method="exact"'):
        pairwise_distances(X, metric=metric)
    assert pairwise_distances(X, metric=metric, method="exact")[0, 1] > 0


@pytest.mark.parametrize("scale", FAR)
@pytest.mark.parametrize("kernel", ["sliced_wasserstein", "fisher", "weighted_gaussian"])
def test_kernels_do_not_know_the_scale(kernel, scale):
    near, far = (pairwise_kernels(samples(s), kernel=kernel) for s in (1, scale))
    assert np.allclose(near, far, rtol=1e-12, atol=0)


@pytest.mark.parametrize("scale", FAR)
@pytest.mark.parametrize(
    ("metric", "options"),
    [
        ("landscape", {"order": 1.0}),
        ("landscape", {"order": 1.0, "method": "exact"}),
        ("silhouette", {"order": 1.0}),
        ("image", {"weight_power": 3.0}),
    ],
)
def test_values_out_of_range_are_refused_not_zero_or_infinite(metric, options, scale):
    with pytest.raises(ValueError, match="out of the range of floating point"):
        pairwise_distances(samples(scale), metric=metric, **options)


@pytest.mark.parametrize("metric", sorted(DISTANCES))
def test_a_sample_far_beyond_the_others_is_answered_or_refused(metric):
    one, far = samples(1.0), samples(1e250)
    try:
        distances = pairwise_distances(far, one, metric=metric)
    except ValueError as error:
        assert "scale" in str(error) or 'method="exact"' in str(error)
    else:
        assert np.isfinite(distances).all() and (distances > 0).all()
    with pytest.raises(ValueError, match="divide the diagrams by their scale"):
        pairwise_distances(samples(1e302), metric=metric)


@pytest.mark.parametrize("scale", [2.0**400, 2.0**-400])
def test_means_and_tests_scale_with_their_diagrams(scale):
    near, far = (frechet_mean(samples(s), random_state=0) for s in (1.0, scale))
    assert np.array_equal(near.diagram.births * scale, far.diagram.births)
    assert near.variance * scale * scale == pytest.approx(far.variance, rel=1e-12)
    tests = [
        two_sample_test(
            samples(s), samples(2 * s), n_permutations=50, essential="drop", random_state=0
        )
        for s in (1.0, scale)
    ]
    assert tests[0].p_value == tests[1].p_value
    assert tests[0].statistic * scale * scale == pytest.approx(tests[1].statistic, rel=1e-12)


@pytest.mark.parametrize("scale", FAR)
def test_a_variance_out_of_range_is_refused(scale):
    with pytest.raises(ValueError, match="out of the range"):
        frechet_mean(samples(scale), random_state=0)
    with pytest.raises(ValueError, match="out of the range"):
        two_sample_test(samples(scale), samples(2 * scale), n_permutations=9, random_state=0)
