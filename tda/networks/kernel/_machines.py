"""Networks of infinite width, trained to the end: ridge regression with the tangent kernel."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar, NamedTuple

import numpy as np
from scipy.special import logsumexp, softmax
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ..._estimator import BaseEstimator
from ..._kinds import check_rows
from ._closed_form import neural_tangent_kernel
from ._convolutional import convolutional_tangent_kernel
from ._expectations import EXPECTATIONS

__all__ = ["KernelRidge", "NTKClassifier", "NTKRegressor", "kernel_ridge"]

#: Ridges that are tried, in units of the mean diagonal of the centred kernel.
RIDGES = np.logspace(-6, 3, 37)

#: Rows that are predicted at a time.
ROWS = 1024

#: Up to so many rows are all fitted, and of more so many landmarks stand for them.
ALL_ROWS, LANDMARKS = 5000, 2000


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

    K, y = np.asarray(K, dtype=float), np.asarray(y, dtype=float)
    if K.ndim != 2 or len(K) != K.shape[-1] or y.ndim != 2 or len(y) != len(K):
        raise ValueError(
            f"K has shape {K.shape} and y {y.shape}: give a square kernel, and y of shape "
            "(n_points, n_outputs)."
        )
    if not (np.isfinite(K).all() and np.isfinite(y).all()):
        raise ValueError("K or y holds NaN or infinity: leave those points out.")
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


def landmark_ridge(kernel, X, landmarks, y, *, ridge="auto"):
    """The same within the functions that the kernel at landmarks spans (Nyström's method).

    Parameters
    ----------
    kernel : callable (X, Y) -> array
    X : array of shape (n_points, n_features)
    landmarks : array of shape (n_landmarks, n_features)
    y : array of shape (n_points, n_outputs)
    ridge : float or "auto", default="auto"

    Returns
    -------
    KernelRidge
        Its coefficients are those of the kernel at the landmarks.
    """
    from scipy.linalg import eigh

    n, m = len(X), len(landmarks)
    own = kernel(landmarks)
    values, vectors = eigh(own)
    kept = values > m * np.finfo(float).eps * max(values[-1], np.finfo(float).tiny)
    whiten = vectors[:, kept] / np.sqrt(values[kept])
    features = np.empty((n, whiten.shape[1]))
    for start in range(0, n, ROWS):
        rows = slice(start, start + ROWS)
        features[rows] = kernel(X[rows], landmarks) @ whiten
    centre, middle = features.mean(axis=0), y.mean(axis=0)
    features -= centre
    values, vectors = eigh(features.T @ features)
    fine = values > n * np.finfo(float).eps * max(values[-1:].max(initial=0), np.finfo(float).tiny)
    values, vectors = values[fine], vectors[:, fine]
    vectors /= np.sqrt(values)  # features @ vectors is orthonormal
    projected = vectors.T @ (features.T @ (y - middle))
    unit = values.sum() / n
    tried = RIDGES if isinstance(ridge, str) else np.array([ridge], dtype=np.float64)
    shrunk = values[:, None] / (values[:, None] + tried * unit)
    errors = np.empty((len(tried), *y.shape))
    for start in range(0, n, ROWS):
        rows = slice(start, start + ROWS)
        basis = features[rows] @ vectors
        free = 1 - 1 / n - basis**2 @ shrunk
        for i in range(len(tried)):
            left = y[rows] - middle - basis @ (shrunk[:, i, None] * projected)
            known = free[:, i] > n * np.finfo(float).eps
            alone = (y[rows] - middle) * (n / max(n - 1, 1))
            errors[i, rows] = np.where(
                known[:, None], left / np.where(known, free[:, i], 1.0)[:, None], alone
            )
    best = int(np.argmin((errors**2).mean(axis=(1, 2))))
    weights = vectors @ (shrunk[:, best, None] * projected)
    return KernelRidge(
        whiten @ weights, middle - centre @ weights, float(tried[best]), y - errors[best]
    )


def _both(scores):
    """Scores of all classes: with one column the other class has the opposite."""
    return scores if scores.shape[1] > 1 else np.column_stack([-scores, scores])


def _fit_slope(scores, codes):
    """The factor of the scores for which the classes are most likely."""
    from scipy.optimize import minimize_scalar

    scores = _both(scores)
    n, n_classes = scores.shape
    own = scores[np.arange(n), codes]
    missed = 1 / (n + n_classes)  # as if every class had been seen once more

    def loss(log_slope):
        logits = np.exp(log_slope) * scores
        top = logsumexp(logits, axis=1)
        sure = top - np.exp(log_slope) * own
        return np.mean((1 - missed) * sure + missed * (top - logits.mean(axis=1)))

    return float(np.exp(minimize_scalar(loss, bounds=(-7, 7), method="bounded").x))


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
        "activation": [StrOptions(set(EXPECTATIONS))],
        "weight_variance": [Interval(Real, 0, None, closed="left"), "array-like", None],
        "bias_variance": [Interval(Real, 0, None, closed="left"), "array-like"],
        "ridge": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "standardize": ["boolean"],
        "image_shape": ["array-like", None],
        "filter_size": [Interval(Integral, 1, None, closed="left")],
        "pooling": [StrOptions({"average", "none"})],
        "n_landmarks": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"}), None],
        "random_state": ["random_state"],
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
        image_shape=None,
        filter_size=3,
        pooling="average",
        n_landmarks="auto",
        random_state=None,
    ):
        self.n_hidden_layers = n_hidden_layers
        self.activation = activation
        self.weight_variance = weight_variance
        self.bias_variance = bias_variance
        self.ridge = ridge
        self.standardize = standardize
        self.image_shape = image_shape
        self.filter_size = filter_size
        self.pooling = pooling
        self.n_landmarks = n_landmarks
        self.random_state = random_state

    def _fit(self, X, targets):
        """Fit targets of shape (n_points, n_outputs) on checked rows."""
        self._check_images(X)
        self.scaler_ = None
        if self.standardize:
            self.scaler_ = StandardScaler().fit(X if self.image_shape is None else X.reshape(-1, 1))
        cloud = self._scaled(X)
        count = self.n_landmarks
        if count == "auto":
            count = None if len(X) <= ALL_ROWS else LANDMARKS
        if count is None or count >= len(X):
            self.cloud_ = cloud
            fit = kernel_ridge(self._kernel(cloud), targets, ridge=self.ridge)
        else:
            rng = check_random_state(self.random_state)
            self.cloud_ = cloud[np.sort(rng.choice(len(X), count, replace=False))]
            fit = landmark_ridge(self._kernel, cloud, self.cloud_, targets, ridge=self.ridge)
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

    def _check_images(self, X):
        if self.image_shape is None:
            return
        shape = np.asarray(self.image_shape)
        whole = shape.ndim == 1 and len(shape) in (2, 3) and shape.dtype.kind in "iu"
        if not whole or shape.min() < 1:
            raise ValueError(
                f"image_shape={self.image_shape!r}: give (height, width), or (n_channels, height, "
                "width)."
            )
        if shape.prod() != X.shape[1]:
            raise ValueError(
                f"image_shape={self.image_shape!r} has {shape.prod()} value(s), but X has "
                f"{X.shape[1]} column(s): give the shape of the images in the rows."
            )

    def _scaled(self, X):
        if self.scaler_ is None:
            return X
        if self.image_shape is None:
            return self.scaler_.transform(X)
        return self.scaler_.transform(X.reshape(-1, 1)).reshape(X.shape)

    def _kernel(self, X, Y=None):
        how = {
            "n_hidden_layers": self.n_hidden_layers,
            "activation": self.activation,
            "weight_variance": self.weight_variance,
            "bias_variance": self.bias_variance,
        }
        if self.image_shape is None:
            return neural_tangent_kernel(X, Y, **how)
        shape = tuple(int(size) for size in self.image_shape)
        X, Y = (None if Z is None else Z.reshape(len(Z), *shape) for Z in (X, Y))
        how |= {"filter_size": self.filter_size, "pooling": self.pooling}
        return convolutional_tangent_kernel(X, Y, **how)


class NTKRegressor(RegressorMixin, _TangentMachine):
    """Regression by networks of infinite width (input per point).

    This is kernel ridge regression with `neural_tangent_kernel`. It is the mean of very wide
    networks after gradient descent with weight decay towards the start [1]_.

    Parameters
    ----------
    n_hidden_layers : int, default=1
    activation : {"erf", "gelu", "identity", "logistic", "relu", "silu", "sin", "softplus", \
"tanh"}, default="relu"
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
    image_shape : tuple of ints, default=None
        Rows are images of this shape, (height, width) or (n_channels, height, width), and the
        networks are convolutional: `convolutional_tangent_kernel`. All pixels are then scaled as
        one column.
    filter_size : int, default=3
    pooling : {"average", "none"}, default="average"
        Of convolutional networks.
    n_landmarks : int, "auto" or None, default="auto"
        So many rows, drawn at random, span the functions that are fitted (Nyström's method [2]_).
        Time and memory then grow linearly with the number of rows. "auto" takes all rows up to
        5,000, and 2,000 landmarks of more; None always all.
    random_state : int, RandomState or None, default=None
        Of the landmarks.

    Attributes
    ----------
    ridge_ : float
    left_out_ : array of shape (n_points,) or (n_points, n_outputs)
        What each row of `fit` is predicted to be by all others; for ``ridge="auto"`` it is
        slightly too good, since the ridge is chosen on it.
    dual_coef_ : array of shape (n_points, n_outputs)
    intercept_ : array of shape (n_outputs,)
    scaler_ : StandardScaler or None
    cloud_ : array of shape (n_points, n_features), or of n_landmarks rows
        The rows of `fit`, or the landmarks, standardized.

    Notes
    -----
    Fit: one eigendecomposition, O(n_points³) time and three to four matrices of n_points² in
    memory; a second for 1,500 rows. With m landmarks O(n_points · m²) and a matrix of n_points · m:
    100,000 rows take 1.6 GB with 2,000. All of it is deterministic but for the draw of landmarks.

    References
    ----------
    .. [1] W. Hu, Z. Li, D. Yu, "Simple and effective regularization methods for training on
       noisily labeled data with generalization guarantee", ICLR 2020.
    .. [2] C. Williams, M. Seeger, "Using the Nyström method to speed up kernel machines", NIPS
       2000.

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
    activation : {"erf", "gelu", "identity", "logistic", "relu", "silu", "sin", "softplus", \
"tanh"}, default="relu"
    weight_variance : float or array-like with one per layer, default=None
        By default the values that keep the size of signals; see `neural_tangent_kernel`.
    bias_variance : float or array-like with one per layer, default=0.1
    ridge : float or "auto", default="auto"
        In units of the mean diagonal of the centred kernel; "auto" takes the one with the least
        squared error when each row is left out in turn.
    standardize : bool, default=True
        Scale every column to mean 0 and variance 1 first.
    image_shape : tuple of ints, default=None
        Rows are images of this shape, (height, width) or (n_channels, height, width), and the
        networks are convolutional: `convolutional_tangent_kernel`. All pixels are then scaled as
        one column.
    filter_size : int, default=3
    pooling : {"average", "none"}, default="average"
        Of convolutional networks.
    n_landmarks : int, "auto" or None, default="auto"
        So many rows, drawn at random, span the functions that are fitted (Nyström's method [2]_).
        Time and memory then grow linearly with the number of rows. "auto" takes all rows up to
        5,000, and 2,000 landmarks of more; None always all.
    random_state : int, RandomState or None, default=None
        Of the landmarks.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
    ridge_ : float
    left_out_ : array of shape (n_points,)
        The class that each row of `fit` is given by all others; for ``ridge="auto"`` slightly
        too good, since the ridge is chosen with it.
    slope_ : float
        By which scores are multiplied for the logits of `predict_proba`.
    dual_coef_ : array of shape (n_points, n_columns)
        One column for two classes, else one per class.
    intercept_ : array of shape (n_columns,)
    scaler_ : StandardScaler or None
    cloud_ : array of shape (n_points, n_features), or of n_landmarks rows
        The rows of `fit`, or the landmarks, standardized.

    Notes
    -----
    As of `NTKRegressor`; further classes cost little.

    References
    ----------
    .. [1] S. Arora, S. Du, Z. Li, R. Salakhutdinov, R. Wang, D. Yu, "Harnessing the power of
       infinitely wide deep nets on small-data tasks", ICLR 2020.
    .. [2] C. Williams, M. Seeger, "Using the Nyström method to speed up kernel machines", NIPS
       2000.

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
            raise ValueError(
                f"y holds one class, {self.classes_.tolist()[0]!r}: give rows of two or more."
            )
        targets = np.where(codes[:, None] == np.arange(len(self.classes_)), 1.0, -1.0)
        left_out = self._fit(X, targets[:, 1:] if len(self.classes_) == 2 else targets)
        self.left_out_ = self._winner(left_out)
        self.slope_ = _fit_slope(left_out, codes)
        return self

    def decision_function(self, X):
        """Scores of rows: (n_points,) for two classes, positive for the second one, else
        (n_points, n_classes)."""
        scores = self._scores(X)
        return scores.ravel() if len(self.classes_) == 2 else scores

    def predict(self, X):
        """Classes of rows, of shape (n_points,)."""
        return self._winner(self._scores(X))

    def predict_proba(self, X):
        """Probabilities of the classes.

        The scores that each row of `fit` is given by all others are known exactly. Logits are the
        scores times one number, `slope_`, for which those left-out rows are most likely (after
        Platt, 1999, whose smoothed targets keep it finite). So no class but that of `predict` is
        the most probable one.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)

        Returns
        -------
        array of shape (n_points, n_classes)
        """
        check_is_fitted(self)
        return softmax(self.slope_ * _both(self._scores(X)), axis=1)

    def _winner(self, scores):
        two = scores.shape[1] == 1
        return self.classes_[(scores[:, 0] > 0).astype(int) if two else scores.argmax(axis=1)]
