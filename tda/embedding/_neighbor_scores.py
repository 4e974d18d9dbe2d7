"""How well an embedding keeps neighbours: trustworthiness, continuity, recall, co-ranking."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._kinds import refuse_missing
from .._metrics import distances, take_metric
from .._validation import check_cloud, check_distance_matrix

__all__ = ["NeighborScores", "PointScores", "neighbor_scores"]


class PointScores(NamedTuple):
    """The scores of single points; those of the cloud are their means.

    Attributes
    ----------
    rows : int array of shape (n_queries,)
        The points.
    trustworthiness : array of shape (n_queries,)
        Falls where points that were far came beside this one: what is glued here.
    continuity : array of shape (n_queries,)
        Falls where neighbours of this one are far after: it is torn off.
    recall : array of shape (n_queries,)
        The share of its nearest neighbours that is kept.
    """

    rows: np.ndarray
    trustworthiness: np.ndarray
    continuity: np.ndarray
    recall: np.ndarray


class NeighborScores(NamedTuple):
    """What `neighbor_scores` gives; 1 is best everywhere.

    Attributes
    ----------
    trustworthiness : float
        Falls where points are neighbours after that were far before.
    continuity : float
        Falls where points are far after that were neighbours before.
    recall : float
        The share of the nearest neighbours that is kept; by chance k / (n_points - 1).
    r_nx : array of shape (n_points - 2,)
        The recall of the nearest K = 1, 2, … neighbours, rescaled: 0 is chance.
    area : float
        The mean of `r_nx` with weights 1 / K, the area under it over log K.
    points : PointScores
        The same for every point that was asked.
    """

    trustworthiness: float
    continuity: float
    recall: float
    r_nx: np.ndarray
    area: float
    points: PointScores


def neighbor_scores(X, Z, *, n_neighbors=15, metric="euclidean", queries=None):
    """Compare the neighbours of points before and after (input per point).

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        The cloud; with ``metric="precomputed"`` its distances.
    Z : array-like of shape (n_points, n_components)
        Its coordinates, in the same order.
    n_neighbors : int, default=15
        Of trustworthiness, continuity and recall; below half the number of points.
    metric : str or callable, default="euclidean"
        Of `X`: any of `sklearn.metrics.pairwise_distances`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    queries : int array of shape (n_queries,), default=None
        The points whose neighbours are compared, among all; by default every point.

    Returns
    -------
    NeighborScores

    Raises
    ------
    ValueError
        If `X` and `Z` differ in length or are no clouds, or `n_neighbors` is out of its range.

    Notes
    -----
    With r the rank of j among the others seen from i, before and s after, and k neighbours,
    trustworthiness is ``1 - 2 / (n k (2n - 3k - 1)) * sum(r - k)`` over the pairs with
    ``s <= k < r``, continuity the same with r and s exchanged [1]_. Recall ``Q(K)`` counts the
    pairs with ``r <= K`` and ``s <= K``, and ``R_NX(K) = ((n - 1) Q(K) - K) / (n - 1 - K)``
    [2]_. Equal distances are ranked by index. O(n log n) a query.

    References
    ----------
    .. [1] J. Venna, S. Kaski, "Local multidimensional scaling", Neural Networks 19, 2006.
    .. [2] J. Lee, D. Peluffo-Ordóñez, M. Verleysen, "Multi-scale similarities in stochastic
       neighbour embedding: reducing dimensionality while preserving both local and global
       structure", Neurocomputing 169, 2015.

    Examples
    --------
    A sphere pressed flat: its halves fall on each other.

    >>> from tda.datasets import make_sphere
    >>> from tda.embedding import neighbor_scores
    >>> X = make_sphere(300, random_state=0).points
    >>> scores = neighbor_scores(X, X[:, :2])
    >>> round(scores.trustworthiness, 1), round(scores.continuity, 1)
    (0.8, 1.0)
    """
    X, Z, metric = check_pair(X, Z, metric)
    n = len(X)
    if not 1 <= n_neighbors < n / 2:
        raise ValueError(
            f"n_neighbors={n_neighbors}, but for {n} points it is at least 1 and below {n / 2:g}."
        )
    queries = np.arange(n) if queries is None else np.asarray(queries)
    kept = np.zeros(n + 1)
    # By point: how far beyond k those are that came near, and that went, and how many stayed.
    false, missed, both = np.zeros((3, len(queries)))
    step = max(2_000_000 // n, 1)
    for start in range(0, len(queries), step):
        here = slice(start, start + step)
        some = queries[here]
        before = ranks(rows_of_distances(X, some, metric), some)
        after = ranks(rows_of_distances(Z, some, "euclidean"), some)
        near = before <= n_neighbors, after <= n_neighbors
        false[here] = np.where(near[1], np.maximum(before - n_neighbors, 0), 0).sum(axis=1)
        missed[here] = np.where(near[0], np.maximum(after - n_neighbors, 0), 0).sum(axis=1)
        both[here] = (near[0] & near[1]).sum(axis=1)
        kept += np.bincount(np.maximum(before, after).ravel(), minlength=n + 1)
    K = np.arange(1, n - 1)
    recall = np.cumsum(kept)[1 : n - 1] / (K * len(queries))
    r_nx = ((n - 1) * recall - K) / (n - 1 - K)
    worst = n_neighbors * (2 * n - 3 * n_neighbors - 1) / 2
    points = PointScores(queries, 1 - false / worst, 1 - missed / worst, both / n_neighbors)
    return NeighborScores(
        float(1 - false.sum() / (len(queries) * worst)),
        float(1 - missed.sum() / (len(queries) * worst)),
        float(recall[n_neighbors - 1]),
        r_nx,
        float((r_nx / K).sum() / (1 / K).sum()),
        points,
    )


def check_pair(X, Z, metric):
    """The checked cloud, or its dense distances, its coordinates, and the metric to take."""
    precomputed = isinstance(metric, str) and metric == "precomputed"
    X, Z = check_distance_matrix(X) if precomputed else check_cloud(X), check_cloud(Z, name="Z")
    if precomputed:
        refuse_missing(X, "X")
    if len(X) != len(Z):
        raise ValueError(
            f"X has {len(X)} points and Z {len(Z)}: pass the coordinates of the same points, in "
            "the same order."
        )
    if len(X) < 4:
        raise ValueError(f"X has {len(X)} points, but neighbours are compared among 4 or more.")
    X, metric = take_metric(X, metric)
    return X, Z, metric.taken


def rows_of_distances(X, rows, metric):
    """Distances from some points to all, shape (n_rows, n_points)."""
    if isinstance(metric, str) and metric == "precomputed":
        return np.array(X[rows])
    return distances(X[rows], X, metric=metric)


def ranks(D, own):
    """The rank of every other point from 1 on, in each row; a point's own is the last, n."""
    m, n = D.shape
    D[np.arange(m), own] = np.inf
    order = np.argsort(D, axis=1, kind="stable")
    found = np.empty((m, n), dtype=np.int64)
    np.put_along_axis(found, order, np.arange(1, n + 1)[None], axis=1)
    return found
