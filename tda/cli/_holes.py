"""Count components, loops and voids, each with a p-value; pieces and holes of images.

Points (.csv .tsv .txt .npy .npz .parquet .xyz .pdb), distances, 3-D models (.obj .ply .stl .off),
images (.png .jpg .tif .bmp) and volumes (.nii .tif). Several files are counted one by one.
"""

from __future__ import annotations

import sys

NAME, HELP = "holes", "count components, loops and voids, with p-values"
EXAMPLES = """\
  tda holes points.csv --scale
  tda holes mug.ply --solid --max-dimension 1
  tda holes cells.png --region bright
  tda holes *.csv --json --out counts.csv
"""


def add_options(parser):
    from ._input import file_options
    from ._output import PICTURES, output_options

    parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for a pipe")
    count = parser.add_argument_group("what is counted")
    count.add_argument("--level", type=float, default=0.05, help="chance of a false hole (0.05)")
    count.add_argument("--max-dimension", type=int, choices=(0, 1, 2), help="highest degree")
    count.add_argument(
        "--method",
        choices=("monte_carlo", "gumbel", "bootstrap"),
        default="monte_carlo",
        help="where p-values come from (monte_carlo)",
    )
    count.add_argument("--threshold", type=float, help="of an image (Otsu's)")
    count.add_argument("--region", choices=("dark", "bright"), default="dark", help="of an image")
    file_options(parser)
    endings = (".json", ".csv", *PICTURES)
    output_options(
        parser, out=".json, .csv: the holes; .png, .svg, .pdf: the diagram", endings=endings
    )


def run(args):
    from ._input import each_input
    from ._output import tell

    counts = [(name, count(found, args)) for name, found in each_input(args)]
    tell(counts, args, draw=_draw)


def count(found, args):
    """A `HoleCount`, or an `ImageHoleCount`."""
    from .. import count_holes, count_image_holes
    from ._input import points_of

    if found.kind in ("image", "volume"):
        return count_image_holes(
            found.image,
            threshold="otsu" if args.threshold is None else args.threshold,
            region=args.region,
            limits=(0.0, 1.0) if found.grey else None,
            periodic=found.get("periodic", False),
        )
    X, metric = points_of(found, args, seed=args.seed)
    return count_holes(
        X,
        metric=metric,
        max_dimension=args.max_dimension,
        level=args.level,
        method=args.method,
        random_state=args.seed,
        verbose=sys.stderr.isatty(),
    )


def _draw(count):
    from .. import plot

    holes = count if hasattr(count, "holes") else None
    return plot.plot_diagram(count.diagram, holes=holes, title=count.verdict.rstrip("."))
