"""The base of the estimators of local geometry: points, dimension, results, new points.

This file imports no method of the room.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._kinds import check_rows
from .._neighbors import neighbor_graph
from .._points import Points, distinct_points
from .._validation import check_cloud
from ..dimension import intrinsic_dimension

__all__ = ["ManifoldEstimator", "Neighborhoods", "find_dimension", "neighborhoods"]


class Neighborhoods(NamedTuple):
    """The neighbourhoods that local geometry looks at.

    Attributes
    ----------
    indices : int array of shape (n_points, n_neighbors + 1)
        Each point itself, then its neighbours, the nearest first.
    distances : array of shape (n_points, n_neighbors + 1)
    """

    indices: np.ndarray
    distances: np.ndarray


def neighborhoods(X, n_neighbors, *, n_jobs=None):
    """The neighbourhood of each distinct point, with the point itself."""
    graph = neighbor_graph(X, n_neighbors, n_jobs=n_jobs)
    n = len(X)
    return Neighborhoods(
        np.column_stack([np.arange(n), graph.indices]),
        np.column_stack([np.zeros(n), graph.distances]),
    )


def find_dimension(X, dimension, *, n_neighbors=None, stacklevel=3):
    """The dimension of the manifold, as given or estimated by `IntrinsicDimension` and rounded.

    It is at most the number of coordinates, the dimension that the points span, and the number of
    neighbours for a tangent space. It is 0 if all points are equal.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
        Distinct points.
    dimension : int or "auto"
    n_neighbors : int, default=None
        The size of a neighbourhood, if its directions are used.
    stacklevel : int, default=3
        The stacklevel of the warning that the data looks higher-dimensional than that.
    """
    n, m = X.shape
    if n == 1:
        return 0
    limits = [
        (m, f"the points of X have {m} coordinate(s)"),
        (n - 1, f"{n} distinct points span at most {n - 1} dimension(s)"),
    ]
    if n_neighbors is not None:
        near = min(n_neighbors, n - 1)
        limits.append((near, f"{near} neighbours of a point span at most so many dimensions"))
    most, why = min(limits, key=lambda limit: limit[0])
    if dimension != "auto":
        if dimension > most:
            raise ValueError(f"dimension={dimension}, but {why}: give no more than that.")
        return int(dimension)
    estimate = intrinsic_dimension(X)
    if estimate.rounded is None:
        raise ValueError(
            "the dimension of X cannot be estimated: all neighbours are equally far, as on a "
            "lattice: say it, for example dimension=2."
        )
    if estimate.rounded > most and most < m:
        warnings.warn(
            f"X looks {estimate.rounded}-dimensional, but {why}: dimension={most} is taken, which "
            "fits everything and shows nothing. Take more points or neighbours, or say the "
            "dimension.",
            UserWarning,
            stacklevel=stacklevel,
        )
    return int(np.clip(estimate.rounded, 1, most))


def check_points(X):
    """The distinct points of a cloud that is given to a function."""
    return distinct_points(check_cloud(X, min_points=2))


class ManifoldEstimator(TransformerMixin, BaseEstimator):
    """Fits a local quantity to distinct points and stores it, with one row per point.

    A method has three functions. ``_fit(X)`` takes distinct points and returns a dict of the arrays
    to store, by name with the final underscore, with one row per point. ``_columns()`` returns the
    array of shape (n_points, n_columns) from which `transform` takes rows. ``_names()`` returns the
    names of the columns.
    """

    def fit(self, X, y=None):
        """Estimate the quantity at every point.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, or too few distinct points. Equal points count once.
        """
        self._validate_params()
        X = check_rows(self, X, ensure_min_samples=2)
        points: Points = distinct_points(X)
        self.cloud_, self.first_ = points.X, points.first
        self.dimension_ = self._find_dimension(points.X)
        for name, values in self._fit(points.X).items():
            setattr(self, name, values[points.inverse])
        return self

    def _find_dimension(self, X):
        return find_dimension(X, self.dimension, stacklevel=5)

    def transform(self, X):
        """The columns for each row: those of the nearest point of `fit`.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features)

        Returns
        -------
        array of shape (n_queries, n_columns)
        """
        check_is_fitted(self)
        X = check_rows(self, X, reset=False)
        from scipy.spatial import cKDTree

        nearest = self.first_[cKDTree(self.cloud_).query(X)[1]]
        return self._columns()[nearest]

    def fit_transform(self, X, y=None):
        """Fit, and give the columns of every point."""
        return self.fit(X)._columns()

    def get_feature_names_out(self, input_features=None):
        """Names of the columns."""
        check_is_fitted(self)
        return np.array(self._names(), dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
