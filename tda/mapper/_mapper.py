"""`Mapper`: a cloud as the graph of its parts along a lens."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from scipy.sparse import vstack
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from .._blocks import Blocks, as_blocks, rows_or_blocks
from .._estimator import BaseEstimator
from .._kinds import check_extent, check_rows
from .._metrics import TakenMetric, take_metric
from .._neighbors import graph_of_distances, neighbor_graph, plain_metric
from .._progress import progress
from .._scale import dimension_at_scale
from .._validation import check_distance_matrix
from ._covers import fit_cover
from ._graph import nerve
from ._lenses import fit_lens
from ._node_columns import NodeColumns, as_columns
from ._parameters import mapper_parameters
from ._parts import parts_of_sets

__all__ = ["Mapper", "mapper_graph"]

#: What of the rule of the parameters is looked at: see `mapper_parameters`.
QUANTILE = 0.99
#: With "auto" no column of the lens has fewer intervals.
LEAST_INTERVALS = 5


def mapper_graph(
    X,
    members,
    values=None,
    *,
    clusterer="single_linkage",
    distance_threshold=None,
    min_size=1,
    metric="euclidean",
    n_jobs=None,
    verbose=False,
):
    """The graph of a Mapper for a given cover: clusters of its sets, joined where they meet.

    Parameters
    ----------
    X : array of shape (n_points, n_features), or (n_points, n_points)
        A cloud, which may stay on disk, as `tda.landmarks` takes it; or with
        ``metric="precomputed"`` distances.
    members : sparse matrix of shape (n_points, n_sets)
        Which sets of the cover hold each row.
    values : array of shape (n_points, n_columns), default=None
        Of the lens, whose means the nodes carry.
    clusterer : "single_linkage" or clusterer, default="single_linkage"
        Any with ``fit_predict``; rows labelled -1 are in no node.
    distance_threshold : float, default=None
        Of single linkage, which needs it: rows at most so far apart are in one part.
    min_size : int, default=1
        Parts with fewer rows are left out.
    metric : str or callable, default="euclidean"
        Of single linkage.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Show a progress bar over the sets.

    Returns
    -------
    MapperGraph

    Examples
    --------
    >>> import numpy as np
    >>> from tda.mapper import mapper_graph
    >>> X = np.array([[0.0], [1.0], [2.0], [9.0]])
    >>> members = [[1, 0], [1, 1], [0, 1], [0, 1]]  # two sets
    >>> mapper_graph(X, members, distance_threshold=1.5).edges
    array([[0, 1]])
    """
    from scipy.sparse import csr_array

    if isinstance(clusterer, str) and distance_threshold is None:
        raise ValueError(
            "distance_threshold is not given, and single linkage is cut there: give a distance, "
            "such as mapper_parameters(X, values).distance_threshold."
        )
    if not (isinstance(metric, str) and metric == "precomputed"):
        X = rows_or_blocks(X)
    members = csr_array(members)
    if members.shape[0] != len(X):
        raise ValueError(f"members has {members.shape[0]} rows, but X has {len(X)}.")
    values = np.zeros((len(X), 0)) if values is None else np.asarray(values, dtype=float)

    def bar(sets):
        return progress(sets, label="Mapper", shown=verbose)

    rows, nodes, sets = parts_of_sets(
        X, members, clusterer, distance_threshold, metric, n_jobs, bar
    )
    return nerve(rows, nodes, sets, values, len(X), min_size=min_size)


class Mapper(NodeColumns, TransformerMixin, BaseEstimator):
    """A cloud as a graph: parts along a lens, joined where they overlap (input per point).

    A lens gives each point one number, or a few. Intervals that overlap cover these numbers. The
    points of each interval are split into clusters, the nodes; two nodes that share points are
    joined [1]_. `transform` says which nodes each point, old or new, is in.

    Parameters
    ----------
    lens : str, int, callable, transformer or list of these, default="pca"
        "pca" is the first principal component, "eccentricity" the root mean square distance to all
        points, "density" the log density from 20 neighbours, "umap" two columns; a number is a
        column of X, and so is its name if X is a frame. A function or a transformer is given X as
        an array, and gives one number or a row of them for each row. A list puts several side by
        side.
    cover : {"uniform", "balanced", "kmeans", "ball"} or object, default="uniform"
        Intervals, or boxes of several columns, of equal length or with as many points each; sets
        around centres; balls. Your own has ``fit(values)``, which returns it, and
        ``members(values)``, a sparse matrix of shape (n_points, n_sets).
    n_intervals : int, list of int or "auto", default="auto"
        How many intervals each column of the lens has. "auto" is the rule of `mapper_parameters`,
        without the largest 1% of distances and changes, and 5 at least.
    overlap : float, default=0.3333333333333333
        The share of an interval that lies in the next one.
    radius : float, default=None
        Of the balls, in units of the lens. By default half an interval.
    clusterer : "single_linkage" or clusterer, default="single_linkage"
        Any clusterer of scikit-learn; rows labelled -1 are in no node.
    distance_threshold : float or "auto", default="auto"
        Of single linkage: points at most so far apart are in one part. "auto" is the rule of
        `mapper_parameters`.
    min_size : int, default=1
        Nodes with fewer points are left out.
    metric : str or callable, default="euclidean"
        Of single linkage; "precomputed" takes distances, for the lenses "eccentricity" and
        "density", a number (the distances to that row) or a function of the distances.
    random_state : int, RandomState or None, default=None
        For the subsamples of the rule, k-means and UMAP.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Show a progress bar over the sets of the cover.

    Attributes
    ----------
    graph_ : MapperGraph
        Nodes, edges, and from these networkx, pandas, extended persistence.
    n_nodes_ : int
    lens_values_ : array of shape (n_points, n_columns)
    n_intervals_ : int array of shape (n_columns,)
    distance_threshold_ : float or None

    See Also
    --------
    BallMapper : The same without a lens.
    mapper_parameters : The rule of Carrière, Michel and Oudot.

    Notes
    -----
    `features` says which loops and branches are more than chance, `to_html` writes a page to look
    at, `tda.plot.plot_mapper` a picture. A new point is in the node of the nearest row of `fit`
    in each set that holds its lens; beyond the last interval it is in none.

    Single linkage is one pass over a search tree of each set; no distances are stored. The lens
    and the cover go over X in blocks of rows.

    A cloud may stay on disk, as `tda.landmarks` takes it, and the graph is that of the array. If it
    is larger than half of scikit-learn's `working_memory`, it is never read whole: memory holds the
    lens, which sets hold which rows, and the points of the largest set, or of several small ones.
    Lenses are then names, columns and functions, not transformers, and the metric is one that takes
    the rows as they are, not "cosine". `features` reads the rows again for each resample.

    References
    ----------
    .. [1] G. Singh, F. Mémoli, G. Carlsson, "Topological methods for the analysis of high
       dimensional data sets and 3D object recognition", Eurographics SPBG, 2007.
    .. [2] M. Carrière, B. Michel, S. Oudot, "Statistical analysis and parameter selection for
       Mapper", JMLR 19, 2018.

    Examples
    --------
    >>> from tda import Mapper
    >>> from tda.datasets import make_circle
    >>> X = make_circle(500, noise=0.05, random_state=0).points
    >>> mapper = Mapper(lens=0, n_intervals=8, random_state=0).fit(X)
    >>> len(mapper.graph_.edges) - mapper.n_nodes_ + 1  # independent loops
    1
    >>> mapper.transform(X[:3]).shape == (3, mapper.n_nodes_)
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        "lens": [str, Integral, callable, HasMethods("fit_transform"), list, tuple],
        "cover": [
            StrOptions({"uniform", "balanced", "kmeans", "ball"}),
            HasMethods(["fit", "members"]),
        ],
        "n_intervals": [
            Interval(Integral, 1, None, closed="left"),
            "array-like",
            StrOptions({"auto"}),
        ],
        "overlap": [Interval(Real, 0, 1, closed="neither")],
        "radius": [Interval(Real, 0, None, closed="neither"), None],
        "clusterer": [StrOptions({"single_linkage"}), HasMethods("fit_predict")],
        "distance_threshold": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "min_size": [Interval(Integral, 1, None, closed="left")],
        "metric": [str, callable],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        lens="pca",
        cover="uniform",
        n_intervals="auto",
        overlap=1 / 3,
        radius=None,
        clusterer="single_linkage",
        distance_threshold="auto",
        min_size=1,
        metric="euclidean",
        random_state=None,
        n_jobs=None,
        verbose=False,
    ):
        self.lens = lens
        self.cover = cover
        self.n_intervals = n_intervals
        self.overlap = overlap
        self.radius = radius
        self.clusterer = clusterer
        self.distance_threshold = distance_threshold
        self.min_size = min_size
        self.metric = metric
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X, y=None):
        """Make the graph.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features), or (n_points, n_points)
            A cloud may stay on disk.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` or the lens holds NaN or infinity.
        """
        self._fit(X)
        return self

    def _fit(self, X):
        from sklearn.utils import check_random_state

        self._validate_params()
        blocks = None if self._is_precomputed() else as_blocks(X)
        X = self._rows(X if blocks is None else blocks)
        rng = check_random_state(self.random_state)
        self.__dict__.pop("_dimension_", None)
        names = getattr(self, "feature_names_in_", None) if blocks is None else blocks.columns
        self._lens_ = fit_lens(self.lens, X, rng, names, self._is_precomputed())
        self.lens_values_ = values = self._lens_(X)
        if isinstance(X, Blocks):
            self._rows_ = X
            self._metric_ = TakenMetric(self.metric, plain_metric(X, self.metric))
        else:
            self._rows_, self._metric_ = take_metric(X, self.metric)
        self._choose(values, rng)
        self._cover_ = fit_cover(
            self.cover,
            values,
            n_intervals=self.n_intervals_,
            overlap=self.overlap,
            radius=self.radius,
            random_state=rng,
        )
        members = self._cover_.members(values)
        self.graph_ = self._graph_of(
            self._rows_, members, values, n_jobs=self.n_jobs, verbose=self.verbose
        )
        self.n_nodes_ = self.graph_.n_nodes
        return members

    def _rows(self, X):
        """Checked rows, distances, or `Blocks` of what is too large to read whole."""
        if self._is_precomputed():
            return check_distance_matrix(check_rows(self, X))
        X = rows_or_blocks(X)
        if not isinstance(X, Blocks):
            return check_rows(self, X)
        validate_data(self, np.empty((1, X.shape[1])), skip_check_array=True)
        box = X.column_range()
        check_extent(box, X.name, box=box)
        return X

    def _graph_of(self, rows, members, values, wider=1.0, n_jobs=None, verbose=False):
        threshold = self.distance_threshold_
        return mapper_graph(
            rows,
            members,
            values,
            clusterer=self.clusterer,
            distance_threshold=None if threshold is None else wider * threshold,
            min_size=self.min_size,
            metric=self._metric_.taken,
            n_jobs=n_jobs,
            verbose=verbose,
        )

    def _resampled(self, drawn, members):
        """The graph of some rows, by the same lens and cover.

        Fewer rows are farther apart, by their number to the power 1 / dimension: so is the
        threshold.
        """
        rows = self._rows_
        if isinstance(rows, Blocks):
            rows = rows.part(drawn)
        else:
            rows = rows[np.ix_(drawn, drawn)] if self._is_precomputed() else rows[drawn]
        wider = (members.shape[0] / len(drawn)) ** (1 / self._dimension())
        return self._graph_of(rows, members[drawn], self.lens_values_[drawn], wider)

    def _dimension(self):
        """The dimension of the data between 5 and 10 neighbours."""
        if not hasattr(self, "_dimension_"):
            n = len(self._rows_)
            self._dimension_ = 1.0
            if n > 10:
                some = np.arange(0, n, max(n // 2000, 1))
                if self._is_precomputed():
                    near = graph_of_distances(self._rows_, 10, queries=some)
                else:
                    metric = self._metric_.taken
                    near = neighbor_graph(self._rows_, 10, metric=metric, queries=some)
                found = dimension_at_scale(near.distances, 5)
                self._dimension_ = float(np.clip(found, 1.0, max(self._rows_.shape[1], 1)))
        return self._dimension_

    def _choose(self, values, rng):
        """The number of intervals and the threshold, as given or by the rule."""
        auto = isinstance(self.n_intervals, str)
        linked = isinstance(self.clusterer, str)
        wanted = self.distance_threshold
        self.distance_threshold_ = wanted if linked and not isinstance(wanted, str) else None
        found = None
        if auto or (linked and self.distance_threshold_ is None):
            found = mapper_parameters(
                self._rows_,
                values,
                overlap=self.overlap,
                quantile=QUANTILE,
                metric=self._metric_.taken,
                random_state=rng,
            )
        if linked and self.distance_threshold_ is None:
            self.distance_threshold_ = found.distance_threshold
        if auto:
            self.n_intervals_ = np.maximum(found.n_intervals, LEAST_INTERVALS)
            return
        given = np.asarray(self.n_intervals)
        whole = given.dtype.kind in "iu" and given.ndim <= 1 and (given >= 1).all()
        if not whole or (given.ndim == 1 and len(given) != values.shape[1]):
            raise ValueError(
                f"n_intervals={self.n_intervals!r}; it must be an integer from 1 on, or one for "
                f"each of the {values.shape[1]} column(s) of the lens."
            )
        self.n_intervals_ = np.broadcast_to(given, values.shape[1]).copy()

    def _is_precomputed(self):
        return isinstance(self.metric, str) and self.metric == "precomputed"

    def fit_transform(self, X, y=None):
        """Make the graph, and say which nodes each row is in.

        Returns
        -------
        csr array of float, shape (n_points, n_nodes_)
        """
        self._fit(X)
        return as_columns(self.graph_.membership)

    def transform(self, X):
        """Which nodes each row is in.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features), or (n_queries, n_points)
            Rows that stay on disk are read in blocks.

        Returns
        -------
        csr array of float, shape (n_queries, n_nodes_)
            1 where a row is in a node, which it is where the nearest row of `fit` in one of its
            sets is.
        """
        check_is_fitted(self)
        blocks = None if self._is_precomputed() else as_blocks(X)
        if blocks is None or not len(blocks):
            return self._nodes(X)
        return as_columns(vstack([self._nodes(rows) for _, rows in blocks], format="csr"))

    def _nodes(self, X):
        X = check_rows(self, X, reset=False)
        members = self._cover_.members(self._lens_(X))
        rows = X if self._is_precomputed() else self._metric_.points(X)
        return self._nearest_nodes(rows, members)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self._is_precomputed()
        tags.transformer_tags.preserves_dtype = []
        return tags
