"""The curse of dimensionality, measured, and what lifts it.

In a space of many dimensions all points are far from one another, and about equally far. Volume
leaves the middle for the corners, the nearest point is hardly nearer than the farthest, a few
points (hubs) are neighbours of everybody, and a classifier that asks neighbours learns little.

All that holds for coordinates that are independent. This story lets the number of coordinates
grow from 2 to 500 for cubes and Gaussians, and beside them for a curved sheet of three dimensions
that bends through all of the coordinates: nothing happens to the sheet. What counts is how many
dimensions the data has, not its space.

Then real data: digits of 64 pixels and faces of 625, each against independent noise of the same
size, and their hubs. At last, what an inductive bias buys where labels are few: a classifier
by nearest neighbours in all coordinates, in an embedding, along the data, and by the angle around
its loop if it has one, side by side. Not every assumption pays, and the p-values say which.
"""

from __future__ import annotations

import time

import numpy as np
from _common import INK, SOFT, figure, finish, options, table
from matplotlib.ticker import FixedLocator, NullLocator
from scipy.spatial.distance import pdist, squareform
from scipy.special import gammaln, ndtr
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from tqdm import tqdm

from tda import Embedding, concentration_report
from tda.datasets import load_digits_images, load_faces, make_circle, make_swiss_roll
from tda.dimension import TwoNN, hubness, relative_contrast
from tda.embedding import inductive_bias_report

DIMENSIONS = (2, 3, 5, 10, 20, 50, 100, 200, 500)
SHEET_DIMENSION = 3
N_VOTERS = 5
#: As in the paper on hubs.
N_OCCURRENCES = 10
SHEET = "curved sheet"
KINDS = {"cube": "#D55E00", "Gaussian": "#E69F00", SHEET: "#0072B2"}


def build_pipeline(*, method="pca", n_neighbors=15, random_state=0):
    """Neighbours in as few coordinates as the data has dimensions: points in, classes out."""
    embedding = Embedding(method=method, n_neighbors=n_neighbors, random_state=random_state)
    return make_pipeline(embedding, KNeighborsClassifier(N_VOTERS))


def main(argv=None):
    """Run the story and return its numbers."""
    parser = options("curse", __doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="400 points, four numbers of coordinates, and the first of three sets of labels",
    )
    args = parser.parse_args(argv)
    start = time.perf_counter(), time.process_time()
    n_points, dimensions = 1000, DIMENSIONS
    if args.quick:
        n_points, dimensions = 400, (2, 10, 50, 500)

    print("Where is the volume of a cube?")
    volumes = {d: share_of_ball(d) for d in (1, 2, 3, 5, 10, 20, 50)}
    print(
        table(
            ["dimensions", "in the ball that fits", "within 1% of a side"],
            [[d, f"{share:.2g}", f"{1 - 0.98**d:.2g}"] for d, share in volumes.items()],
        )
    )

    rows = [
        measure(kind, d, n_points, args.seed)
        for kind in tqdm(KINDS, leave=False)
        for d in dimensions
        if kind != SHEET or d > 2 * SHEET_DIMENSION
    ]
    print(f"\n{n_points:,} points; the class is the half of the first dimension:")
    print(
        table(
            ["cloud", "coordinates", "intrinsic", "contrast", "hubness", "accuracy"],
            [
                [
                    row["kind"],
                    row["coordinates"],
                    f"{row['intrinsic_dimension']:.1f}",
                    f"{row['contrast']:.3g}",
                    f"{row['hubness']:.2f}",
                    f"{row['accuracy']:.1%}",
                ]
                for row in rows
            ],
        )
    )
    print(
        "\nContrast: how much farther the farthest point is than the nearest. Hubness: skewness\n"
        f"of how often a point is among the {N_OCCURRENCES} nearest of others. Accuracy: the vote "
        f"of {N_VOTERS} neighbours,\ncross-validated; no point is ever in doubt, and a coin gets "
        "50%."
    )

    digits, faces = load_digits_images(), load_faces()
    pixels = digits.images.reshape(len(digits.images), -1)
    clouds = {"digits": pixels, "faces": faces.images[faces.is_face].reshape(100, -1)}
    n_simulations = 19 if args.quick else 39
    reports = {
        name: concentration_report(
            cloud,
            n_simulations=n_simulations,
            max_points=n_points,
            random_state=args.seed,
        )
        for name, cloud in clouds.items()
    }
    for name, report in reports.items():
        print(f"\nReal {name}. {report}")

    occurrences = count_occurrences(pixels)
    noise = np.random.default_rng(args.seed).normal(size=pixels.shape)
    of_noise = count_occurrences(noise)
    hubs = np.argsort(-occurrences, kind="stable")
    print(
        f"\nOf {len(pixels):,} digits the most popular is among the {N_OCCURRENCES} nearest of "
        f"{occurrences.max()} others, {np.mean(occurrences == 0):.1%} of none;\nof noise "
        f"{of_noise.max()} and {np.mean(of_noise == 0):.1%}."
    )

    biases = {}
    for name, task in tasks(args.quick, args.seed).items():
        biases[name] = inductive_bias_report(**task, random_state=args.seed)
        print(f"\n{name}. {biases[name]}")
    wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    print(f"\nTook {wall:.0f} s, {cpu:.0f} s of them CPU.")

    numbers = {
        "seed": args.seed,
        "n_points": n_points,
        "share_of_cube_in_its_ball": volumes,
        "by_dimension": rows,
        "real": {name: summary(report) for name, report in reports.items()},
        "hubs": {
            "digits": {"most": occurrences.max(), "never": np.mean(occurrences == 0)},
            "noise": {"most": of_noise.max(), "never": np.mean(of_noise == 0)},
        },
        "inductive_bias": {name: report.to_dict() for name, report in biases.items()},
        "seconds": wall,
        "cpu_seconds": cpu,
    }
    figures = {
        "curse": draw_curse(rows),
        "hubs": draw_hubs(digits.images, occurrences, of_noise, hubs),
        "bias": draw_bias(biases),
    }
    finish(args.out, numbers, figures)
    return numbers


