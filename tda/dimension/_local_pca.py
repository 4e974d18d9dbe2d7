"""Local PCA: the intrinsic dimension from the variances of each point's neighbourhood."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from scipy.special import gammaln
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import DimensionEstimator, Estimate, average_estimate

__all__ = ["LocalPCA", "pca_dimension"]

#: Each version with its threshold, None where it takes none.
THRESHOLDS = {
    "fukunaga_olsen": 0.05,
    "participation_ratio": None,
    "fan": None,
    "maxgap": None,
    "ratio": 0.95,
    "kaiser": None,
    "broken_stick": None,
    "minka": None,
}

#: The constants of Fan et al.: a large gap, enough of the signal, signal against noise.
FAN_GAP, FAN_SHARE, FAN_SIGNAL = 10, 0.8, 0.95


def pca_dimension(variances, *, version="fukunaga_olsen", threshold=None, n_samples=None):
    """How many principal components matter, from their variances.

    Parameters
    ----------
    variances : array of shape (..., n_components)
        Eigenvalues of covariance matrices, the largest first, not all 0.
    version : str, default="fukunaga_olsen"
        As of `LocalPCA`.
    threshold : float, default=None
        Above 0 and below 1; None for the number above.
    n_samples : int, default=None
        Number of points behind the variances, which "minka" needs, besides all variances, also
        those that are 0.

    Returns
    -------
    dimension : float array of shape (...)

    Raises
    ------
    ValueError
        If "minka" is not given `n_samples`, or a threshold is given to a version without one.

    Examples
    --------
    >>> from tda.dimension._local_pca import pca_dimension
    >>> variances = [4.0, 3.0, 0.1, 0.1]
    >>> print(pca_dimension(variances))
    2.0
    >>> print(pca_dimension(variances, version="participation_ratio").round(2))
    2.07
    """
    if threshold is None:
        threshold = THRESHOLDS[version]
    elif THRESHOLDS[version] is None:
        raise ValueError(f"threshold={threshold!r}, but version {version!r} takes none.")
    v = np.asarray(variances, dtype=float)
    if version == "fukunaga_olsen":
        kept = v > threshold * v[..., :1]
    elif version == "participation_ratio":
        v = v / v[..., :1]  # squares of large variances are out of range
        return v.sum(axis=-1) ** 2 / (v * v).sum(axis=-1)
    elif version == "kaiser":
        kept = v > v.mean(axis=-1, keepdims=True)
    elif version == "ratio":
        return 1.0 + (_shares(v) < threshold).sum(axis=-1)
    elif version == "broken_stick":
        m = v.shape[-1]
        stick = np.cumsum(1 / np.arange(m, 0, -1))[::-1] / m
        kept = np.logical_and.accumulate(v / v.sum(axis=-1, keepdims=True) >= stick, axis=-1)
    elif version == "maxgap":
        gaps = _gaps(v)
        return 1.0 + gaps.argmax(axis=-1) if gaps.shape[-1] else np.ones(v.shape[:-1])
    elif version == "fan":
        return _fan(v)
    elif n_samples is None:
        raise ValueError('version="minka" needs n_samples, the number of points.')
    else:
        return _minka(v, n_samples)
    return kept.sum(axis=-1).astype(float)


def _shares(v):
    """Cumulative shares of the variance."""
    total = np.cumsum(v, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / total[..., -1:]


def _gaps(v):
    """The ratio of each variance to the next, 0 where both are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(v[..., :-1] / v[..., 1:], nan=0.0, posinf=np.inf, neginf=-np.inf)


def _fan(v):
    m = v.shape[-1]
    noise = np.arange(m) >= np.argmax(_shares(v) > FAN_SIGNAL, axis=-1)[..., None]
    floor = (v * noise).sum(axis=-1) / noise.sum(axis=-1)
    signal = v - floor[..., None]
    enough = _shares(signal) > FAN_SHARE
    enough[..., :-1] |= _gaps(signal) > FAN_GAP
    enough[..., -1] = True
    return 1.0 + enough.argmax(axis=-1)


def _minka(v, n):
    """The argument of the largest of the evidences of 1 to rank - 1 components."""

    def log(x):
        return np.log(np.maximum(x, np.finfo(float).tiny))

    d = v.shape[-1]
    v = v / v[..., :1]
    rank = (v > d * np.finfo(float).eps).sum(axis=-1)
    evidence = np.full((*v.shape[:-1], d), -np.inf)
    # Sums over pairs i < j of log(v_i - v_j), and of those i, j < k of log(1 / v_j - 1 / v_i).
    uniform, pairs, inverses = 0.0, np.zeros(v.shape[:-1]), np.zeros(v.shape[:-1])
    for k in range(1, min(d, int(rank.max(initial=1)))):
        last, rest = v[..., k - 1 : k], v[..., k:]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            uniform += gammaln((d - k + 1) / 2) - np.log(np.pi) * (d - k + 1) / 2 - np.log(2)
            pairs = pairs + log(last - rest).sum(axis=-1)
            before = v[..., : k - 1]
            inverses = inverses + log((before - last) / (before * last)).sum(axis=-1)
            noise = rest.mean(axis=-1)
            kept = v[..., :k]
            tail = log((kept - noise[..., None]) / (kept * noise[..., None])).sum(axis=-1)
            free = d * k - k * (k + 1) / 2
            hessian = free * np.log(n) + pairs + inverses + (d - k) * tail
            value = (
                uniform
                - n / 2 * (log(kept).sum(axis=-1) + (d - k) * log(noise))
                + (free + k) / 2 * np.log(2 * np.pi)
                - hessian / 2
                - k / 2 * np.log(n)
            )
        evidence[..., k - 1] = np.where(k < rank, value, -np.inf)
    return np.where(rank < 2, rank, evidence.argmax(axis=-1) + 1).astype(float)


