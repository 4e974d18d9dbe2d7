"""How many cells the Delaunay triangulation of a cloud has, estimated from parts of the cloud.

For uniform points, the number of cells per point depends only on the dimension. For points on
curves and surfaces, the number of cells can be as large as the number of points to the power of
half the dimension. The growth of the cells with the size of a small part shows which case holds.
"""

from __future__ import annotations

from math import comb, log

import numpy as np

from ... import _memory
from ._triangulation import delaunay_simplices, fixed_point, triangulate

# Points of the larger of two parts, by dimension; the smaller is half of it. In more dimensions
# useful parts take as long as the whole.
_PART = {3: 400, 4: 300, 5: 140, 6: 70}

# A part of a uniform cloud grows faster than its points while most of them are at the boundary.
_BY_THE_BOUNDARY = 1.3


def memory_of_cells(X, otherwise):
    """Memory that the triangulation of these very points takes, in bytes.

    Cells are counted only if the largest possible number would not fit. Else the result is
    `otherwise`, the memory for uniform points.
    """
    n, d = X.shape
    cell_bytes = delaunay_cell_bytes(d)
    if d not in _PART or surely_fits(cell_bytes * most_delaunay_cells(n, d)):
        return otherwise
    cells = count_cells(X)
    return otherwise if cells is None else int(cell_bytes * cells)


def surely_fits(n_bytes):
    free = _memory.free_memory()
    return free is None or n_bytes <= free


def count_cells(X):
    """About how many cells the Delaunay triangulation has, or None for points in a flat."""
    n, d = X.shape
    part = min(_PART[d], n)
    rows = np.random.default_rng(0).permutation(n)[:part]
    counts = [_cells(X[rows[:size]]) for size in (part // 2, part)]
    if min(counts) == 0:
        return None
    growth = log(counts[1] / counts[0]) / log(part / (part // 2))
    growth = min(max(growth, 1.0), (d + 1) // 2)
    cells = counts[1] * (n / part) ** growth
    if growth < _BY_THE_BOUNDARY:
        cells = min(cells, n * max(cells_per_point(d), counts[1] / part))
    return cells


def _cells(X):
    P = fixed_point(X)[0]
    if X.shape[1] == 3:  # by kernels that are compiled for it anyhow
        cells = triangulate(P).cells
        return 0 if cells is None else cells.size // 4
    cells = delaunay_simplices(P)
    return len(cells) if cells.shape[1] > X.shape[1] else 0


def most_delaunay_cells(n_points, n_features):
    """The largest number of cells of a Delaunay triangulation with this number of points.

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


def uniform_bytes(n_points, n_features):
    """Memory that gudhi's complex on the triangulation of uniform points takes, in bytes."""
    most = most_delaunay_cells(n_points, n_features)
    cells = min(n_points * cells_per_point(n_features), most)
    return int(delaunay_cell_bytes(n_features) * cells)
