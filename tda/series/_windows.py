"""Windows of one long series, and what follows each of them."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval

from .._estimator import BaseEstimator
from .._kinds import as_float
from .._per_shape import NoColumns
from ._check import check_count, check_series

__all__ = ["SlidingWindow", "sliding_windows", "window_targets"]


def sliding_windows(x, *, size=10, stride=1):
    """Windows of one long series, in the order of time.

    Parameters
    ----------
    x : array-like of shape (n_times,) or (n_times, n_channels)
        One series.
    size : int, default=10
        Steps in a window.
    stride : int, default=1
        Steps from one window to the next. The last window ends with the last value, so up to
        ``stride - 1`` values at the beginning are in no window.

    Returns
    -------
    windows : ndarray of shape (n_windows, size) or (n_windows, size, n_channels)
        Each is a series of its own; with several channels it is also a cloud of `size` points.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or is shorter than a window.

    See Also
    --------
    window_targets : What to predict from each window.

    Examples
    --------
    >>> from tda.series import sliding_windows
    >>> sliding_windows([0, 1, 2, 3, 4, 5], size=3, stride=2)
    array([[1., 2., 3.],
           [3., 4., 5.]])
    """
    x, size = check_series(x, name="X", channels=True), check_count("size", size, 1)
    if x.ndim == 2 and len(x) < size <= x.shape[1]:
        raise ValueError(
            f"X has shape {x.shape}: as one series these are {len(x)} steps of {x.shape[1]} "
            "channels, less than a window. Pass one row of it at a time, or X.T if its rows are "
            "channels; windows of many series are those of WindowPersistence."
        )
    starts = window_starts(len(x), size, check_count("stride", stride, 1))
    return x[starts[:, None] + np.arange(size)]


def window_starts(n_times, size, stride):
    """The first step of each window; the last window ends with the series."""
    if n_times < size:
        raise ValueError(f"X has {n_times} values, less than one window of size={size}.")
    return np.arange((n_times - size) % stride, n_times - size + 1, stride)


def window_targets(y, *, size=10, stride=1, ahead=0):
    """The value to predict from each window: that at its last step, or some steps later.

    Parameters
    ----------
    y : array-like of shape (n_times,)
        A value or a label for each step of the series, such as the series itself, or what
        ``pandas.Series(x).rolling(10).std()`` makes of it. It may have gaps.
    size : int, default=10
        Steps in a window, as in `sliding_windows`.
    stride : int, default=1
        Steps from one window to the next.
    ahead : int, default=0
        Steps from the last one of a window to its target.

    Returns
    -------
    targets : ndarray of shape (n_windows,)
        Of the windows of `sliding_windows` whose target is within the series: windows at the end
        have none if `ahead` is above 0, so take ``windows[:len(targets)]``.

    Raises
    ------
    ValueError
        If `y` is shorter than a window and the steps ahead.

    Notes
    -----
    With `ahead` 0 this is ``SlidingWindow.resample`` of giotto-tda. Its ``Labeller(size=w,
    func=np.std, n_steps_future=k)`` is pandas' rolling value and ``ahead=k`` here.

    Examples
    --------
    >>> from tda.series import sliding_windows, window_targets
    >>> x = [0, 1, 2, 3, 4, 5]
    >>> y = window_targets(x, size=3, ahead=1)
    >>> sliding_windows(x, size=3)[: len(y)], y
    (array([[0., 1., 2.],
           [1., 2., 3.],
           [2., 3., 4.]]), array([3, 4, 5]))
    """
    y = np.asarray(y)
    if y.ndim != 1:
        raise ValueError(f"y has shape {y.shape}, but it is one value for each step, (n_times,).")
    size, stride = check_count("size", size, 1), check_count("stride", stride, 1)
    ends = window_starts(len(y), size, stride) + size - 1 + check_count("ahead", ahead, 0)
    ends = ends[ends < len(y)]
    if not len(ends):
        raise ValueError(f"y has {len(y)} values: none is ahead={ahead} steps after a window.")
    return y[ends]


class SlidingWindow(NoColumns, TransformerMixin, BaseEstimator):
    """One long series to its windows (`X` is one series; the windows are the samples that follow).

    The first step of a pipeline for one long recording: the steps after it, such as
    `TakensEmbedding` and `RipsPersistence`, see one sample for each window. Windows of several
    channels are clouds already.

    Parameters
    ----------
    size : int, default=10
        Steps in a window.
    stride : int, default=1
        Steps from one window to the next. The last window ends with the last value.

    See Also
    --------
    tda.series.window_targets : A target for each window. scikit-learn's pipelines cannot change
        ``y``, so to learn from windows make both with functions, before the pipeline.
    WindowPersistence : Diagrams of windows of many series, for `Crocker`.

    Notes
    -----
    Nothing is learned. A series is an array of shape (n_times,) or (n_times, n_channels), with no
    gaps. giotto-tda's class of this name gives the same windows.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import RipsPersistence, SlidingWindow, TakensEmbedding
    >>> x = np.sin(np.arange(300) / 5)
    >>> steps = SlidingWindow(size=100, stride=50), TakensEmbedding(delay=8, dimension=2)
    >>> make_pipeline(*steps, RipsPersistence()).fit_transform(x)
    Diagrams(5 samples, 465 bars, degrees 0 to 1, filtration rips, field Z/2)
    """

    _result = "window"

    _parameter_constraints: ClassVar[dict] = {
        "size": [Interval(Integral, 1, None, closed="left")],
        "stride": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, *, size=10, stride=1):
        self.size = size
        self.stride = stride

    def fit(self, X, y=None):
        """Check the parameters and the series; nothing is learned.

        Parameters
        ----------
        X : array-like of shape (n_times,) or (n_times, n_channels)
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        sliding_windows(_one(X), size=self.size, stride=self.stride)
        return self

    def transform(self, X):
        """Cut the series into windows.

        Parameters
        ----------
        X : array-like of shape (n_times,) or (n_times, n_channels)

        Returns
        -------
        windows : ndarray of shape (n_windows, size) or (n_windows, size, n_channels)
        """
        self._validate_params()
        return sliding_windows(_one(X), size=self.size, stride=self.stride)

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.one_d_array = True
        tags.no_validation = True
        return tags


def _one(X):
    """The series, or an error that says that it is a list of them."""
    shape = getattr(X, "shape", None)
    if shape is None and isinstance(X, list | tuple) and X and np.ndim(X[0]):
        lengths = {len(one) for one in X}
        if len(lengths) > 1:
            raise ValueError(
                "X is a list of series of different lengths, but this takes one long series: "
                "call it for each, or take WindowPersistence."
            )
    return as_float(X, "X")
