"""Small random inputs that break careless code: ties, twins, flats, infinite and single values."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.spatial.distance import pdist, squareform

#: Primes of coefficients. gudhi takes seconds to prepare for the largest that it takes.
FIELDS, LARGEST = (2, 2, 3, 5, 7, 127), 46_327


def number(rng, most):
    """How many points: a few in a quarter of the cases."""
    return int(rng.integers(1, 6 if rng.random() < 0.25 else most + 1))


def field(rng, most=LARGEST):
    return LARGEST if most == LARGEST and rng.random() < 0.002 else int(rng.choice(FIELDS))


def cloud(rng, n, d):
    """`n` points or less of one of many kinds, some of them scaled."""
    X = np.ascontiguousarray(_CLOUDS[rng.integers(len(_CLOUDS))](rng, n, d), dtype=float)
    return np.ldexp(X, int(rng.choice([0, 0, 0, 20, -20])))


def _lattice(rng, n, d):
    """All of a lattice, or most of it."""
    side = max(int(n ** (1 / d)), 2)
    X = np.array(list(product(range(side), repeat=d)), dtype=float)
    return X[rng.permutation(len(X))[: max(min(n, len(X)), 1)]]


def _opposite(rng, n, d):
    """A cross-polytope or a hypercube, turned or not; all points are on one sphere."""
    X = np.vstack([np.eye(d), -np.eye(d)])
    if 2**d <= n and rng.random() < 0.5:
        X = np.array(list(product([-1.0, 1.0], repeat=d)))
    if rng.random() < 0.3:
        X = X @ np.linalg.qr(rng.normal(size=(d, d)))[0]
    return X[rng.permutation(len(X))[:n]]


def _sphere(rng, n, d):
    X = rng.normal(size=(n, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def _flat(rng, n, d):
    """Points of a lower dimension, on the lattice or off it."""
    rank = int(rng.integers(1, d + 1))
    X = rng.integers(-2, 3, (n, rank)) if rng.random() < 0.5 else rng.normal(size=(n, rank))
    return X @ rng.integers(-1, 2, (rank, d))


def _twins(rng, n, d):
    return rng.normal(size=(max(n // 2, 1), d))[rng.integers(0, max(n // 2, 1), n)]


def _cyclic(rng, n, d):
    """A few numbers in turn."""
    return np.resize(rng.normal(size=int(rng.integers(2, 5))), n * d).reshape(n, d)


def _two_scales(rng, n, d):
    return rng.integers(0, 3, (n, d)) + 2.0 ** -int(rng.integers(5, 30)) * rng.normal(size=(n, d))


def _moments(rng, n, d):
    """On the moment curve, where cells are as many as can be."""
    return (np.arange(n) / n)[:, None] ** np.arange(1, d + 1)


_CLOUDS = (
    lambda rng, n, d: rng.random((n, d)),
    lambda rng, n, d: rng.random((n, d)) + 2.0**20,
    lambda rng, n, d: rng.integers(0, 4, (n, d)),
    lambda rng, n, d: rng.integers(-50, 50, (n, d)),
    lambda rng, n, d: np.round(rng.normal(size=(n, d)), 1),
    lambda rng, n, d: rng.standard_cauchy((n, d)),
    lambda rng, n, d: np.ones((n, d)) * rng.normal(),
    _lattice,
    _opposite,
    _sphere,
    _flat,
    _twins,
    _cyclic,
    _two_scales,
    _moments,
)


def matrix(rng, n):
    """Distances of points, with many ties, or of no metric; some infinite."""
    if rng.random() < 0.5:
        X = cloud(rng, n, int(rng.integers(1, 6)))
        D = squareform(pdist(X)) if len(X) > 1 else np.zeros((1, 1))
    else:
        levels = int(rng.integers(2, 9))
        D = rng.integers(0, levels, (n, n)) if rng.random() < 0.6 else rng.random((n, n))
        D = np.triu(D * 1.0, k=1)
        D = D + D.T
    if rng.random() < 0.25:
        cut = np.triu(rng.random(D.shape) < rng.random() / 2, k=1)
        D[cut | cut.T] = np.inf
    return D


def limit(rng, D):
    """The longest edge: mostly infinite, or one of the distances, or between two of them."""
    lengths = D[np.isfinite(D)]
    return float(rng.choice([np.inf, np.inf, rng.choice(lengths), np.quantile(lengths, 0.4)]))


def limit_between(rng, D):
    """The same of points, whose equal distances differ in the last digits: near no distance."""
    lengths = np.unique(D)
    gaps = np.flatnonzero(np.diff(lengths) > 1e-9 * lengths[-1])
    if rng.random() < 0.5 or not len(gaps):
        return np.inf
    at = rng.choice(gaps)
    return float(lengths[at] + lengths[at + 1]) / 2


def image(rng, shape):
    """Few levels or many, plateaus, infinite values of both signs, zeros of both signs."""
    kind = rng.integers(5)
    if kind == 0:
        X = rng.normal(size=shape)
    elif kind == 1:
        X = rng.integers(0, int(rng.integers(1, 9)), shape) * 1.0
    elif kind == 2:
        X = np.where(rng.random(shape) < 0.5, -0.0, 0.0) + (rng.random(shape) < 0.2)
    else:
        X = rng.integers(-2, 3, shape) * 1.0
        X[rng.random(shape) < 0.25] = np.inf
        X[rng.random(shape) < 0.15] = -np.inf
    return X * (1e-200 if kind == 4 else 1.0)


def shape(rng, n_axes, most):
    """The axes of an image, of length one too."""
    return tuple(int(x) for x in rng.integers(1, most + 1, n_axes))


def graph(rng, most):
    """Vertices and edges, of any density; edges are sorted pairs, each once."""
    n = number(rng, most)
    i, j = np.triu_indices(n, k=1)
    keep = rng.random(i.size) < rng.random()
    return n, np.column_stack([i[keep], j[keep]])


def values(rng, n):
    """Of vertices or edges: many ties, few, or none; of both signs."""
    X = rng.normal(size=n) * 3
    return X if rng.random() < 0.3 else np.round(X, int(rng.integers(0, 2)))
