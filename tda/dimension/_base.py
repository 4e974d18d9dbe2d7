"""The base of the estimators of dimension: neighbours, results, new points.

This file imports no method of the room.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._blocks import by_blocks, read_or_sample, sampled_rows
from .._estimator import BaseEstimator
from .._kinds import check_rows
from .._metrics import nearest_rows, take_metric
from .._neighbors import NeighborGraph
from .._points import distinct_points
from .._validation import check_cloud, check_distance_matrix
from .._words import counted, warn_user

__all__ = [
    "AVERAGES",
    "DimensionEstimator",
    "Estimate",
    "average_estimate",
    "clustered_error",
    "is_inside",
    "neighborhood_means",
]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: Of a cloud that stays on disk so many rows are taken.
MOST_ROWS = 1_000_000

#: How the dimension of the whole may come from those at points.
AVERAGES = frozenset({"mean", "harmonic", "median"})

#: Points whose neighbours are farther by so many deviations, in logarithms, are strays.
#: Halved or doubled, one answer of 66 at most changes.
STRAY = 12.0

#: Half the width of a 95% interval in standard errors.
NORMAL_95 = 1.959964


class Estimate(NamedTuple):
    """The estimate of a method from distinct points.

    Attributes
    ----------
    dimension : float
    local : array of shape (n_points,)
    standard_error : float
        NaN where there is no theory.
    interval : (float, float) or None
        Of 95%; None for the normal one about `dimension`.
    """

    dimension: float
    local: np.ndarray
    standard_error: float = np.nan
    interval: tuple | None = None


def neighborhood_means(values, indices):
    """The mean of a value over each point and its neighbours, of shape (n_points,)."""
    return (values + values[indices].sum(axis=1)) / (indices.shape[1] + 1)


def is_inside(distances):
    """Which points are no strays: strays are far from all others by the measure of these.

    A stray is known by its last neighbour, so that a few strays together are still strays. The
    logarithm of the distance to it must be within `STRAY` deviations of the median. This is true
    for each of 5,000 normal points on a line.

    Parameters
    ----------
    distances : array of shape (n_points, n_neighbors)
        To the nearest other points, the nearest first.

    Returns
    -------
    bool array of shape (n_points,)
    """
    logs = np.log(distances[:, -1])
    above = logs - np.median(logs)
    return above <= STRAY * 1.4826 * np.median(np.abs(above)) + 1.0


def clustered_error(influences, indices):
    """Standard error of an estimate that is a mean of points' shares, which hang together.

    Estimates at neighbouring points are not independent, since they use the same points. Estimates
    that share no point nearly are (Penrose, Yukich 2001). So the variance is the sum, over pairs of
    points, of the products of their shares, weighted by how many of the ``k + 1`` points that each
    one uses (itself and `indices`) they have in common; pairs that are far apart add nothing. This
    is a sum of squares, one for each point l that is used, ``sum_l (sum_{i uses l} influence_i) **
    2 / (k + 1)``, as in the estimates of Newey and West in time and of Conley in space.

    Parameters
    ----------
    influences : array of shape (n_points,)
        How much each point draws the estimate, times n; of mean 0.
    indices : int array of shape (n_points, k)
        The neighbours that each share is made of.

    Returns
    -------
    float
        NaN if each share is made of half of all points or more, or if one is infinite.

    Notes
    -----
    Over 300 samples of 500 points of circles, spheres and cubes of dimension 1 to 5 it was
    0.93 to 1.16 of the spread of TwoNN, Gride and MLE, of which the error of independent points
    is 0.57 to 0.83; of other means of values at points up to 1.35. Where all points are near one
    another it stays behind: on a sphere of dimension 20, 1000 points, 0.9 of the spread, and 0.75
    with 32 neighbours.

    References
    ----------
    .. [1] M. D. Penrose, J. E. Yukich, "Central limit theorems for some graphs in
       computational geometry", Ann. Appl. Probab. 11, 2001.
    .. [2] T. G. Conley, "GMM estimation with cross sectional dependence", J. Econometrics 92,
       1999.
    """
    n, k = indices.shape
    if 2 * (k + 1) > n or not np.isfinite(influences).all():
        return np.nan
    looked_at = np.bincount(indices.ravel(), np.repeat(influences, k), n) + influences
    return float(np.sqrt(looked_at @ looked_at / (k + 1)) / n)


def average_estimate(local, graph, average):
    """The `Estimate` of a whole from dimensions at points, each seen from its neighbours.

    `average` is one of `AVERAGES`; the median has no error. The values at strays say nothing about
    the dimension of the data: they are replaced by the median.
    """
    inside, indices, seen = is_inside(graph.distances), graph.indices, local
    if not inside.all():
        local = np.where(inside, local, np.median(local))
    if average == "median":
        return Estimate(np.median(local), seen)
    if average == "mean":
        dimension, influences = local.mean(), local
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            dimension = 1.0 / (1.0 / local).mean()
            influences = dimension * (dimension / local)
    if not np.isfinite(dimension):
        return Estimate(dimension, seen)
    return Estimate(dimension, seen, clustered_error(influences - influences.mean(), indices))


class DimensionEstimator(TransformerMixin, BaseEstimator):
    """Fits a method to distinct points and stores its estimate.

    A method has ``_least_points`` (fewer distinct points are an error), ``_most_neighbors()`` (how
    many neighbours it asks for; 0 for none) and ``_estimate(X, graph)``. The last gets the distinct
    points and the graph of that many neighbours, or of all others if there are fewer, and returns
    an `Estimate`. A method that can use fewer neighbours, when a precomputed graph stores no more,
    gives the least number in ``_least_neighbors()``.
    """

    _least_points = 3

    def fit(self, X, y=None, *, graph=None):
        """Estimate the dimension.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features), or (n_points, n_points)
            A cloud; with ``metric="precomputed"`` distances, or a sparse graph as
            `sklearn.neighbors.KNeighborsTransformer` makes it. A cloud may stay on disk, as
            `tda.landmarks` takes it: of more than a million rows, or than half of scikit-learn's
            `working_memory` holds, so many random ones are taken, ``sample_indices_``, and
            ``local_dimension_`` is of these. `transform` goes over all rows in blocks.
        y : ignored
        graph : NeighborGraph, default=None
            The neighbours of the rows of `X`, if they were searched already; taken where there
            are enough of them and no rows are equal.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, spans so much that squares of its distances are out of
            the range of floating point, or has too few distinct points. Equal points count once.
        """
        self._validate_params()
        X, n_rows = (X, None) if self._is_precomputed() else read_or_sample(X, MOST_ROWS)
        self.sample_indices_ = None
        if n_rows is not None and len(X) < n_rows:
            self.sample_indices_, graph = sampled_rows(n_rows, len(X)), None
        points = self._check_points(X)
        return self._fit(points, self._shared(points, graph) or self._graph(points))

    def _shared(self, points, graph):
        """As much of a given graph as the method asks for, or None."""
        n_neighbors = min(self._most_neighbors(), len(points) - 1)
        if graph is None or len(points) < len(points.inverse) or n_neighbors < 1:
            return None
        return graph.head(n_neighbors) if graph.n_neighbors >= n_neighbors else None

    def _check_points(self, X):
        precomputed = self._is_precomputed()
        X = check_rows(self, X, sparse=precomputed)
        if precomputed and not sparse.issparse(X):
            X = check_distance_matrix(X)
        elif precomputed and X.shape[0] != X.shape[1]:
            raise ValueError(f"X has shape {X.shape}, but a graph of neighbours is square.")
        elif not precomputed:
            X = check_cloud(X)
        X, metric = take_metric(X, getattr(self, "metric", "euclidean"))
        return distinct_points(X, precomputed=precomputed, metric=metric)

    def _is_precomputed(self):
        return getattr(self, "metric", "euclidean") == "precomputed"

    def _graph(self, points) -> NeighborGraph | None:
        n_neighbors = min(self._most_neighbors(), len(points) - 1)
        if n_neighbors < 1:
            return None
        if points.precomputed and sparse.issparse(points.X):
            stored = sparse.coo_array(points.X)
            counts = np.bincount(stored.row[stored.row != stored.col], minlength=len(points))
            n_neighbors = min(n_neighbors, max(counts.min(), self._least_neighbors()))
        return points.graph(n_neighbors, n_jobs=getattr(self, "n_jobs", None))

    def _least_neighbors(self):
        return self._most_neighbors()

    def _fit(self, points, graph):
        """The rest of `fit`, from distinct points and a graph that others may share."""
        self.metric_ = points.metric
        n = len(points)
        if n == 1:
            estimate = Estimate(0.0, np.zeros(1), 0.0)
        elif n < self._least_points:
            raise ValueError(
                f"X has {counted(n, 'distinct point')}; {type(self).__name__} needs at least "
                f"{self._least_points}."
            )
        else:
            estimate = self._estimate(points.X, graph)
        self.dimension_ = float(estimate.dimension)
        self.local_dimension_ = np.asarray(estimate.local, dtype=float)[points.inverse]
        self.standard_error_ = float(estimate.standard_error)
        self.interval_ = estimate.interval or (
            max(self.dimension_ - NORMAL_95 * self.standard_error_, 0.0),
            self.dimension_ + NORMAL_95 * self.standard_error_,
        )
        self._tell_what_is_lost(n)
        # A precomputed graph has no place for new points but in its columns.
        self.cloud_ = None if points.precomputed else points.X
        self.first_ = points.first
        return self

    def _tell_what_is_lost(self, n_distinct):
        lost = int((~np.isfinite(self.local_dimension_)).sum())
        if np.isfinite(self.dimension_) and self.dimension_ > n_distinct - 0.5:
            warn_user(
                f"{type(self).__name__} gives no dimension that X can show: dimension_ is "
                f"{self.dimension_:.3g}, but {n_distinct} distinct points span at most "
                f"{n_distinct - 1}. Pass more points."
            )
        if lost or not np.isfinite(self.dimension_):
            n = len(self.local_dimension_)
            where = f"at {lost} of {n} points of X" if lost else f"of the {n} points of X together"
            warn_user(
                f"{type(self).__name__} gives no dimension {where} (dimension_ is "
                f"{self.dimension_:.3g}): neighbours are equally far, as ties, few points or a row "
                "far out make them. tda.IntrinsicDimension looks at all scales."
            )

    def transform(self, X):
        """The local dimension at each row: that of the nearest point of `fit`.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features), or (n_queries, n_points)
            With ``metric="precomputed"`` distances to the points of `fit`, dense or sparse. Rows
            that stay on disk are read in blocks.

        Returns
        -------
        array of shape (n_queries, 1)
        """
        check_is_fitted(self)
        found = None if self._is_precomputed() else by_blocks(X, self._of_nearest)
        return self._of_nearest(X) if found is None else found

    def _of_nearest(self, X):
        precomputed = self._is_precomputed()
        X = check_rows(self, X, sparse=precomputed, reset=False)
        if precomputed:
            nearest = _nearest_column(X)
        else:
            X = self.metric_.points(X)
            _, nearest = nearest_rows(self.cloud_, X, 1, metric=self.metric_.taken)
            nearest = self.first_[nearest[:, 0]]
        return self.local_dimension_[nearest][:, None]

    def fit_transform(self, X, y=None):
        """Fit, and give the local dimension at each row as a column."""
        self.fit(X)
        if self.sample_indices_ is not None:
            return self.transform(X)
        return self.local_dimension_[:, None].copy()

    def get_feature_names_out(self, input_features=None):
        """The name of the one column, ``local_dimension``."""
        check_is_fitted(self)
        return np.array(["local_dimension"], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self._is_precomputed()
        tags.input_tags.sparse = self._is_precomputed()
        tags.input_tags.positive_only = self._is_precomputed()
        tags.transformer_tags.preserves_dtype = []
        return tags


def _nearest_column(D):
    if not sparse.issparse(D):
        return np.argmin(D, axis=1)
    D = sparse.csr_array(D)
    if np.diff(D.indptr).min(initial=1) < 1:
        raise ValueError("X stores no distance in some row: each needs one to a point of fit.")
    return np.array(
        [
            D.indices[start + np.argmin(D.data[start:stop])]
            for start, stop in zip(D.indptr[:-1], D.indptr[1:], strict=True)
        ]
    )
