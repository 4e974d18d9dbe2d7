"""Hidalgo: a mixture of dimensions in one cloud, with the chance of each at every point."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from scipy import sparse
from scipy.special import gammaln, logsumexp
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from .._kernels.dimension_mixture import assign_sweep
from ._base import DimensionEstimator, Estimate, neighborhood_means

__all__ = ["Hidalgo"]

#: Of the prior of each dimension, a gamma law: as if one ratio with logarithm 1 had been seen.
SHAPE, RATE = 1.0, 1.0
#: Neighbours over which the first guess of the dimension at a point is averaged.
N_FIRST = 20


class Hidalgo(DimensionEstimator):
    """A mixture of dimensions, as of a line glued to a plane (input per point).

    Every point has one of a few dimensions, which the ratio of its two nearest distances follows as
    in `TwoNN`, and its neighbours mostly have the same. The dimensions, how many points have each,
    and which, are drawn from their law given the data by Gibbs' sampler: the heterogeneous
    intrinsic dimension algorithm.

    Parameters
    ----------
    n_components : int, default=2
        How many dimensions there are at most. With one it is a Bayesian TwoNN.
    n_alike : int, default=3
        Neighbours that mostly have the dimension of the point.
    alikeness : float, default=0.8
        The chance that such a neighbour has it: above 0.5 and below 1.
    n_draws : int, default=500
        Kept draws.
    n_burn_in : int, default=500
        Draws before them, which are thrown away.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.
    random_state : int, RandomState or None, default=None
        Of the draws.

    Attributes
    ----------
    dimension_ : float
        The mean over points.
    local_dimension_ : array of shape (n_points,)
        The posterior mean at every point.
    standard_error_ : float
        The posterior deviation of the mean over points.
    interval_ : (float, float)
        Of 95%, of the mean over points.
    dimensions_ : array of shape (n_components,)
        The dimension of each component, the smallest first: posterior means.
    dimension_intervals_ : array of shape (n_components, 2)
        Of 95%.
    shares_ : array of shape (n_components,)
        Of the points.
    posterior_ : array of shape (n_points, n_components)
        The chance of each component at every row.
    labels_ : int array of shape (n_points,)
        The most probable component of every row.

    See Also
    --------
    tda.IntrinsicDimension : Says by itself whether there are two dimensions.

    Notes
    -----
    Ratios have the density ``d r**(-d - 1)``. A point with m of its q neighbours in its own
    component adds ``z**m (1 - z)**(q - m) / Z`` to the likelihood, with z the alikeness and Z the
    sum of this over all ways to choose q neighbours among the points [1]_. Priors are those of the
    authors: a gamma law of shape and rate 1 for dimensions, a flat one for shares. Components are
    sorted by dimension in every draw. The sampler begins at quantiles of the smoothed dimension at
    points, and one chain is run: where the posterior has several peaks, other seeds show it. Each
    draw costs O(n_points n_alike n_components).

    The model asks which points have which dimension, not whether there are several. It parts a
    cloud of one dimension too, where ratios are large and small by chance: 500 points of a square
    read about 1.6 and 2.8, with intervals that do not meet. `tda.IntrinsicDimension` says whether
    there are two. Two points far from all others take a component of their own, and the rest reads
    less: 2.8 for 3.1 in three dimensions.

    As with TwoNN, values in many dimensions are too small, and noise is seen at the scale of the
    nearest neighbours; `tda.IntrinsicDimension` is calibrated and looks at all scales.

    References
    ----------
    .. [1] M. Allegra, E. Facco, F. Denti, A. Laio, A. Mira, "Data segmentation based on the local
       intrinsic dimension", Sci. Rep. 10:16449, 2020.

    Examples
    --------
    A line that ends in a plate.

    >>> import numpy as np
    >>> from tda.dimension import Hidalgo
    >>> rng = np.random.default_rng(0)
    >>> plate = np.column_stack([rng.random((500, 2)), np.zeros(500)])
    >>> line = np.column_stack([np.full((300, 2), 0.5), 3 * rng.random(300)])
    >>> fitted = Hidalgo(random_state=0).fit(np.vstack([plate, line]))
    >>> fitted.dimensions_.round()
    array([1., 2.])
    >>> low, high = fitted.dimension_intervals_[0]
    >>> bool(low < 1 < high)
    True
    """

    _least_points = 4
    _parameter_constraints: ClassVar[dict] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "n_alike": [Interval(Integral, 1, None, closed="left")],
        "alikeness": [Interval(Real, 0.5, 1, closed="neither")],
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "n_burn_in": [Interval(Integral, 0, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        n_components=2,
        n_alike=3,
        alikeness=0.8,
        n_draws=500,
        n_burn_in=500,
        metric="euclidean",
        n_jobs=None,
        random_state=None,
    ):
        self.n_components = n_components
        self.n_alike = n_alike
        self.alikeness = alikeness
        self.n_draws = n_draws
        self.n_burn_in = n_burn_in
        self.metric = metric
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _most_neighbors(self):
        return max(self.n_alike, N_FIRST)

    def _least_neighbors(self):
        return max(self.n_alike, 2)

    def _fit(self, points, graph):
        self.dimensions_ = np.zeros(1)
        self.dimension_intervals_ = np.zeros((1, 2))
        self.posterior_ = np.ones((len(points), 1))
        super()._fit(points, graph)
        self.posterior_ = self.posterior_[points.inverse]
        self.shares_ = self.posterior_.mean(axis=0)
        self.labels_ = self.posterior_.argmax(axis=1)
        return self

    def _estimate(self, X, graph):
        logs = np.log(graph.distances[:, 1] / graph.distances[:, 0])
        start = _first_labels(neighborhood_means(logs, graph.indices), self.n_components)
        draws = _Draws(len(logs), self.n_components)
        sampler = sample_mixture(
            logs,
            graph.indices[:, : self.n_alike],
            start,
            self.n_components,
            alikeness=self.alikeness,
            rng=check_random_state(self.random_state),
        )
        for i, draw in zip(range(self.n_burn_in + self.n_draws), sampler, strict=False):
            if i >= self.n_burn_in:
                draws.add(*draw)
        self.dimensions_ = np.mean(draws.dimensions, axis=0)
        self.dimension_intervals_ = np.quantile(draws.dimensions, [0.025, 0.975], axis=0).T
        self.posterior_ = draws.chosen / draws.chosen.sum(axis=1, keepdims=True)
        low, high = np.quantile(draws.means, [0.025, 0.975])
        dimension = float(np.mean(draws.means))
        local = draws.local / len(draws.means)
        return Estimate(dimension, local, float(np.std(draws.means)), (float(low), float(high)))


class _Draws:
    """What is kept of the draws, components sorted by their dimension."""

    def __init__(self, n_points, n_components):
        self.chosen = np.zeros((n_points, n_components))
        self.local = np.zeros(n_points)
        self.dimensions, self.means = [], []

    def add(self, labels, dimensions):
        order = np.argsort(dimensions)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        at = dimensions[labels]
        self.chosen[np.arange(len(labels)), place[labels]] += 1
        self.local += at
        self.dimensions.append(dimensions[order])
        self.means.append(at.mean())


def _first_labels(means, n_components):
    """Components by quantiles of the mean logarithm, the largest dimension last."""
    rank = np.argsort(np.argsort(-means, kind="stable"), kind="stable")
    return rank * n_components // len(means)


def sample_mixture(logs, neighbors, labels, n_components, *, alikeness, rng):
    """Draws of Gibbs' sampler, without end.

    Parameters
    ----------
    logs : array of shape (n_points,)
        Logarithms of ratios of the two nearest distances.
    neighbors : int array of shape (n_points, q)
    labels : int array of shape (n_points,)
        Where to begin.
    n_components : int
    alikeness : float
    rng : RandomState

    Yields
    ------
    labels : int array of shape (n_points,)
    dimensions : array of shape (n_components,)
    """
    n, q = neighbors.shape
    labels = labels.astype(np.int64)
    touching = _touching(neighbors)
    starts, touched = touching.indptr.astype(np.int64), touching.indices.astype(np.int64)
    sums = _log_sums(n, q, alikeness) * np.arange(n + 1)
    alike, costs = np.log(alikeness / (1 - alikeness)), np.diff(sums)
    while True:
        counts = np.bincount(labels, minlength=n_components)
        totals = np.bincount(labels, logs, n_components)
        dimensions = rng.gamma(SHAPE + counts) / (RATE + totals)
        with np.errstate(divide="ignore"):
            weights = np.log(rng.dirichlet(1.0 + counts))
        base = weights + np.log(dimensions)
        chances = rng.random_sample(n)
        assign_sweep(labels, counts, base, dimensions, logs, starts, touched, alike, costs, chances)
        yield labels.copy(), dimensions


def _touching(neighbors):
    """Who touches whom, both ways, a pair twice if each is a neighbour of the other."""
    n, q = neighbors.shape
    rows = np.repeat(np.arange(n), q)
    both = np.concatenate([rows, neighbors.ravel()]), np.concatenate([neighbors.ravel(), rows])
    order = np.argsort(both[0], kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(both[0], minlength=n))])
    # Not the sum of equal entries, which a sparse matrix made of pairs would take.
    return sparse.csr_array((np.ones(2 * n * q), both[1][order], starts), shape=(n, n))


def _log_sums(n, q, alikeness):
    """The logarithm of Z for components of 0 to n points."""
    size = np.arange(n + 1)[:, None]
    same = np.arange(q + 1)
    inside, outside = np.maximum(size - 1, 0), n - size
    ways = _log_choose(inside, same) + _log_choose(outside, q - same)
    chance = same * np.log(alikeness) + (q - same) * np.log1p(-alikeness)
    return logsumexp(ways + chance, axis=1)


def _log_choose(n, k):
    n, k = np.broadcast_arrays(np.asarray(n, dtype=float), k)
    with np.errstate(invalid="ignore"):
        value = gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1)
    return np.where(k <= n, value, -np.inf)
