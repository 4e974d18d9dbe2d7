"""Irregular times and gaps: series on an even grid of times."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from .._kinds import as_float
from .._memory import require_bytes
from ._check import SeriesTransformer, check_many_series, check_series, one_axis
from ._times import as_seconds, check_times

__all__ = ["Resampler", "regular_series"]


def regular_series(x, times=None, *, step=None, n_times=None, max_gap=0.0):
    """One series on an even grid of times, by straight lines between its values.

    For series whose times are uneven, that have gaps (NaN), or too many values.

    Parameters
    ----------
    x : array-like of shape (n_times,) or (n_times, n_channels)
        The values. NaN is a gap; in a row with any NaN all channels count as missing.
    times : array-like of shape (n_times,), default=None
        When each value was taken, ascending: numbers, or dates of any kind, which are taken in
        seconds. By default the steps 0, 1, 2, ….
    step : float, default=None
        Time from one value of the grid to the next. By default the median of the given ones.
    n_times : int, default=None
        The number of values of the grid, from the first time to the last, instead of `step`.
    max_gap : float, default=0.0
        The longest time without a value that a straight line may bridge, if it is longer than all
        steps. With the default no gap is filled. ``np.inf`` fills all.

    Returns
    -------
    values : ndarray of shape (n_grid,) or (n_grid, n_channels)
        At the first time with a value, and from there in steps.

    Raises
    ------
    ValueError
        If a gap is longer than `max_gap`, or times do not ascend.

    Notes
    -----
    With uneven times and no NaN a gap is two neighbouring times that are farther apart than 1.5
    steps. A straight line is smoother than what it replaces: with many gaps, noise looks less
    like noise. ``regular_series(x, step=k)`` takes every k-th value, as giotto-tda's
    ``Resampler(period=k)``.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.series import regular_series
    >>> regular_series([1.0, np.nan, 3.0, 4.0], max_gap=2)
    array([1., 2., 3., 4.])
    >>> regular_series([0.0, 3.0, 4.0], [0.0, 1.5, 2.0], step=0.5, max_gap=2)
    array([0., 1., 2., 3., 4.])
    """
    x = one_axis(x, name="x", channels=True)
    return _regular(x, _times(times, len(x)), step, n_times, max_gap, "x")


def _times(times, n):
    return np.arange(float(n)) if times is None else check_times(times, n)[0]


def _regular(x, times, step, n_times, max_gap, name):
    step, max_gap = as_seconds(step), as_seconds(max_gap)
    _check_grid(step, n_times, max_gap)
    if not np.isfinite(times).all():
        raise ValueError("times holds NaN or infinity: leave out the values without a time.")
    if len(times) > 1 and not (np.diff(times) > 0).all():
        i = int(np.argmin(np.diff(times) > 0))
        raise ValueError(
            f"times must ascend, but times[{i}] is {times[i]:.6g} and times[{i + 1}] is "
            f"{times[i + 1]:.6g}: sort by time and take the mean of values at one time."
        )
    if not len(x):
        raise ValueError(f"{name} is empty: a series has at least one value.")
    rows = x.reshape(len(x), -1)
    known = ~np.isnan(rows).any(axis=1)
    if not known.any():
        raise ValueError(
            f"{name} holds no value that is not NaN." if len(x) else f"{name} is empty."
        )
    if max_gap == 0 and not known.all():
        raise ValueError(
            f"{name} holds NaN ({int((~known).sum())} of {len(known)} values): set max_gap to the "
            "longest time that a straight line may bridge; at the ends they are cut off."
        )
    usual = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    at, rows = times[known], rows[known]
    gaps = np.diff(at)
    longest = float(gaps.max(initial=0.0))
    if longest > max(max_gap, 1.5 * usual):
        i = int(np.argmax(gaps))
        raise ValueError(
            f"{name} has a gap from time {at[i]:.6g} to {at[i + 1]:.6g} (NaN or no value): set "
            f"max_gap={longest:.6g} to fill it by a straight line, or cut the series there."
        )
    length = at[-1] - at[0]
    if n_times is not None:
        grid = np.linspace(at[0], at[-1], n_times)
    else:
        step = usual if step is None else step
        require_bytes(
            16 * (length / step) * (1 + rows.shape[1]),
            f"A grid of {length / step:.3g} values, step={step:.3g}",
            "Take a longer step.",
        )
        grid = at[0] + step * np.arange(int(np.floor(length / step * (1 + 1e-12) + 1e-9)) + 1)
    values = np.column_stack([np.interp(grid, at, column) for column in rows.T])
    return check_series(values[:, 0] if x.ndim == 1 else values, name=name, channels=True)


def _check_grid(step, n_times, max_gap):
    if step is not None and (not isinstance(step, Real) or not 0 < step < np.inf):
        raise ValueError(f"step={step!r}; it must be a length of time above 0.")
    if n_times is not None and (not isinstance(n_times, Integral) or n_times < 1):
        raise ValueError(f"n_times={n_times!r}; it must be 1, 2, ….")
    if step is not None and n_times is not None:
        raise ValueError(f"step={step!r} and n_times={n_times!r}: give one of them.")
    if not isinstance(max_gap, Real) or not max_gap >= 0:
        raise ValueError(f"max_gap={max_gap!r}; it must be 0 or more.")


class Resampler(SeriesTransformer):
    """Many series on even grids of times (per shape: `X` is a list or an array of series).

    For series that have gaps (NaN), uneven times, too many values or different lengths.

    Parameters
    ----------
    step : float, default=None
        Time from one value to the next; by default the median of each series.
    n_times : int, default=None
        The number of values of each series, instead of `step`.
    times : bool, default=False
        Whether the first column of each series holds its times; it is left out of the result.
        Otherwise times are the steps 0, 1, 2, ….
    max_gap : float, default=0.0
        The longest time without a value that a straight line may bridge; with the default none.

    See Also
    --------
    tda.series.regular_series : The same for one series; what counts as a gap.

    Notes
    -----
    ``Resampler(step=k)`` takes every k-th value, as ``Resampler(period=k)`` of giotto-tda. Its
    ``Stationarizer`` is NumPy's: ``FunctionTransformer(lambda X: [np.diff(np.log(x)) for x in
    X])``, or ``np.diff(x) / x[:-1]``.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.series import Resampler
    >>> Resampler(max_gap=2).fit_transform([[0.0, np.nan, 2.0], [5.0, 6.0, 7.0, 8.0]])
    [array([0., 1., 2.]), array([5., 6., 7., 8.])]
    """

    _parameter_constraints: ClassVar[dict] = {
        "step": [Interval(Real, 0, None, closed="neither"), None],
        "n_times": [Interval(Integral, 1, None, closed="left"), None],
        "times": ["boolean"],
        "max_gap": [Interval(Real, 0, None, closed="both")],
    }

    def __init__(self, *, step=None, n_times=None, times=False, max_gap=0.0):
        self.step = step
        self.n_times = n_times
        self.times = times
        self.max_gap = max_gap

    def _checked(self, X):
        return check_many_series(X, check=self._resampled)

    def _resampled(self, x, *, name):
        if not self.times:
            x = one_axis(x, name=name, channels=True)
            return _regular(
                x, np.arange(float(len(x))), self.step, self.n_times, self.max_gap, name
            )
        x = as_float(x, name)
        if x.ndim != 2 or x.shape[1] < 2:
            raise ValueError(
                f"{name} has shape {x.shape}, but with times=True it is a column of times and one "
                "or more of values."
            )
        values = np.ascontiguousarray(x[:, 1] if x.shape[1] == 2 else x[:, 1:])
        return _regular(
            values, np.ascontiguousarray(x[:, 0]), self.step, self.n_times, self.max_gap, name
        )

    def _one(self, x, name):
        return x
