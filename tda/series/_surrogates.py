"""Surrogates: random series that have some properties of a given one, to compare it with."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_random_state

from ._check import check_count, check_series

__all__ = ["SURROGATES", "ar1_coefficient", "draw_surrogates", "surrogate_series", "whitened"]

SURROGATES = ("red_noise", "phase", "shuffle")


def surrogate_series(x, *, kind="red_noise", n_surrogates=99, random_state=None):
    """Random series that are like a given one in some ways and have no other structure.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    kind : {"red_noise", "phase", "shuffle"}, default="red_noise"
        What they share with the series: the correlation of neighbouring values ("red_noise", an
        autoregression of order 1, which includes white noise and random walks); the whole power
        spectrum ("phase", with random phases); or the values themselves in random order
        ("shuffle").
    n_surrogates : int, default=99
        How many.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    surrogates : ndarray of shape (n_surrogates, n_times)

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or less than 3 values.

    Notes
    -----
    The coefficient of the autoregression is that of least squares, with the correction
    (1 + 3φ) / n for its bias, and at most 1. Random phases are those of Theiler et al. [1]_.

    References
    ----------
    .. [1] J. Theiler, S. Eubank, A. Longtin, B. Galdrikian, J. D. Farmer, "Testing for
       nonlinearity in time series: the method of surrogate data", Physica D 58, 1992.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.series import surrogate_series
    >>> walk = np.random.default_rng(0).normal(size=500).cumsum()
    >>> like_it = surrogate_series(walk, random_state=0)
    >>> like_it.shape, bool(np.corrcoef(like_it[0, 1:], like_it[0, :-1])[0, 1] > 0.9)
    ((99, 500), True)
    """
    x = check_series(x, name="x", min_length=3)
    if kind not in SURROGATES:
        raise ValueError(f"kind={kind!r}; it must be one of {SURROGATES}")
    n_surrogates = check_count("n_surrogates", n_surrogates, 1)
    return draw_surrogates(x, kind, n_surrogates, check_random_state(random_state))


def draw_surrogates(x, kind, n_surrogates, rng):
    """`surrogate_series` after its checks."""
    mean = x.mean()
    if kind == "shuffle":
        return np.stack([rng.permutation(x) for _ in range(n_surrogates)])
    if kind == "phase":
        amplitudes = np.abs(np.fft.rfft(x - mean))
        phases = rng.uniform(0, 2 * np.pi, (n_surrogates, len(amplitudes)))
        if len(x) % 2 == 0:
            phases[:, -1] = 0.0  # the highest frequency is real
        return mean + np.fft.irfft(amplitudes * np.exp(1j * phases), len(x), axis=1)
    return mean + x.std() * _red_noise(ar1_coefficient(x[None])[0], len(x), n_surrogates, rng)


def _red_noise(coefficient, n, n_surrogates, rng):
    """Autoregressions of order 1, of standard deviation 1, or random walks."""
    from scipy.signal import lfilter

    steps = rng.standard_normal((n_surrogates, n))
    rest = 1.0 - coefficient**2
    if rest > 0:
        steps[:, 0] /= np.sqrt(rest)
    noise = lfilter([1.0], [1.0, -coefficient], steps, axis=1)
    return noise * np.sqrt(rest) if rest > 0 else noise / np.sqrt(n)


def ar1_coefficient(series):
    """The coefficient of an autoregression of order 1 for each row, at most 1; 0 if constant."""
    before = series[:, :-1] - series[:, :-1].mean(axis=1, keepdims=True)
    after = series[:, 1:] - series[:, 1:].mean(axis=1, keepdims=True)
    power = (before**2).sum(axis=1)
    found = np.divide(
        (before * after).sum(axis=1), power, out=np.zeros(len(series)), where=power > 0
    )
    return np.clip(found + (1 + 3 * found) / series.shape[1], -1.0, 1.0) * (power > 0)


def whitened(series):
    """What is left of each row after its autoregression of order 1, of standard deviation 1.

    Rows of zeros where nothing is left, as of constant series and straight lines.
    """
    series = series - series.mean(axis=1, keepdims=True)
    rest = series[:, 1:] - ar1_coefficient(series)[:, None] * series[:, :-1]
    rest -= rest.mean(axis=1, keepdims=True)
    spread, whole = rest.std(axis=1), np.abs(series).max(axis=1)
    some = spread > 1e-9 * whole
    return rest / np.where(some, spread, 1.0)[:, None] * some[:, None]
