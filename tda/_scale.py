"""What distances to neighbours say: the dimension at a scale, and whether points are a lattice.

Below the search of neighbours, which asks for the dimension itself to choose its method. Each
function takes distances to the nearest other points, a row for each point, the nearest first.
"""

from __future__ import annotations

import numpy as np

__all__ = ["dimension_at_scale", "lattice_share"]


def dimension_at_scale(distances, k):
    """Intrinsic dimension between the k-th and the 2k-th neighbour.

    Among Poisson points of density constant over the ball, ``E[log(r_2k / r_k)]`` is
    ``(digamma(2k) - digamma(k)) / d``; solved for d with the sample mean (the moment form of
    Gride; Denti, Doimo, Laio, Mira, Sci Rep 12:20005, 2022).

    Parameters
    ----------
    distances : array of shape (n_points, at least 2k)
        To the nearest other points, the nearest first: `tda._neighbors.neighbor_graph`.
    k : int

    Returns
    -------
    float
        Infinite if all neighbours are equally far.
    """
    from scipy.special import digamma

    near, far = distances[:, k - 1], distances[:, 2 * k - 1]
    keep = near > 0
    mean = np.log(far[keep] / near[keep]).mean() if keep.any() else 0.0
    return float((digamma(2 * k) - digamma(k)) / mean) if mean > 0 else np.inf


def lattice_share(distances):
    """The share of points whose nearest neighbour is at the one most common distance.

    Near 0 for points in general position, near 1 on a lattice or a regular polygon. Two points
    that are nearest to each other are no sign of a lattice, so two do not count.
    """
    nearest = np.sort(distances[:, 0])
    if nearest.size < 3 or nearest[-1] == 0:
        return 0.0
    apart = np.diff(nearest) > 1e-6 * nearest[1:]
    runs = np.diff(np.flatnonzero(np.concatenate([[True], apart, [True]])))
    return float(max(runs.max() - 2, 0) / (nearest.size - 2))
