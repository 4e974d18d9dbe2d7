"""Plain geometry of one cloud: neighbours, landmarks, dimension at a scale.

Below the rooms that share it. Each function takes a checked cloud (float64, finite) or, where
it says so, a distance matrix.
"""

from __future__ import annotations

import numpy as np

from ._metrics import distances as distances_between
from ._neighbors import NeighborGraph, connected_components

__all__ = [
    "dimension_at_scale",
    "dimension_bound",
    "is_low_dimensional",
    "join_components",
    "lattice_share",
    "neighbor_distances",
    "power_of_two",
    "spanning_tree",
    "spread_landmarks",
    "unique_points",
]

#: Up to so many points a spanning tree without a search tree takes milliseconds, and its kernel
#: is compiled in a fraction of the time.
SMALL = 3_000
#: Up to so many pieces of a graph every two are joined.
MOST_PIECES = 1_000


def power_of_two(size):
    """The power of two next to a size, to divide by without rounding; 1 for 0."""
    return float(2.0 ** np.round(np.log2(size))) if size > 0 else 1.0


def unique_points(X):
    """Indices, in order, of the first of each set of equal rows."""
    _, first = np.unique(X, axis=0, return_index=True)
    return np.sort(first)


def neighbor_distances(X, n_neighbors, *, precomputed=False, most_queries=None):
    """Sorted distances to the nearest other points, of shape (n_queries, n_neighbors).

    Of every point, or where there are more than `most_queries`, of about so many of them,
    evenly picked; the neighbours are always sought among all.
    """
    step = 1 if most_queries is None else max(len(X) // most_queries, 1)
    queries = np.arange(0, len(X), step)
    if precomputed:
        D = X[queries].copy()
        D[np.arange(len(queries)), queries] = np.inf
        return np.sort(np.partition(D, n_neighbors - 1, axis=1)[:, :n_neighbors], axis=1)
    from sklearn.neighbors import NearestNeighbors

    # Trees stop paying from about twenty dimensions on.
    algorithm = "kd_tree" if X.shape[1] < 20 else "brute"
    if algorithm == "brute":  # whose squares would lose the digits of what is far from the origin
        X = X - np.median(X, axis=0)
    model = NearestNeighbors(n_neighbors=n_neighbors + 1, algorithm=algorithm).fit(X)
    return model.kneighbors(X[queries])[0][:, 1:]  # each point is its own nearest


def dimension_at_scale(distances, k):
    """Intrinsic dimension between the k-th and the 2k-th neighbour.

    Among Poisson points of density constant over the ball, ``E[log(r_2k / r_k)]`` is
    ``(digamma(2k) - digamma(k)) / d``; solved for d with the sample mean (the moment form of
    Gride; Denti, Doimo, Laio, Mira, Sci Rep 12:20005, 2022).

    Parameters
    ----------
    distances : array of shape (n_points, at least 2k)
        From `neighbor_distances`.
    k : int

    Returns
    -------
    float
        Infinite if all neighbours are equally far.
    """
    from scipy.special import digamma

    near, far = distances[:, k - 1], distances[:, 2 * k - 1]
    keep = near > 0
    mean = np.log(far[keep] / near[keep]).mean() if keep.any() else 0.0
    return float((digamma(2 * k) - digamma(k)) / mean) if mean > 0 else np.inf


def dimension_bound(X, *, precomputed=False, guess=None):
    """The most dimensions that so many points of so many coordinates can show.

    One less than there are points, and no more than the flat space that they span has.

    Parameters
    ----------
    X : array of shape (n_points, n_features), of distinct points; or distances
    precomputed : bool, default=False
        Whether these are distances: they bound nothing, the number of points does.
    guess : float, default=None
        If the flat space has this many dimensions or more, it is not asked how many.

    Returns
    -------
    int
    """
    n = X.shape[0]
    if precomputed or n < 2:
        return n - 1
    most = min(n - 1, X.shape[1])
    size = most if guess is None else int(min(most, np.ceil(guess) + 1))
    # A row's length changes no rank; far points would else hide the directions of the others.
    middle = X[np.argmin(np.abs(X - np.median(X, axis=0)).sum(axis=1))]
    rows = X - middle
    lengths = np.linalg.norm(rows, axis=1)
    far = lengths > 0
    size_of = np.abs(X).max(axis=1)[far] + np.abs(middle).max()
    rounding = np.finfo(float).eps * np.linalg.norm(1 + size_of / lengths[far])
    rows = rows[far] / lengths[far, None]
    if size < most:  # by chance directions, whose number it cannot exceed and nearly surely reaches
        directions = np.random.default_rng(0).normal(size=(X.shape[1], size))
        rows = rows @ directions / np.sqrt(size)
    spread = np.linalg.svd(rows, compute_uv=False)
    rank = int((spread > 4 * np.sqrt(X.shape[1]) * rounding).sum())
    return most if rank >= size else max(rank, 1)


def lattice_share(distances):
    """The share of points whose nearest neighbour is at the one most common distance.

    Near 0 for points in general position, near 1 on a lattice or a regular polygon.
    """
    nearest = np.sort(distances[:, 0])
    if nearest.size < 2 or nearest[-1] == 0:
        return 0.0
    apart = np.diff(nearest) > 1e-6 * nearest[1:]
    runs = np.diff(np.flatnonzero(np.concatenate([[True], apart, [True]])))
    return float((runs.max() - 1) / (nearest.size - 1))


def spread_landmarks(X, n_landmarks, *, precomputed=False):
    """Landmarks by farthest points, the first one the point farthest from the middle.

    No two are closer than the covering radius, and every point is within the covering radius
    of one (Gonzalez, Theor. Comput. Sci. 38, 1985). The Hausdorff distance between landmarks
    and cloud is the covering radius r, so by stability bars move by at most r in an alpha
    complex and by 2r in a Rips complex.

    Returns
    -------
    indices : ndarray of shape (n_landmarks,)
    covering_radius : float
    """
    from ._kernels.farthest import farthest_points, farthest_points_matrix

    far = X.sum(axis=1) if precomputed else ((X - X.mean(axis=0)) ** 2).sum(axis=1)
    kernel = farthest_points_matrix if precomputed else farthest_points
    chosen, reach = kernel(X, min(n_landmarks, len(X)), int(np.argmax(far)))
    return chosen, float(reach[-1])


def spanning_tree(X, *, precomputed=False):
    """Edges (n - 1, 2) and lengths of the minimum spanning tree, shortest first."""
    if precomputed:
        from ._kernels.spanning_tree import prim_matrix as kernel
    elif is_low_dimensional(X) and len(X) > SMALL:
        from ._kernels.boruvka import boruvka as kernel
    else:
        from ._kernels.spanning_tree import prim as kernel

    edges, lengths = kernel(X)
    order = np.argsort(lengths, kind="stable")
    return edges[order], lengths[order]


def join_components(graph, X, *, precomputed=False, metric="euclidean"):
    """A sparse graph with edges added that make it one piece.

    Every two pieces are joined by the shortest edge between them, so that pieces which lie in a
    triangle keep it. Where there are more than `MOST_PIECES` that many edges would swamp the
    graph: then only the fewest and shortest that join all are added.

    Parameters
    ----------
    graph : NeighborGraph, or scipy-sparse matrix of shape (n, n)
    X : the cloud of the graph, or with `precomputed` its dense distances
        Infinite distances are no edges.
    metric : str or callable, default="euclidean"
        Of the cloud, as `tda._metrics.take_metric` gives it.

    Returns
    -------
    graph : csr matrix of shape (n, n)
        In more than one piece only where distances between them are infinite.
    bridges : array of shape (n_bridges, 2)
        The added edges, as pairs of points, shortest first.
    """
    from scipy import sparse

    edges = graph.to_sparse() if isinstance(graph, NeighborGraph) else sparse.csr_matrix(graph)
    n_components, labels = connected_components(edges)
    if n_components == 1:
        return edges, np.zeros((0, 2), dtype=np.intp)
    between = _shortest_between if n_components <= MOST_PIECES else _fewest_between
    pairs, lengths = between(X, labels, n_components, precomputed, metric)
    finite = np.isfinite(lengths)
    pairs, lengths = pairs[finite], lengths[finite]
    order = np.argsort(lengths, kind="stable")
    pairs, lengths = pairs[order], lengths[order]
    edges = edges.tocoo()
    joined = sparse.csr_matrix(
        (
            np.concatenate([edges.data, lengths]),
            (np.concatenate([edges.row, pairs[:, 0]]), np.concatenate([edges.col, pairs[:, 1]])),
        ),
        shape=edges.shape,
    )
    return joined, pairs


def _shortest_between(X, labels, n_components, precomputed, metric):
    """The shortest edge between each two pieces: pairs of points, and lengths.

    O(n^2) distances, or a search tree for each large piece in few dimensions.
    """
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(n_components + 1))
    trees = not precomputed and metric == "euclidean" and is_low_dimensional(X)
    pairs, lengths = [], []
    for piece in range(n_components - 1):
        own, later = order[starts[piece] : starts[piece + 1]], order[starts[piece + 1] :]
        if trees and len(own) > 100:
            from scipy.spatial import cKDTree

            nearest, place = cKDTree(X[own]).query(X[later])
        else:
            nearest, place = _nearest_rows(X, own, later, precomputed, metric)
        first = starts[piece + 1 : -1] - starts[piece + 1]
        least = np.minimum.reduceat(nearest, first)
        hit = np.flatnonzero(nearest == np.repeat(least, np.diff(starts[piece + 1 :])))
        hit = hit[np.unique(labels[later[hit]], return_index=True)[1]]
        pairs.append(np.column_stack([own[place[hit]], later[hit]]))
        lengths.append(least)
    return np.concatenate(pairs), np.concatenate(lengths)


