"""Tangent spaces: the directions of the cloud at every point."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._points import blocks
from ._base import ManifoldEstimator, check_points, find_dimension, neighborhoods

__all__ = ["TangentSpaces", "principal_angles", "tangent_frames"]

#: Variances above this share of the largest are counted: Fukunaga, Olsen (1971), as `LocalPCA`.
LEAST_SHARE = 0.05


def tangent_frames(X, *, dimension="auto", n_neighbors=20, n_jobs=None):
    """An orthonormal basis of the tangent space at every point of one cloud.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
    dimension : int or "auto", default="auto"
        Of the tangent spaces; "auto" estimates one dimension for the whole cloud.
    n_neighbors : int, default=20
        Points of each neighbourhood.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Returns
    -------
    array of shape (n_points, n_features, dimension)

    Examples
    --------
    >>> import numpy as np
    >>> from tda.datasets import make_sphere
    >>> from tda.manifold import tangent_frames
    >>> X = make_sphere(1000, random_state=0).points
    >>> frames = tangent_frames(X)
    >>> tilt = np.linalg.norm(np.einsum("ij,ijk->ik", X, frames), axis=1)  # X is the normal
    >>> bool(np.median(tilt) < 0.05)
    True
    """
    points = check_points(X)
    dimension = find_dimension(points.X, dimension, n_neighbors=n_neighbors)
    k = min(n_neighbors, len(points) - 1)
    if k < 1:
        return np.zeros((len(points.inverse), points.X.shape[1], 0))
    indices = neighborhoods(points.X, k, n_jobs=n_jobs).indices
    return principal_frames(points.X, indices, dimension)[0][points.inverse]


def principal_angles(frames, others):
    """The principal angles between subspaces, from orthonormal bases.

    Parameters
    ----------
    frames, others : arrays of shape (..., n_features, d) and (..., n_features, e)

    Returns
    -------
    array of shape (..., min(d, e))
        In radians, from 0 to pi / 2, the smallest first.

    Notes
    -----
    Small angles come from their sines, large ones from their cosines, so that both are exact
    to rounding [1]_.

    References
    ----------
    .. [1] A. Bjorck, G. H. Golub, "Numerical methods for computing angles between linear
       subspaces", Math. Comp. 27, 1973.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.manifold import principal_angles
    >>> floor, wall = np.eye(3)[:, :2], np.eye(3)[:, 1:]
    >>> principal_angles(floor, wall)
    array([0.        , 1.57079633])
    """
    frames, others = np.asarray(frames, dtype=float), np.asarray(others, dtype=float)
    if frames.shape[-1] < others.shape[-1]:
        frames, others = others, frames
    products = np.swapaxes(frames, -1, -2) @ others
    cosines = np.linalg.svd(products, compute_uv=False)
    sines = np.linalg.svd(others - frames @ products, compute_uv=False)[..., ::-1]
    sines = sines[..., -cosines.shape[-1] :]
    small = cosines**2 > 0.5
    return np.where(small, np.arcsin(np.clip(sines, 0, 1)), np.arccos(np.clip(cosines, 0, 1)))


def principal_frames(X, indices, dimension):
    """Leading principal directions of neighbourhoods, and all their variances.

    Returns
    -------
    frames : array of shape (n_rows, n_features, dimension)
        A row of `indices` each; of each direction the largest coordinate is positive.
    variances : array of shape (n_rows, min(k + 1, n_features))
    """
    (n, k), m = indices.shape, X.shape[1]
    frames = np.zeros((n, m, dimension))
    variances = np.empty((n, min(k, m)))
    for block in blocks(n, k * m):
        gaps = X[indices[block]]
        gaps = gaps - gaps.mean(axis=1, keepdims=True)
        _, scales, directions = np.linalg.svd(gaps, full_matrices=False)
        variances[block] = scales**2 / (k - 1)
        found = directions[:, :dimension].swapaxes(1, 2)
        peak = np.take_along_axis(found, np.abs(found).argmax(axis=1)[:, None], axis=1)
        frames[block, :, : found.shape[2]] = found * np.where(peak < 0, -1.0, 1.0)
    return frames, variances


class TangentSpaces(ManifoldEstimator):
    """Tangent spaces by local PCA, and how flat the cloud is there (input per point).

    Near a point a manifold is close to its tangent space, so the leading principal directions of a
    neighbourhood span the tangent space. The rest of the variance is curvature and noise.

    Parameters
    ----------
    dimension : int, "auto" or "local", default="auto"
        The dimension of the tangent spaces. "auto" is the rounded `tda.IntrinsicDimension` of the
        cloud. "local" counts at each point the variances above a twentieth of the largest
        (Fukunaga, Olsen, 1971). It is at most the number of coordinates, of neighbours, and of
        points less one.
    n_neighbors : int, default=20
        The size of each neighbourhood: few reduce the effect of curvature, many that of noise.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : int
        With "local" the largest at any point.
    local_dimension_ : int array of shape (n_points,)
    frames_ : array of shape (n_points, n_features, dimension)
        Columns are orthonormal; past the local dimension they are 0. A basis may be turned
        within its space.
    residual_ : array of shape (n_points,)
        The share of the variance of the neighbourhood that is off the tangent space.

    See Also
    --------
    principal_angles : Between two tangent spaces.
    tda.manifold.Curvature : How they turn.

    Notes
    -----
    O(n k m min(k, m)) for n points of m coordinates and k neighbours, after one search of
    neighbours. Without noise the angle off the true space is at most about curvature times
    radius of the neighbourhood, with noise of deviation s it is s / (radius sqrt(k)) more [1]_.
    `transform` gives the columns ``local_dimension`` and ``residual``.

    References
    ----------
    .. [1] D. N. Kaslovsky, F. G. Meyer, "Non-asymptotic analysis of tangent space
       perturbation", Inf. Inference 3, 2014.

    Examples
    --------
    >>> from tda.datasets import make_swiss_roll
    >>> from tda.manifold import TangentSpaces
    >>> model = TangentSpaces().fit(make_swiss_roll(2000, random_state=0))
    >>> model.frames_.shape
    (2000, 3, 2)
    >>> bool(model.residual_.max() < 0.1)
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        "dimension": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto", "local"}),
        ],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, dimension="auto", n_neighbors=20, n_jobs=None):
        self.dimension = dimension
        self.n_neighbors = n_neighbors
        self.n_jobs = n_jobs

    def _find_dimension(self, X):
        if self.dimension != "local":
            return find_dimension(X, self.dimension, n_neighbors=self.n_neighbors, stacklevel=5)
        return min(X.shape[1], self.n_neighbors, len(X) - 1)

    def _fit(self, X):
        n, m = X.shape
        if self.dimension_ == 0:
            nothing = np.zeros(n)
            return {
                "frames_": np.zeros((n, m, 0)),
                "local_dimension_": nothing.astype(int),
                "residual_": nothing,
            }
        indices = neighborhoods(X, min(self.n_neighbors, n - 1), n_jobs=self.n_jobs).indices
        frames, variances = principal_frames(X, indices, self.dimension_)
        local = np.full(n, self.dimension_)
        if self.dimension == "local":
            local = (variances > LEAST_SHARE * variances[:, :1]).sum(axis=1)
            self.dimension_ = int(local.max())
            frames = frames[:, :, : self.dimension_]
            frames = frames * (np.arange(self.dimension_) < local[:, None])[:, None]
        inside = np.arange(variances.shape[1]) < local[:, None]
        residual = (variances * ~inside).sum(axis=1) / variances.sum(axis=1)
        return {"frames_": frames, "local_dimension_": local, "residual_": residual}

    def _columns(self):
        return np.column_stack([self.local_dimension_, self.residual_])

    def _names(self):
        return ["local_dimension", "residual"]
