"""L2N2: the intrinsic dimension from the double logarithm of two nearest distances."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from scipy.special import gammaln
from sklearn.utils._param_validation import Interval

from ._base import (
    NORMAL_95,
    DimensionEstimator,
    Estimate,
    clustered_error,
    neighborhood_means,
)

__all__ = ["L2N2", "l2n2_dimension"]


def l2n2_dimension(ratios):
    """Intrinsic dimension from the mean double logarithm of second to first distances.

    Where the density is constant up to the second neighbour, the logarithm of the ratio is an
    exponential of mean ``1 / d``, and ``log log(r_2 / r_1)`` a Gumbel variable of mean ``-log(d) -
    gamma`` with Euler's gamma, and of variance ``pi**2 / 6`` whatever d is.

    Parameters
    ----------
    ratios : array of shape (n_points,)
        ``r_2 / r_1`` of each point, at least 1.

    Returns
    -------
    dimension : float
        Free of bias if the ratios are independent; infinite if one is 1.

    References
    ----------
    .. [1] E.-J. Ong, O. Bobrowski, G. Reinert, P. Skraba, "A universal nearest-neighbor estimator
       for intrinsic dimensionality", arXiv:2603.10493, 2026.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension._l2n2 import l2n2_dimension
    >>> uniform = (np.arange(1000) + 0.5) / 1000
    >>> round(l2n2_dimension((1 - uniform) ** (-1 / 3)), 2)  # ratios have F = 1 - r**-d
    3.0
    """
    with np.errstate(divide="ignore"):
        doubles = np.log(np.log(np.asarray(ratios, dtype=float)))
    return float(np.exp(-doubles.mean() - _expected(doubles.size)))


def _expected(n):
    """The logarithm of the mean of ``exp(-mean of n)``, for logarithms of unit exponentials.

    ``n log Gamma(1 - 1 / n)``, which falls to Euler's gamma; of one value there is no mean.
    """
    return float(n * gammaln(1 - 1 / n)) if n > 1 else float(np.euler_gamma)


class L2N2(DimensionEstimator):
    """Intrinsic dimension from log log of the two nearest distances' ratio (input per point).

    Parameters
    ----------
    n_neighbors : int, default=20
        The neighbourhood that the value at a point averages over; the dimension of the whole
        does not depend on it.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
        Infinite where the two nearest distances of a point are equal.
    local_dimension_ : array of shape (n_points,)
        The same of each point's neighbourhood.
    standard_error_ : float
        Of points that share neighbours; see `clustered_error`.
    interval_ : (float, float)
        Of 95%, normal in the logarithm of the dimension.

    See Also
    --------
    tda.IntrinsicDimension : Calibrated, over scales; the default.
    tda.dimension.TwoNN : From the same two distances, with a smaller error.

    Notes
    -----
    In time one search of neighbours. A few large ratios, as points of low density or strays make
    them, hardly move a double logarithm; equal distances move it without bound. Under the model
    the variance is ``pi**2 / 6`` times that of the maximum likelihood (`TwoNN` of
    ``method="mle"``), the price of that. The authors prove that the mean of the double logarithm
    tends to the one of constant density for every density, so that the estimator is consistent
    for all [1]_.

    The constant here is the exact one of independent ratios under constant density, so that the
    estimate is free of bias there. It follows from the paper's title and abstract; a correction
    for few points in the paper may be another.

    References
    ----------
    .. [1] E.-J. Ong, O. Bobrowski, G. Reinert, P. Skraba, "A universal nearest-neighbor estimator
       for intrinsic dimensionality", arXiv:2603.10493, 2026.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import L2N2
    >>> estimator = L2N2().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.0f}")
    2
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, n_neighbors=20, metric="euclidean", n_jobs=None):
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _estimate(self, X, graph):
        ratios = graph.distances[:, 1] / graph.distances[:, 0]
        dimension = l2n2_dimension(ratios)
        with np.errstate(divide="ignore"):
            doubles = np.log(np.log(ratios))
        means = neighborhood_means(doubles, graph.indices)
        local = np.exp(-means - _expected(graph.n_neighbors + 1))
        if not np.isfinite(dimension):
            return Estimate(dimension, local)
        relative = clustered_error(doubles - doubles.mean(), graph.indices[:, :2])
        reach = float(np.exp(NORMAL_95 * relative))
        interval = dimension / reach, dimension * reach
        return Estimate(dimension, local, dimension * relative, interval)
