"""TwoNN: the intrinsic dimension from the ratio of the two nearest distances."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import DimensionEstimator, Estimate, neighborhood_means

__all__ = ["TwoNN", "two_nn_dimension"]


def two_nn_dimension(ratios, *, method="fit", discard_fraction=0.1):
    """Intrinsic dimension from ratios of second to first neighbour distances.

    Parameters
    ----------
    ratios : array of shape (n_points,)
        ``r_2 / r_1`` of each point, at least 1.
    method : {"fit", "mle"}, default="fit"
        "fit" is the line of the paper, through the origin, fitted to ``-log(1 - F)`` against
        the logarithm of the ratio; "mle" the maximum likelihood, freed of its bias.
    discard_fraction : float, default=0.1
        The share of the largest ratios left out of the fit.

    Returns
    -------
    dimension : float
        Infinite if all ratios are 1.

    References
    ----------
    .. [1] E. Facco, M. d'Errico, A. Rodriguez, A. Laio, "Estimating the intrinsic dimension of
       datasets by a minimal neighborhood information", Sci. Rep. 7:12140, 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension import two_nn_dimension
    >>> uniform = (np.arange(1000) + 0.5) / 1000
    >>> round(two_nn_dimension((1 - uniform) ** (-1 / 3)), 2)  # ratios have F = 1 - r**-d
    3.0
    """
    logs = np.sort(np.log(ratios))
    n = logs.size
    if method == "mle":
        total = logs.sum()
        return float((n - 1) / total) if total > 0 else np.inf
    kept = logs[: max(int(n * (1 - discard_fraction)), 1)]
    heights = -np.log1p(-np.arange(kept.size) / n)
    square = kept @ kept
    return float(kept @ heights / square) if square > 0 else np.inf


class TwoNN(DimensionEstimator):
    """Intrinsic dimension from two nearest neighbours (input per point).

    Needs no more than that the density is constant across two neighbours, so it sees the finest
    scale there is: noise, if there is noise.

    Parameters
    ----------
    method : {"fit", "mle"}, default="fit"
        See `two_nn_dimension`.
    discard_fraction : float, default=0.1
        The share of the largest ratios left out of the fit.
    n_neighbors : int, default=20
        The neighbourhood that the value at a point averages over; the dimension of the whole
        does not depend on it.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed".
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
        The maximum likelihood over each point's neighbourhood.
    standard_error_ : float
        ``dimension_ / sqrt(n)``, n the ratios that are used, as if ratios of different points
        were independent.
    interval_ : (float, float)
        Of 95%, from the standard error.

    See Also
    --------
    tda.IntrinsicDimension : Calibrated, over scales; the default.

    Notes
    -----
    In time one search of neighbours, O(n log n) in few dimensions. Beyond about six dimensions
    the answer falls behind the truth, since neighbours of points near the border of the data
    are not all around them; `tda.IntrinsicDimension` corrects for that.

    References
    ----------
    .. [1] E. Facco, M. d'Errico, A. Rodriguez, A. Laio, "Estimating the intrinsic dimension of
       datasets by a minimal neighborhood information", Sci. Rep. 7:12140, 2017.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import TwoNN
    >>> estimator = TwoNN().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    1.9
    """

    _parameter_constraints: ClassVar[dict] = {
        "method": [StrOptions({"fit", "mle"})],
        "discard_fraction": [Interval(Real, 0, 1, closed="left")],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        method="fit",
        discard_fraction=0.1,
        n_neighbors=20,
        metric="euclidean",
        n_jobs=None,
    ):
        self.method = method
        self.discard_fraction = discard_fraction
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _estimate(self, X, graph):
        ratios = graph.distances[:, 1] / graph.distances[:, 0]
        dimension = two_nn_dimension(
            ratios, method=self.method, discard_fraction=self.discard_fraction
        )
        used = len(ratios) * (1 - self.discard_fraction if self.method == "fit" else 1)
        means = neighborhood_means(np.log(ratios), graph.indices)
        k = graph.n_neighbors
        with np.errstate(divide="ignore"):
            local = k / (k + 1) / means  # of k + 1 ratios, freed of the bias of 1 / mean
        return Estimate(dimension, local, dimension / np.sqrt(max(used, 1)))
