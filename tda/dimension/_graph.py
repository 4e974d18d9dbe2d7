"""One neighbour graph for several estimators."""

from __future__ import annotations

from .._neighbors import neighbor_graph
from .._validation import check_cloud

__all__ = ["kneighbors_graph"]


def kneighbors_graph(X, n_neighbors, *, metric="euclidean", n_jobs=None):
    """The distances to each point's nearest neighbours, for ``metric="precomputed"``.

    The search of neighbours takes nearly all of the time of an estimator. To fit several estimators
    to the same points, search once.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        Equal points are taken as they are; an estimator merges them and may then miss
        neighbours: drop them first, as `numpy.unique` does.
    n_neighbors : int
        As many as the hungriest of the estimators asks for.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`; squares of metrics, such as "cosine",
        are taken back to the metric (`tda._metrics`).
    n_jobs : int, default=None
        Number of threads, as in joblib.

    Returns
    -------
    csr matrix of shape (n_points, n_points)
        As of `sklearn.neighbors.kneighbors_graph` with ``mode="distance"``, which takes any
        number of points exactly; here it is exact up to 100,000 points, and beyond if the data
        has no more than about seven dimensions, else nearly so.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import MLE, TwoNN, kneighbors_graph
    >>> graph = kneighbors_graph(make_sphere(1000, random_state=0), 20)
    >>> for method in (TwoNN(metric="precomputed"), MLE(metric="precomputed")):
    ...     print(f"{method.fit(graph).dimension_:.1f}")
    2.0
    2.0
    """
    X = check_cloud(X, min_points=2)
    return neighbor_graph(X, n_neighbors, metric=metric, n_jobs=n_jobs).to_sparse()
