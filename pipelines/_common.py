"""What the stories share: their options, their tables, and where their results go.

Each story is four steps: `parse` reads the options, `compute` finds the numbers, `tell` prints
them and `draw` writes figures and numbers.json. The numbers are one dict. Its entry "shown" holds
what only `tell` and `draw` need, such as clouds and reports; all others go to numbers.json.
"""

from __future__ import annotations

import argparse
import json
import textwrap
import time
from pathlib import Path

import matplotlib
import numpy as np
from tqdm import tqdm

matplotlib.use("Agg")  # pictures go to files, never to a window

INK = "#333333"
SOFT = "#6B747B"


def options(name, doc):
    """A parser with the options of every story; the first lines of `doc` are its description."""
    parser = argparse.ArgumentParser(
        prog=f"{name}.py",
        description=doc.strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out") / name,
        metavar="DIR",
        help="folder for pictures and numbers.json (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of all randomness (default: %(default)s)"
    )
    return parser


def play(args, compute, tell, draw):
    """The steps of a story, one after the other. Returns its numbers."""
    numbers = compute(args)
    tell(numbers)
    draw(numbers, args.out)
    return numbers


def clock():
    """The time now, to be given to `seconds_since`."""
    return time.perf_counter(), time.process_time()


def seconds_since(start):
    """The time since `start` as two entries of the numbers: by the clock, and of the processor."""
    wall, cpu = (now - then for now, then in zip(clock(), start, strict=True))
    return {"seconds": wall, "cpu_seconds": cpu}


def tell_time(numbers):
    print(f"\nTook {numbers['seconds']:.0f} s, {numbers['cpu_seconds']:.0f} s of them CPU.")


def table(headers, rows):
    """Rows as aligned text: numbers to the right, words to the left."""
    cells = [[str(cell) for cell in row] for row in rows]
    columns = list(zip(headers, *cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [all(_is_number(cell) for cell in column[1:]) for column in columns]

    def line(row):
        parts = (
            cell.rjust(w) if r else cell.ljust(w)
            for cell, w, r in zip(row, widths, right, strict=True)
        )
        return "  " + "  ".join(parts).rstrip()

    rule = ["-" * w for w in widths]
    return "\n".join(map(line, [headers, rule, *cells]))


def meaning(text):
    """Print under a table what its columns mean."""
    print(textwrap.fill(text, 92, initial_indent="  ", subsequent_indent="  "))


def steps(items, doing):
    """The items, with a bar on a terminal that says how many are done."""
    return tqdm(items, desc=doing, leave=False, disable=None)


def _is_number(cell):
    try:
        float(cell.replace(",", "").rstrip("%"))
    except ValueError:
        return cell in ("", "-")
    return True


def figure(*size, layout="constrained"):
    """An empty figure that is not part of matplotlib's global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout=layout, facecolor="white")


def finish(out, numbers, figures):
    """Write pictures and numbers, all but those in "shown", and say where they are."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_written(numbers), indent=2, allow_nan=False)
    (out / "numbers.json").write_text(text + "\n", encoding="utf-8")
    for name, fig in figures.items():
        fig.savefig(out / f"{name}.png", dpi=150)
    pictures = ", ".join(f"{name}.png" for name in figures)
    print(f"\nPictures: {pictures}\nNumbers:  numbers.json\nboth in   {out}")


def as_written(numbers):
    """The numbers as numbers.json holds them: all but those in "shown", and plain."""
    return _plain({key: value for key, value in numbers.items() if key != "shown"})


def _plain(value):
    """Numbers, strings, lists and dicts only; floats with six digits, so that they stay short."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value


def p_words(p_value):
    """A p-value as short words."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"
