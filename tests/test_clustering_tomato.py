import numpy as np
import pytest
from gudhi.clustering.tomato import Tomato
from scipy.cluster.hierarchy import fcluster, is_valid_linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import KernelDensity, KNeighborsTransformer

from tda import ToMATo, count_holes
from tda._neighbors import neighbor_graph
from tda.clustering import mode_tree
from tda.clustering._density import kernel_log_density, neighbor_log_density
from tda.clustering._null import null_p_values, piece_p_value


def clouds():
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n, d = int(rng.integers(15, 400)), int(rng.integers(1, 4))
        yield rng.normal(size=(n, d)), int(rng.integers(2, 12))


# -- the tree, against gudhi -------------------------------------------------------------------


def test_labels_are_gudhis_on_the_same_graph_and_density():
    for X, k in clouds():
        graph = neighbor_graph(X, k)
        density = neighbor_log_density(graph.distances, X.shape[1])
        tree = mode_tree(graph.indices, density)
        for threshold in (0.0, 0.05, 0.2, 0.7, 3.0):
            theirs = Tomato("manual", "manual", merge_threshold=threshold or 1e-300)
            theirs.fit(graph.indices, weights=density)
            np.testing.assert_array_equal(
                tree.labels(merge_threshold=threshold), theirs.labels_, strict=False
            )
        np.testing.assert_array_equal(tree.hills, theirs.leaf_labels_)
        assert tree.n_pieces == len(theirs.max_weight_per_cc_)
        for n_clusters in (1, 2, 3, 7):
            theirs = Tomato("manual", "manual", n_clusters=n_clusters)
            if tree.n_pieces <= n_clusters <= len(tree.peaks):
                theirs.fit(graph.indices, weights=density)
                np.testing.assert_array_equal(tree.labels(n_clusters=n_clusters), theirs.labels_)


def test_the_diagram_is_gudhis():
    for X, k in clouds():
        graph = neighbor_graph(X, k)
        density = neighbor_log_density(graph.distances, X.shape[1])
        theirs = Tomato("manual", "manual").fit(graph.indices, weights=density)
        found = mode_tree(graph.indices, density).diagram()
        ours = found.finite()[0]
        finite = theirs.diagram_.reshape(-1, 2)
        np.testing.assert_allclose(ours, finite[np.lexsort(finite.T[::-1])])
        tops = np.sort(found.births[np.isinf(found.deaths)])
        np.testing.assert_allclose(tops, np.sort(theirs.max_weight_per_cc_))


def test_the_estimator_gives_gudhis_labels_with_their_settings():
    X = make_blobs(300, centers=4, random_state=3)[0]
    weights = Tomato(k=11, dim=2, q=2).fit(X).weights_
    theirs = Tomato(k=11, dim=2, q=2, merge_threshold=0.8).fit(X)
    ours = ToMATo(n_neighbors=10, dimension=2, merge_threshold=0.8).fit(X)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    # The same density but for a factor.
    assert np.ptp(ours.density_ - weights) < 1e-9
    radius = Tomato("radius", "manual", r=0.8, merge_threshold=0.5).fit(X, weights=weights)
    ours = ToMATo(radius=0.8, density=weights, merge_threshold=0.5).fit(X)
    assert adjusted_rand_score(ours.labels_, radius.labels_) == 1


def test_merges_one_by_one_against_brute_force():
    """Components of the points above a level, by definition, on graphs with ties."""
    from scipy.sparse.csgraph import connected_components

    rng = np.random.default_rng(0)
    for _ in range(30):
        n = int(rng.integers(2, 25))
        A = rng.random((n, n)) < 0.15
        A = csr_array((A | A.T).astype(float))
        density = rng.integers(0, 6, n).astype(float)
        found = mode_tree(A, density).diagram()
        for level in range(6):
            above = np.flatnonzero(density >= level)
            alive = np.sum((found.births >= level) & (found.deaths < level))
            if len(above):
                assert alive == connected_components(A[above][:, above], directed=False)[0]


