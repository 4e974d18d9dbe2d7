"""Landmark Isomap: geodesic distances to a few landmarks place every point."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from .._blocks import as_blocks, by_blocks, sampled_rows, working_rows
from .._estimator import BaseEstimator
from .._geodesics import geodesic_graph
from .._kinds import check_rows
from .._metrics import nearest_rows
from .._neighbors import geodesic_distances
from .._validation import check_distance_matrix

__all__ = ["LandmarkIsomap", "landmark_mds"]


class Triangulation(NamedTuple):
    """Places points by their distances to landmarks.

    Attributes
    ----------
    projection : array of shape (n_components, n_landmarks)
    mean_squares : array of shape (n_landmarks,)
    eigenvalues : array of shape (n_components,)
    """

    projection: np.ndarray
    mean_squares: np.ndarray
    eigenvalues: np.ndarray

    def place(self, distances):
        """Coordinates of points, from distances of shape (n_landmarks, n_points)."""
        return -0.5 * (self.projection @ (distances**2 - self.mean_squares[:, None])).T


def landmark_mds(D, n_components):
    """Classical scaling of landmarks, ready to place other points among them.

    Parameters
    ----------
    D : array of shape (n_landmarks, n_landmarks)
        Distances between the landmarks.
    n_components : int
        Directions without extent give columns of zeros.

    Returns
    -------
    Triangulation
        Its ``place(D)`` are the landmarks' own coordinates, and exact for every other point if
        the distances are those of points in so many dimensions.

    References
    ----------
    .. [1] V. de Silva, J. Tenenbaum, "Sparse multidimensional scaling using landmark points",
       Stanford, 2004.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.embedding import landmark_mds
    >>> D = np.array([[0, 3, 5], [3, 0, 4], [5, 4, 0]])  # three corners of a rectangle
    >>> corner = np.array([[4.0], [5.0], [3.0]])  # distances of the fourth
    >>> x = np.concatenate([landmark_mds(D, 2).place(d) for d in (D, corner)])
    >>> [round(float(np.linalg.norm(x[3] - x[i])), 6) for i in range(3)]
    [4.0, 5.0, 3.0]
    """
    from scipy.linalg import eigh

    squares = np.asarray(D, dtype=float) ** 2
    means = squares.mean(axis=0)
    products = -0.5 * (squares - means - means[:, None] + means.mean())
    n = len(products)
    wanted = min(n_components, n)
    values, vectors = eigh(products, subset_by_index=[n - wanted, n - 1])
    values, vectors = values[::-1], vectors[:, ::-1]
    peaks = vectors[np.argmax(np.abs(vectors), axis=0), np.arange(wanted)]
    vectors = vectors * np.sign(peaks)  # of two signs the one with the largest entry positive
    # Each product is made of four squares, which round.
    keep = values > 4 * n * np.finfo(float).eps * squares.max(initial=0.0)
    vectors = vectors - vectors.mean(axis=0)  # as is so but for rounding, which squares would show
    projection = np.zeros((n_components, n))
    projection[:wanted][keep] = vectors.T[keep] / np.sqrt(values[keep])[:, None]
    eigenvalues = np.zeros(n_components)
    eigenvalues[:wanted] = values
    return Triangulation(projection, means, eigenvalues)


class LandmarkIsomap(TransformerMixin, BaseEstimator):
    """Isomap by a few landmarks, for large clouds (input per point).

    Geodesic distances along the neighbour graph are measured from the landmarks only. Classical
    scaling places the landmarks, and every other point is placed by its distances to them [1]_. If
    every point is a landmark, it is Isomap.

    Parameters
    ----------
    n_components : int, default=2
        Coordinates of the embedding.
    n_neighbors : int, default=10
        Of the graph; at most all other points.
    n_landmarks : int, default=200
        Spread by farthest points in geodesic distance. Ten to a hundred a dimension do.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`; squares of metrics, such as "cosine",
        are taken back to the metric (`tda._metrics`). With "precomputed" `X` holds distances, or a
        sparse graph as `sklearn.neighbors.KNeighborsTransformer` makes it.
    n_jobs : int, default=None
        Number of threads of the neighbour search.

    Attributes
    ----------
    embedding_ : array of shape (n_points, n_components)
    landmark_indices_ : array of shape (n_landmarks,)
    eigenvalues_ : array of shape (n_components,)
        Of the landmarks' inner products: squared extents, summed over the landmarks.
    geodesics_ : array of shape (n_landmarks, n_points)
        Of every point to the landmarks, or of those in `sample_indices_`.
    bridges_ : array of shape (n_bridges, 2)
        Pairs of points that were joined since the graph fell into pieces: of every two pieces
        the nearest points.
    sample_indices_ : int array of shape (n_sampled,), or None
        Rows whose graph was taken, of a cloud that stays on disk and is too large to take whole.

    Notes
    -----
    ``8 * n_landmarks * n_points`` bytes, 160 MB for 100,000 points and the default, and a walk
    over the graph from every landmark: O(n_landmarks * n_points * n_neighbors * log(n_points)).

    A cloud may stay on disk, as `tda.landmarks` takes it. If its rows, graph and geodesics are more
    than half of scikit-learn's `working_memory`, 270,000 rows of three columns by default, the
    graph is that of so many random rows. All other rows are placed as new points are, in blocks.
    Where everything fits, the answer is that of the array.

    New points go to the landmarks through their nearest points of `fit`. Equal rows count once:
    copies of a point are no neighbours of it.

    References
    ----------
    .. [1] V. de Silva, J. Tenenbaum, "Global versus local methods in nonlinear dimensionality
       reduction", NIPS 15, 2003.

    Examples
    --------
    >>> from tda.datasets import make_swiss_roll
    >>> from tda.embedding import LandmarkIsomap
    >>> X = make_swiss_roll(1000, random_state=0).points
    >>> LandmarkIsomap(n_landmarks=50).fit_transform(X).shape
    (1000, 2)
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "n_landmarks": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        n_components=2,
        n_neighbors=10,
        n_landmarks=200,
        metric="euclidean",
        n_jobs=None,
    ):
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.n_landmarks = n_landmarks
        self.metric = metric
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Embed the points.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features), or (n_points, n_points)
            A cloud, which may stay on disk; with ``metric="precomputed"`` distances, dense or
            sparse. Infinite ones are missing edges.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` holds NaN, or infinite coordinates, or is a graph in pieces, which nothing
            says how to join; other graphs are joined, with a warning.
        """
        self._validate_params()
        blocks = None if self._is_precomputed() else as_blocks(X)
        if blocks is None:
            return self._fit(self._check(X, reset=True))
        n_floats = blocks.shape[1] + self.n_landmarks + 4 * self.n_neighbors
        most = working_rows(n_floats, share=2)
        if len(blocks) <= most:
            return self._fit(self._check(blocks.whole(), reset=True))
        rows = sampled_rows(len(blocks), most)
        self._fit(self._check(blocks.take(rows), reset=True))
        self.sample_indices_ = rows
        self.landmark_indices_, self.bridges_ = rows[self.landmark_indices_], rows[self.bridges_]
        self.embedding_ = self.transform(blocks)
        return self

    def _fit(self, X, shared=None):
        """The rest of `fit`, from checked points and a graph that others may share."""
        graph = geodesic_graph(
            X,
            self.n_neighbors,
            metric=self.metric,
            n_jobs=self.n_jobs,
            shared=shared,
            stacklevel=4,
        )
        X, self.metric_, self.sample_indices_ = graph.points, graph.metric, None
        self.bridges_, self.first_ = graph.bridges, graph.first
        self.cloud_ = None if self._is_precomputed() else X[graph.first]
        self.landmark_indices_, self.geodesics_ = _walk(
            graph.edges, min(self.n_landmarks, X.shape[0]), _outermost(X)
        )
        between = self.geodesics_[:, self.landmark_indices_]
        self.triangulation_ = landmark_mds((between + between.T) / 2, self.n_components)
        self.eigenvalues_ = self.triangulation_.eigenvalues
        self.embedding_ = self.triangulation_.place(self.geodesics_)
        return self

    def _check(self, X, *, reset):
        precomputed = self._is_precomputed()
        edges = precomputed and reset and not sparse.issparse(X)  # infinite ones are missing
        X = check_rows(
            self,
            X,
            sparse=precomputed,
            reset=reset,
            ensure_min_samples=2 if reset else 1,
            ensure_all_finite=not edges,
        )
        if precomputed and reset:
            if sparse.issparse(X) and X.shape[0] != X.shape[1]:
                raise ValueError(f"X has shape {X.shape}, but a graph of neighbours is square.")
            return X if sparse.issparse(X) else check_distance_matrix(X)
        return X

    def transform(self, X):
        """Place points by their distances to the landmarks.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features), or (n_queries, n_points)
            With ``metric="precomputed"`` distances to the points of `fit`, dense or sparse. Rows
            that stay on disk, as `tda.landmarks` takes them, are placed in blocks, as in memory up
            to rounding.

        Returns
        -------
        array of shape (n_queries, n_components)
        """
        check_is_fitted(self)
        placed = by_blocks(X, self._place)
        return self._place(X) if placed is None else placed

    def _place(self, X):
        X = self._check(X, reset=False)
        n_neighbors = min(self.n_neighbors, len(self.first_))
        if self._is_precomputed():
            lengths, indices = _nearest_columns(X[:, self.first_], n_neighbors)
        else:
            lengths, indices = nearest_rows(
                self.cloud_,
                self.metric_.points(X),
                n_neighbors,
                metric=self.metric_.taken,
                n_jobs=self.n_jobs,
            )
        indices = self.first_[indices]
        placed = np.empty((len(lengths), self.n_components))
        step = max(4_000_000 // (n_neighbors * len(self.landmark_indices_)), 1)
        for i in range(0, len(lengths), step):
            near, far = lengths[i : i + step], self.geodesics_[:, indices[i : i + step]]
            placed[i : i + step] = self.triangulation_.place((far + near).min(axis=2))
        return placed

    def fit_transform(self, X, y=None):
        """Fit, and give the coordinates of the points."""
        return self.fit(X).embedding_.copy()

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, ``landmark_isomap_0`` and so on."""
        check_is_fitted(self)
        names = [f"landmark_isomap_{k}" for k in range(self.n_components)]
        return np.array(names, dtype=object)

    def _is_precomputed(self):
        return isinstance(self.metric, str) and self.metric == "precomputed"

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self._is_precomputed()
        tags.input_tags.sparse = self._is_precomputed()
        tags.input_tags.positive_only = self._is_precomputed()
        tags.transformer_tags.preserves_dtype = []
        return tags


