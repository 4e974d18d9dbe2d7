"""Arithmetic of prime fields, in kernels. A leaf: imports no kernel."""

import numpy as np

from ._compiled import compiled


@compiled
def inverse_mod(a, field):
    """The inverse of a in Z/field, by Fermat's little theorem."""
    result, power, left = np.int64(1), np.int64(a), field - 2
    while left > 0:
        if left & 1:
            result = result * power % field
        power = power * power % field
        left >>= 1
    return result
