"""Diagrams in units of their own size."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._bars import DiagramStep
from ..diagrams import as_diagrams
from ._common import bars_of, value_range


def scale_diagrams(diagrams, factor):
    """Multiply births and deaths by a factor.

    Parameters
    ----------
    diagrams : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
    factor : float, or sequence of float
        Positive; a sequence has one for each degree up to the highest.

    Returns
    -------
    Diagrams

    Raises
    ------
    ValueError
        If a factor is not positive and finite, or there are too few of them.

    Examples
    --------
    >>> from tda.features import scale_diagrams
    >>> scale_diagrams([[[[0, 1]], [[1, 3]]]], [1, 10])[0][1]
    array([[10., 30.]])
    """
    diagrams = as_diagrams(diagrams, name="diagrams")
    top = max(diagrams.max_dimension, int(diagrams.dims.max(initial=0)))
    factors = np.asarray(factor, dtype=float)
    if factors.ndim > 1 or not (np.isfinite(factors) & (factors > 0)).all():
        raise ValueError(f"factor={factor!r}; it must be one positive number or one per degree.")
    if factors.ndim == 1 and factors.size <= top:
        raise ValueError(f"factor={factor!r}, but there are degrees 0 to {top}: give one for each.")
    by_bar = factors if factors.ndim == 0 else factors[diagrams.dims]
    return diagrams._changed(
        births=diagrams.births * by_bar,
        deaths=diagrams.deaths * by_bar,
        stretch=float(factors.max()),
    )


class DiagramScaler(DiagramStep):
    """Divide births and deaths by a size that `fit` learns (input per shape: `X` is `Diagrams`).

    Bandwidths, ranges and thresholds then mean the same in every unit of the data.

    Parameters
    ----------
    scale : {"value", "lifetime"} or float, default="value"
        What to divide by. "value" is the largest finite birth or death that `fit` saw, in
        absolute value; "lifetime" the longest finite bar. Where there is none or it is zero,
        nothing changes.
    per_degree : bool, default=False
        Learn a size of each degree, which makes degrees comparable with each other but loses
        which of them is larger. A degree that `fit` did not see then takes the size of all.

    Attributes
    ----------
    scale_ : float
        The size over all degrees.
    scales_ : dict of int to float
        The size that each degree is divided by.

    See Also
    --------
    tda.features.scale_diagrams : Multiply by given factors.

    Notes
    -----
    Diagrams of `fit` that are all c times as large give the same result. Essential classes
    stay; `Diagrams.unit` tells the unit before scaling.

    Examples
    --------
    >>> from tda import DiagramScaler, Diagrams
    >>> dgms = Diagrams.from_ripser([[[[0, 2]], [[1, 4]]], [[[0, 3]], []]])
    >>> scaler = DiagramScaler().fit(dgms)
    >>> scaler.scale_, scaler.transform(dgms)[0][1]
    (4.0, array([[0.25, 1.  ]]))
    """

    _parameter_constraints: ClassVar[dict] = {
        "scale": [StrOptions({"value", "lifetime"}), Interval(Real, 0, None, closed="neither")],
        "per_degree": ["boolean"],
    }

    def __init__(self, *, scale="value", per_degree=False):
        self.scale = scale
        self.per_degree = per_degree

    def _learn(self, diagrams):
        self.scale_ = self._size(diagrams.births, diagrams.deaths)
        self.scales_ = {}
        for k in range(diagrams.max_dimension + 1):
            births, deaths, _ = bars_of(diagrams, k)
            self.scales_[k] = self._size(births, deaths) if self.per_degree else self.scale_

    def _size(self, births, deaths):
        if not isinstance(self.scale, str):
            return float(self.scale)
        if self.scale == "value":
            low, high = value_range(births, deaths)
            size = max(-low, high, 0.0)
        else:
            finite = np.isfinite(births) & np.isfinite(deaths)
            size = float(np.abs(deaths[finite] - births[finite]).max(initial=0.0))
        if 0 < size < 1e-300:
            raise ValueError(
                f"the bars reach to {size:.3g}, and so small a size has no inverse in floating "
                "point: scale the data that they come from."
            )
        return size or 1.0

    def transform(self, X):
        """Divide births and deaths by the sizes.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        Diagrams of shape (n_samples,)
        """
        check_is_fitted(self)
        diagrams = as_diagrams(X)
        degrees = range(diagrams.max_dimension + 1)
        return scale_diagrams(diagrams, [1 / self.scales_.get(k, self.scale_) for k in degrees])
