import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

from tda.datasets import make_circle, make_linked_circles, make_sphere, make_swiss_roll
from tda.embedding import Embedding, embedding_report, neighbor_scores

REFERENCE = Path(__file__).parent / "reference"


def embed(X, method, **parameters):
    return Embedding(method=method, n_components=2, **parameters).fit_transform(X)


def co_ranking(X, Z):
    """The co-ranking matrix by its definition: how often rank k before is rank l after."""
    n = len(X)
    matrix = np.zeros((n - 1, n - 1), dtype=int)
    for i in range(n):
        ranks = []
        for Y in (X, Z):
            order = [j for j in np.argsort(np.linalg.norm(Y - Y[i], axis=1)) if j != i]
            ranks.append({j: rank for rank, j in enumerate(order)})
        for j in ranks[0]:
            matrix[ranks[0][j], ranks[1][j]] += 1
    return matrix


# -- neighbours ------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 5, 14])
def test_trustworthiness_and_continuity_are_those_of_scikit_learn(k):
    X = np.random.default_rng(0).normal(size=(30, 4))
    scores = neighbor_scores(X, X[:, :2], n_neighbors=k)
    expected = trustworthiness(X, X[:, :2], n_neighbors=k)
    assert scores.trustworthiness == pytest.approx(expected, abs=1e-12)
    expected = trustworthiness(X[:, :2], X, n_neighbors=k)
    assert scores.continuity == pytest.approx(expected, abs=1e-12)


def test_recall_and_its_curve_are_those_of_the_co_ranking_matrix():
    X = np.random.default_rng(0).normal(size=(25, 3))
    Q, n = co_ranking(X, X[:, :1]), 25
    scores = neighbor_scores(X, X[:, :1], n_neighbors=4)
    recall = [Q[:K, :K].sum() / (K * n) for K in range(1, n - 1)]
    assert scores.recall == pytest.approx(recall[3])
    curve = [((n - 1) * q - K) / (n - 1 - K) for K, q in enumerate(recall, start=1)]
    np.testing.assert_allclose(scores.r_nx, curve, atol=1e-12)
    weights = 1 / np.arange(1, n - 1)
    assert scores.area == pytest.approx(np.average(curve, weights=weights))


def test_what_only_turns_and_scales_keeps_every_neighbour():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    turned = 5 * X @ np.linalg.qr(rng.normal(size=(3, 3)))[0] + 100
    scores = neighbor_scores(X, turned)
    assert scores[:3] == (1, 1, 1) and scores.area == 1 and (scores.r_nx == 1).all()


def test_a_slit_shows_in_few_points_and_a_seam_too():
    """A disk cut from its rim to its centre: means over all points hardly fall."""
    rng = np.random.default_rng(0)
    radius, angle = np.sqrt(rng.uniform(0, 1, 400)), rng.uniform(0, 2 * np.pi, 400)
    disk, slit = (
        radius[:, None] * np.column_stack([np.cos(a * angle), np.sin(a * angle)]) for a in (1, 0.7)
    )
    scores = neighbor_scores(disk, slit)
    assert min(scores[:2]) > 0.97 and not scores.points.glued.any()
    near = np.abs(np.where(angle > np.pi, angle - 2 * np.pi, angle) * radius)
    assert 0.01 < scores.points.torn.mean() < 0.1 and near[scores.points.torn].max() < 0.25
    back = neighbor_scores(slit, disk)
    assert not back.points.torn.any() and (back.points.glued == scores.points.torn).all()
    for report, fault in (
        (embedding_report(disk, slit), "torn"),
        (embedding_report(slit, disk), "far"),
    ):
        assert not report.is_faithful and not any(report.lost) and fault in report.verdict


@pytest.mark.parametrize("metric", ["euclidean", "cityblock", "precomputed"])
def test_ranks_that_are_counted_block_by_block_are_those_that_are_sorted(monkeypatch, metric):
    from tda.embedding import _neighbor_scores as module

    rng = np.random.default_rng(0)
    X = rng.integers(0, 6, size=(300, 3)).astype(float)  # with many ties
    Z = X[:, :2] + 0.1 * rng.integers(0, 3, size=(300, 2))
    given = cdist(X, X) if metric == "precomputed" else X
    queries = np.arange(3, 300, 4)
    options = {"n_neighbors": 7, "metric": metric, "queries": queries}
    ranked = neighbor_scores(given, Z, **options)
    monkeypatch.setattr(module, "MOST_RANKED", 100)
    monkeypatch.setattr(module, "AT_ONCE", 7000)
    counted = neighbor_scores(given, Z, **options)
    assert counted[:3] == pytest.approx(ranked[:3], abs=1e-12)
    np.testing.assert_array_equal(counted.points.torn, ranked.points.torn)
    np.testing.assert_array_equal(counted.points.glued, ranked.points.glued)
    assert ranked.points.torn.any() or ranked.points.glued.any()
    assert counted.r_nx.shape == (len(queries) - 2,) and 0 < counted.area < 1


