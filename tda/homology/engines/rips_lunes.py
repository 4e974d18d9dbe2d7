"""Rips up to degree 2 over Z/2 on a distance matrix: one pass over the edges, no triangles."""

from __future__ import annotations

from .._plan import Engine
from ._events import diameters, edges_by_length, from_events

__all__ = ["ENGINE", "rips_lunes"]


def rips_lunes(D, *, max_dimension, max_edge_length, simplices):
    """Diagram of a dense distance matrix up to degree 2 over Z/2, by our own kernels."""
    from ..._kernels.rips_loops import rips_loops as kernel

    codes, starts, reach = edges_by_length(D, max_edge_length)
    joins, edges, triangles, died = kernel(D, codes, starts, reach)
    births, deaths = [edges], [triangles]
    if max_dimension >= 2:
        from ..._kernels.rips_voids import rips_voids

        pairs = rips_voids(D, codes, starts, triangles[died])
        births, deaths = births + [pairs[0]], deaths + [pairs[1]]
    return from_events(
        lambda simplex: diameters(D, simplex),
        len(D),
        joins,
        births[:max_dimension],
        deaths[:max_dimension],
        simplices,
    )


def _takes(task):
    if task.field != 2 or task.max_dimension > 2 or task.cocycles:
        return False
    return task.fits_kernels and not task.is_thin(10_000)


def _memory(task):
    # Distances twice and edges; for voids also rows of bits at the edges of a cocycle.
    n = task.n_points
    return 12 * n**2 + (n**3 // 16 if task.max_dimension == 2 else 0)


def _kernels():
    from ..._kernels import rips_loops

    return (rips_loops.rips_loops,)


ENGINE = Engine(
    "lunes",
    "our own pass over the edges, without triangles, up to degree 2 over Z/2",
    needs="matrix",
    takes=_takes,
    memory=_memory,
    compute=lambda D, task: rips_lunes(
        D,
        max_dimension=task.max_dimension,
        max_edge_length=task.max_edge_length,
        simplices=task.simplices,
    ),
    kernels=_kernels,
    family="rips",
)
