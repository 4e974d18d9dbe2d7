"""The longest lifetimes of a diagram, and how many bars it has."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_bars, check_finite_bars, one_sample


def longest_lifetimes(bars, n_longest=10):
    """Lifetimes of the longest bars, the longest first, filled up with zeros.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    n_longest : int, default=10

    Returns
    -------
    lifetimes : ndarray of shape (n_longest,)
        In the unit of births and deaths.

    Raises
    ------
    ValueError
        If `bars` has another shape, or holds NaN or an essential class, or `n_longest` is no
        positive integer.

    Notes
    -----
    O(n_bars log n_bars) time. Stable: no entry moves by more than twice the bottleneck distance.

    Examples
    --------
    >>> from tda.features import longest_lifetimes
    >>> longest_lifetimes([[0, 1], [2, 5]], 3)
    array([3., 1., 0.])
    """
    whole = isinstance(n_longest, Integral) and not isinstance(n_longest, bool)
    if not whole or n_longest < 1:
        raise ValueError(f"n_longest={n_longest!r}; it must be a positive integer.")
    return one_sample(check_finite_bars(bars)).longest(n_longest)[0]


def count_bars(bars, min_lifetime=0.0):
    """Number of bars longer than `min_lifetime`; essential classes always count.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree; infinite values are allowed.
    min_lifetime : float, default=0.0
        In the unit of births and deaths.

    Returns
    -------
    count : int

    Raises
    ------
    ValueError
        If `bars` has another shape or holds NaN, or `min_lifetime` is negative or NaN.

    Examples
    --------
    >>> from tda.features import count_bars
    >>> count_bars([[0, 1], [2, 5], [0, float("inf")]], min_lifetime=1)
    2
    """
    if not min_lifetime >= 0:
        raise ValueError(f"min_lifetime={min_lifetime!r}, but a length is 0 or more.")
    return int(_counts(one_sample(check_bars(bars)), min_lifetime)[0])


def _counts(bars, min_lifetime):
    long = bars.where(bars.lifetimes > min_lifetime)
    return np.diff(long.offsets)


class Lifetimes(DegreewiseFeature):
    """The longest lifetimes of each degree (input per shape: `X` is `Diagrams`).

    In descending order, filled up with zeros where a sample has fewer bars: column j of a degree
    is the length of its j-th longest bar.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    n_longest : int, default=10
        Number of bars, and so of columns, a degree.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.longest_lifetimes : The same for the bars of one degree.

    Examples
    --------
    >>> from tda import Diagrams, Lifetimes
    >>> dgms = Diagrams.from_ripser([[[[0, 1], [0, float("inf")]], [[1, 3], [2, 5]]]])
    >>> lifetimes = Lifetimes(n_longest=3)
    >>> lifetimes.fit_transform(dgms)
    array([[1., 0., 0., 3., 2., 0.]])
    >>> lifetimes.get_feature_names_out()[0]
    'lifetimes_h0_1'
    """

    _prefix = "lifetimes"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_longest": [Interval(Integral, 1, None, closed="left")],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, n_longest=10, essential="drop"):
        self.degrees = degrees
        self.n_longest = n_longest
        self.essential = essential

    def _learn(self, bars):
        self.n_longest_ = self.n_longest

    def _block(self, bars, degree):
        return bars.longest(self.n_longest_)

    def _labels(self, degree):
        return [str(j + 1) for j in range(self.n_longest_)]


class BarCount(DegreewiseFeature):
    """Number of bars of each degree (input per shape: `X` is `Diagrams`).

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    min_lifetime : float, default=0.0
        Only bars longer than this count, in the unit of the diagrams. Essential classes, which
        never die, always count. To leave them out, put `EssentialPolicy` before this step.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.

    See Also
    --------
    tda.features.count_bars : The same for the bars of one degree.
    HoleCounter : How many of them are more than noise.

    Examples
    --------
    >>> from tda import BarCount, Diagrams
    >>> dgms = Diagrams.from_ripser([[[[0, 1], [0, float("inf")]], [[1, 3], [2, 5]]]])
    >>> BarCount(min_lifetime=2).fit_transform(dgms)
    array([[1., 1.]])
    """

    _prefix = "bar_count"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "min_lifetime": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(self, *, degrees=None, min_lifetime=0.0):
        self.degrees = degrees
        self.min_lifetime = min_lifetime

    def _block(self, bars, degree):
        return _counts(bars, self.min_lifetime).astype(float)[:, None]

    def _labels(self, degree):
        return [""]