def test_rows_that_stay_on_disk_are_read_in_blocks(monkeypatch, tmp_path):
    from sklearn import config_context

    from tda import _blocks

    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 5))
    Z = X[:, :2]
    for name, rows in (("X", X), ("Z", Z)):
        np.save(tmp_path / f"{name}.npy", rows)
    options = {"n_neighbors": 5, "max_points": 100, "n_resamples": 1, "n_landmarks": 20}
    expected = embedding_report(X, Z, **options)
    monkeypatch.setattr(_blocks, "LEAST_ROWS", 16)
    monkeypatch.setattr(_blocks, "working_rows", lambda n_columns, share=8: 200)
    with config_context(working_memory=1):
        found = embedding_report(tmp_path / "X.npy", np.load(tmp_path / "Z.npy", "r"), **options)
        with pytest.raises(ValueError, match="X stays on disk, where distances are Euclidean"):
            neighbor_scores(tmp_path / "X.npy", Z, metric="cityblock")
    one, other = expected.to_dict(), found.to_dict()
    for name in ("r_nx", "r_nx_area"):  # on disk, of the points that are looked at
        one.pop(name), other.pop(name)
    assert one.pop("trustworthiness") == pytest.approx(other.pop("trustworthiness"), abs=1e-12)
    assert one.pop("continuity") == pytest.approx(other.pop("continuity"), abs=1e-12)
    assert one == other


def test_some_points_stand_for_all_and_distances_for_points():
    X = np.random.default_rng(0).normal(size=(400, 5))
    whole = neighbor_scores(X, X[:, :2])
    some = neighbor_scores(X, X[:, :2], queries=np.arange(0, 400, 2))
    np.testing.assert_allclose(some[:3], whole[:3], atol=0.03)
    by_distance = neighbor_scores(cdist(X, X), X[:, :2], metric="precomputed")
    np.testing.assert_array_equal(by_distance.r_nx, whole.r_nx)
    assert neighbor_scores(X, X[:, :2], metric="cityblock").recall != whole.recall


# -- the verdicts ----------------------------------------------------------------------------


def test_umap_of_linked_circles_is_condemned_though_it_keeps_all_neighbours():
    X = make_linked_circles(300, random_state=0).points
    Z = json.loads((REFERENCE / "embedding_umap.json").read_text())["linked_circles"]
    report = embedding_report(X, Z)
    assert report.trustworthiness > 0.995 and report.continuity > 0.995
    assert not report.is_faithful and report.lost[1] == 2
    assert "both loops were lost" in report.verdict
    assert "Scores of neighbours alone do not show this" in report.verdict
    assert all(change.is_beyond for change in report.changes)
    bars = [
        np.sort(np.ptp(c.diagram.finite()[1], axis=1))[-2:] for c in (report.before, report.after)
    ]
    assert bars[0].min() > 0.25 and bars[1].max() < 0.15


@pytest.fixture(scope="module")
def roll():
    X = make_swiss_roll(1000, random_state=0).points
    return X, embedding_report(X, embed(X, "isomap", n_neighbors=10), n_resamples=5)


def test_isomap_of_a_swiss_roll_is_acquitted_since_it_unrolls(roll):
    report = roll[1]
    assert report.is_faithful and report.nearest_view == "geodesic"
    assert report.verdict.startswith("Faithful") and "the data was unrolled" in report.verdict
    off = {(c.reference, c.degree): c for c in report.changes}
    assert off["euclidean", 1].bottleneck > 0.1 > 0.03 > off["geodesic", 1].bottleneck
    assert off["euclidean", 1].is_beyond and not off["geodesic", 1].is_beyond
    assert report.spearman_geodesic > 0.99 > 0.5 > report.spearman_euclidean


def test_pca_of_a_swiss_roll_makes_a_loop(roll):
    X = roll[0]
    report = embedding_report(X, embed(X, "pca"), n_resamples=3)
    assert report.made == (0, 1) and "a loop was made that is not in the data" in report.verdict
    assert report.spearman_euclidean > 0.8 > 0.5 > report.spearman_geodesic


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_pca_of_a_plane_in_fifty_dimensions_is_acquitted(noise):
    rng = np.random.default_rng(1)
    plane = rng.uniform(size=(300, 2)) @ np.linalg.qr(rng.normal(size=(50, 2)))[0].T
    X = plane + noise * rng.normal(size=plane.shape)
    report = embedding_report(X, embed(X, "pca"), n_resamples=5)
    assert report.is_faithful and report.nearest_view == ("geodesic" if noise else "euclidean")
    if not noise:
        assert report.recall == 1 and report.spearman_euclidean == pytest.approx(1)
        assert not any(change.is_beyond for change in report.changes)


def test_a_sphere_pressed_flat_is_condemned_and_its_void_is_missed():
    X = make_sphere(200, random_state=0).points
    report = embedding_report(X, embed(X, "pca"), max_dimension=2, n_resamples=3)
    assert report.glues and not report.tears
    assert report.lost[2] == 1 and "the void was lost" in report.verdict
    assert "points that are far apart became neighbours" in report.verdict


