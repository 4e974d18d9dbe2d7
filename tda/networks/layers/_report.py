"""`layer_report`: how a network undoes the holes of its classes, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.utils import _safe_indexing, check_random_state

from ..._blocks import as_blocks
from ..._geometry import spread_landmarks
from ..._html import curves
from ..._neighbors import neighbor_graph
from ..._progress import progress
from ..._report import Report
from ...dimension import intrinsic_dimension
from ...distances import bottleneck_distance
from ...homology import rips_diagram
from ..model._untrained import untrained_network
from ._activations import apply_steps, given, in_batches, rows_at_once, run_layers, split_network
from ._distances import all_distances, distinct_rows, layer_size
from ._holes import CORRECTIONS, METRICS, class_holes, corrected
from ._sketch import narrowed
from ._words import meaning, table, verdict

__all__ = ["LayerReport", "layer_report"]

#: Points of a class whose diagrams are compared from layer to layer.
COMPARED_POINTS = 300
#: Neighbours whose labels are compared, points that are asked, and shuffles of the labels.
LABEL_NEIGHBORS, SEPARATED_POINTS, N_SHUFFLES = 10, 3000, 199
#: Fewer distinct points than this have no dimension to speak of.
LEAST_POINTS = 12
#: Classes are apart from this mean silhouette on, below which Kaufman and Rousseeuw (1990) see no
#: structure, and where so many neighbours have the same label.
LEAST_SILHOUETTE, LEAST_AGREEMENT = 0.25, 0.9


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
        Of the strongest hole beyond the one component that is there for certain, corrected for
        the number of layers and classes: at most `level` where one is counted. NaN with
        ``metric="geodesic"``.
    dimension : array of shape (n_layers, n_classes)
        Intrinsic dimension; 0 of a class that is one point, NaN of fewer than 12 points.
    silhouette : array of shape (n_layers,)
        From -1 to 1, the most where classes are dense and far apart; 0 where there is one class.
    agreement : array of shape (n_layers,)
        Share of the 10 nearest neighbours with the label of the point; 1 where there is one class.
    separation_p_values : array of shape (n_layers,)
        How often shuffled labels agree as much, at least 1/200; 1 where there is one class.
    changes : array of shape (n_layers - 1, n_classes, max_dimension + 1)
        Bottleneck distance of the diagrams of a class from one layer to the next, in units of the
        size of the class.
    n_distinct : int array of shape (n_layers, n_classes)
        Points that are still apart.
    counts : tuple of tuples of HoleCount or None
        By layer and class, with every hole and its p-value; None with ``metric="geodesic"`` and
        where all points are equal.
    untrained : tuple of LayerNumbers
        The same numbers of networks of the same shape that have learned nothing, each with
        `excess`, `silhouette`, `agreement`, `dimension` and `changes`.
    shuffled_excess : int array of shape (n_layers,), or None
        Holes and extra components of classes with shuffled labels in the trained network; None
        where there is one class, or no untrained network.
    metric, level, correction, n_points :
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
    separation_p_values: np.ndarray
    changes: np.ndarray
    n_distinct: np.ndarray
    untrained: tuple
    shuffled_excess: np.ndarray | None
    metric: str
    level: float
    correction: str | None
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
    def is_apart(self):
        """For each layer whether its classes are apart: a silhouette of 0.25 and 9 of 10
        neighbours of the same class at least. True where there is one class."""
        if len(self.classes) == 1:
            return np.ones(len(self.layer_names), dtype=bool)
        return (self.silhouette >= LEAST_SILHOUETTE) & (self.agreement >= LEAST_AGREEMENT)

    @property
    def untangled_at(self):
        """The layer from which on every class is one piece without holes and apart from the
        others, as a position in `layer_names`, or None."""
        tangled = np.flatnonzero((self.excess > 0) | ~self.is_apart)
        depth = int(tangled[-1]) + 1 if tangled.size else 0
        return depth if depth < len(self.excess) else None

    @property
    def is_untangled(self):
        """Whether in the output every class is one piece without holes, apart from the others."""
        return self.untangled_at is not None

    @property
    def hunchback(self):
        """Where the median dimension of the classes has its peak, if it rises from the input to
        there and falls to the output, each by a fifth at least; else None (Ansuini et al. 2019)."""
        return hunch(self.dimension)

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
        return super().to_dict() | {
            "excess": self.excess.tolist(),
            "is_apart": self.is_apart.tolist(),
            "untangled_at": self.untangled_at,
            "hunchback": self.hunchback,
        }

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
                row |= {"separation_p_value": self.separation_p_values[i]}
                change = self.changes[i - 1, c] if i else np.full(self.betti.shape[2], np.nan)
                row |= {f"change_{k}": value for k, value in enumerate(change)}
                rows.append(row)
        return rows

    def _table(self):
        """A row for each layer, the classes side by side."""
        return table(self)

    def _below(self):
        return meaning(self)


def hunch(dimension):
    """The layer of the peak of a dimension that rises and falls by a fifth, or None."""
    medians = median_dimension(dimension)
    if not np.isfinite(medians[[0, -1]]).all():
        return None
    peak = int(np.nanargmax(medians))
    is_hunch = medians[peak] >= 1.2 * max(medians[0], medians[-1])
    return peak if 0 < peak < len(medians) - 1 and is_hunch else None


class LayerNumbers(NamedTuple):
    """What was found in the layers of one network; shapes as in `LayerReport`."""

    excess: np.ndarray
    silhouette: np.ndarray
    agreement: np.ndarray
    dimension: np.ndarray
    changes: np.ndarray


def median_dimension(dimension):
    """The median over the classes, for each layer; NaN where none has one."""
    known = np.isfinite(dimension).any(axis=1)
    found = np.full(len(dimension), np.nan)
    found[known] = np.nanmedian(dimension[known], axis=1)
    return found


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
    correction="fdr",
    untrained=3,
    max_points=1500,
    max_width=2048,
    random_state=0,
    verbose=False,
) -> LayerReport:
    """Holes, dimension and separation of the classes in every layer (input per point).

    Beside them stand those of networks of the same shape that have learned nothing: a narrow layer
    has no room for holes, so that they vanish by themselves, and only the difference is learning.

    Parameters
    ----------
    network : fitted MLPClassifier, MLPRegressor or Pipeline that ends in one, torch.nn.Module, \
