"""The Delaunay triangulation of points in space, one point at a time, with exact signs.

Cell c has the vertices ``cells[4c : 4c + 4]``, positively oriented. Its face i is opposite to
vertex i, and ``links[4c + i]`` is the number of that face in the other cell,
``4 * cell + face``. Cells with an extra vertex `n` at infinity fill the space outside the hull. A
point removes the cells whose sphere holds it strictly inside, and the cells at infinity that it
sees. Then it is joined to the faces of the hole (A. Bowyer; D. F. Watson, The Computer Journal
24, 1981). With exact signs the hole is star-shaped, also if points are cospherical: a cell that
has the point on its sphere may stay, and the triangulation is still Delaunay.
"""

import numpy as np

from ._compiled import compiled, watch
from .alpha_exact import in_power_sphere, in_sphere, minor_close, orient3, tie_sphere
from .growing import longer


@compiled
def _orient(P, a, b, c, d, slack):
    return orient3(
        P[a, 0], P[a, 1], P[a, 2], P[b, 0], P[b, 1], P[b, 2],
        P[c, 0], P[c, 1], P[c, 2], P[d, 0], P[d, 1], P[d, 2], slack,
    )  # fmt: skip


@compiled
def _vertices(cells, c):
    # One type of integers for all, so that what takes them is compiled once.
    return (
        np.int64(cells[4 * c]),
        np.int64(cells[4 * c + 1]),
        np.int64(cells[4 * c + 2]),
        np.int64(cells[4 * c + 3]),
    )


@compiled
def first_tetrahedron(P, slack):
    """As many affinely independent points as there are, up to 4: their number and indices."""
    n = P.shape[0]
    pick = np.zeros(4, np.int64)
    best = -1.0
    for i in range(n):  # the point farthest from the first one
        size = _square(P, 0, i)
        if size > best:
            best, pick[1] = size, i
    if n == 0 or best == 0.0:
        return min(n, 1), pick
    best = -1.0
    for i in range(n):
        size = _area(P, 0, pick[1], i)
        if size > best:
            best, pick[2] = size, i
    if best == 0.0:
        return 2, pick
    best = -1.0
    for i in range(n):
        size = abs(_orient(P, pick[0], pick[1], pick[2], i, slack))
        if size > best:
            best, pick[3] = size, i
    if best == 0.0:
        return 3, pick
    return 4, pick


@compiled
def _square(P, a, b):
    x, y, z = P[b, 0] - P[a, 0], P[b, 1] - P[a, 1], P[b, 2] - P[a, 2]
    return x * x + y * y + z * z


@compiled
def _area(P, a, b, c):
    """Squared length of a cross product, 0 exactly where the points are collinear."""
    ux, uy, uz = P[b, 0] - P[a, 0], P[b, 1] - P[a, 1], P[b, 2] - P[a, 2]
    vx, vy, vz = P[c, 0] - P[a, 0], P[c, 1] - P[a, 1], P[c, 2] - P[a, 2]
    x, y = minor_close(uy, uz, vy, vz), minor_close(uz, ux, vz, vx)
    z = minor_close(ux, uy, vx, vy)
    return x * x + y * y + z * z


@compiled
def _start(P, pick, slack, cells, links):
    """Write the first cell and the four at infinity around it."""
    n = P.shape[0]
    a, b, c, d = pick[0], pick[1], pick[2], pick[3]
    if _orient(P, a, b, c, d, slack) < 0:
        a, b = b, a
    cells[0], cells[1], cells[2], cells[3] = a, b, c, d
    for i in range(4):
        for j in range(4):
            cells[4 * (i + 1) + j] = cells[j]
        cells[4 * (i + 1) + i] = n
        j, k = (i + 1) % 4, (i + 2) % 4
        at = 4 * (i + 1)
        cells[at + j], cells[at + k] = cells[at + k], cells[at + j]
        links[i] = at + i
        links[at + i] = i
    for i in range(4):
        for k in range(4):
            if k == i:
                continue
            # Cell i + 1 without the vertex k of the first cell meets cell k + 1 without vertex i.
            f, g = 4 * (i + 1), 4 * (k + 1)
            while cells[f] != cells[k]:
                f += 1
            while cells[g] != cells[i]:
                g += 1
            links[f] = g


@compiled
def _walk(P, cells, links, here, p, slack):
    """From `here` to a cell that holds point p, or to one at infinity whose face p sees."""
    n = P.shape[0]
    c = here
    if (
        cells[4 * c] == n
        or cells[4 * c + 1] == n
        or cells[4 * c + 2] == n
        or (cells[4 * c + 3] == n)
    ):
        i = 0
        while cells[4 * c + i] != n:
            i += 1
        c = links[4 * c + i] >> 2
    entry = -1
    while True:
        v0, v1, v2, v3 = _vertices(cells, c)
        if v0 == n or v1 == n or v2 == n or v3 == n:
            break
        if entry != 3 and _orient(P, v0, v1, v2, p, slack) < 0:
            f = 4 * c + 3
        elif entry != 2 and _orient(P, v1, v0, v3, p, slack) < 0:
            f = 4 * c + 2
        elif entry != 1 and _orient(P, v0, v2, v3, p, slack) < 0:
            f = 4 * c + 1
        elif entry != 0 and _orient(P, v2, v1, v3, p, slack) < 0:
            f = 4 * c
        else:
            break
        c = links[f] >> 2
        entry = links[f] & 3
    return c


