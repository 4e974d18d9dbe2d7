"""Sums of Gaussian bumps in the plane, at points and on a lattice. A leaf: imports no kernel."""

import numpy as np

from ._compiled import compiled, watch


@compiled
def gaussian_field(points, weights, spacing, deviation, reach, low, field):
    """Add weighted Gaussian bumps, ``exp(-r² / (2 deviation²))``, to a lattice.

    Node (i, j) of `field` lies at ``(low + (i, j)) * spacing``; a bump is cut to zero more than
    `reach` nodes from its middle along either axis.
    """
    n_u, n_v = field.shape
    scale = -0.5 * (spacing / deviation) ** 2
    along_v, second = np.empty(2 * reach + 2), 0
    for p in range(points.shape[0]):
        second = watch(second)
        if second < 0:
            return
        u, v = points[p, 0] / spacing, points[p, 1] / spacing
        i0, j0 = int(np.ceil(u - reach)), int(np.ceil(v - reach))
        i1, j1 = int(np.floor(u + reach)), int(np.floor(v + reach))
        for j in range(j0, j1 + 1):
            along_v[j - j0] = np.exp(scale * (j - v) ** 2)
        for i in range(max(i0, low[0]), min(i1, low[0] + n_u - 1) + 1):
            height = weights[p] * np.exp(scale * (i - u) ** 2)
            for j in range(max(j0, low[1]), min(j1, low[1] + n_v - 1) + 1):
                field[i - low[0], j - low[1]] += height * along_v[j - j0]


@compiled
def _bump(P, i, Q, j, scale):
    """``exp(scale |p_i - q_j|²)``"""
    du, dv = P[i, 0] - Q[j, 0], P[i, 1] - Q[j, 1]
    return np.exp(scale * (du * du + dv * dv))


@compiled
def gaussian_sum(P, v, Q, w, scale):
    """Sum of ``v_i w_j exp(scale |p_i - q_j|²)`` over all pairs of points."""
    total, second = 0.0, 0
    for i in range(P.shape[0]):
        second = watch(second)
        if second < 0:
            break
        part = 0.0
        for j in range(Q.shape[0]):
            part += w[j] * _bump(P, i, Q, j, scale)
        total += v[i] * part
    return total


@compiled
def gaussian_rows(P, Q, scale):
    """For each point of `P` the sum of ``exp(scale |p - q|²)`` over `Q`."""
    out, second = np.zeros(P.shape[0]), 0
    for i in range(P.shape[0]):
        second = watch(second)
        if second < 0:
            break
        for j in range(Q.shape[0]):
            out[i] += _bump(P, i, Q, j, scale)
    return out


@compiled
def gaussian_cross(P, Q, scale, rows, columns):
    """Add ``exp(scale |p - q|²)`` to the row of p and to the column of q."""
    second = 0
    for i in range(P.shape[0]):
        second = watch(second)
        if second < 0:
            return
        total = 0.0
        for j in range(Q.shape[0]):
            value = _bump(P, i, Q, j, scale)
            total += value
            columns[j] += value
        rows[i] += total
