"""Alpha persistence of points with weights: the power distance in place of the distance."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._alpha_levels import alpha_levels, level_bars
from ._delaunay_cells import memory_of_cells
from ._triangulation import fixed_point, flatten, is_coarse, triangulate
from .alpha_delaunay import assemble, relabelled
from .alpha_weighted_gudhi import signed_root

__all__ = ["ENGINE", "alpha_regular"]

_MOST_POINTS = 2**25  # cells are numbered in 32 bits


def alpha_regular(
    X, weights, *, filtration, max_dimension, field=2, max_radius=np.inf, simplices=False
):
    """Diagram of the discs of squared radius ``r**2 + weight``, as r grows.

    Parameters
    ----------
    X : float array of shape (n_points, n_features)
        A cloud, checked. Points may coincide or be collinear.
    weights : float array of shape (n_points,)
        Of any sign. A disc that is there before all others grow has a negative radius of birth:
        radii are ``sign(s) * sqrt(|s|)`` of squares s that may be negative.
    filtration : str
        The name that the diagram carries.
    max_dimension, field, max_radius, simplices
        As in `alpha_delaunay`.

    Returns
    -------
    Diagram or None
        None where this kernel does not apply: more than three columns, more than 2**25 points, or
        points or weights so far out that `is_coarse`.

    Notes
    -----
    A regular triangulation with exact signs, on weights rounded to 2**-53 of their range. A point
    whose disc the others cover for every r has no bar.

    References
    ----------
    .. [1] H. Edelsbrunner, "The union of balls and its dual shape", Discrete & Computational
       Geometry 13, 1995.
    """
    n, d = X.shape
    if d > 3 or n > _MOST_POINTS or is_coarse(X) or is_coarse(weights[:, None]):
        return None
    P, exponent = fixed_point(X)
    top = weights.max()
    W = np.ldexp(weights - top, -2 * exponent)
    step = int(np.frexp(W.min(initial=0.0))[1]) - 53
    W = np.ldexp(np.rint(np.ldexp(W, -step)), step)  # differences are then exact
    if d == 3:
        found = _space(P, W, max_dimension, field)
    else:
        found = _plane(P, W) if d == 2 else _line(P[:, 0], W)
    if found is None:
        return None

    def to_radius(values):
        return signed_root(np.ldexp(values, 2 * exponent) - top)

    bars, (point, start) = found
    bars = [(born, died, to_radius(values)) for born, died, values in bars[: max_dimension + 1]]
    return assemble(
        bars,
        (point, to_radius(start)),
        filtration=filtration,
        field=field,
        max_dimension=max_dimension,
        max_radius=max_radius,
        simplices=simplices,
    )


def _space(P, W, max_dimension, field):
    """Bars of degrees 0, 1 and 2, and the point that never dies and its value."""
    P, order, rank, pick, cells, _, _ = triangulate(P, W)
    W = W[order]
    if rank < 4:
        flat = flatten(P, pick, max(rank - 1, 1))
        found = _plane(flat, W) if rank == 3 else _line(flat[:, 0], W)
        if found is None:
            return None
        bars, (point, start) = found
    else:
        found = _of_levels(P, W, cells.reshape(-1, 4), max_dimension, field)
        if found is None:
            return None
        bars, (point, start) = found
    return relabelled(bars, order), (order[point], start)


def _of_levels(P, W, cells, max_dimension, field):
    """The bars of any cells, and the point that never dies and its value; None if wrong."""
    bars = level_bars(alpha_levels(P, W, cells), max_dimension, field)
    if bars is None:
        return None
    born, died, values = bars[0]
    bars[0] = born[:-1], died[:-1], values[:-1]
    return bars, (born[-1], values[-1, 0])


def _plane(P, W):
    """Bars of degrees 0 and 1, and the point that never dies and its value."""
    from ..._kernels import alpha_weighted

    P, order, _, pick, cells, links, _ = triangulate(P, W)
    W = W[order]
    if cells is None:
        bars, (point, start) = _line(flatten(P, pick, 1)[:, 0], W)
    else:
        *bars, point, start, good = alpha_weighted.weighted_plane(P, W, cells, links)
        bars = [(bars[0][:, None], *bars[1:3]), tuple(bars[3:])]
        if not good:  # triangles so thin that rounding turns signs
            found = _of_levels(P, W, cells.reshape(-1, 3), 1, 2)
            if found is None:
                return None
            bars, (point, start) = found
    return relabelled(bars, order), (order[point], start)


def _line(x, W):
    """The bars of degree 0, and the point that never dies and its value."""
    from ..._kernels.alpha_weighted import weighted_line

    order = np.lexsort([-W, x])
    points, edges, values, point, start = weighted_line(x[order], W[order])
    return [(order[points][:, None], order[edges], values)], (order[point], start)


def _memory(task):
    # Bytes per point as measured on uniform points.
    per_point = 320 if task.n_features <= 2 else 5500
    return task.neighbor_bytes + memory_of_cells(task.X, per_point * task.n_points)


def _kernels():
    from ..._kernels import alpha_plane, alpha_space, alpha_spheres

    return alpha_plane.delaunay_plane, alpha_space.delaunay_space, alpha_spheres.power_spheres


ENGINE = Engine(
    "regular",
    "our own exact regular triangulation",
    needs="points",
    takes=lambda task: task.n_features <= 3,
    memory=_memory,
    compute=lambda X, task: alpha_regular(
        X,
        task.weights,
        filtration=task.filtration,
        max_dimension=task.max_dimension,
        field=task.field,
        max_radius=task.max_radius,
        simplices=task.simplices,
    ),
    kernels=_kernels,
    family="alpha",
)
