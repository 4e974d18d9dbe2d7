"""Distances that tie, as those between integers, and the scales beyond which they do not matter.

On a grid many neighbours of a point are equally far. Their order means nothing, and the finest
scales hold no information. But farther out shells of equal distance are thin: the number of points
within the radius of a shell, with half of the shell counted, grows like a volume.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["TieCounts", "count_ties", "tied_dimension", "tied_share"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: Data is taken for tied where more of its points have their first two neighbours equally far.
#: Of points in general position none tie, on a grid nearly all. Halved or doubled, no answer of 66
#: changes.
TIED_SHARE = 0.03
#: Distances tie if they differ by less of themselves: enough for the steps of numbers in single
#: precision, and so little that of points at random in d dimensions only d in 10⁵ do.
ROUNDING = 1e-5
#: A scale is beyond the ties where the shells of its neighbours hold no more than this share of the
#: points within them, and where at most this share of points have both neighbours in one shell.
#: Halved, a lattice and coarse whole numbers have too few scales left for a plateau; doubled,
#: nothing changes.
WIDEST_SHELL = 0.4
SAME_SHELL = 0.1
#: The error of the logarithm of a dimension by shells, over their share of the volume: where in a
#: shell a volume ends is not known, which is 1 / sqrt(12) of it; of two volumes, over log 2.
SHELL_ERROR = 0.6


class TieCounts(NamedTuple):
    """Some neighbours of some points, and how many others are as far.

    Attributes
    ----------
    distances : array of shape (n_queries, n_orders)
        Of the neighbour of each order.
    nearer, within : int arrays of the same shape
        Others that are nearer than it, and those no farther, itself included.
    around : int array of the same shape
        Others within one radius, the same for all queries.
    """

    distances: np.ndarray
    nearer: np.ndarray
    within: np.ndarray
    around: np.ndarray

    @property
    def volumes(self):
        """Points within, half of the shell counted, the point itself too: k + 1/2 without ties."""
        return (self.nearer + self.within) / 2 + 1

    @property
    def shells(self):
        """The share of the points within that are as far, beyond the one that is always there."""
        return ((self.within - self.nearer - 1) / self.volumes).mean(axis=0)

    @property
    def randomness(self):
        """The variance of the number of points around over its mean: 1 at random, 0 on a grid."""
        return np.minimum(self.around.var(axis=0) / self.around.mean(axis=0), 1.0)

    def of(self, i):
        """The same of the i-th order alone."""
        return TieCounts(*(part[:, i] for part in self))


def tied_share(near):
    """The share of points whose first two neighbours are equally far."""
    return float((near[:, 1] <= near[:, 0] * (1 + ROUNDING)).mean())


def count_ties(blocks, orders):
    """Neighbours of certain orders, and how many others are as far.

    Parameters
    ----------
    blocks : iterable of arrays of shape (n_queries, n_points)
        Distances to all points, infinite to the own one.
    orders : list of int
        From 1, rising.

    Returns
    -------
    TieCounts
    """
    found, radii = [], None
    for D in blocks:
        D = np.sort(D, axis=1)
        at = D[:, np.array(orders) - 1]
        radii = np.median(at, axis=0) if radii is None else radii
        low, high, around = at * (1 - ROUNDING), at * (1 + ROUNDING), radii * (1 + ROUNDING)
        counts = np.empty((3, *at.shape), dtype=int)
        for i, row in enumerate(D):
            counts[0, i] = np.searchsorted(row, low[i], side="left")
            counts[1, i] = np.searchsorted(row, high[i], side="right")
            counts[2, i] = np.searchsorted(row, around, side="right")
        found.append((at, *counts))
    return TieCounts(*(np.concatenate(part) for part in zip(*found, strict=True)))


def tied_dimension(near, far, n1, poisson):
    """The raw dimension at one scale from counts, its error, and whether it is beyond the ties.

    The logarithm of the ratio of two volumes is the dimension times that of the ratio of the two
    distances. The volume is estimated by the number of points in it. If the points are random, the
    ratio of the distances of two neighbours is larger, on average, by a known term. If every place
    of a grid is taken, nothing is random and there is no such term. But then shells are alike
    around all points, so an error in one is the same in all.

    Parameters
    ----------
    near, far : TieCounts
        Of one order each: the `n1`-th neighbour and the one twice as far.
    n1 : int
    poisson : float
        The mean of the logarithm of the ratio of volumes among points at random.

    Returns
    -------
    dimension : float
    error : float
        Of its logarithm, by the width of shells.
    beyond : bool
    """
    random = float(near.randomness)
    excess = poisson - np.log((2 * n1 + 0.5) / (n1 + 0.5))
    volumes = np.log(far.volumes / near.volumes).mean() + random * excess
    radii = np.log(far.distances / near.distances).mean()
    shell = float(max(near.shells, far.shells))
    same = (far.nearer < near.within).mean()
    beyond = shell <= WIDEST_SHELL and same <= SAME_SHELL and radii > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(volumes / radii), SHELL_ERROR * (1 - random) * shell, bool(beyond)
