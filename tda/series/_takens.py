"""Takens' embedding: series -> clouds of points of delayed values."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._per_shape import NoColumns
from .._words import counted
from ._check import check_count, check_many_series, check_series
from ._delay import METHODS as DELAYS
from ._delay import choose_delay

__all__ = ["TakensEmbedding", "takens_embedding"]

#: From so many series of `fit`, evenly picked, delay and dimension are chosen.
ASKED = 25


def takens_embedding(x, *, delay=1, dimension=2, stride=1):
    """The cloud of points ``(x[t], x[t + delay], x[t + 2 * delay], …)`` of one series.

    Parameters
    ----------
    x : array-like of shape (n_times,) or (n_times, n_channels)
        One series. Of several channels the coordinates of the first come first.
    delay : int, default=1
        Steps between two coordinates of a point.
    dimension : int, default=2
        Number of coordinates, of each channel.
    stride : int, default=1
        Steps between two points. The last point ends with the last value of the series.

    Returns
    -------
    cloud : ndarray of shape (n_points, n_channels * dimension)
        With ``n_points = (n_times - (dimension - 1) * delay - 1) // stride + 1``.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or is too short for one point.

    See Also
    --------
    TakensEmbedding : The same for many series, with delay and dimension chosen from them.
    takens_report : A delay and a dimension for one series, and the curves that they come from.

    References
    ----------
    F. Takens, "Detecting strange attractors in turbulence", Lecture Notes in Mathematics 898,
    Springer, 1981.

    Examples
    --------
    >>> from tda.series import takens_embedding
    >>> takens_embedding([0, 1, 2, 3, 4], delay=2)
    array([[0., 2.],
           [1., 3.],
           [2., 4.]])
    """
    x = check_series(x, name="x", channels=True)
    delay, dimension = check_count("delay", delay, 1), check_count("dimension", dimension, 1)
    return _embed(x, delay, dimension, check_count("stride", stride, 1), "x")


def _embed(x, delay, dimension, stride, name):
    """`takens_embedding` of a checked series."""
    n = len(x) - (dimension - 1) * delay
    if n < 1:
        raise ValueError(
            f"{name} has {counted(len(x), 'value')}, but one point of dimension={dimension} and "
            f"delay={delay} needs {(dimension - 1) * delay + 1}: take smaller ones, or leave this "
            "series out."
        )
    first = np.arange((n - 1) % stride, n, stride)
    indices = first[:, None] + delay * np.arange(dimension)
    if x.ndim == 1:
        return x[indices]
    return np.ascontiguousarray(x[indices].transpose(0, 2, 1)).reshape(len(first), -1)


class TakensEmbedding(NoColumns, TransformerMixin, BaseEstimator):
    """Series to clouds of delayed values (per shape: `X` is a list or an array of series).

    Each series becomes the cloud of its points ``(x[t], x[t + delay], …)``. A cycle in the series
    is a loop of the cloud, whatever the form of its waves. The clouds go to `RipsPersistence` or
    `AlphaPersistence`.

    Parameters
    ----------
    delay : int or "auto", default="auto"
        Steps between two coordinates of a point. "auto" is the median of what `delay_method`
        chooses for the series of `fit` (25 of them, evenly picked, if there are more).
    dimension : int or "auto", default="auto"
        Number of coordinates of each channel. "auto" is the median of what `dimension_method`
        chooses, so that all clouds have the same coordinates.
    stride : int, default=1
        Steps between two points. Larger ones give smaller clouds.
    delay_method : {"mutual_information", "autocorrelation"}, default="mutual_information"
        As `method` of `tda.series.choose_delay`.
    dimension_method : {"false_neighbors", "cao"}, default="false_neighbors"
        As `method` of `tda.series.choose_n_coordinates`.
    max_dimension : int, default=None
        The most coordinates that "auto" takes; by default 8.

    Attributes
    ----------
    delay_ : int
        The delay taken, in steps.
    dimension_ : int
        The number of coordinates taken.

    See Also
    --------
    tda.series.takens_embedding : The same for one series.
    tda.series.takens_report : What to choose for one series, with the curves behind it.
    SlidingWindow : Windows of one long series, as the step before.

    Notes
    -----
    Series may differ in length, and may be arrays of shape (n_series, n_times) or (n_series,
    n_times, n_channels). Gaps (NaN) are an error: `tda.series.regular_series` and `Resampler` fill
    them, and put irregular times on a grid. The last point ends with the last value. giotto-tda's
    class of this name has ``time_delay`` for `delay` and channels before times; on the same series
    the clouds are equal. From 1,000 series of 1,000 values to features by way of `RipsPersistence`
    takes 9 CPU seconds with three coordinates, 4 with two and 0.3 with ``stride=5``
    (``benchmarks/topics/series.py``).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import BarCount, RipsPersistence, TakensEmbedding
    >>> t = np.arange(200)
    >>> X = np.stack([np.sin(t / 5), np.sin(t / 5) + 0.5 * np.sin(t / 2.5)])
    >>> takens = TakensEmbedding(stride=2).fit(X)
    >>> takens.delay_, takens.dimension_
    (5, 2)
    >>> [cloud.shape for cloud in takens.transform(list(X))]
    [(98, 2), (98, 2)]
    >>> loops = BarCount(degrees=[1], min_lifetime=0.4)
    >>> make_pipeline(takens, RipsPersistence(), loops).fit_transform(X)
    array([[1.],
           [1.]])
    """

    _result = "cloud"

    _parameter_constraints: ClassVar[dict] = {
        "delay": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "dimension": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "stride": [Interval(Integral, 1, None, closed="left")],
        "delay_method": [StrOptions(set(DELAYS))],
        "dimension_method": [StrOptions({"false_neighbors", "cao"})],
        "max_dimension": [Interval(Integral, 2, None, closed="left"), None],
    }

    def __init__(
        self,
        *,
        delay="auto",
        dimension="auto",
        stride=1,
        delay_method="mutual_information",
        dimension_method="false_neighbors",
        max_dimension=None,
    ):
        self.delay = delay
        self.dimension = dimension
        self.stride = stride
        self.delay_method = delay_method
        self.dimension_method = dimension_method
        self.max_dimension = max_dimension

    def fit(self, X, y=None):
        """Choose delay and dimension, if they are "auto", from the series.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times) or (n_series, n_times, n_channels)
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        series = check_many_series(X, channels=True)
        picked = np.unique(np.linspace(0, len(series) - 1, min(len(series), ASKED)).astype(int))
        channels = [c for i in picked for c in series[i].reshape(len(series[i]), -1).T]
        self.delay_, self.dimension_ = self.delay, self.dimension
        if self.delay == "auto":
            found = [choose_delay(c, method=self.delay_method) for c in channels if len(c) > 1]
            self.delay_ = _middle(found, 1)
        if self.dimension == "auto":
            from ._neighbors import choose_n_coordinates

            found = [
                choose_n_coordinates(
                    c,
                    delay=self.delay_,
                    method=self.dimension_method,
                    n_coordinates=self.max_dimension or 8,
                )
                for c in channels
                if len(c) > self.delay_
            ]
            self.dimension_ = _middle(found, 1)
        return self

    def transform(self, X):
        """Embed each series.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times) or (n_series, n_times, n_channels)

        Returns
        -------
        clouds : list of ndarray of shape (n_points, n_channels * dimension), or one array if X is
            one
        """
        check_is_fitted(self)
        self._validate_params()
        series = check_many_series(X, channels=True)
        clouds = [
            _embed(x, self.delay_, self.dimension_, self.stride, f"X[{i}]")
            for i, x in enumerate(series)
        ]
        regular = isinstance(X, np.ndarray) and X.dtype != object
        return np.stack(clouds) if regular else clouds

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags


def _middle(numbers, otherwise):
    """The median of whole numbers, the lower of two, as an int."""
    return int(np.sort(numbers)[(len(numbers) - 1) // 2]) if len(numbers) else otherwise
