"""From the law of the largest of all bars to p-values of single ones, and corrections of those."""

from __future__ import annotations

import numpy as np

__all__ = ["CORRECTIONS", "correct", "degree_shares", "single_p_values"]

CORRECTIONS = ("max", "holm", "fdr_bh", None)

# What half and twice of each constant change: benchmarks/thresholds.py.

#: The share of the level that components take where loops are tested too. With 0.2, 0.3, 0.4, 0.5
#: three blobs of 100 points are found in 81, 86, 91, 93% of draws, and rings of 50 with noise
#: 0.15 in 93, 93, 91, 88%.
COMPONENT_SHARE = 0.3


#: Up to here p-values against the largest of noise are tabulated.
KNOWN = 0.99


def degree_shares(n_degrees):
    """The share of the level that each degree takes, components first; they sum to 1."""
    if n_degrees == 1:
        return (1.0,)
    return (COMPONENT_SHARE, *[(1 - COMPONENT_SHARE) / (n_degrees - 1)] * (n_degrees - 1))


def single_p_values(p_values, n_bars):
    """The p-value of each bar alone, of those against the largest of `n_bars` bars of noise.

    As if the bars of noise were independent (Šidák): those of far places of a cloud are, and near
    ones seldom reach far into the tail together. Of bars that nearly all noise surpasses nothing is
    known but that, and they have 1.
    """
    p_values = np.asarray(p_values, dtype=float)
    with np.errstate(divide="ignore"):
        single = -np.expm1(np.log1p(-p_values) / max(n_bars, 1))
    return np.where(p_values > KNOWN, 1.0, single)


def correct(single, how, n_bars=None):
    """p-values of bars, corrected for all of them.

    Parameters
    ----------
    single : array of shape (n_shown,)
        The p-value of each bar alone.
    how : {"max", "holm", "fdr_bh", None}
    n_bars : int, default=None
        How many bars there are in all, if the others are known to have larger p-values.

    Returns
    -------
    ndarray of shape (n_shown,)
    """
    single = np.asarray(single, dtype=float)
    n = single.size if n_bars is None else max(n_bars, single.size)
    if how is None or not single.size:
        return single.copy()
    with np.errstate(divide="ignore"):
        below = np.log1p(-single)
    if how == "max":
        return -np.expm1(n * below)
    order = np.argsort(single, kind="stable")
    rank = np.arange(1, single.size + 1)
    if how == "holm":
        sorted_p = np.maximum.accumulate(-np.expm1((n - rank + 1) * below[order]))
    else:
        sorted_p = np.minimum.accumulate((single[order] * n / rank)[::-1])[::-1]
    corrected = np.empty(single.size)
    corrected[order] = np.minimum(sorted_p, 1.0)
    return corrected
