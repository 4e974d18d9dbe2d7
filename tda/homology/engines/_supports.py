"""The cocycles of a Rips complex, from what the pass of `rips_degrees` leaves."""

from __future__ import annotations

import numpy as np

from ... import _memory
from ._events import diameters

__all__ = ["cocycles_of"]

_LATE = 2**31 - 1  # the rank of what is no edge, and the turn of a class that lives on
_PATIENCE = 2  # as measured on spheres, tori, cubes and random matrices
_WAY_OUT = (
    "Pass max_edge_length, take fewer points (tda.landmarks), or ask for the cocycles of some bars "
    "alone, with tda.representative_cocycles."
)


def cocycles_of(D, degrees, births, deaths, left, field, bits, *, wanted=None):
    """The cocycle of each class, or no rows for one that lives at no length, or is not wanted.

    Parameters
    ----------
    D : float array of shape (n_points, n_points)
    degrees : int array of shape (n_classes,)
    births, deaths : int arrays of shape (n_classes, width)
        The simplices of each class, filled up with -1.
    left : tuple
        The last that the kernel returns.
    field, bits : int
        As the kernel has taken them.
    wanted : bool array of shape (n_classes,), default=None
        Of which classes. By default all.

    Returns
    -------
    list of int64 arrays of shape (n_entries, degree + 2)
        Rows of vertices in order, and the value.

    Raises
    ------
    MemoryError
        When they take more than is free, before it is taken.
    """
    from ..._kernels.rips_supports import rips_supports

    rank, fate, lists, given, sums = left
    # Of each class how many vertices a simplex has, the edge with which it dies, and its turn.
    classes = np.column_stack([degrees + 1, np.full((len(degrees), 2), _LATE)])
    own = np.flatnonzero(sums[:, 0] == sums[:, 1])
    classes[sums[own, 0], 2] = np.arange(len(own))
    lasts = np.ones(len(degrees), dtype=bool)
    for k in np.unique(degrees):
        here = np.flatnonzero((degrees == k) & (deaths[:, 0] >= 0))
        birth, death = births[here, : k + 1], deaths[here, : k + 2]
        classes[here, 1] = diameters(rank, death)
        lasts[here] = diameters(D, birth) < diameters(D, death)
    chosen = np.flatnonzero(lasts if wanted is None else lasts & wanted)
    chosen = chosen[np.argsort(classes[chosen, 2], kind="stable")]
    free = _memory.free_memory()
    keys, values, stops, done = rips_supports(
        *(rank, fate, lists, classes, chosen),
        _by_class(given[:, [1, 0, 2]], len(degrees)),
        _by_class(sums[:, [1, 0, 2]], len(degrees)),
        *(field, bits, 2**60 if free is None else free, _PATIENCE),
    )
    if not done:
        raise MemoryError(
            f"The cocycles of {len(D)} points would take more than the {_memory.readable(free)} of "
            f"memory that are free. {_WAY_OUT}"
        )
    runs = [np.zeros((0, degree + 2), dtype=np.int64) for degree in degrees]
    start = 0
    for c, stop in zip(chosen, stops, strict=True):
        runs[c] = _rows(keys[start:stop], values[start:stop], degrees[c] + 1, bits)
        start = stop
    return runs


def _rows(keys, values, size, bits):
    rows = np.empty((len(keys), size + 1), dtype=np.int64)
    for i in range(size):
        rows[:, i] = (keys >> bits * (size - 1 - i) & (1 << bits) - 1) - 1
    rows[:, size] = values
    return rows


def _by_class(rows, n_classes):
    """Rows by their first number: where those of each begin, and the rest of them."""
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    return np.searchsorted(rows[:, 0], np.arange(n_classes + 1)), rows[:, 1:].copy()
