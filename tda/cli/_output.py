"""Where results of the command go: words, JSON, tables and pictures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .._report import import_pandas

__all__ = ["PICTURES", "file_of", "output_options", "print_json", "tell", "write_figure"]

PICTURES = (".png", ".svg", ".pdf")


def output_options(parser, *, out, endings):
    """``--json`` and ``--out``; `out` says what the `endings` of a file mean."""
    group = parser.add_argument_group("where results go")
    group.add_argument("--json", action="store_true", help="print numbers as JSON, not words")
    group.add_argument("--out", type=file_of(endings), metavar="FILE", help=out)
    group.add_argument("--seed", type=int, default=0, help="of all that is drawn (0)")


def file_of(endings):
    """What reads the name of a file that can be written: refused before anything is computed."""

    def path(text):
        if Path(text).suffix.lower() not in endings:
            raise argparse.ArgumentTypeError(
                f"{text!r}: the ending says what is written; give {', '.join(endings)}"
            )
        return Path(text)

    return path


def tell(reports, args, *, draw=None, frame=None):
    """Print reports, by the name of their file, and write the one that `--out` asks for.

    Parameters
    ----------
    reports : list of (str, Report)
    draw : function of a report that returns axes, default=None
    frame : function of a report that returns a data frame, default=None
        By default `Report.to_frame`.
    """
    if args.json:
        plain = [{"file": name, **report.to_dict()} for name, report in reports]
        print_json(plain[0] if len(plain) == 1 else plain)
    else:
        for i, (name, report) in enumerate(reports):
            if len(reports) > 1:
                print(f"{'' if i == 0 else chr(10)}{name}")
            print(report)
    if args.out is not None:
        write(reports, args.out, draw, frame)


def print_json(value):
    """Numbers as JSON on stdout."""
    print(json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False))


def write(reports, out, draw, frame):
    """One file of the kind that its ending says."""
    ending = out.suffix.lower()
    if ending == ".json":
        plain = [{"file": name, **report.to_dict()} for name, report in reports]
        text = json.dumps(plain[0] if len(plain) == 1 else plain, indent=2, allow_nan=False)
        out.write_text(text + "\n", encoding="utf-8")
    elif ending == ".csv":
        frames = {name: (frame or type(report).to_frame)(report) for name, report in reports}
        table = next(iter(frames.values()))
        if len(frames) > 1:
            table = import_pandas("--out").concat(frames, names=["file"])
        table.to_csv(out)
    else:
        if len(reports) > 1:
            raise ValueError(f"--out {out}: a picture shows one file; write a .csv or .json")
        write_figure(out, lambda: draw(reports[0][1]))
    print(f"written: {out}", file=sys.stderr)


def write_figure(out, draw):
    """The figure of the axes that `draw` returns, without a window."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    axes = draw()
    figure = np.ravel(axes)[0].figure
    figure.savefig(out, dpi=150)
    plt.close(figure)
