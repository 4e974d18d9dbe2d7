"""A network undoes the holes of its classes, layer by layer, and ReLU sooner than tanh.

Two classes are entangled where what is a hole of one holds the other: no plane parts them. A
network that tells them apart has to change their topology on the way, since in its output each is
one piece on its own side (Naitzat, Zhitnikov, Lim, "Topology of deep neural networks", JMLR 2020).
Which layer does it, and does the activation matter? tanh bends and squeezes, ReLU folds as well.

  nested disks     nine disks in the nine holes of a disk
  linked tori      two pairs of solid tori, each through the hole of the other
  nested spheres   a sphere between two spheres

Each is learnt by networks of both activations from several seeds; then new points that they get
right go through, and the components, loops and voids of either class are counted in every layer,
each with a p-value.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field

import numpy as np
from _common import INK, SOFT, figure, finish, options, table
from sklearn.exceptions import ConvergenceWarning

from tda.datasets import make_linked_tori, make_nested_disks, make_nested_spheres
from tda.networks import layer_activations, layer_report
from tda.plot import plot_layers

ACTIVATIONS = {"relu": "#D55E00", "tanh": "#0072B2"}
NAMES = {"relu": "ReLU", "tanh": "tanh"}
CLASS_COLORS = ("#D55E00", "#5B6770")


@dataclass(frozen=True)
class Task:
    """Two classes and the networks that learn them."""

    make: object
    options: dict = field(default_factory=dict)
    n_train: int = 3000
    n_seeds: int = 2
    width: int = 15
    n_hidden: int = 8
    batch_size: int = 64
    patience: int = 20
    max_points: int = 1000
    least_accuracy: float = 0.999  # on new points, or the network has not learnt the shape


TASKS = {
    "nested disks": Task(
        make_nested_disks, n_train=5000, width=20, batch_size=128, max_points=1500
    ),
    "linked tori": Task(make_linked_tori, {"n_pairs": 2}),
    "nested spheres": Task(make_nested_spheres, max_points=1500),
}
SMALL = {"n_seeds": 1, "n_hidden": 4, "patience": 8, "least_accuracy": 0.98}
QUICK = {
    "nested disks": Task(make_nested_disks, {"n_disks": 2}, 1200, max_points=400, **SMALL),
    "linked tori": Task(make_linked_tori, {}, 800, max_points=300, **SMALL),
    "nested spheres": Task(make_nested_spheres, {}, 1000, max_points=500, **SMALL),
}


def build_pipeline(activation="relu", *, task=TASKS["nested disks"], random_state=0):
    """A network of many narrow layers, for points that are evened out."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        [task.width] * task.n_hidden,
        activation=activation,
        batch_size=task.batch_size,
        learning_rate_init=0.004 if task.batch_size > 100 else 0.003,
        max_iter=300,
        n_iter_no_change=task.patience,
        random_state=random_state,
    )


def main(argv=None):
    """Run the story and return its numbers."""
    parser = options("network_topology", __doc__)
    parser.add_argument("--quick", action="store_true", help="small classes, one network each")
    parser.add_argument("--seeds", type=int, metavar="N", help="networks of each kind")
    parser.add_argument(
        "--only", choices=sorted(TASKS), nargs="+", default=list(TASKS), help="some of the tasks"
    )
    parser.add_argument(
        "--jobs", type=int, default=2, metavar="N", help="networks at a time (default: 2)"
    )
    args = parser.parse_args(argv)
    start = time.perf_counter()
    tasks = {name: (QUICK if args.quick else TASKS)[name] for name in args.only}
    runs = train_all(tasks, args)

    numbers = {"seed": args.seed, "tasks": {}}
    for name, task in tasks.items():
        mine = {key: run for key, run in runs.items() if key[0] == name}
        numbers["tasks"][name] = tell(name, task, mine)
    numbers["verdict"] = judge(numbers["tasks"])
    print(f"\n{numbers['verdict']['says']}")
    numbers["seconds"] = time.perf_counter() - start
    print(f"\nTook {numbers['seconds']:.0f} s.")

    figures = {"depth": draw_depth(tasks, runs)}
    for name in tasks:
        first = {a: runs[name, a, args.seed] for a in ACTIVATIONS}
        figures["layers_" + name.replace(" ", "_")] = draw_layers(name, first)
    if "nested disks" in tasks:
        first = {a: runs["nested disks", a, args.seed] for a in ACTIVATIONS}
        figures["clouds"] = draw_clouds(first)
    finish(args.out, numbers, figures)
    return numbers


# -- training and counting -----------------------------------------------------------------


