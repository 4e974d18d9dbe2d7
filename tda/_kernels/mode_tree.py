"""Hill climbing on a graph, and the tree in which its hills merge: the pass of ToMATo."""

import numpy as np

from ._compiled import compiled, watch
from .union_find import find


@compiled
def climb(starts, neighbors, order, rank):
    """The hill of every point, and the saddles at which hills meet.

    Points come in falling order of density; one without a denser neighbour is the peak of a new
    hill, any other goes to the hill of its densest neighbour. Where its neighbours lie on hills
    that have not met yet, these meet here.

    Parameters
    ----------
    starts, neighbors : int arrays of a graph in compressed rows
    order : (n,) points, the densest first
    rank : (n,) the place of each point in `order`

    Returns
    -------
    hill : (n,) of each point, hills numbered from the highest peak down
    peaks : (n_hills,) the point at the top of each hill
    saddles : (n_saddles,) the point at which two hills meet
    pairs : (n_saddles, 2) the hills on both sides of it
    ends : (n_saddles,) the hill that ends there: its peak is the lower of the two peaks of all
        that has met on either side
    """
    n = order.size
    hill = np.empty(n, np.int32)  # by rank
    peaks = np.empty(n, np.int64)
    size, n_hills, n_saddles = 64, 0, 0
    parent, height, top = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    saddles, ends = np.empty(n, np.int64), np.empty(n, np.int32)
    pairs = np.empty((n, 2), np.int32)
    roots, touched = np.empty(size, np.int32), np.empty(size, np.int32)
    second = 0
    for i in range(n):
        if i & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        point = order[i]
        best, met = i, 0
        for e in range(starts[point], starts[point + 1]):
            k = rank[neighbors[e]]
            if k >= i:
                continue
            best = min(best, k)
            one = find(parent, hill[k])
            seen = False
            for a in range(met):
                if roots[a] == one:
                    seen = True
                    break
            if seen:
                continue
            if met == size:
                size *= 2
                more, others = np.empty(size, np.int32), np.empty(size, np.int32)
                for a in range(met):
                    more[a], others[a] = roots[a], touched[a]
                roots, touched = more, others
            # Kept in order of the roots, so that the order of neighbours does not matter.
            a = met
            while a > 0 and roots[a - 1] > one:
                roots[a], touched[a] = roots[a - 1], touched[a - 1]
                a -= 1
            roots[a], touched[a] = one, hill[k]
            met += 1
        if best == i:
            hill[i] = n_hills
            peaks[n_hills] = point
            parent[n_hills], height[n_hills], top[n_hills] = n_hills, 0, n_hills
            n_hills += 1
            continue
        own = hill[best]
        hill[i] = own
        if met < 2:
            continue
        here = find(parent, own)
        first = here
        for a in range(met):
            if roots[a] == first:
                continue
            there = roots[a]
            lower, upper = max(top[here], top[there]), min(top[here], top[there])
            saddles[n_saddles], ends[n_saddles] = point, lower
            pairs[n_saddles, 0], pairs[n_saddles, 1] = own, touched[a]
            n_saddles += 1
            if height[here] > height[there]:
                parent[there] = here
            else:
                parent[here] = there
                if height[here] == height[there]:
                    height[there] += 1
                here = there
            top[here] = upper
    labels = np.empty(n, np.int32)
    for i in range(n):
        labels[order[i]] = hill[i]
    return (
        labels,
        peaks[:n_hills].copy(),
        saddles[:n_saddles].copy(),
        pairs[:n_saddles].copy(),
        ends[:n_saddles].copy(),
    )


@compiled
def join_hills(pairs, n_hills, n_joins):
    """A label for each hill once the first `n_joins` pairs are joined.

    Labels count from 0 in order of the highest peak of each cluster.
    """
    parent = np.arange(n_hills)
    for e in range(n_joins):
        a, b = find(parent, pairs[e, 0]), find(parent, pairs[e, 1])
        parent[max(a, b)] = min(a, b)  # hills are numbered from the highest peak down
    names = np.full(n_hills, -1, np.int64)
    n_names = 0
    for h in range(n_hills):
        root = find(parent, h)
        if names[root] < 0:
            names[root] = n_names
            n_names += 1
        names[h] = names[root]
    return names
