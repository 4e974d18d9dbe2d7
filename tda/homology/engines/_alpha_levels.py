"""Alpha filtrations of cells of any dimension, with weights, in space or on a torus; their bars.

A level holds the simplices of one dimension. On a torus they are classes: of the simplices that
differ by periods alone, one stands for all.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import NamedTuple

import numpy as np

from ._triangulation import delaunay_simplices, fixed_point

__all__ = ["Level", "alpha_levels", "distinct_rows", "level_bars", "levels_of_cloud"]


_UNSURE = 1e-9  # of the largest share of a simplex: one below this may have the wrong sign


_ROUNDING = 1e-13  # of a value: how precise it is, or better


class Level(NamedTuple):
    """The simplices of one dimension.

    Attributes
    ----------
    rows : int array of shape (m, k + 1)
        Vertices in rising order.
    values : float array of shape (m,)
        The squared radius at which each enters.
    of : int array of shape (m, k + 1), or None
        The facets in the level below; facet j leaves out vertex j. None for points.
    """

    rows: np.ndarray
    values: np.ndarray
    of: np.ndarray | None


def alpha_levels(P, W, cells, move=None):
    """The levels of a triangulation, from points up.

    Parameters
    ----------
    P : float array of shape (n, d)
        Points whose differences are exact.
    W : float array of shape (n,)
        Weights, at most 0, whose differences are exact.
    cells : int array of shape (m, k + 1)
        Of the dimension k of the flat of all points.
    move : callable, default=None
        On a torus: from rows of vertices to the row of each that stands for its class, with
        vertices in the same order.

    Returns
    -------
    list of Level

    Notes
    -----
    A simplex enters when its balls meet in one point. If the ball of a neighbour holds that point,
    it enters with the first of its cofaces instead (H. Edelsbrunner, The union of balls and its
    dual shape, Discrete & Computational Geometry 13, 1995).
    """
    rows = np.sort(cells, axis=1).astype(np.int64)
    values, shares, careful = _spheres(P, W, rows, False)
    levels = []
    for k in range(rows.shape[1] - 1, 0, -1):
        facets = np.concatenate([np.delete(rows, j, axis=1) for j in range(k + 1)])
        if move is not None:
            facets = move(facets)
        below, of, order, starts = distinct_rows(facets, len(P))
        lowest = np.minimum.reduceat(np.tile(values, k + 1)[order], starts)
        hidden = np.logical_or.reduceat((shares.T < 0).ravel()[order], starts)
        levels.append(Level(rows, values, of.reshape(k + 1, -1).T))
        rows = below
        if k == 1:
            own = 0.0 - W[rows[:, 0]]  # 0 and not -0
        else:
            own, shares, _ = _spheres(P, W, rows, careful)
        values = np.where(hidden, lowest, np.minimum(own, lowest))
    levels.append(Level(rows, values, None))
    return _tied(levels[::-1])


def _tied(levels):
    """The same levels with one value for values that differ by no more than rounding.

    Simplices of one sphere then enter at once, and leave no bars of that length. The order of
    others stays.
    """
    values = np.concatenate([level.values for level in levels])
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    new = np.append(True, np.diff(ranked) > _ROUNDING * np.abs(ranked[1:]))
    values[order] = ranked[new][np.cumsum(new) - 1]
    cuts = np.cumsum([len(level.values) for level in levels])[:-1]
    return [
        level._replace(values=part)
        for level, part in zip(levels, np.split(values, cuts), strict=True)
    ]


def _spheres(P, W, rows, careful):
    """The value of each simplex alone, the shares of the vertices in its centre, if any is thin.

    A share of nearly 0 has a sign by chance. That is harmless where the sphere of the facet is then
    nearly that of the simplex, so that both enter together. The sphere of a thin simplex is not
    near that of any facet. Among such ones all signs have to be exact: `careful`.
    """
    from ..._kernels.alpha_spheres import power_spheres

    values, shares, thin = power_spheres(P, W, rows)
    some_thin = bool(thin.any())
    if careful or some_thin:
        sizes = np.abs(shares)
        thin |= (sizes < _UNSURE * sizes.max(axis=1, keepdims=True)).any(axis=1)
        for i in np.flatnonzero(thin):
            values[i], shares[i] = _exact_sphere(P, W, rows[i])
    return values, shares, some_thin


def _exact_sphere(P, W, row):
    """The same of one simplex in whole numbers, by elimination without fractions."""
    k, unit = len(row) - 1, 2**106
    edges = [list(map(int, edge)) for edge in np.ldexp(P[row[1:]] - P[row[0]], 53)]
    products = [[sum(map(int.__mul__, e, f)) for f in edges] for e in edges]
    drops = [Fraction(W[row[0]]) - Fraction(W[v]) for v in row[1:]]
    scale = max((drop.denominator for drop in drops), default=1)  # a power of two
    powers = [int((products[i][i] + drops[i] * unit) * scale) for i in range(k)]
    rows = [[2 * x for x in products[i]] + [powers[i]] for i in range(k)]
    before = 1
    for i in range(k):  # the products are positive definite, so that no pivot is 0
        pivot = rows[i]
        for r in range(k):
            if r != i:
                first = rows[r][i]
                rows[r] = [
                    (x * pivot[i] - first * y) // before
                    for x, y in zip(rows[r], pivot, strict=True)
                ]
        before = pivot[i]
    shares = [Fraction(solved[k], before * scale) for solved in rows]
    value = sum(map(Fraction.__mul__, shares, map(Fraction, powers))) / (2 * scale * unit)
    return float(value - Fraction(W[row[0]])), [float(x) for x in (1 - sum(shares), *shares)]


def levels_of_cloud(X):
    """The levels of a cloud in up to six dimensions, on a grid, and the exponent of its unit.

    Values are squares in units of ``4.0**exponent``. There are as many levels as points span their
    flat.
    """
    P, exponent = fixed_point(X)
    return alpha_levels(P, np.zeros(len(P)), delaunay_simplices(P)), exponent


def distinct_rows(rows, n):
    """The different rows, which of them each is, the order that sorts them, and where each begins.

    Numbers are below n.
    """
    from ..._kernels.sorting import argsort_keys

    bits = max(int(n - 1).bit_length(), 1)
    order = None
    for last in range(rows.shape[1], 0, -(64 // bits)):
        key = np.zeros(len(rows), np.uint64)
        for j in range(max(last - 64 // bits, 0), last):
            key = key << np.uint64(bits) | rows[:, j].astype(np.uint64)
        order = argsort_keys(key) if order is None else order[argsort_keys(key[order])]
    rows = rows[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    of = np.empty(len(rows), np.int64)
    of[order] = np.cumsum(new) - 1
    return rows[new], of, order, np.flatnonzero(new)


def level_bars(levels, top_degree, field, *, closed=False):
    """The bars of a filtration on a triangulated ball, or on a torus if `closed`.

    Parameters
    ----------
    levels : list of Level
    top_degree : int
        If it is 0, other degrees may be left out.
    field : int
        The prime of the coefficient field.
    closed : bool, default=False

    Returns
    -------
    list of (births, deaths, spans), or None
        By degree, as rows of vertices and values; a class that never ends has deaths of -1 and
        inf. None if the counts of simplices do not agree.

    Notes
    -----
    Degree 0 is a spanning tree of edges, the top one, by duality, of facets. Between them columns
    are reduced, from high degrees to low ones. A simplex that begins a class in the degree above
    needs no column.
    """
    from ..._kernels import alpha_pairs
    from ..._kernels.sorting import argsort_lengths

    d = len(levels) - 1
    orders = [argsort_lengths(level.values) for level in levels]
    found = [[] for _ in range(d + 1)]  # pairs of places in two levels; without a death, None
    columns = np.ones(len(levels[d - 1].values), dtype=bool)
    if d > 1:
        pairs, parts = alpha_pairs.top_pairs(
            levels[d - 1].values, _sides(levels[d].of, len(columns)), levels[d].values, columns
        )
        found[d - 1].append((pairs[:, 0], pairs[:, 1]))
        if parts != 1 + closed:
            return None
    free = columns.copy() if d == 2 else np.ones(len(orders[1]), dtype=bool)
    zero = _components(levels, orders[1][free[orders[1]]], free)
    if zero is None:
        return None
    for k in range(d - 2, 0, -1):
        if top_degree < 1:
            break
        keep = free if k == 1 else np.ones(len(orders[k]), dtype=bool)
        rows = orders[k][keep[orders[k]]]
        place = np.full(len(keep), -1, np.int32)
        place[rows] = np.arange(len(rows))
        ends = orders[k + 1][columns[orders[k + 1]]].astype(np.int64)
        owner = alpha_pairs.reduce_columns(place[levels[k + 1].of], ends, len(rows), field)
        paired = owner >= 0
        found[k].append((rows[paired], ends[owner[paired]]))
        found[k + 1].append((np.delete(ends, owner[paired]), None))
        columns = np.zeros(len(keep), dtype=bool)
        columns[rows[~paired]] = True
    if top_degree >= 1:
        found[1].append((np.flatnonzero(columns if d > 2 else free), None))
        if closed and d > 1:
            found[d].append((np.argmax(levels[d].values)[None], None))
        lasting = [sum(len(born) for born, died in pairs if died is None) for pairs in found[1:]]
        if lasting != [comb(d, k) if closed else 0 for k in range(1, d + 1)]:
            return None
    return [zero, *(_rows(levels, k, found[k]) for k in range(1, d + 1))]


def _sides(of, n_facets):
    """The two cells at each facet; their number stands for the outside."""
    flat = of.ravel()
    places = np.arange(flat.size)
    first, last = np.empty(n_facets, np.int64), np.empty(n_facets, np.int64)
    last[flat] = places
    first[flat[::-1]] = places[::-1]
    sides = np.column_stack([first, last]) // of.shape[1]
    sides[first == last, 1] = len(of)
    return sides.astype(np.int32)


def _components(levels, order, free):
    """The bars of degree 0; the edges that join components are no longer `free`."""
    from ..._kernels import alpha_pairs, alpha_weighted

    points, edges = levels[0], levels[1]
    ends = np.ascontiguousarray(edges.of[:, ::-1], np.int32)
    joins, _ = alpha_pairs.spanning_forest(order, ends, len(points.values), free)
    if len(joins) != len(points.values) - 1:
        return None
    born, ends, spans, _ = alpha_weighted.components(
        ends[joins], edges.values[joins], points.values
    )
    oldest = np.argmin(points.values)
    return (
        points.rows[np.append(born, oldest)],
        np.vstack([points.rows[ends, 0], [[-1, -1]]]),
        np.vstack([spans, [[points.values[oldest], np.inf]]]),
    )


def _rows(levels, k, found):
    """Simplices and values of pairs of places; those that begin and end at once are left out."""
    births, deaths, spans = [], [], []
    for born, died in found:
        ends, rows = np.full(len(born), np.inf), np.full((len(born), k + 2), -1)
        if died is not None:
            ends, rows = levels[k + 1].values[died], levels[k + 1].rows[died]
        starts = levels[k].values[born]
        long = ends > starts
        births.append(levels[k].rows[born[long]])
        deaths.append(rows[long])
        spans.append(np.column_stack([starts, ends])[long])
    if not births:
        return np.zeros((0, k + 1), int), np.zeros((0, k + 2), int), np.zeros((0, 2))
    return np.concatenate(births), np.concatenate(deaths), np.concatenate(spans)
