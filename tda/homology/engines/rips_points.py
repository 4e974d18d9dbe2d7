"""Rips up to degree 1 over Z/2 of many points in few dimensions, without a matrix."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._events import diameters_of_points, from_events
from ._gudhi import near_one
from ._space_deaths import deaths_of_loops

__all__ = ["ENGINE", "rips_points"]

# From how many points on a distance matrix is avoided where that can be.
_MATRIX_POINTS = 5_000
_MOST_FEATURES = 5


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
    triangles = deaths_of_loops(space, edges, lengths, closes, reach)
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


def _takes(task):
    if task.max_dimension != 1 or task.field != 2 or task.cocycles or not task.n_features:
        return False
    return 2 <= task.n_features <= _MOST_FEATURES and task.n_points > _MATRIX_POINTS


ENGINE = Engine(
    "points",
    "our own search for the edges with a lune in pieces, without a distance matrix",
    needs="points",
    takes=_takes,
    # As measured on even clouds; the values of cells around a large loop take up to 9 kB a point.
    memory=lambda task: 480 * task.n_points,
    compute=lambda X, task: rips_points(
        X, max_edge_length=task.max_edge_length, simplices=task.simplices
    ),
)
