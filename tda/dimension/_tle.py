"""TLE: local intrinsic dimension from all pairs of a tight neighbourhood."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._points import blocks
from ._base import AVERAGES, DimensionEstimator, average_estimate

__all__ = ["TLE", "tle_dimension"]


def tle_dimension(X, distances, indices, *, epsilon=1e-4):
    """Dimension at every point from the distances among it and its k neighbours.

    Each neighbour in turn, and its mirror image at the point, takes the place of the point. From
    there every other neighbour is measured by the ball that it touches and that stays within the
    neighbourhood. All these ratios together give one maximum likelihood estimate.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    distances, indices : arrays of shape (n_points, k)
        Of the nearest other points, the nearest first; k at least 2.
    epsilon : float, default=1e-4
        Ratios of distances below it do not count.

    Returns
    -------
    array of shape (n_points,)

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension._tle import tle_dimension
    >>> X = np.array([[0.0], [0.5], [-1.0]])
    >>> tle_dimension(X, [[0.5, 1.0]], [[1, 2]]).round(1)
    array([2.6])
    """
    distances, indices = np.asarray(distances, dtype=float), np.asarray(indices)
    n, k = indices.shape
    local = np.empty(n)
    for block in blocks(n, k * (k + X.shape[1])):
        radius = distances[block, -1:]
        u = (distances[block] / radius) ** 2
        vectors = (X[indices[block]] - X[block, None]) / radius[:, :, None]
        gram = vectors @ vectors.transpose(0, 2, 1)
        both = u[:, :, None] + u[:, None, :]
        v = np.maximum(both - 2 * gram, 0.0)
        mirrored = np.maximum(both + 2 * gram, 0.0)
        apart = u[:, :, None] - u[:, None, :]
        s = _touching(v, apart, u[:, :, None])
        t = _touching(mirrored, apart, u[:, :, None])
        kept = (s >= epsilon) & (t >= epsilon)
        np.einsum("ijj->ij", kept)[...] = False
        near = u >= epsilon**2
        total = np.log(np.where(kept, s * t, 1.0)).sum(axis=(1, 2))
        total += np.log(np.where(near, u, 1.0)).sum(axis=1)
        count = 2.0 * (kept.sum(axis=(1, 2)) + near.sum(axis=1))
        with np.errstate(divide="ignore"):
            local[block] = count / np.maximum(-total, 0.0)
    return local


def _touching(v, apart, u):
    """Radius, over that of the neighbourhood, of the ball that touches a point.

    The ball's border goes through the one at squared distance u from the middle, it reaches
    another one at squared distance v from there, and it touches the neighbourhood from within.
    """
    a = apart + v
    root = np.sqrt(a * a + 4 * v * (1 - u))
    with np.errstate(divide="ignore", invalid="ignore"):
        # Either of two equal forms, the one without cancellation.
        return np.where(a > 0, 2 * v / (root + a), (root - a) / (2 * (1 - u)))


class TLE(DimensionEstimator):
    """Intrinsic dimension by the tight locality estimator (input per point).

    Parameters
    ----------
    n_neighbors : int, default=20
    epsilon : float, default=1e-4
        Ratios of distances below it do not count.
    average : {"mean", "harmonic", "median"}, default="mean"
        How the dimension of the whole comes from those at points.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
    standard_error_ : float
        Of an average of estimates that share neighbours, see `clustered_error`; NaN for the
        median.
    interval_ : (float, float)
        Of 95%, from the standard error.

    Notes
    -----
    O(n k² n_features) in time for k neighbours, in batches. The same as scikit-dimension's
    TLE, but for `epsilon`, which is relative to the neighbourhood here, so that units do not
    matter, and absolute there.

    References
    ----------
    .. [1] L. Amsaleg, O. Chelly, M. E. Houle, K. Kawarabayashi, M. Radovanović,
       W. Treeratanajaru, "Intrinsic dimensionality estimation within tight localities", SIAM
       Int. Conf. on Data Mining, 2019.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import TLE
    >>> estimator = TLE().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.2
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "epsilon": [Interval(Real, 0, 1, closed="left")],
        "average": [StrOptions(AVERAGES)],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, n_neighbors=20, epsilon=1e-4, average="mean", n_jobs=None):
        self.n_neighbors = n_neighbors
        self.epsilon = epsilon
        self.average = average
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _estimate(self, X, graph):
        graph = graph.head(self.n_neighbors)
        local = tle_dimension(X, graph.distances, graph.indices, epsilon=self.epsilon)
        return average_estimate(local, graph, self.average)
