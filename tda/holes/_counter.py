"""`HoleCounter`: the number of holes of many clouds, as columns."""

from __future__ import annotations

from functools import partial
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._blocks import Blocks, as_blocks
from .._checkpoint import settings
from .._estimator import BaseEstimator
from .._parallel import checked_part, delayed_parts, in_chunks, over_delayed
from .._per_shape import CHECKPOINT
from .._validation import check_clouds, check_field
from ._correction import CORRECTIONS
from ._count import count_holes
from ._input import choose_complex, choose_dimension, prepare
from ._significance import METHODS

__all__ = ["HoleCounter"]

#: Of a cloud that stays on disk so many rows say how many dimensions it spans.
N_SAMPLED = 10_000


class HoleCounter(TransformerMixin, BaseEstimator):
    """Number of significant holes of many clouds (input per shape).

    Parameters
    ----------
    max_dimension : {0, 1, 2}, default=None
        Highest degree; by default the highest that `count_holes` would count in any of the
        clouds seen in `fit`.
    complex : {"auto", "alpha", "rips"}, default="auto"
    field : int, default=2
    metric : str or callable, default="euclidean"
    level : float, default=0.05
    method : {"monte_carlo", "gumbel", "bootstrap", "density", "red_noise", "jitter"}, \
            default="monte_carlo"
    correction : {"max", "holm", "fdr_bh", None}, default="max"
    dependence : "auto", int or None, default=None
    dimension : float or "auto", default="auto"
    n_landmarks : int, "auto" or None, default="auto"
    trim : float, default=0.0
    n_resamples : int, default=100
    random_state : int, RandomState or None, default=None
        All as in `count_holes`.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished counts: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    Attributes
    ----------
    max_dimension_ : int
        Highest degree; there are ``max_dimension_ + 1`` columns.

    See Also
    --------
    count_holes : The same for one cloud, with p-values and notes.

    Examples
    --------
    >>> from tda import HoleCounter
    >>> from tda.datasets import make_annulus, make_disk, make_figure_eight
    >>> shapes = [f(300, random_state=0) for f in (make_disk, make_annulus, make_figure_eight)]
    >>> counter = HoleCounter().set_output(transform="pandas")
    >>> counter.fit_transform(shapes)
       betti_0  betti_1
    0        1        0
    1        1        1
    2        1        2
    """

    _parameter_constraints: ClassVar[dict] = {
        "max_dimension": [Interval(Integral, 0, 2, closed="both"), None],
        "complex": [StrOptions({"auto", "alpha", "rips"})],
        "field": [Interval(Integral, 2, None, closed="left")],
        "metric": [str, callable],
        "level": [Interval(Real, 0, 1, closed="neither")],
        "method": [StrOptions(set(METHODS))],
        "correction": [StrOptions(set(CORRECTIONS) - {None}), None],
        "dependence": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left"), None],
        "dimension": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "n_landmarks": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"}), None],
        "trim": [Interval(Real, 0, 1, closed="left")],
        "n_resamples": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        max_dimension=None,
        complex="auto",
        field=2,
        metric="euclidean",
        level=0.05,
        method="monte_carlo",
        correction="max",
        dependence=None,
        dimension="auto",
        n_landmarks="auto",
        trim=0.0,
        n_resamples=100,
        random_state=None,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.max_dimension = max_dimension
        self.complex = complex
        self.field = field
        self.metric = metric
        self.level = level
        self.method = method
        self.correction = correction
        self.dependence = dependence
        self.dimension = dimension
        self.n_landmarks = n_landmarks
        self.trim = trim
        self.n_resamples = n_resamples
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def fit(self, X, y=None):
        """Learn the number of columns.

        Parameters
        ----------
        X : list of arrays of shape (n_points, n_features), or as in `transform`
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        check_field(self.field)
        parts = delayed_parts(X)
        clouds = self._check_clouds(X) if parts is None else None
        self.max_dimension_ = self.max_dimension
        if self.max_dimension is None and parts is not None:
            # Delayed clouds are made twice, now and for their counts, unless it is given.
            found = over_delayed(self._default_dimensions, parts, n_jobs=self.n_jobs)
            self.max_dimension_ = max(k for some in found for k in some)
        elif self.max_dimension is None:
            self.max_dimension_ = max(map(self._default_dimension, clouds))
        return self

    def _check_clouds(self, X):
        """Checked clouds; what is on disk and too large to take stays there."""
        clouds = [as_blocks(x) for x in X] if isinstance(X, list | tuple) else []
        if not any(clouds):
            return check_clouds(X, metric=self.metric)
        rest = iter(
            check_clouds([x for x, c in zip(X, clouds, strict=True) if not c], metric=self.metric)
            if not all(clouds)
            else ()
        )
        return [blocks if blocks else next(rest) for blocks in clouds]

    def _default_dimensions(self, clouds, place):
        return [self._default_dimension(cloud) for cloud in self._check_part(clouds, place)]

    def _check_part(self, clouds, place):
        return checked_part(self._check_clouds, clouds, place)

    def _default_dimension(self, cloud):
        if self.complex == "rips" or self.metric != "euclidean":
            return choose_dimension(None, "rips", None)
        if isinstance(cloud, Blocks):
            cloud = cloud.sample(N_SAMPLED)
        _, _, rank, *_ = prepare(cloud, "euclidean", False)
        return choose_dimension(None, choose_complex(self.complex, "euclidean", rank), rank)

    def count(self, X):
        """`count_holes` of every cloud.

        Parameters
        ----------
        X : list of arrays of shape (n_points, n_features), or as in `transform`

        Returns
        -------
        list of HoleCount
        """
        return [count for counts in self._counted(X, self._counts) for count in counts]

    def transform(self, X):
        """Betti numbers that are significant.

        Parameters
        ----------
        X : list of arrays of shape (n_points, n_features), list of dask.delayed, or dask.bag.Bag
            Delayed clouds are made where their holes are counted, and stay there.

        Returns
        -------
        ndarray of int64, shape (n_samples, max_dimension_ + 1)
        """
        return np.concatenate(self._counted(X, self._bettis))

    def _counted(self, X, function):
        """The results of `function` for chunks of clouds, in order."""
        check_is_fitted(self)
        seed = self.random_state
        if isinstance(seed, np.random.RandomState):  # one for all: none depends on the others
            seed = seed.randint(2**31 - 1)
        function = partial(function, seed)
        options = {
            "n_jobs": self.n_jobs,
            "label": "HoleCounter" if self.verbose else None,
            "checkpoint": self.checkpoint,
            "key": (function.func.__name__, seed, settings(self)),
        }
        parts = delayed_parts(X)
        if parts is not None:
            return over_delayed(partial(self._of_part, function), parts, **options)
        return in_chunks(function, self._check_clouds(X), **options)

    def _of_part(self, function, clouds, place):
        return function(self._check_part(clouds, place))

    def _counts(self, seed, clouds):
        options = self.get_params(deep=False)
        for name in ("n_jobs", "checkpoint", "verbose"):
            options.pop(name)
        options |= {"max_dimension": self.max_dimension_, "random_state": seed}
        return [count_holes(cloud, **options) for cloud in clouds]

    def _bettis(self, seed, clouds):
        bettis = [count.betti for count in self._counts(seed, clouds)]
        return np.array(bettis, dtype=np.int64).reshape(-1, self.max_dimension_ + 1)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: betti_0, betti_1, …"""
        check_is_fitted(self)
        return np.array([f"betti_{k}" for k in range(self.max_dimension_ + 1)], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.pairwise = self.metric == "precomputed"
        tags.no_validation = True
        return tags
