"""Parameters of a Mapper from the data: how near points hang together, how long intervals are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._blocks import Blocks, rows_or_blocks, some_rows
from .._kinds import as_float
from .._metrics import distances
from .._validation import check_cloud, check_distance_matrix

__all__ = ["MapperParameters", "mapper_parameters"]

#: Of larger clouds so many rows are looked at.
MOST = 3_000
#: Subsamples are of n / (log n) ** (1 + BETA) points.
BETA = 0.01


class MapperParameters(NamedTuple):
    """What `mapper_parameters` finds.

    Attributes
    ----------
    distance_threshold : float
        Points at most so far apart hang together.
    resolution : float array of shape (n_columns,)
        The length of an interval in each column of the lens.
    n_intervals : int array of shape (n_columns,)
    """

    distance_threshold: float
    resolution: np.ndarray
    n_intervals: np.ndarray


def mapper_parameters(
    X,
    values,
    *,
    overlap=1 / 3,
    quantile=1.0,
    n_subsamples=20,
    metric="euclidean",
    random_state=None,
):
    """Parameters of a Mapper by the rule of Carrière, Michel and Oudot.

    Points hang together within the distance that a random subsample of ``n / log(n)^1.01`` points
    is from the farthest point of the cloud, on average over subsamples. An interval is as long as
    the most that the lens changes between two such points, divided by the overlap, so that no
    edge leaps over an intersection of two intervals [1]_.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        A cloud, which may stay on disk, or with ``metric="precomputed"`` distances.
    values : array-like of shape (n_points,) or (n_points, n_columns)
        Of the lens.
    overlap : float, default=0.3333333333333333
        The share of an interval that lies in the next one, the gain.
    quantile : float, default=1.0
        The rule has the farthest point and the largest change. A few strays make both so long that
        nothing is seen; 0.95 leaves the last 5% out.
    n_subsamples : int, default=20
    metric : str or callable, default="euclidean"
    random_state : int, RandomState or None, default=None

    Returns
    -------
    MapperParameters

    Notes
    -----
    Of more than 3,000 points so many are drawn at random: they are farther from one another, so
    the rule then joins rather too much.

    References
    ----------
    .. [1] M. Carrière, B. Michel, S. Oudot, "Statistical analysis and parameter selection for
       Mapper", JMLR 19, 2018.

    Examples
    --------
    >>> from tda.datasets import make_circle
    >>> from tda.mapper import mapper_parameters
    >>> X = make_circle(1000, random_state=0).points
    >>> found = mapper_parameters(X, X[:, :1], random_state=0)
    >>> int(found.n_intervals[0])
    9
    """
    from sklearn.utils import check_random_state

    rng = check_random_state(random_state)
    precomputed = isinstance(metric, str) and metric == "precomputed"
    X = check_distance_matrix(X) if precomputed else rows_or_blocks(X)
    if not precomputed and not isinstance(X, Blocks):
        X = check_cloud(X)
    values = as_float(values, "values")
    values = values[:, None] if values.ndim == 1 else values
    n = len(X)
    if values.ndim != 2 or len(values) != n or not np.isfinite(values).all():
        raise ValueError(
            f"values has shape {values.shape}, but they are one finite number, or a row of them, "
            f"for each of the {n} rows of X."
        )
    if n > MOST:
        some = np.sort(rng.choice(n, MOST, replace=False))
        X = X[np.ix_(some, some)] if precomputed else some_rows(X, some)
        values, n = values[some], MOST
    X = X.whole() if isinstance(X, Blocks) else X
    D = X if precomputed else distances(X, metric=metric)
    size = max(int(n / np.log(max(n, 3)) ** (1 + BETA)), 1)
    gaps = []
    for _ in range(n_subsamples):
        nearest = D[rng.choice(n, size, replace=False)].min(axis=0)
        gaps.append(np.quantile(nearest, quantile))
    threshold = float(np.mean(gaps))
    spans = np.ptp(values, axis=0)
    changes = np.zeros(values.shape[1])
    near = np.triu(threshold >= D, 1)
    for c, column in enumerate(values.T):
        i, j = np.nonzero(near)
        if i.size:
            changes[c] = np.quantile(np.abs(column[i] - column[j]), quantile)
    with np.errstate(divide="ignore", invalid="ignore"):
        resolution = np.where(changes > 0, changes / overlap, spans)
        n_intervals = np.where(spans > 0, np.rint(spans / (resolution * (1 - overlap))), 1)
    n_intervals = np.clip(np.nan_to_num(n_intervals, nan=1.0), 1, n).astype(int)
    return MapperParameters(threshold, resolution, n_intervals)
