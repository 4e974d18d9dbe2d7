"""Tell shapes apart by their topology, also when they are turned, noisy or broken.

Four meshes of real things and six shapes of formulas, a few hundred points each. Some differ in
their holes: a sphere has a void, a doughnut has two loops more. Others have the same holes, and
only their sizes differ: a mug, a nut, a doughnut and a thin ring. The classifier sees neither
coordinates nor distances. It sees the persistence of components, loops and voids in the alpha
complex, as images and landscapes, after every cloud is scaled to one size.

It learns from clean shapes, all upright, or from shapes with some noise. It is tested on new
samples that are turned, scaled, noisy, thinned or have a piece missing. Two rivals are compared:
  coordinates   how many points lie in each cell of a grid: perfect while nothing is turned;
  distances     the histogram of the distances of all pairs of points (Osada, Funkhouser, Chazelle,
                Dobkin, "Shape distributions", 2002), which no rotation changes either.

Distances are better than topology under noise and thinning. They are worse under stretching, which
keeps every hole and no distance. One thing topology cannot see at all is shown too: left from
right.
"""

from __future__ import annotations

import warnings
from functools import cache
from tempfile import TemporaryDirectory

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table, tell_time
from scipy.spatial.distance import pdist
from scipy.spatial.transform import Rotation
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from tqdm import tqdm

from tda import AlphaPersistence, PersistenceImage, PersistenceLandscape
from tda.datasets import (
    load_mesh,
    make_double_torus,
    make_figure_eight,
    make_linked_circles,
    make_sphere,
    make_torus,
    make_trefoil_knot,
    sample_mesh,
)

MESHES = ("bunny", "doughnut", "mug", "nut")
FORMULAS = {
    "sphere": make_sphere,
    "thin ring": lambda n, random_state: make_torus(n, tube_radius=0.2, random_state=random_state),
    "double torus": make_double_torus,
    "linked circles": make_linked_circles,
    "trefoil knot": make_trefoil_knot,
    "figure eight": lambda n, random_state: lift(make_figure_eight(n, random_state=random_state)),
}
CLASSES = (*MESHES, *FORMULAS)
#: Components, loops and voids, as they are known.
BETTI = {
    "bunny": (1, 0, 1),
    "doughnut": (1, 2, 1),
    "mug": (1, 2, 1),
    "nut": (1, 2, 1),
    "sphere": (1, 0, 1),
    "thin ring": (1, 2, 1),
    "double torus": (1, 4, 1),
    "linked circles": (2, 2, 0),
    "trefoil knot": (1, 1, 0),
    "figure eight": (1, 2, 0),
}
#: Lengths are in mean distances between two points of the shape.
NOISE_LEVELS = (0.02, 0.05, 0.1, 0.15)
#: The second classifier learns with noise from none to this.
NOISE_IN_TRAINING = 0.1
TOPOLOGY, TOPOLOGY_NOISY = "topology", "topology + noise"
COORDINATES = "coordinates"
DISTANCES, DISTANCES_NOISY = "distances", "distances + noise"


# -- shapes, and what is done to them ------------------------------------------------------


def sample(name, n_points, rng):
    """Points of one shape: clean, upright and of one size."""
    if name in MESHES:
        return to_unit_size(sample_mesh(mesh_of(name), n_points, random_state=rng).points)
    return to_unit_size(np.asarray(FORMULAS[name](n_points, random_state=rng)))


mesh_of = cache(load_mesh)


def lift(flat):
    """A cloud of the plane, put into space."""
    return np.pad(np.asarray(flat), ((0, 0), (0, 1)))


def to_unit_size(points):
    """Scaled so that two points are 1 apart on average; no rotation changes that."""
    return points / pdist(points).mean()


def turn(points, rng):
    """Turned at random, all rotations equally likely."""
    return Rotation.from_quat(rng.normal(size=4)).apply(points)


def blur(points, rng, noise):
    return points + rng.normal(0, noise, points.shape)


def thin(points, rng, share):
    return points[rng.choice(len(points), round(share * len(points)), replace=False)]


def break_off(points, rng, share):
    """The cloud without the points nearest to a random one of them."""
    centre = points[rng.integers(len(points))]
    order = np.argsort(np.linalg.norm(points - centre, axis=1))
    return points[order[round(share * len(points)) :]]


def stretch(points, rng, factor):
    """Longer along a random axis, which no rotation can do."""
    axis = rng.normal(size=3)
    axis /= np.linalg.norm(axis)
    return points + (factor - 1) * np.outer(points @ axis, axis)


