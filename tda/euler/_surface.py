"""Euler characteristic surfaces: of the dense part of a cloud, by density and distance."""

from __future__ import annotations

from typing import ClassVar

from ._slices import TwoParameterFeature, bars_of_levels, check_axis, count_alive, prepare

__all__ = ["EulerSurface", "euler_surface"]


def euler_surface(X, levels, radii, *, function="dtm", mass=0.05, complex="alpha"):
    """Euler characteristic of the dense part of a cloud, for each level of density and radius.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    levels : array-like of shape (n_levels,)
        Ascending values of the first parameter: the points at or below a level count.
    radii : array-like of shape (n_radii,)
        Ascending values of the second one.
    function : "dtm", callable or array-like of shape (n_points,), default='dtm'
        The first parameter: `tda.homology.distance_to_measure`, small where points are dense; or
        your own numbers.
    mass : float, default=0.05
        Share of the points that "dtm" looks for.
    complex : {"rips", "alpha"}, default='alpha'
        "rips", whose radii are lengths of edges, or "alpha", radii of balls around the points.

    Returns
    -------
    characteristic : int64 array of shape (n_levels, n_radii)

    Raises
    ------
    ValueError
        For a cloud with NaN, values that are not finite, levels or radii that fall.

    Notes
    -----
    With "alpha" the Euler characteristic of the union of balls around the points of each level,
    from its Betti numbers in all degrees. With "rips" components less loops: higher degrees are
    left out.

    References
    ----------
    G. Beltramo, P. Skraba, R. Andreeva, R. Sarkar, Y. Giarratano, M. O. Bernabeu, "Euler
    characteristic surfaces", Foundations of Data Science 4 (2022).

    Examples
    --------
    Four corners of a square, then its centre, which fills the loop:

    >>> from tda.euler import euler_surface
    >>> X = [[0, 0], [0, 2], [2, 2], [2, 0], [1, 1]]
    >>> euler_surface(X, [0, 1], [0, 1.2, 1.5], function=[0, 0, 0, 0, 1])
    array([[4, 0, 1],
           [5, 1, 1]])
    """
    X, values, levels = prepare(X, levels, function, mass, complex)
    radii = check_axis(radii, "radii")
    degrees = (0, 1) if complex == "rips" else tuple(range(X.shape[1]))
    bars = bars_of_levels([X], [values], levels, degrees, complex)
    return sum((-1) ** k * count_alive(bars[k], levels.size, radii) for k in degrees)


class EulerSurface(TwoParameterFeature):
    """Euler characteristic by density and distance (input per shape: a sample is a cloud).

    At each level of density and each radius: components less loops plus voids of the balls around
    the points that are so dense.

    Parameters
    ----------
    complex : {"rips", "alpha"}, default='alpha'
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
    tda.euler.euler_surface : The same for one cloud and a given grid.
    HilbertFunction : The same with degrees apart.
    EulerCurve : The same of diagrams, with one parameter.

    Notes
    -----
    Columns are ordered by level, then radius. One diagram for each sample and level.

    References
    ----------
    G. Beltramo, P. Skraba, R. Andreeva, R. Sarkar, Y. Giarratano, M. O. Bernabeu, "Euler
    characteristic surfaces", Foundations of Data Science 4 (2022).

    Examples
    --------
    >>> from tda import EulerSurface
    >>> from tda.datasets import make_circle
    >>> circle = make_circle(60, noise=0.05, random_state=0)
    >>> surface = EulerSurface(n_levels=2, n_bins=5)
    >>> surface.fit_transform([circle]).reshape(2, 5)
    array([[30.,  5.,  0.,  0.,  1.],
           [60.,  0.,  0.,  0.,  1.]])
    >>> surface.get_feature_names_out()[0]
    'euler_surface_0.5_0'
    """

    _parameter_constraints: ClassVar[dict] = {**TwoParameterFeature._parameter_constraints}
    _prefix = "euler_surface"

    def __init__(
        self,
        *,
        complex="alpha",
        function="dtm",
        mass=0.05,
        degrees=None,
        n_levels=10,
        n_bins=20,
        range="auto",
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
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _rows(self, samples, bars=None):
        each = super()._rows(samples, bars).reshape(len(samples), len(self.degrees_), -1)
        signs = [(-1.0) ** k for k in self.degrees_]
        return sum(sign * each[:, i] for i, sign in enumerate(signs))

    def _table(self, bars, shape):
        return count_alive(bars, shape[0] * shape[1], self.grid_).astype(float)

    def _degree_labels(self):
        return [""]
