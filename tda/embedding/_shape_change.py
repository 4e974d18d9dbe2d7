"""How the holes of a cloud and their diagrams change in an embedding.

It is used by `embedding_report`. The data is measured twice, by its Euclidean and by its geodesic
distances, since an embedding may unroll what is rolled up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._geodesics import geodesic_graph
from .._halves import OWN_SPREAD_QUANTILE, diagram_of, landmarks_of
from .._neighbors import geodesic_distances
from ..distances import bottleneck_distance, wasserstein_distance

__all__ = [
    "DiagramChange",
    "along_the_graph",
    "diagram_changes",
]


class DiagramChange(NamedTuple):
    """How far the diagrams of an embedding are from those of the data, in one degree.

    All lengths are in units of the size of either cloud: the 95% quantile of its distances.

    Attributes
    ----------
    reference : {"euclidean", "geodesic"}
        Which distances of the data.
    degree : int
    bottleneck, wasserstein : float
        From the data to the embedding; the median over random halves of the points. Wasserstein
        is of order 1.
    bottleneck_spread, wasserstein_spread : float
        From one random half of the data to the other, the 95% quantile: what sampling alone
        does.
    """

    reference: str
    degree: int
    bottleneck: float
    bottleneck_spread: float
    wasserstein: float
    wasserstein_spread: float

    @property
    def is_beyond(self):
        """Whether the bottleneck distance is larger than sampling alone makes it."""
        return bool(self.bottleneck > self.bottleneck_spread)


def along_the_graph(D, n_neighbors):
    """Lengths of the shortest paths between all points, from their distances.

    Every two pieces of the neighbour graph are joined by the shortest edge between them; points
    at distance 0 from each other count once.
    """
    G = geodesic_distances(geodesic_graph(D, n_neighbors, metric="precomputed", warn=False).edges)
    return np.minimum(G, G.T)  # sums along a path and back differ in the last bit


def diagram_changes(views, after, *, max_dimension, n_landmarks, n_resamples, rng):
    """Distances between diagrams before and after, and between halves of the data.

    Parameters
    ----------
    views : dict of arrays of shape (n, n)
        Distances of the data by name, each divided by its size.
    after : array of shape (n, n)
        Those of the embedding.
    max_dimension, n_landmarks, n_resamples : int
    rng : RandomState

    Returns
    -------
    list of DiagramChange
    """
    n = len(after)
    n_landmarks = min(n_landmarks, n // 2)
    changes = {(name, k): [] for name in views for k in range(max_dimension + 1)}
    for _ in range(n_resamples):
        order = rng.permutation(n)
        one, other = (
            np.ascontiguousarray(landmarks_of(next(iter(views.values())), half, n_landmarks))
            for half in (order[: n // 2], order[n // 2 :])
        )
        embedded = [diagram_of(after, rows, max_dimension) for rows in (one, other)]
        for name, D in views.items():
            own = [diagram_of(D, rows, max_dimension) for rows in (one, other)]
            for k in range(max_dimension + 1):
                pairs = ((own[0], embedded[0]), (own[1], embedded[1]), own)
                changes[name, k].append([_distances(a, b, k) for a, b in pairs])
    found = []
    for (name, k), values in changes.items():
        values = np.array(values)  # (resample, which pair, which distance)
        typical = np.median(values[:, :2].reshape(-1, 2), axis=0)
        spread = np.quantile(values[:, 2], OWN_SPREAD_QUANTILE, axis=0)
        found.append(
            DiagramChange(name, k, *map(float, np.column_stack([typical, spread]).ravel()))
        )
    return found


def _distances(a, b, degree):
    return (
        bottleneck_distance(a, b, degree=degree),
        wasserstein_distance(a, b, degree=degree, order=1.0),
    )
