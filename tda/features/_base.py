"""What features share that describe each degree on its own.

`DegreewiseFeature` has `fit`, `transform` and the names of the columns; each feature adds two or
three short methods. `CurveFeature` adds the grid of a curve.
"""

from __future__ import annotations

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from ..diagrams import as_diagrams
from ._common import (
    bars_of,
    check_degrees,
    check_fit_diagrams,
    check_result,
    finite_bars,
    make_grid,
    shortest_labels,
    value_range,
)


class DegreewiseFeature(TransformerMixin, BaseEstimator):
    """Columns of each degree from the bars of that degree.

    A subclass gives `_prefix`, the start of its column names, and

    - ``_block(bars, degree)``: `Bars` of all samples -> array (n_samples, n_columns);
    - ``_labels(degree)``: one string a column, or [""] for a single one;
    - ``_learn(bars)``, if it learns more than degrees: {degree: Bars of `fit`} -> None.

    If there is a parameter `essential`, it has been applied, so that all bars are finite.
    """

    def fit(self, X, y=None):
        """Learn the degrees and the "auto" values from the diagrams.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        diagrams = check_fit_diagrams(X)
        self.degrees_ = check_degrees(self.degrees, diagrams)
        bars = {k: bars_of(diagrams, k) for k in self.degrees_}
        if "essential" in self._parameter_constraints:
            self.value_ranges_ = {k: value_range(b.births, b.deaths) for k, b in bars.items()}
        bars = {k: self._after_policy(b, k) for k, b in bars.items()}
        if "essential" in self._parameter_constraints:
            for some in bars.values():
                check_result(some.lifetimes, some, type(self).__name__, power=0.0)
        self._learn(bars)
        return self

    def _learn(self, bars):
        pass

    def _after_policy(self, bars, degree):
        if "essential" not in self._parameter_constraints:
            return bars
        return finite_bars(bars, self.essential, self.value_ranges_[degree])

    def transform(self, X):
        """Compute the features.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        features : ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        diagrams = as_diagrams(X)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            blocks = [
                self._block(self._after_policy(bars_of(diagrams, k), k), k) for k in self.degrees_
            ]
        return check_result(np.hstack(blocks), diagrams, type(self).__name__, self._power)

    @property
    def _power(self):
        """The highest power of the unit of the diagrams in the columns."""
        return 1.0

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: the feature, the degree, and a label of the column in its degree.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of str objects, such as ``betti_curve_h0_0.25``
        """
        check_is_fitted(self)
        names = [
            "_".join(filter(None, (self._prefix, f"h{k}", label)))
            for k in self.degrees_
            for label in self._labels(k)
        ]
        return np.array(names, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


class CurveFeature(DegreewiseFeature):
    """Functions of the filtration value, one or more per degree, on the grid of that degree.

    A subclass has the parameters `n_bins` and `range`.
    """

    def _learn(self, bars):
        self.grids_ = {k: make_grid(b, self.range, self.n_bins) for k, b in bars.items()}

    def _labels(self, degree):
        return shortest_labels(self.grids_[degree])
