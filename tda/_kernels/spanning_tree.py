"""Euclidean minimum spanning trees, and the components that one builds edge by edge."""

import numpy as np

from ._compiled import compiled, watch
from .union_find import find


@compiled
def prim(X):
    """Minimum spanning tree of the points `X`, by Prim's algorithm on distances made on the fly.

    Returns edges of shape (n - 1, 2) and their lengths, in the order in which they were added.
    O(n**2) time, O(n) memory.
    """
    n, d = X.shape
    edges = np.empty((max(n - 1, 0), 2), np.int64)
    lengths = np.empty(max(n - 1, 0))
    left = max(n - 1, 0)
    # The points outside the tree, kept dense: plain loops over them, several at once.
    rest, link = np.empty(left, np.int64), np.empty(left, np.int64)
    columns = np.empty((d, left))
    nearest, totals = np.empty(left), np.empty(left)  # squared distances: to the tree, to here
    bits = nearest.view(np.int64)  # sorted as they are, for they are not negative
    for a in range(left):
        rest[a], link[a], nearest[a] = a + 1, 0, np.inf
        for c in range(d):
            columns[c, a] = X[a + 1, c]
    here, second = 0, 0
    for step in range(n - 1):
        second = watch(second)
        if second < 0:
            break
        for a in range(left):
            totals[a] = 0.0
        for c in range(d):
            x = X[here, c]
            for a in range(left):
                diff = x - columns[c, a]
                totals[a] += diff * diff
        for a in range(left):
            closer = totals[a] < nearest[a]
            nearest[a] = totals[a] if closer else nearest[a]
            link[a] = here if closer else link[a]
        best = bits[0]
        for a in range(left):
            best = min(best, bits[a])
        best_at = 0
        while bits[best_at] != best:
            best_at += 1
        j = rest[best_at]
        edges[step, 0], edges[step, 1] = link[best_at], j
        lengths[step] = np.sqrt(nearest[best_at])
        left -= 1
        rest[best_at], link[best_at] = rest[left], link[left]
        nearest[best_at] = nearest[left]
        for c in range(d):
            columns[c, best_at] = columns[c, left]
        here = j
    return edges, lengths


@compiled
def prim_matrix(D):
    """Minimum spanning forest of a distance matrix; edges of infinite length join its parts."""
    n = D.shape[0]
    edges = np.empty((max(n - 1, 0), 2), np.int64)
    lengths = np.empty(max(n - 1, 0))
    nearest = np.full(n, np.inf)
    link = np.zeros(n, np.int64)
    rest = np.arange(1, n)
    left = n - 1
    here, second = 0, 0
    for step in range(n - 1):
        second = watch(second)
        if second < 0:
            break
        best, best_at = np.inf, 0
        for a in range(left):
            j = rest[a]
            if D[here, j] < nearest[j]:
                nearest[j] = D[here, j]
                link[j] = here
            if nearest[j] < best:
                best, best_at = nearest[j], a
        j = rest[best_at]
        edges[step, 0], edges[step, 1], lengths[step] = link[j], j, best
        left -= 1
        rest[best_at] = rest[left]
        here = j
    return edges, lengths


@compiled
def elder_rule(edges, n):
    """For each edge of a forest, shortest first, a point of the component that it ends."""
    parent = np.arange(n)
    points = np.empty(edges.shape[0], np.int64)
    for e in range(edges.shape[0]):
        a, b = find(parent, edges[e, 0]), find(parent, edges[e, 1])
        parent[b] = a
        points[e] = b
    return points


@compiled
def large_components(edges, lengths, n, min_size):
    """Persistence of the components that hold at least `min_size` points.

    `edges` are those of a spanning tree in the order of `lengths`. A component is born when it
    first holds `min_size` points. Where two that are born meet, the one born later dies. Returns
    births, deaths, a point of each component that dies, and the edge that ends it.
    """
    parent = np.arange(n)
    size = np.ones(n, np.int64)
    birth = np.full(n, 0.0 if min_size <= 1 else np.inf)
    births, deaths = np.empty(max(n - 1, 0)), np.empty(max(n - 1, 0))
    points, ends = np.empty(max(n - 1, 0), np.int64), np.empty(max(n - 1, 0), np.int64)
    found = 0
    for e in range(edges.shape[0]):
        a, b = find(parent, edges[e, 0]), find(parent, edges[e, 1])
        if birth[a] > birth[b] or (birth[a] == birth[b] and size[a] < size[b]):
            a, b = b, a  # a is the elder
        if birth[b] < np.inf:
            births[found], deaths[found] = birth[b], lengths[e]
            points[found], ends[found] = b, e
            found += 1
        parent[b] = a
        size[a] += size[b]
        if birth[a] == np.inf and size[a] >= min_size:
            birth[a] = lengths[e]
    return births[:found], deaths[:found], points[:found], ends[:found]
