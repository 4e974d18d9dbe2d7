"""Signed measures of two-parameter filtrations: where Betti numbers change, as points."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from ._slices import TwoParameterFeature, bars_of_levels, prepare

__all__ = ["SignedMeasure", "signed_measure"]

#: Radii that differ by less than this share of the largest one are the same, up to rounding.
SAME = 1e-12


def signed_measure(X, *, levels=None, degree=0, function="dtm", mass=0.05, complex="rips"):
    r"""The points in the plane of density and distance at which a Betti number changes.

    Each point has a weight, a positive or negative integer. The weights of the points below and
    to the left of a place sum to the Betti number there.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    levels : array-like of shape (n_levels,), default=None
        Ascending values of the first parameter at which the cloud is looked at. By default all its
        values, and the measure is exact.
    degree : int, default=0
        Of homology.
    function : "dtm", callable or array-like of shape (n_points,), default='dtm'
        The first parameter: `tda.homology.distance_to_measure`, small where points are dense; or
        your own numbers.
    mass : float, default=0.05
        Share of the points that "dtm" looks for.
    complex : {"rips", "alpha"}, default='rips'
        "rips", whose radii are lengths of edges, or "alpha", radii of balls around the points.

    Returns
    -------
    points : ndarray of shape (n_masses, 2)
        Level and radius, in ascending order.
    weights : int64 array of shape (n_masses,)

    Raises
    ------
    ValueError
        For a cloud with NaN, values that are not finite, levels that fall.

    Notes
    -----
    The Möbius inversion of the Hilbert function H [1]_: its mixed difference :math:`H(i, j) -
    H(i - 1, j) - H(i, j - 1) + H(i - 1, j - 1)`. Along the radius this is a point for each birth
    and a negative one for each death, exactly. Those of the level before are subtracted. One
    diagram for each level: all levels of n points cost n diagrams.

    References
    ----------
    .. [1] D. Loiseaux, L. Scoccola, M. Carrière, M. B. Botnan, S. Oudot, "Stable vectorization of
       multiparameter persistent homology using signed barcodes as measures", NeurIPS 2023.

    Examples
    --------
    Two points, then one between them, which joins them earlier:

    >>> from tda.euler import signed_measure
    >>> points, weights = signed_measure([[0.0], [2.0], [1.0]], function=[0, 0, 1])
    >>> points
    array([[0., 0.],
           [0., 2.],
           [1., 0.],
           [1., 1.],
           [1., 2.]])
    >>> weights
    array([ 2, -1,  1, -2,  1])
    """
    X, values, levels = prepare(X, levels, function, mass, complex, degree)
    bars = bars_of_levels([X], [values], levels, (degree,), complex)[degree]
    radii = np.concatenate([bars.births, bars.deaths])
    signs = np.repeat([1, -1], bars.births.size)
    places = np.concatenate([bars.slices, bars.slices])
    finite = np.isfinite(radii)
    radii, signs, places = radii[finite], signs[finite], places[finite]
    order = np.argsort(radii, kind="stable")
    new = np.diff(radii[order], prepend=-np.inf) > SAME * np.abs(radii).max(initial=0.0)
    column = np.empty(radii.size, np.int64)
    column[order] = np.cumsum(new) - 1
    starts = radii[order][new]
    # What a level has, the next one has less of: so that differences of levels remain.
    rows = np.concatenate([places, places + 1])
    columns, signs = np.tile(column, 2), np.concatenate([signs, -signs])
    inside = rows < levels.size
    keys, back = np.unique(
        rows[inside] * max(starts.size, 1) + columns[inside], return_inverse=True
    )
    weights = np.zeros(keys.size, np.int64)
    np.add.at(weights, back, signs[inside])
    keys, weights = keys[weights != 0], weights[weights != 0]
    level, radius = np.divmod(keys, max(starts.size, 1))
    return np.column_stack([levels[level], starts[radius]]), weights


class SignedMeasure(TwoParameterFeature):
    r"""Changes of Betti numbers by density and distance, smoothed (input per shape: a cloud).

    The changes are points with positive and negative weights. Each is spread out by a Gaussian, so
    that the columns change little if the cloud does.

    Parameters
    ----------
    complex : {"rips", "alpha"}, default='rips'
        "rips", whose radii are lengths of edges; or "alpha", radii of balls around the points,
        quick in two and three dimensions.
    function : "dtm" or callable, default='dtm'
        The first parameter, a number for each point: "dtm", `tda.homology.distance_to_measure`,
        small where points are dense; or a callable that takes a cloud and returns them.
    mass : float, default=0.05
        Share of the points that "dtm" looks for.
    degrees : int or list of int, default=None
        Homology degrees. By default 0 and 1 for "rips", and all below the number of coordinates for
        "alpha".
    n_levels : int, default=10
        Number of levels of the first parameter: values below which equal shares of all points of
        `fit` lie.
    n_bins : int, default=20
        Number of evenly spaced radii, both ends of the range included.
    range : "auto" or (float, float), default="auto"
        Smallest and largest radius. "auto" runs from 0 to the largest finite birth or death that
        `fit` saw at any level.
    bandwidth : float, default=0.1
        Standard deviation of the Gaussian, as a share of the range of radii, and of all points
        along the levels.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Show a progress bar.

    Attributes
    ----------
    degrees_ : tuple of int
    levels_ : ndarray of shape (n_levels,)
        Values of `function`.
    grid_ : ndarray of shape (n_bins,)
        Radii.

    See Also
    --------
    tda.euler.signed_measure : The points and weights of one cloud.
    HilbertFunction : What they sum to.
    PersistenceImage : The same idea with one parameter.

    Notes
    -----
    A column is :math:`\sum_p w_p \exp(-|x - p|^2 / 2 h^2)` at a place of the grid, where both axes
    have length 1: radii over their range, and levels as shares of the points. Radii are exact.
    Columns are ordered by degree, level, then radius.

    References
    ----------
    D. Loiseaux, L. Scoccola, M. Carrière, M. B. Botnan, S. Oudot, "Stable vectorization of
    multiparameter persistent homology using signed barcodes as measures", NeurIPS 2023.

    Examples
    --------
    >>> from tda import SignedMeasure
    >>> from tda.datasets import make_circle
    >>> circle = make_circle(60, noise=0.05, random_state=0)
    >>> SignedMeasure(n_levels=2, n_bins=5).fit_transform([circle]).shape
    (1, 20)
    """

    _parameter_constraints: ClassVar[dict] = {
        **TwoParameterFeature._parameter_constraints,
        "bandwidth": [Interval(Real, 0, None, closed="neither")],
    }
    _prefix = "signed_measure"

    def __init__(
        self,
        *,
        complex="rips",
        function="dtm",
        mass=0.05,
        degrees=None,
        n_levels=10,
        n_bins=20,
        range="auto",
        bandwidth=0.1,
        n_jobs=None,
        verbose=False,
    ):
        self.complex = complex
        self.function = function
        self.mass = mass
        self.degrees = degrees
        self.n_levels = n_levels
        self.n_bins = n_bins
        self.range = range
        self.bandwidth = bandwidth
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _table(self, bars, shape):
        unit = self.bandwidth * ((self.grid_[-1] - self.grid_[0]) or 1.0)
        along = np.zeros((shape[0] * shape[1], self.n_bins))
        for i in np.unique(bars.slices):  # bars are in the order of slices
            own = slice(*np.searchsorted(bars.slices, [i, i + 1]))
            born = _bumps(self.grid_, bars.births[own], unit)
            along[i] = (born - _bumps(self.grid_, bars.deaths[own], unit)).sum(axis=1)
        changes = np.diff(along.reshape(shape), axis=1, prepend=0.0)
        shares = np.arange(1, self.n_levels + 1) / self.n_levels
        across = _bumps(shares, shares, self.bandwidth)
        return np.stack([across @ one for one in changes])


def _bumps(grid, points, unit):
    """Gaussian bumps of height 1 at points, (n_values, n_points); 0 of one at infinity."""
    return np.exp(-0.5 * ((grid[:, None] - points) / unit) ** 2)
