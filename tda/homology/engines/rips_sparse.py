"""Rips up to degree 1 over Z/2 of a graph with few edges, at a cost of its edges."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._events import from_values, with_components

__all__ = ["ENGINE", "rips_sparse"]


def rips_sparse(D, *, max_dimension, max_edge_length, simplices):
    """Diagram of a scipy-sparse distance matrix in degrees 0 and 1 over Z/2, by our own kernels.

    Edges are stored on both sides, once each. A pair that is not stored, or infinitely far, is no
    edge.

    Notes
    -----
    For m edges, time O(m log m) to sort them and, for each, the neighbours of the end that has
    fewer; memory O(m).
    """
    from scipy import sparse

    from ..._kernels.rips_sparse import (
        deaths_of_graph,
        edges_of_graph,
        loops_of_graph,
        lunes_of_graph,
        renumbered,
    )

    D = sparse.csr_array(D)
    n = D.shape[0]
    points, *graph = renumbered(
        np.require(D.indptr, np.int64, "W"),
        np.require(D.indices, np.int32, "W"),
        np.require(D.data, float, "W"),
    )
    ends, lengths, graph = edges_of_graph(*graph, float(max_edge_length))
    if max_dimension:
        detours, rows = lunes_of_graph(graph)
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
    else:
        detours = np.full((len(ends), 2), -1, np.int32)
    del graph
    joins, closes = loops_of_graph(ends, detours, n)
    births = [np.zeros(n), lengths[closes]][: max_dimension + 1]
    deaths = [np.concatenate([lengths[joins[:, 0]], np.full(n - len(joins), np.inf)])]
    triangles = np.full((len(closes), 3), -1)
    if max_dimension:
        killed = deaths_of_graph(closes, detours, rows)
        rows, killed = rows[killed >= 0], np.searchsorted(closes, killed[killed >= 0])
        deaths.append(np.full(len(closes), np.inf))
        deaths[1][killed] = lengths[rows[:, 0]]
        triangles[killed] = points[np.column_stack([ends[rows[:, 0]], rows[:, 1]])]
    events = None
    if simplices:
        joins = points[np.column_stack([ends[joins[:, 0]], joins[:, 1]])]
        loops = [points[ends[closes]]][:max_dimension], [triangles][:max_dimension]
        events = with_components(n, joins, *loops)
    return from_values(births, deaths, events)


def _takes(task):
    if task.field != 2 or task.max_dimension > 1 or task.cocycles:
        return False
    return task.has_few_edges and max(task.n_points, task.n_edges) < 2**31


ENGINE = Engine(
    "sparse",
    "our own pass over the edges of a graph, at a cost of its edges",
    needs="distances",
    takes=_takes,
    # As measured on graphs of neighbours.
    memory=lambda task: 75 * task.n_edges + 20 * task.n_points,
    compute=lambda D, task: rips_sparse(
        D,
        max_dimension=task.max_dimension,
        max_edge_length=task.max_edge_length,
        simplices=task.simplices,
    ),
)
