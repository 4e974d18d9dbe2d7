"""Rips persistence in degrees 0 and 1 over Z/2 of many small clouds, in one compiled loop.

The algorithm of `rips_loops`, made for about a hundred points. It uses squares of lengths instead
of lengths, and lists and sorts only as many of the short pairs as are needed. Each live class has a
row of bits at every vertex. A pair gives birth to nothing if some neighbour of one end is nearer
to the other end. When that holds for all remaining pairs and no class is alive, the search ends.
"""

import numpy as np

from ._compiled import compiled, watch
from .bits import lowest
from .sorting import insertion_sort
from .union_find import find

_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_SAMPLE = 64  # pairs whose lengths tell how long the short ones are
_FIRST = 10  # pairs a point that are short
_LARGEST = 1.7976931348623157e308


@compiled
def rips_many(points, starts, max_dimension, max_length):
    """Bars of the clouds ``points[starts[i]:starts[i + 1]]``, none of length zero.

    Returns births, deaths and degrees, sorted in each cloud by degree, birth and death, and
    the offsets of the clouds in them.
    """
    n_clouds = starts.size - 1
    births, deaths = np.empty(4 * points.shape[0]), np.empty(4 * points.shape[0])
    dims = np.empty(4 * points.shape[0], np.int8)
    offsets = np.zeros(n_clouds + 1, np.int64)
    used, second = 0, 0
    for i in range(n_clouds):
        second = watch(second)
        if second < 0:
            break
        squares = _squares(points, starts[i], starts[i + 1])
        n = starts[i + 1] - starts[i]
        joined, born, died = _few_loops(squares, max_dimension, max_length)
        while used + n + born.size > births.size:
            births = np.concatenate((births, births))
            deaths = np.concatenate((deaths, deaths))
            dims = np.concatenate((dims, dims))
        for k in range(n):
            death = np.sqrt(joined[k]) if k < joined.size else np.inf
            if death > 0:
                births[used], deaths[used], dims[used] = 0.0, death, 0
                used += 1
        first = used
        for k in range(born.size):
            birth, death = np.sqrt(born[k]), np.sqrt(died[k])
            if death > birth:
                # Classes are numbered as they are born, so only ties need to move.
                place = used
                while place > first and births[place - 1] == birth and deaths[place - 1] > death:
                    births[place], deaths[place] = births[place - 1], deaths[place - 1]
                    place -= 1
                births[place], deaths[place], dims[used] = birth, death, 1
                used += 1
        offsets[i + 1] = used
    return births[:used], deaths[:used], dims[:used], offsets


@compiled
def _squares(points, start, stop):
    """The matrix of squared distances of these points."""
    n, d = stop - start, points.shape[1]
    columns = np.empty((d, n))
    for c in range(d):
        for i in range(n):
            columns[c, i] = points[start + i, c]
    squares = np.empty((n, n))
    for v in range(n):
        for u in range(n):
            diff = columns[0, u] - columns[0, v]
            squares[v, u] = diff * diff
        for c in range(1, d):
            for u in range(n):
                diff = columns[c, u] - columns[c, v]
                squares[v, u] += diff * diff
    return squares


