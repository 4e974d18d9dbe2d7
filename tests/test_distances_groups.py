"""Fréchet means and the two-sample test."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

import tda
from tda import Diagram, Diagrams, two_sample_test
from tda.distances import frechet_mean, pairwise_distances, wasserstein_distance

INF = np.inf


def bars(rng, n, lifetime=0.3, shift=0.0):
    births = rng.uniform(size=n) + shift
    return np.column_stack([births, births + rng.exponential(lifetime, n)])


def collection(seed, n_samples, n_bars, **options):
    rng = np.random.default_rng(seed)
    return Diagrams.from_ripser([[bars(rng, n_bars, **options)] for _ in range(n_samples)])


def variance_of(diagram, X, degree=0):
    """The mean squared distance from its definition."""
    ways = [wasserstein_distance(diagram, x, degree=degree, order=2, internal_p=2) for x in X]
    return np.mean(np.square(ways))


# -- means -------------------------------------------------------------------------------------


def test_the_variance_is_that_of_the_distances():
    X = collection(0, 8, 6)
    mean = frechet_mean(X, random_state=0)
    assert mean.variance == pytest.approx(variance_of(mean.diagram, X))
    assert mean.variance < min(variance_of(x, X) for x in X)


def test_no_bar_of_the_mean_can_move_to_a_better_place():
    X = collection(1, 4, 3)
    mean = frechet_mean(X, random_state=0)

    def spread(bars):
        return variance_of(Diagram(*bars.T, [0] * len(bars)), X)

    for bar in np.ndindex(*mean.diagram[0].shape):
        for step in (-0.01, 0.01):
            moved = mean.diagram[0]
            moved[bar] += step
            assert spread(moved) > mean.variance


def test_gudhis_barycentres_are_these():
    path = Path(__file__).parent / "reference" / "distances_gudhi.json"
    theirs = json.loads(path.read_text())
    X = Diagrams.from_ripser([[bars] for bars in theirs["diagrams"]])
    mean = frechet_mean(X, n_init=4)
    assert mean.variance == pytest.approx(min(theirs["variances"]))
    best = Diagram(*np.transpose(theirs["best_mean"]), [0] * len(theirs["best_mean"]))
    np.testing.assert_allclose(mean.diagram[0], best[0])
    for seed in range(4):
        one = frechet_mean(X, n_init=1, random_state=seed).variance
        assert np.isclose(one, theirs["variances"]).any()
    distances = pairwise_distances(X, metric="wasserstein", order=2, internal_p=2)
    np.testing.assert_allclose(distances, theirs["wasserstein"], atol=1e-9)


def test_the_mean_of_one_of_equal_ones_and_of_none():
    X = collection(2, 1, 7)
    same = Diagrams([X[0]] * 4)
    for collected in (X, same):
        mean = frechet_mean(collected)
        assert mean.diagram == X[0] and mean.variance == 0
    empty = Diagrams([Diagram([], [], [], max_dimension=1)] * 3)
    assert frechet_mean(empty).diagram == empty[0] and frechet_mean(empty).variance == 0


def test_known_means():
    """Two bars: half way. One bar and none: half of its length, in its middle."""
    mean = frechet_mean([[[[0.0, 4.0]]], [[[1.0, 7.0]]]])
    assert mean.diagram[0].tolist() == [[0.5, 5.5]]
    assert mean.variance == pytest.approx(0.5**2 + 1.5**2)
    half = frechet_mean([[[[0.0, 4.0]]], [[]]])
    assert half.diagram[0].tolist() == [[1.0, 3.0]]
    assert half.variance == pytest.approx(2.0)


def test_means_of_superlevel_and_essential_bars_and_of_degrees():
    X = collection(3, 6, 5)
    turned = Diagrams(Diagram(-x.births, -x.deaths, x.dims) for x in X)
    up, down = (frechet_mean(Y, random_state=0) for Y in (X, turned))
    np.testing.assert_allclose(np.sort(-down.diagram.births), np.sort(up.diagram.births))
    assert down.variance == pytest.approx(up.variance)
    ends = [[[[0.0, INF], [1.0, INF]], [[2.0, 3.0]]], [[[1.0, INF], [5.0, INF]], [[2.0, 5.0]]]]
    mean = frechet_mean(ends)
    assert mean.diagram[0].tolist() == [[0.5, INF], [3.0, INF]]
    assert mean.diagram[1].tolist() == [[2.0, 4.0]]
    assert mean.variance == pytest.approx(0.25 + 4.0 + 1.0)
    assert frechet_mean(ends, degrees=[1]).variance == pytest.approx(1.0)
    for bar in ([1.0, -INF], [-INF, 2.0], [-INF, INF], [INF, -INF], [INF, 2.0]):
        assert frechet_mean([[[bar]], [[bar]]]).diagram[0].tolist() == [bar]
    with pytest.raises(ValueError, match="from 1 to 2 essential classes of degree 0"):
        frechet_mean([[[[0.0, INF]]], [[[0.0, INF], [1.0, INF]]]])


def test_seeds_reproduce_and_more_starts_are_no_worse():
    X = collection(4, 10, 8)
    assert frechet_mean(X, random_state=1) == frechet_mean(X, random_state=1)
    one, all_of_them = (frechet_mean(X, n_init=n, random_state=1) for n in (1, 10))
    assert all_of_them.variance <= one.variance


def test_errors_warnings_and_progress(capsys):
    X = collection(5, 6, 6)
    with pytest.warns(ConvergenceWarning, match="max_iter=1"):
        mean = frechet_mean(X, max_iter=1, n_init=1)
    assert mean.variance == pytest.approx(variance_of(mean.diagram, X))
    with pytest.raises(ValueError, match="n_init=0"):
        frechet_mean(X, n_init=0)
    with pytest.raises(ValueError, match="no samples"):
        frechet_mean(X[:0])
    assert capsys.readouterr().err == ""
    frechet_mean(X, verbose=True)
    assert "frechet_mean, degree 0" in capsys.readouterr().err


# -- tests -------------------------------------------------------------------------------------


def test_the_joint_loss_is_that_of_the_paper():
    A, B = collection(0, 4, 5), collection(1, 3, 5)
    test = two_sample_test(A, B, metric="heat", exponent=1.5, n_permutations=9, random_state=0)
    D = test.distances**1.5
    expected = D[:4, :4].sum() / (2 * 4 * 3) + D[4:, 4:].sum() / (2 * 3 * 2)
    assert test.statistic == pytest.approx(expected)
    both = Diagrams([*A, *B])
    np.testing.assert_array_equal(test.distances, pairwise_distances(both, metric="heat"))
    assert test.permuted.shape == (9,) and test.sizes == (4, 3)


def test_the_order_is_that_of_the_distance_and_the_exponent_that_of_the_loss():
    A, B = collection(0, 4, 5), collection(1, 3, 5)
    for order in (1.0, 2.0):
        test = two_sample_test(A, B, order=order, exponent=1.0, n_permutations=9, random_state=0)
        both = pairwise_distances(Diagrams([*A, *B]), metric="wasserstein", order=order)
        np.testing.assert_array_equal(test.distances, both)
        expected = both[:4, :4].sum() / (2 * 4 * 3) + both[4:, 4:].sum() / (2 * 3 * 2)
        assert test.statistic == pytest.approx(expected)


def test_the_level_is_kept():
    """Among 150 pairs of groups of one law p <= .1 is binomial with at most that chance."""
    rng = np.random.default_rng(0)
    p_values = []
    for seed in range(150):
        X = collection(rng.integers(2**32), 10, 4)
        test = two_sample_test(X[:5], X[5:], metric="betti", n_permutations=19, random_state=seed)
        p_values.append(test.p_value)
    rejected = np.mean(np.array(p_values) <= 0.1)
    # Three standard deviations; twenty p-values, .05 to 1, that are about uniform.
    assert abs(rejected - 0.1) < 3 * np.sqrt(0.1 * 0.9 / 150)
    assert abs(np.mean(p_values) - 0.525) < 0.06


@pytest.mark.parametrize("metric", ["wasserstein", "sliced_wasserstein", "landscape"])
def test_a_difference_is_found(metric):
    A, B = collection(0, 8, 5), collection(1, 8, 5, shift=1.0)
    test = two_sample_test(A, B, metric=metric, n_permutations=199, random_state=0)
    assert test.p_value < 0.02
    same = two_sample_test(A[:4], A[4:], metric=metric, n_permutations=199, random_state=0)
    assert same.p_value > 0.05


def test_the_given_division_counts_and_the_words_say_so():
    A, B = collection(0, 8, 3), collection(1, 8, 3, lifetime=3.0)
    test = two_sample_test(A, B, n_permutations=99, random_state=0)
    assert test.p_value >= 1 / 100
    assert (
        "8 against 8 diagrams, wasserstein distance: p = 0.01 (99 permutations, the least"
        in str(test)
    )
    all_equal = two_sample_test(A[[0, 0]], A[[0, 0]], n_permutations=9)
    assert all_equal.p_value == 1


def test_seeds_essential_classes_errors_and_progress(capsys):
    A, B = collection(0, 4, 3), collection(1, 4, 3)
    one, two = (two_sample_test(A, B, random_state=7, n_permutations=30) for _ in "ab")
    assert (one.permuted == two.permuted).all() and one.p_value == two.p_value
    ends = Diagrams.from_ripser([[[[0.0, INF]]]] * 3)
    with pytest.raises(ValueError, match='essential="drop"'):
        two_sample_test(A, ends)
    assert two_sample_test(A, ends, essential="drop", n_permutations=9).p_value < 1
    with pytest.raises(ValueError, match="4 and 1 diagrams"):
        two_sample_test(A, B[:1])
    with pytest.raises(ValueError, match="n_permutations=0"):
        two_sample_test(A, B, n_permutations=0)
    with pytest.raises(ValueError, match="exponent=0"):
        two_sample_test(A, B, exponent=0)
    assert capsys.readouterr().err == ""
    A, B = collection(0, 8, 3), collection(1, 8, 3)
    two_sample_test(A, B, n_permutations=600, verbose=True)
    assert "two_sample_test" in capsys.readouterr().err


def test_the_docs_of_the_top_level_are_these():
    assert tda.distances.frechet_mean is frechet_mean and tda.two_sample_test is two_sample_test
