"""Sorting in kernels: few by insertion, many digit by digit. A leaf: imports no kernel."""

import numpy as np

from ._compiled import compiled

_DIGIT = 11  # bits sorted at a time; 6 digits hold a float64
_FEW = 64  # so many are sorted by insertion


@compiled
def insertion_sort(keys, companions, first, last, gap):
    """Sort ``keys[first:last]`` in steps of `gap`, and `companions` in the same way; stable."""
    for i in range(first + gap, last):
        key, companion = keys[i], companions[i]
        j = i
        while j >= first + gap and keys[j - gap] > key:
            keys[j], companions[j] = keys[j - gap], companions[j - gap]
            j -= gap
        keys[j], companions[j] = key, companion


@compiled
def argsort_keys(keys):
    """The stable order of uint64 keys, digit by digit; O(n) for each digit in which keys differ."""
    n = keys.size
    order = np.arange(n).astype(np.int32)
    a = keys.copy()
    if n <= _FEW:
        insertion_sort(a, order, 0, n, 1)
        return order
    differ = np.uint64(0)
    for i in range(1, n):
        differ |= keys[i] ^ keys[0]
    b = np.empty_like(keys)
    other = np.empty_like(order)
    mask = np.uint64((1 << _DIGIT) - 1)
    starts = np.empty((1 << _DIGIT) + 1, np.int64)
    for low in range(0, 64, _DIGIT):
        shift = np.uint64(low)
        if (differ >> shift) & mask == 0:
            continue
        starts[:] = 0
        for i in range(n):
            starts[((a[i] >> shift) & mask) + np.uint64(1)] += 1
        for d in range(1 << _DIGIT):
            starts[d + 1] += starts[d]
        for i in range(n):
            digit = (a[i] >> shift) & mask
            at = starts[digit]
            starts[digit] = at + 1
            b[at], other[at] = a[i], order[i]
        a, b = b, a
        order, other = other, order
    return order


@compiled
def argsort_lengths(lengths):
    """The stable order of floats that are not negative: their bits sort as they do."""
    return argsort_keys((lengths + 0.0).view(np.uint64))


@compiled
def argsort_values(values):
    """The stable order of floats without NaN: by their bits, those of negative numbers inverted."""
    keys = (values + 0.0).view(np.uint64)  # one zero: -0.0 + 0.0 is 0.0
    top = np.uint64(1) << np.uint64(63)
    for i in range(keys.size):
        keys[i] = ~keys[i] if keys[i] & top else keys[i] | top
    return argsort_keys(keys)


@compiled
def sort_lengths(lengths, order, n):
    """Sort the first `n` lengths, and write into `order` where each of them was before; stable."""
    if n <= _FEW:
        for i in range(n):
            order[i] = i
        insertion_sort(lengths, order, 0, n, 1)
        return
    before = lengths[:n].copy()
    found = argsort_lengths(before)
    for i in range(n):
        order[i] = found[i]
        lengths[i] = before[found[i]]
