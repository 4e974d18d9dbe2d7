"""Rips persistence in degree 2 over Z/2: one pass over the edges, no triangles enumerated.

An edge uv enters together with the simplices that it spans with its lune. The lune is the flag
complex of the common neighbours of u and v so far. By Mayer-Vietoris only its homology matters.
Each component of the lune but one ends a class of degree 1 or begins one of degree 2. Each loop of
the lune can end a class of degree 2. If one vertex of the lune sees all others, the lune is a cone,
and nothing begins or ends (edge collapse removes just these edges: Boissonnat, Pritam, SoCG 2020).

Each live class has a cocycle c on triangles. At its birth c is 1 on the triangles uvw with w in the
component of the lune that gave birth to it. On a later edge uv it is extended by ``c(uvw) = f(w)``,
where f solves ``f(w) + f(x) = c(uwx) + c(vwx)`` on the edges wx of the lune. f is summed along a
tree of the lune; in a cone it is read off one row of bits. An edge of the lune that contradicts the
tree is a relation between classes, of which the youngest dies.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .bits import ONE, ZERO, count_row, get_bit, lowest, set_bit
from .growing import longer_table
from .rips_loops import HALF, LOW
from .sorting import sort_lengths

# The cocycles of the live classes, each in a slot. The cocycle in slot s has at the edge xy,
# x < y, the row of bits pool[rows[i]], where i is the place of the key (s n + x) n + y in the
# hash table `keys` (-1 is empty; a row of -1 is of a class that has died). there[s, x] has the
# bits of all such y and x, touch[x] the bits of the slots with any. counts are the number of
# keys, of free rows, and of live classes, under the names below.
_Cocycles = namedtuple("_Cocycles", "keys rows pool free there touch class_of counts")
KEYS, FREE, LIVE = 0, 1, 2


@compiled
def rips_voids(D, codes, starts, kills):
    """Degree 2 of the Rips filtration of the distance matrix `D` over Z/2.

    `codes` and `starts` are those of `bucketed_edges`. `kills`, from `rips_loops`, are the
    triangles (m, 3) that end classes of degree 1, in their order. Returns birth triangles (k, 3)
    and death tetrahedra (k, 4), whose first two vertices are the longest edge; -1 if a class never
    dies.
    """
    n = D.shape[0]
    n_words = (n + 63) >> 6
    adjacent = np.zeros((n, n_words), np.uint64)
    lune = np.zeros(n_words, np.uint64)
    rest = np.zeros(n_words, np.uint64)
    queue, before, part = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    births, deaths, n_classes = np.empty((64, 3), np.int64), np.empty((64, 4), np.int64), 0
    next_kill = 0
    live = _no_cocycles(n, n_words)
    slots = np.empty(live.class_of.size, np.int64)  # classes at hand, and their f
    values = np.zeros((live.class_of.size, n_words), np.uint64)

    second = 0
    for b in range(starts.size - 1):
        first, past = starts[b], starts[b + 1]
        lengths = np.empty(past - first)
        for e in range(first, past):
            lengths[e - first] = D[codes[e] >> HALF, codes[e] & LOW]
        order = np.empty(lengths.size, np.int32)
        sort_lengths(lengths, order, lengths.size)
        for o in range(order.size):
            second = watch(second)
            if second < 0:
                return births[:n_classes], deaths[:n_classes]
            code = codes[first + order[o]]
            u, v = np.int64(code >> HALF), np.int64(code & LOW)
            any_bit = ZERO
            for k in range(n_words):
                lune[k] = adjacent[u, k] & adjacent[v, k]
                any_bit |= lune[k]
            set_bit(adjacent[u], v)
            set_bit(adjacent[v], u)
            if any_bit == ZERO:
                continue
            n_here = _classes_at(live, u, v, lune, slots)
            apex = _apex(adjacent, lune)
            if apex >= 0:
                for h in range(n_here):
                    _read_off_cone(values[h], live, slots[h], u, v, apex, lune)
            else:
                n_found, n_parts = _grow_trees(adjacent, lune, rest, queue, before, part)
                while True:
                    w, x = _contradiction(
                        live, slots, n_here, values, adjacent, lune, queue, before, n_found, u, v
                    )
                    if w < 0:
                        break
                    live, slot, n_here = _kill_youngest(live, slots, n_here, values, u, v, w, x)
                    dead = live.class_of[slot]
                    live.class_of[slot] = -1
                    deaths[dead, 0], deaths[dead, 1] = u, v
                    deaths[dead, 2], deaths[dead, 3] = w, x
                if n_parts > 1:
                    # The first component is what the others are compared with. Of those, the
                    # ones that end a class of degree 1 begin none.
                    ends = np.zeros(n_parts, np.bool_)
                    ends[0] = True
                    while next_kill < kills.shape[0] and (
                        kills[next_kill, 0] == u and kills[next_kill, 1] == v
                    ):
                        ends[part[kills[next_kill, 2]]] = True
                        next_kill += 1
                    for c in range(1, n_parts):
                        if ends[c]:
                            continue
                        if n_classes == births.shape[0]:
                            births, deaths = longer_table(births), longer_table(deaths)
                        births[n_classes, 0], births[n_classes, 1] = u, v
                        deaths[n_classes] = -1
                        live, slot = _free_slot(live)
                        if slot >= values.shape[0]:
                            values = np.concatenate((values, np.zeros_like(values)))
                            slots = np.concatenate((slots, slots))
                        live.class_of[slot] = n_classes
                        live.counts[LIVE] += 1
                        slots[n_here] = slot
                        values[n_here] = ZERO
                        for i in range(n_found):
                            if part[queue[i]] == c:
                                set_bit(values[n_here], queue[i])
                                births[n_classes, 2] = queue[i]
                        n_here += 1
                        n_classes += 1
            for h in range(n_here):
                live = _extend(live, slots[h], u, v, values[h])
    return births[:n_classes], deaths[:n_classes]


# -- the lune ------------------------------------------------------------------------------


@compiled
def _apex(adjacent, lune):
    """A vertex of the lune that is adjacent to all its others, or -1."""
    for k in range(lune.size):
        word = lune[k]
        while word:
            bit = word & (~word + ONE)
            w = 64 * k + lowest(word)
            word ^= bit
            sees_all = True
            for i in range(lune.size):
                missed = lune[i] & ~adjacent[w, i]
                if i == k:
                    missed &= ~bit
                if missed:
                    sees_all = False
                    break
            if sees_all:
                return w
    return -1


@compiled
def _grow_trees(adjacent, lune, rest, queue, before, part):
    """Breadth-first trees of the lune's components, the one of the lowest vertex first."""
    rest[:] = lune
    size = count_row(lune)
    n_found, n_parts = 0, 0
    for k in range(lune.size):
        while rest[k]:
            root = 64 * k + lowest(rest[k])
            rest[k] &= rest[k] - ONE
            queue[n_found], before[root], part[root] = root, -1, n_parts
            head = n_found
            n_found += 1
            while head < n_found and n_found < size:
                w = queue[head]
                head += 1
                for i in range(lune.size):
                    word = rest[i] & adjacent[w, i]
                    rest[i] ^= word
                    while word:
                        x = 64 * i + lowest(word)
                        word &= word - ONE
                        queue[n_found], before[x], part[x] = x, w, n_parts
                        n_found += 1
            n_parts += 1
    return n_found, n_parts


