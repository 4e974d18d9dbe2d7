"""Hera's auction: Wasserstein distances of large diagrams without the matrix of all costs.

An auction raises prices step by step. If a step is smaller than the rounding of a price, it never
ends. So it is used only where its last step is known to be larger.
"""

from __future__ import annotations

import numpy as np

from ._common import in_order
from ._ground import diagonal_ways, norm

#: Ground norms of more than this lose ways in Hera's powers, except for the largest of them.
MOST_INTERNAL_P = 20
#: The last step of an auction, at least, where the longest way is about 1.
LEAST_STEP = 1e-13


def auction(A, B, order, internal_p, delta):
    """At most ``1 + delta`` times the distance, or None where the auction may not end.

    It takes finite bars that run upward, at least one on each side.
    """
    from gudhi.hera import wasserstein_distance as hera

    A, B = (A, B) if in_order(A, B) else (B, A)
    low = min(A.min(), B.min())
    # In a unit that no distance exceeds by much, so that no price does.
    top = max(A.max() - low, B.max() - low)
    A, B = (A - low) / top, (B - low) / top
    if internal_p != np.inf and internal_p > MOST_INTERNAL_P:
        return None
    # Rounded to no length a bar costs nothing, and with only such bars on a side Hera never ends.
    A, B = (side[side[:, 1] > side[:, 0]] for side in (A, B))
    if len(A) == 0 or len(B) == 0:
        return top * norm(diagonal_ways(A if len(A) else B, internal_p), order)
    least = _least_cost(A, B, order)
    if min(delta, 1.0) * least / (len(A) + len(B)) < LEAST_STEP:
        return None
    return top * hera(A, B, order=order, internal_p=internal_p, delta=delta)


def _least_cost(A, B, order):
    """A lower bound of the order-th power of the distance: every bar goes to its nearest goal."""
    from scipy.spatial import cKDTree

    costs = []
    for here, there in ((A, B), (B, A)):
        nearest = cKDTree(there).query(here, p=np.inf)[0]
        costs.append((np.minimum(nearest, np.ptp(here, axis=1) / 2) ** order).sum())
    return max(costs)