def conditions(noise_levels=NOISE_LEVELS):
    """Name and change of each test; in all but the first the shapes are turned."""
    tests = {
        "as in training": lambda points, rng: points,
        "turned": turn,
        "any size": lambda points, rng: rng.uniform(0.5, 2) * turn(points, rng),
    }
    for noise in noise_levels:
        tests[f"noise {noise:g}"] = lambda p, rng, noise=noise: turn(blur(p, rng, noise), rng)
    for share in (0.5, 0.25):
        tests[f"{share:.0%} of points"] = lambda p, rng, s=share: turn(thin(p, rng, s), rng)
    for share in (0.1, 0.2):
        tests[f"{share:.0%} broken off"] = lambda p, rng, s=share: turn(break_off(p, rng, s), rng)
    tests["stretched by 1.5"] = lambda points, rng: turn(stretch(points, rng, 1.5), rng)
    tests["all at once"] = spoil
    return tests


def spoil(points, rng):
    """Noise of 0.05, a tenth broken off, three in four points left, any size, turned."""
    points = thin(break_off(blur(points, rng, 0.05), rng, 0.1), rng, 0.75)
    return rng.uniform(0.5, 2) * turn(points, rng)


def make_set(n_each, n_points, change, rng, classes=CLASSES):
    """Clouds, and the number of each one's class."""
    clouds = [change(sample(name, n_points, rng), rng) for name in classes for _ in range(n_each)]
    return clouds, np.repeat(np.arange(len(classes)), n_each)


def some_noise(points, rng):
    return blur(points, rng, rng.uniform(0, NOISE_IN_TRAINING))


# -- classifiers ---------------------------------------------------------------------------


def resize(clouds):
    return [to_unit_size(cloud) for cloud in clouds]


def build_classifier(seed=0):
    return RandomForestClassifier(150, random_state=seed)


def build_pipeline(*, seed=0, memory=None):
    """The pipeline of the story: clouds in, classes out."""
    features = FeatureUnion(
        [
            ("image", PersistenceImage(resolution=10)),
            ("landscape", PersistenceLandscape(n_layers=4, n_bins=40)),
        ]
    )
    steps = [
        ("size", FunctionTransformer(resize)),
        ("homology", AlphaPersistence(max_dimension=2)),
        ("features", features),
        ("classifier", build_classifier(seed)),
    ]
    return Pipeline(steps, memory=memory)


def occupancy(clouds, n_cells=6):
    """The share of the points in each cell of a grid, the cloud's mean in its middle."""
    edges = np.linspace(-1.5, 1.5, n_cells + 1)
    grids = [np.histogramdd(c - c.mean(axis=0), [edges] * 3)[0] / len(c) for c in resize(clouds)]
    return np.reshape(grids, (len(clouds), -1))


def distance_histogram(clouds, n_bins=40):
    """The distribution of the distances of all pairs of points."""
    return np.array(
        [np.histogram(pdist(c), n_bins, range=(0, 3), density=True)[0] for c in resize(clouds)]
    )


def build_rival(function, seed=0):
    return make_pipeline(FunctionTransformer(function), build_classifier(seed))