@compiled
def _few_loops(squares, max_dimension, max_length):
    """Squared lengths at which components end, and classes of degree 1 are born and die."""
    n = squares.shape[0]
    n_words = (n + 63) >> 6
    adjacent = np.zeros((n, n_words), np.uint64)
    lune = np.empty(n_words, np.uint64)
    parent = np.empty(n, np.int64)
    for v in range(n):
        parent[v] = v
    joined, n_joins = np.empty(max(n - 1, 0)), 0
    born, died, n_classes = np.empty(64), np.empty(64), 0

    # Live classes sit in slots. Slot s touches vertex v if bit s of touch[v] is set, and has
    # there the row of bits rows[s * n + v], which otherwise is 0.
    n_slots, n_live = 64, 0
    touch = np.zeros((n, 1), np.uint64)
    rows = np.zeros((n_slots * n, n_words), np.uint64)
    class_of = np.empty(n_slots, np.int64)
    for s in range(n_slots):
        class_of[s] = -1
    slots, relation = np.empty(n_slots, np.int64), np.empty(n_slots, np.int64)

    sample = _sample(squares)
    n_pairs = n * (n - 1) // 2
    keys, codes = np.empty(n_pairs + 1), np.empty(n_pairs + 1, np.int64)
    done, rank = -1.0, 1 + _SAMPLE * _FIRST * n // max(n_pairs, 1)
    while n > 1 and done < _LARGEST:
        limit = min(sample[rank], _LARGEST) if rank < _SAMPLE else _LARGEST
        rank *= 2
        m = _sorted_pairs(squares, done, limit, keys, codes)
        done = limit
        for e in range(m):
            u, v = codes[e] >> 16, codes[e] & 0xFFFF
            if np.sqrt(keys[e]) > max_length:
                done = _LARGEST
                break

            # Which live classes touch u or v?
            n_here = 0
            if n_live:
                for k in range(touch.shape[1]):
                    word = touch[u, k] | touch[v, k]
                    while word:
                        slots[n_here] = 64 * k + lowest(word)
                        n_here += 1
                        word &= word - _ONE

            w0 = -1
            for k in range(n_words - 1, -1, -1):
                lune[k] = adjacent[u, k] & adjacent[v, k]
                if lune[k]:
                    w0 = k
            _set(adjacent, u, v)
            _set(adjacent, v, u)

            if w0 < 0:  # an empty lune
                p, q = find(parent, u), find(parent, v)
                if p != q:
                    parent[q] = p
                    joined[n_joins] = keys[e]
                    n_joins += 1
                elif max_dimension > 0:
                    if n_classes == born.size:
                        born, died = np.concatenate((born, born)), np.concatenate((died, died))
                    born[n_classes], died[n_classes] = keys[e], np.inf
                    slot = 0
                    while slot < n_slots and class_of[slot] >= 0:
                        slot += 1
                    if slot == n_slots:
                        touch, rows, class_of = _more_slots(touch, rows, class_of)
                        n_slots *= 2
                        slots = np.empty(n_slots, np.int64)
                        relation = np.empty(n_slots, np.int64)
                    class_of[slot] = n_classes
                    n_classes += 1
                    n_live += 1
                    _extend(touch, rows, n, slot, u, v)
                continue
            if n_here == 0:
                continue

            # Let the lune vertices agree, killing a class for each disagreement.
            w0 = 64 * w0 + lowest(lune[w0])
            h = 0
            while h < n_here:
                w1 = _differing(rows, slots[h] * n + u, slots[h] * n + v, lune, w0)
                h += 1
                if w1 < 0:
                    continue
                n_relation, youngest = 0, -1
                for i in range(n_here):
                    ru, rv = slots[i] * n + u, slots[i] * n + v
                    if _value(rows, ru, rv, w0) != _value(rows, ru, rv, w1):
                        relation[n_relation] = slots[i]
                        n_relation += 1
                        if youngest < 0 or class_of[slots[i]] > class_of[slots[youngest]]:
                            youngest = i
                dead = slots[youngest]
                died[class_of[dead]] = keys[e]
                _kill(touch, rows, n, dead, relation, n_relation)
                class_of[dead] = -1
                n_live -= 1
                n_here -= 1
                slots[youngest] = slots[n_here]
                h = 0
            # All agree: every class takes the value of the first lune vertex on the new edge.
            for h in range(n_here):
                slot = slots[h]
                if _value(rows, slot * n + u, slot * n + v, w0):
                    _extend(touch, rows, n, slot, u, v)
        if n_live == 0 and _no_more_births(squares, adjacent, done):
            break
    return joined[:n_joins], born[:n_classes], died[:n_classes]


# -- the short pairs, in order ---------------------------------------------------------------


