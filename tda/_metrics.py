"""Which true metric stands behind each name: one table for every room.

Dimensions, ratios of death to birth and geodesics have a meaning only for distances that obey the
triangle inequality. Some names in scikit-learn and SciPy are squares of such distances, or other
functions of them. Used as they are, they halve a dimension and make loops of noise significant.
Every room uses the true metric instead, which has the same order of edges, and says so:

===================== ================================================ ======================
named                 taken                                            named = function of it
===================== ================================================ ======================
"cosine"              chord between the rows' directions               d² / 2
"correlation"         the same, after each row's mean is taken off     d² / 2
"sqeuclidean"         "euclidean"                                      d²
"dice"                "jaccard"                                        d / (2 - d)
"braycurtis"          Ružička's distance, for rows of 0 or more        d / (2 - d)
"yule"                refused: no metric has its order
===================== ================================================ ======================

The chord is the Euclidean distance of the rows divided by their lengths, so that every method for
coordinates works on them. Unlike 1 - cos it is accurate near 0. It is twice the sine of half the
angle: for small angles the angle itself. Rows that are multiples of each other are one point; a row
of zeros (under "correlation" a constant one) has no direction and is refused.

"seuclidean" and "mahalanobis" are Euclidean distances after a linear map, which is learned from
the points of `fit` and kept for new ones: each column divided by its standard deviation, or the
inverse root of the covariance. All other names are metrics and are used as they are. So is a
function, unless it is one of SciPy's: nothing is known about it.

Only a Rips diagram needs no triangle inequality: its bars depend on the order of the edges. So
`rips_diagram` keeps the values of the named distance, as other libraries do. The diagram stores the
name, so that `hole_significance` can convert the values to the true metric.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "TakenMetric",
    "distances",
    "function_name",
    "named_distances",
    "nearest_rows",
    "take_metric",
    "triangle_note",
    "true_values",
]

#: Other names of the same metric.
ALIASES = {
    "l2": "euclidean",
    "minkowski": "euclidean",  # of order 2, where no other is given
    "nan_euclidean": "euclidean",  # nothing is missing
    "l1": "manhattan",
    "cityblock": "manhattan",
    "infinity": "chebyshev",
    "matching": "hamming",
    "sokalmichener": "rogerstanimoto",
}
#: The names that are taken, beside those of the table above and "precomputed".
NAMES = (
    *("braycurtis", "canberra", "chebyshev", "cityblock", "correlation", "cosine", "dice"),
    *("euclidean", "hamming", "haversine", "jaccard", "l1", "l2", "mahalanobis", "manhattan"),
    *("matching", "minkowski", "rogerstanimoto", "russellrao", "seuclidean", "sokalsneath"),
    "sqeuclidean",
)
#: Functions of a true metric: back from their values, and what is taken, in words.
FUNCTIONS = {
    "cosine": (
        lambda d: np.sqrt(2 * d),
        "distances are chords between directions, of which the cosine distance is half the square",
    ),
    "correlation": (
        lambda d: np.sqrt(2 * d),
        "distances are chords between the directions of centred rows, of which the correlation "
        "distance is half the square",
    ),
    "sqeuclidean": (np.sqrt, "distances are Euclidean, the roots of sqeuclidean"),
    "dice": (
        lambda d: 2 * d / (1 + d),
        "distances are those of Jaccard, which have the order of dice and are a metric",
    ),
    "braycurtis": (
        lambda d: 2 * d / (1 + d),
        "distances are those of Ružička, 2 d / (1 + d), which have the order of braycurtis and are "
        "a metric",
    ),
}
NO_METRIC = ("yule",)
#: Of sets: entries other than 0 are members.
OF_SETS = (
    *("dice", "jaccard", "rogerstanimoto", "russellrao", "sokalmichener", "sokalsneath", "yule"),
)


class TakenMetric(NamedTuple):
    """The metric that is used instead of the named one, with what it learned.

    Attributes
    ----------
    named : str or callable
    taken : str or callable
        For `distances` and `nearest_rows`, between rows that went through `points`.
    note : str or None
        What was taken, in words, where its values are not those of the name; or that given
        distances obey no triangle inequality.
    on_sphere : bool
        Whether the rows are directions.
    scale : array of shape (n_features,) or (n_features, n_features), or None
        The linear map of "seuclidean" and "mahalanobis".
    shift : array of shape (n_features,), or None
        What is subtracted before.
    """

    named: Any
    taken: Any
    note: str | None = None
    on_sphere: bool = False
    scale: np.ndarray | None = None
    shift: np.ndarray | None = None

    def points(self, X, *, name="X"):
        """Rows, prepared for the metric that is used."""
        if self.on_sphere:
            return _directions(X, self.named, name)[0]
        if self.scale is not None:
            X = X - self.shift
            return X * self.scale if self.scale.ndim == 1 else X @ self.scale
        return X

    def __repr__(self):
        return self.note or f"metric {self.named!r}"


def take_metric(X, metric, *, name="X"):
    """The rows and the metric that every room uses to compute.

    Parameters
    ----------
    X : array of shape (n_points, n_features), or for "precomputed" anything
        A checked cloud.
    metric : str or callable
        The metric as the user gave it.
    name : str
        The name of `X` in errors.

    Returns
    -------
    X : array of shape (n_points, n_features)
        Under "cosine" and "correlation" rows of one direction are exactly equal.
    metric : TakenMetric

    Raises
    ------
    ValueError
        For a metric that cannot be taken, or not for these rows.
    """
    metric = _checked_name(metric, X, name)
    if isinstance(metric, str) and metric == "precomputed":
        return X, TakenMetric(metric, metric, triangle_note(X))
    if not isinstance(metric, str) or metric == "euclidean":
        return X, TakenMetric(metric, metric)
    if metric in NO_METRIC:
        raise ValueError(
            f"metric={metric!r} puts rows that differ at distance 0 and obeys no triangle "
            'inequality, nor does any function of it: take another, such as "jaccard" or "hamming".'
        )
    note = FUNCTIONS.get(metric, (None, None))[1]
    if metric in ("cosine", "correlation"):
        taken = TakenMetric(metric, "euclidean", note, on_sphere=True)
        return _equal_rows(*_directions(X, metric, name)), taken
    if metric == "sqeuclidean":
        return X, TakenMetric(metric, "euclidean", note)
    if metric == "dice":
        return X, TakenMetric(metric, "jaccard", note)
    if metric == "braycurtis":
        if X.min(initial=0.0) < 0:
            raise ValueError(
                f'metric="braycurtis" compares amounts, but {name} holds {X.min():.6g}: take '
                '"manhattan" for numbers of either sign.'
            )
        if not X.any(axis=1).all():
            raise ValueError(
                f'metric="braycurtis" compares shares of amounts, but row '
                f"{int(np.argmin(X.any(axis=1)))} of {name} holds zeros only: drop such rows."
            )
        return X, TakenMetric(metric, "ruzicka", note)
    if metric in ("seuclidean", "mahalanobis"):
        scale, shift = _linear_map(X, metric, name)
        taken = TakenMetric(metric, "euclidean", scale=scale, shift=shift)
        return taken.points(X), taken
    return X, TakenMetric(metric, metric)


def triangle_note(D):
    """A note about given distances that break the triangle inequality, or None.

    Triangles between some points and ten neighbours of each are checked. Where neighbours lie
    around a point, half of these triangles break the inequality for squares of distances, and none
    do for a metric.
    """
    from scipy.sparse import issparse

    if issparse(D) or len(D) < 4:
        return None
    some = np.arange(0, len(D), max(len(D) // 200, 1))
    k = min(11, len(D))
    near = np.argpartition(D[some], k - 1, axis=1)[:, :k]
    legs = np.take_along_axis(D[some], near, axis=1)
    around = legs[:, :, None] + legs[:, None, :]
    between = D[near[:, :, None], near[:, None, :]]
    known = np.isfinite(between) & np.isfinite(around)
    share = (between[known] > around[known] * (1 + 1e-6)).mean() if known.any() else 0.0
    if share < 0.01:
        return None
    return (
        f"{share:.0%} of the triangles that were looked at break the triangle inequality, as those "
        "of squared distances do (1 - cosine, 1 - correlation): dimensions are then halved and "
        "loops made of noise; if they are squares, pass their root"
    )


def _by_name(metric):
    """The name of a metric, where it has one: also of a function of SciPy's."""
    if callable(metric):
        from scipy.spatial import distance

        name = getattr(metric, "__name__", "")
        known = ALIASES.get(name, name) in (*NAMES, *NO_METRIC) and name != "minkowski"
        if known and getattr(distance, name, None) is metric:
            metric = name
    return ALIASES.get(metric, metric) if isinstance(metric, str) else metric


