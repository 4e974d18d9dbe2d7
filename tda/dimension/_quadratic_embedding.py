"""The dimension of the tangent coordinates over which each neighbourhood is a curved graph."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import DimensionEstimator, average_estimate

__all__ = ["QuadraticEmbedding", "graph_dimension"]

#: Of each version: a component is explained if what is left of its variance is at most this share
#: of the mean of the tangent ones.
THRESHOLDS = {"qe": 0.2, "tls": 0.1}
#: A regression has at most this share of the points of a neighbourhood as terms.
MOST_TERMS = 0.5


def graph_dimension(clouds, *, version="qe", threshold=None):
    """The least dimension over which each of some small clouds is a quadratic graph.

    Parameters
    ----------
    clouds : array of shape (n_clouds, n_points, n_features)
        Neighbourhoods.
    version : {"qe", "tls"}, default="qe"
    threshold : float, default=None

    Returns
    -------
    array of shape (n_clouds,)
        Whole numbers; 0 of equal points.

    Examples
    --------
    A bowl in space: three components, two dimensions.

    >>> import numpy as np
    >>> from tda.dimension._quadratic_embedding import graph_dimension
    >>> plane = np.random.default_rng(0).uniform(-1, 1, (40, 2))
    >>> bowl = np.column_stack([plane, (plane**2).sum(axis=1)])
    >>> graph_dimension(bowl[None])
    array([2.])
    """
    share = THRESHOLDS[version] if threshold is None else threshold
    coordinates, variances = _principal(clouds)
    n_points, m = coordinates.shape[1:]
    found = np.zeros(len(clouds))
    open_ = variances[:, 0] > 0
    for d in range(1, m + 1):
        if not open_.any():
            break
        found[open_] = d
        level = share * variances[:, :d].mean(axis=1)
        # Components that are small as they are need no regression.
        n_left = int((variances[open_, d:] > level[open_, None]).sum(axis=1).max(initial=0))
        if n_left == 0:
            break
        rest = slice(d, d + n_left)
        left = variances[open_, rest]
        if _n_terms(d) <= MOST_TERMS * n_points:
            terms = _terms(coordinates[open_, :, :d])
            left = _unexplained(terms, coordinates[open_, :, rest], variances[open_, :d], version)
            left = np.minimum(left, variances[open_, rest])
        open_[open_] = (left > level[open_, None]).any(axis=1)
    return found


def _principal(clouds):
    """Coordinates along the principal components, and their variances, the largest first.

    In units of each cloud, a power of two near its size, so that no product runs out of range.
    """
    centred = clouds - clouds.mean(axis=1, keepdims=True)
    sizes = np.abs(centred).max(axis=(1, 2), keepdims=True)
    centred /= np.exp2(np.round(np.log2(np.where(sizes > 0, sizes, 1.0))))
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    singular[singular <= 1e-12 * singular[:, :1]] = 0.0
    return left * singular[:, None], singular**2 / (clouds.shape[1] - 1)


def _n_terms(d):
    return 1 + d + d * (d + 1) // 2


def _terms(tangent):
    """1, the coordinates, and their products."""
    i, j = np.triu_indices(tangent.shape[2])
    products = tangent[:, :, i] * tangent[:, :, j]
    return np.concatenate([np.ones_like(tangent[:, :, :1]), tangent, products], axis=2)


def _unexplained(terms, normal, variances, version):
    """What is left of the variance of each normal component, an array (n_clouds, n_normal)."""
    n_points, n_terms = terms.shape[1:]
    d = variances.shape[1]
    if version == "qe":
        basis = np.linalg.qr(terms / np.linalg.norm(terms, axis=1, keepdims=True))[0]
        left = normal - basis @ (basis.transpose(0, 2, 1) @ normal)
        return (left**2).sum(axis=1) / (n_points - n_terms)
    # Errors of one size in all coordinates are in a product in proportion to the factors' root
    # sum of squares; terms divided by it err as much as the normal coordinates do.
    i, j = np.triu_indices(d)
    flat = np.linalg.qr(terms[:, :, : d + 1])[0]
    products = terms[:, :, d + 1 :] / np.sqrt(variances[:, i] + variances[:, j])[:, None]
    both = np.concatenate([products, normal], axis=2)
    both = both - flat @ (flat.transpose(0, 2, 1) @ both)
    values = np.linalg.svd(both, compute_uv=False)
    smallest = values[:, ::-1][:, : normal.shape[2]]
    return smallest[:, ::-1] ** 2 / (n_points - n_terms)


class QuadraticEmbedding(DimensionEstimator):
    """Intrinsic dimension by quadratic graphs over tangent coordinates (input per point).

    PCA takes the bend of a curved neighbourhood for a further dimension. But a bend depends on the
    tangent coordinates, near the point as a quadratic function of them, and a dimension does not.
    The dimension at a point is the least number of leading components over which the others are
    quadratic functions.

    Parameters
    ----------
    version : {"qe", "tls"}, default="qe"
        How the functions are fitted: "qe" by least squares in the other components; "tls" by
        total least squares, where the tangent coordinates may err too, as under noise.
    n_neighbors : int, default=50
    threshold : float, default=None
        A component is a function of others if what is left of its variance is at most this times
        their mean variance. None: 0.2 of "qe", 0.1 of "tls".
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
        The mean of those at points.
    local_dimension_ : array of shape (n_points,)
        Whole numbers.
    standard_error_ : float
        Of a mean of values at points that share neighbours; it knows nothing of a threshold that
        is wrong everywhere.
    interval_ : (float, float)
        Of 95%, from the standard error.

    See Also
    --------
    tda.dimension.LocalPCA : The same without curvature.

    Notes
    -----
    There are ``1 + d + d (d + 1) / 2`` terms over d coordinates. They may be half as many as the
    neighbours, so that 50 neighbours show bends over up to five dimensions; beyond, the variances
    alone decide. O(n k**3) in time.

    Bi and Lafaye de Micheaux propose to join PCA and regression so, with the two names [1]_. The
    criterion, the thresholds and the weights of the total least squares here follow from that idea
    alone and may differ from theirs.

    References
    ----------
    .. [1] Z. Bi, P. Lafaye de Micheaux, "Beyond PCA: manifold dimension estimation via local graph
       structure", arXiv:2510.15141, 2025.
    .. [2] A. C. Gilbert, K. O'Neill, "CA-PCA: manifold dimension estimation, adapted for
       curvature", arXiv:2309.13478, 2023.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import QuadraticEmbedding
    >>> estimator = QuadraticEmbedding().fit(make_sphere(200, random_state=0))
    >>> print(f"{estimator.dimension_:.1f}")
    2.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "version": [StrOptions(set(THRESHOLDS))],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "threshold": [Interval(Real, 0, 1, closed="neither"), None],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, version="qe", n_neighbors=50, threshold=None, n_jobs=None):
        self.version = version
        self.n_neighbors = n_neighbors
        self.threshold = threshold
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return self.n_neighbors

    def _estimate(self, X, graph):
        members = np.column_stack([np.arange(len(X)), graph.indices])
        local = np.empty(len(X))
        size = members.shape[1] * max(members.shape[1], X.shape[1])
        step = max(4_000_000 // size, 1)
        for i in range(0, len(X), step):
            clouds = X[members[i : i + step]]
            local[i : i + step] = graph_dimension(
                clouds, version=self.version, threshold=self.threshold
            )
        return average_estimate(local, graph, "mean")
