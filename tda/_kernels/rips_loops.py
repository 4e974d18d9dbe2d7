"""Rips persistence in degrees 0 and 1 over Z/2: one pass over the edges, no triangles stored.

Edges enter in order of length. The lune of an edge uv, its common neighbours so far, is the
AND of two rows of bits. An edge with an empty lune joins two components or gives birth to a
class of degree 1 (reduced Rips filtration: Koyama, Memoli, Robins, Turner, arXiv:2307.16333).
Each class that lives carries a cocycle, born as 1 on its birth edge alone. A triangle uvw
forces ``c(uv) = c(uw) + c(vw)``, so with the lune vertices agreeing the cocycle extends to uv
by their value; two that disagree are a relation between classes, of which the youngest dies
(only cofaces that touch a live class matter: Kapulkin, Kershaw, arXiv:2606.06310).

A cocycle is a row of bits for every vertex that it touches, so agreement is tested for 64 lune
vertices at once, and only for the classes that touch u or v.
"""

import numpy as np
from numba import njit

from .spanning_tree import find

_ONE = np.uint64(1)
_ZERO = np.uint64(0)
# The ends of an edge are the two halves of 32 bits, so there are fewer than 2**16 points.
_HALF, _LOW = np.uint32(16), np.uint32(0xFFFF)


@njit(cache=True, nogil=True)
def _set(row, i):
    row[i >> 6] |= _ONE << np.uint64(i & 63)


@njit(cache=True, nogil=True)
def _get(row, i):
    return (row[i >> 6] >> np.uint64(i & 63)) & _ONE


@njit(cache=True, nogil=True)
def _lowest(word):
    """Position of the lowest bit that is set."""
    low = word & (~word + _ONE)
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


@njit(cache=True, nogil=True)
def bucketed_edges(D, reach, n_buckets):
    """Finite edges no longer than `reach`, as codes ``u << 16 | v`` with u < v, grouped by length.

    Bucket b holds ``codes[starts[b]:starts[b + 1]]``; its edges are no longer than those of the
    next, and stand in order of v, then u, not of length.
    """
    n = D.shape[0]
    scale = n_buckets / reach if 0 < reach < np.inf else 0.0
    if scale == np.inf:  # lengths at the edge of underflow: one bucket is as good
        scale = 0.0
    starts = np.zeros(n_buckets + 1, np.int64)
    for v in range(n):
        for u in range(v):
            if D[v, u] <= reach and D[v, u] < np.inf:
                starts[min(int(D[v, u] * scale), n_buckets - 1) + 1] += 1
    for b in range(n_buckets):
        starts[b + 1] += starts[b]
    codes = np.empty(starts[n_buckets], np.uint32)
    fill = starts[:-1].copy()
    for v in range(n):
        for u in range(v):
            if D[v, u] <= reach and D[v, u] < np.inf:
                b = min(int(D[v, u] * scale), n_buckets - 1)
                codes[fill[b]] = (u << 16) | v
                fill[b] += 1
    return codes, starts


@njit(cache=True, nogil=True)
def nearest_in_rows(D, k):
    """The `k` points nearest to each point but itself, nearest first, -1 where there are fewer."""
    n = D.shape[0]
    near = np.full((n, k), -1, np.int64)
    best = np.empty(k)
    for u in range(n):
        best[:] = np.inf
        for v in range(n):
            if D[u, v] < best[k - 1] and v != u:
                a = k - 1
                while a > 0 and D[u, v] < best[a - 1]:
                    best[a], near[u, a] = best[a - 1], near[u, a - 1]
                    a -= 1
                best[a], near[u, a] = D[u, v], v
    return near


@njit(cache=True, nogil=True)
def last_birth(D, near, reach):
    """The length of the longest edge whose lune is empty: no class is born after it.

    `near[u]` are a few nearest neighbours of u, where nearly every other lune shows a point.
    """
    n, k = near.shape
    last = 0.0
    open_ends = np.empty(n, np.int64)
    for u in range(n):
        n_open = 0
        for v in range(u + 1, n):
            if last < D[u, v] <= reach:
                open_ends[n_open] = v
                n_open += 1
        for a in range(k):
            w = near[u, a]
            if w < 0 or n_open == 0:
                break
            kept = 0
            for i in range(n_open):
                v = open_ends[i]
                open_ends[kept] = v
                kept += not (D[u, w] < D[u, v] and D[w, v] < D[u, v])
            n_open = kept
        for i in range(n_open):
            v = open_ends[i]
            if D[u, v] > last and _lune_is_empty(D, near, u, v):
                last = D[u, v]
    return last


@njit(cache=True, nogil=True)
def _lune_is_empty(D, near, u, v):
    for a in range(near.shape[1]):
        w = near[v, a]
        if w >= 0 and D[u, w] < D[u, v] and D[v, w] < D[u, v]:
            return False
    for w in range(D.shape[0]):
        if D[u, w] < D[u, v] and D[v, w] < D[u, v]:
            return False
    return True


