"""Binary files of numbers: NumPy's, and DIPHA's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ._kinds import as_distances, as_grid, as_kind

_DIPHA_MAGIC = 8067171840
_DIPHA = {0: "a boundary matrix", 2: "a persistence diagram", 8: "sparse distances"}


def read_npy(path: Path, *, kind: str, columns, missing: str) -> dict:
    return _from_array(path, _load(path), kind, columns, missing)


def read_npz(path: Path, *, kind: str, columns, missing: str) -> dict:
    with _load(path) as archive:
        names = archive.files
        if {"format", "shape", "data"} <= set(names):
            raise ValueError(
                f"{path}: holds a sparse matrix of SciPy; open it with scipy.sparse.load_npz, and "
                'pass distances on with metric="precomputed"'
            )
        if len(names) != 1 and "points" not in names:
            raise ValueError(
                f"{path}: holds {names}, so it is not clear which is the cloud; call it 'points'"
            )
        try:
            array = archive["points" if "points" in names else names[0]]
        except Exception as error:  # zipfile, zlib and numpy each raise their own
            raise ValueError(f"{path}: not an array of numbers ({error})") from error
    found = _from_array(path, array, kind, columns, missing)
    others = [name for name in names if name != "points"] if len(names) > 1 else []
    if others:
        found["notes"].append(f"left out: the arrays {', '.join(others)}")
    return found


def read_dipha(path: Path, *, kind: str, columns, missing: str) -> dict:
    """DIPHA's distance matrices and images: integers and doubles of 8 bytes, little-endian."""
    data = path.read_bytes()
    if len(data) < 24 or np.frombuffer(data, "<i8", 1)[0] != _DIPHA_MAGIC:
        raise ValueError(f"{path}: not a file of DIPHA, whose first number is {_DIPHA_MAGIC}")
    what, n = (int(value) for value in np.frombuffer(data, "<i8", 2, 8))
    if kind not in ("auto", {7: "distances", 1: "image"}.get(what, "auto")):
        raise ValueError(f"{path}: kind={kind!r}, but DIPHA says in it that it is another")
    if what == 7:
        D = _doubles(path, data, 24, n * n).reshape(n, n)
        return {"kind": "distances", "distances": as_distances(path, D), "notes": []}
    if what != 1:
        raise ValueError(
            f"{path}: holds {_DIPHA.get(what, f'data of type {what}')} of DIPHA; read here are "
            "its images (type 1) and distance matrices (type 7)"
        )
    n_axes = int(np.frombuffer(data[24:32].ljust(8, b"\0"), "<i8")[0])
    if not 1 <= n_axes <= 3 or len(data) < 32 + 8 * n_axes:
        raise ValueError(f"{path}: an image of {n_axes} axes, where two or three can be read")
    lengths = [int(length) for length in np.frombuffer(data, "<i8", n_axes, 32)]
    size = 1
    for length in lengths:
        size *= length
    if min(lengths) < 1 or size != n:
        raise ValueError(f"{path}: damaged: {n} values in a grid of lengths {lengths}")
    grid = _doubles(path, data, 32 + 8 * n_axes, n).reshape(lengths, order="F")
    return as_grid(path, grid) | {"notes": []}


def _doubles(path: Path, data: bytes, start: int, n: int) -> np.ndarray:
    if n < 1 or len(data) != start + 8 * n:
        raise ValueError(
            f"{path}: damaged: {max(len(data) - start, 0)} bytes of numbers, where its head "
            f"promises {8 * max(n, 0)}"
        )
    return np.frombuffer(data, "<f8", n, start)


def _load(path: Path):
    try:
        # Pickled objects may run code, and are no numbers anyway.
        return np.load(path, allow_pickle=False)
    except Exception as error:  # numpy raises ValueError, EOFError, BadZipFile, OSError, ...
        raise ValueError(f"{path}: cannot be read as an array of numbers ({error})") from error


def _from_array(path: Path, array, kind: str, columns, missing: str) -> dict:
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{path}: holds several arrays, though its name says one; call it .npz")
    if array.dtype.kind not in ("biuf" if kind == "image" else "iuf"):
        raise ValueError(
            f"{path}: holds {array.dtype}, where a cloud holds real numbers"
            + ("; a mask is a picture: kind='image' (--kind image)" * (array.dtype.kind == "b"))
        )
    notes: list[str] = []
    if columns is not None or (missing == "drop" and array.ndim == 2):
        array = _of_columns(path, array, columns, missing, notes)
    elif array.ndim == 2 and array.dtype == np.uint8 and min(array.shape) >= 16 and kind == "auto":
        notes.append(
            "each row of whole numbers from 0 to 255 is taken as a point; if this is a picture, "
            "say kind='image' (--kind image)"
        )
    return as_kind(path, array, kind, notes) | {"dropped": [], "notes": notes}


def _of_columns(path: Path, array, columns, missing: str, notes: list[str]) -> np.ndarray:
    """The columns asked for, and the rows without gaps, by the rules of tables."""
    from ._tables import Column, Table, chosen_columns, without_gaps

    if array.ndim != 2 or len(array) == 0:
        raise ValueError(f"{path}: has shape {array.shape}, so it has no columns to choose from")
    values = array.astype(np.float64)
    table = Table([Column(c) for c in values.T], None, list(range(1, len(values) + 1)), "row")
    kept = list(range(values.shape[1])) if columns is None else chosen_columns(path, table, columns)
    return without_gaps(path, table, kept, values[:, kept], missing, notes)
