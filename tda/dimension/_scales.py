"""What a cloud's neighbour distances say at each scale, before any calibration."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._geometry import dimension_at_scale
from ._two_nn import two_nn_dimension

__all__ = ["NEAR", "SCALES", "ScaleStatistics", "far_distances", "scale_statistics"]

#: n1 of each scale; it compares the n1-th neighbour with the one twice as far in order.
SCALES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
#: So many neighbours of every point serve the scales up to half of it.
NEAR = 16
#: Ratios of far neighbours hardly vary, so that a sample of points is enough for them.
N_QUERIES = 250
#: Neighbours whose distances' spread tells how even the density is.
SPREAD_AT = (1, 4)


class ScaleStatistics(NamedTuple):
    """Raw dimensions of one cloud by scale.

    Attributes
    ----------
    n_points : int
    scales : int array of shape (n_scales,)
        The first so many of `SCALES`.
    dimensions : array of shape (n_scales,)
        TwoNN at scale 1, the moment form of Gride above; infinite where distances are tied.
    radii : array of shape (n_scales,)
        The geometric mean of the distances compared.
    spreads : array of shape (2,)
        Standard deviation over points of the logarithm of the distance to the first and to the
        fourth neighbour.
    """

    n_points: int
    scales: np.ndarray
    dimensions: np.ndarray
    radii: np.ndarray
    spreads: np.ndarray


def n_scales(n_points, most=None):
    """How many of `SCALES` a cloud of so many points has, with at most `most` neighbours.

    As long as the farther neighbour is among the nearest quarter; the first always.
    """
    reach = n_points // 4 if most is None else min(n_points // 4, most)
    return max(sum(2 * n1 <= reach for n1 in SCALES), 1)


def orders(scales):
    """The neighbours that these scales compare."""
    return sorted({order for n1 in scales for order in (n1, 2 * n1)})


def far_distances(X, *, metric="euclidean"):
    """Distances from some points, evenly picked, to the neighbours of the farther scales.

    Returns
    -------
    array of shape (n_queries, NEAR or more)
        Column ``k - 1`` belongs to neighbour k; columns of neighbours that no scale compares
        are NaN.
    """
    n = len(X)
    scales = [n1 for n1 in SCALES[: n_scales(n)] if 2 * n1 > NEAR]
    if not scales:
        return np.empty((0, 0))
    # Below a hundred million distances in all.
    n_queries = min(N_QUERIES, max(100_000_000 // n, 50))
    queries = np.arange(0, n, max(n // n_queries, 1))
    wanted = np.array(orders(scales)) - 1
    result = np.full((len(queries), wanted[-1] + 1), np.nan)
    step = max(4_000_000 // n, 1)
    for i in range(0, len(queries), step):
        some = queries[i : i + step]
        D = X[some].copy() if metric == "precomputed" else _distances(X[some], X, metric)
        D[np.arange(len(some)), some] = np.inf
        D.partition(wanted[-1], axis=1)
        result[i : i + step, wanted] = np.sort(D[:, : wanted[-1] + 1], axis=1)[:, wanted]
    return result


def _distances(A, B, metric):
    if metric != "euclidean":
        from sklearn.metrics import pairwise_distances

        return pairwise_distances(A, B, metric=metric)
    if A.shape[1] <= 32:
        from scipy.spatial.distance import cdist

        return cdist(A, B)
    from sklearn.metrics import euclidean_distances

    middle = B.mean(axis=0)  # squares of large offsets would eat the digits of distances
    return euclidean_distances(A - middle, B - middle)


def scale_statistics(near, far, n_points=None):
    """Raw dimensions from distances to neighbours.

    Parameters
    ----------
    near : array of shape (n_points, n_neighbors)
        Sorted, positive distances of all points.
    far : array of shape (n_queries, m)
        As from `far_distances`; neighbours that it does not reach make no scale.
    n_points : int, default=None
        By default as many as `near` has rows.

    Returns
    -------
    ScaleStatistics
    """
    n = len(near) if n_points is None else n_points
    most = max(near.shape[1], far.shape[1])
    scales = np.array(SCALES[: n_scales(n, most)])
    dimensions, radii = np.empty(len(scales)), np.empty(len(scales))
    for i, n1 in enumerate(scales.tolist()):
        source = near if 2 * n1 <= near.shape[1] else far
        pair = source[:, [n1 - 1, 2 * n1 - 1]]
        radii[i] = np.exp(np.log(pair).mean())
        dimensions[i] = dimension_at_scale(source, n1)
    dimensions[0] = two_nn_dimension(near[:, 1] / near[:, 0])
    at = [min(k, near.shape[1]) - 1 for k in SPREAD_AT]
    return ScaleStatistics(n, scales, dimensions, radii, np.log(near[:, at]).std(axis=0))
