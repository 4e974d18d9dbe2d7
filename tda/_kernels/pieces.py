"""The pieces of a cloud whose points are joined where they are near: single linkage at one height.

No list of near pairs is made. Two boxes of a k-d tree whose points all are in one piece are passed
over; two that lie within reach as a whole are joined at once. So the more the points hang together,
the less there is to look at.
"""

import numpy as np

from ._compiled import compiled, watch
from .boruvka import box_to_box, build_tree, leaf_to_point
from .union_find import find


@compiled
def _reach_of_boxes(low, high, a, b):
    """The largest squared distance that points of two boxes can have."""
    total = 0.0
    for c in range(low.shape[1]):
        gap = max(high[a, c] - low[b, c], high[b, c] - low[a, c])
        total += gap * gap
    return total


@compiled
def _unite(parent, a, b):
    a, b = find(parent, a), find(parent, b)
    if a != b:
        parent[max(a, b)] = min(a, b)


@compiled
def _is_one(one, parent, first, node):
    """Whether all points of a node are known to be in one piece."""
    if not one[node] and 2 * node < one.size:
        a, b = 2 * node, 2 * node + 1
        if one[a] and one[b] and find(parent, first[a]) == find(parent, first[b]):
            one[node] = True
    return one[node]


@compiled
def _all_in_one(parent, start, end):
    root = find(parent, start)
    for i in range(start + 1, end):
        if find(parent, i) != root:
            return False
    return True


@compiled
def pieces_within(X, reach):
    """The piece of each row: rows at most `reach` apart are in one. Pieces count from row 0 on."""
    n, d = X.shape
    tree = build_tree(X)
    order, starts, block, low, high = tree
    n_leaves = block.shape[0]
    limit = reach * reach * (1.0 + 1e-12)
    parent = np.arange(n)
    one = np.zeros(2 * n_leaves, np.bool_)
    first, last = np.zeros(2 * n_leaves, np.int64), np.zeros(2 * n_leaves, np.int64)
    totals, point = np.empty(block.shape[2]), np.empty(d)
    stack = np.empty((512, 2), np.int64)
    second = 0
    for leaf in range(n_leaves):
        start, end = starts[leaf], starts[leaf + 1]
        first[n_leaves + leaf], last[n_leaves + leaf] = start, end
        for i in range(end - start):
            for c in range(d):
                point[c] = block[leaf, c, i]
            leaf_to_point(block, leaf, point, totals)
            for j in range(i):
                if totals[j] <= limit:
                    _unite(parent, start + i, start + j)
        one[n_leaves + leaf] = _all_in_one(parent, start, end)
    for node in range(n_leaves - 1, 0, -1):
        first[node], last[node] = first[2 * node], last[2 * node + 1]
        stack[0, 0], stack[0, 1] = 2 * node, 2 * node + 1
        top = 1
        while top:
            second = watch(second)
            if second < 0:
                return np.zeros(n, np.int64)
            top -= 1
            a, b = stack[top, 0], stack[top, 1]
            if box_to_box(low, high, a, b) > limit:
                continue
            whole_a, whole_b = _is_one(one, parent, first, a), _is_one(one, parent, first, b)
            if whole_a and whole_b and find(parent, first[a]) == find(parent, first[b]):
                continue
            if _reach_of_boxes(low, high, a, b) <= limit:
                for i in range(first[a], first[a] + 1 if whole_a else last[a]):
                    _unite(parent, i, first[b])
                for i in range(first[b], first[b] + 1 if whole_b else last[b]):
                    _unite(parent, i, first[a])
                one[a], one[b] = True, True
                continue
            if a >= n_leaves and b >= n_leaves:
                there = b - n_leaves
                for i in range(first[a], last[a]):
                    for c in range(d):
                        point[c] = block[a - n_leaves, c, i - first[a]]
                    leaf_to_point(block, there, point, totals)
                    for j in range(last[b] - first[b]):
                        if totals[j] <= limit:
                            _unite(parent, i, first[b] + j)
                one[a] = whole_a or _all_in_one(parent, first[a], last[a])
                one[b] = whole_b or _all_in_one(parent, first[b], last[b])
                continue
            if a < n_leaves and (b >= n_leaves or last[a] - first[a] >= last[b] - first[b]):
                a, b = b, a  # now b is the one to halve
            near, far = 2 * b, 2 * b + 1
            if box_to_box(low, high, a, far) < box_to_box(low, high, a, near):
                near, far = far, near
            stack[top, 0], stack[top, 1] = a, far
            stack[top + 1, 0], stack[top + 1, 1] = a, near
            top += 2
        _is_one(one, parent, first, node)
    roots = np.empty(n, np.int64)
    for i in range(n):
        roots[order[i]] = find(parent, i)
    names, labels, found = np.full(n, -1, np.int64), np.empty(n, np.int64), 0
    for i in range(n):
        if names[roots[i]] < 0:
            names[roots[i]] = found
            found += 1
        labels[i] = names[roots[i]]
    return labels