@compiled
def _sample(squares):
    """Some of the squares, sorted."""
    n = squares.shape[0]
    sample = np.empty(_SAMPLE)
    for i in range(_SAMPLE if n > 1 else 0):
        u = i * n // _SAMPLE
        x = squares[u, (u + 1 + i * (n - 1) // _SAMPLE) % n]
        j = i
        while j > 0 and sample[j - 1] > x:
            sample[j] = sample[j - 1]
            j -= 1
        sample[j] = x
    return sample


@compiled
def _sorted_pairs(squares, done, limit, keys, codes):
    """Pairs of squares above `done`, up to `limit`: the squares, and ``u << 16 | v``."""
    m = 0
    for v in range(1, squares.shape[0]):
        for u in range(v):
            x = squares[v, u]
            keys[m], codes[m] = x, (u << 16) | v  # without a branch, and so kept or not
            m += (done < x) & (x <= limit)
    if m < 2:
        return m
    # Into buckets of even width, about as many as pairs, and then within each.
    low, high = keys[0], keys[0]
    for e in range(m):
        low, high = min(low, keys[e]), max(high, keys[e])
    per_unit = (m - 1) / (high - low) if high > low else 0.0
    if per_unit == np.inf:  # squares at the edge of underflow
        per_unit = 0.0
    ends = np.zeros(m + 1, np.int32)
    buckets = np.empty(m, np.int32)
    old_keys, old_codes = np.empty(m), np.empty(m, np.int64)
    for e in range(m):
        b = int((keys[e] - low) * per_unit)
        buckets[e], old_keys[e], old_codes[e] = b, keys[e], codes[e]
        ends[b + 1] += 1
    for b in range(m):
        ends[b + 1] += ends[b]
    for e in range(m):
        place = ends[buckets[e]]
        keys[place], codes[place] = old_keys[e], old_codes[e]
        ends[buckets[e]] = place + 1
    first = 0
    for b in range(m):
        if ends[b] - first > 16:  # crowded, so that small steps alone would take long
            _shell_sort(keys, codes, first, ends[b])
        first = ends[b]
    insertion_sort(keys, codes, 0, m, 1)
    return m


@compiled
def _shell_sort(keys, codes, first, last):
    """All steps of Shell's sort but the last."""
    gap = 1
    while gap < (last - first) // 8:
        gap = 3 * gap + 1
    while gap > 1:
        insertion_sort(keys, codes, first, last, gap)
        gap //= 3


@compiled
def _no_more_births(squares, adjacent, done):
    """Whether every pair above `done` has a neighbour that shows that its lune is not empty."""
    n = squares.shape[0]
    is_open = np.empty(n, np.int64)
    for u in range(1, n):
        any_open = 0
        for v in range(u):
            is_open[v] = squares[u, v] > done
            any_open |= is_open[v]
        for k in range(adjacent.shape[1]):
            word = adjacent[u, k]
            while word and any_open:
                w = 64 * k + lowest(word)
                word &= word - _ONE
                any_open = 0
                for v in range(u):
                    is_open[v] &= squares[w, v] >= squares[u, v]
                    any_open |= is_open[v]
        if any_open:
            return False
    return True


# -- rows of bits, and cocycles --------------------------------------------------------------


# Whole tables are handed on, not rows of them: a row would be an array of its own.
@compiled
def _set(table, i, j):
    table[i, j >> 6] |= _ONE << np.uint64(j & 63)


@compiled
def _value(table, u, v, w):
    """Bit w of the sum of two rows."""
    return ((table[u, w >> 6] ^ table[v, w >> 6]) >> np.uint64(w & 63)) & _ONE


@compiled
def _extend(touch, rows, n, slot, u, v):
    """Give the class in `slot` the value 1 on the edge uv."""
    bit = _ONE << np.uint64(slot & 63)
    _set(rows, slot * n + u, v)
    _set(rows, slot * n + v, u)
    touch[u, slot >> 6] |= bit
    touch[v, slot >> 6] |= bit


@compiled
def _differing(rows, u, v, lune, w0):
    """A lune vertex with another value than `w0` on the sum of two rows, or -1."""
    value = _value(rows, u, v, w0)
    for k in range(lune.size):
        x = (rows[u, k] ^ rows[v, k]) & lune[k]
        if value:
            x ^= lune[k]
        if x:
            return 64 * k + lowest(x)
    return -1


@compiled
def _kill(touch, rows, n, dead, relation, n_relation):
    """Replace the dead class by the sum of the other classes in the relation."""
    bit = _ONE << np.uint64(dead & 63)
    for x in range(n):
        if not touch[x, dead >> 6] & bit:
            continue
        for h in range(n_relation):
            slot = relation[h]
            if slot == dead:
                continue
            for k in range(rows.shape[1]):
                rows[slot * n + x, k] ^= rows[dead * n + x, k]
            touch[x, slot >> 6] |= _ONE << np.uint64(slot & 63)
        for k in range(rows.shape[1]):
            rows[dead * n + x, k] = _ZERO
        touch[x, dead >> 6] &= ~bit


@compiled
def _more_slots(touch, rows, class_of):
    """Room for twice as many live classes."""
    n_slots = class_of.size
    wide = np.zeros((touch.shape[0], 2 * touch.shape[1]), np.uint64)
    wide[:, : touch.shape[1]] = touch
    longer = np.zeros((2 * rows.shape[0], rows.shape[1]), np.uint64)
    longer[: rows.shape[0]] = rows
    more = np.full(2 * n_slots, -1, np.int64)
    more[:n_slots] = class_of
    return wide, longer, more
