"""Rows that depend on one another, as those of a series do."""

from __future__ import annotations

from math import ceil
from numbers import Integral

import numpy as np

from .._words import counted

__all__ = ["check_dependence", "dependence_length", "thin_rows"]


def check_dependence(dependence):
    is_length = isinstance(dependence, Integral) and not isinstance(dependence, bool)
    is_auto = isinstance(dependence, str) and dependence == "auto"
    if not (dependence is None or is_auto or (is_length and dependence >= 1)):
        raise ValueError(
            f"dependence={dependence!r}; it must be None, 'auto', or over how many rows they "
            "depend on one another, from 1 on"
        )


def dependence_length(X):
    """Over how many rows they depend on one another, at least 1.

    The integrated autocorrelation time ``1 + 2 (r_1 + r_2 + …)`` of the column where it is longest:
    a mean over n rows is as exact as one over n / time independent ones. The sum ends at the first
    pair of neighbours ``r_2k + r_2k+1`` that is not above 0, and no pair counts more than one
    before it (the initial monotone sequence, Geyer, Statist. Sci. 7, 1992).
    """
    n = len(X)
    if n < 4:
        return 1.0
    X = X - X.mean(axis=0)
    size = np.abs(X).max(axis=0)
    X = X[:, size > 0] / size[size > 0]
    if not X.shape[1]:
        return 1.0
    spectrum = np.abs(np.fft.rfft(X, 2 * n, axis=0)) ** 2
    r = np.fft.irfft(spectrum, axis=0)[:n]
    r = r / r[0]
    pairs = r[: 2 * (n // 2)].reshape(n // 2, 2, -1).sum(axis=1)
    pairs = np.minimum.accumulate(pairs, axis=0)
    ends = np.where((pairs <= 0).any(axis=0), np.argmax(pairs <= 0, axis=0), len(pairs))
    within = np.arange(len(pairs))[:, None] < ends
    return float(max((2 * (pairs * within).sum(axis=0) - 1).max(), 1.0))


def thin_rows(X, dependence, rng):
    """One row at random of every block of so many that depend on one another, and a note.

    At random, since every tenth row of a cycle of thirty would be three places of it.

    Returns
    -------
    rows : array of int, or slice
    note : str
    """
    n = len(X)
    length = ceil(dependence_length(X)) if isinstance(dependence, str) else int(dependence)
    length = min(length, n)
    if length == 1:
        return np.arange(n), "the rows do not depend on one another: all were taken."
    starts = np.arange(0, n, length)
    ends = np.minimum(starts + length, n)
    rows = starts + (rng.random_sample(len(starts)) * (ends - starts)).astype(int)
    return rows, (
        f"rows depend on one another over about {length:,}: one of each block of so many was "
        f"taken, {counted(len(rows), 'row')} of {n:,}."
    )