def _checked_name(metric, X, name):
    """The metric by its name, if it is one that is taken for these rows."""
    metric = _by_name(metric)
    if not isinstance(metric, str) or metric in ("precomputed", "ruzicka", *NO_METRIC):
        return metric
    if metric not in NAMES:
        from difflib import get_close_matches

        near = get_close_matches(metric.strip().lower(), NAMES, n=1, cutoff=0.8)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise ValueError(
            f"The 'metric' parameter is {metric!r}, which is none of the metrics that are taken"
            f'{meant}: {", ".join(NAMES)}, "precomputed" for a matrix of distances, or a function '
            "of two rows."
        )
    if metric == "haversine" and X.shape[1] != 2:
        raise ValueError(
            'metric="haversine" is the distance on a globe and takes two columns, latitude and '
            f"longitude in radians, but {name} has {X.shape[1]}."
        )
    return metric


def _directions(X, metric, name):
    """Rows scaled to length 1, and how far rounding may have moved each."""
    eps = np.finfo(float).eps
    size = np.abs(X).max(axis=1, initial=0.0)
    safe = np.where(size > 0, size, 1.0)
    U = X / safe[:, None]
    if metric == "correlation":
        U = U - U.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(U, axis=1)
    # A row that is constant up to rounding leaves only rounding errors.
    nothing = (size == 0) | (lengths <= 4 * eps * np.sqrt(X.shape[1]))
    if nothing.any():
        i = int(np.argmax(nothing))
        what = "holds zeros only" if metric == "cosine" else "is constant"
        raise ValueError(
            f"{name} has {int(nothing.sum())} row(s) without a direction (row {i} {what}), and "
            f'metric="{metric}" compares directions: drop them, or take another metric, such as '
            '"euclidean".'
        )
    return U / lengths[:, None], eps * (16 + X.shape[1]) / np.minimum(lengths, 1.0)


