"""Rips persistence over any field up to degree 1, with cocycles: distance matrix to `Diagram`."""

from __future__ import annotations

import numpy as np

from ._engines import diameters, enclosing_radius, from_events

__all__ = ["rips_cocycles"]


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
    from .._kernels.rips_cocycles import rips_cocycles as kernel
    from .._kernels.rips_loops import bucketed_edges

    n = len(D)
    reach = min(max_edge_length, enclosing_radius(D))
    if not np.isfinite(reach):
        reach = D.max(initial=0.0, where=np.isfinite(D))
    codes, starts = bucketed_edges(D, reach, int(np.clip(n * n // 64, 1, 60_000)))
    joins, edges, triangles, kept = kernel(D, codes, starts, reach, field, cocycles)
    runs = None
    if cocycles and max_dimension >= 1:
        first, length = kept.first[: len(edges)], kept.length[: len(edges)]
        runs = [kept.entries[a : a + m] for a, m in zip(first, length, strict=True)]
    return from_events(
        lambda simplex: diameters(D, simplex),
        n,
        joins,
        [edges][:max_dimension],
        [triangles][:max_dimension],
        simplices,
        field=field,
        cocycles=runs,
    )
