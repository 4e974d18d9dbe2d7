"""Tests of groups and of independence, sizes of studies, and regression on diagrams."""

from itertools import permutations, product

import numpy as np
import pytest
from scipy import stats
from sklearn.kernel_ridge import KernelRidge

from tda import Diagram, Diagrams, two_sample_test
from tda._multiple_tests import holm
from tda.distances import (
    DiagramRegressor,
    frechet_anova,
    group_test,
    independence_test,
    pairwise_distances,
    pairwise_kernels,
    sample_size,
)
from tda.distances.groups._permutations import n_arrangements, permuted_values, random_rows
from tda.distances.groups._sample_size import wilson


def bars(rng, n, lifetime=0.3):
    births = rng.uniform(size=n)
    return np.column_stack([births, births + rng.exponential(lifetime, n)])


def collection(seed, n_samples, n_bars, **options):
    rng = np.random.default_rng(seed)
    return Diagrams.from_ripser([[bars(rng, n_bars, **options)] for _ in range(n_samples)])


def numbers(values):
    """Diagrams of one bar each, whose deaths are the numbers; `by_number` compares them."""
    return Diagrams([Diagram([0.0], [value + 100.0], [0]) for value in values])


def by_number(P, Q):
    return abs(P[0, 1] - Q[0, 1])


# -- rearrangements ----------------------------------------------------------------------------


@pytest.mark.parametrize("blocks", [None, [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]])
def test_all_rearrangements_are_those_of_brute_force(blocks):
    codes = np.array([0, 1, 1, 0, 1, 2])
    blocks = None if blocks is None else np.array(blocks)
    every = {
        tuple(codes[list(order)])
        for order in permutations(range(6))
        if blocks is None or (blocks[list(order)] == blocks).all()
    }
    assert n_arrangements(codes, blocks) == len(every)
    seen = []

    def see(rows):
        seen.extend(map(tuple, rows))
        return np.zeros(len(rows))

    values, is_exact = permuted_values(
        see, codes, blocks=blocks, n_permutations=len(every), rng=np.random.RandomState(0)
    )
    assert is_exact and len(values) == len(every) and sorted(seen) == sorted(every)
    _, is_exact = permuted_values(
        see, codes, blocks=blocks, n_permutations=len(every) - 1, rng=np.random.RandomState(0)
    )
    assert not is_exact


def test_random_rearrangements_are_equally_likely_and_stay_in_their_blocks():
    codes, blocks = np.array([0, 1, 0, 1, 1, 0]), np.array([0, 1, 0, 1, 0, 1])
    rows = random_rows(codes, blocks, 9000, np.random.default_rng(0))
    for block in (0, 1):
        assert (rows[:, blocks == block].sum(axis=1) == codes[blocks == block].sum()).all()
    _, counts = np.unique(rows, axis=0, return_counts=True)
    assert len(counts) == n_arrangements(codes, blocks) == 9
    assert stats.chisquare(counts).pvalue > 1e-3
    _, counts = np.unique(
        random_rows(codes, None, 9000, np.random.default_rng(1)), axis=0, return_counts=True
    )
    assert len(counts) == 20 and stats.chisquare(counts).pvalue > 1e-3


def test_the_exact_p_value_is_that_of_brute_force():
    X = collection(0, 7, 4)
    D = pairwise_distances(X) ** 2
    codes = np.array([0, 0, 0, 1, 1, 1, 1])

    def loss(codes):
        return sum(
            D[np.ix_(codes == c, codes == c)].sum() / (2 * n * (n - 1)) for c, n in ((0, 3), (1, 4))
        )

    losses = [loss(codes[list(order)]) for order in permutations(range(7))]
    expected = np.mean(np.array(losses) <= loss(codes) * (1 + 1e-9))
    test = two_sample_test(X[:3], X[3:])
    assert test.is_exact and test.n_permutations == 35
    assert test.p_value == pytest.approx(expected)


