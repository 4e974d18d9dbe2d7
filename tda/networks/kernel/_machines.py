"""Networks of infinite width, trained to the end: ridge regression with the tangent kernel."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ..._kinds import check_rows
from ._closed_form import neural_tangent_kernel

__all__ = ["KernelRidge", "NTKClassifier", "NTKRegressor", "kernel_ridge"]

#: Ridges that are tried, in units of the mean diagonal of the centred kernel.
RIDGES = np.logspace(-6, 3, 37)

#: Rows that are predicted at a time.
ROWS = 1024


class KernelRidge(NamedTuple):
    """What `kernel_ridge` gives.

    Attributes
    ----------
    coefficients : array of shape (n_points, n_outputs)
    intercept : array of shape (n_outputs,)
    ridge : float
        In units of the mean diagonal of the centred kernel.
    left_out : array of shape (n_points, n_outputs)
        What each point is predicted to be by all others.
    """

    coefficients: np.ndarray
    intercept: np.ndarray
    ridge: float
    left_out: np.ndarray


def kernel_ridge(K, y, *, ridge="auto"):
    """Ridge regression with a kernel and a free intercept, the ridge chosen by leaving out.

    Parameters
    ----------
    K : array of shape (n_points, n_points)
        Symmetric and positive semidefinite.
    y : array of shape (n_points, n_outputs)
    ridge : float or "auto", default="auto"
        In units of the mean diagonal of the centred kernel, so that the scale of the kernel does
        not matter. "auto" takes, of 37 values from 10⁻⁶ to 10³, the one with the least squared
        error when every point is left out in turn. This error is exact and needs no new fits.

    Returns
    -------
    KernelRidge
        Predictions are ``K(others, points) @ coefficients + intercept``.

    Notes
    -----
    One eigendecomposition, O(n_points³). Leaving out one point is the residual divided by one
    minus its leverage (PRESS; R. Rifkin, R. Lippert, "Notes on regularized least squares", MIT,
    2007), here with the intercept fitted anew as well.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import kernel_ridge
    >>> x = np.linspace(-1, 1, 9)[:, None]
    >>> fit = kernel_ridge(x @ x.T, 3 * x + 5)
    >>> np.round(x[:2] @ x.T @ fit.coefficients + fit.intercept, 4).ravel()
    array([2.  , 2.75])
    """
    from scipy.linalg import eigh

    n = len(K)
    means = K.mean(axis=0)
    middle = y.mean(axis=0)
    # Less one of its entries first: of rows that are nearly equal the kernel is nearly constant,
    # and rounding is then that of the differences.
    centred = K - K[0, 0]
    own = centred.mean(axis=0)
    values, vectors = eigh(centred - own - own[:, None] + own.mean(), overwrite_a=True)
    # What the rounding of the kernel itself can make is nothing: equal rows have no more.
    values[values <= 4 * n * np.finfo(float).eps * np.abs(K).max()] = 0
    unit = values.mean()
    projected = vectors.T @ (y - middle)
    squares = vectors**2
    tried = RIDGES if isinstance(ridge, str) else [ridge]
    best, left_out, chosen = np.inf, None, None
    for candidate in tried:
        # What is not fitted of each direction; the constant one is fitted by the intercept.
        kept = _share(candidate * unit, values)
        residuals = vectors @ (kept[:, None] * projected)
        free = squares @ kept - 1 / n
        errors = np.full_like(residuals, np.nan)
        # A point that alone decides its own value is not predicted by the others: it gets their
        # mean.
        known = free > n * np.finfo(float).eps
        errors[known] = residuals[known] / free[known, None]
        errors[~known] = (y[~known] - middle) * (n / max(n - 1, 1))
        error = np.mean(errors**2)
        if chosen is None or error < best:
            best, chosen, left_out = error, float(candidate), y - errors
    weights = np.zeros_like(values)
    bottom = values + chosen * unit
    fine = bottom > n * np.finfo(float).eps * max(values[-1], np.finfo(float).tiny)
    weights[fine] = 1 / bottom[fine]
    coefficients = vectors @ (weights[:, None] * projected)
    coefficients -= coefficients.mean(axis=0)  # their sum is 0 but for rounding
    return KernelRidge(coefficients, middle - means @ coefficients, chosen, left_out)


def _share(penalty, values):
    """penalty / (values + penalty), with 0 for penalty 0 where there is a value, else 1."""
    floor = len(values) * np.finfo(float).eps * values[-1]
    if penalty == 0:
        return (values <= floor).astype(float)
    return penalty / (values + penalty)


class _TangentMachine(BaseEstimator):
    """The base of classifier and regressor: scaling, kernel, fit and scores."""

    _parameter_constraints: ClassVar[dict] = {
        "n_hidden_layers": [Interval(Integral, 0, None, closed="left")],
        "activation": [StrOptions({"relu", "erf"})],
        "weight_variance": [Interval(Real, 0, None, closed="left"), "array-like", None],
        "bias_variance": [Interval(Real, 0, None, closed="left"), "array-like"],
        "ridge": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "standardize": ["boolean"],
    }

    def __init__(
        self,
        *,
        n_hidden_layers=1,
        activation="relu",
        weight_variance=None,
        bias_variance=0.1,
        ridge="auto",
        standardize=True,
    ):
        self.n_hidden_layers = n_hidden_layers
        self.activation = activation
        self.weight_variance = weight_variance
        self.bias_variance = bias_variance
        self.ridge = ridge
        self.standardize = standardize

    def _fit(self, X, targets):
        """Fit targets of shape (n_points, n_outputs) on checked rows."""
        self.scaler_ = StandardScaler().fit(X) if self.standardize else None
        self.cloud_ = self._scaled(X)
        fit = kernel_ridge(self._kernel(self.cloud_), targets, ridge=self.ridge)
        self.dual_coef_, self.intercept_, self.ridge_, left_out = fit
        return left_out

    def _scores(self, X):
        """Of shape (n_points, n_outputs)."""
        check_is_fitted(self)
        X = self._scaled(check_rows(self, X, reset=False))
        parts = [
            self._kernel(X[start : start + ROWS], self.cloud_) @ self.dual_coef_ + self.intercept_
            for start in range(0, len(X), ROWS)
        ]
        return np.concatenate(parts)

    def _scaled(self, X):
        return X if self.scaler_ is None else self.scaler_.transform(X)

    def _kernel(self, X, Y=None):
        return neural_tangent_kernel(
            X,
            Y,
            n_hidden_layers=self.n_hidden_layers,
            activation=self.activation,
            weight_variance=self.weight_variance,
            bias_variance=self.bias_variance,
        )


class NTKRegressor(RegressorMixin, _TangentMachine):
    """Regression by networks of infinite width (input per point).

    This is kernel ridge regression with `neural_tangent_kernel`. It is the mean of very wide
    networks after gradient descent with weight decay towards the start [1]_.

    Parameters
    ----------
    n_hidden_layers : int, default=1
    activation : {"relu", "erf"}, default="relu"
    weight_variance : float or array-like with one per layer, default=None
        By default the values that keep the size of signals; see `neural_tangent_kernel`.
    bias_variance : float or array-like with one per layer, default=0.1
    ridge : float or "auto", default="auto"
        Variance of the noise in units of the mean diagonal of the centred kernel; "auto" takes
        the one with the least squared error when each row is left out in turn. 0 goes through
        all targets, as a network trained to the end does.
    standardize : bool, default=True
        Scale every column to mean 0 and variance 1 first. The kernel depends on lengths and angles
        of rows, so that a column with a large unit would hide the others.

    Attributes
    ----------
    ridge_ : float
    left_out_ : array of shape (n_points,) or (n_points, n_outputs)
        What each row of `fit` is predicted to be by all others; for ``ridge="auto"`` it is
        slightly too good, since the ridge is chosen on it.
    dual_coef_ : array of shape (n_points, n_outputs)
    intercept_ : array of shape (n_outputs,)
    scaler_ : StandardScaler or None
    cloud_ : array of shape (n_points, n_features)
        The rows of `fit`, standardized.

    Notes
    -----
    Fit: one eigendecomposition, O(n_points³) time and three to four matrices of n_points² in
    memory; a second for 1,500 rows. All of it is deterministic.

    References
    ----------
    .. [1] W. Hu, Z. Li, D. Yu, "Simple and effective regularization methods for training on
       noisily labeled data with generalization guarantee", ICLR 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.model_selection import cross_val_score
    >>> from tda.networks import NTKRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> bool(cross_val_score(NTKRegressor(), X, y).mean() > 0.48)  # share of variance explained
    True
    """

    def fit(self, X, y):
        """Learn from rows and their values.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        y : array-like of shape (n_points,) or (n_points, n_outputs)

        Returns
        -------
        self
        """
        self._validate_params()
        X, y = check_rows(self, X, y, multi_output=True, y_numeric=True)
        y = np.asarray(y, dtype=np.float64)
        self.left_out_ = self._fit(X, y.reshape(len(y), -1)).reshape(y.shape)
        return self

    def predict(self, X):
        """Values of rows, of shape (n_points,) or (n_points, n_outputs) as in `fit`."""
        scores = self._scores(X)
        return scores.ravel() if self.left_out_.ndim == 1 else scores

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class NTKClassifier(ClassifierMixin, _TangentMachine):
    """Classification by networks of infinite width (input per point).

    This is ridge regression with `neural_tangent_kernel` on one column per class, which is 1 in the
    class and −1 outside. The class with the largest score is predicted. It is the mean of very wide
    networks trained on the squared error, the setting of [1]_. For margins instead of squares, use
    ``SVC(kernel=neural_tangent_kernel)``.

    Parameters
    ----------
    n_hidden_layers : int, default=1
    activation : {"relu", "erf"}, default="relu"
    weight_variance : float or array-like with one per layer, default=None
        By default the values that keep the size of signals; see `neural_tangent_kernel`.
    bias_variance : float or array-like with one per layer, default=0.1
    ridge : float or "auto", default="auto"
        In units of the mean diagonal of the centred kernel; "auto" takes the one with the least
        squared error when each row is left out in turn.
    standardize : bool, default=True
        Scale every column to mean 0 and variance 1 first.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
    ridge_ : float
    left_out_ : array of shape (n_points,)
        The class that each row of `fit` is given by all others; for ``ridge="auto"`` slightly
        too good, since the ridge is chosen with it.
    dual_coef_ : array of shape (n_points, n_columns)
        One column for two classes, else one per class.
    intercept_ : array of shape (n_columns,)
    scaler_ : StandardScaler or None
    cloud_ : array of shape (n_points, n_features)
        The rows of `fit`, standardized.

    Notes
    -----
    As of `NTKRegressor`; further classes cost little.

    References
    ----------
    .. [1] S. Arora, S. Du, Z. Li, R. Salakhutdinov, R. Wang, D. Yu, "Harnessing the power of
       infinitely wide deep nets on small-data tasks", ICLR 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.model_selection import cross_val_score
    >>> from tda.networks import NTKClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> bool(cross_val_score(NTKClassifier(), X, y, cv=10).mean() > 0.97)
    True
    """

    def fit(self, X, y):
        """Learn from rows and their classes.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        y : array-like of shape (n_points,)
            Labels of any kind, of two classes or more.

        Returns
        -------
        self
        """
        self._validate_params()
        X, y = check_rows(self, X, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class, {self.classes_[0]!r}: give rows of two or more.")
        targets = np.where(codes[:, None] == np.arange(len(self.classes_)), 1.0, -1.0)
        left_out = self._fit(X, targets[:, 1:] if len(self.classes_) == 2 else targets)
        self.left_out_ = self._winner(left_out)
        return self

    def decision_function(self, X):
        """Scores of rows: (n_points,) for two classes, positive for the second one, else
        (n_points, n_classes)."""
        scores = self._scores(X)
        return scores.ravel() if len(self.classes_) == 2 else scores

    def predict(self, X):
        """Classes of rows, of shape (n_points,)."""
        return self._winner(self._scores(X))

    def _winner(self, scores):
        two = scores.shape[1] == 1
        return self.classes_[(scores[:, 0] > 0).astype(int) if two else scores.argmax(axis=1)]
