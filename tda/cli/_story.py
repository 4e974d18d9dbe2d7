"""Run one of the stories: scripts that show the package at work, with pictures and numbers.

What follows the name goes to the story; `tda story NAME --help` shows its options.
"""

from __future__ import annotations

import argparse
import ast
import runpy
import sys
from pathlib import Path

NAME, HELP = "story", "run a story: the package at work, with pictures"
EXAMPLES = """\
  tda story
  tda story mug_and_doughnut --out mug
"""
#: Where they are: in the installed package, or beside it in a checkout.
HERE = Path(__file__).parents[1]
FOLDERS = (HERE / "_stories", HERE.parent / "pipelines")


def add_options(parser):
    parser.add_argument("name", nargs="?", help="one of the list; without it the list is shown")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="options of the story")


def stories():
    """The files of the stories by name."""
    folder = next((folder for folder in FOLDERS if folder.is_dir()), None)
    if folder is None:
        raise ValueError("the stories are not installed here; they are in a checkout: pipelines/")
    return {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem[0] != "_"}


def run(args):
    found = stories()
    if args.name is None:
        width = max(map(len, found))
        for name, path in found.items():
            doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            print(f"{name:{width}}  {doc.splitlines()[0] if doc else ''}")
        return 0
    if args.name not in found:
        raise ValueError(f"there is no story {args.name!r}; there are {', '.join(found)}")
    path = found[args.name]
    argv, before = sys.argv, list(sys.path)
    sys.argv = [str(path), *args.rest]
    sys.path.insert(0, str(path.parent))
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    finally:
        sys.argv, sys.path[:] = argv, before
    return 0
