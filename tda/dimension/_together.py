"""Fit several estimators of dimension to one cloud with one search of neighbours."""

from __future__ import annotations

from time import perf_counter

from sklearn.base import clone
from sklearn.utils.validation import validate_data

from ._base import DimensionEstimator

__all__ = ["check_estimators", "estimator_name", "fit_together"]


def check_estimators(estimators):
    """A list of estimators of this room, of one metric.

    Raises
    ------
    ValueError
        If there is none, one is not of this room, their metrics differ, or two are equal.
    """
    if isinstance(estimators, DimensionEstimator):
        estimators = [estimators]
    estimators = list(estimators)
    for one in estimators:
        if not isinstance(one, DimensionEstimator):
            raise ValueError(
                f"estimators holds {one!r}; pass estimators of tda.dimension, such as TwoNN()."
            )
    if not estimators:
        raise ValueError("estimators is empty: pass one estimator of tda.dimension or more.")
    metrics = [getattr(one, "metric", "euclidean") for one in estimators]
    if any(metric != metrics[0] for metric in metrics):
        raise ValueError(
            f"estimators have the metrics {metrics}, but they share one search of neighbours, so "
            "they need one metric (an estimator without that parameter takes Euclidean distances)."
        )
    names = [estimator_name(one) for one in estimators]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"estimators holds {sorted(twice)} twice: pass each only once.")
    return estimators


def estimator_name(estimator):
    """The class, with the parameters that are not its defaults: ``LocalPCA(version='fan')``."""
    return " ".join(repr(estimator).split()).removesuffix("()")


def fit_together(estimators, X, *, on_error="raise"):
    """Fit clones of estimators to one cloud.

    Parameters
    ----------
    estimators : list
        As `check_estimators` gives it.
    X : array of shape (n_points, n_features), or distances
    on_error : {"raise", "keep"}, default="raise"
        Whether an estimator that cannot do with so few points stops the others.

    Returns
    -------
    fitted : list of fitted clones, or of the ValueError of a clone
    seconds : list of float
        Of each without the search of neighbours.
    search_seconds : float
    """
    fitted, seconds = [clone(one) for one in estimators], []
    for one in fitted:
        one._validate_params()
    points = fitted[0]._check_points(X)
    deepest = max(fitted, key=lambda one: one._most_neighbors())
    start = perf_counter()
    # One that would look at some points only has to search for all, if others need that.
    graph = (
        deepest._graph(points) if len(fitted) == 1 else DimensionEstimator._graph(deepest, points)
    )
    search = perf_counter() - start
    for i, one in enumerate(fitted):
        start = perf_counter()
        validate_data(one, X, skip_check_array=True)
        depth = min(one._most_neighbors(), 0 if graph is None else graph.n_neighbors)
        try:
            one._fit(points, graph.head(depth) if depth else None)
        except ValueError as error:
            if on_error == "raise":
                raise
            fitted[i] = error
        seconds.append(perf_counter() - start)
    return fitted, seconds, search
