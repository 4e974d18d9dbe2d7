"""Rips persistence in degrees 0 and 1 of points in the plane, from a Delaunay triangulation.

Write R_t for the Rips complex at length t, and S_t for its shadow: the union of its triangles and
edges as sets of the plane. R_t and S_t have the same components and fundamental groups
(E. W. Chambers, V. de Silva, J. Erickson, R. Ghrist, Vietoris-Rips complexes of planar point
sets, Discrete & Computational Geometry 44, 2010). So, by Alexander duality, degree 1 is about the
holes of S_t, over every field. Let G be the relative neighbourhood graph: the edges uv for which no
point is nearer to both u and v than they are to each other.

1. An edge that is not in G is homologous to two shorter ones. So the loops of G up to length t
   generate degree 1, and each face of this planar graph has at most one hole of S_t.
2. Let m be the midpoint of an edge uv of G longer than t. Then no triangle of R_t holds m. Proof:
   suppose one does, and let uv have length 1. None of its vertices is nearer than 1 to both u and
   v. So two of them, p and q, are at least 1 from the same end, say u. First case: the third
   vertex, r, is also at least 1 from u. Then either an edge of the triangle separates m from u.
   Since m is 1/2 away from u, this edge passes u at a distance of at most 1/2, while its ends are
   at least 1 away, so it is longer than 1. Or u is inside, and some edge is at least sqrt(3) long.
   Second case: p and q are nearer to r than to u. Then r, p, q and m are on the same side of the
   bisector of r and u, so m is nearer to r than 1/2. But points so near to m are nearer than 1 to
   both ends.
3. So the holes of S_t are the faces of G that S_t does not cover, joined across the edges of G
   longer than t. This is one spanning tree of the faces downward, as for the alpha complex.

A face is covered as soon as it has a triangulation without an edge longer than t (M. Clémot,
J. Digne, J. Tierny, Topological Autoencoders++, arXiv:2502.20215, with H. Edelsbrunner,
T. S. Tan, A quadratic time algorithm for the minmax length triangulation, SIAM Journal on
Computing 22, 1993). Chords of the triangulation may even leave the face: the triangles are still a
disc that fills the loop. So only lengths matter, and the best triangulation is found part by part.
Edges of equal length need no order here; the order decides only which edge is named as a birth.
"""

import numpy as np

from ._compiled import compiled, watch
from .alpha_pairs import spanning_forest, top_pairs
from .sorting import argsort_keys, argsort_lengths
from .union_find import find


