"""Bottleneck and Wasserstein: brute force, Hera, persim, the axioms of a metric, stability."""

from itertools import pairwise, permutations

import numpy as np
import persim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda import Diagram, alpha_diagram, cubical_diagram, rips_diagram
from tda.distances import (
    bottleneck_distance,
    bottleneck_matching,
    wasserstein_distance,
    wasserstein_matching,
)

INF = np.inf
EPS = np.finfo(float).eps

#: Bars of few distinct values, so that ties, equal bars and bars of no length are common.
TIED = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(lambda bar: [0.1 * v for v in bar])
GENERAL = st.tuples(st.floats(-1e3, 1e3, width=32), st.floats(-1e3, 1e3, width=32)).map(list)
ESSENTIAL = st.sampled_from([[0.0, INF], [0.5, INF], [1.0, -INF], [-INF, 0.3], [-INF, INF]])
FINITE = st.one_of(st.lists(TIED, max_size=6), st.lists(GENERAL, max_size=6))
BARS = st.tuples(FINITE, st.lists(ESSENTIAL, max_size=2)).map(
    lambda two: np.array(two[0] + two[1]).reshape(-1, 2)
)
quick = settings(max_examples=40, deadline=None, derandomize=True)


def random_bars(rng, n, kind="general"):
    if kind == "general":
        births = rng.uniform(size=n)
        return np.column_stack([births, births + rng.exponential(0.3, n)])
    if kind == "tied":
        births = 0.1 * rng.integers(0, 4, n)
        return np.column_stack([births, births + 0.1 * rng.integers(1, 4, n)])
    # Degree 0: all born at once, some dying nearly together.
    return np.column_stack([np.zeros(n), 1 + rng.integers(0, 2, n) + 1e-9 * rng.integers(0, 3, n)])


def all_matchings(A, B, internal_p):
    """Costs of every matching of a few bars, one row a matching, from the definition."""
    n, m = len(A), len(B)
    ways = np.zeros((n + m, n + m))
    for i in range(n + m):
        for j in range(n + m):
            if i < n and j < m:
                ways[i, j] = np.linalg.norm(A[i] - B[j], ord=internal_p)
            elif i < n or j < m:
                bar = A[i] if i < n else B[j]
                ways[i, j] = np.linalg.norm(bar - bar.mean(), ord=internal_p)
    return np.array([ways[np.arange(n + m), list(p)] for p in permutations(range(n + m))])


@pytest.mark.parametrize("kind", ["general", "tied", "degree 0"])
def test_both_are_the_best_of_all_matchings(kind):
    rng = np.random.default_rng(0)
    for n, m in [(0, 2), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3)] * 2:
        A, B = random_bars(rng, n, kind), random_bars(rng, m, kind)
        ways = all_matchings(A, B, INF)
        assert bottleneck_distance(A, B) == pytest.approx(ways.max(axis=1).min(), abs=1e-15)
        for order, p in [(1, INF), (2, 2), (1.5, 1), (3, 2.5)]:
            best = (all_matchings(A, B, p) ** order).sum(axis=1).min() ** (1 / order)
            ours = wasserstein_distance(A, B, order=order, internal_p=p)
            assert ours == pytest.approx(best, rel=1e-12, abs=1e-15)


