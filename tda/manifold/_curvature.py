"""Curvature at every point, from the second fundamental form of a local fit."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._units import power_of_two
from ._base import ManifoldEstimator, neighborhoods
from ._local_fit import coefficient_count, fit_blocks, pairs

__all__ = ["Curvature", "gaussian_curvature", "mean_curvature_vector", "sectional_curvature"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: Points whose errors choose the number of neighbours.
#: With half and twice as many curvature of a sphere and of a plane is as right.
N_JUDGES = 200
#: Between the sizes of neighbourhood that are tried.
#: Its root and its square leave the curvature of a sphere and of a plane as right.
GROWTH = 1.4


def sectional_curvature(second_form, u, v):
    """The sectional curvature of the planes of two tangent vectors, by the Gauss equation.

    ``(<II(u, u), II(v, v)> - |II(u, v)|^2) / (|u|^2 |v|^2 - <u, v>^2)``

    Parameters
    ----------
    second_form : array of shape (..., d, d, n_features)
        The second fundamental form in an orthonormal basis, as `Curvature.second_form_`.
    u, v : arrays of shape (..., d)
        In coordinates of that basis, linearly independent.

    Returns
    -------
    array of shape (...)
        In 1 / length^2.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.manifold import sectional_curvature
    >>> saddle = np.array([[[0.0, 0, 1], [0, 0, 0]], [[0, 0, 0], [0, 0, -2.0]]])
    >>> print(sectional_curvature(saddle, [1.0, 0.0], [1.0, 3.0]))
    -2.0
    """
    form = np.asarray(second_form, dtype=float)
    u, v = np.asarray(u, dtype=float), np.asarray(v, dtype=float)

    def value(a, b):
        return np.einsum("...i,...j,...ijk->...k", a, b, form)

    across = value(u, v)
    area = (u * u).sum(-1) * (v * v).sum(-1) - (u * v).sum(-1) ** 2
    return ((value(u, u) * value(v, v)).sum(-1) - (across * across).sum(-1)) / area


def mean_curvature_vector(second_form):
    """The mean over orthonormal directions e of II(e, e), of shape (..., n_features).

    For a sphere of radius r it points inward and has length 1 / r. For a curve it is the curvature.
    """
    form = np.asarray(second_form, dtype=float)
    return np.einsum("...iik->...k", form) / max(form.shape[-2], 1)


def gaussian_curvature(X, *, n_neighbors="auto", degree="auto", n_jobs=None):
    """The Gaussian curvature of a surface at each of its points.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        Points of a surface, in any number of coordinates.
    n_neighbors : int or "auto", default="auto"
        Neighbours of each local fit.
    degree : int or "auto", default="auto"
        Of the polynomial that is fitted at each point; see `Curvature`.
    n_jobs : int, default=None
        Number of threads, as in joblib.

    Returns
    -------
    array of shape (n_points,)
        In 1 / length^2.

    Examples
    --------
    >>> from tda.datasets import make_sphere
    >>> from tda.manifold import gaussian_curvature
    >>> K = gaussian_curvature(make_sphere(500, radius=2.0, random_state=0))
    >>> print(f"{K.mean():.2f}")
    0.25
    """
    model = Curvature(dimension=2, n_neighbors=n_neighbors, degree=degree, n_jobs=n_jobs)
    return model.fit(X).sectional_curvature_


class Forms(NamedTuple):
    """Quadratic forms of the second derivatives, each a matrix over `pairs`."""

    sectional: np.ndarray
    mean: np.ndarray


def curvature_forms(d):
    """The forms of the mean of all sectional curvatures, and of the squared mean curvature."""
    order = pairs(d)
    sectional = np.zeros((len(order), len(order)))
    diagonal = [order.index((i, i)) for i in range(d)]
    if d > 1:
        share = 1 / (d * (d - 1))
        for a, (i, j) in enumerate(order):
            if i < j:
                sectional[a, a] = -2 * share
                sectional[diagonal[i], diagonal[j]] = share
                sectional[diagonal[j], diagonal[i]] = share
    trace = np.zeros(len(order))
    trace[diagonal] = 1 / d
    return Forms(sectional, np.outer(trace, trace))


def evaluate(fit, form):
    """A quadratic form of the second derivatives without bias by noise, and its standard error.

    Noise of covariance S makes errors of covariance ``Q S`` in the coefficients c, so that
    ``c M c`` is too large by ``tr(M Q) tr S`` on average, and of variance
    ``4 (M c) Q S (M c) + 2 tr(M Q M Q) tr(S^2)``.
    """
    spread = form @ fit.covariance
    slopes = form @ fit.second
    excess = np.trace(spread, axis1=1, axis2=2) * noise_variance(fit)
    value = (fit.second * slopes).sum(axis=(1, 2)) - excess
    seen = slopes @ fit.factor.swapaxes(1, 2)
    first = (seen @ seen.swapaxes(1, 2) * fit.covariance).sum(axis=(1, 2))
    k, m = fit.factor.shape[1:]
    left = fit.factor.swapaxes(1, 2)
    square = left @ fit.factor if m <= k else fit.factor @ left
    twice = (spread * spread.swapaxes(1, 2)).sum(axis=(1, 2)) * (square**2).sum(axis=(1, 2))
    return value, np.sqrt(4 * first + 2 * twice)


def noise_variance(fit):
    """The variance of the residuals of each fit, summed over directions."""
    return (fit.factor**2).sum(axis=(1, 2))


class Curvature(ManifoldEstimator):
    """Curvature of the manifold at every point (input per point).

    Near a point, the manifold is the graph of a function over its tangent space. A polynomial is
    fitted to the neighbourhood. Its second derivatives are the second fundamental form, and the
    Gauss equation gives the sectional curvatures from it. For surfaces this is the Gaussian
    curvature. The number of coordinates does not matter.

    Parameters
    ----------
    dimension : int or "auto", default="auto"
        The dimension of the manifold. "auto" is the rounded `tda.IntrinsicDimension`.
    n_neighbors : int or "auto", default="auto"
        The size of each neighbourhood, one number for all. "auto" takes the size with the least
        standard errors: small without noise, large with noise.
    degree : int or "auto", default="auto"
        The degree of the polynomial, from 2 to 4. "auto" is 4, which has the least bias. It is 2 if
        the coefficients of degree 4 would need more than a sixth of the points, or if noise hides
        the curvature from them.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_, n_neighbors_, degree_ : int
    sectional_curvature_ : array of shape (n_points,)
        The mean of all sectional curvatures at the point, in 1 / length^2: of surfaces the
        Gaussian curvature. A curve has none, 0.
    scalar_curvature_ : array of shape (n_points,)
        ``d (d - 1)`` times that.
    standard_error_ : array of shape (n_points,)
        Of `sectional_curvature_`: what noise makes, and lack of fit taken for noise.
    mean_curvature_ : array of shape (n_points,)
        Length of the mean curvature vector, in 1 / length: of a curve its curvature.
    mean_curvature_vector_ : array of shape (n_points, n_features)
    frames_ : array of shape (n_points, n_features, dimension)
        Orthonormal bases of the tangent spaces, from the fit.
    second_form_ : array of shape (n_points, dimension, dimension, n_features)
        The second fundamental form in these bases.

    See Also
    --------
    sectional_curvature : Of any plane, from `second_form_`.
    gaussian_curvature : The same for a surface, as a function.

    Notes
    -----
    `sectional_curvature_` and `mean_curvature_` are squares of what is fitted, so noise makes
    them too large on average in codimension above 1; by how much is known and taken off.

    Where standard errors are larger than the curvature of a sphere as small as the neighbourhood,
    no curvature is significant, and a warning says so.

    In time O(n k p (p + m)) for n points of m coordinates, k neighbours and p coefficients: of
    degree 4 there are 15 in two dimensions, 35 in three. Near a border errors are larger,
    but no curvature appears. `transform` gives the columns ``sectional_curvature`` and
    ``mean_curvature``.

    References
    ----------
    .. [1] F. Cazals, M. Pouget, "Estimating differential quantities using polynomial fitting
       of osculating jets", Comput. Aided Geom. Design 22, 2005.
    .. [2] M. do Carmo, "Riemannian geometry", 1992, theorem 2.5 of chapter 6 (Gauss).

    Examples
    --------
    The inner side of a torus is curved like a saddle.

    >>> import numpy as np
    >>> from tda.datasets import make_torus
    >>> from tda.manifold import Curvature
    >>> X = make_torus(1000, random_state=0).points
    >>> K = Curvature().fit(X).sectional_curvature_
    >>> inner = np.hypot(X[:, 0], X[:, 1]) < 1
    >>> print((K[inner] < 0).mean().round(2), (K[~inner] > 0).mean().round(2))
    1.0 1.0
    """

    _parameter_constraints: ClassVar[dict] = {
        "dimension": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "n_neighbors": [Interval(Integral, 3, None, closed="left"), StrOptions({"auto"})],
        "degree": [Interval(Integral, 2, 4, closed="both"), StrOptions({"auto"})],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, dimension="auto", n_neighbors="auto", degree="auto", n_jobs=None):
        self.dimension = dimension
        self.n_neighbors = n_neighbors
        self.degree = degree
        self.n_jobs = n_jobs

    def _fit(self, X):
        n, m = X.shape
        d = self.dimension_
        self.degree_ = self._degrees(n)[0]
        if d in (0, m):  # a point, or an open part of flat space
            if d and self.dimension == "auto":
                warnings.warn(
                    f"X looks {d}-dimensional in {m} coordinates, so it has no curvature to "
                    "measure. If that is noise about a manifold, give its dimension, for example "
                    f"dimension={max(d - 1, 1)}.",
                    UserWarning,
                    stacklevel=3,
                )
            self.n_neighbors_ = 0
            second = np.zeros((n, d * (d + 1) // 2, m))
            frames = np.broadcast_to(np.eye(m, d), (n, m, d)).copy()
            return self._result(frames, second, np.zeros((n, 2)), np.zeros(n))
        # In a unit of the cloud's own, since fourth powers of lengths are taken.
        unit = power_of_two(np.ptp(X, axis=0).max())
        X = X / unit
        hoods, doubt = self._choose(X)
        if not doubt <= 1:
            large = f"above {doubt:.2g}" if np.isfinite(doubt) else "infinite"
            warnings.warn(
                f"No curvature of X is significant: with n_neighbors={self.n_neighbors_} and "
                f"degree={self.degree_} half of its standard errors are {large} over the "
                "squared radius of the neighbourhood, the curvature of a sphere as small as "
                "that. Take more points, a lower dimension, or other coordinates such as the "
                "leading ones of PCA.",
                UserWarning,
                stacklevel=3,
            )
        forms = curvature_forms(d)
        frames, second = np.empty((n, m, d)), np.empty((n, d * (d + 1) // 2, m))
        values, errors = np.empty((n, 2)), np.empty(n)
        for rows, fit in self._fits(X, hoods, self.n_neighbors_):
            frames[rows], second[rows] = fit.frames, fit.second
            values[rows, 0], errors[rows] = evaluate(fit, forms.sectional)
            values[rows, 1] = evaluate(fit, forms.mean)[0]
        return self._result(frames, second / unit, values / unit / unit, errors / unit / unit)

    def _choose(self, X):
        """Degree and number of neighbours, the neighbourhoods, and the median error.

        A polynomial of degree 4 has the least bias. But if noise is too large for degree 4, degree
        2 may still work.
        """
        n, best = len(X), None
        for degree in self._degrees(n):
            self.degree_ = degree
            sizes = self._sizes(n)
            hoods = neighborhoods(X, min(sizes[-1] + 1, n - 1), n_jobs=self.n_jobs)
            size, doubt = self._choose_size(X, hoods, sizes)
            if best is None or doubt < best[-1]:
                best = degree, int(size), hoods, doubt
            if best[-1] <= 1:
                break
        self.degree_, self.n_neighbors_, hoods, doubt = best
        return hoods, doubt

    def _fits(self, X, hoods, n_neighbors, rows=None):
        return fit_blocks(
            X, hoods, self.dimension_, self.degree_, n_neighbors=n_neighbors, rows=rows
        )

    def _degrees(self, n):
        """The degrees to try, the preferred one first."""
        if self.degree != "auto":
            return [int(self.degree)]
        return [4, 2] if 6 * coefficient_count(self.dimension_, 4) <= n else [2]

    def _sizes(self, n):
        """Numbers of neighbours to choose from, at least one more than a fit has coefficients."""
        least = coefficient_count(self.dimension_, self.degree_) + 1
        asked = least if self.n_neighbors == "auto" else self.n_neighbors
        if n - 1 < least or asked < least:
            raise ValueError(
                f"{'X has' if n - 1 < least else 'n_neighbors='}"
                f"{f' {n} distinct points' if n - 1 < least else asked}, but a polynomial of "
                f"degree {self.degree_} in {self.dimension_} dimensions needs at least {least} "
                "neighbours of every point."
            )
        if self.n_neighbors != "auto":
            return np.array([min(self.n_neighbors, n - 1)])
        first, last = min(1.4 * least, n - 1), max(min(n // 5, 30 * least), least)
        count = max(int(np.log(max(last / first, 1)) / np.log(GROWTH)) + 1, 1)
        return np.unique((first * GROWTH ** np.arange(count)).astype(int))

    def _choose_size(self, X, hoods, sizes):
        """The size of least error, from the errors by noise and by lack of fit.

        Standard errors treat all residuals as noise, which averages out. The part above the noise
        of the best fit does not average out: it is multiplied by the number of points per
        coefficient. The median error at this size is also returned, as a multiple of one over the
        squared radius.
        """
        rows = np.arange(0, len(X), max(len(X) // N_JUDGES, 1))
        forms = curvature_forms(self.dimension_)
        form = forms.sectional if self.dimension_ > 1 else forms.mean
        errors, noises, doubts = [], [], []
        for k in sizes:
            fits = [fit for _, fit in self._fits(X, hoods, k, rows)]
            found = np.concatenate([evaluate(fit, form)[1] for fit in fits])
            errors.append(np.median(found))
            doubts.append(np.median(found * hoods.distances[rows, k] ** 2))
            noises.append(np.mean(np.concatenate([noise_variance(fit) for fit in fits])))
        noises = np.array(noises)
        misfit = 1 - noises.min() / np.maximum(noises, np.finfo(float).tiny)
        ratio = sizes / coefficient_count(self.dimension_, self.degree_)
        best = np.argmin(np.array(errors) * np.sqrt(1 + ratio * misfit))
        return sizes[best], float(doubts[best])

    def _result(self, frames, second, values, errors):
        n, m, d = frames.shape
        form = np.zeros((n, d, d, m))
        for a, (i, j) in enumerate(pairs(d)):
            form[:, i, j] = form[:, j, i] = second[:, a]
        return {
            "sectional_curvature_": values[:, 0],
            "scalar_curvature_": d * (d - 1) * values[:, 0],
            "standard_error_": errors,
            "mean_curvature_": np.sqrt(np.maximum(values[:, 1], 0)),
            "mean_curvature_vector_": mean_curvature_vector(form),
            "frames_": frames,
            "second_form_": form,
        }

    def _columns(self):
        return np.column_stack([self.sectional_curvature_, self.mean_curvature_])

    def _names(self):
        return ["sectional_curvature", "mean_curvature"]
