"""Matrices of all pairs: row by row with a function of pairs, or at once with vectors.

This file imports no other file of the room.
"""

from __future__ import annotations

import numpy as np

#: Rows that one thread does at a time.
BLOCK = 64


def pair_matrix(between, A, B, *, symmetric=True, n_jobs=None, label=None):
    """Matrix of ``between(a, b)``. Without `B` among `A`, with each pair computed once.

    `symmetric` says that the diagonal is zero; that of a kernel is not.
    """
    among = B is None
    B = A if among else B

    def row(i):
        first = i + symmetric if among else 0
        return [between(A[i], b) for b in B[first:]]

    out = np.zeros((len(A), len(B)))
    for i, values in enumerate(_parallel(row, range(len(A)), n_jobs, label)):
        first = len(B) - len(values)
        out[i, first:] = values
        if among:
            out[first:, i] = values
    return out


def vector_matrix(kind, A, B, *, n_jobs=None, label=None):
    """Matrix of sums over the columns of (n, d) and (m, d): see `tda._kernels.pairwise`."""
    from .._kernels.pairwise import pairwise_sums

    among = B is None
    B = A if among else B
    columns = np.ascontiguousarray(B.T)
    out = np.zeros((len(A), len(B)))

    def block(top):
        return top, pairwise_sums(A[top : top + BLOCK], columns, top if among else 0, kind)

    for top, sums in _parallel(block, range(0, len(A), BLOCK), n_jobs, label):
        rows, left = slice(top, top + BLOCK), top if among else 0
        out[rows, left:] = sums
        if among:
            out[left:, rows] = sums.T
    return out


def _parallel(function, items, n_jobs, label):
    from joblib import Parallel, delayed
    from tqdm import tqdm

    bar = tqdm(items, desc=label, disable=label is None, leave=False)
    if n_jobs in (None, 1):
        return map(function, bar)
    return Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
        delayed(function)(item) for item in bar
    )
