"""The method of moments: intrinsic dimension from the mean distance to neighbours."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import AVERAGES, DimensionEstimator, average_estimate

__all__ = ["MOM", "mom_dimension"]


def mom_dimension(distances):
    """Dimension at every point from the mean of its distances to k neighbours.

    In a ball of radius w and dimension d the mean distance from the centre is w d / (d + 1). This
    is solved for d, with w the distance of the farthest neighbour.

    Parameters
    ----------
    distances : array of shape (n_points, k)
        To the nearest other points, the nearest first; k at least 2.

    Returns
    -------
    array of shape (n_points,)
        ``m / (w - m)``, m the mean of all k distances; infinite where they are equal.

    Examples
    --------
    >>> from tda.dimension._mom import mom_dimension
    >>> mom_dimension([[0.5, 1.0]])
    array([3.])
    """
    distances = np.asarray(distances, dtype=float)
    mean, far = distances.mean(axis=1), distances[:, -1]
    with np.errstate(divide="ignore"):
        return mean / np.maximum(far - mean, 0.0)


class MOM(DimensionEstimator):
    """Intrinsic dimension by the method of moments (input per point).

    Parameters
    ----------
    n_neighbors : int, default=100
    average : {"mean", "harmonic", "median"}, default="mean"
        How the dimension of the whole comes from those at points.
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
        Of an average of estimates that share neighbours, see `clustered_error`; NaN for the
        median.
    interval_ : (float, float)
        Of 95%, from the standard error.

    Notes
    -----
    In time one search of neighbours. The same as scikit-dimension's MOM. The farthest
    neighbour counts in the mean, though it is the radius: with k neighbours the estimate is
    too large by about ``(d + 1) / k`` of itself.

    References
    ----------
    .. [1] L. Amsaleg, O. Chelly, T. Furon, S. Girard, M. E. Houle, K. Kawarabayashi, M. Nett,
       "Extreme-value-theoretic estimation of local intrinsic dimensionality", Data Min. Knowl.
       Discov. 32, 2018.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import MOM
    >>> estimator = MOM().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "average": [StrOptions(AVERAGES)],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, n_neighbors=100, average="mean", metric="euclidean", n_jobs=None):
        self.n_neighbors = n_neighbors
        self.average = average
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _estimate(self, X, graph):
        graph = graph.head(self.n_neighbors)
        return average_estimate(mom_dimension(graph.distances), graph, self.average)
