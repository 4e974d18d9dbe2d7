"""Clouds that people bring: of few points, far away, of any scale, with copies and sentinels."""

import warnings

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tda.datasets import make_swiss_roll
from tda.embedding import (
    CircularCoordinates,
    Embedding,
    LandmarkIsomap,
    circular_correlation,
    embedding_report,
)
from tda.manifold import GeodesicDistance


def assert_same_up_to_signs(one, other, **tolerance):
    signs = np.sign((one * other).sum(axis=0))
    np.testing.assert_allclose(one * signs, other, **tolerance)


QUICK = ["pca", "mds", "isomap", "landmark_isomap", "lle", "spectral"]


@pytest.mark.parametrize("method", QUICK)
def test_few_points_are_embedded_or_refused_in_words(method):
    X = np.random.default_rng(0).normal(size=(17, 3))
    for n in (2, 3, 4, 7, 17):
        for n_components in (1, 2, 3):
            model = Embedding(method=method, n_components=n_components, random_state=0)
            most = {"pca": min(n, 3), "lle": min(n - 1, 3), "spectral": n - 2}.get(method, 3)
            if n_components <= most:
                Z = model.fit_transform(X[:n])
                assert Z.shape == (n, n_components) and np.isfinite(Z).all()
            else:
                with pytest.raises(ValueError, match=r"n_components=|needs 3 or more"):
                    model.fit(X[:n])


def test_neighbour_methods_embed_a_handful_of_points():
    X = np.random.default_rng(0).normal(size=(9, 3))
    for method, n in (("umap", 2), ("umap", 5), ("tsne", 2), ("tsne", 6)):
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            model = Embedding(
                method=method,
                n_components=2,
                random_state=0,
                options={"max_iter": 250} if method == "tsne" else {"n_epochs": 20},
            )
            Z = model.fit_transform(X[:n])
        assert Z.shape == (n, 2) and np.isfinite(Z).all()
    with pytest.raises(ValueError, match="X has 9 points, but method='pacmap' needs 14 or more"):
        Embedding(method="pacmap", n_components=2).fit(X)


@pytest.mark.parametrize("method", QUICK)
def test_place_and_scale_of_a_cloud_are_no_matter(method):
    X = np.round(make_swiss_roll(60, random_state=0).points * 2**10) / 2**10
    plain = Embedding(method=method, n_components=2, n_neighbors=8, random_state=0).fit(X)
    lengths = method in ("pca", "mds", "isomap", "landmark_isomap")
    for power in (330, -330, 40):
        model = Embedding(method=method, n_components=2, n_neighbors=8, random_state=0)
        Z = model.fit_transform(np.ldexp(X, power))
        Z = np.ldexp(Z, -power) if lengths else Z
        if method in ("lle", "mds"):  # their solvers start at a scale of their own
            assert np.isfinite(Z).all() and np.ptp(Z) > 0
            continue
        assert_same_up_to_signs(Z, plain.embedding_, atol=1e-6 * np.ptp(plain.embedding_))
        if hasattr(model, "transform"):
            new = model.transform(np.ldexp(X[:5], power))
            new = np.ldexp(new, -power) if lengths else new
            assert_same_up_to_signs(new, Z[:5], atol=1e-6 * np.ptp(plain.embedding_))
    far = Embedding(method=method, n_components=2, n_neighbors=8, random_state=0)
    Z = far.fit_transform(X + 1e8)
    if method not in ("lle", "mds"):
        assert_same_up_to_signs(Z, plain.embedding_, atol=1e-5 * np.ptp(plain.embedding_))


@pytest.mark.parametrize("method", QUICK)
def test_a_sentinel_is_named_and_nothing_ends_the_process(method):
    X = np.random.default_rng(0).normal(size=(40, 3))
    X[7, 1] = 1e300
    with pytest.raises(ValueError, match=r"row 7 that holds 1e\+300 in column 1"):
        Embedding(method=method, n_components=2).fit(X)
    for door in (LandmarkIsomap(), GeodesicDistance(), CircularCoordinates()):
        with pytest.raises(ValueError, match=r"row 7 that holds 1e\+300"):
            door.fit(X)
    with pytest.raises(ValueError, match="masked array with hidden values"):
        Embedding(method=method).fit(np.ma.masked_greater(X, 1))
    with pytest.raises(ValueError, match="sparse"):
        Embedding(method=method).fit(csr_matrix(X[:, :2]))


@pytest.mark.parametrize("method", QUICK)
def test_equal_rows_constant_columns_and_other_numbers(method):
    rng = np.random.default_rng(0)
    counts = rng.poisson(3, size=(60, 3))
    model = Embedding(method=method, n_components=2, n_neighbors=6, random_state=0)
    for X in (
        counts,
        counts.astype(np.float32),
        np.c_[counts, np.full(60, 1e8)],
        np.repeat(rng.normal(size=(10, 3)), 6, axis=0),
        np.ones((12, 3)),
        np.full((12, 3), 1e200),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that the graph is in pieces
            Z = model.fit_transform(X)
        assert Z.shape == (len(X), 2) and np.isfinite(Z).all()


def test_reports_and_angles_of_directions():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 120)
    X = np.c_[np.cos(angle), np.sin(angle), 0.1 * rng.normal(size=120)] * rng.uniform(
        1, 5, (120, 1)
    )
    X[60:] = X[:60] * rng.uniform(1, 9, (60, 1))  # parallel rows
    for metric in ("cosine", "correlation"):
        report = embedding_report(X, X, metric=metric, n_resamples=1)
        assert np.isfinite(report.spearman_geodesic)
    angles = CircularCoordinates(metric="cosine", n_loops=1).fit_transform(X)
    assert abs(circular_correlation(angles[:, 0], np.arctan2(X[:, 1], X[:, 0]))) > 0.95
    small = CircularCoordinates(n_loops=1).fit(np.ldexp(X, -130))
    plain = CircularCoordinates(n_loops=1).fit(X)
    np.testing.assert_array_equal(small.angles_, plain.angles_)
    assert small.loops_[0].birth == np.ldexp(plain.loops_[0].birth, -130)