def test_pairs_are_exchanged_within_each_pair():
    A, B = collection(0, 5, 4), collection(1, 5, 4, lifetime=0.5)
    D = pairwise_distances(Diagrams([*A, *B])) ** 2
    losses = []
    for swaps in product([False, True], repeat=5):
        first = np.where(swaps, np.arange(5) + 5, np.arange(5))
        second = (first + 5) % 10
        losses.append(sum(D[np.ix_(rows, rows)].sum() / 40 for rows in (first, second)))
    test = two_sample_test(A, B, paired=True)
    assert test.is_exact and test.n_permutations == 32 and test.is_paired
    assert test.p_value == pytest.approx(np.mean(np.array(losses) <= losses[0] * (1 + 1e-9)))
    assert test.verdict.startswith("5 pairs of diagrams")
    with pytest.raises(ValueError, match="5 and 4 diagrams"):
        two_sample_test(A, B[:4], paired=True)


def test_pairs_see_what_the_differences_of_people_hide():
    rng = np.random.default_rng(0)
    people = rng.normal(0, 10, 12)
    before, after = numbers(people), numbers(people + 1 + 0.1 * rng.normal(size=12))
    alone, paired = (
        two_sample_test(before, after, paired=p, metric=by_number, random_state=0)
        for p in (False, True)
    )
    assert alone.p_value > 0.5 and paired.p_value <= 0.002


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_threads_change_no_result(n_jobs):
    X, y = collection(0, 24, 4), np.repeat(["a", "b", "c"], 8)
    options = {"n_permutations": 1200, "random_state": 3}
    one = group_test(X, y, **options)
    other = group_test(X, y, n_jobs=n_jobs, **options)
    np.testing.assert_array_equal(one.permuted, other.permuted)
    assert one.pairwise == other.pairwise
    one, other = (independence_test(X, range(24), n_jobs=n, **options) for n in (None, n_jobs))
    np.testing.assert_array_equal(one.permuted, other.permuted)


# -- groups ------------------------------------------------------------------------------------


def test_of_numbers_the_pseudo_f_is_that_of_the_analysis_of_variance():
    rng = np.random.default_rng(0)
    groups = [rng.normal(m, 1, n) for m, n in ((0, 9), (0.5, 12), (0.2, 7))]
    y = np.repeat(["a", "b", "c"], [9, 12, 7])
    test = group_test(
        numbers(np.concatenate(groups)), y, statistic="pseudo_f", metric=by_number, random_state=0
    )
    F, p = stats.f_oneway(*groups)
    assert test.statistic == pytest.approx(F)
    assert test.p_value == pytest.approx(p, abs=0.04)  # 999 permutations; 2.5 deviations
    assert test.r_squared == pytest.approx(2 * F / (2 * F + 25))
    # The adjusted share, as that of a regression on the groups.
    assert test.effect_size == pytest.approx(1 - (1 - test.r_squared) * 27 / 25)


def test_the_joint_loss_of_two_groups_is_that_of_two_samples():
    X, y = collection(0, 9, 4), [True] * 4 + [False] * 5
    test = group_test(X, y, random_state=0)
    two = two_sample_test(X[:4], X[4:], random_state=0)
    assert test.statistic == pytest.approx(two.statistic)
    assert test.p_value == pytest.approx(two.p_value) and test.groups == (False, True)
    assert test.pairwise == () and test.sizes == (5, 4)


def test_blocks_take_out_what_differs_between_them():
    """Two clinics that differ, each with another share of the treated; the treatment does
    nothing. Without blocks the clinics are read as the treatment."""
    rng = np.random.default_rng(0)
    clinic = np.repeat([0, 1], 20)
    treated = np.r_[np.arange(20) < 16, np.arange(20) < 4]
    X = numbers(5 * clinic + rng.normal(size=40))
    options = {"metric": by_number, "random_state": 0}
    free, blocked = (group_test(X, treated, blocks=b, **options) for b in (None, clinic))
    assert free.p_value <= 0.005 and blocked.p_value > 0.05 and blocked.n_blocks == 2
    # And they show what the clinics would hide: here the treatment moves every one a little.
    evenly = np.tile([False, True], 20)
    X = numbers(50 * clinic + 1.5 * evenly + rng.normal(size=40))
    free, blocked = (group_test(X, evenly, blocks=b, **options) for b in (None, clinic))
    assert free.p_value > 0.3 and blocked.p_value <= 0.01
    assert "in 2 blocks" in str(blocked)