# -- f, the value of a cocycle on the new triangles ----------------------------------------


@compiled
def _classes_at(live, u, v, lune, slots):
    """The slots of live classes that touch an edge from u or v to the lune."""
    n_here = 0
    if live.counts[LIVE] == 0:
        return 0
    for k in range(live.touch.shape[1]):
        word = live.touch[u, k] | live.touch[v, k]
        while word:
            slot = 64 * k + lowest(word)
            word &= word - ONE
            near = ZERO
            for i in range(lune.size):
                near |= (live.there[slot, u, i] | live.there[slot, v, i]) & lune[i]
            if near:
                slots[n_here] = slot
                n_here += 1
    return n_here


@compiled
def _read_off_cone(f, live, slot, u, v, apex, lune):
    """f on a cone: 0 at the apex, elsewhere its own edge to it."""
    a, b = _row(live, slot, u, apex), _row(live, slot, v, apex)
    for k in range(f.size):
        f[k] = ZERO
        if a >= 0:
            f[k] ^= live.pool[a, k]
        if b >= 0:
            f[k] ^= live.pool[b, k]
        f[k] &= lune[k]
    # The coboundary of the edge uv changes f everywhere; the fewer ones the better.
    if 2 * count_row(f) > count_row(lune):
        for k in range(f.size):
            f[k] ^= lune[k]