def _equal_rows(U, error):
    """Make rows exactly equal that are equal up to rounding.

    Rows are sorted along three random directions, each within the groups of the one before. Rows
    that are separated by a gap in any direction are different.
    """
    group = np.zeros(len(U), dtype=np.intp)
    for direction in np.random.default_rng(0).normal(size=(3, U.shape[1])):
        along = U @ (direction / np.linalg.norm(direction))
        order = np.lexsort((along, group))
        apart = np.diff(along[order]) > error[order][1:] + error[order][:-1]
        apart |= np.diff(group[order]) > 0
        group[order] = np.concatenate([[0], np.cumsum(apart)])
    _, first = np.unique(group, return_index=True)
    return U if len(first) == len(U) else U[first[group]]


def _linear_map(X, metric, name):
    """Factors of columns, or a matrix from the right, that make distances Euclidean; the mean."""
    n, d = X.shape
    middle = X.mean(axis=0)
    if n < 2:
        return np.ones(d), middle
    spread = X.std(axis=0, ddof=1)
    # Constant up to rounding: all points are equal in this column.
    flat = spread <= 8 * np.finfo(float).eps * np.abs(X).max(axis=0, initial=0.0)
    scale = np.where(flat, 0.0, 1.0 / np.where(flat, 1.0, spread))
    if metric == "seuclidean":
        return scale, middle
    _, sizes, axes = np.linalg.svd((X - middle) * scale, full_matrices=False)
    if n <= d or flat.any() or sizes[-1] <= 1e-10 * sizes[0]:
        raise ValueError(
            f'metric="mahalanobis" needs the inverse of the covariance of {name}, but its {n} rows '
            f"of {d} columns do not span all columns: drop the columns that others determine, take "
            'principal components first, or metric="seuclidean".'
        )
    return scale[:, None] * axes.T * (np.sqrt(n - 1) / sizes), middle


