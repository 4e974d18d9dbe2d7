"""Landmarks before a complex, and what their diagram says of the whole cloud."""

from __future__ import annotations

from math import sqrt
from numbers import Integral
from typing import NamedTuple

import numpy as np

from .._blocks import Blocks, as_blocks
from .._kinds import check_extent
from .._landmarks import distortion, landmarks
from .._metrics import function_name
from .._validation import check_cloud, check_clouds, check_distance_matrix, check_samples

__all__ = [
    "Thinned",
    "check_large",
    "check_large_samples",
    "check_n_landmarks",
    "first_points",
    "of_landmarks",
    "thin",
]

#: How far bars move for each unit of the covering radius: the proofs are in `tda.landmarks`.
CONSTANTS = {"rips": 2.0, "alpha": 1.0, "dtm": sqrt(2.0)}


class Thinned(NamedTuple):
    """Landmarks of a cloud in the order of their rows, and the bound of their diagram.

    Attributes
    ----------
    X : array of shape (n_landmarks, n_features), or of distances
    rows : int array of shape (n_landmarks,), or None
        Where they are in the cloud; None if all points were taken.
    error_bound : float
    """

    X: np.ndarray
    rows: np.ndarray | None
    error_bound: float


def check_n_landmarks(n_landmarks):
    whole = isinstance(n_landmarks, Integral) and not isinstance(n_landmarks, bool)
    if n_landmarks is not None and not (whole and n_landmarks >= 1):
        raise ValueError(f"n_landmarks={n_landmarks!r}; it must be an integer from 1 on, or None")


def check_large(X, n_landmarks, *, metric="euclidean", name="X", stays=False):
    """A checked cloud or matrix; for landmarks also rows that stay on disk, as `Blocks`.

    With `stays` they stay there without landmarks too.
    """
    check_n_landmarks(n_landmarks)
    if isinstance(metric, str) and metric == "precomputed":
        return check_distance_matrix(X, name=name)
    blocks = as_blocks(X, name=name)
    if blocks is None:
        return check_cloud(X, name=name)
    if blocks.fits() or not (stays or n_landmarks is not None):
        return check_cloud(blocks.whole(), name=name)
    box = blocks.column_range()
    check_extent(box, name, box=box)
    return blocks


def check_large_samples(X, n_landmarks, *, metric="euclidean", name="X"):
    """The same of a list."""
    if isinstance(X, list | tuple):
        found = [as_blocks(sample) for sample in X]
        X = [x if blocks is None else blocks for x, blocks in zip(X, found, strict=True)]
    large = isinstance(X, list) and any(isinstance(x, Blocks) for x in X)
    if n_landmarks is None and not large:
        return check_clouds(X, metric=metric, name=name)
    return [
        check_large(sample, n_landmarks, metric=metric, name=f"{name}[{i}]")
        for i, sample in enumerate(check_samples(X, what="cloud", name=name))
    ]


def thin(X, n_landmarks, filtration, *, metric="euclidean"):
    """The landmarks of a checked cloud, matrix or `Blocks`.

    Raises
    ------
    ValueError
        For a metric that obeys no triangle inequality, for which there is no bound.
    """
    if n_landmarks is None:
        return Thinned(X, None, 0.0)
    if X.shape[0] <= n_landmarks:
        return Thinned(_whole(X), None, 0.0)
    if function_name(metric) is not None:
        raise ValueError(
            f"n_landmarks={n_landmarks} with metric={metric!r}, which obeys no triangle "
            "inequality, so that nothing bounds the error: take a metric that does, or pass a "
            'matrix of its distances with metric="precomputed", for which the error is measured.'
        )
    marks = landmarks(X, n_points=n_landmarks, metric=metric)
    rows = np.sort(marks.indices)
    if isinstance(metric, str) and metric == "precomputed":
        part = np.ascontiguousarray(X[np.ix_(rows, rows)])
        return Thinned(part, rows, distortion(X, rows))
    part = np.ascontiguousarray(marks.points[np.argsort(marks.indices)])
    return Thinned(part, rows, CONSTANTS[filtration] * marks.covering_radius)


def _whole(X):
    return X.whole() if isinstance(X, Blocks) else X


def first_points(X, n_landmarks, *, metric="euclidean"):
    """As many points as there will be landmarks, for a plan."""
    if n_landmarks is None or X.shape[0] <= n_landmarks:
        return _whole(X)
    if isinstance(metric, str) and metric == "precomputed":
        return X[:n_landmarks][:, :n_landmarks]
    return X.take(np.arange(n_landmarks)) if isinstance(X, Blocks) else X[:n_landmarks]


def of_landmarks(diagram, thinned):
    """The diagram of landmarks with its bound; simplices and cocycles hold rows of the cloud."""
    diagram.error_bound = float(thinned.error_bound)
    if thinned.rows is None:
        return diagram
    for name in ("birth_simplices", "death_simplices"):
        simplices = getattr(diagram, name)
        if simplices is not None:
            moved = np.where(simplices >= 0, thinned.rows[simplices], -1)
            moved.flags.writeable = False
            setattr(diagram, name, moved)
    if diagram.cocycles is not None:
        for cocycle in diagram.cocycles:
            cocycle[:, :-1] = thinned.rows[cocycle[:, :-1]]
    return diagram
