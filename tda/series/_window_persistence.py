"""Diagrams of windows along series: how their shape changes with time."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin, clone
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._per_shape import NoColumns
from ..diagrams import as_diagrams
from ._check import check_many_series

__all__ = ["WindowPersistence"]


class WindowPersistence(NoColumns, TransformerMixin, BaseEstimator):
    """Diagrams of windows of many series (per shape: `X` is a list or an array of series).

    Each series becomes a sequence of diagrams, one for each window along it. `Crocker` turns such
    sequences into columns: Betti numbers by window and by scale.

    Parameters
    ----------
    size : int, default=50
        Steps in a window. Shorter series are an error.
    n_windows : int, default=10
        Windows of each series, evenly spread from its begin to its end. They overlap as much as
        they must.
    steps : transformer, default=None
        From a list of series to `Diagrams`, or a pipeline of several steps; by default
        ``make_pipeline(TakensEmbedding(), RipsPersistence())``.

    Attributes
    ----------
    steps_ : transformer
        The steps, fitted to the windows of all series.

    See Also
    --------
    Crocker : The columns.
    SlidingWindow : Windows of one long series, as samples of their own.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import Crocker, WindowPersistence
    >>> t = np.arange(400)
    >>> X = [np.sin(t / 4), np.sin(t / 4) * (t > 200)]  # a wave all the time, and in one half
    >>> windows = WindowPersistence(size=80, n_windows=4)
    >>> crocker = make_pipeline(windows, Crocker(degrees=[1], n_bins=3, range=(0, 1)))
    >>> crocker.fit_transform(X)[:, 4:8]  # loops at scale 0.5, window by window
    array([[1., 1., 1., 1.],
           [0., 0., 1., 1.]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "size": [Interval(Integral, 1, None, closed="left")],
        "n_windows": [Interval(Integral, 1, None, closed="left")],
        "steps": [HasMethods(["fit", "transform"]), None],
    }

    def __init__(self, *, size=50, n_windows=10, steps=None):
        self.size = size
        self.n_windows = n_windows
        self.steps = steps

    def fit(self, X, y=None):
        """Fit the steps to the windows of all series.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times) or (n_series, n_times, n_channels)
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        self.steps_ = _default_steps() if self.steps is None else clone(self.steps)
        self.steps_.fit(self._windows(X))
        return self

    def transform(self, X):
        """Compute the diagrams of all windows.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times) or (n_series, n_times, n_channels)

        Returns
        -------
        sequences : list of Diagrams of shape (n_windows,)
        """
        check_is_fitted(self)
        self._validate_params()
        diagrams = as_diagrams(self.steps_.transform(self._windows(X)), name="what steps gives")
        n = self.n_windows
        return [diagrams[i : i + n] for i in range(0, len(diagrams), n)]

    def _windows(self, X):
        """The windows of all series, one after the other."""
        windows = []
        for i, x in enumerate(check_many_series(X, channels=True)):
            if len(x) < self.size:
                raise ValueError(
                    f"X[{i}] has {len(x)} values, less than one window of size={self.size}."
                )
            starts = np.linspace(0, len(x) - self.size, self.n_windows).astype(int)
            windows += [x[start : start + self.size] for start in starts]
        return windows

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags


def _default_steps():
    from sklearn.pipeline import make_pipeline

    from ..homology import RipsPersistence
    from ._takens import TakensEmbedding

    return make_pipeline(TakensEmbedding(), RipsPersistence())
