"""Euclidean minimum spanning tree in low dimension: Borůvka's algorithm on a k-d tree.

Each round joins every component to the one nearest to it. Three things make that cheap:

- The first rounds need only the few nearest neighbours of each point, found leaf by leaf.
- A point remembers its nearest point outside its component, or up to which distance there is
  none. Both stay true in later rounds, since components only grow. It searches further only if
  that distance is below the shortest way out that its component has found.
- A node of the tree is skipped if all its points are in the component of the query.

Distances to boxes are summed in the same order as distances between points, and rounding is
monotone. So no box is ever farther away than a point in it. Ties are cheap, because any of several
shortest ways out will do: what is only as near as the best so far need not be looked at. Only an
edge whose ends were already joined in this round must be dropped. It would close a cycle, and some
other edge of that cycle is as long, so the remaining edges still belong to a minimum spanning tree.

The k-d tree is complete: node i has the children 2 i and 2 i + 1, node 1 is the root, and the
leaves, of nearly equal sizes, are the last `n_leaves` nodes. Points are numbered in its order.
"""

from collections import namedtuple

import numpy as np

from ._compiled import compiled, watch
from .spanning_tree import prim
from .union_find import find

LEAF = 16  # most points in a leaf; a constant, so that loops over a leaf become vector code
NEIGHBOURS = 6  # found for each point before the first round
AHEAD = 1.5  # a search looks beyond the shortest way out by this factor, squared, for later rounds

_STOPPED = -(2**62)  # what is left of the budget when a signal ends the search

Tree = namedtuple(
    "Tree",
    [
        "order",  # (n,) row of X of each point
        "starts",  # (n_leaves + 1,) first point of each leaf
        "block",  # (n_leaves, d, LEAF) coordinates, leaf by leaf
        "low",  # (2 n_leaves, d) bounding boxes of the nodes
        "high",
    ],
)


@compiled
def build_tree(X):
    """K-d tree over the points `X`, split in halves along the longest side of the box."""
    n, d = X.shape
    depth = 0
    while (n + (1 << depth) - 1) >> depth > LEAF:
        depth += 1
    n_leaves = 1 << depth
    points = X.copy()
    order = np.arange(n).astype(np.int32)
    starts = np.zeros(n_leaves + 1, np.int64)
    starts[n_leaves] = n
    low, high = np.empty((2 * n_leaves, d)), np.empty((2 * n_leaves, d))
    stack = np.empty((depth + 2, 3), np.int64)
    stack[0, 0], stack[0, 1], stack[0, 2] = 1, 0, n
    top = 1
    while top:
        top -= 1
        node, first, last = stack[top, 0], stack[top, 1], stack[top, 2]
        axis, widest = np.int64(0), -1.0
        for c in range(d):
            smallest, largest = np.inf, -np.inf
            for i in range(first, last):
                x = points[i, c]
                smallest = x if x < smallest else smallest
                largest = x if x > largest else largest
            low[node, c], high[node, c] = smallest, largest
            if largest - smallest > widest:
                axis, widest = c, largest - smallest
        if node >= n_leaves:
            starts[node - n_leaves] = first
            continue
        middle = first + (last - first + 1) // 2
        if widest > 0.0:
            halve(points, order, first, last - 1, middle, axis)
        stack[top, 0], stack[top, 1], stack[top, 2] = 2 * node + 1, middle, last
        stack[top + 1, 0], stack[top + 1, 1], stack[top + 1, 2] = 2 * node, first, middle
        top += 2
    block = np.full((n_leaves, d, LEAF), np.inf)
    for leaf in range(n_leaves):
        for i in range(starts[leaf], starts[leaf + 1]):
            for c in range(d):
                block[leaf, c, i - starts[leaf]] = points[i, c]
    return Tree(order, starts, block, low, high)


