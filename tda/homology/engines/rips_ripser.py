"""Rips with cocycles of a sparse distance matrix, by ripser."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._gudhi import from_arrays

__all__ = ["ENGINE", "rips_ripser"]

# Bytes for a pair of points where cocycles are kept, as measured on uniform clouds: ripser's
# columns and cocycles, and the distances sorted.
_COCYCLE_BYTES = 200


def rips_ripser(D, *, max_dimension, field, max_edge_length):
    """Diagram with a cocycle for every bar from degree 1 on, by ripser.

    ripser computes in single precision. The complex depends on the order of the lengths alone: so
    each length becomes its place among all, which single precision holds up to 2**24 of them.
    """
    from ripser import ripser
    from scipy import sparse

    few = sparse.issparse(D)
    lengths = D.data if few else D
    lengths_of = np.unique(np.append(lengths[np.isfinite(lengths)], 0.0))
    places = np.where(np.isfinite(lengths), np.searchsorted(lengths_of, lengths), np.inf)
    if few:
        D = D.copy()
        D.data = places
    result = ripser(
        D if few else places,
        maxdim=max_dimension,
        thresh=np.inf
        if np.isinf(max_edge_length)
        else float(np.searchsorted(lengths_of, max_edge_length, side="right") - 1),
        coeff=field,
        distance_matrix=True,
        do_cocycles=True,
    )
    bars = [np.asarray(d, dtype=float).reshape(-1, 2) for d in result["dgms"]]
    bars = [_lengths_at(d, lengths_of) for d in bars]
    bars += [np.zeros((0, 2))] * (max_dimension + 1 - len(bars))
    cocycles = [_in_order(cocycle, field) for rows in result["cocycles"][1:] for cocycle in rows]
    return from_arrays(bars, "rips", field, max_dimension, cocycles=cocycles)


def _lengths_at(places, lengths):
    found = np.full(places.shape, np.inf)
    finite = np.isfinite(places)
    found[finite] = lengths[np.minimum(places[finite].astype(int), len(lengths) - 1)]
    return found


def _in_order(cocycle, field):
    """Rows of falling vertices, as ripser has them, with rising ones: the sign of all is the
    same."""
    rows = np.asarray(cocycle, dtype=np.int64)
    rows = np.column_stack([rows[:, -2::-1], rows[:, -1] % field])
    return rows[np.lexsort(rows[:, -2::-1].T)]


def _memory(task):
    few = task.n_edges < task.n_pairs
    return _COCYCLE_BYTES * (2 * task.n_edges if few else task.n_pairs)


ENGINE = Engine(
    "ripser",
    "ripser, with cocycles, of few edges on many points",
    needs="distances",
    # It keeps remainders in 8 bits, and would never come to an end with larger primes.
    takes=lambda task: task.cocycles and not task.simplices and task.field < 128,
    memory=_memory,
    compute=lambda D, task: rips_ripser(
        D,
        max_dimension=task.max_dimension,
        field=task.field,
        max_edge_length=task.max_edge_length,
    ),
)
