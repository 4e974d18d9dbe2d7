"""Local homology: what a cloud or a graph looks like near each of its points."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._kinds import check_rows
from .._parallel import in_threads
from .._points import distinct_points
from ..diagrams import Diagram, Diagrams
from ._cells import clique_cells, diagram_of_cells
from ._graph import as_graph

__all__ = ["LocalHomology", "vertex_diagrams"]


def _coned_diagram(D, close, max_dimension):
    """Rips diagram of distances with one point more, at distance 0 from all that are not close."""
    m = len(D)
    far = np.flatnonzero(~close)
    i, j = np.triu_indices(m, 1)
    lengths = D[i, j]
    # From where one point sees all others, and the cone point too, nothing happens any more.
    reach = D[far].max(axis=1).min() if far.size else D.max(axis=1).min()
    kept = (lengths <= reach) & np.isfinite(lengths)
    edges = np.column_stack([i[kept], j[kept]])
    cone = np.column_stack([far, np.full(far.size, m)])
    edges = np.concatenate([edges, cone])
    lengths = np.concatenate([lengths[kept], np.zeros(far.size)])
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    cells = clique_cells(
        m + bool(far.size),
        edges[order],
        np.zeros(m + bool(far.size)),
        lengths[order],
        max_dimension,
    )
    return diagram_of_cells(cells, max_dimension=max_dimension, filtration="rips")


def vertex_diagrams(G, *, radii=(1.0, 2.0), max_dimension=1):
    """Local persistence diagrams of the vertices of one graph, one diagram a vertex.

    Around each vertex the graph is cut out up to the larger radius, and all that lies beyond the
    smaller one is pulled together into one point. So the arms that leave a vertex become loops: one
    for two arms, two for three.

    Parameters
    ----------
    G : graph, as `as_graph` takes it
        Weights are lengths of the edges. Directions are not looked at.
    radii : (float, float), default=(1.0, 2.0)
        The two radii along shortest paths, the smaller one first.
    max_dimension : int, default=1
        Highest degree of homology.

    Returns
    -------
    Diagrams of shape (n_vertices,)
        Of the Rips complexes of the lengths of paths.

    Raises
    ------
    ValueError
        If the radii do not rise from 0 on, or a weight is negative.

    Notes
    -----
    As giotto-tda's ``RadiusLocalVietorisRips`` does for clouds.

    Examples
    --------
    A crossing of two roads: four arms make three loops in the middle, two elsewhere make one.

    >>> from tda.graphs import vertex_diagrams
    >>> roads = [[0, 1], [1, 2], [0, 3], [3, 4], [0, 5], [5, 6], [0, 7], [7, 8]]
    >>> dgms = vertex_diagrams(roads, radii=(1, 2))
    >>> len(dgms[0][1]), len(dgms[2][1])
    (3, 0)
    """
    from scipy.sparse.csgraph import shortest_path

    sound = np.shape(radii) == (2,) and all(isinstance(r, Real) for r in radii)
    if not sound or not 0 <= radii[0] < radii[1]:
        raise ValueError(f"radii={radii!r}; they must be two numbers, 0 <= radii[0] < radii[1].")
    if not isinstance(max_dimension, Integral) or max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension!r}, but a degree is an integer from 0 on")
    graph = as_graph(G).undirected()
    if graph.weights.min(initial=0.0) < 0:
        raise ValueError(f"a weight is {graph.weights.min():.6g}, but lengths are not negative.")
    if not graph.n_vertices:
        return Diagrams([])
    D = shortest_path(graph.to_sparse(), directed=False)
    D = np.minimum(D, D.T)
    found = []
    for lengths in D:
        near = np.flatnonzero(lengths <= radii[1])
        close = lengths[near] <= radii[0]
        found.append(_coned_diagram(D[np.ix_(near, near)], close, int(max_dimension)))
    return Diagrams(found)


class LocalHomology(TransformerMixin, BaseEstimator):
    """The longest bars of the local homology at every point (input per point).

    The neighbours of a point that are not close are pulled together into one point. So a curve
    that passes becomes one loop, a crossing of two curves three loops, and an end none; a surface
    becomes a void, and its border none.

    Parameters
    ----------
    n_close : int, default=10
        The points, itself included, that stay as they are.
    n_neighbors : int, default=50
        The points of the whole neighbourhood; those that are not close are pulled together. At
        most all points are taken.
    max_dimension : int, default=1
        Highest degree of homology. Degree 2 sees surfaces, and takes about fifty times as long.
    n_bars : int, default=3
        How many of the longest bars of each degree are given.
    n_jobs : int, default=None
        Number of threads, as in joblib.

    Attributes
    ----------
    cloud_ : array of shape (n_distinct, n_features)
        The distinct points of `fit`.
    n_features_in_ : int

    See Also
    --------
    vertex_diagrams : The same for the vertices of a graph, as diagrams.

    Notes
    -----
    The columns are lifetimes in edge lengths of the Rips complex, from degree 1 on, and 0 where
    there are fewer bars. The same diagrams as giotto-tda's ``KNeighborsLocalVietorisRips``. Equal
    points count once. `transform` takes new points: their neighbours are among those of `fit`.
    O(n_neighbors^(max_dimension + 2)) for each point.

    References
    ----------
    P. Bendich, D. Cohen-Steiner, H. Edelsbrunner, J. Harer, D. Morozov, "Inferring local homology
    from sampled stratified spaces", FOCS 2007.

    Examples
    --------
    On two crossing lines the middle has three loops, a point on a line one, and an end none.

    >>> import numpy as np
    >>> from tda import LocalHomology
    >>> t = np.linspace(-1, 1, 41)[:, None]
    >>> cross = np.concatenate([t * [1, 0], t * [0, 1]])
    >>> bars = LocalHomology(n_close=9, n_neighbors=25).fit_transform(cross)
    >>> (bars[[20, 8, 0]] > 0.1).sum(axis=1)
    array([3, 1, 0])
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_close": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "max_dimension": [Interval(Integral, 1, None, closed="left")],
        "n_bars": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, n_close=10, n_neighbors=50, max_dimension=1, n_bars=3, n_jobs=None):
        self.n_close = n_close
        self.n_neighbors = n_neighbors
        self.max_dimension = max_dimension
        self.n_bars = n_bars
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Store the points.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, or `n_close` is not below `n_neighbors`.
        """
        self._validate_params()
        if self.n_close >= self.n_neighbors:
            raise ValueError(
                f"n_close={self.n_close} and n_neighbors={self.n_neighbors}, but the points that "
                "are close are fewer than all neighbours."
            )
        self.cloud_ = distinct_points(check_rows(self, X)).X
        return self

    def diagrams(self, X):
        """The local diagrams themselves.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features)

        Returns
        -------
        Diagrams of shape (n_queries,)
        """
        from scipy.spatial import cKDTree
        from scipy.spatial.distance import cdist

        check_is_fitted(self)
        X = check_rows(self, X, reset=False)
        k = min(self.n_neighbors, len(self.cloud_))
        nearest = cKDTree(self.cloud_).query(X, k)[1].reshape(len(X), k)
        close = np.arange(k) < self.n_close

        def diagram(rows):
            points = self.cloud_[rows]
            return _coned_diagram(cdist(points, points), close, int(self.max_dimension))

        return Diagrams(in_threads(diagram, nearest, n_jobs=self.n_jobs))

    def transform(self, X):
        """The longest lifetimes of each degree at each row.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features)

        Returns
        -------
        array of shape (n_queries, max_dimension * n_bars)
        """
        found = self.diagrams(X)
        degrees = range(1, int(self.max_dimension) + 1)
        return np.array([np.concatenate([self._longest(d, k) for k in degrees]) for d in found])

    def _longest(self, diagram: Diagram, degree):
        lengths = np.sort(np.abs(np.diff(diagram[degree], axis=1)).ravel())[::-1]
        kept = lengths[np.isfinite(lengths)][: self.n_bars]
        return np.pad(kept, (0, int(self.n_bars) - kept.size))

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: the degree, and which of its longest bars."""
        check_is_fitted(self)
        names = [
            f"local_homology_h{k}_{bar}"
            for k in range(1, int(self.max_dimension) + 1)
            for bar in range(1, int(self.n_bars) + 1)
        ]
        return np.array(names, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