def train_all(tasks, args):
    """All networks, by task, activation and seed."""
    from joblib import Parallel, delayed

    keys = [
        (name, activation, args.seed + k)
        for name, task in tasks.items()
        for k in range(args.seeds or task.n_seeds)
        for activation in ACTIVATIONS
    ]
    print(f"Training and counting {len(keys)} networks ...", flush=True)
    found = Parallel(n_jobs=1 if args.quick else args.jobs)(
        delayed(run)(tasks[name], activation, seed) for name, activation, seed in keys
    )
    return dict(zip(keys, found, strict=True))


def run(task, activation, seed):
    """One network: trained, tried on new points, and its layers counted on those it gets right."""
    start = time.process_time()
    train = task.make(task.n_train, random_state=seed, **task.options)
    test = task.make(2 * task.max_points, random_state=seed + 10_000, **task.options)
    # One shift and one scale for all coordinates, which leave every shape as it is.
    middle, spread = train.points.mean(axis=0), train.points.std()
    network = build_pipeline(activation, task=task, random_state=seed)
    n_epochs = fit_to_the_end(network, (train.points - middle) / spread, train.labels)
    X = (test.points - middle) / spread
    right = network.predict(X) == test.labels
    X, y = X[right], test.labels[right]
    report = layer_report(network, X, y, max_points=task.max_points, random_state=seed)
    layers = list(layer_activations(network, X, include_input=True).values())
    return {
        "accuracy": float(right.mean()),
        "n_epochs": n_epochs,
        "report": report,
        "clouds": [flat(cloud) for cloud in layers],
        "labels": y,
        "cpu_seconds": time.process_time() - start,
    }


