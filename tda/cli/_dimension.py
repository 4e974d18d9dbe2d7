"""Estimate the intrinsic dimension: how many numbers describe a row, by scale, with an interval."""

from __future__ import annotations

import sys

NAME, HELP = "dimension", "estimate the intrinsic dimension, by scale"
EXAMPLES = """\
  tda dimension points.csv --scale
  cat points.csv | tda dimension - --json
  tda dimension points.csv --out dimension.png
"""


def add_options(parser):
    from ._input import file_options
    from ._output import PICTURES, output_options

    parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for a pipe")
    file_options(parser)
    endings = (".json", ".csv", *PICTURES)
    output_options(
        parser, out=".json, .csv: by scale; .png, .svg, .pdf: the curve", endings=endings
    )


def run(args):
    from .. import intrinsic_dimension, plot
    from ._input import each_input, points_of
    from ._output import tell

    estimates = []
    for name, found in each_input(args):
        X, metric = points_of(found, args, seed=args.seed)
        estimates.append((name, intrinsic_dimension(X, metric=metric, verbose=sys.stderr.isatty())))
    tell(estimates, args, draw=plot.plot_dimension)
