"""Rips persistence in degrees 0 and 1 over Z/2 of many points in few dimensions, matrix-free.

The pass of `rips_loops`, with nothing stored but the points, a grid, the edges of one range of
lengths at a time, and the edges on which a live class has the value 1. An edge uv matters only
if its lune is empty, which a near neighbour nearly always disproves, or if a live class has the
value 1 on an edge from u or v to a point of the lune; whether a point is in the lune is a
matter of two distances.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .growing import longer
from .union_find import find

# Points sorted by cell: those of cell c are order[starts[c]:starts[c + 1]].
_Grid = namedtuple("_Grid", "low size shape starts order")

# The edges with value 1, each as two entries, one in the list of either end. head[u] is the
# first entry at u; an entry knows its class, its point, the other end, the next entry at its
# point and the next of its class, of which first_of is the first. An edge that is entered
# twice has the value 0. counts are the entries used, the length of the free list and the
# number of live classes, under the names below.
_Entries = namedtuple("_Entries", "head of at to next_at next_in first_of alive free counts")
USED, FREE, LIVE = 0, 1, 2


@compiled
def rips_loops_points(X, near, reach, last, first_reach, growth, max_edges, max_ones):
    """Degrees 0 and 1 of the Rips filtration of points `X` over Z/2, up to length `reach`.

    `near[u]` are a few nearest neighbours of u, and no edge longer than `last` has an empty
    lune. Edges are made in ranges of lengths, the first up to `first_reach`, the next up to
    `growth` times that and so on. Returns what `rips_loops` does but the order of deaths, and
    whether the pass came to its end: not if a range had more than `max_edges` edges, or the
    live classes had the value 1 on more than `max_ones`, for then a loop is alive that is large
    against the gaps between points, and a matrix serves it better.
    """
    n = X.shape[0]
    parent = np.arange(n)
    joins, n_joins = np.empty((max(n - 1, 0), 3), np.int64), 0
    births, deaths = np.empty((64, 2), np.int64), np.empty((64, 3), np.int64)
    n_classes = 0
    live = _no_entries(n)
    done, limit, second = -1.0, first_reach, 0
    while True:
        limit = min(limit, reach)
        grid = _make_grid(X, limit)
        n_edges = _count_edges(X, grid, done, limit)
        if n_edges < 0 or n_edges > max_edges:
            return joins[:n_joins], births[:n_classes], deaths[:n_classes], False
        low, high, squares = _list_edges(X, grid, done, limit, n_edges)
        if squares.size < n_edges:
            return joins[:n_joins], births[:n_classes], deaths[:n_classes], False
        order = np.argsort(squares)
        _sort_ties(order, squares, low, high)
        for o in range(order.size):
            second = watch(second)
            if second < 0 or live.counts[USED] > max_ones:
                return joins[:n_joins], births[:n_classes], deaths[:n_classes], False
            u, v = low[order[o]], high[order[o]]
            square = squares[order[o]]
            touched = live.head[u] >= 0 or live.head[v] >= 0
            if _near_in_lune(X, near, u, v, square):
                if not touched:
                    continue
            elif _lune_is_empty(X, grid, u, v, square):
                p, q = find(parent, u), find(parent, v)
                if p != q:
                    parent[q] = p
                    joins[n_joins, 0], joins[n_joins, 1], joins[n_joins, 2] = u, v, q
                    n_joins += 1
                    continue
                if n_classes == births.shape[0]:
                    births = np.concatenate((births, births))
                    deaths = np.concatenate((deaths, deaths))
                births[n_classes, 0], births[n_classes, 1] = u, v
                deaths[n_classes] = -1
                live = _new_class(live, n_classes)
                live = _add_edge(live, n_classes, u, v)
                n_classes += 1
                continue
            elif not touched:
                continue
            # Make the lune agree, killing a class for each disagreement.
            while True:
                keys = _ones_in_lune(X, live, u, v, square)
                if keys.size == 0:
                    break
                lune = _lune(X, grid, u, v, square)
                w0, w1 = _disagreement(keys, lune, n)
                if w1 < 0:
                    for i in range(keys.size):
                        if keys[i] % n == w0:
                            live = _add_edge(live, keys[i] // n, u, v)
                    break
                youngest = -1
                relation = _difference(keys, w0, w1, n)
                for i in range(relation.size):
                    youngest = max(youngest, relation[i])
                deaths[youngest, 0], deaths[youngest, 1], deaths[youngest, 2] = u, v, w1
                live = _kill(live, youngest, relation)
        done = limit
        limit *= growth
        if done >= reach or (live.counts[LIVE] == 0 and done >= last):
            return joins[:n_joins], births[:n_classes], deaths[:n_classes], True


# -- points, edges, lunes ------------------------------------------------------------------


@compiled
def _square(X, u, v):
    total = 0.0
    for c in range(X.shape[1]):
        diff = X[u, c] - X[v, c]
        total += diff * diff
    return total


@compiled
def _before(X, u, v, square, high, low):
    """Whether the edge uv enters before the edge of that square length and those ends."""
    own = _square(X, u, v)
    if own != square:
        return own < square
    return (max(u, v), min(u, v)) < (high, low)


@compiled
def _in_lune(X, u, v, w, square):
    """Whether w is a common neighbour of u < v when the edge uv enters."""
    return _before(X, u, w, square, v, u) and _before(X, v, w, square, v, u)


@compiled
def _make_grid(X, width):
    """Cells no narrower than `width`, so that a ball of that radius meets 3**d of them."""
    n, d = X.shape
    low, size, shape = np.empty(d), np.empty(d), np.empty(d, np.int64)
    most = max(int(n ** (1.0 / d)) + 1, 1)  # about as many cells as points
    for c in range(d):
        low[c] = X[:, c].min()
        extent = X[:, c].max() - low[c]
        shape[c] = max(min(int(extent / width), most), 1) if width > 0 else 1
        size[c] = extent / shape[c] if extent > 0 else 1.0
    n_cells = 1
    for c in range(d):
        n_cells *= shape[c]
    cell = np.empty(n, np.int64)
    starts = np.zeros(n_cells + 1, np.int64)
    for i in range(n):
        place = 0
        for c in range(d):
            place = place * shape[c] + _step(X[i, c], low[c], size[c], shape[c])
        cell[i] = place
        starts[place + 1] += 1
    for b in range(n_cells):
        starts[b + 1] += starts[b]
    fill, order = starts[:-1].copy(), np.empty(n, np.int64)
    for i in range(n):
        order[fill[cell[i]]] = i
        fill[cell[i]] += 1
    return _Grid(low, size, shape, starts, order)


@compiled
def _step(x, low, size, count):
    """The cell that a coordinate falls into."""
    return min(max(int((x - low) / size), 0), count - 1)


@compiled
def _neighborhood(X, grid, u, out):
    """Cells that hold all points within the grid's width of point u; returns their number."""
    d = X.shape[1]
    out[0] = 0
    count = 1
    for c in range(d):
        here = _step(X[u, c], grid.low[c], grid.size[c], grid.shape[c])
        # One more on each side, for a cell may be wider than the ball is.
        first, past = max(here - 1, 0), min(here + 2, grid.shape[c])
        for i in range(count):
            base = out[i] * grid.shape[c]
            for k in range(first + 1, past):
                out[count * (k - first) + i] = base + k
            out[i] = base + first
        count *= past - first
    return count


