"""Persistent homology dimension: how the spanning tree grows with the number of points."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from .._geometry import spanning_tree
from ._base import DimensionEstimator, Estimate, is_inside

__all__ = ["PersistentHomologyDimension", "persistent_homology_dimension"]


def persistent_homology_dimension(n_points, totals, *, alpha=1.0):
    """The dimension by which total persistence grows with the number of points.

    Take the lifetimes of degree 0, each to the power alpha, and add them up. For n points of a
    regular measure of dimension d > alpha the sum grows like ``n ** ((d - alpha) / d)`` [1]_. The
    slope of a line through the logarithms gives d.

    Parameters
    ----------
    n_points : array-like of shape (n_samples,)
    totals : array-like of shape (n_samples,)
        ``sum(lifetimes ** alpha)`` of each sample.
    alpha : float, default=1.0

    Returns
    -------
    dimension : float
        Infinite if totals grow as fast as the number of points or faster.

    References
    ----------
    .. [1] B. Schweinhart, "Fractal dimension and the persistent homology of random geometric
       complexes", Adv. Math. 372:107291, 2020.

    Examples
    --------
    >>> from tda.dimension._persistent_homology import persistent_homology_dimension
    >>> round(persistent_homology_dimension([100, 200, 400], [10.0, 20**0.5 * 10**0.5, 20.0]), 3)
    2.0
    """
    slope = np.polyfit(np.log(n_points), np.log(totals), 1)[0]
    return _dimension_of_slope(slope, alpha)


def _dimension_of_slope(slope, alpha):
    return np.inf if slope >= 1 - 1e-12 else float(alpha / (1 - slope))


#: Points whose so many neighbours are far by the measure of the others are left out.
N_NEAR = 16


class PersistentHomologyDimension(DimensionEstimator):
    """Intrinsic dimension from persistent homology of degree 0 (input per point).

    The cloud is split at random into 1, 2, 4, … parts of equal size. In each part the lifetimes of
    degree 0 are added up; they are the edges of the minimum spanning tree.

    Parameters
    ----------
    alpha : float, default=1.0
        The power of lifetimes, smaller than the dimension that is sought.
    n_levels : int, default=4
        How often the cloud is parted in two, as long as parts have ten points or more.
    n_repeats : int, default=3
        How often that is done anew.
    n_neighbors : int, default=100
        The neighbourhood whose growth the value at a point comes from; the dimension of the
        whole does not depend on it.
    random_state : int, RandomState or None, default=None
        Seed of the parting.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
        The same of each point and its neighbours. Of a hundred points it is a rough value, for
        averages over regions.
    standard_error_ : float
        From the scatter of parts, as if levels were independent: of chance, not of the bias of
        few points. NaN with fewer than three levels.
    interval_ : (float, float)
        Of 95%, normal in the slope.
    n_points_, totals_ : arrays of shape (n_parts,)
        Points and total persistence of each part: a line in a log-log plot, if there is a
        dimension.

    Notes
    -----
    O(`n_levels` · `n_repeats`) spanning trees of the cloud. Border effects shrink slowly, as
    ``n ** (-1 / d)``, so in many dimensions the answer falls behind the truth. `skdim.id.PH`
    fits the same line to other subsamples: sizes from half the points to all, evenly spaced,
    which overlap. Adams et al. [1]_ look at the growth in one sequence of points.

    References
    ----------
    .. [1] H. Adams, M. Aminian, E. Farnell, M. Kirby, J. Mirth, R. Neville, C. Peterson, C.
       Shonkwiler, "A fractal dimension for measures via persistent homology", Topological Data
       Analysis, Abel Symposia 15, 2020.
    .. [2] B. Schweinhart, "Fractal dimension and the persistent homology of random geometric
       complexes", Adv. Math. 372:107291, 2020.
    .. [3] J. M. Steele, "Growth rates of Euclidean minimal spanning trees with power weighted
       edges", Ann. Probab. 16:1767-1787, 1988.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import PersistentHomologyDimension
    >>> estimator = PersistentHomologyDimension(random_state=0)
    >>> print(f"{estimator.fit(make_sphere(500, random_state=0)).dimension_:.1f}")
    2.1
    """

    _least_points = 6
    _parameter_constraints: ClassVar[dict] = {
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "n_levels": [Interval(Integral, 1, None, closed="left")],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 20, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        alpha=1.0,
        n_levels=4,
        n_repeats=3,
        n_neighbors=100,
        random_state=None,
        n_jobs=None,
    ):
        self.alpha = alpha
        self.n_levels = n_levels
        self.n_repeats = n_repeats
        self.n_neighbors = n_neighbors
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _fit(self, points, graph):
        self.n_points_ = np.zeros(0, dtype=int)
        self.totals_ = np.zeros(0)
        return super()._fit(points, graph)

    def _estimate(self, X, graph):
        rng = check_random_state(self.random_state)
        inside = X[is_inside(graph.distances[:, :N_NEAR])]  # one edge to a stray would be the whole
        parts = _partings(len(inside), self.n_levels, self.n_repeats, rng)
        self.n_points_, self.totals_ = total_persistences(inside, parts, self.alpha)
        slope, error = _slope_and_error(self.n_points_, self.totals_)
        dimension = _dimension_of_slope(slope, self.alpha)
        interval = sorted(
            _dimension_of_slope(slope + sign * 1.96 * error, self.alpha) for sign in (-1, 1)
        )

        members = np.column_stack([np.arange(len(X)), graph.indices])
        parts = _partings(members.shape[1], min(self.n_levels, 2), 1, rng)
        local = np.empty(len(X))
        for i, near in enumerate(members):
            totals = total_persistences(X[near], parts, self.alpha)
            local[i] = _dimension_of_slope(_slope_and_error(*totals)[0], self.alpha)
        return Estimate(dimension, local, dimension**2 / self.alpha * error, tuple(interval))


def _partings(n, n_levels, n_repeats, rng):
    """Index sets: the whole, then halves, quarters, … of at least ten, of shuffled points."""
    parts = [np.arange(n)]
    for _ in range(n_repeats):
        order = rng.permutation(n)
        for level in range(1, n_levels + 1):
            size = n >> level
            if size < 10 and level > 1:
                break
            parts.extend(order[i * size : (i + 1) * size] for i in range(1 << level))
    return parts


def total_persistences(X, parts, alpha):
    """Number of points and total persistence of degree 0 of each part of a cloud."""
    totals = [(spanning_tree(X[part])[1] ** alpha).sum() for part in parts]
    return np.array([len(part) for part in parts]), np.array(totals)


def _slope_and_error(n_points, totals):
    """The slope of the mean logarithms of each size, and its error by the scatter in sizes.

    A total of m points varies by a share of about 1 / sqrt(m) (Kesten, Lee 1996), so means over
    parts that make up the cloud are equally sure at each size.
    """
    sizes, level = np.unique(n_points, return_inverse=True)
    logs = np.log(totals)
    counts = np.bincount(level)
    means = np.bincount(level, logs) / counts
    x = np.log(sizes) - np.log(sizes).mean()
    slope = (x @ means) / (x @ x)
    if sizes.size < 3:
        return slope, np.nan
    scatter = (n_points * (logs - means[level]) ** 2).sum() / (counts - 1).sum()
    return slope, np.sqrt(scatter / sizes[-1] / (x @ x))
