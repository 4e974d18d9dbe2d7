"""The tree of modes: the hills of a density on a graph, and the saddles where they meet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._words import counted
from ..diagrams import Diagram

__all__ = ["ModeTree", "mode_tree"]


class ModeTree(NamedTuple):
    """The hills of a density on a graph, and how they merge.

    Attributes
    ----------
    hills : int array of shape (n_points,)
        The hill of each point, counted from the highest peak down.
    peaks : int array of shape (n_hills,)
        The point at the top of each hill.
    saddles : int array of shape (n_merges,)
        The point where two hills meet, in order of `prominences`.
    pairs : int array of shape (n_merges, 2)
        The two hills that meet there.
    ends : int array of shape (n_merges,)
        The hill whose peak ends there: the lower peak of the two sides.
    prominences : float array of shape (n_merges,)
        How far that peak is above the saddle, the smallest first.
    density : float array of shape (n_points,)
    """

    hills: np.ndarray
    peaks: np.ndarray
    saddles: np.ndarray
    pairs: np.ndarray
    ends: np.ndarray
    prominences: np.ndarray
    density: np.ndarray

    def __repr__(self):
        n, k = len(self.hills), len(self.peaks)
        return (
            f"ModeTree({counted(n, 'point')}, {counted(k, 'hill')}, "
            f"{counted(self.n_pieces, 'piece')})"
        )

    @property
    def n_pieces(self):
        """How many pieces the graph has: so many clusters there are at least."""
        return len(self.peaks) - len(self.saddles)

    def labels(self, *, n_clusters=None, merge_threshold=None):
        """A label for each point, counted from the cluster with the highest peak.

        Parameters
        ----------
        n_clusters : int, default=None
            Hills are merged, the least prominent first, until so many clusters are left, or one
            for each piece of the graph if these are more.
        merge_threshold : float, default=None
            Hills of at most this prominence are merged. By default, and without `n_clusters`,
            none are.

        Returns
        -------
        int array of shape (n_points,)
        """
        from .._kernels.mode_tree import join_hills

        n_merges = 0
        if n_clusters is not None:
            n_merges = min(max(len(self.peaks) - n_clusters, 0), len(self.saddles))
        elif merge_threshold is not None:
            n_merges = int(np.searchsorted(self.prominences, merge_threshold, side="right"))
        return join_hills(self.pairs, len(self.peaks), n_merges)[self.hills]

    def diagram(self):
        """The persistence diagram of the density: a bar for each hill, from peak down to saddle.

        The highest hill of each piece of the graph never ends: its ``death`` is ``-inf``.

        Returns
        -------
        Diagram
        """
        deaths = np.full(len(self.peaks), -np.inf)
        deaths[self.ends] = self.density[self.saddles]
        births = self.density[self.peaks]
        tops = self.peaks[:, None]
        return Diagram(births, deaths, np.zeros(len(births), dtype=int), birth_simplices=tops)

    def linkage(self):
        """The merges of the hills in the form of `scipy.cluster.hierarchy.linkage`.

        Returns
        -------
        float array of shape (n_hills - 1, 4)
            Its leaves are the hills. The height of a merge is its prominence; pieces of the graph
            are joined last, at the largest height that a merge could have, the range of the
            density. The last column counts hills.
        """
        n = len(self.peaks)
        pairs, heights = [tuple(pair) for pair in self.pairs], list(self.prominences)
        span = float(np.ptp(self.density)) if n else 0.0
        tops = np.setdiff1d(np.arange(n), self.ends)
        pairs += [(tops[0], top) for top in tops[1:]]
        heights += [max([span, *heights[-1:]])] * (len(tops) - 1)
        root = list(range(2 * n - 1))
        count = np.ones(2 * n - 1)
        rows = np.empty((n - 1, 4))

        def find(i):
            while root[i] != i:
                root[i] = root[root[i]]
                i = root[i]
            return i

        for m, ((a, b), height) in enumerate(zip(pairs, heights, strict=True)):
            a, b = sorted((find(a), find(b)))
            root[a] = root[b] = n + m
            count[n + m] = count[a] + count[b]
            rows[m] = a, b, height, count[n + m]
        return rows


def mode_tree(graph, density):
    """The hills of a density on a graph and the tree in which they merge.

    Every point climbs to its densest neighbour, and so to a peak; the points below one peak are a
    hill. Where a point has neighbours on several hills, these meet: the lower peak ends there, and
    its height above that point is its prominence [1]_.

    Parameters
    ----------
    graph : scipy-sparse matrix of shape (n_points, n_points), or array of shape (n_points, k)
        The neighbours of each point: those that are stored, or their indices. A point looks at
        its own neighbours only; for the other direction pass a symmetric matrix.
    density : array-like of shape (n_points,)
        Of two equal values, the one that comes first counts as higher.

    Returns
    -------
    ModeTree

    Raises
    ------
    ValueError
        If the lengths differ or the density holds NaN or infinity.

    Notes
    -----
    Union-find in falling order of density: O(n log n + m) for m edges.

    References
    ----------
    .. [1] F. Chazal, L. Guibas, S. Oudot, P. Skraba, "Persistence-based clustering in Riemannian
       manifolds", J. ACM 60, 2013.

    Examples
    --------
    >>> from tda.clustering import mode_tree
    >>> path = [[1, 1], [0, 2], [1, 3], [2, 4], [3, 3]]
    >>> tree = mode_tree(path, [1.0, 3.0, 2.0, 2.5, 0.0])
    >>> tree.peaks, tree.prominences
    (array([1, 3]), array([0.5]))
    >>> tree.labels(merge_threshold=0.1)
    array([0, 0, 0, 1, 1])
    """
    from scipy.sparse import csr_array, issparse

    from .._kernels.mode_tree import climb

    density = np.asarray(density, dtype=np.float64)
    if density.ndim != 1 or not len(density) or not np.isfinite(density).all():
        raise ValueError(
            f"density has shape {density.shape}; it must be one finite number for each point."
        )
    n = len(density)
    if issparse(graph):
        graph = csr_array(graph)
        starts, indices, shape = graph.indptr, graph.indices, graph.shape
    else:
        graph = np.asarray(graph)
        if graph.ndim != 2 or graph.dtype.kind not in "iu":
            raise ValueError(
                f"graph is an array of shape {graph.shape} and type {graph.dtype}; it must hold "
                "the indices of the neighbours, a row for each point, or be a sparse matrix."
            )
        k = graph.shape[1]
        starts, indices, shape = np.arange(0, n * k + 1, max(k, 1)), graph.ravel(), graph.shape
        if k == 0:
            starts = np.zeros(n + 1, dtype=int)
    if shape[0] != n or (indices.size and not 0 <= indices.min() <= indices.max() < n):
        raise ValueError(
            f"graph has {shape[0]} rows, and neighbours up to {indices.max(initial=0)}, but "
            f"density has {n} values: both are of the same points."
        )
    order = np.argsort(-density, kind="stable")
    rank = np.empty(n, dtype=np.int32)
    rank[order] = np.arange(n, dtype=np.int32)
    starts, indices = starts.astype(np.int64), np.ascontiguousarray(indices, dtype=np.int64)
    hills, peaks, saddles, pairs, ends = climb(starts, indices, order, rank)
    prominences = density[peaks[ends]] - density[saddles]
    order = np.argsort(prominences, kind="stable")
    return ModeTree(
        hills, peaks, saddles[order], pairs[order], ends[order], prominences[order], density
    )
