"""Read handwritten digits by their shape alone.

The 1,797 digits of scikit-learn, 8 x 8 pixels each. No pixel reaches the classifier. Instead each
image is flooded in many ways, as a landscape by rising water. At each height of the water the
pieces and the loops are counted:
  grey value    from dark to bright and back;
and what is above each of three levels of ink, by
  height        from one side to the other, in 8 directions,
  radius        outward from 9 centres,
  density       from sparse to crowded and back, in balls of 3 sizes,
  distance      as it grows (dilation), shrinks (erosion), or both (signed distance).
A 6 and a 9, for example, both have one loop. Flooded from above, the loop comes early in a 9 and
late in a 6.

Reports the accuracy of five-fold cross-validation over several seeds, the accuracy of each kind of
flood alone, which digits are confused, and a map of all digits by their topology. Only the penalty
of a linear classifier is tuned, and it is chosen inside each training part.
"""

from __future__ import annotations

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table, tell_time
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeClassifierCV
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from tqdm import tqdm

from tda import (
    BettiCurve,
    CubicalPersistence,
    DensityFiltration,
    DilationFiltration,
    ErosionFiltration,
    HeightFiltration,
    ImageBinarizer,
    PersistenceImage,
    RadialFiltration,
    SignedDistanceFiltration,
)
from tda.datasets import load_digits_images

#: Pixels with more ink than that belong to the digit: a quarter, half, three quarters of all.
INK_LEVELS = (0.25, 0.5, 0.75)
N_DIRECTIONS = 8
CENTERS = [(row, column) for row in (0.25, 0.5, 0.75) for column in (0.25, 0.5, 0.75)]
RADII = (1, 2, 3)
#: How strongly the classifier's weights are held down; chosen in each training part.
PENALTIES = np.logspace(0, 5, 11)
#: The frame is 8 x 8 pixels: no height or radius is beyond, and no distance.
FARTHEST = 10.0
DEEPEST = 6.0


def floods(*, ink_levels=INK_LEVELS, n_directions=N_DIRECTIONS, centers=CENTERS, radii=RADII):
    """Name, filtration, range of its values, and direction of each way to flood binary images."""
    ways = []
    for k in range(n_directions):
        angle = 2 * np.pi * k / n_directions
        turned = HeightFiltration(direction=(np.sin(angle), np.cos(angle)))
        ways.append((f"height_{360 * k / n_directions:g}", turned, (0, FARTHEST), "sublevel"))
    for row, column in centers:
        outward = RadialFiltration(center=(row, column))
        ways.append((f"radius_{row:g}_{column:g}", outward, (0, FARTHEST), "sublevel"))
    for radius in radii:
        crowd = DensityFiltration(radius=radius)
        most = float(crowd.transform([np.ones((8, 8))])[0].max())
        for direction in ("sublevel", "superlevel"):
            ways.append((f"density_{radius}_{direction}", crowd, (0, most), direction))
    ways.append(("dilation", DilationFiltration(), (0, DEEPEST), "sublevel"))
    ways.append(("erosion", ErosionFiltration(), (0, DEEPEST), "sublevel"))
    ways.append(("signed_distance", SignedDistanceFiltration(), (-DEEPEST, DEEPEST), "sublevel"))
    return [(f"ink_{ink:g}", ImageBinarizer(threshold=ink), ways) for ink in ink_levels]


def build_features(*, n_bins=21, n_jobs=None, **options):
    """Images in, topological numbers out. Nothing in here is learned from the images."""
    grey = PersistenceImage(
        resolution=8, bandwidth=0.1, birth_range=(0, 1), persistence_range=(0, 1)
    )
    steps = [
        (f"grey_{direction}", make_pipeline(CubicalPersistence(direction=direction), clone(grey)))
        for direction in ("sublevel", "superlevel")
    ]
    for level, binarizer, ways in floods(**options):
        for name, filtration, values, direction in ways:
            flood = make_pipeline(
                clone(binarizer),
                filtration,
                CubicalPersistence(direction=direction),
                BettiCurve(n_bins=n_bins, range=values),
            )
            steps.append((f"{name}_{level}", flood))
    return FeatureUnion(steps, n_jobs=n_jobs)


def build_classifier():
    """Linear, with a penalty chosen by leaving out each digit that it is trained with in turn."""
    return make_pipeline(StandardScaler(), RidgeClassifierCV(PENALTIES))


def build_pipeline(**options):
    """The pipeline of the story: images in, digits out."""
    return make_pipeline(build_features(**options), build_classifier())


