"""Means of products of activations of two normal variables: what one layer makes of a kernel.

``EXPECTATIONS[name](K, q, r, slope, rounding)`` gives E[φ(g) φ(g′)] and, with `slope`, E[φ̇(g)
φ̇(g′)], for normal g, g′ with variances q, r and covariance K, arrays that broadcast. `rounding` is
how many units of rounding K may be off by. Where q, r and K are one array, it is the mean square.

For ReLU and erf they are closed forms. For smooth activations they are series: with coefficients
c_k(q) = E[φ(√q z) h_k(z)] in the normalised Hermite polynomials, z standard normal, and ρ the
correlation, Mehler's formula gives Σ c_k(q) c_k(r) ρᵏ.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ..model._activation import ACTIVATIONS

__all__ = ["EXPECTATIONS", "SERIES"]

#: Nodes of the trapezoidal rule, which converges faster than any power for smooth functions.
NODES = np.linspace(-14, 14, 801)
#: Terms of the series: as many as leave out no more than the share of the mean square, at most the
#: last. What is left then is put at the end of the series, which is right at ρ = 1.
TERMS = (16, 32, 64, 128, 256, 512)
LEFT_OUT = 1e-13
#: Variances whose activations are made at a time.
ROWS = 2048


def cosine(K, size, rounding):
    """K / size within [-1, 1]; values that are 1 up to the rounding of these products become 1."""
    rho = np.divide(K, size, out=np.zeros_like(K), where=size > 0)
    np.clip(rho, -1, 1, out=rho)
    rho[rho > 1 - 8 * rounding * np.finfo(float).eps] = 1
    return rho


def _relu(K, q, r, slope, rounding):
    size = np.sqrt(q) * np.sqrt(r)
    rho = cosine(K, size, rounding)
    rest = np.pi - np.arccos(rho)
    value = np.sqrt((1 - rho) * (1 + rho))
    rho *= rest
    value += rho
    value *= size
    value /= 2 * np.pi
    np.maximum(value, 0, out=value)
    if slope:
        rest /= 2 * np.pi
    return value, rest


def _erf(K, q, r, slope, rounding):
    size = np.sqrt(1 + 2 * q) * np.sqrt(1 + 2 * r)
    rho = np.clip(2 * K / size, -1, 1)
    value = 2 / np.pi * np.arcsin(rho)
    return value, 4 / np.pi / (size * np.sqrt((1 - rho) * (1 + rho))) if slope else None


def _identity(K, q, r, slope, rounding):
    return K.copy(), np.ones_like(K) if slope else None


def _series(name):
    """The expectations of a smooth activation."""
    functions = ACTIVATIONS[name][:2]

    def expect(K, q, r, slope, rounding):
        wanted = functions if slope else functions[:1]
        if K is q and q is r:
            found = [_mean_square(function, q) for function in wanted]
        else:
            rho = cosine(K, np.sqrt(q) * np.sqrt(r), rounding)
            found = [_mehler(function, rho, q, r) for function in wanted]
        return found[0], found[1] if slope else None

    return expect


def _mehler(function, rho, q, r):
    """The series of one function."""
    for n_terms in TERMS:
        a, left_a = _coefficients(function, q, n_terms)
        b, left_b = _coefficients(function, r, n_terms)
        worst = max(left_a.max(initial=0), left_b.max(initial=0))
        if worst <= LEFT_OUT:
            break
    total, power = np.zeros_like(rho), np.ones_like(rho)
    for k in range(n_terms):
        total += a[..., k] * power * b[..., k]
        power *= rho
    return total + a[..., -1] * power * b[..., -1]


@cache
def _hermite(n_terms):
    """Normalised Hermite polynomials at the nodes, times the density and the step."""
    # Times exp(-z²/4), so that no polynomial overflows.
    half = np.exp(-(NODES**2) / 4) / (2 * np.pi) ** 0.5
    rows = [half, NODES * half]
    for k in range(1, n_terms - 1):
        rows.append((NODES * rows[k] - np.sqrt(k) * rows[k - 1]) / np.sqrt(k + 1))
    step = NODES[1] - NODES[0]
    return np.array(rows[:n_terms]).T * (np.exp(-(NODES**2) / 4) * step)[:, None]


def _coefficients(function, q, n_terms):
    """Coefficients of φ(√q z), of shape (*q.shape, n_terms + 1), and the shares left out.

    The last is the root of what the others leave of the mean square.
    """
    flat = np.sqrt(q).ravel()
    table = np.empty((len(flat), n_terms + 1))
    left = np.empty(len(flat))
    density = _hermite(TERMS[0])[:, 0]
    for start in range(0, len(flat), ROWS):
        rows = slice(start, start + ROWS)
        values = function(flat[rows, None] * NODES)
        table[rows, :-1] = values @ _hermite(n_terms)
        whole = values**2 @ density
        rest = np.maximum(whole - (table[rows, :-1] ** 2).sum(axis=1), 0)
        rest[rest <= LEFT_OUT * whole] = 0  # rounding
        table[rows, -1] = np.sqrt(rest)
        left[rows] = np.divide(rest, whole, out=np.zeros_like(rest), where=whole > 0)
    return table.reshape(*q.shape, n_terms + 1), left


def _mean_square(function, q):
    flat = np.sqrt(q).ravel()
    density = _hermite(TERMS[0])[:, 0]
    found = [
        function(flat[start : start + ROWS, None] * NODES) ** 2 @ density
        for start in range(0, len(flat), ROWS)
    ]
    return np.concatenate(found or [np.zeros(0)]).reshape(q.shape)


#: Smooth activations, by series.
SERIES = ("gelu", "logistic", "silu", "sin", "softplus", "tanh")
EXPECTATIONS = {"erf": _erf, "identity": _identity, "relu": _relu}
EXPECTATIONS |= {name: _series(name) for name in SERIES}