# -- data of every dimension ---------------------------------------------------------------


def share_of_ball(d):
    """The share of a cube's volume that lies in the largest ball inside."""
    return float(np.exp(d / 2 * np.log(np.pi) - gammaln(d / 2 + 1) - d * np.log(2)))


def draw(kind, d, n_points, rng):
    """Points in d coordinates, and what the class depends on, even between 0 and 1."""
    if kind == "cube":
        points = rng.random((n_points, d))
        return points, points[:, 0]
    if kind == "Gaussian":
        points = rng.normal(size=(n_points, d))
        return points, ndtr(points[:, 0])
    # Each coordinate is a wave over the sheet, of its own direction and phase. More than twice as
    # many coordinates as the sheet has dimensions leave it without crossings (Whitney).
    places = rng.random((n_points, SHEET_DIMENSION))
    directions = rng.normal(0, 1.5, (SHEET_DIMENSION, d))
    phases = rng.uniform(0, 2 * np.pi, d)
    return np.cos(places @ directions + phases), places[:, 0]


def measure(kind, d, n_points, seed):
    """Contrast, hubness, dimension and accuracy of one cloud."""
    rng = np.random.default_rng([seed, d])
    points, first = draw(kind, d, n_points, rng)
    distances = squareform(pdist(points))
    others = distances[~np.eye(n_points, dtype=bool)].reshape(n_points, -1)
    nearest = NearestNeighbors(n_neighbors=N_OCCURRENCES).fit(points).kneighbors()[1]
    accuracy = cross_val_score(KNeighborsClassifier(N_VOTERS), points, first > 0.5, cv=5).mean()
    return {
        "kind": kind,
        "coordinates": d,
        "intrinsic_dimension": TwoNN().fit(points).dimension_,
        "contrast": relative_contrast(others),
        "hubness": hubness(nearest),
        "accuracy": accuracy,
    }


def count_occurrences(points):
    """How often each point is among the nearest of others."""
    nearest = NearestNeighbors(n_neighbors=N_OCCURRENCES).fit(points).kneighbors()[1]
    return np.bincount(nearest.ravel(), minlength=len(points))


def summary(report):
    """A report of concentration in plain numbers."""
    names = ("contrast", "hubness", "effective_dimension", "intrinsic_dimension")
    measures = {name: getattr(report, name)._asdict() for name in names}
    return {"verdict": report.verdict, "n_points": report.n_used} | measures


def tasks(quick, seed):
    """What is to be told apart, with few labels: the options of `inductive_bias_report`."""
    rng = np.random.default_rng(seed)
    n = 400
    circle = make_circle(n, noise=0.08, ambient_dimension=50, random_state=seed)
    clean = make_circle(n, random_state=seed).points  # the same points, as noise is drawn later
    angle = np.arctan2(clean[:, 1], clean[:, 0])
    arcs = {
        "X": circle.points,
        "y": np.floor(8 * (angle / (2 * np.pi) % 1)).astype(int),
        "n_components": 2,
        "n_labels": 24,
        "n_voters": 1,
    }
    if quick:
        return {"Eighths of a circle under noise": arcs}
    roll = make_swiss_roll(1000, noise=0.3, ambient_dimension=20, random_state=seed)
    clean = make_swiss_roll(1000, random_state=seed).points
    along = np.hypot(clean[:, 0], clean[:, 2])
    stripes = {
        "X": roll.points,
        "y": np.digitize(along, np.quantile(along, np.arange(1, 8) / 8)),
        "n_labels": 40,
        "n_voters": 1,
        "n_neighbors": 10,
    }
    digits = load_digits_images()
    some = rng.choice(len(digits.images), 1000, replace=False)
    real = {
        "X": digits.images[some].reshape(len(some), -1),
        "y": digits.target[some],
        "n_labels": 50,
        "n_voters": 1,
    }
    return {
        "Eighths of a circle under noise": arcs,
        "Stripes of a swiss roll under noise": stripes,
        "Digits": real,
    }