def test_the_linkage_is_one_that_scipy_reads():
    for X, k in clouds():
        graph = neighbor_graph(X, k)
        tree = mode_tree(graph.indices, neighbor_log_density(graph.distances, 2))
        if len(tree.peaks) < 2:
            continue
        Z = tree.linkage()
        assert is_valid_linkage(Z)
        for threshold in (0.0, 0.1, 0.3):
            cut = fcluster(Z, threshold, criterion="distance")[tree.hills]
            assert adjusted_rand_score(cut, tree.labels(merge_threshold=threshold)) == 1


# -- densities ---------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_density_of_even_points_is_one(d):
    X = np.random.default_rng(0).random((8000, d))
    inside = np.all(np.abs(X - 0.5) < 0.3, axis=1)
    density = np.exp(neighbor_log_density(neighbor_graph(X, 15).distances, d))
    # Of 15 neighbours (mean r²)^(-d/2) has a bias of 1 / 15 at most.
    assert abs(density[inside].mean() - 1) < 0.12
    assert abs(np.median(density[inside]) - 1) < 0.06


def test_kernel_density_is_that_of_scikit_learn():
    X = np.random.default_rng(0).normal(size=(200, 3))
    theirs = KernelDensity(bandwidth=0.4).fit(X).score_samples(X)
    np.testing.assert_allclose(kernel_log_density(X, 0.4), theirs)
    ours = ToMATo(density="kde", bandwidth=0.4, n_clusters=2).fit(X)
    np.testing.assert_allclose(ours.density_, theirs)


# -- the number --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "X, n",
    [
        (make_moons(500, noise=0.05, random_state=0), 2),
        (make_circles(500, noise=0.02, factor=0.5, random_state=0), 2),
        (make_blobs(500, centers=[[0, 0], [0, 9], [9, 0]], cluster_std=[0.3, 1, 2],
                    random_state=0), 3),
    ],
)  # fmt: skip
def test_the_number_of_clusters_is_found(X, n):
    X, y = X
    model = ToMATo().fit(X)
    assert model.n_clusters_ == n
    assert adjusted_rand_score(model.labels_, y) > 0.97
    assert model.p_values_.shape == (n,) and model.p_values_[0] == 0
    assert (model.p_values_ <= 0.05).all()
    np.testing.assert_array_equal(model.labels_[model.peaks_], np.arange(n))


def test_noise_is_one_cluster_about_as_often_as_said():
    """Of 60 clouds at level 0.05 more than 8 would be in several with a chance of 0.5%."""
    rng = np.random.default_rng(0)
    several = 0
    for i in range(60):
        X = rng.random((300, 2)) if i % 2 else rng.normal(size=(300, 2))
        several += ToMATo().fit(X).n_clusters_ > 1
    assert several <= 8


def test_p_values_fall_with_prominence_and_hold_for_one_cluster():
    p = null_p_values(np.linspace(0, 3, 50), n=500, k=13)
    assert (np.diff(p) <= 0).all() and p[0] > 0.99 and p[-1] < 0.01
    assert piece_p_value(n=500, k=13) < 0.05 < piece_p_value(n=500, k=5)
    for n, k in ((3, 2), (10, 9), (10**6, 24), (50, 48)):
        assert np.isfinite(null_p_values([0.5], n=n, k=k)).all()


def test_with_a_density_of_ones_own_components_are_counted():
    X = make_blobs(300, centers=3, cluster_std=0.4, random_state=1)[0]
    model = ToMATo(density=lambda X: -np.abs(X[:, 0])).fit(X)
    assert model.n_clusters_ == count_holes(X, max_dimension=0).betti[0] == 3
    assert model.p_values_ is None


# -- the rest ----------------------------------------------------------------------------------


