"""`CellComplex`: vertices, edges, and polygons of any number of sides; lifts of graphs to it."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from ..graphs import as_graph
from ._chains import CellsOfAKind

__all__ = ["CellComplex", "cycle_complex"]

CELLS = ("chordless", "basis")


class CellComplex(CellsOfAKind):
    """A complex of vertices, edges and polygons: sparse boundaries, Hodge Laplacians, homology.

    Parameters
    ----------
    polygons : list of array-like of int, default=()
        Each the vertices around a polygon, in order, three or more; its sides are added as edges.
    edges : array-like of shape (n_edges, 2), default=None
        More edges.
    n_vertices : int, default=None
        Vertices are 0 to so many; by default up to the largest that occurs.

    Attributes
    ----------
    n_vertices : int
    edges : int64 array of shape (n_edges, 2)
        In order, the smaller vertex first, along which they are directed.
    polygons : list of int64 arrays
    n_cells : tuple of int
    dimension : int

    Raises
    ------
    ValueError
        If a polygon has less than three vertices or meets one twice, an edge has one vertex, or
        vertices are no integers from 0 on.

    See Also
    --------
    SimplicialComplex : With simplices of any dimension.
    cycle_complex : The cycles of a graph as polygons.

    Examples
    --------
    The surface of a cube: six squares around a void.

    >>> from tda.complexes import CellComplex
    >>> cube = CellComplex(
    ...     [[0, 1, 3, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 3, 7, 6], [0, 2, 6, 4], [1, 3, 7, 5]]
    ... )
    >>> cube
    CellComplex(8 + 12 + 6 cells)
    >>> cube.betti()
    (1, 0, 1)
    """

    def __init__(self, polygons=(), *, edges=None, n_vertices=None):
        self.polygons = [self._check_polygon(polygon) for polygon in polygons]
        given = np.zeros((0, 2), np.int64) if edges is None else np.asarray(edges)
        if given.size == 0:
            given = np.zeros((0, 2), np.int64)
        if given.ndim != 2 or given.shape[1] != 2 or given.dtype.kind not in "iu":
            raise ValueError("edges must be pairs of vertices, integers, of shape (n_edges, 2).")
        sides = [np.column_stack([p, np.roll(p, -1)]) for p in self.polygons]
        table = np.sort(np.concatenate([given.astype(np.int64), *sides]), axis=1)
        if table.min(initial=0) < 0 or (table[:, 0] == table[:, 1]).any():
            raise ValueError("edges must join two vertices each, integers from 0 on.")
        least = int(table.max(initial=-1)) + 1
        if n_vertices is None:
            n_vertices = least
        if not isinstance(n_vertices, Integral) or n_vertices < least:
            raise ValueError(f"n_vertices={n_vertices!r}, but there are {least} or more.")
        self.n_vertices = int(n_vertices)
        self.edges = np.unique(table, axis=0)
        counts = (self.n_vertices, len(self.edges), len(self.polygons))
        while counts and counts[-1] == 0:
            counts = counts[:-1]
        self.n_cells = counts

    @staticmethod
    def _check_polygon(polygon):
        row = np.asarray(polygon)
        if row.ndim != 1 or row.size < 3 or row.dtype.kind not in "iu" or row.min() < 0:
            raise ValueError(f"polygons holds {polygon!r}; each is three vertices or more.")
        if np.unique(row).size < row.size:
            raise ValueError(f"polygons holds {polygon!r}, which meets a vertex twice.")
        return row.astype(np.int64)

    def _boundary(self, degree):
        from scipy import sparse

        if degree == 1:
            n = len(self.edges)
            signs = np.repeat([-1, 1], n)
            shape = (self.n_vertices, n)
            at = np.concatenate([self.edges[:, 0], self.edges[:, 1]])
            return sparse.csr_array((signs, (at, np.tile(np.arange(n), 2))), shape=shape)
        sides = [np.column_stack([p, np.roll(p, -1)]) for p in self.polygons]
        columns = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
        sides = np.concatenate(sides)
        signs = np.where(sides[:, 0] < sides[:, 1], 1, -1)
        keys = self.edges @ [self.n_vertices, 1]
        at = np.searchsorted(keys, np.sort(sides, axis=1) @ [self.n_vertices, 1])
        return sparse.csr_array((signs, (at, columns)), shape=(len(self.edges), len(self.polygons)))


def cycle_complex(G, *, cells="chordless", max_length=6):
    """A graph with polygons glued in its cycles: the lift of cellular networks.

    Parameters
    ----------
    G : graph
        Whatever `tda.graphs.as_graph` takes: of networkx or igraph, a scipy-sparse adjacency
        matrix, or a list of edges. Directions and weights do not count.
    cells : {"chordless", "basis"}, default="chordless"
        All cycles up to `max_length` without a chord, as the rings of a molecule [1]_; or for each
        edge that is not in a breadth-first tree the cycle that it closes, up to `max_length`.
    max_length : int or None, default=6
        Most sides of a polygon. None is any number, for "basis" alone.

    Returns
    -------
    CellComplex

    Raises
    ------
    ValueError
        If it is no graph, or a parameter is out of its range.

    Notes
    -----
    Chordless cycles are found by paths from their smallest vertex, which takes time of the order
    of the number of such paths: for sparse graphs and short cycles.

    References
    ----------
    .. [1] C. Bodnar, F. Frasca, N. Otter, Y. Wang, P. Liò, G. Montúfar, M. Bronstein, "Weisfeiler
       and Lehman go cellular: CW networks", Neural Information Processing Systems, 2021.

    Examples
    --------
    Two rings of six that share a side, as of naphthalene.

    >>> from tda.complexes import cycle_complex
    >>> ring = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 0]]
    >>> other = [[5, 6], [6, 7], [7, 8], [8, 9], [9, 0]]
    >>> cycle_complex(ring + other)
    CellComplex(10 + 11 + 2 cells)
    """
    graph = as_graph(G, name="G").undirected()
    if cells not in CELLS:
        raise ValueError(f"cells={cells!r}; it must be one of {CELLS}")
    if max_length is None and cells == "basis":
        max_length = graph.n_vertices + 1
    if not isinstance(max_length, Integral) or max_length < 3:
        raise ValueError(f"max_length={max_length!r}; a cycle has 3 sides or more.")
    neighbors = [[] for _ in range(graph.n_vertices)]
    for u, v in graph.edges.tolist():
        neighbors[u].append(v)
        neighbors[v].append(u)
    found = (_chordless if cells == "chordless" else _fundamental)(neighbors, int(max_length))
    return CellComplex(found, edges=graph.edges, n_vertices=graph.n_vertices)


def _chordless(neighbors, max_length):
    """Cycles without a chord, each once: from its smallest vertex, on the side of the smaller."""
    near = [set(row) for row in neighbors]
    cycles = []
    for first, row in enumerate(neighbors):
        later = sorted(v for v in row if v > first)
        paths = [[first, v] for v in later]
        while paths:
            path = paths.pop()
            for w in neighbors[path[-1]]:
                if w <= first or w in path or any(w in near[v] for v in path[1:-1]):
                    continue  # it would close a shorter cycle
                if w in near[first]:
                    if len(path) > 1 and path[1] < w:
                        cycles.append([*path, w])
                elif len(path) < max_length - 1:
                    paths.append([*path, w])
    return [cycle for cycle in cycles if len(cycle) <= max_length]


def _fundamental(neighbors, max_length):
    """For each edge outside a breadth-first forest the cycle that it closes."""
    parent, depth = [-2] * len(neighbors), [0] * len(neighbors)
    for root in range(len(neighbors)):
        if parent[root] != -2:
            continue
        parent[root], queue = -1, [root]
        for v in queue:
            for w in neighbors[v]:
                if parent[w] == -2:
                    parent[w], depth[w] = v, depth[v] + 1
                    queue.append(w)
    cycles = []
    for u, row in enumerate(neighbors):
        for v in row:
            if u < v and parent[u] != v and parent[v] != u:
                left, right, a, b = [u], [v], u, v
                while a != b:
                    if depth[a] >= depth[b]:
                        a = parent[a]
                        left.append(a)
                    else:
                        b = parent[b]
                        right.append(b)
                cycle = left + right[-2::-1] if left[-1] == right[-1] else left + right[::-1]
                if len(cycle) <= max_length:
                    cycles.append(cycle)
    return cycles
