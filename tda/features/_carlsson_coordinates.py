"""Carlsson coordinates: polynomials of births and deaths (Adcock, Carlsson, Carlsson, 2016)."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_finite_bars, check_result, one_sample

#: The last two coordinates are in this power of the unit.
POWER = 6.0


def carlsson_coordinates(bars, *, max_death=None):
    r"""Return the four algebraic functions of Adcock, Carlsson and Carlsson.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    max_death : float, default=None
        The filtration value that deaths are measured from; by default the largest death here.

    Returns
    -------
    coordinates : ndarray of shape (4,)
        The first two in the square of the unit of births and deaths, the others in its sixth
        power; zeros without a bar.

    Raises
    ------
    ValueError
        If `bars` has another shape, holds NaN or an essential class, `max_death` is not finite,
        or a coordinate is out of the range of floating point.

    Notes
    -----
    With lifetimes :math:`\ell_i = |d_i - b_i|` and D for `max_death`,

    .. math::

        \sum_i b_i \ell_i, \quad \sum_i (D - d_i)\, \ell_i, \quad
        \sum_i b_i^2\, \ell_i^4, \quad \sum_i (D - d_i)^2\, \ell_i^4.

    Every term has the lifetime as a factor, so that a bar of no length changes nothing: that
    makes them functions on the space of barcodes. They are not Lipschitz in the bottleneck or
    Wasserstein distance; tropical coordinates are. O(n_bars) time.

    References
    ----------
    A. Adcock, E. Carlsson, G. Carlsson, "The ring of algebraic functions on persistence bar
    codes", Homology, Homotopy and Applications 18 (2016).

    Examples
    --------
    >>> from tda.features import carlsson_coordinates
    >>> carlsson_coordinates([[1, 3], [2, 6]])
    array([ 10.,   6., 1040., 144.])
    """
    bars = one_sample(check_finite_bars(bars))
    if max_death is None:
        max_death = bars.deaths.max(initial=-np.inf)
    elif not np.isfinite(max_death):
        raise ValueError(f"max_death={max_death!r}; it must be a finite filtration value.")
    with np.errstate(over="ignore", invalid="ignore"):
        return check_result(_coordinates(bars, max_death)[0], bars, "carlsson_coordinates", POWER)


def _coordinates(bars, max_death):
    """Array of shape (n_samples, 4), for one `max_death` or one per bar."""
    births, lifetimes, left = bars.births, bars.lifetimes, max_death - bars.deaths
    squares = lifetimes * lifetimes
    fourth = squares * squares
    terms = (births * lifetimes, left * lifetimes, births * births * fourth, left * left * fourth)
    return np.column_stack([bars.totals(values) for values in terms])


class CarlssonCoordinates(DegreewiseFeature):
    """Carlsson coordinates of all degrees (input per shape: `X` is `Diagrams`).

    For each degree, four sums of polynomials of births and deaths.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    max_death : "fit", "sample" or float, default="fit"
        The filtration value that deaths are measured from. "fit" is the largest death that `fit`
        saw in each degree, "sample" the largest death of each sample. A number is used for all.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    max_deaths_ : dict of int to float
        What deaths are measured from; not used where it is "sample".
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.carlsson_coordinates : The same for the bars of one degree, with the formulas.
    TropicalCoordinates : Coordinates that are stable.

    Notes
    -----
    teaspoon and TDAvec measure from the largest death of each diagram, which is "sample" here;
    only from a fixed value are the coordinates polynomials of the bars.

    References
    ----------
    A. Adcock, E. Carlsson, G. Carlsson, "The ring of algebraic functions on persistence bar
    codes", Homology, Homotopy and Applications 18 (2016).

    Examples
    --------
    >>> from tda import CarlssonCoordinates, Diagrams
    >>> dgms = Diagrams.from_ripser([[[], [[1, 3], [2, 6]]], [[], [[1, 3]]]])
    >>> carlsson = CarlssonCoordinates(degrees=[1])
    >>> carlsson.fit_transform(dgms)
    array([[  10.,    6., 1040.,  144.],
           [   2.,    6.,   16.,  144.]])
    >>> carlsson.get_feature_names_out()[0]
    'carlsson_coordinates_h1_1'
    """

    _power = POWER
    _prefix = "carlsson_coordinates"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "max_death": [StrOptions({"fit", "sample"}), Interval(Real, None, None, closed="neither")],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, max_death="fit", essential="drop"):
        self.degrees = degrees
        self.max_death = max_death
        self.essential = essential

    def _learn(self, bars):
        if isinstance(self.max_death, str):
            # Without a bar any value will do.
            self.max_deaths_ = {
                k: float(some.deaths.max()) if some.deaths.size else 0.0 for k, some in bars.items()
            }
        else:
            self.max_deaths_ = dict.fromkeys(bars, float(self.max_death))

    def _block(self, bars, degree):
        max_death = self.max_deaths_[degree]
        if self.max_death == "sample":
            largest = np.full(bars.offsets.size - 1, -np.inf)
            np.maximum.at(largest, bars.samples, bars.deaths)
            max_death = largest[bars.samples]
        return _coordinates(bars, max_death)

    def _labels(self, degree):
        return [str(j) for j in range(1, 5)]
