"""Loops of a graph filled with its triangles: each edge is labelled with its share of them.

The labels are bits, one for each independent loop, such that the three labels of a triangle add
up to 0 over Z/2. So the labels along a closed path add up to the class of that path, and 0 says
that it bounds (annotations: Busaryev, Cabello, Chen, Dey, Wang, SWAT 2012). Vertices come one
by one, breadth first, each with its edges to earlier vertices. Those that hang together by
triangles get their labels from each other; of every other piece the first edge closes a new loop.
A triangle whose labels do not add up to 0 fills a loop: its youngest bit leaves all labels.
"""

import numpy as np

from ._compiled import compiled, watch
from .bits import ONE, ZERO, highest
from .growing import longer


@compiled
def breadth_first(starts, neighbors):
    """The vertices breadth first, and for each the first vertex of its component."""
    n = starts.size - 1
    order, root = np.empty(n, np.int64), np.full(n, -1)
    size = 0
    for s in range(n):
        if root[s] >= 0:
            continue
        root[s] = s
        order[size] = s
        at = size
        size += 1
        while at < size:
            v = order[at]
            at += 1
            for k in range(starts[v], starts[v + 1]):
                w = neighbors[k]
                if root[w] < 0:
                    root[w] = s
                    order[size] = w
                    size += 1
    return order, root


@compiled
def annotate(starts, neighbors, edge_of, order, filled):
    """Labels of all edges, a forest of them, and the edge that made each loop that is left.

    Parameters
    ----------
    starts, neighbors, edge_of : int64 arrays
        The graph by rows: ``neighbors[starts[v]:starts[v + 1]]``, and the number of each edge.
    order : int64 array of shape (n_vertices,)
        The vertices breadth first.
    filled : bool
        Whether three vertices that are joined make a triangle.

    Returns
    -------
    labels : uint64 array of shape (n_edges, n_words)
    parent, parent_edge : int64 arrays of shape (n_vertices,)
        The forest, whose edges have the label 0; -1 at its roots.
    makers : int64 array of shape (64 * n_words,)
        For each bit an edge with this bit alone, which closes a loop with the forest, or -1 for a
        bit that is not used.
    """
    n, n_edges = starts.size - 1, neighbors.size // 2
    words = 1
    labels = np.zeros(max(n_edges, 1), np.uint64)  # flat, in rows of `words`
    parent, parent_edge = np.full(n, -1), np.full(n, -1)
    makers, born = np.full(64, -1), np.full(64, -1)  # by bit: its edge, and when that came
    free = np.arange(63, -1, -1)  # bits that are not used, the next one last
    n_free = 64
    done = np.empty(max(n_edges, 1), np.int64)  # edges as they were labelled
    n_done = 0
    rank = np.full(n, n)
    spoke = np.full(n, -1)  # of each earlier neighbour the edge to it
    reached = np.full(n, -1)  # the last vertex for which a neighbour has its label
    queue = np.empty(n, np.int64)
    relation = np.zeros(1, np.uint64)
    second = 0
    for place in range(n):
        second = watch(second)
        if second < 0:
            break
        v = order[place]
        rank[v] = place
        for k in range(starts[v], starts[v + 1]):
            if rank[neighbors[k]] < place:
                spoke[neighbors[k]] = edge_of[k]
        for first in range(starts[v], starts[v + 1]):
            a = neighbors[first]
            if rank[a] >= place or reached[a] == v:
                continue
            # The first edge of a piece: one of the forest, or the maker of a loop.
            e = edge_of[first]
            reached[a] = v
            if parent[v] < 0:
                parent[v], parent_edge[v] = a, e
            else:
                if n_free == 0:
                    labels = wider(labels, words)
                    free = longer(free)
                    makers, born = with_empty(makers), with_empty(born)
                    n_free = 64 * words
                    for i in range(n_free):
                        free[i] = 2 * n_free - 1 - i
                    words *= 2
                    relation = np.zeros(words, np.uint64)
                n_free -= 1
                bit = free[n_free]
                makers[bit], born[bit] = e, n_done
                labels[e * words + (bit >> 6)] = ONE << np.uint64(bit & 63)
            done[n_done] = e
            n_done += 1
            if not filled:
                continue
            queue[0] = a
            at, size = 0, 1
            while at < size:
                w = queue[at]
                at += 1
                e = spoke[w]
                for k in range(starts[w], starts[w + 1]):
                    x = neighbors[k]
                    f = spoke[x]
                    if f < 0:
                        continue
                    g = edge_of[k]
                    if reached[x] != v:
                        reached[x] = v
                        for i in range(words):
                            labels[f * words + i] = labels[e * words + i] ^ labels[g * words + i]
                        done[n_done] = f
                        n_done += 1
                        queue[size] = x
                        size += 1
                        continue
                    fills = False
                    for i in range(words):
                        relation[i] = (
                            labels[e * words + i] ^ labels[g * words + i] ^ labels[f * words + i]
                        )
                        fills = fills or relation[i] != ZERO
                    if fills:
                        bit = youngest(relation, born)
                        for j in range(born[bit], n_done):
                            row = done[j] * words
                            if (labels[row + (bit >> 6)] >> np.uint64(bit & 63)) & ONE:
                                for i in range(words):
                                    labels[row + i] ^= relation[i]
                        makers[bit] = -1
                        free[n_free] = bit
                        n_free += 1
        for k in range(starts[v], starts[v + 1]):
            spoke[neighbors[k]] = -1
    return labels.reshape(labels.size // words, words)[:n_edges], parent, parent_edge, makers


@compiled
def youngest(relation, born):
    """The bit of a relation whose maker came last."""
    best = -1
    for i in range(relation.size):
        word = relation[i]
        while word != ZERO:
            bit = highest(word)
            word ^= ONE << np.uint64(bit)
            bit += 64 * i
            if best < 0 or born[bit] > born[best]:
                best = bit
    return best


@compiled
def wider(labels, words):
    """Rows of twice as many words."""
    rows = labels.size // words
    bigger = np.zeros(2 * labels.size, np.uint64)
    for r in range(rows):
        for i in range(words):
            bigger[2 * r * words + i] = labels[r * words + i]
    return bigger


@compiled
def with_empty(numbers):
    """Twice as many numbers, the new ones -1."""
    bigger = np.full(2 * numbers.size, -1)
    bigger[: numbers.size] = numbers
    return bigger


@compiled
def classes_of_loops(order, parent, parent_edge, edges, makers, inclusion, labels):
    """The classes, in a larger complex, of the loops that makers close with a forest.

    Edge e of the smaller complex joins the vertices ``edges[e]`` and is edge ``inclusion[e]`` of
    the larger one, which has the `labels`. Returns one row of words for each bit of `makers`.
    """
    words = labels.shape[1]
    potential = np.zeros((order.size, words), np.uint64)  # the labels on the way to the root
    for v in order:
        if parent[v] >= 0:
            e = inclusion[parent_edge[v]]
            for i in range(words):
                potential[v, i] = potential[parent[v], i] ^ labels[e, i]
    classes = np.zeros((makers.size, words), np.uint64)
    for bit in range(makers.size):
        if makers[bit] < 0:
            continue
        a, b = edges[makers[bit], 0], edges[makers[bit], 1]
        e = inclusion[makers[bit]]
        for i in range(words):
            classes[bit, i] = potential[a, i] ^ potential[b, i] ^ labels[e, i]
    return classes
