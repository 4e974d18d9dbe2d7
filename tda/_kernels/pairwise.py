"""Sums over the columns of two sets of vectors, for all pairs of their rows.

A sum runs over the columns in their order. So the result of a pair depends on that pair alone, to
the last bit, whatever other rows there are, and columns of zeros change nothing. Neither is certain
with the matrix product of a library.
"""

import numpy as np

from ._compiled import compiled, watch

PRODUCT, ABSOLUTE, SQUARE = 0, 1, 2
_COLUMNS, _PAIRS = 64, 256


@compiled
def pairwise_sums(A, BT, first, kind):
    """Sums of a·b, |a - b| or (a - b)². A is (n, d), BT is (d, m); only columns from `first` on."""
    n, d = A.shape
    m = BT.shape[1]
    out = np.zeros((n, m - first), A.dtype)
    # In blocks that stay in the cache; the inner loop is over pairs, so that it can be done
    # many at a time without changing the order of any sum.
    second = 0
    for left in range(first, m, _PAIRS):
        right = min(left + _PAIRS, m)
        for top in range(0, d, _COLUMNS):
            second = watch(second)
            if second < 0:
                return out
            for i in range(n):
                row = out[i, left - first : right - first]
                for c in range(top, min(top + _COLUMNS, d)):
                    a = A[i, c]
                    b = BT[c, left:right]
                    if kind == PRODUCT:
                        if a != 0.0:
                            for j in range(right - left):
                                row[j] += a * b[j]
                    elif kind == ABSOLUTE:
                        for j in range(right - left):
                            row[j] += abs(a - b[j])
                    else:
                        for j in range(right - left):
                            row[j] += (a - b[j]) * (a - b[j])
    return out


@compiled
def step_distance(places_a, jumps_a, places_b, jumps_b):
    """Integral of |F - G| of two step functions that are rows of one table, summed over the rows.

    The places of the steps are sorted along the rows. Both functions are zero at both ends.
    """
    total = 0.0
    n, m, second = places_a.shape[1], places_b.shape[1], 0
    for r in range(places_a.shape[0]):
        second = watch(second)
        if second < 0:
            break
        i = j = 0
        height, here = 0, 0.0
        while i < n or j < m:
            before = here
            if j == m or (i < n and places_a[r, i] <= places_b[r, j]):
                here = places_a[r, i]
                step = jumps_a[r, i]
                i += 1
            else:
                here = places_b[r, j]
                step = -jumps_b[r, j]
                j += 1
            if height != 0:
                total += abs(height) * (here - before)
            height += step
    return total


@compiled
def arranged_products(K, L, rows):
    """Sums of K[i, j] L[r[i], r[j]] over all i, j for each r of `rows`; both are symmetric."""
    n = K.shape[0]
    out = np.zeros(rows.shape[0])
    second = 0
    for p in range(rows.shape[0]):
        second = watch(second)
        if second < 0:
            return out
        r = rows[p]
        both, once = 0.0, 0.0
        for i in range(n):
            there = L[r[i]]
            here = K[i]
            for j in range(i):
                both += here[j] * there[r[j]]
            once += here[i] * there[r[i]]
        out[p] = 2.0 * both + once
    return out
