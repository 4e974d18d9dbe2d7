"""How many cells the Delaunay triangulation of a cloud has, told from parts of the cloud.

Uniform points have so many a point in each dimension; points on curves and surfaces can have as
many as their number to the power of half the dimension, and which it will be shows in how the
cells of a small part grow with the part.
"""

from __future__ import annotations

from math import log

import numpy as np

from .. import _memory
from ._plan import cells_per_point, delaunay_cell_bytes, most_delaunay_cells

# Points of the larger of two parts, by dimension; the smaller is half of it. In more dimensions
# parts of any use take as long as the whole.
_PART = {3: 400, 4: 300, 5: 140, 6: 70}

# A part of a uniform cloud grows faster than its points while most of them are at the boundary.
_BY_THE_BOUNDARY = 1.3


def with_cells_of(plan, X):
    """The plan with the memory that the triangulation of these very points takes.

    Cells are counted only where the most that so many points can have would not fit.
    """
    n, d = X.shape
    cell_bytes = delaunay_cell_bytes(d)
    if d not in _PART or surely_fits(cell_bytes * most_delaunay_cells(n, d)):
        return plan
    cells = count_cells(X)
    return plan if cells is None else plan._replace(memory=int(cell_bytes * cells))


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
    from scipy.spatial import Delaunay, QhullError

    if X.shape[1] == 3:  # where Qhull takes minutes for what is degenerate
        from ._alpha_delaunay import alpha_complex

        levels = alpha_complex(X)
        return len(levels[2][0]) if len(levels) == 3 else 0
    try:
        return len(Delaunay(X).simplices)
    except (QhullError, ValueError):
        return 0
