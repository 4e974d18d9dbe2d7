"""`HoleFilter`: diagrams with only the significant bars."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import PlainStep
from ..diagrams import as_diagrams
from ._significance import check_complex, hole_significance

__all__ = ["HoleFilter", "filter_holes"]

#: Degrees whose bars can be tested from the diagram alone.
TESTED = (1, 2)


def filter_holes(diagrams, *, level=0.05, dimension=None, method="monte_carlo", certain=False):
    """Keep the significant loops and voids.

    Parameters
    ----------
    diagrams : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        Of the "rips" or "alpha" filtration.
    level : float, default=0.05
        The largest p-value of a bar that stays, corrected for all bars of its degree in its
        sample and for the degrees that were computed.
    dimension : float, default=None
        Intrinsic dimension of the clouds, as in `hole_significance`.
    method : {"monte_carlo", "gumbel"}, default="monte_carlo"
        The null law of p-values: simulated, or a Gumbel law; see `hole_significance`.
    certain : bool, default=False
        Loops and voids must also be longer than the error bound of their diagram: then they are
        there in all points, not in the landmarks alone (`tda.landmarks`).

    Returns
    -------
    Diagrams
        Degree 0 stays whole, and so do classes that never die; of degrees above 2, about
        which nothing is known, there must be no bar.

    Raises
    ------
    ValueError
        For another filtration, bars of degree 3 or more, a sample with loops or voids but
        without its bars of degree 0, or a parameter out of its range.

    See Also
    --------
    hole_significance : The p-values.
    tda.features.filter_bars : By lifetime, number, or a ratio of death to birth for all samples.

    Notes
    -----
    One test a sample and degree: the size of the cloud is the number of its bars of degree 0.
    Of clouds smaller than those that were simulated every loop and void goes. O(n_bars log
    n_bars) time.

    Examples
    --------
    >>> from tda import AlphaPersistence
    >>> from tda.holes import filter_holes
    >>> from tda.datasets import make_annulus, make_disk
    >>> shapes = [make_annulus(300, random_state=0), make_disk(300, random_state=0)]
    >>> diagrams = AlphaPersistence().fit_transform(shapes)
    >>> [len(diagram[1]) for diagram in filter_holes(diagrams)]
    [1, 0]
    """
    diagrams = as_diagrams(diagrams, name="diagrams")
    check_complex(diagrams.filtration)
    if not isinstance(level, Real) or not 0 < level < 1:
        raise ValueError(f"level={level!r}; it must be a probability between 0 and 1")
    if (diagrams.dims > TESTED[-1]).any():
        raise ValueError(
            f"there are bars of degree {diagrams.dims.max()}, but loops (1) and voids (2) can be "
            "tested: leave out the others with DegreeSelector."
        )
    for i, diagram in enumerate(diagrams):
        if len(diagram) and not (diagram.dims == 0).any():
            raise ValueError(
                f"sample {i} has no bars of degree 0, whose number says how many points there "
                "are: filter before they are left out."
            )
    keep = (diagrams.dims == 0) | ~np.isfinite(diagrams.deaths)
    degrees = [k for k in TESTED if k <= diagrams.max_dimension]
    for diagram, start in zip(diagrams, diagrams.offsets, strict=False):
        for k in degrees:
            holes = hole_significance(
                diagram, degree=k, dimension=dimension, method=method, n_tests=len(degrees)
            )
            least = diagram.error_bound if certain else 0.0
            kept = [h for h in holes if h.p_value <= level and h.death - h.birth > least]
            keep[[start + hole.bar for hole in kept]] = True
    return diagrams._changed(keep=keep)


class HoleFilter(PlainStep):
    """Keep the significant loops and voids (input per shape: `X` is `Diagrams`).

    A step between the homology and the features, for the "rips" and "alpha" filtrations.

    Parameters
    ----------
    level : float, default=0.05
        The largest p-value of a bar that stays, corrected for all bars of its degree in its
        sample and for the degrees that were computed.
    dimension : float, default=None
        Intrinsic dimension of the clouds; by default, and at least, one more than the degree.
    method : {"monte_carlo", "gumbel"}, default="monte_carlo"
        Compare with the simulated largest ratio of noise, or with the closed form, which keeps
        fewer bars.
    certain : bool, default=False
        Loops and voids must also be longer than the error bound of their diagram.

    See Also
    --------
    tda.holes.filter_holes : The same in one call; what stays, and the cost.
    HoleCounter : The number of these holes, from clouds.
    BarFilter : By lifetime, number, or a ratio of death to birth for all samples.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import AlphaPersistence, BarCount, HoleFilter
    >>> from tda.datasets import make_annulus, make_disk
    >>> shapes = [make_annulus(300, random_state=0), make_disk(300, random_state=0)]
    >>> counts = make_pipeline(AlphaPersistence(), HoleFilter(), BarCount(degrees=[1]))
    >>> counts.fit_transform(shapes)
    array([[1.],
           [0.]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "level": [Interval(Real, 0, 1, closed="neither")],
        "dimension": [Interval(Real, 0, None, closed="neither"), None],
        "method": [StrOptions({"monte_carlo", "gumbel"})],
        "certain": ["boolean"],
    }

    def __init__(self, *, level=0.05, dimension=None, method="monte_carlo", certain=False):
        self.level = level
        self.dimension = dimension
        self.method = method
        self.certain = certain

    def _learn(self, diagrams):
        check_complex(diagrams.filtration)

    def transform(self, X):
        """Filter the bars.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        Diagrams of shape (n_samples,)
        """
        return filter_holes(as_diagrams(X), **self.get_params())
