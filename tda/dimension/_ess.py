"""Expected simplex skewness: intrinsic dimension from the angles within neighbourhoods."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from scipy.special import gammaln
from sklearn.utils._param_validation import Interval, StrOptions

from .._points import blocks
from ._base import AVERAGES, DimensionEstimator, average_estimate

__all__ = ["ESS", "ess_dimension"]


def ess_dimension(skewness, *, version="a"):
    """The dimension of the ball whose directions have this expected simplex skewness.

    Parameters
    ----------
    skewness : array of shape (n_points,)
        Between 0 and 1: the mean sine ("a") or absolute cosine ("b") of the angle between two
        points, seen from the centre.
    version : {"a", "b"}, default="a"

    Returns
    -------
    array of shape (n_points,)
        Linear between whole dimensions, from 1; infinite for the skewness of right angles.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension._ess import ess_dimension
    >>> ess_dimension([0.0, 2 / np.pi])  # the mean sine of an angle in the plane
    array([1., 2.])
    """
    skewness = np.asarray(skewness, dtype=float)
    # Beyond the table the sine is 1 - 1 / (2 d) + ..., the cosine sqrt(2 / (pi d)).
    table = _skewness(np.arange(1.0, 4097.0), version)
    if version == "b":
        skewness, table = -skewness, -table
    dimension = np.interp(skewness, table, np.arange(1.0, 4097.0))
    beyond = skewness > table[-1]
    if beyond.any():
        with np.errstate(divide="ignore"):
            far = 2 / np.pi / skewness**2 if version == "b" else 0.5 / (1 - skewness)
        dimension[beyond] = np.maximum(far[beyond], 4096.0)
    return dimension


def _skewness(d, version):
    """Of a ball of dimension d, about its centre (Johnsson et al. 2015)."""
    if version == "b":
        return np.exp(gammaln(d / 2) - gammaln((d + 1) / 2)) / np.sqrt(np.pi)
    with np.errstate(invalid="ignore"):
        sine = np.exp(2 * gammaln(d / 2) - gammaln((d + 1) / 2) - gammaln((d - 1) / 2))
    return np.where(d > 1, sine, 0.0)


def simplex_skewness(X, indices, version="a"):
    """Expected simplex skewness of every neighbourhood about its mean, in batches.

    Over all pairs of vectors: the sum of the areas of their parallelograms ("a") or of their
    absolute inner products ("b"), divided by the sum of the products of their lengths.
    """
    k = indices.shape[1]
    skewness = np.empty(len(indices))
    for block in blocks(len(indices), k * (k + X.shape[1])):
        vectors = X[indices[block]]
        vectors -= vectors.mean(axis=1, keepdims=True)
        lengths = np.sqrt(np.einsum("ijk,ijk->ij", vectors, vectors))
        vectors /= np.maximum(lengths, np.finfo(float).tiny)[:, :, None]
        angles = vectors @ vectors.transpose(0, 2, 1)  # their cosines
        if version == "a":
            np.square(angles, out=angles)
            np.subtract(1.0, angles, out=angles)
            np.maximum(angles, 0.0, out=angles)
            np.sqrt(angles, out=angles)
        else:
            np.abs(angles, out=angles)
        np.einsum("ijj->ij", angles)[...] = 0.0  # no vector with itself
        weighted = (angles @ lengths[:, :, None])[:, :, 0]
        total = lengths.sum(axis=1) ** 2 - (lengths**2).sum(axis=1)
        skewness[block] = (weighted * lengths).sum(axis=1) / total
    return skewness


class ESS(DimensionEstimator):
    """Intrinsic dimension by expected simplex skewness (input per point).

    It uses the angles between neighbours, seen from their mean, and no distances to the point. So
    it has little bias up to about twenty dimensions, and the density matters little.

    Parameters
    ----------
    version : {"a", "b"}, default="a"
        By areas, the sines of angles, or by projections, their cosines.
    n_neighbors : int, default=100
    average : {"mean", "harmonic", "median"}, default="mean"
        How the dimension of the whole comes from those at points.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
    standard_error_ : float
        NaN: there is no theory. By shared neighbours, as of the other estimators, it would be
        0.5 to 1 of the spread over samples.
    interval_ : (float, float)
        NaN.

    Notes
    -----
    O(n k² n_features) in time for k neighbours, by Gram matrices of many neighbourhoods at
    once. The same as scikit-dimension's ESS with d = 1 where that takes all pairs, up to 100
    neighbours; above, it draws 5000 pairs of each neighbourhood at random.

    References
    ----------
    .. [1] K. Johnsson, C. Soneson, M. Fontes, "Low bias local intrinsic dimension estimation
       from expected simplex skewness", IEEE Trans. Pattern Anal. Mach. Intell. 37, 2015.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import ESS
    >>> estimator = ESS().fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.2
    """

    _parameter_constraints: ClassVar[dict] = {
        "version": [StrOptions({"a", "b"})],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "average": [StrOptions(AVERAGES)],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, version="a", n_neighbors=100, average="mean", n_jobs=None):
        self.version = version
        self.n_neighbors = n_neighbors
        self.average = average
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _estimate(self, X, graph):
        indices = graph.indices[:, : self.n_neighbors]
        skewness = simplex_skewness(X, indices, self.version)
        local = ess_dimension(skewness, version=self.version)
        return average_estimate(local, graph, self.average)._replace(standard_error=np.nan)
