"""Landmarks of a cloud whose holes are counted, and the rows that are read of a large one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._blocks import as_blocks, blocks_of, read_or_sample, sampled_rows
from .._geometry import is_low_dimensional
from .._kinds import require_room
from .._landmarks import Landmarks, distortion, landmarks
from .._words import degree_name

__all__ = ["MOST_POINTS", "Rows", "Thinned", "landmark_notes", "read_rows", "thin"]

#: Most points a complex is built on, by complex and highest degree: about a second of work.
MOST_POINTS = {("alpha", 1): 10_000, ("alpha", 2): 10_000, ("rips", 1): 2_000, ("rips", 2): 500}
#: Of more rows landmarks are chosen among all, and everything else is measured on a sample of so
#: many: in few dimensions, and in many.
MOST_ROWS = {True: 1_000_000, False: 50_000}
#: Points that are asked for their nearest landmark, and landmarks over which the number of points
#: that each stands for is averaged.
N_ASKED, N_AVERAGED = {True: 100_000, False: 20_000}, 8


class Rows(NamedTuple):
    """What is taken of the data.

    Attributes
    ----------
    X : as given; of a large cloud an array of its landmarks, then a sample of its rows
    marks : Landmarks, or None
        Of all points, where they were too many to take.
    n_rows : int
        How many there are, if they were too many.
    """

    X: object
    marks: Landmarks | None = None
    n_rows: int = 0


class Thinned(NamedTuple):
    """The points of the complex.

    Attributes
    ----------
    X : array
        Points, or their distances.
    covering_radius, error_bound : float
    thinning : array of shape (n_landmarks,)
        How many points each landmark stands for.
    n_left_out : int
    """

    X: np.ndarray
    covering_radius: float
    error_bound: float
    thinning: np.ndarray
    n_left_out: int


def read_rows(X, metric, n_landmarks, trim):
    """The data as it was given, or landmarks and a sample of it where it is too large."""
    if isinstance(metric, str) and metric == "precomputed":
        return Rows(X)
    blocks = as_blocks(X)
    if blocks is None and isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "biuf":
        if 0 in X.strides:  # one row many times over, which might never be read to its end
            require_room(X, "X")
        blocks = blocks_of(X) if len(X) > MOST_ROWS[True] else None
    if blocks is None:
        return Rows(X)
    n, d = blocks.shape
    most = MOST_ROWS[d <= 12]
    if n <= most and blocks.fits():
        return Rows(blocks.whole())
    if n_landmarks is None:
        raise ValueError(
            f"X has {n:,} rows, too many to take whole: give n_landmarks, or leave it at 'auto'."
        )
    count = max(MOST_POINTS.values()) if n_landmarks == "auto" else n_landmarks
    marks = landmarks(blocks, n_points=count, trim=trim, metric=metric)
    sample, _ = read_or_sample(blocks, most)
    return Rows(np.concatenate([marks.points, sample]), marks, n)


def thin(X, precomputed, complex, most, trim, rows):
    """The points of the complex: landmarks of the cloud, or the cloud itself.

    Parameters
    ----------
    X : array
        Distinct points, or distances.
    precomputed : bool
    complex : {"alpha", "rips"}
    most : int or None
        Most landmarks.
    trim : float
    rows : Rows
        With landmarks chosen already, which are the first rows of `X`.
    """
    constant = 1.0 if complex == "alpha" else 2.0
    if rows.marks is not None:
        marks = rows.marks
        count = min(most, len(marks))
        radius = float(marks.reach[count - 1])
        factors = _points_of_each(X[len(marks) :], X[:count], rows.n_rows)
        part = np.ascontiguousarray(X[:count])
        return Thinned(part, radius, constant * radius, factors, len(marks.left_out))
    most = len(X) if most is None else most
    if len(X) <= most and int(trim * len(X)) == 0:
        return Thinned(X, 0.0, 0.0, np.ones(1), 0)
    metric = "precomputed" if precomputed else "euclidean"
    marks = landmarks(X, n_points=most, trim=trim, metric=metric)
    kept = np.delete(np.arange(len(X)), marks.left_out)
    chosen = np.sort(marks.indices)
    if precomputed:
        part = np.ascontiguousarray(X[np.ix_(chosen, chosen)])
        inside = X[np.ix_(kept, kept)] if len(kept) < len(X) else X
        bound = distortion(inside, np.searchsorted(kept, chosen))
        # The noise of landmarks is simulated for clouds. Along a graph of neighbours it has longer
        # loops: by that null a swiss roll would have one.
        factors = np.ones(1)
    else:
        part = np.ascontiguousarray(X[chosen])
        bound = constant * marks.covering_radius
        factors = _points_of_each(X if len(kept) == len(X) else X[kept], part, len(kept))
    if len(chosen) == len(kept):
        factors = np.ones(1)
    return Thinned(part, marks.covering_radius, bound, factors, len(marks.left_out))


def _points_of_each(X, part, n_rows):
    """About how many of `n_rows` points each landmark stands for, by those of a sample."""
    from scipy.spatial import cKDTree

    most = N_ASKED[is_low_dimensional(X)]
    asked = X if len(X) <= most else X[sampled_rows(len(X), most)]
    tree = cKDTree(part)
    counts = np.bincount(tree.query(asked)[1], minlength=len(part)) * (n_rows / len(asked))
    near = tree.query(part, min(N_AVERAGED, len(part)))[1].reshape(len(part), -1)
    return np.maximum(counts[near].mean(axis=1), 1.0)


def landmark_notes(count):
    """What the landmarks may miss, in words."""
    notes = []
    if count.n_left_out:
        many = f"{count.n_left_out:,} points, those farthest from others, were left out as strays"
        notes.append(f"{many}: loops and voids are those of the rest.")
    if not count.error_bound:
        return notes
    said = (
        f"loops and voids are those of {count.n_landmarks:,} of {count.n_points:,} points; every "
        f"point is within {count.covering_radius:.3g} of one of them, so those of all points are "
        f"born and die at most {count.error_bound:.3g} earlier"
    )
    holes = [hole for hole in count.holes if hole.degree > 0]
    short = [hole for hole in holes if hole.death - hole.birth <= count.error_bound]
    if holes and not short:
        said += ": all that were found live longer than that, and are there for certain"
    elif short:
        names = sorted({hole.degree for hole in short})
        of = "/".join(degree_name(k, len(short)) for k in names)
        said += f": {len(short)} {of} found live no longer than that, and all points may lack them"
    return [*notes, f"{said}."]
