"""`SimplicialComplex`, and those of data."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np

from .._memory import require_bytes
from .._validation import check_cloud, check_distance_matrix
from ..graphs import as_graph
from ..homology.engines.alpha_delaunay import alpha_complex as alpha_levels
from ._chains import CellsOfAKind

__all__ = ["SimplicialComplex", "alpha_complex", "clique_complex", "rips_complex"]


class SimplicialComplex(CellsOfAKind):
    """A simplicial complex: sparse boundaries, Hodge Laplacians, exact homology.

    Parameters
    ----------
    simplices : list of array-like of int
        Simplices as sets of vertices, integers from 0 on; all their faces are added.
    n_vertices : int, default=None
        Vertices are 0 to so many; by default those that occur.

    Attributes
    ----------
    simplices : list of int64 arrays of shape (n_cells[k], k + 1)
        Of each dimension, rows of ascending vertices in order.
    n_cells : tuple of int
    dimension : int
    values : list of float64 arrays, or None
        When each simplex enters, if the complex was made from data.

    Raises
    ------
    ValueError
        If a simplex is empty, has a vertex twice, or vertices are no integers from 0 on.

    See Also
    --------
    rips_complex, alpha_complex, clique_complex : Complexes of data and of graphs.
    CellComplex : With polygons for cells.

    Examples
    --------
    A hollow triangle with a filled one at its side: one loop.

    >>> from tda.complexes import SimplicialComplex
    >>> K = SimplicialComplex([[0, 1], [1, 2], [0, 2], [1, 2, 3]])
    >>> K
    SimplicialComplex(4 + 5 + 1 cells)
    >>> K.betti(), K.boundary(2).toarray().ravel().tolist()
    ((1, 1, 0), [0, 0, 1, -1, 1])
    """

    def __init__(self, simplices, *, n_vertices=None):
        self._set(_closure(_by_size(simplices), n_vertices), None)

    def _set(self, simplices, values):
        self.simplices, self.values = simplices, values
        self.n_cells = tuple(map(len, simplices))

    @classmethod
    def _of(cls, simplices, values=None):
        """The complex of rows that are in order and whose faces are all there."""
        while simplices and not len(simplices[-1]):
            simplices = simplices[:-1]
        self = cls.__new__(cls)
        self._set(simplices, None if values is None else list(values[: len(simplices)]))
        return self

    def _boundary(self, degree):
        from scipy import sparse

        whole = self.simplices[degree]
        base = int(self.simplices[0].max(initial=0)) + 1
        parts = [np.delete(whole, i, axis=1) for i in range(degree + 1)]
        places = _places(self.simplices[degree - 1], parts, base)
        signs = np.repeat((-1) ** np.arange(degree + 1), len(whole))
        columns = np.tile(np.arange(len(whole)), degree + 1)
        shape = (len(self.simplices[degree - 1]), len(whole))
        return sparse.csr_array((signs, (np.concatenate(places), columns)), shape=shape)

    def _part(self, masks):
        simplices = [s[m] for s, m in zip(self.simplices, masks, strict=True)]
        values = [v[m] for v, m in zip(self.values, masks, strict=True)]
        return SimplicialComplex._of(simplices, values)

    @classmethod
    def from_gudhi(cls, tree):
        """The complex of a `gudhi.SimplexTree`, with its filtration for values.

        Parameters
        ----------
        tree : gudhi.SimplexTree

        Returns
        -------
        SimplicialComplex
        """
        rows, values = {}, {}
        for simplex, value in tree.get_simplices():
            rows.setdefault(len(simplex), []).append(sorted(simplex))
            values.setdefault(len(simplex), []).append(value)
        simplices, when = [], []
        for size in sorted(rows):
            table = np.array(rows[size], dtype=np.int64)
            order = np.lexsort(table.T[::-1])
            simplices.append(table[order])
            when.append(np.array(values[size], dtype=float)[order])
        return cls._of(simplices, when)

    def to_gudhi(self):
        """The complex as a `gudhi.SimplexTree`; simplices without values enter at 0.

        Returns
        -------
        gudhi.SimplexTree
        """
        import gudhi

        tree = gudhi.SimplexTree()
        for k, table in enumerate(self.simplices):
            values = np.zeros(len(table)) if self.values is None else self.values[k]
            tree.insert_batch(table.T.astype(np.int32), values)
        return tree


# -- from lists ------------------------------------------------------------------------------------


def _by_size(simplices):
    """Simplices as tables of sorted rows, by how many vertices they have."""
    if isinstance(simplices, np.ndarray) and simplices.ndim == 2:
        groups = {simplices.shape[1]: [simplices]}
    else:
        if not hasattr(simplices, "__iter__"):
            raise ValueError(f"simplices={simplices!r}; it must be a list of simplices.")
        groups = {}
        for simplex in simplices:
            row = _row(simplex)
            if row is None:
                shape = np.shape(simplex) if isinstance(simplex, np.ndarray) else ()
                held = f"an array of shape {shape}" if shape else repr(simplex)
                raise ValueError(f"simplices holds {held}; a simplex is a list of vertices.")
            groups.setdefault(row.size, []).append(row[None])
    tables = {}
    for size, rows in groups.items():
        table = np.concatenate(rows)
        if size == 0:
            raise ValueError("simplices holds an empty simplex; each has one vertex or more.")
        if table.dtype.kind == "f" and np.isnan(table).any():
            raise ValueError("simplices holds NaN: vertices are integers from 0 on.")
        if table.dtype.kind not in "iu" or table.min(initial=0) < 0:
            raise ValueError("simplices must hold vertices, integers from 0 on.")
        table = np.sort(table.astype(np.int64), axis=1)
        if (table[:, 1:] == table[:, :-1]).any():
            raise ValueError("simplices holds a simplex that has a vertex twice.")
        tables[size] = table
    return tables


def _row(simplex):
    """One simplex as an array, or None if it is no list."""
    try:
        row = np.asarray(list(simplex) if isinstance(simplex, set | frozenset) else simplex)
    except ValueError:  # a list of lists of several lengths
        return None
    return row if row.ndim == 1 else None


def _closure(tables, n_vertices):
    """All faces of simplices by size, as a list of tables in order, from vertices up."""
    top = max(tables, default=0)
    levels, faces = [], None
    for size in range(top, 0, -1):
        parts = [part for part in (tables.get(size), faces) if part is not None]
        table = np.unique(np.concatenate(parts), axis=0)
        levels.append(table)
        faces = np.concatenate([np.delete(table, i, axis=1) for i in range(size)])
    levels = levels[::-1]
    if n_vertices is None:
        return levels
    if not isinstance(n_vertices, Integral) or n_vertices < 0:
        raise ValueError(f"n_vertices={n_vertices!r}; it must be an integer from 0 on.")
    if levels and levels[0].max() >= n_vertices:
        raise ValueError(f"n_vertices={n_vertices}, but there is a vertex {levels[0].max()}.")
    vertices = np.arange(n_vertices)[:, None]
    return [vertices, *levels[1:]] if n_vertices else levels


def _places(table, parts, base):
    """Places of rows in a table of distinct rows in order, with entries below `base`."""
    width = table.shape[1]
    if base**width < 2**63:
        powers = base ** np.arange(width, dtype=np.int64)[::-1]
        keys, wanted = table @ powers, [part @ powers for part in parts]
    else:
        together = np.concatenate([table, *parts])
        _, keys = np.unique(together, axis=0, return_inverse=True)
        cuts = np.cumsum([len(table), *map(len, parts)])[:-1]
        keys, *wanted = np.split(keys.reshape(-1), cuts)
    return [np.searchsorted(keys, part) for part in wanted]


# -- from data -------------------------------------------------------------------------------------


def rips_complex(X, *, max_edge_length, max_dimension=2, metric="euclidean"):
    """The Vietoris-Rips complex of a cloud at a scale, with the values at which simplices enter.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        A cloud; with ``metric="precomputed"`` its distances, dense or scipy-sparse.
    max_edge_length : float
        Edges are at most so long.
    max_dimension : int, default=2
        Highest dimension of a simplex.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, or "precomputed".

    Returns
    -------
    SimplicialComplex
        Each simplex enters with its longest edge.

    Raises
    ------
    ValueError
        If `X` is no cloud, or a parameter is out of its range.
    MemoryError
        Before the simplices of a dimension are made, if they would not fit.

    Examples
    --------
    >>> from tda.complexes import rips_complex
    >>> rips_complex([[0, 0], [0, 1], [1, 1], [1, 0]], max_edge_length=1.2).betti()
    (1, 1)
    """
    from scipy import sparse

    from .._metrics import distances

    if not isinstance(max_edge_length, Real) or not max_edge_length >= 0:
        raise ValueError(f"max_edge_length={max_edge_length!r}; a length is at least 0.")
    if isinstance(metric, str) and metric == "precomputed":
        D = check_distance_matrix(X)
    else:
        D = distances(check_cloud(X), metric=metric)
    if sparse.issparse(D):
        upper = sparse.coo_array(sparse.triu(D, 1))
        u, v, lengths = upper.row, upper.col, upper.data
    else:
        u, v = np.triu_indices(len(D), 1)
        lengths = D[u, v]
    near = np.flatnonzero((lengths <= max_edge_length) & np.isfinite(lengths))
    edges, lengths = np.column_stack([u[near], v[near]]), lengths[near]
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    return _flag(D.shape[0], edges[order], np.zeros(D.shape[0]), lengths[order], max_dimension)


def clique_complex(G, *, max_dimension=2):
    """The cliques of a graph as simplices: the lift of a graph that its edges determine.

    Parameters
    ----------
    G : graph
        Whatever `tda.graphs.as_graph` takes: of networkx or igraph, a scipy-sparse adjacency
        matrix, or a list of edges. Directions do not count.
    max_dimension : int, default=2
        Highest dimension of a simplex.

    Returns
    -------
    SimplicialComplex
        A simplex enters with its heaviest edge, vertices with the lightest of all or at 0.

    Raises
    ------
    ValueError
        If it is no graph, or the dimension is no integer from 0 on.

    Examples
    --------
    >>> from tda.complexes import clique_complex
    >>> clique_complex([[0, 1], [1, 2], [0, 2], [2, 3]])
    SimplicialComplex(4 + 4 + 1 cells)
    """
    graph = as_graph(G, name="G").undirected()
    start = np.full(graph.n_vertices, min(0.0, graph.weights.min(initial=0.0)))
    return _flag(graph.n_vertices, graph.edges, start, graph.weights, max_dimension)


def _flag(n, edges, vertex_values, edge_values, max_dimension):
    """The clique complex of edges (n_edges, 2) in order, smaller vertex first."""
    from .._kernels.cells import count_children, make_children

    if not isinstance(max_dimension, Integral) or max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension!r}; it must be an integer from 0 on.")
    simplices, values = [np.arange(n)[:, None]], [vertex_values]
    edges = np.ascontiguousarray(edges, dtype=np.int32)
    if max_dimension >= 1:
        simplices.append(edges.astype(np.int64))
        values.append(np.asarray(edge_values, dtype=float))
    parent, heads = np.ascontiguousarray(edges[:, 0]), np.ascontiguousarray(edges[:, 1])
    starts = np.concatenate([[0], np.cumsum(np.bincount(parent, minlength=n))]).astype(np.int64)
    facets, when = np.ascontiguousarray(edges[:, ::-1]), np.asarray(edge_values, dtype=float)
    last, siblings = heads, starts
    for k in range(2, max_dimension + 1):
        children = count_children(parent, last, siblings, starts, heads)
        require_bytes(
            int(children[-1]) * (40 + 24 * (k + 1)),
            f"The {int(children[-1])} simplices of dimension {k}",
            "Lower max_dimension, or leave out the longest edges.",
        )
        parent, last, facets, when = make_children(
            parent, last, facets, when, siblings, children, starts, heads
        )
        siblings = children
        simplices.append(np.column_stack([simplices[-1][parent], last]))
        values.append(when)
    return SimplicialComplex._of(simplices, values)


def alpha_complex(X, *, max_radius=np.inf):
    """The alpha complex of a cloud at a scale: Delaunay simplices by the radii at which they enter.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
    max_radius : float, default=inf
        Simplices enter up to this radius; by default all of them.

    Returns
    -------
    SimplicialComplex
        Of the dimension of the space, with radii for values. Points that coincide
        are one vertex, or on a line joined at radius 0.

    Raises
    ------
    ValueError
        If `X` is no cloud, or the radius is negative.

    Notes
    -----
    Up to six dimensions by the exact triangulation of this package, above that by gudhi.

    Examples
    --------
    >>> from tda.complexes import alpha_complex
    >>> alpha_complex([[0, 0], [0, 2], [2, 2], [2, 0]], max_radius=1.1).betti()
    (1, 1)
    """
    X = check_cloud(X)
    if not isinstance(max_radius, Real) or not max_radius >= 0:
        raise ValueError(f"max_radius={max_radius!r}; a radius is at least 0.")
    levels = alpha_levels(X)
    edges = levels[0][0]  # of all distinct points, if there are two
    vertices = np.unique(edges) if len(edges) else np.array([0])
    simplices, values = [vertices.astype(np.int64)[:, None]], [np.zeros(len(vertices))]
    for table, radii in levels:
        keep = np.flatnonzero(radii <= max_radius)
        keep = keep[np.lexsort(table[keep].T[::-1])]
        simplices.append(table[keep].astype(np.int64))
        values.append(radii[keep])
    return SimplicialComplex._of(simplices, values)
