"""Cycles of a filtered complex over Z/2: columns reduced with their history, words, short walks.

A word is a value in (Z/2)^64 for each edge, so that the words of the edges of any boundary cancel.
Where the words of the living classes are random, two cycles have the same word if they are
homologous, and only then but for a chance of 2**-63. So a walk knows the class that it has on its
way, and Dijkstra's algorithm on pairs (vertex, word) finds the shortest walk of a class.
"""

import numpy as np

from ._compiled import compiled, watch
from .bits import empty_set, flip, largest
from .growing import longer

_ZERO = np.uint64(0)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@compiled
def reduce_with_history(faces, n_rows):
    """Reduce a boundary matrix over Z/2 and keep the columns, and which were added to which.

    `faces` (m, width) are the rows of each column in any order, -1 where one is left out; columns
    and rows stand in the order of the filtration. Returns the column whose last entry is each row,
    or -1; the reduced columns ``entries[starts[j]:starts[j + 1]]``; and the columns that were
    added to column j, ``added[begins[j]:begins[j + 1]]``.
    """
    m, width = faces.shape
    owner = np.full(n_rows, -1, np.int32)
    starts = np.zeros(m + 1, np.int64)
    begins = np.zeros(m + 1, np.int64)
    entries = np.empty(2 * width * m + 64, np.int32)
    added = np.empty(m + 64, np.int32)
    filled, put = 0, 0
    bits, levels = empty_set(n_rows)
    second = 0
    for j in range(m):
        second = watch(second)
        if second < 0:
            break
        starts[j], begins[j] = filled, put
        low = np.int64(-1)
        for k in range(width):
            low = max(low, np.int64(faces[j, k]))
        if filled + width > entries.size:
            entries = longer(entries)
        if low >= 0 and owner[low] < 0:  # nothing to do
            owner[low] = j
            for k in range(width):
                if faces[j, k] >= 0:
                    entries[filled] = faces[j, k]
                    filled += 1
        elif low >= 0:
            for k in range(width):
                if faces[j, k] >= 0:
                    flip(bits, levels, np.int64(faces[j, k]))
            while low >= 0 and owner[low] >= 0:
                other = owner[low]
                if put == added.size:
                    added = longer(added)
                added[put] = other
                put += 1
                for s in range(starts[other], starts[other + 1]):
                    flip(bits, levels, np.int64(entries[s]))
                low = largest(bits, levels)
            if low >= 0:
                owner[low] = j
            while low >= 0:
                if filled == entries.size:
                    entries = longer(entries)
                entries[filled] = low
                filled += 1
                flip(bits, levels, low)
                low = largest(bits, levels)
        starts[j + 1], begins[j + 1] = filled, put
    return owner, starts, entries[:filled], begins, added[:put]


@compiled
def unfold(column, begins, added):
    """The columns whose sum is the reduced column of that number, in descending order."""
    odd, levels = empty_set(column + 1)
    flip(odd, levels, np.int64(column))
    found = np.empty(64, np.int32)
    n = 0
    while True:
        j = largest(odd, levels)
        if j < 0:
            break
        if n == found.size:
            found = longer(found)
        found[n] = j
        n += 1
        flip(odd, levels, j)
        for s in range(begins[j], begins[j + 1]):
            flip(odd, levels, np.int64(added[s]))
    return found[:n]


@compiled
def spread_words(owner, starts, entries, given, alive):
    """Words of all rows from those of the living ones, so that each reduced column cancels."""
    words = np.zeros(owner.size, np.uint64)
    for r in range(owner.size):
        if alive[r]:
            words[r] = given[r]
            continue
        word = _ZERO
        for s in range(starts[owner[r]], starts[owner[r] + 1]):
            if entries[s] != r:
                word ^= words[entries[s]]
        words[r] = word
    return words


