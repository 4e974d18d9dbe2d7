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
from .rips_space_boxes import hold_together, middle_is_taken

_SLACK = 1e-9
_CROWD = 256  # up to so many points around two leaves are all looked at
_BETWEEN = 64  # up to so many points near the middle are tried
_BLOCK = 16  # most points in a block
_CHAIN = 6
_FEW_OPEN = 64  # up to so many edges between two leaves are kept by themselves
_WIDE = 0.5  # pairs with wider nodes, against their distance, are split unasked

# What is found so far, and room to work in: boxes of both ends, nodes to look at, the chain; points
# around two leaves, their coordinates, their square distances to a and to each b; edges that are
# open; a lune; and, for the second node, square distances of points between, lengths, what is done.
Found = namedtuple("Found", "rows squares count")
Desk = namedtuple(
    "Desk", "box stack chain around coords of_a of_b open_a open_b lune to_each lengths closed"
)


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
                if middle_is_taken(space, box, low, wide, stack):
                    continue
                if hold_together(space, box, low, far, desk.chain, stack):
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
        np.empty((_BETWEEN, _BLOCK)),
        np.empty(_BLOCK),
        np.empty(_BLOCK, np.int64),
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
    if hold_together(space, box, length, length, desk.chain, desk.stack):
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
    many = past_b - first_b
    whole = (past_a - first_a) * many
    n_around = _points_between(space, desk.box, far, desk.around, desk.stack)
    to_each, lengths, closed = desk.to_each, desk.lengths, desk.closed
    for k in range(n_around):
        for b in range(many):
            to_each[k, b] = square(P, first_b + b, desk.around[k])
    n_open, n_long = 0, open_a.size  # from both ends
    for a in range(first_a, past_a):
        for b in range(many):
            lengths[b] = square(P, a, first_b + b)
            closed[b] = lengths[b] <= least or (i == j and first_b + b <= a)
        _close_joined(P, a, many, desk, n_around)
        for b in range(many):
            if closed[b]:
                continue
            if lengths[b] <= most:
                open_a[n_open], open_b[n_open] = a, first_b + b
                n_open += 1
            else:
                n_long -= 1
                open_a[n_long], open_b[n_long] = a, first_b + b
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
                if count == _BETWEEN:
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
def _close_joined(P, a, many, desk, n_around):
    """Mark the edges from a for which one of the points is surely joined to the whole lune.

    As `_joins`, without branches, so that several edges go at a time.
    """
    lengths, closed = desk.lengths, desk.closed
    for k in range(n_around):
        to_a, to_each = square(P, a, desk.around[k]), desk.to_each[k]
        done = 0
        for b in range(many):
            length, to_b = lengths[b], to_each[b]
            half = (length - to_a - to_b) / 2
            along = (length + to_a - to_b) / 2
            across = length * to_a - along * along
            joined = 3.0 * across + 1e-12 * length * length <= half * half * (1.0 - _SLACK)
            closed[b] |= np.int64(joined) & np.int64(half > 0.0) & np.int64(length > 1e-130)
            done += closed[b]
        if done == many:
            return


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
