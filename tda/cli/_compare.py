"""Compare the shapes of two files, or of two groups of files.

Two files: distances of their diagrams, beside what sampling alone does: random halves of a file are
compared with each other, and with halves of the other file. Groups, with --against: a permutation
test, each file one sample.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .._report import Report
from .._words import counted, degree_name

NAME, HELP = "compare", "compare the shapes of two files, or of two groups"
EXAMPLES = """\
  tda compare before.csv after.csv
  tda compare healthy*.csv --against ill*.csv --json
"""
#: Most points of a file, and how many halves of each.
MOST_POINTS, N_HALVES = 600, 10


def add_options(parser):
    from ._input import file_options
    from ._output import output_options

    parser.add_argument("files", nargs="+", metavar="FILE", help="two files, or the first group")
    parser.add_argument("--against", nargs="+", metavar="FILE", help="the second group")
    parser.add_argument("--max-dimension", type=int, default=1, help="highest degree (1)")
    parser.add_argument("--n-permutations", type=int, default=999, help="of the test (999)")
    file_options(parser)
    endings = (".json", ".csv")
    output_options(parser, out=".json, .csv: the numbers", endings=endings)


def run(args):
    from ._output import tell

    first = _clouds(args)
    if args.against is None:
        if len(first) != 2:
            raise ValueError(
                f"{counted(len(first), 'file')}: give two, or a second group with --against FILE …"
            )
        found = compare_clouds(*first, max_dimension=args.max_dimension, random_state=args.seed)
        tell([(" and ".join(name for name, _ in first), found)], args)
        return
    from .. import Diagrams, two_sample_test

    args.files = args.against
    groups = [
        Diagrams([_diagram(X, args.max_dimension) for _, X in part])
        for part in (first, _clouds(args))
    ]
    for number, group in enumerate(groups, 1):
        if len(group) < 2:
            raise ValueError(f"group {number} has {len(group)} file; a test needs two or more")
    found = two_sample_test(*groups, n_permutations=args.n_permutations, random_state=args.seed)
    tell([("two groups", found)], args)


def _clouds(args):
    """Names and clouds, thinned to as many points as a Rips complex takes soon."""
    from .. import landmarks
    from ._input import each_input, points_of

    clouds = []
    for name, found in each_input(args):
        X, metric = points_of(found, args, seed=args.seed)
        if metric == "precomputed":
            raise ValueError(f"{name}: holds distances; shapes are compared from points")
        if len(X) > MOST_POINTS:
            X = landmarks(X, n_points=MOST_POINTS).points
        clouds.append((name, X))
    return clouds


def _diagram(X, max_dimension):
    from .. import rips_diagram

    return rips_diagram(X, max_dimension=max_dimension)


@dataclass(frozen=True, eq=False)
class Comparison(Report):
    """How far apart the diagrams of two clouds are, beside what sampling alone does.

    Attributes
    ----------
    names : tuple of str
    rows : tuple of dict
        Of each degree: `distance` of the diagrams; `between`, the median over halves of both;
        `within`, the 95% quantile over halves of one.
    """

    names: tuple
    rows: tuple = field(repr=False)

    @property
    def verdict(self):
        """Which degrees differ by more than sampling."""
        apart = [degree_name(row["degree"]) for row in self.rows if row["between"] > row["within"]]
        if not apart:
            return "No difference beyond sampling: halves of one file are as far apart."
        return f"The shapes differ beyond sampling, in their {' and '.join(apart)}."

    def to_dict(self):
        return {"verdict": self.verdict, "names": list(self.names), "rows": list(self.rows)}

    _names = ("degree",)

    def _rows(self):
        return [dict(row) for row in self.rows]

    def _columns(self):
        return {
            "degree": ("degree", "d"),
            "bottleneck distance": ("distance", ".4g"),
            "halves of both": ("between", ".4g"),
            "halves of one, 95%": ("within", ".4g"),
        }


def compare_clouds(first, second, *, max_dimension, random_state):
    """A `Comparison` of two pairs of name and cloud."""
    from ..distances import bottleneck_distance

    (name, X), (other, Y) = first, second
    if min(len(X), len(Y)) < 8:
        raise ValueError("a file has fewer than 8 points, and halves of it are compared")
    rng = np.random.default_rng(random_state)
    size = min(len(X), len(Y)) // 2

    def halves(cloud):
        order = rng.permutation(len(cloud))
        return [_diagram(cloud[order[i * size : (i + 1) * size]], max_dimension) for i in range(2)]

    whole = [_diagram(cloud, max_dimension).finite() for cloud in (X, Y)]
    drawn = [[halves(cloud) for cloud in (X, Y)] for _ in range(N_HALVES)]
    rows = []
    for k in range(max_dimension + 1):

        def distance(a, b, k=k):
            return bottleneck_distance(a.finite()[k], b.finite()[k])

        within = [distance(*pair) for both in drawn for pair in both]
        between = [distance(a, b) for one, two in drawn for a, b in zip(one, two, strict=True)]
        rows.append(
            {
                "degree": k,
                "distance": float(distance(*whole)),
                "between": float(np.median(between)),
                "within": float(np.quantile(within, 0.95)),
            }
        )
    return Comparison((name, other), tuple(rows))
