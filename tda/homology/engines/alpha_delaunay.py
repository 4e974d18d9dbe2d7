"""Alpha persistence in one, two and three dimensions by our own kernels: cloud to `Diagram`."""

from __future__ import annotations

import numpy as np

from ..._kinds import column_range
from ...diagrams import Diagram
from .._plan import Engine
from ._alpha_levels import levels_of_cloud
from ._alpha_pairs import plane_bars, space_bars
from ._delaunay_cells import memory_of_cells
from ._events import stack_simplices
from ._triangulation import (
    fixed_point,
    flatten,
    gudhi_precision,
    is_coarse,
    triangulate,
    without_dust,
)

__all__ = ["ENGINE", "alpha_complex", "alpha_delaunay", "assemble", "relabelled"]

_MOST_POINTS = 2**25  # cells are numbered in 32 bits


def alpha_delaunay(X, *, max_dimension, field=2, max_radius=np.inf, simplices=False):
    """Diagram of the alpha complex of a cloud with one, two or three columns, in radii.

    Parameters
    ----------
    X : float array of shape (n_points, n_features)
        A cloud, checked. Points may coincide, be collinear, coplanar or cospherical.
    max_dimension : int
        Highest degree of homology; there is none from `n_features` on.
    field : int
        The prime of the coefficient field. It matters only in degree 1 in space. Degree 0 counts
        the components of the complex, and the top degree those of its complement. But a loop may
        become twice another loop, like the boundary of a Moebius band, without any torsion in the
        complex itself [2]_.
    max_radius : float
        Larger simplices are left out; a class alive there has ``death = inf``.
    simplices : bool
        Keep the simplices of birth and death of every bar.

    Returns
    -------
    Diagram or None
        None where these kernels do not apply: more than three columns, more than 2**25
        points, a row so far out that `is_coarse`, or a triangulation whose counts of simplices
        do not agree, which with exact signs cannot happen and is checked all the same.

    Notes
    -----
    Coordinates are rounded to multiples of 2**-53 of the power of two above the width of the
    cloud, so that their differences are exact. The diagram is that of the rounded cloud, and
    no bar moves by more than that (stability). The triangulation takes O(n log n) time for points
    spread over the plane or space, up to O(n**2) in space for points on curves. Degree 0 and
    the top degree are spanning trees; degree 1 in space is a reduction of the boundary
    matrix, whose cubic worst case does not occur in practice.

    References
    ----------
    .. [1] H. Edelsbrunner, E. P. Mücke, "Three-dimensional alpha shapes", ACM Transactions on
       Graphics 13, 1994.
    .. [2] I. Obayashi, M. Yoshiwaki, "Field choice problem in persistent homology", Discrete &
       Computational Geometry 70, 2023.
    """
    n, d = X.shape
    if d > 3 or n > _MOST_POINTS:
        return None
    box = column_range(X)
    if is_coarse(X, box):
        return None
    P, exponent = fixed_point(X, box)
    found = [_line, _plane, _space][d - 1](P, max_dimension >= 1, field)
    if found is None:
        return None
    bars = [(born, died, np.ldexp(np.sqrt(v), exponent)) for born, died, v in found]
    # Of all degree 0 classes the one that never dies is that of a point that no edge ended.
    stays = np.ones(n, dtype=bool)
    stays[bars[0][0][:, 0]] = False
    return assemble(
        bars[: max_dimension + 1],
        (np.flatnonzero(stays)[:1], 0.0),
        filtration="alpha",
        field=field,
        max_dimension=max_dimension,
        max_radius=max_radius,
        simplices=simplices,
    )


def assemble(bars, lasting, *, filtration, field, max_dimension, max_radius, simplices):
    """Diagram of bars ``[(births, deaths, spans), …]``, as simplices and values, by degree.

    `lasting` is the point of the class that never dies and its birth. Bars born after
    `max_radius` are left out, those alive there never die.
    """
    point, birth = lasting
    births, deaths = [np.reshape(point, (-1, 1))], [np.full((np.size(point), 2), -1)]
    births += [born for born, _, _ in bars]
    deaths += [died for _, died, _ in bars]
    spans = [np.tile([birth, np.inf], (np.size(point), 1)), *(values for _, _, values in bars)]
    dims = np.repeat([0, *range(len(bars))], [len(s) for s in spans]).astype(np.int8)
    spans = np.concatenate(spans)
    rows = None
    if simplices:
        rows = (
            stack_simplices(births, max_dimension + 1),
            stack_simplices(deaths, max_dimension + 2),
        )
    if max_radius < np.inf:
        keep = spans[:, 0] <= max_radius
        spans, dims = spans[keep], dims[keep]
        alive = spans[:, 1] > max_radius
        spans[alive, 1] = np.inf
        if simplices:
            rows = rows[0][keep], rows[1][keep]
            rows[1][alive] = -1
    births, deaths, dims, order = _in_order(spans[:, 0], spans[:, 1], dims)
    rows = (rows[0][order], rows[1][order]) if simplices else (None, None)
    return Diagram._view(
        births, deaths, dims, filtration, int(field), int(max_dimension), *rows, None
    )


def _in_order(births, deaths, dims):
    """Bars of some length in the order of a diagram; by radix sorts, six times faster than its."""
    from ..._kernels.sorting import argsort_keys, argsort_values

    order = np.flatnonzero(births != deaths)
    order = order[argsort_values(deaths[order])]
    order = order[argsort_values(births[order])]
    order = order[argsort_keys(dims[order].astype(np.uint64))]
    return births[order], deaths[order], dims[order], order


