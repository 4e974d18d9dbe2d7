"""The support of a cocycle of degree 2, by all edges between its birth and its death, in kernels.

For a large support this takes less than what waits at the edges in `rips_supports`. The value on
uvx follows from those on uvy, uxy and vxy, where y is the vertex onto which x goes. Rows of bits
say of an edge ab with which x there is a value on abx: so the many zeros are seen at once.
"""

import numpy as np

from ._compiled import apart, compiled, watch
from .bits import ONE, ZERO, lowest, set_bit
from .growing import longer_table
from .rips_search import (
    APEX,
    N_GONE,
    N_LISTED,
    N_ROWS,
    N_SUPPORT,
    STAMP,
    add_to,
    append,
    bytes_of,
    insert,
    place_of_key,
    read_list,
    unpack,
    without,
)
from .rips_values import EMPTY


@apart
def sweep_voids(s, edges, begin, end, field, bits, most):
    """Find all of the support from the values that were given: False if it is given up."""
    n = s.rank.shape[0]
    touched, here = np.zeros(n, np.bool_), np.zeros((n, 2), np.int64)
    t, second = s.work[:16], 0
    for i in range(s.counts[N_SUPPORT]):
        unpack(s.support[i], 3, bits, t)
        _enter(s, t[0], t[1], t[2], touched)
    for e in range(begin, end):
        u, v = np.int64(edges[e, 0]), np.int64(edges[e, 1])
        u, v = min(u, v), max(u, v)
        if s.fate[u, v] == EMPTY or not (touched[u] or touched[v]):
            continue
        second = watch(second)
        if second < 0 or bytes_of(s, 3) > most:
            return False
        read_list(s, u, v)
        if s.counts[APEX] >= 0:
            _of_cone(s, e, u, v, s.counts[APEX], here, touched, field, bits)
        _of_list(s, u, v, here, touched, field, bits)
    for a in range(n):
        for b in range(n):
            s.heads[a, b] = -1
    return True


@compiled
def _enter(s, a, b, c, touched):
    """Set the bits of a triangle, with its vertices in order, in the rows of its edges."""
    while s.counts[N_ROWS] + 3 > s.rows.shape[0]:
        s.rows = longer_table(s.rows)
    for p, q, x in ((a, b, c), (a, c, b), (b, c, a)):
        row = s.heads[p, q]
        if row < 0:
            row = s.counts[N_ROWS]
            s.counts[N_ROWS] += 1
            s.heads[p, q] = row
            for k in range(s.rows.shape[1]):
                s.rows[row, k] = ZERO
        set_bit(s.rows[row], x)
    touched[a] = touched[b] = touched[c] = True


@compiled
def _has(s, a, b, x):
    """Whether there is a value on abx."""
    row = s.heads[min(a, b), max(a, b)]
    return row >= 0 and (s.rows[row, x >> 6] >> np.uint64(x & 63)) & ONE != ZERO


@apart
def _of_cone(s, e, u, v, apex, here, touched, field, bits):
    """Values with vertices that are not in the list and go onto the apex."""
    rank = s.rank
    a = s.heads[min(u, apex), max(u, apex)]
    b = s.heads[min(v, apex), max(v, apex)]
    if a < 0 and b < 0:
        return
    for k in range(s.rows.shape[1]):
        word = ZERO
        if a >= 0:
            word |= s.rows[a, k]
        if b >= 0:
            word |= s.rows[b, k]
        while word:
            x = 64 * k + lowest(word)
            word &= word - ONE
            if x == u or x == v or s.stamp[x] == s.counts[STAMP]:
                continue
            if rank[u, x] < e and rank[v, x] < e:
                here[x, 0] = _follow(s, u, v, x, apex, 0, touched, field, bits)
                here[x, 1] = s.counts[STAMP]


@apart
def _of_list(s, u, v, here, touched, field, bits):
    """Values with the vertices of the list: those of the core from the roots on, then those that
    go, the last one first. here has the values of this edge, with its stamp."""
    counts, lists, stamp = s.counts, s.lists, s.counts[STAMP]
    start = -2 - np.int64(s.fate[u, v])
    n_gone, n_listed = counts[N_GONE], counts[N_LISTED]
    for i in range(n_listed):
        at = i + n_gone if i < n_listed - n_gone else n_listed - 1 - i
        x, y = np.int64(lists[start + 2 + 2 * at]), np.int64(lists[start + 3 + 2 * at])
        here[x, 0], here[x, 1] = 0, stamp
        if y < 0:
            place = place_of_key(s.keys, _key(s, u, v, x, bits))
            if s.keys[place]:
                here[x, 0] = s.numbers[place]
            continue
        before = here[y, 0] if here[y, 1] == stamp else 0
        if before or _has(s, u, x, y) or _has(s, v, x, y):
            here[x, 0] = _follow(s, u, v, x, y, before, touched, field, bits)


@compiled
def _key(s, u, v, x, bits):
    t = s.work[16:32]
    t[0], t[1] = u, v
    insert(t, 2, x)
    return without(t, 3, -1, bits)


@apart
def _follow(s, u, v, x, y, before, touched, field, bits):
    """Find the value on uvx from those on the other faces of uvxy; `before` is that on uvy."""
    t, value = s.work[:16], np.int64(0)
    t[0], t[1] = u, v
    insert(t, 2, x)
    own = insert(t, 3, y)
    for i in range(4):
        if i == own:
            continue
        there = before
        if t[i] != x:
            place = place_of_key(s.keys, without(t, 4, i, bits))
            there = s.numbers[place] if s.keys[place] else 0
        value += -there if (i + own) % 2 == 0 else there
    value %= field
    if value:
        key = _key(s, u, v, x, bits)
        add_to(s, key, value, field)
        append(s, key, value)
        r = s.work[16:32]
        _enter(s, r[0], r[1], r[2], touched)
    return value
