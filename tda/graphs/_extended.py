"""Extended persistence of a function on the vertices of a graph."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np

from .._per_shape import CHECKPOINT
from ..diagrams import Diagram
from ..homology.base import DiagramTransformer
from ._functions import VERTEX_FUNCTIONS, check_function, vertex_values
from ._graph import as_graph, check_graphs

__all__ = ["EXTENDED_KINDS", "ExtendedPersistence", "extended_diagram"]

#: The kinds of pairs of an extended diagram, in their places 0 to 3.
EXTENDED_KINDS = ("ordinary", "relative", "components", "loops")


def extended_diagram(G, *, function="degree") -> Diagram:
    """Extended persistence diagram of a function on the vertices of one graph.

    The graph is swept from below and then from above. So every component and every loop ends,
    branches are seen in both directions, and no bar is infinite.

    Parameters
    ----------
    G : graph, as `tda.graphs.as_graph` takes it
        Directions and weights are not looked at.
    function : str, callable or array-like of shape (n_vertices,), default='degree'
        As in `tda.graphs.vertex_values`.

    Returns
    -------
    Diagram
        Its places 0 to 3 hold the four kinds of pairs, in gudhi's order, named in
        `tda.graphs.EXTENDED_KINDS`. They are not degrees of homology:

        - 0, ordinary: a branch that points down, from its tip to where it joins; birth < death;
        - 1, relative: a branch that points up, from its tip to where it joins; birth > death;
        - 2, components: each from its lowest to its highest vertex; birth < death;
        - 3, loops: each from its highest to its lowest vertex, the one as low and the other as
          high as independent loops can have; birth > death.

        `birth_simplices` and `death_simplices` hold the vertex where each value is attained.
        Pairs of equal values are left out, such as a component on which the function is constant.

    Raises
    ------
    ValueError
        For what is no graph, or a function without a finite value at each vertex.

    Notes
    -----
    O(n_edges log n_vertices): two passes of union-find for the first three kinds [1]_. For the
    loops edges enter a forest from below, and of each cycle the edge that comes last from above
    leaves it [2]_ [3]_; the forest is kept in links between vertices of rising rank [4]_.

    References
    ----------
    .. [1] D. Cohen-Steiner, H. Edelsbrunner, J. Harer, "Extending persistence using Poincaré and
       Lefschetz duality", Found. Comput. Math. 9 (2009).
    .. [2] P. Agarwal, H. Edelsbrunner, J. Harer, Y. Wang, "Extreme elevation on a 2-manifold",
       Discrete Comput. Geom. 36 (2006).
    .. [3] Z. Yan, T. Ma, L. Gao, Z. Tang, Y. Wang, C. Chen, "Neural approximation of graph
       topological features", NeurIPS 2022.
    .. [4] D. Smirnov, D. Morozov, "Triplet merge trees", TopoInVis 2017.

    Examples
    --------
    A circle of four vertices with a tail, by height: the loop spans the heights 1 to 3, and the
    tail makes the component one unit longer.

    >>> from tda import extended_diagram
    >>> edges = [[0, 1], [0, 2], [1, 3], [2, 3], [4, 0]]
    >>> diagram = extended_diagram(edges, function=[1, 2, 2, 3, 0])
    >>> diagram[2], diagram[3]
    (array([[0., 3.]]), array([[3., 1.]]))
    """
    graph = as_graph(G).undirected()
    if not isinstance(function, str):
        return _diagram(graph, vertex_values(graph, function, given=G))
    return _diagram(graph, vertex_values(graph, function))


def _diagram(graph, values):
    from .._kernels.graph_extended import extended_pairs

    kinds = extended_pairs(values, graph.edges)
    pairs = np.concatenate(kinds)
    return Diagram(
        values[pairs[:, 0]],
        values[pairs[:, 1]],
        np.repeat(np.arange(4), [len(kind) for kind in kinds]),
        filtration="extended",
        max_dimension=3,
        birth_simplices=pairs[:, :1],
        death_simplices=pairs[:, 1:],
    )


class ExtendedPersistence(DiagramTransformer):
    """Extended persistence diagrams of many graphs (input per shape: a sample is a graph).

    The features of `tda.features` describe the four kinds of pairs like four degrees:
    ``…_h0`` ordinary, ``…_h1`` relative, ``…_h2`` components, ``…_h3`` loops.

    Parameters
    ----------
    function : str or callable, default='degree'
        A function on the vertices: "degree", "strength", "heat", "values", "closeness",
        "betweenness", "pagerank", "clustering", "core", as `tda.graphs.vertex_values` says, or a
        callable that takes a graph as you gave it and returns one number for each vertex.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished diagrams: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    See Also
    --------
    extended_diagram : The same for one graph; what the four kinds are, cost and sources.

    Examples
    --------
    >>> from tda import ExtendedPersistence
    >>> ring, path = [[0, 1], [1, 2], [2, 3], [3, 0], [0, 4]], [[0, 1], [1, 2]]
    >>> dgms = ExtendedPersistence().fit_transform([ring, path])
    >>> dgms[0][3]  # the loop, from degree 3 to degree 2
    array([[3., 2.]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "function": [str, callable],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(self, *, function="degree", n_jobs=None, checkpoint=None, verbose=False):
        self.function = function
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        check_function(self.function, VERTEX_FUNCTIONS)
        return [
            (given, as_graph(given, name=f"X[{i}]").undirected())
            for i, given in enumerate(check_graphs(X))
        ]

    def _diagram(self, sample):
        given, graph = sample
        return _diagram(graph, vertex_values(graph, self.function, given=given))
