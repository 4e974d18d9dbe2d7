"""Euclidean distances between all points, without the copies that libraries make on the way."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def distance_matrix(X):
    """The symmetric matrix; differences are squared and summed, so no digits are lost."""
    n, d = X.shape
    D = np.empty((n, n))
    for i in range(n):
        # Every entry twice, for rows are quick to write and columns are not.
        for j in range(n):
            total = 0.0
            for c in range(d):
                diff = X[i, c] - X[j, c]
                total += diff * diff
            D[i, j] = np.sqrt(total)
    return D
