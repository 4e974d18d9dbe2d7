"""Unit vectors to look along: regular in the plane, a spiral on the sphere, random above."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from .._kinds import as_float

__all__ = ["check_directions", "sphere_directions"]


def sphere_directions(n_directions, dimension, *, random_state=None):
    """Unit vectors that are spread over the sphere.

    Parameters
    ----------
    n_directions : int
    dimension : int
        Of the space: 2 for angles around the origin.
    random_state : int, RandomState instance or None, default=None
        For four and more dimensions, where directions are drawn.

    Returns
    -------
    directions : ndarray of shape (n_directions, dimension)
        On a line 1 and −1 in turn; in the plane at equal angles, from (1, 0) on; in space along
        a spiral with the golden angle [1]_; above, independent and uniform.

    Raises
    ------
    ValueError
        If a number is not a positive integer.

    References
    ----------
    .. [1] Á. González, "Measurement of areas on a sphere using Fibonacci and latitude–longitude
       lattices", Mathematical Geosciences 42 (2010).

    Examples
    --------
    >>> from tda.euler import sphere_directions
    >>> sphere_directions(4, 2).round(3) + 0.0
    array([[ 1.,  0.],
           [ 0.,  1.],
           [-1.,  0.],
           [ 0., -1.]])
    """
    for name, value in (("n_directions", n_directions), ("dimension", dimension)):
        if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name}={value!r}; it must be an integer from 1 on.")
    steps = np.arange(n_directions)
    if dimension == 1:
        return np.where(steps % 2, -1.0, 1.0)[:, None]
    if dimension == 2:
        angles = 2 * np.pi * steps / n_directions
        return np.column_stack([np.cos(angles), np.sin(angles)])
    if dimension == 3:
        heights = 1 - (2 * steps + 1) / n_directions
        angles = np.pi * (3 - 5**0.5) * steps
        across = np.sqrt(1 - heights**2)
        return np.column_stack([across * np.cos(angles), across * np.sin(angles), heights])
    drawn = check_random_state(random_state).normal(size=(n_directions, dimension))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def check_directions(directions, dimension, *, random_state=None):
    """Unit vectors of a given width: those of the user, or a number of them."""
    if isinstance(directions, Integral):
        return sphere_directions(directions, dimension, random_state=random_state)
    vectors = as_float(directions, "directions")
    if vectors.ndim != 2 or vectors.shape[1] != dimension or not len(vectors):
        raise ValueError(
            f"directions has shape {vectors.shape}, but the shapes have {dimension} coordinates: "
            f"pass a number of directions, or vectors of shape (n_directions, {dimension})."
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise ValueError("directions holds a vector of length 0, or one that is not finite.")
    return vectors / lengths
