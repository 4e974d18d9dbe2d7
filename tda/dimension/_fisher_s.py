"""FisherS: the dimension from how few points a linear discriminant cannot separate."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from scipy.special import lambertw
from sklearn.utils._param_validation import Interval

from ._base import DimensionEstimator, Estimate

__all__ = ["FisherS", "separability_dimension"]

#: The margins that are tried, those of the paper.
MARGINS = np.arange(0.6, 1, 0.02)


def separability_dimension(inseparable, margin):
    """The dimension of the uniform sphere on which as many pairs cannot be separated.

    Fisher's discriminant separates a point x from y with margin a if ``x·y <= a x·x``. On the unit
    sphere in n dimensions a pair is inseparable with probability about ``(1 - a²) ** ((n - 1) / 2)
    / (a sqrt(2 π n))``. This equation is solved for n.

    Parameters
    ----------
    inseparable : array-like
        Shares of pairs, from 0 to 1.
    margin : array-like of the same shape, or a number
        The a above, from 0 to 1.

    Returns
    -------
    dimension : float array of the same shape
        NaN where no pair is inseparable: the sample is too small to tell.

    References
    ----------
    .. [1] L. Albergante, J. Bac, A. Zinovyev, "Estimating the effective dimension of large
       biological datasets using Fisher separability analysis", IJCNN 2019.

    Examples
    --------
    >>> from tda.dimension._fisher_s import separability_dimension
    >>> n, a = 5.0, 0.8
    >>> share = (1 - a**2) ** ((n - 1) / 2) / (a * (2 * 3.141593 * n) ** 0.5)
    >>> print(separability_dimension(share, a).round(6))
    5.0
    """
    share, square = np.asarray(inseparable, dtype=float), np.square(margin)
    fall = -np.log1p(-square)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        root = lambertw(fall / (2 * np.pi * share**2 * square * (1 - square))).real
        return np.where(share > 0, root / fall, np.nan)


#: Points farther from the middle than so many times the median do not say what is wide.
FAR = 1e3


class FisherS(DimensionEstimator):
    """Effective dimension from the linear separability of points (input per point).

    In few dimensions many points are inseparable from others; in many dimensions nearly none are.
    The method is for the whole cloud, with its clusters and its linear directions. Curvature makes
    the result larger, as it does for PCA.

    Parameters
    ----------
    condition_number : float, default=10
        Principal components are kept whose variance is above the largest over this; they are
        made equally wide, and points are projected to the sphere.

    Attributes
    ----------
    dimension_ : float
        At the margin nearest to 0.9 times the largest at which not all points are separable.
    local_dimension_ : array of shape (n_points,)
        From the points that each point is inseparable from in the whole cloud, at the largest
        margin at which every point has one (if there is none, the least); a point that has none
        counts as having one. So it tells inner from outer points, not a neighbourhood's
        dimension.
    standard_error_ : float
        NaN: there is no theory.
    interval_ : (float, float)
        NaN.
    margins_, dimensions_ : arrays of shape (n_margins,)
        The dimension by margin; NaN where all points are separable.

    Notes
    -----
    O(n² p) time for n points and p kept components, in blocks. The same as `skdim.id.FisherS`,
    and pointwise as its `point_inseparability_to_pointID`.

    References
    ----------
    .. [1] L. Albergante, J. Bac, A. Zinovyev, "Estimating the effective dimension of large
       biological datasets using Fisher separability analysis", IJCNN 2019.
    .. [2] A. N. Gorban, A. Golubkov, B. Grechuk, E. M. Mirkes, I. Y. Tyukin, "Correction of AI
       systems by linear discriminants: probabilistic foundations", Inf. Sci. 466, 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension import FisherS
    >>> X = np.random.default_rng(0).normal(size=(1000, 5))
    >>> print(f"{FisherS().fit(X).dimension_:.1f}")
    5.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "condition_number": [Interval(Real, 1, None, closed="neither")],
    }

    def __init__(self, *, condition_number=10):
        self.condition_number = condition_number

    def _most_neighbors(self):
        return 0

    def _fit(self, points, graph):
        self.margins_ = MARGINS.copy()
        self.dimensions_ = np.full(MARGINS.size, np.nan)  # where all points are equal
        return super()._fit(points, graph)

    def _estimate(self, X, graph):
        shares = _inseparable_shares(_on_sphere(X, self.condition_number), MARGINS)
        self.dimensions_ = separability_dimension(shares.mean(axis=0), MARGINS)
        finite = np.flatnonzero(np.isfinite(self.dimensions_))
        if finite.size == 0:
            return Estimate(np.nan, np.full(len(X), np.nan))
        apart = np.abs(MARGINS[finite] - 0.9 * MARGINS[finite[-1]])
        dimension = self.dimensions_[finite[apart <= apart.min() + 1e-12]].max()
        full = np.flatnonzero((shares > 0).all(axis=0))
        at = full[-1] if full.size else 0
        local = separability_dimension(np.maximum(shares[:, at], 1 / len(X)), MARGINS[at])
        return Estimate(dimension, local)


def _on_sphere(X, condition_number):
    """Directions from the mean after whitening the leading components.

    Mean and components are those of the points that are not far beyond all measure of the others.
    """
    away = np.linalg.norm(X - np.median(X, axis=0), axis=1)
    inside = away <= FAR * np.median(away)
    if not inside.any():
        inside = np.ones(len(X), dtype=bool)
    centred = X - X[inside].mean(axis=0)
    left, widths, axes = np.linalg.svd(centred[inside], full_matrices=False)
    kept = widths**2 > widths[0] ** 2 / condition_number
    left = left[:, kept] if inside.all() else centred @ (axes[kept].T / widths[kept])
    lengths = np.linalg.norm(left, axis=1, keepdims=True)
    # The mean itself has no direction; it is separable from every point.
    return np.divide(left, lengths, out=np.zeros_like(left), where=lengths > 1e-12)


def _inseparable_shares(U, margins):
    """For unit vectors the share of others with a product above each margin, (n, n_margins)."""
    n, n_margins = len(U), len(margins)
    shares = np.empty((n, n_margins))
    step = max(4_000_000 // n, 1)
    for i in range(0, n, step):
        products = U[i : i + step] @ U.T
        rows = np.arange(len(products))
        products[rows, i + rows] = 0
        row, column = np.nonzero(products >= margins[0])
        bins = np.searchsorted(margins, products[row, column], side="right") - 1
        counts = np.bincount(row * n_margins + bins, minlength=len(products) * n_margins)
        counts = counts.reshape(-1, n_margins)[:, ::-1].cumsum(axis=1)[:, ::-1]
        shares[i : i + step] = counts / (n - 1)
    return shares
