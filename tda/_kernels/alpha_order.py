"""Orders of points in which neighbours in the order are neighbours in space. A leaf."""

import numpy as np

from ._compiled import compiled


@compiled
def hilbert_keys(P):
    """Position of each point along a Hilbert curve through a fine grid over the cloud.

    The grid coordinates are turned into the curve's own frame, one bit of all axes at a time
    (J. Skilling, Programming the Hilbert curve, AIP Conference Proceedings 707, 2004).
    """
    n, d = P.shape
    # Four digits for sorting; finer clusters stay in any order.
    bits = 22 if d == 2 else min(14, 56 // d)
    low = np.empty(d)
    width = 0.0
    for a in range(d):
        smallest, largest = np.inf, -np.inf
        for i in range(n):
            smallest, largest = min(smallest, P[i, a]), max(largest, P[i, a])
        low[a] = smallest
        width = max(width, largest - smallest)
    per_unit = ((1 << bits) - 1) / width if width > 0 else 0.0
    keys = np.zeros(n, np.uint64)
    x = np.empty(d, np.int64)
    for i in range(n):
        for a in range(d):
            x[a] = int((P[i, a] - low[a]) * per_unit)
        bit = 1 << (bits - 1)
        while bit > 1:
            below = bit - 1
            for a in range(d):
                if x[a] & bit:
                    x[0] ^= below
                else:
                    swap = (x[0] ^ x[a]) & below
                    x[0] ^= swap
                    x[a] ^= swap
            bit >>= 1
        for a in range(1, d):
            x[a] ^= x[a - 1]
        flip = 0
        bit = 1 << (bits - 1)
        while bit > 1:
            if x[d - 1] & bit:
                flip ^= bit - 1
            bit >>= 1
        key = np.uint64(0)
        for b in range(bits - 1, -1, -1):
            for a in range(d):
                key = (key << np.uint64(1)) | np.uint64(((x[a] ^ flip) >> b) & 1)
        keys[i] = key
    return keys


@compiled
def insertion_rounds(n, smallest):
    """An order of 0, …, n - 1 in rounds: each takes a random half of what is left, in rising order.

    So a new point meets a triangulation that is already spread out, and yet the point before it is
    near (N. Amenta, S. Choi, G. Rote, Incremental constructions con BRIO, 2003). The random numbers
    are a fixed function of the position.
    """
    level = np.empty(n, np.int8)
    top = 0
    while (n >> top) > smallest:
        top += 1
    state = np.uint64(0x9E3779B97F4A7C15)
    counts = np.zeros(top + 2, np.int64)
    for i in range(n):
        state += np.uint64(0x9E3779B97F4A7C15)
        z = state
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
        at = top
        while at > 0 and z & np.uint64(1):
            z >>= np.uint64(1)
            at -= 1
        level[i] = at
        counts[at + 1] += 1
    for at in range(top + 1):
        counts[at + 1] += counts[at]
    order = np.empty(n, np.int64)
    for i in range(n):
        order[counts[level[i]]] = i
        counts[level[i]] += 1
    return order
