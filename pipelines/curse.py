"""The curse of dimensionality, measured, and what helps against it.

In a space of many dimensions all points are far from one another, and about equally far. Most of
the volume is in the corners. The nearest point is hardly nearer than the farthest. A few points
(hubs) are neighbours of very many others. A classifier that asks neighbours learns little.

All that holds where the coordinates are independent. In this story the number of coordinates grows
from 2 to 500, for cubes and Gaussians, and for a curved sheet of three dimensions that bends
through all coordinates. For the sheet nothing gets worse. What counts is the dimension of the data,
not that of its space.

Then real data: digits of 64 pixels and faces of 625, each against independent noise of the same
size, and their hubs. Last, what an inductive bias gains where labels are few. Classifiers by
nearest neighbours are compared: in all coordinates, in an embedding, along the data, and by the
angle around a loop where the data has one. Not every assumption helps, and the p-values show which
ones do.

An architecture is an assumption too. Networks of infinite width are kernels, so that nothing but
the architecture differs: all pixels at once, convolutions, and convolutions whose mean over the
image is taken. They learn digits from 10 to 160 labels, and are asked for other digits, also for
ones that are moved by a pixel. Last, some of the labels are wrong: what weight decay is worth.
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
    table,
    tell_time,
)
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
from tda.networks import convolutional_tangent_kernel, kernel_ridge, neural_tangent_kernel

DIMENSIONS = (2, 3, 5, 10, 20, 50, 100, 200, 500)
SHEET_DIMENSION = 3
N_VOTERS = 5
#: As in the paper on hubs.
N_OCCURRENCES = 10
SHEET = "curved sheet"
#: Of the comparison of architectures: labels given, and the share of wrong ones.
N_LABELS = (10, 20, 40, 80, 160)
WRONG = 0.2
DENSE, PLAIN, MEAN = "dense", "convolutions, all pixels", "convolutions, mean of pixels"
ARCHITECTURES = {DENSE: "#D55E00", PLAIN: "#0072B2", MEAN: "#009E73"}
KINDS = {"cube": "#D55E00", "Gaussian": "#E69F00", SHEET: "#0072B2"}


def build_pipeline(*, method="pca", n_neighbors=15, random_state=0):
    """Neighbours in as few coordinates as the data has dimensions: points in, classes out."""
    embedding = Embedding(method=method, n_neighbors=n_neighbors, random_state=random_state)
    return make_pipeline(embedding, KNeighborsClassifier(N_VOTERS))


def parse(argv=None):
    parser = options("curse", __doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="400 points, four numbers of coordinates, the first of three sets of labels, and at "
        "most 40 labels of digits",
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the reports and the counts of neighbours."""
    start = clock()
    n_points, dimensions = 1000, DIMENSIONS
    if args.quick:
        n_points, dimensions = 400, (2, 10, 50, 500)
    rows = [
        measure(kind, d, n_points, args.seed)
        for kind in tqdm(KINDS, leave=False)
        for d in dimensions
        if kind != SHEET or d > 2 * SHEET_DIMENSION
    ]
    digits, faces = load_digits_images(), load_faces()
    pixels = digits.images.reshape(len(digits.images), -1)
    clouds = {"digits": pixels, "faces": faces.images[faces.is_face].reshape(100, -1)}
    reports = {
        name: concentration_report(
            cloud,
            n_simulations=19 if args.quick else 39,
            max_points=n_points,
            random_state=args.seed,
        )
        for name, cloud in clouds.items()
    }
    occurrences = count_occurrences(pixels)
    noise = np.random.default_rng(args.seed).normal(size=pixels.shape)
    of_noise = count_occurrences(noise)
    biases = {
        name: inductive_bias_report(**task, random_state=args.seed)
        for name, task in tasks(args.quick, args.seed).items()
    }
    n_labels = tuple(n for n in N_LABELS if not args.quick or n <= 40)
    architectures = compare_architectures(digits, n_labels, 50 if args.quick else 150, args.seed)
    return {
        "seed": args.seed,
        "n_points": n_points,
        "share_of_cube_in_its_ball": {d: share_of_ball(d) for d in (1, 2, 3, 5, 10, 20, 50)},
        "by_dimension": rows,
        "real": {name: summary(report) for name, report in reports.items()},
        "hubs": {
            "digits": {"most": occurrences.max(), "never": np.mean(occurrences == 0)},
            "noise": {"most": of_noise.max(), "never": np.mean(of_noise == 0)},
        },
        "inductive_bias": {name: report.to_dict() for name, report in biases.items()},
        "architectures": architectures,
        **seconds_since(start),
        "shown": {
            "reports": reports,
            "images": digits.images,
            "occurrences": occurrences,
            "of_noise": of_noise,
            "biases": biases,
        },
    }


