"""Tropical coordinates: stable functions made of max, min and plus (Kališnik, 2019)."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_finite_bars, one_sample

N_LONGEST = 4


def tropical_coordinates(bars, *, r=1.0, origin=0.0):
    r"""Return the seven tropical coordinates of Kališnik.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    r : float, default=1.0
        A birth counts at most r times the lifetime, :math:`\min(r \ell, b)`; positive. In the paper
        it is 28, the width of the images there.
    origin : float, default=0.0
        Births are measured from here; earlier ones count as born here.

    Returns
    -------
    coordinates : ndarray of shape (7,)
        In the unit of births and deaths, zeros without a bar.

    Raises
    ------
    ValueError
        If `bars` has another shape, holds NaN or an essential class, `r` is not positive, or
        `origin` is not finite.

    Notes
    -----
    With births :math:`b_i \ge 0` from the origin and lifetimes :math:`\ell_i = |d_i - b_i|`,

    1. to 4.: the sum of the 1, 2, 3 and 4 longest lifetimes,
    5. :math:`\sum_i \ell_i`,
    6. :math:`\sum_i g_i` with :math:`g_i = \min(r \ell_i, b_i)`,
    7. :math:`\sum_j [\max_i (g_i + \ell_i) - (g_j + \ell_j)]`.

    Let W∞ and W₁ be the bottleneck and 1-Wasserstein distance with the sup norm in the plane.
    Coordinate k ≤ 4 moves by at most 2k · W∞, the fifth by 2 · W₁, the sixth by
    max(1, 2r) · W₁ (Kališnik, section 5). The seventh is stable for a fixed number of bars only:
    a new bar, however short, adds the maximum. O(n_bars log n_bars) time.

    References
    ----------
    S. Kališnik, "Tropical coordinates on the space of persistence barcodes", Foundations of
    Computational Mathematics 19 (2019).

    Examples
    --------
    >>> from tda.features import tropical_coordinates
    >>> tropical_coordinates([[0, 3], [1, 2], [4, 6]])
    array([3., 5., 6., 6., 6., 3., 3.])
    """
    bars = one_sample(check_finite_bars(bars))
    if not (np.isfinite(r) and r > 0):
        raise ValueError(f"r={r!r}; it must be a positive slope.")
    if not np.isfinite(origin):
        raise ValueError(f"origin={origin!r}; it must be a finite filtration value.")
    return _coordinates(bars, r, origin)[0]


def _coordinates(bars, r, origin):
    """Array of shape (n_samples, 7)."""
    births, lifetimes = np.maximum(bars.births - origin, 0.0), bars.lifetimes
    early = np.minimum(r * lifetimes, births)
    reach = early + lifetimes
    missing = np.repeat(bars.largest(reach), np.diff(bars.offsets)) - reach
    sums = np.cumsum(bars.longest(N_LONGEST), axis=1)
    rest = [bars.totals(values) for values in (lifetimes, early, missing)]
    return np.column_stack([sums, *rest])


class TropicalCoordinates(DegreewiseFeature):
    r"""Tropical coordinates of all degrees (input per shape: `X` is `Diagrams`).

    Seven numbers per degree, made of max, min and plus: the sums of the 1, 2, 3, 4 longest and of
    all lifetimes, and two that weigh births. All but the last are stable.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    r : float, default=1.0
        A birth counts at most r times the lifetime, :math:`\min(r \ell, b)`; positive. In the paper
        it is 28, the width of the images there.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    origins_ : dict of int to float
        Where births are measured from: 0, or the earliest birth that `fit` saw if negative.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.tropical_coordinates : The same for the bars of one degree, with the formulas.
    CarlssonCoordinates : Polynomials of the bars instead; not stable.

    References
    ----------
    S. Kališnik, "Tropical coordinates on the space of persistence barcodes", Foundations of
    Computational Mathematics 19 (2019).

    Examples
    --------
    >>> from tda import Diagrams, TropicalCoordinates
    >>> dgms = Diagrams.from_ripser([[[], [[0, 3], [1, 2], [4, 6]]]])
    >>> tropical = TropicalCoordinates(degrees=[1])
    >>> tropical.fit_transform(dgms)
    array([[3., 5., 6., 6., 6., 3., 3.]])
    >>> tropical.get_feature_names_out()[0]
    'tropical_coordinates_h1_1'
    """

    _prefix = "tropical_coordinates"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "r": [Interval(Real, 0, None, closed="neither")],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, r=1.0, essential="drop"):
        self.degrees = degrees
        self.r = r
        self.essential = essential

    def _learn(self, bars):
        self.origins_ = {k: float(some.births.min(initial=0.0)) for k, some in bars.items()}

    def _block(self, bars, degree):
        return _coordinates(bars, self.r, self.origins_[degree])

    def _labels(self, degree):
        return [str(j) for j in range(1, 8)]
