"""Degrees 0 and 1 of the flag complex of a graph with few edges, over Z/2, at a cost of its edges.

Edges are numbered in the order in which they enter. The lune of an edge are the neighbours that its
ends have in common by earlier edges; `rips_relations` says what follows from lunes.
"""

import numpy as np

from ._compiled import compiled, watch
from .growing import longer, longer_table
from .rips_relations import apply_relation
from .union_find import find


@compiled
def lunes_of_graph(ends, starts, others, ranks):
    """The lunes of all edges of a graph.

    ``ends[e]`` are the ends of edge e; the neighbours of u, sorted, are
    ``others[starts[u]:starts[u + 1]]``, by the edges ``ranks`` there. Returns rows (k, 3) of the
    edges that join components, with a point of the one that ends; the edges that close loops, with
    an empty lune too; for each other edge the two edges (m, 2) to a point of its lune, else -1;
    and relations ``e, w, x`` (r, 3): w and x are in two pieces of the lune of e.
    """
    n, m = starts.size - 1, ends.shape[0]
    parent = np.arange(n)
    joins, n_joins = np.empty((min(n, m), 3), np.int64), 0
    closes, n_closes = np.empty(64, np.int64), 0
    detours = np.full((m, 2), -1, np.int32)
    rows, n_rows = np.empty((64, 3), np.int32), 0
    lune = np.empty(64, np.int64)
    place = np.full(n, -1, np.int32)  # of a point in the lune, -1 for others
    second = 0
    for e in range(m):
        if e & 255 == 0:
            second = watch(second)
            if second < 0:
                break
        u, v = np.int64(ends[e, 0]), np.int64(ends[e, 1])
        if starts[u + 1] - starts[u] > starts[v + 1] - starts[v]:
            u, v = v, u
        count, best, first = 0, m, 0
        at, past = starts[v], starts[v + 1]
        search = past - at > 8 * (starts[u + 1] - starts[u])
        for i in range(starts[u], starts[u + 1]):
            if ranks[i] >= e:
                continue
            w = others[i]
            if search:
                other = _edge(starts, others, ranks, v, w)
            else:
                while at < past and others[at] < w:
                    at += 1
                other = np.int64(ranks[at]) if at < past and others[at] == w else np.int64(-1)
            if other < 0 or other >= e:
                continue
            if count == lune.size:
                lune = longer(lune)
            lune[count] = w
            if max(other, ranks[i]) < best:
                best, first = max(other, ranks[i]), count
                detours[e, 0], detours[e, 1] = ranks[i], other
            count += 1
        if count == 0:
            p, q = find(parent, u), find(parent, v)
            if p != q:
                parent[q] = p
                joins[n_joins, 0], joins[n_joins, 1], joins[n_joins, 2] = u, v, q
                n_joins += 1
            else:
                if n_closes == closes.size:
                    closes = longer(closes)
                closes[n_closes] = e
                n_closes += 1
            continue
        # Pieces of the lune, the points of each behind those of the one before.
        lune[0], lune[first] = lune[first], lune[0]
        seen, at = 1, 0
        if count > 1:
            for i in range(count):
                place[lune[i]] = i
        while seen < count:
            if at == seen:
                if n_rows == rows.shape[0]:
                    rows = longer_table(rows)
                rows[n_rows, 0], rows[n_rows, 1], rows[n_rows, 2] = e, lune[0], lune[seen]
                n_rows += 1
                seen += 1
                continue
            z = lune[at]
            at += 1
            if starts[z + 1] - starts[z] <= 8 * (count - seen):
                for i in range(starts[z], starts[z + 1]):
                    k = place[others[i]]
                    if k >= seen and ranks[i] < e:
                        _swap(lune, place, k, seen)
                        seen += 1
            else:
                for k in range(seen, count):
                    rank = _edge(starts, others, ranks, z, lune[k])
                    if 0 <= rank < e:
                        _swap(lune, place, k, seen)
                        seen += 1
        if count > 1:
            for i in range(count):
                place[lune[i]] = -1
    return joins[:n_joins], closes[:n_closes], detours, rows[:n_rows]


@compiled
def _swap(lune, place, i, j):
    lune[i], lune[j] = lune[j], lune[i]
    place[lune[i]], place[lune[j]] = i, j


@compiled
def _edge(starts, others, ranks, u, v):
    """The number of the edge uv, or -1."""
    first, last = starts[u], starts[u + 1]
    while first < last:
        middle = (first + last) >> 1
        if others[middle] < v:
            first = middle + 1
        else:
            last = middle
    if first < starts[u + 1] and others[first] == v:
        return np.int64(ranks[first])
    return np.int64(-1)


@compiled
def deaths_of_graph(ends, starts, others, ranks, detours, live, rows, odd, odd_ones):
    """Apply the relations `rows` in order to the cocycles `live`, of which cells are edges.

    Returns for each row the class that dies, or -1.
    """
    dead = np.full(rows.shape[0], -1, np.int32)
    loop, heap = np.empty(256, np.int64), np.empty(256, np.int64)
    second = 0
    for r in range(rows.shape[0]):
        second = watch(second)
        if second < 0:
            break
        e, w, x = rows[r]
        u, v = np.int64(ends[e, 0]), np.int64(ends[e, 1])
        size, n_loop = 0, 0
        size = _push(heap, size, _edge(starts, others, ranks, u, w))
        size = _push(heap, size, _edge(starts, others, ranks, v, w))
        size = _push(heap, size, _edge(starts, others, ranks, u, x))
        size = _push(heap, size, _edge(starts, others, ranks, v, x))
        # The last edge first, so that each is rewritten once at most.
        while size:
            size, edge = _pop(heap, size)
            even = False
            while size and heap[0] == edge:
                size, edge = _pop(heap, size)
                even = not even
            if even:
                continue
            if detours[edge, 0] < 0:
                if live.head[edge] >= 0:
                    if n_loop == loop.size:
                        loop = longer(loop)
                    loop[n_loop] = edge
                    n_loop += 1
                continue
            if size + 2 > heap.size:
                heap = longer(heap)
            size = _push(heap, size, detours[edge, 0])
            size = _push(heap, size, detours[edge, 1])
        live, dead[r] = apply_relation(live, loop, n_loop, odd, odd_ones)
    return dead


@compiled
def _push(heap, size, key):
    """Put a number on a heap with the largest on top; the new size."""
    i = size
    while i and heap[(i - 1) >> 1] < key:
        heap[i] = heap[(i - 1) >> 1]
        i = (i - 1) >> 1
    heap[i] = key
    return size + 1


@compiled
def _pop(heap, size):
    """Take the largest number off; the new size, and the number."""
    top, key = heap[0], heap[size - 1]
    size -= 1
    i = 0
    while 2 * i + 1 < size:
        k = 2 * i + 1
        if k + 1 < size and heap[k + 1] > heap[k]:
            k += 1
        if heap[k] <= key:
            break
        heap[i] = heap[k]
        i = k
    heap[i] = key
    return size, top
