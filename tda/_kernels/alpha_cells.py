"""The Delaunay triangulation of points in any few dimensions, with exact signs.

As in space (`alpha_space.py`): cells at infinity fill what is outside the hull, and a point removes
the cells whose sphere holds it strictly inside and those at infinity that it sees. A cell that has
the point on its sphere stays. That is the triangulation of points lifted to a paraboloid and then
raised a little, each far more than those before it, so that there are no ties (H. Edelsbrunner,
E. P. Mücke, Simulation of simplicity, ACM Transactions on Graphics 9, 1990; O. Devillers,
M. Teillaud, Perturbations for Delaunay and weighted Delaunay 3D triangulations, Computational
Geometry 44, 2011). Cells are never flat, since points are raised and not moved.

The points may lie in a flat. The first `rank` columns must then tell them apart; they are the
coordinates, and all columns count for the height.

Cell c has the vertices ``cells[w * c : w * (c + 1)]``, where w is `rank` + 1, positively oriented;
``links[w * c + i]`` is the number of the facet opposite to vertex i in the other cell,
``w * cell + facet``.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .growing import longer
from .residues import sign_of_rows

#: Determinants of rows of length 1 above this have a sure sign: a bound on rounding for 7 rows.
_SURE = 1e-11

Work = namedtuple("Work", "floats whole matrix digits vertices")


@compiled
def work_space(width):
    k = width + 2
    return Work(
        np.empty((k, k)),
        np.empty((k, width), np.int64),
        np.empty((k, k), np.int64),
        np.empty(32, np.int64),
        np.empty(k, np.int64),
    )


@compiled
def _sign_close(floats, k):
    """The sign of a determinant in doubles, or 0 if rounding may hide it. Overwrites it."""
    for i in range(k):
        size = 0.0
        for j in range(k):
            size += floats[i, j] * floats[i, j]
        if size == 0.0:
            return 0
        size = 1.0 / np.sqrt(size)
        for j in range(k):
            floats[i, j] *= size
    found = 1.0
    for c in range(k):
        pivot = c
        for i in range(c + 1, k):
            if abs(floats[i, c]) > abs(floats[pivot, c]):
                pivot = i
        if floats[pivot, c] == 0.0:
            return 0
        if pivot != c:
            found = -found
            for j in range(c, k):
                floats[c, j], floats[pivot, j] = floats[pivot, j], floats[c, j]
        found *= floats[c, c]
        inverse = 1.0 / floats[c, c]
        for i in range(c + 1, k):
            factor = floats[i, c] * inverse
            for j in range(c + 1, k):
                floats[i, j] -= factor * floats[c, j]
    if abs(found) <= _SURE:
        return 0
    return 1 if found > 0.0 else -1


@compiled
def _exact(P, work, k, origin, first, lifted):
    """The sign of the determinant of ``work.vertices[first:]`` less the point `origin`."""
    for i in range(k):
        v = work.vertices[first + i]
        for a in range(P.shape[1]):
            work.whole[i, a] = np.int64((P[v, a] - P[origin, a]) * 9007199254740992.0)
    return sign_of_rows(work.whole, k, lifted, work.matrix, work.digits)


@compiled
def orientation(P, rank, work):
    """The sign of the orientation of ``work.vertices[: rank + 1]``."""
    v = work.vertices
    for i in range(rank):
        for a in range(rank):
            work.floats[i, a] = P[v[i + 1], a] - P[v[0], a]
    sign = _sign_close(work.floats, rank)
    return sign if sign != 0 else _exact(P, work, rank, v[0], 1, False)


@compiled
def in_cell_sphere(P, rank, work, p):
    """1 where p is inside the sphere of ``work.vertices[: rank + 1]``, which are positively
    oriented, 0 on it, -1 outside."""
    v, k = work.vertices, rank + 1
    longest = 0.0
    for i in range(k):
        square = 0.0
        for a in range(P.shape[1]):
            x = P[v[i], a] - P[p, a]
            square += x * x
            if a < rank:
                work.floats[i, a] = x
        work.floats[i, rank] = square
        longest = max(longest, square)
    unit = 1.0 / np.sqrt(longest)
    for i in range(k):
        work.floats[i, rank] *= unit
    sign = _sign_close(work.floats, k)
    if sign == 0:
        sign = _exact(P, work, k, p, 0, True)
    return sign if rank % 2 == 0 else -sign


@compiled
def _load(cells, w, c, n, work):
    """Write the vertices of a cell; the place of the one at infinity, or -1."""
    infinite = -1
    for i in range(w):
        v = cells[w * c + i]
        work.vertices[i] = v
        if v == n:
            infinite = i
    return infinite


@compiled
def _conflict(P, rank, cells, links, c, p, work):
    """Whether point p must remove cell c."""
    n, w = P.shape[0], rank + 1
    i = _load(cells, w, c, n, work)
    if i >= 0:
        work.vertices[i] = p
        side = orientation(P, rank, work)
        if side != 0:
            return side > 0
        # In the flat of the hull's facet: its sphere is where that flat cuts the cell's.
        _load(cells, w, links[w * c + i] // w, n, work)
    return in_cell_sphere(P, rank, work, p) > 0


@compiled
def _start(P, rank, pick, cells, links, work):
    """Write the first cell and those at infinity around it."""
    n, w = P.shape[0], rank + 1
    for i in range(w):
        work.vertices[i] = pick[i]
        cells[i] = pick[i]
    if orientation(P, rank, work) < 0:
        cells[0], cells[1] = cells[1], cells[0]
    for i in range(w):
        at = w * (i + 1)
        for j in range(w):
            cells[at + j] = cells[j]
        cells[at + i] = n
        j, k = (i + 1) % w, (i + 2) % w
        if w > 2:
            cells[at + j], cells[at + k] = cells[at + k], cells[at + j]
        links[i] = at + i
        links[at + i] = i
    for i in range(w):
        for k in range(w):
            if k == i:
                continue
            # Cell i + 1 without the vertex k of the first cell meets cell k + 1 without vertex i.
            f, g = w * (i + 1), w * (k + 1)
            while cells[f] != cells[k]:
                f += 1
            while cells[g] != cells[i]:
                g += 1
            links[f] = g


@compiled
def _walk(P, rank, cells, links, c, p, work):
    """From cell c to one that holds point p, or to one at infinity whose facet p sees."""
    n, w = P.shape[0], rank + 1
    infinite = _load(cells, w, c, n, work)
    if infinite >= 0:
        c = links[w * c + infinite] // w
        _load(cells, w, c, n, work)
    entry, i = -1, 0
    while i < w:
        if i != entry:
            v = work.vertices[i]
            work.vertices[i] = p
            side = orientation(P, rank, work)
            work.vertices[i] = v
            if side < 0:
                f = links[w * c + i]
                c, entry = f // w, f % w
                if _load(cells, w, c, n, work) >= 0:
                    return c
                i = 0
                continue
        i += 1
    return c


@compiled
def _dig(P, rank, cells, links, c, p, mark, inside, outside, hole, rim, work):
    """The cells that point p removes, starting from c; the facets around them; and how many."""
    w = rank + 1
    mark[c] = inside
    hole[0] = c
    n_hole, n_rim, done = 1, 0, 0
    while done < n_hole:
        c = hole[done]
        done += 1
        for i in range(w):
            o = links[w * c + i] // w
            m = mark[o]
            if m == inside:
                continue
            if m != outside:
                if _conflict(P, rank, cells, links, o, p, work):
                    mark[o] = inside
                    if n_hole == hole.size:
                        hole = longer(hole)
                    hole[n_hole] = o
                    n_hole += 1
                    continue
                mark[o] = outside
            if n_rim == rim.size:
                rim = longer(rim)
            rim[n_rim] = w * c + i
            n_rim += 1
    return hole, n_hole, rim, n_rim


@compiled
def _join(cells, links, w, rim, made, n_rim):
    """Join the new cells to each other, turning through the hole that they fill."""
    for r in range(n_rim):
        new, f = made[r], rim[r]
        i = f % w
        for j in range(w):
            if j == i or links[w * new + j] >= 0:
                continue
            # Around the ridge that facets i and j share. `keep` is in the cell that is left and in
            # the next one, not on the ridge; the facet opposite to it is the next to cross.
            at, entry, keep = f - i + j, i, cells[f]
            while links[at] >= 0:
                g = links[at]
                entry = g % w
                at = g - entry
                while cells[at] != keep:
                    at += 1
                keep = cells[g]
            other = w * (-1 - links[at]) + entry
            links[w * new + j] = other
            links[other] = w * new + j


@compiled
def delaunay_cells(P, rank, order, pick):
    """Delaunay cells of different points, at least `rank` + 1 of them.

    Parameters
    ----------
    P : float array of shape (n, width)
        On the grid of `fixed_point`, so that differences times 2**53 are exact integers.
    rank : int
        The dimension of their flat, at least 2 and at most 6; the first `rank` columns have it,
        too.
    order : int array of shape (n,)
        In which they enter.
    pick : int array of shape (rank + 1,)
        Points that span the flat in the first `rank` columns.

    Returns
    -------
    cells : int32 array of shape (n_cells, rank + 1)
        Without those at infinity.
    """
    n, w = P.shape[0], rank + 1
    work = work_space(P.shape[1])
    capacity = 16 * n + 64
    cells, links = np.empty(w * capacity, np.int32), np.empty(w * capacity, np.int32)
    mark = np.zeros(capacity, np.int32)
    hole, rim, made = np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024, np.int32)
    free, n_free = np.empty(1024, np.int32), 0
    _start(P, rank, pick, cells, links, work)
    taken = np.zeros(n, np.bool_)
    for i in range(w):
        taken[pick[i]] = True
    n_cells, here, second = w + 1, 0, 0
    for step in range(order.size):
        second = watch(second)
        if second < 0:
            break
        p = order[step]
        if taken[p]:
            continue
        c = _walk(P, rank, cells, links, here, p, work)
        hole, n_hole, rim, n_rim = _dig(
            P, rank, cells, links, c, p, mark, 2 * step + 1, 2 * step + 2, hole, rim, work
        )
        if rim.size > made.size:
            made = np.empty(rim.size, np.int32)
        # A new cell on each facet of the rim, in place of the vertex opposite to it.
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
            i = f % w
            for j in range(w):
                cells[w * new + j] = cells[f - i + j]
                links[w * new + j] = -1
            cells[w * new + i] = p
            outer = links[f]
            links[w * new + i] = outer
            links[outer] = w * new + i
            links[f] = -1 - new  # tells the turn that it has come to the rim
            mark[new] = 0
        _join(cells, links, w, rim, made, n_rim)
        while n_free + n_hole > free.size:
            free = longer(free)
        for h in range(n_hole):
            free[n_free] = hole[h]
            n_free += 1
        here = made[0]
    for h in range(n_free):
        cells[w * free[h]] = n
    return _finite(cells, w, n_cells, n)


@compiled
def _finite(cells, w, n_cells, n):
    """Cells without a vertex n."""
    kept = 0
    for c in range(n_cells):
        whole = True
        for i in range(w):
            whole = whole and cells[w * c + i] != n
        if whole:
            for i in range(w):
                cells[w * kept + i] = cells[w * c + i]
            kept += 1
    return cells[: w * kept].reshape(kept, w).copy()