def parse(argv=None):
    parser = options("shapes", __doc__)
    parser.add_argument("--quick", action="store_true", help="one seed, few and small clouds")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the accuracies of each seed."""
    start = clock()
    n_seeds, n_points, n_train, n_test = (1, 200, 5, 2) if args.quick else (3, 400, 20, 8)
    tests = conditions()
    runs, guesses = [], []
    for seed in range(args.seed, args.seed + n_seeds):
        accuracy, guessed = one_run(seed, n_points, n_train, n_test, tests)
        runs.append(accuracy)
        guesses.append(guessed)
    by_seed = {w: {t: np.array([run[w][t] for run in runs]) for t in tests} for w in runs[0]}
    mirror = left_from_right(args.seed, n_points, 2 * n_train, n_seeds)
    search = choose(args.seed, n_points, n_train, args.quick)
    truth = np.tile(np.repeat(np.arange(len(CLASSES)), n_test), n_seeds)
    confusion = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(confusion, (truth, np.concatenate(guesses)), 1)
    return {
        "seed": args.seed,
        "n_seeds": n_seeds,
        "n_points": n_points,
        "n_train": n_train,
        "n_test": n_test,
        "classes": CLASSES,
        "accuracy": {w: {t: a.mean() for t, a in by.items()} for w, by in by_seed.items()},
        "spread": {w: {t: a.std() for t, a in by.items()} for w, by in by_seed.items()},
        "left_from_right": {w: a.mean() for w, a in mirror.items()},
        "search": search,
        "confusion_all_at_once": confusion,
        **seconds_since(start),
        "shown": {"by_seed": by_seed, "mirror": mirror},
    }


def one_run(seed, n_points, n_train, n_test, tests):
    """Accuracy by classifier and test, and the second one's answers with all changes at once."""
    rng = np.random.default_rng(seed)
    pipelines = {TOPOLOGY: build_pipeline(seed=seed), TOPOLOGY_NOISY: build_pipeline(seed=seed)}
    homology = pipelines[TOPOLOGY][:2]  # the same for both, so computed once
    rivals = {
        COORDINATES: build_rival(occupancy, seed),
        DISTANCES: build_rival(distance_histogram, seed),
    }
    clean, y = make_set(n_train, n_points, lambda points, rng: points, rng)
    noisy, _ = make_set(n_train, n_points, some_noise, rng)
    for name, clouds in ((TOPOLOGY, clean), (TOPOLOGY_NOISY, noisy)):
        pipelines[name][2:].fit(homology.fit_transform(clouds), y)
    for rival in rivals.values():
        rival.fit(clean, y)
    noise_rival = build_rival(distance_histogram, seed).fit(noisy, y)
    accuracy = {name: {} for name in (*pipelines, *rivals, DISTANCES_NOISY)}
    for test, change in tqdm(tests.items(), desc=f"seed {seed}", unit="test", leave=False):
        clouds, truth = make_set(n_test, n_points, change, rng)
        diagrams = homology.transform(clouds)
        for name, pipeline in pipelines.items():
            guessed = pipeline[2:].predict(diagrams)
            accuracy[name][test] = np.mean(guessed == truth)
            if (name, test) == (TOPOLOGY_NOISY, "all at once"):
                spoilt = guessed
        for name, rival in (*rivals.items(), (DISTANCES_NOISY, noise_rival)):
            accuracy[name][test] = rival.score(clouds, truth)
    return accuracy, spoilt


def left_from_right(seed, n_points, n_each, n_seeds):
    """Accuracy at trefoil knots and their mirror images, by topology and by coordinates."""
    right = {TOPOLOGY: [], COORDINATES: []}
    for one in range(seed, seed + n_seeds):
        rng = np.random.default_rng([one, 1])
        knots = [sample("trefoil knot", n_points, rng) for _ in range(4 * n_each)]
        clouds = [knot * (1, 1, -1) if k % 2 else knot for k, knot in enumerate(knots)]
        hand = np.arange(4 * n_each) % 2
        train, test = slice(2 * n_each), slice(2 * n_each, None)
        for name, model in (
            (TOPOLOGY, build_pipeline(seed=one)),
            (COORDINATES, build_rival(occupancy, one)),
        ):
            model.fit(clouds[train], hand[train])
            right[name].append(model.score(clouds[test], hand[test]))
    return {name: np.array(shares) for name, shares in right.items()}


def choose(seed, n_points, n_train, quick):
    """Highest degree and number of layers, by cross-validation: rows of the table.

    The diagrams of one fold and degree are computed once, and found again for each number of
    layers.
    """
    rng = np.random.default_rng([seed, 2])
    clouds, y = make_set(n_train, n_points, some_noise, rng)
    grid = {
        "homology__max_dimension": [0, 1, 2],
        "features__landscape__n_layers": [4] if quick else [1, 4],
    }
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Persisting input arguments")  # a slow disk
        search = GridSearchCV(build_pipeline(seed=seed, memory=folder), grid, cv=3, refit=False)
        search.fit(clouds, y)
    results = search.cv_results_
    return [
        [*(chosen[name] for name in grid), f"{mean:.1%}"]
        for chosen, mean in zip(results["params"], results["mean_test_score"], strict=True)
    ]


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    by_seed, mirror = numbers["shown"]["by_seed"], numbers["shown"]["mirror"]
    print(
        f"{len(CLASSES)} shapes, classified by their topology: {numbers['n_points']} points a "
        f"cloud, {numbers['n_train']} clouds\na shape to learn from, {numbers['n_test']} a shape "
        f"and test, {numbers['n_seeds']} seed(s).\n"
    )
    print(
        "Accuracy in percent, with the spread over the seeds. All but the first test turn the\n"
        f"shapes. '+ noise' learned from shapes with noise of at most {NOISE_IN_TRAINING}:"
    )
    tests = next(iter(by_seed.values()))
    rows = [[test, *(spread(by_test[test]) for by_test in by_seed.values())] for test in tests]
    print(table(["tested on shapes", *by_seed], rows))
    print(
        "\nWhat topology cannot see: left-handed from right-handed trefoil knots, upright.\n"
        f"  by topology {spread(mirror[TOPOLOGY])}, by guessing 50, "
        f"by coordinates {spread(mirror[COORDINATES])}\n"
        "Size is not seen either, on purpose: every cloud is scaled to one size first."
    )
    print("\nWhat each degree adds (GridSearchCV over homology and features, clouds with noise):")
    headers = ["degrees up to", "layers of the landscapes", "accuracy"]
    print(table(headers, numbers["search"]))
    tell_time(numbers)


