"""Sums of Gaussians: inner products and distances, in closed form or on a lattice.

A diagram becomes weighted bumps ``exp(-r² / (2 s²))`` in the plane. Two bumps at distance d have
the inner product ``π s² exp(-d² / (4 s²))``. Here everything is divided by ``π s²``, so that a
kernel is the plain sum of ``exp(-d² / (4 s²))``. This file imports no other file of the room.

On a lattice of spacing h the sum over the nodes approximates the integral, with an error of ``2
exp(-π² s² / h²)`` of the sum of the absolute terms: 4e-7 with h = 0.8 s (Trefethen, Weideman,
"The exponentially convergent trapezoidal rule", SIAM Review 56, 2014). Bumps are cut off at 5.6 s,
which adds an error below 1e-6.
"""

from __future__ import annotations

import numpy as np

from ._common import in_order
from ._matrix import pair_matrix, vector_matrix

#: Spacing of the lattice in standard deviations, and where bumps are cut off, in nodes.
SPACING, REACH = 0.8, 7
#: Most numbers that the lattices of all diagrams may hold: 4 GB.
MOST_NUMBERS = 500_000_000


def auto_bandwidth(samples, share=0.1):
    """A share of the longest bar; 1 without any bar."""
    longest = max((np.ptp(bars, axis=1).max(initial=0.0) for bars in samples), default=0.0)
    return share * float(longest) or 1.0


def gaussian_matrix(A, B, deviation, *, distance, method, n_jobs=None, label=None, odd=False):
    """Kernel or distance matrix of two lists of bumps, or among `A` where `B` is None.

    Parameters
    ----------
    A, B : lists of (points (n, 2), weights (n,))
    deviation : float
        The standard deviation s of a bump.
    distance : bool
        Whether to return ``|a - b|`` in the space of the kernel instead of the kernel.
    method : {"exact", "grid"}
    odd : bool
        Whether each bump has a negative one as its mirror image below the second axis, and the
        inner product is over the upper half plane alone.
    """
    mirrored = [[_with_mirror(*bumps) if odd else bumps for bumps in X] for X in (A, B or [])]
    if method == "exact":
        return _exact(A, B, mirrored, deviation, distance, n_jobs, label)
    from .._kernels.pairwise import PRODUCT, SQUARE

    fields = _fields(*mirrored, deviation, odd)
    kind = SQUARE if distance else PRODUCT
    sums = vector_matrix(
        kind, fields[0], None if B is None else fields[1], n_jobs=n_jobs, label=label
    )
    return np.sqrt(sums) if distance else sums


def _with_mirror(points, weights):
    return (
        np.concatenate([points, points * [1.0, -1.0]]),
        np.concatenate([weights, -weights]),
    )


def _exact(A, B, mirrored, deviation, distance, n_jobs, label):
    from .._kernels.gaussians import gaussian_sum

    scale = -0.25 / deviation**2

    def product(a, b):
        if not in_order(a[0][0], b[0][0]):
            a, b = b, a
        return gaussian_sum(*a[0], *b[1], scale)

    sides = [list(zip(X, M, strict=True)) for X, M in zip((A, B or []), mirrored, strict=True)]
    own = [[product(a, a) for a in side] if distance else [0.0] * len(side) for side in sides]
    sides = [
        [(*bumps, norm) for bumps, norm in zip(side, norms, strict=True)]
        for side, norms in zip(sides, own, strict=True)
    ]

    def between(a, b):
        return np.sqrt(max(a[2] + b[2] - 2 * product(a, b), 0.0)) if distance else product(a, b)

    other = None if B is None else sides[1]
    return pair_matrix(between, sides[0], other, symmetric=distance, n_jobs=n_jobs, label=label)


def _fields(A, B, deviation, odd):
    """The bumps on a lattice that holds all of them: two arrays (n, n_nodes).

    Nodes lie at multiples of the spacing, so that they do not depend on the batch. Far from its own
    bumps a field is exactly zero, and zeros do not change a sum.
    """
    from .._kernels.gaussians import gaussian_field

    spacing = SPACING * deviation
    points = np.concatenate([np.zeros((0, 2)), *(points for X in (A, B) for points, _ in X)])
    low, high = np.zeros(2, np.int64), np.zeros(2, np.int64)
    if len(points):
        with np.errstate(over="ignore", invalid="ignore"):
            extent = np.array([points.min(axis=0), points.max(axis=0)]) / spacing
            n_nodes = np.prod(np.ptp(extent, axis=0) + 2.0 * REACH)
        if np.abs(extent).max() > 2.0**50:
            raise ValueError(
                f"the bars lie up to {np.abs(points).max():.3g} from zero, too far for "
                'method="grid" with this bandwidth: take method="exact", or shift the diagrams '
                "towards zero or scale them first."
            )
        if n_nodes * (len(A) + len(B)) > MOST_NUMBERS:
            raise ValueError(
                f'method="grid" would take {n_nodes:.2g} nodes a '
                f"diagram, since the bars span {np.ptp(points, axis=0).max():.3g} and the "
                f'bandwidth is small: take method="exact" or a larger bandwidth.'
            )
        low = np.ceil(extent[0] - REACH).astype(np.int64)
        high = np.floor(extent[1] + REACH).astype(np.int64)
    if odd:
        low[1] = 1  # the fields are zero on the axis
    shape = np.maximum(high - low + 1, 1)
    # The area of a node over that of a product of bumps.
    unit = spacing / (np.sqrt(np.pi) * deviation)
    sides = []
    for X in (A, B):
        fields = np.zeros((len(X), *shape))
        for field, (places, weights) in zip(fields, X, strict=True):
            gaussian_field(places, unit * weights, spacing, deviation, REACH, low, field)
        sides.append(fields.reshape(len(X), shape.prod()))
    return sides
