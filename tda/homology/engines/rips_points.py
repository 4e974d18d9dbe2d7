"""Rips up to degree 1 over Z/2 of many points in few dimensions, without a matrix."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._events import diameters_of_points, from_events
from ._gudhi import near_one

__all__ = ["ENGINE", "rips_points"]

# From how many points on a distance matrix is avoided where that can be.
_MATRIX_POINTS = 5_000


def rips_points(X, *, max_edge_length, simplices):
    """Diagram of many points of two or three dimensions in degrees 0 and 1 over Z/2.

    By our own kernel, without a distance matrix. None where loops live so long that the edges
    of their scale are too many.
    """
    from ..._kernels.rips_loops_points import rips_loops_points

    n, d = X.shape
    given = X
    X, exponent = near_one(X)  # the kernel takes cubes of lengths
    max_edge_length = float(np.ldexp(max_edge_length, -exponent))
    near = _nearest_points(X, 8)
    extent = float(np.linalg.norm(np.ptp(X, axis=0)))
    reach = min(max_edge_length, extent)
    # A first range with a few edges a point; and where one has hundreds per point, a loop lives
    # on that is much larger than the gaps between points.
    first = extent * (8 / n) ** (1 / d) / 4
    joins, edges, triangles, complete = rips_loops_points(
        X, near, reach, _last_birth_of_points(X, near), first, 1.15, 200 * n, 4 * n
    )
    if not complete:
        return None
    return from_events(
        lambda simplex: diameters_of_points(given, simplex),
        n,
        joins,
        [edges],
        [triangles],
        simplices,
    )


def _nearest_points(X, k):
    """The `k` nearest others of each point."""
    from ..._neighbors import neighbor_graph

    return neighbor_graph(X, k, method="kd_tree").indices.astype(np.int64)


def _last_birth_of_points(X, near):
    """Length of the longest edge with an empty lune.

    Its diametral ball is empty too, so it is an edge of every Delaunay triangulation.
    """
    from scipy.spatial import Delaunay, QhullError, cKDTree

    try:
        triangulation = Delaunay(X)
    except QhullError:  # flat, or nearly so
        return np.inf
    if len(triangulation.coplanar):  # points that it has left out
        return np.inf
    pointers, others = triangulation.vertex_neighbor_vertices
    u = np.repeat(np.arange(len(X)), np.diff(pointers))
    u, v = u[u < others], others[u < others]
    length = np.linalg.norm(X[u] - X[v], axis=1)
    may_be_empty = np.ones(len(u), dtype=bool)
    for column in near.T:
        for end in (u, v):
            rows = np.flatnonzero(may_be_empty)
            w = column[end[rows]]
            farther = np.maximum(
                np.linalg.norm(X[u[rows]] - X[w], axis=1), np.linalg.norm(X[v[rows]] - X[w], axis=1)
            )
            # With a margin, for lengths that differ in their last digits only.
            may_be_empty[rows] = farther >= length[rows] * (1 - 1e-12)
    rows = np.flatnonzero(may_be_empty)
    tree = cKDTree(X)
    for i in rows[np.argsort(-length[rows])]:
        inside = tree.query_ball_point((X[u[i]] + X[v[i]]) / 2, 0.8661 * length[i])
        farther = np.maximum(*(np.linalg.norm(X[inside] - X[e], axis=1) for e in (u[i], v[i])))
        if not (farther < length[i] * (1 - 1e-12)).any():
            return float(length[i]) * (1 + 1e-12)
    return 0.0


def _takes(task):
    if task.max_dimension != 1 or task.field != 2 or task.cocycles:
        return False
    return task.n_features in (2, 3) and task.n_points > _MATRIX_POINTS


ENGINE = Engine(
    "points",
    "our own pass over the edges, without a distance matrix",
    needs="points",
    takes=_takes,
    # The edges of one range of lengths, which are made as long as a loop lives.
    memory=lambda task: (200 * 24 + 1000) * task.n_points,
    compute=lambda X, task: rips_points(
        X, max_edge_length=task.max_edge_length, simplices=task.simplices
    ),
)
