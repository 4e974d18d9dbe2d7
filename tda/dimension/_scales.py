"""What a cloud's neighbour distances say at each scale, before any calibration."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import digamma

from .._metrics import distances
from .._scale import dimension_at_scale
from ._base import is_inside
from ._ties import SHELL_ERROR, count_ties, tied_dimension
from ._two_nn import two_nn_dimension

__all__ = [
    "NEAR",
    "SCALES",
    "ScaleStatistics",
    "far_distances",
    "scale_statistics",
    "tied_rows",
    "tied_statistics",
]

#: n1 of each scale; it compares the n1-th neighbour with the one twice as far in order.
SCALES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
#: So many neighbours of every point serve the scales up to half of it.
NEAR = 16
#: Ratios of far neighbours hardly vary, so that a sample of points is enough for them.
N_QUERIES = 250
#: Where distances tie, so many are asked at every scale.
N_TIED_QUERIES = 1000
#: Neighbours whose distances' spread tells how even the density is.
SPREAD_AT = (1, 4)


class ScaleStatistics(NamedTuple):
    """Raw dimensions of one cloud by scale.

    Attributes
    ----------
    n_points : int
    scales : int array of shape (n_scales,)
        Consecutive ones of `SCALES`: from the first on, or from beyond the ties.
    dimensions : array of shape (n_scales,)
        TwoNN at scale 1, the moment form of Gride above; infinite where distances are tied.
    radii : array of shape (n_scales,)
        The geometric mean of the distances compared.
    spreads : array of shape (2,)
        Standard deviation over points of the logarithm of the distance to the first and to the
        fourth neighbour; NaN where these tie.
    n_asked : int
        How many points the scales up to half of `NEAR` neighbours look at.
    tied_below : float
        The distance below which neighbours tie too much to tell a dimension; 0 if none do.
    errors : float or array of shape (n_scales,)
        Of the logarithms of dimensions, by ties.
    """

    n_points: int
    scales: np.ndarray
    dimensions: np.ndarray
    radii: np.ndarray
    spreads: np.ndarray
    n_asked: int
    tied_below: float = 0.0
    errors: np.ndarray | float = 0.0


def n_scales(n_points, most=None):
    """How many of `SCALES` a cloud of so many points has, with at most `most` neighbours.

    Scales are used while the farther neighbour is among the nearest quarter of the points; the
    first scale is always used.
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
    queries = some_points(n, min(N_QUERIES, max(100_000_000 // n, 50)))
    wanted = np.array(orders(scales)) - 1
    result = np.full((len(queries), wanted[-1] + 1), np.nan)
    for place, D in distance_rows(X, queries, metric):
        D.partition(wanted[-1], axis=1)
        result[place, wanted] = np.sort(D[:, : wanted[-1] + 1], axis=1)[:, wanted]
    return result


def tied_rows(X, *, metric="euclidean"):
    """Distances from evenly picked points to all, as `tied_statistics` takes them."""
    queries = some_points(len(X), min(N_TIED_QUERIES, max(100_000_000 // len(X), 50)))
    return (D for _, D in distance_rows(X, queries, metric))


def some_points(n, at_most):
    """Indices of about so many points, evenly picked."""
    return np.arange(0, n, max(n // at_most, 1))


def distance_rows(X, queries, metric):
    """Blocks of distances from some points to all, infinite to the own one, with their places."""
    step = max(4_000_000 // len(X), 1)
    for i in range(0, len(queries), step):
        some = queries[i : i + step]
        D = X[some].copy() if metric == "precomputed" else _distances(X[some], X, metric)
        D[np.arange(len(some)), some] = np.inf
        yield slice(i, i + len(some)), D


def _distances(A, B, metric):
    if metric != "euclidean":
        return distances(A, B, metric=metric)
    if A.shape[1] <= 32 or A.size * len(B) <= 1_000_000_000:
        from scipy.spatial.distance import cdist

        return cdist(A, B)
    from sklearn.metrics import euclidean_distances

    middle = B.mean(axis=0)  # squares of large offsets would eat the digits of distances
    return euclidean_distances(A - middle, B - middle)


def tied_statistics(rows, n, *, most=None):
    """The same as `scale_statistics` of a cloud whose distances tie: of scales beyond the ties.

    Parameters
    ----------
    rows : iterable of arrays of shape (n_queries, m)
        Distances from some points to others, the nearest of them included; infinite to the own.
    n : int
        How many points there are.
    most : int, default=None
        Farther neighbours are not looked at.

    Returns
    -------
    ScaleStatistics
        Without any scale if all neighbours are equally far. If there is none beyond the ties,
        the last, with an error that says how little it tells.
    """
    scales = np.array(SCALES[: n_scales(n, most)])
    wanted = orders(scales.tolist())
    counts = count_ties(rows, wanted)
    dimensions, errors, radii, tied = np.empty((4, len(scales)))
    for i, n1 in enumerate(scales.tolist()):
        near, far = counts.of(wanted.index(n1)), counts.of(wanted.index(2 * n1))
        term = digamma(2 * n1) - digamma(n1)
        dimensions[i], errors[i], beyond = tied_dimension(near, far, n1, term)
        radii[i] = np.exp(np.log([near.distances, far.distances]).mean())
        tied[i] = not beyond
    first = int(np.flatnonzero(tied)[-1]) + 1 if tied.any() else 0
    if first == len(scales) and np.isfinite(dimensions[-1]) and dimensions[-1] > 0:
        first -= 1  # the last one tells something, if not much
        errors[first] = max(errors[first], float(counts.of(-1).shells) * SHELL_ERROR)
    return ScaleStatistics(
        n,
        scales[first:],
        dimensions[first:],
        radii[first:],
        np.full(2, np.nan),
        len(counts.distances),
        float(radii[min(first, len(radii) - 1)]) if first else 0.0,
        errors[first:],
    )


def scale_statistics(near, far, n_points=None):
    """Raw dimensions from distances to neighbours.

    Parameters
    ----------
    near : array of shape (n_points, n_neighbors)
        Sorted, positive distances of all points.
    far : array of shape (n_queries, m)
        As from `far_distances`; neighbours that it does not reach make no scale.
    n_points : int, default=None
        By default as many as `near` has rows. More, if `near` is of some points only.

    Returns
    -------
    ScaleStatistics
    """
    n, n_asked = len(near) if n_points is None else n_points, len(near)
    most = max(near.shape[1], far.shape[1])
    scales = np.array(SCALES[: n_scales(n, most)])
    dimensions, radii = np.empty(len(scales)), np.empty(len(scales))
    near = near[is_inside(near)]
    far = far[is_inside(far)] if far.size else far
    for i, n1 in enumerate(scales.tolist()):
        source = near if 2 * n1 <= near.shape[1] else far
        pair = source[:, [n1 - 1, 2 * n1 - 1]]
        radii[i] = np.exp(np.log(pair).mean())
        dimensions[i] = dimension_at_scale(source, n1)
    dimensions[0] = two_nn_dimension(near[:, 1] / near[:, 0])
    at = [min(k, near.shape[1]) - 1 for k in SPREAD_AT]
    spreads = np.log(near[:, at]).std(axis=0)
    return ScaleStatistics(n, scales, dimensions, radii, spreads, n_asked)
