"""`HoleCount.labels` against single linkage of scikit-learn, and against the shapes' own labels."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import AgglomerativeClustering

from tda import count_holes
from tda.datasets import make_blobs
from tda.holes import _count


def pieces(n=90, seed=0):
    """Three clouds of 2n, n and n + 30 points, far apart."""
    rng = np.random.default_rng(seed)
    sizes = (2 * n, n, n + 30)
    X = np.concatenate([rng.normal(20 * k, 1, (m, 2)) for k, m in enumerate(sizes)])
    return X, np.repeat([0, 2, 1], sizes)


def test_largest_component_is_0_and_every_row_has_one():
    X, expected = pieces()
    order = np.random.default_rng(1).permutation(len(X))
    count = count_holes(X[order], max_dimension=0)
    assert count.betti == (3,)
    np.testing.assert_array_equal(count.labels, expected[order])


def test_labels_are_those_of_single_linkage():
    X = make_blobs(300, random_state=0)
    count = count_holes(X)
    theirs = AgglomerativeClustering(count.betti[0], linkage="single").fit_predict(np.asarray(X))
    pairs = {(a, b) for a, b in zip(count.labels, theirs, strict=True)}
    assert len(pairs) == count.betti[0] == 3


def test_copies_share_a_label_and_distances_give_the_same():
    X, expected = pieces()
    X, expected = np.concatenate([X, X[::3]]), np.concatenate([expected, expected[::3]])
    np.testing.assert_array_equal(count_holes(X).labels, expected)
    D = squareform(pdist(X))
    np.testing.assert_array_equal(count_holes(D, metric="precomputed").labels, expected)


def test_pieces_without_a_distance_are_labelled_apart():
    X, expected = pieces()
    X, expected = np.vstack([X, [[1e3, 1e3]]]), np.append(expected, 3)
    D = squareform(pdist(X))
    D[D > 10] = np.inf
    np.testing.assert_array_equal(count_holes(D, metric="precomputed").labels, expected)


def test_landmarks_and_samples_label_every_row(monkeypatch):
    X, expected = pieces()
    assert (count_holes(X, n_landmarks=60).labels == expected).all()
    monkeypatch.setattr(_count, "MOST_COMPONENT_POINTS", {True: 200, False: 200})
    assert (count_holes(X, random_state=0).labels == expected).all()


@pytest.mark.parametrize("X", [np.zeros((1, 2)), np.zeros((40, 3)), np.eye(4)])
def test_one_component_is_all_zeros(X):
    assert count_holes(X).labels.tolist() == [0] * len(X)
