"""One table of metrics, the same in every room."""

import warnings

import numpy as np
import pytest
from scipy.spatial import distance
from scipy.spatial.distance import cdist, pdist, squareform

import tda
from tda import (
    CircularCoordinates,
    CloudDimension,
    Embedding,
    HoleCounter,
    IntrinsicDimension,
    LandmarkIsomap,
    RipsPersistence,
    count_holes,
    embedding_report,
    intrinsic_dimension,
    rips_diagram,
)
from tda._metrics import (
    FUNCTIONS,
    distances,
    named_distances,
    nearest_rows,
    take_metric,
    true_values,
)
from tda.dimension import CorrInt, TwoNN, kneighbors_graph
from tda.embedding import neighbor_scores
from tda.manifold import GeodesicDistance, geodesic_matrix

PLANE = np.random.default_rng(9).random((50, 2))
DIRECTIONS = ("cosine", "correlation")
LINEAR = ("seuclidean", "mahalanobis")


def directions(n, d, seed):
    U = np.random.default_rng(seed).normal(size=(n, d))
    return U / np.linalg.norm(U, axis=1, keepdims=True)


def rows_for(metric, n=60, d=5, seed=0):
    X = np.random.default_rng(seed).normal(size=(n, d))
    return X > 0 if metric == "dice" else np.abs(X)


def euclidean_twin(X, metric):
    """Rows whose Euclidean distances are the metric's true ones, by its definition."""
    if metric == "correlation":
        X = X - X.mean(axis=1, keepdims=True)
    if metric in DIRECTIONS:
        return X / np.linalg.norm(X, axis=1, keepdims=True)
    if metric == "seuclidean":
        return X / X.std(axis=0, ddof=1)
    if metric == "mahalanobis":
        return X @ np.linalg.cholesky(np.linalg.inv(np.cov(X.T)))
    return X


# -- the table ---------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", FUNCTIONS)
def test_the_metric_taken_has_the_order_of_the_named_one(metric):
    X = rows_for(metric)
    named = np.nan_to_num(squareform(pdist(X, metric)))  # two empty sets are at 0
    taken = take_metric(X, metric)
    true = distances(taken[0], metric=taken[1].taken)
    np.testing.assert_allclose(true_values(named, metric), true, atol=1e-7)
    np.testing.assert_allclose(named_distances(X, metric), named, atol=1e-15)


@pytest.mark.parametrize("metric", FUNCTIONS)
def test_the_metric_taken_obeys_the_triangle_inequality_and_the_named_one_does_not(metric):
    X = rows_for(metric, d=4)
    taken = take_metric(X, metric)
    true = distances(taken[0], metric=taken[1].taken)

    def most_beyond(D):
        return (D[:, None, :] - D[:, :, None] - D[None]).max()

    assert most_beyond(true) < 1e-12
    assert most_beyond(np.nan_to_num(squareform(pdist(X, metric)))) > 0.01


@pytest.mark.parametrize("metric", LINEAR)
def test_linear_metrics_are_scipys(metric):
    X = rows_for(metric) + 1e6
    taken, how = take_metric(X, metric)
    np.testing.assert_allclose(distances(taken), squareform(pdist(X, metric)), rtol=1e-6)
    queries = rows_for(metric, n=7, seed=1) + 1e6
    learned = {"V": X.var(axis=0, ddof=1)}
    if metric == "mahalanobis":
        learned = {"VI": np.linalg.inv(np.cov(X.T))}
    expected = cdist(X, queries, metric, **learned)
    np.testing.assert_allclose(distances(taken, how.points(queries)), expected, rtol=1e-6)


@pytest.mark.parametrize("metric", ["cosine", "correlation", "sqeuclidean", "seuclidean"])
def test_functions_of_scipy_are_known_by_name(metric):
    X = rows_for(metric)
    taken, how = take_metric(X, getattr(distance, metric))
    expected, known = take_metric(X, metric)
    np.testing.assert_array_equal(taken, expected)
    assert how.note == known.note and how.taken == "euclidean"


def test_other_functions_and_other_names_are_taken_as_they_are():
    X = rows_for("euclidean")
    for metric in ("euclidean", "manhattan", "chebyshev", "canberra", len, lambda a, b: 0.0):
        taken, how = take_metric(X, metric)
        assert taken is X and how.taken == metric and how.note is None