def _nearest_rows(X, rows, columns, precomputed, metric):
    """For each of the columns its distance to the nearest of the rows, and which that is."""
    nearest, place = np.full(len(columns), np.inf), np.zeros(len(columns), dtype=np.intp)
    step = max(2_000_000 // len(columns), 1)
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        if precomputed:
            D = X[np.ix_(some, columns)]
        else:
            D = distances_between(X[some], X[columns], metric=metric)
        at = D.argmin(axis=0)
        found = np.take_along_axis(D, at[None], axis=0)[0]
        nearer = found < nearest
        nearest[nearer], place[nearer] = found[nearer], start + at[nearer]
    return nearest, place


def _fewest_between(X, labels, n_components, precomputed, metric):
    """The fewest and shortest edges that join all pieces: pairs of points, and lengths."""
    if not precomputed and metric != "euclidean":
        X, precomputed = distances_between(X, metric=metric), True
    # The shortest edges between pieces are edges of the spanning tree of all points (the cut
    # property); of those Kruskal's algorithm takes what does not close a circle.
    pairs, lengths = spanning_tree(X, precomputed=precomputed)
    root = np.arange(n_components)
    taken = []
    for k, (i, j) in enumerate(pairs):
        one, other = root[labels[i]], root[labels[j]]
        if one != other:
            root[root == other] = one
            taken.append(k)
    return pairs[taken], lengths[taken]


def is_low_dimensional(X):
    """Whether trees over the points pay, as measured on 10,000 uniform points."""
    return X.shape[1] <= 12
