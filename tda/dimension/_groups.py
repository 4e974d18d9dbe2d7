"""Whether the dimensions at points fall into two groups, as for a line next to a plane."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._base import neighborhood_means

__all__ = ["Group", "find_groups"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: A group has at least this share of the points.
#: Doubled, groups of 60 of 360 points are not found; halved, nothing changes.
LEAST_SHARE = 0.1
#: The middles of the groups lie at least so many standard deviations of a group apart. Cut in two,
#: a uniform law gives 3.5, a normal one 2.6.
#: Halved or doubled, no answer of 66 changes.
APART = 4.0
#: Dimensions of the groups differ by this factor.
#: Squared, groups of 3 and 6 dimensions are not separated; its root changes nothing.
FACTOR = 1.5
#: Between the peaks are fewer points than this share of the lower one.
#: Halved or doubled, no answer of 66 changes.
VALLEY = 0.3
#: Fewer points are not parted.
#: Parts of 15 points, by LEAST_SHARE: three bins of about 5 points make a peak. Halved or doubled,
#: no answer of 66 changes.
LEAST_POINTS = 150


class Group(NamedTuple):
    """Points of like dimension.

    Attributes
    ----------
    dimension : float
    share : float
        Of all points.
    """

    dimension: float
    share: float


def find_groups(distances, indices, local):
    """Part points by the dimension at each, if two peaks are plain.

    Parameters
    ----------
    distances : array of shape (n_points, k)
        To the nearest other points, the nearest first.
    indices : int array of shape (n_points, m)
        Neighbours of every point, over which the dimension is averaged.
    local : array of shape (n_points,)
        The dimension at every point; those of the groups are medians of these.

    Returns
    -------
    tuple of Group
        Two, the smaller dimension first; none if there are no two.

    Notes
    -----
    Over 480 balls, spheres, cubes and Gaussians of 1 to 10 dimensions and 100 to 1,000 points one
    had parts whose dimensions differ by 1.5, and they round to the same number, which is no group
    either. Rates for parts that touch, and for bent and uneven clouds of one dimension, are in
    ``benchmarks/dimension_groups.py``. The distance of the peaks is that of Ashman, Bird, Zepf
    [1]_.

    References
    ----------
    .. [1] K. M. Ashman, C. M. Bird, S. E. Zepf, "Detecting bimodality in astronomical datasets",
       Astron. J. 108:2348, 1994.
    """
    n = len(distances)
    if n < LEAST_POINTS:
        return ()
    inverse = neighborhood_means(
        np.log(distances[:, -1:] / distances[:, :-1]).mean(axis=1), indices
    )
    if not (inverse > 0).all() or not (np.isfinite(local) & (local > 0)).all():
        return ()
    order = np.argsort(-inverse, kind="stable")
    x = -np.log(inverse[order])
    # The cut with the least spread within, by sums of the lower i points for every i.
    i = np.arange(1, n)
    sums = np.cumsum(x)[:-1]
    low, high = sums / i, (x.sum() - sums) / (n - i)
    within = np.maximum(x @ x - i * low**2 - (n - i) * high**2, 0.0)
    cut = int(np.argmin(within))
    middles, spread = np.array([low[cut], high[cut]]), np.sqrt(within[cut] / n)
    gap = middles[1] - middles[0]
    share = i[cut] / n
    if not LEAST_SHARE <= share <= 1 - LEAST_SHARE or gap < max(np.log(FACTOR), APART * spread):
        return ()
    if not _has_valley(x, middles):
        return ()
    parts = local[order[: i[cut]]], local[order[i[cut] :]]
    dimensions = [float(np.median(part)) for part in parts]  # points near the other part differ
    if round(dimensions[0]) >= round(dimensions[1]):
        return ()
    return Group(dimensions[0], float(share)), Group(dimensions[1], float(1 - share))


def _has_valley(x, middles):
    """Whether points are sparse between two peaks, in nine bins about them."""
    half = (middles[1] - middles[0]) / 2
    counts = np.histogram(x, np.linspace(middles[0] - half, middles[1] + half, 10))[0]
    left, between, right = counts.reshape(3, 3)
    return between.min() < VALLEY * min(left.max(), right.max())
