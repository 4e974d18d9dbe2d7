"""Extended persistence of a function on the vertices of a graph, in near-linear time.

Ordinary and relative pairs are two passes of union-find, one upward and one downward. A loop is
paired by a forest that takes the edges from below, and of every cycle gives up the edge that
comes last from above. The forest is kept as links in a rooted tree. Priorities that look random
fall along the links, and the ranks of the links rise towards the root, so paths are short.
"""

import numpy as np

from ._compiled import compiled, watch
from .sorting import argsort_values
from .union_find import find


@compiled
def extended_pairs(f, edges):
    """Pairs of vertices, birth and death, of a function on the vertices of a simple graph.

    Returns the ordinary, the relative and the two kinds of extended pairs, each as an array of
    shape (n_pairs, 2); those whose two vertices are one are left out of the first two.
    """
    n, m = f.size, edges.shape[0]
    order = argsort_values(f)
    rank = np.empty(n, np.int64)
    for i in range(n):
        rank[order[i]] = i
    low, high = np.empty(m, np.int64), np.empty(m, np.int64)  # ends of the edges, as ranks
    for e in range(m):
        a, b = rank[edges[e, 0]], rank[edges[e, 1]]
        low[e], high[e] = min(a, b), max(a, b)
    from_below, from_above = order_by_rank(high, n), order_by_rank(low, n)[::-1]
    up, ordinary = join_components(low, high, from_below, n, True)
    down, relative = join_components(low, high, from_above, n, False)
    components = np.empty((n, 2), np.int64)
    n_components = 0
    for i in range(n):
        if up[i] == i:
            components[n_components, 0] = i
            components[n_components, 1] = find(down, i)
            n_components += 1
    loops = pair_loops(low, high, from_below, from_above, n)
    components = components[:n_components]
    for pairs in (ordinary, relative, components, loops):
        for k in range(pairs.shape[0]):
            pairs[k, 0], pairs[k, 1] = order[pairs[k, 0]], order[pairs[k, 1]]
    return ordinary, relative, components, loops


@compiled
def order_by_rank(ranks, n):
    """The stable order of integers below `n`, by counting."""
    starts = np.zeros(n + 1, np.int64)
    for e in range(ranks.size):
        starts[ranks[e] + 1] += 1
    for i in range(n):
        starts[i + 1] += starts[i]
    order = np.empty(ranks.size, np.int64)
    for e in range(ranks.size):
        order[starts[ranks[e]]] = e
        starts[ranks[e]] += 1
    return order


@compiled
def join_components(low, high, order, n, upward):
    """Union-find along the edges: the roots, and where each component began and was joined."""
    parent = np.arange(n)
    pairs = np.empty((n, 2), np.int64)
    n_pairs, second = 0, 0
    for k in range(order.size):
        if k & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        e = order[k]
        a, b = find(parent, low[e]), find(parent, high[e])
        if a == b:
            continue
        older, younger = (min(a, b), max(a, b)) if upward else (max(a, b), min(a, b))
        parent[younger] = older
        at = high[e] if upward else low[e]
        if younger != at:
            pairs[n_pairs, 0], pairs[n_pairs, 1] = younger, at
            n_pairs += 1
    return parent, pairs[:n_pairs]


@compiled
def pair_loops(low, high, from_below, from_above, n):
    """For every independent loop its highest vertex, as low as can be, and its lowest one."""
    m = low.size
    place = np.empty(m, np.int64)  # in the order from above
    for k in range(m):
        place[from_above[k]] = k
    parent, link = np.arange(n), np.full(n, m)  # the place of the edge to the parent
    pairs = np.empty((m, 2), np.int64)
    n_pairs, second = 0, 0
    for k in range(m):
        if k & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        e = from_below[k]
        last = insert_link(parent, link, low[e], high[e], place[e])
        if last >= 0:
            pairs[n_pairs, 0], pairs[n_pairs, 1] = high[e], low[from_above[last]]
            n_pairs += 1
    return pairs[:n_pairs]


@compiled
def insert_link(parent, link, u, v, w):
    """Put an edge into the forest; the place of the edge that leaves it, or -1 if none does."""
    while True:
        while link[u] < w:
            u = parent[u]
        while link[v] < w:
            v = parent[v]
        if u == v:
            return w
        if priority(u) > priority(v):
            u, v = v, u
        above, before = parent[u], link[u]
        parent[u], link[u] = v, w
        if above == u:
            return -1
        u, v, w = v, above, before  # the link that stood here before goes in higher up


@compiled
def priority(i):
    """Numbers in an order without a pattern, all different."""
    x = np.uint64(i) * np.uint64(0x9E3779B97F4A7C15)
    x ^= x >> np.uint64(32)
    x *= np.uint64(0xD6E8FEB86659FD93)
    return x ^ (x >> np.uint64(32))
