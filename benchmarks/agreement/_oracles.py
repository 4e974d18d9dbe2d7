"""Diagrams by gudhi, or from the definition and a reduction of a boundary matrix."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import gudhi
import numpy as np

# -- gudhi -----------------------------------------------------------------------------------


def bars_of_tree(tree, field, top):
    """The bars of a simplex tree in degrees 0 to `top`."""
    tree.compute_persistence(
        homology_coeff_field=field,
        min_persistence=0.0,
        persistence_dim_max=tree.dimension() <= top,
    )
    bars = [tree.persistence_intervals_in_dimension(k) for k in range(top + 1)]
    return [np.reshape(b, (-1, 2)) for b in bars]


def rips(D, top, field, limit):
    """Of a distance matrix by gudhi: all simplices, none collapsed; of many points cohomology."""
    if len(D) > 40:
        from gudhi.sklearn import RipsPersistence

        return RipsPersistence(
            homology_dimensions=list(range(top + 1)),
            threshold=limit,
            input_type="full distance matrix",
            homology_coeff_field=field,
        ).fit_transform([D])[0]
    tree = gudhi.SimplexTree()
    for i in range(len(D)):
        tree.insert([i], 0.0)
    for i, j in combinations(range(len(D)), 2):
        if np.isfinite(D[i, j]) and D[i, j] <= limit:
            tree.insert([i, j], D[i, j])
    tree.expansion(top + 1)
    return bars_of_tree(tree, field, top)


def alpha(X, field, top, weights=None):
    """Of a cloud by gudhi on CGAL's triangulation, with exact values; with weights, in squares."""
    given = {} if weights is None else {"weights": weights}
    tree = gudhi.AlphaComplex(points=X, precision="exact", **given).create_simplex_tree(
        output_squared_values=weights is not None
    )
    return bars_of_tree(tree, field, top)


def cubical(image, construction, field, top):
    kind = "vertices" if construction == "vertices" else "top_dimensional_cells"
    built = gudhi.CubicalComplex(**{kind: image})
    built.compute_persistence(homology_coeff_field=field, min_persistence=0.0)
    bars = [built.persistence_intervals_in_dimension(k) for k in range(top + 1)]
    return [np.reshape(b, (-1, 2)) for b in bars]


# -- from the definition ---------------------------------------------------------------------


def reduced(values, dims, boundaries, field, top):
    """The bars of cells, in any order; ``boundaries[i]`` is {cell: coefficient}."""
    order = sorted(range(len(values)), key=lambda i: (values[i], dims[i]))
    place = {cell: i for i, cell in enumerate(order)}
    columns, owner, found = {}, {}, [[] for _ in range(top + 1)]
    for j, cell in enumerate(order):
        column = {place[i]: c % field for i, c in boundaries[cell].items() if c % field}
        while column and (low := max(column)) in owner:
            other = columns[owner[low]]
            factor = column[low] * pow(other[low], -1, field)
            for i, c in other.items():
                column[i] = (column.get(i, 0) - factor * c) % field
            column = {i: c for i, c in column.items() if c}
        if column:
            columns[j], owner[max(column)] = column, j
    for j, cell in enumerate(order):
        if j not in columns and dims[cell] <= top:
            death = values[order[owner[j]]] if j in owner else np.inf
            found[dims[cell]].append((values[cell], death))
    return [np.array(bars, dtype=float).reshape(-1, 2) for bars in found]


def of_simplices(values, field, top):
    """The bars of simplices with values, a dict of sorted tuples. Faces are among them."""
    simplices = list(values)
    place = {s: i for i, s in enumerate(simplices)}
    boundaries = [
        {place[s[:j] + s[j + 1 :]]: (-1) ** j for j in range(len(s))} if len(s) > 1 else {}
        for s in simplices
    ]
    return reduced(list(values.values()), [len(s) - 1 for s in simplices], boundaries, field, top)


