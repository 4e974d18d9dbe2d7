"""Polynomials from their roots."""

import numpy as np

from ._compiled import compiled


@compiled
def leading_coefficients(roots, offsets, n_coefficients):
    """Coefficients of each product of ``t - root`` after the leading 1, one product per row.

    Polynomial i has the roots ``offsets[i]:offsets[i + 1]``. If it has fewer coefficients, zeros
    follow. O(n_roots * n_coefficients).
    """
    coefficients = np.zeros((offsets.size - 1, n_coefficients + 1), np.complex128)
    for i in range(offsets.size - 1):
        c = coefficients[i]
        c[0] = 1.0
        for r in range(offsets[i], offsets[i + 1]):
            for j in range(min(r - offsets[i] + 1, n_coefficients), 0, -1):
                c[j] -= roots[r] * c[j - 1]
    return coefficients[:, 1:]
