"""Edges of the natural visibility graph of a series."""

import numpy as np

from ._compiled import compiled, watch


@compiled
def natural_edges(values):
    """Pairs of steps that see each other over all between them, as two arrays, first < second.

    The highest value of a stretch hides its two sides from each other; so what it sees is listed,
    and the sides are looked at in the same way.
    """
    n = values.size
    first, second = np.empty(4 * n + 4, np.int32), np.empty(4 * n + 4, np.int32)
    n_edges, clock = 0, 0
    starts, stops = np.empty(n + 2, np.int64), np.empty(n + 2, np.int64)
    starts[0], stops[0] = 0, n
    size = 1
    while size:
        clock = watch(clock)
        if clock < 0:
            break
        size -= 1
        a, b = starts[size], stops[size]
        if b - a < 2:
            continue
        top = a
        for i in range(a + 1, b):
            if values[i] > values[top]:
                top = i
        while n_edges + b - a > first.size:
            first = np.concatenate((first, np.empty_like(first)))
            second = np.concatenate((second, np.empty_like(second)))
        steepest = -np.inf
        for i in range(top + 1, b):
            slope = (values[i] - values[top]) / (i - top)
            if slope > steepest:
                steepest = slope
                first[n_edges], second[n_edges] = top, i
                n_edges += 1
        steepest = -np.inf
        for i in range(top - 1, a - 1, -1):
            slope = (values[i] - values[top]) / (top - i)
            if slope > steepest:
                steepest = slope
                first[n_edges], second[n_edges] = i, top
                n_edges += 1
        # The longer side first on the stack, so that it stays short.
        starts[size], stops[size] = a, top
        starts[size + 1], stops[size + 1] = top + 1, b
        if top - a < b - top - 1:
            starts[size], stops[size] = top + 1, b
            starts[size + 1], stops[size + 1] = a, top
        size += 2
    return first[:n_edges], second[:n_edges]
