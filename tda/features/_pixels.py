"""Pixels of an even grid and the masses that they take of a Gaussian, tabulated.

A leaf of this room: what `_kernels/persistence_image.py` needs of one axis.
"""

from __future__ import annotations

from math import ceil, factorial
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

#: Beyond this many standard deviations a Gaussian has less than 1e-16 of its mass.
REACH = 8.25
#: Nodes to a standard deviation, and the degree of the Taylor polynomial about each: the first
#: term left out is at most (1/128)^6 / 6! times a derivative below 3, which is 1e-15.
DENSITY = 64
DEGREE = 5
#: With pixels this much wider or narrower than a standard deviation the table would be large.
MOST = 500.0


class Axis(NamedTuple):
    """`n_pixels` pixels of one length, ``1 / per_pixel``, upward from `origin`.

    A Gaussian whose centre lies a fraction f of a pixel above the lower border of its own pixel
    gives the pixel j places further ``sum(taylor[m, :, j + reach] * t**n)``, where the node m is
    the nearest to f of those that divide a pixel evenly, and t is what is left.
    """

    origin: float
    per_pixel: float
    n_pixels: int
    reach: int
    taylor: np.ndarray  # (n_nodes + 1, DEGREE + 1, 2 * reach + 1)


def pixel_axis(edges, bandwidth):
    """Tabulate an axis with evenly spaced edges; None if Gaussians are far from a pixel's width.

    The one pixel ``[-inf, inf]`` takes the whole mass of every Gaussian.
    """
    if np.isinf(edges).any():
        whole = np.zeros((2, DEGREE + 1, 1))
        whole[:, 0] = 1.0
        return Axis(0.0, 0.0, 1, 0, whole)
    n_pixels = edges.size - 1
    length = (edges[-1] - edges[0]) / n_pixels
    ratio = length / bandwidth
    if not 1.0 / MOST <= ratio <= MOST:
        return None
    reach = ceil(REACH / ratio)
    n_nodes = ceil(DENSITY * ratio)
    nodes = np.arange(n_nodes + 1) / n_nodes
    borders = ratio * (np.arange(-reach, reach + 2) - nodes[:, None])
    taylor = np.diff(_normal_taylor(borders, -ratio), axis=2)
    return Axis(float(edges[0]), float(1.0 / length), n_pixels, reach, taylor)


def _normal_taylor(x, slope):
    """Taylor coefficients in t of the normal distribution function at ``x + slope * t``.

    Its n-th derivative is (-1)^(n-1) He_(n-1) times the density.
    """
    terms = [ndtr(x)]
    term, before = np.exp(-0.5 * x**2) / np.sqrt(2.0 * np.pi), np.zeros_like(x)
    for n in range(1, DEGREE + 1):
        terms.append(term * (slope**n / factorial(n)))
        # He_n = x He_(n-1) - (n - 1) He_(n-2), with the signs of the derivatives.
        term, before = -(x * term + (n - 1) * before), term
    return np.stack(terms, axis=1)