@compiled
def rips_plane(P, cells, links, n_points, names, most_sides):
    """Degrees 0 and 1 of the Rips filtration of the points `P` in the plane.

    `cells` and `links` are their Delaunay triangles (`alpha_pairs.compact`); `n_points` is the
    number of distinct points. Edges of equal length are ordered by the `names` of their ends, the
    higher name first. Returns a point of each component that ends and the edges that end them; the
    edges (m, 2) of birth and the triangles (m, 3) of death of degree 1; and whether all went well:
    False if a face has more than `most_sides` sides.
    """
    n_cells = cells.size // 3
    nothing = np.empty((0, 2), np.int32)
    failed = (np.empty(0, np.int32), nothing, nothing, np.empty((0, 3), np.int32), False)
    kept = _relative_neighbours(P, cells, links)

    # Faces, as triangles united across the edges that are not kept; n_cells is the outside.
    parent = np.arange(n_cells + 1).astype(np.int32)
    m = 0
    for f in range(3 * n_cells):
        g = links[f]
        if g >= f:
            continue
        if kept[f]:
            m += 1
        else:
            a, b = find(parent, f // 3), find(parent, n_cells if g < 0 else g // 3)
            parent[a] = b
    number = np.full(n_cells + 1, -1, np.int32)
    outside = find(parent, n_cells)
    n_faces = 0
    for c in range(n_cells):
        a = find(parent, c)
        if a != outside and number[a] < 0:
            number[a] = n_faces
            n_faces += 1
    number[outside] = n_faces

    values = np.empty(m)
    sides = np.empty((m, 2), np.int32)
    ends = np.empty((m, 2), np.int32)
    start = np.empty(n_faces, np.int64)
    m = 0
    for f in range(3 * n_cells):
        if not kept[f]:
            continue
        g = links[f]
        face = number[find(parent, f // 3)]
        if face < n_faces:
            start[face] = f
        if g >= f:
            continue
        other = number[find(parent, n_cells if g < 0 else g // 3)]
        sides[m, 0], sides[m, 1] = min(face, other), max(face, other)
        ends[m, 0], ends[m, 1] = _ends(cells, f)
        values[m] = _square(P, ends[m, 0], ends[m, 1])
        m += 1

    keys = np.empty(m, np.uint64)
    for e in range(m):
        a, b = names[ends[e, 0]], names[ends[e, 1]]
        keys[e] = (np.uint64(max(a, b)) << np.uint64(32)) | np.uint64(min(a, b))
    at = argsort_keys(keys)
    values, sides, ends = values[at], sides[at], ends[at]

    tops = np.empty(n_faces)
    fillings = np.empty((n_faces, 3), np.int32)
    room = 64
    walk, cost = np.empty(room, np.int32), np.empty((room, room), np.int64)
    second = 0
    for face in range(n_faces):
        second = watch(second)
        if second < 0:
            return failed
        k = 0
        f = start[face]
        while True:
            if k == walk.size:
                walk = np.concatenate((walk, walk))
            walk[k] = _ends(cells, f)[0]
            k += 1
            if k > most_sides:
                return failed
            f = _next_side(links, kept, f)
            if f == start[face]:
                break
        if k > room:
            room = min(2 * k, max(most_sides, k))
            cost = np.empty((room, room), np.int64)
        tops[face] = _fill(P, walk[:k], cost, fillings[face])

    # Edges with the same face on both sides never open one.
    between = np.flatnonzero(sides[:, 0] != sides[:, 1])
    left = np.ones(between.size, np.bool_)
    pairs, parts = top_pairs(values[between], sides[between], tops, left)
    births = np.empty((pairs.shape[0], 2), np.int32)
    deaths = np.empty((pairs.shape[0], 3), np.int32)
    for i in range(pairs.shape[0]):
        births[i] = ends[between[pairs[i, 0]]]
        deaths[i] = fillings[pairs[i, 1]]
    in_tree = np.ones(m, np.bool_)
    in_tree[between[~left]] = False
    rest = np.flatnonzero(in_tree)
    rest = rest[argsort_lengths(values[rest])]
    joins, points = spanning_forest(rest, ends, P.shape[0], in_tree)
    good = parts == 1 and joins.size == n_points - 1 and not in_tree.any()
    return points, ends[joins], births, deaths, good


@compiled
def _square(P, u, v):
    x, y = P[u, 0] - P[v, 0], P[u, 1] - P[v, 1]
    return x * x + y * y


@compiled
def _ends(cells, f):
    """The ends of an edge in the direction in which its triangle is to the left."""
    c = f // 3
    i = f - 3 * c
    return cells[3 * c + (i + 1) % 3], cells[3 * c + (i + 2) % 3]


@compiled
def _next_side(links, kept, f):
    """The kept edge that follows on `f` around the face to its left."""
    c = f // 3
    f = 3 * c + (f - 3 * c + 1) % 3
    while not kept[f]:
        f = links[f]
        c = f // 3
        f = 3 * c + (f - 3 * c + 1) % 3
    return f


# -- the relative neighbourhood graph --------------------------------------------------------


@compiled
def _relative_neighbours(P, cells, links):
    """Which edges of the triangles have no point in their lune, the same from both sides.

    If there is a point in the lune of uv, a straight line joins it to the midpoint of uv and stays
    in the lune. So the point is found by a walk from uv through edges that meet both discs of the
    lune.
    """
    n_cells = cells.size // 3
    kept = np.zeros(3 * n_cells, np.bool_)
    seen = np.zeros(n_cells, np.int32)
    stack = np.empty(256, np.int32)
    stamp = 0
    for f in range(3 * n_cells):
        g = links[f]
        if g >= f:
            continue
        u, v = _ends(cells, f)
        square = _square(P, u, v)
        if _in_lune(P, u, v, cells[f], square):
            continue
        if g >= 0 and _in_lune(P, u, v, cells[g], square):
            continue
        stamp += 1
        stack[0], depth = f, 1
        if g >= 0:
            stack[1], depth = g, 2
        empty = True
        while depth > 0 and empty:
            depth -= 1
            e = stack[depth]
            c = e // 3
            if seen[c] == stamp:
                continue
            seen[c] = stamp
            if _in_lune(P, u, v, cells[e], square):
                empty = False
            for i in range(3):
                o = links[3 * c + i]
                if 3 * c + i == e or o < 0 or seen[o // 3] == stamp:
                    continue
                a, b = cells[3 * c + (i + 1) % 3], cells[3 * c + (i + 2) % 3]
                if _meets_disc(P, a, b, u, square) and _meets_disc(P, a, b, v, square):
                    if depth == stack.size:
                        stack = np.concatenate((stack, stack))
                    stack[depth] = o
                    depth += 1
        if empty:
            kept[f] = True
            if g >= 0:
                kept[g] = True
    return kept


@compiled
def _in_lune(P, u, v, w, square):
    return _square(P, u, w) < square and _square(P, v, w) < square


@compiled
def _meets_disc(P, a, b, u, square):
    """Whether the line from a to b may pass nearer to u than that."""
    dx, dy = P[b, 0] - P[a, 0], P[b, 1] - P[a, 1]
    ux, uy = P[u, 0] - P[a, 0], P[u, 1] - P[a, 1]
    length = dx * dx + dy * dy
    along = ux * dx + uy * dy
    if along <= 0.0:
        return ux * ux + uy * uy < square
    if along >= length:
        return _square(P, u, b) < square
    across = ux * dy - uy * dx
    # With a margin, for it rounds.
    return across * across <= square * length * (1.0 + 1e-9)


# -- filling one face ------------------------------------------------------------------------


@compiled
def _fill(P, walk, cost, filling):
    """The smallest possible square of the longest edge when the polygon is cut into triangles.

    Writes into `filling` a triangle that has an edge of that length. ``cost[i, j]`` is the result
    for the part from side i to side j - 1 with the chord from i to j, as the bits of a double,
    which sort as doubles do. O(k**3) time at worst for k sides.
    """
    k = walk.size
    for j in range(k):
        cost[j, j] = 0
    for j in range(1, k):
        cost[j - 1, j] = cost[j, j - 1] = _bits(P, walk[j - 1], walk[j])
    for width in range(2, k):
        guess = 1
        for i in range(k - width):
            j = i + width
            own = _bits(P, walk[i], walk[j])
            best = max(cost[i, i + guess], cost[j, i + guess])
            a = i + 1
            while best > own and a < j:
                past = min(a + 256, j)
                here = best
                for b in range(a, past):
                    here = min(here, max(cost[i, b], cost[j, b]))
                best = here
                a = past
            if a > i + 1 and best <= own:  # where it was found; a good guess for the next
                for b in range(max(a - 256, i + 1), a):
                    if max(cost[i, b], cost[j, b]) == best:
                        guess = b - i
                        break
            cost[i, j] = cost[j, i] = max(own, best)
    top = cost[0, k - 1]
    _longest_triangle(P, walk, cost, top, filling)
    u, v, w = filling
    return max(_square(P, u, v), _square(P, v, w), _square(P, u, w))


@compiled
def _bits(P, u, v):
    pair = np.empty(1)
    pair[0] = _square(P, u, v)
    return pair.view(np.int64)[0]


@compiled
def _longest_triangle(P, walk, cost, top, filling):
    """A triangle of the best triangulation with three vertices and an edge of the length `top`.

    There always is one; otherwise shorter edges could fill the loop.
    """
    k = walk.size
    stack = np.empty((k, 2), np.int32)
    stack[0, 0], stack[0, 1] = 0, k - 1
    depth = 1
    filling[0], filling[1], filling[2] = walk[0], walk[1], walk[k - 1]
    while depth > 0:
        depth -= 1
        i, j = stack[depth, 0], stack[depth, 1]
        if j - i < 2:
            continue
        best = i + 1
        for b in range(i + 1, j):
            if max(cost[i, b], cost[j, b]) <= cost[i, j]:
                best = b
                break
        u, v, w = walk[i], walk[best], walk[j]
        if u != v and v != w and u != w:
            longest = max(_bits(P, u, v), max(_bits(P, v, w), _bits(P, u, w)))
            if longest == top:
                filling[0], filling[1], filling[2] = u, v, w
                return
        stack[depth, 0], stack[depth, 1] = i, best
        stack[depth + 1, 0], stack[depth + 1, 1] = best, j
        depth += 2
