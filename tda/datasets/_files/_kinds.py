"""What an array of numbers represents: points, distances, a picture or a volume."""

from __future__ import annotations

from pathlib import Path

import numpy as np

KINDS = ("auto", "cloud", "distances", "image")
_WAY = "say which with kind='cloud', 'distances' or 'image' (--kind)"


def as_kind(path: Path, array: np.ndarray, kind: str, notes: list[str]) -> dict:
    """The parts of the result that hold the array, read as `kind` or as what it looks like."""
    if array.size == 0:
        raise ValueError(f"{path}: has shape {array.shape}, so it holds no numbers")
    if kind == "distances":
        return {"kind": "distances", "distances": as_distances(path, array)}
    if kind == "image":
        return as_grid(path, array)
    if array.ndim == 1:
        return _of_one_axis(path, array, kind)
    if array.ndim == 3 and kind == "auto":
        if array.shape[2] in (3, 4) and min(array.shape[:2]) > 4:
            raise ValueError(
                f"{path}: has shape {array.shape}, which may be a colour picture; save it as a "
                ".png, or make it grey"
            )
        notes.append(f"the array of shape {array.shape} is read as one volume")
        return as_grid(path, array)
    if array.ndim != 2:
        raise ValueError(
            f"{path}: has shape {array.shape}, where a cloud has (n_points, n_features), and a "
            "picture or a volume two or three axes"
        )
    if kind == "auto" and _is_symmetric(array):
        looks = _of_symmetric(path, array, notes)
        if looks:
            return looks
    points = array.astype(np.float64)
    if not np.isfinite(points).all():
        row = int(np.argmax(~np.isfinite(points).all(axis=1)))
        raise ValueError(f"{path}: row {row + 1} holds NaN or infinity; fill it, or drop the row")
    return {"kind": "cloud", "points": points, "columns": None}


def as_distances(path: Path, array: np.ndarray) -> np.ndarray:
    """A square matrix of distances, from one or from a condensed list."""
    from scipy.spatial.distance import squareform

    array = array.astype(np.float64)
    if np.isnan(array).any():
        raise ValueError(f"{path}: a distance is missing (NaN); give all, inf where there is none")
    if (min(array.shape) == 1 and array.size > 1) or array.ndim == 1:
        n = points_of_condensed(array.size)
        if n is None:
            raise ValueError(
                f"{path}: {array.size} distances in one list, which is n (n - 1) / 2 for no n; "
                "a list holds one distance for each pair of points"
            )
        array = squareform(array.ravel(), checks=False)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError(f"{path}: has shape {array.shape}, where distances have (n, n)")
    if (array < -1e-9 * _scale(array)).any():
        raise ValueError(f"{path}: holds distances below zero; the smallest is {array.min():.6g}")
    if not _is_symmetric(array):
        raise ValueError(
            f"{path}: the distances there and back differ; for half a matrix give the rows without "
            "the empty half, and otherwise make it symmetric"
        )
    return array


def as_grid(path: Path, array: np.ndarray, *, grey: bool = False) -> dict:
    """A picture of two axes or a volume of three; `grey` where values lie between 0 and 1."""
    array = np.asarray(array)
    if array.ndim not in (2, 3):
        raise ValueError(
            f"{path}: has shape {array.shape}, where a picture has two axes and a volume three"
        )
    values = array.astype(np.float64)
    if np.isnan(values).any():
        raise ValueError(
            f"{path}: {np.isnan(values).sum()} of {values.size} pixels are NaN; give them a value, "
            "such as the least or the greatest"
        )
    return {"kind": "image" if array.ndim == 2 else "volume", "image": values, "grey": grey}


def points_of_condensed(size: int) -> int | None:
    """The n for which there are `size` pairs of n points."""
    n = round((1 + (1 + 8 * size) ** 0.5) / 2)
    return n if n * (n - 1) == 2 * size and n > 1 else None


def _of_one_axis(path: Path, array: np.ndarray, kind: str) -> dict:
    if kind == "cloud":
        return as_kind(path, array[:, np.newaxis], "cloud", [])
    n = points_of_condensed(array.size)
    pairs = f"the distances between {n} points, or " if n else ""
    raise ValueError(
        f"{path}: has shape {array.shape}: {pairs}{array.size} points on a line, or one point; "
        f"{_WAY}"
    )


def _scale(array: np.ndarray) -> float:
    return float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))


def _is_symmetric(array: np.ndarray) -> bool:
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.shape[0] < 2:
        return False
    limit = 1e-8 * _scale(array)
    for first in range(0, len(array), 256):  # a strip at a time takes no second matrix
        here, there = array[first : first + 256], array[:, first : first + 256].T
        with np.errstate(invalid="ignore"):
            unlike = ~(np.abs(here.astype(np.float64) - there) <= limit)
        if np.any(here[unlike] != there[unlike]):
            return False
    return True


def _of_symmetric(path: Path, array: np.ndarray, notes: list[str]) -> dict | None:
    """What a symmetric square table is: distances, a graph, correlations; else None."""
    n = len(array)
    diagonal = np.diagonal(array)
    scale = _scale(array)
    if n < 4 or scale == 0:
        return None
    if np.all(np.abs(diagonal) <= 1e-8 * scale) and array.min() >= -1e-8 * scale:
        n_zeros = int(np.count_nonzero(array == 0) - np.count_nonzero(diagonal == 0))
        is_binary = n_zeros + np.count_nonzero(array == scale) == n * (n - 1)
        if n_zeros > n * (n - 1) / 2 or (n_zeros and is_binary):
            raise ValueError(
                f"{path}: a symmetric table of {n} rows with zeros off its diagonal: it may say "
                "which points are joined in a graph, and then needs the distances along the "
                f"graph instead; {_WAY}"
            )
        notes.append(
            f"the symmetric table with a diagonal of zeros is read as the distances between {n} "
            "points; kind='cloud' (--kind cloud) takes its rows as points"
        )
        return {"kind": "distances", "distances": as_distances(path, array)}
    if np.allclose(diagonal, 1) and scale <= 1 + 1e-8:
        notes.append(
            "this may be a matrix of correlations; its rows are taken as points, and distances "
            "such as sqrt(2 (1 - r)) carry more information"
        )
    return None
