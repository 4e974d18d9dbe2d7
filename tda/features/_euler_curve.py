"""Euler characteristic curves: the alternating sum of the Betti numbers."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._bars import DEGREES
from .._estimator import BaseEstimator
from ..diagrams import as_diagrams
from ._betti_curve import betti_curve
from ._common import (
    Bars,
    check_degrees,
    check_fit_diagrams,
    check_grid,
    make_grid,
    shortest_labels,
    sum_alive,
)


def euler_curve(diagram, grid):
    """Euler characteristic of a filtered space at each value of a grid.

    Parameters
    ----------
    diagram : Diagram, or list of array-like of shape (n_bars, 2)
        Bars of degree 0, 1, …; infinite values are allowed.
    grid : array-like of shape (n_values,)
        Filtration values, in any order.

    Returns
    -------
    characteristic : int64 array of shape (n_values,)

    Raises
    ------
    ValueError
        If the bars of a degree have another shape or hold NaN, or `grid` is not
        one-dimensional.

    Notes
    -----
    χ(t) = β₀(t) − β₁(t) + β₂(t) − …, the Betti numbers counted as by `betti_curve`. By the
    Euler–Poincaré formula it is also the alternating sum of the numbers of simplices, **if**
    the diagram has every degree up to the dimension of the complex. One of a Rips filtration
    computed up to degree 1 does not: its curve is β₀ − β₁. O((n_bars + n_values) log n_bars).

    References
    ----------
    E. Richardson, M. Werman, "Efficient classification using the Euler characteristic",
    Pattern Recognition Letters 49 (2014).

    Examples
    --------
    A circle: one component from 0 on, and a loop from 1 to 3.

    >>> from tda.features import euler_curve
    >>> euler_curve([[[0, float("inf")]], [[1, 3]]], [0, 1, 2, 3])
    array([1, 0, 0, 1])
    """
    grid = check_grid(grid)
    total = np.zeros(grid.size, dtype=np.int64)
    for degree, bars in enumerate(diagram):
        total += (-1) ** degree * betti_curve(bars, grid)
    return total


class EulerCurve(TransformerMixin, BaseEstimator):
    """Euler characteristic curves on a grid (input per shape: `X` is `Diagrams`).

    One curve for all degrees together: at every filtration value, the number of components minus
    the number of loops plus the number of voids.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to sum over; by default all that were computed for the diagrams of
        `fit`. The curve is the Euler characteristic of the filtered space only if these are all the
        degrees in which the space has homology.
    n_bins : int, default=100
        Number of evenly spaced filtration values, both ends of the range included.
    range : "auto" or (float, float), default="auto"
        Smallest and largest filtration value of the grid. "auto" runs from the smallest to the
        largest finite birth or death that `fit` saw in these degrees. If these are equal, the grid
        is one unit long (or, for large values, as long as the value). Without a bar it is (0, 1).

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees summed over.
    grid_ : ndarray of shape (n_bins,)
        Filtration values, in the unit of the diagrams.

    See Also
    --------
    tda.features.euler_curve : The same for one diagram and a given grid.
    BettiCurve : The curves of the degrees apart.

    Notes
    -----
    A bar counts on ``[birth, death)``, a superlevel bar on ``(death, birth]``; essential
    classes live on and need no policy here. O(n_bars + n_samples · n_bins) time.

    References
    ----------
    E. Richardson, M. Werman, "Efficient classification using the Euler characteristic",
    Pattern Recognition Letters 49 (2014).

    Examples
    --------
    >>> from tda import Diagrams, EulerCurve
    >>> dgms = Diagrams.from_ripser([[[[0, float("inf")]], [[1, 3]]]])
    >>> curve = EulerCurve(n_bins=4)
    >>> curve.fit_transform(dgms)
    array([[1., 0., 0., 1.]])
    >>> curve.get_feature_names_out()
    array(['euler_curve_0', 'euler_curve_1', 'euler_curve_2', 'euler_curve_3'],
          dtype=object)
    """

    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "range": [StrOptions({"auto"}), "array-like"],
    }

    def __init__(self, *, degrees=None, n_bins=100, range="auto"):
        self.degrees = degrees
        self.n_bins = n_bins
        self.range = range

    def fit(self, X, y=None):
        """Learn the degrees and the grid.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        diagrams = check_fit_diagrams(X)
        self.degrees_ = check_degrees(self.degrees, diagrams)
        self.grid_ = make_grid(self._bars(diagrams)[0], self.range, self.n_bins)
        return self

    def _bars(self, diagrams):
        """Bars of all degrees together, and the sign of each."""
        here = np.isin(diagrams.dims, self.degrees_)
        signs = 1.0 - 2.0 * (diagrams.dims[here] % 2)
        return Bars(diagrams.births, diagrams.deaths, diagrams.offsets).where(here), signs

    def transform(self, X):
        """Compute the curves.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        features : ndarray of shape (n_samples, n_bins)
        """
        check_is_fitted(self)
        bars, signs = self._bars(as_diagrams(X))
        return sum_alive(bars, self.grid_, signs)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, by filtration value.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of str objects, such as ``euler_curve_0.25``
        """
        check_is_fitted(self)
        names = [f"euler_curve_{value}" for value in shortest_labels(self.grid_)]
        return np.array(names, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags
