"""Rips with cocycles of a sparse distance matrix, by ripser."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._gudhi import from_arrays, near_one

__all__ = ["ENGINE", "rips_ripser"]

# Bytes for a pair of points where cocycles are kept, as measured on uniform clouds: ripser's
# columns and cocycles, and the distances sorted.
_COCYCLE_BYTES = 200


def rips_ripser(D, *, max_dimension, field, max_edge_length):
    """Diagram with a cocycle for every bar of degree 1, by ripser.

    ripser computes in single precision, so each value is set back to the distance it was
    rounded from; bars shorter than that rounding are not reported.
    """
    from ripser import ripser
    from scipy import sparse

    if sparse.issparse(D):
        lengths = D.data
    else:
        lengths = D[np.triu_indices(len(D), k=1)]
    _, exponent = near_one(lengths)
    if exponent:
        D = D * 2.0**-exponent
    reach = np.float32(np.ldexp(max_edge_length, -exponent))
    result = ripser(
        D,
        maxdim=max_dimension,
        thresh=reach if np.isfinite(max_edge_length) else np.inf,
        coeff=field,
        distance_matrix=True,
        do_cocycles=True,
    )
    exact = np.unique(np.concatenate([[0.0], lengths[np.isfinite(lengths)]]))
    bars = [np.asarray(d, dtype=float).reshape(-1, 2) for d in result["dgms"]]
    bars = [_snap(np.ldexp(d, exponent), exact) for d in bars]
    bars += [np.zeros((0, 2))] * (max_dimension + 1 - len(bars))
    cocycles = result["cocycles"][1] if max_dimension and len(result["cocycles"]) > 1 else []
    return from_arrays(bars, "rips", field, max_dimension, cocycles=list(cocycles))


def _snap(bars, exact):
    """Replace each finite value by the nearest of the sorted values `exact`."""
    finite = np.isfinite(bars)
    values = bars[finite]
    right = np.clip(np.searchsorted(exact, values), 1, max(exact.size - 1, 1))
    right = np.minimum(right, exact.size - 1)
    left = np.maximum(right - 1, 0)
    nearer = np.where(values - exact[left] <= exact[right] - values, left, right)
    bars = bars.copy()
    bars[finite] = exact[nearer]
    return bars


def _memory(task):
    few = task.n_edges < task.n_pairs
    return _COCYCLE_BYTES * (2 * task.n_edges if few else task.n_pairs)


ENGINE = Engine(
    "ripser",
    "ripser returns cocycles, in single precision",
    needs="distances",
    takes=lambda task: task.cocycles and not task.simplices,
    memory=_memory,
    compute=lambda D, task: rips_ripser(
        D,
        max_dimension=task.max_dimension,
        field=task.field,
        max_edge_length=task.max_edge_length,
    ),
)
