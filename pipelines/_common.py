"""What the stories share: their options, their tables, and where their results go."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib
import numpy as np

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


def _is_number(cell):
    try:
        float(cell.replace(",", "").rstrip("%"))
    except ValueError:
        return cell in ("", "-")
    return True


def figure(*size, layout="constrained"):
    """An empty figure that leaves no trace in matplotlib's global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout=layout, facecolor="white")


def finish(out, numbers, figures):
    """Write pictures and numbers, and say where they are."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_plain(numbers), indent=2, allow_nan=False)
    (out / "numbers.json").write_text(text + "\n", encoding="utf-8")
    for name, fig in figures.items():
        fig.savefig(out / f"{name}.png", dpi=150)
    pictures = ", ".join(f"{name}.png" for name in figures)
    print(f"\nPictures: {pictures}\nNumbers:  numbers.json\nboth in   {out}")


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


def tighten(points, cycle, *, reach, step, rounds=40):
    """A loop pulled taut, as a band would be, without leaving its hole.

    A piece of the loop that lies in a ball is replaced by the shortest path in that ball. Old
    and new piece together close up in the ball, so that they differ by nothing that is still a
    hole at scale `reach`: the loop stays around the same hole.

    Parameters
    ----------
    points : array of shape (n_points, n_features)
    cycle : int array of shape (m,)
        The vertices of a closed path, as of `HoleCount.cycle`.
    reach : float
        Radius of the balls, below the scale at which the hole fills up.
    step : float
        Longest edge of a path, at most twice `reach`.
    rounds : int
        How often to go around at most.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    i, j = tree.query_pairs(step, output_type="ndarray").T
    lengths = np.maximum(np.linalg.norm(points[i] - points[j], axis=1), 1e-300)
    graph = sparse.csr_array((lengths, (i, j)), shape=(len(points), len(points)))
    graph = (graph + graph.T).tocsr()
    loop = list(map(int, cycle))
    for _ in range(rounds):
        before = _length(points[loop])
        start = 0
        while start < len(loop):
            loop = loop[start:] + loop[:start]  # so that the piece does not wrap around
            middle = points[loop[len(loop) // 2]]
            near = np.linalg.norm(points[loop] - middle, axis=1) < reach
            first = len(loop) // 2 - int(np.argmin(near[len(loop) // 2 :: -1])) + 1
            last = len(loop) // 2 + int(np.argmin(near[len(loop) // 2 :])) - 1
            ball = np.array(tree.query_ball_point(middle, reach))
            place = {vertex: k for k, vertex in enumerate(ball.tolist())}
            if last - first > 1 and loop[first] in place and loop[last] in place:
                source, goal = place[loop[first]], place[loop[last]]
                _, previous = dijkstra(
                    graph[ball][:, ball], indices=source, return_predecessors=True
                )
                path = [goal]
                while previous[path[-1]] >= 0:
                    path.append(int(previous[path[-1]]))
                if path[-1] == source:
                    loop[first : last + 1] = ball[path[::-1]].tolist()
            start += max((last - first) // 2, 1)
        if _length(points[loop]) > (1 - 1e-3) * before:
            break
    return np.array(loop)


def _length(path):
    return float(np.linalg.norm(path - np.roll(path, 1, axis=0), axis=1).sum())


def smooth(path, share=0.08):
    """A closed path with its corners rounded: each vertex the mean of its neighbours."""
    closed = np.vstack([path, path[:1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    even = np.linspace(0, along[-1], 200, endpoint=False)
    dense = np.column_stack([np.interp(even, along, column) for column in closed.T])
    width = max(int(200 * share) // 2, 1)
    shifts = range(-width, width + 1)
    return np.mean([np.roll(dense, shift, axis=0) for shift in shifts], axis=0)
