"""Bars of the alpha filtration of Delaunay cells, from the steps of `_kernels/alpha_pairs.py`.

Steps that run once per cloud use NumPy, so that they need not be compiled. Values are squared
radii; bars without a length are left out.
"""

from __future__ import annotations

import numpy as np

__all__ = ["plane_bars", "space_bars"]


def plane_bars(P, cells, links, n_points):
    """Degrees 0 and 1 of the alpha filtration of Delaunay triangles in the plane.

    Parameters
    ----------
    P : float array of shape (n, 2)
    cells, links : int32 arrays of shape (3 * n_cells,)
        Of `alpha_pairs.compact`.
    n_points : int
        Number of distinct points.

    Returns
    -------
    list of (births, deaths, values), or None
        Simplices as rows of vertices and values (n_bars, 2), of degree 0, whose births are a
        point of each component that ends, and of degree 1. None if the counts of simplices do
        not agree.
    """
    from ..._kernels import alpha_pairs
    from ..._kernels.sorting import argsort_lengths

    tops, values, sides, ends = alpha_pairs.edges_plane(P, cells, links)
    left = np.ones(values.size, dtype=bool)
    pairs, parts = alpha_pairs.top_pairs(values, sides, tops, left)
    rest = np.flatnonzero(left)
    kept = rest[argsort_lengths(values[rest])]
    joins, points = alpha_pairs.spanning_forest(kept, ends, len(P), left)
    if parts != 1 or left.any() or joins.size != n_points - 1:
        return None
    return [_components(points, ends[joins], values[joins]), _top(pairs, ends, cells, values, tops)]


def space_bars(P, cells, links, n_points, loops, field):
    """Degrees 0, 1 and 2 of the alpha filtration of Delaunay cells in space.

    As `plane_bars`, with three degrees. There are no bars of degree 1, which are over
    Z/`field`, unless `loops`.
    """
    from ..._kernels import alpha_pairs
    from ..._kernels.sorting import argsort_lengths

    tops, values, sides, corners = alpha_pairs.triangles_space(P, cells, links)
    left = np.ones(values.size, dtype=bool)
    pairs, parts = alpha_pairs.top_pairs(values, sides, tops, left)
    ends, firsts, of = alpha_pairs.edges_space(P, corners, values)
    order = argsort_lengths(firsts)
    free = np.ones(firsts.size, dtype=bool)
    joins, points = alpha_pairs.spanning_forest(order, ends, len(P), free)
    # Euler's formula for a triangulated ball.
    euler = n_points - firsts.size + values.size - tops.size
    if parts != 1 or joins.size != n_points - 1 or euler != 1:
        return None
    bars = [_components(points, ends[joins], firsts[joins]), None]
    bars.append(_top(pairs, corners, cells, values, tops))
    edges, triangles = order[free[order]], np.flatnonzero(left)
    if loops:
        # Edges and triangles that are in no tree pair off one to one.
        place = np.full(firsts.size, -1, dtype=np.int32)
        place[edges] = np.arange(edges.size)
        triangles = triangles[argsort_lengths(values[triangles])]
        owner = alpha_pairs.reduce_columns(place[of], triangles, edges.size, field)
        if (owner < 0).any():
            return None
        triangles = triangles[owner]
    else:
        edges = triangles = triangles[:0]
    spans = np.column_stack([firsts[edges], values[triangles]])
    long = spans[:, 1] > spans[:, 0]
    bars[1] = ends[edges[long]], corners[triangles[long]], spans[long]
    return bars


def _components(points, edges, values):
    return points[:, None], edges, np.column_stack([np.zeros(values.size), values])


def _top(pairs, faces, cells, values, tops):
    """Bars of the top degree, from pairs of a face and a cell."""
    cells = cells.reshape(tops.size, -1)
    face, cell = pairs.T
    return faces[face], cells[cell], np.column_stack([values[face], tops[cell]])
