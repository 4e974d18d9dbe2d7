"""Polynomials fitted to neighbourhoods: the manifold near each point as a graph over its tangent.

Near a point the manifold is the graph of a map from its tangent space to its normal space. The
map is fitted by weighted least squares; its second derivatives are the second fundamental form.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import comb
from typing import NamedTuple

import numpy as np

__all__ = ["LocalFit", "coefficient_count", "fit_blocks", "pairs"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: Part of the largest eigenvalue that is added where a fit is all but undetermined.
#: Some thousand times the rounding of a Gram matrix. Halved or doubled, nothing changes.
RIDGE = 1e-12
#: How often the tangent space is taken from the fit instead of from PCA.
#: With one, or four, curvature of a sphere and of a plane is as right.
N_TURNS = 2


class LocalFit(NamedTuple):
    """The results of the fits of n neighbourhoods, in the unit of the cloud.

    Attributes
    ----------
    frames : array of shape (n, n_features, d)
        Orthonormal bases of the tangent spaces.
    second : array of shape (n, d (d + 1) / 2, n_features)
        The second fundamental form, a normal vector for each of `pairs`.
    covariance : array of shape (n, d (d + 1) / 2, d (d + 1) / 2)
        Of the coefficients in `second`, for noise of variance 1 in each direction.
    factor : array of shape (n, k, n_features)
        ``factor.T @ factor`` is the covariance of the noise off the manifold: what the fit leaves.
    """

    frames: np.ndarray
    second: np.ndarray
    covariance: np.ndarray
    factor: np.ndarray


def coefficient_count(d, degree):
    """How many coefficients a polynomial has in d variables."""
    return comb(d + degree, degree)


def pairs(d):
    """The pairs i <= j of coordinates, in the order of the second derivatives."""
    return list(combinations_with_replacement(range(d), 2))


def fit_blocks(X, hoods, d, degree, *, n_neighbors, rows=None):
    """`LocalFit` of all points, or of `rows`, in blocks that stay in the cache.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    hoods : Neighborhoods
        With more than `n_neighbors` neighbours each, unless these are all other points.
    d, degree, n_neighbors : int
    rows : int array, default=None

    Yields
    ------
    rows : int array
    fit : LocalFit
    """
    rows = np.arange(len(X)) if rows is None else rows
    p = coefficient_count(d, degree)
    step = max(400_000 // (n_neighbors * max(p, X.shape[1])), 1)
    last = min(n_neighbors + 1, hoods.indices.shape[1] - 1)
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        indices = hoods.indices[some, : n_neighbors + 1]
        distances = hoods.distances[some, : n_neighbors + 1]
        reach = hoods.distances[some, last] * (1 + 1e-9)
        gaps = (X[indices] - X[some, None]) / reach[:, None, None]
        weights = (1 - (distances / reach[:, None]) ** 3) ** 3
        yield some, _fit(gaps, np.maximum(weights, 1e-12), d, degree, reach)


def _fit(gaps, weights, d, degree, reach):
    monomials = [m for q in range(degree + 1) for m in combinations_with_replacement(range(d), q)]
    root = np.sqrt(weights)[..., None]
    frames = _weighted_directions(gaps, root, d)
    for turn in range(N_TURNS + 1):
        design = _design(gaps @ frames, monomials)
        weighted = design * root
        gram = weighted.swapaxes(1, 2) @ weighted
        gram += RIDGE * np.trace(gram, axis1=1, axis2=2)[:, None, None] * np.eye(len(monomials))
        inverse = np.linalg.inv(gram)
        solve = inverse @ (design * weights[..., None]).swapaxes(1, 2)  # (n, p, k)
        coefficients = solve @ gaps
        # With the tangent space of the fit as domain the first fundamental form is the identity.
        if turn < N_TURNS:
            frames = np.linalg.qr(coefficients[:, 1 : 1 + d].swapaxes(1, 2))[0]
    order = [i for i, m in enumerate(monomials) if len(m) == 2]
    twice = np.array([2.0 if i == j else 1.0 for i, j in pairs(d)])[:, None]
    left = gaps - design @ coefficients
    # The mean residual variance of weighted least squares for noise of variance 1.
    freedom = weights.sum(axis=1) - np.einsum("npk,nkp,nk->n", solve, design, weights)
    factor = left * root / np.sqrt(np.maximum(freedom, 1e-9))[:, None, None]
    second = _off(frames, twice * coefficients[:, order])
    rows = twice * solve[:, order]
    return LocalFit(
        frames,
        second / reach[:, None, None],
        rows @ rows.swapaxes(1, 2) / reach[:, None, None] ** 4,
        factor * reach[:, None, None],
    )


def _weighted_directions(gaps, root, d):
    """Orthonormal bases of about the leading principal directions, to begin with."""
    share = root**2 / (root**2).sum(axis=1, keepdims=True)
    centred = (gaps - (share * gaps).sum(axis=1, keepdims=True)) * root
    k, m = centred.shape[1:]
    if m <= k:
        return np.linalg.eigh(centred.swapaxes(1, 2) @ centred)[1][..., : -d - 1 : -1]
    leading = np.linalg.eigh(centred @ centred.swapaxes(1, 2))[1][..., : -d - 1 : -1]
    return np.linalg.qr(centred.swapaxes(1, 2) @ leading)[0]


def _design(u, monomials):
    """Values of the monomials, each from one of lower degree."""
    place = {m: i for i, m in enumerate(monomials)}
    design = np.ones((*u.shape[:2], len(monomials)))
    for i, m in enumerate(monomials):
        if m:
            design[..., i] = design[..., place[m[:-1]]] * u[..., m[-1]]
    return design


def _off(frames, vectors):
    """Rows less their parts in the tangent spaces."""
    return vectors - vectors @ frames @ frames.swapaxes(1, 2)
