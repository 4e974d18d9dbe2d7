import sys
import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.manifold import LocallyLinearEmbedding, SpectralEmbedding
from sklearn.neighbors import KNeighborsTransformer
from sklearn.utils.estimator_checks import check_estimator

from tda import IntrinsicDimension
from tda.datasets import make_circle, make_sphere, make_swiss_roll
from tda.embedding import Embedding
from tda.embedding._recipes import RECIPES

QUICK = ["isomap", "landmark_isomap", "lle", "mds", "pca", "spectral", "tsne"]
HERE = {"tsne": {"options": {"max_iter": 250}}}
X = make_swiss_roll(150, random_state=0).points


def make(method, **parameters):
    return Embedding(method=method, random_state=0, **(HERE.get(method, {}) | parameters))


def assert_same_up_to_signs(one, other, **tolerance):
    signs = np.sign((one * other).sum(axis=0))
    np.testing.assert_allclose(one * signs, other, **tolerance)


@pytest.mark.parametrize("method", QUICK)
def test_every_method_gives_finite_named_columns_and_a_seed_gives_them_again(method):
    model = make(method, n_components=2).fit(X)
    assert model.embedding_.shape == (150, 2) and np.isfinite(model.embedding_).all()
    assert model.get_feature_names_out().tolist() == [f"{method}_0", f"{method}_1"]
    again = make(method, n_components=2).set_output(transform="pandas").fit_transform(X)
    np.testing.assert_array_equal(again.to_numpy(), model.embedding_)
    assert list(again.columns) == [f"{method}_0", f"{method}_1"]


@pytest.mark.parametrize("method", [m for m in QUICK if RECIPES[m].place])
def test_new_points_are_placed_beside_old_ones(method):
    model = make(method, n_components=2).fit(X)
    near = model.transform(X[:20] + 1e-5)
    np.testing.assert_allclose(near, model.embedding_[:20], atol=0.01 * model.embedding_.std())


@pytest.mark.parametrize("method", [m for m in RECIPES if RECIPES[m].place is None])
def test_a_method_without_a_place_for_new_points_has_no_transform(method):
    assert not hasattr(Embedding(method=method), "transform")
    with pytest.raises(AttributeError) as caught:
        Embedding(method=method).transform(X)
    assert "no place for new points" in str(caught.value.__cause__)


@pytest.mark.parametrize("method", ["isomap", "pca", "lle"])
def test_the_order_of_points_does_not_matter(method):
    order = np.random.default_rng(0).permutation(150)
    one, other = make(method).fit(X), make(method).fit(X[order])
    scale = np.abs(one.embedding_).max()
    assert_same_up_to_signs(one.embedding_[order], other.embedding_, atol=1e-4 * scale)


def test_the_shared_graph_changes_nothing_of_what_the_libraries_give():
    expected = PCA(2).fit_transform(X)
    assert_same_up_to_signs(make("pca", n_components=2).fit_transform(X), expected)
    expected = LocallyLinearEmbedding(n_neighbors=15, random_state=0).fit_transform(X)
    found = make("lle", n_components=2).fit_transform(X)
    assert_same_up_to_signs(found, expected, atol=1e-6)
    expected = SpectralEmbedding(
        affinity="nearest_neighbors", n_neighbors=16, random_state=0
    ).fit_transform(X)
    found = make("spectral", n_components=2).fit_transform(X)
    assert_same_up_to_signs(found, expected, atol=1e-8)


def test_the_number_of_components_is_the_dimension():
    assert make("pca").fit(make_circle(400, ambient_dimension=9, random_state=0)).n_components_ == 1
    surface = make("pca").fit(make_sphere(400, ambient_dimension=9, random_state=0))
    assert surface.n_components_ == 2 and surface.dimension_ == pytest.approx(2, abs=0.3)
    flat = np.random.default_rng(0).uniform(size=(300, 1))
    assert make("pca").fit(flat).n_components_ == 1  # never more than there are features
    assert np.isnan(make("pca", n_components=2).fit(X).dimension_)
    assert make("pca").fit(np.array([[0.0, 1], [2, 3]])).n_components_ == 1
    lattice = np.argwhere(np.ones((6, 6))).astype(float)
    with pytest.warns(
        UserWarning, match="n_components=2 is taken, but the dimension is not sure. 2.*equally far"
    ):
        assert make("pca").fit(lattice).n_components_ == 2


