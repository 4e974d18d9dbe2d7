"""Zigzag persistence: how the shape of a sequence of clouds or graphs changes from step to step."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._per_shape import CHECKPOINT
from .._validation import check_cloud, check_field
from ..diagrams import Diagram
from ..homology.base import DiagramTransformer
from ._graph import as_graph, is_graph
from ._zigzag_complexes import complexes_of_clouds, complexes_of_graphs, usual_scale
from ._zigzag_maps import zigzag_of_complexes

__all__ = ["ZigzagPersistence", "zigzag_diagram"]

#: Metrics that are learned from a cloud, so that two clouds would be measured in two ways.
LEARNED = ("seuclidean", "mahalanobis")


def zigzag_diagram(X, *, scale="auto", max_dimension=1, field=2, metric="euclidean") -> Diagram:
    """Zigzag persistence diagram of one sequence of clouds or of graphs.

    It says how the shape changes over time, or over the layers of a network: at which step each
    component, each loop, each void appears, and at which it is gone. Two neighbouring steps are
    compared through their union: a loop of both counts as one loop only if it is the same there.

    Parameters
    ----------
    X : list of clouds, or of graphs
        The steps, in order. Clouds are arrays of shape (n_points, n_features), each of as many
        points as it likes; equal rows are one point. Graphs are as `tda.graphs.as_graph` takes
        them; for an edge list pass ``as_graph(edges)``. Vertices of the same name, or without
        names of the same number, are one vertex.
    scale : float or "auto", default="auto"
        For clouds: points that are at most this far apart are joined, at every step. By default
        1.25 times the distance that 95% of the points of all steps have to their k-th neighbour,
        where k is the binary logarithm of the number of points of the step.
    max_dimension : int, default=1
        Highest degree of homology: 1 for loops, 2 for voids, and so on. Two neighbouring steps may
        have 2,097,151 vertices together in degree 2 if memory lasts, 32,767 in degree 3, 4,095 in
        4, 1,023 in 5, 511 in 6.
    field : int, default=2
        The prime of the coefficient field Z/p.
    metric : str or callable, default="euclidean"
        For clouds: any metric of `sklearn.metrics.pairwise_distances` between coordinates that
        is not learned from the points.

    Returns
    -------
    Diagram
        Of filtration "zigzag". Births and deaths are steps: the steps are 0, 1, 2, …, and the
        union of steps 1 and 2 is 1.5. A bar (1, 2.5) is born at step 1, and lives in all that
        comes before 2.5: steps 1 and 2 and their union. What lives at the last step has
        ``death = inf``. The `threshold` of the diagram is the scale.

    Raises
    ------
    ValueError
        For an empty sequence, for one cloud or graph instead of a sequence, for steps of
        different kinds or widths, for a scale that is no positive number, for a field that is not
        prime, for more vertices than a degree allows.
    MemoryError
        Before the work, if the edges do not fit into memory, or what degrees from 2 on or another
        field than Z/2 need; or as soon as cocycles take more than half of what is free.

    Notes
    -----
    Each complex is a graph with all its cliques: X0 → X0 ∪ X1 ← X1 → X1 ∪ X2 ← …

    Components: the graph of all components, with an edge from each to the one that takes it up
    in a union, has extended persistence, whose four kinds of pairs are the four kinds of bars
    [1]_; its cost is near linear.

    Loops alone, over Z/2: every complex is labelled with a basis of its cohomology [2]_. So the
    loops of a step have coordinates in both unions, and what is left is a zigzag of small matrices
    [3]_. Cost: a pass over the triangles of each complex, none of which is stored, and the cube of
    the number of loops that live at once. Memory: that of the edges of one union.

    Any degree over any field: one pass over the edges of two steps, apart from each other, and
    then over what is left of their union, as in `rips_diagram`. Cocycles that live when the steps
    are complete are the coordinates of their homology; when one dies, it becomes a sum of others,
    and these sums are the two maps. No cycle is needed, and of simplices only those on which a
    value was asked for. Cost: mostly that of finding common neighbours of the ends of edges; a
    vertex of both steps counts twice. Memory: 10 bytes for each pair of vertices of two steps,
    and values, which are few for clouds and many for random graphs in degree 3 and more.

    Other ways, such as [4]_, store all simplices.

    References
    ----------
    .. [1] G. Carlsson, V. de Silva, D. Morozov, "Zigzag persistent homology and real-valued
       functions", SoCG 2009.
    .. [2] O. Busaryev, S. Cabello, C. Chen, T. Dey, Y. Wang, "Annotating simplices with a
       homology basis and its applications", SWAT 2012.
    .. [3] G. Carlsson, V. de Silva, "Zigzag persistence", Found. Comput. Math. 10, 2010.
    .. [4] T. Dey, T. Hou, "Fast computation of zigzag persistence", 2022, arXiv:2204.11080.

    Examples
    --------
    Four points; then one of them goes, and comes back. Their loop is another one.

    >>> from tda import zigzag_diagram
    >>> square = [[0, 0], [0, 1], [1, 1], [1, 0]]
    >>> zigzag_diagram([square, square[:3], square[:2], square], scale=1)[1]
    array([[0. , 1. ],
           [2.5, inf]])

    The same of graphs, whose vertices have names.

    >>> import networkx as nx
    >>> zigzag_diagram([nx.path_graph(4), nx.cycle_graph(4)])[1]
    array([[0.5, inf]])

    An octahedron encloses a void, and one vertex in its middle fills it.

    >>> octahedron = nx.complete_multipartite_graph(2, 2, 2)
    >>> filled = nx.complete_multipartite_graph(2, 2, 2, 1)
    >>> zigzag_diagram([octahedron, octahedron, filled], max_dimension=2)[2]
    array([[0. , 1.5]])
    """
    return _diagram(_checked(X, scale, metric), scale, max_dimension, field, metric)


def _diagram(steps, scale, max_dimension, field, metric):
    field = check_field(field)
    if not isinstance(max_dimension, Integral) or max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension!r}; it must be an integer from 0 on.")
    threshold = np.inf
    if isinstance(steps[0], np.ndarray):
        threshold = float(usual_scale(steps, metric) if isinstance(scale, str) else scale)
        complexes = complexes_of_clouds(steps, threshold, metric)
    else:
        complexes = complexes_of_graphs(steps)
    bars = zigzag_of_complexes(complexes, int(max_dimension), field)
    n = 2 * len(steps) - 1
    pairs = np.array([bar for part in bars for bar in part], dtype=np.float64).reshape(-1, 2)
    births, deaths = pairs[:, 0] / 2, np.where(pairs[:, 1] == n, np.inf, pairs[:, 1] / 2)
    dims = np.repeat(np.arange(len(bars)), [len(part) for part in bars])
    diagram = Diagram(
        births, deaths, dims, filtration="zigzag", field=field, max_dimension=int(max_dimension)
    )
    diagram.threshold = threshold
    return diagram


# -- what is given -------------------------------------------------------------------------------


def _checked(X, scale, metric, name="X"):
    """The steps of one sequence, as clouds or as graphs."""
    if isinstance(scale, str) and scale != "auto":
        raise ValueError(f'scale={scale!r}; it must be a positive number or "auto".')
    if not isinstance(scale, str) and not (isinstance(scale, Real) and 0 < scale < np.inf):
        raise ValueError(f'scale={scale!r}; it must be a positive number or "auto".')
    if isinstance(metric, str) and metric in (*LEARNED, "precomputed"):
        way = {"precomputed": "pass graphs of them"}.get(metric, "divide the columns before")
        raise ValueError(f"metric={metric!r} is not the same at every step: {way}.")
    one = is_graph(X) or (hasattr(X, "ndim") and X.ndim < 3 and X.dtype != object)
    if one or isinstance(X, str | bytes | dict) or not hasattr(X, "__iter__"):
        raise ValueError(
            f"{name} is one {type(X).__name__}, but a zigzag is of a sequence: pass a list of "
            "clouds or of graphs, one for each step."
        )
    steps = list(X)
    if not steps:
        raise ValueError(f"{name} is empty: there is no step in it.")
    graphs = [is_graph(step) for step in steps]
    if all(graphs):
        found = [as_graph(step, name=f"{name}[{i}]") for i, step in enumerate(steps)]
        return [graph.undirected() for graph in found]
    if any(graphs):
        i = graphs.index(not graphs[0])
        raise ValueError(
            f"{name}[0] and {name}[{i}] differ in kind: pass all clouds or all graphs."
        )
    clouds = [check_cloud(step, name=f"{name}[{i}]") for i, step in enumerate(steps)]
    widths = sorted({cloud.shape[1] for cloud in clouds})
    if len(widths) > 1:
        raise ValueError(f"{name} has clouds of {widths} coordinates: all steps need the same.")
    return clouds


class ZigzagPersistence(DiagramTransformer):
    """Zigzag persistence diagrams of many sequences (input per shape: a sample is a sequence).

    A sample is a list of clouds, or of graphs, one for each step.

    Parameters
    ----------
    scale : float or "auto", default="auto"
        For clouds: points that are at most this far apart are joined, at every step. "auto"
        chooses one scale for each sequence.
    max_dimension : int, default=1
        Highest degree of homology.
    field : int, default=2
        The prime of the coefficient field Z/p.
    metric : str or callable, default="euclidean"
        For clouds: the distance between points.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished diagrams: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    See Also
    --------
    zigzag_diagram : The same for one sequence; what births and deaths are, cost and sources.

    Examples
    --------
    >>> from tda import ZigzagPersistence
    >>> square = [[0, 0], [0, 1], [1, 1], [1, 0]]
    >>> dgms = ZigzagPersistence(scale=1).fit_transform([[square, square[:3]], [square[:3]]])
    >>> dgms[0][1], dgms[1][0]
    (array([[0., 1.]]), array([[ 0., inf]]))
    """

    _parameter_constraints: ClassVar[dict] = {
        "scale": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "max_dimension": [Interval(Integral, 0, None, closed="left")],
        "field": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        scale="auto",
        max_dimension=1,
        field=2,
        metric="euclidean",
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.scale = scale
        self.max_dimension = max_dimension
        self.field = field
        self.metric = metric
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        if is_graph(X) or (hasattr(X, "ndim") and X.ndim < 4 and X.dtype != object):
            raise ValueError(
                f"X is one {type(X).__name__}, but one sample here is a whole sequence of clouds "
                "or graphs: pass [X] for one sequence, a list of sequences for many."
            )
        samples = list(X)
        if not samples:
            raise ValueError("X is empty: there is no sequence in it.")
        first = samples[0]
        if is_graph(first) or (hasattr(first, "ndim") and first.ndim == 2):
            raise ValueError(
                "X is a list of clouds or graphs, but one sample here is a whole sequence of them: "
                "pass [X] for one sequence, a list of sequences for many."
            )
        return [
            _checked(sample, self.scale, self.metric, name=f"X[{i}]")
            for i, sample in enumerate(samples)
        ]

    def _diagram(self, sample):
        return _diagram(sample, self.scale, self.max_dimension, self.field, self.metric)
