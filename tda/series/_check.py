"""Checks of series, and the base of the steps that take many of them."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.base import TransformerMixin

from .._estimator import BaseEstimator
from .._kinds import as_float, check_extent
from .._per_shape import NoColumns
from .._validation import check_samples
from .._words import counted

__all__ = ["SeriesTransformer", "check_count", "check_many_series", "check_series"]


def check_series(x, *, name="X", min_length=1, channels=False):
    """Return one series as finite float64: one axis, or (n_times, n_channels) with `channels`.

    Raises
    ------
    ValueError
        For gaps (NaN), infinity, too few values, or several channels where one is needed.
    """
    x = one_axis(x, name=name, channels=channels)
    if len(x) < min_length:
        have = "is empty" if not len(x) else f"has {counted(len(x), 'value')}"
        raise ValueError(f"{name} {have}; a series of at least {min_length} is needed.")
    bad = int((~np.isfinite(x)).sum())
    if bad and np.isnan(x).any():
        raise ValueError(
            f"{name} holds NaN ({bad} of {x.size} values): fill short gaps by straight lines with "
            "tda.series.regular_series(..., max_gap=...), or cut the series there."
        )
    if bad:
        raise ValueError(f"{name} holds infinity ({bad} of {x.size} values): cut or replace them.")
    check_extent(x.reshape(len(x), -1), name)
    return x


#: What to do with a table.
ADVICE = "A series is one column of numbers, such as table['temperature']."


def one_axis(x, *, name, channels):
    """The numbers of a series with the axes that are wanted; NaN is let through."""
    x = np.ascontiguousarray(as_float(x, name, advice=ADVICE))
    if x.ndim == 2 and x.shape[1] == 1:
        x = x[:, 0]
    if x.ndim == 1 or (channels and x.ndim == 2 and x.shape[1]):
        return x
    if x.ndim == 2 and x.shape[1]:
        raise ValueError(
            f"{name} has shape {x.shape}, as a series of {x.shape[1]} channels has, but this takes "
            f"one channel: pass {name}[:, 0], or each channel as a series of its own."
        )
    raise ValueError(
        f"{name} has shape {x.shape}, but one series is (n_times,)"
        f"{' or (n_times, n_channels)' if channels else ''}."
    )


def check_many_series(X, *, name="X", check=check_series, **options):
    """Return a list of checked series from a list, or from an array with one series a row."""
    if isinstance(X, np.ndarray) and X.dtype != object and X.ndim in (2, 3):
        samples = list(X)
        if not samples:
            raise ValueError(f"{name} is empty: there is no series in it.")
    elif isinstance(X, np.ndarray) and X.dtype != object and X.ndim == 1:
        raise ValueError(
            f"{name} is one series of {len(X)} values, but one sample here is a whole series: "
            f"pass [{name}] for one, a list or an array of shape (n_series, n_times) for many."
            if len(X)
            else f"{name} is empty: there is no series in it."
        )
    elif hasattr(X, "columns") and hasattr(X, "to_numpy"):
        raise ValueError(
            f"{name} is a data frame, and whether its rows or its columns are series is not known: "
            f"pass {name}.to_numpy() if each row is a series, {name}.to_numpy().T if each column "
            f"is one, or [{name}] if it is one series with a column for each channel."
        )
    else:
        samples = check_samples(X, what="series", name=name)
        if np.ndim(samples[0]) == 0 and not hasattr(samples[0], "__len__"):
            raise ValueError(f"{name} is a list of numbers: pass [{name}] for one series.")
    return [check(one, name=f"{name}[{i}]", **options) for i, one in enumerate(samples)]


def check_count(name, value, least):
    """Return a whole number of at least `least`, or raise ValueError with the parameter's name."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}={value!r}; it must be a whole number of {least} or more.")
    return int(value)


class SeriesTransformer(NoColumns, TransformerMixin, BaseEstimator):
    """A step over many series that learns nothing; a subclass maps one in `_one`.

    The result for one series does not depend on the others. `_channels` says whether series may
    have several channels.
    """

    _result = "series"

    _channels = False

    def fit(self, X, y=None):
        """Check the parameters and the series; nothing is learned.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times) or (n_series, n_times, n_channels)
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        self._checked(X)
        return self

    def transform(self, X):
        """Transform each series.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times) or (n_series, n_times, n_channels)

        Returns
        -------
        list, with one result for each series
        """
        self._validate_params()
        return [self._one(x, f"X[{i}]") for i, x in enumerate(self._checked(X))]

    def fit_transform(self, X, y=None):
        """Transform each series; the same as `fit` and `transform`."""
        return self.fit(X, y).transform(X)

    def _checked(self, X):
        return check_many_series(X, channels=self._channels)

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags
