"""How well an embedding keeps neighbours: trustworthiness, continuity, recall, co-ranking."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._blocks import Blocks, as_blocks, blocks_of, rows_or_blocks, some_rows
from .._kinds import refuse_missing
from .._metrics import distances, take_metric
from .._validation import check_cloud, check_distance_matrix

__all__ = ["NeighborScores", "PointScores", "neighbor_scores"]

# The constants were chosen on simulated maps: benchmarks/embedding_calibration.py.

#: A neighbour is far away, on the other side, if so many times the number of neighbours are nearer,
#: and so large a share of all points. Noise moves neighbours, but seldom so far.
FAR_TIMES, FAR_SHARE = 3, 0.1
#: A point is torn, or glued, if so large a share of its neighbours is far away.
MOST_FAR = 1 / 3
#: Of more points ranks are counted, not sorted, and the curve of recall is that of the queries.
MOST_RANKED = 20_000
#: Distances that are held at once.
AT_ONCE = 4_000_000


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
    torn : bool array of shape (n_queries,)
        Whether a third or more of the neighbours before are far away after.
    glued : bool array of shape (n_queries,)
        Whether a third or more of the neighbours after were far away before. Far away is beyond
        the nearest ``3 * n_neighbors`` points and the nearest tenth of all.
    """

    rows: np.ndarray
    trustworthiness: np.ndarray
    continuity: np.ndarray
    recall: np.ndarray
    torn: np.ndarray
    glued: np.ndarray


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
        The same for every point that was asked, and whether it was torn off or glued to others.
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
        The cloud, also one that stays on disk or in Dask (see `docs/scale.md`); with
        ``metric="precomputed"`` its distances.
    Z : array-like of shape (n_points, n_components)
        Its coordinates, in the same order; may stay on disk too.
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
    [2]_. Equal distances are ranked by index.

    A tear or a seam concerns few points, which averages over all do not show: `torn` and `glued`
    do.

    O(n log n) a query. Of more than 20,000 points rows are read block by block, twice for some
    hundred queries, and O(n k) a query. The curve `r_nx` is then that of the queries among
    themselves, of shape (n_queries - 2,).

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
    if n > MOST_RANKED or isinstance(X, Blocks) or isinstance(Z, Blocks):
        return _by_counting(X, Z, queries, n_neighbors, metric)
    return _by_ranking(X, Z, queries, n_neighbors, metric)


