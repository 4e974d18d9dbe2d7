"""Alpha persistence in four to six dimensions by our own kernels: cloud to `Diagram`."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._alpha_levels import level_bars, levels_of_cloud
from ._delaunay_cells import memory_of_cells, uniform_bytes
from ._triangulation import is_coarse
from .alpha_delaunay import assemble

__all__ = ["ENGINE", "alpha_cells"]


def alpha_cells(X, *, max_dimension, field=2, max_radius=np.inf, simplices=False):
    """Diagram of the alpha complex of a cloud in up to six dimensions, as `alpha_delaunay`.

    Returns
    -------
    Diagram or None
        None for a cloud that `is_coarse`; or if the counts of simplices do not agree, which with
        exact signs cannot happen and is checked all the same.

    Notes
    -----
    Points may coincide, lie in a flat or on one sphere. Where a sphere holds more points than a
    cell has vertices, the cells are those of points raised a little on the paraboloid. Bars do not
    depend on it: all simplices between points of one empty sphere enter with it or before.
    """
    if is_coarse(X):
        return None
    levels, exponent = levels_of_cloud(X)
    bars, lasting = [], (levels[0].rows[:1, 0], 0.0)
    if len(levels) > 1:
        bars = level_bars(levels, max_dimension, field)
        if bars is None:
            return None
        bars = [(born, died, np.ldexp(np.sqrt(spans), exponent)) for born, died, spans in bars]
        lasting = (np.zeros(0, np.int64), 0.0)  # it is among the bars
    return assemble(
        bars[: max_dimension + 1],
        lasting,
        filtration="alpha",
        field=field,
        max_dimension=max_dimension,
        max_radius=max_radius,
        simplices=simplices,
    )


def _kernels():
    from ..._kernels import alpha_cells, alpha_pairs, alpha_spheres

    return (
        alpha_cells.delaunay_cells,
        alpha_spheres.power_spheres,
        alpha_pairs.top_pairs,
        alpha_pairs.reduce_columns,
    )


ENGINE = Engine(
    "cells",
    "our own exact Delaunay triangulation in any few dimensions, and duality",
    needs="points",
    takes=lambda task: 4 <= task.n_features <= 6,
    memory=lambda task: memory_of_cells(task.X, uniform_bytes(task.n_points, task.n_features)),
    compute=lambda X, task: alpha_cells(
        X,
        max_dimension=task.max_dimension,
        field=task.field,
        max_radius=task.max_radius,
        simplices=task.simplices,
    ),
    kernels=_kernels,
    family="alpha",
)
