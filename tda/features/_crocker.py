"""CROCKER matrices: Betti curves of a sequence of diagrams side by side."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._bars import DEGREES
from .._estimator import BaseEstimator
from ..diagrams import Diagram, Diagrams, as_diagrams
from ._common import (
    bars_of,
    check_degrees,
    check_grid,
    make_grid,
    on_any_grid,
    shortest_labels,
    sum_alive,
)


def crocker(diagrams, grid, *, degree=0):
    """Betti numbers of one degree by filtration value and by place in a sequence.

    Parameters
    ----------
    diagrams : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        The diagrams of one system, in order of time or of another parameter.
    grid : array-like of shape (n_values,)
        Filtration values, in any order.
    degree : int, default=0

    Returns
    -------
    counts : int64 array of shape (n_values, n_steps)
        Column j is the Betti curve of ``diagrams[j]``.

    Raises
    ------
    ValueError
        If `diagrams` is no collection of diagrams, or `grid` is not one-dimensional.

    Notes
    -----
    "Contour Realization Of Computed k-dimensional hole Evolution in the Rips complex": the paper
    draws the contours of this matrix. O(n_bars + n_values · n_steps) time on an even grid.

    References
    ----------
    C. M. Topaz, L. Ziegelmeier, T. Halverson, "Topological data analysis of biological
    aggregation models", PLoS ONE 10 (2015).

    Examples
    --------
    Two components that approach each other:

    >>> from tda.features import crocker
    >>> inf = float("inf")
    >>> crocker([[[[0, 3], [0, inf]]], [[[0, 2], [0, inf]]], [[[0, 1], [0, inf]]]], [0, 1, 2, 3])
    array([[2, 2, 2],
           [2, 2, 1],
           [2, 1, 1],
           [1, 1, 1]])
    """
    diagrams = as_diagrams(diagrams, name="diagrams")
    (degree,) = check_degrees([degree], diagrams)
    bars = bars_of(diagrams, degree)
    counts = on_any_grid(lambda ascending: sum_alive(bars, ascending), check_grid(grid))
    return counts.T.astype(np.int64)


class Crocker(TransformerMixin, BaseEstimator):
    """CROCKER matrices of all degrees (input: `X` is a list of sequences, each `Diagrams`).

    A sample is a whole sequence of diagrams, for example of a swarm at several times. Its features
    are the Betti numbers at each filtration value and each step.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    n_bins : int, default=20
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
    n_steps_ : int
        Length of the sequences. All have the same one, since a column is one step.

    See Also
    --------
    tda.features.crocker : The matrix of one sequence and a given grid.
    BettiCurve : One diagram a sample.
    WindowPersistence : Sequences of diagrams from series: one for each window.

    Notes
    -----
    Columns are ordered by degree, filtration value, then step, so that degree k of one row is
    a CROCKER matrix after ``row.reshape(n_bins, n_steps)``. An empty diagram gives zeros. A bar
    counts on ``[birth, death)``; essential classes live on and need no policy.

    References
    ----------
    C. M. Topaz, L. Ziegelmeier, T. Halverson, "Topological data analysis of biological
    aggregation models", PLoS ONE 10 (2015).

    Examples
    --------
    >>> from tda import Crocker
    >>> sequence = [[[[0, 3]]], [[[0, 2]]], [[[0, 1]]]]  # ripser's format, three steps
    >>> matrices = Crocker(n_bins=4).fit([sequence])
    >>> matrices.transform([sequence]).reshape(4, 3)
    array([[1., 1., 1.],
           [1., 1., 0.],
           [1., 0., 0.],
           [0., 0., 0.]])
    >>> matrices.get_feature_names_out()[:3]
    array(['crocker_h0_0_0', 'crocker_h0_0_1', 'crocker_h0_0_2'], dtype=object)
    """

    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "range": [StrOptions({"auto"}), "array-like"],
    }

    def __init__(self, *, degrees=None, n_bins=20, range="auto"):
        self.degrees = degrees
        self.n_bins = n_bins
        self.range = range

    def fit(self, X, y=None):
        """Learn the degrees, the grid of each, and the length of the sequences.

        Parameters
        ----------
        X : list of Diagrams, or of any format that `tda.diagrams.as_diagrams` takes
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        sequences = _check_sequences(X)
        self.n_steps_ = _common_length(sequences, len(sequences[0]))
        diagrams = _all_steps(sequences)
        self.degrees_ = check_degrees(self.degrees, diagrams)
        self.grids_ = {
            k: make_grid(bars_of(diagrams, k), self.range, self.n_bins) for k in self.degrees_
        }
        return self

    def transform(self, X):
        """Compute the matrices.

        Parameters
        ----------
        X : list of Diagrams, or of any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        features : ndarray of shape (n_samples, n_degrees * n_bins * n_steps)
        """
        check_is_fitted(self)
        sequences = _check_sequences(X)
        _common_length(sequences, self.n_steps_)
        diagrams, blocks = _all_steps(sequences), []
        for k in self.degrees_:
            curves = sum_alive(bars_of(diagrams, k), self.grids_[k])
            matrices = curves.reshape(len(sequences), self.n_steps_, -1).transpose(0, 2, 1)
            blocks.append(matrices.reshape(len(sequences), -1))
        return np.hstack(blocks)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: degree, filtration value and step.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of str objects, such as ``crocker_h0_0.25_3``
        """
        check_is_fitted(self)
        names = [
            f"crocker_h{k}_{value}_{step}"
            for k in self.degrees_
            for value in shortest_labels(self.grids_[k])
            for step in range(self.n_steps_)
        ]
        return np.array(names, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


def _check_sequences(X):
    """Return `X` as a list of Diagrams, one per sample."""
    if isinstance(X, Diagrams) or any(isinstance(sequence, Diagram) for sequence in X):
        raise ValueError("X is one sequence of diagrams: pass [X].")
    if len(X) == 0:
        raise ValueError("X is empty: there is no sequence of diagrams in it.")
    return [as_diagrams(sequence, name=f"X[{i}]") for i, sequence in enumerate(X)]


def _common_length(sequences, length):
    for i, sequence in enumerate(sequences):
        if len(sequence) != length:
            raise ValueError(
                f"X[{i}] has {len(sequence)} steps, but the first of fit has {length}: cut or "
                "resample the sequences to one length, since a column is one step."
            )
    if length == 0:
        raise ValueError("X[0] has no steps: a sequence holds at least one diagram.")
    return length


def _all_steps(sequences):
    return Diagrams(diagram for sequence in sequences for diagram in sequence)
