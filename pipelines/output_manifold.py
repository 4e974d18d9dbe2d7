"""Does a network learn the shape of its data, or does only its loss fall?

An autoencoder presses its input through a bottleneck and has to give it back. Its output lies on a
manifold that the bottleneck limits: one number makes a curve, two make a sheet. The loss, a mean
over points, falls in any case. So every few epochs the persistence diagrams and the dimension of
the output are compared with those of the data:
  both fall              the network learns the shape of its data;
  only the loss falls    an early warning, with the epoch at which it could first be seen.

Two examples, each with bottlenecks of several widths:
  a torus in R^20        Its shape is known: one piece, two loops, one void. Through one number it
                         becomes a curve, through two a tube pressed flat, through three a torus.
  handwritten digits     8 x 8 pixels. The loss and the topology are those of digits that are not in
                         the training set.

Distances are bottleneck distances of diagrams: 0 is the data itself, 1 a single point. The distance
between two samples of the data is given for comparison.
"""

from __future__ import annotations

from textwrap import fill

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table, tell_time
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from tqdm import tqdm

from tda import TrainingObserver, count_holes
from tda.datasets import load_digits_images, make_torus
from tda.networks import observe_fit

AMBIENT = 20
TORUS_WIDTHS = (1, 2, 3)
DIGIT_WIDTHS = (2, 8, 16, 32)
COLORS = {"loss": "#5B6770", 0: "#0072B2", 1: "#D55E00"}
CURVES = {
    "loss": "loss, as a share of the first",
    0: "diagrams of pieces (H0), distance",
    1: "diagrams of loops (H1), distance",
}


def build_pipeline(*, width=32, n_hidden=128, learning_rate=3e-3, random_state=0):
    """An autoencoder as a pipeline: rows in, about the same rows out."""
    return make_pipeline(
        MLPRegressor(
            hidden_layer_sizes=(n_hidden, width, n_hidden),
            activation="tanh",
            alpha=0,
            learning_rate_init=learning_rate,
            batch_size=100,
            random_state=random_state,
        )
    )


