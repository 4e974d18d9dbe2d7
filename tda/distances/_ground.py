"""Distances in the ground norm: from bar to bar, and from a bar to the diagonal.

This file imports no other file of the room.
"""

from __future__ import annotations

import numpy as np

#: More pairs of bars than this and the table of their ways is not made: 400 MB.
MOST_PAIRS = 50_000_000


def diagonal_ways(bars, internal_p):
    """The distance of each bar from the diagonal, in the ground norm."""
    return 2.0 ** (1.0 / internal_p - 1.0) * np.ptp(bars, axis=1)


def ground_ways(A, B, internal_p):
    """The distance of each bar of `A` from each bar of `B`, in the ground norm, shape (n, m)."""
    return together(*(np.abs(A[:, None, end] - B[:, end]) for end in (0, 1)), internal_p)


def together(a, b, p):
    """The p-norm of each two of two arrays of non-negative numbers."""
    if p == np.inf:
        return np.maximum(a, b)
    if p == 1:
        return a + b
    if p == 2:
        return np.hypot(a, b)
    # In units of the larger of the two, so that no power runs out of the range of floating point.
    larger, smaller = np.maximum(a, b), np.minimum(a, b)
    real = (larger > 0) & (larger < np.inf)
    share = np.divide(smaller, larger, out=np.zeros_like(larger), where=real)
    return larger * (1.0 + share**p) ** (1.0 / p)


def norm(ways, order):
    """The `order`-norm of non-negative numbers, to the last bit the same in any order of them."""
    ways = np.sort(ways)
    top = ways.max(initial=0.0)
    if order == np.inf:
        return float(top)
    if order == 1 or top == 0 or top == np.inf:
        return float(ways.sum())
    return float(top * ((ways / top) ** order).sum() ** (1.0 / order))
