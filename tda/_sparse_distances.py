"""Checks of sparse distance matrices, in a few passes over their entries."""

from __future__ import annotations

import numpy as np

__all__ = ["symmetric_distances"]


def symmetric_distances(D, *, of_values, of_diagonal, name):
    """Both sides of a square sparse matrix of distances, sorted, as `check_distance_matrix` says.

    `of_values` and `of_diagonal` are the rounding that is accepted, as shares of the largest
    distance. What is stored on both sides already, in order, is not copied.

    Returns
    -------
    scipy.sparse.csr_array of shape (n, n)
        Sorted, without a diagonal and without infinite entries.
    """
    from scipy import sparse

    n = D.shape[0]
    rows = sparse.csr_array(D if D.format in ("csr", "csc") else sparse.coo_array(D))
    if rows.nnz < D.nnz:
        _refuse_twice(sparse.coo_array(D), name)  # SciPy has added entries
    rows = rows.astype(float, copy=False)
    data = rows.data
    if np.isnan(data.min(initial=0.0)):
        raise ValueError(f"{name} holds NaN: remove those entries.")
    scale = largest = float(data.max(initial=0.0))
    if np.isinf(largest):
        scale = float(np.max(data, initial=0.0, where=np.isfinite(data)))
    least = float(data.min(initial=0.0))
    if least < -of_values * scale:
        raise ValueError(f"{name} holds negative distances; the smallest is {least:.6g}.")
    columns = rows.T.tocsr()  # sorted, as both are from here on
    if not rows.has_canonical_format:
        if not columns.has_canonical_format:
            _refuse_twice(rows.tocoo(), name)
        rows = columns.T.tocsr()
    first = _first_of(rows)
    on_diagonal = first == rows.indices
    diagonal = float(np.abs(rows.data[on_diagonal]).max(initial=0.0))
    if diagonal > of_diagonal * scale:
        raise ValueError(
            f"{name} has entries other than 0 on its diagonal; a point is at distance 0 "
            "from itself."
        )
    noise = max(diagonal, -least)
    if noise == 0 and not np.isinf(largest) and not on_diagonal.any() and _equal(rows, columns):
        return rows
    # The entries above the diagonal, of one side and then of the other.
    sides = []
    for side, at in ((rows, first), (columns, _first_of(columns))):
        kept = (at < side.indices) & np.isfinite(side.data)
        sides.append((at[kept] * np.int64(n) + side.indices[kept], side.data[kept]))
    pairs, data = (np.concatenate(both) for both in zip(*sides, strict=True))
    if noise > 0:
        data[2 * noise >= data] = 0.0
    order = np.argsort(pairs, kind="stable")  # two runs, which are merged
    pairs, data = pairs[order], data[order]
    twice = pairs[1:] == pairs[:-1]
    conflict = twice & (np.abs(np.diff(data)) > of_values * scale)
    if conflict.any():
        k = int(np.argmax(conflict))
        low, high = divmod(int(pairs[k]), n)
        raise ValueError(
            f"{name} is not symmetric: the pair ({low}, {high}) is stored as "
            f"{min(data[k : k + 2]):.6g} and as {max(data[k : k + 2]):.6g}."
        )
    second = np.flatnonzero(twice)
    data[second] = np.maximum(data[second], data[second + 1])  # the larger, as where dense
    once = np.ones(len(pairs), dtype=bool)
    once[second + 1] = False
    low, high = np.divmod(pairs[once], max(n, 1))
    both = np.concatenate([low, high]), np.concatenate([high, low])
    return sparse.csr_array((np.tile(data[once], 2), both), shape=(n, n))


def _first_of(rows):
    return np.repeat(np.arange(rows.shape[0], dtype=rows.indices.dtype), np.diff(rows.indptr))


def _equal(a, b):
    return all(
        np.array_equal(getattr(a, part), getattr(b, part)) for part in ("indptr", "indices", "data")
    )


def _refuse_twice(D, name):
    order = np.lexsort((D.col, D.row))
    row, col = D.row[order], D.col[order]
    twice = (row[1:] == row[:-1]) & (col[1:] == col[:-1])
    if twice.any():
        k = int(np.argmax(twice))
        raise ValueError(
            f"{name} stores the entry ({row[k]}, {col[k]}) more than once: whether one counts or "
            f"their sum is not known. {name}.sum_duplicates() adds them, as SciPy does."
        )