DenseNetwork or TorchNetwork
    X : array-like of shape (n_points, n_features), or (n_points, ...) as a torch module takes it
        Best points that the network was not trained on, and that it gets right: one wrong point
        bridges two classes. It may stay on disk, as `tda.landmarks` takes it. The network runs on
        the rows that are drawn alone, a batch at a time.
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
        Of significance of a hole.
    correction : {"fdr", "holm"} or None, default="fdr"
        For the number of classes and layers, each of which is a test: at most a share of `level`
        of the holes that are counted is false on average ("fdr"), or there is one at all with
        at most that chance ("holm"). None tests every class in every layer at `level`.
    untrained : int, or list of networks, default=3
        How many networks at their initialisation stand beside it (`untrained_network`), or these
        themselves where the initialisation is one's own. Each takes as long as the network.
    max_points : int, default=1500
        Of more points of a class so many are drawn, the same in every layer.
    max_width : int, default=2048
        Layers of more units are put into so many columns by sums with random signs, which keeps
        distances up to a standard deviation of ``1 / sqrt(2 * max_width)``, 1.6%.
    random_state : int, RandomState or None, default=0
        Seed of what is drawn, and of the untrained networks.
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
    merely far apart. Where no class has a hole to begin with, as in most real data, the verdict
    speaks of what is left: the classes part, the dimension rises and falls [6]_, diagrams move.

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

    O(max_points²) memory, and layers of at most `max_width` columns in the precision of the
    network; about a third of a second for each layer and class of 1,500 points, as often as there
    are networks.

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
    .. [6] A. Ansuini, A. Laio, J. Macke, D. Zoccolan, "Intrinsic dimension of data
       representations in deep neural networks", NeurIPS 2019.

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
    X = given(X) if blocks is None else blocks
    codes, classes = _classes(y, len(blocks) if blocks is not None else np.shape(X)[0])
    _check_options(metric, n_neighbors, max_dimension, correction, max_points, max_width)
    rng = check_random_state(random_state)
    rows = _drawn(codes, len(classes), max_points, rng)
    taken = np.concatenate(rows)
    X = blocks.take(taken) if blocks is not None else _safe_indexing(X, taken)
    labels = np.repeat(np.arange(len(rows)), [len(part) for part in rows])

    steps, network = split_network(network)
    clouds, widths = _clouds(steps, network, X, layers, max_width)
    if max_dimension is None:
        n_features = clouds["input"].shape[1]
        max_dimension = n_features - 1 if n_features <= 3 else 1
    options = {"max_dimension": max_dimension, "level": level}
    options |= {"metric": metric, "n_neighbors": n_neighbors}
    total = (1 + _n_networks(untrained)) * len(clouds)
    with progress(total=total, label="layer_report", unit="layer", shown=verbose) as bar:
        found = _measured(clouds, labels, options, correction, bar)
        others = [
            _measured(_matched(other, widths), labels, options, correction, bar, known=found)
            for other in _untrained(untrained, steps, network, X, layers, max_width, rng)
        ]
    shuffled = None
    if others and len(classes) > 1:
        shuffled = _shuffled_excess(clouds, labels, options, correction, rng)
    return LayerReport(
        layer_names=tuple(clouds),
        widths=tuple(widths[name] for name in clouds),
        classes=classes,
        betti=found.betti,
        p_values=found.p_values,
        dimension=found.dimension,
        silhouette=found.silhouette,
        agreement=found.agreement,
        separation_p_values=found.separation_p_values,
        changes=found.changes,
        n_distinct=np.array([[part.n_distinct for part in layer] for layer in found.holes]),
        untrained=tuple(other.numbers() for other in others),
        shuffled_excess=shuffled,
        metric=metric,
        level=level,
        correction=correction,
        n_points=tuple(map(len, rows)),
        counts=tuple(tuple(part.count for part in layer) for layer in found.holes),
    )


