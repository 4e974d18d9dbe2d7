"""Corrections of p-values for the number of tests."""

from __future__ import annotations

import numpy as np

__all__ = ["holm"]


def holm(p_values):
    """Holm's correction: the chance of one false rejection among all stays below the level."""
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return corrected