def test_which_groups_differ_is_said_with_holms_correction():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(holm([0.5, 0.9, 0.9, 0.001]), [1, 1, 1, 0.004])
    rng = np.random.default_rng(0)
    X = numbers(np.r_[rng.normal(0, 1, 20), rng.normal(8, 1, 10)])
    test = group_test(X, np.repeat(["a", "b", "c"], 10), metric=by_number, random_state=0)
    p = {(q["first"], q["second"]): q["corrected_p_value"] for q in test.pairwise}
    assert p["a", "b"] > 0.05 and max(p["a", "c"], p["b", "c"]) <= 0.003
    assert test.verdict.endswith("all pairs considered: a and c and b and c.")


def test_an_effect_by_chance_is_zero_on_average():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 6)
    sizes = [
        group_test(numbers(rng.normal(size=18)), y, metric=by_number, n_permutations=1).effect_size
        for _ in range(100)
    ]
    assert abs(np.mean(sizes)) < 3 * np.std(sizes) / 10


@pytest.mark.parametrize(
    "change, message",
    [
        ({"y": ["a"] * 6}, "one group only"),
        ({"y": list("aaaaab")}, "group b has one diagram"),
        ({"y": list("aaabb")}, r"y has shape \(5,\)"),
        ({"y": ["a", "a", None, "b", "b", "b"]}, r"y\[2\] is missing"),
        ({"y": [0, 0, np.nan, 1, 1, 1]}, r"y\[2\] is missing"),
        ({"y": np.array(["a", 1, "a", 1, "a", 1], dtype=object)}, "several kinds"),
        ({"blocks": list("aaabbb")}, "no block holds two groups"),
        ({"blocks": [0, 1]}, "blocks has shape"),
        ({"statistic": "t"}, "statistic='t'"),
        ({"exponent": 0}, "exponent=0"),
        ({"n_permutations": True}, "n_permutations=True"),
        ({"order": 0.5}, "order"),
    ],
)
def test_what_group_test_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        group_test(**{"X": collection(0, 6, 3), "y": list("aaabbb")} | change)


# -- Fréchet -----------------------------------------------------------------------------------


def frechet_by_definition(squares, fourths, sizes, pooled):
    """T of the paper, term by term."""
    n = sum(sizes)
    share = np.array(sizes) / n
    V = np.array([s.mean() for s in squares])
    var = np.array([f.mean() - s.mean() ** 2 for s, f in zip(squares, fourths, strict=True)])
    F = pooled - share @ V
    U = sum(
        share[j] * share[k] / (var[j] * var[k]) * (V[j] - V[k]) ** 2
        for j in range(len(sizes))
        for k in range(j + 1, len(sizes))
    )
    return n * U / (share / var).sum() + n * F**2 / (share**2 @ var)


def test_of_numbers_the_parts_are_means_and_variances():
    rng = np.random.default_rng(0)
    groups = [rng.normal(0, 1, 8), rng.normal(1, 2, 10), rng.normal(0, 1, 6)]
    y, values = np.repeat([0, 1, 2], [8, 10, 6]), np.concatenate(groups)
    test = frechet_anova(numbers(values), y, center="mean", n_permutations=19, random_state=0)
    np.testing.assert_allclose(test.variances, [g.var() for g in groups])
    assert test.pooled_variance == pytest.approx(values.var())
    between = values.var() - sum(len(g) * g.var() for g in groups) / 24
    assert test.r_squared == pytest.approx(between / values.var())
    ways = [(g - g.mean()) ** 2 for g in groups]
    expected = frechet_by_definition(ways, [w**2 for w in ways], [8, 10, 6], values.var())
    assert test.statistic == pytest.approx(expected)
    assert test.asymptotic_p_value == pytest.approx(stats.chi2.sf(expected, 2))


def test_medoids_are_those_of_all_diagrams():
    X, y = collection(0, 15, 5), np.repeat([0, 1, 2], 5)
    test = frechet_anova(X, y, n_permutations=19, random_state=0)
    D = pairwise_distances(X)
    ways = []
    for g in range(3):
        best = (D[:, y == g] ** 2).sum(axis=1).argmin()
        ways.append(D[best, y == g] ** 2)
    pooled = (D**2).mean(axis=1).min()
    np.testing.assert_allclose(test.variances, [w.mean() for w in ways])
    expected = frechet_by_definition(ways, [w**2 for w in ways], [5, 5, 5], pooled)
    assert test.statistic == pytest.approx(expected)


