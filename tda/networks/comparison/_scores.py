"""How alike two representations are by directions and by neighbours, as plain numbers."""

from __future__ import annotations

import numpy as np

__all__ = ["information_imbalance", "kernel_alignment", "neighbor_overlap", "neighbor_ranks"]


def kernel_alignment(A, B):
    """Linear centred kernel alignment, without the bias of few rows and many columns.

    From 0, of unrelated clouds, where it may be a little below, to 1, of clouds that are equal up
    to a rotation and a scale (Kornblith et al., ICML 2019). The unbiased products are those of
    Song et al. (JMLR 2012).
    """
    K, L = ((X - X.mean(axis=0)) for X in (A, B))
    K, L = K @ K.T, L @ L.T
    size = np.sqrt(max(_product(K, K), 0.0) * max(_product(L, L), 0.0))
    return float(_product(K, L) / size) if size > 0 else np.nan


def _product(K, L):
    """The unbiased estimate of the Hilbert-Schmidt independence criterion, up to its unit."""
    n = len(K)
    K, L = (M - np.diag(np.diag(M)) for M in (K, L))
    k, m = K.sum(axis=1), L.sum(axis=1)
    trace = float((K * L).sum())
    return trace + k.sum() * m.sum() / ((n - 1) * (n - 2)) - 2 * float(k @ m) / (n - 2)


def neighbor_ranks(D):
    """For each row the other rows from near to far, and at which place each of them comes.

    Returns
    -------
    order : int array of shape (n, n - 1)
    ranks : int array of shape (n, n)
        From 1 on; 0 for the row itself.
    """
    n = len(D)
    D = D.copy()
    np.fill_diagonal(D, -1.0)
    order = np.argsort(D, axis=1, kind="stable")
    # The row itself comes first, except where it does not, among points that are equal: it does.
    ranks = np.empty((n, n), dtype=np.intp)
    np.put_along_axis(ranks, order, np.arange(n)[None, :], axis=1)
    return order[:, 1:], ranks


def neighbor_overlap(order, other, n_neighbors):
    """The share of the nearest neighbours that two clouds have in common, from 0 to 1."""
    k = n_neighbors
    common = [
        np.intersect1d(a, b, assume_unique=True).size
        for a, b in zip(order[:, :k], other[:, :k], strict=True)
    ]
    return float(np.mean(common) / k)


def information_imbalance(order, ranks):
    """How badly the nearest neighbour in one cloud predicts nearness in the other.

    ``2 / n`` times the mean place in the other cloud of the nearest neighbour in the first: near 0
    if the first tells all of the other, 1 if it tells nothing (Glielmo et al., "Ranking the
    information content of distance measures", PNAS Nexus 2022).

    Parameters
    ----------
    order : array of shape (n, n - 1)
        Of the first cloud.
    ranks : array of shape (n, n)
        Of the other.
    """
    n = len(ranks)
    return float(2 / n * ranks[np.arange(n), order[:, 0]].mean())
