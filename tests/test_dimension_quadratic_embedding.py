import numpy as np
import pytest

from tda.dimension import LocalPCA, QuadraticEmbedding
from tda.dimension._quadratic_embedding import _principal, _terms, _unexplained, graph_dimension


def sphere(n, d, seed=0):
    X = np.random.default_rng(seed).normal(size=(n, d + 1))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def torus(n, d, seed=0):
    t = np.random.default_rng(seed).uniform(0, 2 * np.pi, (n, d))
    return np.hstack([np.cos(t), np.sin(t)])


@pytest.mark.parametrize("version", ["qe", "tls"])
@pytest.mark.parametrize(
    ("X", "d"),
    [(sphere(200, 2), 2), (sphere(600, 4), 4), (torus(1000, 3), 3), (sphere(300, 1), 1)],
    ids=["sphere", "of four", "torus", "circle"],
)
def test_a_bend_is_no_dimension(version, X, d):
    curved = QuadraticEmbedding(version=version).fit(X)
    assert curved.dimension_ == pytest.approx(d, abs=0.05)
    if d > 1:
        assert LocalPCA().fit(X).dimension_ > d + 0.5


@pytest.mark.parametrize("version", ["qe", "tls"])
def test_flat_data_and_noise(version):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 8))
    assert QuadraticEmbedding(version=version).fit(X).dimension_ == pytest.approx(8, abs=0.1)
    noisy = np.pad(sphere(600, 2), ((0, 0), (0, 7))) + 0.03 * rng.normal(size=(600, 10))
    assert QuadraticEmbedding(version=version).fit(noisy).dimension_ == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("version", ["qe", "tls"])
def test_a_quadratic_graph_leaves_nothing(version):
    rng = np.random.default_rng(0)
    tangent = rng.normal(size=(3, 60, 2))
    bent = np.einsum("nki,ij,nkj->nk", tangent, [[1.0, 0.5], [0.5, -2.0]], tangent)
    clouds = np.concatenate([tangent, 0.1 * bent[..., None]], axis=2)
    turned = clouds @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    np.testing.assert_array_equal(graph_dimension(turned, version=version), [2, 2, 2])
    np.testing.assert_array_equal(graph_dimension(1e-9 * turned + 3, version=version), [2, 2, 2])


def test_least_squares_is_that_of_numpy():
    rng = np.random.default_rng(0)
    coordinates, variances = _principal(rng.normal(size=(2, 40, 4)))
    terms = _terms(coordinates[:, :, :2])
    left = _unexplained(terms, coordinates[:, :, 2:], variances[:, :2], "qe")
    for i in range(2):
        fit = np.linalg.lstsq(terms[i], coordinates[i, :, 2:], rcond=None)[0]
        residual = coordinates[i, :, 2:] - terms[i] @ fit
        np.testing.assert_allclose(left[i], (residual**2).sum(axis=0) / (40 - 6))
    total = _unexplained(terms, coordinates[:, :, 2:], variances[:, :2], "tls")
    assert (total <= left.max(axis=1, keepdims=True)).all()


def test_nothing_moves_it():
    X = torus(300, 2)
    rng = np.random.default_rng(0)
    moved = 1e3 * X @ np.linalg.qr(rng.normal(size=(4, 4)))[0] + 5
    plain, other = (QuadraticEmbedding().fit(one) for one in (X, moved))
    np.testing.assert_array_equal(plain.local_dimension_, other.local_dimension_)
    few = QuadraticEmbedding().fit(rng.random((5, 3)))
    assert 1 <= few.dimension_ <= 3
    assert (graph_dimension(np.zeros((2, 6, 3))) == 0).all()