# -- data of every dimension ---------------------------------------------------------------


def share_of_ball(d):
    """The share of a cube's volume that lies in the largest ball inside."""
    return float(np.exp(d / 2 * np.log(np.pi) - gammaln(d / 2 + 1) - d * np.log(2)))


def sample(kind, d, n_points, rng):
    """Points in d coordinates, and what the class depends on, uniform between 0 and 1."""
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
    points, first = sample(kind, d, n_points, rng)
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
    """How often each point is among the nearest of the others."""
    nearest = NearestNeighbors(n_neighbors=N_OCCURRENCES).fit(points).kneighbors()[1]
    return np.bincount(nearest.ravel(), minlength=len(points))


def summary(report):
    """A report of concentration in plain numbers."""
    names = ("contrast", "hubness", "effective_dimension", "intrinsic_dimension")
    measures = {name: getattr(report, name)._asdict() for name in names}
    return {"verdict": report.verdict, "n_points": report.n_used} | measures


def tasks(quick, seed):
    """The tasks with few labels, as options of `inductive_bias_report`."""
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


# -- architectures -------------------------------------------------------------------------


def compare_architectures(digits, n_labels, n_test, seed, n_draws=8):
    """Accuracy of wide networks by architecture, number of labels, and weight decay."""
    rng = np.random.default_rng([seed, 1])
    some = rng.choice(len(digits.images), n_labels[-1] + n_test, replace=False)
    images, y = digits.images[some], digits.target[some]
    images = (images - images.mean()) / images.std()
    pool, test = images[: n_labels[-1]], images[n_labels[-1] :]
    blank = images.min()
    moved = np.stack(
        [move(image, *rng.permutation([0, rng.choice([-1, 1])]), blank) for image in test]
    )
    kernels = {name: kernel_of(name, pool, [pool, test, moved]) for name in ARCHITECTURES}
    labels, truth = y[: len(pool)], y[len(pool) :]
    draws = [rng.permutation(len(pool)) for _ in range(n_draws)]
    noisy = [
        np.where(rng.random(len(pool)) < WRONG, rng.integers(10, size=len(pool)), labels)
        for _ in draws
    ]
    rows = []
    for n in n_labels:
        for name, (among, to_test, to_moved) in kernels.items():
            scores = {"as they are": [], "moved": [], "wrong labels": [], "no decay": []}
            for order, wrong in zip(draws, noisy, strict=True):
                rows_in = order[:n]
                K = among[np.ix_(rows_in, rows_in)]
                for kind, given, there, ridge in (
                    ("as they are", labels, to_test, "auto"),
                    ("moved", labels, to_moved, "auto"),
                    ("wrong labels", wrong, to_test, "auto"),
                    ("no decay", wrong, to_test, 0.0),
                ):
                    found = answer(K, given[rows_in], there[:, rows_in], ridge)
                    scores[kind].append(np.mean(found == truth))
            rows += [
                {
                    "architecture": name,
                    "labels": n,
                    "task": kind,
                    "accuracy": np.mean(values),
                    "standard_error": np.std(values, ddof=1) / np.sqrt(n_draws),
                }
                for kind, values in scores.items()
            ]
    return {"n_test": n_test, "n_draws": n_draws, "wrong": WRONG, "rows": rows}


