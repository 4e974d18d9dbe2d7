"""ABIDE: the intrinsic dimension over neighbourhoods in which the density is constant."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from scipy.stats import chi2
from sklearn.utils._param_validation import Interval

from ._base import DimensionEstimator, Estimate
from ._bid import BEST_SHARE, bid_dimension

__all__ = ["ABIDE"]

#: The test begins at this neighbour, as the authors' does.
FIRST = 3
#: The inner ball is no larger than this share of the outer one's radius.
LARGEST_RATIO = 0.95
#: Rounds until the dimension stays the same, and what is the same. Counts are whole, so that the
#: last digits may go round for ever.
MOST_ROUNDS, SAME = 25, 1e-3


class ABIDE(DimensionEstimator):
    """Intrinsic dimension over neighbourhoods of constant density (input per point).

    Around each point the largest neighbourhood is sought in which a test does not find the density
    to vary. The binomial estimate (`BID`) is made of these neighbourhoods, each of its own size.
    Since the test needs the dimension, the two are repeated until they agree: the adaptive
    binomial intrinsic dimension estimator.

    Parameters
    ----------
    n_neighbors : int, default=100
        The largest neighbourhood.
    level : float, default=0.01
        Of the test whether the densities at a point and at its k-th neighbour are the same. The
        less, the larger the neighbourhoods: less chance, more of curvature and density.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
        From the counts at each point and at the points of its neighbourhood, pooled.
    standard_error_ : float
        Counts neighbours that points share.
    interval_ : (float, float)
        Of 95%, from the standard error.
    neighborhood_sizes_ : int array of shape (n_points,)
        k* of each row: how far the density is constant.
    ratio_ : float
        Inner to outer radius.

    See Also
    --------
    tda.dimension.BID : With one number of neighbours for all.
    tda.IntrinsicDimension : Calibrated, over scales; the default.

    Notes
    -----
    Points i and j have k neighbours in volumes ``r**d``. Twice the logarithm of the ratio of the
    likelihoods of two densities and of one is ``4 k log cosh(d / 2 log(r_i / r_j))``, which is
    about chi-squared of one degree of freedom if the two are one [2]_. Neighbour j is the one after
    the k-th; k* is the first k from 3 on that is refused. The ratio of radii is the one of the
    least error, ``0.203 ** (1 / d)``. After one search of neighbours O(n n_neighbors) in time and
    memory. Each round is that of dadapy's `return_ids_kstar_binomial`, whose default level is 1e-6
    and whose error is that of independent counts.

    References
    ----------
    .. [1] A. Di Noia, I. Macocco, A. Glielmo, A. Laio, A. Mira, "Beyond the noise: intrinsic
       dimension estimation with optimal neighbourhood identification", arXiv:2405.15132, 2024.
    .. [2] A. Rodriguez, M. d'Errico, E. Facco, A. Laio, "Computing the free energy without
       collective variables", J. Chem. Theory Comput. 14:1206-1215, 2018.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import ABIDE
    >>> estimator = ABIDE().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    """

    _least_points = 4
    _parameter_constraints: ClassVar[dict] = {
        "n_neighbors": [Interval(Integral, FIRST + 1, None, closed="left")],
        "level": [Interval(Real, 0, 1, closed="neither")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, n_neighbors=100, level=0.01, metric="euclidean", n_jobs=None):
        self.n_neighbors = n_neighbors
        self.level = level
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _least_neighbors(self):
        return min(FIRST + 1, self.n_neighbors)

    def _fit(self, points, graph):
        self.ratio_ = np.nan  # where all points are equal
        self.neighborhood_sizes_ = np.ones(len(points), dtype=int)
        super()._fit(points, graph)
        self.neighborhood_sizes_ = self.neighborhood_sizes_[points.inverse]
        return self

    def _estimate(self, X, graph):
        logs = np.log(graph.distances)
        apart = density_gaps(logs, graph.indices)
        threshold = chi2.isf(self.level, 1)
        dimension = _two_nn(logs)
        for _ in range(MOST_ROUNDS):
            sizes = constant_density_sizes(apart, dimension, threshold)
            ratio = min(BEST_SHARE ** (1 / dimension), LARGEST_RATIO)
            inner = _count_inner(graph.distances, sizes, ratio)
            before, dimension = dimension, bid_dimension(inner, sizes - 1, ratio)[0]
            if not 0 < dimension < np.inf or abs(dimension - before) <= SAME * before:
                break
        self.neighborhood_sizes_, self.ratio_ = sizes, float(ratio)
        local = _pooled(inner, sizes, graph.indices, ratio)
        if not 0 < dimension < np.inf:
            return Estimate(dimension, local)
        share = inner.sum() / (sizes - 1).sum()
        influences = (inner - share * (sizes - 1)) / (inner.mean() * np.log(ratio))
        return Estimate(dimension, local, _shared_error(influences, sizes, graph.indices))


def _two_nn(logs):
    """The maximum likelihood from the two nearest, to begin with."""
    mean = (logs[:, 1] - logs[:, 0]).mean()
    return 1 / mean if mean > 0 else 1.0


def density_gaps(logs, indices):
    """How much farther the k-th neighbour of a point is than that of its next neighbour, in logs.

    Parameters
    ----------
    logs : array of shape (n_points, n_neighbors)
        Of the distances to the nearest other points, the nearest first.
    indices : int array of the same shape

    Returns
    -------
    array of shape (n_points, n_neighbors - 1)
        Column ``k - 1`` compares the k-th neighbours of the point and of its ``k + 1``-th.
    """
    return np.column_stack(
        [np.abs(logs[:, k - 1] - logs[indices[:, k], k - 1]) for k in range(1, logs.shape[1])]
    )


def constant_density_sizes(gaps, dimension, threshold):
    """k* of every point: the first k from 3 on where the test refuses one density, or the last.

    Parameters
    ----------
    gaps : array of shape (n_points, m)
        As from `density_gaps`.
    dimension : float
    threshold : float
        Of the likelihood ratio ``4 k log cosh(dimension / 2 * gap)``.

    Returns
    -------
    int array of shape (n_points,)
    """
    k = np.arange(1, gaps.shape[1] + 1)
    # log cosh x >= t / (4 k), solved for x; for large t as it nears x - log 2.
    t = threshold / (4 * k)
    x = t + np.log1p(np.sqrt(-np.expm1(-2 * t)))
    refused = gaps >= 2 / dimension * x
    refused[:, : FIRST - 1] = False
    refused[:, -1] = True
    return refused.argmax(axis=1) + 1


def _count_inner(distances, sizes, ratio):
    """Neighbours before the k*-th within `ratio` times its distance, at each point."""
    reach = ratio * distances[np.arange(len(sizes)), sizes - 1]
    return (distances < reach[:, None]).sum(axis=1)


def _pooled(inner, sizes, indices, ratio):
    """The estimate from the counts of each point and of its neighbourhood."""
    rows = np.arange(len(sizes)), sizes - 1
    inside = inner + inner[indices].cumsum(axis=1)[rows]
    outside = sizes - 1 + (sizes - 1)[indices].cumsum(axis=1)[rows]
    with np.errstate(divide="ignore"):
        return np.abs(np.log(inside / outside)) / -np.log(ratio)


def _shared_error(influences, sizes, indices):
    """`clustered_error` of neighbourhoods of unlike sizes; NaN if they are half of all points.

    A pair of points counts by the points that both use, over the root of the product of how many
    each uses.
    """
    n = len(sizes)
    if 2 * (np.mean(sizes) + 1) > n:
        return np.nan
    weights = influences / np.sqrt(sizes + 1)
    used = np.arange(indices.shape[1]) < sizes[:, None]
    looked_at = weights + np.bincount(indices[used], np.repeat(weights, sizes), n)
    return float(np.sqrt(looked_at @ looked_at) / n)