def threshold_search(A, B):
    """The bottleneck distance as the least cost that allows a perfect matching."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    n, m = len(A), len(B)
    costs = np.zeros((n + m, n + m))
    costs[:n, :m] = np.abs(A[:, None] - B).max(axis=2)
    costs[:n, m:] = np.ptp(A, axis=1)[:, None] / 2
    costs[n:, :m] = np.ptp(B, axis=1) / 2
    values = np.unique(costs)
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        matched = maximum_bipartite_matching(csr_array(costs <= values[middle]))
        low, high = (low, middle) if (matched >= 0).all() else (middle + 1, high)
    return values[low]


def test_bottleneck_on_many_small_tied_and_degenerate_diagrams():
    """Where ``gudhi.bottleneck_distance`` 3.13 returns too much for 2 of 1,000 pairs."""
    rng = np.random.default_rng(0)
    for kind in ["general", "tied", "degree 0"]:
        for _ in range(80):
            A, B = (random_bars(rng, n, kind) for n in rng.integers(1, 10, 2))
            ours = bottleneck_distance(A, B)
            assert ours == pytest.approx(threshold_search(A, B), rel=4 * EPS)
            assert bottleneck_distance(B, A) == ours


def test_a_pair_that_gudhi_gets_wrong():
    """0.3345 by hand: the bar born at 0.848 has nothing near and goes to the diagonal."""
    A = [[0.5526115, 1.0509541], [0.5939242, 0.5972015], [0.8482913, 1.5173084]]
    A += [[0.1454735, 0.4245098], [0.4065104, 1.0705794]]
    B = [[0.009954560, 0.2878635], [0.3650460, 1.0795555], [0.07863004, 0.3802666]]
    assert bottleneck_distance(A, B) == pytest.approx((1.5173084 - 0.8482913) / 2)
    assert bottleneck_distance(B, A) == bottleneck_distance(A, B)


def test_large_diagrams_agree_with_hera_and_persim(monkeypatch):
    from gudhi import hera

    rng = np.random.default_rng(1)
    for kind in ("general", "tied", "degree 0"):
        for n, m in [(300, 300), (2, 200), (150, 149)]:
            A, B = random_bars(rng, n, kind), random_bars(rng, m, kind)
            ours = bottleneck_distance(A, B)
            assert ours == pytest.approx(hera.bottleneck_distance(A, B, delta=0.0))
            with monkeypatch.context() as patched:
                patched.setattr("tda.distances._bottleneck.MOST_PAIRS", 0)
                assert bottleneck_distance(A, B) == bottleneck_distance(B, A)
                assert ours == pytest.approx(bottleneck_distance(A, B))
    A, B = random_bars(rng, 60), random_bars(rng, 45)
    assert bottleneck_distance(A, B) == pytest.approx(persim.bottleneck(A, B))
    theirs = persim.wasserstein(A, B)
    assert wasserstein_distance(A, B, order=1, internal_p=2) == pytest.approx(theirs)
    for order, p in [(1, INF), (2, INF), (2, 2), (3, 1)]:
        ours = wasserstein_distance(A, B, order=order, internal_p=p)
        theirs = hera.wasserstein_distance(A, B, order=order, internal_p=p, delta=1e-6)
        assert ours == pytest.approx(theirs, rel=1e-6)
        rough = wasserstein_distance(A, B, order=order, internal_p=p, delta=0.1)
        assert ours * (1 - 1e-9) <= rough <= ours * 1.1


@pytest.mark.parametrize("delta", [1e-9, 0.01])
def test_bars_that_are_rounded_to_no_length_do_not_keep_hera_busy(delta):
    """A bar that is short beside the others is one of no length in their unit."""
    A = [[0.1, np.nextafter(0.1, 1)]]
    B = [[-500.0, 500.0], [0.1, np.nextafter(0.1, 1)], [1.0, 200.0]]
    exact = wasserstein_distance(A, B, order=1)
    found = wasserstein_distance(A, B, order=1, delta=delta)
    assert exact == pytest.approx(599.5) and exact * (1 - 1e-12) <= found <= exact * (1 + delta)


# -- the axioms of a metric --------------------------------------------------------------------

DISTANCES = {
    "bottleneck": bottleneck_distance,
    "wasserstein": wasserstein_distance,
    "wasserstein_2": lambda A, B: wasserstein_distance(A, B, order=2, internal_p=2),
    "wasserstein_hera": lambda A, B: wasserstein_distance(A, B, order=1, delta=1e-9),
}
each = pytest.mark.parametrize("name", DISTANCES)


@each
@quick
@given(A=BARS, B=BARS, C=BARS)
def test_they_are_metrics(name, A, B, C):
    distance = DISTANCES[name]
    ab, bc, ac = distance(A, B), distance(B, C), distance(A, C)
    assert distance(B, A) == ab >= 0
    scale = np.abs(np.concatenate([A, B, C]))
    scale = scale.max(initial=0.0, where=np.isfinite(scale))
    assert ac <= ab + bc + 50 * EPS * scale * (1 + 1e8 * EPS * (name == "wasserstein_hera"))
    assert distance(A, A[::-1]) == 0
    with_nothing = np.concatenate([[[0.5, 0.5]], A, [[7.0, 7.0]]])
    assert distance(with_nothing, B) == ab
    if ab == 0:
        long = [np.array(sorted(map(tuple, X[X[:, 0] != X[:, 1]]))) for X in (A, B)]
        assert np.array_equal(*long)


@each
@quick
@given(A=BARS, B=BARS)
def test_turned_over_they_are_the_same(name, A, B):
    """Superlevel bars are sublevel bars of the negated function."""
    distance = DISTANCES[name]
    assert distance(-A, -B) == distance(A, B)


@quick
@given(A=BARS, B=BARS)
def test_they_are_ordered(A, B):
    """The larger the exponent the smaller, the larger the ground norm's the smaller."""
    rows = [
        wasserstein_distance(A, B, order=q, internal_p=p) for q, p in [(1, 1), (1, INF), (2, INF)]
    ]
    rows.append(bottleneck_distance(A, B))
    for larger, smaller in pairwise(rows):
        assert smaller <= larger * (1 + 1e-12)


# -- essential and superlevel bars -------------------------------------------------------------


