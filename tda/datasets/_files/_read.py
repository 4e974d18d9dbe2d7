"""A user's own file: its kind, and the function that reads it."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from .._mesh_files import read_mesh
from .._meshes import is_closed
from ._arrays import read_dipha, read_npy, read_npz
from ._kinds import KINDS
from ._molecules import read_pdb, read_xyz
from ._pictures import read_nifti, read_picture
from ._tables import read_parquet, read_table


def read_cloud(
    path: str | os.PathLike,
    *,
    kind: str = "auto",
    columns=None,
    missing: str = "raise",
):
    """Read a file of points, distances, a mesh, an image or a volume.

    Parameters
    ----------
    path : path
        - ``.csv``, ``.tsv``, ``.txt``, ``.dat``, also ``.csv.gz`` and so on: one point per row,
          with or without a row of names; comma, semicolon, tab, ``|`` or blanks between the
          columns; decimal point or comma; comments begin with ``#``. Half a matrix of
          distances, lower or upper, and PERSEUS grids are recognised
        - ``.parquet``: one point per row (needs pandas and pyarrow)
        - ``.npy``; ``.npz`` with one array, or one called ``points``
        - ``.obj``, ``.ply``, ``.stl``, ``.off``: a triangle mesh, or points without faces
        - ``.xyz``: the atoms of a molecule, or bare points
        - ``.pdb``: the atoms of the first model, without water, in ångström
        - ``.png``, ``.jpg``, ``.tif``, ``.bmp``: an image; a ``.tif`` of several pages is a volume
        - ``.nii``, ``.nii.gz``: a volume (needs nibabel)
        - ``.dipha``, ``.complex``: DIPHA's distance matrices and images
    kind : {"auto", "cloud", "distances", "image"}, default="auto"
        What the numbers of a table or an array are. "auto" takes a symmetric square table of at
        least four rows with a diagonal of zeros as distances, an array of three axes as a volume,
        and rows as points otherwise. "distances" also takes a condensed list, as
        `scipy.spatial.distance.pdist` gives it; "image" takes rows of pixels; "cloud" takes the
        vertices of a mesh too.
    columns : list of str or int, default=None
        The columns to take, by name, or by number from 1. By default all columns of numbers, except
        a column that only numbers the rows, by its name ("id", "Unnamed: 0", no name) and values.
    missing : {"raise", "drop", "keep"}, default="raise"
        Whether rows with a missing number raise an error ("raise"), are left out ("drop"), or stay,
        with NaN there ("keep").
        Missing are empty cells, and ``NA``, ``NaN``, ``?``, ``-``, ``#N/A`` and similar.

    Returns
    -------
    sklearn.utils.Bunch
        Always `kind`, which says what else is there, and `notes`, a list of sentences that tell
        what was left out or taken for what:

        - "cloud": `points`, float64 ndarray of shape (n_points, n_features); `columns`, their
          names or None; `dropped`, the names of columns left out; `words`, the cells of those that
          hold words, by name, as an array of str for the same rows
        - "distances": `distances`, float64 ndarray of shape (n_points, n_points)
        - "mesh": `vertices` (n_vertices, 3), `faces` (n_faces, 3), `name`; equal vertices merged
        - "image": `image` of shape (height, width); `grey`, whether its values run from 0
          (black) to 1 (white), or are numbers of the file's own
        - "volume": `image` of shape (depth, height, width), or as the file orders its axes; `grey`

        A PERSEUS grid has `periodic` too, a bool for each axis.

    Warns
    -----
    UserWarning
        With the notes, where there are any.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the extension is unknown, the file is empty, damaged or cut off, a row is short, a cell
        among numbers is none, a number is missing, or no column holds numbers. The message says
        where.
    ImportError
        If what reads this kind of file is not installed. The message says what to install.

    Notes
    -----
    Text is read by pandas where it is installed and the text is regular, and otherwise by a
    reader of our own, which gives the same and knows the lines of errors.

    Transparent pixels show white behind dark pictures and black behind bright ones.
    """
    from sklearn.utils import Bunch

    path = Path(path)
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: give one of {', '.join(map(repr, KINDS))}")
    if missing not in ("raise", "drop", "keep"):
        raise ValueError(f"missing={missing!r}: give 'raise', 'drop' or 'keep'")
    if isinstance(columns, str | int):
        columns = [columns]
    if not path.is_file():
        raise FileNotFoundError(f"no such file: {path}")
    extension = path.suffix.lower()
    if extension == ".gz":
        extension = Path(path.stem).suffix.lower()
        if extension not in _PACKED:
            raise ValueError(f"{path}: unpack it first; read packed are {', '.join(_PACKED)}")
    if extension not in _READERS:
        hint = "; save the sheet as .csv" if extension in (".xls", ".xlsx", ".ods") else ""
        raise ValueError(
            f"{path}: unknown extension {extension!r}{hint}; give {', '.join(_READERS)}"
        )
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    reader = _READERS[extension]
    if columns is not None and reader not in _WITH_COLUMNS:
        raise ValueError(f"{path}: columns={columns!r}, but a {extension} file has no columns")
    if kind not in ("auto", *_CAN_BE.get(reader, KINDS)):
        raise ValueError(
            f"{path}: kind={kind!r}, but a {extension} file can be "
            f"{' or '.join(map(repr, _CAN_BE[reader]))} only"
        )
    found = Bunch(**reader(path, kind=kind, columns=columns, missing=missing))
    if found.kind == "cloud":
        found.setdefault("columns", None)
        found.setdefault("dropped", [])
        found.setdefault("words", {})
    if found.notes:
        warnings.warn(f"{path.name}: {'; '.join(found.notes)}", UserWarning, stacklevel=2)
    return found


def _read_mesh_or_points(path: Path, *, kind: str, columns, missing: str) -> dict:
    vertices, faces = read_mesh(path)
    if len(faces) == 0 or kind == "cloud":
        notes = []
        if kind == "auto" and path.suffix.lower() != ".ply":
            notes = ["no faces: its vertices are the points"]
        names = ["x", "y", "z"]
        return {"kind": "cloud", "points": vertices, "columns": names, "notes": notes}
    notes = []
    if not is_closed(faces):
        notes.append(
            "the surface is not closed: some edges do not lie in exactly two faces; if it should "
            "be, the file may be cut off"
        )
    name = path.stem
    return {"kind": "mesh", "vertices": vertices, "faces": faces, "name": name, "notes": notes}


_READERS = {
    ".csv": read_table,
    ".tsv": read_table,
    ".txt": read_table,
    ".dat": read_table,
    ".npy": read_npy,
    ".npz": read_npz,
    ".parquet": read_parquet,
    ".obj": _read_mesh_or_points,
    ".ply": _read_mesh_or_points,
    ".stl": _read_mesh_or_points,
    ".off": _read_mesh_or_points,
    ".xyz": read_xyz,
    ".pdb": read_pdb,
    ".png": read_picture,
    ".jpg": read_picture,
    ".jpeg": read_picture,
    ".tif": read_picture,
    ".tiff": read_picture,
    ".bmp": read_picture,
    ".nii": read_nifti,
    ".dipha": read_dipha,
    ".complex": read_dipha,
}
_PACKED = (".csv", ".tsv", ".txt", ".dat", ".xyz", ".pdb", ".nii")
# What files can be whose kind is not a question of their numbers alone.
_CAN_BE = {
    _read_mesh_or_points: ("cloud",),
    read_xyz: ("cloud",),
    read_pdb: ("cloud",),
    read_picture: ("image",),
    read_nifti: ("image",),
}
_WITH_COLUMNS = (read_table, read_npy, read_npz, read_parquet, read_xyz)
