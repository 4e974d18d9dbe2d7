"""Persistence of graphs: shortest paths, weights, cliques, directed cliques, any function."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._memory import require_bytes
from .._per_shape import CHECKPOINT
from .._validation import check_field
from ..diagrams import Diagram
from ..homology import rips_diagram
from ..homology.base import DiagramTransformer
from ._cells import clique_cells, diagram_of_cells
from ._functions import (
    EDGE_FUNCTIONS,
    VERTEX_FUNCTIONS,
    check_function,
    edge_values,
    vertex_values,
)
from ._graph import as_graph, check_graphs

__all__ = ["GraphPersistence", "graph_diagram"]

FUNCTIONS = {"path", *VERTEX_FUNCTIONS, *EDGE_FUNCTIONS}


def graph_diagram(
    G,
    *,
    function="path",
    on="vertices",
    superlevel=False,
    directed=False,
    max_dimension=1,
    field=2,
) -> Diagram:
    """Persistence diagram of one graph.

    The graph is filled with its cliques: three vertices that are joined make a triangle, four a
    tetrahedron. A clique enters with the last of its vertices and edges.

    Parameters
    ----------
    G : graph, as `tda.graphs.as_graph` takes it
        A networkx or an igraph graph, a scipy-sparse matrix, or an edge list.
    function : str, callable or array-like, default='path'
        When vertices and edges enter.

        - "path": the Rips complex of the lengths of shortest paths along the weights; infinite
          between two components, which are never joined.
        - On edges: "weight", "forman" and "ollivier" (`tda.graphs.edge_values`). A vertex
          enters at 0, or with its first edge if that is below 0; with values of its own
          (``as_graph(G, values=…)``) and "weight" it enters at these.
        - On vertices: "degree", "strength", "heat", "values", "closeness", "betweenness",
          "pagerank", "clustering", "core" (`tda.graphs.vertex_values`). An edge enters with the
          later one of its vertices: the lower-star filtration.
        - Your own values, an array or a callable that takes the graph as you gave it.
    on : {"vertices", "edges"}, default="vertices"
        What your own values are for; edges are in the order of ``as_graph(G).edges``.
    superlevel : bool, default=False
        Large values enter first, and bars run downward. So vertices come with their first edge.
    directed : bool, default=False
        Keep directions: the directed flag complex. A directed clique is a row of vertices with an
        edge from each to all later ones, so that two opposite edges make a loop. Otherwise
        opposite edges are one.
    max_dimension : int, default=1
        Highest degree of homology.
    field : int, default=2
        The prime of the coefficient field Z/p.

    Returns
    -------
    Diagram
        Of filtration "rips" (path), "flag" (a function on edges) or "lower star" (on vertices).

    Raises
    ------
    ValueError
        For what is no graph, a function without finite values, and lengths that are negative.
    MemoryError
        Before the work, if the cliques do not fit into memory.

    Notes
    -----
    All cliques up to ``max_dimension + 2`` vertices are listed, each from its parent, and paired
    by cohomology with clearing, as in [1]_ and [2]_ but with stored facets; components by
    union-find. Equal to pyflagser with its "max" filtration.

    References
    ----------
    .. [1] D. Lütgehetmann, D. Govc, J. P. Smith, R. Levi, "Computing persistent homology of
       directed flag complexes", Algorithms 13 (2020).
    .. [2] U. Bauer, "Ripser: efficient computation of Vietoris-Rips persistence barcodes",
       J. Appl. Comput. Topol. 5, 2021.

    Examples
    --------
    A ring of four vertices, by the lengths of its paths and by the weights of its edges.

    >>> from tda import graph_diagram
    >>> ring = [[0, 1, 1], [1, 2, 1], [2, 3, 1], [0, 3, 1.5]]
    >>> graph_diagram(ring)[1]
    array([[1.5, 2. ]])
    >>> graph_diagram(ring, function="weight")[1]
    array([[1.5, inf]])

    A cycle of three directed edges is a loop; as cliques without directions it is filled.

    >>> cycle = [[0, 1], [1, 2], [2, 0]]
    >>> graph_diagram(cycle, function="weight", directed=True)[1]
    array([[ 1., inf]])
    >>> graph_diagram(cycle, function="weight")[1]
    array([], shape=(0, 2), dtype=float64)
    """
    if not isinstance(max_dimension, Integral) or isinstance(max_dimension, bool):
        raise ValueError(f"max_dimension={max_dimension!r}, but a degree is an integer from 0 on")
    if max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension}, but a degree is an integer from 0 on")
    if on not in ("vertices", "edges"):
        raise ValueError(f'on={on!r}; it must be "vertices" or "edges".')
    graph = as_graph(G, directed=bool(directed))
    _check(function, superlevel, directed)
    field = check_field(field)
    return _diagram(G, graph, function, on, superlevel, int(max_dimension), field)


def _check(function, superlevel, directed):
    if not isinstance(function, str):
        return
    check_function(function, FUNCTIONS)
    if function == "path" and superlevel:
        raise ValueError('function="path" has no superlevel sets: distances enter from 0 on.')
    if function == "path" and directed:
        raise ValueError(
            'function="path" needs distances that are the same both ways: set directed=False, or '
            'function="weight" for directed cliques.'
        )


def _diagram(given, graph, function, on, superlevel, max_dimension, field):
    """`graph_diagram` after its checks."""
    if isinstance(function, str) and function == "path":
        return _path_diagram(graph, max_dimension, field)
    named = isinstance(function, str)
    on_edges = function in EDGE_FUNCTIONS if named else on == "edges"
    sign = -1.0 if superlevel else 1.0
    vertices = None
    if on_edges:
        edges = sign * edge_values(graph, function, given=given)
        if named and function == "weight" and graph.values is not None:
            vertices = sign * graph.values
        else:
            vertices = np.zeros(graph.n_vertices)
            for ends in graph.edges.T:
                np.minimum.at(vertices, ends, edges)
    else:
        vertices = sign * vertex_values(graph, function, given=given)
        edges = np.full(graph.n_edges, -np.inf)
    cells = clique_cells(graph.n_vertices, graph.edges, vertices, edges, max_dimension)
    return diagram_of_cells(
        cells,
        max_dimension=max_dimension,
        field=field,
        filtration="flag" if on_edges else "lower star",
        sign=sign,
    )


def _path_diagram(graph, max_dimension, field):
    from scipy.sparse.csgraph import shortest_path

    if graph.weights.min(initial=0.0) < 0:
        raise ValueError(
            f"a weight is {graph.weights.min():.6g}, but lengths of paths need weights from 0 on; "
            'for other weights use function="weight".'
        )
    if graph.n_vertices == 0:
        return Diagram([], [], [], filtration="rips", field=field, max_dimension=max_dimension)
    require_bytes(
        16 * graph.n_vertices**2,
        f"The distances of all pairs of {graph.n_vertices} vertices",
        "Use another function, which needs none, or a part of the graph.",
    )
    D = shortest_path(graph.to_sparse(), directed=False)
    return rips_diagram(
        np.minimum(D, D.T), max_dimension=max_dimension, field=field, metric="precomputed"
    )


class GraphPersistence(DiagramTransformer):
    """Persistence diagrams of many graphs (input per shape: a sample is a graph).

    Parameters
    ----------
    function : str or callable, default='path'
        When vertices and edges enter: "path", the lengths of shortest paths; on edges "weight",
        "forman", "ollivier"; on vertices "degree", "strength", "heat", "values", "closeness",
        "betweenness", "pagerank", "clustering", "core"; or a callable that takes a graph as you
        gave it and returns values. `graph_diagram` says more.
    on : {"vertices", "edges"}, default="vertices"
        What the values of a callable are for.
    superlevel : bool, default=False
        Large values enter first.
    directed : bool, default=False
        Keep directions: the directed flag complex.
    max_dimension : int, default=1
        Highest degree of homology.
    field : int, default=2
        The prime of the coefficient field Z/p.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished diagrams: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    See Also
    --------
    graph_diagram : The same for one graph; filtrations, cost and sources.
    ExtendedPersistence : Branches and loops of a function, all of them finite.

    Examples
    --------
    >>> import networkx as nx
    >>> from tda import GraphPersistence
    >>> graphs = [nx.cycle_graph(8), nx.complete_graph(4)]
    >>> GraphPersistence().fit_transform(graphs)[0][1]
    array([[1., 3.]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "function": [str, callable],
        "on": [StrOptions({"vertices", "edges"})],
        "superlevel": ["boolean"],
        "directed": ["boolean"],
        "max_dimension": [Interval(Integral, 0, None, closed="left")],
        "field": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        function="path",
        on="vertices",
        superlevel=False,
        directed=False,
        max_dimension=1,
        field=2,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.function = function
        self.on = on
        self.superlevel = superlevel
        self.directed = directed
        self.max_dimension = max_dimension
        self.field = field
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        check_field(self.field)
        _check(self.function, self.superlevel, self.directed)
        return [
            (given, as_graph(given, directed=bool(self.directed), name=f"X[{i}]"))
            for i, given in enumerate(check_graphs(X))
        ]

    def _diagram(self, sample):
        return _diagram(
            *sample,
            self.function,
            self.on,
            self.superlevel,
            int(self.max_dimension),
            int(self.field),
        )
