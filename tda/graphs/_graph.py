"""The door of the room: graphs of any library become one small container."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from .._kinds import as_float
from .._parallel import refuse_delayed

__all__ = ["Graph", "as_graph", "check_graphs"]

FORMATS = (
    "a networkx or igraph graph, a scipy-sparse adjacency matrix, or an edge list of shape "
    "(n_edges, 2) or (n_edges, 3)"
)


@dataclass(frozen=True, eq=False)
class Graph:
    """A simple graph as arrays. `as_graph` makes it.

    Attributes
    ----------
    n_vertices : int
    edges : int64 array of shape (n_edges, 2)
        Each edge once, without self-loops, in sorted order. An undirected edge has its smaller
        vertex first; a directed one runs from the first to the second.
    weights : float64 array of shape (n_edges,)
    directed : bool
    values : float64 array of shape (n_vertices,), or None
        The user's own function on the vertices.
    nodes : list, or None
        The names of the vertices in the library that the graph came from.
    """

    n_vertices: int
    edges: np.ndarray
    weights: np.ndarray
    directed: bool = False
    values: np.ndarray | None = None
    nodes: list | None = None

    @property
    def n_edges(self):
        return len(self.edges)

    @property
    def degrees(self):
        """How many edges each vertex has, in and out."""
        return np.bincount(self.edges.ravel(), minlength=self.n_vertices)

    def to_sparse(self):
        """The weights as a csr array of shape (n_vertices, n_vertices), with both directions of
        an undirected edge."""
        from scipy import sparse

        (i, j), weights = self.edges.T, self.weights
        if not self.directed:
            i, j, weights = np.r_[i, j], np.r_[j, i], np.r_[weights, weights]
        return sparse.csr_array((weights, (i, j)), shape=(self.n_vertices,) * 2)

    def undirected(self):
        """The same graph without directions; of two opposite edges the lighter one counts."""
        if not self.directed:
            return self
        edges, weights = _simple(self.n_vertices, self.edges, self.weights, False)
        return Graph(self.n_vertices, edges, weights, False, self.values, self.nodes)

    def __repr__(self):
        kind = "directed" if self.directed else "undirected"
        return f"Graph({self.n_vertices} vertices, {self.n_edges} edges, {kind})"


def as_graph(G, *, n_vertices=None, values=None, directed=None, weight="weight", name="X"):
    """Return a graph of any library as a `Graph`: a simple graph, as arrays.

    Self-loops are left out. Of parallel edges the lightest counts. An edge of infinite weight is
    no edge.

    Parameters
    ----------
    G : graph
        A `Graph`; a networkx or an igraph graph; a square scipy-sparse matrix, of which every
        stored entry is an edge, even a stored 0; or an edge list, an array of shape (n_edges, 2)
        or (n_edges, 3) with the weights in the third column. Vertices of an edge list are
        numbered from 0.
    n_vertices : int, default=None
        For an edge list, whose last vertices may have no edge. By default the largest number in
        it, plus one.
    values : array-like of shape (n_vertices,), default=None
        A function of your own on the vertices, for ``function="values"``, in the order in which
        networkx lists its nodes.
    directed : bool, default=None
        Whether edges have directions. By default as the graph itself says; a sparse matrix is
        directed if it is not symmetric, an edge list is not.
    weight : str, default='weight'
        Name of the edge attribute with the weights. An edge without it has weight 1.
    name : str, default='X'
        What error messages call the graph.

    Returns
    -------
    Graph

    Raises
    ------
    ValueError
        For anything else, for weights or values that are no finite numbers, and for vertices of
        an edge list that are no integers from 0 on.

    Examples
    --------
    >>> from tda.graphs import as_graph
    >>> as_graph([[0, 1], [1, 2], [2, 0]])
    Graph(3 vertices, 3 edges, undirected)
    >>> import networkx as nx
    >>> as_graph(nx.karate_club_graph())
    Graph(34 vertices, 78 edges, undirected)
    """
    if isinstance(G, Graph):
        given = (G.n_vertices, G.edges, G.weights, G.directed, G.nodes)
        values = G.values if values is None else values
    elif is_networkx(G):
        given = _from_networkx(G, weight, name)
    elif all(hasattr(G, part) for part in ("vcount", "get_edgelist", "es")):
        given = _from_igraph(G, weight, name)
    elif hasattr(G, "tocsr"):
        given = _from_sparse(G, directed, name)
    else:
        given = _from_edge_list(G, n_vertices, bool(directed), name)
    n, edges, weights, has_directions, nodes = given
    weights = _check_weights(weights, name)
    if not isinstance(G, Graph):
        edges, weights = _simple(n, edges, weights, has_directions)
    graph = Graph(n, edges, weights, has_directions, _check_values(values, n, name), nodes)
    if directed is False:
        return graph.undirected()
    if directed and not has_directions:  # each edge goes both ways
        both = np.concatenate([edges, edges[:, ::-1]])
        edges, weights = _simple(n, both, np.tile(weights, 2), True)
        return Graph(n, edges, weights, True, graph.values, nodes)
    return graph


def is_networkx(G):
    """Whether this is a graph of networkx, or looks like one; networkx is not imported."""
    return all(hasattr(G, part) for part in ("nodes", "edges", "adj", "is_directed"))


def is_graph(G):
    """Whether this is one graph, and not a collection of them."""
    igraph = all(hasattr(G, part) for part in ("vcount", "get_edgelist", "es"))
    return isinstance(G, Graph) or is_networkx(G) or igraph or hasattr(G, "tocsr")


def check_graphs(X, *, name="X"):
    """Return a list of graphs as they were given, or raise ValueError for what is no collection."""
    from .._validation import check_samples

    refuse_delayed(X, name)
    if is_graph(X):
        raise ValueError(f"{name} is one graph, but this takes a collection: pass [{name}].")
    samples = X if isinstance(X, list | tuple) else check_samples(X, what="graph", name=name)
    if not samples:
        raise ValueError(f"{name} is empty: there is no graph in it.")
    first = samples[0]
    if not is_graph(first) and np.ndim(first) < 2 and len(np.shape(first)) < 2:
        raise ValueError(
            f"{name} is a list of {type(first).__name__}, but one sample here is a whole graph: "
            f"pass [{name}] for one edge list, a list of graphs for many."
        )
    return list(samples)


# -- one format each ---------------------------------------------------------------------------


def _from_networkx(G, weight, name):
    nodes = list(G.nodes)
    place = {node: i for i, node in enumerate(nodes)}
    triples = list(G.edges(data=weight, default=1.0))
    edges = np.array([(place[a], place[b]) for a, b, _ in triples], dtype=np.int64).reshape(-1, 2)
    return len(nodes), edges, _numbers([w for _, _, w in triples], name), G.is_directed(), nodes


def _from_igraph(G, weight, name):
    edges = np.array(G.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    known = weight in G.es.attributes()
    weights = _numbers(G.es[weight], name) if known else np.ones(len(edges))
    names = list(G.vs["name"]) if "name" in G.vs.attributes() else list(range(G.vcount()))
    return G.vcount(), edges, weights, bool(G.is_directed()), names


def _from_sparse(G, directed, name):
    from scipy import sparse

    if G.ndim != 2 or G.shape[0] != G.shape[1]:
        raise ValueError(f"{name} has shape {G.shape}, but an adjacency matrix is square.")
    G = sparse.coo_array(G)
    weights = as_float(G.data, f"the entries of {name}")
    edges = np.column_stack([G.row, G.col]).astype(np.int64)
    if directed is None:
        other = sparse.csr_array((weights, (G.row, G.col)), shape=G.shape)
        stored = sparse.csr_array((np.ones(len(weights)), (G.row, G.col)), shape=G.shape)
        directed = (other != other.T).nnz > 0 or (stored != stored.T).nnz > 0
    return G.shape[0], edges, weights, bool(directed), None


def _from_edge_list(G, n_vertices, directed, name):
    if isinstance(G, list | tuple) and len(G) and is_graph(G[0]):
        raise ValueError(f"{name} is a list of graphs, but this takes one: pass {name}[0].")
    _refuse_names(G, name)
    table = as_float(G, name)
    if table.size == 0 and table.ndim < 3:
        table = table.reshape(0, 2)
    if table.ndim != 2 or table.shape[1] not in (2, 3):
        square = table.ndim == 2 and table.shape[0] == table.shape[1]
        way = f" For a dense adjacency matrix pass scipy.sparse.csr_array({name})." * square
        raise ValueError(f"{name} has shape {table.shape}, but a graph is {FORMATS}.{way}")
    if np.isnan(table).any():
        raise ValueError(f"{name} holds NaN: remove those edges.")
    if table.shape == (3, 3) and np.array_equal(table, table.T):
        raise ValueError(
            f"{name} has shape (3, 3) and is symmetric, as an adjacency matrix of three vertices "
            f"is: pass scipy.sparse.csr_array({name}), or the edges without weights."
        )
    ends = table[:, :2]
    if not ((ends == np.floor(ends)) & (ends >= 0) & (ends < 2**31)).all():
        raise ValueError(
            f"{name} is an edge list, whose first two columns are vertices, integers from 0 on; "
            f"got {ends.min():.6g} to {ends.max():.6g}. For points use RipsPersistence."
        )
    needed = int(ends.max(initial=-1)) + 1
    if n_vertices is None:
        n_vertices = needed
    elif not isinstance(n_vertices, Integral) or isinstance(n_vertices, bool) or n_vertices < 0:
        raise ValueError(f"n_vertices={n_vertices!r}; it must be an integer from 0 on.")
    elif n_vertices < needed:
        raise ValueError(f"n_vertices={n_vertices}, but {name} has a vertex {needed - 1}.")
    if needed > 10 * len(table) + 10_000_000:
        raise ValueError(
            f"{name} has {len(table)} edges and a vertex {needed - 1}: number the vertices from 0 "
            "on, for example with np.unique(edges, return_inverse=True)."
        )
    weights = table[:, 2] if table.shape[1] == 3 else np.ones(len(table))
    return int(n_vertices), ends.astype(np.int64), weights, directed, None


def _refuse_names(G, name):
    """Raise ValueError for edges between vertices that have names, in a list or a frame."""
    columns = getattr(G, "columns", None)
    if columns is not None and len(columns) >= 2:
        if all(getattr(kind, "kind", "O") in "biuf" for kind in G.dtypes):
            return
        ends = ", ".join(repr(column) for column in list(columns)[:2])
        weight = f", edge_attr={columns[2]!r}" if len(columns) > 2 else ""
        raise ValueError(
            f"{name} is a frame with text in it, and vertices of an edge list are integers: pass "
            f"networkx.from_pandas_edgelist({name}, {ends}{weight})."
        )
    first = G[0] if isinstance(G, list | tuple | np.ndarray) and len(G) else None
    if isinstance(first, list | tuple | np.ndarray) and any(isinstance(v, str) for v in first[:2]):
        raise ValueError(
            f"{name} is an edge list with names, and vertices of an edge list are integers: pass "
            f"networkx.Graph({name})."
        )


def _numbers(weights, name):
    if any(w is None or isinstance(w, str) for w in weights):
        raise ValueError(f"{name} has edges whose weight is no number.")
    return as_float(weights, f"the weights of {name}").reshape(-1)


def _check_weights(weights, name):
    weights = np.asarray(weights, dtype=np.float64)
    if np.isnan(weights).any():
        raise ValueError(f"{name} has edges whose weight is NaN: remove those edges.")
    if (weights == -np.inf).any():
        raise ValueError(f"{name} has edges whose weight is -inf: give them a finite weight.")
    return weights


def _check_values(values, n, name):
    if values is None:
        return None
    values = as_float(values, f"the values of {name}")
    if values.shape != (n,) or not np.isfinite(values).all():
        raise ValueError(
            f"the values of {name} have shape {values.shape}, but they are one finite number for "
            f"each of {n} vertices."
            if values.shape != (n,)
            else f"the values of {name} hold NaN or infinity."
        )
    return np.ascontiguousarray(values)


def _simple(n, edges, weights, directed):
    """Each edge once, sorted, without self-loops and infinite weights; the lightest counts."""
    keep = (edges[:, 0] != edges[:, 1]) & np.isfinite(weights)
    edges, weights = edges[keep], weights[keep]
    a, b = edges.T
    if not directed:
        a, b = np.minimum(a, b), np.maximum(a, b)
    key = a * n + b
    order = np.lexsort((weights, key))
    key = key[order]
    first = order[np.concatenate([[True], key[1:] != key[:-1]])] if key.size else order
    return np.column_stack([a[first], b[first]]), weights[first] + 0.0
