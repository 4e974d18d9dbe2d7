"""Checks of input, and the one home of their error messages.

A leaf of the import graph: every room may import it, and it imports no room.
"""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np

from ._kinds import as_float, check_extent, refuse_graph, warn_about_columns

__all__ = [
    "check_cloud",
    "check_clouds",
    "check_distance_matrix",
    "check_field",
    "check_image",
    "check_images",
    "check_samples",
]


def check_cloud(X, *, name="X", min_points=1):
    """Return `X` as a finite float64 C-contiguous array of shape (n_points, n_features).

    Anything with an array interface is taken: lists, arrays, data frames, a
    `tda.datasets.Shape`.

    Raises
    ------
    ValueError
        If it is not two-dimensional, holds NaN or infinity, or has too few points.
    """
    given, X = X, _as_finite_float(X, name)
    warn_about_columns(given, name)
    if X.shape == (0,):
        raise ValueError(f"{name} is empty; at least {min_points} point(s) needed.")
    if X.ndim == 1:
        raise ValueError(
            f"{name} has shape {X.shape}, but a cloud is (n_points, n_features): pass "
            f"{name}.reshape(-1, 1) if these are points on a line, "
            f"{name}.reshape(1, -1) if this is one point."
        )
    if X.ndim != 2:
        raise ValueError(
            f"{name} has shape {X.shape}, but one cloud is two-dimensional "
            "(n_points, n_features); for many clouds use the transformer of the same name."
        )
    if X.shape[1] == 0:
        raise ValueError(f"{name} has shape {X.shape}: its points have no coordinates.")
    _check_count(X, name, min_points)
    check_extent(X, name)
    return X


def check_distance_matrix(D, *, name="X", min_points=1):
    """Return a symmetric, non-negative dissimilarity matrix, dense or scipy-sparse.

    In a sparse matrix an entry that is not stored is a missing edge (infinite distance),
    not a distance of zero; entries may be stored on one side of the diagonal or on both.

    Returns
    -------
    ndarray of shape (n, n), or scipy.sparse.csr_array of shape (n, n)

    Raises
    ------
    ValueError
        If it is not square, symmetric, non-negative and free of NaN, or if a dense
        matrix has entries other than 0 on its diagonal. Infinite entries are missing edges.
    """
    from scipy import sparse

    if sparse.issparse(D):
        return _check_sparse_distances(D, name, min_points)
    D = np.ascontiguousarray(as_float(D, name))
    if D.ndim != 2 or D.shape[0] != D.shape[1]:
        raise ValueError(
            f'{name} has shape {D.shape}, but metric="precomputed" takes a square distance '
            'matrix; pass metric="euclidean" for coordinates.'
        )
    _check_count(D, name, min_points)
    if np.isnan(D).any():
        raise ValueError(f"{name} holds NaN: remove or impute those distances.")
    if (D < 0).any():
        raise ValueError(f"{name} holds negative distances; the smallest is {D.min():.6g}.")
    # Distances computed in floating point are symmetric up to rounding only.
    with np.errstate(invalid="ignore"):
        gap = np.abs(D - D.T)
    gap[~np.isfinite(gap) & (D == D.T)] = 0.0
    scale = np.max(D, initial=0.0, where=np.isfinite(D))
    if gap.size and gap.max() > 1e-10 * max(scale, np.finfo(float).tiny):
        i, j = np.unravel_index(np.argmax(gap), gap.shape)
        raise ValueError(
            f"{name} is not symmetric: entry ({i}, {j}) is {D[i, j]:.6g} and ({j}, {i}) is "
            f"{D[j, i]:.6g}. Symmetrise it, for example with (D + D.T) / 2."
        )
    if np.diagonal(D).any():
        i = int(np.argmax(np.diagonal(D) != 0))
        raise ValueError(
            f"{name} has {D[i, i]:.6g} on its diagonal (entry {i}); a point is at distance 0 "
            "from itself."
        )
    return np.maximum(D, D.T) if gap.any() else D


def _check_sparse_distances(D, name, min_points):
    from scipy import sparse

    if D.shape[0] != D.shape[1]:
        raise ValueError(f"{name} has shape {D.shape}, but a distance matrix is square.")
    _check_count(D, name, min_points)
    D = sparse.coo_array(D)
    data = D.data.astype(float)
    if np.isnan(data).any():
        raise ValueError(f"{name} holds NaN: remove those entries.")
    if (data < 0).any():
        raise ValueError(f"{name} holds negative distances; the smallest is {data.min():.6g}.")
    off = D.row != D.col
    if data[~off].any():
        raise ValueError(
            f"{name} has entries other than 0 on its diagonal; a point is at distance 0 "
            "from itself."
        )
    keep = off & np.isfinite(data)
    low, high = np.minimum(D.row, D.col)[keep], np.maximum(D.row, D.col)[keep]
    data = data[keep]
    order = np.lexsort((high, low))
    low, high, data = low[order], high[order], data[order]
    twice = (low[1:] == low[:-1]) & (high[1:] == high[:-1])
    conflict = twice & ~np.isclose(data[1:], data[:-1], rtol=1e-10, atol=0)
    if conflict.any():
        k = int(np.argmax(conflict))
        raise ValueError(
            f"{name} is not symmetric: the pair ({low[k]}, {high[k]}) is stored as "
            f"{data[k]:.6g} and as {data[k + 1]:.6g}."
        )
    first = np.concatenate([[True], ~twice]) if data.size else np.zeros(0, dtype=bool)
    low, high, data = low[first], high[first], data[first]
    return sparse.csr_array(
        (np.tile(data, 2), (np.concatenate([low, high]), np.concatenate([high, low]))),
        shape=D.shape,
    )


