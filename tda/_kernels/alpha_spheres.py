"""The smallest sphere orthogonal to the balls of a simplex, of any dimension, with weights.

Its centre c has the same power ``|c - v|^2 - w`` to all vertices, and lies in their flat. That
power is the value at which the balls meet. Edges from the first vertex are made orthogonal one
after the other. Where one is nearly in the span of those before it, pairs of doubles are used.
"""

import numpy as np

from ._compiled import compiled, watch
from .alpha_exact import plus_pair, times_pair, two_product

#: Heights over lengths, squared, below which doubles, and pairs of them, are not precise.
_FLAT, _FLATTER = 1e-3, 1e-12
_LARGE = 1e6  # shares from here on cancel each other


@compiled
def power_spheres(P, W, rows):
    """The value of each simplex alone, the shares of the vertices in its centre, and what is thin.

    `rows` are the vertices of simplices of one dimension, and `W` the weights of all points. The
    centre is the sum of vertices times shares, which add up to 1. If the share of a vertex is below
    0, the centre is on the other side of the facet without it, whose sphere then holds the vertex.
    Of a simplex that is thin, so nearly flat that rounding may hide these signs, they must be
    computed exactly.
    """
    m, width = rows.shape
    k, d = width - 1, P.shape[1]
    values = np.empty(m)
    shares = np.zeros((m, width))
    thin = np.zeros(m, np.bool_)
    q, low = np.zeros((k, d)), np.zeros((k, d))
    mixed, mixed_low = np.zeros((k, k)), np.zeros((k, k))
    share, share_low = np.empty(k), np.empty(k)
    second = 0
    for s in range(m):
        if s & 0x3FFF == 0:
            second = watch(second)
            if second < 0:
                break
        values[s], good = _close(P, W, rows[s], q, mixed, share)
        if not good:
            values[s], good = _closer(P, W, rows[s], q, low, mixed, mixed_low, share, share_low)
        rest = 1.0
        for i in range(k):
            shares[s, i + 1] = share[i]
            rest -= share[i]
            good = good and abs(share[i]) < _LARGE
        shares[s, 0] = rest
        thin[s] = not good
    return values, shares, thin


@compiled
def _close(P, W, row, q, mixed, share):
    """In doubles: the value, the centre's shares of the vertices, and whether that is precise."""
    k, d = q.shape
    v = row[0]
    value = 0.0
    for i in range(k):
        u = row[i + 1]
        square = 0.0
        for a in range(d):
            q[i, a] = P[u, a] - P[v, a]
            square += q[i, a] * q[i, a]
        t = 0.5 * (square + (W[v] - W[u]))
        for j in range(i):
            dot, norm = 0.0, 0.0
            for a in range(d):
                dot += q[i, a] * q[j, a]
                norm += q[j, a] * q[j, a]
            mixed[i, j] = dot / norm
            for a in range(d):
                q[i, a] -= mixed[i, j] * q[j, a]
            t -= mixed[i, j] * share[j] * norm
        norm = 0.0
        for a in range(d):
            norm += q[i, a] * q[i, a]
        if norm < _FLAT * square:
            return 0.0, False
        share[i] = t / norm
        value += share[i] * t
    for i in range(k - 1, -1, -1):
        for j in range(i + 1, k):
            share[i] -= mixed[j, i] * share[j]
    return value - W[v], True


@compiled
def _dot(q, low, i, j):
    x, x_low = 0.0, 0.0
    for a in range(q.shape[1]):
        y, y_low = times_pair(q[i, a], low[i, a], q[j, a], low[j, a])
        x, x_low = plus_pair(x, x_low, y, y_low)
    return x, x_low


@compiled
def _ratio(x, x_low, y, y_low):
    r = x / y
    p, p_low = times_pair(r, 0.0, y, y_low)
    x, x_low = plus_pair(x, x_low, -p, -p_low)
    return plus_pair(r, 0.0, x / y, 0.0)


@compiled
def _closer(P, W, row, q, low, mixed, mixed_low, share, share_low):
    """The same in pairs of doubles; differences of points and of weights are exact.

    The value, and whether it is precise.
    """
    k, d = q.shape
    v = row[0]
    value, value_low, good = -W[v], 0.0, True
    for i in range(k):
        u = row[i + 1]
        t, t_low, square = W[v] - W[u], 0.0, 0.0
        for a in range(d):
            q[i, a], low[i, a] = P[u, a] - P[v, a], 0.0
            p, p_low = two_product(q[i, a], q[i, a])
            t, t_low = plus_pair(t, t_low, p, p_low)
            square += p
        t, t_low = 0.5 * t, 0.5 * t_low
        for j in range(i):
            x, x_low = _dot(q, low, i, j)
            y, y_low = _dot(q, low, j, j)
            r, r_low = _ratio(x, x_low, y, y_low)
            mixed[i, j], mixed_low[i, j] = r, r_low
            for a in range(d):
                p, p_low = times_pair(r, r_low, q[j, a], low[j, a])
                q[i, a], low[i, a] = plus_pair(q[i, a], low[i, a], -p, -p_low)
            p, p_low = times_pair(share[j], share_low[j], y, y_low)
            p, p_low = times_pair(p, p_low, r, r_low)
            t, t_low = plus_pair(t, t_low, -p, -p_low)
        y, y_low = _dot(q, low, i, i)
        good = good and y > _FLATTER * square
        if y <= 0.0:
            return value, False
        share[i], share_low[i] = _ratio(t, t_low, y, y_low)
        p, p_low = times_pair(share[i], share_low[i], t, t_low)
        value, value_low = plus_pair(value, value_low, p, p_low)
    for i in range(k - 1, -1, -1):
        for j in range(i + 1, k):
            p, p_low = times_pair(mixed[j, i], mixed_low[j, i], share[j], share_low[j])
            share[i], share_low[i] = plus_pair(share[i], share_low[i], -p, -p_low)
    return value, good
