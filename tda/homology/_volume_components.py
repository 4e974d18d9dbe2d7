"""Degree 0 of a volume in blocks: components of its level sets, glued by union-find."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np

from .._parallel import each, over_delayed
from .._validation import check_image
from ..diagrams import Diagram
from ._cubical import CONSTRUCTIONS, DIRECTIONS

__all__ = ["volume_components"]

#: Pixels of a block that is cut from an array.
BLOCK_PIXELS = 2**22


def volume_components(
    X,
    *,
    direction="sublevel",
    construction="cells",
    n_blocks=None,
    n_jobs=None,
    checkpoint=None,
    verbose=False,
):
    """Components of the level sets of one image or volume, computed in blocks.

    The result is that of ``cubical_diagram(X, max_dimension=0)``, for volumes that need not fit
    into the memory of one machine.

    Parameters
    ----------
    X : array-like of 1 to 3 axes, or dask.array.Array
        Blocks of Dask are made and reduced on its workers, and never gathered.
    direction : {"sublevel", "superlevel"}, default="sublevel"
        Whether dark pixels enter first or bright ones.
    construction : {"cells", "vertices"}, default="cells"
        Whether pixels touch also at corners or only along the axes.
    n_blocks : int, default=None
        Slabs that an array is cut into, along its first axis. By default about four million pixels
        each. Blocks of Dask stay as they are.
    n_jobs : int, default=None
        Blocks at a time, as in joblib; engines as in `tda.RipsPersistence`.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished blocks.
    verbose : bool, default=False
        Show a progress bar.

    Returns
    -------
    Diagram
        Of degree 0; the same bars for any blocks.

    Raises
    ------
    ValueError
        For an image that is empty, has NaN or more than three axes.

    Notes
    -----
    A component that does not touch the border of its block when it meets an older one dies there,
    whatever is in the other blocks. All others are sent on as edges between the pixels with which
    they began and those of the border, with the time at which they meet [1]_. One union-find over
    these edges, and those across the borders, ends the rest. A block of ``n`` pixels takes
    O(n log n) time and about 60 n bytes. What is gathered is O(pixels of the borders). Where the
    volume fits into one memory, `cubical_diagram` is faster, as it sorts critical pixels alone.

    References
    ----------
    .. [1] D. Morozov, G. Weber, "Distributed merge trees", PPoPP 2013.

    Examples
    --------
    Two dark pixels, apart until the bright one between them enters.

    >>> from tda.homology import volume_components
    >>> volume_components([3.0, 0.0, 5.0, 1.0], n_blocks=2)[0]
    array([[ 0., inf],
           [ 1.,  5.]])
    """
    for name, value, known in [
        ("direction", direction, DIRECTIONS),
        ("construction", construction, CONSTRUCTIONS),
    ]:
        if value not in known:
            raise ValueError(f"{name}={value!r}; it must be one of {known}")
    sign = -1.0 if direction == "superlevel" else 1.0
    options = {
        "n_jobs": n_jobs,
        "label": "volume_components" if verbose else None,
        "checkpoint": checkpoint,
        "key": ("volume_components", direction, construction),
    }
    if hasattr(X, "to_delayed") and hasattr(X, "chunks"):
        blocks = _delayed_blocks(X, sign, construction)
        found = over_delayed(_first_block, blocks, **options)
    else:
        X = check_image(X)
        found = each(_block, _slabs(X, n_blocks, sign, construction), **options)
    births, deaths = _glued(X.shape, construction, found)
    return Diagram(
        sign * births,
        sign * deaths,
        np.zeros(len(births), np.int8),
        filtration="cubical",
        max_dimension=0,
    )


def _slabs(X, n_blocks, sign, construction):
    if n_blocks is None:
        n_blocks = -(-X.size // BLOCK_PIXELS)
    if isinstance(n_blocks, bool) or n_blocks < 1 or n_blocks != int(n_blocks):
        raise ValueError(f"n_blocks={n_blocks!r}; it must be an integer from 1 on, or None.")
    n_blocks = min(int(n_blocks), len(X))
    bounds = np.linspace(0, len(X), n_blocks + 1).astype(int)
    start = (0,) * (X.ndim - 1)
    return [(X[i:j], (int(i), *start), X.shape, sign, construction) for i, j in pairwise(bounds)]


def _delayed_blocks(X, sign, construction):
    """Blocks of Dask with their place, in the form of `over_delayed`."""
    import dask

    if np.isnan(X.shape).any():
        raise ValueError("X has chunks of unknown size: call X.compute_chunk_sizes() first.")
    if not 1 <= X.ndim <= 3 or 0 in X.shape:
        raise ValueError(f"X has shape {X.shape}: an image has 1 to 3 axes and one value a pixel.")
    starts = [np.cumsum([0, *sizes[:-1]]) for sizes in X.chunks]
    located = dask.delayed(_located)
    blocks = X.to_delayed()
    return {
        f"block {place}": [
            located(
                blocks[place],
                tuple(int(s[i]) for s, i in zip(starts, place, strict=True)),
                X.shape,
                sign,
                construction,
            )
        ]
        for place in np.ndindex(blocks.shape)
    }


def _located(*block):
    return block


def _first_block(samples, place):
    (block, *where), *_ = samples
    try:
        # Without the doubt whether three layers are colours, which only a whole image can be.
        block = np.asarray(block, dtype=np.float64)
        if np.isnan(block).any():
            raise ValueError("it holds NaN: fill those pixels first, with inf to leave them out.")
    except (TypeError, ValueError) as error:
        raise ValueError(f"X, {place}: {error}") from None
    return _block((block, *where))


def _block(item):
    """Finished bars of one block; its graph and its border, with pixels numbered in the image."""
    from .._kernels.parts import block_components

    block, start, shape, sign, construction = item
    values = np.ascontiguousarray(sign * block).reshape(_three(block.shape))
    start, whole = _three(start, 0), _three(shape)
    border = np.zeros(values.shape, dtype=bool)
    for axis in range(3):
        view = np.moveaxis(border, axis, 0)
        view[0] |= start[axis] > 0
        view[-1] |= start[axis] + values.shape[axis] < whole[axis]
    order = np.argsort(values, axis=None, kind="stable")
    bars, edges, times = block_components(values, order, _steps(construction), border.ravel())
    on_border = np.flatnonzero(border)
    # The pixel of the least value begins the component that stays.
    kept = np.union1d(np.append(on_border, order[0]), edges)
    where = np.unravel_index(kept, values.shape)
    pixels = np.ravel_multi_index([w + s for w, s in zip(where, start, strict=True)], whole)
    place = np.searchsorted(kept, edges)
    births = values.ravel()[kept]
    return bars, pixels, births, border.ravel()[kept], place, times


def _three(shape, fill=1):
    return (fill,) * (3 - len(shape)) + tuple(shape)


def _steps(construction):
    """Towards all neighbours of a pixel: 26, or 6 along the axes."""
    steps = np.array([s for s in product((-1, 0, 1), repeat=3) if any(s)])
    return steps if construction == "cells" else steps[np.abs(steps).sum(axis=1) == 1]


def _glued(shape, construction, found):
    """Births and deaths of all components, from what each block has found."""
    from .._kernels.parts import elder

    sizes = [len(pixels) for _, pixels, *_ in found]
    first = np.cumsum([0, *sizes])
    pixels = np.concatenate([block[1] for block in found])
    births = np.concatenate([block[2] for block in found])
    border = np.concatenate([block[3] for block in found])
    owner = np.repeat(np.arange(len(found)), sizes)
    pairs = [block[4] + i for block, i in zip(found, first, strict=False)]
    times = [block[5] for block in found]
    whole = _three(shape)
    outer = np.flatnonzero(border)
    outer = outer[np.argsort(pixels[outer])]
    ordered = pixels[outer]
    where = np.array(np.unravel_index(ordered, whole))
    for step in _steps(construction):
        if tuple(step) < (0, 0, 0) or not len(outer):
            continue  # each pair once
        there = where + step[:, None]
        inside = ((there >= 0) & (there < np.array(whole)[:, None])).all(axis=0)
        here = np.flatnonzero(inside)
        sought = np.ravel_multi_index(there[:, here], whole)
        place = np.minimum(np.searchsorted(ordered, sought), len(ordered) - 1)
        hit = ordered[place] == sought
        one, other = outer[here[hit]], outer[place[hit]]
        across = owner[one] != owner[other]
        one, other = one[across], other[across]
        pairs.append(np.column_stack([one, other]))
        times.append(np.maximum(births[one], births[other]))
    pairs, times = np.concatenate(pairs).astype(np.int64), np.concatenate(times)
    deaths = elder(births, pairs, times, np.argsort(times, kind="stable"))
    begins = ~np.isnan(deaths)
    bars = np.concatenate([block[0] for block in found])
    return np.append(bars[:, 0], births[begins]), np.append(bars[:, 1], deaths[begins])
