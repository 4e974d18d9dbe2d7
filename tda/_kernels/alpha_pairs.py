"""Persistence of the alpha filtration of a Delaunay triangulation, degree by degree.

A simplex whose smallest circumsphere is empty (Gabriel) enters at its circumradius. Any other
simplex enters with the first of its cofaces. Degree 0 is a spanning tree of the edges upward. The
top degree is, by Alexander duality, a spanning tree of the cells downward, in which the outside
is one cell that was there first. In the plane these two trees share out all edges. In space some
edges and some triangles are in no tree. They are paired one to one by reducing the boundary matrix
between them.

If the value of a cell is that of one of its faces, the cell is joined across that face before
anything is sorted, since the pair has length zero.

All values here are squared radii. `homology/engines/_alpha_pairs.py` puts these steps together.
"""

import numpy as np

from ._compiled import compiled, watch
from .alpha_exact import circumcentre, minor_close
from .bits import empty_set, flip, largest
from .fields import inverse_mod
from .growing import longer
from .sorting import argsort_lengths
from .union_find import find

_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@compiled
def compact(cells, links, n, width):
    """Finite cells only, in the order of their first vertices; links out of the hull become -1.

    If neighbours in the order of the points are near in space, so are neighbours among the cells.
    """
    old = cells.size // width
    number = np.full(old, -1, np.int32)
    starts = np.zeros(n + 1, np.int32)
    for c in range(old):
        if cells[width * c] < 0:
            continue
        first, last = cells[width * c], cells[width * c]
        for i in range(1, width):
            first, last = min(first, cells[width * c + i]), max(last, cells[width * c + i])
        if last < n:
            number[c] = first
            starts[first + 1] += 1
    for v in range(n):
        starts[v + 1] += starts[v]
    m = starts[n]
    for c in range(old):
        if number[c] >= 0:
            first = number[c]
            number[c] = starts[first]
            starts[first] += 1
    new_cells = np.empty(width * m, np.int32)
    new_links = np.empty(width * m, np.int32)
    for c in range(old):
        if number[c] < 0:
            continue
        at = width * number[c]
        for i in range(width):
            new_cells[at + i] = cells[width * c + i]
            f = links[width * c + i]
            o = f // width
            new_links[at + i] = width * number[o] + (f - width * o) if number[o] >= 0 else -1
    return new_cells, new_links


@compiled
def spanning_forest(order, ends, n, left):
    """Kruskal's algorithm: the edges that join two components, and a point of the one that ends.

    These edges are set to False in `left`.
    """
    parent = np.arange(n).astype(np.int32)
    joins = np.empty(max(n - 1, 0), np.int32)
    points = np.empty(max(n - 1, 0), np.int32)
    found = 0
    for e in order:
        a, b = find(parent, np.int64(ends[e, 0])), find(parent, np.int64(ends[e, 1]))
        if a != b:
            points[found] = max(a, b)
            parent[max(a, b)] = min(a, b)
            left[e] = False
            joins[found] = e
            found += 1
    return joins[:found], points[:found]


@compiled
def top_pairs(values, sides, tops, left):
    """The top degree: cells are joined downward across faces, and the part that began lower dies.

    `values` are those of the faces. `sides`, shape (m, 2), has the two cells at each face;
    `tops.size` stands for the outside. `tops` are the values of the cells. Faces that join two
    parts are set to False in `left`. Returns rows (face of birth, cell of death), and the number of
    parts that remain, which is 1.
    """
    n = tops.size
    parent = np.arange(n + 1).astype(np.int32)
    last = np.arange(n + 1).astype(np.int32)  # the cell with which a part began
    parts = n + 1
    climbed = np.zeros(n, np.bool_)  # a cell joins across one such face, not more
    for f in range(values.size):
        a, b = np.int64(sides[f, 0]), np.int64(sides[f, 1])
        if tops[a] == values[f] and not climbed[a]:
            climbed[a] = True
        elif b < n and tops[b] == values[f] and not climbed[b]:
            climbed[b] = True
        else:
            continue
        a, b = find(parent, a), find(parent, b)
        if a != b:
            if last[a] == n or (last[b] != n and tops[last[a]] > tops[last[b]]):
                a, b = b, a
            parent[a] = b
            left[f] = False
            parts -= 1
    rest = np.empty(values.size, np.int32)
    at = np.empty(values.size)
    m = 0
    for f in range(values.size):
        if left[f] and find(parent, np.int64(sides[f, 0])) != find(parent, np.int64(sides[f, 1])):
            rest[m], at[m] = f, values[f]
            m += 1
    order = argsort_lengths(at[:m])
    pairs = np.empty((parts - 1, 2), np.int32)
    found = 0
    for i in range(m - 1, -1, -1):
        f = rest[order[i]]
        a, b = find(parent, np.int64(sides[f, 0])), find(parent, np.int64(sides[f, 1]))
        if a == b:
            continue
        if last[a] == n or (last[b] != n and tops[last[a]] > tops[last[b]]):
            a, b = b, a
        parent[a] = b
        left[f] = False
        parts -= 1
        if tops[last[a]] > values[f]:
            pairs[found, 0], pairs[found, 1] = f, last[a]
            found += 1
    return pairs[:found], parts


