"""Cocycles of Rips complexes whose values are found only where they are asked for, in kernels.

All live classes of one degree are one cochain c with values in vectors. Its value on a simplex
follows from those on simplices that came before: the longest edge uv of the simplex has a lune,
which collapses, one vertex x after the other onto a neighbour y, to a core. What is left of the
simplex is a simplex of the lune with a first vertex x that goes, and others s, and
c(u v x s) = c(u v y s) + c(u y x s) - c(v y x s), if c is 0 on what contains u, v, x and y.
"""

import numpy as np

from ._compiled import apart, compiled
from .growing import longer_table
from .records import record
from .rips_vectors import FIELD, KEEP, added, more_vectors, scaled, settle, total_of

# rank[u, v] is the place of an edge in the filtration, or LATE. fate[u, v], u < v, tells of its
# lune: a vertex that sees all others; EMPTY; or -2 - i if its list starts at lists[i]: how many
# vertices go, with the bit ON_DEMAND if values on the core are found from each other; how many
# there are; then pairs, a vertex and that onto which it goes, or for the vertices of the core its
# parent in a forest. Where a cone is left, -1 - its apex takes the place of how many there are,
# and only those that go are listed. Keys and found are a hash table of values. If cocycles are
# wanted later, given has rows (key, class, value) for the values that follow from no others. counts
# are the number of keys, of entries of lists, and of rows of given.
Cells, CellsType = record(__name__, "Cells", "rank fate lists keys found given stack work counts")
LATE, EMPTY, ON_DEMAND = 2**31 - 1, -1, 1 << 30
N_KEYS, LISTED, N_GIVEN = 0, 1, 2


@apart
def no_cells(n):
    rank = np.full((n, n), LATE, np.int32)
    return Cells(
        rank,
        np.full((n, n), EMPTY, np.int32),
        np.empty(1024, np.int32),
        np.zeros(1 << 14, np.int64),
        np.empty(1 << 14, np.int64),
        np.empty((64, 3), np.int64),
        np.empty(1024, np.int64),
        np.empty(64, np.int64),
        np.zeros(3, np.int64),
    )


@apart
def more_cells(cells):
    """Twice as many places for values if half are taken, and a longer stack."""
    keys, found = cells.keys, cells.found
    if 4 * cells.counts[N_KEYS] > keys.size:
        keys, found = np.zeros(2 * keys.size, np.int64), np.empty(2 * keys.size, np.int64)
        for i in range(cells.keys.size):
            if cells.keys[i]:
                place = _place(keys, cells.keys[i])
                keys[place], found[place] = cells.keys[i], cells.found[i]
    cells.keys, cells.found = keys, found
    cells.stack = np.empty(2 * cells.stack.size, np.int64)


@compiled
def _place(keys, key):
    """Where `key` is in the hash table, or would be."""
    mask = keys.size - 1
    i = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)) & mask
    while keys[i] != key and keys[i] != 0:
        i = (i + 1) & mask
    return i


@compiled
def store(cells, key, value):
    """Write a value down; False if there is no room."""
    if 2 * (cells.counts[N_KEYS] + 1) > cells.keys.size:
        return False
    place = _place(cells.keys, key)
    cells.counts[N_KEYS] += cells.keys[place] == 0
    cells.keys[place], cells.found[place] = key, value
    return True


@apart
def put(cells, key, value):
    """Write a value down."""
    while not store(cells, key, value):
        more_cells(cells)


@apart
def give(cells, v, key, value):
    """Write down a value that follows from no others."""
    put(cells, key, value)
    if not v.counts[KEEP]:
        return
    i, factor = value >> 16, value & 0xFFFF
    while not settle(v, i):
        more_vectors(v)
    for e in range(v.first[i], v.first[i] + v.length[i]):
        n = cells.counts[N_GIVEN]
        if n == cells.given.shape[0]:
            cells.given = longer_table(cells.given)
        cells.given[n, 0], cells.given[n, 1] = key, v.entries[e, 0]
        cells.given[n, 2] = factor * v.entries[e, 1] % v.counts[FIELD]
        cells.counts[N_GIVEN] = n + 1


@compiled
def key_of(vertices, n, bits):
    """Sort vertices by insertion and pack them into a number: that, and the sign."""
    sign = 1
    for i in range(1, n):
        x, j = vertices[i], i
        while j and vertices[j - 1] > x:
            vertices[j] = vertices[j - 1]
            j -= 1
            sign = -sign
        vertices[j] = x
    key = np.int64(0)
    for i in range(n):
        key = (key << bits) | (vertices[i] + 1)
    return key, sign


