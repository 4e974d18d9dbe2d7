"""The command ``tda``, also as ``python -m tda``: each part calls a public function or two.

A file for each command: its options, and a function ``run(args)`` that returns the exit code. What
they share, such as how a file is read and where a result goes, is in ``_input.py`` and
``_output.py``.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings

from . import _compare, _compile, _datasets, _diagram, _dimension, _embed, _holes, _report, _story
from ._input import file_options, points_of, read_input

__all__ = ["file_options", "main", "points_of", "read_input"]

COMMANDS = (_report, _holes, _dimension, _embed, _compare, _diagram, _datasets, _story, _compile)

DESCRIPTION = "The shape of your data from the command line."
EPILOG = """\
examples:
  tda report penguins.csv --label species --out penguins.html
  tda holes points.csv --scale
  cat points.csv | tda dimension - --json
  tda embed points.csv --method umap --out map.csv
  tda datasets make_torus --out torus.csv

Results go to stdout, notes and progress to stderr. Exit codes: 0 done, 2 wrong use or a file that
cannot be read, 1 anything else, 130 interrupted. `tda COMMAND --help` has examples of each.
"""


def main(argv=None):
    """Run the command.

    Parameters
    ----------
    argv : list of str, default=None
        By default what the program was called with.

    Returns
    -------
    int
        The exit code.
    """
    parser = _parser()
    try:
        if not (sys.argv[1:] if argv is None else argv):
            parser.print_help(sys.stderr)  # which lists the commands
        args = parser.parse_args(argv)
    except SystemExit as error:  # of --help, or of wrong use
        return error.code if isinstance(error.code, int) else 2
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _note
            code = args.run(args)
        sys.stdout.flush()
        return code or 0
    except BrokenPipeError:  # whoever read our output has closed it, as `head` does
        sys.stdout = open(os.devnull, "w")
        return 0
    except KeyboardInterrupt:
        print(f"tda {args.command}: interrupted", file=sys.stderr)
        return 130
    except (ValueError, OSError, ImportError, MemoryError) as error:
        print(f"tda {args.command}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


def _note(message, category, filename, lineno, file=None, line=None):
    """A warning as one line that the user can act on; those of libraries are not for the user."""
    if issubclass(category, UserWarning):
        print(f"note: {' '.join(str(message).split())}", file=sys.stderr)


def _parser():
    parser = argparse.ArgumentParser(
        prog="tda",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    from .. import __version__

    parser.add_argument("--version", action="version", version=f"tda {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for part in COMMANDS:
        own = commands.add_parser(
            part.NAME,
            help=part.HELP,
            description=part.__doc__.strip(),
            epilog=f"examples:\n{part.EXAMPLES}" if part.EXAMPLES else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        part.add_options(own)
        own.set_defaults(run=part.run)
    return parser
