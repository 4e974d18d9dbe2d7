"""Entropy curves: how much each filtration value adds to the persistent entropy."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import CurveFeature
from ._common import check_finite_bars, check_grid, on_any_grid, one_sample, sum_alive
from ._persistence_entropy import shares, surprise


def entropy_curve(bars, grid):
    r"""Entropy summary function of a diagram on a grid, in nats.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    grid : array-like of shape (n_values,)
        Filtration values, in any order.

    Returns
    -------
    curve : ndarray of shape (n_values,)

    Raises
    ------
    ValueError
        If `bars` has another shape, holds NaN or an essential class, or `grid` is not
        one-dimensional.

    Notes
    -----
    With lifetimes :math:`\ell_i` and their sum L,

    .. math:: S(t) = -\sum_{i \text{ alive at } t} \frac{\ell_i}{L} \log \frac{\ell_i}{L},

    where alive is ``[birth, death)``, for superlevel bars ``(death, birth]``. It is a Betti
    curve in which a bar counts as what it gives to the persistent entropy. The paper closes
    the interval at the death as well, which is the same but at the deaths themselves; gudhi's
    ``Entropy(mode="vector", normalized=False)`` moves births and deaths to its grid. O(n_bars
    + n_values) time on an even grid.

    References
    ----------
    N. Atienza, R. Gonzalez-Diaz, M. Soriano-Trigueros, "On the stability of persistent entropy
    and new summary functions for topological data analysis", Pattern Recognition 107 (2020).

    Examples
    --------
    >>> from tda.features import entropy_curve
    >>> entropy_curve([[0, 2], [1, 3]], [0, 1, 2, 3]).round(3)
    array([0.347, 0.693, 0.347, 0.   ])
    """
    bars, grid = one_sample(check_finite_bars(bars)), check_grid(grid)
    weights = surprise(shares(bars))
    return on_any_grid(lambda ascending: sum_alive(bars, ascending, weights)[0], grid)


class EntropyCurve(CurveFeature):
    r"""Entropy summary functions of all degrees on a grid (input per shape: `X` is `Diagrams`).

    A Betti curve in which each bar counts as its part of the persistent entropy. Neither the few
    long bars nor the many short ones dominate it.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    n_bins : int, default=100
        Number of evenly spaced filtration values per degree, both ends of the range included.
    range : "auto" or (float, float), default="auto"
        Smallest and largest filtration value of the grid. "auto" runs, in each degree, from the
        smallest to the largest finite birth or death of the bars that `fit` saw. If these are
        equal, the grid is one unit long (or, for large values, as long as the value). Without a bar
        it is (0, 1).
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    grids_ : dict of int to ndarray of shape (n_bins,)
        Filtration values of each degree, in the unit of the diagrams.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.entropy_curve : The same for the bars of one degree and a given grid.
    PersistenceEntropy : One number per degree.

    References
    ----------
    N. Atienza, R. Gonzalez-Diaz, M. Soriano-Trigueros, "On the stability of persistent entropy
    and new summary functions for topological data analysis", Pattern Recognition 107 (2020).

    Examples
    --------
    >>> from tda import Diagrams, EntropyCurve
    >>> dgms = Diagrams.from_ripser([[[], [[0, 2], [1, 3]]]])
    >>> EntropyCurve(degrees=[1], n_bins=4).fit_transform(dgms).round(3)
    array([[0.347, 0.693, 0.347, 0.   ]])
    """

    _prefix = "entropy_curve"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "range": [StrOptions({"auto"}), "array-like"],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, n_bins=100, range="auto", essential="drop"):
        self.degrees = degrees
        self.n_bins = n_bins
        self.range = range
        self.essential = essential

    def _block(self, bars, degree):
        return sum_alive(bars, self.grids_[degree], surprise(shares(bars)))
