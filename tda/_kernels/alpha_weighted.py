"""Persistence of the alpha filtration of points with weights, in the plane and on a line.

The disc of a point with weight w has the squared radius ``t + w`` at value t; it is empty below
``-w``. A simplex has a first value t at which its discs meet in one point. If no other disc holds
that point then, the simplex enters at t (it is Gabriel). Otherwise it enters with the first of its
cofaces. So a point, too, may enter late, with its first edge, which never happens without weights.

All values here are t. They are at least 0, since the weights are at most 0. Functions return the
simplices and values of the bars that have a length.
"""

import numpy as np

from ._compiled import compiled
from .alpha_exact import minor_close
from .alpha_pairs import edges_once, top_pairs
from .sorting import argsort_lengths
from .union_find import find


@compiled
def _edge_value(ax, ay, aw, bx, by, bw):
    """The least value of a point that has the same power to both ends."""
    x, y = bx - ax, by - ay
    length = x * x + y * y
    if aw < bw:
        aw, bw = bw, aw
    share = 0.5 * (length + (aw - bw))
    return share * share / length - aw


@compiled
def _hides(cx, cy, cw, ax, ay, aw, bx, by, bw):
    """Whether c has less power at the point where a and b have the value of their edge."""
    x, y, u, v = bx - ax, by - ay, cx - ax, cy - ay
    length = x * x + y * y
    side = (length + (aw - bw)) * (x * u + y * v)
    return length * (u * u + v * v + (aw - cw)) < side


@compiled
def _cell_value(ax, ay, aw, bx, by, bw, cx, cy, cw):
    """The value of the one point that has the same power to all three."""
    ux, uy, vx, vy = bx - ax, by - ay, cx - ax, cy - ay
    double = 2.0 * minor_close(ux, uy, vx, vy)
    u, v = ux * ux + uy * uy + (aw - bw), vx * vx + vy * vy + (aw - cw)
    x, y = minor_close(u, uy, v, vy) / double, minor_close(ux, u, vx, v) / double
    return x * x + y * y - aw


@compiled
def _edges(P, W, cells, links):
    """Values of triangles and of edges, and the ends and sides of edges."""
    n_cells = cells.size // 3
    tops = np.empty(n_cells)
    hides = np.empty(3 * n_cells, np.bool_)
    own = np.empty(3 * n_cells)
    for c in range(n_cells):
        u, v, w = cells[3 * c], cells[3 * c + 1], cells[3 * c + 2]
        ax, ay, bx, by, cx, cy = P[u, 0], P[u, 1], P[v, 0], P[v, 1], P[w, 0], P[w, 1]
        value = _cell_value(ax, ay, W[u], bx, by, W[v], cx, cy, W[w])
        tops[c] = max(value, 0.0)
        for i in range(3):
            a, b, p = cells[3 * c + (i + 1) % 3], cells[3 * c + (i + 2) % 3], cells[3 * c + i]
            if links[3 * c + i] > 3 * c + i:  # both sides of an edge round alike
                a, b = b, a
            ax, ay, aw, bx, by, bw = P[a, 0], P[a, 1], W[a], P[b, 0], P[b, 1], W[b]
            hides[3 * c + i] = _hides(P[p, 0], P[p, 1], W[p], ax, ay, aw, bx, by, bw)
            own[3 * c + i] = max(_edge_value(ax, ay, aw, bx, by, bw), 0.0)
    values, sides, ends = edges_once(cells, links, tops, own, hides)
    return tops, values, sides, ends


@compiled
def _starts(P, W, ends, values):
    """Values of the points: their own, or that of their first edge if a neighbour hides them."""
    n = P.shape[0]
    starts = np.full(n, np.inf)
    hidden = np.zeros(n, np.bool_)
    for e in range(values.size):
        a, b = ends[e]
        x, y = P[b, 0] - P[a, 0], P[b, 1] - P[a, 1]
        length = x * x + y * y
        hidden[a] |= length < W[b] - W[a]
        hidden[b] |= length < W[a] - W[b]
        starts[a] = min(starts[a], values[e])
        starts[b] = min(starts[b], values[e])
    for v in range(n):
        if not hidden[v]:
            starts[v] = min(starts[v], -W[v])
    return starts


