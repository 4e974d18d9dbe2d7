"""Rips of any degree over any field on a distance matrix, dense or sparse, by gudhi."""

from __future__ import annotations

from .._plan import Engine
from ._gudhi import from_arrays

__all__ = ["ENGINE", "distance_bytes", "rips_gudhi"]


def rips_gudhi(D, *, max_dimension, field, max_edge_length):
    """Diagram of a distance matrix, dense or sparse, by gudhi's `RipsPersistence`."""
    from gudhi.sklearn import RipsPersistence
    from scipy import sparse

    if sparse.issparse(D):
        upper = sparse.coo_array(sparse.triu(D, k=1))
        keep = upper.data <= max_edge_length
        D = sparse.coo_matrix((upper.data[keep], (upper.row[keep], upper.col[keep])), shape=D.shape)
        kind = "distance coo_matrix"
    else:
        kind = "full distance matrix"
    bars = RipsPersistence(
        homology_dimensions=list(range(max_dimension + 1)),
        threshold=max_edge_length,
        input_type=kind,
        homology_coeff_field=field,
    ).fit_transform([D])[0]
    return from_arrays(bars, "rips", field, max_dimension)


def distance_bytes(task):
    """Distances, a working copy, and the columns of the reduction, which stay few."""
    few = task.n_edges < task.n_pairs
    return 8 * 3 * (6 * task.n_edges if few else 2 * task.n_pairs)


ENGINE = Engine(
    "gudhi",
    "gudhi's cohomology, after edge collapse above degree 1",
    needs="distances",
    takes=lambda task: not task.cocycles and not task.simplices,
    memory=distance_bytes,
    compute=lambda D, task: rips_gudhi(
        D,
        max_dimension=task.max_dimension,
        field=task.field,
        max_edge_length=task.max_edge_length,
    ),
    soon=lambda task: task.n_points <= (300, 300, 120, 50, 0)[min(task.max_dimension, 4)],
)
