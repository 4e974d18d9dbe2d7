"""Write peer_names.json: the public classes of the packages that docs/migrate.md names.

    python make_peer_names.py PACKAGE=DIR …    # for each package of PARTS

DIR is the site-packages that a package is installed in. The files are parsed and not run:
giotto-tda 0.6.2, gudhi 3.13.0, persim 0.4.1, ripser 0.6.15, kmapper 2.1.0, scikit-dimension 0.5.0,
teaspoon 1.6.0. Not counted: names with an underscore in front, bases, and the copies of gudhi's
classes in `gtda.externals`.
"""

import ast
import json
import sys
from pathlib import Path

#: What of a package: a folder below it, or a file.
PARTS = {
    "gtda": ["."],
    "gudhi": ["sklearn", "representations", "clustering"],
    "persim": ["."],
    "ripser": ["."],
    "kmapper": ["."],
    "skdim": ["."],
    "teaspoon": ["ML"],
}
#: Bases and helpers that nobody makes, and what is there for notebooks.
INNER = {"GlobalEstimator", "LocalEstimator", "ListFeatureUnion", "OutputWidgetHandler"} | {
    "Interval",
    "LocalVietorisRipsBase",
}


def classes(path):
    tree = ast.parse(path.read_text(errors="ignore"))
    return {n.name for n in tree.body if isinstance(n, ast.ClassDef) and n.name[0] != "_"}


def names(package, folder):
    found = set()
    for part in PARTS[package]:
        for path in sorted((folder / package / part).rglob("*.py")):
            inside = path.relative_to(folder / package).parts
            if not {"tests", "externals", "base.py"} & set(inside) or package == "persim":
                found |= classes(path)
    return sorted(found - INNER)


if __name__ == "__main__":
    given = dict(argument.split("=") for argument in sys.argv[1:])
    made = {package: names(package, Path(given[package])) for package in PARTS}
    path = Path(__file__).with_name("peer_names.json")
    path.write_text(json.dumps(made, indent=1) + "\n")
