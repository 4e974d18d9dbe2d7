"""The dimension to begin with: calibrated, over scales, with an interval and a sentence."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from scipy import sparse
from scipy.special import digamma, ndtr
from sklearn.utils._param_validation import Interval

from .._metrics import distances, nearest_rows, triangle_note
from .._neighbors import NeighborGraph, graph_of_distances, neighbor_graph
from .._validation import check_cloud
from .._words import warn_user
from ._base import NORMAL_95, DimensionEstimator, Estimate, neighborhood_means
from ._bound import dimension_bound
from ._calibration import SHAPES, calibrate, calibrate_values
from ._correction import FEWEST, correct
from ._dimension_estimate import DimensionEstimate
from ._groups import find_groups
from ._plateau import find_plateau
from ._scales import (
    NEAR,
    SCALES,
    distance_rows,
    far_distances,
    scale_statistics,
    some_points,
    tied_rows,
    tied_statistics,
)
from ._surroundings import surroundings
from ._ties import TIED_SHARE, tied_share

__all__ = ["IntrinsicDimension", "intrinsic_dimension"]

#: Of more points this many are asked for their neighbours, who are sought among all, and so many
#: where neighbours are far: the answer then moves by about 1% from one sample to the next.
SAMPLE_FROM, N_SAMPLE, N_FAR_SAMPLE = 20_000, 8_000, 1_000
#: Among so many points a metric that is a function is tried for the triangle inequality.
N_TRIED = 60


def intrinsic_dimension(
    X, *, n_neighbors=20, metric="euclidean", n_jobs=None, verbose=False
) -> DimensionEstimate:
    """How many dimensions one cloud has, at which scales, how surely.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        With ``metric="precomputed"`` distances, or a sparse graph of neighbours. A cloud may stay
        on disk, as `tda.landmarks` takes it: of more than a million rows, or than half of
        scikit-learn's `working_memory` holds, that of so many random ones is estimated.
    n_neighbors, metric, n_jobs, verbose
        As of `IntrinsicDimension`.

    Returns
    -------
    DimensionEstimate

    Examples
    --------
    >>> from tda import intrinsic_dimension
    >>> from tda.datasets import make_sphere
    >>> estimate = intrinsic_dimension(make_sphere(1000, random_state=0))
    >>> estimate.rounded
    2
    """
    estimator = IntrinsicDimension(
        n_neighbors=n_neighbors, metric=metric, n_jobs=n_jobs, verbose=verbose
    )
    try:
        return estimator.fit(X).estimate_
    except ValueError as error:
        raise _of_a_cloud(error, X, metric) from None


def _of_a_cloud(error, X, metric):
    """What is wrong with a cloud, in words of clouds: scikit-learn's are those of estimators."""
    precomputed = isinstance(metric, str) and metric == "precomputed"
    if isinstance(X, np.ndarray | list | tuple) and not precomputed:
        try:
            check_cloud(X)
        except ValueError as ours:
            return ours
    return error


def _summary(calibrated, plateau):
    """The dimension, its standard error, and an interval of 95%."""
    mean = calibrated.mean
    if plateau is not None and plateau.noise:
        centres, weights = np.array([plateau.log_dimension]), np.ones(1)
        deviation = plateau.deviation
    elif plateau is not None:
        centres, weights = calibrated.by_shape @ plateau.weights, calibrated.weights
        deviation = plateau.deviation
    else:
        finest = int(np.argmax(np.isfinite(mean)))
        centres, weights = calibrated.by_shape[:, finest], calibrated.weights
        deviation = calibrated.deviations[finest]
    middle = float(weights @ centres)
    # A mixture of normal laws: one for each shape that the cloud may be like.
    dimension = float(np.exp(middle))
    error = dimension * float(np.sqrt(deviation**2 + weights @ (centres - middle) ** 2))
    grid = np.linspace(centres.min() - 5 * deviation, centres.max() + 5 * deviation, 2001)
    share = ndtr((grid[:, None] - centres) / deviation) @ weights
    low, high = np.exp(np.interp([0.025, 0.975], share, grid))
    if plateau is None:
        curve = np.exp(mean[np.isfinite(mean)])
        low, high = min(low, curve.min()), max(high, curve.max())
    return dimension, error, (float(low), float(high))


def _interval_below(most, dimension, interval):
    """The interval of a dimension that is cut to the most that the points can show.

    One that lies above it all is moved down with the dimension: it would be one number else, as if
    nothing were unknown.
    """
    low, high = interval
    if low >= most and dimension > most:
        low -= dimension - most
    return min(low, most), min(high, most)


def _is_asked_in_part(X):
    """Whether some points are asked for all."""
    return X.shape[0] > SAMPLE_FROM and not sparse.issparse(X)


