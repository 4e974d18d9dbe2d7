"""The dimension to begin with: calibrated, over scales, with an interval and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import ClassVar

import numpy as np
from scipy import sparse
from scipy.special import digamma, ndtr
from sklearn.utils._param_validation import Interval

from .._neighbors import graph_of_distances, neighbor_graph
from ._base import DimensionEstimator, Estimate, neighborhood_means
from ._calibration import SHAPES, calibrate, calibrate_values
from ._plateau import find_plateau
from ._scales import NEAR, SCALES, far_distances, scale_statistics

__all__ = ["DimensionEstimate", "IntrinsicDimension", "intrinsic_dimension"]


@dataclass(frozen=True, eq=False)
class DimensionEstimate:
    """What is known of the dimension of one cloud; `print` it for words.

    Attributes
    ----------
    dimension : float
    rounded : int
    interval : (float, float)
        Of 95%; without a plateau from the least to the largest of the curve.
    standard_error : float
    plateau : (float, float) or None
        The distances between which the dimension does not depend on the scale.
    noise : float
        The radius of noise that was taken off, in the unit of the cloud; 0 if none.
    scales : int array of shape (n_scales,)
        Neighbours: scale k compares the k-th with the 2k-th.
    radii : array of shape (n_scales,)
        Distances at which each scale looks.
    curve : array of shape (n_scales,)
        The calibrated dimension by scale.
    raw_curve : array of shape (n_scales,)
        TwoNN and Gride as they are.
    local : array of shape (n_points,)
    shape_weights : dict of str to float
        How much the neighbour distances are like those of a ball, a sphere, a cube, a Gaussian.
    """

    dimension: float
    rounded: int
    interval: tuple
    standard_error: float
    plateau: tuple | None
    noise: float
    scales: np.ndarray
    radii: np.ndarray
    curve: np.ndarray
    raw_curve: np.ndarray
    local: np.ndarray
    shape_weights: dict

    @property
    def message(self):
        """The estimate in a sentence."""
        if self.dimension == 0:
            return "0 dimensions: all points are equal"
        low, high = self.interval
        words = f"{self.dimension:.1f} dimensions (95%: {low:.1f} to {high:.1f})"
        if self.plateau is None:
            if len(self.scales) < 4:
                return f"{words}, too few points for a curve over scales"
            return (
                "no plateau: the data has no single dimension at these scales; "
                f"from {self.curve[0]:.1f} among nearest neighbours to {self.curve[-1]:.1f} at "
                f"distance {self.radii[-1]:.3g}"
            )
        words += f", steady from distance {self.plateau[0]:.3g} to {self.plateau[1]:.3g}"
        if self.noise:
            words += f", after noise of radius {self.noise:.3g} is taken off"
        return words

    def __str__(self):
        return self.message


def intrinsic_dimension(X, *, n_neighbors=20, metric="euclidean", n_jobs=None):
    """How many dimensions one cloud has, at which scales, how surely.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        With ``metric="precomputed"`` distances, or a sparse graph of neighbours.
    n_neighbors, metric, n_jobs
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
    estimator = IntrinsicDimension(n_neighbors=n_neighbors, metric=metric, n_jobs=n_jobs)
    return estimator.fit(X).estimate_


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
    if not np.isfinite(middle):
        return np.inf, np.nan, (np.nan, np.nan)
    # A mixture of normal laws: one for each shape that the cloud may be like.
    dimension = float(np.exp(middle))
    error = dimension * float(np.sqrt(deviation**2 + weights @ (centres - middle) ** 2))
    if plateau is None:
        curve = np.exp(mean[np.isfinite(mean)])
        return dimension, error, (float(curve.min()), float(curve.max()))
    grid = np.linspace(centres.min() - 5 * deviation, centres.max() + 5 * deviation, 2001)
    share = ndtr((grid[:, None] - centres) / deviation) @ weights
    low, high = np.exp(np.interp([0.025, 0.975], share, grid))
    return dimension, error, (float(low), float(high))


