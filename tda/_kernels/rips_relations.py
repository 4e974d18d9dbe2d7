"""Degree 1 of a Rips filtration as that of a small complex: cells of dimension 1 and relations.

An edge with an empty lune is a cell. Every other edge uv is homologous to uw + wv for a point w of
its lune, both shorter, and so to a sum of cells. Two points w and x of its lune give the same sum
where a path of the lune leads from w to x; each further component of the lune gives a relation, the
loop u, w, v, x written in cells (after the reduced filtration of M. Koyama, F. Mémoli, V. Robins,
K. Turner, arXiv:2307.16333). So degree 1 needs the cells and the few edges with a lune in pieces.

Relations are applied in order to cocycles: each class that lives has the value 1 on some cells, at
first on its birth alone. A relation is a sum of the classes that are odd on it, of which the
youngest becomes the sum of the others (annotations: T. K. Dey, F. Fan, Y. Wang, Computing
topological persistence for simplicial maps, SoCG 2014).
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled
from .growing import longer

# Where cocycles are 1. The entries of cell c are a list from head[c] on: an entry knows its class,
# `of`, and the `next` one. cells_of[k], a list too, are the cells that ever had class k. counts:
# entries used, first free entry, members of the second lists used.
Cocycles = namedtuple("Cocycles", "head of next first_cell cell next_cell counts")


@compiled
def first_cocycles(births, n_cells):
    """Class k is 1 on the cell ``births[k]`` alone."""
    m = births.size
    size = max(2 * m, 64)
    live = Cocycles(
        np.full(n_cells, -1, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.full(max(m, 1), -1, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.array([0, -1, 0]),
    )
    for k in range(m):
        live = _flip(live, births[k], k)
    return live


@compiled
def values_on_cells(live, classes, n_cells):
    """The values of up to 64 classes on all cells, a bit for each class."""
    values = np.zeros(n_cells, np.uint64)
    for k in range(classes.size):
        bit = np.uint64(1) << np.uint64(k)
        s = live.first_cell[classes[k]]
        while s >= 0:
            cell = live.cell[s]
            s = live.next_cell[s]
            e = live.head[cell]
            while e >= 0 and live.of[e] != classes[k]:
                e = live.next[e]
            if e >= 0:
                values[cell] |= bit
    return values


@compiled
def _flip(live, cell, k):
    """Add 1 to the value of class k on a cell."""
    head, of, following, first_cell, cell_of, next_cell, counts = live
    before, e = -1, head[cell]
    while e >= 0:
        if of[e] == k:
            if before < 0:
                head[cell] = following[e]
            else:
                following[before] = following[e]
            following[e] = counts[1]
            counts[1] = e
            return live
        before, e = e, following[e]
    if counts[1] >= 0:
        e = counts[1]
        counts[1] = following[e]
    else:
        if counts[0] == of.size:
            of, following = longer(of), longer(following)
        e = counts[0]
        counts[0] += 1
    of[e], following[e], head[cell] = k, head[cell], e
    if counts[2] == cell_of.size:
        cell_of, next_cell = longer(cell_of), longer(next_cell)
    s = counts[2]
    counts[2] += 1
    cell_of[s], next_cell[s], first_cell[k] = cell, first_cell[k], s
    return Cocycles(head, of, following, first_cell, cell_of, next_cell, counts)


@compiled
def apply_relation(live, loop, n_loop, odd, odd_ones):
    """Make the loop of cells 0; the class that dies of it, or -1.

    `odd` is False for every class, before and after; `odd_ones` has room for all classes.
    """
    n_odd = 0
    for i in range(n_loop):
        e = live.head[loop[i]]
        while e >= 0:
            k = live.of[e]
            odd[k] = not odd[k]
            if odd[k]:
                if n_odd == odd_ones.size:  # what has become even is in the list as well
                    n_odd = _only_odd(odd, odd_ones, n_odd)
                odd_ones[n_odd] = k
                n_odd += 1
            e = live.next[e]
    n_odd = _only_odd(odd, odd_ones, n_odd)
    for i in range(n_odd):
        odd[odd_ones[i]] = False
    return let_die(live, odd_ones, n_odd)


@compiled
def let_die(live, odd_ones, n_odd):
    """Make the sum of the first classes of a list 0; the youngest, which dies of it, or -1."""
    youngest = -1
    for i in range(n_odd):
        youngest = max(youngest, odd_ones[i])
    if youngest < 0:
        return live, youngest
    s = live.first_cell[youngest]
    while s >= 0:
        cell = live.cell[s]
        s = live.next_cell[s]
        e = live.head[cell]
        while e >= 0 and live.of[e] != youngest:
            e = live.next[e]
        if e < 0:
            continue
        for i in range(n_odd):
            live = _flip(live, cell, odd_ones[i])
    live.first_cell[youngest] = -1
    return live, youngest


@compiled
def _only_odd(odd, odd_ones, n_odd):
    """Keep each class that is odd, once."""
    kept = 0
    for i in range(n_odd):
        k = odd_ones[i]
        if odd[k]:
            odd[k] = False
            odd_ones[kept] = k
            kept += 1
    for i in range(kept):
        odd[odd_ones[i]] = True
    return kept
