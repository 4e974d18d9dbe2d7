"""Rips up to degree 1 over Z/2 of many points in few dimensions, without a matrix."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._events import diameters_of_points, from_events
from ._gudhi import near_one

__all__ = ["ENGINE", "rips_points"]

# From how many points on a distance matrix is avoided where that can be.
_MATRIX_POINTS = 5_000
_MOST_FEATURES = 5
# Edges are looked at in ranges of lengths, each up to so much longer than the one before.
_GROWTH, _FINE_GROWTH, _FINEST_GROWTH = 1.15, 1.05, 1.012


def rips_points(X, *, max_edge_length, simplices):
    """Diagram of many points of few dimensions in degrees 0 and 1 over Z/2, by our own kernels."""
    from ..._kernels.rips_space import build_space, first_edges, relative_neighbours

    given = X
    X, exponent = near_one(X)  # the kernels take squares of squares of lengths
    kept, twins = _distinct(X)
    space, order = build_space(np.ascontiguousarray(X[kept]))
    order = kept[order]
    edges = relative_neighbours(space)
    lengths = _squares(space.points, edges)
    by_length = np.lexsort((edges[:, 0], edges[:, 1], lengths))
    edges, lengths = edges[by_length], lengths[by_length]
    reach = np.ldexp(max_edge_length, -exponent) ** 2
    few = np.searchsorted(lengths, reach, side="right")
    edges, lengths = edges[:few], lengths[:few]
    joins, closes = first_edges(edges, len(kept))
    triangles = _deaths(space, edges, lengths, closes, reach)
    joins = np.concatenate([twins[:, [0, 1, 1]], order[joins]])
    births = order[edges[closes]]
    triangles = np.where(triangles < 0, -1, order[triangles])
    return from_events(
        lambda simplex: diameters_of_points(given, simplex),
        len(given),
        joins,
        [births],
        [triangles],
        simplices,
    )


def _distinct(X):
    """The first of each set of equal rows, and pairs of it and each other row of the set."""
    order = np.lexsort(X.T)
    new = np.ones(len(X), dtype=bool)
    new[1:] = (X[order[1:]] != X[order[:-1]]).any(axis=1)
    first = order[new]
    others = order[~new]
    return first, np.column_stack([first[np.cumsum(new) - 1][~new], others])


def _squares(P, edges):
    total = np.zeros(len(edges))
    for c in range(P.shape[1]):  # in the order of the kernels, so that ties stay ties
        total += (P[edges[:, 0], c] - P[edges[:, 1], c]) ** 2
    return total


def _deaths(space, edges, lengths, closes, reach):
    """For each class, born of an edge of `closes`, the triangle of its death, or -1."""
    from ..._kernels.rips_relations import first_cocycles
    from ..._kernels.rips_space_deaths import deaths_in_pieces
    from ..._kernels.rips_space_lunes import edges_in_pieces

    n, m = len(space.points), len(closes)
    triangles = np.full((m, 3), -1)
    if m == 0:
        return triangles
    births = lengths[closes]
    # Cells are edges in the order of their later ends.
    by_end = np.lexsort((edges[:, 0], edges[:, 1]))
    starts = np.searchsorted(edges[by_end, 1], np.arange(n + 1))
    others = edges[by_end, 0]
    place = np.empty(len(edges), np.int64)
    place[by_end] = np.arange(len(edges))
    live = first_cocycles(place[closes], len(edges))
    odd, odd_ones = np.zeros(m, bool), np.empty(m + 1, np.int64)
    pairs = np.array([[1, 1]], np.int32)
    n_dead, least, most = 0, -1.0, -1.0
    n_before, growth = 1, _GROWTH
    while n_dead < m and most < reach:
        n_born = np.searchsorted(births, most, side="right")
        if n_born == n_dead:  # nothing lives before the next birth
            most = births[n_dead]
            least = np.nextafter(most, 0)
        else:
            least = most
        # While many live, some die soon; near the death of a large loop pairs become many fast.
        if m - n_dead > 20 or most < births[-1]:
            growth = _GROWTH
        else:
            crowding = np.log(len(pairs) / n_before) / np.log(growth)
            growth = _FINE_GROWTH if crowding < 4 else _FINEST_GROWTH
        most, n_before = min(most * growth**2, reach), max(len(pairs), 1)
        rows, squares, pairs = edges_in_pieces(space, pairs, least, most)
        at = np.lexsort(
            (rows[:, 3], np.minimum(*rows[:, :2].T), np.maximum(*rows[:, :2].T), squares)
        )
        rows = rows[at]
        live, dead = deaths_in_pieces(space, starts, others, live, rows, odd, odd_ones)
        ends = np.flatnonzero(dead >= 0)
        triangles[dead[ends]] = rows[ends][:, [0, 1, 3]]
        n_dead += len(ends)
    return triangles


def _takes(task):
    if task.max_dimension != 1 or task.field != 2 or task.cocycles or not task.n_features:
        return False
    return 2 <= task.n_features <= _MOST_FEATURES and task.n_points > _MATRIX_POINTS


ENGINE = Engine(
    "points",
    "our own search for the edges with a lune in pieces, without a distance matrix",
    needs="points",
    takes=_takes,
    # As measured on even clouds; a large loop takes up to three times that for pairs of nodes.
    memory=lambda task: 480 * task.n_points,
    compute=lambda X, task: rips_points(
        X, max_edge_length=task.max_edge_length, simplices=task.simplices
    ),
)
