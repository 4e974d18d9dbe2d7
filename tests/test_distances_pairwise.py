"""Matrices of distances and kernels, in several degrees, and as steps of a pipeline."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.manifold import MDS
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from tda import Diagram, DiagramDistance, DiagramKernel, Diagrams
from tda import distances as d

INF = np.inf
REFERENCE = Path(__file__).parent / "reference"
GRIDDED = ["sliced_wasserstein", "landscape", "image", "heat"]
METRICS = [*GRIDDED, "bottleneck", "wasserstein", "silhouette", "betti", "fisher"]
KERNELS = ["sliced_wasserstein", "scale_space", "weighted_gaussian", "fisher"]


def diagrams(n, seed=0, essential=True, lifetime=0.3):
    """Two degrees, numbers of bars that vary, one without bars of degree 1."""
    rng = np.random.default_rng(seed)
    samples = []
    for i in range(n):
        sizes = [rng.integers(3, 9), rng.integers(2, 7) if i else 0]
        births = rng.uniform(size=sum(sizes))
        deaths = births + rng.exponential(lifetime, sum(sizes))
        deaths[0] = INF if essential else 1.0
        samples.append(Diagram(births, deaths, np.repeat([0, 1], sizes), max_dimension=1))
    return Diagrams(samples)


A, B = diagrams(6), diagrams(4, seed=1)
SINGLE = {
    "bottleneck": d.bottleneck_distance,
    "wasserstein": d.wasserstein_distance,
    "sliced_wasserstein": d.sliced_wasserstein_distance,
    "landscape": d.landscape_distance,
    "silhouette": d.silhouette_distance,
    "betti": d.betti_distance,
    "image": lambda *pair, degree: d.image_distance(*pair, degree=degree, bandwidth=0.2),
    "heat": lambda *pair, degree: d.heat_distance(*pair, degree=degree, bandwidth=0.2),
    "fisher": lambda *pair, degree: d.fisher_distance(*pair, degree=degree, bandwidth=0.2),
}
#: How the degrees come together.
NORMS = {
    "bottleneck": INF,
    "wasserstein": 2,
    "landscape": 2,
    "silhouette": 2,
    "image": 2,
    "heat": 2,
}


def options_of(metric):
    exact = {"method": "exact"} if metric in GRIDDED else {}
    return exact | ({"bandwidth": 0.2} if metric in ("image", "heat", "fisher") else {})


@pytest.mark.parametrize("metric", METRICS)
def test_a_matrix_is_all_pairs_in_all_degrees(metric):
    expected = np.zeros((len(A), len(B)))
    for i, a in enumerate(A):
        for j, b in enumerate(B):
            each = [SINGLE[metric](a, b, degree=k) for k in (0, 1)]
            expected[i, j] = np.linalg.norm(each, ord=NORMS.get(metric, 1))
    ours = d.pairwise_distances(A, B, metric=metric, **options_of(metric))
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)
    only = d.pairwise_distances(A, B, metric=metric, degrees=1, **options_of(metric))
    assert only[2, 3] == pytest.approx(SINGLE[metric](A[2], B[3], degree=1))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("exact", [False, True])
def test_matrices_are_symmetric_and_do_not_depend_on_their_company(metric, exact):
    """To the last bit, as everything else that a sample gives."""
    options = options_of(metric) if exact else {}
    among = d.pairwise_distances(A, metric=metric, **options)
    assert (among == among.T).all() and (np.diag(among) == 0).all()
    assert (d.pairwise_distances(A, A, metric=metric, **options) == among).all()
    assert (d.pairwise_distances(A, metric=metric, n_jobs=2, **options) == among).all()
    some = d.pairwise_distances(A[[4, 1]], A, metric=metric, **options)
    assert (some == among[[4, 1]]).all()


@pytest.mark.parametrize("metric", METRICS)
def test_superlevel_bars_are_sublevel_bars_turned_over(metric):
    turned = Diagrams(Diagram(-x.births, -x.deaths, x.dims, max_dimension=1) for x in A)
    expected = d.pairwise_distances(A, metric=metric)
    ours = d.pairwise_distances(turned, metric=metric)
    np.testing.assert_allclose(ours, expected, rtol=0.05, atol=1e-12)  # the grid turns too
    options = options_of(metric)
    one = d.pairwise_distances(turned, metric=metric, **options)
    other = d.pairwise_distances(A, metric=metric, **options)
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


def test_giottos_distances_are_these():
    theirs = json.loads((REFERENCE / "distances_giotto.json").read_text())
    X = [[bars] for bars in theirs["diagrams"]]
    upper = np.triu_indices(len(X), 1)
    for metric, options, tolerance in [
        ("bottleneck", {}, 1e-9),
        ("wasserstein", {"order": 2}, 1e-6),
        ("landscape", {"method": "exact"}, 1e-5),
        ("betti", {}, 1e-3),
        ("silhouette", {}, 1e-5),
    ]:
        ours = d.pairwise_distances(X, metric=metric, **options)
        np.testing.assert_allclose(ours, theirs[metric], rtol=tolerance, atol=1e-9)
    # giotto's integrates over both sides of the diagonal, less what leaves the range of the bars.
    ours = d.pairwise_distances(X, metric="heat", method="exact", bandwidth=0.05)[upper]
    factor = np.array(theirs["heat"])[upper] / ours
    assert (factor > 1.3).all() and (factor < np.sqrt(2)).all()


def test_essential_classes_match_or_are_dropped():
    one = Diagrams.from_ripser([[[[0, 2], [0, INF]]]])
    none = Diagrams.from_ripser([[[[0, 2]]]])
    for metric in ("bottleneck", "wasserstein"):
        assert d.pairwise_distances(one, none, metric=metric) == INF
        assert d.pairwise_distances(one, none, metric=metric, essential="drop") == 0
    for metric in set(METRICS) - {"bottleneck", "wasserstein"}:
        assert d.pairwise_distances(one, none, metric=metric) == 0


def test_other_formats_a_function_and_no_diagrams_at_all():
    bars = [[[[0.0, 1.0]], [[1.0, 3.0]]], [[[0.0, 2.0]], []]]
    expected = d.pairwise_distances(Diagrams.from_ripser(bars))
    assert (d.pairwise_distances(bars) == expected).all()
    by_function = d.pairwise_distances(bars, metric=lambda a, b: abs(len(a) - len(b)))
    assert by_function.tolist() == [[0, 1], [1, 0]]
    for metric in METRICS:
        assert d.pairwise_distances(A[:0], A, metric=metric).shape == (0, 6)
        assert d.pairwise_distances(A[:0], metric=metric).shape == (0, 0)


def test_errors_name_what_is_wrong(capsys):
    for wrong, words in [
        ({"metric": "chebyshev"}, "metric='chebyshev'; it must be a function"),
        ({"metric": "heat", "order": 2}, "heat has no option 'order'; there are method, bandwidth"),
        ({"metric": "heat", "bandwidth": -1}, "bandwidth=-1; it must be a positive number"),
        ({"metric": "image", "method": "fast"}, "method='fast'"),
        ({"metric": "landscape", "order": 3}, 'takes 1 or 2: take "exact"'),
        ({"metric": "wasserstein", "order": INF}, "bottleneck_distance"),
        ({"metric": "sliced_wasserstein", "n_directions": 0}, "n_directions=0"),
        ({"essential": "clamp"}, "essential='clamp'"),
        ({"degrees": [-1]}, "degrees"),
        ({"metric": "heat", "bandwidth": 1e-6}, 'take method="exact" or a larger bandwidth'),
    ]:
        with pytest.raises(ValueError, match=words):
            d.pairwise_distances(A, **wrong)
    with pytest.raises(ValueError, match="kernel='rbf'; it must be one of"):
        d.pairwise_kernels(A, kernel="rbf")
    with pytest.raises(ValueError, match=r"pass \[A\]"):
        d.pairwise_distances(A[0])
    d.pairwise_distances(A, metric="bottleneck", verbose=True)
    assert "pairwise_distances" in capsys.readouterr().err


# -- kernels -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("method", ["grid", "exact"])
def test_kernels_are_positive_semidefinite(kernel, method):
    """Carrière et al. 2017, Reininghaus et al. 2015, Kusano et al. 2016.

    That of Fisher only nearly: the theorem of Le and Yamada (2018) is about densities of their
    own, and here each is changed by the other's points.
    """
    least = -0.005 if kernel == "fisher" else -1e-10
    options = {} if kernel == "fisher" else {"method": method}
    for seed, lifetime in [(0, 0.3), (1, 0.01)]:
        X = diagrams(25, seed=seed, lifetime=lifetime)
        for bandwidth in ("auto", 0.05, 5.0):
            K = d.pairwise_kernels(X, kernel=kernel, bandwidth=bandwidth, **options)
            assert (K == K.T).all()
            values = np.linalg.eigvalsh(K)
            assert values[0] >= least * values[-1]


def test_kernels_are_what_their_distances_say():
    D = d.pairwise_distances(A, metric="sliced_wasserstein")
    K = d.pairwise_kernels(A, kernel="sliced_wasserstein", bandwidth=0.7)
    np.testing.assert_allclose(K, np.exp(-D / 0.7))
    auto = d.pairwise_kernels(A, kernel="sliced_wasserstein")
    np.testing.assert_allclose(auto, np.exp(-D / np.median(D[D > 0])))
    D = d.pairwise_distances(A, metric="fisher", bandwidth=0.2)
    K = d.pairwise_kernels(A, kernel="fisher", bandwidth=0.7, smoothing=0.2)
    np.testing.assert_allclose(K, np.exp(-D / 0.7))
    for method in ("grid", "exact"):
        options = {"bandwidth": 0.2, "method": method}
        K = d.pairwise_kernels(A, kernel="scale_space", **options)
        squares = np.add.outer(np.diag(K), np.diag(K)) - 2 * K
        D = d.pairwise_distances(A, metric="heat", **options)
        np.testing.assert_allclose(D**2, squares, atol=1e-9 * np.diag(K).max())
    one = d.pairwise_kernels(A, B, kernel="weighted_gaussian", bandwidth=0.2, weight_scale=0.3)
    single = [
        d.weighted_gaussian_kernel(A[1], B[2], degree=k, bandwidth=0.2, weight_scale=0.3)
        for k in (0, 1)
    ]
    assert one[1, 2] == pytest.approx(sum(single), rel=1e-6)


def test_compiled_kernels_are_what_their_source_says():
    from tda._kernels import gaussians, pairwise

    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 70)), rng.normal(size=(4, 70))
    expected = [
        X @ Y.T,
        np.abs(X[:, None] - Y).sum(axis=2),
        ((X[:, None] - Y) ** 2).sum(axis=2),
    ]
    for kind, sums in enumerate(expected):
        for kernel in (pairwise.pairwise_sums, pairwise.pairwise_sums.py_func):
            np.testing.assert_allclose(kernel(X, np.ascontiguousarray(Y.T), 1, kind), sums[:, 1:])
    P, weights = rng.uniform(size=(5, 2)), rng.uniform(size=5)
    fields = [np.zeros((30, 30)) for _ in "ab"]
    low = np.array([-5, -5])
    gaussians.gaussian_field(P, weights, 0.08, 0.1, 7, low, fields[0])
    gaussians.gaussian_field.py_func(P, weights, 0.08, 0.1, 7, low, fields[1])
    np.testing.assert_allclose(*fields, rtol=1e-12)


# -- estimators --------------------------------------------------------------------------------


def two_classes(n=10):
    """Few long bars, or many short ones."""
    X = [*diagrams(n, seed=3, lifetime=0.5), *diagrams(n, seed=4, lifetime=0.05)]
    return Diagrams(X), np.repeat([0, 1], n)


@pytest.mark.parametrize("kernel", KERNELS)
def test_an_svm_learns_from_kernels(kernel):
    X, y = two_classes()
    model = make_pipeline(DiagramKernel(kernel=kernel), SVC(kernel="precomputed", C=100.0))
    assert cross_val_score(model, X, y, cv=5, error_score="raise").mean() >= 0.85


def test_neighbours_and_scaling_learn_from_distances():
    X, y = two_classes()
    model = make_pipeline(
        DiagramDistance(metric="sliced_wasserstein"),
        KNeighborsClassifier(n_neighbors=3, metric="precomputed"),
    )
    grid = {"diagramdistance__metric": ["wasserstein", "heat"], "diagramdistance__degrees": [0, 1]}
    search = GridSearchCV(model, grid, cv=4, error_score="raise").fit(X, y)
    assert search.best_score_ >= 0.8
    D = DiagramDistance(metric="heat").fit_transform(X)
    embedded = MDS(metric="precomputed", n_init=1, init="random", random_state=0).fit_transform(D)
    assert embedded.shape == (20, 2)


def difference_of_counts(a, b):
    return abs(len(a) - len(b))


def test_what_they_learned_survives_pickle():
    X, _ = two_classes(3)
    steps = [DiagramDistance(metric=metric) for metric in [*METRICS, difference_of_counts]]
    steps += [DiagramKernel(kernel=kernel) for kernel in KERNELS]
    for step in steps:
        expected = step.fit_transform(X)
        assert (pickle.loads(pickle.dumps(step)).transform(X) == expected).all()


def test_transform_keeps_what_fit_learned():
    """Also for diagrams far outside, and for degrees and directions that fit did not see."""
    X, _ = two_classes()
    kernel = DiagramKernel(kernel="scale_space").fit(X)
    longest = max(np.ptp(x[1], axis=1).max(initial=0) for x in X)
    assert kernel.fitted_.learned[1, 1]["bandwidth"] == pytest.approx(0.1 * longest)
    far = Diagrams([Diagram([50.0, 3.0], [51.0, 1.0], [1, 1])])
    assert (kernel.transform(far) >= 0).all()
    for metric in METRICS:
        step = DiagramDistance(metric=metric, degrees=1).fit(X)
        before = step.transform(X)
        out = step.transform(far)
        assert out.shape == (1, 20) and (out > 0).all()
        exact = d.pairwise_distances(
            far, X, metric=metric, degrees=1, **({"method": "exact"} if metric in GRIDDED else {})
        )
        np.testing.assert_allclose(out, exact, rtol=0.02)
        assert (step.transform(X) == before).all()
    assert step.get_feature_names_out()[[0, -1]].tolist() == ["fisher_to_0", "fisher_to_19"]
