"""`layer_report`: how a network undoes the holes of its classes, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from ..._blocks import as_blocks
from ..._geometry import spread_landmarks
from ..._html import curves
from ..._neighbors import neighbor_graph
from ..._progress import progress
from ..._report import Report
from ...dimension import intrinsic_dimension
from ...distances import bottleneck_distance
from ...homology import rips_diagram
from ._activations import layer_activations
from ._distances import distinct_rows, layer_size
from ._holes import METRICS, class_holes
from ._words import meaning, table, verdict

__all__ = ["LayerReport", "layer_report"]

#: Points of a class whose diagrams are compared from layer to layer.
COMPARED_POINTS = 300
#: Neighbours whose labels are compared.
LABEL_NEIGHBORS = 10
#: Fewer distinct points than this have no dimension to speak of.
LEAST_POINTS = 12


@dataclass(frozen=True, eq=False)
class LayerReport(Report):
    """What `layer_report` found; prints as a verdict and a table.

    Attributes
    ----------
    layer_names : tuple of str
        "input" first, "output" last.
    widths : tuple of int
        Units of each layer.
    classes : array of shape (n_classes,)
    betti : int array of shape (n_layers, n_classes, max_dimension + 1)
        Number of components, loops, voids of each class in each layer.
    p_values : array of the same shape
        Of the strongest hole beyond the one component that is there for certain: at most `level`
        where one is counted. NaN with ``metric="geodesic"``.
    dimension : array of shape (n_layers, n_classes)
        Intrinsic dimension; 0 of a class that is one point, NaN of fewer than 12 points.
    silhouette : array of shape (n_layers,)
        From -1 to 1, the most where classes are dense and far apart; 0 where there is one class.
    agreement : array of shape (n_layers,)
        Share of the 10 nearest neighbours with the label of the point; 1 where there is one class.
    changes : array of shape (n_layers - 1, n_classes, max_dimension + 1)
        Bottleneck distance of the diagrams of a class from one layer to the next, in units of the
        size of the class.
    n_distinct : int array of shape (n_layers, n_classes)
        Points that are still apart.
    counts : tuple of tuples of HoleCount or None
        By layer and class, with every hole and its p-value; None with ``metric="geodesic"`` and
        where all points are equal.
    metric, level, n_points :
        How it was computed; `n_points` are those of each class that were looked at.
    """

    layer_names: tuple
    widths: tuple
    classes: np.ndarray
    betti: np.ndarray
    p_values: np.ndarray
    dimension: np.ndarray
    silhouette: np.ndarray
    agreement: np.ndarray
    changes: np.ndarray
    n_distinct: np.ndarray
    metric: str
    level: float
    n_points: tuple
    counts: tuple = field(repr=False, default=())

    @property
    def excess(self):
        """Holes and components beyond one component a class, of shape (n_layers,)."""
        return self.betti.sum(axis=(1, 2)) - len(self.classes)

    def depth_at(self, share=0.0):
        """The layer from which on at most a share of the excess of the input is left.

        Parameters
        ----------
        share : float, default=0.0
            0 asks for the layer from which on every class is one piece without holes.

        Returns
        -------
        int or None
            Its position in `layer_names`, so that 0 is the input and 1 the first layer; None if
            more is left in the output.
        """
        more = np.flatnonzero(self.excess > share * self.excess[0])
        depth = int(more[-1]) + 1 if more.size else 0
        return depth if depth < len(self.excess) else None

    @property
    def is_untangled(self):
        """Whether every class is one piece without holes in the output."""
        return self.depth_at(0.0) is not None

    @property
    def verdict(self):
        """What it means, in words."""
        return verdict(self)

    def to_dict(self):
        """The verdict and the numbers in plain types, ready for JSON.

        Returns
        -------
        dict
            Of str, int, float, bool, None, list and dict; None where a number is NaN.
        """
        return super().to_dict() | {"excess": self.excess.tolist()}

    def _figure(self):
        """Holes beyond one component, by layer, over all classes."""
        sums = self.betti.sum(axis=1) - (np.arange(self.betti.shape[2]) == 0) * len(self.classes)
        series = {f"H{k}": sums[:, k] for k in range(self.betti.shape[2])}
        depth = np.arange(len(self.layer_names))
        return curves(depth, series, x_label="layer", y_label="holes", label="holes by layer")

    _names = ("layer", "class")

    def _rows(self):
        """A row for each layer and class."""
        rows = []
        for i, layer in enumerate(self.layer_names):
            for c, label in enumerate(self.classes):
                row = {"layer": layer, "class": label, "width": self.widths[i]}
                row |= {f"betti_{k}": int(b) for k, b in enumerate(self.betti[i, c])}
                row |= {f"p_value_{k}": p for k, p in enumerate(self.p_values[i, c])}
                row |= {"dimension": self.dimension[i, c], "n_distinct": self.n_distinct[i, c]}
                row |= {"silhouette": self.silhouette[i], "agreement": self.agreement[i]}
                change = self.changes[i - 1, c] if i else np.full(self.betti.shape[2], np.nan)
                row |= {f"change_{k}": value for k, value in enumerate(change)}
                rows.append(row)
        return rows

    def _table(self):
        """A row for each layer, the classes side by side."""
        return table(self)

    def _below(self):
        return meaning(self)


def layer_report(
    network,
    X,
    y=None,
    *,
    layers="all",
    metric="cknn",
    n_neighbors=None,
    max_dimension=None,
    level=0.05,
    max_points=1500,
    random_state=0,
    verbose=False,
):
    """Holes, dimension and separation of the classes in every layer (input per point).

    Parameters
    ----------
    network : fitted MLPClassifier, MLPRegressor or Pipeline that ends in one, torch.nn.Module, \