@njit(cache=True, nogil=True)
def rips_loops(D, codes, starts, last):
    """Degrees 0 and 1 of the Rips filtration of the distance matrix `D` over Z/2.

    `codes` and `starts` are those of `bucketed_edges`, `last` that of `last_birth`. Returns
    (k, 3) edges that join components, each with a point of the component that dies; for each
    class of degree 1 its birth edge (m, 2); the triangle of its death (m, 3), of which the
    first two vertices are the longest edge, or -1 where the class lives on; and the classes that
    die in the order in which they do.
    """
    n = D.shape[0]
    n_words = (n + 63) >> 6
    adjacent = np.zeros((n, n_words), np.uint64)
    lune = np.zeros(n_words, np.uint64)
    parent = np.arange(n)

    joins = np.empty((max(n - 1, 0), 3), np.int64)
    n_joins = 0
    births = np.empty((64, 2), np.int64)
    deaths = np.empty((64, 3), np.int64)
    n_classes = 0
    died = np.empty(64, np.int64)  # classes in the order of their deaths
    n_died = 0

    # Live classes sit in slots. Slot s touches vertex v if bit s of touch[v] is set, and has
    # there the row of bits pool[row_of[s, v]].
    n_slots = 64
    touch = np.zeros((n, 1), np.uint64)
    row_of = np.full((n_slots, n), -1, np.int32)
    class_of = np.full(n_slots, -1, np.int64)
    pool = np.zeros((256, n_words), np.uint64)
    free_rows = np.arange(255, -1, -1).astype(np.int32)
    n_free = 256
    n_live = 0
    nothing = np.zeros(n_words, np.uint64)  # the row of a vertex that a class does not touch
    slots = np.empty(n_slots, np.int64)
    relation = np.empty(n_slots, np.int64)

    for b in range(starts.size - 1):
        first, last_code = starts[b], starts[b + 1]
        if first == last_code:
            continue
        lengths = np.empty(last_code - first)
        for e in range(first, last_code):
            lengths[e - first] = D[codes[e] >> _HALF, codes[e] & _LOW]
        # Stable, so that edges of one length enter in order of v, then u, as gudhi's do.
        order = np.argsort(lengths, kind="mergesort")
        for o in range(order.size):
            if n_live == 0 and lengths[order[o]] > last:
                return joins[:n_joins], births[:n_classes], deaths[:n_classes], died[:n_died]
            code = codes[first + order[o]]
            u, v = np.int64(code >> _HALF), np.int64(code & _LOW)
            au, av = adjacent[u], adjacent[v]

            # Which live classes touch u or v?
            n_here = 0
            if n_live:
                for k in range(touch.shape[1]):
                    word = touch[u, k] | touch[v, k]
                    while word:
                        slots[n_here] = 64 * k + _lowest(word)
                        n_here += 1
                        word &= word - _ONE

            if n_here == 0:  # then only whether the lune is empty matters
                empty = True
                for k in range(n_words):
                    if au[k] & av[k]:
                        empty = False
                        break
            else:
                any_bit = _ZERO
                for k in range(n_words):
                    lune[k] = au[k] & av[k]
                    any_bit |= lune[k]
                empty = any_bit == _ZERO
            _set(au, v)
            _set(av, u)

            if empty:
                p, q = find(parent, u), find(parent, v)
                if p != q:
                    parent[q] = p
                    joins[n_joins, 0], joins[n_joins, 1], joins[n_joins, 2] = u, v, q
                    n_joins += 1
                    continue
                if n_classes == births.shape[0]:
                    births, deaths = _longer(births), _longer(deaths)
                    died = np.concatenate((died, died))
                births[n_classes, 0], births[n_classes, 1] = u, v
                deaths[n_classes] = -1
                slot = 0
                while slot < n_slots and class_of[slot] >= 0:
                    slot += 1
                if slot == n_slots:
                    touch = _wider(touch)
                    row_of = _longer_filled(row_of)
                    class_of = np.concatenate((class_of, np.full(n_slots, -1, np.int64)))
                    n_slots *= 2
                    slots = np.empty(n_slots, np.int64)
                    relation = np.empty(n_slots, np.int64)
                class_of[slot] = n_classes
                n_classes += 1
                n_live += 1
                while n_free < 2:
                    pool, free_rows, n_free = _more_rows(pool, free_rows, n_free)
                n_free = _extend(u, v, slot, touch, row_of, pool, free_rows, n_free)
                continue
            if n_here == 0:
                continue

            # Let the lune vertices agree, killing a class for each disagreement.
            k = 0
            while lune[k] == _ZERO:
                k += 1
            w0 = 64 * k + _lowest(lune[k])
            while True:
                w1 = -1
                for h in range(n_here):
                    slot = slots[h]
                    if slot < 0:
                        continue
                    ru = pool[row_of[slot, u]] if row_of[slot, u] >= 0 else nothing
                    rv = pool[row_of[slot, v]] if row_of[slot, v] >= 0 else nothing
                    some, others = _ZERO, _ZERO
                    for k in range(n_words):
                        x = (ru[k] ^ rv[k]) & lune[k]
                        some |= x
                        others |= x ^ lune[k]
                    if some and others:
                        w1 = _differing(ru, rv, lune, w0)
                        break
                if w1 < 0:
                    break
                n_relation, youngest = 0, -1
                for h in range(n_here):
                    slot = slots[h]
                    if slot < 0:
                        continue
                    ru = pool[row_of[slot, u]] if row_of[slot, u] >= 0 else nothing
                    rv = pool[row_of[slot, v]] if row_of[slot, v] >= 0 else nothing
                    if _get(ru, w0) ^ _get(rv, w0) ^ _get(ru, w1) ^ _get(rv, w1):
                        relation[n_relation] = slot
                        n_relation += 1
                        if youngest < 0 or class_of[slot] > class_of[youngest]:
                            youngest = slot
                dead = class_of[youngest]
                deaths[dead, 0], deaths[dead, 1], deaths[dead, 2] = u, v, w1
                died[n_died] = dead
                n_died += 1
                # In the quotient the dead class is the sum of the others in the relation.
                for x in range(n):
                    row = row_of[youngest, x]
                    if row < 0:
                        continue
                    for h in range(n_relation):
                        slot = relation[h]
                        if slot == youngest:
                            continue
                        if row_of[slot, x] < 0:
                            while n_free < 1:
                                pool, free_rows, n_free = _more_rows(pool, free_rows, n_free)
                            n_free -= 1
                            row_of[slot, x] = free_rows[n_free]
                            pool[row_of[slot, x]] = _ZERO
                            touch[x, slot >> 6] |= _ONE << np.uint64(slot & 63)
                        target = pool[row_of[slot, x]]
                        source = pool[row]
                        for k in range(n_words):
                            target[k] ^= source[k]
                    touch[x, youngest >> 6] &= ~(_ONE << np.uint64(youngest & 63))
                    free_rows[n_free] = row
                    n_free += 1
                    row_of[youngest, x] = -1
                class_of[youngest] = -1
                n_live -= 1
                for h in range(n_here):
                    if slots[h] == youngest:
                        slots[h] = -1
            # All agree: every class takes the value of the first lune vertex on the new edge.
            for h in range(n_here):
                slot = slots[h]
                if slot < 0:
                    continue
                value = _ZERO
                if row_of[slot, u] >= 0:
                    value ^= _get(pool[row_of[slot, u]], w0)
                if row_of[slot, v] >= 0:
                    value ^= _get(pool[row_of[slot, v]], w0)
                if value:
                    while n_free < 2:
                        pool, free_rows, n_free = _more_rows(pool, free_rows, n_free)
                    n_free = _extend(u, v, slot, touch, row_of, pool, free_rows, n_free)
    return joins[:n_joins], births[:n_classes], deaths[:n_classes], died[:n_died]


