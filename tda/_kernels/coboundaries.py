"""Persistent cohomology of a complex whose simplices are all there, over any prime field.

The coboundaries of the simplices of one dimension are reduced from the last one to the first: from
each those before it that lead with the same coface are taken off. So the coboundary of a sum of
simplices, none earlier than the first of them, is left, and it leads with the coface at which this
cocycle ends (V. de Silva, D. Morozov, M. Vejdemo-Johansson, Dualities in persistent (co)homology,
Inverse Problems 27, 2011).
"""

import numpy as np

from ._compiled import compiled, watch
from .fields import inverse_mod
from .growing import longer
from .heaps import pop, push
from .union_find import find


@compiled
def edges_that_join(edges, n_points):
    """Of edges in order whether each joins two components."""
    parent = np.arange(n_points)
    joins = np.zeros(edges.shape[0], np.bool_)
    for e in range(edges.shape[0]):
        p, q = find(parent, edges[e, 0]), find(parent, edges[e, 1])
        if p != q:
            parent[q] = p
            joins[e] = True
    return joins


@compiled
def reduce_coboundaries(faces, n_columns, skip, field):
    """Pair simplices of dimension k with those of dimension k + 1.

    Parameters
    ----------
    faces : int32 array of shape (n_rows, k + 2)
        Of each simplex of dimension k + 1, in order, its faces opposite to each vertex.
    n_columns : int
        How many simplices of dimension k there are.
    skip : bool array of shape (n_columns,)
        Those that end a class of degree k - 1: they begin none.
    field : int

    Returns
    -------
    ends : int64 array of shape (n_columns,)
        The simplex at which a class ends that each begins, or -1.
    runs : int64 array of shape (n_columns, 2)
    others, factors : int64 arrays
        ``others[runs[c, 0] : runs[c, 1]]`` are the columns that were added to column c, with these
        factors.
    """
    n_rows, width = faces.shape
    starts, cofaces = np.zeros(n_columns + 2, np.int64), np.empty(n_rows * width, np.int64)
    for t in range(n_rows):
        for i in range(width):
            starts[faces[t, i] + 2] += 1
    for c in range(n_columns):
        starts[c + 2] += starts[c + 1]
    for t in range(n_rows):
        for i in range(width):
            c = faces[t, i] + 1
            cofaces[starts[c]] = 2 * t + (i & 1)  # the last bit is the sign
            starts[c] += 1
    ends, owner = np.full(n_columns, -1), np.full(n_rows, -1)
    total, waits = np.zeros(n_rows, np.int64), np.zeros(n_rows, np.bool_)
    heap, n = np.empty(64, np.int64), 0
    # The reduced columns, in the order in which they are made, and what they are made of.
    first = np.zeros((n_columns + 1, 2), np.int64)
    rows, values, used = np.empty(256, np.int64), np.empty(256, np.int64), 0
    others, factors, added = np.empty(256, np.int64), np.empty(256, np.int64), 0
    runs = np.zeros((n_columns, 2), np.int64)
    second = 0
    for c in range(n_columns - 1, -1, -1):
        second = watch(second)
        if second < 0:
            break
        runs[c, 0], runs[c, 1] = added, added
        first[c, 0], first[c, 1] = used, used
        if skip[c]:
            continue
        for i in range(starts[c], starts[c + 1]):
            t = cofaces[i] >> 1
            total[t] = field - 1 if cofaces[i] & 1 else 1
            waits[t] = True
            if n == heap.size:
                heap = longer(heap)
            push(heap, n, t)
            n += 1
        while n:
            t = heap[0]
            if total[t] == 0:
                pop(heap, n)
                waits[t] = False
                n -= 1
                continue
            other = owner[t]
            if other < 0:
                break
            a, b = first[other, 0], first[other, 1]
            factor = field - total[t] * inverse_mod(values[a], field) % field
            for i in range(a, b):
                r = rows[i]
                total[r] = (total[r] + factor * values[i]) % field
                if not waits[r]:
                    waits[r] = True
                    if n == heap.size:
                        heap = longer(heap)
                    push(heap, n, r)
                    n += 1
            if added == others.size:
                others, factors = longer(others), longer(factors)
            others[added], factors[added] = other, factor
            added += 1
        runs[c, 1] = added
        if n:
            ends[c] = heap[0]
            owner[heap[0]] = c
        while n:
            t = pop(heap, n)
            n -= 1
            waits[t] = False
            if total[t]:
                if used == rows.size:
                    rows, values = longer(rows), longer(values)
                rows[used], values[used] = t, total[t]
                total[t] = 0
                used += 1
        first[c, 1] = used
    return ends, runs, others[:added], factors[:added]


@compiled
def unfold_sum(column, runs, others, factors, field):
    """The columns whose sum a reduced column is, with factors: 0 for most."""
    result = np.zeros(runs.shape[0], np.int64)
    result[column] = 1
    # What was added was made earlier, of simplices that come later.
    for c in range(column, runs.shape[0]):
        if result[c]:
            for i in range(runs[c, 0], runs[c, 1]):
                result[others[i]] = (result[others[i]] + result[c] * factors[i]) % field
    return result
