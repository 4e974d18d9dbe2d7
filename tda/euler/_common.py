"""What the transformers of this room share: fit once, rows for each sample, names of columns."""

from __future__ import annotations

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._parallel import each

__all__ = ["EulerFeature", "check_range", "shortest_labels"]


class EulerFeature(TransformerMixin, BaseEstimator):
    """Columns of samples that are whole shapes.

    A subclass has ``_check_samples(X)``, which returns a list; ``_learn(samples)``; and
    ``_rows(samples)``, one row for each sample, which does not depend on the others.
    """

    def fit(self, X, y=None):
        """Learn the grid, and what else the columns need, from the samples.

        Parameters
        ----------
        X : list of samples
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        self._learn(self._check_samples(X))
        return self

    def transform(self, X):
        """Compute the features.

        Parameters
        ----------
        X : list of samples

        Returns
        -------
        features : ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return self._rows(self._check_samples(X))

    def _each(self, function, samples):
        """A function of each sample."""
        return each(function, samples, n_jobs=self.n_jobs, label=self._label)

    @property
    def _label(self):
        return type(self).__name__ if self.verbose else None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


def check_range(value, name):
    """Return a user's range as two finite floats, the first one smaller."""
    if np.shape(value) != (2,):
        raise ValueError(f'{name}={value!r}; it must be "auto" or two numbers (low, high).')
    low, high = (float(v) for v in value)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"{name}={value!r}, but it needs finite numbers with low < high.")
    return low, high


def shortest_labels(values):
    """Write numbers with as few digits, three or more, as keep them apart."""
    for digits in (3, 4, 5, 6, 8, 10, 12, 17):
        labels = [f"{value + 0.0:.{digits}g}" for value in values]
        if len(set(labels)) == len(labels):
            break
    return labels
