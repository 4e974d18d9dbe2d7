"""Gride: the intrinsic dimension at one scale, and over all scales."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval

from .._neighbors import NeighborGraph
from ._base import DimensionEstimator, Estimate, clustered_error

__all__ = ["Gride", "GrideCurve", "gride_curve", "gride_dimension"]


def gride_dimension(near, far, n1, n2, *, indices=None):
    """Maximum likelihood dimension from the distances of two neighbours of every point.

    If the density is constant, ``u = (near / far) ** d`` has the law Beta(n1, n2 - n1) (Denti et
    al. 2022). The likelihood has one maximum, which Newton's method finds in about five steps. As
    the authors do, one point less is counted, which removes the bias of first order.

    Parameters
    ----------
    near, far : array of shape (..., n_points)
        Distances of the `n1`-th and the `n2`-th neighbour, positive.
    n1, n2 : int
        ``1 <= n1 < n2``; ``(1, 2)`` is TwoNN.
    indices : int array of shape (n_points, n2), default=None
        The neighbours of every point, for the standard error; of one row of points only.

    Returns
    -------
    dimension, standard_error : float, or arrays of shape (...)
        One for each row of points. The error is from the observed information, as if points
        were independent, or with `indices` that of points that share neighbours, see
        `clustered_error`: larger by a quarter to a half. Where all distances of a row are
        equal the dimension is infinite.

    Raises
    ------
    ValueError
        If not ``1 <= n1 < n2``.

    References
    ----------
    .. [1] F. Denti, D. Doimo, A. Laio, A. Mira, "The generalized ratios intrinsic dimension
       estimator", Sci. Rep. 12:20005, 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension._gride import gride_dimension
    >>> ratios = np.random.default_rng(0).beta(4, 4, size=1000) ** (1 / 3)
    >>> dimension, standard_error = gride_dimension(ratios, np.ones(1000), 4, 8)
    >>> print(f"{dimension:.2f} +- {standard_error:.2f}")
    2.96 +- 0.05
    """
    if not 1 <= n1 < n2:
        raise ValueError(f"n1={n1} and n2={n2}, but 1 <= n1 < n2 is needed.")
    logs = np.log(np.asarray(far, dtype=float) / near)
    dimension, information = maximize(logs, n1, n2)
    if indices is None or not np.isfinite(dimension):
        return dimension, dimension / np.sqrt(information)
    x = dimension * logs
    scores = 1.0 + (n2 - n1 - 1) * _damped(x) - n1 * x
    influences = scores * (dimension * len(x) / information)
    return dimension, clustered_error(influences - influences.mean(), indices)


def maximize(logs, n1, n2, *, less=1):
    """The dimension, and the information about its logarithm, by rows of ``log(far / near)``.

    With x = d L and g(x) = x / (e^x - 1), d times the derivative of the log-likelihood is N + (n2 -
    n1 - 1) sum g(x) - n1 sum x. It is convex and decreasing in d, so Newton's method converges to
    its zero from any positive start. `less` is subtracted from N: 1 removes the bias of order 1 /
    N.
    """
    extra = n2 - n1 - 1
    total = logs.sum(axis=-1)
    n = logs.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        d = (n - less) * sum(1.0 / np.arange(n1, n2)) / total  # E[L] is this harmonic sum over d
        if extra == 0:
            return d[()], np.full(total.shape, float(n))[()]
        for _ in range(50):
            x = d[..., None] * logs
            g = _damped(x)
            score = n - less + extra * g.sum(axis=-1) - n1 * d * total
            information = n1 * d * total + extra * (g * (x + g - 1.0)).sum(axis=-1)
            step = score / information
            d = np.where(total > 0, d * (1.0 + step), np.inf)
            if not np.any(np.abs(step) > 1e-10):  # of a row of equal distances it is NaN
                break
    return d[()], np.where(total > 0, information, float(n))[()]


def _damped(x):
    """x / (e^x - 1), which falls from 1 at 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(x > 0, x / np.expm1(x), 1.0)


class GrideCurve(NamedTuple):
    """The dimension by scale.

    Attributes
    ----------
    scales : int array of shape (n_scales,)
        ``n1``: 1, 2, 4, ...; each is compared with ``n2 = 2 n1``.
    distances : array of shape (n_scales,)
        How far each scale looks: the mean over points of the two distances.
    dimensions, standard_errors : arrays of shape (n_scales,)
        An error is NaN where ``2 n1`` neighbours are half of all points.
    """

    scales: np.ndarray
    distances: np.ndarray
    dimensions: np.ndarray
    standard_errors: np.ndarray


