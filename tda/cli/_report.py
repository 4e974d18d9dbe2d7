"""Look at a table from all sides, and write one page: holes, dimension, clusters, a map, advice.

Columns of words and rows with gaps are left out, and the page says so. Answers come on stderr as
they are found, and the whole report as text on stdout.
"""

from __future__ import annotations

import sys
from pathlib import Path

NAME, HELP = "report", "look at a table from all sides, and write one page"
EXAMPLES = """\
  tda report penguins.csv --out penguins.html
  tda report penguins.csv --label species --scale --out penguins.html
  cat points.csv | tda report - --json
"""


def add_options(parser):
    from ._input import file_options
    from ._output import output_options

    parser.add_argument("files", nargs=1, metavar="FILE", help="a table, or - for a pipe")
    parser.add_argument("--label", metavar="COLUMN", help="colours the map; no coordinate")
    parser.add_argument("--level", type=float, default=0.05, help="chance of a false hole (0.05)")
    parser.add_argument("--quiet", action="store_true", help="say nothing on the way")
    file_options(parser)
    endings = (".html", ".json")
    output_options(parser, out=".html: the page; .json: the numbers", endings=endings)


def run(args):
    from .. import report
    from ._input import note, points_of, read_input
    from ._output import print_json

    path = args.files[0]
    found = read_input(path, args, missing="keep")
    for line in found.notes:
        if args.label is None or not line.startswith(f"left out: {args.label!r}"):
            note(line)
    scale, y = args.scale or "auto", None
    if found.kind == "cloud":
        X = dict(zip(found.columns or _numbered(found.points), found.points.T, strict=True))
        if args.label is not None:
            y = _label(args.label, X, found.words, path)
    else:
        X, metric = points_of(found, args, seed=args.seed)
        if metric == "precomputed":
            raise ValueError(f"{path}: holds distances, and a report needs points: `tda holes`")
    if args.label is not None and y is None:
        raise ValueError(f"{path}: --label {args.label}: this file has no columns")
    name = "stdin" if path == "-" else Path(path).stem
    made = report(
        X,
        y,
        scale=scale,
        level=args.level,
        name=name,
        random_state=args.seed,
        verbose=not args.quiet,
    )
    if args.json:
        print_json({"file": path, **made.to_dict()})
    elif args.out is None:
        print(made)
    if args.out is not None:
        if args.out.suffix.lower() == ".json":
            import json

            text = json.dumps(made.to_dict(), indent=2, allow_nan=False)
            args.out.write_text(f"{text}\n", encoding="utf-8")
        else:
            made.to_html(args.out)
        print(f"written: {args.out}", file=sys.stderr)


def _numbered(points):
    return [f"column {j + 1}" for j in range(points.shape[1])]


def _label(name, X, words, path):
    """The column of labels, taken out of the coordinates; named, for the page."""
    import numpy as np

    if name in words:
        values = words[name]
    elif name in X:
        values = X.pop(name)
    else:
        there = ", ".join([*words, *X])
        raise ValueError(f"{path}: --label {name}: there is no such column; there are {there}")
    return Named(values, name) if values is not None else np.zeros(0)


class Named:
    """Labels with the name of their column."""

    def __init__(self, values, name):
        self.values, self.name = values, name

    def __array__(self, dtype=None, copy=None):
        import numpy as np

        return np.asarray(self.values, dtype=dtype)
