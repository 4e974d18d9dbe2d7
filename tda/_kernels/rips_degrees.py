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
from .bits import ZERO, count_row, set_bit
from .rips_core import Core, begin, fill_degrees, fill_loops, join_parts, no_classes
from .rips_loops import HALF, LOW
from .rips_lune import collapse, cone_point, grow_forest, root_of, rows_within
from .rips_values import LISTED, N_GIVEN, give, no_cells
from .rips_vectors import N_CLASSES, N_RELATIONS, no_vectors
from .sorting import sort_lengths
from .union_find import find


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
    sets = np.empty((3, n_words), np.uint64)
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
            gone = enter(cells, v, classes, adjacent, parent, sets, u, w, top, bits, False)
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
def enter(cells, v, classes, adjacent, parent, sets, u, w, top, bits, steady):
    """What begins and ends with the edge uw, u < w, which comes last of those that have a rank.

    `sets` are three rows of words to work in. With `steady`, how classes are chosen does not depend
    on whether others live. Returns the root of the component that joins another, or -1.
    """
    lune, live = sets[0], classes.live
    near_u, near_w, any_bit = adjacent[u], adjacent[w], ZERO
    for k in range(lune.size):
        lune[k] = near_u[k] & near_w[k]
        any_bit |= lune[k]
    set_bit(near_u, w)
    set_bit(near_w, u)
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
    if top == 1 and live[1] == 0:
        return -1  # nothing ends, and what is born later is 0 here
    if top <= 2 and live[2] == 0 and (top == 1 or not steady):
        # Nothing but loops can end, and voids begin, if the lune is in pieces.
        root = root_of(adjacent, lune, sets[1], sets[2])
        if root >= 0:
            if live[1]:
                _note_root(cells, u, w, root)
            return -1
    else:
        apex = cone_point(adjacent, lune, sets[1])
        if apex >= 0:
            cells.fate[u, w] = apex
            return -1
    _look(cells, v, classes, adjacent, u, w, lune, top, bits, steady)
    return -1


@apart
def _look(cells, v, classes, adjacent, u, w, lune, top, bits, steady):
    """What an edge does whose lune is no cone."""
    here, n_gone, m = lune.copy(), 0, count_row(lune)
    gone = np.empty((m, 2), np.int64)
    # Without a live class above degree 1 it only matters which parts there are, up to degree 2.
    if top > 2 or (top == 2 and (steady or classes.live[2])):
        n_gone, apex = collapse(adjacent, here, gone)
        if apex >= 0:
            _note(cells, u, w, gone[:n_gone], apex)
            return
    here, vertices, near, m = rows_within(adjacent, here)
    forest = np.empty((m, 2), np.int64)
    n_roots = grow_forest(near, here, forest)
    _note(cells, u, w, gone[:n_gone], -1)
    _note_forest(cells, u, w, forest, vertices)
    if m == 1:
        return
    core = Core(u, w, vertices, near, here, bits)
    if n_roots > 1:
        join_parts(cells, v, classes, core, forest, top)
    if top == 2 and m > 3:
        fill_loops(cells, v, classes, core, forest)
    if top > 2 and m > 3:
        fill_degrees(cells, v, classes, core, forest, top)


@apart
def _note(cells, u, w, gone, apex):
    """Begin the list of an edge: what of its lune goes, onto what, and the apex of the rest."""
    cells.fate[u, w] = -2 - cells.counts[LISTED]
    lists, start = _longer_lists(cells, 2 + 2 * gone.shape[0])
    lists[start], lists[start + 1] = gone.shape[0], (0 if apex < 0 else -1 - apex)
    for i in range(gone.shape[0]):
        lists[start + 2 + 2 * i], lists[start + 3 + 2 * i] = gone[i]


@apart
def _note_root(cells, u, w, root):
    """Write down a core of one vertex, to which all others lead."""
    cells.fate[u, w] = -2 - cells.counts[LISTED]
    lists, start = _longer_lists(cells, 4)
    lists[start], lists[start + 1], lists[start + 2], lists[start + 3] = 0, 1, root, -1


@apart
def _note_forest(cells, u, w, forest, vertices):
    """End the list of an edge with the vertices of its core and their parents."""
    begun = -2 - cells.fate[u, w]
    lists, start = _longer_lists(cells, 2 * forest.shape[0])
    lists[begun + 1] = lists[begun] + forest.shape[0]
    for i in range(forest.shape[0]):
        x, y = forest[i]
        lists[start + 2 * i], lists[start + 1 + 2 * i] = vertices[x], vertices[y] if y >= 0 else -1


@apart
def _longer_lists(cells, more):
    """The lists with room for more numbers, and where these go."""
    start, lists = cells.counts[LISTED], cells.lists
    if start + more > lists.size:
        bigger = np.empty(max(start + more, 2 * lists.size), np.int32)
        for i in range(start):
            bigger[i] = lists[i]
        cells.lists = lists = bigger
    cells.counts[LISTED] = start + more
    return lists, start
