"""Rips persistence in degrees 0 and 1 over Z/2: one pass over the edges, no triangles stored.

Edges enter in order of length. The lune of an edge uv is the set of common neighbours of u and v
so far, the AND of two rows of bits. An edge with an empty lune joins two components or gives birth
to a class of degree 1 (reduced Rips filtration: Koyama, Memoli, Robins, Turner, arXiv:2307.16333).

Each live class has a cocycle c. At its birth c is 1 on its birth edge alone. A triangle uvw
requires ``c(uv) = c(uw) + c(vw)``. If all vertices w of the lune give the same value, that is the
value of c on uv. If two of them disagree, there is a relation between classes, and the youngest of
these dies (only cofaces that touch a live class matter: Kapulkin, Kershaw, arXiv:2606.06310).

For every vertex that it touches, a cocycle has a row of bits. So 64 lune vertices are compared at
once, and only for the classes that touch u or v.
"""

import numpy as np

from ._compiled import compiled, watch
from .bits import ONE, ZERO, get_bit, lowest, set_bit
from .growing import copy_table, longer_table
from .sorting import sort_lengths
from .union_find import find

# The ends of an edge are the two halves of 32 bits, so there are fewer than 2**16 points.
HALF, LOW = np.uint32(16), np.uint32(0xFFFF)
_PROBES = 6


