"""Values of long edges, cell by cell, for the few classes that live long.

A cloud is cut into cells, boxes of a k-d tree that are small against the length T at which the pass
has arrived. All triangles with sides up to T are even: every living class has the value 0 on them.
So edges between two cells have one value but for a part that belongs to their ends, if some point
is within T of both cells: the edge ab is worth what ac and cb are together. These are the values of
thousands of edges at a time, at the cost of one.

A value is a number of 64 bits, a bit for each living class. The gauge of a point is the value of
the edge from it to the centre of its cell, one of its points. The value of a pair of cells is that
of the edge between their centres, and ab has the value of the pair and the gauges of a and b.

Boxes are numbered as the nodes of the tree; after them, every point is a box of its own.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .growing import longer
from .rips_space import lune_point, square

_APART = 0.1
_HUBS = 32  # up to so many points, spread over the neighbours of a cell, are tried first

KNOWN = 1  # the value of a pair is that of the edge between the centres
ALL = 2  # ... and that of all edges, but for the gauges of their ends
NEAR = 4  # all of the second cell is within T of the first centre

# lower and upper corners (n_boxes, d), and how the boxes of points begin
Boxes = namedtuple("Boxes", "points starts low high first_point")
# box and centre of each cell; the cell of each box, or -1; cell and gauge of each point
Cells = namedtuple("Cells", "box centre of_box of_point gauge")
# Neighbours of each cell, in order, from starts[cell] on: the other cell, the value, what is known.
Rows = namedtuple("Rows", "starts other value kind")
# Relative neighbours, each edge at both ends: the other point, the value
Graph = namedtuple("Graph", "starts other value")


@compiled
def make_boxes(space):
    """Boxes of the nodes of a tree and of its points."""
    m, d = space.low.shape
    n = space.points.shape[0]
    low, high = np.empty((m + n, d)), np.empty((m + n, d))
    for i in range(m + n):
        for c in range(d):
            if i < m:
                low[i, c], high[i, c] = space.low[i, c], space.high[i, c]
            else:
                low[i, c] = high[i, c] = space.points[i - m, c]
    return Boxes(space.points, space.starts, low, high, m)


@compiled
def make_graph(space, edges, values, reach):
    """The graph of relative neighbours, with values that are 0 on trees of edges up to `reach`.

    A value changes by what its two ends are worth, and no sum over a closed path changes.
    """
    n, m = space.points.shape[0], edges.shape[0]
    starts = np.zeros(n + 2, np.int64)
    for e in range(m):
        starts[edges[e, 0] + 2] += 1
        starts[edges[e, 1] + 2] += 1
    for u in range(n):
        starts[u + 2] += starts[u + 1]
    other, value = np.empty(2 * m, np.int32), np.empty(2 * m, np.uint64)
    for e in range(m):
        for side in range(2):
            u = edges[e, side]
            other[starts[u + 1]], value[starts[u + 1]] = edges[e, 1 - side], values[e]
            starts[u + 1] += 1
    worth, seen = np.zeros(n, np.uint64), np.zeros(n, np.bool_)
    queue = np.empty(n, np.int32)
    for root in range(n):
        if seen[root]:
            continue
        seen[root], queue[0] = True, root
        at, past = 0, 1
        while at < past:
            u = queue[at]
            at += 1
            for e in range(starts[u], starts[u + 1]):
                v = other[e]
                if not seen[v] and square(space.points, u, v) <= reach:
                    seen[v], worth[v] = True, worth[u] ^ value[e]
                    queue[past] = v
                    past += 1
    for u in range(n):
        for e in range(starts[u], starts[u + 1]):
            value[e] ^= worth[u] ^ worth[other[e]]
    return Graph(starts[: n + 1], other, value)


@compiled
def path_value(space, graph, u, v, stack):
    """Value of an edge: it is homologous to a path of relative neighbours, all of them shorter."""
    work, top, total = np.empty((256, 2), np.int64), 1, np.uint64(0)
    work[0, 0], work[0, 1] = u, v
    while top:
        top -= 1
        a, b = work[top]
        e = graph.starts[a]
        while e < graph.starts[a + 1] and graph.other[e] != b:
            e += 1
        if e < graph.starts[a + 1]:
            total ^= graph.value[e]
            continue
        z = lune_point(space, a, b, stack)
        if z < 0:  # cannot be: an edge with an empty lune is in the graph
            continue
        if top + 2 > work.shape[0]:
            work = np.concatenate((work, work))
        work[top, 0], work[top, 1] = a, z
        work[top + 1, 0], work[top + 1, 1] = z, b
        top += 2
    return total


# -- boxes -----------------------------------------------------------------------------------


@compiled
def box_span(boxes, box):
    """The first point of a box, and the first after it."""
    if box >= boxes.first_point:
        return box - boxes.first_point, box - boxes.first_point + 1
    n_leaves = boxes.first_point // 2
    past = box + 1
    while box < n_leaves:
        box, past = 2 * box, 2 * past
    return boxes.starts[box - n_leaves], boxes.starts[past - n_leaves]


@compiled
def parts_of(boxes, box):
    """The first box of those that a box consists of, and the first after them."""
    n_leaves = boxes.first_point // 2
    if box < n_leaves:
        return 2 * box, 2 * box + 2
    first, past = boxes.starts[box - n_leaves], boxes.starts[box - n_leaves + 1]
    return boxes.first_point + first, boxes.first_point + past


@compiled
def width(boxes, i):
    """Square of the diagonal of a box."""
    total = 0.0
    for c in range(boxes.low.shape[1]):
        side = boxes.high[i, c] - boxes.low[i, c]
        total += side * side
    return total


@compiled
def nearest(boxes, i, j):
    """Square of the distance between two boxes; never more than of two of their points."""
    total = 0.0
    for c in range(boxes.low.shape[1]):
        gap = max(boxes.low[j, c] - boxes.high[i, c], boxes.low[i, c] - boxes.high[j, c], 0.0)
        total += gap * gap
    return total


@compiled
def farthest(boxes, i, j):
    """Square of the largest distance between two boxes; never less than of two of their points."""
    total = 0.0
    for c in range(boxes.low.shape[1]):
        gap = max(boxes.high[j, c] - boxes.low[i, c], boxes.high[i, c] - boxes.low[j, c])
        total += gap * gap
    return total


@compiled
def farthest_from(boxes, p, i):
    """Square of the largest distance from a point to a box."""
    total = 0.0
    for c in range(boxes.low.shape[1]):
        x = boxes.points[p, c]
        gap = max(boxes.high[i, c] - x, x - boxes.low[i, c])
        total += gap * gap
    return total


# -- cells -----------------------------------------------------------------------------------


@compiled
def make_cells(boxes, widest, old):
    """Cut the cloud into boxes with a square diagonal of at most `widest`.

    Cells are in the order of their points, and the centre of each is a centre of `old`, where every
    point may be a cell.
    """
    n, d = boxes.points.shape
    n_boxes = boxes.low.shape[0]
    box, of_box = np.empty(n, np.int32), np.full(n_boxes, -1, np.int32)
    of_point, m = np.empty(n, np.int32), 0
    stack = np.empty(128, np.int64)
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        i = stack[top]
        if i < boxes.first_point and width(boxes, i) > widest:
            first, past = parts_of(boxes, i)
            for part in range(past - 1, first - 1, -1):
                stack[top] = part
                top += 1
            continue
        box[m], of_box[i] = i, m
        m += 1
    centre = np.full(m, -1, np.int32)
    for k in range(m):
        least = np.inf
        first, past = box_span(boxes, box[k])
        for p in range(first, past):
            of_point[p] = k
            q = old.centre[old.of_point[p]]
            total = 0.0
            for c in range(d):
                off = boxes.points[q, c] - (boxes.low[box[k], c] + boxes.high[box[k], c]) / 2
                total += off * off
            if total < least:
                least, centre[k] = total, q
    return Cells(box[:m], centre, of_box, of_point, np.zeros(n, np.uint64))


@compiled
def single_cells(space):
    """Every point as a cell."""
    n = space.points.shape[0]
    centre = np.arange(n).astype(np.int32)
    box = centre + np.int32(space.low.shape[0])
    return Cells(box, centre, np.empty(0, np.int32), centre, np.zeros(n, np.uint64))


@compiled
def no_rows():
    """Rows of cells between which nothing is known."""
    return Rows(
        np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.uint64), np.empty(0, np.uint8)
    )


@compiled
def make_rows(space, boxes, graph, cells, old, old_rows, reach, longest):
    """Values of pairs of cells within `longest`, and the gauges of points.

    Squares of lengths; triangles up to `reach` are even. `old_rows` are those of the cells `old`
    and their values up to `reach`; if there are none, values are summed along paths of `graph`.
    """
    n, m = boxes.points.shape[0], cells.centre.size
    starts = np.zeros(m + 1, np.int64)
    other, value = np.empty(16 * m + 64, np.int32), np.empty(16 * m + 64, np.uint64)
    kind, count = np.empty(16 * m + 64, np.uint8), 0
    mark, known = np.full(n, -1, np.int32), np.empty(n, np.uint64)  # by old cell
    queue, stack = np.empty(n, np.int32), np.empty(128, np.int64)
    others = np.empty(128, np.int64)
    second = 0
    for a in range(m):
        if a & 63 == 0:
            second = watch(second)
            if second < 0:
                break
        centre, box = cells.centre[a], cells.box[a]
        if old_rows.other.size:
            _from_rows(cells, old, old_rows, a, mark, known)
        else:
            _from_graph(boxes, graph, a, centre, reach, mark, known, queue)
        first, past = box_span(boxes, box)
        for p in range(first, past):
            k = old.of_point[p]
            if mark[k] != a:
                mark[k] = a
                known[k] = path_value(space, graph, centre, old.centre[k], others)
            cells.gauge[p] = old.gauge[p] ^ known[k]
        stack[0] = 1
        top = 1
        while top:
            top -= 1
            i = stack[top]
            if nearest(boxes, box, i) > longest:
                continue
            b = cells.of_box[i]
            if b < 0:
                low, high = parts_of(boxes, i)
                for part in range(high - 1, low - 1, -1):
                    stack[top] = part
                    top += 1
                continue
            if b == a:
                continue
            if count == other.size:
                other, value, kind = longer(other), longer(value), longer(kind)
            other[count], value[count], kind[count] = b, 0, 0
            if square(boxes.points, centre, cells.centre[b]) <= reach:
                k = old.of_point[cells.centre[b]]
                if mark[k] != a:
                    mark[k] = a
                    known[k] = path_value(space, graph, centre, cells.centre[b], others)
                value[count], kind[count] = known[k], KNOWN
                if farthest_from(boxes, centre, i) <= reach:
                    kind[count] |= NEAR | ALL
                elif farthest_from(boxes, cells.centre[b], box) <= reach:
                    kind[count] |= ALL
            count += 1
        starts[a + 1] = count
    return Rows(starts, other[:count], value[:count], kind[:count])


@compiled
def _from_rows(cells, old, old_rows, a, mark, known):
    """What is known of the edges from a centre to the old centres."""
    k = old.of_point[cells.centre[a]]
    mark[k], known[k] = a, 0
    for e in range(old_rows.starts[k], old_rows.starts[k + 1]):
        if old_rows.kind[e]:
            mark[old_rows.other[e]], known[old_rows.other[e]] = a, old_rows.value[e]


@compiled
def _from_graph(boxes, graph, a, centre, reach, mark, known, queue):
    """Values of the edges up to `reach` from a centre, along paths within that reach."""
    mark[centre], known[centre], queue[0] = a, 0, centre
    at, past = 0, 1
    while at < past:
        u = queue[at]
        at += 1
        for e in range(graph.starts[u], graph.starts[u + 1]):
            v = graph.other[e]
            if mark[v] == a or square(boxes.points, centre, v) > reach:
                continue
            if square(boxes.points, u, v) > reach:
                continue
            mark[v], known[v] = a, known[u] ^ graph.value[e]
            queue[past] = v
            past += 1


@compiled
def complete_rows(boxes, cells, rows, reach):
    """Find the values of pairs whose edges are longer than `reach`, through points between."""
    m = cells.centre.size
    slot, hubs = np.full(m, -1, np.int64), np.empty(_HUBS, np.int64)
    starts, other, value, kind = rows
    twin = _twins(rows)
    second = 0
    for a in range(m):
        if a & 63 == 0:
            second = watch(second)
            if second < 0:
                break
        n_open = 0
        for e in range(starts[a], starts[a + 1]):
            if other[e] > a and not kind[e] & ALL:
                slot[other[e]] = e
                n_open += 1
        if not n_open:
            continue
        n_hubs = _spread_hubs(boxes, cells, rows, a, reach, hubs)
        for h in range(n_hubs):
            if not n_open:
                break
            c, via = other[hubs[h]], value[hubs[h]]
            for e in range(starts[c], starts[c + 1]):
                s = slot[other[e]]
                if s >= 0 and kind[e] & NEAR:
                    value[s] = value[twin[s]] = via ^ value[e]
                    kind[s] |= ALL
                    kind[twin[s]] |= ALL
                    slot[other[e]] = -1
                    n_open -= 1
        if not n_open:
            continue
        for s in range(starts[a], starts[a + 1]):
            b = other[s]
            if slot[b] < 0:
                continue
            slot[b] = -1
            known, v = through(boxes, cells, rows, a, b, cells.box[a], cells.box[b], reach)
            if known:
                value[s] = value[twin[s]] = v
                kind[s] |= ALL
                kind[twin[s]] |= ALL


@compiled
def most_are_known(boxes, cells, rows, reach, longest, most):
    """Whether all but `most` edges up to `longest` have their values through one point between.

    Square lengths. Where two parts of a cloud meet, edges longer than the first one between them
    have nothing but one another between their ends.
    """
    starts, other, _, kind = rows
    stack, count = np.empty((512, 2), np.int64), 0
    for a in range(starts.size - 1):
        for e in range(starts[a], starts[a + 1]):
            b = other[e]
            if b < a or kind[e] & ALL:
                continue
            stack[0, 0], stack[0, 1] = cells.box[a], cells.box[b]
            top = 1
            while top:
                top -= 1
                i, j = stack[top]
                if (
                    nearest(boxes, i, j) > longest
                    or through(boxes, cells, rows, a, b, i, j, reach)[0]
                ):
                    continue
                if min(i, j) >= boxes.first_point:
                    count += 1
                    if count > most:
                        return False
                    continue
                cut_first = j >= boxes.first_point or (
                    i < boxes.first_point and width(boxes, i) >= width(boxes, j)
                )
                first, past = parts_of(boxes, i if cut_first else j)
                for part in range(first, past):
                    stack[top, 0], stack[top, 1] = (
                        part if cut_first else i,
                        j if cut_first else part,
                    )
                    top += 1
    return True


@compiled
def _twins(rows):
    """For each pair the place of the same pair in the row of the other cell."""
    starts, other, _, _ = rows
    twin, at = np.empty(other.size, np.int64), starts[:-1].copy()
    for a in range(starts.size - 1):
        for e in range(at[a], starts[a + 1]):  # those before a have been met from their own rows
            b = other[e]
            twin[e], twin[at[b]] = at[b], e
            at[b] += 1
    return twin


@compiled
def _spread_hubs(boxes, cells, rows, a, reach, hubs):
    """Places, in the row of a, of a few cells about half `reach` away, far from one another."""
    starts, other, _, kind = rows
    P, centre, box = boxes.points, cells.centre, cells.box[a]
    n_hubs = 0
    for e in range(starts[a], starts[a + 1]):
        if not kind[e] & KNOWN:
            continue
        c = centre[other[e]]
        far = square(P, centre[a], c)
        if far < 0.2 * reach or far > 0.5 * reach or farthest_from(boxes, c, box) > reach:
            continue
        h = 0
        while h < n_hubs and square(P, c, centre[other[hubs[h]]]) > _APART * reach:
            h += 1
        if h == n_hubs:
            hubs[n_hubs] = e
            n_hubs += 1
            if n_hubs == hubs.size:
                break
    return n_hubs


@compiled
def through(boxes, cells, rows, a, b, box_a, box_b, reach):
    """Whether one centre is within `reach` of all of two boxes, of the cells a and b; and the value
    of the edges between these."""
    starts, other, value, kind = rows
    best, found = reach, -1
    e = place(rows, a, b)
    if e >= 0 and kind[e] & KNOWN:
        if farthest_from(boxes, cells.centre[a], box_b) <= reach:
            return True, value[e]
        if farthest_from(boxes, cells.centre[b], box_a) <= reach:
            return True, value[e]
    via = np.uint64(0)
    for e in range(starts[a], starts[a + 1]):
        if not kind[e] & KNOWN or other[e] == b:
            continue
        c = cells.centre[other[e]]
        far = farthest_from(boxes, c, box_b)
        if far > best:
            continue
        far = max(far, farthest_from(boxes, c, box_a))
        if far > best:
            continue
        s = place(rows, other[e], b)
        if s >= 0 and kind[s] & KNOWN:
            best, found = far, e
            via = value[e] ^ value[s]
    return found >= 0, via


@compiled
def place(rows, a, b):
    """Where b is in the row of a, or -1."""
    low, high = rows.starts[a], rows.starts[a + 1]
    past = high
    while low < high:
        middle = (low + high) // 2
        if rows.other[middle] < b:
            low = middle + 1
        else:
            high = middle
    return low if low < past and rows.other[low] == b else -1
