"""The intrinsic dimension that the null of a cloud takes."""

from __future__ import annotations

import numpy as np

from .._neighbors import graph_of_distances, neighbor_graph
from .._scale import dimension_at_scale
from ._statistics import component_size

__all__ = ["estimate_dimension", "neighborhoods"]

#: Most points whose neighbourhoods are averaged for the dimension.
MOST_QUERIES = 4_000


def neighborhoods(X, precomputed):
    """Distances to as many neighbours as the dimension is measured with.

    Those of every point, or of about `MOST_QUERIES` evenly picked ones; the neighbours are
    always searched among all points.
    """
    n = len(X)
    if n < 3:
        return None
    n_neighbors = min(2 * component_size(n), n - 1)
    step = max(n // MOST_QUERIES, 1)
    queries = np.arange(0, n, step) if step > 1 else None
    search = graph_of_distances if precomputed else neighbor_graph
    return search(X, n_neighbors, queries=queries).distances


def estimate_dimension(distances, X, precomputed):
    """The smallest dimension over all scales from nearest neighbours to a component.

    A thin wall looks solid at large scales, and a noisy curve looks solid at small scales. In both
    cases the smaller number is the dimension of the shape. It is also the conservative choice:
    noise of this dimension has larger ratios.
    """
    if distances is None or distances.shape[1] < 2:
        return 1.0
    most = distances.shape[1] // 2
    scales = np.unique(np.geomspace(1, most, 8).astype(int))
    least = min(dimension_at_scale(distances, k) for k in scales)
    return float(np.clip(least, 1.0, 99 if precomputed else X.shape[1]))