# -- input ---------------------------------------------------------------------------------


def _clouds(steps, network, X, layers, max_width):
    """The layers of all rows by name, none wider than `max_width`, and their units."""
    widths = {}

    def run(rows):
        found = run_layers(steps, network, rows, layers=layers, include_input=True)
        widths.update({name: cloud.shape[1] for name, cloud in found.items()})
        return {name: narrowed(cloud, max_width) for name, cloud in found.items()}

    return in_batches(run, X, rows_at_once(steps, network, X)), widths


def _n_networks(untrained):
    return untrained if isinstance(untrained, Integral) else len(untrained)


def _untrained(untrained, steps, network, X, layers, max_width, rng):
    """The layers of networks that have learned nothing, one network at a time."""
    if isinstance(untrained, Integral):
        inner = apply_steps(steps, X)
        for _ in range(untrained):
            other = untrained_network(network, inner, random_state=rng)
            yield _clouds(steps, other, X, layers, max_width)
    else:
        for other in untrained:
            yield _clouds(*split_network(other), X, layers, max_width)


def _matched(other, widths):
    clouds, others = other
    if others != widths:
        raise ValueError(
            "untrained holds a network whose layers are not those of the network: the same names "
            "and widths are compared."
        )
    return clouds


def _classes(y, n):
    """The class of each point as a number, and the classes."""
    if y is None:
        return np.zeros(n, dtype=int), np.array(["all"])
    y = np.asarray(y)
    if y.shape != (n,):
        raise ValueError(f"y has shape {y.shape}, but X has {n} points: give a label for each.")
    missing = np.array([one is None or one != one for one in y.tolist()], dtype=bool)
    if missing.any():
        raise ValueError(f"y[{missing.argmax()}] is missing: leave that row out of X and y.")
    classes, codes = np.unique(y, return_inverse=True)
    counts = np.bincount(codes)
    if counts.min() < 3:
        few = classes[np.argmin(counts)]
        raise ValueError(
            f"y: class {few} has {counts.min()} point(s), and a shape takes 3 at least. Where "
            "y is no class but a number, leave it out."
        )
    return codes, classes


def _check_options(metric, n_neighbors, max_dimension, correction, max_points, max_width):
    if metric not in METRICS:
        raise ValueError(f"metric={metric!r}; it must be one of {', '.join(map(repr, METRICS))}.")
    if correction not in CORRECTIONS:
        raise ValueError(f'correction={correction!r}; it must be "fdr", "holm" or None.')
    if max_dimension not in (0, 1, 2, None):
        raise ValueError(f"max_dimension={max_dimension!r}; it must be 0, 1, 2 or None.")
    if n_neighbors is not None and not (isinstance(n_neighbors, Integral) and n_neighbors >= 1):
        raise ValueError(f"n_neighbors={n_neighbors!r}; it must be an integer from 1 on, or None.")
    for name, value, least in (
        ("max_points", max_points, LEAST_POINTS),
        ("max_width", max_width, 16),
    ):
        if not isinstance(value, Integral) or value < least:
            raise ValueError(f"{name}={value!r}; it must be an integer from {least} on.")