# -- the plane -------------------------------------------------------------------------------


@compiled
def edges_plane(P, cells, links):
    """Values of triangles and of edges, and the ends and sides of edges."""
    n_cells = cells.size // 3
    tops = np.empty(n_cells)
    obtuse = np.zeros(3 * n_cells, np.bool_)
    own = np.empty(3 * n_cells)
    for c in range(n_cells):
        u, v, w = cells[3 * c], cells[3 * c + 1], cells[3 * c + 2]
        ax, ay, bx, by = P[w, 0] - P[v, 0], P[w, 1] - P[v, 1], P[u, 0] - P[w, 0], P[u, 1] - P[w, 1]
        cx, cy = P[v, 0] - P[u, 0], P[v, 1] - P[u, 1]
        a2, b2, c2 = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
        double = minor_close(ax, ay, bx, by)
        tops[c] = a2 * b2 * c2 / (4.0 * double * double)
        own[3 * c], own[3 * c + 1], own[3 * c + 2] = 0.25 * a2, 0.25 * b2, 0.25 * c2
        obtuse[3 * c] = bx * cx + by * cy > 0.0
        obtuse[3 * c + 1] = cx * ax + cy * ay > 0.0
        obtuse[3 * c + 2] = ax * bx + ay * by > 0.0
    values, sides, ends = edges_once(cells, links, tops, own, obtuse)
    return tops, values, sides, ends