def move(image, down, right, blank):
    """The image moved by whole pixels; what comes in is blank."""
    out = np.full_like(image, blank)
    h, w = image.shape
    out[max(down, 0) : h + min(down, 0), max(right, 0) : w + min(right, 0)] = image[
        max(-down, 0) : h + min(-down, 0), max(-right, 0) : w + min(-right, 0)
    ]
    return out


def kernel_of(name, pool, others):
    """Tangent kernels of two hidden layers between the pool and others."""
    how = {"n_hidden_layers": 2, "bias_variance": 0.1}
    if name == DENSE:
        flat = pool.reshape(len(pool), -1)
        return [neural_tangent_kernel(X.reshape(len(X), -1), flat, **how) for X in others]
    how["pooling"] = "average" if name == MEAN else "none"
    return [
        convolutional_tangent_kernel(pool, **how)
        if X is pool
        else convolutional_tangent_kernel(X, pool, **how)
        for X in others
    ]


def answer(K, labels, to_others, ridge):
    """Classes that ridge regression with a kernel gives to others."""
    classes = np.unique(labels)
    fit = kernel_ridge(K, np.where(labels[:, None] == classes, 1.0, -1.0), ridge=ridge)
    return classes[(to_others @ fit.coefficients + fit.intercept).argmax(axis=1)]


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    print("Where is the volume of a cube?")
    print(
        table(
            ["dimensions", "in the ball that fits", "within 1% of a side"],
            [
                [d, f"{share:.2g}", f"{1 - 0.98**d:.2g}"]
                for d, share in numbers["share_of_cube_in_its_ball"].items()
            ],
        )
    )
    meaning("Shares of the cube's volume: in the largest ball inside it, and next to its sides.")
    tell_dimensions(numbers["by_dimension"], numbers["n_points"])
    for name, report in shown["reports"].items():
        print(f"\nReal {name}. {report}")
    of_digits, of_noise = numbers["hubs"]["digits"], numbers["hubs"]["noise"]
    print(
        f"\nHow often one of {len(shown['images']):,} points is among the {N_OCCURRENCES} nearest "
        f"of the others: at most\n{of_digits['most']} times for digits, {of_noise['most']} for "
        f"noise. Never: {of_digits['never']:.1%} of the digits, {of_noise['never']:.1%} of noise."
    )
    for name, report in shown["biases"].items():
        print(f"\n{name}. {report}")
    tell_architectures(numbers["architectures"])
    tell_time(numbers)


def tell_architectures(found):
    print(
        f"\nWide networks learn digits. {found['n_test']} others, the mean of {found['n_draws']} "
        "draws of the labels:"
    )
    by = {(row["architecture"], row["labels"], row["task"]): row for row in found["rows"]}
    counts = sorted({row["labels"] for row in found["rows"]})
    titles = {
        "as they are": "as they are",
        "moved": "moved by a pixel",
        "wrong labels": f"{found['wrong']:.0%} of labels wrong",
        "no decay": "the same without weight decay",
    }
    print(
        table(
            ["architecture", "digits", *(f"{n} labels" for n in counts)],
            [
                [name, title, *(f"{by[name, n, task]['accuracy']:.0%}" for n in counts)]
                for task, title in titles.items()
                for name in ARCHITECTURES
            ],
        )
    )
    widest = max(row["standard_error"] for row in found["rows"])
    meaning(
        f"Shares of right answers; guessing gives 10%. Standard errors over the draws are at most "
        f"{widest:.1%}."
    )


def tell_dimensions(rows, n_points):
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
        f"of how often a point is among the {N_OCCURRENCES} nearest of the others. Accuracy: the "
        f"vote of {N_VOTERS} neighbours,\ncross-validated. The classes do not overlap; guessing "
        "gives 50%."
    )


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    figures = {
        "curse": draw_curse(numbers["by_dimension"]),
        "hubs": draw_hubs(shown["images"], shown["occurrences"], shown["of_noise"]),
        "bias": draw_bias(shown["biases"]),
        "architectures": draw_architectures(numbers["architectures"]),
    }
    finish(out, numbers, figures)


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
    axes[2].text(2, 0.505, "guessing", color=SOFT, fontsize=9)
    axes[0].legend(frameon=False, loc="lower left")
    return fig