class LocalPCA(DimensionEstimator):
    """Intrinsic dimension by PCA of neighbourhoods, or of the cloud (input per point).

    Near a point a smooth set is like its tangent space. So the number of large components is the
    dimension, if neighbourhoods are small compared with the curvature and large compared with the
    noise.

    Parameters
    ----------
    version : str, default="fukunaga_olsen"
        Which components matter:

        - "fukunaga_olsen": variances above `threshold` (0.05) times the largest [1]_.
        - "participation_ratio": ``sum(v) ** 2 / sum(v ** 2)``; not a whole number.
        - "fan": less a floor, up to a tenfold gap or four fifths of the rest [2]_. The floor is
          the mean of the variances from that on with which their share passes 0.95; this one
          counts among them, as in scikit-dimension.
        - "maxgap": up to the largest ratio of one variance to the next.
        - "ratio": the fewest components that hold at least `threshold` (0.95) of the variance.
        - "kaiser": variances above their mean [3]_.
        - "broken_stick": leading variances above those of a stick broken at random [4]_; 0 if
          none is.
        - "minka": the most probable by Laplace's approximation of the evidence of
          probabilistic PCA [5]_; 0 is not considered.
    n_neighbors : int or None, default=50
        The neighbourhood of a point is the point and so many neighbours. It has to have more
        points than the set has dimensions. None: one PCA of all points.
    threshold : float, default=None
        Of "fukunaga_olsen" (0.05 if None) and "ratio" (0.95 if None).
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
        The mean of the local dimensions.
    local_dimension_ : array of shape (n_points,)
    standard_error_ : float
        Of the mean over neighbourhoods that share points, see `clustered_error`: of chance, not
        of curvature or noise. NaN for one PCA of all points.
    interval_ : (float, float)
        Of 95%, from the standard error.

    Notes
    -----
    In time one search of neighbours and O(n k m min(k, m)) for n points of m coordinates and k
    neighbours. Distances must be Euclidean, so there is no `metric`.

    `skdim.id.lPCA` is the same on the same points: with ``n_neighbors=None`` its `fit`, else
    its `fit_pw` with neighbourhoods that hold their own point. Its "ratio" has a default of
    0.05; its broken stick says 0, not 1, in one coordinate; and where coordinates are no fewer
    than points, its largest gap is always the last one.

    References
    ----------
    .. [1] K. Fukunaga, D. R. Olsen, "An algorithm for finding intrinsic dimensionality of
       data", IEEE Trans. Computers C-20, 1971.
    .. [2] M. Fan, N. Gu, H. Qiao, B. Zhang, "Intrinsic dimension estimation of data by
       principal component analysis", arXiv:1002.2050, 2010.
    .. [3] H. F. Kaiser, "The application of electronic computers to factor analysis", Educ.
       Psychol. Meas. 20, 1960.
    .. [4] D. A. Jackson, "Stopping rules in principal components analysis", Ecology 74, 1993.
    .. [5] T. P. Minka, "Automatic choice of dimensionality for PCA", NIPS 2000.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import LocalPCA
    >>> estimator = LocalPCA(n_neighbors=20).fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "version": [StrOptions(set(THRESHOLDS))],
        "n_neighbors": [Interval(Integral, 2, None, closed="left"), None],
        "threshold": [Interval(Real, 0, 1, closed="neither"), None],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, version="fukunaga_olsen", n_neighbors=50, threshold=None, n_jobs=None):
        self.version = version
        self.n_neighbors = n_neighbors
        self.threshold = threshold
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors or 0

    def _estimate(self, X, graph):
        if graph is None:
            return self._estimate_whole(X)
        members = np.column_stack([np.arange(len(X)), graph.indices])
        local = np.empty(len(X))
        step = max(4_000_000 // (members.shape[1] * X.shape[1]), 1)
        for i in range(0, len(X), step):
            local[i : i + step] = self._count(X[members[i : i + step]])
        return average_estimate(local, graph, "mean")

    def _estimate_whole(self, X):
        dimension = self._count(X[None])[0]
        return Estimate(dimension, np.full(len(X), dimension))

    def _count(self, clouds):
        """Dimensions of clouds of equal size (n_clouds, n_points, n_features)."""
        n_points, n_features = clouds.shape[1:]
        variances = principal_variances(clouds)
        if self.version == "maxgap" and n_points <= n_features:
            variances = variances[:, :-1]  # the last is 0 by count, no gap of the data
        if self.version == "minka" and n_points < n_features:
            variances = np.pad(variances, [(0, 0), (0, n_features - n_points)])
        return pca_dimension(
            variances, version=self.version, threshold=self.threshold, n_samples=n_points
        )


def principal_variances(clouds):
    """Variances of the principal components of clouds of equal size, the largest first.

    Parameters
    ----------
    clouds : array of shape (n_clouds, n_points, n_features)

    Returns
    -------
    variances : array of shape (n_clouds, min(n_points, n_features))
        Exactly 0 where they are 0 but for rounding.
    """
    centred = clouds - clouds.mean(axis=1, keepdims=True)
    n_points, n_features = clouds.shape[1:]
    turned = centred.transpose(0, 2, 1)
    products = centred @ turned if n_points < n_features else turned @ centred
    variances = np.linalg.eigvalsh(products)[:, ::-1] / (n_points - 1)
    rounding = 4 * max(n_points, n_features) * np.finfo(float).eps
    return np.where(variances > rounding * variances[:, :1], variances, 0.0)
