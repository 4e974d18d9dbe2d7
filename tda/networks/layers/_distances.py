"""How near two points of one layer are: three answers, and what all of them share.

A layer stretches one part of a cloud and compresses another, so that points may be a hundred times
as dense in one place as in another. With plain distances the dense part would be a component of its
own.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist, squareform

from ..._neighbors import neighbor_graph

__all__ = ["cknn_distances", "distinct_rows", "hop_distances", "layer_size", "spanned_dimension"]

#: Points nearer than this share of the size of a layer are one: what is left is rounding.
RESOLUTION = 1e-6


def layer_size(cloud):
    """The distance of the farthest point from the mean, 0 where all are equal up to rounding."""
    middle = cloud.mean(axis=0)
    size = float(np.linalg.norm(cloud - middle, axis=1).max())
    return size if size > 1e-12 * np.abs(cloud).max(initial=0.0) else 0.0


def distinct_rows(cloud, size):
    """Rows that stand for all points, one for all within `RESOLUTION` of the size, in order."""
    if size == 0:
        return np.zeros(1, dtype=np.intp)
    _, first = np.unique(
        np.round(cloud / (RESOLUTION * size)).astype(np.int64), axis=0, return_index=True
    )
    return np.sort(first)


def spanned_dimension(cloud, size):
    """How many dimensions the cloud spans, up to the same resolution."""
    if size == 0 or len(cloud) < 2:
        return 0
    lengths = np.linalg.svd(cloud - cloud.mean(axis=0), compute_uv=False)
    return int((lengths > RESOLUTION * size * np.sqrt(len(cloud))).sum())


def cknn_distances(cloud, n_neighbors):
    """Distances in units of the spacing around either point.

    The distance is ``|x - y| / sqrt(r(x) r(y))``, with r the distance to the k-th neighbour. It
    gives the filtration of the continuous k-nearest-neighbour graph, the only scaling whose graph
    converges to the topology of the manifold for every density (Berry, Sauer, "Consistent manifold
    representation for topological data analysis", Foundations of Data Science 1, 2019). It is not a
    metric, but a Rips complex does not need one.
    """
    D = squareform(pdist(cloud))
    k = min(n_neighbors, len(D) - 1)
    spacing = np.partition(D, k, axis=1)[:, k]
    return D / np.sqrt(np.outer(spacing, spacing))


def hop_distances(cloud, n_neighbors):
    """The fewest steps between two points along the k-nearest-neighbour graph; inf where none."""
    from scipy.sparse.csgraph import shortest_path

    graph = neighbor_graph(cloud, min(n_neighbors, len(cloud) - 1)).to_sparse()
    graph.data[:] = 1.0
    return shortest_path(graph.maximum(graph.T), unweighted=True, directed=False)
