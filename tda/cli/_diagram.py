"""Compute the persistence diagram of points, distances, an image or a volume.

Without --out the bars go to stdout as CSV: degree, birth, death.
"""

from __future__ import annotations

import sys

NAME, HELP = "diagram", "compute a persistence diagram"
EXAMPLES = """\
  tda diagram points.csv > bars.csv
  tda diagram points.csv --filtration rips --max-dimension 2 --out bars.npz
  tda diagram picture.png --out bars.png
"""


def add_options(parser):
    from ._input import file_options
    from ._output import PICTURES, output_options

    parser.add_argument("files", nargs=1, metavar="FILE", help="a file, or - for a pipe")
    own = parser.add_argument_group("the diagram")
    own.add_argument(
        "--filtration",
        choices=("auto", "rips", "alpha"),
        default="auto",
        help="of points: alpha up to three coordinates, else Rips (auto)",
    )
    own.add_argument("--max-dimension", type=int, help="highest degree (1, or all of an image)")
    own.add_argument("--field", type=int, default=2, help="prime of the coefficients (2)")
    file_options(parser)
    endings = (".csv", ".npz", ".json", *PICTURES)
    output_options(
        parser, out=".csv, .npz, .json: the bars; .png, .svg, .pdf: the diagram", endings=endings
    )


def run(args):
    from .. import plot
    from ._input import each_input
    from ._output import print_json, write_figure

    ((name, found),) = each_input(args)
    diagram = compute(found, args)
    print(repr(diagram), file=sys.stderr)
    bars = [
        {"degree": int(k), "birth": _finite(b), "death": _finite(d)}
        for k, b, d in zip(diagram.dims, diagram.births, diagram.deaths, strict=True)
    ]
    plain = {
        "file": name, "filtration": diagram.filtration, "unit": diagram.unit,
        "field": diagram.field, "bars": bars,
    }  # fmt: skip
    if args.json:
        print_json(plain)
    if args.out is None:
        if not args.json:
            sys.stdout.write(_csv(diagram))
        return
    ending = args.out.suffix.lower()
    if ending == ".json":
        import json

        args.out.write_text(json.dumps(plain, allow_nan=False) + "\n", encoding="utf-8")
    elif ending == ".csv":
        args.out.write_text(_csv(diagram), encoding="utf-8")
    elif ending == ".npz":
        from .. import Diagrams

        Diagrams([diagram]).save(args.out)
    else:
        write_figure(args.out, lambda: plot.plot_diagram(diagram))
    print(f"written: {args.out}", file=sys.stderr)


def compute(found, args):
    """The diagram of what was read."""
    from .. import alpha_diagram, cubical_diagram, rips_diagram
    from ._input import points_of

    options = {"field": args.field}
    if args.max_dimension is not None:
        options["max_dimension"] = args.max_dimension
    if found.kind in ("image", "volume"):
        return cubical_diagram(found.image, periodic=found.get("periodic", False), **options)
    X, metric = points_of(found, args, seed=args.seed)
    alpha = args.filtration == "alpha" or (args.filtration == "auto" and X.shape[1] <= 3)
    if metric == "precomputed":
        if args.filtration == "alpha":
            raise ValueError("--filtration alpha: distances have no coordinates; take rips")
        return rips_diagram(X, metric=metric, **options)
    return (alpha_diagram if alpha else rips_diagram)(X, **options)


def _finite(value):
    """JSON has no infinity: None."""
    return float(value) if abs(value) < float("inf") else None


def _csv(diagram):
    rows = zip(diagram.dims, diagram.births, diagram.deaths, strict=True)
    return "degree,birth,death\n" + "".join(f"{k},{b!r},{d!r}\n" for k, b, d in (
        (int(k), float(b), float(d)) for k, b, d in rows))  # fmt: skip
