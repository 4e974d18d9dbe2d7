"""Delaunay triangulations of points in the plane, one point at a time, with exact signs.

Points may have weights, which are squared radii of discs. Then this is the regular triangulation:
`x * x + y * y - weight` takes the place of `x * x + y * y`. A point may then have no triangle,
if the discs of the others make its own disc unnecessary (H. Edelsbrunner, N. R. Shah, Incremental
topological flipping works for regular triangulations, Algorithmica 15, 1996).

The arrays are as in space (`alpha_space`). Triangle c has the vertices ``cells[3c : 3c + 3]``,
turning left. Its edge i is opposite to vertex i, and ``links[3c + i]`` is the number of that edge
in the other triangle. Triangles with an extra vertex `n` at infinity fill the plane outside the
hull.
"""

import numpy as np

from ._compiled import compiled, watch
from .alpha_exact import in_circle, in_power_circle, orient2, tie_circle
from .growing import longer

# A twin of `alpha_space`: this one is written out for three corners a cell, that one for four.
# With the number of corners as a variable, shared by both, triangulations take 6% more time.


@compiled
def _orient(P, a, b, c, slack):
    return orient2(P[a, 0], P[a, 1], P[b, 0], P[b, 1], P[c, 0], P[c, 1], slack)


@compiled
def _vertices(cells, c):
    # One type of integers for all, so that what takes them is compiled once.
    return np.int64(cells[3 * c]), np.int64(cells[3 * c + 1]), np.int64(cells[3 * c + 2])


@compiled
def first_triangle(P, slack):
    """As many affinely independent points as there are, up to 3: their number and indices."""
    n = P.shape[0]
    pick = np.zeros(3, np.int64)
    best = -1.0
    for i in range(n):  # the point farthest from the first one
        x, y = P[i, 0] - P[0, 0], P[i, 1] - P[0, 1]
        if x * x + y * y > best:
            best, pick[1] = x * x + y * y, i
    if n == 0 or best == 0.0:
        return min(n, 1), pick
    best = -1.0
    for i in range(n):
        size = abs(_orient(P, pick[0], pick[1], i, slack))
        if size > best:
            best, pick[2] = size, i
    if best == 0.0:
        return 2, pick
    return 3, pick


@compiled
def _start(P, pick, slack, cells, links):
    """Write the first triangle and the three at infinity around it."""
    n = P.shape[0]
    a, b, c = pick[0], pick[1], pick[2]
    if _orient(P, a, b, c, slack) < 0:
        a, b = b, a
    cells[0], cells[1], cells[2] = a, b, c
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        at = 3 * (i + 1)
        cells[at], cells[at + 1], cells[at + 2] = n, cells[k], cells[j]
        links[i], links[at] = at, i
        links[at + 1] = 3 * (k + 1) + 2  # around vertex j
        links[at + 2] = 3 * (j + 1) + 1  # around vertex k


@compiled
def _walk(P, cells, links, here, p, slack):
    """From `here` to a triangle that holds point p, or to one at infinity whose edge p sees."""
    n = P.shape[0]
    c = here
    for i in range(3):
        if cells[3 * c + i] == n:
            c = links[3 * c + i] // 3
            break
    entry = -1
    while True:
        v0, v1, v2 = _vertices(cells, c)
        if v0 == n or v1 == n or v2 == n:
            break
        if entry != 2 and _orient(P, v0, v1, p, slack) < 0:
            f = 3 * c + 2
        elif entry != 1 and _orient(P, v2, v0, p, slack) < 0:
            f = 3 * c + 1
        elif entry != 0 and _orient(P, v1, v2, p, slack) < 0:
            f = 3 * c
        else:
            break
        c = links[f] // 3
        entry = links[f] - 3 * c
    return c


@compiled
def _dig(P, W, cells, links, c, p, slack, generic, mark, inside, outside, hole, rim):
    """The triangles that point p removes, starting from c; the edges around them; and how many."""
    n = P.shape[0]
    px, py = P[p, 0], P[p, 1]
    mark[c] = inside
    hole[0] = c
    n_hole, n_rim, done = 1, 0, 0
    while done < n_hole:
        c = hole[done]
        done += 1
        for i in range(3):
            o = links[3 * c + i] // 3
            m = mark[o]
            if m == inside:
                continue
            if m != outside:
                if _conflict(P, W, cells, links, o, n, p, px, py, slack, generic):
                    mark[o] = inside
                    if n_hole == hole.size:
                        hole = longer(hole)
                    hole[n_hole] = o
                    n_hole += 1
                    continue
                mark[o] = outside
            if n_rim == rim.size:
                rim = longer(rim)
            rim[n_rim] = 3 * c + i
            n_rim += 1
    return hole, n_hole, rim, n_rim