def _drawn(codes, n_classes, max_points, rng):
    """Rows of each class, at most so many."""
    rows = [np.flatnonzero(codes == c) for c in range(n_classes)]
    return [
        part if len(part) <= max_points else np.sort(rng.choice(part, max_points, replace=False))
        for part in rows
    ]


# -- steps ---------------------------------------------------------------------------------


class Measured(NamedTuple):
    """What was found in the layers of one network; shapes as in `LayerReport`."""

    holes: list
    betti: np.ndarray
    p_values: np.ndarray
    dimension: np.ndarray
    silhouette: np.ndarray
    agreement: np.ndarray
    separation_p_values: np.ndarray
    changes: np.ndarray

    def numbers(self):
        excess = self.betti.sum(axis=(1, 2)) - self.betti.shape[1]
        return LayerNumbers(excess, self.silhouette, self.agreement, self.dimension, self.changes)


def _measured(clouds, labels, options, correction, bar, known=None):
    """All numbers of all layers; the input is taken from what is known of it."""
    members = [np.flatnonzero(labels == c) for c in range(labels[-1] + 1)]
    holes, dimension, scores = [], [], []
    for i, cloud in enumerate(clouds.values()):
        if known is not None and i == 0:
            holes.append(known.holes[0])
            dimension.append(known.dimension[0])
            scores.append((known.silhouette[0], known.agreement[0], known.separation_p_values[0]))
        else:
            size = layer_size(cloud)
            holes.append([class_holes(cloud[part], size, **options) for part in members])
            dimension.append([_dimension(cloud[part], size) for part in members])
            scores.append(_separation(cloud, labels, size))
        bar.update()
    betti, p_values = corrected(holes, options["level"], correction)
    silhouette, agreement, separation = np.array(scores).T
    return Measured(
        holes,
        betti,
        p_values,
        np.array(dimension),
        silhouette,
        agreement,
        separation,
        _changes(list(clouds.values()), members, options["max_dimension"]),
    )


def _shuffled_excess(clouds, labels, options, correction, rng):
    """Holes and extra components of classes whose labels are shuffled, by layer."""
    labels = rng.permutation(labels)
    members = [np.flatnonzero(labels == c) for c in range(labels.max() + 1)]
    holes = []
    for cloud in clouds.values():
        size = layer_size(cloud)
        holes.append([class_holes(cloud[part], size, **options) for part in members])
    betti, _ = corrected(holes, options["level"], correction)
    return betti.sum(axis=(1, 2)) - betti.shape[1]


def _dimension(cloud, size):
    cloud = cloud[distinct_rows(cloud, size)]
    if len(cloud) < LEAST_POINTS:
        return 0.0 if len(cloud) == 1 else np.nan
    return intrinsic_dimension(cloud).dimension


def _separation(cloud, labels, size):
    """Mean silhouette, the share of neighbours with the same label, and its p-value."""
    from sklearn.metrics import silhouette_score

    counts = np.bincount(labels)
    if len(counts) == 1:
        return 0.0, 1.0, 1.0
    if size == 0:
        share = (counts * (counts - 1)).sum() / (len(labels) * (len(labels) - 1))
        return 0.0, float(share), 1.0
    # In random order, so that among points that are equal no class comes first.
    rng = np.random.default_rng(0)
    order = rng.permutation(len(labels))[:SEPARATED_POINTS]
    cloud, labels = np.asarray(cloud[order], dtype=np.float64) / size, labels[order]
    neighbors = neighbor_graph(cloud, min(LABEL_NEIGHBORS, len(labels) - 1)).indices
    agreement = float((labels[neighbors] == labels[:, None]).mean())
    shuffles = (rng.permutation(labels) for _ in range(N_SHUFFLES))
    as_much = sum((drawn[neighbors] == drawn[:, None]).mean() >= agreement for drawn in shuffles)
    p_value = (1 + int(as_much)) / (1 + N_SHUFFLES)
    if len(np.unique(labels)) == 1:
        return 0.0, agreement, 1.0
    return float(silhouette_score(cloud, labels)), agreement, p_value


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
    D = all_distances(cloud)
    size = np.quantile(D[np.triu_indices(len(D), 1)], 0.95)
    D = D / size if size > 0 else D * 0
    return rips_diagram(D, metric="precomputed", max_dimension=max_dimension)
