"""Alpha persistence in four to six dimensions: Qhull's cells, held to exact signs."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._alpha_levels import alpha_levels, distinct_rows, level_bars
from ._delaunay_cells import memory_of_cells, uniform_bytes
from ._triangulation import fixed_point, is_coarse
from .alpha_delaunay import assemble

__all__ = ["ENGINE", "alpha_qhull", "is_delaunay"]

#: Determinants of rows of length 1 above this have a sure sign: a bound on rounding for 7 rows.
_SURE = 1e-11
_MOST_UNSURE = 2000  # so many are computed exactly


def alpha_qhull(X, *, max_dimension, field=2, max_radius=np.inf, simplices=False):
    """Diagram of the alpha complex of a cloud in general position, as `alpha_delaunay`.

    Returns
    -------
    Diagram or None
        None for coincident points, for columns with many equal values, where Qhull may take
        minutes, and where its cells are not a Delaunay triangulation by exact signs.
    """
    n = len(X)
    if is_coarse(X):
        return None
    P, exponent = fixed_point(X)
    if any(2 * len(np.unique(column)) < n for column in P.T) or len(np.unique(P, axis=0)) < n:
        return None
    cells = _cells(P)
    if cells is None or not is_delaunay(P, cells):
        return None
    bars = level_bars(alpha_levels(P, np.zeros(n), cells), max_dimension, field)
    if bars is None:
        return None
    bars = [(born, died, np.ldexp(np.sqrt(spans), exponent)) for born, died, spans in bars]
    return assemble(
        bars[: max_dimension + 1],
        (np.zeros(0, np.int64), 0.0),
        filtration="alpha",
        field=field,
        max_dimension=max_dimension,
        max_radius=max_radius,
        simplices=simplices,
    )


def _cells(P):
    from scipy.spatial import Delaunay, QhullError

    try:
        return Delaunay(P).simplices.astype(np.int64)
    except (QhullError, ValueError):
        return None


def is_delaunay(P, cells):
    """Whether cells are a Delaunay triangulation of all points, by exact signs.

    Lifted to a paraboloid they must be a closed surface, with the hull above it, that is convex at
    every ridge. Such a surface is that of a convex body (J. van Heijenoort, On locally convex
    manifolds, Communications on Pure and Applied Mathematics 5, 1952). False, too, where facets of
    the hull lie in one hyperplane.
    """
    n, d = P.shape
    if len(np.unique(cells)) < n:
        return False
    turns = _signs(P[cells[:, 1:]] - P[cells[:, :1]])
    if turns is None or not turns.all():
        return False
    # Each facet as it stands in one cell and, if it is not of the hull, in another.
    parts = np.concatenate([np.delete(cells, j, axis=1) for j in range(d + 1)])
    _, _, order, starts = distinct_rows(np.sort(parts, axis=1), n)
    counts = np.diff(np.append(starts, len(order)))
    if counts.max() > 2:
        return False
    cell, corner = order % len(cells), order // len(cells)
    one, other = starts[counts == 2], starts[counts == 2] + 1
    apex = cells[cell[other], corner[other]]
    if not _is_outside(P, cells, turns, cell[one], corner[one], apex):
        return False
    spheres = _signs(P[cells[cell[one]]] - P[apex][:, None], lifted=True)
    if spheres is None or (spheres * turns[cell[one]] * (-1) ** d > 0).any():
        return False
    # The same of the hull: its facets meet in pairs, and none sees the far vertex of its neighbour.
    cell, corner = cell[starts[counts == 1]], corner[starts[counts == 1]]
    hull = cells[cell][np.arange(d + 1) != corner[:, None]].reshape(-1, d)
    parts = np.concatenate([np.delete(hull, j, axis=1) for j in range(d)])
    _, _, order, starts = distinct_rows(np.sort(parts, axis=1), n)
    if not (np.diff(np.append(starts, len(order))) == 2).all():
        return False
    facet, far = order % len(hull), order // len(hull)
    return all(
        _is_inside(P, cells, turns, cell[facet[a]], corner[facet[a]], hull[facet[b], far[b]])
        for a, b in ((starts, starts + 1), (starts + 1, starts))
    )


def _side(P, cells, turns, cell, corner, point):
    """1 where a point is on the side of a cell's facet on which the cell is, -1 on the other."""
    moved = cells[cell].copy()
    moved[np.arange(len(cell)), corner] = point
    signs = _signs(P[moved[:, 1:]] - P[moved[:, :1]])
    return None if signs is None else signs * turns[cell]


def _is_outside(P, cells, turns, cell, corner, point):
    side = _side(P, cells, turns, cell, corner, point)
    return side is not None and bool((side < 0).all())


def _is_inside(P, cells, turns, cell, corner, point):
    side = _side(P, cells, turns, cell, corner, point)
    return side is not None and bool((side > 0).all())


def _signs(rows, *, lifted=False):
    """Signs of determinants of exact rows, with the squared length of each if `lifted`."""
    full = rows
    if lifted:
        full = np.concatenate([rows, np.sum(rows**2, axis=2, keepdims=True)], axis=2)
    sizes = np.linalg.norm(full, axis=2, keepdims=True)
    if not sizes.all():
        return None
    found = np.linalg.det(full / sizes)
    unsure = np.flatnonzero(np.abs(found) <= _SURE)
    if len(unsure) > _MOST_UNSURE:
        return None
    signs = np.sign(found).astype(np.int64)
    for i in unsure:
        whole = [[int(x) for x in row] for row in np.ldexp(rows[i], 53)]
        if lifted:
            whole = [[*row, sum(x * x for x in row)] for row in whole]
        signs[i] = _sign_of_integers(whole)
    return signs


def _sign_of_integers(rows):
    """The sign of a determinant, by elimination without fractions (E. H. Bareiss, 1968)."""
    sign, before = 1, 1
    for k in range(len(rows) - 1):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return 0
        if pivot != k:
            rows[k], rows[pivot], sign = rows[pivot], rows[k], -sign
        for i in range(k + 1, len(rows)):
            for j in range(k + 1, len(rows)):
                cross = rows[i][j] * rows[k][k] - rows[i][k] * rows[k][j]
                rows[i][j] = cross // before
        before = rows[k][k]
    last = rows[-1][-1]
    return sign * ((last > 0) - (last < 0))


def _kernels():
    from ..._kernels import alpha_pairs, alpha_spheres

    return alpha_spheres.power_spheres, alpha_pairs.top_pairs, alpha_pairs.reduce_columns


ENGINE = Engine(
    "qhull",
    "Qhull's cells, held to exact signs, and duality",
    needs="points",
    takes=lambda task: 4 <= task.n_features <= 6 and task.n_points > task.n_features + 1,
    memory=lambda task: memory_of_cells(task.X, uniform_bytes(task.n_points, task.n_features)),
    compute=lambda X, task: alpha_qhull(
        X,
        max_dimension=task.max_dimension,
        field=task.field,
        max_radius=task.max_radius,
        simplices=task.simplices,
    ),
    kernels=_kernels,
    family="alpha",
)
