"""The distinct points of a cloud, and blocks of them.

A repeated point is its own nearest neighbour at distance 0; whoever looks at neighbours looks at
distinct points. Below the rooms that share it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from ._metrics import TakenMetric
from ._neighbors import graph_of_distances, neighbor_graph

__all__ = ["Points", "blocks", "distinct_points"]

EUCLIDEAN = TakenMetric("euclidean", "euclidean")


class Points(NamedTuple):
    """Distinct points: log ratios of distances know no zero.

    Attributes
    ----------
    X : coordinates (n_points, n_features), or distances (n_points, n_points)
    first : array of shape (n_points,)
        The first row of each distinct point in what was given.
    inverse : array of shape (n_rows,)
        The distinct point of each row.
    precomputed : bool
    metric : TakenMetric
        Between the rows of `X`, in place of the one that was named.
    """

    X: np.ndarray
    first: np.ndarray
    inverse: np.ndarray
    precomputed: bool
    metric: TakenMetric

    def __len__(self):
        return self.X.shape[0]

    def graph(self, n_neighbors, *, n_jobs=None):
        """The `NeighborGraph` of the distinct points."""
        if self.precomputed:
            return graph_of_distances(self.X, n_neighbors)
        return neighbor_graph(self.X, n_neighbors, metric=self.metric.taken, n_jobs=n_jobs)


def distinct_points(X, *, precomputed=False, metric=EUCLIDEAN):
    """Group equal rows, or points at distance 0, and keep the first of each."""
    if precomputed:
        first, inverse = _merge_zeros(X)
        X = X if len(first) == X.shape[0] else X[first][:, first]
        return Points(X, first, inverse, True, metric)
    first, inverse = _equal_rows(X)
    order = np.argsort(first)  # as given, not sorted by coordinates
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Points(X[first[order]], first[order], rank[inverse], False, metric)


def _merge_zeros(D):
    n = D.shape[0]
    if sparse.issparse(D):
        D = sparse.coo_array(D)
        zero = (D.data == 0) & (D.row != D.col)
        i, j = D.row[zero], D.col[zero]
    else:
        i, j = np.nonzero(np.triu(D == 0, 1))
    if i.size == 0:
        return np.arange(n), np.arange(n)
    links = sparse.coo_array((np.ones(i.size), (i, j)), shape=(n, n))
    _, labels = sparse.csgraph.connected_components(links, directed=False)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return first, inverse


def _equal_rows(X):
    """The first of each set of equal rows, the sets in order of their coordinates, and its set."""
    if X.shape[1] > 8:
        _, first, inverse = np.unique(X, axis=0, return_index=True, return_inverse=True)
        return first, inverse.ravel()
    order = np.lexsort(X.T[::-1])  # column by column, several times as fast where there are few
    new = np.ones(len(X), dtype=bool)
    new[1:] = (X[order[1:]] != X[order[:-1]]).any(axis=1)
    inverse = np.empty(len(X), dtype=np.intp)
    inverse[order] = np.cumsum(new) - 1
    return order[new], inverse


def blocks(n, size, *, at_most=500_000):
    """Slices of range(n), for which arrays of `size` numbers per point stay in the cache."""
    step = max(at_most // size, 1)
    return [slice(i, min(i + step, n)) for i in range(0, n, step)]
