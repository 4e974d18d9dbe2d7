"""The order in which pixels enter: by value, then by index."""

import numpy as np
from numba import njit

_DIGIT = 11  # bits sorted at a time; 6 digits hold a float64
_SMALL = 1 << 11  # below, counting digits takes longer than comparing


@njit(cache=True, nogil=True)
def stable_order(values):
    """Indices that sort float64 `values`, equal ones in order of index. No NaN.

    A radix sort on the bits of the numbers, which are in order once negative ones are inverted;
    digits that all share, as most do where the values are integers, are skipped.
    """
    n = values.size
    if n < _SMALL:
        return np.argsort(values, kind="mergesort").astype(np.int32)
    keys = np.empty(n, np.uint64)
    counts = np.zeros((6, 1 << _DIGIT), np.int64)
    bits = (values + 0.0).view(np.uint64)  # one zero: -0.0 + 0.0 is 0.0
    top = np.uint64(1) << np.uint64(63)
    low = np.uint64((1 << _DIGIT) - 1)
    for i in range(n):
        key = ~bits[i] if bits[i] & top else bits[i] | top
        keys[i] = key
        for k in range(6):
            counts[k, (key >> np.uint64(_DIGIT * k)) & low] += 1
    order = np.arange(n).astype(np.int32)
    other_keys, other = np.empty_like(keys), np.empty_like(order)
    for k in range(6):
        shift = np.uint64(_DIGIT * k)
        place = counts[k]
        if place[(keys[0] >> shift) & low] == n:
            continue
        start = 0
        for d in range(place.size):
            place[d], start = start, start + place[d]
        for i in range(n):
            digit = (keys[i] >> shift) & low
            at = place[digit]
            place[digit] = at + 1
            other_keys[at], other[at] = keys[i], order[i]
        keys, other_keys = other_keys, keys
        order, other = other, order
    return order