def spread(shares):
    """Mean and standard deviation over seeds, in percent."""
    return f"{100 * shares.mean():.0f} ± {100 * shares.std():.0f}"


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    figures = {
        "shapes": draw_gallery(numbers["seed"], numbers["n_points"]),
        "noise": draw_noise(numbers["shown"]["by_seed"]),
        "confusion": draw_confusion(numbers["confusion_all_at_once"]),
    }
    finish(out, numbers, figures)


def draw_gallery(seed, n_points):
    """Each shape as it is learned, and below it as it is tested."""
    from tda.plot import plot_cloud

    rng = np.random.default_rng([seed, 3])
    fig = figure(11, 9)
    fig.suptitle(
        "Ten shapes, their components, loops and voids. Blue: as they are learned; orange: turned, "
        "noisy, thinned and broken",
        color=INK,
        fontsize=12,
    )
    for k, name in enumerate(CLASSES):
        points = sample(name, n_points, rng)
        row, column = divmod(k, 5)
        for line, cloud in enumerate((points, to_unit_size(spoil(points, rng)))):
            place = (4, 5, 10 * row + 5 * line + column + 1)
            ax = fig.add_subplot(*place, projection="3d")
            plot_cloud(cloud, ax=ax, size=4, color="#0072B2" if line == 0 else "#D55E00")
            ax.set_axis_off()
            spans = [np.ptp(limits) for limits in (ax.get_xlim(), ax.get_ylim(), ax.get_zlim())]
            ax.set_box_aspect(spans, zoom=1.15)  # equal scales, and less air around
            if line == 0:
                components, loops, voids = BETTI[name]
                ax.set_title(f"{name}\n{components}, {loops}, {voids}", color=INK, fontsize=11)
    return fig


STYLES = {
    TOPOLOGY: ("#0072B2", "--"),
    TOPOLOGY_NOISY: ("#0072B2", "-"),
    COORDINATES: ("#D55E00", "--"),
    DISTANCES: ("#009E73", "--"),
    DISTANCES_NOISY: ("#009E73", "-"),
}


def draw_noise(by_seed):
    """Accuracy against noise, of turned shapes."""
    fig = figure(8, 5)
    ax = fig.subplots()
    levels = (0.0, *NOISE_LEVELS)
    tests = ["turned", *(f"noise {noise:g}" for noise in NOISE_LEVELS)]
    for name, by_test in by_seed.items():
        color, line = STYLES[name]
        shares = np.array([by_test[test] for test in tests])
        low, high = shares.min(axis=1), shares.max(axis=1)
        ax.plot(levels, shares.mean(axis=1), line, color=color, label=name, marker="o")
        ax.fill_between(levels, low, high, color=color, alpha=0.15, linewidth=0)
    ax.axhline(1 / len(CLASSES), color=SOFT, linewidth=1, linestyle=":")
    ax.text(levels[0], 1 / len(CLASSES) - 0.045, "guessing", color=SOFT)
    ax.set(xlabel="noise, in mean distances of two points", ylabel="accuracy", ylim=(0, 1.04))
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title("Ten turned shapes under noise", color=INK)
    ax.legend(frameon=False)
    return fig


def draw_confusion(confusion):
    """The answers to shapes with all changes at once."""
    fig = figure(7.6, 6.8)
    ax = fig.subplots()
    share = confusion / confusion.sum(axis=1, keepdims=True)
    ax.imshow(np.sqrt(share), cmap="Blues", vmin=0, vmax=1)
    for (row, column), n in np.ndenumerate(confusion):
        if n:
            color = "white" if share[row, column] > 0.4 else INK
            ax.text(column, row, n, ha="center", va="center", color=color, fontsize=10)
    names = [f"{name} {BETTI[name]}" for name in CLASSES]
    ax.set(xticks=range(len(CLASSES)), yticks=range(len(CLASSES)), xlabel="answer")
    ax.set_xticklabels(CLASSES, rotation=45, ha="right")
    ax.set_yticklabels(names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    right = np.trace(confusion) / confusion.sum()
    ax.set_title(f"Turned, noisy, thinned and broken: accuracy {right:.0%}", color=INK, pad=12)
    return fig


if __name__ == "__main__":
    main()
