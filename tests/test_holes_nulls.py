"""Tails, scores of loops, corrections, and the nulls of a cloud's own."""

import numpy as np
import pytest
from scipy.stats import binomtest, false_discovery_control

from tda import HoleCounter, alpha_diagram, count_holes, datasets, hole_significance
from tda.diagrams import Diagram
from tda.holes import _null
from tda.holes._correction import correct, degree_shares, single_p_values
from tda.holes._dependence import dependence_length, thin_rows
from tda.holes._jitter import steps_of
from tda.holes._scores import loop_scores
from tda.holes._simulated import red_noise_null, simulated_p_values, smoothed_null
from tda.holes._statistics import persistence_ratios

# -- tails -----------------------------------------------------------------------------------------


def test_p_values_beyond_the_simulations_are_those_of_a_long_simulation():
    rng = np.random.default_rng(5)
    tops = []
    for _ in range(5000):
        ratios = persistence_ratios(alpha_diagram(rng.random((30, 2))), 1)[1]
        tops.append(max(ratios[:1], default=1.0))
    of = {"complex": "alpha", "degree": 1, "dimension": 2, "n": 30}
    for level in (0.01, 0.001):
        true = np.quantile(tops, 1 - level)
        found = _null.null_p_values(np.array([true]), **of)[0]
        # Interpolated in n, 1,000 simulations; a careful tail is up to twice too long.
        assert 0.5 * level < found < 3 * level


@pytest.mark.parametrize("key", sorted(_null._tables()[0]))
def test_tails_go_on_where_the_quantiles_end(key):
    of = {"complex": key[0], "degree": key[1], "dimension": 3, "n": 200}
    start = _null.null_quantile(0.05, **of)
    p = _null.null_p_values(start * np.linspace(0.999, 4, 200), **of)
    assert (np.diff(p) <= 0).all() and p[0] == pytest.approx(0.05, rel=0.2)
    assert p[-1] >= _null.LEAST
    for level in (0.02, 1e-3, 1e-5):
        ratio = _null.null_quantile(level, **of)
        assert _null.null_p_values(np.array([ratio]), **of)[0] == pytest.approx(level)


def test_a_clear_ring_has_a_p_value_far_below_one_in_a_thousand():
    count = count_holes(datasets.make_circle(300, random_state=0))
    assert count.holes[-1].p_value < 1e-4
    assert count_holes(datasets.make_circle(300, random_state=0), level=1e-4).betti == (1, 1)


# -- scores ----------------------------------------------------------------------------------------


def test_the_score_of_a_regular_polygon_is_its_formula():
    for n in (12, 40):
        angles = 2 * np.pi * np.arange(n) / n
        X = np.column_stack([np.cos(angles), np.sin(angles)])
        diagram = alpha_diagram(X, representatives=True)
        (bar,), (ratio,) = persistence_ratios(diagram, 1)
        assert ratio == pytest.approx(1 / np.sin(np.pi / n))
        (score,) = loop_scores(X, diagram, [bar], [ratio])
        assert score == pytest.approx(ratio * n**0.2)


def test_scores_find_more_rings_and_keep_the_level():
    rings = [datasets.make_circle(24, random_state=seed) for seed in range(50)]
    by_score = sum(count_holes(ring).betti == (1, 1) for ring in rings)
    by_ratio = sum(hole_significance(alpha_diagram(X), n_tests=2)[0].p_value <= 0.05
                   for X in rings)  # fmt: skip
    assert by_score >= 45 and by_score > by_ratio
    rng = np.random.default_rng(3)
    runs = 150
    false = sum(count_holes(rng.random((60, 2))).betti != (1, 0) for _ in range(runs))
    assert binomtest(false, runs, 0.05, alternative="greater").pvalue > 0.001


