"""Hilbert functions of two-parameter filtrations: Betti numbers by density and distance."""

from __future__ import annotations

from typing import ClassVar

from ._slices import TwoParameterFeature, bars_of_levels, check_axis, count_alive, prepare

__all__ = ["HilbertFunction", "hilbert_function"]


def hilbert_function(X, levels, radii, *, degree=0, function="dtm", mass=0.05, complex="rips"):
    """Betti numbers of the dense part of a cloud, for each level of density and each radius.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    levels : array-like of shape (n_levels,)
        Ascending values of the first parameter: the points at or below a level count.
    radii : array-like of shape (n_radii,)
        Ascending values of the second one.
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
    betti : int64 array of shape (n_levels, n_radii)

    Raises
    ------
    ValueError
        For a cloud with NaN, values that are not finite, levels or radii that fall.

    Notes
    -----
    The dimension of the homology of the function-Rips bifiltration, or of the union of balls around
    the points of each level [1]_. It is exact: one diagram a level, and a count of its bars.

    References
    ----------
    .. [1] G. Carlsson, A. Zomorodian, "The theory of multidimensional persistence", Discrete
       Comput. Geom. 42 (2009).

    Examples
    --------
    Two pairs of points, the second one sparse:

    >>> from tda.euler import hilbert_function
    >>> X, sparseness = [[0.0], [1.0], [10.0], [12.0]], [1, 1, 2, 2]
    >>> hilbert_function(X, [0, 1, 2], [0, 1, 2, 9], function=sparseness)
    array([[0, 0, 0, 0],
           [2, 1, 1, 1],
           [4, 3, 2, 1]])
    """
    X, values, levels = prepare(X, levels, function, mass, complex, degree)
    radii = check_axis(radii, "radii")
    bars = bars_of_levels([X], [values], levels, (degree,), complex)[degree]
    return count_alive(bars, levels.size, radii)


class HilbertFunction(TwoParameterFeature):
    """Betti numbers by density and distance (input per shape: a sample is a cloud).

    Outliers and bridges of few points spoil diagrams. Here each hole is counted among the densest
    tenth of the points, the densest fifth, … and at each radius, so that what holds among dense
    points is seen.

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
    tda.euler.hilbert_function : The same for one cloud and a given grid.
    SignedMeasure : Its differences, smoothed, which change little if the cloud does.
    DTMPersistence : Density and distance in one parameter.

    Notes
    -----
    Columns are ordered by degree, level, then radius. One diagram for each sample and level.

    References
    ----------
    G. Carlsson, A. Zomorodian, "The theory of multidimensional persistence", Discrete Comput.
    Geom. 42 (2009).

    Examples
    --------
    >>> from tda import HilbertFunction
    >>> from tda.datasets import make_circle
    >>> circle = make_circle(60, noise=0.05, random_state=0)
    >>> counts = HilbertFunction(n_levels=2, n_bins=5)
    >>> counts.fit_transform([circle]).reshape(2, 2, 5)[1]  # loops: of the denser half, of all
    array([[0., 0., 0., 1., 0.],
           [0., 1., 1., 1., 0.]])
    >>> counts.get_feature_names_out()[0]
    'hilbert_function_h0_0.5_0'
    """

    _parameter_constraints: ClassVar[dict] = {**TwoParameterFeature._parameter_constraints}
    _prefix = "hilbert_function"

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

    def _table(self, bars, shape):
        return count_alive(bars, shape[0] * shape[1], self.grid_).astype(float)
