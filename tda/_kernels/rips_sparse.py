"""Degrees 0 and 1 of the flag complex of a graph with few edges, over Z/2, at a cost of its edges.

Edges are numbered in the order in which they enter. The lune of an edge are the neighbours that its
ends have in common by earlier edges; `rips_relations` says what follows from lunes. Here there are
few relations, most of which end a class, so they are reduced as columns of a matrix are, and no
value of a cocycle is kept.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .bits import ONE, ZERO, empty_set, flip, largest, lowest
from .growing import longer, longer_table
from .sorting import argsort_lengths
from .union_find import find

# The neighbours of u are near[starts[u]:starts[u + 1]], in order of the edges `by` there; and
# `others` in the same places, sorted, with the `numbers` of their edges.
Graph = namedtuple("Graph", "starts near by others numbers")

# From how many times as many neighbours on one side each of the few is sought among the many.
_MANY = 8


@compiled
def renumbered(starts, others, lengths):
    """The same graph with points numbered from neighbour to neighbour, and the old numbers.

    The neighbours of u are ``others[starts[u]:starts[u + 1]]``, on both sides of every edge. So
    points that are near each other are so in memory too, which is most of the time of large graphs.
    The new neighbours are sorted.
    """
    n = starts.size - 1
    order, new = np.empty(n, np.int32), np.full(n, -1, np.int32)
    first = found = 0
    for at in range(n):
        if at == found:  # nothing is left of this component
            while new[first] >= 0:
                first += 1
            new[first], order[found] = found, first
            found += 1
        u = order[at]
        for i in range(starts[u], starts[u + 1]):
            v = others[i]
            if new[v] < 0:
                new[v], order[found] = found, v
                found += 1
    firsts = np.zeros(n + 1, np.int64)
    for at in range(n):
        u = order[at]
        firsts[at + 1] = firsts[at] + starts[u + 1] - starts[u]
    past = firsts[:n].copy()
    near, far = np.empty(others.size, np.int32), np.empty(others.size)
    for at in range(n):
        u = order[at]
        for i in range(starts[u], starts[u + 1]):
            v = new[others[i]]
            near[past[v]], far[past[v]] = at, lengths[i]
            past[v] += 1
    return order, firsts, near, far


@compiled
def edges_of_graph(starts, others, lengths, limit):
    """The edges up to a length in order of length: their ends (m, 2), their lengths, the `Graph`.

    The neighbours of u, sorted, are ``others[starts[u]:starts[u + 1]]``; only those after u are
    read.
    """
    n, m = starts.size - 1, 0
    for u in range(n):
        for i in range(starts[u], starts[u + 1]):
            m += others[i] > u and lengths[i] <= limit and lengths[i] < np.inf
    kept, given = np.empty(m), np.empty((m, 2), np.int32)
    firsts = np.zeros(n + 1, np.int64)
    m = 0
    for u in range(n):
        for i in range(starts[u], starts[u + 1]):
            if others[i] > u and lengths[i] <= limit and lengths[i] < np.inf:
                kept[m], given[m, 0], given[m, 1] = lengths[i], u, others[i]
                firsts[u + 1] += 1
                firsts[others[i] + 1] += 1
                m += 1
    for u in range(n):
        firsts[u + 1] += firsts[u]
    order = argsort_lengths(kept)
    places = np.empty(m, np.int32)
    ends, by_length = np.empty((m, 2), np.int32), np.empty(m)
    for e in range(m):
        i = order[e]
        places[i] = e
        ends[e, 0], ends[e, 1], by_length[e] = given[i, 0], given[i, 1], kept[i]
    # Edges come by their first ends: those before a point are written before those after it.
    past = firsts[:n].copy()
    sorted_others, numbers = np.empty(2 * m, np.int32), np.empty(2 * m, np.int32)
    for i in range(m):
        for k in range(2):
            u = given[i, k]
            sorted_others[past[u]], numbers[past[u]] = given[i, 1 - k], places[i]
            past[u] += 1
    past[:] = firsts[:n]
    near, by = np.empty(2 * m, np.int32), np.empty(2 * m, np.int32)
    for e in range(m):
        for k in range(2):
            u = ends[e, k]
            near[past[u]], by[past[u]] = ends[e, 1 - k], e
            past[u] += 1
    return ends, by_length, Graph(firsts, near, by, sorted_others, numbers)


@compiled
def lunes_of_graph(graph):
    """The lunes of all edges of a graph.

    Returns for each edge the two edges (m, 2) to a point of its lune, or -1 if that is empty; and
    relations ``e, x, uw, vw, ux, vx`` (r, 6), in any order: an edge e with ends u and v, of which
    the points w and x of the lune are in two pieces.
    """
    starts, near, by, _, _ = graph
    n, m = starts.size - 1, near.size // 2
    detours = np.full((m, 2), -1, np.int32)
    rows, n_rows = np.empty((64, 6), np.int32), 0
    lune, to_v, pieces = np.empty(64, np.int32), np.empty(64, np.int32), np.empty(64, np.int32)
    to_u, place, bits = np.full(n, m, np.int32), np.full(n, -1, np.int32), np.zeros(n, np.uint64)
    second = 0
    for u in range(n):
        second = watch(second)
        if second < 0:
            break
        n_u = starts[u + 1] - starts[u]
        for i in range(starts[u], starts[u + 1]):
            to_u[near[i]] = by[i]
        for j in range(starts[u], starts[u + 1]):
            v, e = np.int64(near[j]), by[j]
            n_v = starts[v + 1] - starts[v]
            if n_v > n_u or (n_v == n_u and v > u):
                continue  # from its other end, so that the fewer neighbours are looked through
            while lune.size <= n_v:
                lune, to_v, pieces = longer(lune), longer(to_v), longer(pieces)
            count = 0
            for i in range(starts[v], starts[v + 1]):
                if by[i] >= e:
                    break
                # Written in any case, counted if it is in the lune: a branch would be guessed.
                lune[count], to_v[count] = near[i], by[i]
                count += to_u[near[i]] < e
            if count == 0:
                continue
            first, best = 0, m
            for i in range(count):
                later = max(to_u[lune[i]], to_v[i])
                if later < best:
                    first, best = i, later
            uw, vw = to_u[lune[first]], to_v[first]
            detours[e, 0], detours[e, 1] = uw, vw
            if count == 1:
                continue
            if count <= 64:
                n_more = _pieces_of_few(graph, e, lune, count, first, bits, pieces)
            else:
                n_more = _pieces_of_many(graph, e, lune, to_v, count, first, place, pieces)
            for i in range(n_more):
                if n_rows == rows.shape[0]:
                    rows = longer_table(rows)
                x = lune[pieces[i]]
                rows[n_rows, 0], rows[n_rows, 1] = e, x
                rows[n_rows, 2], rows[n_rows, 3] = uw, vw
                rows[n_rows, 4], rows[n_rows, 5] = to_u[x], to_v[pieces[i]]
                n_rows += 1
        for i in range(starts[u], starts[u + 1]):
            to_u[near[i]] = m
    return detours, rows[:n_rows]


@compiled
def _pieces_of_few(graph, e, lune, count, first, bits, pieces):
    """Write down a place in the lune for each of its pieces but that of the first place.

    Returns how many there are. For at most 64 points; `bits` is 0 for every point, before and
    after.
    """
    starts, near, by = graph.starts, graph.near, graph.by
    for i in range(count):
        bits[lune[i]] = ONE << np.uint64(i)
    todo = ONE << np.uint64(first)
    rest = (~ZERO >> np.uint64(64 - count)) ^ todo
    n_pieces = 0
    while rest:
        if todo == ZERO:
            pieces[n_pieces] = lowest(rest)
            n_pieces += 1
            todo = rest & (~rest + ONE)
            rest ^= todo
            continue
        z = lune[lowest(todo)]
        todo &= todo - ONE
        found = ZERO
        if starts[z + 1] - starts[z] > 64 * _MANY:
            for i in range(count):
                if 0 <= _edge(graph, z, lune[i]) < e:
                    found |= bits[lune[i]]
        else:
            for i in range(starts[z], starts[z + 1]):
                if by[i] >= e:
                    break
                found |= bits[near[i]]
        todo |= found & rest
        rest &= ~found
    for i in range(count):
        bits[lune[i]] = ZERO
    return n_pieces


@compiled
def _pieces_of_many(graph, e, lune, to_v, count, first, place, pieces):
    """The same of any number of points, which change places; `place` is -1 for every point."""
    starts, near, by = graph.starts, graph.near, graph.by
    for i in range(count):
        place[lune[i]] = i
    _swap(lune, to_v, place, first, 0)
    # The points of each piece behind those of the one before.
    n_pieces, seen, at = 0, 1, 0
    while seen < count:
        if at == seen:
            pieces[n_pieces] = seen
            n_pieces += 1
            seen += 1
            continue
        z = lune[at]
        at += 1
        if starts[z + 1] - starts[z] > _MANY * (count - seen):
            for k in range(seen, count):
                if 0 <= _edge(graph, z, lune[k]) < e:
                    _swap(lune, to_v, place, k, seen)
                    seen += 1
        else:
            for i in range(starts[z], starts[z + 1]):
                if by[i] >= e:
                    break
                k = place[near[i]]
                if k >= seen:
                    _swap(lune, to_v, place, k, seen)
                    seen += 1
    for i in range(count):
        place[lune[i]] = -1
    return n_pieces


@compiled
def _swap(lune, to_v, place, i, j):
    lune[i], lune[j] = lune[j], lune[i]
    to_v[i], to_v[j] = to_v[j], to_v[i]
    place[lune[i]], place[lune[j]] = i, j


@compiled
def _edge(graph, u, v):
    """The number of the edge uv, or -1."""
    first, past = graph.starts[u], graph.starts[u + 1]
    last = past
    while first < last:
        middle = (first + last) >> 1
        if graph.others[middle] < v:
            first = middle + 1
        else:
            last = middle
    if first < past and graph.others[first] == v:
        return np.int64(graph.numbers[first])
    return np.int64(-1)


@compiled
def loops_of_graph(ends, detours, n):
    """The edges that join components, each with a point of the one that ends; those that close
    loops.

    An edge with a detour does neither.
    """
    parent, m = np.arange(n), ends.shape[0]
    joins, n_joins = np.empty((min(n, m), 2), np.int32), 0
    closes, n_closes = np.empty(64, np.int32), 0
    for e in range(m):
        if detours[e, 0] >= 0:
            continue
        p, q = find(parent, ends[e, 0]), find(parent, ends[e, 1])
        if p != q:
            parent[q] = p
            joins[n_joins, 0], joins[n_joins, 1] = e, q
            n_joins += 1
            continue
        if n_closes == closes.size:
            closes = longer(closes)
        closes[n_closes] = e
        n_closes += 1
    return joins[:n_joins], closes[:n_closes]


@compiled
def deaths_of_graph(closes, detours, rows):
    """The edge that closed the loop that each relation ends, or -1.

    A relation is a loop. Its last edge is replaced by the detour around it; or, where it closed a
    loop that has ended, by what that loop became when it did. Where it closed a loop that lives,
    that one ends.
    """
    m = detours.shape[0]
    dead = np.full(rows.shape[0], -1, np.int32)
    # Of an edge that closed a loop: 0, or where what the loop has become starts in `parts`, after
    # how many edges it is.
    became = np.full(m, -1, np.int64)
    for k in range(closes.size):
        became[closes[k]] = 0
    parts, n_parts = np.empty(256, np.int32), 1
    loop, levels = empty_set(m)
    alive, n_born, second = 0, 0, 0
    for r in range(rows.shape[0]):
        second = watch(second)
        if second < 0:
            break
        while n_born < closes.size and closes[n_born] < rows[r, 0]:
            n_born += 1
            alive += 1
        if alive == 0:
            continue
        for k in range(2, 6):
            flip(loop, levels, rows[r, k])
        start = 0
        e = largest(loop, levels)
        while e >= 0:
            flip(loop, levels, e)
            if detours[e, 0] >= 0:
                flip(loop, levels, detours[e, 0])
                flip(loop, levels, detours[e, 1])
            elif became[e] > 0 and start == 0:
                at = became[e]
                for i in range(at + 1, at + 1 + parts[at]):
                    flip(loop, levels, parts[i])
            elif became[e] >= 0:
                if n_parts == parts.size:
                    parts = longer(parts)
                if start == 0:
                    dead[r], start = e, n_parts
                    parts[start] = 0
                else:
                    parts[start] += 1
                    parts[n_parts] = e
                n_parts += 1
            e = largest(loop, levels)
        if start:
            became[dead[r]] = start
            alive -= 1
    return dead
