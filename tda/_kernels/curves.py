"""Curves of the bars of many diagrams on a grid, in one compiled loop each.

Sample i has the bars ``offsets[i]:offsets[i + 1]``, a bar runs from ``low`` to ``high``, both
finite, and the grid is ascending. Sums of steps and of tents are made from what changes at the
ends of the bars, so that their cost does not grow with the length of the bars; where no bar is
alive they start anew from zero, so that rounding does not outlive the bars.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def sum_steps(low, high, weights, offsets, grid, open_below):
    """Sum of the weights of the bars that are alive at each grid value, (n_samples, n_values).

    A bar is alive on ``[low, high)``, or on ``(low, high]`` where `open_below` is true.
    """
    n_samples, n = offsets.size - 1, grid.size
    curves = np.zeros((n_samples, n))
    change, count = np.empty(n + 1), np.empty(n + 1, np.int64)
    for i in range(n_samples):
        change[:], count[:] = 0.0, 0
        for r in range(offsets[i], offsets[i + 1]):
            first, last = _place(grid, low[r], open_below[r]), _place(grid, high[r], open_below[r])
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


@njit(cache=True, nogil=True)
def mean_tents(low, high, weights, offsets, grid):
    """Weighted mean of the tents ``max(0, min(t - low, high - t))``, (n_samples, n_values)."""
    n_samples, n = offsets.size - 1, grid.size
    curves = np.zeros((n_samples, n))
    # What changes at a grid value: the sum of the tents, its slope, and how many there are.
    jump, bend, count = np.empty(n + 1), np.empty(n + 1), np.empty(n + 1, np.int64)
    for i in range(n_samples):
        jump[:], bend[:], count[:] = 0.0, 0.0, 0
        total = 0.0
        for r in range(offsets[i], offsets[i + 1]):
            b, d, w = low[r], high[r], weights[r]
            total += w
            first, last = _place(grid, b, False), _place(grid, d, False)
            if first == last:
                continue
            top = _place(grid, b + (d - b) / 2, False)
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


@njit(cache=True, nogil=True)
def largest_tents(low, high, offsets, grid, n_layers):
    """The `n_layers` largest tents at each grid value, (n_samples, n_layers, n_values)."""
    n_samples, n = offsets.size - 1, grid.size
    layers = np.zeros((n_samples, n_layers, n))
    best = np.empty((n, n_layers))  # of one sample, largest first
    for i in range(n_samples):
        best[:] = 0.0
        for r in range(offsets[i], offsets[i + 1]):
            for j in range(_place(grid, low[r], False), _place(grid, high[r], False)):
                height = min(grid[j] - low[r], high[r] - grid[j])
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


@njit(cache=True, nogil=True)
def _place(grid, value, after):
    """How many grid values lie below `value`, or where `after` is true, below or at it.

    An even grid tells the place at once, but for rounding; any other one costs a walk.
    """
    n = grid.size
    if n == 0 or value < grid[0]:
        return 0
    if value > grid[n - 1]:
        return n
    place = 0
    if value > grid[0]:
        place = int((value - grid[0]) / (grid[n - 1] - grid[0]) * (n - 1))
    while place > 0 and (grid[place - 1] > value or (grid[place - 1] == value and not after)):
        place -= 1
    while place < n and (grid[place] < value or (grid[place] == value and after)):
        place += 1
    return place
