"""Rips up to degree 1 over Z/2 of small clouds, all in one compiled loop."""

from __future__ import annotations

import numpy as np

from ...diagrams import Diagrams
from .._plan import Engine

__all__ = ["ENGINE", "FEW", "rips_many"]

# Up to how many points a cloud is small: what surrounds the kernel then takes longer than it.
FEW = 300


def rips_many(clouds, *, max_dimension, max_edge_length):
    """Diagrams of small clouds in degrees 0 and 1 over Z/2, in one compiled loop."""
    from ..._kernels.rips_many import rips_many as kernel

    # Clouds of unequal numbers of coordinates share no array; runs of equal ones do.
    parts, run = [], []
    for X in [*clouds, None]:
        if run and (X is None or X.shape[1] != run[0].shape[1]):
            starts = np.cumsum([0, *map(len, run)])
            bars = kernel(np.concatenate(run), starts, max_dimension, float(max_edge_length))
            parts.append(Diagrams._view(*bars, "rips", 2, max_dimension, None, None, None))
            run = []
        run.append(X)
    return parts[0] if len(parts) == 1 else Diagrams(d for part in parts for d in part)


def _takes(task):
    if task.max_dimension > 1 or task.field != 2 or task.simplices or task.cocycles:
        return False
    return bool(task.n_features) and task.n_points <= FEW


def _kernels():
    from ..._kernels import rips_many

    return (rips_many.rips_many,)


ENGINE = Engine(
    "many",
    "our own pass over the edges, all clouds in one compiled loop",
    needs="points",
    takes=_takes,
    memory=lambda task: 16 * task.n_points**2,
    compute=lambda X, task: rips_many(
        [X], max_dimension=task.max_dimension, max_edge_length=task.max_edge_length
    )[0],
    kernels=_kernels,
    family="rips",
)
