"""Functions on the vertices and edges of a graph, by name: what filtrations are made of."""

from __future__ import annotations

import numpy as np

from .._kinds import as_float
from ._curvature import forman_curvature, ollivier_curvature
from ._graph import as_graph
from ._heat import heat_kernel_signature

__all__ = ["EDGE_FUNCTIONS", "VERTEX_FUNCTIONS", "check_function", "edge_values", "vertex_values"]


def _strength(graph):
    i, j = graph.edges.T
    both = np.bincount(i, graph.weights, graph.n_vertices)
    return both + np.bincount(j, graph.weights, graph.n_vertices)


def _own(graph):
    if graph.values is None:
        raise ValueError(
            'function="values", but the graph has none: pass as_graph(G, values=…) or a callable.'
        )
    return graph.values


def _of_networkx(name):
    def values(graph):
        G = to_networkx(graph)
        import networkx

        found = getattr(networkx, name)(G)
        return np.array([found[i] for i in range(graph.n_vertices)], dtype=float)

    return values


#: Functions on vertices, of a `Graph`.
VERTEX_FUNCTIONS = {
    "degree": lambda graph: graph.degrees.astype(float),
    "strength": _strength,
    "heat": heat_kernel_signature,
    "values": _own,
    "closeness": _of_networkx("closeness_centrality"),
    "betweenness": _of_networkx("betweenness_centrality"),
    "pagerank": _of_networkx("pagerank"),
    "clustering": _of_networkx("clustering"),
    "core": _of_networkx("core_number"),
}

#: Functions on edges, of a `Graph`.
EDGE_FUNCTIONS = {
    "weight": lambda graph: graph.weights,
    "forman": forman_curvature,
    "ollivier": ollivier_curvature,
}


def to_networkx(graph):
    """The graph for networkx, its vertices numbered from 0; an ImportError says how to get it."""
    try:
        import networkx
    except ImportError as error:
        raise ImportError(
            "centralities are computed by networkx: pip install 'tda-learn[graphs]'"
        ) from error
    G = networkx.DiGraph() if graph.directed else networkx.Graph()
    G.add_nodes_from(range(graph.n_vertices))
    i, j = graph.edges.T
    G.add_weighted_edges_from(zip(i.tolist(), j.tolist(), graph.weights.tolist(), strict=True))
    return G


def check_function(function, known):
    """Raise ValueError for the name of a function that does not exist."""
    if isinstance(function, str) and function not in known:
        raise ValueError(
            f"function={function!r}; it must be one of {sorted(known)}, or a callable that takes "
            "a graph as you gave it and returns one number for each vertex."
        )


def vertex_values(G, function="degree", *, given=None):
    """Values of a function on the vertices of a graph.

    Parameters
    ----------
    G : graph, as `as_graph` takes it
    function : str, callable or array-like, default='degree'
        "degree", "strength" (the sum of the weights at a vertex), "heat"
        (`heat_kernel_signature`), "values" (those that `as_graph` was given), or of networkx
        "closeness", "betweenness", "pagerank", "clustering" and "core". Of your own: values as an
        array in the order of the vertices, or a callable that returns them, or a dict by node.
    given : object, default=None
        The graph that a callable takes, by default `G`.

    Returns
    -------
    values : float array of shape (n_vertices,)

    Raises
    ------
    ValueError
        If there is no such function, or the values are no finite number for each vertex.
    ImportError
        For those of networkx, if it is not installed.

    Examples
    --------
    >>> from tda.graphs import vertex_values
    >>> vertex_values([[0, 1], [1, 2]])
    array([1., 2., 1.])
    >>> vertex_values([[0, 1], [1, 2]], "closeness").round(3)
    array([0.667, 1.   , 0.667])
    """
    graph = as_graph(G)
    if isinstance(function, str):
        check_function(function, VERTEX_FUNCTIONS)
        values = VERTEX_FUNCTIONS[function](graph)
    else:
        values = function(G if given is None else given) if callable(function) else function
        if isinstance(values, dict):
            nodes = range(graph.n_vertices) if graph.nodes is None else graph.nodes
            missing = [node for node in nodes if node not in values]
            if missing:
                raise ValueError(f"function gives no value for the vertex {missing[0]!r}.")
            values = [values[node] for node in nodes]
    return _checked(values, graph.n_vertices, "vertex")


def edge_values(G, function="weight", *, given=None):
    """Values of a function on the edges of a graph.

    Parameters
    ----------
    G : graph, as `as_graph` takes it
    function : str, callable or array-like, default='weight'
        "weight", "forman" (`forman_curvature`) or "ollivier" (`ollivier_curvature`). Of your own:
        values as an array in the order of ``as_graph(G).edges``, or a callable that returns them.
    given : object, default=None
        The graph that a callable takes, by default `G`.

    Returns
    -------
    values : float array of shape (n_edges,)

    Raises
    ------
    ValueError
        If there is no such function, or the values are no finite number for each edge.

    Examples
    --------
    >>> from tda.graphs import edge_values
    >>> edge_values([[0, 1, 0.5], [1, 2, 2.0]])
    array([0.5, 2. ])
    """
    graph = as_graph(G)
    if isinstance(function, str):
        check_function(function, EDGE_FUNCTIONS)
        values = EDGE_FUNCTIONS[function](graph)
        if graph.directed and function != "weight":
            values = _both_ways(graph, values)
    else:
        values = function(G if given is None else given) if callable(function) else function
    return _checked(values, graph.n_edges, "edge")


def _both_ways(graph, values):
    """Values of edges without directions, for the edges of a directed graph."""
    n, (i, j) = graph.n_vertices, graph.undirected().edges.T
    k, m = np.sort(graph.edges, axis=1).T
    return values[np.searchsorted(i * n + j, k * n + m)]


def _checked(values, n, what):
    values = as_float(values, "the values of function")
    if values.shape != (n,):
        raise ValueError(
            f"function gives values of shape {values.shape}, but there are {n} "
            f"{'vertices' if what == 'vertex' else 'edges'}, and each {what} has one."
        )
    if not np.isfinite(values).all():
        k = int(np.argmin(np.isfinite(values)))
        raise ValueError(f"function gives {values[k]} for {what} {k}; values must be finite.")
    return np.ascontiguousarray(values)
