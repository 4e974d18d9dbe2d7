"""The graph that geodesic distances run along: in one piece, repeated points counted once."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from scipy import sparse

from ._geometry import join_components
from ._metrics import TakenMetric, take_metric
from ._neighbors import connected_components, graph_of_distances
from ._points import distinct_points

__all__ = ["GeodesicGraph", "geodesic_graph"]


class GeodesicGraph(NamedTuple):
    """A graph over all points of a cloud.

    Attributes
    ----------
    edges : csr matrix of shape (n_points, n_points)
        Lengths of the edges; a repeated point hangs at its first copy by an edge of length 0.
    bridges : array of shape (n_bridges, 2)
        Edges between pieces that neighbours alone did not join.
    first : array of shape (n_distinct,)
        The first copy of every distinct point.
    points : the points, or their distances, as `metric` takes them
    metric : TakenMetric
        In place of the one that was named.
    """

    edges: sparse.csr_matrix
    bridges: np.ndarray
    first: np.ndarray
    points: np.ndarray
    metric: TakenMetric


def geodesic_graph(
    X, n_neighbors, *, metric="euclidean", n_jobs=None, shared=None, warn=True, stacklevel=3
):
    """The neighbour graph of the distinct points, its pieces joined, and the copies at them.

    Copies of one point would be each other's neighbours, all of them at many copies, and cut
    the point off from the rest.

    Parameters
    ----------
    X : array of shape (n_points, n_features), or distances of shape (n_points, n_points)
        With ``metric="precomputed"`` dense distances. A sparse graph of neighbours is taken as it
        is: what is not stored cannot be sought.
    n_neighbors : int
        At most all other distinct points.
    metric : str or callable
        Length of an edge, or "precomputed".
    n_jobs : int or None
        Number of threads.
    shared : NeighborGraph, default=None
        Of all points, with so many neighbours; taken if no point is repeated.
    warn : bool, default=True
        Whether to tell that pieces were joined.
    stacklevel : int, default=3
        Of that warning.

    Returns
    -------
    GeodesicGraph

    Raises
    ------
    ValueError
        If nothing says how long an edge between two pieces is.
    """
    precomputed = isinstance(metric, str) and metric == "precomputed"
    n = X.shape[0]
    X, taken = take_metric(X, metric)
    metric = taken.taken
    if sparse.issparse(X):
        graph = shared or graph_of_distances(X, min(n_neighbors, n - 1))
        _check_whole(graph, "the graph X", "make it with more neighbours, or take")
        bridges = np.zeros((0, 2), dtype=np.intp)
        return GeodesicGraph(graph.to_sparse(), bridges, np.arange(n), X, taken)
    points = distinct_points(X, precomputed=precomputed, metric=taken)
    k = min(n_neighbors, len(points) - 1)
    if k == 0:
        edges, bridges = sparse.csr_matrix((len(points),) * 2), np.zeros((0, 2), dtype=np.intp)
    else:
        whole = shared is not None and len(points) == n and shared.n_neighbors == k
        graph = shared if whole else points.graph(k, n_jobs=n_jobs)
        edges, bridges = _in_one_piece(graph, points.X, metric, precomputed, warn, stacklevel + 1)
    if len(points) == n:
        return GeodesicGraph(edges, bridges, points.first, X, taken)
    edges = edges.tocoo()
    copies = np.setdiff1d(np.arange(n), points.first)
    own = points.first[points.inverse[copies]]
    i = np.concatenate([points.first[edges.row], own])
    j = np.concatenate([points.first[edges.col], copies])
    lengths = np.concatenate([edges.data, np.zeros(len(copies))])
    edges = sparse.csr_matrix((lengths, (i, j)), shape=(n, n))
    return GeodesicGraph(edges, points.first[bridges], points.first, X, taken)


def _in_one_piece(graph, X, metric, precomputed, warn, stacklevel):
    edges = graph.to_sparse()
    if precomputed and np.isinf(edges.data).any():  # missing edges
        edges = edges.tocoo()
        there = np.isfinite(edges.data)
        edges = sparse.csr_matrix(
            (edges.data[there], (edges.row[there], edges.col[there])), shape=edges.shape
        )
    n_pieces, _ = connected_components(edges)
    if n_pieces == 1:
        return edges, np.zeros((0, 2), dtype=np.intp)
    joined, bridges = join_components(edges, X, precomputed=precomputed, metric=metric)
    if precomputed:
        _check_whole(joined, "X", "fill in what is between them, or take")
    if warn:
        warnings.warn(
            f"The graph of n_neighbors={graph.n_neighbors} falls into {n_pieces} pieces; every "
            "two are joined by their shortest bridge, so distances between pieces mean little. "
            "Take more neighbours, or each piece alone.",
            UserWarning,
            stacklevel=stacklevel,
        )
    return joined, bridges


def _check_whole(graph, name, advice):
    n_pieces, _ = connected_components(graph)
    if n_pieces > 1:
        raise ValueError(
            f"{name} falls into {n_pieces} pieces, between which there is no distance: {advice} "
            "each piece alone."
        )
