"""List the shapes and data sets that come with the package, or write the points of one."""

from __future__ import annotations

import inspect
import re
import sys

NAME, HELP = "datasets", "list the shapes that come with the package, or write one"
EXAMPLES = """\
  tda datasets
  tda datasets make_torus --n-points 500 > torus.csv
  tda datasets load_ecg --out ecg.csv
"""


def add_options(parser):
    from ._output import file_of

    parser.add_argument("name", nargs="?", help="one of the list; without it the list is shown")
    parser.add_argument("--n-points", type=int, help="how many points to draw")
    parser.add_argument("--noise", type=float, help="width of Gaussian noise")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn (0)")
    parser.add_argument("--json", action="store_true", help="print as JSON")
    parser.add_argument(
        "--out", type=file_of((".csv", ".npy")), metavar="FILE", help=".csv or .npy"
    )


def known():
    """The functions that make or load points, by name."""
    from .. import datasets

    return {
        name: getattr(datasets, name)
        for name in datasets.__all__
        if name.startswith(("make_", "load_"))
    }


def _first_line(function):
    """The first line of its docstring as plain words, without roles and quotes of Sphinx."""
    line = inspect.getdoc(function).splitlines()[0]
    return re.sub(r"(?::[\w:]+:)?`+~?([^`]+)`+", r"\1", line)


def run(args):
    import numpy as np

    from ._output import print_json

    functions = known()
    if args.name is None:
        lines = {name: _first_line(one) for name, one in functions.items()}
        if args.json:
            print_json(lines)
        else:
            width = max(map(len, lines))
            print("\n".join(f"{name:{width}}  {line}" for name, line in lines.items()))
        return
    if args.name not in functions:
        raise ValueError(f"there is no {args.name!r}; `tda datasets` lists what there is")
    taken = inspect.signature(functions[args.name]).parameters
    options = {"n_points": args.n_points, "noise": args.noise, "random_state": args.seed}
    for option in ("n_points", "noise"):
        if options[option] is not None and option not in taken:
            raise ValueError(f"{args.name} takes no --{option.replace('_', '-')}")
    options = {key: value for key, value in options.items() if key in taken and value is not None}
    needed = [key for key, one in taken.items() if one.default is one.empty and key not in options]
    if needed:
        raise ValueError(f"{args.name} needs {', '.join(needed)}: call it from Python")
    X = _points(functions[args.name](**options))
    if args.json:
        print_json({"name": args.name, "points": X.tolist()})
    if args.out is not None and args.out.suffix.lower() == ".npy":
        np.save(args.out, X)
    elif args.out is None and not args.json:
        sys.stdout.write(_csv(X))
    elif args.out is not None:
        args.out.write_text(_csv(X), encoding="utf-8")
    if args.out is not None:
        print(f"written: {args.out}", file=sys.stderr)


def _points(found):
    """The table of what a data set gives."""
    import numpy as np

    for name in ("points", "vertices", "data", "values", "series"):
        if hasattr(found, name) and not isinstance(found, np.ndarray):
            found = getattr(found, name)
            break
    array = np.asarray(found)
    if array.dtype.kind not in "biuf" or array.ndim == 0:
        raise ValueError("this data set is no table of numbers: call it from Python")
    return array.reshape(len(array), -1).astype(float)


def _csv(X):
    head = ",".join(f"x{j + 1}" for j in range(X.shape[1]))
    return head + "\n" + "".join(",".join(f"{v:.9g}" for v in row) + "\n" for row in X)
