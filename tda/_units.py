"""Units that are powers of two: to divide by one changes no digit."""

from __future__ import annotations

import numpy as np

__all__ = ["in_range", "power_of_two", "unit_of"]


def power_of_two(size):
    """A power of two near a size, to divide by without rounding; 1 for 0."""
    return float(2.0 ** np.round(np.log2(size))) if size > 0 else 1.0


def unit_of(length):
    """A power of two near a length that is very small or very large; else 1."""
    if length == 0 or 1e-10 <= length <= 1e10:
        return 1.0
    return float(2.0 ** np.clip(np.floor(np.log2(length)), -1000, 1000))


def in_range(values, unit, power):
    """``values * unit**power``, or ValueError where that is out of the range of floating point."""
    half = np.exp2(np.log2(unit) * power / 2)
    with np.errstate(over="ignore", under="ignore"):
        result = np.where(values == 0, 0.0, values * half * half)
    if not np.isfinite(result).all() or ((result == 0) & (values != 0)).any():
        raise ValueError(
            "the values are out of the range of floating point for diagrams of this scale and "
            "these options: divide the diagrams by their scale first, or take a lower power."
        )
    return result