@pytest.mark.parametrize("center", ["medoid", "mean"])
def test_means_and_spreads_are_told_apart(center):
    rng = np.random.default_rng(1)
    y, n_permutations = np.repeat(["a", "b"], 12), 59
    options = {"center": center, "n_permutations": n_permutations, "random_state": 0}
    other_means = numbers(np.r_[rng.normal(0, 1, 12), rng.normal(4, 1, 12)])
    other_spreads = numbers(np.r_[rng.normal(0, 0.3, 12), rng.normal(0, 4, 12)])
    means, spreads = (frechet_anova(X, y, **options) for X in (other_means, other_spreads))
    assert means.p_value <= 0.05 and means.means_part > means.spreads_part
    assert spreads.p_value <= 0.05 and spreads.spreads_part > spreads.means_part
    share = means.means_part / (means.means_part + means.spreads_part)
    assert f"{share:.0%} of the statistic comes from the means" in means.verdict


def test_of_equal_diagrams_neither_means_nor_spreads_differ():
    X = [numbers(np.ones(1))[0]] * 8
    same = frechet_anova(X, list("aaaabbbb"), random_state=0)
    assert same.p_value == 1 and "neither means nor spreads differ" in same.verdict


def test_what_frechet_anova_refuses():
    X, y = collection(0, 6, 3), list("aaabbb")
    with pytest.raises(ValueError, match="group b has 2 diagrams"):
        frechet_anova(X[:5], y[:5])
    with pytest.raises(ValueError, match="one group only"):
        frechet_anova(X, ["a"] * 6)
    with pytest.raises(ValueError, match="center='median'"):
        frechet_anova(X, y, center="median")
    with pytest.raises(ValueError, match='center="mean" is that of the Wasserstein'):
        frechet_anova(X, y, center="mean", metric="betti")
    same = frechet_anova(Diagrams([X[0]] * 6), y)
    assert same.p_value == 1 and same.r_squared == 0


# -- independence ------------------------------------------------------------------------------


def test_hsic_is_that_of_the_paper():
    X, dose = collection(0, 8, 4), np.array([0.0, 1.0, 1.0, 3.0, 2.0, 5.0, 4.0, 4.0])
    test = independence_test(X, dose, bandwidth=0.7, n_permutations=9, random_state=0)
    K = pairwise_kernels(X, bandwidth=0.7)
    scaled = dose / dose.std()
    D = np.abs(np.subtract.outer(scaled, scaled))
    L = np.exp(-(D**2) / (2 * np.median(D[D > 0]) ** 2))
    H = np.eye(8) - 1 / 8
    assert test.statistic == pytest.approx(np.trace(K @ H @ L @ H) / 64)
    expected = np.corrcoef((H @ K @ H).ravel(), (H @ L @ H).ravel())[0, 1]
    assert test.alignment == pytest.approx(expected)
    assert test.covariate_kernel == "gaussian"


def test_of_categories_hsic_is_the_discrepancy_of_means():
    X, y = collection(0, 9, 4), np.array(list("aabbbabab"))
    test = independence_test(X, y, n_permutations=200)
    K = pairwise_kernels(X)
    a, b = (np.where(y == c, 1 / np.sum(y == c), 0) for c in "ab")
    mmd = (a - b) @ K @ (a - b)
    share = np.mean(y == "a")
    assert test.statistic == pytest.approx(2 * (share * (1 - share)) ** 2 * mmd)
    assert test.is_exact and test.n_permutations == 126


def test_the_exact_p_value_of_independence_is_that_of_brute_force():
    X, dose = collection(0, 5, 4), np.array([1.0, 2.0, 3.0, 6.0, 9.0])
    test = independence_test(X, dose)
    every = [
        independence_test(X, dose[list(order)], n_permutations=1, random_state=0).statistic
        for order in permutations(range(5))
    ]
    assert test.is_exact and test.n_permutations == 120
    assert test.p_value == pytest.approx(np.mean(np.array(every) >= test.statistic * (1 - 1e-9)))


