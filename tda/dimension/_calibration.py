"""From raw dimensions to true ones, by shapes whose dimension is known.

TwoNN and Gride assume that the directions around a point are filled evenly. In many dimensions
nearly every point is near the border of the data, and the estimate is too low: it is 15 for a cube
of 20 dimensions. How much too low was simulated for balls, spheres, cubes and Gaussians
(``benchmarks/make_dimension_table.py``), and is corrected here.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from ._base import NORMAL_95
from ._scales import NEAR, SCALES

__all__ = ["SHAPES", "TABLE_PATH", "Calibrated", "calibrate", "calibrate_values"]

TABLE_PATH = Path(__file__).with_name("calibration_table.json")
SHAPES = ("ball", "sphere", "cube", "gaussian")
# What half and twice of each constant change: benchmarks/thresholds.py.

#: How far, in logarithms, the spread of a cloud may be from that of a shape like it.
#: Halved or doubled, one interval of 66 at most changes whether it holds the truth.
SPREAD_SLACK = 0.06
#: Below the table's sizes the logarithm of the dimension at the finest scale deviates by this over
#: the root of the number of points: measured on the four shapes, 4 to 24 points, 1 to 8 dimensions.
FEW = 1.45


class Calibrated(NamedTuple):
    """Logarithms of dimensions, by scale.

    Attributes
    ----------
    by_shape : array of shape (n_shapes, n_scales)
        As if the cloud were a ball, a sphere, a cube, a Gaussian.
    weights : array of shape (n_shapes,)
        How much it is like each; they add up to 1.
    deviations : array of shape (n_scales,)
        Standard deviation between clouds of one shape.
    """

    by_shape: np.ndarray
    weights: np.ndarray
    deviations: np.ndarray

    @property
    def mean(self):
        return self.weights @ self.by_shape


@lru_cache(maxsize=1)
def _table():
    table = json.loads(TABLE_PATH.read_text(encoding="utf-8"))
    return {
        key: table[key] if key == "shapes" else np.array(table[key], dtype=float) for key in table
    }


def calibrate(statistics):
    """True dimensions from raw ones.

    The variation of the distances to the neighbours shows which of the four shapes a cloud is most
    like. It is smallest on a sphere, where the density is constant and there is no border, and
    largest for a Gaussian. Any other cloud is treated like the most similar of the four.

    Parameters
    ----------
    statistics : ScaleStatistics

    Returns
    -------
    Calibrated
    """
    table = _table()
    at = np.searchsorted(SCALES, statistics.scales)
    log_d = np.log(table["dimensions"])
    log_n = np.log(statistics.n_points)
    with np.errstate(divide="ignore"):
        raw = np.log(statistics.dimensions)
        spreads = np.log(statistics.spreads)
    # (shapes, scales, dimensions): what the raw dimension would be
    expected = _at_size(table["log_ratio"][:, at], table["sizes"], log_n) + log_d
    expected = np.maximum.accumulate(expected, axis=2)
    by_shape = np.array(
        [
            [float(_invert(raw[i], expected[f, i], log_d)) for i in range(len(at))]
            for f in range(len(expected))
        ]
    )
    spread_at = _at_size(table["log_spread"], table["sizes"], log_n)
    misfit = np.zeros(len(expected))
    if np.isfinite(spreads).all():
        for f, d in enumerate(by_shape[:, 0]):
            usual = [np.interp(d, log_d, row) - d for row in spread_at[f]]
            misfit[f] = np.sum((spreads - usual) ** 2)
    slack = SPREAD_SLACK**2 + 2 / statistics.n_points
    weights = np.exp(-0.5 * (misfit - misfit.min()) / slack)
    deviations = _at_size(table["deviation"].T[at, :, None], table["sizes"], log_n)[:, 0]
    # They fall as the root of the number of points, below the table's sizes and above.
    least, most = np.log(table["sizes"][0]), np.log(table["sizes"][-1])
    deviations = deviations * np.exp(-0.5 * (log_n - np.clip(log_n, least, most)))
    if statistics.n_points < table["sizes"][0]:
        deviations = np.maximum(deviations, FEW / np.sqrt(statistics.n_points))
        # Student's law is wider than the normal one that intervals are made of.
        deviations = deviations * stdtrit(statistics.n_points - 1, 0.975) / NORMAL_95
    of_some = 2 * statistics.scales <= NEAR
    deviations[of_some] *= np.sqrt(statistics.n_points / statistics.n_asked)
    deviations = np.hypot(deviations, statistics.errors)
    return Calibrated(by_shape, weights / weights.sum(), deviations)


def calibrate_values(values, index, statistics, weights):
    """True dimensions from raw ones of single points, at the scale of this index."""
    table = _table()
    log_d = np.log(table["dimensions"])
    log_n = np.log(statistics.n_points)
    at = int(np.searchsorted(SCALES, statistics.scales[index]))
    total = np.zeros(np.shape(values))
    with np.errstate(divide="ignore"):
        raw = np.log(values)
    for weight, grid in zip(weights, table["log_ratio"][:, at], strict=True):
        if weight > 1e-6:
            expected = np.maximum.accumulate(_at_size(grid, table["sizes"], log_n) + log_d)
            total += weight * _invert(raw, expected, log_d)
    return np.exp(total / weights[weights > 1e-6].sum())


def _at_size(grid, sizes, log_n):
    """Interpolate (..., sizes, m) to one size; beyond the last size, along the last step."""
    position = np.interp(log_n, np.log(sizes), np.arange(len(sizes)))
    i = min(int(position), len(sizes) - 2)
    share = position - i
    if log_n > np.log(sizes[-1]):
        share = 1 + (log_n - np.log(sizes[-1])) / np.log(sizes[-1] / sizes[-2])
    value = (1 - share) * grid[..., i, :] + share * grid[..., i + 1, :]
    # Farther out the raw dimension comes near the true one and not above it.
    return np.where(share > 1, np.maximum(np.minimum(value, 0), grid[..., -1, :]), value)


def _invert(value, expected, log_d):
    """Where a rising function, known on a grid, takes a value; beyond the grid by its ends."""
    value = np.asarray(value)
    rise = max((expected[-1] - expected[-2]) / (log_d[-1] - log_d[-2]), 0.5)
    below, above = np.minimum(value - expected[0], 0), np.maximum(value - expected[-1], 0)
    return np.interp(value, expected, log_d) + below + above / rise