@compiled
def flood(start, cell_faces, face_cells, is_wall, inside):
    """Cells that are reached from `start` across faces that are no walls; they become `inside`.

    `cell_faces` (m, width), `face_cells` (n, 2), -1 for the outside. Returns the cells, and
    whether the outside was reached.
    """
    found = np.empty(64, np.int32)
    found[0] = start
    inside[start] = True
    n, done, leaks = 1, 0, False
    while done < n:
        cell = found[done]
        done += 1
        for k in range(cell_faces.shape[1]):
            f = cell_faces[cell, k]
            if is_wall[f]:
                continue
            other = face_cells[f, 0] if face_cells[f, 0] != cell else face_cells[f, 1]
            if other < 0:
                leaks = True
            elif not inside[other]:
                inside[other] = True
                if n == found.size:
                    found = longer(found)
                found[n] = other
                n += 1
    return found[:n], leaks


# -- the shortest walk of a class --------------------------------------------------------------


@compiled
def shortest_walk(graph, lengths, words, n_edges, sources, goal, target, bound, most, guide):
    """The shortest walk whose edges have words of sum `target`, over the first `n_edges` edges.

    Parameters
    ----------
    graph : tuple (begins, edge, other)
        Edges at each vertex, ``edge[begins[v]:begins[v + 1]]`` in rising order, and the vertex at
        their other end.
    lengths, words : of each edge
    sources : int array
        A walk begins at one of these.
    goal : int
        Where it ends; -1 for any of the sources. If that is another one than it began with, then
        its length is a lower bound of the closed walks through a source, else the shortest of
        them. -2 for no end: all walks below `bound` are followed.
    target : uint64
    bound : float
        Walks of this length or longer are not looked for.
    most : int
        Largest number of pairs (vertex, word).
    guide : tuple
        The pairs that such a call for more sources found. Then walks are followed whose length and
        the distance from there to those sources are together below `bound` (A*). Empty without.

    Returns
    -------
    length : float
        Infinite if there is no such walk below `bound`, and -1 if there were too many pairs.
    walk : int array
        The vertices in order, from the first source to the last one or to the goal.
    pairs : tuple (table, at, word, distance)
        The pairs that were met, in a hash table.
    """
    begins, edge, other = graph
    far, far_at, far_word, far_distance = guide
    is_guided = far_at.size > 0
    at = np.empty(64, np.int32)  # of each pair: its vertex, word, length, and the pair before
    word = np.empty(64, np.uint64)
    distance = np.empty(64)
    before = np.empty(64, np.int32)
    ahead = np.empty(64)  # what it takes at least from there to a source
    table = np.full(256, -1, np.int32)
    keys, heap = np.empty(64), np.empty(64, np.int32)
    n, size = 0, 0
    for source in sources:
        v = np.int64(source)
        if _look_up(table, at, word, v, _ZERO) >= 0:
            continue
        if n == at.size:
            at, word, ahead = longer(at), longer(word), longer(ahead)
            distance, before = longer(distance), longer(before)
            keys, heap = longer(keys), longer(heap)
        at[n], word[n], distance[n], before[n], ahead[n] = v, _ZERO, 0.0, -1, 0.0
        if is_guided:
            k = _look_up(far, far_at, far_word, v, target)
            ahead[n] = far_distance[k] if k >= 0 else np.inf
        table = _insert(table, at, word, n)
        _rise(keys, heap, size, ahead[n], n)
        n, size = n + 1, size + 1
    n_sources = n
    best, first, last = bound, -1, -1
    meets = goal == -1 and not is_guided  # closed walks meet half-way
    reach = 0.5 * bound if meets else bound
    second, steps = 0, 0
    while size > 0:
        steps += 1
        if steps & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        d, state = keys[0], np.int64(heap[0])
        size -= 1
        _sink(keys, heap, size)
        if d > distance[state] + ahead[state]:
            continue
        if d >= reach:
            break
        d = distance[state]
        v, own = np.int64(at[state]), word[state]
        if own == target and (v == goal or is_guided):
            ends = v == goal
            if is_guided:
                k = _look_up(table, at, word, v, _ZERO)
                ends = 0 <= k < n_sources
            if ends:
                best, first = d, state
                break
        for s in range(begins[v], begins[v + 1]):
            e = edge[s]
            if e >= n_edges:
                break
            u, sum_ = np.int64(other[s]), own ^ words[e]
            new = d + lengths[e]
            if meets:
                if new >= best:
                    continue
                partner = _look_up(table, at, word, u, sum_ ^ target)
                if partner >= 0 and new + distance[partner] < best:
                    best, first, last = new + distance[partner], state, partner
                    reach = 0.5 * best * (1 + 1e-12)
            if new >= reach:
                continue
            k = _look_up(table, at, word, u, sum_)
            if k < 0:
                rest = 0.0
                if is_guided:
                    k = _look_up(far, far_at, far_word, u, sum_ ^ target)
                    if k < 0 or new + far_distance[k] >= reach:
                        continue
                    rest = far_distance[k]
                if n >= most:
                    return -1.0, np.empty(0, np.int64), (table, at[:n], word[:n], distance[:n])
                if n == at.size:
                    at, word, ahead = longer(at), longer(word), longer(ahead)
                    distance, before = longer(distance), longer(before)
                k = n
                ahead[k] = rest
                at[k], word[k], distance[k] = u, sum_, np.inf
                table = _insert(table, at, word, k)
                n += 1
            if new < distance[k] and new + ahead[k] < reach:
                distance[k], before[k] = new, state
                if size == keys.size:
                    keys, heap = longer(keys), longer(heap)
                _rise(keys, heap, size, new + ahead[k], k)
                size += 1
    pairs = table, at[:n], word[:n], distance[:n]
    if first < 0:
        return np.inf, np.empty(0, np.int64), pairs
    return best, _walk(at, before, first, last), pairs


