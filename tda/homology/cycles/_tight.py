"""Tight loops: the shortest closed path that shows a bar of degree 1."""

from __future__ import annotations

import warnings
from numbers import Real

import numpy as np

from ._loops import shortest_loop

__all__ = ["tight_loop", "tight_scale"]

_DETOUR = 2.0  # how much longer a path may be that is filled at the death


def tight_scale(scale, birth, death):
    """The scale of a path: as given, or the geometric mean of birth and death."""
    if scale is None:
        if np.isinf(death):
            return np.inf
        if birth > 0:
            return float(np.sqrt(birth) * np.sqrt(death))
        return float(birth + (death - birth) / 2)
    if not isinstance(scale, Real) or not birth * (1 - 1e-9) <= scale < death:
        raise ValueError(
            f"scale={scale!r}, but the bar is there from {birth:.6g} to {death:.6g} (excluded)."
        )
    return max(float(scale), birth)


def tight_loop(walks, n_edges, words_of, start, places):
    """The shortest closed path among the first edges that shows a class.

    ``words_of(filled)`` gives the words of the edges and the word of the class: the class that
    is filled, or that one up to older classes. The first is taken if it has a path that is at most
    `_DETOUR` times as long, or nothing if it is not known which class is filled.
    """
    words, target = words_of(False)
    length, path, low = shortest_loop(walks, n_edges, words, target, start, places)
    filled = words_of(True)
    if filled is not None and path.size and _word(walks, filled[0], path) != filled[1]:
        bound = _DETOUR * length * (1 + 1e-12)
        found = shortest_loop(walks, n_edges, *filled, start, places, bound=bound)
        if found[1].size:
            length, path, low = found
    if not path.size:
        raise ValueError("the diagram does not belong to this cloud: no cycle closes there.")
    if low < length * (1 - 1e-9):
        warnings.warn(
            f"the path of length {length:.4g} is not known to be the shortest of its class: the "
            f"search was given up when all others were longer than {low:.4g}.",
            stacklevel=5,
        )
    return path


def _word(walks, words, path):
    """The sum of the words along a closed path."""
    return np.bitwise_xor.reduce(words[walks.numbers(path)])