@compiled
def _count_edges(X, grid, done, limit):
    """Number of edges longer than `done` and no longer than `limit`, -1 for a signal."""
    cells = np.empty(3 ** X.shape[1], np.int64)
    total, second = 0, 0
    least, most = done * abs(done), limit * limit
    for v in range(X.shape[0]):
        second = watch(second)
        if second < 0:
            return -1
        for i in range(_neighborhood(X, grid, v, cells)):
            for a in range(grid.starts[cells[i]], grid.starts[cells[i] + 1]):
                u = grid.order[a]
                if u < v and least < _square(X, u, v) <= most:
                    total += 1
    return total


@compiled
def _list_edges(X, grid, done, limit, n_edges):
    """Those edges as ends u < v and square lengths; none for a signal."""
    low, high = np.empty(n_edges, np.int32), np.empty(n_edges, np.int32)
    squares = np.empty(n_edges)
    cells = np.empty(3 ** X.shape[1], np.int64)
    total, second = 0, 0
    least, most = done * abs(done), limit * limit
    for v in range(X.shape[0]):
        second = watch(second)
        if second < 0:
            return low[:0], high[:0], squares[:0]
        for i in range(_neighborhood(X, grid, v, cells)):
            for a in range(grid.starts[cells[i]], grid.starts[cells[i] + 1]):
                u = grid.order[a]
                if u < v:
                    square = _square(X, u, v)
                    if least < square <= most:
                        low[total], high[total], squares[total] = u, v, square
                        total += 1
    return low, high, squares


