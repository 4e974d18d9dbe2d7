"""Tell five chaotic systems apart by the shape of their orbits.

ORBIT5K, the benchmark of persistence-based learning (Adams et al., JMLR 18, 2017; Carrière et al.,
PersLay, AISTATS 2020). A point of the unit torus moves by a linked twist map,
  x' = x + r y (1 - y),   y' = y + r x' (1 - x'),   both modulo 1,
1,000 steps from a random start. r is 2.5, 3.5, 4.0, 4.1 or 4.3, and the classifier has to find r.
It is trained on 70% of the orbits and tested on 30%, five times. The benchmark has 1,000 orbits of
each r (--full); by default there are 200, enough for the story but not for a comparison.

The published figures see alpha persistence alone, and so does the first of the rivals here. The
others see filtrations of two and three kinds. None sees a coordinate or the order of the steps:
  alpha      balls around the points: gaps, and the holes that islands leave,
  DTM        balls that begin later where points are sparse: how dense and how clustered,
  density    kernel density of three bandwidths on the torus, from its peaks down.
All features are births, deaths, lifetimes and ratios of bars that have a length. One rival sees no
topology: the distances from each point to its nearest ones.
"""

from __future__ import annotations

import numpy as np
from _common import INK, clock, figure, finish, options, play, seconds_since, table
from scipy.spatial import KDTree
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.pipeline import FeatureUnion, make_pipeline
from tqdm import tqdm

from tda import (
    AlphaPersistence,
    DensityPersistence,
    DTMPersistence,
    Lifetimes,
    PersistenceStatistics,
    plot,
)

RATES = (2.5, 3.5, 4.0, 4.1, 4.3)
#: Share of an orbit that the distance to the measure averages over: 25 points of 1,000.
MASS = 0.025
#: Of the kernels; the sides of the torus have length 1.
BANDWIDTHS = (0.03, 0.05, 0.12)
#: Accuracies from alpha persistence alone, with 1,000 orbits of each r, as their authors give them.
PUBLISHED = {
    "sliced Wasserstein kernel (2017)": 0.836,
    "persistence Fisher kernel (2018)": 0.859,
    "PersLay (2020)": 0.877,
    "Persformer (2022)": 0.912,
}
#: The neighbours whose distances are the rival without topology.
NEIGHBORS = (1, 2, 4, 8, 16, 32, 64)
#: The classifiers to compare, and the first letters of the blocks of features that each takes.
ALPHA, FULL, BASELINE = "alpha alone", "alpha, DTM, density", "no topology: neighbour distances"
RIVALS = {
    ALPHA: ("alpha",),
    "alpha, DTM": ("alpha", "dtm"),
    FULL: ("alpha", "dtm", "density"),
    BASELINE: ("neighbors",),
}


def make_orbits(n_per_class, n_points, seed):
    """Orbits of shape (n, n_points, 2), and the index into `RATES` of each."""
    rng = np.random.default_rng(seed)
    target = np.repeat(np.arange(len(RATES)), n_per_class)
    rate = np.array(RATES)[target]
    x, y = rng.random((2, len(target)))
    orbits = np.empty((len(target), n_points, 2))
    for step in range(n_points):
        orbits[:, step, 0], orbits[:, step, 1] = x, y
        x = (x + rate * y * (1 - y)) % 1
        y = (y + rate * x * (1 - x)) % 1
    return orbits, target


def build_filtrations(*, n_jobs=None):
    """Clouds in, diagrams out, by name."""
    filtrations = {
        "alpha": AlphaPersistence(n_jobs=n_jobs),
        "dtm": DTMPersistence(mass=MASS, n_jobs=n_jobs),
    }
    for bandwidth in BANDWIDTHS:
        filtrations[f"density_{bandwidth:g}"] = DensityPersistence(
            bandwidth=bandwidth, resolution=40, period=1, max_dimension=1, n_jobs=n_jobs
        )
    return filtrations


def build_features(*, n_jobs=None):
    """Clouds in, numbers out; the numbers of an orbit do not depend on other orbits."""
    summary = FeatureUnion(
        [
            (
                "statistics",
                PersistenceStatistics(quantities=["births", "deaths", "lifetimes", "ratios"]),
            ),
            ("longest", Lifetimes(n_longest=12)),
        ]
    )
    return FeatureUnion(
        [
            (name, make_pipeline(filtration, clone(summary)))
            for name, filtration in build_filtrations(n_jobs=n_jobs).items()
        ]
    )