def alpha_complex(X):
    """The simplices that `alpha_delaunay` works with: ``[(simplices, radii), …]`` from edges up.

    Rows of vertex indices in the order in which the simplices of a dimension enter, ties
    included, and the radii at which they do. In two and three dimensions one of the points
    that coincide has simplices, the others have none. For cospherical points this is one of several
    triangulations. To follow a bar from its birth or death simplex, use this one. Of more than six
    columns it is gudhi's.
    """
    if X.shape[1] > 6 or is_coarse(X):
        return _complex_by_gudhi(X)
    if X.shape[1] > 3:
        levels, exponent = levels_of_cloud(X)
        sorts = [np.argsort(level.values, kind="stable") for level in levels]
        return [
            (level.rows[at], np.ldexp(np.sqrt(level.values[at]), exponent))
            for level, at in zip(levels[1:], sorts[1:], strict=True)
        ] or [(np.zeros((0, 2), np.int64), np.zeros(0))]
    P, exponent = fixed_point(X)
    levels = _complex(P)
    return [
        (simplices, np.ldexp(np.sqrt(values), exponent))
        for simplices, values in levels[: X.shape[1]]
    ]


def _complex(P):
    """Simplices of each dimension from edges up, with squared radii, in order."""
    from ..._kernels import alpha_pairs

    d = P.shape[1]
    if d == 1:
        _, edges, spans = _line(P, True, 2)[0]
        levels = [(np.sort(edges, axis=1), spans[:, 1])]
    else:
        P, order, rank, pick, cells, links, _ = triangulate(P)
        if cells is None:
            levels = [(s.copy(), v) for s, v in _complex(flatten(P, pick, max(rank - 1, 1)))]
        else:
            if d == 2:
                tops, values, _, ends = alpha_pairs.edges_plane(P, cells, links)
                levels = [(ends, values)]
            else:
                tops, values, _, corners = alpha_pairs.triangles_space(P, cells, links)
                ends, firsts, _ = alpha_pairs.edges_space(P, corners, values)
                levels = [(ends, firsts), (corners, values)]
            levels.append((cells.reshape(-1, d + 1), tops))
        levels = [(np.sort(order[simplices], axis=1), values) for simplices, values in levels]
    sorts = [np.argsort(values, kind="stable") for _, values in levels]
    return [(s[at], values[at]) for (s, values), at in zip(levels, sorts, strict=True)]


def _complex_by_gudhi(X):
    """The simplices of `alpha_complex` by gudhi, as `alpha_gudhi` reduces them."""
    import gudhi

    X = X if X.shape[1] <= 3 else without_dust(X)
    tree = gudhi.AlphaComplex(points=X, precision=gudhi_precision(len(X))).create_simplex_tree(
        output_squared_values=False
    )
    levels = [([], []) for _ in range(X.shape[1])]
    for simplex, value in tree.get_filtration():
        if len(simplex) > 1:
            levels[len(simplex) - 2][0].append(sorted(simplex))
            levels[len(simplex) - 2][1].append(value)
    return [
        (np.array(simplices, dtype=np.int64).reshape(-1, k + 2), np.array(values))
        for k, (simplices, values) in enumerate(levels)
    ]


def _line(P, loops, field):
    """Degree 0 of points on a line: half the gaps."""
    order = np.argsort(P[:, 0], kind="stable")
    gaps = np.diff(P[order, 0])
    values = np.column_stack([np.zeros(gaps.size), (gaps / 2) ** 2])
    return [(order[1:, None], np.column_stack([order[:-1], order[1:]]), values)]


def _plane(P, loops, field):
    P, order, _, pick, cells, links, twin = triangulate(P)
    if cells is None:
        return relabelled(_line(flatten(P, pick, 1), loops, field), order)
    bars = plane_bars(P, cells, links, int(np.count_nonzero(twin < 0)))
    return None if bars is None else relabelled(bars, order)


def _space(P, loops, field):
    P, order, rank, pick, cells, links, twin = triangulate(P)
    if rank < 3:
        return relabelled(_line(flatten(P, pick, 1), loops, field), order)
    if rank < 4:
        bars = _plane(flatten(P, pick, 2), loops, field)
    else:
        bars = space_bars(P, cells, links, int(np.count_nonzero(twin < 0)), loops, field)
    return None if bars is None else relabelled(bars, order)


def relabelled(bars, order):
    """The simplices in the numbers that points had before they were put in order."""
    return [(order[born], order[died], values) for born, died, values in bars]


def _memory(task):
    # Bytes per point as measured on uniform points.
    return memory_of_cells(task.X, task.n_points * (320 if task.n_features <= 2 else 1800))


def _kernels():
    """The last of each kind that a cloud goes through."""
    from ..._kernels import alpha_pairs, alpha_plane, alpha_space

    return alpha_plane.delaunay_plane, alpha_space.delaunay_space, alpha_pairs.reduce_columns


ENGINE = Engine(
    "delaunay",
    "our own exact Delaunay triangulation and duality",
    needs="points",
    takes=lambda task: task.n_features <= 3,
    memory=_memory,
    compute=lambda X, task: alpha_delaunay(
        X,
        max_dimension=task.max_dimension,
        field=task.field,
        max_radius=task.max_radius,
        simplices=task.simplices,
    ),
    kernels=_kernels,
    family="alpha",
)