def test_distances_and_graphs_give_what_the_cloud_gives():
    X = make_moons(200, noise=0.05, random_state=0)[0]
    cloud = ToMATo(n_neighbors=12, dimension=2, n_clusters=3).fit(X)
    D = cdist(X, X)
    matrix = ToMATo(n_neighbors=12, dimension=2, n_clusters=3, metric="precomputed").fit(D)
    np.testing.assert_array_equal(matrix.labels_, cloud.labels_)
    np.testing.assert_array_equal(matrix.predict(D[5:9]), cloud.labels_[5:9])
    graph = KNeighborsTransformer(n_neighbors=12).fit_transform(X)
    graph = graph.maximum(graph.T)
    sparse = ToMATo(n_neighbors=12, dimension=2, n_clusters=3, metric="precomputed").fit(graph)
    np.testing.assert_allclose(sparse.density_, cloud.density_)


def test_repeated_rows_count_once_and_go_together():
    X = make_moons(150, noise=0.05, random_state=0)[0]
    plain, twice = ToMATo().fit(X), ToMATo().fit(np.repeat(X, 3, axis=0))
    np.testing.assert_array_equal(twice.labels_, np.repeat(plain.labels_, 3))
    assert twice.tree_.n_pieces == plain.tree_.n_pieces


def test_new_points_get_the_label_of_the_nearest():
    X, _ = make_moons(300, noise=0.05, random_state=0)
    model = ToMATo().fit(X)
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    new, true = make_moons(300, noise=0.05, random_state=1)
    assert adjusted_rand_score(model.predict(new), true) > 0.98
    cosine = ToMATo(metric="cosine", n_clusters=2).fit(X)
    np.testing.assert_array_equal(cosine.predict(5 * X), cosine.labels_)


def test_tiny_clouds():
    assert ToMATo().fit([[1.0, 2.0]]).labels_.tolist() == [0]
    assert ToMATo().fit(np.ones((5, 2))).labels_.tolist() == [0] * 5
    assert ToMATo().fit([[0.0], [1.0]]).n_clusters_ == 1
    with pytest.warns(UserWarning, match="n_clusters=2, but 1 cluster was found"):
        assert ToMATo(n_clusters=2).fit([[0.0], [1.0], [10.0], [11.0]]).n_clusters_ == 1


@pytest.mark.parametrize(
    "options, words",
    [
        ({"n_clusters": 2, "merge_threshold": 0.1}, "both"),
        ({"density": [1.0, 2.0]}, "has 40 rows"),
        ({"density": lambda X: np.full(len(X), np.nan)}, "finite"),
        ({"density": "kde", "metric": "cityblock"}, "no kernel density"),
    ],
)
def test_what_is_refused(options, words):
    X = np.random.default_rng(0).normal(size=(40, 2))
    with pytest.raises(ValueError, match=words):
        ToMATo(**options).fit(X)


@pytest.mark.parametrize(
    "graph, density, words",
    [
        ([[1], [0]], [1.0, np.nan], "finite"),
        ([[1], [0]], [1.0, 2.0, 3.0], "3 values"),
        ([[5], [0]], [1.0, 2.0], "up to 5"),
        ([[0.5], [1.0]], [1.0, 2.0], "indices"),
    ],
)
def test_graphs_that_are_refused(graph, density, words):
    with pytest.raises(ValueError, match=words):
        mode_tree(graph, density)


def test_a_number_that_is_not_reached_is_said():
    X = np.random.default_rng(0).normal(size=(60, 2))
    with pytest.warns(UserWarning, match="n_clusters=50, but .* peaks in all; take a smaller"):
        few = ToMATo(n_clusters=50, n_neighbors=4).fit(X)
    assert few.n_clusters_ == len(few.tree_.peaks)
    with pytest.warns(UserWarning, match="60 pieces, which are never merged; take a larger"):
        assert ToMATo(n_clusters=2, radius=1e-9).fit(X).n_clusters_ == 60
    assert repr(few.tree_).startswith(f"ModeTree(60 points, {few.n_clusters_} hills, ")
