"""Lengths and angles of curves in the image of a map.

This file imports no other file of the room. `values` is any function of rows, `J` any derivative of
one.
"""

from __future__ import annotations

import numpy as np

__all__ = ["curve_length", "even_points", "vector_angle"]

#: Of the error of the chords before extrapolation, which takes off most of it.
LENGTH_TOLERANCE = 1e-5
#: Pieces that one straight segment is cut into at most.
MOST_PIECES = 4096


def curve_length(values, curve):
    """The length of the image of a polyline.

    Each segment is cut into more and more pieces, and the chords of their images are summed, until
    doubling the pieces changes little. The error falls with the square of the number of pieces and
    is removed by Richardson extrapolation.
    """
    start, step = curve[:-1], np.diff(curve, axis=0)
    lengths = np.zeros(len(step))
    rest, pieces = np.arange(len(step)), 4
    before = _chords(values, start, step, pieces)
    while len(rest):
        pieces *= 2
        after = _chords(values, start[rest], step[rest], pieces)
        gain = (after - before) / 3
        lengths[rest] = after + gain
        more = np.abs(gain) > LENGTH_TOLERANCE * after
        if pieces >= MOST_PIECES:
            break
        rest, before = rest[more], after[more]
    return float(lengths.sum())


def _chords(values, start, step, pieces):
    """For each segment the sum of the chords of its pieces."""
    at = np.linspace(0, 1, pieces + 1)
    sums = np.empty(len(start))
    block = max(65_536 // (pieces + 1), 1)
    for i in range(0, len(start), block):
        points = start[i : i + block, None] + at[:, None] * step[i : i + block, None]
        image = values(points.reshape(-1, points.shape[2])).reshape(*points.shape[:2], -1)
        sums[i : i + block] = np.linalg.norm(np.diff(image, axis=1), axis=2).sum(axis=1)
    return sums


def even_points(values, path, n_points):
    """Points of a polyline at equal steps of its image's length, the ends kept."""
    pieces = max(4 * n_points // max(len(path) - 1, 1), 4)
    where = np.linspace(0, len(path) - 1, pieces * (len(path) - 1) + 1)
    fine = np.column_stack([np.interp(where, np.arange(len(path)), x) for x in path.T])
    steps = np.linalg.norm(np.diff(values(fine), axis=0), axis=1)
    if not steps.any():  # all one point to the map
        steps[:] = 1.0
    along = np.concatenate([[0.0], np.cumsum(steps)])
    even = np.linspace(0, along[-1], n_points)
    points = np.column_stack([np.interp(even, along, x) for x in fine.T])
    points[0], points[-1] = path[0], path[-1]
    return points


def vector_angle(J, u, v):
    """Angles between the images of tangent vectors, in radians; NaN where one is lost.

    Kahan's form of the arctangent, which is exact for small angles too.

    Parameters
    ----------
    J : array of shape (n, n_outputs, n_features)
    u, v : arrays of shape (n, n_features)
    """
    one, other = _unit(J, u), _unit(J, v)
    across = np.linalg.norm(one - other, axis=1)
    return 2 * np.arctan2(across, np.linalg.norm(one + other, axis=1))


def _unit(J, v):
    """The direction of J v, NaN where that is zero but for rounding."""
    image = np.einsum("noi,ni->no", J, v)
    length = np.linalg.norm(image, axis=1)
    rounding = np.finfo(float).eps * np.linalg.norm(J, axis=(1, 2)) * np.linalg.norm(v, axis=1)
    length[length <= 4 * rounding] = np.nan
    return image / length[:, None]
