"""Topological vectors: sorted distances between bars (Carrière, Oudot, Ovsjanikov, 2015)."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_finite_bars, one_sample

#: Bars whose distances to all longer ones are computed at once.
_ROWS = 64


def topological_vector(bars, *, n_distances=10):
    r"""Return the largest distances between bars, each at most a bar's distance to the diagonal.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    n_distances : int, default=10
        How many to keep.

    Returns
    -------
    vector : ndarray of shape (n_distances,)
        Falling, in the unit of births and deaths; zeros follow where there are fewer pairs.

    Raises
    ------
    ValueError
        If `bars` has another shape, holds NaN or an essential class, or `n_distances` is not
        positive.

    Notes
    -----
    Each pair of bars p, q gives :math:`\min(\|p - q\|_\infty, \ell_p / 2, \ell_q / 2)`, with
    the lifetimes :math:`\ell`, whose halves are the distances to the diagonal. No entry of the
    sorted vector moves by more than twice the bottleneck distance (theorem 3.2 of the paper).

    gudhi's `TopologicalVector` leaves out the lifetime of the earlier bar of each pair, so its
    answer depends on their order; it is as here for bars in order of falling lifetime.

    The longest bars are taken first, until no shorter one can give a larger distance: mostly
    O(n_bars log n_bars) time, O(n_bars²) at worst, and O(n_bars) memory.

    References
    ----------
    M. Carrière, S. Oudot, M. Ovsjanikov, "Stable topological signatures for points on 3D
    shapes", Computer Graphics Forum 34 (2015).

    Examples
    --------
    >>> from tda.features import topological_vector
    >>> topological_vector([[0, 10], [1, 5], [20, 26]], n_distances=4)
    array([3., 2., 2., 0.])
    """
    bars = check_finite_bars(bars)
    if not (isinstance(n_distances, Integral) and n_distances >= 1):
        raise ValueError(f"n_distances={n_distances!r}; it must be a positive integer.")
    return _vectors(one_sample(bars), n_distances)[0]


def _vectors(bars, n_distances):
    """Array of shape (n_samples, n_distances)."""
    vectors = np.zeros((bars.offsets.size - 1, n_distances))
    for row, some in zip(vectors, bars.by_sample(), strict=True):
        row[:] = _largest_distances(some, n_distances)
    return vectors


def _largest_distances(bars, n_distances):
    halves = np.abs(bars[:, 1] - bars[:, 0]) / 2
    order = np.argsort(-halves, kind="stable")
    halves, births, deaths = halves[order], bars[order, 0], bars[order, 1]
    largest = np.zeros(n_distances)
    for start in range(0, len(bars), _ROWS):
        if halves[start] <= largest[-1]:
            break
        end = min(start + _ROWS, len(bars))
        apart = np.maximum(
            np.abs(births[start:end, None] - births[:end]),
            np.abs(deaths[start:end, None] - deaths[:end]),
        )
        # Of a pair the later bar is the shorter one; each pair counts once.
        apart = np.tril(np.minimum(apart, halves[start:end, None]), start - 1)
        candidates = np.concatenate([largest, apart.ravel()])
        largest = -np.sort(np.partition(-candidates, n_distances - 1)[:n_distances])
    return largest


class TopologicalVector(DegreewiseFeature):
    """Topological vectors of all degrees (input per shape: `X` is `Diagrams`).

    The largest distances between two bars of a degree. Each distance is at most the distance of
    either bar to the diagonal.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    n_distances : int, default=10
        How many to keep, for each degree.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    n_distances_ : int
        Number of columns per degree.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.topological_vector : The same for the bars of one degree, with the formula.

    References
    ----------
    M. Carrière, S. Oudot, M. Ovsjanikov, "Stable topological signatures for points on 3D
    shapes", Computer Graphics Forum 34 (2015).

    Examples
    --------
    >>> from tda import Diagrams, TopologicalVector
    >>> dgms = Diagrams.from_ripser([[[], [[0, 10], [1, 5], [20, 26]]]])
    >>> vector = TopologicalVector(degrees=[1], n_distances=4)
    >>> vector.fit_transform(dgms)
    array([[3., 2., 2., 0.]])
    >>> vector.get_feature_names_out()[0]
    'topological_vector_h1_1'
    """

    _prefix = "topological_vector"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_distances": [Interval(Integral, 1, None, closed="left")],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, n_distances=10, essential="drop"):
        self.degrees = degrees
        self.n_distances = n_distances
        self.essential = essential

    def _learn(self, bars):
        self.n_distances_ = int(self.n_distances)

    def _block(self, bars, degree):
        return _vectors(bars, self.n_distances_)

    def _labels(self, degree):
        return [str(j) for j in range(1, self.n_distances_ + 1)]