def test_what_was_taken_is_taken_as_it_is():
    for metric in (*FUNCTIONS, *LINEAR):
        taken, how = take_metric(rows_for(metric), metric)
        again, same = take_metric(taken, how.taken)
        assert again is taken and same.taken == how.taken and same.note is None


def test_small_distances_keep_their_digits():
    # 1 - cos is 0 or 1e-16 for angles of 1e-8.
    angle = 1e-9 * np.arange(6.0)
    X = 7.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    true = distances(take_metric(X, "cosine")[0])
    np.testing.assert_allclose(true[0], angle, rtol=1e-6)


# -- rows without and with the same direction --------------------------------------------------


def estimators(metric):
    return [
        IntrinsicDimension(metric=metric),
        TwoNN(metric=metric),
        LandmarkIsomap(metric=metric, n_landmarks=10),
        Embedding(method="isomap", n_components=2, metric=metric),
        GeodesicDistance(metric=metric),
        CircularCoordinates(metric=metric, n_loops=1, n_landmarks=30),
    ]


def every_room(metric):
    """Functions from a cloud to a number or an array, one a door."""
    doors = {type(one).__name__: one.fit_transform for one in estimators(metric)}
    doors |= {
        "CorrInt": lambda X: CorrInt(metric=metric).fit(X).dimensions_,
        "CloudDimension": lambda X: (
            CloudDimension(estimators=TwoNN(metric=metric)).fit_transform([X])
        ),
        "graph": lambda X: kneighbors_graph(X, 5, metric=metric).toarray(),
        "geodesic_matrix": lambda X: geodesic_matrix(X, metric=metric),
        "HoleCounter": lambda X: HoleCounter(metric=metric).fit_transform([X]),
        "count_holes": lambda X: count_holes(X, metric=metric, complex="rips").diagram.deaths,
        "scores": lambda X: neighbor_scores(X, PLANE[: len(X)], metric=metric).r_nx,
        "report": lambda X: embedding_report(
            X, PLANE[: len(X)], metric=metric, n_resamples=1
        ).recall,
        "mds": lambda X: Embedding(
            method="mds", n_components=2, metric=metric, random_state=0
        ).fit_transform(X),
        "tsne": lambda X: Embedding(
            method="tsne", n_components=2, metric=metric, random_state=0,
            options={"method": "exact", "max_iter": 250, "init": "random"},
        ).fit_transform(X),
    }  # fmt: skip
    return doors


DOORS = tuple(every_room("euclidean"))


