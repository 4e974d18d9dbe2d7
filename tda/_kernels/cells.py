"""Persistence of a complex whose cells are listed: cliques of a graph, and their cohomology.

A complex is one table a degree: row by row the facets of its cells, numbers of rows in the table
below. Facet i leaves out vertex i, and counts with the sign (-1)^i.
"""

import numpy as np

from ._compiled import compiled, watch
from .bits import empty_set, flip, largest
from .fields import inverse_mod
from .growing import longer
from .union_find import find

# -- cliques -----------------------------------------------------------------------------------
# A clique is a row of vertices with an edge from each to all later ones. The cliques that begin
# with one clique and have one vertex more are its children; they stand together, sorted by that
# vertex. So every facet is found without a table of hashes.


@compiled
def count_children(parent, last, siblings, starts, heads):
    """How many vertices extend each clique: where its children start, and the total."""
    ends = np.zeros(last.size + 1, np.int64)
    second = 0
    for s in range(last.size):
        if s & 0x3FFF == 0:
            second = watch(second)
            if second < 0:
                break
        a, a_end = siblings[parent[s]], siblings[parent[s] + 1]
        b, b_end = starts[last[s]], starts[last[s] + 1]
        count = 0
        while a < a_end and b < b_end:
            if last[a] == heads[b]:
                count += 1
                a += 1
                b += 1
            elif last[a] < heads[b]:
                a += 1
            else:
                b += 1
        ends[s + 1] = ends[s] + count
    return ends


@compiled
def make_children(parent, last, facets, values, siblings, children, starts, heads):
    """The cliques with one vertex more: parent, last vertex, facets and value of each."""
    n, width = children[-1], facets.shape[1]
    new_parent, new_last = np.empty(n, np.int32), np.empty(n, np.int32)
    new_facets = np.empty((n, width + 1), np.int32)
    new_values = np.empty(n)
    second = 0
    for s in range(last.size):
        if s & 0x3FFF == 0:
            second = watch(second)
            if second < 0:
                break
        at = children[s]
        a, b = siblings[parent[s]], starts[last[s]]
        while at < children[s + 1]:
            if last[a] < heads[b]:
                a += 1
                continue
            if last[a] > heads[b]:
                b += 1
                continue
            w = last[a]
            new_parent[at], new_last[at] = s, w
            value = max(values[s], values[a])
            for i in range(width - 1):
                other = facets[s, i]
                facet = child(siblings, last, other, w)
                new_facets[at, i] = facet
                value = max(value, values[facet])
            new_facets[at, width - 1] = a  # leaves out the last vertex of the parent
            new_facets[at, width] = s
            new_values[at] = value
            at += 1
            a += 1
            b += 1
    return new_parent, new_last, new_facets, new_values


@compiled
def child(siblings, last, s, w):
    """The child of the clique `s` whose last vertex is `w`; it is known to exist."""
    low, high = siblings[s], siblings[s + 1]
    while high - low > 1:
        middle = (low + high) // 2
        if last[middle] <= w:
            low = middle
        else:
            high = middle
    return low


# -- pairs -------------------------------------------------------------------------------------


@compiled
def pair_vertices(order, edges, rank, n):
    """Components along the edges in order: the edge that ends each vertex's component, or -1."""
    parent = np.arange(n)
    death = np.full(n, -1)
    for k in range(order.size):
        e = order[k]
        a, b = find(parent, np.int64(edges[e, 0])), find(parent, np.int64(edges[e, 1]))
        if a == b:
            continue
        if rank[a] > rank[b]:
            a, b = b, a
        parent[b] = a  # the younger one ends
        death[b] = e
    return death


@compiled
def cofacets(facets, order, n, field):
    """The cofacets of each cell, in the order in which they enter, and their signs."""
    starts = np.zeros(n + 1, np.int64)
    for s in range(facets.shape[0]):
        for i in range(facets.shape[1]):
            starts[facets[s, i] + 1] += 1
    for i in range(n):
        starts[i + 1] += starts[i]
    at = starts[:-1].copy()
    cells, signs = np.empty(starts[-1], np.int64), np.empty(starts[-1], np.int64)
    for k in range(order.size):
        for i in range(facets.shape[1]):
            facet = facets[order[k], i]
            cells[at[facet]] = k
            signs[at[facet]] = 1 if i % 2 == 0 else field - 1
            at[facet] += 1
    return starts, cells, signs


@compiled
def pair_cells(order, skip, starts, cells, signs, n, field):
    """For each cell the place in order of the cofacet that ends its class, or -1.

    Cohomology: cells from the last to the first, each column the cofacets of a cell, whose pivot
    is the one that enters first. `skip` marks cells that end a class themselves.
    """
    death = np.full(order.size, -1)
    owner = np.full(n, -1)  # of a cofacet that is a pivot
    first, size = np.full(order.size, -1), np.zeros(order.size, np.int64)
    kept, kept_signs = np.empty(1024, np.int64), np.empty(1024, np.int64)
    used, second = 0, 0
    numbers = np.zeros(n, np.int64)  # the column at work
    levels, bases = empty_set(max(n, 1))
    for k in range(order.size - 1, -1, -1):
        second = watch(second)
        if second < 0:
            break
        c = order[k]
        if skip[c] or starts[c] == starts[c + 1]:
            continue
        pivot = cells[starts[c]]
        if owner[pivot] < 0:  # nothing to reduce
            owner[pivot], death[c] = c, pivot
            continue
        add_column(cells, signs, starts[c], starts[c + 1], 1, numbers, levels, bases, n, field)
        while True:
            top = largest(levels, bases)
            if top < 0:
                break
            pivot = n - 1 - top
            other = owner[pivot]
            if other < 0:
                break
            if first[other] < 0:
                a, b = starts[other], starts[other + 1]
                scale = (field - numbers[pivot]) * inverse_mod(signs[a], field) % field
                add_column(cells, signs, a, b, scale, numbers, levels, bases, n, field)
            else:
                a, b = first[other], first[other] + size[other]
                scale = (field - numbers[pivot]) * inverse_mod(kept_signs[a], field) % field
                add_column(kept, kept_signs, a, b, scale, numbers, levels, bases, n, field)
        if top < 0:
            continue
        owner[pivot], death[c], first[c] = c, pivot, used
        while top >= 0:
            if used == kept.size:
                kept, kept_signs = longer(kept), longer(kept_signs)
            kept[used], kept_signs[used] = n - 1 - top, numbers[n - 1 - top]
            numbers[n - 1 - top] = 0
            used += 1
            flip(levels, bases, top)
            top = largest(levels, bases)
        size[c] = used - first[c]
    return death


@compiled
def add_column(cells, signs, a, b, scale, numbers, levels, bases, n, field):
    """Add a multiple of a column to the one at work."""
    for j in range(a, b):
        cell = cells[j]
        old = numbers[cell]
        new = (old + scale * signs[j]) % field
        numbers[cell] = new
        if (old == 0) != (new == 0):
            flip(levels, bases, n - 1 - cell)
