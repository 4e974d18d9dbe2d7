"""MiND: the intrinsic dimension from the nearest of k + 1 neighbours."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import DimensionEstimator, Estimate
from ._gride import gride_dimension, maximize

__all__ = ["MiND", "mind_dimension"]


def mind_dimension(ratios, k, *, version="MLk"):
    """Maximum likelihood dimension from ratios of the first to the ``k + 1``-th neighbour.

    The nearest of k points of a ball, over its radius, has the density
    ``k d r**(d - 1) (1 - r**d) ** (k - 1)``.

    Parameters
    ----------
    ratios : array of shape (n_points,)
        ``r_1 / r_{k + 1}`` of each point, above 0 and at most 1.
    k : int
    version : {"MLk", "MLi"}, default="MLk"
        Any number, or the likeliest whole one from 1 on.

    Returns
    -------
    dimension : float
        Infinite if all ratios are 1.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension._mind import mind_dimension
    >>> X = np.random.default_rng(0).uniform(size=(1000, 5)) ** (1 / 3)  # radii in a ball
    >>> mind_dimension(X.min(axis=1), 5, version="MLi")
    3.0
    """
    logs = -np.log(np.asarray(ratios, dtype=float))
    n = len(logs)
    # As Gride, but with every point counted.
    dimension = float(maximize(logs, 1, k + 1, less=0)[0])
    if version == "MLk" or not np.isfinite(dimension):
        return dimension
    below = max(np.floor(dimension), 1.0)
    around = np.array([below, below + 1])
    with np.errstate(divide="ignore"):
        inside = np.log(-np.expm1(-around[:, None] * logs)) if k > 1 else np.zeros((2, n))
    likelihood = n * np.log(around) - around * logs.sum() + (k - 1) * inside.sum(axis=1)
    return float(around[np.argmax(likelihood)])


class MiND(DimensionEstimator):
    """Intrinsic dimension by minimum neighbour distances (input per point).

    Parameters
    ----------
    version : {"MLk", "MLi"}, default="MLk"
        Any number, or the likeliest whole one.
    k : int, default=20
        The nearest neighbour is compared with the ``k + 1``-th, or the farthest if there are
        fewer.
    n_neighbors : int, default=20
        The neighbourhood whose likelihood gives the value at a point; the dimension of the
        whole does not depend on it.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
        Any number, also with "MLi".
    standard_error_ : float
        Of points that share neighbours, see `clustered_error`, before any rounding.
    interval_ : (float, float)
        Of 95%, from the standard error.

    Notes
    -----
    In time one search of neighbours. "MLk" is Gride with n1 = 1 and n2 = k + 1. The same as
    scikit-dimension's MiND_ML, which stops at a dimension D, and whose optimiser stops at four
    or five digits. The authors' MiND_KL, which compares with simulated balls, is not here;
    `tda.IntrinsicDimension` is calibrated on such.

    References
    ----------
    .. [1] G. Lombardi, A. Rozza, C. Ceruti, E. Casiraghi, P. Campadelli, "Minimum neighbor
       distance estimators of intrinsic dimension", ECML PKDD 2011.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import MiND
    >>> estimator = MiND(version="MLi").fit(make_sphere(1000, random_state=0))
    >>> estimator.dimension_
    2.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "version": [StrOptions({"MLk", "MLi"})],
        "k": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, version="MLk", k=20, n_neighbors=20, metric="euclidean", n_jobs=None):
        self.version = version
        self.k = k
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return max(self.k + 1, self.n_neighbors)

    def _estimate(self, X, graph):
        k = min(self.k, graph.n_neighbors - 1)
        near, far = graph.distances[:, 0], graph.distances[:, k]
        dimension = mind_dimension(near / far, k, version=self.version)
        seen = graph.indices[:, : k + 1]
        error = gride_dimension(near, far, 1, k + 1, indices=seen)[1]
        members = np.column_stack([np.arange(len(seen)), graph.indices[:, : self.n_neighbors]])
        local, _ = maximize(np.log(far / near)[members], 1, k + 1)
        return Estimate(dimension, local, error)