DenseNetwork or TorchNetwork
    X : array-like of shape (n_points, n_features)
        Best points that the network was not trained on, and that it gets right: one wrong point
        bridges two classes. It may stay on disk, as `tda.landmarks` takes it: the network then
        runs on the rows that are drawn alone.
    y : array-like of shape (n_points,), default=None
        The class of every point; None takes all as one.
    layers : "all", or list of str and int, default="all"
        Names or indices of layers (`layer_activations`); the input is always the first.
    metric : {"cknn", "euclidean", "geodesic"}, default="cknn"
        How near two points of a layer are. "cknn" measures in units of the spacing around either
        point, since layers press parts of a class a hundred times denser than others;
        "euclidean" does not; "geodesic" counts steps along the neighbour graph at one scale, as
        in [1]_, and has no p-values.
    n_neighbors : int, default=None
        Neighbours that tell the spacing (15), or that the graph of steps joins (14, and 19 where
        voids are counted).
    max_dimension : {0, 1, 2}, default=None
        Highest degree. By default all that the input can have if that is of at most three
        features, and 1 of more.
    level : float, default=0.05
        Of significance of a hole, for each class and layer.
    max_points : int, default=1500
        Of more points of a class so many are drawn, the same in every layer.
    random_state : int, RandomState or None, default=0
        Seed of what is drawn.
    verbose : bool, default=False
        Show a progress bar.

    Returns
    -------
    LayerReport

    Raises
    ------
    TypeError, NotFittedError
        If `network` is no network, or is not fitted.
    ValueError
        If `X` and `y` are of different length, a class has fewer than 3 points, or a parameter is
        out of its range.

    See Also
    --------
    tda.plot.plot_layers : The same as a picture.
    LayerActivations : The clouds themselves.
    tda.count_holes : Where p-values come from.

    Notes
    -----
    A network that classifies well brings every class to one piece without holes [1]_. A
    continuous map cannot tear: more components than in the layer before are pieces that are
    merely far apart.

    * Holes: `count_holes` on a Rips complex. With "cknn" the distance of two points is divided by
      the geometric mean of the distances to their k-th neighbours [2]_, which makes the density
      the same everywhere, as the p-values suppose. Voids are counted on 500 landmarks of these
      distances.
    * What cannot be is not looked for: a layer that spans r dimensions has no holes of degree r
      and up. Points closer than a millionth of the size of a layer are one, and a class that is
      one point has Betti numbers 1, 0, 0 and dimension 0.
    * Separation: the mean silhouette [3]_, which sees distances, and the share of the nearest
      neighbours with the same label [4]_, which sees order only. Where a whole layer is one point
      they are 0 and the share of a random draw.
    * Changes: bottleneck distance of Euclidean Rips diagrams of the same 300 landmarks of a class
      in two layers, each divided by the 95% quantile of its distances, so that layers of any
      width and scale compare. At most the largest difference of two scaled distances [5]_.

    O(max_points²) memory; about a third of a second for each layer and class of 1,500 points.

    References
    ----------
    .. [1] G. Naitzat, A. Zhitnikov, L.-H. Lim, "Topology of deep neural networks", JMLR 21(184),
       2020.
    .. [2] T. Berry, T. Sauer, "Consistent manifold representation for topological data analysis",
       Foundations of Data Science 1(1), 2019.
    .. [3] P. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of
       cluster analysis", J. Comput. Appl. Math. 20, 1987.
    .. [4] D. Doimo, A. Glielmo, A. Ansuini, A. Laio, "Hierarchical nucleation in deep neural
       networks", NeurIPS 2020.
    .. [5] D. Cohen-Steiner, H. Edelsbrunner, J. Harer, "Stability of persistence diagrams",
       Discrete Comput. Geom. 37, 2007.

    Examples
    --------
    A disk in a ring. Three units that look in three directions lift the ring off the disk, and
    their sum has no room for a loop.

    >>> import numpy as np
    >>> from tda.datasets import make_nested_disks
    >>> from tda.networks import DenseNetwork, layer_report
    >>> shape = make_nested_disks(600, n_disks=1, random_state=0)
    >>> angles = 2 * np.pi * np.arange(3) / 3
    >>> lift = np.array([np.cos(angles), np.sin(angles)])
    >>> network = DenseNetwork((lift, np.ones((3, 1))), (np.zeros(3) - 0.1, np.zeros(1)))
    >>> report = layer_report(network, shape.points, shape.labels)
    >>> report.betti[0].tolist(), report.betti[-1].tolist()
    ([[1, 0], [1, 1]], [[1, 0], [1, 0]])
    >>> report.is_untangled, report.excess.tolist()[::2]
    (True, [1, 0])
    """
    blocks = as_blocks(X)
    if blocks is None:
        names, clouds = _clouds(network, X, layers)
    codes, classes = _classes(y, len(clouds[0] if blocks is None else blocks))
    _check_options(metric, n_neighbors, max_dimension, max_points)
    rows = _drawn(codes, len(classes), max_points, check_random_state(random_state))
    if blocks is None:
        clouds = [cloud[np.concatenate(rows)] for cloud in clouds]
    else:
        names, clouds = _clouds(network, blocks.take(np.concatenate(rows)), layers)
    if max_dimension is None:
        n_features = clouds[0].shape[1]
        max_dimension = n_features - 1 if n_features <= 3 else 1
    labels = np.repeat(np.arange(len(rows)), [len(part) for part in rows])
    members = [np.flatnonzero(labels == c) for c in range(len(rows))]

    sizes = [layer_size(cloud) for cloud in clouds]
    holes, dimension = [], []
    for cloud, size in _bar(list(zip(clouds, sizes, strict=True)), verbose):
        options = {"max_dimension": max_dimension, "level": level}
        options |= {"metric": metric, "n_neighbors": n_neighbors}
        holes.append([class_holes(cloud[part], size, **options) for part in members])
        dimension.append([_dimension(cloud[part], size) for part in members])
    scores = [_separation(cloud, labels, size) for cloud, size in zip(clouds, sizes, strict=True)]
    return LayerReport(
        layer_names=tuple(names),
        widths=tuple(cloud.shape[1] for cloud in clouds),
        classes=classes,
        betti=np.array([[found.betti for found in layer] for layer in holes]),
        p_values=np.array([[found.p_values for found in layer] for layer in holes]),
        dimension=np.array(dimension),
        silhouette=np.array([silhouette for silhouette, _ in scores]),
        agreement=np.array([agreement for _, agreement in scores]),
        changes=_changes(clouds, members, max_dimension),
        n_distinct=np.array([[found.n_distinct for found in layer] for layer in holes]),
        metric=metric,
        level=level,
        n_points=tuple(map(len, members)),
        counts=tuple(tuple(found.count for found in layer) for layer in holes),
    )


# -- input ---------------------------------------------------------------------------------


def _clouds(network, X, layers):
    found = layer_activations(network, X, layers=layers, include_input=True)
    return list(found), list(found.values())


def _classes(y, n):
    """The class of each point as a number, and the classes."""
    if y is None:
        return np.zeros(n, dtype=int), np.array(["all"])
    y = np.asarray(y)
    if y.shape != (n,):
        raise ValueError(f"y has shape {y.shape}, but X has {n} points: give a label for each.")
    classes, codes = np.unique(y, return_inverse=True)
    counts = np.bincount(codes)
    if counts.min() < 3:
        few = classes[np.argmin(counts)]
        raise ValueError(
            f"y: class {few} has {counts.min()} point(s), and a shape takes 3 at least. Where "
            "y is no class but a number, leave it out."
        )
    return codes, classes


def _check_options(metric, n_neighbors, max_dimension, max_points):
    if metric not in METRICS:
        raise ValueError(f"metric={metric!r}; it must be one of {', '.join(map(repr, METRICS))}.")
    if max_dimension not in (0, 1, 2, None):
        raise ValueError(f"max_dimension={max_dimension!r}; it must be 0, 1, 2 or None.")
    if n_neighbors is not None and not (isinstance(n_neighbors, Integral) and n_neighbors >= 1):
        raise ValueError(f"n_neighbors={n_neighbors!r}; it must be an integer from 1 on, or None.")
    if not isinstance(max_points, Integral) or max_points < LEAST_POINTS:
        raise ValueError(
            f"max_points={max_points!r}; it must be an integer from {LEAST_POINTS} on."
        )


def _drawn(codes, n_classes, max_points, rng):
    """Rows of each class, at most so many."""
    rows = [np.flatnonzero(codes == c) for c in range(n_classes)]
    return [
        part if len(part) <= max_points else np.sort(rng.choice(part, max_points, replace=False))
        for part in rows
    ]


def _bar(items, verbose):
    return progress(items, label="layer_report", shown=verbose)


# -- steps ---------------------------------------------------------------------------------


def _dimension(cloud, size):
    cloud = cloud[distinct_rows(cloud, size)]
    if len(cloud) < LEAST_POINTS:
        return 0.0 if len(cloud) == 1 else np.nan
    return intrinsic_dimension(cloud).dimension


def _separation(cloud, labels, size):
    """Mean silhouette, and the share of neighbours with the same label."""
    from sklearn.metrics import silhouette_score

    counts = np.bincount(labels)
    if len(counts) == 1:
        return 0.0, 1.0
    if size == 0:
        return 0.0, float((counts * (counts - 1)).sum() / (len(labels) * (len(labels) - 1)))
    k = min(LABEL_NEIGHBORS, len(labels) - 1)
    # In random order, so that among points that are equal no class comes first.
    order = np.random.default_rng(0).permutation(len(labels))
    neighbors = neighbor_graph(cloud[order] / size, k).indices
    agreement = float((labels[order][neighbors] == labels[order][:, None]).mean())
    return float(silhouette_score(cloud / size, labels)), agreement


def _changes(clouds, members, max_dimension):
    """Bottleneck distances of each class from layer to layer, its sizes made equal."""
    found = np.zeros((len(clouds) - 1, len(members), max_dimension + 1))
    for c, part in enumerate(members):
        if len(part) > COMPARED_POINTS:
            landmarks, _ = spread_landmarks(np.ascontiguousarray(clouds[0][part]), COMPARED_POINTS)
            part = part[np.sort(landmarks)]
        diagrams = [_scaled_diagram(cloud[part], max_dimension) for cloud in clouds]
        for i, (one, other) in enumerate(pairwise(diagrams)):
            found[i, c] = [
                bottleneck_distance(one, other, degree=k) for k in range(max_dimension + 1)
            ]
    return found


def _scaled_diagram(cloud, max_dimension):
    from scipy.spatial.distance import pdist, squareform

    distances = pdist(cloud)
    size = np.quantile(distances, 0.95)
    D = squareform(distances / size if size > 0 else distances * 0)
    return rips_diagram(D, metric="precomputed", max_dimension=max_dimension)
