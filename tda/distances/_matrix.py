"""Matrices of all pairs: row by row with a function of pairs, or at once with vectors.

This file imports no other file of the room.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .._parallel import stream

#: Rows that one thread does at a time.
BLOCK = 64


def pair_matrix(between, A, B, *, symmetric=True, n_jobs=None, label=None):
    """Matrix of ``between(a, b)``. Without `B` among `A`, with each pair computed once.

    `symmetric` says that the diagonal is zero; that of a kernel is not.
    """
    among = B is None
    B = A if among else B
    rows = partial(_rows, between, A, B, symmetric if among else None)
    out = np.zeros((len(A), len(B)))
    for first, part in stream(rows, range(len(A)), n_jobs=n_jobs, label=label):
        for i, values in enumerate(part, first):
            left = len(B) - len(values)
            out[i, left:] = values
            if among:
                out[left:, i] = values
    return out


def _rows(between, A, B, shift, numbers):
    """Some rows of a matrix; with a shift what is right of the diagonal, so much further."""
    firsts = [0 if shift is None else i + shift for i in numbers]
    return [
        np.array([between(A[i], b) for b in B[first:]])
        for i, first in zip(numbers, firsts, strict=True)
    ]


def vector_matrix(kind, A, B, *, n_jobs=None, label=None):
    """Matrix of sums over the columns of (n, d) and (m, d): see `tda._kernels.pairwise`."""
    among = B is None
    B = A if among else B
    out = np.zeros((len(A), len(B)))
    tops = range(0, len(A), BLOCK)
    blocks = partial(_blocks, kind, A, np.ascontiguousarray(B.T), among)
    for first, part in stream(blocks, tops, n_jobs=n_jobs, label=label):
        for top, sums in zip(tops[first:], part, strict=False):
            rows, left = slice(top, top + BLOCK), top if among else 0
            out[rows, left:] = sums
            if among:
                out[left:, rows] = sums.T
    return out


def _blocks(kind, A, columns, among, tops):
    from .._kernels.pairwise import pairwise_sums

    return [pairwise_sums(A[i : i + BLOCK], columns, i if among else 0, kind) for i in tops]
