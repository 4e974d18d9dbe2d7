"""Checks of input, and all their error messages.

Every room may import this file, and it imports no room.
"""

from __future__ import annotations

from functools import lru_cache
from numbers import Integral, Real

import numpy as np

from ._kinds import (
    as_float,
    check_extent,
    column_range,
    is_similarity,
    named_columns,
    refuse_adjacency,
    refuse_graph,
    unwrapped,
    warn_about_columns,
    warn_of_distances,
)
from ._parallel import refuse_delayed
from ._sparse_distances import symmetric_distances

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

    Anything with an array interface is accepted: lists, arrays, data frames, a
    `tda.datasets.Shape`.

    Raises
    ------
    ValueError
        If it is not two-dimensional, holds NaN or infinity, or has too few points.
    """
    given, (X, box) = X, _as_finite_float(X, name)
    warn_about_columns(given, name)
    if X.shape == (0,):
        raise ValueError(f"{name} is empty; at least {min_points} point(s) needed.")
    if X.ndim == 1:
        if hasattr(given, "to_frame"):
            raise ValueError(
                f"{name} is one column, but a cloud is (n_points, n_features): pass "
                f"{name}.to_frame() if its values are points on a line."
            )
        raise ValueError(
            f"{name} has shape {X.shape}, but a cloud is (n_points, n_features): pass "
            f"{name}.reshape(-1, 1) if these are points on a line, "
            f"{name}.reshape(1, -1) if this is one point."
        )
    if X.ndim != 2:
        if isinstance(given, list | tuple):
            raise ValueError(
                f"{name} is a list of {len(given)} arrays, but this takes one cloud "
                "(n_points, n_features): many clouds go into a transformer, such as "
                f"HoleCounter().fit_transform({name}) for their holes or "
                f"RipsPersistence().fit_transform({name}) for their diagrams."
            )
        raise ValueError(
            f"{name} has shape {X.shape}, but one cloud is two-dimensional "
            "(n_points, n_features). For a picture or a volume use tda.cubical_diagram, "
            f"for colours of one channel, such as {name}[..., :3].mean(axis=-1); for many clouds a "
            "transformer such as RipsPersistence or HoleCounter."
        )
    if X.shape[1] == 0:
        raise ValueError(f"{name} has shape {X.shape}: its points have no coordinates.")
    _check_count(X, name, min_points)
    check_extent(X, name, box=box)
    warn_of_distances(X, name=name)
    return X


def check_distance_matrix(D, *, name="X", min_points=1):
    """Return a symmetric, non-negative dissimilarity matrix, dense or scipy-sparse.

    Infinity means the same in every room: the pair is no edge and is not joined at any scale. In a
    sparse matrix an entry that is not stored is such a missing edge, not a distance of zero.
    Entries may be stored on one side of the diagonal or on both.

    Rounding errors are accepted: negative or asymmetric entries up to 1e-10 of the largest
    distance, and diagonal entries up to 2e-7 of it. The second is the square root of rounding,
    since distances are often square roots. (In single precision these are 8e-6 and 6e-3.) In a
    matrix with such entries, other distances of that size are not accurate either, so they become
    0.

    Returns
    -------
    ndarray of shape (n, n), or scipy.sparse.csr_array of shape (n, n)

    Raises
    ------
    ValueError
        If it is not square, symmetric, non-negative and free of NaN, or if it has entries
        other than 0 on its diagonal.
    """
    from scipy import sparse

    if sparse.issparse(D):
        return _check_sparse_distances(D, name, min_points)
    rounding = _Rounding(D)
    D = np.ascontiguousarray(as_float(D, name))
    if D.ndim == 1 and _side_of_condensed(D.size):
        raise ValueError(
            f"{name} has shape {D.shape}, the condensed distances of {_side_of_condensed(D.size)} "
            f"points: pass scipy.spatial.distance.squareform({name})."
        )
    if D.ndim != 2 or D.shape[0] != D.shape[1]:
        raise ValueError(
            f'{name} has shape {D.shape}, but metric="precomputed" takes a square distance '
            'matrix; pass metric="euclidean" for coordinates.'
        )
    _check_count(D, name, min_points)
    scale, least, gap, place = _scan(D, name)
    diagonal = np.diagonal(D)
    if len(D) > 1 and is_similarity(D):
        raise ValueError(
            f"{name} has ones on its diagonal, as correlations and similarities have, but a point "
            f"is at distance 0 from itself: pass distances, such as np.sqrt(2 * (1 - {name}))."
        )
    if least < -rounding.of_values * scale:
        raise ValueError(f"{name} holds negative distances; the smallest is {least:.6g}.")
    if gap > rounding.of_values * max(scale, np.finfo(float).tiny):
        _refuse_asymmetry(D, place, name)
    on_diagonal = float(np.abs(diagonal).max(initial=0.0))
    if on_diagonal > rounding.of_diagonal * scale:
        i = int(np.argmax(np.abs(diagonal)))
        raise ValueError(
            f"{name} has {D[i, i]:.6g} on its diagonal (entry {i}); a point is at distance 0 "
            "from itself."
        )
    noise = max(on_diagonal, -least)
    if gap > 0 or noise > 0:
        D = np.maximum(D, D.T)
        D[2 * noise >= D] = 0.0
    refuse_adjacency(D, name)
    return D


class _Rounding:
    """The rounding error that is accepted, as a share of the largest distance, by data type."""

    def __init__(self, D):
        dtype = getattr(D, "dtype", np.dtype(float))
        single = getattr(dtype, "kind", "") == "f" and dtype.itemsize < 8
        eps = float(np.finfo(dtype if single else float).eps)
        self.of_values = max(1e-10, 64 * eps)
        self.of_diagonal = 16 * eps**0.5


def _side_of_condensed(size):
    """The number of points that have this many pairs, or None."""
    n = round((1 + (1 + 8 * size) ** 0.5) / 2)
    return n if size and n * (n - 1) // 2 == size else None


def _scan(D, name):
    """The largest finite entry, the smallest entry, and the largest asymmetry and its place.

    In blocks of rows, so that no second matrix is made. What most matrices lack, infinite entries
    and asymmetry, is sought only where it is.
    """
    scale, least, gap, place = 0.0, 0.0, 0.0, (0, 0)
    step = max(1_000_000 // max(len(D), 1), 1)
    for start in range(0, len(D), step):
        rows = D[start : start + step]
        high = float(rows.max())
        if np.isnan(high):
            raise ValueError(f"{name} holds NaN: remove or impute those distances.")
        if np.isinf(high):
            high = float(np.max(rows, initial=0.0, where=np.isfinite(rows)))
        scale = max(scale, high)
        least = min(least, float(rows.min()))
        columns = D[:, start : start + step].T
        if (rows == columns).all():
            continue
        with np.errstate(invalid="ignore"):
            gaps = np.abs(rows - columns)
        gaps[rows == columns] = 0.0  # infinite ones too
        if gaps.max() > gap:
            gap = float(gaps.max())
            i, j = np.unravel_index(np.argmax(gaps), gaps.shape)
            place = start + int(i), int(j)
    return scale, least, gap, place


def _refuse_asymmetry(D, place, name):
    i, j = place
    where = f"entry ({i}, {j}) is {D[i, j]:.6g} and ({j}, {i}) is {D[j, i]:.6g}"
    for half in (np.tril(D, -1), np.triu(D, 1)):
        if not half.any():
            raise ValueError(
                f"{name} is not symmetric: {where}. One triangle holds nothing but 0: fill it "
                f"with {name} + {name}.T, which leaves every distance as it is."
            )
    if np.isinf(D[i, j]) or np.isinf(D[j, i]):
        way = f"If an edge counts where either side has it, pass np.minimum({name}, {name}.T)."
    else:
        way = f"Symmetrise it, for example with ({name} + {name}.T) / 2."
    raise ValueError(f"{name} is not symmetric: {where}. {way}")


def _check_sparse_distances(D, name, min_points):
    if D.shape[0] != D.shape[1]:
        raise ValueError(f"{name} has shape {D.shape}, but a distance matrix is square.")
    _check_count(D, name, min_points)
    rounding = _Rounding(D)
    return symmetric_distances(
        D, of_values=rounding.of_values, of_diagonal=rounding.of_diagonal, name=name
    )


def check_image(X, *, name="X", max_axes=3):
    """Return one image as a float64 C-contiguous array of 1 to `max_axes` axes.

    Infinite values are allowed: these cells enter first or last.
    """
    X = np.ascontiguousarray(as_float(X, name))
    if not 1 <= X.ndim <= max_axes:
        raise ValueError(
            f"{name} has shape {X.shape}: an image has 1 to {max_axes} axes and one value a "
            "pixel. Turn colours into one channel first."
        )
    if X.size == 0:
        raise ValueError(f"{name} has shape {X.shape}: it is empty.")
    if X.ndim == 3 and X.shape[2] in (3, 4) and min(X.shape[:2]) >= 8:
        raise ValueError(
            f"{name} has shape {X.shape}, as a picture has whose pixels are of {X.shape[2]} "
            f"channels: turn it into grey, for example with {name}[..., :3].mean(axis=2), or pass "
            f"one channel. A volume of {X.shape[2]} layers goes in as np.moveaxis({name}, 2, 0)."
        )
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
    X = unwrapped(X, name)
    refuse_delayed(X[0] if isinstance(X, list) and X else X, name)
    refuse_graph(X, name)
    many = what if what.endswith("s") else f"{what}s"
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
        raise ValueError(f"{name} is {type(X).__name__}; pass a list of {many}.")
    elif hasattr(X, "shape") or hasattr(X, "__array__"):
        raise ValueError(
            f"{name} is one {type(X).__name__}, but one sample here is a whole {what}: "
            f"pass [{name}]."
        )
    elif hasattr(X, "__iter__"):
        samples = list(X)
    else:
        raise ValueError(f"{name} is {type(X).__name__}; pass a list of {many}.")
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
        raise ValueError(f"field={field!r}; it must be a prime number below 46337, such as 2 or 3.")
    field = int(field)
    if not _is_prime(field):
        raise ValueError(f"field={field} is not prime; coefficients need a field, such as 2 or 3.")
    return field


@lru_cache
def _is_prime(number):
    return all(number % p for p in range(2, int(number**0.5) + 1))


def _as_finite_float(X, name):
    """A finite array, and the range of its columns where it has two axes."""
    given, X = X, np.ascontiguousarray(as_float(X, name))
    box = column_range(X) if X.ndim == 2 and X.size else None
    if not (np.isfinite(X).all() if box is None else np.isfinite(box).all()):
        bad = "NaN" if np.isnan(X).any() else "infinity"
        count = int((~np.isfinite(X)).sum())
        where = "" if box is None else named_columns(given, ~np.isfinite(box).all(axis=0))
        raise ValueError(
            f"{name} holds {bad} ({count} of {X.size} values{where}): drop those points or impute "
            "them, for example with sklearn.impute.SimpleImputer."
        )
    return X, box


def _check_count(X, name, min_points):
    if X.shape[0] < min_points:
        have = "is empty" if X.shape[0] == 0 else f"has {X.shape[0]} point(s)"
        raise ValueError(f"{name} {have}; at least {min_points} needed.")
