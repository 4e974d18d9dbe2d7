"""The command ``tda``, also as ``python -m tda``: thin, each part calls one public function."""

from __future__ import annotations

import argparse

__all__ = ["main"]


def main(argv=None):
    """Run the command; returns the exit code."""
    args = _parser().parse_args(argv)
    return args.run(args)


def _parser():
    parser = argparse.ArgumentParser(
        prog="tda", description="The shape of your data from the command line."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_compile(commands)
    return parser


def _add_compile(commands):
    parser = commands.add_parser(
        "compile",
        help="compile all kernels at once",
        description="Compile the kernels of this package at once and keep them, for images of "
        "containers and for clusters. It takes about a minute and a half on one core.",
    )
    parser.add_argument("families", nargs="*", metavar="FAMILY", help="which; default: all")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side (default 1)")
    parser.set_defaults(run=_compile)


def _compile(args):
    from ._compilation import compile_kernels

    try:
        seconds = compile_kernels(args.families or None, n_jobs=args.jobs, verbose=True)
    except ValueError as error:
        print(f"tda compile: {error}")
        return 2
    print(f"All compiled, in {sum(seconds.values()):.0f} s.")
    return 0
