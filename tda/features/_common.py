"""What every vectorisation needs: its degrees, the bars of one degree, and checked ranges.

A leaf of this room; it knows no method.
"""

from __future__ import annotations

import numpy as np

from ..diagrams._bars import (
    all_bars,
    bars_by_sample,
    check_bars,
    check_degrees,
    check_fit_diagrams,
)

__all__ = [
    "all_bars",
    "bars_by_sample",
    "check_bars",
    "check_degrees",
    "check_fit_diagrams",
    "check_range",
]


def check_range(value, name):
    """Return a user's range as two finite floats, the first one smaller."""
    if np.shape(value) != (2,):
        raise ValueError(f'{name}={value!r}, but it is "auto" or two numbers (low, high).')
    low, high = (float(v) for v in value)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"{name}={value!r}, but it needs finite numbers with low < high.")
    return low, high
