"""Rips in degree 0 of a cloud: its minimum spanning tree, without distances."""

from __future__ import annotations

import numpy as np

from ..._blocks import Blocks
from .._plan import Engine
from ._events import diameters_of_points, from_events
from .rips_many import FEW

__all__ = ["ENGINE", "rips_tree"]


def rips_tree(X, *, field, max_edge_length, simplices):
    """Diagram of a cloud, in memory or on disk, in degree 0: the minimum spanning tree."""
    from ..._geometry import spanning_tree
    from ..._kernels.spanning_tree import elder_rule

    edges, lengths = spanning_tree(X)
    kept = lengths <= max_edge_length
    edges, lengths = edges[kept], lengths[kept]
    joins = np.column_stack([edges, elder_rule(edges, len(X))])

    def diameters(simplices):
        if not isinstance(X, Blocks):
            return diameters_of_points(X, simplices)
        if simplices.shape[1] == 1:
            return np.zeros(len(simplices))
        return np.pad(lengths, (0, len(simplices) - len(lengths)), constant_values=np.inf)

    return from_events(
        diameters,
        len(X),
        joins,
        [],
        [],
        simplices,
        field=field,
    )


def _takes(task):
    if task.max_dimension > 0 or not task.n_features or task.cocycles:
        return False
    return task.simplices or task.n_points > FEW


ENGINE = Engine(
    "tree",
    "minimum spanning tree, without distances",
    needs="points",
    takes=_takes,
    memory=lambda task: 500 * task.n_points,
    compute=lambda X, task: rips_tree(
        X, field=task.field, max_edge_length=task.max_edge_length, simplices=task.simplices
    ),
)
