"""How the command reads a file: columns, gaps, scales, and data that comes through a pipe."""

from __future__ import annotations

import csv
import glob
import os
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

__all__ = ["each_input", "file_options", "note", "points_of", "read_input"]


def file_options(parser, *, kinds=True):
    """The options of every command that reads points."""
    group = parser.add_argument_group("how files are read")
    if kinds:
        group.add_argument(
            "--kind",
            choices=("auto", "cloud", "distances", "image"),
            default="auto",
            help="what the numbers of a table or an array are (what they look like)",
        )
    group.add_argument(
        "--columns",
        metavar="A,B,…",
        help='names or numbers (from 1) of the columns to take; a name with a comma in "…"',
    )
    group.add_argument("--drop-missing", action="store_true", help="leave out rows with gaps")
    group.add_argument(
        "--scale", action="store_true", help="give every column a standard deviation of 1"
    )
    group.add_argument(
        "--format", metavar="EXT", default="csv", help="of what comes through a pipe (csv)"
    )
    group.add_argument("--n-points", type=int, default=5000, help="points of a model (5000)")
    group.add_argument("--solid", action="store_true", help="the inside of a model, not its skin")


def each_input(args):
    """Pairs of a name and what is read, for every file; patterns are expanded on Windows too."""
    for given in args.files:
        for name in expanded(given):
            found = read_input(name, args)
            for line in found.notes:
                note(line, name if len(args.files) > 1 else None)
            yield name, found


def expanded(given):
    """The files of a pattern such as ``*.csv``, which not every shell expands."""
    given = str(given)
    if given == "-" or Path(given).exists() or not any(c in given for c in "*?["):
        return [given]
    return sorted(glob.glob(given)) or [given]


def read_input(path, args, *, missing=None):
    """What `tda.datasets.read_cloud` reads of a file, or of stdin for ``-``; its notes are kept."""
    from ..datasets import read_cloud

    if missing is None:
        missing = "drop" if args.drop_missing else "raise"
    columns = None
    if args.columns is not None:
        columns = [part.strip() for part in next(csv.reader([args.columns]), [])]
    options = {"kind": getattr(args, "kind", "auto"), "columns": columns, "missing": missing}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # its notes are told by who asked
        if str(path) != "-":
            found = read_cloud(path, **options)
        else:
            found = _from_pipe(read_cloud, args.format, options)
    if args.scale:
        # The note on unlike scales does not apply any more.
        found.notes = [line for line in found.notes if "--scale" not in line]
    return found


def _from_pipe(read, extension, options):
    if sys.stdin is None or sys.stdin.isatty():
        raise ValueError("-: nothing comes through a pipe; give a file, or pipe one in")
    content = sys.stdin.buffer.read() if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
    handle, name = tempfile.mkstemp(suffix=f".{extension.lstrip('.')}", prefix="stdin")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return read(name, **options)
    except (ValueError, OSError, ImportError) as error:
        raise type(error)(str(error).replace(name, "-")) from None
    finally:
        os.unlink(name)


def points_of(found, args, *, seed=0):
    """The cloud of what was read, sampled from a model and scaled if asked; or distances.

    Returns
    -------
    X : array
    metric : {"euclidean", "precomputed"}
    """
    if found.kind in ("image", "volume"):
        raise ValueError(
            f"this holds an image of {' x '.join(map(str, found.image.shape))} pixels, and points "
            "are needed: `tda holes` and `tda diagram` take images"
        )
    if found.kind == "distances":
        return found.distances, "precomputed"
    if found.kind == "mesh":
        from ..datasets import sample_mesh

        return sample_mesh(found, args.n_points, solid=args.solid, random_state=seed).points, (
            "euclidean"
        )
    X = found.points
    if args.scale:
        spread = X.std(axis=0)
        X = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return X, "euclidean"


def note(text, name=None):
    """A line on stderr."""
    print(f"note: {name}: {text}" if name else f"note: {text}", file=sys.stderr)
