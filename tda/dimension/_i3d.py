"""I3D: the intrinsic dimension of points on a lattice, such as counts."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from ._base import DimensionEstimator, Estimate
from ._scales import some_points

__all__ = ["I3D", "discrete_dimension", "lattice_log_volume"]

#: Dimensions from here to there are sought.
LEAST, MOST = 1e-3, 1e3
#: Radii of the curve grow by this factor.
GROWTH = 1.25
#: A grid for coordinates that are on none: so many steps to the widest column.
N_STEPS = 100
#: A cloud so many times as wide as all but its ends of 1% has points far away.
FAR = 100
#: Of more than twice as many points so many are centres.
N_CENTRES = 3_000
#: Radii beyond so many steps are not looked at.
FARTHEST = 2_000


def lattice_log_volume(radius, dimension):
    """The logarithm of the number of lattice points within a radius, in steps along the axes.

    In d dimensions these are the coefficients of ``(1 + x) ** d / (1 - x) ** (d + 1)``. They exist
    for any real d, and are computed by their recurrence, in which all terms are positive.

    Parameters
    ----------
    radius : int
        At least 0.
    dimension : array-like of shape (...)
        Above 0.

    Returns
    -------
    array of shape (...)

    References
    ----------
    As of `I3D`.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension import lattice_log_volume
    >>> np.exp(lattice_log_volume(2, [1.0, 2.0, 3.0])).round()  # of a line, a plane, of space
    array([ 5., 13., 25.])
    """
    d = np.asarray(dimension, dtype=float)
    before, volume, log = np.zeros(d.shape), np.ones(d.shape), np.zeros(d.shape)
    for t in range(1, radius + 1):
        before, volume = volume, ((2 * d + 1) * volume + (t - 1) * before) / t
        if t % 64 == 0:
            before, log, volume = before / volume, log + np.log(volume), np.ones(d.shape)
    return log + np.log(volume)


def discrete_dimension(inner, outer, inner_radius, outer_radius, *, centre_is_free=True):
    """Intrinsic dimension from counts of lattice points within two radii of the same centre.

    If points are spread evenly over a ball of the lattice, the probability to lie in the smaller
    ball is the ratio of the numbers of lattice points. So the counts are binomial, and this is
    their maximum likelihood estimate.

    Parameters
    ----------
    inner, outer : array-like of shape (n_centres,)
        Points within the smaller and the larger radius, the centre itself not counted.
    inner_radius, outer_radius : int
        In steps of the lattice along the axes; at least 1 and 2.
    centre_is_free : bool, default=True
        Whether other points may be at the place of the centre, as where equal rows are counted.

    Returns
    -------
    dimension : float
        Infinite if no point is within the smaller radius, 0 if all are.
    standard_error : float
        The bound of Cramér and Rao, as if counts were independent; NaN if `dimension` is 0 or
        infinite.

    References
    ----------
    As of `I3D`.

    Examples
    --------
    >>> from tda.dimension._i3d import discrete_dimension
    >>> dimension, error = discrete_dimension([4] * 50, [12] * 50, 1, 2, centre_is_free=False)
    >>> print(f"{dimension:.2f} +- {error:.2f}")  # of the square lattice
    2.00 +- 0.17
    """
    inner, outer = np.sum(inner, dtype=float), np.sum(outer, dtype=float)
    share = inner / outer if outer else 1.0
    if share == 0:
        return np.inf, np.nan
    dimension = float(_invert(share, inner_radius, outer_radius, centre_is_free))
    if dimension <= LEAST or share == 1:
        return 0.0, np.nan
    step = 1e-4 * dimension
    ends = _log_share(
        np.array([dimension - step, dimension + step]), inner_radius, outer_radius, centre_is_free
    )
    slope = (ends[1] - ends[0]) / (2 * step)  # of log p
    return dimension, float(np.sqrt((1 - share) / (share * outer)) / abs(slope))


def _log_share(d, inner_radius, outer_radius, centre_is_free):
    """The logarithm of the chance that a point of the larger ball is in the smaller."""
    small, large = (lattice_log_volume(r, d) for r in (inner_radius, outer_radius))
    if not centre_is_free:
        small, large = (log + np.log1p(-np.exp(-log)) for log in (small, large))
    return small - large


def _invert(share, inner_radius, outer_radius, centre_is_free):
    """The dimensions at which the chance is this; it falls as they rise."""
    grid = np.geomspace(LEAST, MOST, 2000)
    logs = _log_share(grid, inner_radius, outer_radius, centre_is_free)
    with np.errstate(divide="ignore"):
        wanted = np.log(np.asarray(share, dtype=float))
    d = np.exp(np.interp(-wanted, -logs, np.log(grid)))
    for _ in range(2):  # Newton's steps, in logarithms
        step = 1e-4 * d
        low, high = (
            _log_share(d + sign * step, inner_radius, outer_radius, centre_is_free)
            for sign in (-1, 1)
        )
        slope = (high - low) / 2e-4
        with np.errstate(invalid="ignore", over="ignore"):
            move = np.where(slope < 0, (wanted - (low + high) / 2) / slope, 0.0)
        d = d * np.exp(np.clip(np.nan_to_num(move, posinf=0.0, neginf=0.0), -0.01, 0.01))
    return np.where(wanted == -np.inf, np.inf, d)


class I3D(DimensionEstimator):
    """Intrinsic dimension of points on a lattice, such as counts (input per point).

    Integer data have many equal distances, and at the finest scales no method for continuous data
    is right. Here balls of the lattice itself are compared, with distances along the axes. This is
    exact at every radius from one step on.

    Parameters
    ----------
    radius : int, default=None
        Of the larger ball, in steps. None: the least with `n_neighbors` points within, on average.
    ratio : float, default=0.5
        Of the smaller ball's radius, rounded up, to the larger one's.
    n_neighbors : int, default=20
    step : float, default=None
        Of the lattice; coordinates are rounded to it. None: 1 for integers, and otherwise the step
        of which all coordinates are multiples, counted from the least; if there is none, a
        hundredth of the widest column, its ends of 1% left out.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
        From the counts around each point and around those within the radius, pooled.
    standard_error_ : float
        Counts what points share.
    interval_ : (float, float)
        Of 95%, from the standard error.
    step_, radius_ : float, int
        What was taken.
    radii_ : int array of shape (n_scales,)
    dimensions_, standard_errors_ : arrays of shape (n_scales,)
        The dimension by scale, and the bound of Cramér and Rao.

    See Also
    --------
    tda.IntrinsicDimension : For any data; begins beyond the ties.

    Notes
    -----
    Equal points count once, as everywhere in this room, so that no other point is at the place of a
    centre: on a lattice of which all places are taken the answer is exact but for the border.
    dadapy's `IdDiscrete.compute_id_binomial_lk` with ``method="mle"`` counts the centre as free,
    which suits rows that repeat. In time O(n² m); of more
    than 6,000 points 3,000 are centres.

    References
    ----------
    .. [1] I. Macocco, A. Glielmo, J. Grilli, A. Laio, "Intrinsic dimension estimation for
       discrete metrics", Phys. Rev. Lett. 130:067401, 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension import I3D
    >>> counts = np.random.default_rng(0).poisson(20, size=(1000, 3))
    >>> print(f"{I3D().fit(counts).dimension_:.1f}")
    2.9
    """

    _parameter_constraints: ClassVar[dict] = {
        "radius": [Interval(Integral, 2, None, closed="left"), None],
        "ratio": [Interval(Real, 0, 1, closed="neither")],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "step": [Interval(Real, 0, None, closed="neither"), None],
    }

    def __init__(self, *, radius=None, ratio=0.5, n_neighbors=20, step=None):
        self.radius = radius
        self.ratio = ratio
        self.n_neighbors = n_neighbors
        self.step = step

    def _most_neighbors(self):
        return 0

    def _fit(self, points, graph):
        self.step_, self.radius_ = np.nan, 0  # where all points are equal
        self.radii_ = np.zeros(0, dtype=int)
        self.dimensions_ = self.standard_errors_ = np.zeros(0)
        return super()._fit(points, graph)

    def _estimate(self, X, graph):
        self.step_ = float(self.step or _step_of(X))
        places, owner = np.unique(
            np.rint((X - X.min(axis=0)) / self.step_), axis=0, return_inverse=True
        )
        owner, n = owner.ravel(), len(places)
        if n < 3:
            own = "" if self.step is None else "a smaller "
            raise ValueError(
                f"A grid of step {self.step_:.6g} puts {len(X)} points on {n} "
                f"{'place' if n == 1 else 'places'}: pass {own}step=, in the units "
                "of X, or points at more places."
            )
        centres = some_points(n, N_CENTRES) if n > 2 * N_CENTRES else np.arange(n)
        counts = _counts(places, centres)
        means = counts.mean(axis=0)
        # Farther than an eighth of all are, the border counts more than the dimension.
        wanted = min(self.n_neighbors, n / 8, means[-1])
        self.radius_ = int(self.radius or max(np.argmax(means >= wanted), 2))
        last = max(int(np.argmax(means >= min(n / 4, means[-1]))), 2)
        steps = np.arange(3, 1 + np.log(last) / np.log(GROWTH))
        self.radii_ = np.unique(np.ceil(GROWTH**steps)).astype(int)
        curve = [self._of(counts, radius) for radius in self.radii_.tolist()]
        self.dimensions_, self.standard_errors_ = np.reshape(curve, (-1, 2)).T
        dimension, error = self._of(counts, self.radius_)
        local, shared = self._around(places, centres, counts, dimension)
        return Estimate(dimension, local[owner], shared if np.isfinite(shared) else error)

    def _radii(self, radius):
        inner = int(np.ceil(self.ratio * radius))
        return (inner if inner < radius else radius - 1), radius

    def _within(self, counts, radius):
        """The two radii, and how many places are within each."""
        radii = self._radii(radius)
        return radii, [counts[:, min(r, counts.shape[1] - 1)].astype(float) for r in radii]

    def _of(self, counts, radius):
        radii, within = self._within(counts, radius)
        return discrete_dimension(*within, *radii, centre_is_free=False)

    def _around(self, places, centres, counts, dimension):
        """The dimension about each place, and the error of the whole, by what centres share."""
        from scipy.spatial.distance import cdist

        (inner, outer), (n, k) = self._within(counts, self.radius_)
        influences = np.zeros(len(centres))
        if 0 < dimension < np.inf:
            step = 1e-4 * dimension
            ends = np.array([dimension - step, dimension + step])
            low, high = np.exp(_log_share(ends, inner, outer, False))
            influences = (n - n.sum() / k.sum() * k) / k.mean() * 2 * step / (high - low)
        columns = np.column_stack([n, k, influences / np.sqrt(k + 1)])
        found = np.empty((len(places), 3))
        block = max(4_000_000 // len(centres), 1)
        for i in range(0, len(places), block):
            D = cdist(places[i : i + block], places[centres], "cityblock")
            near = D <= np.maximum(outer, D.min(axis=1, keepdims=True)) + 0.5
            found[i : i + block] = near @ columns
        pooled_inner, pooled_outer, looked_at = found.T
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(pooled_outer > 0, pooled_inner / pooled_outer, 0.0)
        local = np.where(share >= 1, 0.0, _invert(share, inner, outer, False))
        error = float(np.sqrt(looked_at @ looked_at) / len(centres))
        return local, error if error > 0 else np.nan


def _step_of(X):
    """The step of the lattice on which all coordinates lie, or of a grid that is laid over them."""
    if (X == np.rint(X)).all():
        return 1.0
    gaps = [np.diff(np.unique(column)) for column in X.T]
    widest = float(np.ptp(X, axis=0).max())
    # A point far away would make the grid as coarse.
    usual = float(np.ptp(np.quantile(X, [0.01, 0.99], axis=0), axis=0).max())
    if usual and widest > FAR * usual:
        widest = usual
    # Equal but for rounding are values that differ by less than 1e-9 of the width.
    gaps = np.concatenate(gaps)
    step = float(gaps[gaps > 1e-9 * widest].min())
    steps = (X - X.min(axis=0)) / step
    if widest / step <= 1e5 and np.abs(steps - np.rint(steps)).max() < 1e-3:
        return step
    return (usual or widest) / N_STEPS


def _counts(places, centres):
    """Other places within every radius from 0 on of some, of shape (n_centres, n_radii)."""
    from scipy.spatial.distance import cdist

    farthest = min(int(np.ptp(places, axis=0).sum()), FARTHEST)
    counts = np.empty((len(centres), farthest + 1), dtype=np.int32)
    block = max(2_000_000 // len(places), 1)
    for i in range(0, len(centres), block):
        D = np.rint(cdist(places[centres[i : i + block]], places, "cityblock"))
        D = np.minimum(D, farthest + 1).astype(np.intp)
        D += (farthest + 2) * np.arange(len(D))[:, None]
        one = np.bincount(D.ravel(), minlength=(farthest + 2) * len(D)).reshape(len(D), -1)
        counts[i : i + block] = np.cumsum(one[:, :-1], axis=1) - 1  # without the place itself
    return counts
