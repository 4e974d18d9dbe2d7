"""Give every row a few coordinates, and say what they kept, tore, glued and lost.

Coordinates go to stdout as CSV, or to the file of --out; the verdict goes to stderr. With --json
the whole report is printed instead of coordinates.
"""

from __future__ import annotations

import sys

NAME, HELP = "embed", "give rows a few coordinates, and say what is lost"
EXAMPLES = """\
  tda embed points.csv --method umap --out map.csv
  tda embed points.csv --method isomap --n-components 3 > map.csv
  tda embed points.csv --method pca --out map.png
"""


def add_options(parser):
    from ._input import file_options
    from ._output import PICTURES, output_options

    parser.add_argument("files", nargs=1, metavar="FILE", help="a file, or - for a pipe")
    own = parser.add_argument_group("the map")
    own.add_argument("--method", default="umap", help="pca, mds, isomap, umap, tsne, … (umap)")
    own.add_argument("--n-components", type=int, default=2, help="coordinates of a row (2)")
    own.add_argument("--n-neighbors", type=int, default=15, help="of the graph (15)")
    file_options(parser)
    endings = (".csv", ".json", *PICTURES)
    output_options(
        parser,
        out=".csv: coordinates; .json: the report; .png, .svg, .pdf: the map",
        endings=endings,
    )


def run(args):
    from .. import Embedding, embedding_report, plot
    from ._input import each_input, points_of
    from ._output import PICTURES, print_json, write_figure

    ((_, found),) = each_input(args)
    X, metric = points_of(found, args, seed=args.seed)
    ending = args.out.suffix.lower() if args.out is not None else ""
    embedding = Embedding(
        method=args.method,
        n_components=args.n_components,
        n_neighbors=args.n_neighbors,
        metric=metric,
        random_state=args.seed,
    )
    Z = embedding.fit_transform(X)
    report = None
    if len(X) >= 8:
        near = min(args.n_neighbors, (min(len(X), 1000) - 1) // 2)
        report = embedding_report(X, Z, n_neighbors=near, metric=metric, random_state=args.seed)
        print(report.verdict, file=sys.stderr)
    else:
        print(f"note: {len(X)} points are too few to judge a map", file=sys.stderr)
    plain = report.to_dict() if report is not None else {}
    if args.json:
        print_json({"file": args.files[0], **plain, "coordinates": Z.tolist()})
    if ending == ".json":
        import json

        text = json.dumps({**plain, "coordinates": Z.tolist()}, allow_nan=False)
        args.out.write_text(f"{text}\n", encoding="utf-8")
    elif ending in PICTURES:
        title = report.verdict.split(":")[0] if report is not None else None
        write_figure(args.out, lambda: plot.plot_cloud(Z, title=title))
    elif ending or not args.json:
        lines = [",".join(f"{args.method}{k + 1}" for k in range(Z.shape[1]))]
        lines += [",".join(f"{value:.9g}" for value in row) for row in Z]
        text = "\n".join(lines) + "\n"
        if ending:
            args.out.write_text(text, encoding="utf-8")
        else:
            sys.stdout.write(text)
    if args.out is not None:
        print(f"written: {args.out}", file=sys.stderr)