def _by_ranking(X, Z, queries, k, metric):
    """Scores from the ranks of all points, seen from each query."""
    n = len(X)
    kept, came, went = np.zeros(n + 1), [], []
    step = max(AT_ONCE // (2 * n), 1)
    for start in range(0, len(queries), step):
        some = queries[start : start + step]
        before = ranks(rows_of_distances(X, some, metric), some)
        after = ranks(rows_of_distances(Z, some, "euclidean"), some)
        came.append(before[after <= k].reshape(-1, k))
        went.append(after[before <= k].reshape(-1, k))
        kept += np.bincount(np.maximum(before, after).ravel(), minlength=n + 1)
    K = np.arange(1, n - 1)
    r_nx = ((n - 1) * np.cumsum(kept)[1 : n - 1] / (K * len(queries)) - K) / (n - 1 - K)
    points = _points(queries, np.concatenate(came), np.concatenate(went), n)
    return _of_points(points, r_nx, float((r_nx / K).sum() / (1 / K).sum()))


def _by_counting(X, Z, queries, k, metric):
    """The same, block by block: the nearest points first, then how many are nearer than each."""
    came, went = [], []
    step = max(AT_ONCE // (2048 * k), 64)
    for start in range(0, len(queries), step):
        some = queries[start : start + step]
        near_before, near_after = (
            _nearest(A, some, k, taken) for A, taken in ((X, metric), (Z, "euclidean"))
        )
        came.append(_ranks_of(X, some, near_after, metric))
        went.append(_ranks_of(Z, some, near_before, "euclidean"))
    points = _points(queries, np.concatenate(came), np.concatenate(went), len(X))
    if len(queries) < 4:
        return _of_points(points, np.zeros(0), np.nan)
    rows = [some_rows(A, queries) for A in (X, Z)]
    if isinstance(metric, str) and metric == "precomputed":
        rows[0] = np.ascontiguousarray(rows[0][:, queries])
    among = _by_ranking(*rows, np.arange(len(queries)), 1, metric)
    return _of_points(points, among.r_nx, among.area)


def _points(queries, came, went, n):
    """Scores by point: the ranks before of its neighbours after, and after of those before."""
    k = came.shape[1]
    worst = k * (2 * n - 3 * k - 1) / 2
    trust, continuity = (1 - np.maximum(r - k, 0).sum(axis=1) / worst for r in (came, went))
    torn, glued = (_is_far(r, n, k) for r in (went, came))
    return PointScores(queries, trust, continuity, (went <= k).mean(axis=1), torn, glued)


def _of_points(points, r_nx, area):
    means = (float(score.mean()) for score in points[1:4])
    return NeighborScores(*means, r_nx, area, points)


def _is_far(ranks, n, k):
    """Whether a third or more of the neighbours of a point are far away, from their ranks."""
    far = ranks > max(FAR_TIMES * k, FAR_SHARE * n)
    return far.mean(axis=1) >= MOST_FAR


def _blocks_of_distances(X, queries, metric):
    """Pairs of the first row of a block and the distances from the queries to its rows."""
    step = max(AT_ONCE // len(queries), 1)
    if isinstance(metric, str) and metric == "precomputed":
        for first in range(0, len(X), step):
            yield first, np.array(X[queries, first : first + step])
        return
    own = some_rows(X, queries)
    blocks = X if isinstance(X, Blocks) else blocks_of(X)
    first = 0
    for rows in blocks.batches(step):
        yield first, distances(own, rows, metric=metric)
        first += len(rows)


def _nearest(X, queries, k, metric):
    """The k nearest other points of each query, shape (n_queries, k)."""
    found = np.full((len(queries), k), -1), np.full((len(queries), k), np.inf)
    for first, D in _blocks_of_distances(X, queries, metric):
        own = queries - first
        here = (own >= 0) & (own < D.shape[1])
        D[np.flatnonzero(here), own[here]] = np.inf
        # What was found stands before what comes, so that of equals the first rows are kept.
        both = np.concatenate([found[1], D], axis=1)
        rows = np.concatenate(
            [found[0], np.broadcast_to(np.arange(first, first + D.shape[1]), D.shape)], axis=1
        )
        order = _first_of(both, k)
        found = np.take_along_axis(rows, order, 1), np.take_along_axis(both, order, 1)
    return found[0]


def _first_of(values, k):
    """The columns of the k least values of each row, by value and then by column."""
    order = np.empty((len(values), k), dtype=np.int64)
    bounds = np.partition(values, k - 1, axis=1)[:, k - 1]
    for i, bound in enumerate(bounds):
        columns = np.flatnonzero(values[i] <= bound)
        order[i] = columns[np.argsort(values[i, columns], kind="stable")[:k]]
    return order


def _ranks_of(X, queries, which, metric):
    """The rank of some other points, (n_queries, k), seen from each query among all."""
    own = _distances_to(X, queries, which, metric)
    ranks = np.ones(which.shape, dtype=np.int64)
    for first, D in _blocks_of_distances(X, queries, metric):
        here = (queries >= first) & (queries < first + D.shape[1])
        D[np.flatnonzero(here), queries[here] - first] = np.inf
        columns = np.arange(first, first + D.shape[1])
        for j in range(which.shape[1]):
            ranks[:, j] += (D < own[:, j : j + 1]).sum(axis=1)
            ties = D == own[:, j : j + 1]
            ties &= columns < which[:, j : j + 1]
            ranks[:, j] += ties.sum(axis=1)
    return ranks


def _distances_to(X, queries, which, metric):
    """Distances from each query to some points, as they are in its whole row."""
    found = np.empty(which.shape)
    for first, D in _blocks_of_distances(X, queries, metric):
        i, j = np.nonzero((which >= first) & (which < first + D.shape[1]))
        found[i, j] = D[i, which[i, j] - first]
    return found


def check_pair(X, Z, metric):
    """The checked cloud, or its dense distances, its coordinates, and the metric to take."""
    precomputed = isinstance(metric, str) and metric == "precomputed"
    X = check_distance_matrix(X) if precomputed else _cloud_or_blocks(X, "X")
    Z = _cloud_or_blocks(Z, "Z")
    if precomputed:
        refuse_missing(X, "X")
    if len(X) != len(Z):
        raise ValueError(
            f"X has {len(X)} points and Z {len(Z)}: pass the coordinates of the same points, in "
            "the same order."
        )
    if len(X) < 4:
        raise ValueError(f"X has {len(X)} points, but neighbours are compared among 4 or more.")
    if isinstance(X, Blocks):
        if metric != "euclidean":
            raise ValueError(
                f"metric={metric!r}, but X stays on disk, where distances are Euclidean: pass rows "
                "that fit into memory, or rows prepared for that metric."
            )
        return X, Z, metric
    X, metric = take_metric(X, metric)
    return X, Z, metric.taken


def _cloud_or_blocks(X, name):
    """A checked cloud, or `Blocks` of one that is too large for memory."""
    blocks = as_blocks(X, name=name)
    X = X if blocks is None else rows_or_blocks(blocks)
    return X if isinstance(X, Blocks) else check_cloud(X, name=name)


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
