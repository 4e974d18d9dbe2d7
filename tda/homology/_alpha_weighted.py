"""Alpha persistence of points with weights: the power distance in place of the distance."""

from __future__ import annotations

import numpy as np

from ..diagrams import Diagram
from ._alpha_delaunay import assemble
from ._triangulation import (
    fixed_point,
    flatten,
    gudhi_precision,
    is_coarse,
    triangulate,
    without_dust,
)

__all__ = ["alpha_weighted"]

_MOST_POINTS = 2**25  # cells are numbered in 32 bits


def alpha_weighted(
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
    Diagram

    Notes
    -----
    On a line and in the plane by our own regular triangulation, with exact signs, on weights
    rounded to 2**-53 of their range; elsewhere, and where that is coarse for most of them, gudhi
    computes. A point whose disc the others
    cover for every r has no bar.

    References
    ----------
    .. [1] H. Edelsbrunner, "The union of balls and its dual shape", Discrete & Computational
       Geometry 13, 1995.
    """
    n, d = X.shape
    found = None
    coarse = is_coarse(X) or is_coarse(weights[:, None])
    if d <= 2 and n <= _MOST_POINTS and not coarse:
        P, exponent = fixed_point(X)
        top = weights.max()
        W = np.ldexp(weights - top, -2 * exponent)
        step = int(np.frexp(W.min(initial=0.0))[1]) - 53
        W = np.ldexp(np.rint(np.ldexp(W, -step)), step)  # differences are then exact
        found = _plane(P, W) if d == 2 else _line(P[:, 0], W)
    if found is None:
        precision = gudhi_precision(n) if coarse else "safe"
        X = without_dust(X)
        return _by_gudhi(
            X, weights, filtration, max_dimension, field, max_radius, simplices, precision
        )

    def to_radius(values):
        return _signed_root(np.ldexp(values, 2 * exponent) - top)

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


def _plane(P, W):
    """Bars of degrees 0 and 1, and the point that never dies and its value."""
    from .._kernels import alpha_weighted

    P, order, _, pick, cells, links, _ = triangulate(P, W)
    W = W[order]
    if cells is None:
        bars, (point, start) = _line(flatten(P, pick, 1)[:, 0], W)
    else:
        *bars, point, start, good = alpha_weighted.weighted_plane(P, W, cells, links)
        if not good:
            return None
        bars = [(bars[0][:, None], *bars[1:3]), tuple(bars[3:])]
    return [(order[born], order[died], values) for born, died, values in bars], (
        order[point],
        start,
    )


def _line(x, W):
    """The bars of degree 0, and the point that never dies and its value."""
    from .._kernels.alpha_weighted import weighted_line

    order = np.lexsort([-W, x])
    points, edges, values, point, start = weighted_line(x[order], W[order])
    return [(order[points][:, None], order[edges], values)], (order[point], start)


def _signed_root(squares):
    return np.sign(squares) * np.sqrt(np.abs(squares))


def _by_gudhi(X, weights, filtration, max_dimension, field, max_radius, simplices, precision):
    """The same by gudhi, in any number of dimensions."""
    import gudhi

    from ._engines import _from_tree

    tree = gudhi.AlphaComplex(points=X, weights=weights, precision=precision).create_simplex_tree(
        max_alpha_square=max_radius**2
    )
    squared = _from_tree(tree, filtration, field, max_dimension, simplices=simplices)
    return Diagram(
        _signed_root(squared.births),
        _signed_root(squared.deaths),
        squared.dims,
        filtration=filtration,
        field=field,
        max_dimension=max_dimension,
        birth_simplices=squared.birth_simplices,
        death_simplices=squared.death_simplices,
    )
