"""Loops of a complex by homology class: a word for each edge, and the shortest path of a class."""

from __future__ import annotations

import heapq

import numpy as np

__all__ = ["LoopWords", "Walks", "shortest_loop"]

_SEARCHES = 4000  # of clusters of starting points, for one loop
_SHORT_CUT = 50  # vertices; no shorter one is looked for
_UNGUIDED = 5  # of them before the distances to all ends are found, to guide the others
_PAIRS = 4_000_000  # of vertices and words in one search
_NO_GUIDE = (
    np.full(1, -1, dtype=np.int32),
    np.empty(0, dtype=np.int32),
    np.empty(0, dtype=np.uint64),
    np.empty(0),
)


class Walks:
    """A graph whose edges enter in order, for walks among the first of them.

    Parameters
    ----------
    n_points : int
    edges : int array of shape (n_edges, 2)
    lengths : array of shape (n_edges,)
    """

    def __init__(self, n_points, edges, lengths):
        ends = np.ascontiguousarray(edges).reshape(-1)
        order = np.argsort(ends, kind="stable")  # rising numbers of edges at each vertex
        begins = np.searchsorted(ends[order], np.arange(n_points + 1))
        other, edge = ends[order ^ 1], order >> 1
        self.edges, self.lengths = edges, np.ascontiguousarray(lengths, dtype=np.float64)
        self._graph = begins.astype(np.int64), edge.astype(np.int32), other.astype(np.int32)
        self._none = np.zeros(len(edges), dtype=np.uint64)

    def numbers(self, path):
        """The number of each edge of a closed path; of parallel edges the first."""
        begins, edge, other = self._graph
        found = []
        for v, u in zip(path, np.roll(path, -1), strict=True):
            here = slice(begins[v], begins[v + 1])
            found.append(edge[here][np.argmax(other[here] == u)])
        return np.array(found, dtype=np.int64)

    def search(
        self, sources, goal, *, n_edges, words=None, target=0, bound=np.inf, guide=_NO_GUIDE
    ):
        """Length and vertices of the shortest walk, and the pairs that were met.

        As `_kernels.cycles.shortest_walk` has them.
        """
        from ..._kernels.cycles import shortest_walk

        return shortest_walk(
            self._graph,
            self.lengths,
            self._none if words is None else words,
            n_edges,
            np.asarray(sources, dtype=np.int64),
            goal,
            np.uint64(target),
            float(bound),
            _PAIRS,
            guide,
        )


def shortest_loop(walks, n_edges, words, target, start, places, *, bound=np.inf):
    """The shortest closed path whose edges have words of sum `target`, and whether that is sure.

    Parameters
    ----------
    walks : Walks
    n_edges : int
        Only the first edges are there.
    words : uint64 array of shape (n_edges,)
        The lowest bits are a cocycle that `target` has too: the path crosses an odd number of the
        edges where it is 1, so it passes one of their ends.
    target : uint64
    start : int
        A vertex that a path of this class passes.
    places : array of shape (n_points, any)
        Coordinates that split the ends into clusters.
    bound : float, default=inf
        Paths of this length or longer are not looked for.

    Returns
    -------
    length : float
    path : ndarray of int64
        Vertices in order; empty if there is no path.
    low : float
        No path of the class is shorter; below `length` only where the search was given up.

    Notes
    -----
    Branch and bound: the shortest walk of the class from anywhere in a cluster of ends to anywhere
    in it is no longer than a closed path through one of them. A cluster whose walk is too long is
    left out; of others both halves are looked at. The distances to all ends guide the searches.
    """
    words, ends = _shorter_cut(walks, n_edges, words)
    guide = _NO_GUIDE

    def search(sources, goal=-1):
        return walks.search(
            sources,
            goal,
            n_edges=n_edges,
            words=words,
            target=target,
            bound=best,
            guide=guide or _NO_GUIDE,
        )

    best, path = bound, np.empty(0, dtype=np.int64)
    length, walk, _ = search([start])
    if walk.size:
        best, path = length, walk
    queue, count, left = [(0.0, 0, ends)], 0, False
    while queue and queue[0][0] < best * (1 - 1e-12) and count <= _SEARCHES:
        if count > _UNGUIDED and guide is _NO_GUIDE:
            length, _, pairs = search(ends, -2)
            guide = pairs if length >= 0 else None
        _, _, cluster = heapq.heappop(queue)
        found = []
        for part in _halves(places, cluster) if count else [cluster]:
            count += 1
            low, walk, _ = search(part)
            if low < 0:
                left = True  # too many classes to tell apart
            elif walk.size and walk[0] == walk[-1]:
                best, path = low, walk
            elif walk.size:
                found.append((low, count, part, walk[0]))
        for i, (low, number, part, root) in enumerate(sorted(found, key=lambda one: one[:2])):
            if i == 0:  # where the walk is shortest, a closed path may be short too
                length, walk, _ = search([root])
                if walk.size:
                    best, path = length, walk
                part = part[part != root]
            if part.size and low < best:
                heapq.heappush(queue, (low, number, part))
    low = 0.0 if left else min(best, queue[0][0] if queue else best)
    return best, path[:-1], low


