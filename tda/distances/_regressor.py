"""Numbers predicted from diagrams: ridge regression with a kernel of diagrams."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._bars import DEGREES, check_degrees, check_fit_diagrams
from .._estimator import BaseEstimator
from ..diagrams import as_diagrams
from ._pairwise import KERNELS, apply, fit_kernel

#: Penalties that "auto" chooses from, in units of the mean eigenvalue of the centred kernel.
PENALTIES = np.logspace(-4, 3, 29)


class DiagramRegressor(RegressorMixin, BaseEstimator):
    """Predict numbers from persistence diagrams (input per shape: `X` is `Diagrams`).

    Kernel ridge regression with an intercept. The penalty is the one whose predictions of samples
    left out are best; this needs no second fit.

    Parameters
    ----------
    kernel : {"sliced_wasserstein", "scale_space", "weighted_gaussian", "fisher"}, \
default="sliced_wasserstein"
        See `tda.distances.pairwise_kernels`.
    bandwidth : float or "auto", default="auto"
        The bandwidth of the kernel. "auto" is learned in `fit`.
    metric_params : dict, default=None
        Further options of the kernel.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed for the diagrams of
        `fit`.
    penalty : float or "auto", default="auto"
        Of the squared norm of the function. "auto" is the one of 29, over seven decades, with the
        least mean squared error when each sample is left out in turn.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Show a progress bar.

    Attributes
    ----------
    diagrams_ : Diagrams
        Those of `fit`.
    degrees_ : tuple of int
    fitted_ : tuple
        The kernel with all that was learned from the diagrams of `fit`.
    penalty_ : float
    left_out_ : ndarray of the shape of y
        The prediction of each training sample by the others. With "auto" the penalty and the
        bandwidth have seen them all.
    left_out_score_ : float
        R² of these predictions: near 0, or below, if the shape says nothing of y.
    dual_coef_ : ndarray of shape (n_training, n_targets)
    intercept_ : ndarray of shape (n_targets,)

    See Also
    --------
    DiagramKernel : The kernel alone, for `sklearn.svm.SVR` or `sklearn.kernel_ridge.KernelRidge`
        with ``kernel="precomputed"``.
    independence_test : Whether there is a dependence at all, with a p-value.

    Notes
    -----
    With the centred kernel matrix K of eigenvectors U and eigenvalues e, the predictions are
    :math:`H y`, :math:`H = 1/n + U \\mathrm{diag}(e / (e + \\lambda)) U^T`, and the error of
    sample i when it is left out is :math:`(y_i - (Hy)_i) / (1 - H_{ii})`. O(n³) once, besides
    the kernel.

    References
    ----------
    Saunders, Gammerman, Vovk, "Ridge regression learning algorithm in dual variables", ICML 1998.

    Carrière, Cuturi, Oudot, "Sliced Wasserstein kernel for persistence diagrams", ICML 2017.

    Examples
    --------
    The width of a ring from the persistence of its points.

    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import AlphaPersistence
    >>> from tda.datasets import make_annulus
    >>> from tda.distances import DiagramRegressor
    >>> width = np.random.default_rng(0).uniform(1, 2, 40)
    >>> clouds = [w * make_annulus(60, random_state=i).points for i, w in enumerate(width)]
    >>> model = make_pipeline(AlphaPersistence(), DiagramRegressor())
    >>> model.fit(clouds[:30], width[:30]).score(clouds[30:], width[30:]) > 0.8
    True

    The same door of scikit-learn takes any model with a kernel:

    >>> from sklearn.svm import SVR
    >>> from tda import DiagramKernel
    >>> model = make_pipeline(AlphaPersistence(), DiagramKernel(), SVR(kernel="precomputed", C=10))
    >>> model.fit(clouds[:30], width[:30]).score(clouds[30:], width[30:]) > 0.8
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        "kernel": [StrOptions(set(KERNELS))],
        "bandwidth": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "metric_params": [dict, None],
        "degrees": DEGREES,
        "penalty": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "n_jobs": [Integral, None],
        "verbose": ["boolean"],
    }

    def __init__(
        self,
        *,
        kernel="sliced_wasserstein",
        bandwidth="auto",
        metric_params=None,
        degrees=None,
        penalty="auto",
        n_jobs=None,
        verbose=False,
    ):
        self.kernel = kernel
        self.bandwidth = bandwidth
        self.metric_params = metric_params
        self.degrees = degrees
        self.penalty = penalty
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X, y):
        """Learn to predict `y`.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        y : array-like of shape (n_samples,) or (n_samples, n_targets)

        Returns
        -------
        self
        """
        self._validate_params()
        self.diagrams_ = check_fit_diagrams(X)
        y = _check_targets(y, len(self.diagrams_))
        self.degrees_ = check_degrees(self.degrees, self.diagrams_)
        options = dict(self.metric_params or {})
        self.fitted_ = fit_kernel(
            self.kernel, self.bandwidth, options, self.degrees_, self.diagrams_, self.n_jobs
        )
        K = self._kernel(self.diagrams_, None)
        self._means = K.mean(axis=0), K.mean()
        values, U = np.linalg.eigh(self._centred(K))
        values = np.maximum(values, 0.0)
        targets = y.reshape(len(y), -1)
        self.intercept_ = targets.mean(axis=0)
        along = U.T @ (targets - self.intercept_)
        size = values.sum() / len(y) or 1.0  # all shapes alike: nothing to learn from
        penalties = PENALTIES * size if isinstance(self.penalty, str) else [self.penalty]
        left_out = [_left_out(values, U, along, targets, self.intercept_, p) for p in penalties]
        best = int(np.argmin([np.mean((targets - out) ** 2) for out in left_out]))
        self.penalty_ = float(penalties[best])
        self.left_out_ = left_out[best].reshape(y.shape)
        self.left_out_score_ = _r2(targets, left_out[best])
        self.dual_coef_ = U @ (along / (values + self.penalty_)[:, None])
        self._flat = y.ndim == 1
        return self

    def predict(self, X):
        """Predict the numbers of other diagrams.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        check_is_fitted(self)
        K = self._kernel(as_diagrams(X), self.diagrams_)
        found = self._centred(K) @ self.dual_coef_ + self.intercept_
        return found[:, 0] if self._flat else found

    def _kernel(self, A, B):
        label = type(self).__name__ if self.verbose else None
        return apply(self.fitted_, A, B, n_jobs=self.n_jobs, label=label)

    def _centred(self, K):
        columns, whole = self._means
        return K - columns - K.mean(axis=1, keepdims=True) + whole

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


def _check_targets(y, n):
    y = np.asarray(y, dtype=float)
    if y.ndim not in (1, 2) or len(y) != n:
        raise ValueError(f"y has shape {y.shape}, but X holds {n} diagrams: one number each.")
    if not np.isfinite(y).all():
        raise ValueError("y holds NaN or infinite values: leave those samples out.")
    if n < 3:
        raise ValueError(f"X holds {n} diagrams; three are needed to fit and leave one out.")
    return y


def _left_out(values, U, along, targets, intercept, penalty):
    """The prediction of each sample by all others."""
    shrunk = values / (values + penalty)
    fitted = U @ (shrunk[:, None] * along) + intercept
    own = 1 / len(targets) + (U**2) @ shrunk
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = (targets - fitted) / (1 - own)[:, None]
    return targets - np.nan_to_num(errors)


def _r2(targets, predicted):
    spread = ((targets - targets.mean(axis=0)) ** 2).sum()
    return float(1 - ((targets - predicted) ** 2).sum() / spread) if spread else 0.0