def parse(argv=None):
    parser = options("digits", __doc__)
    parser.add_argument(
        "--quick", action="store_true", help="400 digits, one level, 4 directions, one seed"
    )
    parser.add_argument("--no-map", action="store_true", help="leave out the map (it needs UMAP)")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the images and what they were read as."""
    start = clock()
    digits = load_digits_images()
    images, target = digits.images, digits.target
    features, n_seeds = build_features(), 3
    if args.quick:
        images, target = images[:400], target[:400]
        features, n_seeds = build_features(ink_levels=(0.5,), n_directions=4, centers=[]), 1
    ways = describe(features, images)
    columns = np.hstack(list(ways.values()))
    pixels = images.reshape(len(images), -1)
    rivals = {
        "topology": (columns, build_classifier),
        "two numbers: components, loops": (betti_numbers(images), build_classifier),
        "the 64 pixels": (pixels, build_classifier),
        "the 64 pixels, curved borders": (pixels, lambda: make_pipeline(SVC(C=10))),
    }
    seeds = range(args.seed, args.seed + n_seeds)
    results = {}
    for name, (X, build) in rivals.items():
        runs = [cross_validate(X, target, s, build) for s in tqdm(seeds, desc=name, leave=False)]
        results[name] = np.array([scores for scores, _, _ in runs])
        if name == "topology":
            predicted, chosen = runs[0][1], [choice for run in runs for choice in run[2]]
    alone = {name: one_kind(ways, name, target, args.seed) for name in KINDS if any_of(ways, name)}
    confusion = confusion_matrix(target, predicted)
    scores = results["topology"]
    return {
        "seed": args.seed,
        "n_seeds": n_seeds,
        "n_digits": len(images),
        "n_features": columns.shape[1],
        "accuracy": scores.mean(),
        "accuracy_spread": scores.mean(axis=1).std(),
        "accuracy_by_seed_and_fold": scores,
        "accuracy_of_others": {
            name: score.mean() for name, score in results.items() if name != "topology"
        },
        "accuracy_of_one_kind": {name: right for name, (_, right) in alone.items()},
        "penalty_by_fold": chosen,
        "confusion": confusion,
        "most_often_mistaken": worst_pairs(confusion),
        **seconds_since(start),
        "shown": {
            "n_ways": len(ways),
            "results": {name: (rivals[name][0].shape[1], s) for name, s in results.items()},
            "alone": alone,
            "images": images,
            "target": target,
            "predicted": predicted,
            "map": None if args.no_map else make_map(columns, args.seed),
        },
    }


def describe(features, images):
    """The columns of each way to flood the images, with a progress bar."""
    steps = tqdm(features.transformer_list, desc="flooding", unit="way", leave=False)
    return {name: clone(step).fit_transform(images) for name, step in steps}


def betti_numbers(images):
    """Components and loops of the ink, at one level."""
    diagrams = CubicalPersistence(direction="superlevel").transform(images)
    curve = BettiCurve(n_bins=1, range=(0.5, 1.0)).fit(diagrams)
    return curve.transform(diagrams)


KINDS = ("grey", "height", "radius", "density", "dilation", "erosion", "signed_distance")


def any_of(ways, kind):
    """The columns of all floods of one kind."""
    return [columns for name, columns in ways.items() if name.startswith(kind)]


def one_kind(ways, kind, target, seed):
    """How many columns one kind of flood has, and the accuracy with it alone."""
    columns = np.hstack(any_of(ways, kind))
    scores, _, _ = cross_validate(columns, target, seed)
    return columns.shape[1], scores.mean()


def cross_validate(columns, target, seed, build=build_classifier):
    """Accuracy in each fold, what each digit was read as when left out, and what was chosen.

    The penalty is chosen inside the four folds that the classifier is trained with; the fifth
    is looked at once.
    """
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    predicted, scores, chosen = np.empty_like(target), [], []
    for train, test in folds.split(columns, target):
        model = build().fit(columns[train], target[train])
        predicted[test] = model.predict(columns[test])
        scores.append(np.mean(predicted[test] == target[test]))
        chosen.append(getattr(model[-1], "alpha_", None))
    return np.array(scores), predicted, chosen


def worst_pairs(confusion, n=5):
    """The most frequent mistakes: digit, what it was read as, how often."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:n]
    return [
        [int(true), int(read), int(wrong[true, read])]
        for true, read in zip(*np.unravel_index(order, wrong.shape), strict=True)
        if wrong[true, read]
    ]


