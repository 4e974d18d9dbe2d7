"""A user's own file: a cloud, a mesh or an image."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np

from ._loaders import _LUMINANCE
from ._meshes import read_mesh

# How people write that a number is missing.
_GAPS = {"", "nan", "na", "n/a", "null", "none"}


def read_cloud(path: str | os.PathLike):
    """Read a file of points, a mesh or an image.

    Parameters
    ----------
    path : path
        - ``.csv``: one point a row, with or without a row of names; comma, semicolon, tab or
          blank between the columns
        - ``.parquet``: one point a row (needs pandas and pyarrow)
        - ``.npy``; ``.npz`` with one array, or one called ``points``
        - ``.obj``, ``.ply``, ``.stl``: a triangle mesh, or points without faces
        - ``.png``: an image

    Returns
    -------
    sklearn.utils.Bunch
        Always `kind`, which says what else is there:

        - "cloud": `points`, float64 ndarray of shape (n_points, n_features); `columns`, their
          names or None; `dropped`, the names of columns left out because they are not numbers
        - "mesh": `vertices` (n_vertices, 3), `faces` (n_faces, 3), `name`; equal vertices merged
        - "image": `image` of shape (height, width), grey from 0 (black) to 1 (white)

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the extension is unknown, the file is empty or damaged, a row is short, a number is
        missing, or no column holds numbers. The message says where.
    ImportError
        If a parquet file is to be read without pandas and pyarrow.
    """
    from sklearn.utils import Bunch

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no such file: {path}")
    extension = path.suffix.lower()
    if extension not in _READERS:
        raise ValueError(f"{path}: unknown extension {extension!r}; give {', '.join(_READERS)}")
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    return Bunch(**_READERS[extension](path))


def _read_csv(path: Path) -> dict:
    rows = _csv_rows(path)
    names, body = _split_names(rows)
    columns = range(len(rows[0][1]))
    labels = names or [f"column {k + 1}" for k in columns]
    kept = [k for k in columns if _is_numeric_column(body, k)]
    if not kept:
        raise ValueError(f"{path}: no column holds numbers only; a cloud needs at least one")
    for line, cells in body:
        for k in kept:
            if cells[k].lower() in _GAPS:
                raise ValueError(
                    f"{path}, line {line}: {labels[k]} has no number; fill the gap or drop the row"
                )
    return {
        "kind": "cloud",
        "points": np.array([[float(cells[k]) for k in kept] for _, cells in body]),
        "columns": [names[k] for k in kept] if names else None,
        "dropped": [labels[k] for k in columns if k not in kept],
    }


def _split_names(rows: list) -> tuple[list[str] | None, list]:
    """The row of names, if the first is one, and the rest.

    It is one if some column holds numbers everywhere but there.
    """
    (_, first), body = rows[0], rows[1:]
    for k, cell in enumerate(first):
        if cell.lower() not in _GAPS and not _is_number(cell) and _is_numeric_column(body, k):
            return first, body
    return None, rows


def _is_numeric_column(body: list, k: int) -> bool:
    """Whether column k holds numbers and perhaps gaps, and not gaps only."""
    cells = [cells[k] for _, cells in body if cells[k].lower() not in _GAPS]
    return bool(cells) and all(_is_number(cell) for cell in cells)


def _csv_rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, all of one length, each with its line number."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = file.read().splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text file in UTF-8") from error
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t ", key=first.count)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    rows = [(line, cells) for line, cells in rows if any(cells)]
    if not rows:
        raise ValueError(f"{path}: the file is empty")
    n_columns = len(rows[0][1])
    for line, cells in rows:
        if len(cells) != n_columns:
            raise ValueError(
                f"{path}, line {line}: {len(cells)} columns, where the first row has {n_columns}"
            )
    return rows


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read_parquet(path: Path) -> dict:
    try:
        import pandas as pd

        table = pd.read_parquet(path)
    except ImportError as error:
        raise ImportError(
            f"{path}: reading parquet needs pandas and pyarrow; pip install pandas pyarrow"
        ) from error
    except Exception as error:  # pyarrow's own exceptions, some of them OSError
        raise ValueError(f"{path}: cannot be read as parquet ({error})") from error
    numbers = table.select_dtypes("number")
    if numbers.shape[1] == 0:
        raise ValueError(f"{path}: no column holds numbers; a cloud needs at least one")
    if len(numbers) == 0:
        raise ValueError(f"{path}: the file holds no rows")
    with_gaps = numbers.columns[numbers.isna().any()]
    if len(with_gaps):
        raise ValueError(
            f"{path}: column {with_gaps[0]!r} lacks numbers; fill the gaps or drop the rows"
        )
    return {
        "kind": "cloud",
        "points": numbers.to_numpy(dtype=np.float64),
        "columns": [str(name) for name in numbers.columns],
        "dropped": [str(name) for name in table.columns if name not in numbers.columns],
    }


def _read_npy(path: Path) -> dict:
    return _as_cloud(path, _load_numpy(path))


def _read_npz(path: Path) -> dict:
    with _load_numpy(path) as archive:
        names = archive.files
        if len(names) != 1 and "points" not in names:
            raise ValueError(
                f"{path}: holds {names}, so it is not clear which is the cloud; call it 'points'"
            )
        try:
            array = archive["points" if "points" in names else names[0]]
        except ValueError as error:
            raise ValueError(f"{path}: not an array of numbers ({error})") from error
    return _as_cloud(path, array)


def _load_numpy(path: Path):
    try:
        # Pickled objects may run code, and are no numbers anyway.
        return np.load(path, allow_pickle=False)
    except Exception as error:  # numpy raises ValueError, EOFError, BadZipFile, OSError
        raise ValueError(f"{path}: cannot be read as an array of numbers ({error})") from error


def _as_cloud(path: Path, array: np.ndarray) -> dict:
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{path}: holds {array.dtype}, where a cloud holds real numbers")
    if array.ndim != 2 or array.size == 0:
        raise ValueError(
            f"{path}: has shape {array.shape}, where a cloud has (n_points, n_features), not empty"
        )
    return {
        "kind": "cloud",
        "points": array.astype(np.float64),
        "columns": None,
        "dropped": [],
    }


def _read_mesh(path: Path) -> dict:
    vertices, faces = read_mesh(path)
    if len(faces) == 0:
        return {"kind": "cloud", "points": vertices, "columns": ["x", "y", "z"], "dropped": []}
    return {"kind": "mesh", "vertices": vertices, "faces": faces, "name": path.stem}


def _read_png(path: Path) -> dict:
    from matplotlib.image import imread

    try:
        image = np.asarray(imread(path), dtype=np.float64)
    except Exception as error:  # Pillow's exceptions, SyntaxError among them
        raise ValueError(f"{path}: cannot be read as an image ({error})") from error
    if image.ndim == 3 and image.shape[2] == 2:  # grey and opacity
        image = image[:, :, 0]
    elif image.ndim == 3:  # colour, perhaps with opacity
        image = image[:, :, :3] @ _LUMINANCE
    return {"kind": "image", "image": image}


_READERS = {
    ".csv": _read_csv,
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".parquet": _read_parquet,
    ".obj": _read_mesh,
    ".ply": _read_mesh,
    ".stl": _read_mesh,
    ".png": _read_png,
}
