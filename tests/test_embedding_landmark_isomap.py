import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist
from sklearn.manifold import Isomap
from sklearn.neighbors import KNeighborsTransformer

from tda.datasets import make_sphere, make_swiss_roll
from tda.embedding import LandmarkIsomap, landmark_mds


def assert_same_up_to_signs(one, other, **tolerance):
    signs = np.sign((one * other).sum(axis=0))
    np.testing.assert_allclose(one * signs, other, **tolerance)


def test_with_every_point_a_landmark_it_is_scikit_learns_isomap():
    X = make_sphere(200, noise=0.05, random_state=0).points
    ours = LandmarkIsomap(n_landmarks=200, n_neighbors=8, n_components=3).fit(X)
    theirs = Isomap(n_neighbors=8, n_components=3).fit(X)
    assert_same_up_to_signs(ours.embedding_, theirs.embedding_, rtol=1e-6, atol=1e-8)
    new = make_sphere(30, noise=0.05, random_state=1).points
    assert_same_up_to_signs(ours.transform(new), theirs.transform(new), rtol=1e-6, atol=1e-8)


def test_landmarks_unroll_a_swiss_roll_as_all_points_do():
    X = make_swiss_roll(1500, random_state=0).points
    few = LandmarkIsomap(n_landmarks=60).fit_transform(X)
    every = Isomap(n_neighbors=10).fit_transform(X)
    assert np.corrcoef(pdist(few), pdist(every))[0, 1] > 0.999


def test_points_of_a_plane_are_placed_exactly():
    # de Silva, Tenenbaum 2004: triangulation is exact for distances of a flat space.
    X = np.random.default_rng(0).normal(size=(50, 3))
    D = cdist(X, X)
    placed = landmark_mds(D[:8, :8], 3).place(D[:8])
    np.testing.assert_allclose(pdist(placed), pdist(X))
    wide = landmark_mds(D[:8, :8], 5)
    np.testing.assert_allclose(wide.place(D[:8])[:, :3], placed)
    np.testing.assert_allclose(wide.place(D[:8])[:, 3:], 0, atol=1e-6)


def test_old_points_are_placed_where_they_were():
    X = make_swiss_roll(300, random_state=0).points
    model = LandmarkIsomap(n_landmarks=30, n_neighbors=8).fit(X)
    np.testing.assert_allclose(model.transform(X), model.embedding_)
    near = model.transform(X + 1e-4)
    np.testing.assert_allclose(near, model.embedding_, atol=0.02)


def test_precomputed_distances_and_graphs_give_the_same():
    X = make_swiss_roll(300, random_state=0).points
    plain = LandmarkIsomap(n_landmarks=300, n_neighbors=8).fit(X)
    D = cdist(X, X)
    graph = KNeighborsTransformer(n_neighbors=8).fit(X)
    for given, new in ((D, D[:9]), (graph.transform(X), graph.transform(X[:9]))):
        model = LandmarkIsomap(n_landmarks=300, n_neighbors=8, metric="precomputed").fit(given)
        assert_same_up_to_signs(model.embedding_, plain.embedding_, atol=1e-6)
        np.testing.assert_allclose(model.transform(new), model.embedding_[:9], atol=1e-6)


def test_pieces_are_joined_and_said():
    X = make_sphere(60, random_state=0).points
    X = np.concatenate([X, X + 10])
    with pytest.warns(UserWarning, match="falls into 2 pieces"):
        model = LandmarkIsomap(n_neighbors=5).fit(X)
    assert model.bridges_.shape == (1, 2) and np.isfinite(model.embedding_).all()
    graph = KNeighborsTransformer(n_neighbors=5).fit_transform(X)
    with pytest.raises(ValueError, match="2 pieces"):
        LandmarkIsomap(n_neighbors=5, metric="precomputed").fit(graph)