def check_image(X, *, name="X", max_axes=3):
    """Return one image as a float64 C-contiguous array of 1 to `max_axes` axes.

    Infinite values are allowed: they are cells that enter first or last.
    """
    X = np.ascontiguousarray(as_float(X, name))
    if not 1 <= X.ndim <= max_axes:
        raise ValueError(
            f"{name} has shape {X.shape}: an image has 1 to {max_axes} axes and one value a "
            "pixel. Turn colours into one channel first."
        )
    if X.size == 0:
        raise ValueError(f"{name} has shape {X.shape}: it is empty.")
    if np.isnan(X).any():
        raise ValueError(f"{name} holds NaN: fill those pixels first, with inf to leave them out.")
    return X


def check_samples(X, *, what="cloud", name="X"):
    """Return `X` as a list of samples; the samples themselves are left as they are.

    Raises
    ------
    ValueError
        If it is one bare sample instead of a collection, or empty.
    """
    refuse_graph(X, name)
    if isinstance(X, np.ndarray) and (X.dtype != object or X.ndim > 1):
        if X.ndim < 3 and not (what == "image" and X.ndim == 2 and X.size == 0):
            raise ValueError(
                f"{name} is a bare array of shape {X.shape}, but one sample here is a whole "
                f"{what}: pass [{name}] for one {what}, a list or a 3-D array for many."
            )
        samples = list(X)
    elif isinstance(X, list | tuple) or (isinstance(X, np.ndarray) and X.ndim == 1):
        samples = list(X)
        _check_not_one_sample(samples, what, name)
    elif isinstance(X, str | bytes | dict):
        raise ValueError(f"{name} is {type(X).__name__}; pass a list of {what}s.")
    elif hasattr(X, "shape") or hasattr(X, "__array__"):
        raise ValueError(
            f"{name} is one {type(X).__name__}, but one sample here is a whole {what}: "
            f"pass [{name}]."
        )
    elif hasattr(X, "__iter__"):
        samples = list(X)
    else:
        raise ValueError(f"{name} is {type(X).__name__}; pass a list of {what}s.")
    if not samples:
        raise ValueError(f"{name} is empty: there is no {what} in it.")
    return samples


def _check_not_one_sample(samples, what, name):
    first = samples[0] if samples else None
    if samples and not isinstance(first, list | tuple) and not hasattr(first, "shape"):
        if np.ndim(first) == 0:
            raise ValueError(
                f"{name} is a list of {type(first).__name__}, but one sample here is a "
                f"whole {what}: pass a list of {what}s."
            )
    flat = isinstance(first, list | tuple) and first and isinstance(first[0], Real)
    if what == "cloud" and (flat or getattr(first, "ndim", None) == 1):
        raise ValueError(
            f"{name} is a list of points, but one sample here is a whole cloud: pass [{name}] "
            "for one cloud, a list of clouds for many."
        )


def check_clouds(X, *, metric="euclidean", name="X", min_points=1):
    """Return a list of checked clouds, or of distance matrices if `metric` is "precomputed"."""
    check = check_distance_matrix if metric == "precomputed" else check_cloud
    return [
        check(sample, name=f"{name}[{i}]", min_points=min_points)
        for i, sample in enumerate(check_samples(X, what="cloud", name=name))
    ]


def check_images(X, *, name="X"):
    """Return a list of checked images."""
    samples = check_samples(X, what="image", name=name)
    return [check_image(sample, name=f"{name}[{i}]") for i, sample in enumerate(samples)]


def check_field(field):
    """Return the characteristic of a prime field as an int, or raise ValueError."""
    # gudhi and ripser multiply residues in 32 bits, so both stop below 2**16.
    if not isinstance(field, Integral) or isinstance(field, bool) or not 2 <= field < 46_337:
        raise ValueError(f"field={field!r}, but it is a prime number below 46337, such as 2 or 3.")
    field = int(field)
    if any(field % p == 0 for p in range(2, int(field**0.5) + 1)):
        raise ValueError(f"field={field} is not prime; coefficients need a field, such as 2 or 3.")
    return field


def _as_finite_float(X, name):
    X = np.ascontiguousarray(as_float(X, name))
    if not np.isfinite(X).all():
        bad = "NaN" if np.isnan(X).any() else "infinity"
        count = int((~np.isfinite(X)).sum())
        raise ValueError(
            f"{name} holds {bad} ({count} of {X.size} values): drop those points or impute them, "
            "for example with sklearn.impute.SimpleImputer."
        )
    return X


def _check_count(X, name, min_points):
    if X.shape[0] < min_points:
        have = "is empty" if X.shape[0] == 0 else f"has {X.shape[0]} point(s)"
        raise ValueError(f"{name} {have}; at least {min_points} needed.")
