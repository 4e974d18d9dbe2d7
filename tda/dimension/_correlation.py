"""The correlation dimension: how the number of pairs grows with their distance."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree
from sklearn.utils._param_validation import Interval

from .._metrics import distances as distances_between
from .._neighbors import choose_method
from .._points import blocks
from ._base import DimensionEstimator, Estimate, clustered_error

__all__ = ["CorrInt", "correlation_dimension"]


def correlation_dimension(counts, radii):
    """Slope of the correlation integral between radii, in logarithms.

    Parameters
    ----------
    counts : array of shape (n_radii, ...)
        How many pairs are closer than each radius.
    radii : array of shape (n_radii,)
        Growing.

    Returns
    -------
    array of shape (n_radii - 1, ...)
        NaN between radii that no pair is closer than.

    References
    ----------
    .. [1] P. Grassberger, I. Procaccia, "Measuring the strangeness of strange attractors",
       Physica D 9, 1983.

    Examples
    --------
    >>> from tda.dimension._correlation import correlation_dimension
    >>> correlation_dimension([10, 40, 160], [1.0, 2.0, 4.0])
    array([2., 2.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.diff(np.log(np.asarray(counts, dtype=float)), axis=0)
        return (rise.T / np.diff(np.log(radii))).T


def close_points(X, radii, *, precomputed=False, metric="euclidean", n_jobs=None):
    """How many other points are closer to each point than each radius: (n_radii, n_points)."""
    n = X.shape[0]
    if sparse.issparse(X):
        stored = sparse.coo_array(X)
        off = stored.row != stored.col
        row, distances = stored.row[off], stored.data[off]
        reach = np.full(n, -np.inf)
        np.maximum.at(reach, row, distances)
        if np.bincount(row, minlength=n).min() < n - 1 and reach.min() < radii[-1]:
            raise ValueError(
                f"X stores neighbours of point {reach.argmin()} up to distance "
                f"{reach.min():.3g}, but all within {radii[-1]:.3g} are counted: make the graph "
                "with more neighbours."
            )
        return np.array([np.bincount(row[distances < r], minlength=n) for r in radii])
    if precomputed:
        return np.array([(X < r).sum(axis=1) for r in radii]) - 1
    if metric == "euclidean" and choose_method(X) == "kd_tree":
        tree = cKDTree(X)
        below = np.nextafter(radii, 0.0)  # the tree counts those at the radius
        rows = [tree.query_ball_point(X, r, return_length=True) for r in below]
        return np.array(rows) - 1
    counts = np.empty((len(radii), n), dtype=np.int64)
    if metric == "euclidean":
        X = X - X.mean(axis=0)
        squares = np.einsum("ij,ij->i", X, X)
    for block in blocks(n, n, at_most=4_000_000):
        if metric == "euclidean":
            # |x - y|² < r² as x·y > (|x|² + |y|² - r²) / 2, by one matrix product.
            D = squares[block, None] + squares - 2 * (X[block] @ X.T)
            limits = np.square(radii)
        else:
            D, limits = distances_between(X[block], X, metric=metric), radii
        counts[:, block] = [(D < limit).sum(axis=1) for limit in limits]
    return counts - 1


class CorrInt(DimensionEstimator):
    """The correlation dimension of Grassberger and Procaccia (input per point).

    Parameters
    ----------
    k1 : int, default=10
    k2 : int, default=20
        The slope is taken between two radii: the medians over points of the distances to the
        `k1`-th and the `k2`-th neighbour. With few points k2 is the farthest there is.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`). A sparse graph
        has to store all neighbours within the larger radius.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
        ``log(k2 / k1) / log(r_k2 / r_k1)``: the slope of the count around the point itself,
        as Farahmand et al. take it [2]_.
    standard_error_ : float
        Of points that share neighbours; see `clustered_error`. The two radii are taken as
        known.
    interval_ : (float, float)
        Of 95%, from the standard error.
    radii_ : array of shape (n_radii,)
        Medians of the distances to neighbours 1, 2, 4, ..., up to k2.
    dimensions_ : array of shape (n_radii - 1,)
        The slope from each of these to the next: the curve by scale.

    Notes
    -----
    All pairs within the larger radius are counted: O(n²) in time in many dimensions, by a k-d
    tree in few. The same as scikit-dimension's CorrInt. The count is of pairs, so dense parts
    weigh more than in the other estimators.

    References
    ----------
    .. [1] P. Grassberger, I. Procaccia, "Measuring the strangeness of strange attractors",
       Physica D 9, 1983.
    .. [2] A. M. Farahmand, C. Szepesvári, J.-Y. Audibert, "Manifold-adaptive dimension
       estimation", ICML 2007.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import CorrInt
    >>> estimator = CorrInt().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "k1": [Interval(Integral, 1, None, closed="left")],
        "k2": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, k1=10, k2=20, metric="euclidean", n_jobs=None):
        self.k1 = k1
        self.k2 = k2
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.k2

    def _fit(self, points, graph):
        if self.k1 >= self.k2:
            raise ValueError(f"k1={self.k1} and k2={self.k2}, but k1 < k2 is needed.")
        self.radii_, self.dimensions_ = np.zeros(0), np.zeros(0)
        return super()._fit(points, graph)

    def _estimate(self, X, graph):
        graph = graph.head(self.k2)
        k2 = graph.n_neighbors
        k1 = min(self.k1, k2 - 1)
        scales = 2 ** np.arange(k2.bit_length())
        self.radii_ = np.median(graph.distances[:, scales - 1], axis=0)
        ends = np.median(graph.distances[:, [k1 - 1, k2 - 1]], axis=0)
        close = close_points(
            X,
            # Medians are distances of pairs, and those pairs are not within them, whatever rounds.
            np.append(self.radii_, ends) * (1 - 1e-12),
            precomputed=self._is_precomputed(),
            metric=self.metric_.taken,
            n_jobs=self.n_jobs,
        )
        counts = close.sum(axis=1)
        self.dimensions_ = correlation_dimension(counts[:-2], self.radii_)
        dimension = correlation_dimension(counts[-2:], ends)[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            near, far = graph.distances[:, k1 - 1], graph.distances[:, k2 - 1]
            local = np.log(k2 / k1) / np.log(far / near)
            # Each point's share in the rise of the logarithm of the count.
            shares = close[-2:] * (len(near) / counts[-2:, None])
            influences = (shares[1] - shares[0]) / np.log(ends[1] / ends[0])
        return Estimate(dimension, local, clustered_error(influences, graph.indices))
