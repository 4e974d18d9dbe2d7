"""Zigzag persistence: how the shape of a sequence of clouds or graphs changes from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._metrics import named_distances
from .._per_shape import CHECKPOINT
from .._validation import check_cloud
from ..diagrams import Diagram
from ..homology.base import DiagramTransformer
from ._graph import as_graph, is_graph
from ._zigzag_bars import zigzag_bars

__all__ = ["ZigzagPersistence", "zigzag_diagram"]

#: Metrics that are learned from a cloud, so that two clouds would be measured in two ways.
LEARNED = ("seuclidean", "mahalanobis")
#: With scale="auto": so many times the distance that this share of the points has to a neighbour.
SHARE, FACTOR = 0.95, 1.25


def zigzag_diagram(X, *, scale="auto", max_dimension=1, metric="euclidean") -> Diagram:
    """Zigzag persistence diagram of one sequence of clouds or of graphs.

    It says how the shape changes over time, or over the layers of a network: at which step each
    component and each loop appears, and at which it is gone. Two neighbouring steps are compared
    through their union, so that a loop of both counts as one loop only if it is the same there.

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
        Highest degree of homology, 0 or 1.
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
        different kinds or widths, for a scale that is no positive number.
    MemoryError
        Before the work, if the edges do not fit into memory.

    Notes
    -----
    Each complex is a graph with all its cliques, over Z/2: X0 → X0 ∪ X1 ← X1 → X1 ∪ X2 ← …
    Components: the graph of all components, with an edge from each to the one that takes it up
    in a union, has extended persistence, whose four kinds of pairs are the four kinds of bars
    [1]_; its cost is near linear. Loops: every complex is labelled with a basis of its
    cohomology [2]_. So the loops of a step have coordinates in both unions, and what is left is a
    zigzag of small matrices [3]_. Cost: a pass over the triangles of each complex, none of which
    is stored, and the cube of the number of loops that live at once. Memory: that of the edges
    of one union. Other ways, such as [4]_, store all simplices.

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
    """
    return _diagram(_checked(X, scale, metric), scale, max_dimension, metric)


def _diagram(steps, scale, max_dimension, metric):
    if not isinstance(max_dimension, Integral) or max_dimension not in (0, 1):
        raise ValueError(f"max_dimension={max_dimension!r}, but zigzags are of degree 0 or 1.")
    threshold = np.inf
    if isinstance(steps[0], np.ndarray):
        threshold = float(_scale(steps, metric) if isinstance(scale, str) else scale)
        complexes = _of_clouds(steps, threshold, metric)
    else:
        complexes = _of_graphs(steps)
    components, bases, images = _maps(complexes, max_dimension)
    bars = [_component_bars(*components)]
    if max_dimension:
        bars.append(zigzag_bars(bases, images))
    n = 2 * len(steps) - 1
    pairs = np.array([bar for part in bars for bar in part], dtype=np.float64).reshape(-1, 2)
    births, deaths = pairs[:, 0] / 2, np.where(pairs[:, 1] == n, np.inf, pairs[:, 1] / 2)
    dims = np.repeat(np.arange(len(bars)), [len(part) for part in bars])
    diagram = Diagram(births, deaths, dims, filtration="zigzag", max_dimension=int(max_dimension))
    diagram.threshold = threshold
    return diagram


# -- the sequence of complexes -------------------------------------------------------------------


@dataclass
class Complex:
    """A graph whose vertices are some of those of the whole sequence."""

    vertices: np.ndarray  # sorted
    edges: np.ndarray  # the two vertices as one number, sorted
    n_vertices: int  # of the whole sequence

    def joined(self, other, edges=()):
        return Complex(
            np.union1d(self.vertices, other.vertices),
            np.unique(np.concatenate([self.edges, other.edges, edges]).astype(np.int64)),
            self.n_vertices,
        )

    @property
    def ends(self):
        """The two vertices of each edge, as their places in `vertices`."""
        ends = np.column_stack(np.divmod(self.edges, max(self.n_vertices, 1)))
        return np.searchsorted(self.vertices, ends)


def _of_graphs(graphs):
    """The complexes of a sequence of graphs: steps at even places, unions at odd ones."""
    names = {}
    found = []
    for graph in graphs:
        nodes = range(graph.n_vertices) if graph.nodes is None else graph.nodes
        found.append(np.array([names.setdefault(v, len(names)) for v in nodes], dtype=np.int64))
    before = None
    for numbers, graph in zip(found, graphs, strict=True):
        ends = np.sort(numbers[graph.edges], axis=1)
        edges = np.unique(ends[:, 0] * len(names) + ends[:, 1])
        step = Complex(np.sort(numbers), edges, len(names))
        if before is not None:
            yield before.joined(step)
        yield step
        before = step


def _of_clouds(clouds, scale, metric):
    """The complexes of a sequence of clouds: steps at even places, unions at odd ones."""
    points, numbers = np.unique(np.concatenate(clouds) + 0.0, axis=0, return_inverse=True)
    ends = np.cumsum([len(cloud) for cloud in clouds])
    before = None
    for own in np.split(numbers.reshape(-1), ends[:-1]):
        own = np.unique(own)
        step = Complex(own, _near(points, own, scale, metric), len(points))
        if before is not None:
            both = np.union1d(before.vertices, own)
            edges = _near(points, both, scale, metric)
            # What the steps say of their own pairs holds: rounding may differ between calls.
            a, b = np.divmod(edges, len(points))
            old = np.isin(a, before.vertices) & np.isin(b, before.vertices)
            new = np.isin(a, own) & np.isin(b, own)
            yield before.joined(step, edges[~(old | new)])
        yield step
        before = step


def _near(points, own, scale, metric):
    """The pairs of points that are joined, each as one number."""
    from scipy.spatial import cKDTree

    from .._memory import require_bytes

    X = points[own]
    if metric == "euclidean":
        tree = cKDTree(X)
        n_pairs = tree.count_neighbors(tree, scale)
        require_bytes(
            100 * n_pairs, f"a graph of {n_pairs // 2} edges", "Lower scale, or thin the clouds."
        )
        i, j = tree.query_pairs(scale, output_type="ndarray").T
    else:
        require_bytes(
            20 * len(X) ** 2, f"a matrix of {len(X)} points", "Thin the clouds with tda.landmarks."
        )
        i, j = np.nonzero(np.triu(named_distances(X, metric) <= scale, 1))
    return np.sort(own[np.minimum(i, j)] * len(points) + own[np.maximum(i, j)])


def _scale(clouds, metric):
    """A scale at which most points are joined to their neighbours, from all steps together."""
    found = []
    for cloud in clouds:
        X = np.unique(cloud, axis=0)
        k = int(np.ceil(np.log2(len(X))))  # below len(X), and 0 for one point
        if k == 0:
            continue
        if metric == "euclidean":
            from scipy.spatial import cKDTree

            found.append(cKDTree(X).query(X, k + 1)[0][:, -1])
        else:
            found.append(np.partition(named_distances(X, metric), k, axis=1)[:, k])
    return FACTOR * np.quantile(np.concatenate(found), SHARE) if found else 1.0


# -- from complexes to bars ----------------------------------------------------------------------


def _maps(complexes, max_dimension):
    """What is needed of all complexes, of which only two are held at a time.

    Returns the components, as the places where they are and the edges between them, and for loops
    the bits of each complex and the maps from steps to unions.
    """
    levels, links, count = [], [], 0
    bases, images = [], []
    before = None
    for k, complex_ in enumerate(complexes):
        now = _Labelled(complex_, count, max_dimension)
        count += now.n_components
        levels += [k] * now.n_components
        bases.append(now.bits)
        if before is not None:
            small, large = (before, now) if k % 2 else (now, before)
            at = np.searchsorted(large.complex.vertices, small.complex.vertices)
            links.append(np.unique(np.column_stack([small.component, large.component[at]]), axis=0))
            if max_dimension:
                images.append(small.classes_in(large))
        before = now
    links = np.concatenate(links) if links else np.zeros((0, 2), np.int64)
    return (np.array(levels, dtype=np.float64), links), bases, images


class _Labelled:
    """A complex, the numbers of its components, and labels of its edges."""

    def __init__(self, complex_, first, max_dimension):
        from .._kernels.annotations import annotate, breadth_first

        self.complex, self.ends = complex_, complex_.ends
        n, m = len(complex_.vertices), len(self.ends)
        tails = np.concatenate([self.ends[:, 0], self.ends[:, 1]])
        order = np.argsort(tails, kind="stable")
        neighbors = np.concatenate([self.ends[:, 1], self.ends[:, 0]])[order]
        starts = np.searchsorted(tails[order], np.arange(n + 1))
        self.order, root = breadth_first(starts, neighbors)
        roots, component = np.unique(root, return_inverse=True)
        self.n_components, self.component = len(roots), component.reshape(-1) + first
        self.bits = []
        if max_dimension:
            self.labels, self.parent, self.parent_edge, self.makers = annotate(
                starts, neighbors, order % max(m, 1), self.order, True
            )
            self.bits = np.flatnonzero(self.makers >= 0).tolist()

    def classes_in(self, large):
        """For each bit its loop in a complex that holds this one, as bits of that one."""
        from .._kernels.annotations import classes_of_loops

        if not self.bits:
            return {}
        inclusion = np.searchsorted(large.complex.edges, self.complex.edges)
        classes = classes_of_loops(
            self.order,
            self.parent,
            self.parent_edge,
            self.ends,
            self.makers,
            inclusion,
            large.labels,
        ).astype("<u8")
        return {bit: int.from_bytes(classes[bit].tobytes(), "little") for bit in self.bits}


def _component_bars(levels, links):
    """Bars of degree 0, from the components of all complexes and which holds which."""
    from .._kernels.graph_extended import extended_pairs

    kinds = extended_pairs(levels, links)
    (b0, d0), (d1, b1), (b2, d2), (d3, b3) = (levels[kind].T for kind in kinds)
    births = [b0, b1 + 1, b2, b3 + 1]
    deaths = [d0, d1 + 1, d2 + 1, d3]
    return np.column_stack([np.concatenate(births), np.concatenate(deaths)]).tolist()


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
        Highest degree of homology, 0 or 1.
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
        "max_dimension": [Interval(Integral, 0, 1, closed="both")],
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
        metric="euclidean",
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.scale = scale
        self.max_dimension = max_dimension
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
        return _diagram(sample, self.scale, self.max_dimension, self.metric)
