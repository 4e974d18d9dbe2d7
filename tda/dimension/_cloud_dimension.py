"""The dimension of many clouds, as columns for a pipeline."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._checkpoint import settings
from .._estimator import BaseEstimator
from .._parallel import checked_part, delayed_parts, in_chunks, over_delayed
from .._per_shape import CHECKPOINT
from .._validation import check_clouds
from ._base import DimensionEstimator
from ._intrinsic import IntrinsicDimension
from ._together import check_estimators, estimator_name, fit_together

__all__ = ["CloudDimension"]


class CloudDimension(TransformerMixin, BaseEstimator):
    """The intrinsic dimension of each of many clouds (input per shape: `X` is a list of clouds).

    Parameters
    ----------
    estimators : estimator of `tda.dimension`, or list of them, default=None
        One column each; they are cloned for every cloud and share its search of neighbours.
        None: `IntrinsicDimension`.
    n_jobs : int, default=None
        Number of clouds at a time, in threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished results: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    Attributes
    ----------
    estimators_ : list of estimators
        Unfitted, in the order of the columns.

    See Also
    --------
    tda.dimension.dimension_table : For one cloud, with errors and intervals.

    Notes
    -----
    There is nothing to learn from data: what `transform` gives for one cloud does not depend on
    the others. A cloud of one point, or of equal points, has dimension 0. Where an estimator has
    no finite answer, as for the corners of a lattice, the column is infinite or NaN.

    Examples
    --------
    >>> from tda import CloudDimension
    >>> from tda.datasets import make_circle, make_sphere
    >>> from tda.dimension import BID, TwoNN
    >>> clouds = [make_circle(500, random_state=0), make_sphere(500, random_state=0)]
    >>> CloudDimension(estimators=[TwoNN(), BID()]).fit_transform(clouds).round()
    array([[1., 1.],
           [2., 2.]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "estimators": [DimensionEstimator, list, tuple, None],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(self, *, estimators=None, n_jobs=None, checkpoint=None, verbose=False):
        self.estimators = estimators
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def fit(self, X, y=None):
        """Check the estimators and the clouds; nothing is learned.

        Parameters
        ----------
        X : list of arrays of shape (n_points, n_features)
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        estimators = IntrinsicDimension() if self.estimators is None else self.estimators
        self.estimators_ = check_estimators(estimators)
        if delayed_parts(X) is None:
            self._check(X)
        return self

    def _check(self, X):
        return check_clouds(X, metric=self._metric())

    def _metric(self):
        return getattr(self.estimators_[0], "metric", "euclidean")

    def transform(self, X):
        """The dimension of every cloud by every estimator.

        Parameters
        ----------
        X : list of arrays of shape (n_points, n_features), list of dask.delayed, or dask.bag.Bag
            Delayed clouds are made where their dimension is estimated, and stay there.

        Returns
        -------
        ndarray of shape (n_samples, n_estimators)

        Raises
        ------
        ValueError
            If a cloud has too few points for an estimator.
        """
        check_is_fitted(self)
        options = {
            "n_jobs": self.n_jobs,
            "label": "CloudDimension" if self.verbose else None,
            "checkpoint": self.checkpoint,
            "key": settings(self),
        }
        parts = delayed_parts(X)
        if parts is not None:
            return np.concatenate(over_delayed(self._of_part, parts, **options))
        numbered = [(f"X[{i}]", cloud) for i, cloud in enumerate(self._check(X))]
        return np.concatenate(in_chunks(self._dimensions, numbered, **options))

    def _of_part(self, clouds, place):
        clouds = checked_part(self._check, clouds, place)
        return self._dimensions([(place, cloud) for cloud in clouds])

    def _dimensions(self, named):
        """Rows of dimensions, of clouds with words for where they are."""
        rows = np.empty((len(named), len(self.estimators_)))
        for row, (place, cloud) in zip(rows, named, strict=True):
            try:
                fitted, _, _ = fit_together(self.estimators_, cloud)
            except ValueError as error:
                raise ValueError(f"{place}: {error}") from None
            row[:] = [one.dimension_ for one in fitted]
        return rows

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, such as ``dimension_TwoNN``."""
        check_is_fitted(self)
        names = [f"dimension_{estimator_name(one)}" for one in self.estimators_]
        return np.array(names, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags
