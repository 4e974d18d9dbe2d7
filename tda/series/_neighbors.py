"""The dimension of an embedding: by false nearest neighbours, and by Cao's criterion."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._check import check_count, check_series
from ._takens import takens_embedding

__all__ = ["CaoCurves", "cao_curves", "choose_n_coordinates", "false_neighbors_curve"]

METHODS = ("false_neighbors", "cao")
#: The share of false neighbours below which no more coordinates are needed.
FEW = 0.05
#: The value of Cao's E1 from which it counts as having stopped to change.
SATURATED = 0.9


class CaoCurves(NamedTuple):
    """The two curves of Cao, an entry for each number of coordinates from 1 on.

    Attributes
    ----------
    e1 : ndarray
        Rises to about 1 and stays there, once there are enough coordinates.
    e2 : ndarray
        About 1 everywhere for noise; different from 1 somewhere for what is deterministic.
    """

    e1: np.ndarray
    e2: np.ndarray


def false_neighbors_curve(x, *, delay=1, n_coordinates=8, ratio=15.0, reach=2.0, exclude=0):
    r"""Share of false nearest neighbours for each number of coordinates.

    Two points of an embedding with too few coordinates may be neighbours only because the cloud is
    folded onto itself. One more coordinate then takes them far apart. Where the share of such
    pairs falls to about zero, there are enough coordinates.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    delay : int, default=1
        The delay between coordinates, in steps.
    n_coordinates : int, default=8
        The most coordinates that are tried.
    ratio : float, default=15.0
        A neighbour is false if the new coordinate differs by more than so many distances.
    reach : float, default=2.0
        It is false too if it is then farther than so many standard deviations of the series.
    exclude : int, default=0
        Neighbours so near in time, in steps, do not count (Theiler's window).

    Returns
    -------
    shares : ndarray of shape (n_coordinates,)
        Between 0 and 1, for 1, 2, … coordinates. Of a constant series all are 0.

    Raises
    ------
    ValueError
        If the series has gaps, or is too short for so many coordinates at this delay.

    Notes
    -----
    With :math:`R_d` the distance of a point to its nearest neighbour in d coordinates and
    :math:`\Delta` the difference of the next one, the neighbour is false if
    :math:`\Delta / R_d` is above `ratio` or :math:`\sqrt{R_d^2 + \Delta^2}` above `reach`
    standard deviations [1]_. Differences below 1e-10 standard deviations count as 0. Takes
    O(n log n) time for each number of coordinates.

    References
    ----------
    .. [1] M. B. Kennel, R. Brown, H. D. I. Abarbanel, "Determining embedding dimension for
       phase-space reconstruction using a geometrical construction", Physical Review A 45, 1992.

    Examples
    --------
    A sine lies on a closed curve: two coordinates are enough.

    >>> import numpy as np
    >>> from tda.series import false_neighbors_curve
    >>> x = np.sin(2 * np.pi * 0.0618034 * np.arange(1000))
    >>> false_neighbors_curve(x, delay=4, n_coordinates=3).round(2)
    array([0.98, 0.  , 0.  ])
    """
    x, delay, n_coordinates = _checked(x, delay, n_coordinates)
    spread = x.std()
    if spread == 0:
        return np.zeros(n_coordinates)
    x = x / spread
    shares = np.empty(n_coordinates)
    for d in range(1, n_coordinates + 1):
        points, following = _points_and_next(x, delay, d)
        neighbor, distance = _nearest(points, exclude, 2)
        change = np.abs(following - following[neighbor])
        change[change < 1e-10] = 0.0
        far = change > ratio * np.where(distance < 1e-10, 0.0, distance)
        shares[d - 1] = np.mean(far | (np.hypot(distance, change) > reach))
    return shares


def cao_curves(x, *, delay=1, n_coordinates=8, exclude=0):
    r"""The two curves of Cao, which tell how many coordinates an embedding needs.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    delay : int, default=1
        The delay between coordinates, in steps.
    n_coordinates : int, default=8
        The most coordinates for which there is a value.
    exclude : int, default=0
        Neighbours so near in time, in steps, do not count (Theiler's window).

    Returns
    -------
    CaoCurves
        ``e1``, which reaches 1 where there are enough coordinates, and ``e2``, which is 1
        everywhere for noise. Of a constant series all values are 1.

    Raises
    ------
    ValueError
        If the series has gaps, or is too short for so many coordinates at this delay.

    Notes
    -----
    :math:`E(d)` is the mean, over all points, of the largest difference to the nearest neighbour
    in d + 1 coordinates divided by that in d, and :math:`E_1(d) = E(d+1) / E(d)`. In the same way
    :math:`E_2` compares the mean differences of the next coordinate alone [1]_. Neighbours at
    distance 0 are left out for the next ones. Unlike `false_neighbors_curve` it has no threshold.

    References
    ----------
    .. [1] L. Cao, "Practical method for determining the minimum embedding dimension of a scalar
       time series", Physica D 110, 1997.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.series import cao_curves
    >>> noise = np.random.default_rng(0).normal(size=1000)
    >>> cao_curves(noise, n_coordinates=4).e2.round(1)
    array([1., 1., 1., 1.])
    """
    x, delay, n_coordinates = _checked(x, delay, n_coordinates + 1)
    spread = x.std()
    if spread == 0:
        return CaoCurves(np.ones(n_coordinates - 1), np.ones(n_coordinates - 1))
    x = x / spread
    growth, change = np.empty(n_coordinates), np.empty(n_coordinates)
    for d in range(1, n_coordinates + 1):
        points, following = _points_and_next(x, delay, d)
        neighbor, distance = _nearest(points, exclude, np.inf)
        step = np.abs(following - following[neighbor])
        known = distance > 1e-10
        ratios = np.maximum(distance, step)[known] / distance[known]
        growth[d - 1] = ratios.mean() if known.any() else 1.0
        change[d - 1] = step.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        e1, e2 = growth[1:] / growth[:-1], change[1:] / change[:-1]
    # A series that repeats itself exactly has no differences: 0 / 0 is "no change".
    return CaoCurves(np.nan_to_num(e1, nan=1.0), np.nan_to_num(e2, nan=1.0, posinf=1.0))


def choose_n_coordinates(x, *, delay=1, method="false_neighbors", n_coordinates=8):
    """How many coordinates an embedding of one series needs.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    delay : int, default=1
        The delay between coordinates, in steps.
    method : {"false_neighbors", "cao"}, default="false_neighbors"
        The fewest coordinates with less than 5% of false neighbours, or those from which Cao's
        curve E1 stays above 0.9.
    n_coordinates : int, default=8
        The most coordinates that are tried; the answer if none are enough, as for noise. Fewer
        are tried where the series is short.

    Returns
    -------
    dimension : int
        At least 2.

    Raises
    ------
    ValueError
        If the series has gaps, or is too short.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.series import choose_n_coordinates
    >>> choose_n_coordinates(np.sin(0.13 * np.arange(1000)), delay=12)
    2
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r}; it must be one of {METHODS}")
    x = check_series(x, name="x")
    delay = check_count("delay", delay, 1)
    most = check_count("n_coordinates", n_coordinates, 1)
    # A dozen points at least, to have neighbours.
    most = min(most, (len(x) - 12) // delay - (method == "cao"))
    if most < 1:
        return 2
    if method == "false_neighbors":
        enough = false_neighbors_curve(x, delay=delay, n_coordinates=most) < FEW
    else:
        e1 = cao_curves(x, delay=delay, n_coordinates=most).e1 > SATURATED
        enough = np.logical_and.accumulate(e1[::-1])[::-1]
    return max(2, 1 + int(np.argmax(enough)) if enough.any() else most)


def _points_and_next(x, delay, d):
    longer = takens_embedding(x, delay=delay, dimension=d + 1)
    return longer[:, :-1], longer[:, -1]


def _nearest(points, exclude, norm):
    """The nearest other point of each, not too near in time, and its distance."""
    from scipy.spatial import cKDTree

    n, own = len(points), np.arange(len(points))
    exclude = min(check_count("exclude", exclude, 0), (n - 2) // 2)
    # Equal points may hide the point itself: where it is not found, the first is as near as it.
    distances, found = cKDTree(points).query(points, min(2 * exclude + 2, n), p=norm)
    allowed = np.abs(found - own[:, None]) > exclude
    first = np.argmax(allowed, axis=1)
    return found[own, first], distances[own, first]


def _checked(x, delay, n_coordinates):
    x = check_series(x, name="x")
    delay = check_count("delay", delay, 1)
    n_coordinates = check_count("n_coordinates", n_coordinates, 1)
    if len(x) < n_coordinates * delay + 2:
        raise ValueError(
            f"x has {len(x)} values, but {n_coordinates} coordinates at delay {delay} and the next "
            f"one need {n_coordinates * delay + 2}: try fewer, or a smaller delay."
        )
    return x, delay, n_coordinates
