"""`Embedding`: one door to the methods that give a cloud coordinates."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import ClassVar

import numpy as np
from scipy import sparse
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._blocks import by_blocks
from .._estimator import BaseEstimator
from .._kinds import check_rows, refuse_missing
from .._metrics import nearest_rows, take_metric
from .._neighbors import graph_of_distances, neighbor_graph
from .._validation import check_distance_matrix
from ..dimension import IntrinsicDimension
from ._frame import own_frame
from ._recipes import RECIPES, Task

__all__ = ["Embedding"]


def _places_new_points(embedding):
    if RECIPES[embedding.method].place is None:
        able = ", ".join(name for name, recipe in RECIPES.items() if recipe.place)
        raise AttributeError(
            f"method={embedding.method!r} has no place for new points: use fit_transform, or a "
            f"method that has ({able})."
        )
    return True


class Embedding(TransformerMixin, BaseEstimator):
    """Coordinates of few dimensions for a cloud, by any of nine methods (input per point).

    Methods differ in what they keep and what they tear apart.

    Parameters
    ----------
    method : str, default="umap"
        ========================= ================================== ============= ==========
        method                    keeps                              new points    from
        ========================= ================================== ============= ==========
        "pca"                     variance, by a projection          yes           coordinates
        "mds"                     distances                          no            distances
        "isomap"                  geodesic distances                 yes           graph
        "landmark_isomap"         the same, for large clouds         yes           graph
        "lle"                     each point as mean of neighbours   yes           coordinates
        "spectral"                slow functions of the graph        no            graph
        "tsne"                    neighbours                         no            graph
        "umap"                    neighbours, and clusters           yes           graph
        "pacmap"                  neighbours, near and far           no            coordinates
        ========================= ================================== ============= ==========

    n_components : int or "auto", default="auto"
        "auto" takes the rounded dimension of `tda.IntrinsicDimension`, at most the number of
        features. Where the data has no single dimension that is the one at the finest scale,
        or 2 if there is none, and a warning says so.
    n_neighbors : int, default=15
        Of the graph that the method and the dimension share; at most all other points. For
        "tsne" it is the perplexity.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, for the methods from a graph or from
        distances; squares of metrics, such as "cosine", are taken back to the metric
        (`tda._metrics`). With "precomputed" `X` holds distances, or for a graph what
        `sklearn.neighbors.KNeighborsTransformer` makes.
    random_state : int, RandomState or None, default=None
        A seed gives the same coordinates every time; UMAP then runs on one thread.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Let the library show its progress.
    options : dict, default=None
        More parameters of the library's own, such as ``{"min_dist": 0.5}`` for UMAP.

    Attributes
    ----------
    embedding_ : array of shape (n_points, n_components)
    n_components_ : int
    dimension_ : float
        The intrinsic dimension, before rounding; NaN if `n_components` is a number.
    model_ : object
        The library's fitted model. A cloud far from the origin, or of an extent beyond 1e-6 to
        1e6, was given to it moved and divided by a power of two.

    See Also
    --------
    LandmarkIsomap : Isomap for large clouds.
    CircularCoordinates : An angle for every loop of the cloud.

    Notes
    -----
    The work is scikit-learn's, SciPy's, UMAP's [1]_ and PaCMAP's; the first UMAP of a process
    compiles for about ten seconds. PaCMAP is an extra: ``pip install "tda-learn[pacmap]"``.

    References
    ----------
    .. [1] L. McInnes, J. Healy, J. Melville, "UMAP: Uniform Manifold Approximation and Projection
       for dimension reduction", arXiv:1802.03426, 2018.

    Examples
    --------
    >>> from tda.datasets import make_swiss_roll
    >>> from tda.embedding import Embedding
    >>> X = make_swiss_roll(800, random_state=0).points
    >>> Embedding(method="isomap").fit_transform(X).shape  # the roll is a surface
    (800, 2)
    """

    _parameter_constraints: ClassVar[dict] = {
        "method": [StrOptions(set(RECIPES))],
        "n_components": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
        "options": [dict, None],
    }

    def __init__(
        self,
        *,
        method="umap",
        n_components="auto",
        n_neighbors=15,
        metric="euclidean",
        random_state=None,
        n_jobs=None,
        verbose=False,
        options=None,
    ):
        self.method = method
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.options = options

    def fit(self, X, y=None):
        """Find coordinates for the points.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features), or (n_points, n_points)
            A cloud; with ``metric="precomputed"`` distances, or a sparse graph.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, or is not enough for the method: coordinates, all
            distances, neighbours, or points for so many components.
        ImportError
            If the method's library is not installed.
        """
        self._validate_params()
        X, self.metric_ = take_metric(self._check(X), self.metric)
        recipe = RECIPES[self.method]
        self._frame = own_frame(X, self.metric_.taken)
        X = self._frame.enter(X)
        most = self._most_components(X)
        task = Task(
            n_components=0,
            n_neighbors=min(self.n_neighbors, X.shape[0] - 1),
            metric=self.metric_.taken,
            random_state=self.random_state,
            n_jobs=self.n_jobs,
            verbose=bool(self.verbose),
            options=dict(self.options or {}),
        )
        graph = wide = None
        if recipe.needs == "graph":
            n_neighbors = min(recipe.n_neighbors(task), X.shape[0] - 1)
            # One search for both: what the dimension asks for beyond the method's own.
            more = 0 if self.n_components != "auto" or self._is_precomputed() else 20
            wide = self._graph(X, min(max(n_neighbors, more), X.shape[0] - 1))
            graph = wide.head(n_neighbors)
        task = task._replace(n_components=self._count_components(X, wide, most))
        self.n_components_ = task.n_components
        self.model_, embedding = recipe.fit(X, graph, task)
        self.embedding_ = self._in_units(embedding)
        self._cloud = X if self.method == "umap" and not self._is_precomputed() else None
        return self

    def _check(self, X):
        needs, precomputed = RECIPES[self.method].needs, self._is_precomputed()
        X = check_rows(self, X, sparse=precomputed, ensure_min_samples=2)
        plain = isinstance(self.metric, str) and self.metric == "euclidean"
        if needs == "coordinates" and not plain:
            raise ValueError(
                f"metric={self.metric!r}, but method={self.method!r} works on coordinates and "
                'their Euclidean distances: take metric="euclidean", or another method such as '
                '"isomap".'
            )
        if not precomputed:
            return X
        if not sparse.issparse(X):
            return check_distance_matrix(X)
        if needs == "distances":
            refuse_missing(X, "X")
        if X.shape[0] != X.shape[1]:
            raise ValueError(f"X has shape {X.shape}, but a graph of neighbours is square.")
        return X

    def _graph(self, X, n_neighbors):
        if self._is_precomputed():
            return graph_of_distances(X, n_neighbors)
        return neighbor_graph(X, n_neighbors, metric=self.metric_.taken, n_jobs=self.n_jobs)

    def _most_components(self, X):
        """How many coordinates the method can give so many points, at least those asked for."""
        n, m = X.shape
        recipe = RECIPES[self.method]
        if n < recipe.least_points:
            raise ValueError(
                f"X has {n} points, but method={self.method!r} needs {recipe.least_points} or "
                'more: pass more, or take another method such as "isomap" or "mds".'
            )
        most = recipe.most_components(n, m)
        if self.n_components != "auto" and self.n_components > most:
            columns = f" with {m} column(s)" if recipe.needs == "coordinates" else ""
            raise ValueError(
                f"n_components={self.n_components}, but of {n} points{columns} "
                f"method={self.method!r} finds at most {most:.0f} coordinate(s): take no more than "
                'that, or another method such as "isomap" or "mds".'
            )
        return most

    def _in_units(self, embedding):
        """Coordinates in the unit of the data, where the method keeps lengths."""
        embedding = np.asarray(embedding, dtype=np.float64)
        unit = self._frame.unit if RECIPES[self.method].keeps_lengths else 1.0
        return embedding if unit == 1.0 else embedding * unit

    def _count_components(self, X, graph, most):
        """The number asked for, or the rounded dimension of the cloud."""
        self.dimension_ = np.nan
        if self.n_components != "auto":
            return int(self.n_components)
        most = min(
            most, X.shape[0] - 1 if self._is_precomputed() else min(X.shape[0] - 1, X.shape[1])
        )
        if len(np.unique(X, axis=0)) < 3 if not sparse.issparse(X) else X.shape[0] < 3:
            return 1
        estimator = IntrinsicDimension(metric=self.metric_.taken, n_jobs=self.n_jobs)
        estimate = estimator.fit(X, graph=graph)
        self.dimension_ = estimate.dimension_
        rounded = 2 if estimate.rounded_dimension_ is None else estimate.rounded_dimension_
        n_components = int(np.clip(rounded, 1, max(most, 1)))
        if estimate.plateau_ is None:
            warnings.warn(
                f"n_components={n_components} is taken, but the dimension is not sure. "
                f"{estimate.verdict_} Look at "
                "tda.IntrinsicDimension().fit(X).curve_, or give a number.",
                UserWarning,
                stacklevel=3,
            )
        return n_components

    def transform(self, X):
        """Coordinates of new points among those of `fit`.

        Only for methods that have a place for them: "isomap", "landmark_isomap", "lle", "pca"
        and "umap".

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features), or (n_queries, n_points)
            With ``metric="precomputed"`` distances to the points of `fit`, dense or sparse. Rows
            that stay on disk, as `tda.landmarks` takes them, are placed in blocks: as in memory up
            to rounding, but for "umap", which places the rows of a block together.

        Returns
        -------
        array of shape (n_queries, n_components)
        """
        check_is_fitted(self)
        placed = by_blocks(X, self._place)
        return self._place(X) if placed is None else placed

    def _place(self, X):
        X = check_rows(self, X, sparse=self._is_precomputed(), reset=False)
        X = self._frame.enter(self.metric_.points(X))
        if self._cloud is not None:
            X = self._neighbors_in_fit(X)
        return self._in_units(RECIPES[self.method].place(self.model_, X))

    def _neighbors_in_fit(self, X):
        k = self.model_.n_neighbors
        lengths, indices = nearest_rows(
            self._cloud, X, k, metric=self.metric_.taken, n_jobs=self.n_jobs
        )
        starts = np.arange(0, lengths.size + 1, k)
        shape = len(X), len(self._cloud)
        return sparse.csr_matrix((lengths.ravel(), indices.ravel(), starts), shape=shape)

    def fit_transform(self, X, y=None):
        """Fit, and give the coordinates of the points."""
        return self.fit(X).embedding_.copy()

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, such as ``umap_0`` and ``umap_1``."""
        check_is_fitted(self)
        names = [f"{self.method}_{k}" for k in range(self.n_components_)]
        return np.array(names, dtype=object)

    def _is_precomputed(self):
        return isinstance(self.metric, str) and self.metric == "precomputed"

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self._is_precomputed()
        tags.input_tags.sparse = self._is_precomputed()
        tags.input_tags.positive_only = self._is_precomputed()
        tags.transformer_tags.preserves_dtype = []
        tags.non_deterministic = self.method == "umap" and self.random_state is None
        return tags


# After the class is made, since `set_output` wraps its methods and would hide that one is missing.
Embedding.transform = available_if(_places_new_points)(Embedding.transform)
