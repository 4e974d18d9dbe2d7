"""Levina and Bickel's maximum likelihood estimator of intrinsic dimension."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import DimensionEstimator, average_estimate

__all__ = ["MLE", "mle_dimension"]


def mle_dimension(distances, *, least_neighbors=None, unbiased=False):
    """Maximum likelihood dimension at every point, from its distances to k neighbours.

    Parameters
    ----------
    distances : array of shape (n_points, k)
        To the nearest other points, the nearest first, positive; k at least 2, or 3 if
        `unbiased`.
    least_neighbors : int, default=None
        From 2, or 3 if `unbiased`, to k: the mean of the estimates from so many neighbours up
        to all k, as Levina and Bickel do it. None for k alone.
    unbiased : bool, default=False
        Divide ``k - 2`` rather than ``k - 1`` by the sum of logarithms: the value at a point is
        then unbiased under the model, its inverse no more.

    Returns
    -------
    array of shape (n_points,)
        ``(k - 1) / sum(log(r_k / r_j))``; infinite where all distances are equal.

    References
    ----------
    .. [1] E. Levina, P. J. Bickel, "Maximum likelihood estimation of intrinsic dimension",
       NIPS 2004.

    Examples
    --------
    >>> from tda.dimension._mle import mle_dimension
    >>> mle_dimension([[0.25, 0.5, 1.0]]).round(2)  # 2 / (log 4 + log 2)
    array([0.96])
    """
    distances = np.asarray(distances, dtype=float)
    logs = np.log(distances / distances[:, -1:])  # of ratios, which have no unit
    k = np.arange(least_neighbors or logs.shape[1], logs.shape[1] + 1)
    if k[0] < 2 + unbiased:
        raise ValueError(f"{k[0]} neighbours, but at least {2 + unbiased} are needed.")
    means = np.cumsum(logs, axis=1)[:, k - 2] / (k - 1)
    with np.errstate(divide="ignore"):
        inverse = 1.0 / np.maximum(logs[:, k - 1] - means, 0.0)  # of the k - 1 others
    return (inverse * ((k - 1 - unbiased) / (k - 1))).mean(axis=1)


class MLE(DimensionEstimator):
    """Intrinsic dimension by Levina and Bickel's maximum likelihood (input per point).

    Parameters
    ----------
    n_neighbors : int, default=20
    least_neighbors : int, default=None
        Average over so many neighbours up to `n_neighbors`; None for `n_neighbors` alone.
    average : {"mackay_ghahramani", "levina_bickel", "median"}, default="mackay_ghahramani"
        How the dimension of the whole comes from those at points: the inverse of the mean of
        inverses, which is the maximum likelihood of all points together [2]_; their mean,
        which is too large by about ``1 / (n_neighbors - 2)`` of itself unless `unbiased`; or
        their median.
    unbiased : bool, default=False
        Divide ``k - 2`` rather than ``k - 1`` by the sum of logarithms: the value at a point is
        then unbiased under the model, its inverse no more.
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
    In time one search of neighbours. scikit-dimension's MLE of the same `n_neighbors` is the
    same, its ``comb="mle"``, "mean" and "median" being the three averages; it has no range of
    neighbours, and noise models that are not here.

    References
    ----------
    .. [1] E. Levina, P. J. Bickel, "Maximum likelihood estimation of intrinsic dimension",
       NIPS 2004.
    .. [2] D. J. C. MacKay, Z. Ghahramani, "Comments on 'Maximum likelihood estimation of
       intrinsic dimension' by E. Levina and P. Bickel", 2005.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import MLE
    >>> estimator = MLE().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "least_neighbors": [Interval(Integral, 2, None, closed="left"), None],
        "average": [StrOptions({"mackay_ghahramani", "levina_bickel", "median"})],
        "unbiased": ["boolean"],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        n_neighbors=20,
        least_neighbors=None,
        average="mackay_ghahramani",
        unbiased=False,
        metric="euclidean",
        n_jobs=None,
    ):
        self.n_neighbors = n_neighbors
        self.least_neighbors = least_neighbors
        self.average = average
        self.unbiased = unbiased
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _estimate(self, X, graph):
        k = min(self.n_neighbors, graph.n_neighbors)
        graph = graph.head(k)
        least = self.least_neighbors and min(self.least_neighbors, k)
        local = mle_dimension(graph.distances, least_neighbors=least, unbiased=self.unbiased)
        how = {"mackay_ghahramani": "harmonic", "levina_bickel": "mean"}
        return average_estimate(local, graph, how.get(self.average, self.average))