@compiled
def halve(points, order, a, b, middle, axis):
    """Sort rows a to b so far that none before `middle` is larger along `axis` than one after."""
    d = points.shape[1]
    while a < b:
        x, y, z = points[a, axis], points[(a + b) // 2, axis], points[b, axis]
        pivot = max(min(x, y), min(max(x, y), z))
        i, j = a, b
        while i <= j:
            while points[i, axis] < pivot:
                i += 1
            while points[j, axis] > pivot:
                j -= 1
            if i <= j:
                for c in range(d):
                    points[i, c], points[j, c] = points[j, c], points[i, c]
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if middle <= j:
            b = j
        elif middle >= i:
            a = i
        else:
            return


@compiled
def box_to_box(low, high, a, b):
    total = 0.0
    for c in range(low.shape[1]):
        gap = max(low[a, c] - high[b, c], low[b, c] - high[a, c], 0.0)
        total += gap * gap
    return total


@compiled
def _point_to_box(low, high, node, point):
    total = 0.0
    for c in range(low.shape[1]):
        gap = max(low[node, c] - point[c], point[c] - high[node, c], 0.0)
        total += gap * gap
    return total


@compiled
def _leaf_to_box(block, leaf, low, high, node, out):
    """Squared distances of the points of a leaf to the box of `node`."""
    for i in range(block.shape[2]):
        out[i] = 0.0
    for c in range(low.shape[1]):
        lo, hi = low[node, c], high[node, c]
        for i in range(block.shape[2]):
            x = block[leaf, c, i]
            gap = max(lo - x, x - hi, 0.0)
            out[i] += gap * gap


@compiled
def leaf_to_point(block, leaf, point, out):
    """Squared distances of the points of a leaf to `point`, summed in order of the axes."""
    d, size = block.shape[1], block.shape[2]
    if d >= 3:
        c = 3
        x, y, z = point[0], point[1], point[2]
        for i in range(size):
            p, q, r = block[leaf, 0, i] - x, block[leaf, 1, i] - y, block[leaf, 2, i] - z
            out[i] = p * p + q * q + r * r
    else:
        c = 0
        out[:] = 0.0
    while c + 4 <= d:
        x, y, z, t = point[c], point[c + 1], point[c + 2], point[c + 3]
        for i in range(size):
            p, q = block[leaf, c, i] - x, block[leaf, c + 1, i] - y
            r, s = block[leaf, c + 2, i] - z, block[leaf, c + 3, i] - t
            out[i] = out[i] + p * p + q * q + r * r + s * s
        c += 4
    while c < d:
        x = point[c]
        for i in range(size):
            p = block[leaf, c, i] - x
            out[i] += p * p
        c += 1


@compiled
def _insert(near, far, p, j, total):
    a = far.shape[1] - 1
    while a > 0 and total < far[p, a - 1]:
        far[p, a], near[p, a] = far[p, a - 1], near[p, a - 1]
        a -= 1
    far[p, a], near[p, a] = total, j


@compiled
def neighbours(tree, k, budget):
    """The `k` nearest other points of each point, nearest first, and their squared distances.

    Also returns what is left of `budget`, a number of nodes to look at. Gives up below 0.
    """
    order, starts, block, low, high = tree
    n, n_leaves, d = order.size, block.shape[0], block.shape[1]
    near = np.zeros((n, k), np.int32)
    far = np.full((n, k), np.inf)
    gaps, totals, point = np.empty(LEAF), np.empty(LEAF), np.empty(d)
    stack, stack_gap = np.empty(64, np.int64), np.empty(64)
    second = 0
    for leaf in range(n_leaves):
        second = watch(second)
        if second < 0:
            return near, far, _STOPPED
        home = n_leaves + leaf
        first, size = starts[leaf], starts[leaf + 1] - starts[leaf]
        if budget < 0:
            break
        reach = 0.0
        for i in range(size):
            p = first + i
            for c in range(d):
                point[c] = block[leaf, c, i]
            leaf_to_point(block, leaf, point, totals)
            for j in range(size):
                if totals[j] < far[p, k - 1] and j != i:
                    _insert(near, far, p, first + j, totals[j])
            reach = max(reach, far[p, k - 1])
        up = home
        while up > 1:
            stack[0], stack_gap[0] = up ^ 1, box_to_box(low, high, home, up ^ 1)
            top = 1
            while top:
                top -= 1
                node, gap = stack[top], stack_gap[top]
                budget -= 1
                if gap >= reach:
                    continue
                if node < n_leaves:
                    a, b = 2 * node, 2 * node + 1
                    a_gap, b_gap = box_to_box(low, high, home, a), box_to_box(low, high, home, b)
                    if b_gap < a_gap:
                        a, b, a_gap, b_gap = b, a, b_gap, a_gap
                    if b_gap < reach:
                        stack[top], stack_gap[top] = b, b_gap
                        top += 1
                    if a_gap < reach:
                        stack[top], stack_gap[top] = a, a_gap
                        top += 1
                    continue
                _leaf_to_box(block, leaf, low, high, node, gaps)
                there = node - n_leaves
                start, end = starts[there], starts[there + 1]
                reach = 0.0
                for i in range(size):
                    p = first + i
                    if gaps[i] < far[p, k - 1]:
                        budget -= 1
                        for c in range(d):
                            point[c] = block[leaf, c, i]
                        leaf_to_point(block, there, point, totals)
                        for j in range(end - start):
                            if totals[j] < far[p, k - 1]:
                                _insert(near, far, p, start + j, totals[j])
                    reach = max(reach, far[p, k - 1])
            up >>= 1
    return near, far, budget


@compiled
def _mark_nodes(starts, component, common):
    """Give each node the component of all its points, or -1 if they are of several."""
    n_leaves = starts.size - 1
    for leaf in range(n_leaves):
        c = component[starts[leaf]]
        for i in range(starts[leaf] + 1, starts[leaf + 1]):
            if component[i] != c:
                c = -1
                break
        common[n_leaves + leaf] = c
    for node in range(n_leaves - 1, 0, -1):
        c = common[2 * node]
        common[node] = c if c == common[2 * node + 1] else -1


@compiled
def _nearest_outside(tree, component, common, own, home, point, bound, totals, stack, stack_gap):
    """The point outside component `own` that is nearest to `point`, if it is nearer than `bound`.

    Returns that point and its squared distance, or -1 and `bound`; and how many nodes it looked at.
    `home` is the leaf of the point. The search goes up from there, and down into every sibling.
    """
    _, starts, block, low, high = tree
    n_leaves = block.shape[0]
    best, looked = -1, 0
    up, sibling = home, home
    while True:
        top = 0
        if common[sibling] != own:
            stack[0], stack_gap[0] = sibling, _point_to_box(low, high, sibling, point)
            top = 1
        while top:
            top -= 1
            node = stack[top]
            looked += 1
            if stack_gap[top] >= bound:
                continue
            if node >= n_leaves:
                leaf_to_point(block, node - n_leaves, point, totals)
                first, last = starts[node - n_leaves], starts[node - n_leaves + 1]
                for j in range(last - first):
                    if totals[j] < bound and component[first + j] != own:
                        best, bound = first + j, totals[j]
                continue
            near, far = 2 * node, 2 * node + 1
            near_gap = far_gap = np.inf
            if common[near] != own:
                near_gap = _point_to_box(low, high, near, point)
            if common[far] != own:
                far_gap = _point_to_box(low, high, far, point)
            if far_gap < near_gap:
                near, far, near_gap, far_gap = far, near, far_gap, near_gap
            if far_gap < bound:
                stack[top], stack_gap[top] = far, far_gap
                top += 1
            if near_gap < bound:
                stack[top], stack_gap[top] = near, near_gap
                top += 1
        if up == 1:
            return best, bound, looked
        sibling = up ^ 1
        up >>= 1


@compiled
def boruvka(X):
    """Euclidean minimum spanning tree of the points `X`.

    Returns edges of shape (n - 1, 2) and their lengths, in no particular order. O(n) memory. About
    O(n log n) time where trees help. Where they do not, as in high dimension, it changes to Prim's
    algorithm once it has done as much work, so that it takes at most about three times as long as
    Prim's.
    """
    n, d = X.shape
    edges = np.empty((max(n - 1, 0), 2), np.int64)
    lengths = np.empty(max(n - 1, 0))
    if n < 2:
        return edges, lengths
    tree = build_tree(X)
    order, starts, block = tree.order, tree.starts, tree.block
    n_leaves = block.shape[0]
    k = min(NEIGHBOURS, n - 1)
    near, far, budget = neighbours(tree, k, n * n // LEAF + 100 * n)

    if budget == _STOPPED:
        return edges, lengths
    if budget < 0:
        return prim(X)

    rank = np.zeros(n, np.int32)  # how many of near[p] are in the component of p
    outside = np.full(n, -1, np.int32)  # nearest point outside, once near[p] is used up
    seen = far[:, k - 1].copy()  # then: its squared distance, or no point outside is nearer
    parent = np.arange(n)
    component = np.arange(n).astype(np.int32)
    common = np.empty(2 * n_leaves, np.int32)
    best = np.empty(n)  # of each component: the squared length of the shortest way out
    best_from, best_to = np.empty(n, np.int32), np.empty(n, np.int32)
    totals, point = np.empty(LEAF), np.empty(d)
    stack, stack_gap = np.empty(64, np.int64), np.empty(64)

    found, second = 0, 0
    while found < n - 1:
        best[:] = np.inf
        before = found
        for p in range(n):
            own = component[p]
            while rank[p] < k and component[near[p, rank[p]]] == own:
                rank[p] += 1
            if rank[p] < k:
                q, total = near[p, rank[p]], far[p, rank[p]]
            else:
                q, total = outside[p], seen[p]
                if q < 0 or component[q] == own:
                    outside[p] = -1
                    continue
            other = component[q]
            if total < best[own]:
                best[own], best_from[own], best_to[own] = total, p, q
            if total < best[other]:
                best[other], best_from[other], best_to[other] = total, q, p

        _mark_nodes(starts, component, common)
        for leaf in range(n_leaves):
            second = watch(second)
            if second < 0:
                return edges, lengths
            for i in range(starts[leaf + 1] - starts[leaf]):
                p = starts[leaf] + i
                own = component[p]
                if rank[p] < k or outside[p] >= 0 or seen[p] >= best[own]:
                    continue
                for c in range(d):
                    point[c] = block[leaf, c, i]
                bound = best[own]  # look ahead, unless the component lies apart
                if bound < 4.0 * seen[p]:
                    bound *= AHEAD
                q, total, looked = _nearest_outside(
                    tree,
                    component,
                    common,
                    own,
                    n_leaves + leaf,
                    point,
                    bound,
                    totals,
                    stack,
                    stack_gap,
                )
                outside[p], seen[p] = q, total
                budget -= looked
                if budget < 0:
                    return prim(X)
                if q >= 0:
                    if total < best[own]:
                        best[own], best_from[own], best_to[own] = total, p, q
                    other = component[q]
                    if total < best[other]:
                        best[other], best_from[other], best_to[other] = total, q, p

        for c in range(n):
            if best[c] == np.inf or component[c] != c:
                continue
            p, q = best_from[c], best_to[c]
            a, b = find(parent, p), find(parent, q)
            if a != b:
                parent[b] = a
                edges[found, 0], edges[found, 1] = order[p], order[q]
                lengths[found] = np.sqrt(best[c])
                found += 1
        if found == before:  # squares beyond the largest float
            return prim(X)
        for p in range(n):
            component[p] = find(parent, p)
    return edges, lengths
