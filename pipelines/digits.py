"""Read handwritten digits by their shape alone.

The 1,797 digits of scikit-learn, 8 x 8 pixels each. No pixel reaches the classifier. Each image
is flooded in many ways instead, as a landscape by rising water, and what is kept is how many
pieces and how many loops there are at each height of the water:
  grey value    from dark to bright and back,
  height        the ink from one side to the other, in 8 directions,
  radius        the ink outward from 9 centres.
So a 6 and a 9 both have one loop, but seen from above it comes early in a 9 and late in a 6.

Reports the accuracy of five-fold cross-validation, which digits are taken for which, and a map
of all digits by their topology.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from _common import INK, SOFT, figure, finish, options, table
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from tqdm import tqdm

from tda import BettiCurve, CubicalPersistence, PersistenceImage
from tda.datasets import load_digits_images

#: Pixels with at least so much ink belong to the digit: once the broad stroke, once its core.
INK_LEVELS = (0.3, 0.6)
N_DIRECTIONS = 8
CENTRES = [(row, column) for row in (-0.5, 0.0, 0.5) for column in (-0.5, 0.0, 0.5)]
#: Where there is no ink; the water never rises so high.
NO_INK = 2.0


def height(images, angle, ink_level):
    """The ink's height in one direction, from -1 to 1 (per shape: images (n, rows, columns))."""
    images = np.asarray(images)
    rows, columns = np.ix_(*(np.linspace(-1, 1, n) for n in images.shape[1:]))
    values = np.cos(angle) * columns + np.sin(angle) * rows
    return np.where(images >= ink_level, values / np.abs(values).max(), NO_INK)


def radius(images, centre, ink_level):
    """The ink's distance from a centre, from 0 to 1 (per shape: images (n, rows, columns))."""
    images = np.asarray(images)
    rows, columns = np.ix_(*(np.linspace(-1, 1, n) for n in images.shape[1:]))
    values = np.hypot(rows - centre[0], columns - centre[1])
    return np.where(images >= ink_level, values / values.max(), NO_INK)


def build_features(*, n_directions=N_DIRECTIONS, centres=CENTRES, n_bins=16, n_jobs=None):
    """Images in, topological numbers out. Nothing in here is learned from the images."""
    grey = PersistenceImage(
        resolution=8, bandwidth=0.1, birth_range=(0, 1), persistence_range=(0, 1)
    )
    steps = [
        (f"grey_{direction}", make_pipeline(CubicalPersistence(direction=direction), clone(grey)))
        for direction in ("sublevel", "superlevel")
    ]

    def curve(function, low, high):
        return make_pipeline(
            FunctionTransformer(function),
            CubicalPersistence(),
            BettiCurve(n_bins=n_bins, range=(low, high)),
        )

    for ink in INK_LEVELS:
        for k in range(n_directions):
            turn = partial(height, angle=2 * np.pi * k / n_directions, ink_level=ink)
            steps.append((f"height_{ink:g}_{360 * k / n_directions:g}", curve(turn, -1, 1)))
        for centre in centres:
            outward = partial(radius, centre=centre, ink_level=ink)
            name = f"radius_{ink:g}_{centre[0]:g}_{centre[1]:g}"
            steps.append((name, curve(outward, 0, 1)))
    return FeatureUnion(steps, n_jobs=n_jobs)


def build_classifier():
    return SVC(C=100)


def build_pipeline(**options):
    """The pipeline of the story: images in, digits out."""
    return make_pipeline(build_features(**options), build_classifier())