@compiled
def _bit(live, slot, p, q, r):
    """The value of a cocycle on the triangle pqr."""
    row = _row(live, slot, p, q)
    return get_bit(live.pool[row], r) if row >= 0 else ZERO


@compiled
def _sum_along(f, live, slot, queue, before, n_found, u, v):
    """f along the trees, 0 at their roots."""
    f[:] = ZERO
    a, b, last = -1, -1, -1
    for i in range(n_found):
        x = queue[i]
        w = before[x]
        if w < 0:
            continue
        if w != last:
            a, b, last = _row(live, slot, u, w), _row(live, slot, v, w), w
        value = get_bit(f, w)
        if a >= 0:
            value ^= get_bit(live.pool[a], x)
        if b >= 0:
            value ^= get_bit(live.pool[b], x)
        if value:
            set_bit(f, x)


@compiled
def _contradiction(live, slots, n_here, values, adjacent, lune, queue, before, n_found, u, v):
    """Find f for all classes at hand, and an edge of the lune where one fails, or (-1, -1)."""
    for h in range(n_here):
        _sum_along(values[h], live, slots[h], queue, before, n_found, u, v)
    for h in range(n_here):
        for i in range(n_found):
            w = queue[i]
            a, b = _row(live, slots[h], u, w), _row(live, slots[h], v, w)
            flip = ~ZERO if get_bit(values[h], w) else ZERO
            for k in range(lune.size):
                word = values[h, k] ^ flip
                if a >= 0:
                    word ^= live.pool[a, k]
                if b >= 0:
                    word ^= live.pool[b, k]
                word &= adjacent[w, k] & lune[k]
                if word:
                    return w, 64 * k + lowest(word)
    return -1, -1


# -- cocycles ------------------------------------------------------------------------------


@compiled
def _no_cocycles(n, n_words):
    return _Cocycles(
        np.full(1024, -1, np.int64),
        np.empty(1024, np.int32),
        np.zeros((256, n_words), np.uint64),
        np.arange(255, -1, -1).astype(np.int32),
        np.zeros((64, n, n_words), np.uint64),
        np.zeros((n, 1), np.uint64),
        np.full(64, -1, np.int64),
        np.array([0, 256, 0]),
    )


@compiled
def _place(keys, key):
    """Where `key` is in the hash table, or would be."""
    mask = keys.size - 1
    i = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & mask
    while keys[i] != key and keys[i] != -1:
        i = (i + 1) & mask
    return i


@compiled
def _row(live, slot, x, y):
    """The row of a cocycle at the edge xy, or -1."""
    n = live.touch.shape[0]
    if x > y:
        x, y = y, x
    i = _place(live.keys, (slot * n + x) * n + y)
    return live.rows[i] if live.keys[i] >= 0 else -1


@compiled
def _need_row(live, slot, x, y):
    """The row of a cocycle at the edge xy, made of zeros if there was none; needs room for it."""
    row = _row(live, slot, x, y)
    if row >= 0:
        return row
    n = live.touch.shape[0]
    if x > y:
        x, y = y, x
    key = (slot * n + x) * n + y
    i = _place(live.keys, key)
    if live.keys[i] < 0:
        live.keys[i] = key
        live.counts[KEYS] += 1
    live.counts[FREE] -= 1
    row = live.free[live.counts[FREE]]
    live.rows[i] = row
    live.pool[row] = ZERO
    set_bit(live.there[slot, x], y)
    set_bit(live.there[slot, y], x)
    set_bit(live.touch[x], slot)
    set_bit(live.touch[y], slot)
    return row


