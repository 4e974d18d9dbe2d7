"""Bars of one degree, checks of degrees and bars, and the base of steps from diagrams to diagrams.

It imports the containers, and every room that reads bars imports it.
"""

from __future__ import annotations

from itertools import pairwise
from numbers import Integral

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval

from ._estimator import BaseEstimator
from ._per_shape import NoColumns
from .diagrams import Diagram, Diagrams, as_diagrams

#: What `degrees` may be, for tables of parameters: one, several, or by default all.
DEGREES = [Interval(Integral, 0, None, closed="left"), "array-like", None]


def check_fit_diagrams(X):
    """Return `X` as Diagrams with at least one sample."""
    diagrams = as_diagrams(X)
    if len(diagrams) == 0:
        raise ValueError("X holds no samples: fit needs at least one diagram, possibly empty.")
    return diagrams


def check_degrees(degrees, diagrams):
    """Return the degrees to describe as a sorted tuple; by default all computed degrees."""
    if degrees is None:
        return tuple(range(diagrams.max_dimension + 1))
    degrees = [degrees] if np.ndim(degrees) == 0 else list(degrees)
    if not degrees:
        raise ValueError("degrees is empty: give at least one, or None for all that were computed.")
    whole = all(isinstance(k, Integral) and not isinstance(k, bool) for k in degrees)
    if not whole or min(degrees) < 0 or len(set(degrees)) < len(degrees):
        raise ValueError(
            f"degrees={degrees!r}; they must be distinct integers from 0 on, such as [0, 1]."
        )
    return tuple(sorted(int(k) for k in degrees))


def check_bars(bars, name="bars"):
    """Return the bars of one degree as a float array of shape (n_bars, 2) without NaN."""
    if isinstance(bars, Diagram | Diagrams):
        which = "diagram" if isinstance(bars, Diagram) else "diagrams[i]"
        raise ValueError(
            f"{name} is {type(bars).__name__}, but this takes the bars of one degree: pass "
            f"{which}[k] for those of degree k."
        )
    try:
        bars = np.asarray(bars, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} is {type(bars).__name__} and no (n_bars, 2) array of numbers, births and "
            "deaths: of a list with one array per degree pass one."
        ) from None
    if bars.ndim == 1 and bars.size == 0:
        bars = bars.reshape(0, 2)
    if bars.ndim != 2 or bars.shape[1] != 2:
        raise ValueError(
            f"{name} has shape {bars.shape}, but the bars of one degree are (n_bars, 2): birth "
            "and death. Pass diagram[k] for those of degree k."
        )
    if np.isnan(bars).any():
        raise ValueError(f"{name} holds NaN: remove those bars; a class that lives on dies at inf.")
    return bars


def bars_by_sample(diagrams, degree):
    """Return for each sample its bars of one degree, shape (n_bars, 2).

    Each array is a copy, so that no result can depend on the other samples.
    """
    here = diagrams.dims == degree
    bars = np.column_stack([diagrams.births[here], diagrams.deaths[here]])
    ends = np.concatenate([[0], np.cumsum(here)])[diagrams.offsets]
    return [bars[a:b].copy() for a, b in pairwise(ends)]


def all_bars(diagrams, degree):
    """Return the bars of one degree of all samples together, shape (n_bars, 2)."""
    here = diagrams.dims == degree
    return np.column_stack([diagrams.births[here], diagrams.deaths[here]])


class DiagramStep(NoColumns, TransformerMixin, BaseEstimator):
    """Steps from Diagrams to Diagrams, before the features. What `fit` does, `_learn` says."""

    def fit(self, X, y=None):
        """Check the parameters and the diagrams, and learn from these what `transform` needs.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        self._learn(check_fit_diagrams(X))
        return self

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


class PlainStep(DiagramStep):
    """A step that learns nothing from the diagrams of `fit`."""

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
