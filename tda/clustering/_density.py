"""The logarithm of density at points: from distances to neighbours, or from kernels."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, logsumexp

__all__ = ["kernel_log_density", "neighbor_log_density", "scott_bandwidth"]


def neighbor_log_density(distances, dimension, *, n_points=None):
    """Log density from the distance to a measure, the root mean square of neighbour distances.

    With k neighbours at distances r, the density is ``c (mean r^2)^(-d / 2) / (n V)``: V is the
    volume of the unit ball in d dimensions, and c makes the mean right where density is even.
    Every neighbour counts, so that the estimate is smoother than that of the last neighbour.

    Parameters
    ----------
    distances : array of shape (n_queries, k)
        To the nearest other points.
    dimension : float
        The dimension d of the data.
    n_points : int, default=None
        The number of points n of the cloud, by default the number of rows.

    Returns
    -------
    array of shape (n_queries,)
        In log of points per volume of d dimensions, of a whole of 1.

    References
    ----------
    .. [1] G. Biau, F. Chazal, D. Cohen-Steiner, L. Devroye, C. Rodriguez, "A weighted k-nearest
       neighbor density estimate for geometric inference", Electron. J. Stat. 5, 2011.
    """
    k = distances.shape[1]
    n = len(distances) if n_points is None else n_points
    half = dimension / 2
    squares = np.einsum("ij,ij->i", distances, distances) / k
    j = np.arange(1, k + 1)
    # E r_j^2 = Gamma(j + 2/d) / Gamma(j) / (n f V)^(2/d), for points of even density f.
    expected = logsumexp(gammaln(j + 1 / half) - gammaln(j)) - np.log(k)
    ball = half * np.log(np.pi) - gammaln(half + 1)
    return half * (expected - np.log(squares)) - np.log(n) - ball


def scott_bandwidth(X):
    """Scott's rule: ``n^(-1 / (d + 4))`` times the mean standard deviation of the columns."""
    n, d = X.shape
    return float(n ** (-1 / (d + 4)) * X.std(axis=0).mean())


def kernel_log_density(X, bandwidth):
    """Log of the Gaussian kernel density of a cloud at its own points, O(n^2).

    The point itself counts too, as everywhere in kernel density estimation.
    """
    from .._metrics import distances

    n, d = X.shape
    found = np.empty(n)
    step = max(2_000_000 // n, 1)
    for i in range(0, n, step):
        D = distances(X[i : i + step], X) / bandwidth
        found[i : i + step] = logsumexp(-0.5 * D * D, axis=1)
    return found - np.log(n) - d * np.log(bandwidth) - d / 2 * np.log(2 * np.pi)