def test_one_of_two_loops_and_one_of_two_pieces():
    rng = np.random.default_rng(0)
    circle = make_circle(200, random_state=0).points
    X = np.vstack([circle, circle @ [[0, 1], [-1, 0]] + [10, 0]])
    cut = X.copy()
    cut[200:] = np.column_stack([np.arctan2(*circle.T) + 10, 0.01 * rng.normal(size=200)])
    report = embedding_report(X, cut, n_resamples=5)
    assert report.lost == (0, 1) and "one of the two loops was lost" in report.verdict
    apart = X[:200] + np.where(circle[:, :1] > 0, [30.0, 0.0], [0.0, 0.0])
    report = embedding_report(X[:200], apart, n_resamples=5)
    assert report.made[0] == 1 and "one piece was torn into two" in report.verdict
    together = np.vstack([circle, circle + [0.5, 0]])
    report = embedding_report(X, together, n_resamples=5)
    assert report.lost[0] == 1 and "two components were merged into one" in report.verdict


# -- what holds for every report -------------------------------------------------------------


def test_a_report_is_the_same_again_and_for_distances_and_any_scale():
    X = make_circle(120, noise=0.05, random_state=0).points
    report = embedding_report(X, X[:, :1], n_resamples=3)
    same = embedding_report(cdist(X, X), 1e3 * X[:, :1], metric="precomputed", n_resamples=3)
    one, other = report.to_dict(), same.to_dict()
    assert json.loads(json.dumps(one)) == one
    assert one.pop("n_features") == 2 and other.pop("n_features") == 120
    assert one.pop("metric") == "euclidean" and other.pop("metric") == "precomputed"
    for change, again in zip(one.pop("changes"), other.pop("changes"), strict=True):
        assert change == pytest.approx(again) and change["bottleneck"] > 0
    assert one == other
    frame = report.to_frame()
    assert frame.loc["trustworthiness", "value"] == report.trustworthiness
    assert frame.loc["bottleneck_geodesic_h1", "spread"] == report.changes[-1].bottleneck_spread
    assert str(report).startswith(report.verdict) and "beyond sampling" in str(report)


def test_many_points_are_looked_at_in_part():
    X = make_circle(1000, random_state=0).points
    report = embedding_report(X, X, max_points=200, n_resamples=2)
    assert (report.n_points, report.n_used, len(report.r_nx)) == (1000, 200, 998)
    assert report.is_faithful and "200 points of 1,000" in str(report)


@pytest.mark.parametrize("Z", [np.zeros((40, 2)), np.repeat(np.eye(2), 20, axis=0)])
def test_points_that_fall_together_are_an_answer(Z):
    X = make_circle(40, random_state=0).points
    report = embedding_report(X, Z, n_resamples=2, n_neighbors=5)
    assert not report.is_faithful and np.isfinite(report.to_frame()["value"]).all()


@pytest.mark.parametrize(
    "change, message",
    [
        ({"Z": np.zeros((7, 2))}, "X has 20 points and Z 7"),
        ({"Z": np.full((20, 2), np.nan)}, "Z"),
        ({"X": np.eye(5), "Z": np.eye(5)}, "pass 8 or more"),
        ({"n_neighbors": 10}, "n_neighbors=10.*below 10"),
        ({"max_dimension": 3}, "max_dimension=3"),
        ({"n_resamples": 0}, "n_resamples=0"),
        ({"metric": "precomputed"}, "X"),
    ],
)
def test_what_is_refused(change, message):
    X = np.random.default_rng(0).normal(size=(20, 3))
    options = {"X": X, "Z": X[:, :2], "n_neighbors": 5} | change
    with pytest.raises(ValueError, match=message):
        embedding_report(**options)


def test_counts_with_many_equal_rows_get_no_false_loop():
    counts = np.random.default_rng(0).poisson(3, (600, 2)).astype(float)
    report = embedding_report(counts, counts, n_resamples=2)
    assert report.before.betti == report.along.betti == report.after.betti
    assert report.spearman_geodesic > 0.99 and report.is_faithful


def test_the_verdict_follows_the_recall():
    rng = np.random.default_rng(0)
    X = make_swiss_roll(900, random_state=0).points
    X = np.c_[X, np.zeros((900, 47))] + rng.normal(scale=1.8, size=(900, 50))
    lost = embedding_report(X, X[:, :3], n_resamples=2)
    assert lost.recall < 0.5 and not lost.glues and not lost.tears and not lost.keeps_neighbors
    assert "neighbours are kept" not in lost.verdict
    assert not lost.is_faithful and lost.verdict.startswith("Not faithful in the small")
    assert f"only {lost.recall:.0%} of each point's 15 nearest ones are kept" in lost.verdict
    kept = embedding_report(X[:, :3], X[:, :3] + 0.01, n_resamples=2)
    assert kept.recall > 0.99 and kept.verdict.startswith("Faithful: neighbours are kept")
    assert kept.to_dict()["keeps_neighbors"] is True