def make_map(columns, seed):
    """Places in the plane, such that digits of like topology lie side by side."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # UMAP warns that a seed means one thread
        from umap import UMAP

        # All directions equally wide, or the number of loops alone would split the map.
        n_directions = min(60, *columns.shape)
        evened = PCA(n_directions, whiten=True, random_state=seed).fit_transform(columns)
        mapper = UMAP(n_neighbors=30, min_dist=0.4, random_state=seed, n_jobs=1)
        return mapper.fit_transform(evened)


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    print(f"Reading {numbers['n_digits']:,} handwritten digits by their shape alone.\n")
    print(
        f"{shown['n_ways']} ways to flood an image give {numbers['n_features']:,} numbers a "
        "digit,\n"
        "all of them about its pieces and loops.\n"
    )
    print(
        f"Accuracy in five-fold cross-validation, {numbers['n_seeds']} time(s), the penalty chosen "
        "inside:"
    )
    print(
        table(
            ["what it sees", "numbers", "accuracy", "over seeds", "over folds"],
            [
                [
                    name,
                    f"{n:,}",
                    f"{score.mean():.1%}",
                    f"± {score.mean(axis=1).std():.1%}",
                    f"± {score.std():.1%}",
                ]
                for name, (n, score) in shown["results"].items()
            ],
        )
    )
    print("\nBy one kind of flood alone, one seed:")
    print(
        table(
            ["flood", "numbers", "accuracy"],
            [[name, f"{n:,}", f"{right:.1%}"] for name, (n, right) in shown["alone"].items()],
        )
    )
    print("\nMost frequent mistakes:")
    print(table(["digit", "read as", "times"], numbers["most_often_mistaken"]))
    tell_time(numbers)


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    images, target = shown["images"], shown["target"]
    figures = {
        "floods": draw_floods(images, target),
        "filtrations": draw_filtrations(images[np.flatnonzero(target == 6)[0]]),
        "confusion": draw_confusion(numbers["confusion"]),
        "misread": draw_misread(images, target, shown["predicted"]),
    }
    if shown["map"] is not None:
        figures["map"] = draw_map(shown["map"], target)
    finish(out, numbers, figures)


def draw_floods(images, target):
    """A 6 and a 9: the flood from above, and the loops that it goes around."""
    fig = figure(9, 4.6)
    fig.suptitle("Flooded from above, the loop of a 9 comes early and that of a 6 late", color=INK)
    grid = fig.subplots(2, 4, width_ratios=(1, 1, 1, 1.9))
    for line, digit in zip(grid, (6, 9), strict=True):
        down = make_pipeline(ImageBinarizer(threshold=INK_LEVELS[0]), HeightFiltration())
        values = down.transform(images[target == digit])
        diagrams = CubicalPersistence().transform(values)
        # The first one with exactly one loop that is there in the end.
        chosen = next(i for i, d in enumerate(diagrams) if (d[1][:, 1] == values.max()).sum() == 1)
        for ax, water in zip(line[:3], (3, 4, 7), strict=True):
            ax.imshow(images[target == digit][chosen], cmap="Greys", vmin=0, vmax=1.6)
            wet = np.ma.masked_where(values[chosen] > water, np.ones_like(values[chosen]))
            ax.imshow(wet, cmap="Blues", vmin=0, vmax=1.5, alpha=0.85)
            ax.axhline(water, color="#0072B2", linewidth=1.2)
            ax.set_axis_off()
        from tda import plot

        ax = plot.plot_betti_curves(diagrams[chosen], ax=line[3])
        ax.set(xlim=(-0.3, 7.3), xticks=(0, 3.5, 7), ylabel="", ylim=(0, 1.15), yticks=(0, 1))
        ax.set_xticklabels(["top", "middle", "bottom"])
        ax.set_xlabel("where the water stands" if digit == 9 else "")
        handles, labels = ax.get_legend_handles_labels()
        ax.legend(handles, [s.partition(", ")[2] for s in labels], loc="center", framealpha=0.9)
        if digit == 9:
            ax.get_legend().remove()
    return fig


def draw_filtrations(image):
    """One digit, and when each of its pixels is flooded."""
    binary = ImageBinarizer(threshold=INK_LEVELS[1]).transform([image])
    ways = {
        "height, from above": HeightFiltration(),
        "height, from the left": HeightFiltration(direction=(0, 1)),
        "radius, from the middle": RadialFiltration(),
        "density in balls of radius 2": DensityFiltration(radius=2),
        "dilation": DilationFiltration(),
        "erosion": ErosionFiltration(),
        "signed distance": SignedDistanceFiltration(),
    }
    fig = figure(10, 5.6)
    fig.suptitle("One digit, flooded in many ways: dark blue first, yellow last", color=INK)
    axes = fig.subplots(2, 4).ravel()
    axes[0].imshow(image, cmap="Greys", vmin=0, vmax=1)
    axes[0].set_title("ink", fontsize=11, color=SOFT)
    for ax, (name, filtration) in zip(axes[1:], ways.items(), strict=True):
        (values,) = filtration.transform(binary)
        ax.imshow(values, cmap="cividis")
        for (row, column), value in np.ndenumerate(values):
            shade = "white" if value < (values.min() + values.max()) / 2 else "black"
            ax.text(column, row, f"{value:.2g}", ha="center", va="center", size=6, color=shade)
        ax.set_title(name, fontsize=11, color=SOFT)
    for ax in axes:
        ax.set_axis_off()
    return fig


def draw_confusion(confusion):
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
    right = np.trace(confusion) / confusion.sum()
    ax.set_title(f"Accuracy {right:.1%}, by shape alone", color=INK, pad=12)
    return fig


def draw_misread(images, target, predicted, n=18):
    wrong = np.flatnonzero(predicted != target)[:n]
    fig = figure(9, 5)
    fig.suptitle("Misread digits: what they are, and what they were read as", color=INK)
    for ax in fig.subplots(3, 6).ravel():
        ax.set_axis_off()
    for ax, i in zip(fig.axes, wrong, strict=False):
        ax.imshow(images[i], cmap="Greys", vmin=0, vmax=1)
        ax.set_title(f"{target[i]} as {predicted[i]}", fontsize=11, color=SOFT)
    return fig


def draw_map(places, target):
    """All digits at their places, with the name of each digit."""
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
        # The name of a digit stands where most of its points are.
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
