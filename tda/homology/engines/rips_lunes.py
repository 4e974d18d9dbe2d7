"""Rips up to degree 1 over Z/2 on a distance matrix: one pass over the edges, no triangles."""

from __future__ import annotations

from .._plan import Engine
from ._events import diameters, edges_by_length, from_events

__all__ = ["ENGINE", "rips_lunes"]


def rips_lunes(D, *, max_dimension, max_edge_length, simplices):
    """Diagram of a dense distance matrix up to degree 1 over Z/2, by our own kernel.

    None where too many classes live at too many points, as in matrices without geometry.
    """
    from ..._kernels.rips_loops import rips_loops as kernel

    codes, starts, reach = edges_by_length(D, max_edge_length)
    joins, edges, triangles, complete = kernel(D, codes, starts, reach)
    if not complete:
        return None
    return from_events(
        lambda simplex: diameters(D, simplex),
        len(D),
        joins,
        [edges][:max_dimension],
        [triangles][:max_dimension],
        simplices,
    )


def _takes(task):
    if task.field != 2 or task.max_dimension > 1 or task.cocycles:
        return False
    return task.fits_kernels and not task.is_thin(10_000)


def _kernels():
    from ..._kernels import rips_loops

    return (rips_loops.rips_loops,)


ENGINE = Engine(
    "lunes",
    "our own pass over the edges, without triangles, up to degree 1 over Z/2",
    needs="matrix",
    takes=_takes,
    memory=lambda task: 12 * task.n_points**2,  # distances twice, and edges
    compute=lambda D, task: rips_lunes(
        D,
        max_dimension=task.max_dimension,
        max_edge_length=task.max_edge_length,
        simplices=task.simplices,
    ),
    kernels=_kernels,
    family="rips",
)
