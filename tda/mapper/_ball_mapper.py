"""`BallMapper`: a cloud as the graph of balls that cover it."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._kinds import check_rows
from .._metrics import take_metric
from ._covers import BallCover
from ._graph import nerve
from ._node_columns import NodeColumns, as_columns
from ._parameters import mapper_parameters

__all__ = ["BallMapper"]

#: With "auto" a ball is so many times as wide as points hang together.
WIDER = 2.0


class BallMapper(NodeColumns, TransformerMixin, BaseEstimator):
    """A cloud as the graph of balls that cover it, without a lens (input per point).

    In their order, rows that no ball holds yet become the centre of a new one. Balls are the
    nodes; two that share points are joined [1]_.

    Parameters
    ----------
    radius : float or "auto", default="auto"
        "auto" is twice the distance within which points hang together by `mapper_parameters`.
    metric : str or callable, default="euclidean"
        Any metric of scikit-learn's that `tda` takes as Euclidean: "euclidean", "cosine",
        "correlation", "seuclidean", "mahalanobis".
    random_state : int, RandomState or None, default=None
        For the subsamples of the rule.
    n_jobs : int, default=None
        Not used; the search is one pass.

    Attributes
    ----------
    graph_ : MapperGraph
    n_nodes_ : int
    centers_ : int array of shape (n_nodes_,)
        The rows that are centres.
    radius_ : float

    See Also
    --------
    Mapper : With a lens, which shows how the data changes along it.

    Notes
    -----
    The balls depend on the order of the rows. `transform` gives the balls that hold a point, which
    may be none if it is far from all rows of `fit`. One search in a tree for each ball.

    References
    ----------
    .. [1] P. Dłotko, "Ball Mapper: a shape summary for topological data analysis",
       arXiv:1901.07410, 2019.

    Examples
    --------
    >>> from tda import BallMapper
    >>> from tda.datasets import make_circle
    >>> X = make_circle(500, random_state=0).points
    >>> mapper = BallMapper(radius=0.5).fit(X)
    >>> len(mapper.graph_.edges) - mapper.n_nodes_ + 1  # independent loops
    1
    """

    _parameter_constraints: ClassVar[dict] = {
        "radius": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "metric": [str],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, radius="auto", metric="euclidean", random_state=None, n_jobs=None):
        self.radius = radius
        self.metric = metric
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Make the graph.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, or for a metric that is not taken as Euclidean.
        """
        self._validate_params()
        X = check_rows(self, X)
        self._metric_ = take_metric(X, self.metric)[1]
        if self._metric_.taken != "euclidean":
            raise ValueError(
                f'metric={self.metric!r} is not one of balls here: "euclidean", "cosine", '
                '"correlation", "sqeuclidean", "seuclidean" and "mahalanobis" are.'
            )
        rows = self._metric_.points(X)
        self.radius_ = self.radius
        if isinstance(self.radius, str):
            found = mapper_parameters(
                rows, rows[:, :1], quantile=0.95, random_state=self.random_state
            )
            self.radius_ = WIDER * found.distance_threshold or 1.0
        cover = BallCover(rows, float(self.radius_))
        members = cover.members(rows).tocoo()
        sets = np.arange(cover.n_sets)
        self.lens_values_ = rows
        self.graph_ = nerve(members.row, members.col, sets, rows, len(rows))
        self._cover_, self._rows_ = cover, rows
        self.n_nodes_ = self.graph_.n_nodes
        self.centers_ = cover.rows
        return self

    def _resampled(self, drawn, members):
        """The graph of some rows, by the same balls; those that hold none are left out."""
        pairs = members[drawn].tocoo()
        values = self.lens_values_[drawn]
        return nerve(pairs.row, pairs.col, np.arange(members.shape[1]), values, len(drawn))

    def _is_precomputed(self):
        return False

    def transform(self, X):
        """Which balls hold each row.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features)

        Returns
        -------
        csr array of float, shape (n_queries, n_nodes_)
        """
        check_is_fitted(self)
        X = check_rows(self, X, reset=False)
        return as_columns(self._cover_.members(self._metric_.points(X)))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