def _outermost(X):
    """A point at the rim: the farthest from the middle of a cloud, or from all points."""
    if sparse.issparse(X):
        return 0
    X = np.where(np.isfinite(X), X, 0.0)
    return int(np.argmax(((X - X.mean(axis=0)) ** 2).sum(axis=1)))


def _walk(graph, n_landmarks, start):
    """Landmarks, each the farthest from those before, and geodesics from them to all points."""
    if n_landmarks == graph.shape[0]:
        return np.arange(n_landmarks), geodesic_distances(graph)
    chosen, geodesics, nearest = [], [], np.inf
    for _ in range(n_landmarks):
        chosen.append(start)
        geodesics.append(geodesic_distances(graph, sources=start))
        nearest = np.minimum(nearest, geodesics[-1])
        start = int(np.argmax(nearest))
        if nearest[start] == 0:
            break  # all other points are copies of landmarks
    return np.array(chosen), np.array(geodesics)


def _nearest_columns(D, n_neighbors):
    """Distances and indices of the smallest entries of each row."""
    if not sparse.issparse(D):
        indices = np.argpartition(D, n_neighbors - 1, axis=1)[:, :n_neighbors]
        return np.take_along_axis(D, indices, axis=1), indices
    D = sparse.csr_array(D)
    if np.diff(D.indptr).min(initial=1) < 1:
        raise ValueError("X stores no distance in some row: each needs one to a point of fit.")
    distances = np.full((D.shape[0], n_neighbors), np.inf)
    indices = np.zeros((D.shape[0], n_neighbors), dtype=np.intp)
    for i, (a, b) in enumerate(zip(D.indptr[:-1], D.indptr[1:], strict=True)):
        order = np.argsort(D.data[a:b], kind="stable")[:n_neighbors]
        distances[i, : len(order)] = D.data[a:b][order]
        indices[i, : len(order)] = D.indices[a:b][order]
    return distances, indices