def test_a_dependence_is_found_in_every_kind_of_covariate():
    rng = np.random.default_rng(0)
    dose = rng.uniform(1, 4, 30)
    X = Diagrams([Diagram(*bars(rng, 6, d).T, [0] * 6) for d in dose])
    L = np.minimum.outer(dose, dose)
    covariates = {
        "gaussian": np.column_stack([dose, rng.normal(size=30)]),
        "categories": np.where(dose > 2.5, "high", "low"),
        "diagrams": Diagrams([Diagram(*bars(rng, 6, d).T, [0] * 6) for d in dose]),
        "precomputed": L,
    }
    for kind, covariate in covariates.items():
        asked = "precomputed" if kind == "precomputed" else "auto"
        test = independence_test(X, covariate, covariate_kernel=asked, random_state=0)
        assert test.covariate_kernel == kind and test.p_value <= 0.01, kind
        assert 0 < test.effect_size < test.alignment < 1
    for kernel in ("scale_space", "fisher"):
        assert independence_test(X, dose, kernel=kernel, random_state=0).p_value <= 0.01
    # Within blocks of the same dose nothing is left.
    block = np.argsort(np.argsort(dose)) // 3
    assert independence_test(X, dose, blocks=block, random_state=0).p_value > 0.02
    assert independence_test(X, rng.permutation(dose), random_state=0).p_value > 0.05


def test_dates_are_numbers():
    X, days = collection(0, 8, 4), np.arange(8) ** 2
    dates = np.datetime64("2020-01-01") + days
    one, other = (independence_test(X, c, random_state=0) for c in (days, dates))
    assert one.covariate_kernel == other.covariate_kernel == "gaussian"
    assert one.p_value == other.p_value and one.statistic == pytest.approx(other.statistic)


def test_the_level_of_independence_is_kept():
    rng = np.random.default_rng(5)
    p_values = [
        independence_test(
            collection(rng.integers(2**32), 10, 4),
            rng.normal(size=10),
            n_permutations=19,
            random_state=seed,
        ).p_value
        for seed in range(150)
    ]
    assert abs(np.mean(np.array(p_values) <= 0.1) - 0.1) < 3 * np.sqrt(0.09 / 150)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"covariate": [1, 2, 3]}, "covariate has 3 values and X 6"),
        ({"covariate": [1, 2, np.nan, 4, 5, 6]}, r"covariate\[2\] is missing"),
        ({"covariate": [1] * 6}, "same for all samples"),
        ({"covariate": list("abcdef")}, "another category for each sample"),
        ({"covariate": range(6), "blocks": range(6)}, "all samples of each block"),
        ({"covariate": list("abcdef"), "covariate_kernel": "gaussian"}, "takes numbers"),
        ({"covariate": np.arange(36.0).reshape(6, 6), "covariate_kernel": "precomputed"}, "symm"),
        ({"covariate": range(6), "covariate_kernel": "linear"}, "covariate_kernel='linear'"),
        ({"covariate": range(6), "kernel": "linear"}, "kernel='linear'"),
    ],
)
def test_what_independence_test_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        independence_test(**{"X": collection(0, 6, 3)} | change)
    with pytest.raises(ValueError, match="four are needed"):
        independence_test(collection(0, 3, 3), range(3))


# -- sizes of studies --------------------------------------------------------------------------


def test_the_sample_size_is_that_of_the_t_test():
    """Means one deviation apart need 17 in each group for a power of .8 (two-sided, level .05)."""
    quantiles = stats.norm.ppf((np.arange(60) + 0.5) / 60)
    quantiles /= quantiles.std(ddof=1)
    report = sample_size(
        numbers(quantiles),
        numbers(quantiles + 1),
        metric=by_number,
        n_permutations=99,
        n_pilots=0,
        random_state=0,
    )
    assert 14 <= report.n <= 21
    row = next(row for row in report.rows if row.n == report.n)
    assert row.low < 0.8 <= row.power < row.high


def test_a_small_pilot_says_how_little_it_knows():
    rng = np.random.default_rng(0)
    A, B = numbers(rng.normal(0, 1, 6)), numbers(rng.normal(1, 1, 6))
    options = {"metric": by_number, "n_simulations": 80, "n_permutations": 39, "max_size": 40}
    report = sample_size(A, B, n_pilots=10, random_state=0, **options)
    low, high = report.interval
    assert low <= 12 and (high is None or high > 25)
    assert "The pilot itself is uncertain" in report.verdict
    same = sample_size(A, A, n_pilots=3, random_state=0, **options)
    assert same.n is None and "More than 40 shapes" in same.verdict
    assert "there may be none to find" in same.verdict


