"""BID: the intrinsic dimension from how many neighbours lie in an inner ball."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import DimensionEstimator, Estimate, clustered_error

__all__ = ["BID", "bid_dimension"]

#: The share of points in the inner ball with which the standard error is least: the root of
#: log(p) + 2 (1 - p) = 0.
BEST_SHARE = 0.2031878699


def bid_dimension(inner, outer, ratio):
    """Intrinsic dimension from counts of points in two balls about the same centre.

    If points are spread evenly over a d-dimensional ball, each lies in the ball of `ratio` times
    its radius with probability ``ratio ** d``. So the counts are binomial, and this is their
    maximum likelihood estimate.

    Parameters
    ----------
    inner : array-like
        Points in the inner balls, the centres not counted.
    outer : array-like of the same shape, or a number
        Points in the outer balls, the centres not counted.
    ratio : float
        Inner to outer radius, above 0 and below 1.

    Returns
    -------
    dimension : float
        Infinite if no point lies in an inner ball.
    standard_error : float
        The bound of Cramér and Rao, as if counts were independent; NaN if `dimension` is 0 or
        infinite.

    References
    ----------
    .. [1] I. Macocco, A. Glielmo, J. Grilli, A. Laio, "Intrinsic dimension estimation for
       discrete metrics", Phys. Rev. Lett. 130:067401, 2023.

    Examples
    --------
    >>> from tda.dimension._bid import bid_dimension
    >>> dimension, error = bid_dimension([3, 2, 3], [8, 8, 8], 0.5)  # a third is 2 ** -1.58
    >>> round(dimension, 2), round(error, 2)
    (1.58, 0.42)
    """
    inner, outer = np.broadcast_arrays(np.asarray(inner, dtype=float), outer)
    share, total = inner.sum() / outer.sum(), outer.sum()
    with np.errstate(divide="ignore"):
        dimension = float(np.abs(np.log(share)) / -np.log(ratio))
    if not 0 < share < 1:
        return dimension, np.nan
    return dimension, float(np.sqrt((1 - share) / (share * total)) / -np.log(ratio))


class BID(DimensionEstimator):
    """Intrinsic dimension from binomial counts of neighbours (input per point).

    Around each point the outer ball reaches to the k-th neighbour. The inner ball has a fixed share
    of that radius, and the neighbours in it are counted (BIDE, the binomial intrinsic dimension
    estimator). The larger the scale, the less noise matters: set `n_neighbors`.

    Parameters
    ----------
    n_neighbors : int, default=20
        The neighbour that the outer ball reaches to; also the neighbourhood whose counts the
        value at a point pools.
    ratio : "auto" or float, default="auto"
        Inner to outer radius, above 0 and below 1. "auto" is the one with the least standard
        error, ``0.203 ** (1 / d)``, made consistent with the dimension d by iteration.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
        From the counts of each point and its neighbours, pooled.
    standard_error_ : float
        Counts neighbours that points share; of fewer than ``2 (k + 1)`` points the bound of
        Cramér and Rao, as if counts were independent.
    interval_ : (float, float)
        Of 95%, normal, or for so few points from the Jeffreys interval of the binomial share.
    ratio_ : float
        The ratio of radii that was used.

    Notes
    -----
    The k-th neighbour fixes the radius and is not counted, so the outer count is k - 1. In
    time one search of neighbours. The likelihood is that of `compute_id_binomial_k` in dadapy
    with ``bayes=False``, where the ratio has no default and the error is that bound. What
    dadapy calls BID since 2025, for spins, is another method (Acevedo, Rodriguez, Laio,
    "Unsupervised detection of semantic correlations in big data", Commun. Phys. 8, 2025).

    References
    ----------
    .. [1] I. Macocco, A. Glielmo, J. Grilli, A. Laio, "Intrinsic dimension estimation for
       discrete metrics", Phys. Rev. Lett. 130:067401, 2023.
    .. [2] A. Di Noia, I. Macocco, A. Glielmo, A. Laio, A. Mira, "Beyond the noise: intrinsic
       dimension estimation with optimal neighbourhood identification", arXiv:2405.15132, 2024.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import BID
    >>> estimator = BID(n_neighbors=40).fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "ratio": [Interval(Real, 0, 1, closed="neither"), StrOptions({"auto"})],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, n_neighbors=20, ratio="auto", metric="euclidean", n_jobs=None):
        self.n_neighbors = n_neighbors
        self.ratio = ratio
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _fit(self, points, graph):
        self.ratio_ = np.nan  # where all points are equal
        return super()._fit(points, graph)

    def _estimate(self, X, graph):
        self.ratio_ = _best_ratio(graph.distances) if self.ratio == "auto" else self.ratio
        inner = _count_inner(graph.distances, self.ratio_)
        outer = graph.n_neighbors - 1
        dimension, error = bid_dimension(inner, outer, self.ratio_)
        pooled = inner + inner[graph.indices].sum(axis=1)
        with np.errstate(divide="ignore"):
            local = np.log(pooled / (outer * (graph.n_neighbors + 1))) / np.log(self.ratio_)
        with np.errstate(divide="ignore", invalid="ignore"):
            influences = (inner / inner.mean() - 1) / np.log(self.ratio_)
        shared = clustered_error(influences, graph.indices)
        if np.isfinite(shared):
            return Estimate(dimension, np.abs(local), shared)
        interval = _jeffreys(inner.sum(), outer * len(inner), self.ratio_)
        return Estimate(dimension, np.abs(local), error, interval)


def _count_inner(distances, ratio):
    """Neighbours before the last within `ratio` times its distance, at each point."""
    return (distances[:, :-1] <= ratio * distances[:, -1:]).sum(axis=1)


def _best_ratio(distances, *, max_iterations=50):
    """The ratio that leaves the best share of points in the inner ball."""
    k = distances.shape[1]
    # Of points spread evenly over a ball the mean of -log(radius) is 1 / d.
    spread = np.log(distances[:, -1:] / distances[:, :-1]).mean()
    if spread == 0:
        return 0.5  # all neighbours equally far
    ratio = BEST_SHARE**spread
    for _ in range(max_iterations):
        share = _count_inner(distances, ratio).mean() / (k - 1)
        if not 0 < share < 1:
            break
        better = BEST_SHARE ** (np.log(ratio) / np.log(share))
        if abs(better - ratio) < 1e-9:
            break
        ratio = better
    return float(ratio)


def _jeffreys(inner, outer, ratio):
    """The interval of the dimension from that of a binomial share (Brown, Cai, DasGupta 2001)."""
    from scipy.stats import beta

    low, high = beta.ppf([0.025, 0.975], inner + 0.5, outer - inner + 0.5)
    low = 0.0 if inner == 0 else low
    high = 1.0 if inner == outer else high
    with np.errstate(divide="ignore"):
        most, least = np.abs(np.log([low, high])) / -np.log(ratio)
    return float(least), float(most)
