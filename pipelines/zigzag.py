"""A ring that opens: at which step does its loop go?

New points are drawn at every step, from a ring whose gap grows. Nothing says which point of one
step is which of the next. Two neighbouring steps are compared through their union: their loops
are one loop if they are the same there. So each loop has a bar, from the step at which it comes
to the step at which it is gone.

The check: a ring that stays closed, and a disk, with as many points and steps.
"""

from __future__ import annotations

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

from tda import zigzag_diagram

NOISE = 0.08
BLUE, ORANGE = "#0072B2", "#D55E00"
WIDEST = 1.6  # the gap of the last step, in radians


def parse(argv=None):
    parser = options("zigzag", __doc__)
    parser.add_argument("--steps", type=int, default=20, help="default: %(default)s")
    parser.add_argument(
        "--points", type=int, default=300, help="of each step; default: %(default)s"
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def ring(n_points, gap, rng):
    angles = rng.uniform(gap / 2, 2 * np.pi - gap / 2, n_points)
    points = np.column_stack([np.cos(angles), np.sin(angles)])
    return points + rng.normal(0, NOISE, points.shape)


def disk(n_points, rng):
    angles, radii = rng.uniform(0, 2 * np.pi, n_points), np.sqrt(rng.uniform(size=n_points))
    return radii[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])


def sequences(n_steps, n_points, seed):
    """The sequences of clouds by name, and the gaps of the first."""
    rng = np.random.default_rng(seed)
    gaps = np.linspace(0, WIDEST, n_steps)
    return {
        "opens": [ring(n_points, gap, rng) for gap in gaps],
        "stays": [ring(n_points, 0.0, rng) for _ in gaps],
        "disk": [disk(n_points, rng) for _ in gaps],
    }, gaps


def compute(args):
    start = clock()
    clouds, gaps = sequences(args.steps, args.points, args.seed)
    diagrams = {name: zigzag_diagram(seq) for name, seq in steps(clouds.items(), "sequences")}
    time = seconds_since(start)
    found = {}
    for name, diagram in diagrams.items():
        births, deaths = diagram[1].T
        ends = np.minimum(deaths, args.steps - 0.5)  # what lives at the last step
        longest = np.argmax(ends - births) if len(births) else None
        lengths = np.sort(ends - births)[::-1]
        found[name] = {
            "n_loops": len(births),
            "longest": None if longest is None else [births[longest], ends[longest]],
            "second": lengths[1] if len(lengths) > 1 else 0.0,
            "scale": diagram.threshold,
        }
    gone = min(int(np.ceil(found["opens"]["longest"][1])), args.steps - 1)
    return {
        "seed": args.seed,
        "n_steps": args.steps,
        "n_points": args.points,
        "loops": found,
        "gap_when_gone": 2 * np.sin(gaps[gone] / 2),  # its width, of a ring of radius 1
        **time,
        "shown": {"clouds": clouds, "diagrams": diagrams},
    }


# -- telling and drawing -------------------------------------------------------------------


def tell(numbers):
    words = {"opens": "a ring that opens", "stays": "a ring that stays", "disk": "a disk"}
    rows = []
    for name, found in numbers["loops"].items():
        longest = found["longest"] or [0.0, 0.0]
        rows.append(
            [words[name], f"{found['scale']:.2f}", found["n_loops"],
             f"{longest[0]:g} to {longest[1]:g}", f"{found['second']:g}"]
        )  # fmt: skip
    print(f"{numbers['n_steps']} steps of {numbers['n_points']} new points each\n")
    print(table(["sequence", "scale", "loops", "longest, in steps", "next, steps long"], rows))
    meaning(
        "Scale: points at most so far apart are joined. Loops: bars of degree 1. Longest: from "
        "which step to which it lives. Next: how long the second one lives."
    )
    opens = numbers["loops"]["opens"]
    print(
        f"\nThe loop of the ring that opens is gone at step {opens['longest'][1]:g}. The gap was "
        f"then {numbers['gap_when_gone']:.2f} wide; points are joined up to {opens['scale']:.2f}."
    )
    tell_time(numbers)


def draw(numbers, out):
    shown = numbers["shown"]
    n_steps = numbers["n_steps"]
    fig = figure(10, 5.2)
    grid = fig.add_gridspec(2, 12, height_ratios=[1.4, 1])
    at = np.linspace(0, n_steps - 1, 4).astype(int)
    for k, step in enumerate(at):
        ax = fig.add_subplot(grid[0, 3 * k : 3 * k + 3])
        ax.plot(*shown["clouds"]["opens"][step].T, ".", color=INK, markersize=2)
        ax.set(aspect="equal", xticks=[], yticks=[], xlim=(-1.4, 1.4), ylim=(-1.4, 1.4))
        ax.set_title(f"step {step}", fontsize=10, color=INK)
        ax.spines[:].set_color(SOFT)
    titles = {"opens": "the ring that opens", "stays": "a ring that stays", "disk": "a disk"}
    for k, (name, title) in enumerate(titles.items()):
        ax = fig.add_subplot(grid[1, 4 * k : 4 * k + 4])
        births, deaths = shown["diagrams"][name][1].T
        ends = np.minimum(deaths, n_steps - 0.5)
        order = np.argsort(births - ends)[:10]
        for row, i in enumerate(order):
            ax.plot(
                [births[i], ends[i]], [row, row],
                color=ORANGE if row == 0 else BLUE, linewidth=4, solid_capstyle="butt",
            )  # fmt: skip
        ax.set(xlim=(-0.5, n_steps), ylim=(9.7, -0.7), yticks=[], xlabel="step", xticks=at)
        ax.set_title(f"loops of {title}", fontsize=10, color=INK)
        ax.spines[["top", "right", "left"]].set_visible(False)
    finish(out, numbers, {"zigzag": fig})


if __name__ == "__main__":
    main()
