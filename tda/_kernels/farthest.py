"""Farthest-point sampling."""

import numpy as np

from ._compiled import compiled, watch


@compiled
def farthest_points(X, n_landmarks, start):
    """Indices of landmarks, each the point farthest from those before, and their reach.

    ``reach[k]`` is the distance from the farthest point to the first ``k + 1`` landmarks. So the
    last entry is the covering radius of all landmarks. O(n_points * n_landmarks).
    """
    n, d = X.shape
    chosen = np.empty(n_landmarks, np.int64)
    reach = np.empty(n_landmarks)
    nearest = np.full(n, np.inf)
    here, second = start, 0
    for k in range(n_landmarks):
        second = watch(second)
        if second < 0:
            break
        chosen[k] = here
        far, far_at = -1.0, 0
        for i in range(n):
            total = 0.0
            for c in range(d):
                diff = X[i, c] - X[here, c]
                total += diff * diff
            if total < nearest[i]:
                nearest[i] = total
            if nearest[i] > far:
                far, far_at = nearest[i], i
        reach[k] = np.sqrt(far)
        here = far_at
    return chosen, reach


@compiled
def farthest_points_matrix(D, n_landmarks, start):
    """The same from a distance matrix."""
    # The loop stands twice: with one for both the landmarks of points take a tenth longer.
    n = D.shape[0]
    chosen = np.empty(n_landmarks, np.int64)
    reach = np.empty(n_landmarks)
    nearest = np.full(n, np.inf)
    here, second = start, 0
    for k in range(n_landmarks):
        second = watch(second)
        if second < 0:
            break
        chosen[k] = here
        far, far_at = -1.0, 0
        for i in range(n):
            if D[here, i] < nearest[i]:
                nearest[i] = D[here, i]
            if nearest[i] > far:
                far, far_at = nearest[i], i
        reach[k] = far
        here = far_at
    return chosen, reach