def main(argv=None):
    """Run the story and return its numbers."""
    parser = options("digits", __doc__)
    parser.add_argument("--quick", action="store_true", help="400 digits, 4 directions, no radius")
    parser.add_argument("--no-map", action="store_true", help="leave out the map (it takes UMAP)")
    args = parser.parse_args(argv)

    digits = load_digits_images()
    images, target = digits.images, digits.target
    features = build_features()
    if args.quick:
        images, target = images[:400], target[:400]
        features = build_features(n_directions=4, centres=[])
    print(f"Reading {len(images):,} handwritten digits by their shape alone.\n")

    columns = describe(features, images)
    print(
        f"{len(features.transformer_list)} ways to flood an image give {columns.shape[1]:,} "
        "numbers a digit,\nall of them about its pieces and loops.\n"
    )
    rivals = {
        "topology": columns,
        "two numbers: components, loops": betti_numbers(images),
        "the 64 pixels themselves": images.reshape(len(images), -1),
    }
    results = {name: cross_validate(X, target, args.seed) for name, X in rivals.items()}
    print("Right in five-fold cross-validation, with the same classifier:")
    print(
        table(
            ["what it sees", "numbers", "right", "spread over folds"],
            [
                [name, f"{X.shape[1]:,}", f"{score.mean():.1%}", f"± {score.std():.1%}"]
                for (name, X), (score, _) in zip(rivals.items(), results.values(), strict=True)
            ],
        )
    )
    _, predicted = results["topology"]
    confusion = confusion_matrix(target, predicted)
    worst = worst_pairs(confusion)
    print("\nMost often mistaken:")
    print(table(["digit", "read as", "times"], worst))

    scores = results["topology"][0]
    numbers = {
        "seed": args.seed,
        "n_digits": len(images),
        "n_features": columns.shape[1],
        "accuracy": scores.mean(),
        "accuracy_spread": scores.std(),
        "accuracy_by_fold": scores,
        "accuracy_of_others": {
            name: score.mean() for name, (score, _) in results.items() if name != "topology"
        },
        "confusion": confusion,
        "most_often_mistaken": worst,
    }
    figures = {
        "floods": draw_floods(images, target),
        "confusion": draw_confusion(confusion, scores),
        "misread": draw_misread(images, target, predicted),
    }
    if not args.no_map:
        print("\nDrawing the map (UMAP compiles for some ten seconds) ...")
        figures["map"] = draw_map(columns, target, args.seed)
    finish(args.out, numbers, figures)
    return numbers


def describe(features, images):
    """`features.fit_transform(images)`, with a progress bar."""
    steps = tqdm(features.transformer_list, desc="flooding", unit="way", leave=False)
    return np.hstack([clone(step).fit_transform(images) for _, step in steps])


def betti_numbers(images):
    """Components and loops of the ink, at one level."""
    diagrams = CubicalPersistence(direction="superlevel").transform(images)
    curve = BettiCurve(n_bins=1, range=(0.5, 1.0)).fit(diagrams)
    return curve.transform(diagrams)


def cross_validate(columns, target, seed):
    """Accuracy in each fold, and for every digit what it was read as when it was left out."""
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    predicted, scores = np.empty_like(target), []
    for train, test in folds.split(columns, target):
        model = build_classifier().fit(columns[train], target[train])
        predicted[test] = model.predict(columns[test])
        scores.append(np.mean(predicted[test] == target[test]))
    return np.array(scores), predicted