@pytest.mark.parametrize("metric", ["cosine", "correlation", "sqeuclidean", *LINEAR])
@pytest.mark.parametrize("door", DOORS)
def test_every_room_takes_the_same_metric(door, metric):
    X = rows_for(metric, n=50, seed=3)
    expected = every_room("euclidean")[door](take_metric(X, metric)[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(every_room(metric)[door](X), expected)


@pytest.mark.parametrize("metric", ["cosine", "correlation", "sqeuclidean", *LINEAR])
def test_new_points_go_through_the_map_of_fit(metric):
    X, queries = rows_for(metric, n=80, seed=1), rows_for(metric, n=9, seed=2)
    for one, twin in zip(estimators(metric), estimators("euclidean"), strict=True):
        taken, how = take_metric(X, metric)
        expected = twin.fit(taken).transform(how.points(queries))
        np.testing.assert_array_equal(one.fit(X).transform(queries), expected)


@pytest.mark.parametrize("metric", DIRECTIONS)
def test_rows_of_one_direction_are_one_point_in_every_room(metric):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(60, 6))
    many = np.repeat(X, 3, axis=0) * rng.uniform(0.1, 9, (180, 1))
    if metric == "correlation":
        many += rng.normal(size=(180, 1))
    assert len(np.unique(take_metric(many, metric)[0], axis=0)) == 60
    once = intrinsic_dimension(X, metric=metric)
    several = intrinsic_dimension(many, metric=metric)
    assert several.dimension == pytest.approx(once.dimension, rel=1e-9)
    assert np.isfinite(several.local).all()
    counts = [count_holes(Y, metric=metric) for Y in (X, many)]
    assert counts[0].n_points == counts[1].n_points == 60
    np.testing.assert_allclose(counts[0].diagram.deaths, counts[1].diagram.deaths, rtol=1e-9)
    bars = rips_diagram(many, metric=metric)
    expected = rips_diagram(X, metric=metric)
    assert len(bars) == len(expected)
    np.testing.assert_allclose(bars.deaths, expected.deaths, rtol=1e-9)


@pytest.mark.parametrize("metric", DIRECTIONS)
@pytest.mark.parametrize("door", [*DOORS, "rips"])
def test_a_row_without_direction_is_refused_in_every_room(door, metric):
    X = rows_for(metric, n=50)
    X[7] = 0.0 if metric == "cosine" else 0.3  # constant, up to rounding of its mean
    doors = every_room(metric) | {"rips": lambda X: rips_diagram(X, metric=metric)}
    what = "holds zeros only" if metric == "cosine" else "is constant"
    with pytest.raises(ValueError, match=rf"1 row\(s\) without a direction \(row 7 {what}\)"):
        doors[door](X)


def test_what_has_no_metric_of_its_order_is_refused_with_the_way_out():
    X = rows_for("dice")
    for function in (count_holes, intrinsic_dimension):
        with pytest.raises(ValueError, match=r'metric=\'yule\'.*take another, such as "jaccard"'):
            function(X, metric="yule")
    with pytest.raises(ValueError, match=r"row 1 of X holds zeros only"):
        intrinsic_dimension(np.array([[1.0, 2.0], [0.0, 0.0], [2.0, 1.0]]), metric="braycurtis")
    with pytest.raises(ValueError, match=r"compares amounts, but X holds -.*manhattan"):
        count_holes(np.array([[1.0, -2.0], [0.5, 1.0]]), metric="braycurtis")


def test_a_covariance_without_inverse_is_refused_and_a_constant_column_counts_nothing():
    X = rows_for("euclidean")
    for Y in (np.column_stack([X, X[:, :2].sum(axis=1)]), X[:4], np.c_[X, np.full(60, 0.1)]):
        with pytest.raises(ValueError, match=r"do not span all columns.*seuclidean"):
            count_holes(Y, metric="mahalanobis")
    wide = rips_diagram(np.c_[X, np.full(60, 0.1)], metric="seuclidean")
    np.testing.assert_allclose(wide.deaths, rips_diagram(X, metric="seuclidean").deaths)


# -- what it is for ----------------------------------------------------------------------------


@pytest.mark.parametrize("metric", ["cosine", "sqeuclidean"])
@pytest.mark.parametrize("seed", range(4))
def test_directions_in_space_have_two_dimensions(metric, seed):
    estimate = intrinsic_dimension(directions(2000, 3, seed), metric=metric)
    assert estimate.dimension == pytest.approx(2, abs=0.1)
    low, high = estimate.interval
    assert low <= 2 <= high


def test_profiles_have_their_dimension_under_correlation():
    X = np.random.default_rng(0).normal(size=(2000, 4)) + 5.0
    assert intrinsic_dimension(X, metric="correlation").dimension == pytest.approx(2, abs=0.15)


def test_directions_have_no_loop_in_95_of_100_clouds():
    right = [count_holes(directions(200, 3, seed), metric="cosine").betti for seed in range(100)]
    assert right.count((1, 0)) >= 95


def test_a_circle_of_directions_is_a_loop():
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, 100)
    X = np.column_stack([np.cos(angle), np.sin(angle)]) * angle[:, None]
    for metric in ("cosine", distance.cosine):
        count = count_holes(X, metric=metric)
        assert count.betti == (1, 1)
        assert count.points is not None and len(count.cycle(count.holes[0])) >= 3


def test_what_is_returned_says_what_was_taken():
    X = rows_for("euclidean")
    for metric, words in (("cosine", "chords between dir"), ("sqeuclidean", "are Euclidean")):
        assert words in count_holes(X, metric=metric).notes[0]
        assert words in intrinsic_dimension(X, metric=metric).verdict
        assert words in str(TwoNN(metric=metric).fit(X).metric_)
    for metric in ("euclidean", "manhattan"):
        assert not any("distances are" in note for note in count_holes(X, metric=metric).notes)
        assert "distances are" not in intrinsic_dimension(X, metric=metric).verdict


def test_a_rips_diagram_keeps_the_values_that_were_named():
    X = rows_for("cosine", n=40)
    for metric in (*FUNCTIONS, *LINEAR, "yule"):
        Y = X > 0.5 if metric in ("dice", "yule") else X
        D = squareform(pdist(Y, metric))
        expected = rips_diagram(np.nan_to_num(D), metric="precomputed")
        found = RipsPersistence(metric=metric).fit_transform([Y])[0]
        assert len(found) == len(expected)
        np.testing.assert_allclose(found.births, expected.births, atol=1e-14)
        np.testing.assert_allclose(found.deaths, expected.deaths, atol=1e-14)