@compiled
def edges_once(cells, links, tops, own, hides):
    """Values, sides and ends of the edges of triangles, each edge once.

    In the arrays each edge stands once for each triangle at it. `own` is the value of the edge
    alone, and `hides` tells whether the vertex opposite to it hides it (lies in its smallest
    circle). Then the edge enters with the first triangle at it.
    """
    n_cells = tops.size
    m = 0
    for f in range(3 * n_cells):
        m += links[f] < f
    values = np.empty(m)
    sides = np.empty((m, 2), np.int32)
    ends = np.empty((m, 2), np.int32)
    m = 0
    for f in range(3 * n_cells):
        g = links[f]
        if g >= f:
            continue
        c = f // 3
        i = f - 3 * c
        lowest, hidden = tops[c], hides[f]
        sides[m, 0], sides[m, 1] = c, n_cells
        if g >= 0:
            sides[m, 1] = g // 3
            lowest = min(lowest, tops[g // 3])
            hidden |= hides[g]
        values[m] = lowest if hidden else min(lowest, own[f])
        ends[m, 0], ends[m, 1] = cells[3 * c + (i + 1) % 3], cells[3 * c + (i + 2) % 3]
        m += 1
    return values, sides, ends


# -- space -----------------------------------------------------------------------------------


@compiled
def triangles_space(P, cells, links):
    """Values of cells and of triangles, and the vertices and sides of triangles.

    The vertices of a triangle are in rising order.
    """
    n_cells = cells.size // 4
    tops = np.empty(n_cells)
    hidden = np.zeros(4 * n_cells, np.bool_)
    own = np.empty(4 * n_cells)
    m = 0
    for c in range(n_cells):
        for i in range(4):
            m += links[4 * c + i] < 4 * c + i
    for c in range(n_cells):
        o, a, b, d = cells[4 * c], cells[4 * c + 1], cells[4 * c + 2], cells[4 * c + 3]
        ax, ay, az = P[a, 0] - P[o, 0], P[a, 1] - P[o, 1], P[a, 2] - P[o, 2]
        bx, by, bz = P[b, 0] - P[o, 0], P[b, 1] - P[o, 1], P[b, 2] - P[o, 2]
        dx, dy, dz = P[d, 0] - P[o, 0], P[d, 1] - P[o, 1], P[d, 2] - P[o, 2]
        x, y, z, w = circumcentre(ax, ay, az, bx, by, bz, dx, dy, dz)
        tops[c] = (x * x + y * y + z * z) / (w * w)
        x, y, z = x / w, y / w, z / w
        # Face by face: its circumradius, and whether the centre lies beyond it.
        for i in range(4):
            g = links[4 * c + i]
            if i == 0:  # a, b, d
                ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, dx - ax, dy - ay, dz - az
                px, py, pz = x - ax, y - ay, z - az
            elif i == 1:
                ux, uy, uz, vx, vy, vz = bx, by, bz, dx, dy, dz
                px, py, pz = x, y, z
            elif i == 2:
                ux, uy, uz, vx, vy, vz = ax, ay, az, dx, dy, dz
                px, py, pz = x, y, z
            else:
                ux, uy, uz, vx, vy, vz = ax, ay, az, bx, by, bz
                px, py, pz = x, y, z
            nx, ny = minor_close(uy, uz, vy, vz), minor_close(uz, ux, vz, vx)
            nz = minor_close(ux, uy, vx, vy)
            # The cell is oriented: its own vertex is above the faces 1 and 3, below 0 and 2.
            height = nx * px + ny * py + nz * pz
            hidden[4 * c + i] = height < 0.0 if i & 1 else height > 0.0
            if g < 4 * c + i:
                wx, wy, wz = ux - vx, uy - vy, uz - vz
                u2, v2 = ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz
                w2 = wx * wx + wy * wy + wz * wz
                own[4 * c + i] = u2 * v2 * w2 / (4.0 * (nx * nx + ny * ny + nz * nz))
    values = np.empty(m)
    sides = np.empty((m, 2), np.int32)
    corners = np.empty((m, 3), np.int32)
    m = 0
    for f in range(4 * n_cells):
        g = links[f]
        if g >= f:
            continue
        c = f >> 2
        i = f & 3
        lowest, is_hidden = tops[c], hidden[f]
        sides[m, 0], sides[m, 1] = c, n_cells
        if g >= 0:
            sides[m, 1] = g >> 2
            lowest = min(lowest, tops[g >> 2])
            is_hidden |= hidden[g]
        values[m] = lowest if is_hidden else min(lowest, own[f])
        a, b = cells[4 * c + ((i + 1) & 3)], cells[4 * c + ((i + 2) & 3)]
        d = cells[4 * c + ((i + 3) & 3)]
        if a > b:
            a, b = b, a
        if b > d:
            b, d = d, b
        if a > b:
            a, b = b, a
        corners[m, 0], corners[m, 1], corners[m, 2] = a, b, d
        m += 1
    return tops, values, sides, corners


@compiled
def edges_space(P, corners, values):
    """Ends and values of the edges, and the edges of each triangle, opposite to its corners."""
    n = P.shape[0]
    m = corners.shape[0]
    # Triangles by their first vertex (two edges begin there) and by their second one.
    starts = np.zeros(n + 2, np.int64)
    for t in range(m):
        starts[corners[t, 0] + 2] += 1
        starts[corners[t, 1] + 2] += 1
    for v in range(n + 1):
        starts[v + 1] += starts[v]
    lists = np.empty(2 * m, np.int32)
    for t in range(m):
        for k in range(2):
            v = corners[t, k] + 1
            lists[starts[v]] = 2 * t + k
            starts[v] += 1
    capacity = n + m  # more than there are: a triangulation has n - e + m - cells = 1
    ends = np.empty((capacity, 2), np.int32)
    firsts = np.empty(capacity)
    hidden = np.zeros(capacity, np.bool_)
    of = np.empty((m, 3), np.int32)
    number = np.full(n, -1, np.int32)
    found = 0
    for u in range(n):
        begin = found
        for s in range(starts[u], starts[u + 1]):
            t = lists[s] >> 1
            for k in range(1, 3):
                if lists[s] & 1 == 0:
                    v, w, side = corners[t, k], corners[t, 3 - k], 3 - k
                elif k == 2:
                    v, w, side = corners[t, 2], corners[t, 0], 0
                else:
                    continue
                e = number[v]
                if e < begin:
                    e = number[v] = found
                    ends[e, 0], ends[e, 1] = u, v
                    firsts[e] = np.inf
                    found += 1
                of[t, side] = e
                firsts[e] = min(firsts[e], values[t])
                if not hidden[e]:
                    x, y, z = P[w, 0], P[w, 1], P[w, 2]
                    hidden[e] = (P[u, 0] - x) * (P[v, 0] - x) + (P[u, 1] - y) * (P[v, 1] - y) + (
                        P[u, 2] - z
                    ) * (P[v, 2] - z) < 0.0
    for e in range(found):
        if not hidden[e]:
            u, v = ends[e, 0], ends[e, 1]
            x, y, z = P[v, 0] - P[u, 0], P[v, 1] - P[u, 1], P[v, 2] - P[u, 2]
            firsts[e] = min(firsts[e], 0.25 * (x * x + y * y + z * z))
    return ends[:found], firsts[:found], of


@compiled
def reduce_columns(rows, columns, n_rows, field):
    """For each row, the column that has it as its lowest entry after the reduction.

    Column j is the boundary of simplex ``columns[j]``: its facets in the rows
    ``rows[columns[j]]`` with signs +, -, +, … A row -1 is left out. The current column is a dense
    vector with a tree of bits above it that finds its last entry (U. Bauer, M. Kerber, J.
    Reininghaus, H. Wagner, Phat - persistent homology algorithms toolbox, 2014).
    """
    n, width = columns.size, rows.shape[1]
    owner = np.full(n_rows, -1, np.int32)
    starts = np.zeros(n + 1, np.int64)
    entries = np.empty(4 * n + 64, np.int32)
    factors = np.empty(4 * n + 64, np.int32)
    filled = 0
    vector = np.zeros(n_rows, np.int32)
    bits, levels = empty_set(n_rows)
    second = 0
    for j in range(n):
        second = watch(second)
        if second < 0:
            break
        t = columns[j]
        low = rows[t, 0]
        for k in range(1, width):
            low = max(low, rows[t, k])
        starts[j] = filled
        if low < 0:
            starts[j + 1] = filled
            continue
        if filled + width > entries.size:
            entries, factors = longer(entries), longer(factors)
        if owner[low] < 0:  # nothing to do; store it with a 1 at its lowest entry
            owner[low] = j
            sign = 1
            for k in range(1, width, 2):
                if rows[t, k] == low:
                    sign = -1
            for k in range(width):
                r = rows[t, k]
                if r >= 0:
                    entries[filled] = r
                    factors[filled] = (sign if k & 1 == 0 else -sign) % field
                    filled += 1
            starts[j + 1] = filled
            continue
        for k in range(width):
            r = np.int64(rows[t, k])
            if r >= 0:
                vector[r] = (1 if k & 1 == 0 else -1) % field
                flip(bits, levels, r)
        while low >= 0 and owner[low] >= 0:
            factor = vector[low]
            for s in range(starts[owner[low]], starts[owner[low] + 1]):
                r = np.int64(entries[s])
                before = vector[r]
                after = before - np.int64(factor) * factors[s]
                after = after & 1 if field == 2 else after % field
                vector[r] = after
                if (before == 0) != (after == 0):
                    flip(bits, levels, r)
            low = largest(bits, levels)
        if low >= 0:
            owner[low] = j
            inverse = inverse_mod(vector[low], field)
            while True:
                r = largest(bits, levels)
                if r < 0:
                    break
                if filled == entries.size:
                    entries, factors = longer(entries), longer(factors)
                entries[filled] = r
                factors[filled] = np.int64(vector[r]) * inverse % field
                filled += 1
                vector[r] = 0
                flip(bits, levels, r)
        starts[j + 1] = filled
    return owner