@compiled
def bucketed_edges(D, reach, n_buckets):
    """Finite edges no longer than `reach`, as codes ``u << 16 | v`` with u < v, grouped by length.

    Bucket b holds ``codes[starts[b]:starts[b + 1]]``. Its edges are no longer than those of the
    next bucket. Within a bucket they are in order of v, then u, not of length.
    """
    n = D.shape[0]
    scale = n_buckets / reach if 0 < reach < np.inf else 0.0
    if scale == np.inf:  # lengths at the edge of underflow: one bucket is as good
        scale = 0.0
    # One bucket more takes what is too long, so that the loops have no branch to guess.
    bucket = np.empty(n * (n - 1) // 2, np.uint16)
    starts = np.zeros(n_buckets + 2, np.int64)
    e, second = 0, 0
    for v in range(n):
        second = watch(second)
        if second < 0:
            return np.empty(0, np.uint32), starts[:1]
        row, places = D[v, :v], bucket[e : e + v]
        for u in range(v):
            length = row[u]
            # Both ways are computed and one is taken: no branch, so that four go at a time.
            place = min(length * scale, n_buckets - 1.0)
            places[u] = np.int32(place if length <= reach and length < np.inf else n_buckets)
        e += v
    for e in range(bucket.size):
        starts[np.int64(bucket[e]) + 1] += 1
    for b in range(n_buckets):
        starts[b + 1] += starts[b]
    codes = np.empty(starts[n_buckets] + 1, np.uint32)
    fill = starts[:-1].copy()
    e = 0
    for v in range(n):
        second = watch(second)
        if second < 0:
            break
        for u in range(v):
            b = bucket[e]
            codes[fill[b]] = (u << 16) | v
            fill[b] += b < n_buckets
            e += 1
    return codes[:-1], starts[:-1]


@compiled
def last_birth(D, adjacent, reach):
    """The length of the longest edge still to enter that may have an empty lune, or 0.

    No class is born after it. For nearly every other edge one of a few neighbours of u, the first
    in its row of `adjacent`, lies in the lune.
    """
    n, n_words = adjacent.shape
    last, second = 0.0, 0
    detour = np.empty(n)  # the longer half of the best way from u to each point by a neighbour
    for u in range(n):
        second = watch(second)
        if second < 0:
            return 0.0
        m = n - u - 1
        row, best = D[u, u + 1 :], detour[:m]
        best[:] = np.inf
        left = _PROBES
        for k in range(n_words):
            word = adjacent[u, k]
            while word and left:
                w = 64 * k + lowest(word)
                word &= word - ONE
                left -= 1
                near, other = D[u, w], D[w, u + 1 :]
                for i in range(m):
                    half = near if near > other[i] else other[i]
                    best[i] = half if half < best[i] else best[i]
        for i in range(m):
            length = row[i]
            if best[i] < length or length <= last or length > reach:
                continue
            v = u + 1 + i
            if get_bit(adjacent[u], v):
                continue
            w = 0
            while w < n and not (D[u, w] < length and D[v, w] < length):
                w += 1
            if w == n:
                last = length
    return last


@compiled
def rips_loops(D, codes, starts, reach):
    """Degrees 0 and 1 of the Rips filtration of the distance matrix `D` over Z/2.

    `codes` and `starts` are those of `bucketed_edges` with `reach`. Returns

    * (k, 3) edges that join components, each with a point of the component that dies;
    * (m, 2) the birth edge of each class of degree 1;
    * (m, 3) the triangle of its death, whose first two vertices are the longest edge; -1 if it
      never dies;
    * False if it gives up, where many relations have many classes.
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
    work, most = 0, 1000 + 16 * n  # classes in relations, and for how many it gives up

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

    lengths, order = np.empty(64), np.empty(64, np.int32)  # of a bucket
    last = np.inf  # known once all is connected and no class lives; until then it does not matter
    second = 0
    for b in range(starts.size - 1):
        first, last_code = starts[b], starts[b + 1]
        if first == last_code:
            continue
        n_edges = last_code - first
        second = watch(second)
        if second < 0:
            break
        if n_edges > lengths.size:
            lengths, order = np.empty(2 * n_edges), np.empty(2 * n_edges, np.int32)
        for e in range(n_edges):
            lengths[e] = D[codes[first + e] >> HALF, codes[first + e] & LOW]
        sort_lengths(lengths, order, n_edges)
        for o in range(n_edges):
            if n_live == 0 and n_joins == n - 1:
                if last == np.inf:
                    last = last_birth(D, adjacent, reach)
                if lengths[o] > last:
                    return joins[:n_joins], births[:n_classes], deaths[:n_classes], True
            code = codes[first + order[o]]
            u, v = np.int64(code >> HALF), np.int64(code & LOW)
            au, av = adjacent[u], adjacent[v]

            # Which live classes touch u or v?
            n_here = 0
            if n_live:
                for k in range(touch.shape[1]):
                    word = touch[u, k] | touch[v, k]
                    while word:
                        slots[n_here] = 64 * k + lowest(word)
                        n_here += 1
                        word &= word - ONE

            if n_here == 0:  # then only whether the lune is empty matters
                empty = True
                for k in range(n_words):
                    if au[k] & av[k]:
                        empty = False
                        break
            else:
                any_bit = ZERO
                for k in range(n_words):
                    lune[k] = au[k] & av[k]
                    any_bit |= lune[k]
                empty = any_bit == ZERO
            set_bit(au, v)
            set_bit(av, u)

            if empty:
                p, q = find(parent, u), find(parent, v)
                if p != q:
                    parent[q] = p
                    joins[n_joins, 0], joins[n_joins, 1], joins[n_joins, 2] = u, v, q
                    n_joins += 1
                    continue
                if n_classes == births.shape[0]:
                    births, deaths = longer_table(births), longer_table(deaths)
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
            while lune[k] == ZERO:
                k += 1
            w0 = 64 * k + lowest(lune[k])
            while True:
                w1 = -1
                # In line, though this makes the function long: called for each edge as one of
                # its own, 2,000 points of a torus take 15% more time.
                for h in range(n_here):
                    slot = slots[h]
                    if slot < 0:
                        continue
                    ru = pool[row_of[slot, u]] if row_of[slot, u] >= 0 else nothing
                    rv = pool[row_of[slot, v]] if row_of[slot, v] >= 0 else nothing
                    some, others = ZERO, ZERO
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
                    ru, rv = _rows(pool, row_of, slot, u, v, nothing)
                    if get_bit(ru, w0) ^ get_bit(rv, w0) ^ get_bit(ru, w1) ^ get_bit(rv, w1):
                        relation[n_relation] = slot
                        n_relation += 1
                        if youngest < 0 or class_of[slot] > class_of[youngest]:
                            youngest = slot
                work += n_relation
                if work > most:
                    return joins[:0], births[:0], deaths[:0], False
                dead = class_of[youngest]
                deaths[dead, 0], deaths[dead, 1], deaths[dead, 2] = u, v, w1
                pool, free_rows, n_free = _pass_on(
                    youngest, relation[:n_relation], touch, row_of, pool, free_rows, n_free
                )
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
                value = ZERO
                if row_of[slot, u] >= 0:
                    value ^= get_bit(pool[row_of[slot, u]], w0)
                if row_of[slot, v] >= 0:
                    value ^= get_bit(pool[row_of[slot, v]], w0)
                if value:
                    while n_free < 2:
                        pool, free_rows, n_free = _more_rows(pool, free_rows, n_free)
                    n_free = _extend(u, v, slot, touch, row_of, pool, free_rows, n_free)
    return joins[:n_joins], births[:n_classes], deaths[:n_classes], True


@compiled
def _rows(pool, row_of, slot, u, v, nothing):
    """The rows of bits of a class at both ends of an edge."""
    a, b = row_of[slot, u], row_of[slot, v]
    return pool[a] if a >= 0 else nothing, pool[b] if b >= 0 else nothing


@compiled
def _pass_on(dead, relation, touch, row_of, pool, free_rows, n_free):
    """Replace the dead class by the sum of the other classes in the relation."""
    for x in range(row_of.shape[1]):
        row = row_of[dead, x]
        if row < 0:
            continue
        for slot in relation:
            if slot == dead:
                continue
            if row_of[slot, x] < 0:
                while n_free < 1:
                    pool, free_rows, n_free = _more_rows(pool, free_rows, n_free)
                n_free -= 1
                row_of[slot, x] = free_rows[n_free]
                pool[row_of[slot, x]] = ZERO
                touch[x, slot >> 6] |= ONE << np.uint64(slot & 63)
            target, source = pool[row_of[slot, x]], pool[row]
            for k in range(pool.shape[1]):
                target[k] ^= source[k]
        touch[x, dead >> 6] &= ~(ONE << np.uint64(dead & 63))
        free_rows[n_free] = row
        n_free += 1
        row_of[dead, x] = -1
    return pool, free_rows, n_free


@compiled
def _differing(ru, rv, lune, w0):
    """A lune vertex whose value differs from that of `w0`."""
    value = get_bit(ru, w0) ^ get_bit(rv, w0)
    for k in range(lune.size):
        x = (ru[k] ^ rv[k]) & lune[k]
        if value:
            x ^= lune[k]
        if x:
            return 64 * k + lowest(x)
    return -1


@compiled
def _extend(u, v, slot, touch, row_of, pool, free_rows, n_free):
    """Give the class in `slot` the value 1 on the edge uv."""
    for x, y in ((u, v), (v, u)):
        if row_of[slot, x] < 0:
            n_free -= 1
            row_of[slot, x] = free_rows[n_free]
            pool[row_of[slot, x]] = ZERO
            touch[x, slot >> 6] |= ONE << np.uint64(slot & 63)
        set_bit(pool[row_of[slot, x]], y)
    return n_free


@compiled
def _more_rows(pool, free_rows, n_free):
    """Twice as many rows; the new ones are free."""
    old = pool.shape[0]
    bigger = np.empty((2 * old, pool.shape[1]), np.uint64)
    copy_table(pool, bigger)
    free = np.empty(2 * old, np.int32)
    for i in range(n_free):
        free[i] = free_rows[i]
    for i in range(old):
        free[n_free + i] = 2 * old - 1 - i
    return bigger, free, n_free + old


@compiled
def _longer_filled(table):
    bigger = np.empty((2 * table.shape[0], table.shape[1]), np.int32)
    bigger[:] = -1
    copy_table(table, bigger)
    return bigger


@compiled
def _wider(table):
    """Twice as many columns, the new ones 0."""
    bigger = np.zeros((table.shape[0], 2 * table.shape[1]), table.dtype)
    copy_table(table, bigger)
    return bigger
