"""Lunes of edges between points of few dimensions, by searches in a k-d tree.

The lune of an edge are the points that both of its ends have met when it enters. Edges enter in
order of length, those of one length in order of the later end, then the earlier. Points are
numbered in the order of the tree: node i has the children 2 i and 2 i + 1, node 1 is the root, the
last nodes are the leaves.

Lengths are compared as squares, as they are computed. Bounds that come from geometry keep a margin
of `_SLACK`, many times what rounding takes, so that no answer depends on rounding.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .boruvka import halve
from .growing import longer, longer_table
from .union_find import find

_SLACK = 1e-9
_LEAF = 4  # most points in a leaf
_BLOCKERS = 48  # as many points hide others from a point

# points (n, d); the first point of each leaf, and n; the boxes (2 n_leaves, d) around the nodes
Space = namedtuple("Space", "points starts low high")


@compiled
def build_space(X):
    """The k-d tree over the rows of X, and the row of each of its points."""
    n, d = X.shape
    n_leaves = 1
    while (n + n_leaves - 1) // n_leaves > _LEAF:
        n_leaves *= 2
    points, order = X.copy(), np.arange(n).astype(np.int32)
    starts = np.zeros(n_leaves + 1, np.int64)
    starts[n_leaves] = n
    low, high = np.empty((2 * n_leaves, d)), np.empty((2 * n_leaves, d))
    first, last = np.zeros(2 * n_leaves, np.int64), np.zeros(2 * n_leaves, np.int64)
    last[1] = n
    for node in range(1, 2 * n_leaves):
        axis, widest = np.int64(0), -1.0
        for c in range(d):
            smallest, largest = np.inf, -np.inf
            for i in range(first[node], last[node]):
                smallest, largest = min(smallest, points[i, c]), max(largest, points[i, c])
            low[node, c], high[node, c] = smallest, largest
            if largest - smallest > widest:
                axis, widest = np.int64(c), largest - smallest
        if node >= n_leaves:
            starts[node - n_leaves] = first[node]
            continue
        middle = first[node] + (last[node] - first[node] + 1) // 2
        if widest > 0.0:
            halve(points, order, first[node], last[node] - 1, middle, axis)
        first[2 * node], last[2 * node] = first[node], middle
        first[2 * node + 1], last[2 * node + 1] = middle, last[node]
    return Space(points, starts, low, high), order


@compiled
def span(space, node):
    """The first point of a node, and the first after it."""
    n_leaves = space.starts.size - 1
    past = node + 1
    while node < n_leaves:
        node, past = 2 * node, 2 * past
    return space.starts[node - n_leaves], space.starts[past - n_leaves]


@compiled
def square(P, u, v):
    total = 0.0
    for c in range(P.shape[1]):
        diff = P[u, c] - P[v, c]
        total += diff * diff
    return total


@compiled
def earlier(P, a, b, length, late, soon):
    """Whether the edge ab enters before the edge of that square length and those ends."""
    own = square(P, a, b)
    if own != length:
        return own < length
    later = max(a, b)
    return later < late or (later == late and min(a, b) < soon)


@compiled
def to_node(space, u, node):
    """Square of the distance from a point to the box of a node; never more than to its points."""
    P, low, high = space.points, space.low, space.high
    total = 0.0
    for c in range(P.shape[1]):
        gap = max(low[node, c] - P[u, c], P[u, c] - high[node, c], 0.0)
        total += gap * gap
    return total


@compiled
def lune_point(space, u, v, stack):
    """The point of the lune of uv with the nearest farther end, or -1 if the lune is empty."""
    P, starts = space.points, space.starts
    n_leaves = starts.size - 1
    length = square(P, u, v)
    late, soon = max(u, v), min(u, v)
    best, found = length, -1
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        gap = max(to_node(space, u, node), to_node(space, v, node))
        if gap > best or (gap == best and found >= 0):
            continue
        if node < n_leaves:
            a, b = 2 * node, 2 * node + 1
            # The half that is nearer to both together is looked at first.
            a_gap = to_node(space, u, a) + to_node(space, v, a)
            b_gap = to_node(space, u, b) + to_node(space, v, b)
            if b_gap < a_gap:
                a, b = b, a
            stack[top], stack[top + 1] = b, a
            top += 2
            continue
        for w in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            far = max(square(P, u, w), square(P, v, w))
            if far < best:
                best, found = far, w
            elif far == best and found < 0 and w != u and w != v:
                if earlier(P, u, w, length, late, soon) and earlier(P, v, w, length, late, soon):
                    found = w
    return found


@compiled
def lune_points(space, u, v, stack, found):
    """All points of the lune of uv, in an array that may have grown, and their number."""
    P, starts = space.points, space.starts
    n_leaves = starts.size - 1
    length = square(P, u, v)
    late, soon = max(u, v), min(u, v)
    count = 0
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        if max(to_node(space, u, node), to_node(space, v, node)) > length:
            continue
        if node < n_leaves:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node
            top += 2
            continue
        for w in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            if w == u or w == v or not earlier(P, u, w, length, late, soon):
                continue
            if earlier(P, v, w, length, late, soon):
                if count == found.size:
                    found = longer(found)
                found[count] = w
                count += 1
    return found, count


@compiled
def pieces(P, lune, count, first, length, late, soon, heads):
    """Number of components of a lune; a point of each goes to `heads`, which may have grown.

    The search begins at ``lune[first]``; `lune` is brought into the order of the search.
    """
    lune[0], lune[first] = lune[first], lune[0]
    heads[0] = lune[0]
    n_pieces, seen, at = 1, 1, 0
    while seen < count:
        if at == seen:
            if n_pieces == heads.size:
                heads = longer(heads)
            heads[n_pieces] = lune[seen]
            n_pieces += 1
            seen += 1
            continue
        z = lune[at]
        at += 1
        for i in range(seen, count):
            w = lune[i]
            if earlier(P, z, w, length, late, soon):
                lune[i], lune[seen] = lune[seen], w
                seen += 1
    return n_pieces, heads


# -- the relative neighbourhood graph --------------------------------------------------------


@compiled
def relative_neighbours(space):
    """Edges (m, 2) with an empty lune, the earlier end first.

    From each point u the tree is searched, near nodes first. A point w that is nearer to u hides
    all that is nearer to w than to u, and nodes that are hidden as a whole are left out.
    """
    P, starts = space.points, space.starts
    n = P.shape[0]
    n_leaves = starts.size - 1
    edges, m = np.empty((2 * n + 16, 2), np.int32), 0
    stack, gaps = np.empty(128, np.int64), np.empty(128)
    others = np.empty(128, np.int64)
    hiding, near = np.empty(_BLOCKERS, np.int64), np.empty(_BLOCKERS)
    seen = np.empty(256, np.int64)
    second = 0
    for u in range(n):
        if u & 255 == 0:
            second = watch(second)
            if second < 0:
                break
        n_hiding, n_seen = 0, 0
        stack[0], gaps[0] = 1, 0.0
        top = 1
        while top:
            top -= 1
            node, gap = stack[top], gaps[top]
            if _is_hidden(space, u, node, gap, hiding, near, n_hiding):
                continue
            if node < n_leaves:
                a, b = 2 * node, 2 * node + 1
                a_gap, b_gap = to_node(space, u, a), to_node(space, u, b)
                if b_gap < a_gap:
                    a, b, a_gap, b_gap = b, a, b_gap, a_gap
                stack[top], stack[top + 1] = b, a
                gaps[top], gaps[top + 1] = b_gap, a_gap
                top += 2
                continue
            for v in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
                if v == u:
                    continue
                far = square(P, u, v)
                i = 0
                while i < n_hiding and not (near[i] < far and square(P, v, hiding[i]) < far):
                    i += 1
                if i < n_hiding:
                    continue
                if n_hiding < _BLOCKERS:
                    hiding[n_hiding], near[n_hiding] = v, far
                    n_hiding += 1
                if v > u:
                    if n_seen == seen.size:
                        seen = longer(seen)
                    seen[n_seen] = v
                    n_seen += 1
        for i in range(n_seen):
            v, far = seen[i], square(P, u, seen[i])
            k = 0
            while k < n_hiding and not (near[k] < far and square(P, v, hiding[k]) < far):
                k += 1
            if k < n_hiding or lune_point(space, u, v, others) >= 0:
                continue
            if m == edges.shape[0]:
                edges = longer_table(edges)
            edges[m, 0], edges[m, 1] = u, v
            m += 1
    return edges[:m]


@compiled
def _is_hidden(space, u, node, gap, hiding, near, n_hiding):
    """Whether some point, nearer to u than the node is, is nearer to all of the node than u is."""
    P, low, high = space.points, space.low, space.high
    for i in range(n_hiding):
        if near[i] >= gap * (1.0 - _SLACK):
            continue
        w = hiding[i]
        total, size = 0.0, 0.0
        for c in range(P.shape[1]):
            step = P[w, c] - P[u, c]
            corner = low[node, c] if step > 0.0 else high[node, c]
            from_w, from_u = P[w, c] - corner, P[u, c] - corner
            total += step * (from_w + from_u)
            size += abs(step) * (abs(from_w) + abs(from_u))
        if total < -_SLACK * size:
            return True
    return False


@compiled
def first_edges(edges, n):
    """Of edges in order: rows (k, 3) of those that join components, with a point of the one that
    ends, and the places of the others."""
    parent = np.arange(n)
    joins, rest = np.empty((n, 3), np.int64), np.empty(edges.shape[0], np.int64)
    k, m = 0, 0
    for e in range(edges.shape[0]):
        p, q = find(parent, edges[e, 0]), find(parent, edges[e, 1])
        if p == q:
            rest[m] = e
            m += 1
        else:
            parent[q] = p
            joins[k, 0], joins[k, 1], joins[k, 2] = edges[e, 0], edges[e, 1], q
            k += 1
    return joins[:k], rest[:m]