def true_values(values, metric):
    """Values of the true metric, from values of a function of it; unchanged if `metric` is None."""
    if metric in NO_METRIC:
        raise ValueError(
            f"the diagram is one of metric={metric!r}, which obeys no triangle inequality, so that "
            "ratios of its values mean nothing: take another metric."
        )
    return values if metric is None else FUNCTIONS[metric][0](values)


def function_name(metric):
    """The name of a metric that is a function of a true metric, or None."""
    metric = _by_name(metric)
    named = isinstance(metric, str) and (metric in FUNCTIONS or metric in NO_METRIC)
    return metric if named else None


def distances(A, B=None, *, metric="euclidean"):
    """All distances in a metric as `take_metric` gives it, shape (n_A, n_B).

    Without `B` among the rows of `A`, exactly symmetric.
    """
    if isinstance(metric, str) and metric == "euclidean":
        if B is None:
            from ._kernels.distances import distance_matrix

            return distance_matrix(np.ascontiguousarray(A))
        from scipy.spatial.distance import cdist

        return cdist(A, B)  # exact where squares in matrix products are not
    from sklearn.metrics import pairwise_distances

    if isinstance(metric, str) and metric == "ruzicka":
        return FUNCTIONS["braycurtis"][0](pairwise_distances(A, B, metric="braycurtis"))
    return pairwise_distances(_ready(A, metric), _ready(B, metric), metric=metric)


def _ready(X, metric):
    return X != 0 if isinstance(metric, str) and metric in OF_SETS and X is not None else X


def named_distances(X, metric, *, name="X"):
    """All distances of a cloud in the named metric, for a Rips complex, (n_points, n_points)."""
    known = _checked_name(metric, X, name)
    if isinstance(known, str) and known in ("cosine", "correlation", "sqeuclidean"):
        D = distances(take_metric(X, known, name=name)[0])
        D *= D
        if known != "sqeuclidean":
            D /= 2
        return D
    if isinstance(known, str) and known in ("seuclidean", "mahalanobis"):
        return distances(take_metric(X, known, name=name)[0])
    if isinstance(known, str) and known in FUNCTIONS:
        X, taken = take_metric(X, known, name=name)
        D = distances(X, metric=taken.taken)
        return D / (2 - D)
    from sklearn.metrics import pairwise_distances

    return pairwise_distances(_ready(X, known), metric=known)


def nearest_rows(X, queries, n_neighbors, *, metric="euclidean", algorithm="auto", n_jobs=None):
    """Distances and indices of the nearest rows of `X` for every query, or for `X` itself.

    With `queries` None a row is not its own neighbour. `metric` as `take_metric` gives it.
    """
    from sklearn.neighbors import NearestNeighbors

    of_ruzicka = isinstance(metric, str) and metric == "ruzicka"
    if of_ruzicka:
        algorithm = "brute"  # a tree would use braycurtis as if it were a metric
    X, queries = _ready(X, metric), _ready(queries, metric)
    model = NearestNeighbors(
        n_neighbors=n_neighbors,
        algorithm=algorithm,
        metric="braycurtis" if of_ruzicka else metric,
        n_jobs=n_jobs,
    )
    lengths, indices = model.fit(X).kneighbors(queries)
    return FUNCTIONS["braycurtis"][0](lengths) if of_ruzicka else lengths, indices
