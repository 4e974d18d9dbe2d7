"""The null distribution of the largest ratio among holes of pure noise.

The law of persistence ratios of noise depends on dimension, degree and complex alone, not on
density or scale (Bobrowski, Skraba, Sci Rep 13:12274, 2023; arXiv:2406.05553). So that of the
largest one is simulated once, on uniform points of the unit cube, by
``benchmarks/make_null_table.py``, and shipped; for components on those of a box ten times as
long as wide, since gaps across a narrow shape are the widest. Loops of a cloud have a score, too
(`_scores.py`), whose largest of noise ``benchmarks/make_loop_table.py`` simulates: the complex is
then called "alpha loops" or "rips loops".

Beyond the 95% quantile of the simulations the log of the largest ratio has the tail of a
generalised Pareto law, as all exceedances of a high threshold do (Pickands, Ann. Statist. 3, 1975).
Its scale is fitted, as a straight line in the log of the number of points. Its shape is held at 0,
which is careful: in 20,000 to 60,000 simulations each of alpha and Rips loops, voids and components
the fitted one lay between -0.10 and -0.07. Where .01, .001 and .0001 are true there, p-values were
.0094 to .0099, .0010 to .0015 and .00006 to .0004 (``benchmarks/make_null_table.py --check``).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

__all__ = [
    "LEAST",
    "LEVELS",
    "LOOP_PATH",
    "TABLE_PATH",
    "THINNED_PATH",
    "UNTHINNED",
    "best_case_ratio",
    "null_p_values",
    "null_quantile",
    "thinning_groups",
]

TABLE_PATH = Path(__file__).parent / "null_table.json"
THINNED_PATH = Path(__file__).parent / "thinned_table.json"
LOOP_PATH = Path(__file__).parent / "loop_table.json"

#: Levels of the tabulated quantiles: finer where tests are decided.
LEVELS = [
    *[0.01, 0.025, *np.arange(0.05, 0.9, 0.05).round(2).tolist()],
    *[0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.975, 0.98, 0.9833, 0.985, 0.9875, 0.99],
    *[0.9925, 0.995, 0.9967, 0.998, 0.999, 0.9995],
]


#: The level of the quantile from which on the tail is fitted.
TAIL = 0.95
#: No p-value is below this: further out the fit is a guess.
LEAST = 1e-6

#: All points were taken.
UNTHINNED = ((1.0, 1.0),)
#: Landmarks that stand for numbers of points between these are one group.
EDGES = (1.5, 3.0, 6.0, 12.0, 30.0, 100.0)


def thinning_groups(thinning):
    """Pairs of share and number of points, from the number of points of each landmark."""
    factors = np.maximum(np.ravel(np.asarray(thinning, dtype=float)), 1.0)
    group = np.searchsorted(EDGES, factors)
    return tuple(
        (float((group == g).mean()), float(np.exp(np.log(factors[group == g]).mean())))
        for g in np.unique(group)
    )


def _column(cells):
    """Log sizes, log quantiles and the least number of simulations of the cells of one dimension.

    Beyond the 95% quantile they are those of the tail, whose scale is a straight line in the log of
    the size: one size alone has as few as 15 simulations there.
    """
    sizes = np.log([cell["n"] for cell in cells])
    quantiles = np.log([cell["quantiles"] for cell in cells])
    replicates = np.array([cell["replicates"] for cell in cells], dtype=float)
    starts, scales = np.array([_tail(row) for row in quantiles]).T
    if sizes.size >= 3 and (scales > 0).all():
        line = np.polyfit(sizes, scales, 1, w=np.sqrt(replicates))
        smooth = np.maximum(np.polyval(line, sizes), scales.min())
        levels = np.array(LEVELS)
        far = levels > TAIL
        quantiles[:, far] = starts[:, None] + np.outer(
            smooth, np.log((1 - TAIL) / (1 - levels[far]))
        )
    return sizes, quantiles, int(replicates.min())


@lru_cache(maxsize=1)
def _tables():
    """``{(complex, degree): {dimension: (log sizes, log quantiles, replicates)}}``, and spheres."""
    content = json.loads(TABLE_PATH.read_text())
    cells = {}
    # The script that makes it needs the others.
    scores = json.loads(LOOP_PATH.read_text())["scores"] if LOOP_PATH.exists() else []
    loops = [cell | {"complex": f"{cell['complex']} loops"} for cell in scores]
    for cell in content["null"] + loops:
        place = cells.setdefault((cell["complex"], cell["degree"]), {})
        place.setdefault(cell["dimension"], []).append(cell)
    nulls = {}
    for key, by_dimension in cells.items():
        nulls[key] = {d: _column(column) for d, column in sorted(by_dimension.items())}
    spheres = {}
    for cell in content["best_case"]:
        spheres.setdefault((cell["complex"], cell["degree"]), []).append(
            (cell["n"], cell["median"])
        )
    return nulls, spheres


@lru_cache(maxsize=1)
def _thinned_tables():
    """``{(complex, degree): {factor: {dimension: (log sizes, log quantiles, replicates)}}}``."""
    content = json.loads(THINNED_PATH.read_text())
    columns = {}
    for cell in content["thinned"]:
        place = columns.setdefault((cell["complex"], cell["degree"]), {})
        place = place.setdefault(float(cell["factor"]), {})
        place.setdefault(cell["dimension"], []).append(cell)
    return {
        key: {
            factor: {d: _column(column) for d, column in sorted(by_dimension.items())}
            for factor, by_dimension in sorted(by_factor.items())
        }
        for key, by_factor in columns.items()
    }


def _log_quantiles(complex, degree, dimension, n, factor=1.0):
    """Quantiles of the log of the largest ratio at `LEVELS`, and the number of replicates.

    Of landmarks that stand for `factor` points each: linear in its log, and beyond the largest that
    was simulated as at that one. There ratios hardly change: landmarks are a covering radius apart
    at least, so that inside a cloud without gaps none is above 2.
    """
    plain = _tables()[0][complex, degree]
    tables = {1.0: plain} | (_thinned_tables().get((complex, degree), {}) if factor > 1 else {})
    known = np.array(list(tables))
    factor = float(np.clip(factor, 1.0, known[-1]))
    above = int(np.searchsorted(known, factor))
    below = above if known[above] == factor else above - 1
    curves, replicates = zip(
        *(_at_size(tables[f], dimension, n) for f in (known[below], known[above])), strict=True
    )
    if above == below:
        return curves[0], replicates[0]
    weight = np.log(factor / known[below]) / np.log(known[above] / known[below])
    return (1 - weight) * curves[0] + weight * curves[1], min(replicates)


def _at_size(by_dimension, dimension, n):
    """The quantiles of one table, and the number of replicates.

    Linear in log n, beyond the table too (ratios grow slower than that, so the null is then
    too wide rather than too narrow), and linear in the dimension between integers. Dimensions
    beyond the table's take its last, whose ratios are larger.
    """
    known = np.array(list(by_dimension))
    dimension = float(np.clip(dimension, known[0], known[-1]))
    above = int(np.searchsorted(known, dimension))
    below = above if known[above] == dimension else above - 1
    weight = 0.0 if above == below else (dimension - known[below]) / (known[above] - known[below])
    curves, replicates = [], []
    for d in (known[below], known[above]):
        sizes, quantiles, count = by_dimension[int(d)]
        curves.append(_along_sizes(np.log(max(n, 2)), sizes, quantiles))
        replicates.append(count)
    return (1 - weight) * curves[0] + weight * curves[1], min(replicates)


def _along_sizes(x, sizes, quantiles):
    """Rows of `quantiles` at `x`: between the sizes linear, beyond the last with its slope."""
    if x <= sizes[-1] or sizes.size == 1:
        return np.array([np.interp(x, sizes, column) for column in quantiles.T])
    slope = (quantiles[-1] - quantiles[-2]) / (sizes[-1] - sizes[-2])
    return np.maximum.accumulate(quantiles[-1] + np.maximum(slope, 0.0) * (x - sizes[-1]))


def null_p_values(ratios, *, complex, degree, dimension, n, thinning=UNTHINNED):
    """The probability that the largest ratio of noise exceeds each of `ratios`.

    At least `LEAST`. It is 1 for loops and voids of fewer points than were simulated.
    """
    ratios = np.asarray(ratios)
    if degree > 0 and n < smallest_size(complex, degree):
        return np.ones(ratios.shape)
    above = _share_above(np.log(np.maximum(ratios, 1.0)), complex, degree, dimension, n, thinning)
    above[ratios <= 1] = 1.0  # no bar at all is what every cloud has
    return np.maximum(above, LEAST)


def _share_above(logs, complex, degree, dimension, n, thinning):
    """The share of the largest ratios of noise above each."""
    share_below = np.zeros(np.shape(logs))  # its log
    for share, factor in thinning:
        quantiles, replicates = _log_quantiles(complex, degree, dimension, n * share, factor)
        with np.errstate(divide="ignore"):
            share_below += np.log1p(-_above(logs, quantiles, replicates))
    return -np.expm1(share_below)


def _above(logs, quantiles, replicates):
    """The share of one law above each value: by its quantiles, and in the tail by the fit."""
    levels = np.concatenate([[0.0], LEVELS])
    points = np.maximum.accumulate(np.concatenate([[min(0.0, quantiles[0])], quantiles]))
    start, scale = _tail(quantiles)
    if scale > 0:
        tail = (1 - TAIL) * np.exp(-np.maximum(logs - start, 0.0) / scale)
    else:  # nothing is known but the number of simulations
        tail = np.full(np.shape(logs), 1 / (replicates + 1))
    return np.where(logs > start, tail, 1 - np.interp(logs, points, levels))


def _tail(quantiles):
    """Where the tail starts, and the scale of its exponential law: the mean excess."""
    start = quantiles[LEVELS.index(TAIL)]
    levels = np.array(LEVELS)
    far = levels >= TAIL
    expected = np.log((1 - TAIL) / (1 - levels[far]))
    widths = np.diff(levels[far])

    def mean(excess):
        return (widths * (excess[1:] + excess[:-1])).sum()

    scale = mean(quantiles[far] - start) / mean(expected)
    return start, float(scale)


def null_size(n, on_sphere):
    """The number of points whose noise is that of `n` points: directions have no border."""
    return 2 * n if on_sphere else n


def smallest_size(complex, degree):
    """The least number of points whose noise was simulated; of fewer nothing can be said."""
    return round(np.exp(min(sizes[0] for sizes, _, _ in _tables()[0][complex, degree].values())))


def null_quantile(level, *, complex, degree, dimension, n, thinning=UNTHINNED):
    """The ratio that the largest of noise exceeds with probability `level`."""
    if len(thinning) == 1:
        quantiles, _ = _log_quantiles(
            complex, degree, dimension, n * thinning[0][0], thinning[0][1]
        )
        start, scale = _tail(quantiles)
        if level < 1 - TAIL:
            return float(np.exp(start + scale * np.log((1 - TAIL) / level)))
        return float(np.exp(np.interp(1 - level, LEVELS, quantiles)))
    # Beyond the largest of these the groups together leave no more than `level`.
    each = level / len(thinning)
    highest = max(
        null_quantile(
            each, complex=complex, degree=degree, dimension=dimension, n=n, thinning=(group,)
        )
        for group in thinning
    )
    logs = np.linspace(0.0, np.log(highest), 2000)
    above = _share_above(logs, complex, degree, dimension, n, thinning)
    return float(np.exp(logs[np.argmax(above <= max(level, above[-1]))]))


def best_case_ratio(*, complex, degree, n):
    """Median ratio of the hole of `n` uniform points on a round sphere of dimension `degree`."""
    sizes, medians = np.array(_tables()[1][complex, degree]).T
    return float(np.exp(np.interp(np.log(max(n, 1)), np.log(sizes), np.log(medians))))