@njit(cache=True, nogil=True)
def _differing(ru, rv, lune, w0):
    """A lune vertex whose value differs from that of `w0`."""
    value = _get(ru, w0) ^ _get(rv, w0)
    for k in range(lune.size):
        x = (ru[k] ^ rv[k]) & lune[k]
        if value:
            x ^= lune[k]
        if x:
            return 64 * k + _lowest(x)
    return -1


@njit(cache=True, nogil=True)
def _extend(u, v, slot, touch, row_of, pool, free_rows, n_free):
    """Give the class in `slot` the value 1 on the edge uv."""
    for x, y in ((u, v), (v, u)):
        if row_of[slot, x] < 0:
            n_free -= 1
            row_of[slot, x] = free_rows[n_free]
            pool[row_of[slot, x]] = _ZERO
            touch[x, slot >> 6] |= _ONE << np.uint64(slot & 63)
        _set(pool[row_of[slot, x]], y)
    return n_free


@njit(cache=True, nogil=True)
def _more_rows(pool, free_rows, n_free):
    """Twice as many rows; the new ones are free."""
    old = pool.shape[0]
    bigger = np.empty((2 * old, pool.shape[1]), np.uint64)
    bigger[:old] = pool
    free = np.empty(2 * old, np.int32)
    free[:n_free] = free_rows[:n_free]
    for i in range(old):
        free[n_free + i] = 2 * old - 1 - i
    return bigger, free, n_free + old


@njit(cache=True, nogil=True)
def _longer(table):
    bigger = np.empty((2 * table.shape[0], table.shape[1]), table.dtype)
    bigger[: table.shape[0]] = table
    return bigger


@njit(cache=True, nogil=True)
def _longer_filled(table):
    bigger = np.full((2 * table.shape[0], table.shape[1]), -1, np.int32)
    bigger[: table.shape[0]] = table
    return bigger


@njit(cache=True, nogil=True)
def _wider(table):
    """Twice as many columns, the new ones 0."""
    bigger = np.zeros((table.shape[0], 2 * table.shape[1]), table.dtype)
    bigger[:, : table.shape[1]] = table
    return bigger
