"""Rips persistence over any field up to degree 1, with cocycles: distance matrix to `Diagram`."""

from __future__ import annotations

from .._plan import Engine
from ._events import diameters, edges_by_length, from_events

__all__ = ["ENGINE", "rips_cocycles"]


def rips_cocycles(D, *, max_dimension, field, max_edge_length, simplices=False, cocycles=True):
    """Diagram of a dense distance matrix in degrees 0 and 1 over Z/`field`, by our own kernel.

    Parameters
    ----------
    D : float array of shape (n_points, n_points)
        Checked distances; infinite ones are no edges.
    max_dimension : int
        0 or 1.
    field : int
        The prime of the coefficient field.
    max_edge_length : float
        Longer edges are left out.
    simplices : bool, default=False
        Keep the simplices of birth and death of every bar.
    cocycles : bool, default=True
        Keep a cocycle for every bar of degree 1: rows ``(i, j, value)``, i < j. It is a cocycle
        of the complex just before the bar dies, in which it is no coboundary.
    """
    from ..._kernels.rips_cocycles import rips_cocycles as kernel

    codes, starts, reach = edges_by_length(D, max_edge_length)
    joins, edges, triangles, kept = kernel(D, codes, starts, reach, field, cocycles)
    runs = None
    if cocycles and max_dimension >= 1:
        first, length = kept.first[: len(edges)], kept.length[: len(edges)]
        runs = [kept.entries[a : a + m] for a, m in zip(first, length, strict=True)]
    return from_events(
        lambda simplex: diameters(D, simplex),
        len(D),
        joins,
        [edges][:max_dimension],
        [triangles][:max_dimension],
        simplices,
        field=field,
        cocycles=runs,
    )


def _takes(task):
    if task.max_dimension > 1 or not (task.cocycles or task.max_dimension == 0):
        return False
    return task.fits_kernels and not task.is_thin(2000)


ENGINE = Engine(
    "cocycles",
    "our own pass over the edges, with cocycles over any field, up to degree 1",
    needs="matrix",
    takes=_takes,
    # Distances, edges, and numbers of the field at the points that live classes touch, as
    # measured on points of surfaces; distances without geometry can take many times more.
    memory=lambda task: 20 * task.n_points**2,
    compute=lambda D, task: rips_cocycles(
        D,
        max_dimension=task.max_dimension,
        field=task.field,
        max_edge_length=task.max_edge_length,
        simplices=task.simplices,
        cocycles=task.cocycles,
    ),
)