@compiled
def _dig(P, W, cells, links, c, p, slack, generic, mark, inside, outside, hole, rim):
    """The cells that point p removes, starting from c; the faces around them; and how many."""
    n = P.shape[0]
    px, py, pz = P[p, 0], P[p, 1], P[p, 2]
    mark[c] = inside
    hole[0] = c
    n_hole, n_rim, done = 1, 0, 0
    while done < n_hole:
        c = hole[done]
        done += 1
        for i in range(4):
            f = links[4 * c + i]
            o = f >> 2
            m = mark[o]
            if m == inside:
                continue
            if m != outside:
                if _conflict(P, W, cells, links, o, n, p, px, py, pz, slack, generic):
                    mark[o] = inside
                    if n_hole == hole.size:
                        hole = longer(hole)
                    hole[n_hole] = o
                    n_hole += 1
                    continue
                mark[o] = outside
            if n_rim == rim.size:
                rim = longer(rim)
            rim[n_rim] = 4 * c + i
            n_rim += 1
    return hole, n_hole, rim, n_rim


@compiled
def _join(cells, links, rim, made, n_rim):
    """Join the new cells to each other, turning through the hole that they fill."""
    for r in range(n_rim):
        new = made[r]
        f = rim[r]
        i = f & 3
        for j in range(4):
            if j == i or links[4 * new + j] >= 0:
                continue
            # Turn around the edge of the rim that faces i and j share, through the hole.
            e0, e1 = -1, -1
            for k in range(4):
                if k != i and k != j:
                    if e0 < 0:
                        e0 = cells[4 * new + k]
                    else:
                        e1 = cells[4 * new + k]
            at, entry = (f & ~3) + j, i
            while links[at] >= 0:
                g = links[at]
                entry = g & 3
                at = g & ~3
                while True:
                    k = at & 3
                    v = cells[at]
                    if k != entry and v != e0 and v != e1:
                        break
                    at += 1
            other = 4 * (-1 - links[at]) + entry
            links[4 * new + j] = other
            links[other] = 4 * new + j


@compiled
def delaunay_space(P, W, order, pick, slack, generic):
    """Delaunay cells of the points `P`; the four points in `pick` must span space.

    With weights `W`, and if `generic`, as `delaunay_plane`; so are `cells`, `links` and `twin`.
    """
    n = P.shape[0]
    capacity = 8 * n + 64
    cells = np.empty(4 * capacity, np.int32)
    links = np.empty(4 * capacity, np.int32)
    mark = np.zeros(capacity, np.int32)
    free = np.empty(1024, np.int32)
    n_free = 0
    twin = np.full(n, -1, np.int32)

    _start(P, pick, slack, cells, links)
    n_cells = 5
    hole = np.empty(1024, np.int32)  # cells that the point removes
    rim = np.empty(1024, np.int32)  # faces of the hole, as counted from inside
    made = np.empty(1024, np.int32)  # the new cell on each
    here, second = 0, 0
    for step in range(order.size):
        second = watch(second)
        if second < 0:
            break
        p = order[step]
        if p == pick[0] or p == pick[1] or p == pick[2] or p == pick[3]:
            continue
        px, py, pz = P[p, 0], P[p, 1], P[p, 2]

        c = _walk(P, cells, links, here, p, slack)
        v0, v1, v2, v3 = _vertices(cells, c)
        if v0 != n and v1 != n and v2 != n and v3 != n:
            for i in range(4):
                v = cells[4 * c + i]
                if W.size == 0 and P[v, 0] == px and P[v, 1] == py and P[v, 2] == pz:
                    twin[p] = v
            if W.size > 0 and not _conflict(
                P, W, cells, links, c, n, p, px, py, pz, slack, generic
            ):
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

        # A new cell on each face of the rim, in place of the vertex opposite to it.
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
            i = f & 3
            c = f - i
            for j in range(4):
                cells[4 * new + j] = cells[c + j]
                links[4 * new + j] = -1
            cells[4 * new + i] = p
            outer = links[f]
            links[4 * new + i] = outer
            links[outer] = 4 * new + i
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
        cells[4 * free[h]] = -1
    return cells[: 4 * n_cells], links[: 4 * n_cells], twin


@compiled
def _conflict(P, W, cells, links, c, n, p, px, py, pz, slack, generic):
    """Whether point p must remove cell c."""
    v0, v1, v2, v3 = _vertices(cells, c)
    if v0 == n or v1 == n or v2 == n or v3 == n:
        i = 0
        while cells[4 * c + i] != n:
            i += 1
        if v0 == n:
            side = _orient(P, p, v1, v2, v3, slack)
        elif v1 == n:
            side = _orient(P, v0, p, v2, v3, slack)
        elif v2 == n:
            side = _orient(P, v0, v1, p, v3, slack)
        else:
            side = _orient(P, v0, v1, v2, p, slack)
        if side != 0.0:
            return side > 0.0
        # In the plane of the hull's face: its circle is where that plane cuts the sphere.
        c = links[4 * c + i] >> 2
        v0, v1, v2, v3 = _vertices(cells, c)
    ax, ay, az, bx, by, bz = P[v0, 0], P[v0, 1], P[v0, 2], P[v1, 0], P[v1, 1], P[v1, 2]
    cx, cy, cz, dx, dy, dz = P[v2, 0], P[v2, 1], P[v2, 2], P[v3, 0], P[v3, 1], P[v3, 2]
    if W.size == 0:
        d = in_sphere(ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz, px, py, pz, slack)
    else:
        d = in_power_sphere(
            ax, ay, az, W[p] - W[v0], bx, by, bz, W[p] - W[v1],
            cx, cy, cz, W[p] - W[v2], dx, dy, dz, W[p] - W[v3], px, py, pz, slack,
        )  # fmt: skip
    if d == 0.0 and generic:
        d = tie_sphere(
            ax - px, ay - py, az - pz, bx - px, by - py, bz - pz,
            cx - px, cy - py, cz - pz, dx - px, dy - py, dz - pz, slack,
        )  # fmt: skip
    return d > 0.0
