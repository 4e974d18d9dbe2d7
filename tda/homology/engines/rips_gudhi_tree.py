"""Rips with birth and death simplices of any degree over any field: every simplex is stored."""

from __future__ import annotations

from math import comb

import numpy as np

from .._plan import Engine, require_memory
from ._events import enclosing_radius
from ._gudhi import SIMPLEX_BYTES, from_tree
from .rips_gudhi import distance_bytes

__all__ = ["ENGINE", "rips_gudhi_tree", "tree_bytes"]


def rips_gudhi_tree(D, *, max_dimension, field, max_edge_length):
    """Diagram with birth and death simplices: every simplex is stored, none collapsed."""
    tree = _flag_tree(D, max_edge_length)
    tree.expansion(max_dimension + 1)
    return from_tree(tree, "rips", field, max_dimension, simplices=True)


def _flag_tree(D, max_edge_length):
    import gudhi
    from scipy import sparse

    n = D.shape[0]
    tree = gudhi.SimplexTree()
    tree.insert_batch(np.arange(n).reshape(1, -1), np.zeros(n))
    if sparse.issparse(D):
        upper = sparse.coo_array(sparse.triu(D, k=1))
        rows, cols, lengths = upper.row, upper.col, upper.data
    else:
        # Past the enclosing radius the complex is a cone and nothing happens any more.
        max_edge_length = min(max_edge_length, enclosing_radius(D))
        rows, cols = np.triu_indices(n, k=1)
        lengths = D[rows, cols]
    keep = (lengths <= max_edge_length) & np.isfinite(lengths)  # a missing edge never enters
    edges = np.stack([rows[keep], cols[keep]]).astype(np.int32)
    tree.insert_batch(edges, lengths[keep])
    return tree


def tree_bytes(n_points, n_edges, max_dimension):
    """Memory of a flag complex up to one more dimension, if its edges are spread evenly."""
    pairs = comb(n_points, 2)
    density = n_edges / pairs if pairs else 0.0
    count = sum(
        comb(n_points, k) * density ** (k * (k - 1) // 2) for k in range(1, max_dimension + 3)
    )
    return int(SIMPLEX_BYTES * count)


def _count_edges(D, max_edge_length):
    from scipy import sparse

    if sparse.issparse(D):
        return int((D.data <= max_edge_length).sum()) // 2
    reach = min(max_edge_length, enclosing_radius(D))
    return (int(((reach >= D) & np.isfinite(D)).sum()) - len(D)) // 2


def _compute(D, task):
    # The number of simplices depends on the edges that enter, which are known only now.
    n_edges = _count_edges(D, task.max_edge_length)
    require_memory(tree_bytes(task.n_points, n_edges, task.max_dimension), task)
    return rips_gudhi_tree(
        D,
        max_dimension=task.max_dimension,
        field=task.field,
        max_edge_length=task.max_edge_length,
    )


ENGINE = Engine(
    "gudhi-tree",
    "birth and death simplices are read off gudhi's full simplex tree",
    needs="distances",
    takes=lambda task: task.simplices and not task.cocycles,
    memory=distance_bytes,  # of all simplices once the edges are counted
    soon=lambda task: task.n_points <= 200 and task.max_dimension <= 1,
    compute=_compute,
)