@compiled
def _make_room(live, n_rows):
    """Grow until `n_rows` more rows and their keys fit."""
    keys, rows, pool, free = live.keys, live.rows, live.pool, live.free
    while live.counts[FREE] < n_rows:
        old = pool.shape[0]
        bigger = np.empty((2 * old, pool.shape[1]), np.uint64)
        bigger[:old] = pool
        longer = np.empty(2 * old, np.int32)
        longer[: free.size] = free
        for i in range(old):
            longer[live.counts[FREE] + i] = 2 * old - 1 - i
        live.counts[FREE] += old
        pool, free = bigger, longer
    if 2 * (live.counts[KEYS] + n_rows) > keys.size:
        alive = 0
        for i in range(keys.size):
            alive += keys[i] >= 0 and rows[i] >= 0
        size = 1024
        while size < 4 * (alive + n_rows):
            size *= 2
        new_keys, new_rows = np.full(size, -1, np.int64), np.empty(size, np.int32)
        for i in range(keys.size):
            if keys[i] >= 0 and rows[i] >= 0:
                place = _place(new_keys, keys[i])
                new_keys[place], new_rows[place] = keys[i], rows[i]
        live.counts[KEYS] = alive
        keys, rows = new_keys, new_rows
    return _Cocycles(keys, rows, pool, free, live.there, live.touch, live.class_of, live.counts)


@compiled
def _free_slot(live):
    """A slot for a new class."""
    n_slots = live.class_of.size
    for slot in range(n_slots):
        if live.class_of[slot] < 0:
            return live, slot
    touch = np.zeros((live.touch.shape[0], 2 * live.touch.shape[1]), np.uint64)
    touch[:, : live.touch.shape[1]] = live.touch
    return (
        _Cocycles(
            live.keys,
            live.rows,
            live.pool,
            live.free,
            np.concatenate((live.there, np.zeros_like(live.there))),
            touch,
            np.concatenate((live.class_of, np.full(n_slots, -1, np.int64))),
            live.counts,
        ),
        n_slots,
    )


@compiled
def _extend(live, slot, u, v, f):
    """The cocycle on the triangles uvw with f(w) = 1, in the rows of all three edges."""
    ones = count_row(f)
    if ones == 0:
        return live
    live = _make_room(live, 2 * ones + 1)
    row = _need_row(live, slot, u, v)
    for k in range(f.size):
        live.pool[row, k] |= f[k]
        word = f[k]
        while word:
            w = 64 * k + lowest(word)
            word &= word - ONE
            set_bit(live.pool[_need_row(live, slot, u, w)], v)
            set_bit(live.pool[_need_row(live, slot, v, w)], u)
    return live


@compiled
def _kill_youngest(live, slots, n_here, values, u, v, w, x):
    """Let the youngest class of the relation die that the edge wx of the lune gives.

    It is replaced by the sum of the other classes. Returns its slot, in which its class is still
    noted, and the classes at hand that remain.
    """
    relation = np.empty(n_here, np.int64)
    n_relation, youngest = 0, -1
    for h in range(n_here):
        slot = slots[h]
        total = get_bit(values[h], w) ^ get_bit(values[h], x)
        if total ^ _bit(live, slot, u, w, x) ^ _bit(live, slot, v, w, x):
            relation[n_relation] = slot
            n_relation += 1
            if youngest < 0 or live.class_of[slot] > live.class_of[youngest]:
                youngest = slot
    n, n_words = live.there.shape[1], live.there.shape[2]
    for p in range(n):
        for k in range(n_words):
            word = live.there[youngest, p, k]
            live.there[youngest, p, k] = ZERO
            while word:
                q = 64 * k + lowest(word)
                word &= word - ONE
                if q < p:
                    continue
                row = _row(live, youngest, p, q)
                live = _make_room(live, n_relation)
                for h in range(n_relation):
                    if relation[h] != youngest:
                        target = _need_row(live, relation[h], p, q)
                        for i in range(n_words):
                            live.pool[target, i] ^= live.pool[row, i]
                live.rows[_place(live.keys, (youngest * n + p) * n + q)] = -1
                live.free[live.counts[FREE]] = row
                live.counts[FREE] += 1
        live.touch[p, youngest >> 6] &= ~(ONE << np.uint64(youngest & 63))
    live.counts[LIVE] -= 1
    kept = 0
    for h in range(n_here):
        if slots[h] != youngest:
            slots[kept] = slots[h]
            kept += 1
    return live, youngest, kept