@pytest.mark.parametrize("metric", DIRECTIONS)
def test_reports_and_angles_do_not_die_of_rounding(metric):
    for seed in range(8):
        X = np.random.default_rng(seed).normal(size=(40, 5))
        assert embedding_report(X, X[:, :2], metric=metric, n_resamples=1).n_points == 40
        model = CircularCoordinates(metric=metric, n_loops=1, n_landmarks=20).fit(X)
        assert np.isfinite(model.angles_).all()


def test_sets_are_taken_without_a_word():
    X = np.random.default_rng(0).random((40, 8)) > 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for metric in ("jaccard", "dice", "rogerstanimoto", "russellrao", "sokalsneath"):
            D = distances(X, X, metric=metric)
            assert rips_diagram(X, metric=metric)[0][-2, 1] <= D.max()
            assert count_holes(X, metric=metric).complex == "rips"
            assert kneighbors_graph(X, 4, metric=metric).shape == (40, 40)


def test_nearest_rows_of_a_rank_preserving_map():
    X = rows_for("braycurtis", n=30)
    lengths, indices = nearest_rows(X, X[:4], 3, metric="ruzicka")
    D = distances(X[:4], X, metric="ruzicka")
    np.testing.assert_allclose(lengths, np.sort(D, axis=1)[:, :3], atol=1e-12)
    np.testing.assert_array_equal(np.sort(D, axis=1)[:, 1], np.take_along_axis(D, indices, 1)[:, 1])


def test_given_squares_are_told_and_given_metrics_are_not():
    X = np.random.default_rng(0).normal(size=(150, 3))
    D = squareform(pdist(X))
    for told, given in (
        (True, D**2), (True, 1 - (U := directions(150, 3, 0)) @ U.T), (False, D),
        (False, geodesic_matrix(X)), (False, np.ceil(D)), (False, np.where(D < 2, D, np.inf)),
    ):  # fmt: skip
        np.fill_diagonal(given, 0)
        said = [" ".join(count_holes(given, metric="precomputed").notes)]
        if np.isfinite(given).all():
            said.append(str(intrinsic_dimension(given, metric="precomputed")))
        assert all(("break the triangle inequality" in words) == told for words in said)
    squares = count_holes(X[:40], metric=lambda a, b: ((a - b) ** 2).sum())
    assert any("pass their root" in note for note in squares.notes)
    told = str(intrinsic_dimension(X, metric=lambda a, b: ((a - b) ** 2).sum()))
    assert "pass their root" in told
    assert "triangle" not in str(intrinsic_dimension(X, metric=lambda a, b: np.abs(a - b).sum()))


@pytest.mark.parametrize("one, other", [("matching", "hamming"), ("infinity", "chebyshev")])
def test_two_names_of_a_metric_are_one_in_every_room(one, other):
    X = np.random.default_rng(0).integers(0, 4, size=(60, 8)).astype(float)
    for take in (tda.intrinsic_dimension, tda.count_holes):
        assert take(X, metric=one).to_dict() == take(X, metric=other).to_dict()
    dead = [tda.rips_diagram(X, metric=name).deaths for name in (one, other)]
    np.testing.assert_array_equal(*dead)


@pytest.mark.parametrize(
    "metric, message",
    [
        ("COSINE", "'metric' parameter is 'COSINE', .*did you mean 'cosine'"),
        ("jensenshannon", "'metric' parameter is 'jensenshannon', .*: braycurtis, canberra"),
        ("haversine", 'metric="haversine" .* two columns, latitude and longitude .* X has 3'),
    ],
)
@pytest.mark.parametrize("door", [tda.rips_diagram, tda.count_holes, tda.intrinsic_dimension])
def test_a_metric_that_is_not_taken_is_named_with_those_that_are(door, metric, message):
    with pytest.raises(ValueError, match=message):
        door(np.random.default_rng(0).random((30, 3)), metric=metric)


def test_functions_that_have_no_name_here_are_taken_as_functions():
    X = np.random.default_rng(0).random((30, 3))
    assert take_metric(X, distance.jensenshannon)[1].taken is distance.jensenshannon
