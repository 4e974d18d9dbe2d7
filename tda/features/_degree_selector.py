"""Keep only the bars of some degrees."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._bars import DEGREES, DiagramStep
from ..diagrams import as_diagrams
from ._common import check_degrees


def select_degrees(diagrams, degrees):
    """Keep the bars of some degrees.

    Parameters
    ----------
    diagrams : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
    degrees : int or list of int

    Returns
    -------
    Diagrams
        Up to the highest of these degrees. Those below that were not selected are there and
        empty, since a degree is a place in the list.

    Raises
    ------
    ValueError
        If the degrees are not distinct integers from 0 on.

    Examples
    --------
    >>> from tda.features import select_degrees
    >>> select_degrees([[[[0, 2]], [[1, 3]], [[2, 3]]]], [0, 1])
    Diagrams(1 sample, 2 bars, degrees 0 to 1, filtration unknown, field Z/2)
    """
    diagrams = as_diagrams(diagrams, name="diagrams")
    degrees = check_degrees(degrees, diagrams)
    return diagrams._changed(keep=np.isin(diagrams.dims, degrees), max_dimension=degrees[-1])


class DegreeSelector(DiagramStep):
    """Keep the bars of some degrees (input per shape: `X` is `Diagrams`).

    Every feature has a parameter `degrees`. This step selects degrees for all steps after it.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to keep; by default all that were computed for the diagrams of `fit`,
        so that later diagrams are cut to these.

    Attributes
    ----------
    degrees_ : tuple of int

    See Also
    --------
    tda.features.select_degrees : The same in one call.

    Notes
    -----
    The result has degrees up to the highest one that was selected. Those below that were not
    selected are there and empty, and give constant columns in features of "all degrees".

    Examples
    --------
    >>> from tda import DegreeSelector, Diagrams
    >>> dgms = Diagrams.from_ripser([[[[0, 2]], [[1, 3]], [[2, 3]]]])
    >>> DegreeSelector(degrees=[1]).fit_transform(dgms)[0]
    Diagram(degree 0: 0 bars, degree 1: 1 bar)
    """

    _parameter_constraints: ClassVar[dict] = {"degrees": DEGREES}

    def __init__(self, *, degrees=None):
        self.degrees = degrees

    def _learn(self, diagrams):
        self.degrees_ = check_degrees(self.degrees, diagrams)

    def transform(self, X):
        """Select the bars.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        Diagrams of shape (n_samples,)
        """
        check_is_fitted(self)
        return select_degrees(as_diagrams(X), self.degrees_)
