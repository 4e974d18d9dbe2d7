"""The nearest neighbours of every point of one cloud, computed once and shared.

Dimension, manifold and embedding all need the nearest neighbours, and spend most of their time on
them. They share the functions of this file. Each function takes a checked cloud (float64, finite).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._blocks import Blocks, rows_or_blocks, working_rows
from ._metrics import distances, nearest_rows, take_metric
from ._parallel import in_threads
from ._progress import progress
from ._scale import dimension_at_scale

__all__ = [
    "NeighborGraph",
    "choose_method",
    "connected_components",
    "geodesic_distances",
    "graph_of_distances",
    "nearest_of_blocks",
    "neighbor_graph",
]

#: From so many points on, exact neighbours in many dimensions take minutes.
APPROXIMATE_FROM = 100_000
#: From so many points on the compiled search is ahead of SciPy's, loading of its code included.
BY_LEAVES_FROM = 20_000
METHODS = ("auto", "kd_tree", "brute", "approximate")
#: So many neighbours more than are asked for are sought by descent, so that those asked for are
#: found: with none of 100,000 points in twelve dimensions 94% are, with 20 more 99.9%.
MARGIN = 20
#: Below this share of right neighbours all pairs are compared.
LEAST_RECALL = 0.97
#: Metrics that do not change when all points are moved, and metrics whose order of neighbours does
#: not change when they are multiplied.
SHIFT_FREE = frozenset(
    ["euclidean", "l2", "sqeuclidean", "manhattan", "cityblock", "l1", "chebyshev", "minkowski"]
)
SCALE_FREE = SHIFT_FREE | {"cosine", "correlation", "braycurtis", "canberra"}


class NeighborGraph(NamedTuple):
    """For each of n points its k nearest other points, the nearest first.

    Attributes
    ----------
    distances : float64 array of shape (n, k)
    indices : intp array of shape (n, k)
    """

    distances: np.ndarray
    indices: np.ndarray

    @property
    def n_neighbors(self):
        return self.distances.shape[1]

    def head(self, n_neighbors):
        """The graph of only the first `n_neighbors` neighbours."""
        return NeighborGraph(self.distances[:, :n_neighbors], self.indices[:, :n_neighbors])

    def to_sparse(self, *, include_self=False):
        """As a csr matrix of distances, as `sklearn.neighbors.KNeighborsTransformer` gives.

        With `include_self` every row begins with its own point, at distance 0 and stored.
        """
        from scipy import sparse

        distances, indices = self
        if include_self:
            distances = np.column_stack([np.zeros(len(self.distances)), distances])
            indices = np.column_stack([np.arange(len(self.indices)), indices])
        n, k = distances.shape
        starts = np.arange(0, n * k + 1, k)
        return sparse.csr_matrix((distances.ravel(), indices.ravel(), starts), shape=(n, n))


def neighbor_graph(
    X, n_neighbors, *, metric="euclidean", method="auto", n_jobs=None, queries=None, verbose=False
):
    """The nearest other points of every point.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
        It may stay on disk, as `tda.landmarks` takes it. What is larger than half of scikit-learn's
        `working_memory` is compared block with block, exactly: as many passes as there are blocks
        of queries, and beside the graph itself only two blocks in memory. The distances are those
        of the array, to the last bit by trees and up to rounding otherwise.
    n_neighbors : int
        At most ``n_points - 1``.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`. A square of a metric is replaced by the
        metric itself; see `tda._metrics`.
    method : {"auto", "kd_tree", "brute", "approximate"}, default="auto"
        "approximate" is nearest neighbour descent (Dong, Moses, Li, WWW 2011; pynndescent). Its
        neighbours are compared with the true ones at 100 points. If fewer than 97% are correct, all
        pairs are compared instead. `choose_method` says what "auto" takes.
    n_jobs : int, default=None
        Number of threads, as in joblib. The result does not depend on it.
    queries : int array of shape (n_queries,), default=None
        The points whose neighbours are sought among all points. By default all points. With
        `queries` descent is not used.
    verbose : bool, default=False
        Show a progress bar where all pairs are compared.

    Returns
    -------
    NeighborGraph
        A row for each of `queries`. Of points at equal distance any may come first.

    Notes
    -----
    Measured on 10,000 Gaussian points: the k-d tree takes 0.01 s in two dimensions and 2.8 s
    in twenty, comparing all pairs about half a second in any. Of 100,000 Gaussian points in
    twelve dimensions descent finds 99.9% of ten neighbours, wherever their middle lies.
    """
    X = rows_or_blocks(X)
    if not 1 <= n_neighbors < len(X):
        raise ValueError(
            f"n_neighbors={n_neighbors}, but of {len(X)} points each has {len(X) - 1} others."
        )
    if isinstance(X, Blocks):
        return _graph_of_blocks(X, n_neighbors, metric, method, n_jobs, queries, verbose)
    X, metric = take_metric(X, metric)
    metric = metric.taken
    if method == "auto" and queries is not None:
        # For few queries a tree is faster only if it visits few leaves.
        flat = metric == "euclidean" and (X.shape[1] <= 3 or _looks_flat(X))
        method = "kd_tree" if flat else "brute"
    if method == "auto":
        method = choose_method(X, metric)
    if method == "approximate" and metric != "ruzicka":
        return _by_descent(X, n_neighbors, metric, n_jobs)
    queries = np.arange(len(X)) if queries is None else queries
    if method == "kd_tree" and metric == "euclidean":
        return _by_tree(X, n_neighbors, n_jobs, queries)
    if metric == "euclidean":
        return _by_products(X, n_neighbors, n_jobs, queries, verbose)
    algorithm = "auto" if method == "kd_tree" else "brute"
    options = {"metric": metric, "algorithm": algorithm, "n_jobs": n_jobs}
    if len(queries) == len(X):
        return NeighborGraph(*nearest_rows(X, None, n_neighbors, **options))
    return _without_own(*nearest_rows(X, X[queries], n_neighbors + 1, **options), queries)


def choose_method(X, metric="euclidean"):
    """The method that "auto" takes: "kd_tree", "brute" or "approximate".

    A tree is faster if the data has a low intrinsic dimension. It is taken for at most ten
    coordinates, and above that if a sample of the points looks at most seven-dimensional. Otherwise
    all pairs are compared, and from 100,000 points on neighbours are approximate.
    """
    n, n_features = X.shape
    if metric == "euclidean" and (n_features <= 10 or (n > 2_000 and _looks_flat(X))):
        return "kd_tree"
    return "brute" if n < APPROXIMATE_FROM else "approximate"


def _looks_flat(X, *, n_sample=500, at_most=7.0):
    """Whether evenly picked points have a small dimension, by the ratio of two neighbour
    distances."""
    from scipy.spatial.distance import pdist, squareform

    sample = X[:: max(len(X) // n_sample, 1)]
    nearest = graph_of_distances(squareform(pdist(sample)), 2).distances
    return dimension_at_scale(nearest, 1) < at_most


def _by_tree(X, n_neighbors, n_jobs, queries):
    from scipy.spatial import cKDTree

    alone = _n_threads(n_jobs) == 1 and len(queries) == len(X)
    if alone and len(X) >= BY_LEAVES_FROM and X.shape[1] <= 3 and n_neighbors <= 64:
        found = _by_leaves(X, n_neighbors)
        if found is not None:
            return found
    tree = cKDTree(X)
    found = tree.query(X[queries], n_neighbors + 1, workers=_n_threads(n_jobs))
    return _without_own(*found, queries)


def _by_leaves(X, n_neighbors):
    """The same by a compiled search leaf by leaf, or None where it does not get ahead.

    Its sums of squares have the order of SciPy's in up to three dimensions, so that the distances
    are the same to the last bit.
    """
    from ._kernels.boruvka import build_tree, neighbours

    n = len(X)
    tree = build_tree(np.ascontiguousarray(X))
    near, squares, left = neighbours(tree, n_neighbors, n * 1000)
    if left < 0:
        return None
    order = tree.order
    distances, indices = np.empty(near.shape), np.empty(near.shape, dtype=np.intp)
    distances[order], indices[order] = np.sqrt(squares, out=squares), order[near]
    return NeighborGraph(distances, indices)


def _without_own(distances, indices, queries):
    """The graph without the point itself, which need not come first among equal points."""
    own = indices == queries[:, None]
    own[~own.any(axis=1), -1] = True
    shape = len(queries), indices.shape[1] - 1
    return NeighborGraph(distances[~own].reshape(shape), indices[~own].reshape(shape))


def _by_products(X, n_neighbors, n_jobs, queries, verbose=False, *, n_sample=1024):
    """All pairs, by matrix products in blocks; in each row only the near points are sorted.

    A sample of the columns gives a bound on the distance of the last neighbour. If the bound is too
    low, the whole row is sorted.
    """
    # Squares of large offsets would cost digits of the distances. A far row does not move the
    # median.
    X = X - np.median(X, axis=0)
    n, k = len(X), n_neighbors
    squares = np.einsum("ij,ij->i", X, X)
    rows = np.column_stack([X, np.ones(n)])
    columns = np.vstack([-2 * X.T, squares])  # |y|² - 2 x·y is the order of distances from x
    stride = max(n // n_sample, 1)
    sample = np.arange(0, n, stride)
    expected = k / stride
    rank = int(expected + 4 * np.sqrt(expected) + 4)  # seldom too low

    def nearest(start):
        stop = min(start + step, len(queries))
        some = queries[start:stop]
        D = rows[some] @ columns
        D[np.arange(len(some)), some] = np.inf
        if stride == 1 or rank >= len(sample):
            return np.argpartition(D, k - 1, axis=1)[:, :k]
        bound = np.partition(D[:, sample], rank, axis=1)[:, rank]
        i, j = np.divmod(np.flatnonzero(D <= bound[:, None]), n)
        counts = np.bincount(i, minlength=stop - start)
        place = np.arange(i.size) - np.repeat(np.cumsum(counts) - counts, counts)
        shape = stop - start, max(counts.max(), k)
        near, taken = np.full(shape, np.inf), np.zeros(shape, dtype=np.intp)
        near[i, place], taken[i, place] = D[i, j], j
        chosen = np.argpartition(near, k - 1, axis=1)[:, :k]
        found = np.take_along_axis(taken, chosen, axis=1)
        low = counts < k
        found[low] = np.argpartition(D[low], k - 1, axis=1)[:, :k]
        return found

    step = max(2_000_000 // n, 1)
    starts = range(0, len(queries), step)
    bar = progress(starts, label="neighbours", shown=verbose)
    found = in_threads(nearest, bar, n_jobs=n_jobs)
    return _in_order(X, np.concatenate(found), queries)


def _by_descent(X, n_neighbors, metric, n_jobs):
    from pynndescent import NNDescent

    # More are sought than are kept: the search mostly misses its last neighbours.
    small, unit = _in_single_precision(X, metric)
    index = NNDescent(
        small,
        n_neighbors=min(n_neighbors + 1 + MARGIN, len(X)),
        metric=metric,
        random_state=0,
        n_jobs=_n_threads(n_jobs),
        low_memory=False,
    )
    indices, distances = index.neighbor_graph
    indices = indices.astype(np.intp)
    # Rows that the search did not fill hold -1; its own point is no neighbour of a point.
    distances = np.where((indices < 0) | (indices == np.arange(len(X))[:, None]), np.inf, distances)
    if metric == "euclidean":
        graph = _in_order(X, np.maximum(indices, 0), skip=np.isinf(distances))
    else:
        graph = _sorted_rows(distances * unit, np.maximum(indices, 0))
    graph = graph.head(n_neighbors)
    if np.isinf(graph.distances).any() or _recall(X, graph, metric) < LEAST_RECALL:
        return neighbor_graph(X, n_neighbors, metric=metric, method="brute", n_jobs=n_jobs)
    return graph


def _in_single_precision(X, metric):
    """The cloud as descent takes it, and the unit of its distances.

    Seven digits are enough if the cloud is centred at the origin and its size is about 1. Medians
    do not change for a few points far away; a mean would.
    """
    if metric in SHIFT_FREE:
        X = X - np.median(X, axis=0)
    elif metric not in SCALE_FREE:
        return X.astype(np.float32), 1.0
    size = np.abs(X).max(axis=1)
    scale = np.median(size) or size.max() or 1.0
    unit = 1.0 if metric not in SHIFT_FREE else scale**2 if metric == "sqeuclidean" else scale
    return np.clip(X / scale, -1e15, 1e15).astype(np.float32), unit


def _recall(X, graph, metric, *, n_sample=100):
    """The share of true neighbours at evenly picked points; ties in distance count as true."""
    queries = np.arange(0, len(X), max(len(X) // n_sample, 1))[:n_sample]
    k = graph.n_neighbors
    D = distances(X[queries], X, metric=metric)
    D[np.arange(len(queries)), queries] = np.inf
    last = np.partition(D, k - 1, axis=1)[:, k - 1]
    found = np.take_along_axis(D, graph.indices[queries], axis=1)
    return float((found <= last[:, None] * (1 + 1e-6)).mean())


def plain_metric(blocks, metric):
    """The name of the metric between rows that are read in blocks.

    Raises
    ------
    ValueError
        If it looks at all rows first, or changes them.
    """
    _, taken = take_metric(blocks.sample(100), metric, name=blocks.name)
    if taken.on_sphere or taken.scale is not None:
        raise ValueError(
            f"metric={metric!r}, but data that is read in blocks is taken as it is: raise "
            "sklearn's working_memory, or store the rows divided by their lengths or scales."
        )
    return taken.taken


def _graph_of_blocks(blocks, n_neighbors, metric, method, n_jobs, queries, verbose):
    metric = plain_metric(blocks, metric)
    if method == "auto":
        method = choose_method(blocks.sample(4_000), metric)
    n, d = blocks.shape
    queries = np.arange(n) if queries is None else np.asarray(queries)
    graph = NeighborGraph(
        np.empty((len(queries), n_neighbors)), np.empty((len(queries), n_neighbors), dtype=np.intp)
    )
    step = working_rows(d + 4 * n_neighbors)
    starts = range(0, len(queries), step)
    for i in progress(starts, label="neighbours", shown=verbose):
        some = slice(i, i + step)
        graph.distances[some], graph.indices[some] = nearest_of_blocks(
            blocks, blocks.take(queries[some]), n_neighbors, metric=metric,
            by_tree=method == "kd_tree", n_jobs=n_jobs, own=queries[some],
        )  # fmt: skip
    return graph


def nearest_of_blocks(
    blocks, points, n_neighbors, *, metric="euclidean", by_tree=True, n_jobs=None, own=None
):
    """The nearest rows of `Blocks` for some points: each block in turn, and the nearest of all.

    Parameters
    ----------
    blocks : Blocks
    points : array of shape (n_points, n_features)
    n_neighbors : int
        At most the number of rows, and one less with `own`.
    metric : str or callable, default="euclidean"
    by_tree : bool, default=True
        Search Euclidean neighbours in a k-d tree of each block; otherwise compare all pairs.
    n_jobs : int, default=None
    own : int array of shape (n_points,), default=None
        The row of each point, which is no neighbour of it.

    Returns
    -------
    NeighborGraph
        Of points at equal distance the first row comes first, unless it was left out in its block.
    """
    shape = len(points), n_neighbors
    best = NeighborGraph(np.full(shape, np.inf), np.zeros(shape, dtype=np.intp))
    middle = np.median(points, axis=0) if len(points) else 0.0
    for first, rows in blocks:
        k = min(n_neighbors + (own is not None), len(rows))
        if metric != "euclidean":
            near, at = nearest_rows(rows, points, k, metric=metric, n_jobs=n_jobs)
        elif by_tree:
            from scipy.spatial import cKDTree

            near, at = cKDTree(rows).query(points, range(1, k + 1), workers=_n_threads(n_jobs))
        else:  # squares of large offsets would cost digits of the distances
            rows = rows - middle
            centred = points - middle
            _, at = nearest_rows(rows, centred, k, algorithm="brute", n_jobs=n_jobs)
            near = _lengths(rows, at, centred)
        at = at + first
        if own is not None:
            near[at == own[:, None]] = np.inf
        near, at = np.hstack([best.distances, near]), np.hstack([best.indices, at])
        best = _sorted_rows(near, at).head(n_neighbors)
    return best


def _lengths(X, indices, points):
    """Distances from each point to its rows of `X`, without the error of squares."""
    lengths = np.empty(indices.shape)
    step = max(2_000_000 // max(indices.shape[1] * X.shape[1], 1), 1)
    for i in range(0, len(points), step):
        gaps = X[indices[i : i + step]] - points[i : i + step, None]
        lengths[i : i + step] = np.sqrt(np.einsum("ijk,ijk->ij", gaps, gaps))
    return lengths


def _in_order(X, indices, queries=None, *, skip=None):
    """The graph with Euclidean distances computed again, without the error of squares.

    Neighbours marked by `skip` come last, at distance inf.
    """
    own = X if queries is None or len(queries) == len(X) else X[queries]
    distances = _lengths(X, indices, own)
    if skip is not None:
        distances[skip] = np.inf
    return _sorted_rows(distances, indices)


def graph_of_distances(D, n_neighbors, *, queries=None):
    """The same as `neighbor_graph`, from given distances.

    Parameters
    ----------
    D : array of shape (n, n), or scipy-sparse matrix of shape (n, n)
        Dense: all distances. Sparse: a graph as `sklearn.neighbors.KNeighborsTransformer` and
        `RadiusNeighborsTransformer` give it. Pairs that are not stored are farther than those that
        are. The diagonal may be stored or not.
    n_neighbors : int
    queries : int array of shape (n_queries,), default=None
        The points whose neighbours are taken, where `D` is dense. None: all.

    Raises
    ------
    ValueError
        If a row stores fewer than `n_neighbors` other points.
    """
    from scipy import sparse

    if not sparse.issparse(D):
        queries = np.arange(len(D)) if queries is None else queries
        D = np.array(D[queries], dtype=float)
        D[np.arange(len(queries)), queries] = np.inf
        indices = np.argpartition(D, n_neighbors - 1, axis=1)[:, :n_neighbors]
        return _sorted_rows(np.take_along_axis(D, indices, axis=1), indices)
    D = sparse.csr_array(D)
    row = np.repeat(np.arange(D.shape[0]), np.diff(D.indptr))
    off = D.indices != row
    column, data = (D.indices, D.data) if off.all() else (D.indices[off], D.data[off])
    counts = np.bincount(row[off], minlength=D.shape[0])
    if counts.min() < n_neighbors:
        raise ValueError(
            f"X stores {counts.min()} neighbours of point {counts.argmin()}, but "
            f"{n_neighbors} are needed: make the graph with n_neighbors={n_neighbors} or more."
        )
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    steps = np.diff(data)
    steps[first[1:] - 1] = 0  # from one row to the next
    taken = first[:, None] + np.arange(n_neighbors)
    if (steps < 0).any():  # else the nearest come first already
        taken = np.lexsort((data, row[off]))[taken]
    return NeighborGraph(data[taken].astype(float), column[taken].astype(np.intp))


def _sorted_rows(distances, indices):
    order = np.argsort(distances, axis=1, kind="stable")
    return NeighborGraph(
        np.take_along_axis(distances, order, axis=1),
        np.take_along_axis(indices, order, axis=1).astype(np.intp),
    )


def geodesic_distances(graph, *, sources=None, predecessors=False, limit=np.inf):
    """Lengths of the shortest paths along the edges of a neighbour graph.

    Parameters
    ----------
    graph : NeighborGraph, or scipy-sparse matrix of shape (n, n)
        Edges lead both ways, also where only one of two points is a neighbour of the other;
        edges of length 0 are edges.
    sources : array-like of int, shape (n_sources,), default=None
        The points to start from. By default all points.
    predecessors : bool, default=False
        Also return, for each point, the point before it on its path.
    limit : float, default=inf
        Longer paths are not sought.

    Returns
    -------
    distances : float64 array of shape (n_sources, n)
        Infinite between points that no path joins. `tda._geometry.join_components` adds the
        edges that are missing, if the caller wants them to be there.
    predecessors : int32 array of shape (n_sources, n)
        Only if asked for; -9999 at the source and where there is no path.

    Notes
    -----
    Dijkstra's algorithm with a heap, O(n k log n) a source.
    """
    from scipy.sparse import csgraph

    edges = graph.to_sparse() if isinstance(graph, NeighborGraph) else graph
    return csgraph.dijkstra(
        edges, directed=False, indices=sources, return_predecessors=predecessors, limit=limit
    )


def connected_components(graph):
    """How many pieces a neighbour graph has, and the piece of every point, from 0."""
    from scipy.sparse import csgraph

    edges = graph.to_sparse() if isinstance(graph, NeighborGraph) else graph
    return csgraph.connected_components(edges, directed=False)


def _n_threads(n_jobs):
    from joblib import effective_n_jobs

    return effective_n_jobs(n_jobs)
