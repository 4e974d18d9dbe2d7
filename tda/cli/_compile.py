"""Compile the kernels of this package at once and keep them, for images of containers and for
clusters. It takes about a minute and a half on one core."""

from __future__ import annotations

NAME, HELP = "compile", "compile all kernels at once"
EXAMPLES = """\
  tda compile
  tda compile rips alpha --jobs 2
"""


def add_options(parser):
    parser.add_argument("families", nargs="*", metavar="FAMILY", help="which; default: all")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side (default 1)")


def run(args):
    from .._compilation import compile_kernels

    seconds = compile_kernels(args.families or None, n_jobs=args.jobs, verbose=True)
    print(f"All compiled, in {sum(seconds.values()):.0f} s.")
    return 0
