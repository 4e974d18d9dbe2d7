"""Cubical persistence by our own kernels: images of one to three axes, none of them periodic."""

from __future__ import annotations

from functools import lru_cache
from math import prod

import numpy as np

from ...diagrams import Diagram
from .._plan import Engine

__all__ = ["ENGINE", "cubical_grid", "depends_on_field"]

_MOST_PIXELS = 2**31


def cubical_grid(image, *, max_dimension, construction, field=2, representatives=False):
    """Diagram of the sublevel sets of an image without NaN, none of whose axes is periodic.

    Axes of length 1 are left out, since neither construction changes. On one and two axes, and
    in degrees 0 and 2, the bars are the same over every field. In degree 1 on three axes they
    are not: the boundary of a Möbius band goes round it twice, so that it dies where the band
    enters over Z/2 and lives on over Z/3 (Obayashi, Yoshiwaki, arXiv:1911.11350). There only
    ``field=2`` is taken.
    """
    from ..._kernels import cubical_plane

    values = np.require(image, np.float64, "CW")  # read-only arrays would compile once more
    flat = values.reshape(-1)
    grid = values.reshape([n for n in values.shape if n > 1] or [1])
    if prod(n + 4 for n in grid.shape) >= _MOST_PIXELS:
        raise ValueError(
            f"An image of shape {values.shape} has, with margins, {_MOST_PIXELS} pixels or more, "
            "too many for kernels with numbers of 32 bits. Crop or shrink it."
        )
    if depends_on_field(grid.shape, max_dimension) and field != 2:
        raise ValueError(
            f"field={field}, but degree 1 of an image of three axes is computed over Z/2 only."
        )
    corners = construction == "cells"
    if grid.ndim == 1:
        bars = [cubical_plane.line_bars(grid)]
    elif grid.ndim == 2:
        bars = _plane_bars(grid, corners)
    else:
        bars = _space_bars(grid, corners, max_dimension)
    return _diagram(flat, bars[: max_dimension + 1], max_dimension, field, representatives)


def depends_on_field(shape, max_dimension):
    """Whether the bars of an image of this shape may differ between fields."""
    return max_dimension >= 1 and sum(n > 1 for n in shape) == 3


def _plane_bars(image, corners):
    """Pairs of flat indices in degrees 0 and 1."""
    from ..._kernels import cubical_plane as plane
    from ..._kernels.sorting import argsort_values

    before, after = _ring_pieces(corners), _ring_pieces(not corners)
    masks = plane.masks_before(image)
    down, up, minima, maxima, saddles = plane.slopes(masks, before, after)
    edges = plane.saddle_edges(masks, before, after, down, up, saddles)
    flat = image.reshape(-1)
    order = argsort_values(plane.edge_values(flat, edges))
    return list(plane.plane_bars(flat, minima, maxima, edges, order))


def _space_bars(image, corners, max_dimension):
    """Pairs of flat indices in degrees 0, 1 and 2.

    Pixels as top cells are the vertices of the dual grid, where they enter the other way round
    after a border: a bar (b, d) of degree k is there a bar (d, b) of degree 2 - k, and the
    component that lives on is the void of the border.
    """
    from ..._kernels import cubical_loops as loops
    from ..._kernels import cubical_space as space
    from ..._kernels.sorting import argsort_values

    order = argsort_values(image.reshape(-1))
    if corners:
        order = order[::-1].copy()
    rank, position = space.padded_ranks(order, image.shape, corners)
    n_border = position.size - order.size
    del order  # of large volumes every array counts, so none is kept after its last use
    codes, down, out, critical = space.match_stars(rank, _star_tables())
    wanted = range(2 - max_dimension, 3) if corners else range(max_dimension + 1)
    bars = [np.zeros((0, 2), np.int32)] * 3
    if 0 in wanted or 1 in wanted:
        bars[0] = space.component_bars(rank, position, codes, down)
    del down
    if 2 in wanted or 1 in wanted:
        bars[2] = space.void_bars(rank, position, out, critical)
    del out
    if 1 in wanted:
        space.drop_border(position, n_border, codes, critical)
        bars[1] = loops.loop_bars(rank, position, codes, critical)
    if not corners:
        return [_inside(pairs, image.shape, rank.shape, 1) for pairs in bars]
    bars = [_inside(pairs[:, ::-1], image.shape, rank.shape, 2) for pairs in reversed(bars)]
    # Only what is born in the image; the void of the border is the component that lives on.
    return [pairs[(pairs >= 0).all(axis=1)] for pairs in bars]


def _inside(positions, shape, padded, margin):
    """Flat indices in the image from those in the padded one, -1 outside the image."""
    axes = [i - margin for i in np.unravel_index(positions, padded)]
    inside = np.ones(positions.shape, bool)
    for i, n in zip(axes, shape, strict=True):
        inside &= (0 <= i) & (i < n)
    index = (axes[0] * shape[1] + axes[1]) * shape[2] + axes[2]
    return np.where(inside, index, -1)


@lru_cache(maxsize=2)
def _ring_pieces(corners):
    from ..._kernels.cubical_plane import ring_pieces

    return ring_pieces(corners)


@lru_cache(maxsize=1)
def _star_tables():
    from ..._kernels.cubical_space import star_tables

    return star_tables()


def _diagram(values, bars, max_dimension, field, representatives):
    """Diagram of pairs of pixels; the first minimum is the component that lives on."""
    from ..._kernels.sorting import argsort_values

    bars[0] = np.concatenate([[[values.argmin(), -1]], bars[0]])
    parts = []
    for pairs in bars:
        births, deaths = values[pairs[:, 0]], values[pairs[:, 1]]
        deaths[pairs[:, 1] < 0] = np.inf
        order = np.flatnonzero(births != deaths)
        # Sorted here, since a radix sort takes a third of the time of the diagram's own.
        order = order[argsort_values(deaths[order])]
        order = order[argsort_values(births[order])]
        parts.append((births[order], deaths[order], pairs[order]))
    births, deaths, pairs = map(np.concatenate, zip(*parts, strict=True))
    dims = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts]).astype(np.int8)
    simplices = [None, None]
    if representatives:
        pairs = pairs.astype(np.int64)
        pairs[np.isposinf(deaths), 1] = -1
        simplices = [pairs[:, :1].copy(), pairs[:, 1:].copy()]
    fields = ("cubical", int(field), int(max_dimension), *simplices, None)
    return Diagram._view(births, deaths, dims, *fields)


def _takes(task):
    # Only loops of a volume feel the field, by the torsion of relative homology.
    if any(task.periodic):
        return False
    return task.field == 2 or not depends_on_field(task.shape, task.max_dimension)


def _memory(task):
    n_pixels = prod(length + 4 * (len(task.shape) == 3) for length in task.shape)  # with margins
    return n_pixels * (55 if sum(length > 1 for length in task.shape) == 3 else 38)


def _kernels():
    from ..._kernels import cubical_loops, cubical_plane

    return cubical_plane.plane_bars, cubical_loops.loop_bars


ENGINE = Engine(
    "grid",
    "our own union-find, duality, and matching inside the stars of volumes",
    needs="image",
    takes=_takes,
    memory=_memory,
    compute=lambda image, task: cubical_grid(
        image,
        max_dimension=task.max_dimension,
        field=task.field,
        construction=task.construction,
        representatives=task.cells,
    ),
    kernels=_kernels,
    family="cubical",
)