@compiled
def _sort_ties(order, squares, low, high):
    """Bring edges of one length into the order of v, then u."""
    n = np.int64(high.max()) + 1 if high.size else 1
    start = 0
    for i in range(1, order.size + 1):
        if i < order.size and squares[order[i]] == squares[order[start]]:
            continue
        if i - start > 1:
            run = order[start:i].copy()
            keys = np.empty(run.size, np.int64)
            for k in range(run.size):
                keys[k] = high[run[k]] * n + low[run[k]]
            place = np.argsort(keys)
            for k in range(run.size):
                order[start + k] = run[place[k]]
        start = i


@compiled
def _near_in_lune(X, near, u, v, square):
    """Whether one of the nearest neighbours shows that the lune of uv is not empty."""
    for a in range(near.shape[1]):
        if near[u, a] >= 0 and _in_lune(X, u, v, near[u, a], square):
            return True
        if near[v, a] >= 0 and _in_lune(X, u, v, near[v, a], square):
            return True
    return False


@compiled
def _lune_is_empty(X, grid, u, v, square):
    cells = np.empty(3 ** X.shape[1], np.int64)
    for i in range(_neighborhood(X, grid, u, cells)):
        for a in range(grid.starts[cells[i]], grid.starts[cells[i] + 1]):
            w = grid.order[a]
            if w != u and w != v and _in_lune(X, u, v, w, square):
                return False
    return True


@compiled
def _lune(X, grid, u, v, square):
    """All points of the lune of uv, lowest first."""
    cells = np.empty(3 ** X.shape[1], np.int64)
    found, count = np.empty(64, np.int64), 0
    for i in range(_neighborhood(X, grid, u, cells)):
        for a in range(grid.starts[cells[i]], grid.starts[cells[i] + 1]):
            w = grid.order[a]
            if w != u and w != v and _in_lune(X, u, v, w, square):
                if count == found.size:
                    found = np.concatenate((found, found))
                found[count] = w
                count += 1
    return np.sort(found[:count])


# -- cocycles ------------------------------------------------------------------------------


@compiled
def _no_entries(n):
    return _Entries(
        np.full(n, -1, np.int64),
        np.empty(1024, np.int64),
        np.empty(1024, np.int64),
        np.empty(1024, np.int64),
        np.empty(1024, np.int64),
        np.empty(1024, np.int64),
        np.empty(64, np.int64),
        np.zeros(64, np.bool_),
        np.empty(1024, np.int64),
        np.zeros(3, np.int64),
    )


@compiled
def _new_class(live, name):
    first_of, alive = live.first_of, live.alive
    if name >= alive.size:
        first_of, alive = longer(first_of), longer(alive)
    first_of[name], alive[name] = -1, True
    live.counts[LIVE] += 1
    return _Entries(
        live.head,
        live.of,
        live.at,
        live.to,
        live.next_at,
        live.next_in,
        first_of,
        alive,
        live.free,
        live.counts,
    )


