"""Rips persistence in every degree over every prime field: one pass over the edges.

Edges enter in order of length. The lune of an edge, its common neighbours so far, tells what
begins and ends with it (`rips_core`), and most lunes collapse to a point: then nothing does. The
values of the live classes on a simplex are found only where they are asked for, from shorter
edges (`rips_values`), so that for the many edges whose lunes collapse nothing else is done. It
joins edge collapse (J.-D. Boissonnat, S. Pritam, SoCG 2020), annotations, and the enumeration of
only what touches a live class (K. Kapulkin, N. Kershaw, arXiv:2606.06310).
"""

import numpy as np

from ._compiled import apart, compiled, watch
from .bits import ONE, ZERO, lowest, set_bit
from .rips_core import Core, begin, fill_degrees, fill_loops, join_parts, no_classes
from .rips_loops import HALF, LOW
from .rips_lune import collapse, grow_forest, hub_of, misses, rows_within
from .rips_values import LISTED, N_GIVEN, give, no_cells
from .rips_vectors import N_CLASSES, N_RELATIONS, no_vectors
from .sorting import sort_lengths
from .union_find import find


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
def rips_degrees(D, codes, starts, top, field, bits, keep):
    """Degrees 0 to `top` of the Rips filtration of the distance matrix `D` over Z/`field`.

    `codes` and `starts` are those of `bucketed_edges`; `bits` is how many a vertex takes in a
    number of 63 bits that holds a simplex of ``top + 1`` vertices. Returns edges that join
    components, each with a point of the component that dies; and for each class from degree 1 on
    its degree, the simplex of its birth, and that of its death, or -1 where it lives on. Last, if
    `keep`, what `supports` takes: `rank`, `fate`, `lists`, `given` and `relations`.
    """
    n = D.shape[0]
    n_words = (n + 63) >> 6
    adjacent = np.zeros((n, n_words), np.uint64)
    lune = np.zeros(n_words, np.uint64)
    parent = np.arange(n)
    joins, n_joins = np.empty((max(n - 1, 0), 3), np.int64), 0
    cells, v, classes = no_cells(n), no_vectors(field, keep), no_classes(top)

    lengths, order = np.empty(64), np.empty(64, np.int32)  # of a bucket
    place, second = 0, 0
    for b in range(starts.size - 1):
        first, n_edges = starts[b], starts[b + 1] - starts[b]
        if n_edges > lengths.size:
            lengths, order = np.empty(2 * n_edges), np.empty(2 * n_edges, np.int32)
        for e in range(n_edges):
            lengths[e] = D[codes[first + e] >> HALF, codes[first + e] & LOW]
        sort_lengths(lengths, order, n_edges)
        if second < 0:
            break
        for o in range(n_edges):
            second = watch(second)
            if second < 0:
                break
            code = codes[first + order[o]]
            u, w = np.int64(code >> HALF), np.int64(code & LOW)
            cells.rank[u, w], cells.rank[w, u] = place, place
            place += 1
            gone = enter(cells, v, classes, adjacent, parent, lune, u, w, top, bits, False)
            if gone >= 0:
                joins[n_joins, 0], joins[n_joins, 1], joins[n_joins, 2] = u, w, gone
                n_joins += 1
    n_classes = v.counts[N_CLASSES]
    return (
        joins[:n_joins],
        classes.degrees[:n_classes],
        classes.births[:n_classes],
        classes.deaths[:n_classes],
        (
            cells.rank,
            cells.fate,
            cells.lists,
            cells.given[: cells.counts[N_GIVEN]],
            v.relations[: v.counts[N_RELATIONS]],
        ),
    )


@compiled
def enter(cells, v, classes, adjacent, parent, lune, u, w, top, bits, steady):
    """What begins and ends with the edge uw, u < w, which comes last of those that have a rank.

    `lune` is a row of words to work in. With `steady`, how classes are chosen does not depend on
    whether others live. Returns the root of the component that joins another, or -1.
    """
    any_bit = ZERO
    for k in range(lune.size):
        lune[k] = adjacent[u, k] & adjacent[w, k]
        any_bit |= lune[k]
    set_bit(adjacent[u], w)
    set_bit(adjacent[w], u)
    if any_bit == ZERO:
        p, q = find(parent, u), find(parent, w)
        if p != q:
            parent[q] = p
            return q
        edge = np.empty(2, np.int64)
        edge[0], edge[1] = u, w
        unit = begin(v, classes, edge, 2)
        give(cells, v, ((u + 1) << bits) | (w + 1), unit)
        return -1
    if top == 1 and classes.live[1] == 0:
        return -1  # nothing ends, and what is born later is 0 here
    apex = _apex(adjacent, lune)
    if apex >= 0:
        cells.fate[u, w] = apex
    else:
        _look(cells, v, classes, adjacent, u, w, lune, top, bits, steady)
    return -1


@apart
def _look(cells, v, classes, adjacent, u, w, lune, top, bits, steady):
    """What an edge does whose lune is no cone."""
    here, vertices, near, m = rows_within(adjacent, lune)
    pairs, n_gone = np.empty((m, 2), np.int64), 0
    # Without a live class above degree 1 it only matters which parts there are, up to degree 2.
    if top > 2 or (top == 2 and (steady or classes.live[2])):
        hub = hub_of(near, here)
        if 4 * misses(near, here, hub) < m:
            n_gone = collapse(near, here, hub, pairs, 0)
            if misses(near, here, hub) == 0:
                _note(cells, u, w, vertices, pairs, n_gone, n_gone, vertices[hub])
                return
        n_gone = collapse(near, here, -1, pairs, n_gone)
    n_roots = grow_forest(near, here, pairs, n_gone)
    if n_roots == 1 and n_gone == 0 and (top == 1 or (top == 2 and classes.live[2] == 0)):
        _note(cells, u, w, vertices, pairs, 0, 1, -1)  # the root alone
        return
    _note(cells, u, w, vertices, pairs, n_gone, m, -1)
    if n_gone + 1 == m:
        return
    core = Core(u, w, vertices, near, here, bits)
    if n_roots > 1:
        join_parts(cells, v, classes, core, pairs, n_gone, m, top)
    if top == 2 and m - n_gone > 3:
        fill_loops(cells, v, classes, core, pairs, n_gone, m)
    if top > 2 and m - n_gone > 3:
        fill_degrees(cells, v, classes, core, pairs, n_gone, m, top)


@apart
def _note(cells, u, w, vertices, pairs, n_gone, n_all, apex):
    """Write down the list of an edge: onto what each vertex of its lune goes."""
    start, lists = cells.counts[LISTED], cells.lists
    end = start + 2 + 2 * n_all
    if end > lists.size:
        bigger = np.empty(max(end, 2 * lists.size), np.int32)
        for i in range(start):
            bigger[i] = lists[i]
        cells.lists = lists = bigger
    lists[start], lists[start + 1] = n_gone, (n_all if apex < 0 else -1 - apex)
    for i in range(n_all):
        lists[start + 2 + 2 * i] = vertices[pairs[i, 0]]
        lists[start + 3 + 2 * i] = vertices[pairs[i, 1]] if pairs[i, 1] >= 0 else -1
    cells.counts[LISTED] = end
    cells.fate[u, w] = -2 - start