def worst_pairs(confusion, n=5):
    """The most frequent mistakes: digit, what it was read as, how often."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:n]
    return [
        [int(true), int(read), int(wrong[true, read])]
        for true, read in zip(*np.unravel_index(order, wrong.shape), strict=True)
        if wrong[true, read]
    ]


# -- pictures ------------------------------------------------------------------------------


def draw_floods(images, target):
    """A 6 and a 9: the flood from above, and the loops that it meets."""
    fig = figure(9, 4.6)
    fig.suptitle("Flooded from above, the loop of a 9 comes early and that of a 6 late", color=INK)
    grid = fig.subplots(2, 4, width_ratios=(1, 1, 1, 1.9))
    for line, digit in zip(grid, (6, 9), strict=True):
        values = height(images[target == digit], np.pi / 2, INK_LEVELS[0])
        diagrams = CubicalPersistence().transform(values)
        # The first one with exactly one loop that is there in the end.
        chosen = next(
            i for i, d in enumerate(diagrams) if (d.deaths[d.dims == 1] >= NO_INK).sum() == 1
        )
        for ax, water in zip(line[:3], (-0.2, 0.2, 1.0), strict=True):
            ax.imshow(images[target == digit][chosen], cmap="Greys", vmin=0, vmax=1.6)
            wet = np.ma.masked_where(values[chosen] > water, np.ones_like(values[chosen]))
            ax.imshow(wet, cmap="Blues", vmin=0, vmax=1.5, alpha=0.85)
            ax.axhline(3.5 + 3.5 * water, color="#0072B2", linewidth=1.2)
            ax.set_axis_off()
        from tda import plot

        ax = plot.plot_betti_curves(diagrams[chosen], ax=line[3])
        ax.set(xlim=(-1.1, 1.1), xticks=(-1, 0, 1), ylabel="", ylim=(0, 1.15), yticks=(0, 1))
        ax.set_xticklabels(["top", "middle", "bottom"])
        ax.set_xlabel("where the water stands" if digit == 9 else "")
        names = {"H0": "components", "H1": "loops"}
        handles, labels = ax.get_legend_handles_labels()
        ax.legend(handles, [names[name] for name in labels], loc="center", framealpha=0.9)
        if digit == 9:
            ax.get_legend().remove()
    return fig


def draw_confusion(confusion, scores):
    fig = figure(6.6, 6.2)
    ax = fig.subplots()
    share = confusion / confusion.sum(axis=1, keepdims=True)
    ax.imshow(np.sqrt(share), cmap="Blues", vmin=0, vmax=1)
    for (row, column), n in np.ndenumerate(confusion):
        if n:
            color = "white" if share[row, column] > 0.4 else INK
            ax.text(column, row, n, ha="center", va="center", color=color, fontsize=10)
    ax.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="digit")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(f"{scores.mean():.1%} of the digits read right, by shape alone", color=INK, pad=12)
    return fig


def draw_misread(images, target, predicted, n=18):
    wrong = np.flatnonzero(predicted != target)[:n]
    fig = figure(9, 5)
    fig.suptitle("Misread digits: what they are, and what they were taken for", color=INK)
    for ax in fig.subplots(3, 6).ravel():
        ax.set_axis_off()
    for ax, i in zip(fig.axes, wrong, strict=False):
        ax.imshow(images[i], cmap="Greys", vmin=0, vmax=1)
        ax.set_title(f"{target[i]} as {predicted[i]}", fontsize=11, color=SOFT)
    return fig


def draw_map(columns, target, seed):
    """All digits on a map where like topology lies side by side."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # UMAP tells that a seed means one thread
        from umap import UMAP

        # All directions equally wide, or the number of loops alone would part the map.
        n_directions = min(60, *columns.shape)
        evened = PCA(n_directions, whiten=True, random_state=seed).fit_transform(columns)
        mapper = UMAP(n_neighbors=30, min_dist=0.4, random_state=seed, n_jobs=1)
        places = mapper.fit_transform(evened)
    from matplotlib import colormaps
    from matplotlib.patheffects import withStroke
    from scipy.spatial import cKDTree

    fig = figure(8, 7.6)
    ax = fig.subplots()
    colors = colormaps["tab10"].colors
    reach = 0.05 * np.ptp(places, axis=0).max()
    for digit in range(10):
        own = places[target == digit]
        ax.scatter(*own.T, s=13, color=colors[digit], alpha=0.8, linewidth=0)
        # Its name stands where most of it lies.
        crowd = cKDTree(own).query_ball_point(own, reach, return_length=True)
        ax.text(
            *own[np.argmax(crowd)],
            digit,
            fontsize=24,
            weight="bold",
            color=colors[digit],
            ha="center",
            va="center",
            path_effects=[withStroke(linewidth=4, foreground="white")],
        )
    ax.set_axis_off()
    ax.set_aspect("equal")
    ax.set_title("Digits with like topology lie near one another", fontsize=15, color=INK)
    return fig


if __name__ == "__main__":
    main()
