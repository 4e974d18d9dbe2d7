"""Diagrams of the bars that matter: by lifetime, by rank, or by the ratio of death to birth."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from .._bars import DEGREES, PlainStep
from ..diagrams import as_diagrams
from ._common import check_degrees


def filter_bars(
    diagrams, *, min_lifetime=0.0, min_ratio=None, n_longest=None, certain=False, degrees=None
):
    """Keep the bars that are long enough.

    Parameters
    ----------
    diagrams : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
    min_lifetime : float, default=0.0
        Bars must be longer than this, in the unit of the diagrams.
    min_ratio : float, default=None
        Death over birth must be larger than this. For filtrations that start at zero and run
        upward, as Rips and alpha do; a class that is born at 0 has the ratio ``inf``.
    n_longest : int, default=None
        The largest number of bars to keep in each sample and degree, after the other tests. Of bars
        of equal length, those that are born first are kept.
    certain : bool, default=False
        Bars must be longer than the error bound of their diagram. Then they are bars of all points,
        not of the landmarks alone (`tda.landmarks`). Without landmarks the bound is 0.
    degrees : int or list of int, default=None
        Homology degrees to filter; the others stay whole. By default all.

    Returns
    -------
    Diagrams
        Essential classes are longer than any number and pass.

    Raises
    ------
    ValueError
        If `min_ratio` is given and the bars do not run upward from values that are not
        negative, the degrees are not distinct integers from 0 on, or another parameter is out
        of its range.

    Notes
    -----
    The ratio does not change with the unit. The threshold that noise exceeds is different for
    each number of points; `tda.holes.filter_holes` knows it. O(n_bars log n_bars) time.

    References
    ----------
    O. Bobrowski, P. Skraba, "A universal null-distribution for topological data analysis",
    Scientific Reports 13 (2023), on the ratio.

    Examples
    --------
    >>> from tda.features import filter_bars
    >>> dgms = [[[[0, 1], [0, 5]], [[1, 2], [3, 4], [1, 9]]]]
    >>> filter_bars(dgms, min_ratio=1.5, degrees=[1])[0]
    Diagram(degree 0: 2 bars, degree 1: 2 bars)
    >>> filter_bars(dgms, n_longest=1)[0][1]
    array([[1., 9.]])
    """
    diagrams = as_diagrams(diagrams, name="diagrams")
    degrees = check_degrees(degrees, diagrams)
    for name, value in (("min_lifetime", min_lifetime), ("min_ratio", min_ratio)):
        if value is not None and not value >= 0:
            raise ValueError(f"{name}={value!r}; it must be a number from 0 on.")
    if n_longest is not None and not (isinstance(n_longest, Integral) and n_longest >= 1):
        raise ValueError(f"n_longest={n_longest!r}; it must be a positive integer or None.")
    births, deaths, dims = diagrams.births, diagrams.deaths, diagrams.dims
    free = ~np.isin(dims, degrees)
    with np.errstate(over="ignore"):  # longer than every float: the bar passes
        lifetimes = np.abs(deaths - births)
    keep = lifetimes > min_lifetime
    if certain and diagrams.error_bounds is not None:
        keep &= lifetimes > diagrams.error_bounds[diagrams._sample_of_bar()]
    if min_ratio is not None:
        if (births[~free] < 0).any() or (deaths < births)[~free].any():
            raise ValueError(
                f"min_ratio={min_ratio!r}, but there are negative births, or superlevel bars that "
                "run downward, whose ratio says nothing: filter by min_lifetime."
            )
        keep &= deaths > min_ratio * births
    if n_longest is not None:
        keep[keep] = (
            _ranks(lifetimes[keep], dims[keep], diagrams._sample_of_bar()[keep]) < n_longest
        )
    return diagrams._changed(keep=keep | free)


def _ranks(lifetimes, dims, samples):
    """Place of each bar among those of its sample and degree, the longest first."""
    order = np.lexsort((-lifetimes, dims, samples))
    new = np.ones(order.size, dtype=bool)
    new[1:] = (np.diff(samples[order]) != 0) | (np.diff(dims[order]) != 0)
    place = np.arange(order.size)
    ranks = np.empty(order.size, dtype=np.int64)
    ranks[order] = place - np.maximum.accumulate(np.where(new, place, 0))
    return ranks


class BarFilter(PlainStep):
    """Keep the bars that are long enough (input per shape: `X` is `Diagrams`).

    Parameters
    ----------
    min_lifetime : float, default=0.0
        Bars must be longer than this, in the unit of the diagrams.
    min_ratio : float, default=None
        Death over birth must be larger than this. For filtrations that start at zero and run
        upward, as Rips and alpha do; a class that is born at 0 has the ratio ``inf``.
    n_longest : int, default=None
        The largest number of bars to keep in each sample and degree, after the other tests. Of bars
        of equal length, those that are born first are kept.
    certain : bool, default=False
        Bars must be longer than the error bound of their diagram. Then they are bars of all points,
        not of the landmarks alone (`tda.landmarks`). Without landmarks the bound is 0.
    degrees : int or list of int, default=None
        Homology degrees to filter; the others stay whole. By default all.

    See Also
    --------
    tda.features.filter_bars : The same in one call.
    HoleFilter : Keep the bars that are significant, by their p-value.

    Notes
    -----
    Essential classes are longer than any number and pass; `EssentialPolicy` drops them or gives
    them an end. Nothing is learned in `fit`.

    Examples
    --------
    >>> from tda import BarFilter, Diagrams
    >>> dgms = Diagrams.from_ripser([[[[0, 1], [0, 5]], [[1, 2], [3, 4], [1, 9]]]])
    >>> BarFilter(min_lifetime=2).fit_transform(dgms)[0]
    Diagram(degree 0: 1 bar, degree 1: 1 bar)
    """

    _parameter_constraints: ClassVar[dict] = {
        "min_lifetime": [Interval(Real, 0, None, closed="left")],
        "min_ratio": [Interval(Real, 1, None, closed="left"), None],
        "n_longest": [Interval(Integral, 1, None, closed="left"), None],
        "certain": ["boolean"],
        "degrees": DEGREES,
    }

    def __init__(
        self, *, min_lifetime=0.0, min_ratio=None, n_longest=None, certain=False, degrees=None
    ):
        self.min_lifetime = min_lifetime
        self.min_ratio = min_ratio
        self.n_longest = n_longest
        self.certain = certain
        self.degrees = degrees

    def _learn(self, diagrams):
        check_degrees(self.degrees, diagrams)

    def transform(self, X):
        """Filter the bars.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        Diagrams of shape (n_samples,)
        """
        return filter_bars(as_diagrams(X), **self.get_params())
