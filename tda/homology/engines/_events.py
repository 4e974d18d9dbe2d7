"""Diagrams of Rips complexes, from the simplices of birth and death."""

from __future__ import annotations

import numpy as np

from ...diagrams import Diagram

__all__ = [
    "diameters",
    "diameters_of_points",
    "edges_by_length",
    "enclosing_radius",
    "from_events",
    "from_values",
    "stack_simplices",
    "with_components",
]


def from_events(diameters, n, joins, births, deaths, simplices, *, field=2, cocycles=None):
    """Diagram from the edges that join components, and births and deaths from degree 1 on."""
    births, deaths = with_components(n, joins, births, deaths)
    return from_values(
        [diameters(block) for block in births],
        [diameters(block) for block in deaths],
        (births, deaths) if simplices else None,
        field=field,
        cocycles=cocycles,
    )


def with_components(n, joins, births, deaths):
    """Simplices of birth and death by degree, those of degree 0 put first.

    An essential class has -1 for its death.
    """
    stays = np.ones(n, dtype=bool)  # one point of each component that does
    stays[joins[:, 2]] = False
    alone = np.flatnonzero(stays)
    return (
        [np.concatenate([joins[:, 2:], alone[:, None]]), *births],
        [np.concatenate([joins[:, :2], np.full((alone.size, 2), -1)]), *deaths],
    )


def from_values(births, deaths, simplices=None, *, field=2, cocycles=None):
    """Diagram from births and deaths by degree, and their simplices in the same order."""
    max_dimension = len(births) - 1
    return Diagram(
        np.concatenate(births),
        np.concatenate(deaths),
        np.repeat(np.arange(max_dimension + 1), [len(block) for block in births]),
        filtration="rips",
        field=field,
        max_dimension=max_dimension,
        cocycles=cocycles,
        birth_simplices=stack_simplices(simplices[0], max_dimension + 1) if simplices else None,
        death_simplices=stack_simplices(simplices[1], max_dimension + 2) if simplices else None,
    )


def edges_by_length(D, max_edge_length):
    """Edges of a dense matrix that may enter, in buckets by length, and the largest length."""
    from ..._kernels.rips_loops import bucketed_edges

    n = len(D)
    reach = min(max_edge_length, enclosing_radius(D))
    if not np.isfinite(reach):
        reach = D.max(initial=0.0, where=np.isfinite(D))
    # Few edges a bucket: each is sorted in cache, and only if it is reached.
    codes, starts = bucketed_edges(D, reach, int(np.clip(n * n // 64, 1, 60_000)))
    return codes, starts, reach


def enclosing_radius(D):
    """The smallest length at which one point is joined to all others; infinite if there is none."""
    return float(D.max(axis=1).min()) if len(D) else 0.0


def diameters(D, simplices):
    """Longest edge of each simplex; 0 for a vertex, infinite for -1 (no simplex)."""
    longest = np.zeros(len(simplices))
    for i in range(simplices.shape[1]):
        for j in range(i):
            longest = np.maximum(longest, D[simplices[:, i], simplices[:, j]])
    return np.where(simplices[:, 0] < 0, np.inf, longest)


def diameters_of_points(X, simplices):
    longest = np.zeros(len(simplices))
    for i in range(simplices.shape[1]):
        for j in range(i):
            gaps = np.linalg.norm(X[simplices[:, i]] - X[simplices[:, j]], axis=1)
            longest = np.maximum(longest, gaps)
    return np.where(simplices[:, 0] < 0, np.inf, longest)


def stack_simplices(blocks, width):
    """Blocks of simplices of one size each as rows of one width, sorted and filled with -1."""
    rows = [
        np.pad(np.sort(block, axis=1), ((0, 0), (0, width - block.shape[1])), constant_values=-1)
        for block in blocks
    ]
    return np.concatenate(rows)