def rips_by_definition(D, top, field, limit):
    values = {}
    for k in range(1, top + 3):
        for s in combinations(range(len(D)), k):
            longest = max((D[i, j] for i, j in combinations(s, 2)), default=0.0)
            if longest <= limit and np.isfinite(longest):
                values[s] = longest
    return of_simplices(values, field, top)


def cech(X, weights, field, top):
    """The nerve of balls, in squares of radii: the alpha complex has the same bars.

    Balls around points p of squared radius r**2 + w meet from the r on whose square is the largest
    value of ``sum of c (|p|**2 - w) - |sum of c p|**2``, over all c >= 0 of sum 1. Exact fractions.
    """
    points = [[Fraction(float(x)) for x in row] for row in X]
    W = [Fraction(float(w)) for w in weights]
    own, values = {}, {}
    for k in range(1, top + 3):
        for s in combinations(range(len(X)), k):
            own[s] = _meeting([points[i] for i in s], [W[i] for i in s])
            parts = [values[s[:j] + s[j + 1 :]] for j in range(k)] if k > 1 else []
            values[s] = max(v for v in (own[s], *parts) if v is not None)
    return of_simplices({s: float(v) for s, v in values.items()}, field, top)


def _meeting(points, weights):
    """Where the sum is largest, if all c are positive; None if not, or if points are dependent."""
    k, origin = len(points) - 1, points[0]
    edges = [[a - b for a, b in zip(p, origin, strict=True)] for p in points[1:]]
    dot = lambda a, b: sum(x * y for x, y in zip(a, b, strict=True))  # noqa: E731
    rows = [
        [2 * dot(e, f) for f in edges] + [dot(e, e) - w + weights[0]]
        for e, w in zip(edges, weights[1:], strict=True)
    ]
    for i in range(k):
        pivot = next((r for r in range(i, k) if rows[r][i]), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for r in range(k):
            if r != i:
                rows[r] = [x - rows[r][i] * y for x, y in zip(rows[r], rows[i], strict=True)]
    shares = [row[-1] for row in rows]
    if min([*shares, 1 - sum(shares)]) < 0:
        return None
    centre = [sum(c * e[x] for c, e in zip(shares, edges, strict=True)) for x in range(len(origin))]
    return dot(centre, centre) - weights[0]


def cubical_by_definition(image, construction, periodic, field, top):
    """Every cell is a product of corners, 2 i, and edges, 2 i + 1, along the axes."""
    corners = construction == "vertices"
    # How many places an axis has; pixels are its corners or its edges.
    spans = [
        2 * n if around else 2 * n - 1 if corners else 2 * n + 1
        for n, around in zip(image.shape, periodic, strict=True)
    ]
    values, dims, boundaries = [], [], []
    cells = list(product(*map(range, spans)))
    place = {cell: i for i, cell in enumerate(cells)}
    for cell in cells:
        near = []
        for x, span in zip(cell, spans, strict=True):
            own = x % 2 == (0 if corners else 1)
            near.append(
                [x % span] if own else [y % span for y in (x - 1, x + 1) if _is_there(y, span)]
            )
        pixels = [image[tuple(x // 2 for x in pixel)] for pixel in product(*near)]
        values.append(max(pixels) if corners else min(pixels))
        dims.append(sum(x % 2 for x in cell))
        boundary, sign = {}, 1
        for axis, (x, span) in enumerate(zip(cell, spans, strict=True)):
            if x % 2:
                for y, way in ((x - 1, -1), (x + 1, 1)):
                    face = place[(*cell[:axis], y % span, *cell[axis + 1 :])]
                    boundary[face] = boundary.get(face, 0) + sign * way
                sign = -sign
        boundaries.append(boundary)
    return reduced(values, dims, boundaries, field, top)


def _is_there(y, span):
    # Of an axis that is glued the span is even, and all places are neighbours.
    return span % 2 == 0 or 0 <= y < span