@compiled
def _add_edge(live, name, u, v):
    """Add 1 to the value of a class on the edge uv."""
    if live.counts[FREE] < 2 and live.counts[USED] + 2 > live.of.size:
        live = _Entries(
            live.head,
            longer(live.of),
            longer(live.at),
            longer(live.to),
            longer(live.next_at),
            longer(live.next_in),
            live.first_of,
            live.alive,
            longer(live.free),
            live.counts,
        )
    for end in range(2):
        here, there = (u, v) if end == 0 else (v, u)
        if live.counts[FREE]:
            live.counts[FREE] -= 1
            e = live.free[live.counts[FREE]]
        else:
            e = live.counts[USED]
            live.counts[USED] += 1
        live.of[e], live.at[e], live.to[e] = name, here, there
        live.next_at[e], live.head[here] = live.head[here], e
        # One of the two entries is enough to find the edge again by its class.
        if end == 0:
            live.next_in[e], live.first_of[name] = live.first_of[name], e
    return live


@compiled
def _drop_dead(live, u):
    """Unlink the entries at u whose class has died."""
    before, e = -1, live.head[u]
    while e >= 0:
        after = live.next_at[e]
        if live.alive[live.of[e]]:
            before = e
        else:
            if before < 0:
                live.head[u] = after
            else:
                live.next_at[before] = after
            live.free[live.counts[FREE]] = e
            live.counts[FREE] += 1
        e = after


@compiled
def _ones_in_lune(X, live, u, v, square):
    """For every class and lune vertex w with value 1 on uw + vw, ``class * n + w``, sorted."""
    n = X.shape[0]
    _drop_dead(live, u)
    _drop_dead(live, v)
    keys, count = np.empty(16, np.int64), 0
    for end in range(2):
        e = live.head[u] if end == 0 else live.head[v]
        while e >= 0:
            w = live.to[e]
            if w != u and w != v and _in_lune(X, u, v, w, square):
                if count == keys.size:
                    keys = longer(keys)
                keys[count] = live.of[e] * n + w
                count += 1
            e = live.next_at[e]
    keys = np.sort(keys[:count])
    kept, i = 0, 0
    while i < count:  # a pair of equal ones cancels
        if i + 1 < count and keys[i] == keys[i + 1]:
            i += 2
        else:
            keys[kept] = keys[i]
            kept += 1
            i += 1
    return keys[:kept]


@compiled
def _difference(keys, a, b, n):
    """The classes whose values at the lune vertices a and b differ."""
    found, count = np.empty(keys.size, np.int64), 0
    i = 0
    while i < keys.size:
        name, odd = keys[i] // n, False
        while i < keys.size and keys[i] // n == name:
            if keys[i] % n == a or keys[i] % n == b:
                odd = not odd
            i += 1
        if odd:
            found[count] = name
            count += 1
    return found[:count]


@compiled
def _disagreement(keys, lune, n):
    """Two lune vertices whose values differ in some class; the second is -1 if none do."""
    w0 = lune[0]
    for i in range(keys.size):
        w = keys[i] % n
        if w != w0 and _difference(keys, w0, w, n).size:
            return w0, w
    # What is left to differ are the vertices where all classes are 0.
    if keys.size:
        marked = np.sort(keys % n)
        for w in lune:
            i = np.searchsorted(marked, w)
            if i == marked.size or marked[i] != w:
                if w != w0 and _difference(keys, w0, w, n).size:
                    return w0, w
                break
    return w0, -1


@compiled
def _kill(live, youngest, relation):
    """Let the youngest class die: it becomes the sum of the others in the relation."""
    live.alive[youngest] = False
    live.counts[LIVE] -= 1
    e = live.first_of[youngest]
    while e >= 0:
        for name in relation:
            if name != youngest:
                live = _add_edge(live, name, live.at[e], live.to[e])
        e = live.next_in[e]
    return live