def test_a_clear_loop_keeps_the_p_value_of_its_ratio():
    X = datasets.make_circle(300, random_state=0).points
    (loop,) = (hole for hole in count_holes(X).holes if hole.degree == 1)
    alone = hole_significance(alpha_diagram(X))[0]
    assert loop.p_value == pytest.approx(alone.p_value / 0.7) and loop.p_value < 1e-3


def test_a_path_along_a_dense_rim_is_rarely_a_loop():
    # Half of the points on the rim: paths along it are of many points and short gaps.
    false = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        X, side = rng.random((300, 2)), rng.integers(0, 4, 100)
        rows = np.arange(100)
        X[rows, side % 2] = side // 2
        false += count_holes(X).betti[1] > 0
    assert false <= 8


def test_an_arc_of_many_points_is_no_ring():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        angles = rng.uniform(0, 1.5 * np.pi, 300)
        X = np.column_stack([np.cos(angles), np.sin(angles)]) + rng.normal(0, 0.05, (300, 2))
        assert count_holes(X).betti[1] == 0


# -- corrections -----------------------------------------------------------------------------------


def test_corrections_are_those_of_the_textbook():
    p = np.array([0.01, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(correct(p, "fdr_bh"), false_discovery_control(p))
    # Holm, in the form of Šidák: 1 - (1 - p)**(number of those not yet found), never falling.
    expected = 1 - (1 - p) ** np.array([3, 1, 2, 4])
    expected[1] = expected[2]
    np.testing.assert_allclose(correct(p, "holm"), expected)
    np.testing.assert_allclose(correct(p, "max"), 1 - (1 - p) ** 4)
    np.testing.assert_array_equal(correct(p, None), p)
    # Bars that are not shown count as well.
    np.testing.assert_allclose(correct(p, "max", 10), 1 - (1 - p) ** 10)
    assert correct([], "holm").size == 0


def test_single_p_values_undo_the_largest_of_many():
    p = np.array([1e-6, 1e-3, 0.2, 0.9])
    np.testing.assert_allclose(correct(single_p_values(p, 50), "max", 50), p)


@pytest.mark.parametrize("method", ["monte_carlo", "gumbel"])
def test_corrections_are_in_their_order(method):
    diagram = alpha_diagram(datasets.make_linked_circles(200, random_state=0))
    found = {
        how: np.array([
            hole.p_value for hole in hole_significance(diagram, method=method, correction=how)
        ])
        for how in ("max", "holm", "fdr_bh", None)
    }  # fmt: skip
    assert (found[None] <= found["fdr_bh"] + 1e-12).all()
    assert (found["fdr_bh"] <= found["holm"] * 1.01).all()
    assert (found["holm"] <= np.where(found["max"] < 0.9, found["max"], 1.0) + 1e-12).all()
    assert found["holm"][0] == pytest.approx(found["max"][0], rel=1e-6)


def test_what_was_found_leaves_the_rest_more():
    # Of two bars the second has to beat one bar of noise, not two.
    diagram = Diagram([0.0, 1, 1], [np.inf, 3.0, 2.0], [0, 1, 1], filtration="alpha")
    alone = [h.p_value for h in hole_significance(diagram, n_points=100, correction=None)]
    holm = [h.p_value for h in hole_significance(diagram, n_points=100, correction="holm")]
    assert holm[1] == pytest.approx(max(alone[1], holm[0]))


def test_false_discoveries_are_few_among_many_rings():
    rng = np.random.default_rng(0)
    found = false = 0
    for _ in range(10):
        places = 6.0 * np.array([[i, j] for i in range(3) for j in range(2)])
        angles = rng.uniform(0, 2 * np.pi, (6, 40))
        rings = [np.column_stack([np.cos(a), np.sin(a)]) + p
                 for a, p in zip(angles, places, strict=True)]  # fmt: skip
        X = np.concatenate([*rings, rng.normal(size=(200, 2)) + [30, 0]])
        shown = [h for h in count_holes(X, correction="fdr_bh").holes if h.degree == 1]
        real = sum(abs(hole.death - 1) < 0.1 for hole in shown)
        found, false = found + real, false + len(shown) - real
    assert found >= 45 and false <= 0.15 * found


def test_a_count_says_how_it_was_corrected():
    X = datasets.make_annulus(100, random_state=0)
    said = {"holm": "by Holm", "fdr_bh": "false discovery rate", None: "of single bars"}
    for how, words in said.items():
        count = count_holes(X, correction=how)
        assert words in str(count) and count.correction == how and count.betti == (1, 1)


def test_degrees_share_the_level():
    for n in (1, 2, 3):
        assert sum(degree_shares(n)) == pytest.approx(1)
    assert degree_shares(3) == pytest.approx((0.3, 0.35, 0.35))


# -- nulls of the cloud's own ----------------------------------------------------------------------


def test_clouds_that_are_drawn_keep_the_density_and_the_flatness():
    rng = np.random.RandomState(0)
    dense, thin = rng.normal(0, 0.1, (400, 2)), rng.normal(10, 2.0, (100, 2))
    sheet = np.concatenate([dense, thin]) @ np.array([[1.0, 0, 1], [0, 1, 1]])
    drawn = smoothed_null(sheet, 10)(4000, rng)
    assert abs((drawn[:, 0] < 4).mean() - 0.8) < 0.03
    assert drawn[drawn[:, 0] < 2, 0].std() < 0.15
    np.testing.assert_allclose(drawn[:, 2], drawn[:, 0] + drawn[:, 1], atol=1e-9)


def test_density_sees_a_ring_and_no_hole_in_uneven_noise():
    options = {"method": "density", "n_resamples": 60, "random_state": 0}
    ring = count_holes(datasets.make_circle(80, noise=0.05, random_state=0), **options)
    assert ring.betti == (1, 1) and any("smoothed" in n or "spread" in n for n in ring.notes)
    false = 0
    for seed in range(20):
        X = np.exp(np.random.default_rng(seed).standard_normal((60, 2)))
        false += count_holes(X, **options).betti[1] > 0
    assert false <= 4
    with pytest.raises(ValueError, match="draws points, but there are only distances"):
        count_holes(np.ones((5, 5)) - np.eye(5), metric="precomputed", method="density")


def test_paths_are_like_the_series():
    rng = np.random.RandomState(0)
    walk = rng.normal(size=(400, 2)).cumsum(axis=0)
    draw = red_noise_null(walk)
    steps = np.concatenate([np.diff(draw(400, rng), axis=0) for _ in range(20)])
    assert steps.std() == pytest.approx(np.diff(walk, axis=0).std(), rel=0.1)
    assert np.isfinite(draw(400, rng)).all()
    np.testing.assert_allclose(red_noise_null(np.ones((5, 2)))(3, rng), 1.0)


def walks(n=1000, runs=20):
    for seed in range(runs):
        yield np.random.default_rng(seed).normal(size=(n, 2)).cumsum(axis=0)


def test_random_walks_are_no_components():
    """Taken as independent, many of them read as two components."""
    naive = sum(count_holes(X, max_dimension=0).betti[0] > 1 for X in walks())
    thinned = [count_holes(X, max_dimension=0, dependence="auto", random_state=0) for X in walks()]
    assert naive >= 10 and sum(count.betti[0] > 1 for count in thinned) <= 3
    assert all("depend on one another over about" in count.notes[0] for count in thinned)
    like_it = {"method": "red_noise", "n_resamples": 60, "max_dimension": 0, "random_state": 0}
    paths = [count_holes(X, **like_it) for X in walks(300, 12)]
    assert sum(count.betti[0] > 1 for count in paths) <= 3
    assert "60 paths of an autoregression" in paths[0].notes[-1]


def test_rows_that_follow_one_another_are_pointed_out():
    counts = [count_holes(X, max_dimension=0) for X in walks(runs=6)]
    for count in counts:
        said = any('dependence="auto"' in note for note in count.notes)
        assert said == (count.betti[0] > 1)
    assert any(count.betti[0] > 1 for count in counts)
    blobs = datasets.make_blobs(300, random_state=0).points
    for X in (blobs, blobs[np.argsort(blobs[:, 0] > 0, kind="stable")]):
        count = count_holes(X)
        assert count.betti[0] > 1 and not any("dependence" in note for note in count.notes)


def test_dependence_is_that_of_an_autoregression():
    from scipy.signal import lfilter

    rng = np.random.default_rng(0)
    for a in (0.0, 0.5, 0.9):
        X = lfilter([1], [1, -a], rng.normal(size=(20_000, 1)), axis=0)
        assert dependence_length(X) == pytest.approx((1 + a) / (1 - a), rel=0.3)
    assert dependence_length(np.zeros((10, 2))) == 1.0
    assert dependence_length(np.arange(3.0)[:, None]) == 1.0


def test_a_cycle_in_time_is_still_seen_when_rows_are_thinned():
    t = np.arange(1500)
    X = np.column_stack([np.cos(2 * np.pi * t / 30), np.sin(2 * np.pi * t / 30)])
    X += np.random.default_rng(0).normal(0, 0.1, X.shape)
    for dependence in ("auto", 10):
        assert count_holes(X, dependence=dependence, random_state=0).betti == (1, 1)
    rows, _ = thin_rows(X, 10, np.random.RandomState(0))
    assert len(rows) == 150 and (np.diff(rows // 10) == 1).all()


def test_rounded_noise_has_no_hole_and_a_rounded_ring_has_one():
    options = {"method": "jitter", "random_state": 0}
    false = 0
    for seed in range(12):
        X = np.random.default_rng(seed).integers(0, 15, (150, 2)).astype(float)
        false += count_holes(X, **options).betti != (1, 0)
    assert false <= 2
    ring = np.round(datasets.make_circle(150, noise=0.05, random_state=0).points, 1)
    count = count_holes(ring, **options)
    assert count.betti == (1, 1) and "moved within its step (0.1 and 0.1)" in count.notes[0]
    np.testing.assert_allclose(steps_of(np.array([[0.1, 7], [0.3, 7], [0.6, 7]])), [0.2, 0])
    with pytest.raises(ValueError, match=r"jitter.* moves points"):
        count_holes(ring, method="jitter", metric="cosine")


def test_few_simulations_say_as_much_as_they_can():
    rng = np.random.default_rng(0)
    tops = np.exp(rng.exponential(size=200))
    p = simulated_p_values(np.exp([0.0, 1.0, 5.0, 50.0]), tops)
    assert p[0] == 1.0 and p[1] == (1 + (tops >= np.e).sum()) / 201
    assert p[2] == pytest.approx(np.exp(-5), rel=0.9) and p[3] == 1 / (100 * 200)
    assert simulated_p_values([1e9], tops[:10]).tolist() == [1 / 11]


def test_a_counter_takes_the_same_options():
    t = np.arange(300)
    X = np.column_stack([np.cos(t / 5), np.sin(t / 5)])
    X += np.random.default_rng(0).normal(0, 0.05, X.shape)
    counter = HoleCounter(dependence=5, correction="holm", random_state=0)
    assert counter.fit_transform([X]).tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"correction": "none"}, "correction='none'; it must be one of"),
        ({"dependence": 0}, "dependence=0; it must be None, 'auto'"),
        ({"dependence": "some"}, "dependence='some'; it must be"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        count_holes(np.random.default_rng(0).random((20, 2)), **options)


def test_dependence_of_distances_has_to_be_given():
    D = np.abs(np.subtract.outer(np.arange(40.0), np.arange(40.0)))
    with pytest.raises(ValueError, match="measured on columns"):
        count_holes(D, metric="precomputed", dependence="auto")
    assert count_holes(D, metric="precomputed", dependence=4).n_points == 10
