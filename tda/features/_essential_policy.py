"""What to do with the classes that never die, as one explicit step."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._bars import DiagramStep
from ..diagrams import as_diagrams
from ._common import bars_of, end_essential, value_range

#: Where a class of a degree ends that has no finite value: nowhere, so that it is left out.
NO_ENDS = (np.inf, -np.inf)


def apply_essential_policy(diagrams, *, essential="clamp", value="auto"):
    """Drop, end or keep the essential classes of diagrams.

    Parameters
    ----------
    diagrams : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
    essential : {"clamp", "drop", "keep"}, default="clamp"
        "clamp" ends them, "drop" leaves them out, "keep" changes nothing.
    value : "auto" or float, default="auto"
        Where "clamp" ends them. "auto" is, in each degree, the largest finite birth or death of all
        samples together. For superlevel bars, which run down to ``-inf``, it is the smallest.

    Returns
    -------
    Diagrams
        A class that is then no longer than zero is left out, and so is one without a finite
        birth unless all are kept.

    Examples
    --------
    >>> from tda.features import apply_essential_policy
    >>> dgms = [[[[0, 2], [0, float("inf")]]]]
    >>> apply_essential_policy(dgms, essential="clamp", value=5)[0][0]
    array([[0., 2.],
           [0., 5.]])
    >>> apply_essential_policy(dgms, essential="drop")[0][0]
    array([[0., 2.]])
    """
    step = EssentialPolicy(essential=essential, value=value)
    return step.fit_transform(as_diagrams(diagrams, name="diagrams"))


class EssentialPolicy(DiagramStep):
    """One policy for the classes that never die (input per shape: `X` is `Diagrams`).

    Features that need finite bars have this choice as a parameter, `essential`. This step makes the
    choice once for all steps after it, and takes a value of your own.

    Parameters
    ----------
    essential : {"clamp", "drop", "keep"}, default="clamp"
        "clamp" ends them, "drop" leaves them out, "keep" changes nothing. A class that ends no
        later than it is born is left out, and so is one without a finite birth.
    value : "auto" or float, default="auto"
        Where "clamp" ends them, in the unit of the diagrams. "auto" is, in each degree, the largest
        finite birth or death that `fit` saw. For superlevel bars, which run down to ``-inf``, it is
        the smallest. A filtration that was cut off ends there: give that value.

    Attributes
    ----------
    value_ranges_ : dict of int to (float, float)
        Where classes end that run down and up, degree by degree; those of a degree that `fit`
        did not see are left out.

    See Also
    --------
    tda.features.apply_essential_policy : The same in one call.

    Examples
    --------
    >>> from tda import BettiCurve, Diagrams, EssentialPolicy
    >>> dgms = Diagrams.from_ripser([[[[0, 2], [0, float("inf")]], [[1, 3]]]])
    >>> EssentialPolicy().fit_transform(dgms)[0][0]
    array([[0., 2.],
           [0., 2.]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "essential": [StrOptions({"clamp", "drop", "keep"})],
        "value": [StrOptions({"auto"}), Interval(Real, None, None, closed="neither")],
    }

    def __init__(self, *, essential="clamp", value="auto"):
        self.essential = essential
        self.value = value

    def _learn(self, diagrams):
        self.value_ranges_ = {}
        for k in range(diagrams.max_dimension + 1):
            births, deaths, _ = bars_of(diagrams, k)
            given = None if isinstance(self.value, str) else (float(self.value),) * 2
            self.value_ranges_[k] = given or value_range(births, deaths)

    def transform(self, X):
        """Apply the policy.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        Diagrams of shape (n_samples,)
        """
        check_is_fitted(self)
        diagrams = as_diagrams(X)
        if self.essential == "keep":
            return diagrams
        deaths = diagrams.deaths
        if self.essential == "clamp":
            ends = np.full((2, 128), np.reshape(NO_ENDS, (2, 1)))  # a degree is an int8
            for k, pair in self.value_ranges_.items():
                ends[:, k] = pair
            deaths = end_essential(diagrams.births, deaths, ends[:, diagrams.dims])
        finite = np.isfinite(diagrams.births) & np.isfinite(deaths)
        return diagrams._changed(deaths=deaths, keep=finite, stretch=1.0)
