"""Curves of the bars of many diagrams on a grid, in one compiled loop each.

Sample i has the bars ``offsets[i]:offsets[i + 1]``, and the grid is ascending. Steps may run to
infinity; tents have finite ends. Sums of steps and of tents change only at the ends of the bars, so
the cost does not grow with the length of the bars. Where no bar is alive the sums start again from
zero, so that rounding errors do not outlive the bars.
"""

import numpy as np

from ._compiled import compiled


@compiled
def sum_steps(low, high, weights, offsets, grid, open_below):
    """Sum of the weights of the bars that are alive at each grid value, (n_samples, n_values).

    A bar runs from `low` to `high` and is alive on ``[low, high)``, or on ``(low, high]`` where
    `open_below` is true.
    """
    n_samples, n, per_unit = offsets.size - 1, grid.size, _values_per_unit(grid)
    curves = np.zeros((n_samples, n))
    change, count = np.empty(n + 1), np.empty(n + 1, np.int64)
    for i in range(n_samples):
        change[:], count[:] = 0.0, 0
        for r in range(offsets[i], offsets[i + 1]):
            first = _place(grid, per_unit, low[r], open_below[r])
            last = _place(grid, per_unit, high[r], open_below[r])
            if first < last:
                change[first] += weights[r]
                change[last] -= weights[r]
                count[first] += 1
                count[last] -= 1
        value, alive = 0.0, 0
        for j in range(n):
            value += change[j]
            alive += count[j]
            if alive == 0:
                value = 0.0
            curves[i, j] = value
    return curves


@compiled
def mean_tents(births, deaths, weight_power, offsets, grid):
    """Mean of the tents over the bars, weighted by powers of the lifetimes, (n_samples, n_values).

    A bar may run either way; its tent at t is ``max(0, min(t - low, high - t))``.
    """
    n_samples, n, per_unit = offsets.size - 1, grid.size, _values_per_unit(grid)
    curves = np.zeros((n_samples, n))
    # What changes at a grid value: the sum of the tents, its slope, and how many there are.
    jump, bend, count = np.empty(n + 1), np.empty(n + 1), np.empty(n + 1, np.int64)
    for i in range(n_samples):
        jump[:], bend[:], count[:] = 0.0, 0.0, 0
        longest = total = 0.0
        for r in range(offsets[i], offsets[i + 1]):
            longest = max(longest, abs(deaths[r] - births[r]))
        for r in range(offsets[i], offsets[i + 1]):
            b, d = min(births[r], deaths[r]), max(births[r], deaths[r])
            # The mean is the same in any unit of weight; in this one no power overflows.
            w = (d - b) / longest
            if weight_power != 1.0:
                w **= weight_power
            total += w
            # Without its ends, where it is zero and may meet another one.
            first = _place(grid, per_unit, b, True)
            last = _place(grid, per_unit, d, False)
            if first >= last:
                continue
            top = _place(grid, per_unit, b + (d - b) / 2, False)
            jump[first] += w * (grid[first] - b)
            bend[first] += w
            count[first] += 1
            if top < n:
                jump[top] += w * ((d - grid[top]) - (grid[top] - b))
                bend[top] -= 2 * w
            if last < n:
                jump[last] -= w * (d - grid[last])
                bend[last] += w
                count[last] -= 1
        value, slope, alive = 0.0, 0.0, 0
        for j in range(n):
            if j > 0:
                value += slope * (grid[j] - grid[j - 1])
            value += jump[j]
            slope += bend[j]
            alive += count[j]
            if alive == 0:
                value, slope = 0.0, 0.0
            elif value > 0:
                curves[i, j] = value / total
    return curves


@compiled
def largest_tents(births, deaths, offsets, grid, n_layers):
    """The `n_layers` largest tents at each grid value, (n_samples, n_layers, n_values).

    A bar may run either way; its tent at t is ``max(0, min(t - low, high - t))``.
    """
    n_samples, n, per_unit = offsets.size - 1, grid.size, _values_per_unit(grid)
    layers = np.zeros((n_samples, n_layers, n))
    best = np.empty((n, n_layers))  # of one sample, largest first
    for i in range(n_samples):
        best[:] = 0.0
        for r in range(offsets[i], offsets[i + 1]):
            low, high = min(births[r], deaths[r]), max(births[r], deaths[r])
            first = _place(grid, per_unit, low, False)
            last = _place(grid, per_unit, high, False)
            for j in range(first, last):
                height = min(grid[j] - low, high - grid[j])
                k = n_layers - 1
                if height > best[j, k]:
                    while k > 0 and height > best[j, k - 1]:
                        best[j, k] = best[j, k - 1]
                        k -= 1
                    best[j, k] = height
        for k in range(n_layers):
            for j in range(n):
                layers[i, k, j] = best[j, k]
    return layers


@compiled
def _values_per_unit(grid):
    """Grid values per unit of length, on average; 0 if the grid has no length."""
    length = grid[-1] - grid[0] if grid.size else 0.0
    return (grid.size - 1) / length if length > 0 else 0.0


@compiled
def _place(grid, per_unit, value, after):
    """How many grid values are below `value`; with `after`, how many are below or equal to it.

    On an even grid the place is computed, and corrected for rounding. On any other it is searched.
    """
    n = grid.size
    if n == 0 or value < grid[0]:
        return 0
    if value > grid[n - 1]:
        return n
    place = min(int((value - grid[0]) * per_unit), n - 1)
    while place > 0 and (grid[place - 1] > value or (grid[place - 1] == value and not after)):
        place -= 1
    while place < n and (grid[place] < value or (grid[place] == value and after)):
        place += 1
    return place
