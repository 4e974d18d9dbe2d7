"""How prominent the peaks of noise are: the null distribution of the largest prominence.

The logarithm of a density estimate from k neighbours scatters by about 1 / sqrt(k), whatever the
density. So does the prominence of a peak that is chance alone, and the law of the largest one
hangs on the number of neighbours and on how many neighbourhoods there are, n / k. It was simulated
by ``benchmarks/make_mode_table.py`` on even points of an interval and of boxes of two and three
dimensions, ten times as long as wide: peaks are the more prominent the fewer ways lead around a
gap. Of the three the largest quantile counts.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

__all__ = ["LEVELS", "TABLE", "null_p_values", "piece_p_value"]

TABLE = Path(__file__).parent / "mode_table.json"
#: Levels of the tabulated quantiles.
LEVELS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 0.995]


@lru_cache(maxsize=1)
def _table():
    table = json.loads(TABLE.read_text())
    return {key: np.array(values) for key, values in table.items()}


def _at(values, n, k):
    """Rows of a table over neighbours and neighbourhoods, between its places linear in logs.

    Beyond the last number of neighbourhoods it goes on with its last slope, else it ends.
    """
    table = _table()
    x, xs = np.log(max(n / k, 1.0)), np.log(table["neighborhoods"])
    y, ys = np.log(k), np.log(table["neighbors"])
    rows = []
    for row in values:  # one for each number of neighbours
        at = np.array([np.interp(x, xs, column) for column in row.T])
        if x > xs[-1]:
            slope = np.maximum(row[-1] - row[-2], 0.0) / (xs[-1] - xs[-2])
            at = row[-1] + slope * (x - xs[-1])
        rows.append(at)
    rows = np.array(rows)
    return np.array([np.interp(y, ys, column) for column in rows.T])


def null_p_values(prominences, *, n, k):
    """The probability that the largest prominence of noise exceeds each of `prominences`.

    Parameters
    ----------
    prominences : array of shape (n_peaks,)
        Differences of log density, from `neighbor_log_density`.
    n, k : int
        The number of points, and of neighbours.

    Returns
    -------
    array of shape (n_peaks,)
        At least 1 / (number of simulations + 1).
    """
    table = _table()
    quantiles = np.maximum.accumulate(_at(table["quantiles"], n, k))
    points = np.concatenate([[-1e-9], np.maximum(quantiles, 0.0), [quantiles[-1] + 1e-9]])
    points = np.maximum.accumulate(points + 1e-12 * np.arange(len(points)))
    levels = np.concatenate([[0.0], LEVELS, [1.0]])
    below = np.interp(np.asarray(prominences) * np.sqrt(k), points, levels)
    return np.maximum(1 - below, 1 / (float(table["replicates"]) + 1))


def piece_p_value(*, n, k):
    """The probability that the graph of k neighbours of n points of noise is in pieces."""
    table = _table()
    found = float(_at(table["in_pieces"][:, :, None], n, k)[0])
    return float(np.clip(found, 1 / (float(table["replicates"]) + 1), 1.0))
