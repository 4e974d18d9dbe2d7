"""Which engine computes what, and whether it fits into memory.

The one place where an engine is chosen. A plan is made before any work starts, so that a
computation that cannot end is refused with the way out instead of dying half-way.
"""

from __future__ import annotations

from math import comb
from typing import NamedTuple

from .. import _memory

__all__ = [
    "Plan",
    "plan_alpha",
    "plan_cubical",
    "plan_dtm",
    "plan_rips",
    "plan_weighted",
    "require_memory",
]

# Bytes that one simplex takes in gudhi's simplex tree with its filtration order and
# persistence pairs, rounded up from what was measured on 10**6 simplices.
_SIMPLEX_BYTES = 110
_CELL_BYTES = 60
# Bytes for a pair of points where cocycles are kept.
_COCYCLE_BYTES = 200
# Up to how many points a cloud is small: what surrounds the kernel then takes longer than it.
_FEW = 300
# From how many points on a distance matrix is avoided where that can be.
_MATRIX_POINTS = 5_000


class Plan(NamedTuple):
    """The engine chosen, why, and an estimate of the memory it takes in bytes."""

    engine: str
    reason: str
    memory: int
    way_out: str


def plan_rips(
    n_points,
    *,
    max_dimension,
    field=2,
    simplices=False,
    cocycles=False,
    sparse=False,
    n_features=None,
    n_edges=None,
    plane=True,
):
    """Plan the persistent homology of a Rips complex.

    `sparse` says that only some of the distances are given, `n_features` how many coordinates
    the points have if the distance is Euclidean; `n_edges` is the number of edges that may
    enter, by default all pairs; `plane` is False where the kernel for the plane has given up.
    """
    pairs = n_points * (n_points - 1) // 2
    n_edges = pairs if n_edges is None else n_edges
    way_out = (
        "Thin the cloud to landmarks (tda.count_holes does), set max_edge_length, lower "
        "max_dimension, or in two or three dimensions use the alpha complex."
    )
    own = not sparse and n_points < 2**16
    if cocycles and not own:
        # As measured on uniform clouds: ripser's columns and cocycles, and the distances sorted.
        memory = _COCYCLE_BYTES * (pairs if n_edges == pairs else 2 * n_edges)
        return Plan("ripser", "ripser returns cocycles", memory, way_out)
    # Distances, edges, and numbers of the field at the points that live classes touch.
    pass_of_field = Plan(
        "cocycles",
        "our own pass over the edges, with cocycles over any field, up to degree 1",
        20 * n_points**2,
        way_out,
    )
    if cocycles:
        return pass_of_field
    if max_dimension == 0 and n_features is not None and (simplices or n_points > _FEW):
        return Plan("tree", "minimum spanning tree, without distances", 500 * n_points, way_out)
    if max_dimension <= 1 and field == 2 and n_features and not simplices and n_points <= _FEW:
        reason = "our own pass over the edges, all clouds in one compiled loop"
        return Plan("many", reason, 16 * n_points**2, way_out)
    if max_dimension == 1 and n_features == 2 and plane:
        reason = "our own faces of the relative neighbourhood graph, for the plane, any field"
        # As measured; a face with many sides takes a table beside it, of 32 MB or less than this.
        return Plan("plane", reason, 1300 * n_points, way_out)
    if max_dimension <= 1 and field != 2 and own:
        return pass_of_field
    if max_dimension == 1 and field == 2 and n_features in (2, 3) and n_points > _MATRIX_POINTS:
        reason = "our own pass over the edges, without a distance matrix"
        # The edges of one range of lengths, which are made as long as a loop lives.
        return Plan("points", reason, (200 * 24 + 1000) * n_points, way_out)
    if max_dimension <= 2 and field == 2 and own:
        reason = "our own pass over the edges, without triangles, up to degree 2 over Z/2"
        # Distances twice and edges; for voids also rows of bits at the edges of a cocycle.
        memory = 12 * n_points**2 + (n_points**3 // 16 if max_dimension == 2 else 0)
        return Plan("lunes", reason, memory, way_out)
    if simplices:
        # Every simplex is stored, since a collapsed complex has other simplices.
        density = n_edges / pairs if pairs else 0.0
        count = sum(
            comb(n_points, k) * density ** (k * (k - 1) // 2) for k in range(1, max_dimension + 3)
        )
        reason = "birth and death simplices are read off gudhi's full simplex tree"
        return Plan("gudhi-tree", reason, int(_SIMPLEX_BYTES * count), way_out)
    reason = "gudhi's cohomology, after edge collapse above degree 1"
    return Plan("gudhi", reason, _distance_bytes(pairs, n_edges), way_out)


def _distance_bytes(pairs, n_edges):
    # Distances, a working copy, and the columns of the reduction, which stay few.
    return 8 * 3 * (2 * pairs if n_edges == pairs else 6 * n_edges)


def plan_alpha(n_points, n_features):
    """Plan the persistent homology of an alpha complex."""
    way_out = "Use the Rips complex, or embed the cloud into fewer dimensions first."
    if n_features <= 3:
        # Bytes per point as measured on uniform points.
        memory = n_points * (320 if n_features <= 2 else 1800)
        return Plan("delaunay", "our own exact Delaunay triangulation and duality", memory, way_out)
    return Plan(
        "gudhi",
        "gudhi's alpha complex on CGAL's Delaunay triangulation",
        int(
            delaunay_cell_bytes(n_features)
            * min(n_points * cells_per_point(n_features), most_delaunay_cells(n_points, n_features))
        ),
        way_out,
    )


def most_delaunay_cells(n_points, n_features):
    """The most cells that the Delaunay triangulation of so many points can have.

    They are facets of a polytope of one more dimension: the upper bound theorem (P. McMullen, The
    maximum numbers of faces of a convex polytope, Mathematika 17, 1970).
    """
    d, rest = n_features + 1, n_points - n_features - 1
    if rest <= 0:
        return 1
    return comb(n_points - (d + 1) // 2, rest) + comb(n_points - d // 2 - 1, rest)


def cells_per_point(n_features):
    """Cells per point of the Delaunay triangulation of uniform points without a boundary.

    Beyond six dimensions it grows about sevenfold with each one.
    """
    return {3: 6.8, 4: 31.8, 5: 187}.get(n_features, 1300 * 7.2 ** max(n_features - 6, 0))


def delaunay_cell_bytes(n_features):
    """Bytes that a cell of a Delaunay triangulation takes with all its faces, as measured."""
    return 250 if n_features <= 3 else int(2000 * 1.44 ** (n_features - 4))


def plan_weighted(n_points, n_features):
    """Plan the persistent homology of an alpha complex with weights."""
    plan = plan_alpha(n_points, n_features)
    if n_features <= 2:
        return plan._replace(engine="regular", reason="our own exact regular triangulation")
    memory = _SIMPLEX_BYTES * n_points * 30 if n_features == 3 else plan.memory
    reason = "gudhi's alpha complex on CGAL's regular triangulation"
    return plan._replace(engine="gudhi", reason=reason, memory=memory)


def plan_dtm(n_points, n_features, *, mass):
    """Plan the persistent homology of the distance to a measure."""
    plan = plan_weighted(n_points, n_features)
    neighbors = int(40 * n_points * (mass * n_points + 1))  # distances, indices, and squares
    way_out = "Take a smaller mass or fewer points, or embed the cloud into fewer dimensions first."
    return plan._replace(memory=plan.memory + neighbors, way_out=way_out)


def plan_cubical(shape, *, max_dimension, field=2, periodic=False):
    """Plan the persistent homology of an image."""
    way_out = "Crop the image, or shrink it, for example with scipy.ndimage.zoom."
    n_pixels = 1
    for length in shape:
        n_pixels *= length + 4 * (len(shape) == 3)  # a margin around volumes
    # Only loops of a volume feel the field, by the torsion of relative homology.
    thick = sum(length > 1 for length in shape) == 3
    if not periodic and (field == 2 or not thick or max_dimension == 0):
        reason = "our own union-find, duality, and matching inside the stars of volumes"
        return Plan("grid", reason, n_pixels * (55 if thick else 38), way_out)
    n_cells = 1
    for length in shape:
        n_cells *= 2 * length + 1
    return Plan("gudhi", "gudhi's cubical complex", _CELL_BYTES * n_cells, way_out)


def require_memory(plan, what):
    """Raise MemoryError, with the estimate and the way out, if `plan` cannot fit."""
    _memory.require_bytes(plan.memory, what, plan.way_out)