class IntrinsicDimension(DimensionEstimator):
    """Intrinsic dimension, calibrated and over scales (input per point): the default.

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
    verbose : bool, default=False
        Show a progress bar where the search of neighbours compares all pairs.

    Attributes
    ----------
    dimension_ : float
        On the plateau; without one, at the finest scale. Never more than the points span, or
        their number less one. NaN where distances tie at all scales.
    rounded_dimension_ : int or None
    plateau_ : (float, float) or None
        The distances between which the dimension does not depend on the scale.
    verdict_ : str
        The estimate in a sentence; without a plateau it says that there is no single dimension.
    interval_ : (float, float)
        Of 95%: error of sampling, and what is not known of the shape. Without a plateau from
        the least to the largest value of the curve, and no narrower than at the finest scale.
    standard_error_ : float
    local_dimension_ : array of shape (n_points,)
        At the finest scale of the plateau.
    sample_indices_ : int array of shape (n_sampled,), or None
        The rows that were taken of a cloud that stays on disk and is too large to take whole: see
        `fit`.
    scales_, radii_, curve_ : arrays of shape (n_scales,)
        Neighbours, distances, and the calibrated dimension at each scale.
    estimate_ : DimensionEstimate
        All of these in one object.

    See Also
    --------
    tda.intrinsic_dimension : The same as a function.
    tda.dimension.TwoNN : Without calibration, at the finest scale only.

    Notes
    -----
    At each scale the ratio of two neighbours' distances gives a raw dimension [1]_ [2]_. If nearly
    every point is near the border, as in many dimensions, it is too small. The size of this error
    was simulated for balls, spheres, cubes and Gaussians of known dimension, and is corrected. The
    variation of the neighbour distances shows which of these shapes a cloud is like. On shapes of
    one dimension the calibrated curve is then flat, and its longest flat part is the estimate.
    Isotropic noise makes the curve fall by a known law. The dimension that it falls to is that of
    the data without noise.

    Data is also bent, thins out, has clusters. The angles between neighbours and the variation of
    their distances show how much, and the estimate is corrected for it, by a smooth function that
    was fitted to thousands of simulated clouds of 18 laws and 8 maps
    (``benchmarks/make_dimension_correction.py``). The interval is as wide as the errors on kinds
    that a fit had not seen. It applies to 100 points or more, about 40 dimensions or fewer,
    Euclidean distances without ties, and a plateau from the finest scale on. A sparse graph has to
    store most distances among the 16 nearest.

    Distances that tie, as on a grid or between counts, give no information at the finest scales.
    The curve then begins beyond the ties, where a shell of equal distance has few of the points
    within it, and the verdict says so. For counts see also `tda.dimension.I3D`.

    The search of neighbours is nearly all of the time: O(n log n) in few dimensions; the
    farther scales look at 250 points only. With more than 20,000 points, 8,000 of them are chosen.
    Their neighbours are sought among all points, and every other point takes the local dimension of
    the nearest chosen point: memory is O(n), and the answer moves by 1%. A cloud may stay on disk:
    see `fit`.

    References
    ----------
    .. [1] E. Facco, M. d'Errico, A. Rodriguez, A. Laio, "Estimating the intrinsic dimension of
       datasets by a minimal neighborhood information", Sci. Rep. 7:12140, 2017.
    .. [2] F. Denti, D. Doimo, A. Laio, A. Mira, "The generalized ratios intrinsic dimension
       estimator", Sci. Rep. 12:20005, 2022.

    Examples
    --------
    A cube of twenty dimensions; TwoNN estimates fifteen.

    >>> import numpy as np
    >>> from tda import IntrinsicDimension
    >>> X = np.random.default_rng(0).random((1000, 20))
    >>> IntrinsicDimension().fit(X).rounded_dimension_
    19

    A circle under noise in fifty dimensions.

    >>> angle = np.random.default_rng(0).uniform(0, 2 * np.pi, 2000)
    >>> X = np.zeros((2000, 50))
    >>> X[:, :2] = np.column_stack([np.cos(angle), np.sin(angle)])
    >>> X += 0.005 * np.random.default_rng(1).normal(size=X.shape)
    >>> IntrinsicDimension().fit(X).rounded_dimension_
    1
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(self, *, n_neighbors=20, metric="euclidean", n_jobs=None, verbose=False):
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _most_neighbors(self):
        return max(self.n_neighbors, NEAR)

    def _least_neighbors(self):
        return 2

    def _graph(self, points):
        """None of many points, of whom only some are asked."""
        if _is_asked_in_part(points.X):
            return None
        return super()._graph(points)

    def _estimate(self, X, graph):
        queries = None
        if _is_asked_in_part(X):
            queries = some_points(X.shape[0], N_SAMPLE)
            if graph is None:
                graph = self._graph_of(X, queries)
            else:
                graph = NeighborGraph(*(part[queries] for part in graph))
        statistics = self._statistics(X, graph)
        if not len(statistics.scales):
            return self._untold(X, statistics)
        calibrated = calibrate(statistics)
        if not np.isfinite(calibrated.mean).any():
            return self._untold(X, statistics)
        plateau = find_plateau(
            calibrated.mean, calibrated.deviations, statistics.scales, statistics.radii
        )
        dimension, error, interval = _summary(calibrated, plateau)
        most = dimension_bound(
            X, precomputed=self._is_precomputed(), guess=max(dimension, interval[1])
        )
        is_crowded = dimension > most == X.shape[0] - 1
        plateau = None if is_crowded else plateau
        index = 0 if plateau is None else plateau.last if plateau.noise else plateau.first
        curve = np.exp(calibrated.mean)
        local, near = self._local(X, graph, queries, index, statistics, calibrated.weights)
        if plateau is not None and plateau.noise:
            local = local * dimension / curve[index]
        groups = ()
        if not statistics.tied_below and (plateau is None or not plateau.noise):
            groups = find_groups(graph.distances[:, :NEAR], near, local)
        correction = None
        if not groups:
            correction = self._correction(
                X, graph, queries, dimension, calibrated, statistics, plateau
            )
        if correction is not None:
            factor = float(np.exp(correction.log_factor))
            dimension, curve, local = factor * dimension, factor * curve, factor * local
            error = dimension * correction.deviation
            reach = float(np.exp(NORMAL_95 * correction.deviation))
            interval = dimension / reach, dimension * reach
        bounds = averaged = None
        if plateau is not None:
            bounds = tuple(float(statistics.radii[i]) for i in (plateau.first, plateau.last))
            if not plateau.noise:
                used = statistics.radii[plateau.weights > 0]
                averaged = float(used[0]), float(used[-1])
        if queries is not None:
            local = local[self._nearest(X, queries)]
        interval = _interval_below(float(most), dimension, interval)
        dimension = float(min(dimension, most))
        self.estimate_ = DimensionEstimate(
            dimension=dimension,
            rounded=round(dimension),
            interval=interval,
            standard_error=error,
            plateau=bounds,
            noise=0.0 if plateau is None else plateau.noise,
            scales=statistics.scales,
            radii=statistics.radii,
            curve=np.minimum(curve, most),
            raw_curve=statistics.dimensions,
            local=np.where(np.isfinite(local), local, most),
            shape_weights=dict(zip(SHAPES, calibrated.weights.tolist(), strict=True)),
            averaged=averaged,
            most=most,
            is_crowded=is_crowded,
            tied_below=statistics.tied_below,
            groups=groups,
            metric_note=self._metric_note(X),
            correction=1.0 if correction is None else factor,
        )
        return Estimate(dimension, self.estimate_.local, error, interval)

    def _correction(self, X, graph, queries, dimension, calibrated, statistics, plateau):
        """By what neighbourhoods look like; None where that is not known.

        It is learnt of Euclidean distances without ties, and of clouds that have their dimension
        from the finest scale on.
        """
        euclidean = self.metric_.taken == "euclidean" or self._is_precomputed()
        flat = plateau is not None and plateau.first == 0 and not plateau.noise
        if not (flat and euclidean) or statistics.tied_below or X.shape[0] < FEWEST:
            return None
        if graph.n_neighbors < NEAR:
            return None
        numbers = surroundings(
            X,
            graph,
            np.log(dimension),
            calibrated.mean,
            statistics.scales,
            rows=queries,
            precomputed=self._is_precomputed(),
        )
        found = correct(numbers)
        if found is None:
            return None
        return found._replace(deviation=max(found.deviation, plateau.deviation))

    def _untold(self, X, statistics):
        """Where distances tie at all scales."""
        nothing, unknown = np.zeros(0), np.full(X.shape[0], np.nan)
        self.estimate_ = DimensionEstimate(
            np.nan, None, (np.nan, np.nan), np.nan, None, 0.0, nothing.astype(int), nothing,
            nothing, nothing, unknown, {}, tied_below=statistics.tied_below,
            most=dimension_bound(X, precomputed=self._is_precomputed()),
            metric_note=self._metric_note(X),
        )  # fmt: skip
        return Estimate(np.nan, unknown, np.nan, (np.nan, np.nan))

    def _metric_note(self, X):
        """What to know of the metric; of a function of one's own by some of its values."""
        if not callable(self.metric_.taken):
            return self.metric_.note
        some = X[some_points(X.shape[0], min(N_TRIED, X.shape[0]))]
        return triangle_note(distances(some, metric=self.metric_.taken))

    def _tell_what_is_lost(self, n_distinct):
        if np.isnan(self.dimension_):
            warn_user(self.estimate_.verdict)

    def _graph_of(self, X, queries):
        """The nearest of some points among all."""
        if not self._is_precomputed():
            return neighbor_graph(
                X, NEAR, metric=self.metric_.taken, n_jobs=self.n_jobs, queries=queries,
                verbose=self.verbose,
            )  # fmt: skip
        return graph_of_distances(X, NEAR, queries=queries)

    def _statistics(self, X, graph):
        """Raw dimensions by scale, beyond ties if there are any."""
        near = graph.distances
        if tied_share(near) <= TIED_SHARE:
            return scale_statistics(near, self._far(X), X.shape[0])
        if not sparse.issparse(X):
            return tied_statistics(tied_rows(X, metric=self.metric_.taken), X.shape[0])
        stored = self._far(X)
        return tied_statistics([stored], X.shape[0], most=stored.shape[1])

    def _far(self, X):
        """Distances to farther neighbours, as far as they are known."""
        if not sparse.issparse(X):
            return far_distances(X, metric=self.metric_.taken)
        stored = sparse.coo_array(X)
        counts = np.bincount(stored.row[stored.row != stored.col], minlength=X.shape[0])
        return graph_of_distances(X, min(counts.min(), 2 * SCALES[-1])).distances

    def _local(self, X, graph, queries, index, statistics, weights):
        """The calibrated dimension at every point, or at those asked, at one scale.

        And the neighbours, of all or of those asked, over which it is averaged.
        """
        n1 = int(statistics.scales[index])
        distances, some = graph.distances, None
        if 2 * n1 > graph.n_neighbors:
            if self._is_precomputed() and queries is None:
                distances = graph_of_distances(X, 2 * n1).distances
            elif queries is None:
                wide = neighbor_graph(X, 2 * n1, metric=self.metric_.taken, n_jobs=self.n_jobs)
                distances = wide.distances
            else:
                some = np.arange(0, len(queries), len(queries) // N_FAR_SAMPLE)
                distances = np.empty((len(some), 2 * n1))
                for place, D in distance_rows(X, queries[some], self.metric_.taken):
                    D.partition((n1 - 1, 2 * n1 - 1), axis=1)
                    distances[place] = D[:, : 2 * n1]
        logs = np.log(distances[:, 2 * n1 - 1] / distances[:, n1 - 1])
        asked = queries if some is None else queries[some]
        indices = graph.indices if queries is None else self._graph_among(X, asked)
        indices = indices[:, : self.n_neighbors]
        raw_mean = neighborhood_means(logs, indices)
        k = indices.shape[1]
        # Of a mean of k + 1 exponential logarithms the reciprocal is too large by this.
        unbiased = k / (k + 1) if n1 == 1 else 1.0
        with np.errstate(divide="ignore"):
            raw = unbiased * (digamma(2 * n1) - digamma(n1)) / raw_mean
        local = calibrate_values(raw, index, statistics, weights)
        if some is None:
            return local, indices
        nearest = self._nearest(X[queries], some)
        return local[nearest], self._graph_among(X, queries)[:, : self.n_neighbors]

    def _graph_among(self, X, queries):
        """The neighbours of some points among themselves."""
        if self._is_precomputed():
            return graph_of_distances(X[np.ix_(queries, queries)], self.n_neighbors).indices
        some = X[queries]
        return neighbor_graph(
            some, self.n_neighbors, metric=self.metric_.taken, n_jobs=self.n_jobs
        ).indices

    def _nearest(self, X, queries):
        """For every point the place in `queries` of the nearest of these."""
        if self._is_precomputed():
            return np.argmin(X[:, queries], axis=1)
        from sklearn.metrics import pairwise_distances_argmin

        metric = self.metric_.taken
        if metric != "euclidean":
            return nearest_rows(X[queries], X, 1, metric=metric, n_jobs=self.n_jobs)[1][:, 0]
        X = X - X.mean(axis=0)  # squares of large offsets would eat the digits of distances
        return pairwise_distances_argmin(X, X[queries])

    def _fit(self, points, graph):
        super()._fit(points, graph)
        if len(points) == 1:
            nothing = np.zeros(0)
            self.estimate_ = DimensionEstimate(
                0.0, 0, (0.0, 0.0), 0.0, None, 0.0, nothing.astype(int), nothing, nothing,
                nothing, np.zeros(1), {},
            )  # fmt: skip
        self.rounded_dimension_ = self.estimate_.rounded
        self.plateau_ = self.estimate_.plateau
        self.verdict_ = self.estimate_.verdict
        self.scales_ = self.estimate_.scales
        self.radii_ = self.estimate_.radii
        self.curve_ = self.estimate_.curve
        return self