@compiled
def components(ends, values, starts):
    """Degree 0 by the elder rule: edges at rising values join points that entered before.

    Returns the points that die, the edges that end them, and rows (birth, death); and the number
    of edges that joined two components.
    """
    n = starts.size
    parent = np.arange(n)
    points = np.empty(n, np.int32)
    edges = np.empty((n, 2), np.int32)
    spans = np.empty((n, 2))
    found, joins = 0, 0
    for e in argsort_lengths(values):
        a, b = find(parent, np.int64(ends[e, 0])), find(parent, np.int64(ends[e, 1]))
        if a == b:
            continue
        joins += 1
        if starts[a] > starts[b] or (starts[a] == starts[b] and a > b):
            a, b = b, a
        parent[b] = a
        if values[e] > starts[b]:
            points[found] = b
            edges[found] = ends[e]
            spans[found, 0], spans[found, 1] = starts[b], values[e]
            found += 1
    return points[:found], edges[:found], spans[:found], joins


@compiled
def weighted_plane(P, W, cells, links):
    """Degrees 0 and 1 of the alpha filtration of a regular triangulation of the plane.

    Returns births, deaths and values of the bars of each degree; the point that never dies and its
    value; and whether all counts agree.
    """
    tops, values, sides, ends = _edges(P, W, cells, links)
    starts = _starts(P, W, ends, values)
    left = np.ones(values.size, np.bool_)
    pairs, parts = top_pairs(values, sides, tops, left)
    points, edges, spans0, joins = components(ends[left], values[left], starts)
    births = np.empty((pairs.shape[0], 2), np.int32)
    deaths = np.empty((pairs.shape[0], 3), np.int32)
    spans1 = np.empty((pairs.shape[0], 2))
    for i in range(pairs.shape[0]):
        f, c = pairs[i]
        births[i] = ends[f]
        deaths[i] = cells[3 * c : 3 * c + 3]
        spans1[i, 0], spans1[i, 1] = values[f], tops[c]
    present = np.count_nonzero(starts < np.inf)
    good = parts == 1 and joins == present - 1 and np.count_nonzero(left) == joins
    first = np.argmin(starts)
    return points, edges, spans0, births, deaths, spans1, first, starts[first], good


@compiled
def weighted_line(x, W):
    """Degree 0 of points on a line, in rising order; of equal points the heaviest comes first.

    Returns what `weighted_plane` does, without degree 1.
    """
    n = x.size
    # The lower hull of the points lifted to x * x - W are those that have an interval.
    kept = np.empty(n, np.int64)
    m = 0
    for i in range(n):
        if m > 0 and x[kept[m - 1]] == x[i]:
            continue
        while m > 1:
            a, b = kept[m - 2], kept[m - 1]
            u, v = x[b] - x[a], x[i] - x[a]
            # b is above the chord from a to i
            if (u * u + (W[a] - W[b])) * v >= (v * v + (W[a] - W[i])) * u:
                m -= 1
            else:
                break
        kept[m] = i
        m += 1
    P = np.zeros((n, 2))
    P[:, 0] = x
    ends = np.empty((m - 1, 2), np.int32)
    values = np.empty(m - 1)
    for k in range(m - 1):
        a, b = kept[k], kept[k + 1]
        ends[k, 0], ends[k, 1] = a, b
        values[k] = max(_edge_value(x[a], 0.0, W[a], x[b], 0.0, W[b]), 0.0)
    starts = _starts(P, W, ends, values)
    if m == 1:
        starts[kept[0]] = -W[kept[0]]
    points, edges, spans, _ = components(ends, values, starts)
    first = np.argmin(starts)
    return points, edges, spans, first, starts[first]
