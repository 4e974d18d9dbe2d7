"""How near two points of one layer are: three answers, and what all of them share.

A layer stretches one part of a cloud and compresses another, so that points may be a hundred times
as dense in one place as in another. With plain distances the dense part would be a component of its
own.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist, squareform

from ..._neighbors import neighbor_graph

__all__ = [
    "all_distances",
    "cknn_distances",
    "distinct_rows",
    "hop_distances",
    "layer_size",
    "spanned_dimension",
]

#: Points nearer than this share of the size of a layer are one: what is left is rounding.
RESOLUTION = 1e-6
#: More dimensions than this hold every hole that is looked for.
ENOUGH = 8
#: Clouds of more columns have their distances from a product of matrices.
WIDE = 64


def layer_size(cloud):
    """The distance of the farthest point from the mean, 0 where all are equal up to rounding."""
    gaps = cloud - cloud.mean(axis=0, dtype=np.float64).astype(cloud.dtype)
    size = float(np.sqrt(np.einsum("ij,ij->i", gaps, gaps).max()))
    return size if size > 1e-12 * np.abs(cloud).max(initial=0.0) else 0.0


def distinct_rows(cloud, size):
    """Rows that stand for all points, one for all within `RESOLUTION` of the size, in order."""
    if size == 0:
        return np.zeros(1, dtype=np.intp)
    cells = np.round(np.asarray(cloud, dtype=np.float64) / (RESOLUTION * size)).astype(np.int64)
    # A row as one value of many bytes: sorting columns one by one would take minutes.
    cells = np.ascontiguousarray(cells).view(np.dtype((np.void, 8 * cells.shape[1]))).ravel()
    _, first = np.unique(cells, return_index=True)
    return np.sort(first)


def spanned_dimension(cloud, size):
    """How many dimensions the cloud spans, up to the same resolution; of wide ones up to eight."""
    if size == 0 or len(cloud) < 2:
        return 0
    gaps = cloud - cloud.mean(axis=0)
    if gaps.shape[1] > 2 * ENOUGH:
        # Directions at random show as many dimensions as they can hold.
        directions = np.random.default_rng(0).normal(size=(gaps.shape[1], ENOUGH))
        shown = _n_dimensions(gaps @ directions, size * np.sqrt(len(cloud)))
        if shown == ENOUGH:
            return shown
    return _n_dimensions(gaps, size * np.sqrt(len(cloud)))


def _n_dimensions(gaps, unit):
    return int((np.linalg.svd(gaps, compute_uv=False) > RESOLUTION * unit).sum())


def all_distances(cloud):
    """The distance matrix; of wide clouds by one product of matrices, right to 1e-8 of the size."""
    if cloud.shape[1] <= WIDE:
        return squareform(pdist(cloud))
    gaps = np.asarray(cloud, dtype=np.float64) - cloud.mean(axis=0, dtype=np.float64)
    squares = np.einsum("ij,ij->i", gaps, gaps)
    D = gaps @ gaps.T
    D = squares[:, None] + squares[None, :] - (D + D.T)
    np.fill_diagonal(D, 0)
    return np.sqrt(np.maximum(D, 0))


def cknn_distances(cloud, n_neighbors):
    """Distances in units of the spacing around either point.

    The distance is ``|x - y| / sqrt(r(x) r(y))``, with r the distance to the k-th neighbour. It
    gives the filtration of the continuous k-nearest-neighbour graph, the only scaling whose graph
    converges to the topology of the manifold for every density (Berry, Sauer, "Consistent manifold
    representation for topological data analysis", Foundations of Data Science 1, 2019). It is not a
    metric, but a Rips complex does not need one.
    """
    D = all_distances(cloud)
    k = min(n_neighbors, len(D) - 1)
    spacing = np.partition(D, k, axis=1)[:, k]
    return D / np.sqrt(np.outer(spacing, spacing))


def hop_distances(cloud, n_neighbors):
    """The fewest steps between two points along the k-nearest-neighbour graph; inf where none."""
    from scipy.sparse.csgraph import shortest_path

    graph = neighbor_graph(cloud, min(n_neighbors, len(cloud) - 1)).to_sparse()
    graph.data[:] = 1.0
    return shortest_path(graph.maximum(graph.T), unweighted=True, directed=False)
