"""Distances and kernels to the training diagrams, as steps of a pipeline."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._bars import DEGREES, check_degrees, check_fit_diagrams
from .._estimator import BaseEstimator
from ..diagrams import as_diagrams
from ._pairwise import DISTANCES, KERNELS, apply, fit_distance, fit_kernel


class _ToTraining(TransformerMixin, BaseEstimator):
    """What both have in common: they store the training diagrams and compare with them."""

    def fit(self, X, y=None):
        """Store the diagrams, and learn the "auto" values from them.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        self.diagrams_ = check_fit_diagrams(X)
        degrees = self.degrees
        if isinstance(degrees, Integral) and not isinstance(degrees, bool):
            degrees = [degrees]
        self.degrees_ = check_degrees(degrees, self.diagrams_)
        self.fitted_ = self._learn(dict(self.metric_params or {}))
        return self

    def transform(self, X):
        """Compare with the training diagrams.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes

        Returns
        -------
        matrix : ndarray of shape (n_samples, n_training)
        """
        check_is_fitted(self)
        return self._matrix(as_diagrams(X), self.diagrams_)

    def fit_transform(self, X, y=None):
        """Compare the training diagrams with each other: `fit`, then `transform`, in half the time.

        Parameters
        ----------
        X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        y : ignored

        Returns
        -------
        matrix : ndarray of shape (n_training, n_training)
        """
        self.fit(X)
        return self._matrix(self.diagrams_, None)

    def _matrix(self, A, B):
        label = type(self).__name__ if self.verbose else None
        essential = getattr(self, "essential", "drop")
        return apply(self.fitted_, A, B, essential=essential, n_jobs=self.n_jobs, label=label)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, one for each training diagram.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of str objects
        """
        check_is_fitted(self)
        name = f"{self._method_name()}_to_"
        return np.array([f"{name}{i}" for i in range(len(self.diagrams_))], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


class DiagramDistance(_ToTraining):
    """Distances to the training diagrams (input per shape: `X` is `Diagrams`).

    The result is a matrix for any estimator with ``metric="precomputed"``, such as nearest
    neighbours, DBSCAN or multidimensional scaling.

    Parameters
    ----------
    metric : str, default="wasserstein"
        A metric of `tda.distances.pairwise_distances`, or a function of two arrays of bars.
    metric_params : dict, default=None
        Options of the metric.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed for the diagrams of
        `fit`.
    essential : {"match", "drop"}, default="match"
        With "match", the bottleneck and the Wasserstein distance match essential classes with each
        other, and are infinite if their numbers differ. "drop" leaves them out, as all other
        metrics do.
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
        The metric with all that was learned from the diagrams of `fit`.

    See Also
    --------
    DiagramKernel : Kernels instead of distances.
    tda.distances.pairwise_distances : The same as a function, with the table of metrics.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import DiagramDistance, RipsPersistence
    >>> from tda.datasets import make_circle, make_disk
    >>> clouds = [
    ...     make(40, random_state=i).points for make in (make_circle, make_disk) for i in (0, 1)
    ... ]
    >>> model = make_pipeline(
    ...     RipsPersistence(),
    ...     DiagramDistance(metric="bottleneck", degrees=1),
    ...     KNeighborsClassifier(n_neighbors=1, metric="precomputed"),
    ... )
    >>> model.fit(clouds, ["circle", "circle", "disk", "disk"])
    Pipeline(...)
    >>> model.predict([make_disk(50, random_state=2).points])
    array(['disk'], dtype='<U6')
    """

    _parameter_constraints: ClassVar[dict] = {
        "metric": [StrOptions(set(DISTANCES)), callable],
        "metric_params": [dict, None],
        "degrees": DEGREES,
        "essential": [StrOptions({"match", "drop"})],
        "n_jobs": [Integral, None],
        "verbose": ["boolean"],
    }

    def __init__(
        self,
        *,
        metric="wasserstein",
        metric_params=None,
        degrees=None,
        essential="match",
        n_jobs=None,
        verbose=False,
    ):
        self.metric = metric
        self.metric_params = metric_params
        self.degrees = degrees
        self.essential = essential
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _learn(self, options):
        return fit_distance(self.metric, options, self.degrees_, self.diagrams_)

    def _method_name(self):
        return self.metric if isinstance(self.metric, str) else "distance"


class DiagramKernel(_ToTraining):
    """Kernels with the training diagrams (input per shape: `X` is `Diagrams`).

    The result is a matrix for any estimator with ``kernel="precomputed"``, such as
    `sklearn.svm.SVC`.

    Parameters
    ----------
    kernel : {"sliced_wasserstein", "scale_space", "weighted_gaussian", "fisher"}, \
default="sliced_wasserstein"
        See `tda.distances.pairwise_kernels`.
    bandwidth : float or "auto", default="auto"
        The bandwidth of the kernel, in the unit of the distance or of the diagrams. "auto" is
        learned in `fit`.
    metric_params : dict, default=None
        Further options of the kernel.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed for the diagrams of
        `fit`.
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

    See Also
    --------
    DiagramDistance : Distances instead of kernels.
    tda.distances.pairwise_kernels : The same as a function.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from tda import DiagramKernel, RipsPersistence
    >>> from tda.datasets import make_circle, make_disk
    >>> clouds = [f(40, random_state=i).points for f in (make_circle, make_disk) for i in (0, 1)]
    >>> model = make_pipeline(RipsPersistence(), DiagramKernel(), SVC(kernel="precomputed"))
    >>> model.fit(clouds, ["circle", "circle", "disk", "disk"])
    Pipeline(...)
    >>> model.predict([make_disk(50, random_state=2).points])
    array(['disk'], dtype='<U6')
    """

    _parameter_constraints: ClassVar[dict] = {
        "kernel": [StrOptions(set(KERNELS))],
        "bandwidth": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "metric_params": [dict, None],
        "degrees": DEGREES,
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
        n_jobs=None,
        verbose=False,
    ):
        self.kernel = kernel
        self.bandwidth = bandwidth
        self.metric_params = metric_params
        self.degrees = degrees
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _learn(self, options):
        return fit_kernel(
            self.kernel, self.bandwidth, options, self.degrees_, self.diagrams_, self.n_jobs
        )

    def _method_name(self):
        return self.kernel
