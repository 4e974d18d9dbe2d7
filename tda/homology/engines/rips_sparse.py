"""Rips up to degree 1 over Z/2 of a graph with few edges, at a cost of its edges."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._events import from_events

__all__ = ["ENGINE", "rips_sparse"]


def rips_sparse(D, *, max_dimension, max_edge_length, simplices):
    """Diagram of a scipy-sparse distance matrix in degrees 0 and 1 over Z/2, by our own kernels.

    A pair that is not stored, or infinitely far, is no edge.

    Notes
    -----
    For m edges, time O(m log m) to sort them and, for each, the neighbours of the end that has
    fewer; memory O(m).
    """
    from scipy import sparse

    from ..._kernels.rips_relations import first_cocycles
    from ..._kernels.rips_sparse import deaths_of_graph, lunes_of_graph

    n = D.shape[0]
    D = sparse.csr_matrix(D)
    D.sum_duplicates()
    upper = sparse.coo_array(sparse.triu(D, k=1))
    keep = (upper.data <= max_edge_length) & np.isfinite(upper.data)
    i, j = upper.row[keep], upper.col[keep]
    order = np.argsort(upper.data[keep], kind="stable")
    m = order.size
    ends = np.column_stack([i[order], j[order]])
    ranks = np.empty(m, np.int32)
    ranks[order] = np.arange(m)
    graph = sparse.csr_array(
        (np.tile(ranks, 2), (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n, n)
    )
    graph.sort_indices()
    starts, others, ranks = graph.indptr.astype(np.int64), graph.indices, graph.data
    others, ends = others.astype(np.int32), ends.astype(np.int32)
    del upper, keep, i, j, order, graph
    joins, closes, detours, rows = lunes_of_graph(ends, starts, others, ranks)
    triangles = np.full((len(closes), 3), -1)
    if max_dimension and len(closes) and len(rows):
        odd = np.zeros(len(closes), dtype=bool)
        dead = deaths_of_graph(
            ends,
            starts,
            others,
            ranks,
            detours,
            first_cocycles(closes, m),
            rows,
            odd,
            np.empty(len(closes) + 1, np.int64),
        )
        died = np.flatnonzero(dead >= 0)
        triangles[dead[died]] = np.column_stack([ends[rows[died, 0]], rows[died, 2]])

    def lengths(simplex):
        longest = np.zeros(len(simplex))
        for i in range(simplex.shape[1]):
            for j in range(i):
                longest = np.maximum(longest, np.ravel(D[simplex[:, i], simplex[:, j]]))
        return np.where(simplex[:, 0] < 0, np.inf, longest)

    return from_events(
        lengths,
        n,
        joins,
        [ends[closes]][:max_dimension],
        [triangles][:max_dimension],
        simplices,
    )


def _takes(task):
    if task.field != 2 or task.max_dimension > 1 or task.cocycles:
        return False
    return task.has_few_edges and task.n_points < 2**31


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
