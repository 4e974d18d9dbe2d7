"""Intervals for birth and death of each hole, and how often it is there again."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from sklearn.utils import check_random_state

from ..._html import bar_chart
from ..._progress import progress
from ..._report import Report
from ..._words import amount, degree_name, listed
from ...diagrams import Diagram
from ._cloud import block_length, check_integer, check_level, cloud_of

__all__ = ["HoleIntervals", "hole_intervals"]

#: A bar of a half is the same hole if the two overlap by this share of what either covers.
OVERLAP = 0.5


@dataclass(frozen=True, eq=False)
class HoleIntervals(Report):
    """What `hole_intervals` found; prints as a verdict and a row for each hole.

    Attributes
    ----------
    bars : ndarray of int, shape (n_holes,)
        Indices into `diagram`, the longest bars of each degree first.
    births, deaths : ndarrays of shape (n_holes, 3)
        The value, and the ends of its interval.
    prevalence : ndarray of shape (n_holes,)
        The share of the halves in which the hole is there again.
    level : float
        The chance that an interval misses.
    n_resamples : int
    diagram : Diagram
    """

    bars: np.ndarray
    births: np.ndarray
    deaths: np.ndarray
    prevalence: np.ndarray
    level: float
    n_resamples: int
    diagram: Diagram = field(repr=False)

    @property
    def verdict(self):
        """Which holes most halves of the cloud have too, in words."""
        dims = self.diagram.dims[self.bars]
        often = self.prevalence >= 0.9
        degrees = range(1, self.diagram.max_dimension + 1)
        counts = [amount(int((often & (dims == k)).sum()), k) for k in degrees]
        found = listed(counts) if counts else "No hole"
        return (
            f"{found} in at least 90% of {self.n_resamples} halves of the cloud; "
            f"intervals of {1 - self.level:.0%}."
        )

    _names = ("bar",)

    def _rows(self):
        rows = zip(self.bars, self.births, self.deaths, self.prevalence, strict=True)
        return [
            {
                "bar": int(bar),
                "hole": degree_name(int(self.diagram.dims[bar]), 1),
                "birth": birth[0],
                "birth_low": birth[1],
                "birth_high": birth[2],
                "death": death[0],
                "death_low": death[1],
                "death_high": death[2],
                "prevalence": share,
            }
            for bar, birth, death, share in rows
        ]

    def _columns(self):
        return {
            "bar": ("bar", "d"),
            "hole": ("hole", "s"),
            "birth": ("birth", ".3g"),
            "from": ("birth_low", ".3g"),
            "to": ("birth_high", ".3g"),
            "death": ("death", ".3g"),
            "from ": ("death_low", ".3g"),
            "to ": ("death_high", ".3g"),
            "prevalence": ("prevalence", ".0%"),
        }

    def _figure(self):
        rows = self._rows()
        return bar_chart(
            [f"{row['hole']} {row['bar']}" for row in rows],
            [row["prevalence"] for row in rows],
            low=0.0,
            high=1.0,
            label="prevalence",
        )


def hole_intervals(
    X,
    *,
    complex="auto",
    max_dimension=None,
    n_holes=5,
    level=0.05,
    dependence=None,
    n_resamples=100,
    random_state=None,
    verbose=False,
):
    """Intervals for the birth and the death of each hole, and its prevalence among halves.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    complex : {"auto", "alpha", "rips"}, default="auto"
    max_dimension : {0, 1, 2}, default=None
        As in `count_holes`.
    n_holes : int, default=5
        So many of the longest bars of each degree from 1 on.
    level : float, default=0.05
        The chance that an interval misses.
    dependence : "auto", int or None, default=None
        Over how many rows they depend on one another, as in `count_holes`: whole blocks of so many
        are taken or left out.
    n_resamples : int, default=100
        How many halves are drawn.
    random_state : int, RandomState or None, default=None
    verbose : bool, default=False

    Returns
    -------
    HoleIntervals

    Raises
    ------
    ValueError
        For a cloud of fewer than 8 distinct points, or a parameter out of its range.

    Notes
    -----
    What half of the points, drawn without replacement, differ from all is distributed as what all
    differ from the truth, for whatever converges with the root of the number of points (the
    delete-half jackknife, Shao, Wu, Ann. Statist. 17, 1989). So the interval of a value is the
    value minus the quantiles of its differences in the halves. Those are taken from their median:
    with fewer points every hole is born later, and the interval is for the birth among as many
    points as there are. The birth hangs on single gaps and converges faster, so that its interval
    is too wide rather than too narrow.

    A hole is there again in a half if a bar of its degree overlaps with it by half of what the two
    cover together, and dies within the hole, where that is known: the place where it is filled last
    is no farther from that of the hole than the death (a radius). Each bar stands for one
    hole. Values of halves without it are left out.

    Examples
    --------
    >>> from tda.holes import hole_intervals
    >>> from tda.datasets import make_annulus
    >>> found = hole_intervals(make_annulus(200, random_state=0), n_holes=1, random_state=0)
    >>> bool(found.deaths[0, 1] < found.deaths[0, 0] < found.deaths[0, 2])
    True
    >>> bool(found.prevalence[0] > 0.9)
    True
    """
    check_level(level)
    check_integer("n_holes", n_holes)
    check_integer("n_resamples", n_resamples, 2)
    rng = check_random_state(random_state)
    cloud = cloud_of(X, complex, max_dimension, least=8)
    diagram = cloud.diagram(representatives=True)
    bars = np.concatenate(
        [_longest(diagram, k, n_holes) for k in range(1, diagram.max_dimension + 1)]
        or [np.zeros(0, dtype=int)]
    )
    length = block_length(cloud.rows, dependence)
    found = np.full((n_resamples, len(bars), 2), np.nan)
    for i in progress(range(n_resamples), label="halves", shown=verbose):
        half = cloud.rows[_half(len(cloud.rows), length, rng)]
        half = half[np.sort(np.unique(half, axis=0, return_index=True)[1])]
        if len(half) < 3:
            continue
        other = cloud.diagram(half, representatives=True)
        for k in np.unique(diagram.dims[bars]):
            own = np.flatnonzero(diagram.dims[bars] == k)
            match = _matched(diagram, bars[own], cloud.X, other, half, int(k), cloud.scale)
            for place, bar in zip(own, match, strict=True):
                if bar >= 0:
                    found[i, place] = other.births[bar], other.deaths[bar]
    there = ~np.isnan(found[:, :, 0])
    return HoleIntervals(
        bars=bars,
        births=_intervals(diagram.births[bars], found[:, :, 0], level),
        deaths=_intervals(diagram.deaths[bars], found[:, :, 1], level),
        prevalence=there.mean(axis=0),
        level=level,
        n_resamples=n_resamples,
        diagram=diagram,
    )


def _longest(diagram, degree, n):
    bars = np.flatnonzero((diagram.dims == degree) & np.isfinite(diagram.deaths))
    return bars[np.argsort(-diagram.lifetimes[bars], kind="stable")[:n]]


def _half(n, length, rng):
    """Half of the rows, in blocks of `length` from a random start."""
    if length == 1:
        return np.sort(rng.choice(n, n - n // 2, replace=False))
    blocks = np.array_split(np.roll(np.arange(n), rng.randint(length)), max(n // length, 2))
    kept = rng.choice(len(blocks), len(blocks) - len(blocks) // 2, replace=False)
    return np.sort(np.concatenate([blocks[i] for i in kept]))


def _matched(diagram, bars, X, other, half, degree, scale):
    """For each hole the bar of another cloud that is the same, or -1."""
    from scipy.optimize import linear_sum_assignment

    theirs = np.flatnonzero((other.dims == degree) & np.isfinite(other.deaths))
    match = np.full(len(bars), -1)
    if not (theirs.size and len(bars)):
        return match
    low = np.maximum(diagram.births[bars][:, None], other.births[theirs])
    high = np.minimum(diagram.deaths[bars][:, None], other.deaths[theirs])
    whole = np.maximum(diagram.deaths[bars][:, None], other.deaths[theirs]) - np.minimum(
        diagram.births[bars][:, None], other.births[theirs]
    )
    shared = np.clip(high - low, 0, None) / np.maximum(whole, np.finfo(float).tiny)
    where, there = _middles(diagram, bars, X), _middles(other, theirs, half)
    if where is not None and there is not None:
        apart = np.linalg.norm(where[:, None] - there, axis=-1)
        shared = np.where(apart <= diagram.deaths[bars][:, None] / scale, shared, 0.0)
    mine, yours = linear_sum_assignment(-shared)
    good = shared[mine, yours] >= OVERLAP
    match[mine[good]] = theirs[yours[good]]
    return match


def _middles(diagram, bars, X):
    """Where each bar ends, or None where it is not known.

    Of alpha complexes the centre of the sphere through the simplex, of Rips the mean of its points.
    """
    if diagram.death_simplices is None:
        return None
    return np.array([_middle(X[simplex[simplex >= 0]], diagram.filtration)
                     for simplex in diagram.death_simplices[bars]])  # fmt: skip


def _middle(points, filtration):
    if filtration == "rips":
        return points.mean(axis=0)
    sides = points[1:] - points[0]
    half = 0.5 * (sides**2).sum(axis=1)
    return points[0] + np.linalg.lstsq(sides, half, rcond=None)[0]


def _intervals(values, found, level):
    """The value, and what is left and right of it minus the quantiles of the differences."""
    result = np.column_stack([values, values, values]).astype(float)
    for j in range(len(values)):
        there = found[:, j][~np.isnan(found[:, j])]
        if there.size < 2:
            result[j, 1:] = np.nan
            continue
        low, high = np.quantile(there - np.median(there), [level / 2, 1 - level / 2])
        result[j, 1:] = values[j] - high, values[j] - low
    return result
