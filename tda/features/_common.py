"""What every vectorisation needs: bars in flat arrays, essential classes, ranges and grids.

This file imports no other file of the room.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .._bars import (
    all_bars,
    bars_by_sample,
    check_bars,
    check_degrees,
    check_fit_diagrams,
)

__all__ = [
    "Bars",
    "all_bars",
    "bars_by_sample",
    "bars_of",
    "check_bars",
    "check_degrees",
    "check_finite_bars",
    "check_fit_diagrams",
    "check_grid",
    "check_range",
    "check_result",
    "end_essential",
    "finite_bars",
    "make_grid",
    "on_any_grid",
    "one_sample",
    "shortest_labels",
    "sum_alive",
    "value_range",
]

# -- input -------------------------------------------------------------------------------------


def check_range(value, name):
    """Return a user's range as two finite floats, the first one smaller."""
    if np.shape(value) != (2,):
        raise ValueError(f'{name}={value!r}; it must be "auto" or two numbers (low, high).')
    low, high = (float(v) for v in value)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"{name}={value!r}, but it needs finite numbers with low < high.")
    return low, high


def check_finite_bars(bars, name="bars"):
    """The same as `check_bars`, and raise ValueError for essential classes."""
    bars = check_bars(bars, name)
    if not np.isfinite(bars).all():
        raise ValueError(
            f"{name} holds infinite values: drop essential classes or give them a finite death."
        )
    return bars


def check_grid(grid):
    """Return filtration values as a float array of shape (n_values,), in any order."""
    grid = np.asarray(grid, dtype=float)
    if grid.ndim != 1 or np.isnan(grid).any():
        raise ValueError(
            f"grid must be filtration values of shape (n_values,), without NaN; got {grid!r}."
        )
    return grid


def check_result(values, diagrams, name, power=1.0):
    """Return features, or raise ValueError where floats cannot hold them.

    Parameters
    ----------
    values : ndarray
    diagrams : Diagrams, Diagram or Bars
    name : str
        Of the feature.
    power : float
        The highest power of the unit of the diagrams that occurs in the values.
    """
    ends = np.abs(np.concatenate([diagrams.births, diagrams.deaths]))
    largest = float(np.max(ends, initial=0.0, where=np.isfinite(ends)))
    lost = 0 < largest < 1 and power * np.log10(largest) < -300
    if lost or not np.isfinite(values).all():
        raise ValueError(
            f"the bars reach to {largest:.3g}, where {name} is out of the range of floating "
            "point: scale the diagrams first, for example with DiagramScaler before fit, or the "
            "data that they come from."
        )
    return values


# -- bars of one degree ------------------------------------------------------------------------


class Bars(NamedTuple):
    """Bars of one degree of many samples; sample i has ``offsets[i]:offsets[i + 1]``."""

    births: np.ndarray
    deaths: np.ndarray
    offsets: np.ndarray

    @property
    def lifetimes(self):
        with np.errstate(over="ignore"):  # what is infinite then is refused by `check_result`
            return np.abs(self.deaths - self.births)

    @property
    def samples(self):
        """Which sample each bar belongs to."""
        return np.repeat(np.arange(self.offsets.size - 1), np.diff(self.offsets))

    def where(self, keep):
        """The bars where a mask is true."""
        if keep.all():
            return self
        ends = np.concatenate([[0], np.cumsum(keep)])[self.offsets]
        return Bars(self.births[keep], self.deaths[keep], ends)

    def read_only(self):
        """Views for a kernel, to which arrays that can be written are of another type."""
        views = Bars(*(array.view() for array in self))
        for array in views:
            array.flags.writeable = False
        return views

    def by_sample(self):
        """The bars of each sample in turn, (n_bars, 2).

        Each is a copy, so that no result can depend on the other samples.
        """
        bars = np.column_stack([self.births, self.deaths])
        return (bars[a:b].copy() for a, b in pairwise(self.offsets))

    def totals(self, values):
        """Sum of one value per bar over each sample, bar after bar, whatever the batch."""
        sums = np.bincount(self.samples, weights=values, minlength=self.offsets.size - 1)
        return sums.astype(float, copy=False)  # without any bar they would be integers

    def largest(self, values):
        """Largest of one value per bar in each sample, 0 where there is none."""
        largest = np.zeros(self.offsets.size - 1)
        np.maximum.at(largest, self.samples, values)
        return largest

    def unit(self, values):
        """A power of two near the largest value of each sample, 1 where there is none.

        In such a unit no square or sum leaves the range of floating point, and no digit changes.
        """
        return np.ldexp(1.0, np.clip(np.frexp(self.largest(values))[1], -1000, 1000))

    def ascending(self, values):
        """One value per bar, in ascending order within each sample."""
        values = np.array(values)
        for start, end in pairwise(self.offsets):
            values[start:end].sort()  # many short sorts take far less than one by two keys
        return values

    def longest(self, n):
        """Lifetimes of the n longest bars, falling, filled up with zeros, (n_samples, n)."""
        lifetimes = self.ascending(self.lifetimes)
        counts = np.minimum(np.diff(self.offsets), n)
        rank = np.arange(n)
        there = rank < counts[:, None]
        longest = np.zeros(there.shape)
        longest[there] = lifetimes[(self.offsets[1:, None] - 1 - rank)[there]]
        return longest