def parse(argv=None):
    parser = options("output_manifold", __doc__)
    parser.add_argument("--quick", action="store_true", help="fewer points, epochs and widths")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the histories and the outputs."""
    start = clock()
    torus, turn = make_high_torus(500 if args.quick else 1000, args.seed)
    widths = TORUS_WIDTHS[::2] if args.quick else TORUS_WIDTHS
    seen, made, counts = {}, {}, {"the torus": count_holes(torus @ turn)}
    for width in tqdm(widths, desc="torus", leave=False):
        seen[width], output = observe_torus(
            torus, width, n_epochs=50 if args.quick else 100, seed=args.seed
        )
        made[width] = output @ turn  # back to the three coordinates that the torus is in
        counts[width] = count_holes(made[width])
    images, held_out, _, labels = split_digits(args.seed)
    widths = DIGIT_WIDTHS[1::2] if args.quick else DIGIT_WIDTHS
    histories, given = {}, {}
    for width in tqdm(widths, desc="digits", leave=False):
        histories[width], given[width] = observe_digits(
            images, held_out, width, n_epochs=40 if args.quick else 100, seed=args.seed
        )
    return {
        "seed": args.seed,
        "torus": {
            "n_points": len(torus),
            "ambient_dimension": AMBIENT,
            "betti": list(counts["the torus"].betti),
            "widths": {
                w: history.to_dict() | {"betti": list(counts[w].betti)}
                for w, history in seen.items()
            },
        },
        "digits": {
            "n_trained": len(images),
            "n_looked_at": len(held_out),
            "widths": {w: history.to_dict() for w, history in histories.items()},
        },
        **seconds_since(start),
        "shown": {
            "torus": torus @ turn,
            "made": made,
            "seen": seen,
            "counts": counts,
            "held_out": held_out,
            "labels": labels,
            "given": given,
            "histories": histories,
        },
    }


def make_high_torus(n_points, seed):
    """A torus turned into R^20, and the frame of three columns that it lies in."""
    points = make_torus(n_points, random_state=seed).points
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(rng.normal(size=(AMBIENT, points.shape[1])))
    return points @ turn.T, turn


def observe_torus(torus, width, *, n_epochs, seed):
    """Train on the torus, looking every five epochs; the history and the last output."""
    network = build_pipeline(width=width, n_hidden=64, learning_rate=5e-3, random_state=seed)[-1]
    history = observe_fit(network, torus, torus, n_epochs=n_epochs, random_state=seed)
    return history, network.predict(torus)


def split_digits(seed, n_held_out=600):
    """Digits to train with and others to test with, as rows of 64 pixels; and their labels."""
    digits = load_digits_images()
    rows = digits.images.reshape(len(digits.images), -1)
    rows = rows / rows.max()
    return train_test_split(
        rows, digits.target, test_size=n_held_out, stratify=digits.target, random_state=seed
    )


def observe_digits(images, held_out, width, *, n_epochs, seed):
    """Train on some digits and measure on others, in a training loop that is written out."""
    network = build_pipeline(width=width, random_state=seed)[-1]
    observer = TrainingObserver(held_out, random_state=seed)
    for epoch in range(1, n_epochs + 1):
        network.partial_fit(images, images)
        loss = np.mean((network.predict(held_out) - held_out) ** 2) / 2
        observer.record(network, held_out, loss, epoch=epoch)
    return observer.history, network.predict(held_out)


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    seen, counts, histories = shown["seen"], shown["counts"], shown["histories"]
    print(f"A torus in R^{AMBIENT}, {len(shown['torus']):,} points, through bottlenecks:")
    print(
        table(
            [*HEADERS, "pieces, loops, voids"],
            [["(the torus)", *target_cells(seen), words(counts["the torus"].betti)]]
            + [[w, *cells(history), words(counts[w].betti)] for w, history in seen.items()],
        )
    )
    tell_verdicts(seen)
    print(
        f"\nDigits, {numbers['digits']['n_trained']:,} to train with and "
        f"{numbers['digits']['n_looked_at']:,} others to test with, through bottlenecks:"
    )
    print(
        table(
            HEADERS,
            [["(the digits)", *target_cells(histories)]]
            + [[w, *cells(history)] for w, history in histories.items()],
        )
    )
    tell_verdicts(histories)
    tell_time(numbers)


HEADERS = ("width", "loss", "pieces off", "loops off", "dimension", "warned at")


def cells(history):
    warned = min((stall.epoch for stall in history.stalls), default="-")
    off = (f"{value:.2f}" for value in history.distances[-1])
    return [f"{history.losses[-1]:.2g}", *off, f"{history.dimensions[-1]:.1f}", warned]


def target_cells(histories):
    """The same for the data; its distances are those between two samples of it."""
    history = next(iter(histories.values()))
    off = (f"{value:.2f}" for value in history.floor)
    return ["", *off, f"{history.target_dimension:.1f}", ""]


def words(betti):
    return ", ".join(map(str, betti))


def tell_verdicts(histories):
    """What each history says."""
    print()
    for width, history in histories.items():
        print(
            fill(f"{width}. {history.verdict}", 92, initial_indent="  ", subsequent_indent="     ")
        )


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    figures = {
        "torus": draw_torus(shown["torus"], shown["made"], shown["seen"], shown["counts"]),
        "digits": draw_digits(
            shown["held_out"], shown["labels"], shown["given"], shown["histories"]
        ),
    }
    finish(out, numbers, figures)


def draw_curves(ax, history, top):
    """Loss and distances on one axis: all of them begin near 1."""
    curves = {"loss": history.losses / history.losses[0]}
    curves |= dict(zip(history.degrees, history.distances.T, strict=True))
    for key, curve in curves.items():
        ax.plot(history.epochs, curve, **line(key))
    for degree, floor in zip(history.degrees, history.floor, strict=True):
        ax.axhline(floor, color=COLORS[degree], lw=1, ls=":", zorder=1)
    for stall in history.stalls:
        at = np.interp(stall.epoch, history.epochs, curves[stall.degree])
        size = 14 - 5 * stall.degree  # they may lie on one another
        ax.plot(stall.epoch, at, "X", ms=size, mec="white", color=COLORS[stall.degree], zorder=4)
    ax.set(ylim=(0, 1.12 * top), xlabel="epoch")
    ax.spines[["top", "right"]].set_visible(False)


def line(key):
    """Pieces with a broad line below, loops with a narrow one, since both may stay at 1."""
    style = {"color": COLORS[key], "lw": 3.4 if key == 0 else 1.7}
    return style | {"ls": "--" if key == "loss" else "-", "zorder": 2 if key == 0 else 3}


def highest(histories):
    """The upper end of the curves of all of these, for one frame."""
    return max(1.0, *(history.distances.max() for history in histories.values()))


def draw_legend(ax):
    """What the lines of all curves mean, in a place of its own."""
    for key, name in CURVES.items():
        ax.plot([], [], label=name, **line(key))
    ax.plot([], [], color=INK, lw=1, ls=":", label="two samples of the data")
    ax.plot([], [], "X", ms=9, ls="", color=INK, label="early warning")
    ax.set_axis_off()
    ax.legend(
        frameon=False, loc="center left", fontsize=10, title="curves, by epoch", alignment="left"
    )


def draw_torus(torus, made, histories, counts):
    """The torus and what came out of each bottleneck; below, the curves of the training."""
    fig = figure(3.4 * (1 + len(made)), 6.9)
    fig.get_layout_engine().set(h_pad=0.1)  # inches between the title and those below
    grid = fig.add_gridspec(2, 1 + len(made), height_ratios=(1.15, 1))
    hue = np.arctan2(torus[:, 1], torus[:, 0])
    clouds = {"the torus": torus} | made
    for i, (name, cloud) in enumerate(clouds.items()):
        ax = fig.add_subplot(grid[0, i], projection="3d")
        ax.scatter(*cloud.T, c=hue, cmap="hsv", s=6, linewidth=0)
        for axis, column in zip("xyz", torus.T, strict=True):
            getattr(ax, f"set_{axis}lim")(column.min(), column.max())  # one frame for all
        ax.set_box_aspect(np.ptp(torus, axis=0), zoom=1.2)
        ax.view_init(elev=42, azim=-60)
        ax.set_axis_off()
        title = name if isinstance(name, str) else f"through {number(name)}"
        pieces = ("piece", "loop", "void")
        betti = counts[name].betti
        said = ", ".join(plural(n, noun) for n, noun in zip(betti, pieces, strict=False) if n)
        ax.set_title(f"{title}:\n{said}", fontsize=11, color=SOFT, y=0.94)
    for i, history in enumerate(histories.values(), 1):
        ax = fig.add_subplot(grid[1, i])
        draw_curves(ax, history, highest(histories))
    ax = fig.add_subplot(grid[1, 0])
    draw_legend(ax)
    fig.suptitle(
        f"A torus in R^{AMBIENT}: every loss falls, and three numbers carry the torus",
        color=INK,
    )
    return fig


def draw_digits(held_out, labels, given, histories):
    """Digits that no network was trained with, their output from each, and its curves."""
    lines = [[np.flatnonzero(labels == d)[k] for d in range(10)] for k in range(2)]
    rows = {"the digits": held_out} | given
    fig = figure(12, 1.75 * len(rows) + 0.9)
    fig.get_layout_engine().set(h_pad=0.1)  # inches between the title and those below
    grid = fig.add_gridspec(len(rows), 2, width_ratios=(1.7, 1))
    for i, (name, pixels) in enumerate(rows.items()):
        ax = fig.add_subplot(grid[i, 0])
        ax.imshow(np.vstack([strip(pixels[line]) for line in lines]), cmap="gray_r", vmin=0, vmax=1)
        ax.set_axis_off()
        if isinstance(name, str):
            said = (
                f"digits that were kept out, {next(iter(histories.values())).target_dimension:.1f}"
            )
            ax.set_title(f"{said} dimensions", fontsize=11, color=SOFT, loc="left")
            continue
        history = histories[name]
        said = f"through {number(name)}: {history.dimensions[-1]:.1f} dimensions"
        said += ", warned" if history.is_warned else ""
        ax.set_title(said, fontsize=11, color=SOFT, loc="left")
        curves = fig.add_subplot(grid[i, 1])
        draw_curves(curves, history, highest(histories))
        if i < len(rows) - 1:
            curves.set_xlabel("")
    draw_legend(fig.add_subplot(grid[0, 1]))
    fig.suptitle("The output of a bottleneck: does it have the topology of digits?", color=INK)
    return fig


def strip(rows):
    """Images of 8 x 8 pixels side by side, with room between."""
    return np.hstack([np.pad(row.reshape(8, 8), 1, constant_values=np.nan) for row in rows])


def number(n):
    return f"{n} number" if n == 1 else f"{n} numbers"


def plural(n, noun):
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


if __name__ == "__main__":
    main()