@each
def test_essential_bars_meet_essential_bars_of_their_kind(name):
    distance = DISTANCES[name]
    assert distance([[0, INF]], [[3, INF]]) == 3
    assert distance([[0, INF], [5, INF]], [[6, INF], [0, INF]]) == 1  # in order of birth
    assert distance([[0, INF]], [[0, 9]]) == INF
    assert distance([[0, INF]], []) == INF
    assert distance([[2, -INF]], [[1, -INF]]) == 1
    assert distance([[2, -INF]], [[2, INF]]) == INF
    assert distance([[-INF, 1]], [[-INF, 2]]) == 1
    assert distance([[-INF, INF]], [[-INF, INF]]) == 0
    assert distance([[-INF, INF]], [[0, INF]]) == INF


@each
def test_bars_that_run_up_and_down_are_not_joined(name):
    """Both on the diagonal costs no more than one on the other."""
    distance = DISTANCES[name]
    up, down = distance([[0, 2]], []), distance([[3, 1]], [])
    joined = distance([[0, 2]], [[3, 1]])
    expected = {"bottleneck": max(up, down), "wasserstein": np.hypot(up, down)}
    expected["wasserstein_2"] = expected["wasserstein"]
    assert joined == pytest.approx(expected.get(name, up + down))


def test_of_empty_diagrams():
    for distance in DISTANCES.values():
        assert distance([], []) == 0
        assert distance(np.zeros((0, 2)), [[1, 1]]) == 0
    assert bottleneck_distance([[0, 2]], []) == 1
    assert wasserstein_distance([[0, 2], [0, 4]], [], order=2) == pytest.approx(np.sqrt(1 + 4))
    for p, way in [(1, 2), (2, np.sqrt(2)), (INF, 1)]:
        assert wasserstein_distance([], [[0, 2]], internal_p=p) == pytest.approx(way)


# -- matchings ---------------------------------------------------------------------------------


@quick
@given(A=BARS, B=BARS)
def test_matchings_cost_what_they_say(A, B):
    for match, distance in [
        (bottleneck_matching, bottleneck_distance),
        (wasserstein_matching, wasserstein_distance),
    ]:
        total, pairs, costs = match(A, B)
        assert total == pytest.approx(distance(A, B), rel=1e-12)
        if total == INF:
            assert pairs.shape == (0, 2)
            continue
        for side, X in enumerate([A, B]):
            used = pairs[pairs[:, side] >= 0, side]
            assert sorted(used) == np.flatnonzero(X[:, 0] != X[:, 1]).tolist()
        for (i, j), cost in zip(pairs, costs, strict=True):
            if i < 0 or j < 0:
                b, d = B[j] if i < 0 else A[i]
                assert cost == pytest.approx(abs(d - b) / 2)
            else:
                with np.errstate(invalid="ignore"):
                    gaps = np.abs(A[i] - B[j])
                assert cost == pytest.approx(np.nan_to_num(gaps).max())
        order = INF if match is bottleneck_matching else 2
        norm = np.linalg.norm(costs, ord=order) if len(costs) else 0
        assert norm == pytest.approx(total, rel=1e-12)


# -- stability ---------------------------------------------------------------------------------


def test_rips_and_alpha_are_stable():
    """Cohen-Steiner et al. 2007; points moved by eps: alpha by eps, Rips by 2 eps."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    for eps in (1e-3, 0.05):
        shift = rng.uniform(-1, 1, X.shape)
        Y = X + eps * shift / np.linalg.norm(shift, axis=1, keepdims=True)
        for k in (0, 1):
            rips = bottleneck_distance(rips_diagram(X), rips_diagram(Y), degree=k)
            alpha = bottleneck_distance(alpha_diagram(X), alpha_diagram(Y), degree=k)
            assert rips <= 2 * eps * (1 + 1e-9)
            assert alpha <= eps * (1 + 1e-9)


def test_images_are_stable_and_superlevels_too():
    rng = np.random.default_rng(1)
    image = rng.normal(size=(9, 9))
    other = image + rng.uniform(-0.1, 0.1, image.shape)
    for direction in ("sublevel", "superlevel"):
        one, two = (cubical_diagram(X, direction=direction) for X in (image, other))
        for k in (0, 1):
            assert bottleneck_distance(one, two, degree=k) <= 0.1


# -- errors ------------------------------------------------------------------------------------


def test_errors_say_what_to_do():
    diagram = Diagram([0, 0], [1, 2], [0, 1])
    with pytest.raises(ValueError, match="degree=None, but A is a Diagram, of degrees 0 to 1"):
        bottleneck_distance(diagram, [[0, 1]])
    assert bottleneck_distance(diagram, [[0, 1]], degree=0) == 0
    with pytest.raises(ValueError, match="B holds NaN"):
        wasserstein_distance([[0, 1]], [[0, np.nan]])
    with pytest.raises(ValueError, match="A has shape"):
        wasserstein_distance([0, 1], [[0, 1]])
    for bad in ({"order": 0.5}, {"order": INF}, {"internal_p": 0}, {"delta": -1}, {"order": "2"}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            wasserstein_distance([[0, 1]], [[0, 2]], **bad)
