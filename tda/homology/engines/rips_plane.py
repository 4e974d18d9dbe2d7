"""Rips persistence of clouds in the plane by our own kernel: cloud to `Diagram`."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._events import diameters_of_points
from ._triangulation import fixed_point, triangulate
from .alpha_delaunay import assemble

__all__ = ["ENGINE", "rips_plane"]

# A face with more sides than this is left to the pass over a distance matrix, which is then as
# fast: time grows with the cube of its sides, and memory with their square. Of many points, for
# whom a matrix is too large, it may have as many as take no more memory than all else does.
_MOST_SIDES = 2000


def rips_plane(X, *, field, max_edge_length, simplices):
    """Diagram of the Rips filtration of points in the plane in degrees 0 and 1, over any field.

    None where the kernel does not apply: points on a line, or a loop of thousands of edges.

    Notes
    -----
    As in `alpha_delaunay` the Delaunay triangulation is that of the points on a grid of
    2**-53 of their width; births and deaths are lengths between the points as given.
    O(n log n) time for points spread over the plane, and O(k**3) at worst for a loop of k edges.
    """
    from ..._kernels.rips_plane import rips_plane as kernel

    P, order, _, _, cells, links, twin = triangulate(fixed_point(X)[0])
    if cells is None:
        return None
    own = np.flatnonzero(twin >= 0)
    if not np.array_equal(X[order[own]], X[order[twin[own]]]):
        return None  # points so near to each other, against the width, that the grid unites them
    most = max(_MOST_SIDES, int((100 * len(X)) ** 0.5))
    n_points = len(X) - own.size
    points, edges, births, deaths, good = kernel(P, cells, links, n_points, order, most)
    if not good:
        return None
    bars = [
        _bar(X, order[points[:, None]], order[edges]),
        _bar(X, order[births], order[deaths]),
    ]
    stays = np.ones(len(X), dtype=bool)
    stays[bars[0][0][:, 0]] = False
    return assemble(
        bars,
        (np.flatnonzero(stays)[:1], 0.0),
        filtration="rips",
        field=field,
        max_dimension=1,
        max_radius=max_edge_length,
        simplices=simplices,
    )


def _bar(X, births, deaths):
    values = np.column_stack([diameters_of_points(X, births), diameters_of_points(X, deaths)])
    values[:, 1] = values.max(axis=1)  # lengths that differ in their last digits only
    return births, deaths, values


def _kernels():
    from ..._kernels import rips_plane

    return (rips_plane.rips_plane,)


ENGINE = Engine(
    "plane",
    "our own faces of the relative neighbourhood graph, for the plane, any field",
    needs="points",
    takes=lambda task: task.max_dimension == 1 and task.n_features == 2 and not task.cocycles,
    # As measured; a face with many sides takes a table beside it, of 32 MB or less than this.
    memory=lambda task: 1300 * task.n_points,
    compute=lambda X, task: rips_plane(
        X,
        field=task.field,
        max_edge_length=task.max_edge_length,
        simplices=task.simplices,
    ),
    kernels=_kernels,
    family="rips",
)
