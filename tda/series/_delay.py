"""The delay of an embedding: by the correlation or the information of a series with itself."""

from __future__ import annotations

import numpy as np

from ._check import check_count, check_series

__all__ = ["autocorrelation_curve", "choose_delay", "mutual_information_curve"]

METHODS = ("mutual_information", "autocorrelation")


def autocorrelation_curve(x, *, max_delay=None):
    """Correlation of a series with itself, some steps later.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    max_delay : int, default=None
        The largest delay, in steps; by default a quarter of the series, at most 500.

    Returns
    -------
    curve : ndarray of shape (max_delay + 1,)
        The value at each delay from 0 on, between -1 and 1. Those of a constant series are 1 at
        delay 0 and 0 elsewhere.

    Raises
    ------
    ValueError
        If the series has gaps or is shorter than `max_delay` + 2.

    Notes
    -----
    The biased estimate, which divides by the variance of the whole series, in O(n log n) time.

    Examples
    --------
    A sine whose period is 20 steps is the opposite of itself after 10.

    >>> import numpy as np
    >>> from tda.series import autocorrelation_curve
    >>> autocorrelation_curve(np.sin(2 * np.pi * np.arange(2000) / 20))[[0, 10]].round(1)
    array([ 1., -1.])
    """
    x, max_delay = _checked(x, max_delay)
    x = x - x.mean()
    scale = np.abs(x).max()
    if scale == 0:
        return np.eye(1, max_delay + 1)[0]
    x = x / scale
    n_transformed = 1 << (2 * len(x) - 1).bit_length()
    power = np.abs(np.fft.rfft(x, n_transformed)) ** 2
    sums = np.fft.irfft(power, n_transformed)[: max_delay + 1]
    return sums / sums[0]


def mutual_information_curve(x, *, max_delay=None, n_cells=8):
    """Mutual information of a series and the same series some steps later.

    How much a value tells of the one that follows after the delay, whether their relation is a
    straight line or not.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    max_delay : int, default=None
        The largest delay, in steps; by default a quarter of the series, at most 500.
    n_cells : int, default=8
        Number of cells that the values are divided into, 4 or more. More cells see finer relations
        and need more values.

    Returns
    -------
    curve : ndarray of shape (max_delay + 1,)
        In nats, at each delay from 0 on. That of a constant series is 0.

    Raises
    ------
    ValueError
        If the series has gaps or is shorter than `max_delay` + 2.

    Notes
    -----
    The first minimum is the delay that Fraser and Swinney [1]_ propose. Values are replaced by
    their ranks, so the curve does not depend on the unit of the series. Each rank counts in four
    neighbouring cells, weighted by cubic splines [2]_: with sharp cells the curve of a clean wave
    is rough, and its first minimum an accident. Takes O(n * max_delay * n_cells²) time.

    References
    ----------
    .. [1] A. M. Fraser, H. L. Swinney, "Independent coordinates for strange attractors from
       mutual information", Physical Review A 33, 1986.
    .. [2] C. O. Daub, R. Steuer, J. Selbig, S. Kloska, "Estimating mutual information using
       B-spline functions", BMC Bioinformatics 5, 2004.

    Examples
    --------
    The next value of noise is as unknown as any later one.

    >>> import numpy as np
    >>> from tda.series import mutual_information_curve
    >>> noise = np.random.default_rng(0).normal(size=5000)
    >>> mutual_information_curve(noise, max_delay=3).round(2)
    array([0.77, 0.  , 0.  , 0.  ])
    """
    x, max_delay = _checked(x, max_delay)
    n_cells = check_count("n_cells", n_cells, 4)
    if x.min() == x.max():
        return np.zeros(max_delay + 1)
    weights = _spline_weights(x, n_cells)
    curve = np.empty(max_delay + 1)
    for delay in range(max_delay + 1):
        now, later = weights[: len(x) - delay], weights[delay:]
        joint = now.T @ later / len(now)
        apart = np.outer(now.mean(axis=0), later.mean(axis=0))
        some = joint > 0
        curve[delay] = joint[some] @ np.log(joint[some] / apart[some])
    return np.maximum(curve, 0.0)


def _spline_weights(x, n_cells):
    """How much each value belongs to each cell: cubic splines of its rank, of equal values the
    middle one."""
    from scipy.interpolate import BSpline

    ordered = np.sort(x)
    ranks = np.searchsorted(ordered, x, "left") + np.searchsorted(ordered, x, "right")
    inner = np.linspace(0, 1, n_cells - 2)
    knots = np.concatenate([np.zeros(3), inner, np.ones(3)])
    return BSpline.design_matrix(ranks / (2 * len(x)), knots, 3).toarray()


def choose_delay(x, *, method="mutual_information", max_delay=None):
    """The delay between the coordinates of an embedding, for one series.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    method : {"mutual_information", "autocorrelation"}, default="mutual_information"
        The first minimum of `mutual_information_curve`, or the first delay at which
        `autocorrelation_curve` is zero or less. Where there is none, it is the delay at which the
        curve is lowest.
    max_delay : int, default=None
        The largest delay, in steps; by default a quarter of the series, at most 500.

    Returns
    -------
    delay : int
        In steps, at least 1.

    Raises
    ------
    ValueError
        If the series has gaps or is shorter than `max_delay` + 2.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.series import choose_delay
    >>> choose_delay(np.sin(np.arange(1000) / 10))  # a quarter of the period, 62.8 steps
    16
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r}; it must be one of {METHODS}")
    if method == "autocorrelation":
        return first_zero(autocorrelation_curve(x, max_delay=max_delay))
    return first_minimum(mutual_information_curve(x, max_delay=max_delay))


def first_zero(curve):
    """The first delay from 1 on at which the curve is not positive, or where it is lowest."""
    after = curve[1:]
    if not len(after):
        return 1
    # A zero that is missed by rounding alone is one.
    return 1 + int(np.argmax(after <= 1e-9) if (after <= 1e-9).any() else np.argmin(after))


def first_minimum(curve):
    """The first delay from 1 on before which the curve falls and after which it rises."""
    if len(curve) < 3:
        return 1
    low = (curve[1:-1] < curve[:-2]) & (curve[1:-1] <= curve[2:])
    return 1 + int(np.argmax(low) if low.any() else np.argmin(curve[1:]))


def _checked(x, max_delay):
    x = check_series(x, name="x", min_length=2)
    if max_delay is None:
        max_delay = min(len(x) // 4, 500, len(x) - 2)
    max_delay = check_count("max_delay", max_delay, 0)
    if len(x) < max_delay + 2:
        raise ValueError(f"max_delay={max_delay}, but x has only {len(x)} values.")
    return x, max_delay