def draw_hubs(images, occurrences, of_noise, n=8):
    """How often points are neighbours of others, and the digits with most and fewest."""
    hubs = np.argsort(-occurrences, kind="stable")
    fig = figure(12, 4.6)
    left, right = fig.add_gridspec(1, 2, width_ratios=(1, 1.25))
    ax = fig.add_subplot(left)
    edges = np.arange(0, max(occurrences.max(), of_noise.max()) + 3, 2) - 0.5
    ax.hist(of_noise, edges, color="#E69F00", alpha=0.55, label="noise of 64 coordinates")
    ax.hist(occurrences, edges, histtype="step", color="#0072B2", lw=1.6, label="digits")
    ax.set(yscale="log", xlabel="number of points whose neighbour it is", ylabel="points")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title("Noise has hubs; digits have few", color=INK)
    grid = right.subgridspec(2, 1)
    rows = {"of most others": hubs, "of fewest others": hubs[::-1]}
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
        fig.suptitle("What a classifier gains by an assumption about the data", color=INK)
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
        ax.set_xlabel("accuracy; dots: folds; dotted: most frequent class")
        words = f"{report.n_labels} labels, {report.n_features} coordinates"
        ax.set_title(f"{name}\n{words}", fontsize=11, color=SOFT)
    return fig


def draw_architectures(found):
    """Accuracy by the number of labels: digits as they are, moved, and with wrong labels."""
    fig = figure(13, 4.6)
    fig.suptitle(
        "An architecture is an assumption: a mean over the image knows digits that moved", color=INK
    )
    panels = {
        "as they are": "digits as they are",
        "moved": "digits moved by a pixel",
        "wrong labels": f"{found['wrong']:.0%} of the labels wrong",
    }
    axes = fig.subplots(1, 3, sharey=True)
    for ax, (task, title) in zip(axes, panels.items(), strict=True):
        for name, color in ARCHITECTURES.items():
            own = [r for r in found["rows"] if (r["architecture"], r["task"]) == (name, task)]
            draw_line(ax, own, color, "o-", name)
            if task == "wrong labels":
                bare = [
                    r for r in found["rows"] if (r["architecture"], r["task"]) == (name, "no decay")
                ]
                draw_line(ax, bare, color, "s:", None)
        counts = sorted({row["labels"] for row in found["rows"]})
        ax.set(xscale="log", xlabel="labels", ylim=(0, 1))
        ax.xaxis.set_major_locator(FixedLocator(counts))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_major_formatter("{x:.0%}")
        ax.axhline(0.1, color="#B9C0C6", linewidth=0.9, zorder=0)
        ax.set_title(title, fontsize=11, color=SOFT)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("accuracy")
    axes[0].text(counts[0], 0.11, "guessing", color=SOFT, fontsize=9)
    axes[0].legend(frameon=False, loc="lower right")
    decay = axes[2].plot([], [], "o-", color=SOFT, label="weight decay chosen on left-out rows")
    decay += axes[2].plot([], [], "s:", color=SOFT, label="none")
    axes[2].legend(handles=decay, frameon=False, loc="lower right")
    return fig


def draw_line(ax, rows, color, style, label):
    ax.errorbar(
        [row["labels"] for row in rows],
        [row["accuracy"] for row in rows],
        [row["standard_error"] for row in rows],
        fmt=style,
        color=color,
        ms=5,
        lw=1.6,
        label=label,
    )


NAMES = {
    "ambient": "all coordinates",
    "pca": "PCA",
    "isomap": "Isomap",
    "geodesic": "along the data",
    "loops": "angle of the loop",
}


if __name__ == "__main__":
    main()
