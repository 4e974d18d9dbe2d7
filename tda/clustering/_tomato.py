"""`ToMATo`: clusters are the hills of the density that stand out from the saddles around them."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import ClusterMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._kinds import check_rows
from .._metrics import nearest_rows, take_metric
from .._neighbors import NeighborGraph, graph_of_distances
from .._points import Points, distinct_points
from .._scale import dimension_at_scale
from .._validation import check_distance_matrix
from .._words import counted, warn_user, was
from ._density import kernel_log_density, neighbor_log_density, scott_bandwidth
from ._graph import radius_graph
from ._hierarchy import mode_tree
from ._null import null_p_values, piece_p_value

__all__ = ["ToMATo"]


class ToMATo(ClusterMixin, BaseEstimator):
    """Clusters as hills of the density, their number found by a test (input per point).

    Each point climbs to its densest neighbour until it stands on a peak. A peak that is not much
    higher than the saddle to a higher one is taken for noise, and its hill is merged [1]_.

    Parameters
    ----------
    n_clusters : int, "auto" or None, default="auto"
        "auto" keeps the peaks that stand out more than those of noise would; see the notes. A
        number is reached, or a warning says why not. With None, or with a `merge_threshold`, the
        threshold decides.
    merge_threshold : float, default=None
        Hills whose prominence is at most this are merged, in units of the density that is used:
        the logarithm, unless your own is given.
    n_neighbors : int or "auto", default="auto"
        Neighbours of each point, for the graph and for the density. "auto" is 4 more than the
        binary logarithm of the number of points: with so many, noise is in one piece.
    radius : float, default=None
        Join all points that are at most so far apart, in place of nearest neighbours.
    density : {"dtm", "kde"}, callable, or array-like of shape (n_points,), default="dtm"
        "dtm" is the log density from the distances to neighbours, `neighbor_log_density`; "kde"
        the log of a Gaussian kernel density. Your own: one value for each row of X, or a function
        that gives them for X.
    bandwidth : float, default=None
        Of "kde", in units of X. By default Scott's rule.
    dimension : float or "auto", default="auto"
        The dimension of the data, to which the density refers. "auto" is the least that neighbours
        show at any scale.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, or "precomputed": distances, or a
        sparse graph, whose stored entries are then the edges.
    level : float, default=0.05
        The probability of more than one cluster in noise.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    labels_ : int array of shape (n_points,)
        From 0, the cluster with the highest peak, on.
    n_clusters_ : int
    peaks_ : int array of shape (n_clusters_,)
        The row of X at the peak of each cluster.
    p_values_ : float array of shape (n_clusters_,) or None
        Of each cluster: the chance that noise has a peak as prominent. The first has 0, for there
        is always one. None where the number was not tested.
    density_ : float array of shape (n_points,)
    dimension_ : float or None
    n_neighbors_ : int or None
    tree_ : ModeTree
        The hills before any merge, of distinct points: `ModeTree.labels` gives clusters at another
        threshold or number, `ModeTree.linkage` the tree for SciPy's `dendrogram`.
    diagram_ : Diagram
        A bar from each peak down to its saddle; `tda.plot.plot_diagram` draws it.

    See Also
    --------
    mode_tree : The same for a graph and a density of your own, without an estimator.
    tda.count_holes : Components by distances alone, with p-values.

    Notes
    -----
    The test: the log of a density from k neighbours scatters by about 1 / sqrt(k) whatever the
    density, so that the largest prominence of noise is known from simulation for n points and k
    neighbours. A piece of the graph counts as a cluster too. With a density of your own, kernels
    or a `radius` this law does not hold; then there are as many clusters as
    `tda.count_holes` finds components. Of 100 seeds each with 500 points, the number was right
    for 99 to 100 of blobs, moons and rings of noise 0.03, 97 of sizes 400, 60 and 40, 96 of
    moons of noise 0.1, 87 of rings of noise 0.05, and for 99 to 100 of noise, uniform or Gaussian
    (`benchmarks/cluster_counts.py`).

    Equal rows count once. A saddle is a point of the cloud, so a gap narrower than the k-th
    neighbour is not seen: take fewer neighbours for thin, close shapes, and more for few broad
    ones. O(n log n) time in few dimensions, and O(n k) memory. `predict` gives the label of the
    nearest point of `fit`.

    References
    ----------
    .. [1] F. Chazal, L. Guibas, S. Oudot, P. Skraba, "Persistence-based clustering in Riemannian
       manifolds", J. ACM 60, 2013.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from tda import ToMATo
    >>> X, y = make_moons(500, noise=0.05, random_state=0)
    >>> model = ToMATo().fit(X)
    >>> model.n_clusters_
    2
    >>> model.predict([[0.0, 1.0]]) == model.labels_[y == 0][0]
    array([ True])
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_clusters": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
            None,
        ],
        "merge_threshold": [Interval(Real, 0, None, closed="left"), None],
        "n_neighbors": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "radius": [Interval(Real, 0, None, closed="neither"), None],
        "density": [StrOptions({"dtm", "kde"}), callable, "array-like"],
        "bandwidth": [Interval(Real, 0, None, closed="neither"), None],
        "dimension": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "metric": [str, callable],
        "level": [Interval(Real, 0, 1, closed="neither")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        n_clusters="auto",
        merge_threshold=None,
        n_neighbors="auto",
        radius=None,
        density="dtm",
        bandwidth=None,
        dimension="auto",
        metric="euclidean",
        level=0.05,
        n_jobs=None,
    ):
        self.n_clusters = n_clusters
        self.merge_threshold = merge_threshold
        self.n_neighbors = n_neighbors
        self.radius = radius
        self.density = density
        self.bandwidth = bandwidth
        self.dimension = dimension
        self.metric = metric
        self.level = level
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Find the clusters.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features), or (n_points, n_points)
            A cloud; with ``metric="precomputed"`` distances, or a sparse graph of them.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` or the density holds NaN or infinity, or their lengths differ.
        """
        self._validate_params()
        if isinstance(self.n_clusters, Integral) and self.merge_threshold is not None:
            raise ValueError(
                f"n_clusters={self.n_clusters} and merge_threshold={self.merge_threshold} are both "
                "given, and each alone says where to stop merging: leave one out."
            )
        points, given = self._points(X)
        graph, near = self._graph(points)
        density = self._density(points, near, given)
        self.tree_ = tree = mode_tree(graph, density)
        self.diagram_ = tree.diagram()
        self.p_values_ = None
        count = self._count(tree, points)
        labels = tree.labels(
            n_clusters=count, merge_threshold=self.merge_threshold if count is None else None
        )
        self.n_clusters_ = int(labels.max()) + 1
        if isinstance(self.n_clusters, Integral) and self.n_clusters_ != self.n_clusters:
            self._warn_of_number(tree)
        first = np.unique(labels[tree.peaks], return_index=True)[1]
        self.peaks_ = points.first[tree.peaks[first]]
        self.labels_, self.density_ = labels[points.inverse], density[points.inverse]
        self._points_of_fit_ = points
        return self

    # -- the steps -----------------------------------------------------------------------------

    def _points(self, X):
        """Distinct points, and a density of one's own for them, or None."""
        if self._is_precomputed():
            X = check_distance_matrix(check_rows(self, X, sparse=True))
            taken = take_metric(X, "precomputed")[1]
            points = distinct_points(X, precomputed=True, metric=taken)
        else:
            X = check_rows(self, X)
            rows, taken = take_metric(X, self.metric)
            points = _distinct(rows, taken)
        given = self.density
        if isinstance(given, str):
            return points, None
        given = given(X) if callable(given) else given
        given = np.asarray(given, dtype=np.float64)
        if given.shape != (X.shape[0],) or not np.isfinite(given).all():
            raise ValueError(
                f"density has shape {given.shape}, but X has {X.shape[0]} rows: give one finite "
                "number for each."
            )
        return points, given[points.first]

    def _is_precomputed(self):
        return isinstance(self.metric, str) and self.metric == "precomputed"

    def _graph(self, points):
        """The edges, and the `NeighborGraph` that the density looks at, or None."""
        from scipy.sparse import issparse

        n = len(points)
        k = self.n_neighbors
        k = int(np.ceil(np.log2(max(n, 2)))) + 4 if isinstance(k, str) else k
        k = min(k, n - 1)
        stored = issparse(points.X)
        wants_density = isinstance(self.density, str) and self.density == "dtm"
        if stored:
            k = min(k, int(np.diff(points.X.indptr).min(initial=n)))
        self.n_neighbors_ = k if wants_density or (self.radius is None and not stored) else None
        near = None
        if k > 0 and self.n_neighbors_:
            near = graph_of_distances(points.X, k) if stored else points.graph(
                k, n_jobs=self.n_jobs)  # fmt: skip
        if wants_density and k < 1 and n > 1:
            raise ValueError(
                "X stores a point without neighbours, so that it has no density: give a density "
                "of your own, or a graph in which each point has neighbours."
            )
        if stored:
            edges = points.X
            if self.radius is not None:
                edges = edges.copy()
                edges.data[edges.data > self.radius] = 0.0
                edges.eliminate_zeros()
            return edges, near
        if self.radius is not None:
            return radius_graph(points, self.radius), near
        return (np.zeros((n, 0), dtype=int) if near is None else near.indices), near

    def _density(self, points, near, given):
        self.dimension_ = None
        if given is not None:
            return given
        if self.density == "kde":
            if points.precomputed or points.metric.taken != "euclidean":
                raise ValueError(
                    f"metric={self.metric!r} has no kernel density here, which takes coordinates "
                    'and Euclidean distances: take density="dtm".'
                )
            h = scott_bandwidth(points.X) if self.bandwidth is None else float(self.bandwidth)
            return kernel_log_density(points.X, h) if h > 0 else np.zeros(len(points))
        if near is None:  # one point
            self.dimension_ = 1.0
            return np.zeros(len(points))
        self.dimension_ = self.dimension
        if isinstance(self.dimension, str):
            self.dimension_ = _least_dimension(near, points)
        return neighbor_log_density(near.distances, self.dimension_)

    def _warn_of_number(self, tree):
        if self.n_clusters_ < self.n_clusters:
            why = f"the density has {counted(len(tree.peaks), 'peak')} in all"
            way = "take a smaller n_neighbors, for more peaks, or fewer clusters"
        else:
            why = f"the graph of neighbours is in {tree.n_pieces} pieces, which are never merged"
            way = "take a larger n_neighbors or radius, or more clusters"
        found = f"{counted(self.n_clusters_, 'cluster')} {was(self.n_clusters_)} found"
        warn_user(f"n_clusters={self.n_clusters}, but {found}: {why}; {way}.")

    def _count(self, tree, points):
        """How many clusters are to be left, or None if the threshold says so."""
        if self.merge_threshold is not None or self.n_clusters is None:
            return None
        if self.n_clusters != "auto":
            return self.n_clusters
        of_noise = isinstance(self.density, str) and self.density == "dtm" and self.radius is None
        if not of_noise:
            return max(_count_components(points), tree.n_pieces)
        n, k = len(points), self.n_neighbors_
        if n == 1:
            self.p_values_ = np.zeros(1)
            return 1
        p_values = null_p_values(tree.prominences[::-1], n=n, k=k)
        kept = p_values[p_values <= self.level]
        pieces = np.full(tree.n_pieces - 1, piece_p_value(n=n, k=k))
        ranked = {int(h): p for h, p in zip(tree.ends[::-1][: len(kept)], kept, strict=True)}
        tops = np.setdiff1d(np.arange(len(tree.peaks)), tree.ends)
        ranked |= {int(h): p for h, p in zip(tops[1:], pieces, strict=True)} | {int(tops[0]): 0.0}
        self.p_values_ = np.array([ranked[h] for h in sorted(ranked)])
        return len(ranked)

    # -- new points ----------------------------------------------------------------------------

    def predict(self, X):
        """The label of the nearest point of `fit`.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features), or (n_queries, n_points)
            With ``metric="precomputed"`` the distances to the points of `fit`.

        Returns
        -------
        int array of shape (n_queries,)
        """
        check_is_fitted(self)
        X = check_rows(self, X, reset=False)
        if self._is_precomputed():
            return self.labels_[X.argmin(axis=1)]
        points = self._points_of_fit_
        rows = points.metric.points(X)
        if points.metric.taken == "euclidean":
            from scipy.spatial import cKDTree

            nearest = cKDTree(points.X).query(rows)[1]
        else:
            nearest = nearest_rows(points.X, rows, 1, metric=points.metric.taken)[1][:, 0]
        return self.labels_[points.first[nearest]]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self._is_precomputed()
        tags.input_tags.sparse = self._is_precomputed()
        return tags


def _distinct(X, taken):
    """Distinct points. Rows are only compared if two of them have the same weighted sum."""
    rows = np.arange(len(X))
    sums = np.sort((X * np.random.default_rng(0).uniform(1, 2, X.shape[1])).sum(axis=1))
    if (np.diff(sums) == 0).any():
        return distinct_points(X, metric=taken)
    return Points(X, rows, rows, False, taken)


def _least_dimension(near: NeighborGraph, points):
    """The least dimension that neighbours show at any scale, between 1 and that of the rows."""
    most = near.n_neighbors // 2
    if most < 1:
        return 1.0
    scales = np.unique(np.geomspace(1, most, 5).astype(int))
    least = min(dimension_at_scale(near.distances, k) for k in scales)
    return float(np.clip(least, 1.0, 99.0 if points.precomputed else points.X.shape[1]))


def _count_components(points):
    from scipy.sparse import issparse

    from ..holes import count_holes

    if points.precomputed and issparse(points.X):
        raise ValueError(
            'n_clusters="auto" cannot be tested on a sparse graph with a density of your own: say '
            "n_clusters or merge_threshold."
        )
    metric = "precomputed" if points.precomputed else points.metric.taken
    return count_holes(points.X, max_dimension=0, metric=metric).betti[0]