@compiled
def _join(cells, links, rim, made, n_rim):
    """Join the new triangles to each other, turning through the hole that they fill."""
    for r in range(n_rim):
        new = made[r]
        f = rim[r]
        c = f // 3
        i = f - 3 * c
        for j in range(3):
            if j == i or links[3 * new + j] >= 0:
                continue
            # Turn around the vertex that edges i and j share, through the hole.
            pivot = cells[3 * new + 3 - i - j]
            at, entry = 3 * c + j, i
            while links[at] >= 0:
                g = links[at]
                at = 3 * (g // 3)
                entry = g - at
                while at == g or cells[at] == pivot:
                    at += 1
            other = 3 * (-1 - links[at]) + entry
            links[3 * new + j] = other
            links[other] = 3 * new + j


@compiled
def delaunay_plane(P, W, order, pick, slack, generic):
    """Delaunay triangles of the points `P`; the three points in `pick` must span the plane.

    `W` are the weights of the points; it is empty if all are equal. Points enter in the given
    order. Returns `cells` and `links`, in which removed triangles have first vertex -1, and `twin`.
    The twin of a point is the point that it coincides with, or a point near it if its weight is too
    low for a triangle. A point that had triangles and lost them has no twin.

    If `generic`, ties are broken by `tie_circle`, in a way that depends on differences of points
    alone. Then there is one triangulation, whatever the order, and that of points that repeat
    themselves repeats itself.
    """
    n = P.shape[0]
    capacity = 2 * n + 64
    cells = np.empty(3 * capacity, np.int32)
    links = np.empty(3 * capacity, np.int32)
    mark = np.zeros(capacity, np.int32)
    free = np.empty(1024, np.int32)
    n_free = 0
    twin = np.full(n, -1, np.int32)

    _start(P, pick, slack, cells, links)
    n_cells = 4
    hole = np.empty(1024, np.int32)  # triangles that the point removes
    rim = np.empty(1024, np.int32)  # edges of the hole, as counted from inside
    made = np.empty(1024, np.int32)  # the new triangle on each
    here, second = 0, 0
    for step in range(order.size):
        second = watch(second)
        if second < 0:
            break
        p = order[step]
        if p == pick[0] or p == pick[1] or p == pick[2]:
            continue
        px, py = P[p, 0], P[p, 1]

        c = _walk(P, cells, links, here, p, slack)
        v0, v1, v2 = _vertices(cells, c)
        if v0 != n and v1 != n and v2 != n:
            for i in range(3):
                v = cells[3 * c + i]
                if W.size == 0 and P[v, 0] == px and P[v, 1] == py:
                    twin[p] = v
            if W.size > 0 and not _conflict(P, W, cells, links, c, n, p, px, py, slack, generic):
                twin[p] = v0
            if twin[p] >= 0:
                here = c
                continue

        # The hole, and its rim.
        hole, n_hole, rim, n_rim = _dig(
            P, W, cells, links, c, p, slack, generic, mark, 2 * step + 1, 2 * step + 2, hole, rim
        )
        if rim.size > made.size:
            made = np.empty(rim.size, np.int32)

        # A new triangle on each edge of the rim, in place of the vertex opposite to it.
        while n_cells + n_rim - n_free > mark.size:
            cells, links = longer(cells), longer(links)
            mark = np.concatenate((mark, np.zeros(mark.size, np.int32)))
        for r in range(n_rim):
            if n_free > 0:
                n_free -= 1
                new = free[n_free]
            else:
                new = n_cells
                n_cells += 1
            made[r] = new
            f = rim[r]
            c = f // 3
            i = f - 3 * c
            for j in range(3):
                cells[3 * new + j] = cells[3 * c + j]
                links[3 * new + j] = -1
            cells[3 * new + i] = p
            outer = links[f]
            links[3 * new + i] = outer
            links[outer] = 3 * new + i
            links[f] = -1 - new  # tells the turn below that it has come to the rim
            mark[new] = 0
        _join(cells, links, rim, made, n_rim)
        while n_free + n_hole > free.size:
            free = longer(free)
        for h in range(n_hole):
            free[n_free] = hole[h]
            n_free += 1
        here = made[0]

    for h in range(n_free):
        cells[3 * free[h]] = -1
    return cells[: 3 * n_cells], links[: 3 * n_cells], twin


@compiled
def _conflict(P, W, cells, links, c, n, p, px, py, slack, generic):
    """Whether point p must remove triangle c."""
    v0, v1, v2 = _vertices(cells, c)
    if v0 == n or v1 == n or v2 == n:
        if v0 == n:
            i, side = 0, _orient(P, v1, v2, p, slack)
        elif v1 == n:
            i, side = 1, _orient(P, v2, v0, p, slack)
        else:
            i, side = 2, _orient(P, v0, v1, p, slack)
        if side != 0.0:
            return side > 0.0
        # In line with the hull's edge: inside it where inside the circle next to it.
        c = links[3 * c + i] // 3
        v0, v1, v2 = _vertices(cells, c)
    ax, ay, bx, by, cx, cy = P[v0, 0], P[v0, 1], P[v1, 0], P[v1, 1], P[v2, 0], P[v2, 1]
    if W.size == 0:
        d = in_circle(ax, ay, bx, by, cx, cy, px, py, slack)
    else:
        aw, bw, cw = W[p] - W[v0], W[p] - W[v1], W[p] - W[v2]
        d = in_power_circle(ax, ay, aw, bx, by, bw, cx, cy, cw, px, py, slack)
    if d == 0.0 and generic:
        d = tie_circle(ax - px, ay - py, bx - px, by - py, cx - px, cy - py, slack)
    return d > 0.0
