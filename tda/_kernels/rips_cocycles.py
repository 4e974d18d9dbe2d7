"""Rips persistence in degrees 0 and 1 over any prime field, with a cocycle for every loop.

The pass of `rips_loops`, with numbers of the field where that one has bits. A live class is a
cocycle c, an antisymmetric function on the edges so far. An edge uv enters with its lune, the
common neighbours w of u and v. On the new triangles c needs ``c(uv) = c(uw) - c(vw)``, for every w
of the lune the same number. Where two lune vertices ask for different ones the loop through them
is a relation between the classes: the youngest class in it dies, and multiples of its cocycle
taken off the others make them agree (V. de Silva, D. Morozov, M. Vejdemo-Johansson, Persistent
cohomology and circular coordinates, Discrete & Computational Geometry 45, 2011).
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .bits import ONE, ZERO, lowest, set_bit
from .fields import inverse_mod
from .growing import longer_table
from .rips_loops import HALF, LOW, last_birth
from .sorting import sort_lengths
from .union_find import find

# The cocycles of the live classes, each in a slot. In slot s the values on the edges from x are
# in the row r = row_of[s, x], or all 0 if r is -1: the value on the edge from x to y is
# values[r, y], and bit y of support[r] tells whether it is not 0. touch[x] has the bits of the
# slots with a row at x. counts are the number of free rows and of live classes.
_Live = namedtuple("_Live", "touch row_of class_of values support free counts")
FREE, LIVE = 0, 1

# The cocycles of classes that died, each a run of rows (x, y, value) with x < y.
_Kept = namedtuple("_Kept", "entries first length used")


@compiled
def rips_cocycles(D, codes, starts, reach, field, keep):
    """Degrees 0 and 1 of the Rips filtration of the distance matrix `D` over Z/`field`.

    `codes` and `starts` are those of `bucketed_edges` with `reach`. Returns what `rips_loops` does
    but the order of deaths; and if `keep`, the entries (k, 3) of cocycles, edges x < y and values
    in the order in which classes die, with the first row and the number of rows of each class. A
    cocycle is that of the complex just before the class dies.
    """
    n = D.shape[0]
    n_words = (n + 63) >> 6
    adjacent = np.zeros((n, n_words), np.uint64)
    lune = np.zeros(n_words, np.uint64)
    parent = np.arange(n)
    joins, n_joins = np.empty((max(n - 1, 0), 3), np.int64), 0
    births, deaths = np.empty((64, 2), np.int64), np.empty((64, 3), np.int64)
    n_classes = 0
    live = _no_classes(n, n_words)
    kept = _nothing_kept()
    slots = np.empty(live.class_of.size, np.int64)  # the classes at hand
    factors = np.empty(live.class_of.size, np.int64)  # and their values on a relation

    lengths, order = np.empty(64), np.empty(64, np.int32)  # of a bucket
    last = np.inf  # known once all is connected and no class lives; until then it does not matter
    second = 0
    for b in range(starts.size - 1):
        first, n_edges = starts[b], starts[b + 1] - starts[b]
        if n_edges > lengths.size:
            lengths, order = np.empty(2 * n_edges), np.empty(2 * n_edges, np.int32)
        for e in range(n_edges):
            lengths[e] = D[codes[first + e] >> HALF, codes[first + e] & LOW]
        sort_lengths(lengths, order, n_edges)
        for o in range(n_edges):
            second = watch(second)
            if second < 0:
                return joins, births, deaths, kept
            if live.counts[LIVE] == 0 and n_joins == n - 1:
                if last == np.inf:
                    last = last_birth(D, adjacent, reach)
                if lengths[o] > last:
                    return joins, births[:n_classes], deaths[:n_classes], kept
            code = codes[first + order[o]]
            u, v = np.int64(code >> HALF), np.int64(code & LOW)
            any_bit = ZERO
            for k in range(n_words):
                lune[k] = adjacent[u, k] & adjacent[v, k]
                any_bit |= lune[k]
            set_bit(adjacent[u], v)
            set_bit(adjacent[v], u)
            if any_bit == ZERO:
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
                live = _begin(live, n_classes, u, v, field)
                n_classes += 1
                if slots.size < live.class_of.size:
                    slots = np.empty(live.class_of.size, np.int64)
                    factors = np.empty(live.class_of.size, np.int64)
                continue
            n_here = _classes_at(live, u, v, slots)
            if n_here == 0:
                continue
            k = 0
            while lune[k] == ZERO:
                k += 1
            w0 = 64 * k + lowest(lune[k])
            while True:
                w1 = -1
                for h in range(n_here):
                    w1 = _disagreement(live, slots[h], u, v, lune, w0, field)
                    if w1 >= 0:
                        break
                if w1 < 0:
                    break
                youngest = -1
                for h in range(n_here):
                    slot = slots[h]
                    at_w0 = _asked(live, slot, u, v, w0, field)
                    factors[h] = (at_w0 - _asked(live, slot, u, v, w1, field)) % field
                    if factors[h] and (
                        youngest < 0 or live.class_of[slot] > live.class_of[slots[youngest]]
                    ):
                        youngest = h
                dead = live.class_of[slots[youngest]]
                deaths[dead, 0], deaths[dead, 1], deaths[dead, 2] = u, v, w1
                if keep:
                    kept = _keep(kept, live, slots[youngest], dead)
                live = _divide(live, slots[:n_here], factors, youngest, field)
                n_here -= 1
                for h in range(youngest, n_here):
                    slots[h] = slots[h + 1]
            # All agree: every class takes the value that it is asked for on the new edge.
            for h in range(n_here):
                value = _asked(live, slots[h], u, v, w0, field)
                if value:
                    live = _make_room(live, 2)
                    _set_value(live, slots[h], u, v, value)
                    _set_value(live, slots[h], v, u, field - value)
    if keep:
        for slot in range(live.class_of.size):
            if live.class_of[slot] >= 0:
                kept = _keep(kept, live, slot, live.class_of[slot])
    return joins[:n_joins], births[:n_classes], deaths[:n_classes], kept


# -- the values of a class -------------------------------------------------------------------


@compiled
def _classes_at(live, u, v, slots):
    """The slots of the live classes with a value on some edge at u or v."""
    n_here = 0
    if live.counts[LIVE]:
        for k in range(live.touch.shape[1]):
            word = live.touch[u, k] | live.touch[v, k]
            while word:
                slots[n_here] = 64 * k + lowest(word)
                n_here += 1
                word &= word - ONE
    return n_here


@compiled
def _asked(live, slot, u, v, w, field):
    """The value on uv that the triangle uvw asks of a class."""
    a, b = live.row_of[slot, u], live.row_of[slot, v]
    value = np.int64(0)
    if a >= 0:
        value += np.int64(live.values[a, w])
    if b >= 0:
        value -= np.int64(live.values[b, w])
    return value + field if value < 0 else value


@compiled
def _disagreement(live, slot, u, v, lune, w0, field):
    """The first lune vertex that asks a class for another value than `w0` does, or -1."""
    value = _asked(live, slot, u, v, w0, field)
    a, b = live.row_of[slot, u], live.row_of[slot, v]
    for k in range(lune.size):
        if lune[k] == ZERO:
            continue
        there = ZERO
        if a >= 0:
            there |= live.support[a, k]
        if b >= 0:
            there |= live.support[b, k]
        # Off the support all ask for 0; elsewhere one has to look.
        found = 64
        zeros = lune[k] & ~there
        if value and zeros:
            found = lowest(zeros)
        there &= lune[k]
        while there:
            i = lowest(there)
            there &= there - ONE
            if i > found:
                break
            if _asked(live, slot, u, v, 64 * k + i, field) != value:
                found = i
                break
        if found < 64:
            return 64 * k + found
    return -1


@compiled
def _set_value(live, slot, x, y, value):
    """Give a class a value on the edge from x to y. Room must have been made."""
    row = _need_row(live, slot, x)
    live.values[row, y] = value
    if value:
        live.support[row, y >> 6] |= ONE << np.uint64(y & 63)
    else:
        live.support[row, y >> 6] &= ~(ONE << np.uint64(y & 63))


@compiled
def _need_row(live, slot, x):
    """The row of a class at x, made of zeros if there was none."""
    row = live.row_of[slot, x]
    if row < 0:
        live.counts[FREE] -= 1
        row = live.free[live.counts[FREE]]
        live.row_of[slot, x] = row
        live.values[row] = 0
        live.support[row] = ZERO
        live.touch[x, slot >> 6] |= ONE << np.uint64(slot & 63)
    return row


@compiled
def _make_room(live, n_rows):
    """Grow until `n_rows` more rows are free."""
    values, support, free = live.values, live.support, live.free
    while live.counts[FREE] < n_rows:
        old = values.shape[0]
        values, support = longer_table(values), longer_table(support)
        longer_free = np.empty(2 * old, np.int32)
        for i in range(live.counts[FREE]):
            longer_free[i] = free[i]
        for i in range(old):
            longer_free[live.counts[FREE] + i] = 2 * old - 1 - i
        live.counts[FREE] += old
        free = longer_free
    return _Live(live.touch, live.row_of, live.class_of, values, support, free, live.counts)


# -- classes ---------------------------------------------------------------------------------


@compiled
def _no_classes(n, n_words):
    return _Live(
        np.zeros((n, 1), np.uint64),
        np.full((64, n), -1, np.int32),
        np.full(64, -1, np.int64),
        np.empty((256, n), np.uint16),
        np.empty((256, n_words), np.uint64),
        np.arange(255, -1, -1).astype(np.int32),
        np.array([256, 0]),
    )


@compiled
def _begin(live, name, u, v, field):
    """A new class, with the value 1 on the edge from u to v."""
    n_slots = live.class_of.size
    slot = 0
    while slot < n_slots and live.class_of[slot] >= 0:
        slot += 1
    if slot == n_slots:
        touch = np.zeros((live.touch.shape[0], 2 * live.touch.shape[1]), np.uint64)
        touch[:, : live.touch.shape[1]] = live.touch
        row_of = longer_table(live.row_of)
        row_of[n_slots:] = -1
        class_of = np.concatenate((live.class_of, np.full(n_slots, -1, np.int64)))
        live = _Live(touch, row_of, class_of, live.values, live.support, live.free, live.counts)
    live.class_of[slot] = name
    live.counts[LIVE] += 1
    live = _make_room(live, 2)
    _set_value(live, slot, u, v, 1)
    _set_value(live, slot, v, u, field - 1)
    return live


@compiled
def _divide(live, slots, factors, youngest, field):
    """Let the youngest class of a relation die, and take multiples of it off the others."""
    dead = slots[youngest]
    inverse = inverse_mod(factors[youngest], field)
    for x in range(live.row_of.shape[1]):
        row = live.row_of[dead, x]
        if row < 0:
            continue
        live = _make_room(live, slots.size)
        for h in range(slots.size):
            if h == youngest or factors[h] == 0:
                continue
            times = field - factors[h] * inverse % field
            target = _need_row(live, slots[h], x)
            for k in range(live.support.shape[1]):
                word = live.support[row, k]
                zeros = ZERO
                left = word
                while left:
                    y = 64 * k + lowest(left)
                    value = np.int64(live.values[target, y]) + times * live.values[row, y]
                    value %= field
                    live.values[target, y] = value
                    if value == 0:
                        zeros |= left & (~left + ONE)
                    left &= left - ONE
                live.support[target, k] = (live.support[target, k] | word) & ~zeros
        live.touch[x, dead >> 6] &= ~(ONE << np.uint64(dead & 63))
        live.free[live.counts[FREE]] = row
        live.counts[FREE] += 1
        live.row_of[dead, x] = -1
    live.class_of[dead] = -1
    live.counts[LIVE] -= 1
    return live


# -- cocycles that are kept ------------------------------------------------------------------


@compiled
def _nothing_kept():
    empty = np.zeros(64, np.int64)
    return _Kept(np.empty((64, 3), np.int32), empty, empty.copy(), np.zeros(1, np.int64))


@compiled
def _keep(kept, live, slot, name):
    """Write down the cocycle of a class."""
    entries, first, length = kept.entries, kept.first, kept.length
    while name >= first.size:
        first = np.concatenate((first, np.zeros_like(first)))
        length = np.concatenate((length, np.zeros_like(length)))
    used = kept.used[0]
    first[name] = used
    for x in range(live.row_of.shape[1]):
        row = live.row_of[slot, x]
        if row < 0:
            continue
        for k in range(x >> 6, live.support.shape[1]):
            word = live.support[row, k]
            while word:
                y = 64 * k + lowest(word)
                word &= word - ONE
                if y < x:
                    continue
                if used == entries.shape[0]:
                    entries = longer_table(entries)
                entries[used, 0], entries[used, 1] = x, y
                entries[used, 2] = live.values[row, y]
                used += 1
    length[name] = used - first[name]
    kept.used[0] = used
    return _Kept(entries, first, length, kept.used)