def gride_curve(distances, indices=None):
    """The dimension by scale, from sorted distances to neighbours.

    Parameters
    ----------
    distances : array of shape (n_points, n_neighbors)
        To the nearest other points, the nearest first.
    indices : int array of the same shape, default=None
        These points, for standard errors that count the neighbours that points share.

    Returns
    -------
    GrideCurve
        For n1 = 1, 2, 4, ... as far as there is a neighbour ``2 n1``.

    References
    ----------
    .. [1] F. Denti, D. Doimo, A. Laio, A. Mira, "The generalized ratios intrinsic dimension
       estimator", Sci. Rep. 12:20005, 2022.
    """
    scales = 2 ** np.arange(max(int(distances.shape[1]).bit_length() - 1, 0))
    reach, found = [], []
    for n in scales.tolist():
        near, far = distances[:, n - 1], distances[:, 2 * n - 1]
        reach.append((near.mean() + far.mean()) / 2)
        seen = None if indices is None else indices[:, : 2 * n]
        found.append(gride_dimension(near, far, n, 2 * n, indices=seen))
    reach, found = np.array(reach), np.reshape(found, (-1, 2))
    return GrideCurve(scales, reach, found[:, 0], found[:, 1])


class Gride(DimensionEstimator):
    """Intrinsic dimension from the ratio of two farther neighbours (input per point).

    This is TwoNN at any scale. With larger `n1` it is less disturbed by noise, but the density must
    be constant, and the data flat, over a larger distance.

    Parameters
    ----------
    n1 : int, default=2
    n2 : int, default=None
        The two neighbours that are compared; None for ``2 * n1``. 1 and 2 are TwoNN.
    max_scale : int, default=32
        The scale curve goes through ``n1 = 1, 2, 4, ...`` up to here, and compares with twice
        that; it asks for ``2 * max_scale`` neighbours, or as many as there are.
    n_neighbors : int, default=20
        The neighbourhood whose likelihood gives the value at a point; the dimension of the
        whole does not depend on it.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.neighbors.NearestNeighbors`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
    local_dimension_ : array of shape (n_points,)
        That of each point's neighbourhood.
    standard_error_ : float
        Of points that share neighbours; see `clustered_error`.
    interval_ : (float, float)
        Of 95%, from the standard error.
    scales_ : int array of shape (n_scales,)
    distances_ : array of shape (n_scales,)
        How far each scale looks, in units of `X`.
    dimensions_, standard_errors_ : arrays of shape (n_scales,)
        The curve; see `GrideCurve`.

    See Also
    --------
    tda.IntrinsicDimension : Calibrated, over scales; the default.

    Notes
    -----
    After the neighbours O(n (n_neighbors + max_scale)) in time. dadapy's `compute_id_2NN`
    and `return_id_scaling_gride` give the same, and so does scikit-dimension's GRIDE where it
    leaves out no outliers.

    References
    ----------
    .. [1] F. Denti, D. Doimo, A. Laio, A. Mira, "The generalized ratios intrinsic dimension
       estimator", Sci. Rep. 12:20005, 2022.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import Gride
    >>> estimator = Gride(max_scale=16).fit(make_sphere(1000, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    >>> estimator.dimensions_.round(1)
    array([1.9, 2. , 2. , 2. , 2. ])
    """

    _parameter_constraints: ClassVar[dict] = {
        "n1": [Interval(Integral, 1, None, closed="left")],
        "n2": [Interval(Integral, 2, None, closed="left"), None],
        "max_scale": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self, *, n1=2, n2=None, max_scale=32, n_neighbors=20, metric="euclidean", n_jobs=None
    ):
        self.n1 = n1
        self.n2 = n2
        self.max_scale = max_scale
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.n_jobs = n_jobs

    @property
    def _far(self):
        return 2 * self.n1 if self.n2 is None else self.n2

    @property
    def _least_points(self):
        return self._far + 1

    def _most_neighbors(self):
        return max(self._far, 2 * self.max_scale, self.n_neighbors)

    def _least_neighbors(self):
        return max(self._far, self.n_neighbors)  # the curve goes as far as the graph

    def _fit(self, points, graph):
        super()._fit(points, graph)
        graph = NeighborGraph(np.zeros((1, 0)), np.zeros((1, 0))) if graph is None else graph
        curve = gride_curve(*graph.head(2 * self.max_scale))
        self.scales_, self.distances_, self.dimensions_, self.standard_errors_ = curve
        return self

    def _estimate(self, X, graph):
        near, far = graph.distances[:, self.n1 - 1], graph.distances[:, self._far - 1]
        dimension, standard_error = gride_dimension(
            near, far, self.n1, self._far, indices=graph.indices[:, : self._far]
        )
        indices = graph.indices[:, : self.n_neighbors]
        members = np.column_stack([np.arange(len(indices)), indices])
        logs = np.log(far / near)
        local, _ = maximize(logs[members], self.n1, self._far)
        return Estimate(dimension, local, standard_error)
