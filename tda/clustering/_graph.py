"""The graph of all pairs of points within a radius."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from .._memory import require_bytes
from .._metrics import distances

__all__ = ["radius_graph"]


def radius_graph(points, radius):
    """All pairs of points that are at most `radius` apart, as a symmetric csr array of ones.

    Raises
    ------
    MemoryError
        Before starting, if there are more pairs than fit into memory.
    """
    n = len(points)
    if not points.precomputed and points.metric.taken == "euclidean":
        from scipy.spatial import cKDTree

        tree = cKDTree(points.X)
        n_pairs = int(tree.query_ball_point(points.X, radius, return_length=True).sum())
        require_bytes(40 * n_pairs, f"{n_pairs:,} pairs within radius={radius:g}",
                      "Take a smaller radius, or n_neighbors in its place.")  # fmt: skip
        i, j = tree.query_pairs(radius, output_type="ndarray").T
    else:
        found = []
        step = max(2_000_000 // n, 1)
        for start in range(0, n, step):
            if points.precomputed:
                D = points.X[start : start + step]
            else:
                D = distances(points.X[start : start + step], points.X, metric=points.metric.taken)
            a, b = np.nonzero(radius >= D)
            keep = a + start < b
            found.append(np.column_stack([a[keep] + start, b[keep]]))
        i, j = np.concatenate(found).T
    ones = np.ones(2 * len(i), dtype=np.int8)
    return sparse.csr_array((ones, (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n, n))