def test_the_interval_of_a_share_is_wilsons():
    for found, n in ((0, 20), (13, 50), (50, 50)):
        expected = stats.binomtest(found, n).proportion_ci(method="wilson")
        np.testing.assert_allclose(wilson(found, n), expected, atol=1e-6)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"power": 1}, "power=1"),
        ({"level": 0.001}, "no p-value below 0.005"),
        ({"max_size": 1}, "max_size=1"),
        ({"n_simulations": 3}, "n_simulations=3"),
        ({"B": collection(0, 2, 3)}, "4 and 2 diagrams; 3 each"),
    ],
)
def test_what_sample_size_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        sample_size(**{"A": collection(0, 4, 3), "B": collection(1, 4, 3)} | change)


# -- regression --------------------------------------------------------------------------------


#: A kernel that learns nothing from the diagrams of fit.
EXACT = {"bandwidth": 0.5, "metric_params": {"method": "exact"}}


def test_predictions_are_those_of_kernel_ridge_on_centred_kernels():
    X, y = collection(0, 20, 5), np.random.default_rng(0).normal(size=(20, 2))
    model = DiagramRegressor(**EXACT, penalty=0.3).fit(X[:15], y[:15])
    K, H = pairwise_kernels(X, bandwidth=0.5, method="exact"), np.eye(15) - 1 / 15
    train = H @ K[:15, :15] @ H
    other = (K[15:, :15] - K[:15, :15].mean(axis=0)) @ H
    ridge = KernelRidge(alpha=0.3, kernel="precomputed").fit(train, y[:15] - y[:15].mean(axis=0))
    expected = ridge.predict(other) + y[:15].mean(axis=0)
    np.testing.assert_allclose(model.predict(X[15:]), expected, atol=1e-10)
    flat = DiagramRegressor(**EXACT, penalty=0.3).fit(X[:15], y[:15, 0])
    np.testing.assert_allclose(flat.predict(X[15:]), expected[:, 0], atol=1e-10)


def test_each_left_out_is_predicted_as_by_a_second_fit():
    X, y = collection(0, 12, 5), np.random.default_rng(0).normal(size=12)
    model = DiagramRegressor(**EXACT, penalty=0.1).fit(X, y)
    for i in range(12):
        rest = np.delete(np.arange(12), i)
        again = DiagramRegressor(**EXACT, penalty=0.1).fit(X[rest], y[rest])
        assert again.predict(X[[i]])[0] == pytest.approx(model.left_out_[i])
    errors = np.mean((y - model.left_out_) ** 2)
    assert model.left_out_score_ == pytest.approx(1 - errors / y.var())
    best = DiagramRegressor(**EXACT).fit(X, y)
    assert best.left_out_score_ >= model.left_out_score_ - 1e-3


def test_lifetimes_are_predicted_and_noise_is_not():
    rng = np.random.default_rng(0)
    life = rng.uniform(0.5, 3, 80)
    X = Diagrams([Diagram(*bars(rng, 20, d).T, [0] * 20) for d in life])
    model = DiagramRegressor().fit(X[:60], life[:60])
    assert model.score(X[60:], life[60:]) > 0.6 and model.left_out_score_ > 0.6
    assert DiagramRegressor().fit(X, rng.permutation(life)).left_out_score_ < 0.2
    constant = DiagramRegressor().fit(Diagrams([X[0]] * 5), np.arange(5.0))
    np.testing.assert_allclose(constant.predict(X[:3]), 2.0)
    with pytest.raises(ValueError, match=r"y has shape \(3,\)"):
        DiagramRegressor().fit(X[:5], [1, 2, 3])
    with pytest.raises(ValueError, match="y holds NaN"):
        DiagramRegressor().fit(X[:3], [1, 2, np.nan])


def test_degrees_that_were_not_computed_and_numbers_for_groups_are_refused():
    X = numbers(np.arange(8.0))
    for test in [
        lambda: two_sample_test(X[:4], X[4:], degrees=[5]),
        lambda: group_test(X, list("aaaabbbb"), degrees=3),
        lambda: frechet_anova(X, list("aaaabbbb"), degrees=3),
        lambda: independence_test(X, np.arange(8.0), degrees=3),
    ]:
        with pytest.raises(ValueError, match="the diagrams are of degrees 0 to 0"):
            test()
    with pytest.raises(ValueError, match=r"a value of its own.*independence_test"):
        group_test(X, np.arange(8.0))
    with pytest.raises(ValueError, match="y is None; pass one label for each of the 8"):
        group_test(X, None)