def _shorter_cut(walks, n_edges, words):
    """Words with another cocycle as their lowest bits, and vertices on one side of its cut.

    A front moves over the graph, away from one side of the first cut. Wherever it stands is a cut
    too: the cocycle differs by the coboundary of the vertices behind the front, so closed paths
    keep their words. That of fewest vertices is taken.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import dijkstra

    edges, words = walks.edges[:n_edges], words[:n_edges]
    crosses = (words & np.uint64(1)).astype(bool)
    ends = _one_side(edges, crosses)
    if ends.size <= _SHORT_CUT:
        return words, ends
    u, v = edges[~crosses].T
    n = edges.max() + 1
    # No length is 0: an entry of 0 would be no edge.
    lengths = np.maximum(walks.lengths[:n_edges][~crosses], np.finfo(float).tiny)
    graph = sparse.coo_array((lengths, (u, v)), shape=(n, n)).tocsr()
    far = dijkstra(graph, directed=False, indices=ends, min_only=True)
    # With the front at t, vertex i stands in it if far[i] < t and a neighbour is at t or farther;
    # and an edge of the first cut still crosses if both of its ends are behind the front.
    reach = far.copy()
    np.maximum.at(reach, u, far[v])
    np.maximum.at(reach, v, far[u])
    both = far[edges[crosses]].max(axis=1)
    at = np.unique(far[np.isfinite(far) & (far > 0)])
    if not at.size:
        return words, ends
    spans = np.isfinite(far) & (reach > far)
    size = np.searchsorted(np.sort(far[spans]), at) - np.searchsorted(np.sort(reach[spans]), at)
    front = at[np.argmin(size + np.searchsorted(np.sort(both), at))]
    behind = far < front
    moved = words ^ (behind[edges[:, 0]] != behind[edges[:, 1]]).astype(np.uint64)
    new_ends = _one_side(edges, (moved & np.uint64(1)).astype(bool))
    return (moved, new_ends) if new_ends.size < ends.size else (words, ends)


def _one_side(edges, crosses):
    """Vertices that hold an end of each edge that crosses a cut, on its smaller side if it has two.

    Then a walk that comes back to them has gone all the way round. From both sides, one step
    across the cut would be a walk, and tell nothing.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    ends = np.unique(edges[crosses])
    n = ends.size
    place = np.full(edges.max(initial=0) + 1, -1)
    place[ends] = np.arange(n)
    u, v = place[edges].T
    near = (u >= 0) & (v >= 0)
    u, v, odd = u[near], v[near], crosses[near]
    # Two copies of each vertex, one a side; an edge that crosses joins different sides.
    i, j = np.concatenate([u, u + n]), np.concatenate([v + n * odd, v + n * ~odd])
    graph = sparse.coo_array((np.ones(i.size), (i, j)), shape=(2 * n, 2 * n))
    _, part = connected_components(graph, directed=False)
    first, other = part[:n], part[n:]
    sides = []
    for chosen in (first <= other, first >= other):  # both sides of a piece where they are one
        both = chosen[u] | chosen[v]
        chosen[u[odd & ~both]] = True
        sides.append(ends[chosen])
    return min(sides, key=len)


def _halves(places, cluster):
    """A cluster in two, across its longest side."""
    spots = places[cluster]
    axis = int(np.argmax(np.ptp(spots, axis=0)))
    order = np.argsort(spots[:, axis], kind="stable")
    middle = (len(cluster) + 1) // 2
    return [half for half in (cluster[order[:middle]], cluster[order[middle:]]) if len(half)]


class LoopWords:
    """Classes of degree 1 of a complex at any scale, as words of its edges.

    Parameters
    ----------
    n_points : int
    edges : int array of shape (n_edges, 2)
    values : array of shape (n_edges,), rising
    faces : int32 array of shape (n_cells, width)
        The edges of each triangle, or square, in the order in which these enter; only those that
        end a loop are needed.
    cell_values : array of shape (n_cells,)
    """

    def __init__(self, n_points, edges, values, faces, cell_values):
        from ..._kernels.alpha_pairs import spanning_forest
        from ..._kernels.cycles import reduce_with_history

        self.edges, self.values = edges, values
        free = np.ones(len(edges), dtype=bool)
        order = np.arange(len(edges), dtype=np.int32)
        spanning_forest(order, np.ascontiguousarray(edges, dtype=np.int32), n_points, free)
        self.free = np.flatnonzero(free)  # the edges that close a loop when they enter
        place = np.full(len(edges), -1, dtype=np.int32)
        place[self.free] = np.arange(self.free.size)
        self._owner, self._starts, self._entries, *self._history = reduce_with_history(
            np.ascontiguousarray(place[faces]), self.free.size
        )
        self.births = values[self.free]
        self.deaths = np.full(self.free.size, np.inf)
        paired = self._owner >= 0
        self.deaths[paired] = cell_values[self._owner[paired]]
        self.cells = self._owner  # the triangle that ends each, -1 for none

    def volume(self, pair):
        """Triangles that fill the cycle of a pair, as the reduction has found them."""
        from ..._kernels.cycles import unfold

        return unfold(int(self.cells[pair]), *self._history)[::-1]

    def of(self, pair, *, filled):
        """Words of the edges just before a class ends, and the word of that class.

        If `filled`, the class is the one that the last triangle closes. Else it is that one and
        all that differ from it by classes older than the pair, whose words are 0. Lowest bits are
        a cocycle that is 1 on the class.
        """
        from ..._kernels.cycles import spread_words

        random = np.random.default_rng(0).integers(2**63, size=self.free.size, dtype=np.uint64)
        random <<= np.uint64(1)
        random[pair] |= np.uint64(1)
        if not filled:
            random[:pair] = 0
        alive = (self._owner < 0) | (self.deaths >= self.deaths[pair])
        free = spread_words(self._owner, self._starts, self._entries, random, alive)
        words = np.zeros(len(self.edges), dtype=np.uint64)
        words[self.free] = free
        column = self._owner[pair]
        if column < 0:  # closed by edges of the forest, whose words are 0
            return words, free[pair]
        rows = self._entries[self._starts[column] : self._starts[column + 1]]
        return words, np.bitwise_xor.reduce(free[rows])
