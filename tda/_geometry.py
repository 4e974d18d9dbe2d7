"""Plain geometry of one cloud: landmarks, spanning tree, a graph in one piece.

Several rooms above share these functions. Each function takes a checked cloud (float64, finite) or,
where it says so, a distance matrix.
"""

from __future__ import annotations

import numpy as np

from ._blocks import Blocks, rows_or_blocks, working_rows
from ._kinds import column_range
from ._metrics import distances as distances_between
from ._neighbors import NeighborGraph, connected_components

__all__ = [
    "is_low_dimensional",
    "join_components",
    "spanning_tree",
    "spread_landmarks",
]

#: Up to so many points a spanning tree without a search tree takes milliseconds, and its kernel
#: is compiled in a fraction of the time.
SMALL = 3_000
#: Up to so many distances farthest points take milliseconds. Beyond that a search tree is nearly
#: twice as fast for some hundreds of landmarks in up to five dimensions, and no faster in more.
FEW_DISTANCES = 1_000_000
#: Up to so many pieces of a graph every two are joined.
MOST_PIECES = 1_000


def spread_landmarks(X, n_landmarks, *, precomputed=False):
    """Landmarks by farthest points; the first is the point farthest from the middle.

    No two landmarks are closer than the covering radius, and every point is within the covering
    radius of a landmark (Gonzalez, Theor. Comput. Sci. 38, 1985). The Hausdorff distance between
    landmarks and cloud is the covering radius r. By stability, bars therefore move by at most r in
    an alpha complex and by at most 2r in a Rips complex.

    Returns
    -------
    indices : ndarray of shape (n_landmarks,)
    covering_radius : float
    """
    from ._kernels.farthest import farthest_points, farthest_points_matrix

    far = X.sum(axis=1) if precomputed else ((X - X.mean(axis=0)) ** 2).sum(axis=1)
    start, most = int(np.argmax(far)), min(n_landmarks, len(X))
    if not precomputed and X.shape[1] <= 5 and len(X) * most > FEW_DISTANCES:
        from ._kernels.farthest_tree import farthest_points_tree

        chosen, reach = farthest_points_tree(np.array(X), most, start, -1.0)
    else:
        kernel = farthest_points_matrix if precomputed else farthest_points
        chosen, reach = kernel(X, most, start)
    return chosen, float(reach[-1])


def spanning_tree(X, *, precomputed=False):
    """Edges (n - 1, 2) and lengths of the minimum spanning tree, shortest first.

    A cloud may stay on disk, as `tda.landmarks` takes it. If it is larger than half of
    scikit-learn's `working_memory`, its tree is made exactly from trees of two blocks at a time:
    memory holds two blocks and the tree, about 100 bytes a point.
    """
    if not precomputed:
        X = rows_or_blocks(X)
    if isinstance(X, Blocks):
        return _tree_of_blocks(X)
    if precomputed:
        from ._kernels.spanning_tree import prim_matrix as kernel
    elif is_low_dimensional(X) and len(X) > SMALL:
        from ._kernels.boruvka import boruvka as kernel
    else:
        from ._kernels.spanning_tree import prim as kernel

    edges, lengths = kernel(X)
    order = np.argsort(lengths, kind="stable")
    return edges[order], lengths[order]


def _tree_of_blocks(blocks):
    """The spanning tree of rows that are read in blocks.

    An edge that is not in the tree of two blocks is the longest of a cycle in them, and so there is
    a tree of all points without it. It is enough to look at the trees of every two blocks. They are
    merged one by one by Kruskal's algorithm. Two blocks whose boxes are farther apart than the
    longest edge of a tree that already joins all points add nothing.
    """
    n, d = blocks.shape
    step = working_rows(d, share=16)
    starts = np.arange(0, n, step)

    def read(i):
        return blocks.take(np.arange(starts[i], min(starts[i] + step, n)))

    boxes = [column_range(read(i)) for i in range(len(starts))]
    pairs = [(_gap(boxes[i], boxes[j]), i, j) for i in range(len(boxes)) for j in range(i)]
    edges, lengths, here, rows = np.zeros((0, 2), dtype=np.int64), np.zeros(0), -1, None
    for gap, i, j in sorted(pairs):  # the nearest first, and one block with several others
        if len(lengths) == n - 1 and gap >= lengths[-1]:
            break
        if i != here:
            here, rows = i, read(i)
        found, found_lengths = spanning_tree(np.concatenate([rows, read(j)]))
        found = found + np.where(found < len(rows), starts[i], starts[j] - len(rows))
        edges = np.concatenate([edges, found])
        lengths = np.concatenate([lengths, found_lengths])
        edges, lengths = _kruskal(edges, lengths, n)
    return edges, lengths


def _gap(box, other):
    """The least distance between points of two boxes."""
    gaps = np.maximum(box[0] - other[1], other[0] - box[1]).clip(0.0)
    return float(np.sqrt((gaps**2).sum()))


def _kruskal(edges, lengths, n):
    """The edges of a minimum spanning forest of a graph, shortest first; pairs may be repeated."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    low, high = edges.min(axis=1), edges.max(axis=1)
    _, first = np.unique(low * n + high, return_index=True)
    order = first[np.argsort(lengths[first], kind="stable")]
    # Places in the order instead of lengths, since an edge of length 0 would be no edge.
    places = np.arange(1.0, len(order) + 1)
    tree = minimum_spanning_tree(csr_array((places, (low[order], high[order])), shape=(n, n)))
    kept = order[np.sort(tree.data).astype(np.int64) - 1]
    return edges[kept], lengths[kept]


def join_components(graph, X, *, precomputed=False, metric="euclidean"):
    """A sparse graph with edges added, so that it is connected.

    Every two components are joined by the shortest edge between them. Three components that lie in
    a triangle thus keep its three sides. With more than `MOST_PIECES` components that would be too
    many edges. Then only the fewest and shortest edges that join all components are added.

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
    """The shortest edge between each two components: pairs of points, and lengths.

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
    """For each column the distance to the nearest row, and the index of that row."""
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
    """The fewest and shortest edges that join all components: pairs of points, and lengths."""
    if not precomputed and metric != "euclidean":
        X, precomputed = distances_between(X, metric=metric), True
    # The shortest edges between components are edges of the spanning tree of all points (the cut
    # property). Kruskal's algorithm takes those that do not close a cycle.
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
    """Whether trees over the points are faster, as measured on 10,000 uniform points."""
    return X.shape[1] <= 12
