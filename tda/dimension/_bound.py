"""The most dimensions that a cloud can show."""

from __future__ import annotations

import numpy as np

__all__ = ["dimension_bound"]


def dimension_bound(X, *, precomputed=False, guess=None):
    """The largest dimension that this number of points and coordinates can show.

    It is at most the number of points minus one, and at most the dimension of the flat space that
    the points span.

    Parameters
    ----------
    X : array of shape (n_points, n_features), of distinct points; or distances
    precomputed : bool, default=False
        Whether these are distances: they bound nothing, the number of points does.
    guess : float, default=None
        If the flat space has this many dimensions or more, it is not asked how many.

    Returns
    -------
    int
    """
    n = X.shape[0]
    if precomputed or n < 2:
        return n - 1
    most = min(n - 1, X.shape[1])
    size = most if guess is None else int(min(most, np.ceil(guess) + 1))
    # A row's length changes no rank; far points would else hide the directions of the others.
    middle = X[np.argmin(np.abs(X - np.median(X, axis=0)).sum(axis=1))]
    rows = X - middle
    lengths = np.linalg.norm(rows, axis=1)
    far = lengths > 0
    size_of = np.abs(X).max(axis=1)[far] + np.abs(middle).max()
    rounding = np.finfo(float).eps * np.linalg.norm(1 + size_of / lengths[far])
    rows = rows[far] / lengths[far, None]
    if size < most:  # by chance directions, whose number it cannot exceed and nearly surely reaches
        directions = np.random.default_rng(0).normal(size=(X.shape[1], size))
        rows = rows @ directions / np.sqrt(size)
    spread = np.linalg.svd(rows, compute_uv=False)
    rank = int((spread > 4 * np.sqrt(X.shape[1]) * rounding).sum())
    return most if rank >= size else max(rank, 1)
