"""The dimension from how the length of the neighbour graph grows with the number of points."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from scipy.special import gammaln
from sklearn.utils._param_validation import Interval

from ._base import DimensionEstimator, Estimate, clustered_error, is_inside, neighborhood_means

__all__ = ["KNN", "knn_dimension"]

#: Sizes of subsamples, from the smallest to all points.
N_SIZES = 8
#: A slope as near to 1 is 1, of a dimension that is infinite.
ROUNDING = 1e-12


def knn_dimension(sizes, lengths, *, gamma=1.0):
    """Dimension from lengths of the neighbour graphs of samples of several sizes.

    The sum over p points of their distances to their k neighbours, to the power gamma, grows
    as ``p ** ((d - gamma) / d)``.

    Parameters
    ----------
    sizes : array of shape (n_sizes,)
        Numbers of points.
    lengths : array of shape (n_sizes, ...)
    gamma : float, default=1.0

    Returns
    -------
    array of shape (...)
        From the line through the logarithms by least squares. Infinite where the length grows
        with the number of points or faster.

    Examples
    --------
    >>> from tda.dimension._knn_graph import knn_dimension
    >>> print(f"{knn_dimension([100, 400], [10.0, 20.0]):.1f}")  # in proportion to sqrt(p)
    2.0
    """
    weights = _slope_weights(sizes)
    lengths = np.asarray(lengths, dtype=float)
    short_of_one = 1.0 - np.tensordot(weights, np.log(lengths / lengths[0]), axes=1)
    short_of_one = np.where(short_of_one < ROUNDING, 0.0, short_of_one)
    with np.errstate(divide="ignore"):
        return gamma / short_of_one


def _slope_weights(sizes):
    x = np.log(np.asarray(sizes, dtype=float))
    x = x - x.mean()
    return x / (x @ x)


def rank_weights(n, size, k, n_ranks):
    """How often, on average, each rank of neighbour is among the k nearest in a subsample.

    Of n points `size` are drawn, and a given point is one of them. Its neighbour of rank r is the
    j-th in the subsample if it is drawn, and j - 1 of the r - 1 nearer ones are drawn too. This is
    a hypergeometric law.
    """
    rank = np.arange(1, n_ranks + 1)[:, None]
    j = np.arange(1, k + 1)
    others, drawn = n - 1, size - 1
    with np.errstate(invalid="ignore"):
        log = (
            _log_choose(rank - 1, j - 1)
            + _log_choose(others - rank, drawn - j)
            - _log_choose(others, drawn)
        )
    weights = np.exp(log)
    return (weights / weights.sum(axis=0)).sum(axis=1)  # what is beyond the graph is nearly none


def _log_choose(n, k):
    n, k = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(k, dtype=float))
    log = np.full(n.shape, -np.inf)
    fine = (k >= 0) & (n >= k)
    log[fine] = gammaln(n[fine] + 1) - gammaln(k[fine] + 1) - gammaln(n[fine] - k[fine] + 1)
    return log


class KNN(DimensionEstimator):
    """Intrinsic dimension by the growth of the k nearest neighbour graph (input per point).

    Parameters
    ----------
    k : int, default=5
        The graph joins each point to so many neighbours.
    gamma : float, default=1.0
        Power of the lengths.
    smallest : float, default=0.25
        The graph is followed from subsamples with this share of the points to all of them.
    n_neighbors : int, default=20
        The neighbourhood whose graph gives the value at a point.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
    standard_error_ : float
        Of points that share neighbours; see `clustered_error`.
    interval_ : (float, float)
        Of 95%, from the standard error.

    Notes
    -----
    Nothing is drawn at random: the mean length over all subsamples of a size is a weighted sum
    of the distances in the graph of all points, since it is known how often the neighbour of
    each rank is among the k nearest of a subsample. About ``2 k / smallest`` neighbours are
    asked for.

    Carter et al. draw subsamples and take the whole dimension that fits best. So does
    scikit-dimension's KNN, by default with subsamples of three to six points, which says
    little; its values are not these. Here the dimension is not rounded.

    References
    ----------
    .. [1] K. M. Carter, R. Raich, A. O. Hero, "On local intrinsic dimension estimation and its
       applications", IEEE Trans. Signal Process. 58, 2010.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import KNN
    >>> estimator = KNN().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "k": [Interval(Integral, 1, None, closed="left")],
        "gamma": [Interval(Real, 0, None, closed="neither")],
        "smallest": [Interval(Real, 0, 1, closed="neither")],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self, *, k=5, gamma=1.0, smallest=0.25, n_neighbors=20, metric="euclidean", n_jobs=None
    ):
        self.k = k
        self.gamma = gamma
        self.smallest = smallest
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        # Rank of the k-th in a subsample: its mean and six standard deviations.
        spread = np.sqrt(self.k * (1 - self.smallest))
        return max(int(np.ceil((self.k + 6 * spread) / self.smallest)), self.n_neighbors)

    def _estimate(self, X, graph):
        n, n_ranks = graph.distances.shape
        k = min(self.k, n_ranks - 1)
        least = min(max(self.smallest * n, k + 1), n - 1)
        sizes = np.unique(np.geomspace(least, n, N_SIZES).astype(int))
        weights = np.array([rank_weights(n, size, k, n_ranks) for size in sizes])
        lengths = weights @ (graph.distances**self.gamma).T  # of each point, by size
        inside = is_inside(graph.distances)  # the length to a stray would be the whole
        means = lengths[:, inside].mean(axis=1)
        dimension = knn_dimension(sizes, means * sizes, gamma=self.gamma)
        nearby = neighborhood_means(lengths.T, graph.indices[:, : self.n_neighbors]).T
        local = knn_dimension(sizes, nearby * sizes[:, None], gamma=self.gamma)
        slopes = _slope_weights(sizes) @ (lengths / means[:, None])
        slopes = np.where(inside, slopes, 0.0)
        if not np.isfinite(dimension):
            return Estimate(dimension, local)
        influences = (slopes - slopes.mean()) * dimension**2 / self.gamma
        # The farthest that a share looks, on average.
        seen = graph.indices[:, : min(int(np.ceil(k / self.smallest)), n_ranks)]
        return Estimate(dimension, local, clustered_error(influences, seen))
