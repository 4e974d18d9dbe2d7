"""TwoNN: the intrinsic dimension from the ratio of the two nearest distances."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import DimensionEstimator, Estimate, clustered_error, neighborhood_means

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
        The share of the largest ratios left out of the fit; the largest always is.

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
    >>> from tda.dimension._two_nn import two_nn_dimension
    >>> uniform = (np.arange(1000) + 0.5) / 1000
    >>> round(two_nn_dimension((1 - uniform) ** (-1 / 3)), 2)  # ratios have F = 1 - r**-d
    3.0
    """
    logs = np.sort(np.log(ratios))
    n = logs.size
    if method == "mle":
        total = logs.sum()
        return float((n - 1) / total) if total > 0 else np.inf
    # F of the largest is 1, at infinite height: it cannot be kept.
    kept = logs[: min(max(int(n * (1 - discard_fraction)), 1), n - 1)]
    heights = -np.log1p(-np.arange(1, kept.size + 1) / n)
    square = kept @ kept
    return float(kept @ heights / square) if square > 0 else np.inf


class TwoNN(DimensionEstimator):
    """Intrinsic dimension from two nearest neighbours (input per point).

    It only assumes that the density is constant up to the second neighbour. So it measures at the
    finest scale there is, which is that of the noise if there is noise.

    Parameters
    ----------
    method : {"fit", "mle"}, default="fit"
        "fit" is the line of the paper, through the origin, fitted to ``-log(1 - F)`` against
        the logarithm of the ratio of the two distances; "mle" the maximum likelihood, freed of
        its bias.
    discard_fraction : float, default=0.1
        The share of the largest ratios left out of the fit.
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
    local_dimension_ : array of shape (n_points,)
        The maximum likelihood over each point's neighbourhood.
    standard_error_ : float
        Of points that share neighbours; see `clustered_error`.
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
    2.0
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
        graph = graph.head(self.n_neighbors)
        ratios = graph.distances[:, 1] / graph.distances[:, 0]
        dimension = two_nn_dimension(
            ratios, method=self.method, discard_fraction=self.discard_fraction
        )
        means = neighborhood_means(np.log(ratios), graph.indices)
        k = graph.n_neighbors
        with np.errstate(divide="ignore"):
            local = k / (k + 1) / means  # of k + 1 ratios, freed of the bias of 1 / mean
        if not np.isfinite(dimension):
            return Estimate(dimension, local)
        influences = self._influences(dimension, np.log(ratios))
        error = clustered_error(influences - influences.mean(), graph.indices[:, :2])
        return Estimate(dimension, local, error)

    def _influences(self, d, logs):
        """How each ratio draws the estimate, but for a constant, if d times its log is Exp(1).

        Of the mle -d x. The fit is a ratio of L-statistics; a ratio counts by the integral of
        the fit's heights from its own quantile on, -x² / 2, up to where ratios are left out.
        """
        x = d * logs
        if self.method == "mle":
            return -d * x
        kept = np.sort(x)[: max(int(len(x) * (1 - self.discard_fraction)), 1)]
        return -d * len(x) * np.minimum(x, kept[-1]) ** 2 / (2 * (kept @ kept))