def neighbor_distances(orbits):
    """Quantiles of the distances on the torus to some of the nearest points, an orbit a row."""
    rows = []
    for orbit in orbits:
        tree = KDTree(orbit % 1, boxsize=1)
        distances, _ = tree.query(orbit % 1, [k + 1 for k in NEIGHBORS])
        rows.append(np.quantile(distances, np.linspace(0, 1, 17), axis=0).ravel())
    return np.array(rows)


def build_classifier(*, n_trees=500, seed=0, n_jobs=None):
    return ExtraTreesClassifier(n_trees, max_features=0.1, random_state=seed, n_jobs=n_jobs)


def build_pipeline(*, seed=0, n_jobs=None):
    """The pipeline of the story: orbits in, classes out."""
    return make_pipeline(build_features(n_jobs=n_jobs), build_classifier(seed=seed, n_jobs=n_jobs))


def parse(argv=None):
    parser = options("orbits", __doc__)
    parser.add_argument(
        "--quick", action="store_true", help="60 orbits of each r, of 300 points; two splits"
    )
    parser.add_argument(
        "--full", action="store_true", help="the benchmark: 1,000 orbits of each r; 12 minutes"
    )
    parser.add_argument("--n-jobs", type=int, default=2, help="threads (default: %(default)s)")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the orbits and the results by filtration."""
    start = clock()
    n_per_class, n_points, n_splits, n_trees = 200, 1000, 5, 300
    if args.full:
        n_per_class, n_trees = 1000, 500
    elif args.quick:
        n_per_class, n_points, n_splits, n_trees = 60, 300, 2, 100
    orbits, target = make_orbits(n_per_class, n_points, args.seed)
    blocks = describe(build_features(n_jobs=args.n_jobs), orbits)
    n_filtrations, blocks["neighbors"] = len(blocks), neighbor_distances(orbits)
    results = {}
    for rival, starts in RIVALS.items():
        columns = np.hstack([block for name, block in blocks.items() if name.startswith(starts)])
        result = evaluate(columns, target, n_splits=n_splits, n_trees=n_trees, n_jobs=args.n_jobs)
        results[rival] = result, columns.shape[1]
    (scores, confusion), _ = results[FULL]
    seconds = seconds_since(start)
    return {
        "seed": args.seed,
        "n_orbits": len(orbits),
        "n_points": n_points,
        "is_benchmark": n_per_class == 1000,
        "n_features": results[FULL][1],
        "accuracy": scores.mean(),
        "accuracy_spread": scores.std(),
        "accuracy_by_split": scores,
        "accuracy_of_alpha": results[ALPHA][0][0].mean(),
        "accuracy_of_others": {
            rival: split_scores.mean() for rival, ((split_scores, _), _) in results.items()
        },
        "published": PUBLISHED,
        "confusion": confusion,
        "most_often_mistaken": worst_pairs(confusion),
        "wall_seconds": seconds["seconds"],
        "cpu_seconds": seconds["cpu_seconds"],
        "shown": {
            "orbits": orbits,
            "target": target,
            "n_filtrations": n_filtrations,
            "results": results,
        },
    }


def describe(features, orbits):
    """One array a filtration, with a progress bar."""
    steps = tqdm(features.transformer_list, desc="persistence", unit="filtration", leave=False)
    return {name: clone(step).fit_transform(list(orbits)) for name, step in steps}


def evaluate(columns, target, *, n_splits, n_trees, n_jobs):
    """Accuracy of each split, and the confusion matrices of all of them, added up.

    The features learn nothing from the orbits, so that splitting them is splitting the orbits.
    """
    scores, confusion = [], 0
    for seed in range(n_splits):
        train, test = train_test_split(
            np.arange(len(target)), test_size=0.3, stratify=target, random_state=seed
        )
        model = build_classifier(n_trees=n_trees, seed=seed, n_jobs=n_jobs)
        predicted = model.fit(columns[train], target[train]).predict(columns[test])
        scores.append(np.mean(predicted == target[test]))
        confusion = confusion + confusion_matrix(target[test], predicted)
    return np.array(scores), confusion


def worst_pairs(confusion, n=4):
    """The most frequent mistakes: r, what it was read as, the share of its orbits."""
    share = confusion / confusion.sum(axis=1, keepdims=True)
    wrong = share - np.diag(np.diag(share))
    order = np.argsort(-wrong, axis=None, kind="stable")[:n]
    return [
        [RATES[true], RATES[read], float(wrong[true, read])]
        for true, read in zip(*np.unravel_index(order, wrong.shape), strict=True)
        if wrong[true, read]
    ]


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    print(
        f"{numbers['n_orbits']:,} orbits of {numbers['n_points']:,} points, of five chaotic "
        "systems.\n"
    )
    print(f"{shown['n_filtrations']} filtrations give {numbers['n_features']} numbers an orbit.\n")
    n_splits = len(numbers["accuracy_by_split"])
    print(f"Accuracy on the 30% held out, mean and spread over {n_splits} splits:")
    rows = [
        [rival, n, f"{scores.mean():.1%}", f"± {scores.std():.1%}"]
        for rival, ((scores, _), n) in shown["results"].items()
    ]
    rows += [[name, "", f"{share:.1%}", "published"] for name, share in PUBLISHED.items()]
    print(table(["persistence under", "numbers", "accuracy", "spread"], rows))
    print("\nThe published ones see alpha persistence alone: compare them with the first line.")
    if not numbers["is_benchmark"]:
        print(
            f"They learned from 3,500 orbits, these from {7 * numbers['n_orbits'] // 10:,}: "
            "--full has as many."
        )
    print("\nMost frequent mistakes, of all orbits that were held out:")
    worst = [[a, b, f"{share:.1%}"] for a, b, share in numbers["most_often_mistaken"]]
    print(table(["r", "read as", "share"], worst))
    wall, cpu = numbers["wall_seconds"], numbers["cpu_seconds"]
    print(f"\n{wall:.0f} s, {cpu:.0f} s of processor time.")


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    orbits, target = numbers["shown"]["orbits"], numbers["shown"]["target"]
    figures = {
        "orbits": draw_orbits(orbits, target),
        "diagrams": draw_diagrams(orbits, target),
        "confusion": draw_confusion(numbers["confusion"], numbers["accuracy"]),
    }
    finish(out, numbers, figures)


def draw_orbits(orbits, target, n=5):
    fig = figure(10, 10.6)
    fig.suptitle("Five orbits of each system: some go around islands, some mix slowly", color=INK)
    for rate, line in enumerate(fig.subplots(len(RATES), n)):
        for ax, orbit in zip(line, orbits[target == rate], strict=False):
            ax.scatter(*orbit.T, s=1.5, color="#0072B2", linewidth=0)
            ax.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[], aspect="equal")
        line[0].set_ylabel(f"r = {RATES[rate]}", color=INK, fontsize=12)
    return fig


def draw_diagrams(orbits, target):
    """The first orbit of three systems, and its diagrams."""
    filtrations = build_filtrations()
    shown = {
        "alpha": "alpha",
        "dtm": "distance to a measure",
        f"density_{BANDWIDTHS[1]:g}": f"density, bandwidth {BANDWIDTHS[1]:g}",
    }
    fig = figure(12, 9)
    fig.suptitle("An orbit, and its persistence under three filtrations", color=INK)
    for i, (rate, line) in enumerate(zip((0, 2, 4), fig.subplots(3, 4), strict=True)):
        orbit = orbits[target == rate][0]
        line[0].scatter(*orbit.T, s=2, color="#0072B2", linewidth=0)
        line[0].set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[], aspect="equal")
        line[0].set_title(f"r = {RATES[rate]}", color=INK)
        for j, (ax, (name, title)) in enumerate(zip(line[1:], shown.items(), strict=True)):
            plot.plot_diagram(filtrations[name].fit_transform([orbit])[0], ax=ax)
            ax.set_title(title if i == 0 else "", color=INK)
            if ax.get_legend() and (i, j) != (0, 0):
                ax.get_legend().remove()
    return fig


def draw_confusion(confusion, accuracy):
    fig = figure(6.6, 6.2)
    ax = fig.subplots()
    share = confusion / confusion.sum(axis=1, keepdims=True)
    ax.imshow(np.sqrt(share), cmap="Blues", vmin=0, vmax=1)
    for (row, column), one in np.ndenumerate(share):
        if one:
            color = "white" if one > 0.4 else INK
            ax.text(column, row, f"{one:.1%}", ha="center", va="center", color=color, fontsize=11)
    ticks = range(len(RATES))
    ax.set(xticks=ticks, yticks=ticks, xlabel="read as", ylabel="r of the system")
    ax.set_xticklabels(RATES)
    ax.set_yticklabels(RATES)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(f"Accuracy {accuracy:.1%}, by persistence alone", pad=12)
    return fig


if __name__ == "__main__":
    main()
