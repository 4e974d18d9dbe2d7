"""Delaunay triangulations of clouds: grid, order, cells.

Only this file decides in which order points enter, when signs may round, and how the remaining
cells are combined.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from ..._kinds import column_range

__all__ = [
    "Triangulation",
    "delaunay_simplices",
    "fixed_point",
    "flatten",
    "gudhi_precision",
    "is_coarse",
    "triangulate",
    "without_dust",
]

_SMALLEST_ROUND = 64  # points that enter in the first round
_EXACT_BITS = {2: 11, 3: 9}  # of coordinates whose circle and sphere tests do not round in doubles

# The points in an order along a curve; that order; how many affinely independent points there
# are, at most d + 1, and their places; and where there are d + 1 the cells, as the kernels have
# them, and the twin of each point that has none, or -1.
Triangulation = namedtuple("Triangulation", "points order rank pick cells links twin")


def triangulate(P, weights=None, *, generic=False):
    """Delaunay cells of points in the plane or in space, on the grid of `fixed_point`.

    With weights, the regular triangulation. Where the points lie on a line or in a plane of space,
    `cells`, `links` and `twin` are None: `flatten` them first. If `generic`, ties are broken in a
    way that depends on differences of points alone.
    """
    from ..._kernels import alpha_order, alpha_pairs, alpha_plane, alpha_space
    from ..._kernels.sorting import argsort_keys

    d = P.shape[1]
    order = argsort_keys(alpha_order.hilbert_keys(P))
    P = P[order]
    slack = _slack(P, _EXACT_BITS[d]) if weights is None else 1.0
    first = alpha_plane.first_triangle if d == 2 else alpha_space.first_tetrahedron
    rank, pick = first(P, slack)
    if rank <= d:
        return Triangulation(P, order, rank, pick, None, None, None)
    rounds = alpha_order.insertion_rounds(len(P), _SMALLEST_ROUND)
    W = np.empty(0) if weights is None else weights[order]
    delaunay = alpha_plane.delaunay_plane if d == 2 else alpha_space.delaunay_space
    cells, links, twin = delaunay(P, W, rounds, pick, slack, generic)
    cells, links = alpha_pairs.compact(cells, links, len(P), d + 1)
    return Triangulation(P, order, rank, pick, cells, links, twin)


def delaunay_simplices(P):
    """Delaunay cells of points in up to six dimensions, on the grid of `fixed_point`.

    Rows of numbers of points, as many as span their flat: of points on a line pairs. Of points that
    coincide the first counts.
    """
    from ..._kernels import alpha_order
    from ..._kernels.alpha_cells import delaunay_cells
    from ..._kernels.sorting import argsort_keys

    kept = np.sort(np.unique(P, axis=0, return_index=True)[1])
    kept = kept[argsort_keys(alpha_order.hilbert_keys(P[kept]))]
    P = P[kept]
    pick, columns = _span(P)
    rank = len(columns)
    if rank == 0:
        return kept[:, None]
    if rank == 1:
        along = kept[np.argsort(P[:, columns[0]])]
        return np.column_stack([along[:-1], along[1:]])
    columns += [j for j in range(P.shape[1]) if j not in columns]
    rounds = alpha_order.insertion_rounds(len(P), _SMALLEST_ROUND)
    P = np.ascontiguousarray(P[:, columns])
    return kept[delaunay_cells(P, rank, rounds, np.array(pick))]


def _span(P):
    """Places of points that span the flat of all, and as many columns that tell them apart.

    By elimination without fractions in integers (E. H. Bareiss, 1968): of a few points, and if
    they do not span the space, of all.
    """
    for part in (P[:_SMALLEST_ROUND], P):
        rows = np.ldexp(part - part[0], 53).astype(np.int64).astype(object)
        pick, columns, before = [0], [], 1
        while (rows != 0).any():
            i, j = (int(at[0]) for at in np.nonzero(rows))
            pick.append(i)
            columns.append(j)
            pivot = rows[i, j]
            rows, before = (rows * pivot - np.outer(rows[:, j], rows[i])) // before, pivot
        if len(columns) == P.shape[1]:
            break
    return pick, columns


def fixed_point(X, box=None):
    """The cloud moved and scaled into the unit cube, on multiples of 2**-53; and its exponent.

    All differences between coordinates are then exact. Scaling is by a power of two and the move by
    a multiple of the grid, so that the only rounding is to the grid. Far from the origin there is
    none, since doubles are as coarse as the grid there. `box` is the `column_range`, if known.
    """
    box = column_range(X) if box is None else box
    exponent, width = _exponents(box)
    P = np.rint(np.ldexp(np.ldexp(X, -exponent), 53 - width))
    P -= np.rint(np.ldexp(np.ldexp(box[0], -exponent), 53 - width))
    return np.ldexp(P, -53), exponent + width


def _exponents(box):
    """Those of the largest coordinate, and of the width once it is divided out."""
    exponent = int(np.frexp(np.abs(box).max(initial=0.0))[1])
    low, high = np.ldexp(box, -exponent)
    return exponent, int(np.frexp((high - low).max(initial=0.0))[1])


def is_coarse(X, box=None):
    """Whether the grid of `fixed_point` is too coarse for most of the points.

    This happens if a few rows are 10⁷ times farther out than most, such as fill values. Rounding
    then leaves less than nine digits of the others. A cloud that is on the grid is not rounded.
    """
    box = column_range(X) if box is None else box
    n = len(X)
    with np.errstate(under="ignore"):
        exponent, width = _exponents(box)
        # If it is, half of the widest column lies within 2**(width - 22) of its middle.
        column = np.ldexp(X[:, np.argmax(box[1] - box[0])], -exponent)
        middle = np.partition(column, n // 2)[n // 2]
        if 2 * np.count_nonzero(np.abs(column - middle) <= 2.0 ** (width - 22)) < n:
            return False
        scaled = np.ldexp(X, -exponent)
    off = np.abs(scaled - np.median(scaled, axis=0)).max(axis=1)
    if not off.any():
        return False
    bulk = float(np.median(off[off > 0]))
    if bulk >= 2.0 ** (width - 53 + 30):
        return False
    P = np.ldexp(scaled, 53 - width)
    return not np.array_equal(P, np.rint(P))


def without_dust(X):
    """Coordinates below 2**-100 of the largest set to 0, where most are larger.

    No bar moves by more than that. With exact numbers of both sizes gudhi would take a hundred
    times as long.
    """
    size = np.abs(X)
    dust = (size > 0) & (size < np.ldexp(size.max(initial=0.0), -100))
    if not dust.any() or is_coarse(X):
        return X
    return np.where(dust, 0.0, X)


def gudhi_precision(n):
    """Exact values for few points. For many, where exact ones take ten times as long, to about
    1e-8."""
    return "exact" if n <= 2000 else "safe"


def flatten(P, pick, rank):
    """Points of a line or a plane in one or two coordinates, on the grid of `fixed_point`."""
    moves = np.ptp(P, axis=0) > 0
    if np.count_nonzero(moves) <= rank:  # along the axes nothing needs turning
        keep = np.concatenate([np.flatnonzero(moves), np.flatnonzero(~moves)])[:rank]
        return np.ascontiguousarray(P[:, np.sort(keep)])
    directions = P[pick[1 : rank + 1]] - P[pick[0]]
    basis, _ = np.linalg.qr(directions.T)
    P = (P - P[pick[0]]) @ basis
    return np.ldexp(np.rint(np.ldexp(P - P.min(axis=0), 51)), -51)  # its width is below 4


def _slack(P, bits):
    """0 where all differences are integers of few bits in some unit, so that no sign rounds."""
    width = np.ptp(P, axis=0).max()
    if width == 0.0:
        return 0.0
    unit = bits - int(np.frexp(width)[1])
    for part in (P[:64], P):  # for most clouds this shows at once that they are not on such a grid
        scaled = np.ldexp(part, unit)
        if not np.array_equal(scaled, np.rint(scaled)):
            return 1.0
    return 0.0
