"""Farthest points on a k-d tree: each landmark looks only at what it may bring nearer.

Every node of the tree knows how far the farthest of its points is from the landmarks so far. A new
landmark changes nothing in a node whose box is farther than that; the next landmark is the farthest
point of the root. A new landmark thus looks at the points around it alone, about n/k of them after
k landmarks in few dimensions, O(n log n) in all, where a plain loop takes O(n) for each.

Distances to boxes add up in the same order as distances between points, and rounding is monotone,
so that no box is ever farther than a point in it: the answer is that of the plain loop, to the
last bit. The tree is complete: node i has the children 2 i and 2 i + 1, node 1 is the root, and
the leaves, of nearly equal sizes, are the last nodes. Points are sorted in place, leaf by leaf.
"""

import numpy as np

from ._compiled import compiled, watch
from .boruvka import halve

LEAF = 32  # most points in a leaf: of 8 to 128 the fastest in space


@compiled
def farthest_points_tree(points, most, start, radius):
    """Rows of landmarks, each the point farthest from those before, and their reach.

    Ends after `most` landmarks, or when all points are within `radius` of one. The `points` are
    sorted in place. Among points equally far the first row is taken.
    """
    n, d = points.shape
    depth = 0
    while (n + (1 << depth) - 1) >> depth > LEAF:
        depth += 1
    n_leaves = 1 << depth
    order = np.empty(n, np.int32)
    for i in range(n):
        order[i] = i
    starts = np.full(n_leaves + 1, n, np.int64)
    low, high = np.empty((2 * n_leaves, d)), np.empty((2 * n_leaves, d))
    here = points[start].copy()
    _sort(points, order, starts, low, high, depth)

    nearest = np.full(n, np.inf)
    far = np.full(2 * n_leaves, np.inf)
    far_at = np.zeros(2 * n_leaves, np.int64)
    chosen, reach = np.empty(most, np.int64), np.empty(most)
    seen = np.empty(2 * n_leaves, np.int64)
    stack = np.empty(depth + 2, np.int64)
    row, count, second = start, 0, 0
    while count < most:
        second = watch(second)
        if second < 0:
            break
        chosen[count] = row
        stack[0], top, inner = 1, 1, 0
        while top:
            top -= 1
            node = stack[top]
            total = 0.0
            for c in range(d):
                gap = max(low[node, c] - here[c], here[c] - high[node, c], 0.0)
                total += gap * gap
            if total >= far[node]:
                continue
            if node < n_leaves:
                seen[inner] = node
                inner += 1
                stack[top], stack[top + 1] = 2 * node + 1, 2 * node
                top += 2
                continue
            most_far, at = -1.0, 0
            for i in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
                total = 0.0
                for c in range(d):
                    diff = points[i, c] - here[c]
                    total += diff * diff
                if total < nearest[i]:
                    nearest[i] = total
                if nearest[i] > most_far or (nearest[i] == most_far and order[i] < order[at]):
                    most_far, at = nearest[i], i
            far[node], far_at[node] = most_far, at
        for k in range(inner - 1, -1, -1):  # children before parents
            node = seen[k]
            a, b = 2 * node, 2 * node + 1
            if far[b] > far[a] or (far[b] == far[a] and order[far_at[b]] < order[far_at[a]]):
                a = b
            far[node], far_at[node] = far[a], far_at[a]
        reach[count] = np.sqrt(far[1])
        count += 1
        if reach[count - 1] <= radius:
            break
        row = order[far_at[1]]
        for c in range(d):
            here[c] = points[far_at[1], c]
    return chosen[:count], reach[:count]


@compiled
def _sort(points, order, starts, low, high, depth):
    """Sort the points leaf by leaf, in halves along the longest side of each box."""
    n, d = points.shape
    n_leaves = 1 << depth
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