@compiled
def _walk(at, before, first, last):
    """Vertices from the source of `first` to it, and on from `last` to its source."""
    n, k = 0, first
    while k >= 0:
        n, k = n + 1, before[k]
    m, k = n, last
    while k >= 0:
        m, k = m + 1, before[k]
    walk = np.empty(m, np.int64)
    k = first
    for i in range(n - 1, -1, -1):
        walk[i], k = at[k], before[k]
    k = last
    for i in range(n, m):
        walk[i], k = at[k], before[k]
    return walk


@compiled
def _slot(table, vertex, word):
    key = (word ^ (np.uint64(vertex) * _MIX)) * _MIX
    return np.int64((key >> np.uint64(20)) & np.uint64(table.size - 1))


@compiled
def _look_up(table, at, word, vertex, value):
    """The pair of a vertex and a word, or -1."""
    i = _slot(table, vertex, value)
    while table[i] >= 0:
        k = np.int64(table[i])
        if at[k] == vertex and word[k] == value:
            return k
        i = (i + 1) & (table.size - 1)
    return -1


@compiled
def _insert(table, at, word, n):
    """The table with pair `n`, which is the next; it grows where it is half full."""
    first = n
    if 2 * n >= table.size:
        table, first = np.full(4 * table.size, -1, np.int32), 0
    for k in range(first, n + 1):
        i = _slot(table, at[k], word[k])
        while table[i] >= 0:
            i = (i + 1) & (table.size - 1)
        table[i] = k
    return table


@compiled
def _rise(keys, heap, i, key, item):
    """Put an item into the heap of size `i`."""
    while i > 0:
        up = (i - 1) >> 1
        if keys[up] <= key:
            break
        keys[i], heap[i] = keys[up], heap[up]
        i = up
    keys[i], heap[i] = key, item


@compiled
def _sink(keys, heap, size):
    """Take the first item out: the last one, at place `size`, sinks from the top."""
    key, item = keys[size], heap[size]
    i = 0
    while True:
        down = 2 * i + 1
        if down >= size:
            break
        if down + 1 < size and keys[down + 1] < keys[down]:
            down += 1
        if keys[down] >= key:
            break
        keys[i], heap[i] = keys[down], heap[down]
        i = down
    keys[i], heap[i] = key, item
