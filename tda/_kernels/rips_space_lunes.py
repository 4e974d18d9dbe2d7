"""The edges whose lunes are in pieces, without a look at most of the others.

Edges are taken as pairs of nodes of a k-d tree, all edges from the points of one to those of the
other. A pair is left out as a whole if all its lunes are surely connected and not empty:

1. A point within ``(1 - sqrt(3) / 2)`` lengths of the middle of an edge is joined to its whole
   lune, and so is every point w with ``3 l p <= ((l - a - b) / 2)**2``, where l, a, b are the
   squares of uv, uw, vw, and p is that of the distance of w from the line through u and v.
2. A chain of points, each in every lune and joined to one before, such that every point that may be
   in a lune is joined to one of the chain. A point z of the lune of uv that is not joined to w has
   ``|zu| <= |uv| <= |wz|`` and the same for v, which is asked of boxes.

Other pairs are split, down to the edges between two leaves.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .growing import longer, longer_table
from .rips_space import earlier, lune_points, pieces, span, square

_SLACK = 1e-9
_MIDDLE = 0.1339  # a little less than 1 - sqrt(3) / 2
_CROWD = 256  # up to so many points around two leaves are all looked at
_BLOCK = 16  # most points in a block
_CHAIN = 6
_FEW_OPEN = 64  # up to so many edges between two leaves are kept by themselves
_WIDE = 0.5  # pairs with wider nodes, against their distance, are split unasked

# What is found so far, and room to work in: boxes of both ends, nodes to look at, the chain; points
# around two leaves, their coordinates, their square distances to a and to each b; edges that are
# open; a lune.
Found = namedtuple("Found", "rows squares count")
Desk = namedtuple("Desk", "box stack chain around coords of_a of_b open_a open_b lune")


@compiled
def edges_in_pieces(space, pairs, least, most):
    """Edges with a square length in (least, most] and a lune in pieces.

    `pairs` (m, 2) are pairs of nodes that hold them, with the first node no later than the second,
    or edges uv as (~u, v). Returns rows ``u, v, w, x`` (k, 4), for each edge uv as many as its lune
    has pieces but one, with w in the first piece and x in another; their square lengths; and the
    pairs that hold the edges longer than `most`, none for a signal.
    """
    n_leaves = space.starts.size - 1
    blocks = max(n_leaves // 4, 1)  # the first of the nodes whose edges are looked at together
    found = Found(np.empty((64, 4), np.int32), np.empty(64), 0)
    later, n_later = np.empty((1024, 2), np.int32), 0
    work = np.empty((256, 2), np.int32)
    desk = _make_desk(space.points.shape[1])
    box, stack = desk.box, desk.stack
    second, turn = 0, 0
    for start in range(pairs.shape[0]):
        work[0] = pairs[start]
        top = 1
        while top:
            turn += 1
            if turn & 63 == 0:
                second = watch(second)
                if second < 0:
                    return found.rows[:0], found.squares[:0], later[:0]
            top -= 1
            i, j = work[top]
            if n_later + 2 * _FEW_OPEN > later.shape[0]:
                later = longer_table(later)
            if i < 0:
                length = square(space.points, ~i, j)
                if length > most:
                    later[n_later, 0], later[n_later, 1] = i, j
                    n_later += 1
                else:
                    found = _look_at(space, ~i, j, length, desk, found)
                continue
            near, far, wide_i, wide_j = _extents(space, i, j, box)
            if far <= least:
                continue
            if near > most:
                later[n_later, 0], later[n_later, 1] = i, j
                n_later += 1
                continue
            low = max(near, least) * (1.0 - _SLACK)
            wide = np.sqrt(wide_i) + np.sqrt(wide_j)
            if wide * wide < _WIDE * _WIDE * low:
                if _middle_is_taken(space, box, low, wide, stack):
                    continue
                if _hold_together(space, box, low, far, desk.chain, stack):
                    continue
            if i < blocks or j < blocks:
                top = _split(work, top, i, j, blocks, wide_i >= wide_j)
                continue
            n_around = _points_around(space, box, min(far, most), desk.around, stack)
            if n_around <= _CROWD:
                is_done, found = _edges_of_few(space, i, j, least, most, n_around, desk, found)
                if is_done and far > most:
                    later[n_later, 0], later[n_later, 1] = i, j
                    n_later += 1
            else:
                is_done, n_later, found = _edges_of_many(
                    space, i, j, least, most, far, desk, found, later, n_later
                )
            if not is_done:
                top = _split(work, top, i, j, n_leaves, True)
    return found.rows[: found.count], found.squares[: found.count], later[:n_later]


@compiled
def _split(work, top, i, j, last_level, wider):
    """Put the halves of a pair of nodes on the list of work; those of `last_level` stay whole."""
    if i == j:
        work[top, 0], work[top, 1] = 2 * i, 2 * i
        work[top + 1, 0], work[top + 1, 1] = 2 * i, 2 * i + 1
        work[top + 2, 0], work[top + 2, 1] = 2 * i + 1, 2 * i + 1
        return top + 3
    if j >= last_level or (i < last_level and wider):
        work[top, 0], work[top, 1] = 2 * i, j
        work[top + 1, 0], work[top + 1, 1] = 2 * i + 1, j
    else:
        work[top, 0], work[top, 1] = i, 2 * j
        work[top + 1, 0], work[top + 1, 1] = i, 2 * j + 1
    return top + 2


@compiled
def _make_desk(d):
    return Desk(
        np.empty((4, d)),
        np.empty(128, np.int64),
        np.empty(_CHAIN, np.int64),
        np.empty(_CROWD, np.int64),
        np.empty((d, _CROWD)),
        np.empty((_BLOCK, _CROWD)),
        np.empty((_BLOCK, _CROWD)),
        np.empty(_BLOCK * _BLOCK, np.int64),
        np.empty(_BLOCK * _BLOCK, np.int64),
        np.empty(_CROWD, np.int64),
    )


@compiled
def _add_pieces(P, a, b, length, lune, count, first, found):
    """Add a row for each piece of a lune but the first."""
    rows, squares, m = found
    n_pieces, heads = pieces(
        P, lune, count, first, length, max(a, b), min(a, b), np.empty(4, np.int64)
    )
    for k in range(1, n_pieces):
        if m == squares.size:
            rows, squares = longer_table(rows), longer(squares)
        rows[m, 0], rows[m, 1], rows[m, 2], rows[m, 3] = a, b, heads[0], heads[k]
        squares[m] = length
        m += 1
    return Found(rows, squares, m)


@compiled
def _look_at(space, a, b, length, desk, found):
    """Add the pieces of the lune of one edge."""
    box = desk.box
    for c in range(box.shape[1]):
        box[0, c] = box[1, c] = space.points[a, c]
        box[2, c] = box[3, c] = space.points[b, c]
    if _hold_together(space, box, length, length, desk.chain, desk.stack):
        return found
    lune, count = lune_points(space, a, b, desk.stack, np.empty(256, np.int64))
    if count < 2:
        return found
    first = _first(space.points, a, b, lune, count)
    return _add_pieces(space.points, a, b, length, lune, count, first, found)


@compiled
def _extents(space, i, j, box):
    """Writes the boxes of two nodes into `box`. Least and largest square distance between them, and
    the squares of half their diagonals."""
    near, far, wide_i, wide_j = 0.0, 0.0, 0.0, 0.0
    for c in range(space.low.shape[1]):
        a, b = space.low[i, c], space.high[i, c]
        e, f = space.low[j, c], space.high[j, c]
        box[0, c], box[1, c], box[2, c], box[3, c] = a, b, e, f
        gap = max(e - b, a - f, 0.0)
        near += gap * gap
        span = max(f - a, b - e)
        far += span * span
        wide_i += (b - a) * (b - a)
        wide_j += (f - e) * (f - e)
    return near, far, wide_i / 4, wide_j / 4


# -- whether a pair can be left out ----------------------------------------------------------


@compiled
def _middle_is_taken(space, box, low, wide, stack):
    """Whether a point is near enough to the middles of all edges to be joined to their lunes."""
    P, starts = space.points, space.starts
    n_leaves, d = starts.size - 1, P.shape[1]
    reach = _MIDDLE * np.sqrt(low) - wide / 2
    if reach <= 0.0:
        return False
    reach *= reach
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        gap = 0.0
        for c in range(d):
            x = (box[0, c] + box[1, c] + box[2, c] + box[3, c]) / 4
            out = max(space.low[node, c] - x, x - space.high[node, c], 0.0)
            gap += out * out
        if gap > reach:
            continue
        if node < n_leaves:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node
            top += 2
            continue
        for w in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            gap = 0.0
            for c in range(d):
                x = (box[0, c] + box[1, c] + box[2, c] + box[3, c]) / 4
                gap += (P[w, c] - x) ** 2
            if gap <= reach:
                return True
    return False


@compiled
def _hold_together(space, box, low, far, chain, stack):
    """Whether a chain shows that the lunes of edges with square lengths from `low` to `far`
    between two boxes are connected and not empty."""
    low = low * (1.0 - _SLACK)
    k = 0
    stray = -1
    while k < chain.size:
        w = _next_link(space, box, low, chain, k, stray, stack)
        if w < 0:
            return False
        chain[k] = w
        k += 1
        stray = _stray(space, box, low, far, chain, k, stack)
        if stray < 0:
            return True
    return False


@compiled
def _next_link(space, box, low, chain, k, stray, stack):
    """A point within `low` of all of both boxes, of the stray one, and of the chain; or -1."""
    P, starts = space.points, space.starts
    n_leaves, d = starts.size - 1, P.shape[1]
    best, found = low, -1
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        to_a, to_b, to_stray = 0.0, 0.0, 0.0
        for c in range(d):
            below, above = space.low[node, c], space.high[node, c]
            middle = (box[0, c] + box[1, c]) / 2
            out = (box[1, c] - box[0, c]) / 2 + max(below - middle, middle - above, 0.0)
            to_a += out * out
            middle = (box[2, c] + box[3, c]) / 2
            out = (box[3, c] - box[2, c]) / 2 + max(below - middle, middle - above, 0.0)
            to_b += out * out
            if stray >= 0:
                out = max(below - P[stray, c], P[stray, c] - above, 0.0)
                to_stray += out * out
        if max(to_a, to_b, to_stray) >= best:
            continue
        if node < n_leaves:
            a, b = 2 * node, 2 * node + 1
            # The half whose box is nearer to the middle of both is looked at first.
            side = 0.0
            for c in range(d):
                x = box[0, c] + box[1, c] + box[2, c] + box[3, c]
                x = (x + P[stray, c]) / 5 if stray >= 0 else x / 4
                out = max(space.low[a, c] - x, x - space.high[a, c], 0.0)
                side += out * out
                out = max(space.low[b, c] - x, x - space.high[b, c], 0.0)
                side -= out * out
            if side > 0.0:
                a, b = b, a
            stack[top], stack[top + 1] = b, a
            top += 2
            continue
        for w in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            to_a, to_b = 0.0, 0.0
            for c in range(d):
                x = P[w, c]
                out = max(x - box[0, c], box[1, c] - x)
                to_a += out * out
                out = max(x - box[2, c], box[3, c] - x)
                to_b += out * out
            total = max(to_a, to_b)
            if total >= best:
                continue
            if stray >= 0:
                total = max(total, square(P, w, stray))
                to_chain = np.inf
                for i in range(k):
                    to_chain = min(to_chain, square(P, w, chain[i]))
                total = max(total, to_chain)
            if total < best:
                best, found = total, w
                if k == 0 and total < 0.28 * low:  # near enough to the middle
                    return found
    return found


@compiled
def _stray(space, box, low, far, chain, k, stack):
    """A point that may be in a lune and be joined to none of the chain; or -1."""
    P, starts = space.points, space.starts
    n_leaves, d = starts.size - 1, P.shape[1]
    far = far * (1.0 + _SLACK)
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        to_a, to_b, span = 0.0, 0.0, np.inf
        for c in range(d):
            below, above = space.low[node, c], space.high[node, c]
            out = max(below - box[1, c], box[0, c] - above, 0.0)
            to_a += out * out
            out = max(below - box[3, c], box[2, c] - above, 0.0)
            to_b += out * out
        out = max(to_a, to_b)
        if out > far:
            continue
        for i in range(k):
            total = 0.0
            for c in range(d):
                x = P[chain[i], c]
                reach = max(space.high[node, c] - x, x - space.low[node, c])
                total += reach * reach
            span = min(span, total)
        if span < low or out > span * (1.0 + _SLACK):
            continue
        if node < n_leaves:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node
            top += 2
            continue
        for z in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            span = np.inf
            for i in range(k):
                span = min(span, square(P, z, chain[i]))
            if span < low:
                continue
            to_a, to_b = 0.0, 0.0
            for c in range(d):
                x = P[z, c]
                out = max(x - box[1, c], box[0, c] - x, 0.0)
                to_a += out * out
                out = max(x - box[3, c], box[2, c] - x, 0.0)
                to_b += out * out
            if max(to_a, to_b) > min(far, span * (1.0 + _SLACK)):
                continue
            if _may_be_in_lune(P, z, box):
                return z
    return -1


@compiled
def _may_be_in_lune(P, z, box):
    """Whether z may be in the lune of an edge from one box to the other.

    For a and b, off the middles of their boxes by steps within half their sides, the differences
    ``|ab|**2 - |az|**2``, ``|ab|**2 - |bz|**2`` and their sum are bounded term by term.
    """
    near_a, near_b, both, size = 0.0, 0.0, 0.0, 0.0
    for c in range(box.shape[1]):
        half_a, half_b = (box[1, c] - box[0, c]) / 2, (box[3, c] - box[2, c]) / 2
        from_a = P[z, c] - (box[0, c] + box[1, c]) / 2
        from_b = P[z, c] - (box[2, c] + box[3, c]) / 2
        step = from_a - from_b
        steps = 2 * half_a * half_b
        to_a, to_b = step * step - from_a * from_a, step * step - from_b * from_b
        near_a += to_a + 2 * (half_b * abs(step) + half_a * abs(from_b)) + half_b * half_b + steps
        near_b += to_b + 2 * (half_a * abs(step) + half_b * abs(from_a)) + half_a * half_a + steps
        both += to_a + to_b + half_a * half_a + half_b * half_b + 2 * steps
        both += 2 * (half_a * abs(from_a - 2 * step) + half_b * abs(from_b + 2 * step))
        size += step * step + from_a * from_a + from_b * from_b
    return min(near_a, near_b, both) >= -_SLACK * size


# -- edges between two leaves ----------------------------------------------------------------


@compiled
def _edges_of_few(space, i, j, least, most, n_around, desk, found):
    """Look at each edge between two nodes that have few points around them.

    Nothing is done, and False returned, where it is better to split the nodes.
    """
    P = space.points
    around, coords, open_a, open_b = desk.around, desk.coords, desk.open_a, desk.open_b
    for k in range(n_around):
        for c in range(P.shape[1]):
            coords[c, k] = P[around[k], c]
    known, n_open = 0, 0  # known: bits of the points of the second node
    first_a, past_a = span(space, i)
    first_b, past_b = span(space, j)
    for a in range(first_a, past_a):
        a_known = False
        for b in range(max(first_b, a + 1) if i == j else first_b, past_b):
            length = square(P, a, b)
            if not least < length <= most:
                continue
            of_a, of_b = desk.of_a[a - first_a], desk.of_b[b - first_b]
            if not a_known:
                _squares_to(P, a, coords, n_around, of_a)
                a_known = True
            if not (known >> (b - first_b)) & 1:
                _squares_to(P, b, coords, n_around, of_b)
                known |= 1 << (b - first_b)
            if n_around <= 40 or not _some_joins(length, of_a, of_b, n_around):
                open_a[n_open], open_b[n_open] = a, b
                n_open += 1
    if n_open > _FEW_OPEN // 2 and n_around > _CROWD // 4 and i < space.starts.size - 1:
        return False, found
    for e in range(n_open):
        a, b = open_a[e], open_b[e]
        length, of_a, of_b = square(P, a, b), desk.of_a[a - first_a], desk.of_b[b - first_b]
        count, first = _lune_of_few(P, a, b, length, around, n_around, of_a, of_b, desk.lune)
        if count > 1:
            found = _add_pieces(P, a, b, length, desk.lune, count, first, found)
    return True, found


@compiled
def _edges_of_many(space, i, j, least, most, far, desk, found, later, n_later):
    """Look at each edge between two nodes; of the longer ones few stay open.

    Nothing is done, and False returned, where it is better to split the nodes.
    """
    P = space.points
    open_a, open_b = desk.open_a, desk.open_b
    first_a, past_a = span(space, i)
    first_b, past_b = span(space, j)
    whole = (past_a - first_a) * (past_b - first_b)
    n_around = _points_between(space, desk.box, far, desk.around, desk.stack)
    n_open, n_long = 0, open_a.size  # from both ends
    for a in range(first_a, past_a):
        for b in range(max(first_b, a + 1) if i == j else first_b, past_b):
            length = square(P, a, b)
            if length <= least or _one_joins(P, a, b, length, desk.around, n_around):
                continue
            if length <= most:
                open_a[n_open], open_b[n_open] = a, b
                n_open += 1
            else:
                n_long -= 1
                open_a[n_long], open_b[n_long] = a, b
    if n_open > _FEW_OPEN // 2 and i < space.starts.size - 1:
        return False, n_later, found
    for e in range(n_open):
        a, b = open_a[e], open_b[e]
        found = _look_at(space, a, b, square(P, a, b), desk, found)
    if open_a.size - n_long > min(_FEW_OPEN, whole // 2):
        later[n_later, 0], later[n_later, 1] = i, j
        return True, n_later + 1, found
    for e in range(n_long, open_a.size):
        later[n_later, 0], later[n_later, 1] = ~open_a[e], open_b[e]
        n_later += 1
    return True, n_later, found


@compiled
def _points_around(space, box, far, around, stack):
    """The points that may be in a lune, or more than fit: then the number is too large."""
    P, starts = space.points, space.starts
    n_leaves, d = starts.size - 1, P.shape[1]
    count = 0
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        to_a, to_b = 0.0, 0.0
        for c in range(d):
            below, above = space.low[node, c], space.high[node, c]
            out = max(below - box[1, c], box[0, c] - above, 0.0)
            to_a += out * out
            out = max(below - box[3, c], box[2, c] - above, 0.0)
            to_b += out * out
        if max(to_a, to_b) > far:
            continue
        if node < n_leaves:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node
            top += 2
            continue
        for z in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            to_a, to_b = 0.0, 0.0
            for c in range(d):
                x = P[z, c]
                out = max(x - box[1, c], box[0, c] - x, 0.0)
                to_a += out * out
                out = max(x - box[3, c], box[2, c] - x, 0.0)
                to_b += out * out
            if max(to_a, to_b) > far:
                continue
            if count == around.size:
                return count + 1
            around[count] = z
            count += 1
    return count


@compiled
def _points_between(space, box, far, around, stack):
    """Some points that may join the whole lune of an edge, those near the middle first."""
    P, starts = space.points, space.starts
    n_leaves, d = starts.size - 1, P.shape[1]
    middle, along = np.empty(d), np.empty(d)
    wide_a, wide_b, length = 0.0, 0.0, 0.0
    for c in range(d):
        middle[c] = (box[0, c] + box[1, c] + box[2, c] + box[3, c]) / 4
        along[c] = (box[2, c] + box[3, c] - box[0, c] - box[1, c]) / 2
        wide_a += (box[1, c] - box[0, c]) ** 2
        wide_b += (box[3, c] - box[2, c]) ** 2
        length += along[c] * along[c]
    beside = (0.134 * np.sqrt(far) + np.sqrt(max(wide_a, wide_b)) / 2) ** 2
    count = 0
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        to_a, to_b = 0.0, 0.0
        for c in range(d):
            below, above = space.low[node, c], space.high[node, c]
            out = max(below - box[1, c], box[0, c] - above, 0.0)
            to_a += out * out
            out = max(below - box[3, c], box[2, c] - above, 0.0)
            to_b += out * out
        if to_a + to_b > far:
            continue
        if node < n_leaves:
            a, b = 2 * node, 2 * node + 1
            side = 0.0
            for c in range(d):
                x = middle[c]
                out = max(space.low[a, c] - x, x - space.high[a, c], 0.0)
                side += out * out
                out = max(space.low[b, c] - x, x - space.high[b, c], 0.0)
                side -= out * out
            if side > 0.0:
                a, b = b, a
            stack[top], stack[top + 1] = b, a
            top += 2
            continue
        for z in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            total, dot = 0.0, 0.0
            for c in range(d):
                out = P[z, c] - middle[c]
                total += out * out
                dot += out * along[c]
            if length > 0.0 and total - dot * dot / length <= beside:
                around[count] = z
                count += 1
                if count == 64:
                    return count
    return count


@compiled
def _squares_to(P, u, coords, n_around, out):
    """Square distances of a point to those around; the same numbers as those of `square`."""
    for k in range(n_around):
        out[k] = 0.0
    for c in range(P.shape[1]):
        x = P[u, c]
        for k in range(n_around):
            diff = coords[c, k] - x
            out[k] += diff * diff


@compiled
def _joins(length, to_a, to_b):
    """Whether a point of those square distances is surely joined to the whole lune, and in it."""
    half = (length - to_a - to_b) / 2
    along = (length + to_a - to_b) / 2
    across = length * to_a - along * along
    # Squares of squares, which are not to underflow.
    return (
        half > 0.0
        and length > 1e-130
        and 3.0 * across + 1e-12 * length * length <= half * half * (1.0 - _SLACK)
    )


@compiled
def _some_joins(length, of_a, of_b, n_around):
    for k in range(n_around):
        if _joins(length, of_a[k], of_b[k]):
            return True
    return False


@compiled
def _one_joins(P, a, b, length, around, n_around):
    for k in range(n_around):
        if _joins(length, square(P, a, around[k]), square(P, b, around[k])):
            return True
    return False


@compiled
def _lune_of_few(P, a, b, length, around, n_around, of_a, of_b, lune):
    """Writes the lune of ab, out of the points around, into `lune`; its number of points, and the
    place of that which has the nearest farther end."""
    count = 0
    for k in range(n_around):  # without a branch
        lune[count] = k
        count += np.int64(of_a[k] <= length) & np.int64(of_b[k] <= length)
    late, soon = max(a, b), min(a, b)
    best, first, kept = np.inf, 0, 0
    for i in range(count):
        k = lune[i]
        z = around[k]
        far = max(of_a[k], of_b[k])
        if far == length:
            if z == a or z == b or not earlier(P, a, z, length, late, soon):
                continue
            if not earlier(P, b, z, length, late, soon):
                continue
        if far < best:
            best, first = far, kept
        lune[kept] = z
        kept += 1
    return kept, first


@compiled
def _first(P, a, b, lune, count):
    """The place of the point that has the nearest farther end."""
    best, first = np.inf, 0
    for i in range(count):
        far = max(square(P, a, lune[i]), square(P, b, lune[i]))
        if far < best:
            best, first = far, i
    return first