def fit_to_the_end(network, X, y, *, n_fine=30):
    """Train until the loss stands, then some epochs of a tenth of the step; returns all epochs.

    Where the loss stands with the long steps, the last of them may just have leapt away.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it could always train on
        n_epochs = network.fit(X, y).n_iter_
        fine = {"learning_rate_init": network.learning_rate_init / 10, "max_iter": n_fine}
        network.set_params(warm_start=True, n_iter_no_change=10**6, **fine).fit(X, y)
    return n_epochs + n_fine


def flat(cloud):
    """The two widest directions of a cloud; of a line, its points with nothing beside them."""
    middle = cloud - cloud.mean(axis=0)
    _, _, axes = np.linalg.svd(middle, full_matrices=False)
    places = middle @ axes[:2].T
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1]))).astype(np.float32)


# -- words ---------------------------------------------------------------------------------


def tell(name, task, runs):
    """The networks of one task as a table, and their means."""
    betti = task.make(10, **task.options).class_betti
    print(
        f"\n{name}: Betti numbers {' and '.join(map(str, betti))}, "
        f"{task.n_hidden} hidden layers of {task.width}\n"
    )
    rows, numbers = [], []
    for (_, activation, seed), found in runs.items():
        report = found["report"]
        row = {
            "activation": activation,
            "seed": seed,
            "accuracy": found["accuracy"],
            "is_well_trained": found["accuracy"] >= task.least_accuracy,
            "n_epochs": found["n_epochs"],
            "excess": report.excess.tolist(),
            "half_at": report.depth_at(0.5),
            "done_at": report.depth_at(0.0),
            "share_left": float((report.excess / report.excess[0])[1:].mean()),
            "betti": report.betti.tolist(),
            "p_values": report.p_values.tolist(),
            "dimension": report.dimension.tolist(),
            "silhouette": report.silhouette.tolist(),
            "agreement": report.agreement.tolist(),
            "changes": report.changes.max(axis=(1, 2)).tolist(),
            "cpu_seconds": found["cpu_seconds"],
        }
        numbers.append(row)
        rows.append(
            [
                activation,
                seed,
                f"{row['accuracy']:.2%}",
                " ".join(map(str, row["excess"])),
                layer_text(row["half_at"]),
                layer_text(row["done_at"]),
                f"{row['share_left']:.2f}",
            ]
        )
    print(
        table(
            [
                "network",
                "seed",
                "right",
                "left to undo, layer by layer",
                "half",
                "all",
                "mean left",
            ],
            rows,
        )
    )
    last = task.n_hidden + 1
    means = {}
    for activation in ACTIVATIONS:
        good = [n for n in numbers if n["activation"] == activation and n["is_well_trained"]]
        if good:
            means[activation] = {
                "n": len(good),
                "n_untangled": sum(n["done_at"] is not None for n in good),
                # What is not done in the output counts as one layer more.
                **{
                    key: float(np.mean([n[key] if n[key] is not None else last + 1 for n in good]))
                    for key in ("half_at", "done_at")
                },
                "share_left": float(np.mean([n["share_left"] for n in good])),
            }
    for activation, mean in means.items():
        print(
            f"  {activation}: {mean['n_untangled']} of {mean['n']} well trained networks bring "
            f"both classes to one piece without holes;\n        half is undone at layer "
            f"{mean['half_at']:.1f} of {last}, all at {mean['done_at']:.1f}; over the layers "
            f"{mean['share_left']:.0%} is left in the mean"
        )
    return {
        "class_betti": betti,
        "n_layers": last,
        "width": task.width,
        "networks": numbers,
        "means": means,
    }


def layer_text(depth):
    return "-" if depth is None else str(depth)


def judge(tasks):
    """Whether ReLU needs fewer layers than tanh, task by task."""
    said, sooner = [], {}
    for name, task in tasks.items():
        means = task["means"]
        if len(means) < 2:
            sooner[name] = None
            said.append(f"{name}: no well trained network of both activations.")
            continue
        relu, tanh = means["relu"], means["tanh"]
        sooner[name] = bool(relu["share_left"] < tanh["share_left"])
        said.append(
            f"{name}: ReLU undoes half at layer {relu['half_at']:.1f}, tanh at "
            f"{tanh['half_at']:.1f}; all at {relu['done_at']:.1f} and {tanh['done_at']:.1f}."
        )
    told = list(sooner.values())
    n_yes = sum(answer is True for answer in told)
    said.append(
        f"ReLU leaves less to undo than tanh, in the mean over the layers, in {n_yes} of "
        f"{len(told)} tasks."
    )
    return {"relu_is_sooner": sooner, "says": "\n".join(said)}


# -- pictures ------------------------------------------------------------------------------


def draw_depth(tasks, runs):
    """What is left to undo against depth: every network, and the mean of each activation."""
    fig = figure(1 + 3.9 * len(tasks), 4.1)
    fig.suptitle("Holes and further components that are left, layer by layer", color=INK)
    for ax, name in zip(np.atleast_1d(fig.subplots(1, len(tasks))), tasks, strict=True):
        for activation, color in ACTIVATIONS.items():
            curves = [
                found["report"].excess
                for (task, a, _), found in runs.items()
                if (task, a) == (name, activation)
                and found["accuracy"] >= tasks[name].least_accuracy
            ]
            if not curves:
                continue
            for curve in curves if len(curves) > 1 else []:
                ax.plot(curve, color=color, linewidth=0.9, alpha=0.35)
            ax.plot(
                np.mean(curves, axis=0),
                "o-",
                color=color,
                linewidth=2.2,
                markersize=5,
                label=NAMES[activation],
            )
        n_hidden = tasks[name].n_hidden
        ax.set_xticks(range(n_hidden + 2), ["input", *range(1, n_hidden + 1), "output"])
        ax.tick_params(labelsize=9)
        ax.set_ylim(bottom=-0.3)
        ax.yaxis.get_major_locator().set_params(integer=True)
        ax.set(title=name, xlabel="layer")
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(axis="y", color=SOFT, alpha=0.2)
        if ax.lines:
            ax.legend(frameon=False)
    return fig


def draw_layers(name, runs):
    """The report of the first network of either activation, side by side."""
    fig = figure(16, 6.4)
    fig.suptitle(f"{name}: a network of each activation")
    for part, (activation, found) in zip(fig.subfigures(1, 2), runs.items(), strict=True):
        part.set_facecolor("white")
        report = found["report"]
        depth, left = report.depth_at(), report.excess[-1]
        done = f"{left} left in the output" if depth is None else f"undone from layer {depth} on"
        plot_layers(report, axes=part.subplots(2, 2), title=f"{NAMES[activation]}: {done}")
    return fig


def draw_clouds(runs):
    """The widest two directions of some layers."""
    n_layers = len(next(iter(runs.values()))["clouds"])
    shown = sorted({0, *np.linspace(1, n_layers - 1, 5).astype(int).tolist()})
    fig = figure(2.5 * len(shown), 5.6)
    fig.suptitle("Both classes in the layers, by their two widest directions", color=INK)
    axes = fig.subplots(len(runs), len(shown))
    for row, (activation, found) in zip(axes, runs.items(), strict=True):
        names = found["report"].layer_names
        for ax, i in zip(row, shown, strict=True):
            for label, color in enumerate(CLASS_COLORS):
                places = found["clouds"][i][found["labels"] == label]
                if i == n_layers - 1:  # a line: either class beside it
                    places = places + np.array([0, 0.25 * (1 - 2 * label)])
                    jitter = np.random.default_rng(0).uniform(-0.15, 0.15, len(places))
                    places[:, 1] += jitter
                    ax.set_ylim(-1, 1)
                ax.scatter(*places.T, s=2, color=color, alpha=0.5, linewidths=0, rasterized=True)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_color("#D5DADD")
            ax.set_title(names[i], fontsize=10, color=INK)
            if i == 0:
                ax.set_ylabel(NAMES[activation], fontsize=12)
    return fig


if __name__ == "__main__":
    main()