@pytest.mark.parametrize("method", ["isomap", "spectral", "tsne", "mds"])
def test_precomputed_distances_and_graphs(method):
    plain = make(method, n_components=2, n_neighbors=8).fit(X)
    model = make(method, n_components=2, n_neighbors=8, metric="precomputed")
    graph = KNeighborsTransformer(n_neighbors=30).fit_transform(X)
    for given in (cdist(X, X), graph)[: 1 if method == "mds" else 2]:
        found = model.fit_transform(given)
        if method == "tsne":  # starts elsewhere, since there are no principal components
            assert np.isfinite(found).all()
        else:
            assert_same_up_to_signs(found, plain.embedding_, atol=1e-6)


def test_another_metric_reaches_the_methods():
    D = cdist(X, X, "cityblock")
    given = make("isomap", n_components=2, metric="precomputed").fit_transform(D)
    found = make("isomap", n_components=2, metric="manhattan").fit_transform(X)
    assert_same_up_to_signs(found, given, atol=1e-6)


def test_what_a_method_cannot_do_is_an_error():
    graph = KNeighborsTransformer(n_neighbors=30).fit_transform(X)
    with pytest.raises(ValueError, match="works on coordinates"):
        make("pca", metric="manhattan").fit(X)
    with pytest.raises(ValueError, match="needs all distances"):
        make("mds", metric="precomputed").fit(graph)
    with pytest.raises(ValueError, match="needs all distances"):
        make("tsne", metric="precomputed", n_components=4, n_neighbors=5).fit(graph)
    with pytest.raises(ValueError, match="n_neighbors=40 or more"):
        make("isomap", metric="precomputed", n_neighbors=40).fit(graph)
    with pytest.raises(ValueError, match="method"):
        Embedding(method="magic").fit(X)


def test_pacmap_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pacmap", None)
    with pytest.raises(ImportError, match=r"tda-learn\[pacmap\]"):
        Embedding(method="pacmap").fit(X)


def test_umap_is_quiet_and_reproducible_and_places_new_points():
    few = make_circle(60, noise=0.05, random_state=0).points
    model = make("umap", n_components=2, n_neighbors=8, options={"n_epochs": 50})
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=UserWarning)
        one = model.fit_transform(few)
        placed = model.transform(few[:5] + 1e-3)
    np.testing.assert_array_equal(model.fit_transform(few), one)
    assert placed.shape == (5, 2) and np.isfinite(placed).all()
    nearest = cdist(placed, one).argsort(axis=1)[:, :8]
    assert all(i in near for i, near in enumerate(nearest))


@pytest.mark.parametrize("method", ["lle", "spectral"])  # with and without transform
def test_scikit_learns_checks(method):
    check_estimator(make(method, n_components=1), on_skip=None)


def test_dimension_and_method_share_one_search(monkeypatch):
    from tda import _neighbors, _points
    from tda.embedding import _embedding

    X = make_swiss_roll(300, random_state=0).points
    searched = []

    def counted(X, n_neighbors, **options):
        searched.append(n_neighbors)
        return _neighbors.neighbor_graph(X, n_neighbors, **options)

    monkeypatch.setattr(_embedding, "neighbor_graph", counted)
    monkeypatch.setattr(_points, "neighbor_graph", counted)
    shared = Embedding(method="isomap", n_neighbors=8).fit(X)
    assert searched == [20]
    np.testing.assert_array_equal(
        shared.embedding_,
        Embedding(method="isomap", n_neighbors=8, n_components=shared.n_components_)
        .fit(X)
        .embedding_,
    )
    assert searched == [20, 8]
    assert shared.dimension_ == pytest.approx(IntrinsicDimension().fit(X).dimension_)
