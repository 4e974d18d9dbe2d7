"""Sets of numbers as rows of bits: 64 of them a word, in kernels. A leaf: imports no kernel."""

import numpy as np

from ._compiled import compiled

ONE = np.uint64(1)
ZERO = np.uint64(0)


@compiled
def set_bit(row, i):
    row[i >> 6] |= ONE << np.uint64(i & 63)


@compiled
def get_bit(row, i):
    return (row[i >> 6] >> np.uint64(i & 63)) & ONE


@compiled
def lowest(word):
    """Position of the lowest bit that is set."""
    low = word & (~word + ONE)
    place = 0
    if low & np.uint64(0xFFFFFFFF00000000):
        place += 32
    if low & np.uint64(0xFFFF0000FFFF0000):
        place += 16
    if low & np.uint64(0xFF00FF00FF00FF00):
        place += 8
    if low & np.uint64(0xF0F0F0F0F0F0F0F0):
        place += 4
    if low & np.uint64(0xCCCCCCCCCCCCCCCC):
        place += 2
    if low & np.uint64(0xAAAAAAAAAAAAAAAA):
        place += 1
    return place


@compiled
def highest(word):
    """Position of the highest bit that is set."""
    place = 0
    for shift in (32, 16, 8, 4, 2, 1):
        if word >> np.uint64(shift):
            word >>= np.uint64(shift)
            place += shift
    return place


@compiled
def count_bits(word):
    """Number of bits that are set."""
    word -= (word >> ONE) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def count_row(row):
    """Number of bits that are set in a row of words."""
    total = 0
    for k in range(row.size):
        total += count_bits(row[k])
    return total


# -- sets that know their largest number ----------------------------------------------------
# Levels of bits: a bit of each level says that a word of the level below is not 0. So a number
# is flipped, and the largest found, in as many steps as there are levels.


@compiled
def empty_set(n):
    """A set for numbers below `n`: its words, and where each level starts in them."""
    starts = np.empty(11, np.int64)
    n_levels, size = 0, 0
    while True:
        n = (n + 63) >> 6
        starts[n_levels] = size
        n_levels += 1
        size += max(n, 1)
        if n <= 1:
            break
    return np.zeros(size, np.uint64), starts[:n_levels].copy()


@compiled
def flip(levels, starts, i):
    """Put the number `i` into the set, or take it out."""
    for k in range(starts.size):
        word = starts[k] + (i >> 6)
        old = levels[word]
        levels[word] = old ^ (ONE << np.uint64(i & 63))
        if old != 0 and levels[word] != 0:
            return
        i >>= 6


@compiled
def largest(levels, starts):
    """The largest number in the set, or -1."""
    if levels[starts[-1]] == 0:
        return -1
    i = 0
    for k in range(starts.size - 1, -1, -1):
        i = (i << 6) | highest(levels[starts[k] + i])
    return i
