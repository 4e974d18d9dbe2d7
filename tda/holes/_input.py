"""The input of `count_holes`: options checked, points made distinct, complex and degrees chosen."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np

from .._memory import require_bytes
from .._metrics import distances, take_metric, triangle_note
from .._points import distinct_points
from .._validation import check_cloud, check_distance_matrix
from ._correction import CORRECTIONS, degree_shares
from ._data_notes import data_notes, is_of_categories
from ._dependence import check_dependence
from ._null import LEAST
from ._significance import METHODS, SIMULATED
from ._simulated import BEYOND, FEWEST_FITTED

__all__ = ["check_options", "check_reachable", "choose_complex", "choose_dimension", "prepare"]


def check_options(
    *,
    max_dimension,
    complex,
    level,
    method,
    correction,
    dependence,
    dimension,
    n_landmarks,
    trim,
    n_resamples,
):
    if max_dimension is not None and max_dimension not in (0, 1, 2):
        raise ValueError(f"max_dimension={max_dimension!r}; it must be 0, 1, 2 or None")
    if complex not in ("auto", "alpha", "rips"):
        raise ValueError(f"complex={complex!r}; it must be 'auto', 'alpha' or 'rips'")
    if not (isinstance(level, Real) and 0 < level < 1):
        raise ValueError(f"level={level!r}, but it lies between 0 and 1")
    if method not in METHODS:
        raise ValueError(f"method={method!r}; it must be one of {METHODS}")
    if not (n_landmarks in ("auto", None) or (isinstance(n_landmarks, Integral))):
        raise ValueError(f"n_landmarks={n_landmarks!r}; it must be an integer, 'auto' or None")
    if isinstance(n_landmarks, Integral) and n_landmarks < 1:
        raise ValueError(f"n_landmarks={n_landmarks!r}, but at least one point is needed")
    if not (isinstance(trim, Real) and 0 <= trim < 1):
        raise ValueError(f"trim={trim!r}; it must be a share of the points, from 0 to below 1")
    if not (isinstance(n_resamples, Integral) and n_resamples >= 1):
        raise ValueError(f"n_resamples={n_resamples!r}; it must be an integer from 1 on")
    if correction not in CORRECTIONS:
        raise ValueError(f"correction={correction!r}; it must be one of {CORRECTIONS}")
    check_dependence(dependence)
    is_auto = isinstance(dimension, str) and dimension == "auto"
    if not is_auto and not (isinstance(dimension, Real) and dimension > 0):
        raise ValueError(f"dimension={dimension!r}; it must be a positive number or 'auto'")


def check_reachable(level, method, degrees, n_resamples):
    """Refuse a level that no p-value of a loop or a void can fall to."""
    if len(degrees) == 1:
        return
    least, advice = LEAST, 'or method="gumbel", which has no least p-value'
    if method == "gumbel":
        least = 0.0
    elif method == "bootstrap" or (method in SIMULATED and n_resamples < FEWEST_FITTED):
        least, advice = 1 / (n_resamples + 1), "or more n_resamples"
    elif method in SIMULATED:
        least, advice = 1 / (BEYOND * n_resamples), "or more n_resamples"
    least /= degree_shares(len(degrees))[-1]
    if level < least:
        raise ValueError(
            f"level={level:g} is below {least:.2g}, the least p-value that method="
            f"{method!r} gives for {len(degrees)} degrees: use a higher level, {advice}."
        )


def prepare(X, metric, precomputed):
    """Distinct points in as few coordinates as they span, or a matrix.

    Returns
    -------
    X : array of shape (n_points, rank), or (n_points, n_points)
    precomputed : bool
        Whether `X` holds distances.
    rank : int
        The number of columns.
    taken : TakenMetric
        In place of the metric that was named.
    notes : list of str
        On that metric and on the data.
    of_categories : bool
        Whether the columns hold yes or no, or categories.
    inverse : array of shape (n_rows,)
        The distinct point of each row.
    """
    of_categories = False
    if precomputed:
        X, taken = take_metric(_dense(check_distance_matrix(X)), "precomputed")
        notes = []
    else:
        names = getattr(X, "columns", None)
        X = check_cloud(X)
        notes = data_notes(X, names)
        X, taken = take_metric(X, metric)
        of_categories = is_of_categories(X, taken.taken)
        if not (isinstance(taken.taken, str) and taken.taken == "euclidean"):
            X = check_distance_matrix(
                distances(X, metric=taken.taken), name=f"the matrix of metric {metric!r}"
            )
            precomputed = True
            if callable(taken.taken):
                taken = taken._replace(note=triangle_note(X))
    notes += [] if taken.note is None else [f"{taken.note}."]
    if precomputed:
        # Of points at distance 0 the first stands for all.
        zero = X == 0
        keep = np.flatnonzero(~np.tril(zero, k=-1).any(axis=1))
        inverse = _first_twin(zero, keep)
        X = np.ascontiguousarray(X[np.ix_(keep, keep)])
        return X, True, len(keep), taken, notes, of_categories, inverse
    points = distinct_points(X)
    X = _span(points.X)
    return X, False, X.shape[1], taken, notes, of_categories, points.inverse


def _first_twin(zero, keep):
    """For each row the place in `keep` of the first point at distance 0 that was kept."""
    if len(keep) == len(zero):
        return np.arange(len(keep))
    place = np.zeros(len(zero), dtype=np.intp)
    place[keep] = np.arange(len(keep))
    for i in np.setdiff1d(np.arange(len(zero)), keep):  # in order: the twin of a twin is known
        place[i] = place[np.flatnonzero(zero[i, :i])[0]]
    return place


def _dense(D):
    """A checked distance matrix, in which what is not stored is infinite."""
    from scipy.sparse import issparse

    if not issparse(D):
        return D
    n = D.shape[0]
    require_bytes(
        8 * n * n, f"a dense matrix of {n:,} by {n:,} distances", "Pass some of the points."
    )
    whole = np.full((n, n), np.inf)
    D = D.tocoo()
    whole[D.row, D.col] = D.data
    np.fill_diagonal(whole, 0.0)
    return whole


def _span(X):
    """The same cloud, rotated into the coordinates that it spans if those are three or fewer.

    Spans as most of it does: where a row is so far out that rotating would round the others away,
    the cloud stays as it is.
    """
    varies = np.ptp(X, axis=0) > 0
    if not varies.all() and varies.any():
        X = np.ascontiguousarray(X[:, varies])
    if X.shape[1] <= 2:
        return X
    off = np.abs(X - np.median(X, axis=0)).max(axis=1)
    middle = X[np.argmin(off)]  # a point that lies where all do, as a median need not
    tolerance = 1e-9 * (np.median(off[off > 0]) if off.any() else 1.0)
    some = X[np.linspace(0, len(X) - 1, min(len(X), 64)).astype(int)] - middle
    if np.linalg.matrix_rank(some, tol=tolerance) > 3:
        return X
    _, sizes, axes = np.linalg.svd(X - middle, full_matrices=False)
    rank = max(int((sizes > tolerance * np.sqrt(len(X))).sum()), 1)
    if rank == X.shape[1] or rank > 3 or off.max(initial=0.0) * 2.0**-50 > tolerance:
        return X
    return np.ascontiguousarray((X - middle) @ axes[:rank].T)


def choose_complex(complex, metric, rank):
    plain = isinstance(metric, str) and metric == "euclidean"
    if complex == "auto":
        return "alpha" if plain and rank <= 3 else "rips"
    if complex == "alpha" and not plain:
        raise ValueError('complex="alpha" needs Euclidean coordinates; use complex="rips".')
    if complex == "alpha" and rank > 3:
        raise ValueError(
            f'complex="alpha" counts in up to three dimensions and the cloud spans {rank}; use '
            'complex="rips".'
        )
    return complex


def choose_dimension(max_dimension, complex, rank):
    most = rank - 1 if complex == "alpha" else 2
    if max_dimension is None:
        return max(most, 0) if complex == "alpha" else 1
    return max_dimension
