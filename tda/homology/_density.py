"""Persistence of a kernel density estimate: the peaks and the holes of a cloud's density."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from .._per_shape import CHECKPOINT
from .._validation import check_cloud, check_clouds, check_field
from ._cubical import CUBICAL, checked_cubical_diagram, highest_degree
from ._plan import plan
from ._tasks import CubicalTask
from .base import PersistenceTransformer, check_same_width

if TYPE_CHECKING:
    from ..diagrams import Diagram


__all__ = ["DensityPersistence", "density_diagram"]

_REACH = 6.0  # bandwidths from which on a kernel is nothing


def density_diagram(
    X, *, bandwidth=None, resolution=64, period=None, max_dimension=None, field=2
) -> Diagram:
    """Persistence diagram of the superlevel sets of a cloud's density.

    The density is estimated by Gaussian kernels and evaluated on a grid. Degree 0 shows its peaks:
    the highest is born first. Degree 1 shows loops of high density around regions of low density.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud in one, two or three dimensions.
    bandwidth : float, default=None
        Standard deviation of the kernels, in units of X. By default Scott's rule,
        ``n_points**(-1 / (n_features + 4))`` times the mean standard deviation of the columns.
    resolution : int, default=64
        Number of grid points along each axis. Their spacing should be below the bandwidth.
    period : float or sequence of float, default=None
        For points on a circle or torus: the period of each axis. One number is used for all. By
        default the grid is the cloud's bounding box, widened by three bandwidths, so that the
        result does not depend on other clouds.
    max_dimension : int, default=None
        Highest degree of homology; by default all that can occur: ``n_features - 1``, or
        ``n_features`` on a torus.
    field : int, default=2
        The prime of the coefficient field Z/p.

    Returns
    -------
    Diagram
        Of the cubical filtration, in units of density (points per volume, divided by the number
        of points). Births are above deaths, an essential class has ``death = -inf``.

    Raises
    ------
    ValueError
        For a cloud that is empty, not 2-D, has more than three columns, or holds NaN or
        infinity; for a bandwidth or a period that is not positive.

    Notes
    -----
    The persistent homology of kernel density estimates and its confidence sets are in [1]_, its
    stability in [2]_. Gaussian kernels are products, so the grid is a product of matrices:
    O(n_points * resolution**n_features) time.

    References
    ----------
    .. [1] B. T. Fasy, F. Lecci, A. Rinaldo, L. Wasserman, S. Balakrishnan, A. Singh,
       "Confidence sets for persistence diagrams", Annals of Statistics 42, 2014.
    .. [2] J. M. Phillips, B. Wang, Y. Zheng, "Geometric inference on kernel density
       estimates", Symposium on Computational Geometry, 2015.
    .. [3] D. W. Scott, "Multivariate density estimation", 1992.

    Examples
    --------
    Two clusters are two peaks. The lower one joins the higher one at the height of the valley.

    >>> import numpy as np
    >>> from tda import density_diagram
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(0, 1, 300), rng.normal(6, 1, 200)])[:, None]
    >>> density_diagram(X, bandwidth=0.8)[0].round(2)
    array([[0.13, 0.02],
           [0.18, -inf]])
    """
    if bandwidth is not None and (not isinstance(bandwidth, Real) or not bandwidth > 0):
        raise ValueError(f"bandwidth={bandwidth!r}; it must be a length above 0, or None")
    if not isinstance(resolution, Integral) or resolution < 2:
        raise ValueError(f"resolution={resolution!r}; it must be a number of grid points from 2 on")
    if max_dimension is not None and (not isinstance(max_dimension, Integral) or max_dimension < 0):
        raise ValueError(f"max_dimension={max_dimension!r}, but a degree is an integer from 0 on")
    X = _check_width(check_cloud(X))
    return _density_diagram(X, bandwidth, resolution, period, max_dimension, check_field(field))


def _density_diagram(X, bandwidth, resolution, period, max_dimension, field):
    """`density_diagram` after its checks."""
    periods = _check_period(period, X.shape[1])
    if periods is None:
        X = X - X.min(axis=0)  # wherever the cloud is
    values = _density(X, _bandwidth(X, bandwidth), resolution, periods)
    return checked_cubical_diagram(
        values, max_dimension, field, "superlevel", "cells", periods is not None, False
    )


def _bandwidth(X, bandwidth):
    if bandwidth is not None:
        return float(bandwidth)
    # A cloud without extent has no scale.
    return len(X) ** (-1 / (X.shape[1] + 4)) * float(X.std(axis=0).mean()) or 1.0


def _density(X, bandwidth, resolution, periods):
    """The density on a grid, of shape ``(resolution,) * n_features``."""
    factors = []
    for axis, x in enumerate(X.T):
        if periods is None:
            low, high = x.min() - 3 * bandwidth, x.max() + 3 * bandwidth
            grid = np.linspace(low, high, resolution)
            kernel = np.exp(-0.5 * ((x[:, None] - grid) / bandwidth) ** 2)
        else:
            length = periods[axis]
            grid = np.arange(resolution) * (length / resolution)
            gaps = x[:, None] - grid
            gaps -= length * np.rint(gaps / length)
            n_images = int(np.ceil(_REACH * bandwidth / length - 0.5))
            kernel = sum(
                np.exp(-0.5 * ((gaps + i * length) / bandwidth) ** 2)
                for i in range(-n_images, n_images + 1)
            )
        factors.append(kernel / (bandwidth * np.sqrt(2 * np.pi)))
    if len(factors) == 1:
        total = factors[0].sum(axis=0)
    elif len(factors) == 2:
        total = factors[0].T @ factors[1]
    else:
        total = np.stack([(row[:, None] * factors[1]).T @ factors[2] for row in factors[0].T])
    return total / len(X)


def _check_width(X, name="X"):
    if X.shape[1] > 3:
        raise ValueError(
            f"{name} has {X.shape[1]} columns, but a density on a grid is for at most three: "
            "reduce the cloud first, or use DTMPersistence."
        )
    return X


def _check_period(period, n_axes):
    if period is None:
        return None
    lengths = np.asarray(period, dtype=float).ravel()
    if lengths.size == 1:
        lengths = np.repeat(lengths, n_axes)
    if lengths.size != n_axes or not (lengths > 0).all() or not np.isfinite(lengths).all():
        raise ValueError(
            f"period={period!r}; it must be one length above 0, or one for each of {n_axes} axes"
        )
    return tuple(lengths.tolist())


class DensityPersistence(PersistenceTransformer):
    """Persistence diagrams of the densities of many clouds (input per shape).

    Parameters
    ----------
    bandwidth : float, default=None
        Standard deviation of the Gaussian kernels, in units of the clouds; by default Scott's
        rule, cloud by cloud.
    resolution : int, default=64
        Number of grid points along each axis.
    period : float or sequence of float, default=None
        For points on a circle or torus: the period of each axis.
    max_dimension : int, default=None
        Highest degree of homology; by default all that can occur.
    field : int, default=2
        The prime of the coefficient field Z/p.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished diagrams: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    See Also
    --------
    density_diagram : The same for one cloud; formulas, cost and sources.
    DTMPersistence : Density without a grid, in any dimension.

    Examples
    --------
    >>> from tda import DensityPersistence
    >>> corners = [[0, 0], [0, 2], [2, 2], [2, 0]]
    >>> DensityPersistence(bandwidth=0.8, resolution=20).fit_transform([corners])
    Diagrams(1 sample, 5 bars, degrees 0 to 1, filtration cubical, field Z/2)
    """

    _parameter_constraints: ClassVar[dict] = {
        "bandwidth": [Interval(Real, 0, None, closed="neither"), None],
        "resolution": [Interval(Integral, 2, None, closed="left")],
        "period": [Interval(Real, 0, None, closed="neither"), "array-like", None],
        "max_dimension": [Interval(Integral, 0, None, closed="left"), None],
        "field": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        bandwidth=None,
        resolution=64,
        period=None,
        max_dimension=None,
        field=2,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.bandwidth = bandwidth
        self.resolution = resolution
        self.period = period
        self.max_dimension = max_dimension
        self.field = field
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        check_field(self.field)
        clouds = check_clouds(X)
        for i, cloud in enumerate(clouds):
            _check_period(self.period, _check_width(cloud, f"X[{i}]").shape[1])
        if self.max_dimension is None:
            check_same_width(clouds)
        return clouds

    def _plan(self, X):
        d = X.shape[1]
        periodic = (self.period is not None,) * d
        top = highest_degree(periodic) if self.max_dimension is None else self.max_dimension
        shape = (self.resolution,) * d
        return plan(CUBICAL, CubicalTask(shape, top, int(self.field), periodic=periodic))

    def _diagram(self, X):
        return _density_diagram(
            X,
            self.bandwidth,
            self.resolution,
            self.period,
            self.max_dimension,
            int(self.field),
        )
