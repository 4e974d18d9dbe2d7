"""Euclidean distances between all points, without temporary copies."""

import numpy as np

from ._compiled import compiled, watch

_TILE = 64


@compiled
def distance_matrix(X):
    """The symmetric matrix; differences are squared and summed, so no digits are lost."""
    n, d = X.shape
    D = np.empty((n, n))
    block, totals = np.zeros((d, _TILE)), np.empty(_TILE)
    second = 0
    # In tiles, so that both places of an entry are at hand when it is written; coordinate by
    # coordinate, so that several entries are added up at once.
    for left in range(0, n, _TILE):
        second = watch(second)
        if second < 0:
            break
        stop = min(left + _TILE, n)
        for j in range(left, stop):
            for c in range(d):
                block[c, j - left] = X[j, c]
        for i in range(left, n):
            width = min(stop, i + 1) - left
            for j in range(_TILE):
                totals[j] = 0.0
            for c in range(d):
                x = X[i, c]
                for j in range(_TILE):
                    diff = x - block[c, j]
                    totals[j] += diff * diff
            for j in range(_TILE):
                totals[j] = np.sqrt(totals[j])
            for j in range(width):
                D[i, left + j] = D[left + j, i] = totals[j]
    return D
