"""Sums over the columns of two sets of vectors, for all pairs of their rows.

A sum runs over the columns in their order, whatever the rows beside it are: what a pair gives
depends on the pair alone, to the last bit, and columns of zeros change nothing. A product of
matrices by a library keeps neither promise.
"""

import numpy as np
from numba import njit

PRODUCT, ABSOLUTE, SQUARE = 0, 1, 2
_COLUMNS, _PAIRS = 64, 256


@njit(cache=True, nogil=True)
def pairwise_sums(A, BT, first, kind):
    """Sums of a·b, |a - b| or (a - b)²: A is (n, d), BT (d, m); columns `first` to m of them."""
    n, d = A.shape
    m = BT.shape[1]
    out = np.zeros((n, m - first), A.dtype)
    # In blocks that stay in the cache; the inner loop is over pairs, so that it can be done
    # many at a time without changing the order of any sum.
    for left in range(first, m, _PAIRS):
        right = min(left + _PAIRS, m)
        for top in range(0, d, _COLUMNS):
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


@njit(cache=True, nogil=True)
def gaussian_field(points, weights, spacing, deviation, reach, low, field):
    """Add weighted Gaussian bumps, ``exp(-r² / (2 deviation²))``, to a lattice.

    Node (i, j) of `field` lies at ``(low + (i, j)) * spacing``; a bump is cut to zero more than
    `reach` nodes from its middle along either axis.
    """
    n_u, n_v = field.shape
    scale = -0.5 * (spacing / deviation) ** 2
    along_v = np.empty(2 * reach + 2)
    for p in range(points.shape[0]):
        u, v = points[p, 0] / spacing, points[p, 1] / spacing
        i0, j0 = int(np.ceil(u - reach)), int(np.ceil(v - reach))
        i1, j1 = int(np.floor(u + reach)), int(np.floor(v + reach))
        for j in range(j0, j1 + 1):
            along_v[j - j0] = np.exp(scale * (j - v) ** 2)
        for i in range(max(i0, low[0]), min(i1, low[0] + n_u - 1) + 1):
            height = weights[p] * np.exp(scale * (i - u) ** 2)
            for j in range(max(j0, low[1]), min(j1, low[1] + n_v - 1) + 1):
                field[i - low[0], j - low[1]] += height * along_v[j - j0]


@njit(cache=True, nogil=True)
def gaussian_sum(P, v, Q, w, scale):
    """Sum of ``v_i w_j exp(scale |p_i - q_j|²)`` over all pairs of points."""
    total = 0.0
    for i in range(P.shape[0]):
        part = 0.0
        for j in range(Q.shape[0]):
            du, dv = P[i, 0] - Q[j, 0], P[i, 1] - Q[j, 1]
            part += w[j] * np.exp(scale * (du * du + dv * dv))
        total += v[i] * part
    return total


@njit(cache=True, nogil=True)
def step_distance(places_a, jumps_a, places_b, jumps_b):
    """Integral of |F - G| of two step functions, rows side by side, summed over the rows.

    Places are sorted along the rows; both functions are zero on both ends.
    """
    total = 0.0
    n, m = places_a.shape[1], places_b.shape[1]
    for r in range(places_a.shape[0]):
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


@njit(cache=True, nogil=True)
def gaussian_rows(P, Q, scale):
    """For each point of `P` the sum of ``exp(scale |p - q|²)`` over `Q`."""
    out = np.zeros(P.shape[0])
    for i in range(P.shape[0]):
        for j in range(Q.shape[0]):
            du, dv = P[i, 0] - Q[j, 0], P[i, 1] - Q[j, 1]
            out[i] += np.exp(scale * (du * du + dv * dv))
    return out


@njit(cache=True, nogil=True)
def gaussian_cross(P, Q, scale, rows, columns):
    """Add ``exp(scale |p - q|²)`` to the row of p and to the column of q."""
    for i in range(P.shape[0]):
        total = 0.0
        for j in range(Q.shape[0]):
            du, dv = P[i, 0] - Q[j, 0], P[i, 1] - Q[j, 1]
            value = np.exp(scale * (du * du + dv * dv))
            total += value
            columns[j] += value
        rows[i] += total
