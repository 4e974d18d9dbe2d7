"""Euclidean distances between all points, without the copies that libraries make on the way."""

import numpy as np
from numba import njit

_TILE = 64


@njit(cache=True, nogil=True)
def distance_matrix(X):
    """The symmetric matrix; differences are squared and summed, so no digits are lost."""
    n, d = X.shape
    D = np.empty((n, n))
    # In tiles, so that both places of an entry are at hand when it is written.
    for top in range(0, n, _TILE):
        for left in range(0, top + 1, _TILE):
            for i in range(top, min(top + _TILE, n)):
                for j in range(left, min(left + _TILE, i + 1)):
                    total = 0.0
                    for c in range(d):
                        diff = X[i, c] - X[j, c]
                        total += diff * diff
                    D[i, j] = D[j, i] = np.sqrt(total)
    return D