def test_three_clusters_keep_their_triangle_as_in_scikit_learn():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(30, 2)) + at for at in ([0, 0], [20, 0], [10, 17])])
    theirs = Isomap(n_neighbors=5).fit(X)
    for given, metric in ((X, "euclidean"), (cdist(X, X), "precomputed")):
        with pytest.warns(UserWarning, match="falls into 3 pieces"):
            model = LandmarkIsomap(n_landmarks=90, n_neighbors=5, metric=metric).fit(given)
        assert_same_up_to_signs(model.embedding_, theirs.embedding_, rtol=1e-6, atol=1e-8)
    middles = model.embedding_.reshape(3, 30, 2).mean(axis=1)
    assert pdist(middles).max() < 1.15 * pdist(middles).min()


def test_infinite_distances_are_no_edges():
    X = make_sphere(80, random_state=0).points
    D = cdist(X, X)
    plain = LandmarkIsomap(n_landmarks=80, n_neighbors=8).fit(X).embedding_
    rank = np.argsort(np.argsort(D, axis=1), axis=1)
    D[np.minimum(rank, rank.T) > 8] = np.inf  # all but the edges of the graph
    found = LandmarkIsomap(n_landmarks=80, n_neighbors=8, metric="precomputed").fit(D)
    assert_same_up_to_signs(found.embedding_, plain, rtol=1e-6, atol=1e-8)
    D = cdist(X, X)
    D[:40, 40:] = D[40:, :40] = np.inf
    with pytest.raises(ValueError, match="X falls into 2 pieces"):
        LandmarkIsomap(n_neighbors=5, metric="precomputed").fit(D)


def test_copies_are_no_neighbours():
    X = make_swiss_roll(100, random_state=0).points
    Y = np.repeat(X, 6, axis=0)
    plain = LandmarkIsomap(n_landmarks=100, n_neighbors=6).fit(X)
    for given, new, metric in (
        (Y, Y[:12] + 0.1, "euclidean"),
        (cdist(Y, Y), cdist(Y[:12] + 0.1, Y), "precomputed"),
    ):
        model = LandmarkIsomap(n_landmarks=100, n_neighbors=6, metric=metric).fit(given)
        assert pdist(model.embedding_).max() == pytest.approx(
            pdist(plain.embedding_).max(), rel=0.01
        )
        np.testing.assert_allclose(
            model.geodesics_[:, ::6], plain.geodesics_[model.landmark_indices_ // 6], atol=1e-9
        )
        there = model.triangulation_.place(model.geodesics_)
        np.testing.assert_allclose(there, model.embedding_)
        assert np.isfinite(model.transform(new)).all()


def test_copies_and_few_points():
    X = np.repeat(np.arange(6.0)[:, None], 3, axis=0)
    model = LandmarkIsomap(n_neighbors=7, n_landmarks=17).fit(X)
    assert len(model.landmark_indices_) == 6
    np.testing.assert_allclose(np.abs(model.embedding_[:, 0]), np.abs(X[:, 0] - 2.5), atol=1e-6)
    np.testing.assert_allclose(model.embedding_[:, 1], 0, atol=1e-6)
    assert LandmarkIsomap().fit_transform([[0.0], [1.0]]).shape == (2, 2)


def test_a_direction_that_is_rounding_alone_is_no_longer_than_the_cloud_is_wide():
    """Of clouds that are nearly a line the second eigenvalue is noise: 10⁹ had come of it."""
    for seed in range(20):
        X = np.random.default_rng(seed).normal(size=(6, 2)) * [1, 2**20]
        D = np.linalg.norm(X[:, None] - X, axis=2)
        placed = landmark_mds(D, 2).place(D)
        line = X[:, 1] - X[:, 1].mean()
        np.testing.assert_allclose(np.abs(placed[:, 0]), np.abs(line), rtol=1e-6, atol=10)
        assert np.abs(placed[:, 1]).max() <= np.ptp(X[:, 0]) + 1
