"""Can a network be trained to keep the shape of its data, not only its pixels?

An autoencoder presses its input through a few numbers and gives it back. A loss of pixels lets it
fold and tear on the way. Here the lengths of the edges at which the components of each batch join
are part of the loss, so that the manifold of its outputs is molded to that of the data on purpose.

Two examples, each beside a plain autoencoder of the same size and starts, UMAP and t-SNE:
  a torus in R^20        Two angles, each with its overtone: loud enough that half a turn looks like
                         a whole one. Through four numbers (t-SNE: three).
  handwritten digits     8 x 8 pixels, through two numbers.

All are judged by one report: are neighbours kept, both ways, and are holes lost or made?
"""

from __future__ import annotations

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table, tell_time
from tqdm import tqdm

from tda import Embedding, embedding_report
from tda.datasets import load_digits_images
from tda.learning import TopologicalAutoencoder

AMBIENT = 20
OUTPUT = ", output"
NAMES = {
    "components": "topological autoencoder",
    None: "plain autoencoder",
    "umap": "UMAP",
    "tsne": "t-SNE",
}


def build_pipeline(*, n_components=2, topology="components", n_epochs=100, random_state=0):
    """The one step of the story: rows in, coordinates out."""
    return TopologicalAutoencoder(
        n_components=n_components,
        topology=topology,
        n_epochs=n_epochs,
        random_state=random_state,
    )


def parse(argv=None):
    parser = options("topological_autoencoder", __doc__)
    parser.add_argument("--quick", action="store_true", help="fewer points and epochs, no UMAP")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the coordinates and the reports."""
    start = clock()
    torus, angles = make_overtones(800 if args.quick else 1000, args.seed)
    images, labels = take_digits(400 if args.quick else 1000, args.seed)
    found = {
        "torus": compare(torus, 4, args),
        "digits": compare(images, 2, args),
    }
    return {
        "seed": args.seed,
        **{
            name: {
                method: report.to_dict() | ({"given_back": back} if back is not None else {})
                for method, (_, report, back) in methods.items()
            }
            for name, methods in found.items()
        },
        **seconds_since(start),
        "shown": {"found": found, "angles": angles, "labels": labels},
    }


def make_overtones(n_points, seed):
    """A torus in R^20 of two angles, each with its first overtone, and noise; and the angles."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, (n_points, 2))
    waves = np.column_stack([f(k * angles) for k in (1, 2) for f in (np.cos, np.sin)])
    turn, _ = np.linalg.qr(rng.normal(size=(AMBIENT, waves.shape[1])))
    return waves @ turn.T + rng.normal(0, 0.02, (n_points, AMBIENT)), angles


def take_digits(n_images, seed):
    """Some of the digits as rows of 64 pixels from 0 to 1, and which digits they are."""
    digits = load_digits_images()
    rows = digits.images.reshape(len(digits.images), -1)
    chosen = np.random.default_rng(seed).choice(len(rows), n_images, replace=False)
    return rows[chosen] / rows.max(), digits.target[chosen]


def compare(X, n_components, args):
    """Coordinates, report and share of the variance given back, by method; also of the outputs."""
    found = {}
    methods = ["components", None, "tsne"] if args.quick else list(NAMES)
    for method in tqdm(methods, desc="methods", leave=False):
        back = None
        if method in ("umap", "tsne"):
            most = 3 if method == "tsne" else n_components
            model = Embedding(
                method=method, n_components=min(n_components, most), random_state=args.seed
            )
            Z = model.fit_transform(X)
        else:
            model = build_pipeline(
                n_components=n_components,
                topology=method,
                random_state=args.seed,
            ).fit(X)
            Z = model.transform(X)
            made = model.inverse_transform(Z)
            back = 1 - ((made - X) ** 2).sum() / ((X - X.mean(axis=0)) ** 2).sum()
            found[f"{NAMES[method]}{OUTPUT}"] = made, embedding_report(X, made), back
        found[NAMES[method]] = Z, embedding_report(X, Z), back
    return found


# -- words ---------------------------------------------------------------------------------

HEADERS = ("method", "trusted", "continuous", "loops", "faithful", "given back")


def tell(numbers):
    found = numbers["shown"]["found"]
    for name, title in (
        ("torus", f"A torus in R^{AMBIENT} with overtones, two loops"),
        ("digits", "Handwritten digits, 64 pixels, through two numbers"),
    ):
        print(f"{title}:")
        print(table(HEADERS, [[method, *cells(*row)] for method, row in found[name].items()]))
        print()
    for name in found:
        for method, (_, report, _) in coordinates(found[name]).items():
            print(f"{name}, {method}: {report.verdict.split('. ')[0].rstrip('.')}.")
    tell_time(numbers)


def coordinates(methods):
    return {name: row for name, row in methods.items() if not name.endswith(OUTPUT)}


def cells(Z, report, back):
    low, high = report.betti_before[1]
    loops = f"{report.betti_after[1]} of {low if low == high else f'{low} to {high}'}"
    faithful = "yes" if report.is_faithful else "no"
    shares = (f"{v:.3f}" for v in (report.trustworthiness, report.continuity))
    return [*shares, loops, faithful, "" if back is None else f"{100 * back:.0f}%"]


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    figures = {
        "torus": draw_torus(coordinates(shown["found"]["torus"]), shown["angles"]),
        "digits": draw_digits(coordinates(shown["found"]["digits"]), shown["labels"]),
    }
    finish(out, numbers, figures)


def draw_torus(methods, angles):
    """The widest three directions of each, by the colour of one angle and then of the other."""
    fig = figure(3.1 * len(methods), 6.6)
    grid = fig.add_gridspec(2, len(methods))
    for j, (name, (Z, report, _)) in enumerate(methods.items()):
        centred = Z - Z.mean(axis=0)
        wide = centred @ np.linalg.svd(centred, full_matrices=False)[2][:3].T
        for i, angle in enumerate(angles.T):
            ax = fig.add_subplot(grid[i, j], projection="3d")
            ax.scatter(*wide.T, c=angle, cmap="hsv", s=5, linewidth=0)
            ax.set_box_aspect(np.ptp(wide, axis=0), zoom=1.15)
            ax.set_axis_off()
            if i == 0:
                ax.set_title(heading(name, report), fontsize=11, color=SOFT)
    fig.suptitle("A torus with overtones: the same points by the colour of either angle", color=INK)
    return fig


def draw_digits(methods, labels):
    fig = figure(3.3 * len(methods), 3.9)
    for ax, (name, (Z, report, _)) in zip(
        fig.subplots(1, len(methods), squeeze=False)[0], methods.items(), strict=True
    ):
        ax.scatter(*Z.T, c=labels, cmap="tab10", s=7, linewidth=0)
        for digit in range(10):
            middle = np.median(Z[labels == digit], axis=0)
            ax.text(*middle, str(digit), ha="center", va="center", fontsize=12, color=INK)
        ax.set_aspect("equal", adjustable="datalim")
        ax.set_axis_off()
        ax.set_title(heading(name, report), fontsize=11, color=SOFT)
    fig.suptitle("Digits through two numbers", color=INK)
    return fig


def heading(name, report):
    loops = report.betti_after[1]
    said = f"{loops} loop{'s' * (loops != 1)}, trusted {report.trustworthiness:.2f}"
    return f"{name}:\n{said}, {'faithful' if report.is_faithful else 'not faithful'}"


if __name__ == "__main__":
    main()