@apart
def _terms(cells, key, bits):
    """The simplices whose values make up that of a simplex, into ``work[16:]``: how many.

    Keys and signs, one after the other; none where the value is 0 unless it is stored.
    """
    work, rank = cells.work, cells.rank
    n = 0
    left = key
    while left:
        work[n] = (left & ((np.int64(1) << bits) - 1)) - 1  # the last vertex first
        left >>= bits
        n += 1
    # The longest edge comes to the front, and the sign changes with each exchange.
    p, q, latest = 0, 1, -1
    for i in range(n):
        for j in range(i):
            if rank[work[i], work[j]] > latest:
                p, q, latest = j, i, rank[work[i], work[j]]
    sign = -1 if n * (n - 1) // 2 % 2 else 1  # of the order backwards
    v, u = work[p], work[q]
    for i in range(p, 0, -1):
        work[i] = work[i - 1]
    for i in range(q, 1, -1):
        work[i] = work[i - 1]
    if (p + q - 1) % 2:
        sign = -sign
    work[0], work[1] = u, v
    sign = -sign  # they stood as v, u
    fate, lists = cells.fate[u, v], cells.lists
    start, n_gone, n_all, on_demand = -2 - fate, 0, 0, False
    if fate < EMPTY:
        n_gone, n_all = lists[start], lists[start + 1]
        if n_all < 0:  # what is left is a cone
            fate = -1 - n_all
        if n_gone & ON_DEMAND:
            n_gone ^= ON_DEMAND
            on_demand = n == 4
    if n == 2:
        if fate == EMPTY:
            return 0
        w = fate if fate >= 0 else lists[start + 2 + 2 * n_gone]
        _put(work, 0, u, w, -1, 2, 2, sign, bits)
        _put(work, 1, v, w, -1, 2, 2, -sign, bits)
        return 2
    y, at = -1, -1
    for i in range(n_all if n == 3 and n_all > 0 else n_gone):
        x = lists[start + 2 + 2 * i]
        for k in range(2, n):
            if work[k] == x:
                at = k
        if at >= 0:
            y = lists[start + 3 + 2 * i]
            break
    parts = 3
    if at < 0 and on_demand:
        return _core_terms(cells, u, v, start + 2 + 2 * n_gone, start + 2 + 2 * n_all, -sign, bits)
    if at < 0:
        y, parts = fate, 2  # a cone, or the core
    if y < 0:
        return 0
    if at > 2:
        x = work[at]
        for i in range(at, 2, -1):
            work[i] = work[i - 1]
        work[2] = x
        if at % 2:
            sign = -sign
    for k in range(2, n):
        if work[k] == y:
            return 0
    _put(work, 0, u, y, work[2], 3, n, sign, bits)
    _put(work, 1, v, y, work[2], 3, n, -sign, bits)
    if parts == 3:
        _put(work, 2, u, v, y, 3, n, sign, bits)
    return parts


@apart
def _core_terms(cells, u, v, first, end, sign, bits):
    """The terms of u, v and an edge of the core, which stands in work, the last vertex first.

    With the first common neighbour y of an edge ab in the core, which comes before it,
    c(u v a b) = c(u y a b) - c(v y a b) + c(u v y b) - c(u v y a); 0 on the edges of the forest.
    """
    work, rank, lists = cells.work, cells.rank, cells.lists
    a, b, y = work[3], work[2], work[3]
    for i in range(first, end, 2):
        x, onto = lists[i], lists[i + 1]
        if (x == a and onto == b) or (x == b and onto == a):
            return 0
        if x < y and rank[x, a] < rank[u, v] and rank[x, b] < rank[u, v]:
            y = x
    if y == a:
        return 0
    work[2], work[3] = a, b
    _put(work, 0, u, y, -1, 2, 4, sign, bits)
    _put(work, 1, v, y, -1, 2, 4, -sign, bits)
    _put(work, 2, u, v, y, 3, 4, sign, bits)
    work[3] = a
    _put(work, 3, u, v, y, 3, 4, -sign, bits)
    return 4


@apart
def _put(work, k, a, b, c, rest, n, sign, bits):
    """Write down the term with the vertices a, b, c and those of ``work[rest:n]``."""
    out = work[32:48]
    out[0], out[1], size = a, b, 2
    if c >= 0:
        out[2], size = c, 3
    for i in range(rest, n):
        out[size] = work[i]
        size += 1
    key, turned = key_of(out, size, bits)
    work[16 + 2 * k], work[17 + 2 * k] = key, turned * sign


@apart
def value_of(cells, v, key, bits):
    """The value on a simplex."""
    while True:
        value = _value_of(cells, v, key, bits)
        if value >= 0:
            return value
        more_cells(cells)
        more_vectors(v)


@apart
def _value_of(cells, v, key, bits):
    """The same, or -1 if there is no room."""
    keys, found, stack, work = cells.keys, cells.found, cells.stack, cells.work
    place = _place(keys, key)
    if keys[place]:
        return found[place]
    stack[0], top = key, 0
    while top >= 0:
        key = stack[top]
        if keys[_place(keys, key)]:
            top -= 1
            continue
        n_terms, waits = _terms(cells, key, bits), False
        for k in range(n_terms):
            place = _place(keys, work[16 + 2 * k])
            if keys[place]:
                work[24 + k] = found[place]
                continue
            waits = True
            if top + 1 == stack.size:
                return -1
            top += 1
            stack[top] = work[16 + 2 * k]
        if waits:
            continue
        value = np.int64(0)
        for k in range(n_terms):
            if work[24 + k]:
                value = added(v, value, scaled(v, work[24 + k], work[17 + 2 * k]))
                if value < 0:
                    return -1
        if not store(cells, key, value):
            return -1
        top -= 1
    return found[_place(keys, key)]


@apart
def coboundary_of(cells, v, simplex, n, bits):
    """The signed total of the values on the faces of a simplex: how many classes it touches."""
    work = cells.work
    for skip in range(n):
        key = np.int64(0)
        for i in range(n):
            if i != skip:
                key = (key << bits) | (simplex[i] + 1)
        work[48 + skip] = scaled(v, value_of(cells, v, key, bits), -1 if skip % 2 else 1)
    while True:
        touched = total_of(v, work[48:], n)
        if touched >= 0:
            return touched
        more_vectors(v)
