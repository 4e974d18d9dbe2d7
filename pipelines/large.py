"""A cloud that does not fit: a million points and their strays, from a file on disk.

The story writes a file of points from the skin of a doughnut, with a few strays anywhere around it,
and allows itself less memory than the file takes (--memory, in MB). Or take a file of your own
(--file: .npy, .parquet, .zarr, .h5). It is read a block at a time:
  dimension  how many dimensions the cloud has,
  landmarks  a few points that stand for all, once of all points and once without the strays, which
             farthest points take first,
  holes      components, loops and voids of the landmarks, each with a p-value, and how far at most
             their births and deaths are from those of all points.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from _common import (
    INK,
    SOFT,
    clock,
    figure,
    finish,
    meaning,
    options,
    play,
    seconds_since,
    steps,
    table,
    tell_time,
)
from sklearn import config_context

from tda import count_holes, intrinsic_dimension, landmarks, plot
from tda.datasets import make_torus

#: Points that are written at once.
PIECE = 100_000
STRAY, POINT = "#D55E00", "#5B7C99"


def parse(argv=None):
    parser = options("large", __doc__)
    parser.add_argument("--file", type=Path, help="points of your own, one a row")
    parser.add_argument("--points", type=int, default=1_000_000, help="points to write (1000000)")
    parser.add_argument("--strays", type=float, default=0.001, help="share that strays (0.001)")
    parser.add_argument("--memory", type=float, default=16, help="working memory in MB (16)")
    parser.add_argument("--landmarks", type=int, default=5000, help="how many landmarks (5000)")
    parser.add_argument(
        "--trim", type=float, default=0.003, help="share that is left out as strays (0.003)"
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds what its words and pictures need."""
    file = args.file or write_points(args)
    start = clock()
    with config_context(working_memory=args.memory):
        estimate = intrinsic_dimension(file)
        plain = landmarks(file, n_points=args.landmarks)
        counts = {
            name: count_holes(file, n_landmarks=args.landmarks, trim=trim, random_state=args.seed)
            for name, trim in steps(
                [("all points", 0.0), ("without strays", args.trim)], "counting holes"
            )
        }
    kept = counts["without strays"]
    return {
        "file": str(file),
        "file_megabytes": size_of(file) / 2**20,
        "memory": args.memory,
        "n_points": plain.n_points,
        "dimension": estimate.dimension,
        "covering_radius": {name: count.covering_radius for name, count in counts.items()},
        "error_bound": {name: count.error_bound for name, count in counts.items()},
        "betti": {name: count.betti for name, count in counts.items()},
        "n_left_out": kept.n_left_out,
        **seconds_since(start),
        "shown": {"estimate": estimate, "plain": plain, "counts": counts},
    }


def write_points(args):
    """A doughnut's skin with strays around it, written piece by piece."""
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / "points.npy"
    rng = np.random.default_rng(args.seed)
    shape = (args.points, 3)
    stored = np.lib.format.open_memmap(path, mode="w+", dtype=np.float64, shape=shape)
    for first in range(0, args.points, PIECE):
        n = min(PIECE, args.points - first)
        seed = int(rng.integers(2**31))
        X = make_torus(n, random_state=seed).points
        strays = rng.random(n) < args.strays
        box = 2 * (X.max(axis=0) - X.min(axis=0))
        X[strays] = (rng.random((strays.sum(), 3)) - 0.5) * box
        stored[first : first + n] = X
    stored.flush()
    return path


def size_of(path):
    path = Path(path)
    parts = path.rglob("*") if path.is_dir() else [path]
    return sum(part.stat().st_size for part in parts if part.is_file())


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    print(
        f"{numbers['n_points']:,} points in a file of {numbers['file_megabytes']:.1f} MB, read in "
        f"blocks that take {numbers['memory']:g} MB of memory.\n"
    )
    print(f"Dimension: {shown['estimate'].verdict}\n")
    rows = [
        [
            name,
            f"{count.n_landmarks:,}",
            f"{count.covering_radius:.3f}",
            f"{count.error_bound:.3f}",
            *count.betti,
        ]
        for name, count in shown["counts"].items()
    ]
    names = ("components", "loops", "voids")[: len(rows[0]) - 4]
    print(table(["landmarks of", "number", "cover within", "error bound", *names], rows))
    meaning(
        "Number: of landmarks. Cover within: every point is at most so far from one. Error bound: "
        "births and deaths of all points differ by at most that much. Then the significant holes."
    )
    print(f"\nWithout strays:\n{shown['counts']['without strays']}")
    tell_time(numbers)


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    finish(out, numbers, {"landmarks": draw_landmarks(shown), "diagram": draw_diagram(shown)})


def draw_landmarks(shown):
    """The landmarks of all points, and those without strays, in one frame."""
    fig = figure(11, 5.2)
    counts = shown["counts"]
    kept = counts["without strays"].points
    low, high = kept.min(axis=0), kept.max(axis=0)
    limits = np.column_stack([low, high]) + 0.25 * (high - low).max() * np.array([-1, 1])
    solid = kept.shape[1] == 3
    for place, (name, count) in enumerate(counts.items()):
        ax = fig.add_subplot(1, 2, place + 1, **({"projection": "3d"} if solid else {}))
        points = count.points
        far = ((points < low) | (points > high)).any(axis=1)
        inside = ((points >= limits[:, 0]) & (points <= limits[:, 1])).all(axis=1)
        for which, color, size in ((inside & ~far, POINT, 1.5), (inside & far, STRAY, 7)):
            ax.scatter(*points[which].T[:3], s=size, color=color, linewidth=0, alpha=0.8)
        ax.set(xlim=limits[0], ylim=limits[1])
        if solid:
            ax.set_zlim(limits[2])
            ax.set_box_aspect(np.ptp(limits, axis=1), zoom=1.25)
            ax.view_init(elev=38, azim=-60)
        else:
            ax.set_aspect("equal")
        ax.set_axis_off()
        bound = f"error bound {count.error_bound:.3f}"
        ax.set_title(f"{len(points):,} landmarks, {name}: {bound}", fontsize=11, color=INK)
    return fig


def draw_diagram(shown):
    """The diagrams of both with the band of the error, in one frame."""
    fig = figure(11, 5.4)
    counts = shown["counts"]
    last = len(counts["all points"].betti)
    for ax, (name, count) in zip(fig.subplots(1, 2), counts.items(), strict=True):
        degrees = list(range(min(1, last - 1), last))
        plot.plot_diagram(count.diagram, holes=count, degrees=degrees, ax=ax)
        ax.set_title(f"{name}: {count.verdict.split(', at')[0]}", fontsize=11, color=SOFT)
    return fig


if __name__ == "__main__":
    main()