def bars_of(diagrams, degree):
    """Return the bars of one degree of all samples as flat `Bars`."""
    return Bars(diagrams.births, diagrams.deaths, diagrams.offsets).where(diagrams.dims == degree)


def one_sample(bars):
    """An (n_bars, 2) array as `Bars` of one sample, without bars of length zero."""
    bars = bars[bars[:, 0] != bars[:, 1]]
    return Bars(bars[:, 0].copy(), bars[:, 1].copy(), np.array([0, len(bars)]))


# -- essential classes -------------------------------------------------------------------------


def value_range(*values):
    """Smallest and largest finite value; ``(inf, -inf)`` where there is none."""
    low, high = np.inf, -np.inf
    for some in values:
        finite = np.isfinite(some)
        low = some.min(initial=low, where=finite)
        high = some.max(initial=high, where=finite)
    return float(low), float(high)


def end_essential(births, deaths, ends):
    """Deaths, with ``inf`` replaced by the high end and ``-inf`` by the low end.

    A class born beyond its end gets no length rather than a reversed bar.
    """
    low, high = ends
    deaths = np.where(deaths == np.inf, np.maximum(high, births), deaths)
    return np.where(deaths == -np.inf, np.minimum(low, births), deaths)


def finite_bars(bars, essential, ends):
    """`Bars` after the policy for essential classes: "drop", or "clamp" to the learned ends."""
    if essential == "clamp":
        bars = bars._replace(deaths=end_essential(bars.births, bars.deaths, ends))
    finite = np.isfinite(bars.births) & np.isfinite(bars.deaths)
    return bars.where(finite & (bars.births != bars.deaths))


# -- grids -------------------------------------------------------------------------------------


def make_grid(bars, range, n_bins):
    """Evenly spaced filtration values over a user's range, or "auto" over the finite values."""
    if not isinstance(range, str):
        return np.linspace(*check_range(range, "range"), n_bins)
    low, high = value_range(bars.births, bars.deaths)
    if low > high:
        low, high = 0.0, 1.0
    # Values that agree up to rounding would give grid points that are equal in floating point.
    scale = max(abs(low), abs(high))
    if scale > 1e300:
        raise ValueError(
            f"the bars reach to {scale:.3g}, which is out of the range of floating point for a "
            "grid: scale the diagrams first, leave such bars out, or give a range."
        )
    if not high - low > 1e-9 * scale:
        high = low + max(1.0, scale)
    return np.linspace(low, high, n_bins)


def sum_alive(bars, grid, weights=None):
    """Sum of the weights of the bars alive at each value of an ascending grid; else their number.

    Alive is ``[birth, death)``, downward ``(death, birth]``. Shape (n_samples, n_values).
    """
    from .._kernels.curves import sum_steps

    down = bars.births > bars.deaths
    low, high = np.minimum(bars.births, bars.deaths), np.maximum(bars.births, bars.deaths)
    weights = np.ones(low.size) if weights is None else weights
    return sum_steps(low, high, weights, bars.read_only().offsets, grid, down)


def on_any_grid(curves, grid):
    """Evaluate `curves`, a function of an ascending grid, on one in any order (last axis)."""
    order = np.argsort(grid, kind="stable")
    values = curves(grid[order])
    return values[..., np.argsort(order, kind="stable")]


def shortest_labels(values):
    """Write numbers with as few digits, three or more, as keep them apart."""
    for digits in (3, 4, 5, 6, 8, 10, 12, 17):
        labels = [f"{value + 0.0:.{digits}g}" for value in values]
        if len(set(labels)) == len(labels):
            break
    return labels
