"""Deaths of the few classes that live long: the least triangles that wind around them.

A class dies of the first triangle on which its value is not 0. Such triangles are looked for among
cells (`rips_space_cells`): where the values of three pairs of cells do not sum to 0, the cells are
cut into smaller boxes, down to three points, as long as their sides can be shorter than those of
the triangles found so far. The shortest triangles with independent values are kept, as edges are in
a minimum spanning tree; when there are as many as classes, none longer is of use.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .growing import longer, longer_table
from .rips_space import square
from .rips_space_cells import ALL, box_span, nearest, parts_of, path_value, through, width

_SLACK = 1e-12

# The shortest triangles with independent values, in order: square of the longest side, value, value
# reduced by those before, its youngest class as a bit, corners. count: how many; limit: the square
# of the length from which on triangles are of no use.
Found = namedtuple("Found", "side value reduced youngest corners count limit")
# What is looked at: the space, its boxes and graph, cells and their values, the reach of values
Scene = namedtuple("Scene", "space boxes graph cells rows reach")
# Triples of boxes and, as bits of the fourth number, the pairs whose value is open (1: first and
# second, 2: first and third, 4); the sums of the other values.
Work = namedtuple("Work", "triples totals")


@compiled
def find_deaths(space, boxes, graph, cells, rows, reach, longest, n_live):
    """Triangles (k, 3) with a side in (reach, longest] of which one of `n_live` classes dies, in
    order, the longest side first; their values; and the classes, as bits. Squares of lengths."""
    scene = Scene(space, boxes, graph, cells, rows, reach)
    best = Found(
        np.empty(n_live + 1),
        np.zeros(n_live + 1, np.uint64),
        np.zeros(n_live + 1, np.uint64),
        np.zeros(n_live + 1, np.uint64),
        np.empty((n_live + 1, 3), np.int64),
        np.zeros(1, np.int64),
        np.array([longest]),
    )
    _search(scene, best, n_live)
    k = best.count[0]
    return best.corners[:k], best.reduced[:k], best.youngest[:k]


@compiled
def apply_relations(values, relations, youngest):
    """Write values in the classes that still live."""
    for e in range(values.size):
        total = values[e]
        for r in range(relations.size):
            if total & youngest[r]:
                total ^= relations[r]
        values[e] = total


@compiled
def _of_use(best, total, side):
    """Whether a value is independent of those of the triangles that are no longer."""
    for r in range(best.count[0]):
        if best.side[r] > side:
            break
        if total & best.youngest[r]:
            total ^= best.reduced[r]
    return total != 0


@compiled
def _keep(best, total, side, u, v, w, n_live):
    """Keep a triangle, and drop a longer one whose value is then no longer independent."""
    side_of, value, reduced, youngest, corners, count, limit = best
    at = count[0]
    while at > 0 and side_of[at - 1] > side:
        side_of[at], value[at] = side_of[at - 1], value[at - 1]
        for c in range(3):
            corners[at, c] = corners[at - 1, c]
        at -= 1
    side_of[at], value[at] = side, total
    corners[at, 0], corners[at, 1], corners[at, 2] = u, v, w
    kept, n_all = at, count[0] + 1
    for r in range(at, n_all):
        total = value[r]
        for q in range(kept):
            if total & youngest[q]:
                total ^= reduced[q]
        if not total:
            continue
        side_of[kept], value[kept], reduced[kept] = side_of[r], value[r], total
        for c in range(3):
            corners[kept, c] = corners[r, c]
        bit = np.uint64(1)
        while total > np.uint64(1):
            total >>= np.uint64(1)
            bit <<= np.uint64(1)
        youngest[kept] = bit
        kept += 1
    count[0] = kept
    if kept == n_live:
        limit[0] = min(limit[0], side_of[kept - 1])


@compiled
def _try_triangle(boxes, i, j, k, total, best, n_live):
    """Keep the triangle of three points if it is of use; the longest side is written first."""
    P = boxes.points
    uv, uw, vw = square(P, i, j), square(P, i, k), square(P, j, k)
    side = max(uv, uw, vw)
    if side > best.limit[0] or not _of_use(best, total, side):
        return
    if side == uv:
        _keep(best, total, side, i, j, k, n_live)
    elif side == uw:
        _keep(best, total, side, i, k, j, n_live)
    else:
        _keep(best, total, side, j, k, i, n_live)


# -- triples of boxes ------------------------------------------------------------------------


@compiled
def _search(scene, best, n_live):
    """Look through all triples of cells whose values do not sum to 0 or are not known."""
    cells, boxes = scene.cells, scene.boxes
    starts, other, value, kind = scene.rows
    work = Work(np.empty((1024, 4), np.int32), np.empty(1024, np.uint64))
    parts, part_value = np.empty((1, 2), np.int32), np.empty(1, np.uint64)
    m, second = cells.centre.size, 0
    slot = np.full(m, -1, np.int64)
    for a in range(m):
        if a & 7 == 0:
            second = watch(second)
            if second < 0:
                best.count[0] = 0
                return
        for e in range(starts[a], starts[a + 1]):
            slot[other[e]] = e
        box_a = cells.box[a]
        for e in range(starts[a], starts[a + 1]):
            b = other[e]
            ab_open = not kind[e] & ALL
            if b < a or not (ab_open or value[e]):
                continue
            box_b = cells.box[b]
            if nearest(boxes, box_a, box_b) > best.limit[0]:
                continue
            if ab_open:
                parts, part_value, n_parts = _known_parts(scene, box_a, box_b, best.limit[0])
                _search_inside(scene, parts, part_value, n_parts, best, n_live, work)
            else:
                parts[0, 0], parts[0, 1], part_value[0], n_parts = box_a, box_b, value[e], 1
            for f in range(starts[b], starts[b + 1]):
                c = other[f]
                s = slot[c]
                if s < 0:
                    continue
                ac_open, bc_open = not kind[s] & ALL, not kind[f] & ALL
                # Each triple once, from the first of its pairs that is open or not 0.
                if (c < b and (ac_open or value[s])) or (c < a and (bc_open or value[f])):
                    continue
                is_open, total = 0, np.uint64(0)
                if ac_open:
                    is_open |= 2
                else:
                    total ^= value[s]
                if bc_open:
                    is_open |= 4
                else:
                    total ^= value[f]
                for t in range(n_parts):
                    sum_of = total ^ part_value[t]
                    if is_open or sum_of:
                        i, j = parts[t]
                        _search_triple(
                            scene, i, j, cells.box[c], is_open, sum_of, best, n_live, work
                        )
        for e in range(starts[a], starts[a + 1]):
            slot[other[e]] = -1


@compiled
def _known_parts(scene, i, j, longest):
    """Cut two boxes, whose pair is open, into pairs of boxes (k, 2) with values; and their number.

    Pairs with all edges longer than `longest` are left out.
    """
    boxes = scene.boxes
    pairs, values, count = np.empty((64, 2), np.int32), np.empty(64, np.uint64), 0
    stack, top = np.empty((512, 2), np.int32), 1
    stack[0, 0], stack[0, 1] = i, j
    while top:
        top -= 1
        i, j = stack[top]
        if nearest(boxes, i, j) > longest:
            continue
        known, value = _value(scene, i, j)
        if known:
            if count == values.size:
                pairs, values = longer_table(pairs), longer(values)
            pairs[count, 0], pairs[count, 1], values[count] = i, j, value
            count += 1
            continue
        cut_first = j >= boxes.first_point or (
            i < boxes.first_point and width(boxes, i) >= width(boxes, j)
        )
        first, past = parts_of(boxes, i if cut_first else j)
        for part in range(first, past):
            stack[top, 0], stack[top, 1] = part if cut_first else i, j if cut_first else part
            top += 1
    return pairs, values, count


@compiled
def _search_inside(scene, parts, values, n_parts, best, n_live, work):
    """Look through triangles with two points in one of two cells, whose pair has these parts."""
    boxes = scene.boxes
    t = 1
    while t < n_parts and values[t] == values[0]:
        t += 1
    if t >= n_parts:  # mostly
        return
    for t in range(n_parts):
        for s in range(t):
            total = values[s] ^ values[t]
            if not total:
                continue
            for side in range(2):
                i, j = parts[s, side], parts[t, side]
                first_i, past_i = box_span(boxes, i)
                first_j, past_j = box_span(boxes, j)
                if max(first_i, first_j) < min(past_i, past_j):  # one of them holds the other
                    if past_j - first_j < past_i - first_i:
                        i = j
                    p, q = parts[s, 1 - side], parts[t, 1 - side]
                    _search_triple(scene, p, q, i, 0, total, best, n_live, work)


@compiled
def _search_triple(scene, i, j, k, is_open, total, best, n_live, work):
    """Look through the triangles with a point in each of three boxes."""
    boxes = scene.boxes
    n = boxes.first_point
    triples, totals = work
    top = 1
    triples[0, 0], triples[0, 1], triples[0, 2], triples[0, 3] = i, j, k, is_open
    totals[0] = total
    while top:
        top -= 1
        i, j, k, is_open = triples[top]
        total = totals[top]
        side = _least_side(boxes, i, j, k)
        if side > best.limit[0] or not (is_open or _of_use(best, total, side)):
            continue
        if min(i, j, k) >= n:
            if is_open & 1:
                total ^= _value(scene, i, j)[1]
            if is_open & 2:
                total ^= _value(scene, i, k)[1]
            if is_open & 4:
                total ^= _value(scene, j, k)[1]
            _try_triangle(boxes, i - n, j - n, k - n, total, best, n_live)
            continue
        which = _to_cut(boxes, i, j, k, is_open)
        first, past = parts_of(boxes, i if which == 0 else (j if which == 1 else k))
        for part in range(first, past):
            p = part if which == 0 else i
            q = part if which == 1 else j
            r = part if which == 2 else k
            still, value = is_open, total
            if still & 1 and which != 2:
                known, v = _value(scene, p, q)
                if known:
                    still, value = still & ~1, value ^ v
            if still & 2 and which != 1:
                known, v = _value(scene, p, r)
                if known:
                    still, value = still & ~2, value ^ v
            if still & 4 and which != 0:
                known, v = _value(scene, q, r)
                if known:
                    still, value = still & ~4, value ^ v
            if still or value:
                triples[top, 0], triples[top, 1], triples[top, 2] = p, q, r
                triples[top, 3], totals[top] = still, value
                top += 1


@compiled
def _least_side(boxes, i, j, k):
    """A bound from below of the square of the longest side of all triangles between three boxes.

    The longest side is at least that of any two boxes, and its square is at least the mean of the
    three squares. In each coordinate that mean is least where the two boxes that are farthest apart
    are as near as they can be, and the third is near the middle of both.
    """
    ij, ik, jk, mean = 0.0, 0.0, 0.0, 0.0
    low, high = boxes.low, boxes.high
    for c in range(low.shape[1]):
        i_low, j_low, k_low = low[i, c], low[j, c], low[k, c]
        i_high, j_high, k_high = high[i, c], high[j, c], high[k, c]
        gap = max(j_low - i_high, i_low - j_high, 0.0)
        ij += gap * gap
        gap = max(k_low - i_high, i_low - k_high, 0.0)
        ik += gap * gap
        gap = max(k_low - j_high, j_low - k_high, 0.0)
        jk += gap * gap
        top, bottom = max(i_low, j_low, k_low), min(i_high, j_high, k_high)
        if top > bottom:
            between = (top + bottom) / 2
            # The third box is the one that is neither the highest nor the lowest.
            if i_low < top and i_high > bottom:
                between = min(max(between, i_low), i_high)
            elif j_low < top and j_high > bottom:
                between = min(max(between, j_low), j_high)
            else:
                between = min(max(between, k_low), k_high)
            gap = top - bottom
            mean += gap * gap + (top - between) ** 2 + (between - bottom) ** 2
    return max(ij, ik, jk, mean / 3 * (1.0 - _SLACK))


@compiled
def _to_cut(boxes, i, j, k, is_open):
    """Which of three boxes is to be cut: the widest, or the widest of open pairs."""
    n = boxes.first_point
    wide_i = width(boxes, i) if not is_open or is_open & 3 else -1.0
    wide_j = width(boxes, j) if not is_open or is_open & 5 else -1.0
    wide_k = width(boxes, k) if not is_open or is_open & 6 else -1.0
    # Boxes of equal points have no width either, but parts.
    wide_i = -2.0 if i >= n else wide_i
    wide_j = -2.0 if j >= n else wide_j
    wide_k = -2.0 if k >= n else wide_k
    if wide_i >= wide_j and wide_i >= wide_k:
        return 0
    return 1 if wide_j >= wide_k else 2


@compiled
def _value(scene, i, j):
    """Whether all edges between two boxes have one value but for gauges, and that value."""
    space, boxes, graph, cells, rows, reach = scene
    u, v = box_span(boxes, i)[0], box_span(boxes, j)[0]
    a, b = cells.of_point[u], cells.of_point[v]
    known, value = through(boxes, cells, rows, a, b, i, j, reach)
    if not known and min(i, j) >= boxes.first_point:
        value = path_value(space, graph, u, v, np.empty(128, np.int64))
        return True, value ^ cells.gauge[u] ^ cells.gauge[v]
    return known, value
