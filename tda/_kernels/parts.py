"""Degree 0 in parts: Kruskal's algorithm over edges of many parts, and components of one block."""

import numpy as np

from ._compiled import compiled, watch
from .growing import longer, longer_table
from .union_find import find


@compiled
def kruskal(n, pairs, lengths, order, root):
    """Which edges make up a spanning tree, and how far each of `n` points is from `root` by steps.

    `order` lists the edges, shortest first. The distance is the longest step of the path in the
    tree, which is the least that any path has; it is infinite where there is none.
    """
    taken = np.zeros(order.size, np.bool_)
    reach = np.full(n, np.inf)
    reach[root] = 0.0
    parent = np.arange(n)
    following = np.full(n, -1)  # the members of a component, as a list from its root on
    last = np.arange(n)
    second = 0
    for k in range(order.size):
        if k & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        e = order[k]
        a, b = find(parent, pairs[e, 0]), find(parent, pairs[e, 1])
        if a == b:
            continue
        taken[e] = True
        home = find(parent, root)
        if home == b:
            a, b = b, a
        if home == a:
            i = b
            while i >= 0:
                reach[i] = lengths[e]
                i = following[i]
        parent[b] = a
        following[last[a]] = b
        last[a] = last[b]
    return taken, reach


@compiled
def elder(births, pairs, times, order):
    """Bars of the components of a graph whose vertices and edges enter in time.

    Returns the deaths of the vertices with which components begin: NaN for those that begin none,
    infinity for the one that stays in each piece.
    """
    n = births.size
    parent = np.arange(n)
    deaths = np.full(n, np.inf)
    second = 0
    for k in range(order.size):
        if k & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        e = order[k]
        a, b = find(parent, pairs[e, 0]), find(parent, pairs[e, 1])
        if a == b:
            continue
        if births[b] < births[a]:
            a, b = b, a
        parent[b] = a  # the root of a component is the vertex with which it began
        deaths[b] = times[e] if times[e] > births[b] else np.nan
    return deaths


@compiled
def block_components(values, order, steps, border):
    """Components of one block of an image: bars that are finished in it, and a graph of the others.

    Parameters
    ----------
    values : (a, b, c) floats
    order : (a * b * c,) ints
        Flat pixels as they enter.
    steps : (m, 3) ints
        Towards the neighbours of a pixel.
    border : (a * b * c,) bools
        The pixels that have neighbours in other blocks.

    Returns
    -------
    bars : (n_bars, 2) floats
    edges : (n_edges, 2) ints
        Pixels that begin a component or are on the border.
    times : (n_edges,) floats
    """
    a, b, c = values.shape
    flat = values.ravel()
    parent = np.full(flat.size, -1)
    begun = np.zeros(flat.size, np.int64)  # of a root: the pixel with which its component began
    since = np.zeros(flat.size, np.int64)  # and when, as a place in the order
    open_ = border.copy()  # of a root: whether the component is on the border
    bars, n_bars = np.empty((64, 2)), 0
    edges, times, n_edges = np.empty((64, 2), np.int64), np.empty(64), 0
    second = 0
    for k in range(order.size):
        if k & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        p = order[k]
        parent[p], begun[p], since[p] = p, p, k
        i, rest = p // (b * c), p % (b * c)
        j, h = rest // c, rest % c
        for s in range(steps.shape[0]):
            x, y, z = i + steps[s, 0], j + steps[s, 1], h + steps[s, 2]
            if x < 0 or y < 0 or z < 0 or x >= a or y >= b or z >= c:
                continue
            q = (x * b + y) * c + z
            if parent[q] < 0:
                continue
            old, young = find(parent, p), find(parent, q)
            if old == young:
                continue
            if since[old] > since[young]:
                old, young = young, old
            if open_[young]:
                if n_edges == times.size:
                    edges, times = longer_table(edges), longer(times)
                edges[n_edges, 0], edges[n_edges, 1] = begun[old], begun[young]
                times[n_edges] = flat[p]
                n_edges += 1
                open_[old] = True
            elif flat[begun[young]] < flat[p]:
                if n_bars == bars.shape[0]:
                    bars = longer_table(bars)
                bars[n_bars, 0], bars[n_bars, 1] = flat[begun[young]], flat[p]
                n_bars += 1
            parent[young] = old
    return bars[:n_bars], edges[:n_edges], times[:n_edges]
