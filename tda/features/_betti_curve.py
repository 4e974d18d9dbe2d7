"""Betti curves: the Betti number as a function of the filtration value."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import CurveFeature
from ._common import check_bars, check_grid, sum_alive


def betti_curve(bars, grid):
    """Count the bars that are alive at each value of a grid.

    A bar is alive on the half-open interval ``[birth, death)``: at its birth, but not at its death.
    Superlevel bars run downward, ``birth > death``, and are alive on ``(death, birth]``. Essential
    classes stay alive.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree; infinite values are allowed.
    grid : array-like of shape (n_values,)
        Filtration values, in any order.

    Returns
    -------
    counts : int64 array of shape (n_values,)

    Raises
    ------
    ValueError
        If `bars` has another shape or holds NaN, or `grid` is not one-dimensional or holds NaN.

    Notes
    -----
    Alive at t are those born by t less those dead by t, and two sorted arrays answer both:
    O((n_bars + n_values) log n_bars) time.

    Examples
    --------
    >>> from tda.features import betti_curve
    >>> betti_curve([[0, 2], [1, float("inf")]], [0, 1, 2, 3])
    array([1, 2, 1, 1])
    >>> betti_curve([[3, 1]], [1, 2, 3])  # a superlevel bar
    array([0, 1, 1])
    """
    bars, grid = check_bars(bars), check_grid(grid)
    up = bars[:, 0] <= bars[:, 1]
    return _sum_alive(bars[up], grid) + _sum_alive(-bars[~up], -grid)


def _sum_alive(bars, grid):
    """Bars with birth <= t < death, for each t."""
    born = np.searchsorted(np.sort(bars[:, 0]), grid, side="right")
    dead = np.searchsorted(np.sort(bars[:, 1]), grid, side="right")
    return born - dead


class BettiCurve(CurveFeature):
    """Betti curves of all degrees on a grid (input per shape: `X` is `Diagrams`).

    Each column is the Betti number at one filtration value: the number of components (degree 0),
    loops (degree 1) or voids (degree 2) at that scale.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    n_bins : int, default=100
        Number of evenly spaced filtration values per degree, both ends of the range included.
    range : "auto" or (float, float), default="auto"
        Smallest and largest filtration value of the grid. "auto" runs, in each degree, from the
        smallest to the largest finite birth or death that `fit` saw. If these are equal, the grid
        is one unit long (or, for large values, as long as the value). Without a bar it is (0, 1).

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    grids_ : dict of int to ndarray of shape (n_bins,)
        Filtration values of each degree, in the unit of the diagrams.

    See Also
    --------
    tda.features.betti_curve : The same for the bars of one degree and a given grid.

    Notes
    -----
    A bar is alive on ``[birth, death)``, a superlevel bar on ``(death, birth]``; essential
    classes live on to the end of the filtration and need no policy here. A degree without bars
    gives zeros; a degree that `fit` did not see is ignored. All samples are counted at once:
    O(n_bars + n_samples · n_bins) time a degree.

    Examples
    --------
    >>> from tda import Diagrams
    >>> from tda.features import BettiCurve
    >>> dgms = Diagrams.from_ripser([[[[0, 1], [0, float("inf")]], [[1, 3]]]])
    >>> curve = BettiCurve(n_bins=5, range=(0, 4))
    >>> curve.fit_transform(dgms)
    array([[2., 1., 1., 1., 1., 0., 1., 1., 0., 0.]])
    >>> curve.get_feature_names_out()[:3]
    array(['betti_curve_h0_0', 'betti_curve_h0_1', 'betti_curve_h0_2'], dtype=object)
    """

    _prefix = "betti_curve"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "range": [StrOptions({"auto"}), "array-like"],
    }

    def __init__(self, *, degrees=None, n_bins=100, range="auto"):
        self.degrees = degrees
        self.n_bins = n_bins
        self.range = range

    def _block(self, bars, degree):
        return sum_alive(bars, self.grids_[degree])
