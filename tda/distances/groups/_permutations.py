"""Labels exchanged between samples: every way where there are few, else random ones.

If labels say nothing about the samples, each rearrangement of them is as likely as the one given.
So the share of rearrangements whose statistic is as extreme is an exact p-value. Blocks keep
exchanges among samples that are alike by design: those of one patient, one day, one pair.

This file knows neither diagrams nor distances.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations, product
from math import comb
from numbers import Integral

import numpy as np

from ..._parallel import in_chunks

#: Rearrangements that are done at once. Their random numbers have a seed of their own, so that
#: `n_jobs` changes no result.
BATCH = 250


def check_permutations(n_permutations):
    if (
        not isinstance(n_permutations, Integral)
        or isinstance(n_permutations, bool)
        or n_permutations < 1
    ):
        raise ValueError(f"n_permutations={n_permutations!r}; it must be 1, 2, ….")
    return int(n_permutations)


def check_labels(labels, n, name):
    """The distinct labels in order, and for each sample the index of its own.

    Raises
    ------
    ValueError
        If there is not one label a sample, or one of them is missing.
    """
    if labels is None:
        raise ValueError(f"{name} is None; pass one label for each of the {n} diagrams.")
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or len(labels) != n:
        raise ValueError(
            f"{name} has shape {labels.shape}, but one label for each of the {n} diagrams is "
            f"needed: shape ({n},)."
        )
    missing = np.array([one is None or one != one for one in labels.tolist()], dtype=bool)
    if missing.any():
        raise ValueError(
            f"{name}[{np.flatnonzero(missing)[0]}] is missing: leave that diagram out, or give "
            "it a label."
        )
    try:
        names, codes = np.unique(labels, return_inverse=True)
    except TypeError:  # labels of several kinds have no order
        raise ValueError(
            f"{name} has labels of several kinds, such as {labels[0]!r}: make them all strings "
            "or all numbers."
        ) from None
    return names, codes.reshape(-1)


def n_arrangements(codes, blocks=None):
    """How many different rearrangements of the labels there are, as an exact integer."""
    total = 1
    for rows in _rows_of(blocks, len(codes)):
        left = len(rows)
        for count in np.bincount(codes[rows]):
            total *= comb(left, int(count))
            left -= int(count)
    return total


def permuted_values(statistic, codes, *, blocks=None, n_permutations, rng, n_jobs=None, label=None):
    """The statistics of rearranged labels.

    Parameters
    ----------
    statistic : callable
        Takes an int array of shape (m, n), a rearrangement in each row, and returns m values.
    codes : int array of shape (n,)
        The given labels, from 0 on.
    blocks : int array of shape (n,), default=None
        Labels are exchanged within a block only.
    n_permutations : int
        If there are no more rearrangements than this, all are done, the given one among them;
        else so many random ones.
    rng : RandomState
    n_jobs, label :
        As of `tda._parallel.stream`.

    Returns
    -------
    values : array
    is_exact : bool
        Whether they are of all rearrangements.
    """
    codes = np.asarray(codes)
    if n_arrangements(codes, blocks) <= n_permutations:
        rows = _all_arrangements(codes, blocks)
        items = [rows[i : i + BATCH] for i in range(0, len(rows), BATCH)]
        work = partial(_of_batches, statistic)
    else:
        starts = range(0, n_permutations, BATCH)
        seeds = rng.randint(2**31 - 1, size=len(starts))
        items = [
            (int(seed), min(BATCH, n_permutations - start))
            for seed, start in zip(seeds, starts, strict=True)
        ]
        work = partial(_of_seeds, statistic, codes, blocks)
    parts = in_chunks(work, items, n_jobs=n_jobs, label=label)
    return np.concatenate([values for part in parts for values in part]), work.func is _of_batches


def p_value_of(values, statistic, is_exact, *, tolerance):
    """The share of rearrangements whose statistic is as large, the given one among them.

    Values that differ by the tolerance count as equal: sums in another order differ in their
    last bits.
    """
    n_as_large = int(np.count_nonzero(values >= statistic - tolerance))
    return n_as_large / len(values) if is_exact else (1 + n_as_large) / (1 + len(values))


def least_p_value(values, is_exact):
    """The least p-value that so many rearrangements can give."""
    return 1 / len(values) if is_exact else 1 / (1 + len(values))


def how_many(test):
    """How many rearrangements a report has looked at, in words."""
    n = f"{test.n_permutations:,}"
    if test.is_exact:
        return f"all {n} rearrangements of the labels"
    least = least_p_value(test.permuted, False)
    limit = ", the least it can be" if test.p_value <= least * (1 + 1e-9) else ""
    return f"{n} permutations{limit}"


def random_rows(codes, blocks, size, rng):
    """Random rearrangements of the labels, shape (size, n)."""
    keys = rng.random((size, len(codes)))
    if blocks is None:
        return codes[np.argsort(keys, axis=1)]
    # Sorted by block first, so that what stands at the place of a block comes from it.
    keys += blocks
    found = np.empty(keys.shape, dtype=codes.dtype)
    found[:, np.argsort(blocks, kind="stable")] = codes[np.argsort(keys, axis=1)]
    return found


def _of_batches(statistic, items):
    return [statistic(rows) for rows in items]


def _of_seeds(statistic, codes, blocks, items):
    return [
        statistic(random_rows(codes, blocks, size, np.random.default_rng(seed)))
        for seed, size in items
    ]


def _rows_of(blocks, n):
    if blocks is None:
        return [np.arange(n)]
    return [np.flatnonzero(blocks == block) for block in np.unique(blocks)]


def _all_arrangements(codes, blocks):
    """Every different rearrangement, a row each."""
    parts = [(rows, list(_arrangements(codes[rows]))) for rows in _rows_of(blocks, len(codes))]
    parts = [(rows, ways) for rows, ways in parts if len(ways) > 1]
    found = []
    for choice in product(*(ways for _, ways in parts)):
        row = codes.copy()
        for (rows, _), way in zip(parts, choice, strict=True):
            row[rows] = way
        found.append(row)
    return np.array(found)


def _arrangements(codes):
    """Every different order of a few labels."""
    values, counts = np.unique(codes, return_counts=True)

    def place(which, free, row):
        if which == len(values) - 1:
            row[free] = values[which]
            yield row.copy()
            return
        for chosen in combinations(range(len(free)), counts[which]):
            row[free[list(chosen)]] = values[which]
            yield from place(which + 1, np.delete(free, chosen), row)

    yield from place(0, np.arange(len(codes)), np.empty_like(codes))
