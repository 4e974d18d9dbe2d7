"""The last correction of a calibrated dimension, by what neighbourhoods look like.

The calibration knows four flat shapes of even density or a bell. Data is bent, thins out, has
clusters. How far the calibrated dimension is then off was simulated for thousands of clouds of many
kinds (``benchmarks/make_dimension_correction.py``), and a smooth function of the numbers of
`surroundings` was fitted to it. Where a cloud is like none of them the correction goes to nothing.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ._base import NORMAL_95

__all__ = ["FEWEST", "TABLE_PATH", "Correction", "correct", "error_terms", "kernel"]

TABLE_PATH = Path(__file__).with_name("correction_table.json")
#: Clouds of fewer points are not corrected: below, chance is larger than what is known of shapes.
FEWEST = 100


class Correction(NamedTuple):
    """By how much the logarithm of a dimension is to change, and its standard deviation then."""

    log_factor: float
    deviation: float


@lru_cache(maxsize=1)
def _table():
    table = json.loads(TABLE_PATH.read_text(encoding="utf-8"))
    return {key: np.array(value, dtype=float) for key, value in table.items()}


def correct(numbers):
    """The correction of a cloud with these numbers.

    None where they are degenerate, or the dimension is larger than those that were simulated.

    Parameters
    ----------
    numbers : array of shape (n_names,)
        As from `surroundings`.

    Returns
    -------
    Correction or None
    """
    table = _table()
    if not np.isfinite(numbers).all() or numbers[0] > table["high"][0]:
        return None
    inside = np.clip(numbers, table["low"], table["high"])
    standard = (inside - table["middle"]) / table["scale"]
    weights = kernel(standard[None], table["centres"], float(table["width"]))
    most = float(table["most"])
    log_factor = float(np.clip(weights[0] @ table["coefficients"], -most, most))
    terms = error_terms(inside[None], weights)
    deviation = (
        np.exp(terms[0] @ table["error_coefficients"]) * float(table["quantile"]) / NORMAL_95
    )
    return Correction(log_factor, float(deviation))


def kernel(standard, centres, width):
    """Gaussian weights of centres at clouds, (n_clouds, n_centres), in standard units."""
    squares = (standard**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
    return np.exp(-np.maximum(squares - 2 * standard @ centres.T, 0) / (2 * width**2))


def error_terms(inside, weights):
    """What the size of the error that is left depends on, (n_clouds, n_terms).

    The dimension, the number of points, how the curve rises or falls, and how far the cloud is from
    all centres.
    """
    log_d, log_n = inside[:, 0], inside[:, 1]
    bend = inside[:, 2:8]
    far = -np.log(np.maximum(weights.max(axis=1), 1e-6))
    columns = [np.ones_like(log_d), log_d, log_d**2, log_n, log_n**2, log_d * log_n]
    return np.column_stack([*columns, np.abs(bend[:, 4]), np.abs(bend[:, 2]), far])