# -- pictures ------------------------------------------------------------------------------


def draw_curse(rows):
    """Contrast, hubness and accuracy by the number of coordinates, for each kind of data."""
    fig = figure(12.6, 4.4)
    fig.suptitle("The curse follows the dimension of the data, not that of its space", color=INK)
    axes = fig.subplots(1, 3)
    parts = {
        "contrast": "contrast: farthest over nearest, less 1",
        "hubness": "hubness: skewness of neighbours",
        "accuracy": f"accuracy of {N_VOTERS} neighbours",
    }
    for ax, (name, title) in zip(axes, parts.items(), strict=True):
        for kind, color in KINDS.items():
            own = [row for row in rows if row["kind"] == kind]
            counts = [row["coordinates"] for row in own]
            label = f"{kind}, {SHEET_DIMENSION} dimensions" if kind == SHEET else kind
            ax.plot(counts, [row[name] for row in own], "o-", color=color, ms=5, label=label)
        ax.set(xscale="log", xlabel="coordinates")
        ax.xaxis.set_major_locator(FixedLocator([2, 5, 10, 20, 50, 100, 200, 500]))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter("{x:g}")
        ax.set_title(title, fontsize=11, color=SOFT)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_yscale("log")
    axes[0].yaxis.set_major_formatter("{x:g}")
    axes[2].set_ylim(0.45, 1.02)
    axes[2].yaxis.set_major_formatter("{x:.0%}")
    axes[2].axhline(0.5, color="#B9C0C6", linewidth=0.9, zorder=0)
    axes[2].text(2, 0.505, "a coin", color=SOFT, fontsize=9)
    axes[0].legend(frameon=False, loc="lower left")
    return fig


def draw_hubs(images, occurrences, of_noise, hubs, n=8):
    """How often points are neighbours of others, and the most and least popular digits."""
    fig = figure(12, 4.6)
    left, right = fig.add_gridspec(1, 2, width_ratios=(1, 1.25))
    ax = fig.add_subplot(left)
    edges = np.arange(0, max(occurrences.max(), of_noise.max()) + 3, 2) - 0.5
    ax.hist(of_noise, edges, color="#E69F00", alpha=0.55, label="noise of 64 coordinates")
    ax.hist(occurrences, edges, histtype="step", color="#0072B2", lw=1.6, label="digits")
    ax.set(yscale="log", xlabel="is the neighbour of so many others", ylabel="points")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title("Noise has hubs; digits have few", color=INK)
    grid = right.subgridspec(2, 1)
    rows = {"of the most others": hubs, "of the fewest": hubs[::-1]}
    for cell, (words, chosen) in zip(grid, rows.items(), strict=True):
        ax = fig.add_subplot(cell)
        strip = np.hstack([np.pad(images[i], ((0, 0), (1, 1))) for i in chosen[:n]])
        ax.imshow(strip, cmap="Greys", vmin=0, vmax=1)
        for place, i in enumerate(chosen[:n]):
            ax.text(10 * place + 4.5, 9.2, occurrences[i], ha="center", va="center", color=SOFT)
        ax.set_axis_off()
        ax.set_title(f"Digits that are neighbours {words}", fontsize=11, color=INK)
    return fig


def draw_bias(biases):
    """Accuracy of each kind of neighbours, task by task."""
    fig = figure(1.5 + 3.7 * len(biases), 4.4)
    if len(biases) > 1:
        fig.suptitle("What an assumption about the data buys a classifier", color=INK)
    axes = fig.subplots(1, len(biases), squeeze=False)[0]
    for ax, (name, report) in zip(axes, biases.items(), strict=True):
        rows = report.rows[::-1]
        places = np.arange(len(rows))
        colors = ["#8A9299" if row.name == "ambient" else "#0072B2" for row in rows]
        ax.barh(places, [row.mean for row in rows], color=colors, height=0.66)
        for place, row in zip(places, rows, strict=True):
            ax.plot(row.scores, np.full(len(row.scores), place), ".", color=INK, ms=4)
            ax.text(0.02, place, f"{row.mean:.0%}", va="center", color="white", weight="bold")
        ax.axvline(report.chance, color=SOFT, linewidth=0.9, linestyle=":", zorder=0)
        ax.set(yticks=places, xlim=(0, 1))
        ax.set_yticklabels([NAMES.get(row.name, row.name) for row in rows])
        ax.xaxis.set_major_formatter("{x:.0%}")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_xlabel("right; dots: folds; dotted: the most frequent class")
        words = f"{report.n_labels} labels, {report.n_features} coordinates"
        ax.set_title(f"{name}\n{words}", fontsize=11, color=SOFT)
    return fig


NAMES = {
    "ambient": "all coordinates",
    "pca": "PCA",
    "isomap": "Isomap",
    "geodesic": "along the data",
    "loops": "angle of the loop",
}


if __name__ == "__main__":
    main()
