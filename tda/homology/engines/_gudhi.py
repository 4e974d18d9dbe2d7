"""Diagrams from what gudhi and ripser give."""

from __future__ import annotations

import numpy as np

from ...diagrams import Diagram

__all__ = ["SIMPLEX_BYTES", "from_arrays", "from_tree", "near_one"]

# Bytes that one simplex takes in gudhi's simplex tree with its filtration order and
# persistence pairs, rounded up from what was measured on 10**6 simplices.
SIMPLEX_BYTES = 110


def from_arrays(bars, filtration, field, max_dimension, cocycles=None):
    stacked = np.concatenate([np.zeros((0, 2)), *bars])
    dims = np.repeat(np.arange(len(bars)), [len(b) for b in bars])
    return Diagram(
        stacked[:, 0],
        stacked[:, 1],
        dims,
        filtration=filtration,
        field=field,
        max_dimension=max_dimension,
        cocycles=cocycles,
    )


def from_tree(tree, filtration, field, max_dimension, *, simplices):
    """Diagram of a gudhi simplex tree."""
    # By default gudhi leaves out the classes of the top dimension.
    tree.compute_persistence(
        homology_coeff_field=field,
        min_persistence=0.0,
        persistence_dim_max=tree.dimension() <= max_dimension,
    )
    if not simplices:
        bars = [tree.persistence_intervals_in_dimension(k) for k in range(max_dimension + 1)]
        bars = [np.asarray(b).reshape(-1, 2) for b in bars]
        return from_arrays(bars, filtration, field, max_dimension)
    pairs = [p for p in tree.persistence_pairs() if len(p[0]) <= max_dimension + 1]
    births = [tree.filtration(birth) for birth, _ in pairs]
    deaths = [tree.filtration(death) if death else np.inf for _, death in pairs]
    return Diagram(
        births,
        deaths,
        [len(birth) - 1 for birth, _ in pairs],
        filtration=filtration,
        field=field,
        max_dimension=max_dimension,
        birth_simplices=pad_simplices([birth for birth, _ in pairs], max_dimension + 1),
        death_simplices=pad_simplices([death for _, death in pairs], max_dimension + 2),
    )


def pad_simplices(simplices, width):
    """Vertex lists as rows, sorted and filled up with -1."""
    rows = np.full((len(simplices), width), -1, dtype=np.int64)
    for row, simplex in zip(rows, simplices, strict=True):
        row[: len(simplex)] = sorted(simplex)
    return rows


def near_one(lengths):
    """Lengths times a power of two, which does not round, and its exponent: ``2**e`` undoes it.

    Lengths stay as they are unless their cubes or single precision would overflow or underflow.
    """
    exponent = int(np.frexp(np.max(np.abs(lengths), initial=0.0, where=np.isfinite(lengths)))[1])
    if abs(exponent) < 100:
        return lengths, 0
    return np.ldexp(lengths, -exponent), exponent