class IntrinsicDimension(DimensionEstimator):
    """Intrinsic dimension, calibrated and over scales (input per point): the default.

    Parameters
    ----------
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
        On the plateau; without one, at the finest scale.
    rounded_dimension_ : int
    plateau_ : (float, float) or None
        The distances between which the dimension does not depend on the scale.
    message_ : str
        The estimate in a sentence; without a plateau it says that there is no single dimension.
    interval_ : (float, float)
        Of 95%: error of sampling, and what is not known of the shape. Without a plateau from
        the least to the largest value of the curve.
    standard_error_ : float
    local_dimension_ : array of shape (n_points,)
        At the finest scale of the plateau.
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
    At each scale the ratio of two neighbours' distances gives a raw dimension [1]_ [2]_. Where
    nearly every point is near the border, as in many dimensions, it is too small; by how much
    was simulated for balls, spheres, cubes and Gaussians of known dimension and is inverted.
    Which of them a cloud is like is told by how much its neighbour distances vary. On shapes
    of one dimension the calibrated curve is then flat, and its longest flat part is the
    answer. Isotropic noise makes the curve fall by a law of its own, the dimension it falls to
    being that of the data without noise.

    The search of neighbours is nearly all of the time: O(n log n) in few dimensions; the
    farther scales look at 250 points only.

    References
    ----------
    .. [1] E. Facco, M. d'Errico, A. Rodriguez, A. Laio, "Estimating the intrinsic dimension of
       datasets by a minimal neighborhood information", Sci. Rep. 7:12140, 2017.
    .. [2] F. Denti, D. Doimo, A. Laio, A. Mira, "The generalized ratios intrinsic dimension
       estimator", Sci. Rep. 12:20005, 2022.

    Examples
    --------
    A cube of twenty dimensions, of which TwoNN says fifteen.

    >>> import numpy as np
    >>> from tda import IntrinsicDimension
    >>> X = np.random.default_rng(0).random((1000, 20))
    >>> IntrinsicDimension().fit(X).rounded_dimension_
    20

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
    }

    def __init__(self, *, n_neighbors=20, metric="euclidean", n_jobs=None):
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return max(self.n_neighbors, NEAR)

    def _least_neighbors(self):
        return 2

    def _estimate(self, X, graph):
        statistics = scale_statistics(graph.distances, self._far(X, graph))
        calibrated = calibrate(statistics)
        plateau = find_plateau(
            calibrated.mean, calibrated.deviations, statistics.scales, statistics.radii
        )
        dimension, error, interval = _summary(calibrated, plateau)
        index = 0 if plateau is None else plateau.last if plateau.noise else plateau.first
        curve = np.exp(calibrated.mean)
        local = self._local(X, graph, index, statistics, calibrated.weights)
        if plateau is not None and plateau.noise:
            local = local * dimension / curve[index]
        bounds = None
        if plateau is not None:
            bounds = tuple(float(statistics.radii[i]) for i in (plateau.first, plateau.last))
        self.estimate_ = DimensionEstimate(
            dimension=dimension,
            rounded=round(dimension) if np.isfinite(dimension) else None,
            interval=interval,
            standard_error=error,
            plateau=bounds,
            noise=0.0 if plateau is None else plateau.noise,
            scales=statistics.scales,
            radii=statistics.radii,
            curve=curve,
            raw_curve=statistics.dimensions,
            local=local,
            shape_weights=dict(zip(SHAPES, calibrated.weights.tolist(), strict=True)),
        )
        return Estimate(dimension, local, error, interval)

    def _far(self, X, graph):
        """Distances to farther neighbours, as far as they are known."""
        if not self._is_precomputed():
            return far_distances(X, metric=self.metric)
        if not sparse.issparse(X):
            return far_distances(X, metric="precomputed")
        stored = sparse.coo_array(X)
        counts = np.bincount(stored.row[stored.row != stored.col], minlength=X.shape[0])
        return graph_of_distances(X, min(counts.min(), 2 * SCALES[-1])).distances

    def _local(self, X, graph, index, statistics, weights):
        """The calibrated dimension at every point, at one scale."""
        n1 = int(statistics.scales[index])
        distances = graph.distances
        if 2 * n1 > graph.n_neighbors:
            if self._is_precomputed():
                distances = graph_of_distances(X, 2 * n1).distances
            else:
                wide = neighbor_graph(X, 2 * n1, metric=self.metric, n_jobs=self.n_jobs)
                distances = wide.distances
        logs = np.log(distances[:, 2 * n1 - 1] / distances[:, n1 - 1])
        indices = graph.indices[:, : self.n_neighbors]
        raw_mean = neighborhood_means(logs, indices)
        k = indices.shape[1]
        # Of a mean of k + 1 exponential logarithms the reciprocal is too large by this.
        unbiased = k / (k + 1) if n1 == 1 else 1.0
        with np.errstate(divide="ignore"):
            raw = unbiased * (digamma(2 * n1) - digamma(n1)) / raw_mean
        return calibrate_values(raw, index, statistics, weights)

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
        self.message_ = self.estimate_.message
        self.scales_ = self.estimate_.scales
        self.radii_ = self.estimate_.radii
        self.curve_ = self.estimate_.curve
        return self
