"""A network undoes the holes of its classes, layer by layer, and ReLU sooner than tanh.

Two classes are entangled where one class lies in a hole of the other: no plane separates them. A
network that separates them has to change their topology on the way, since in its output each class
is one piece on its own side (Naitzat, Zhitnikov, Lim, "Topology of deep neural networks", JMLR
2020). Which layer does it, and does the activation matter? tanh bends and squeezes, ReLU folds as
well.

  nested disks     nine disks in the nine holes of a disk
  linked tori      two pairs of solid tori, each through the hole of the other
  nested spheres   a sphere between two spheres

Networks of both activations learn each task, from several seeds. Then new points are put through
them, and those that the network gets right are kept. In every layer the components, loops and voids
of each class are counted, each with a p-value.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table
from sklearn.exceptions import ConvergenceWarning
from tqdm import tqdm

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
    least_accuracy: float = 0.999  # on new points; below, the shape is not learnt


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
    """A network of many narrow layers, for points of mean 0 and spread 1."""
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


def parse(argv=None):
    parser = options("network_topology", __doc__)
    parser.add_argument("--quick", action="store_true", help="small classes, one network each")
    parser.add_argument("--seeds", type=int, metavar="N", help="networks of each kind")
    parser.add_argument(
        "--only", choices=sorted(TASKS), nargs="+", default=list(TASKS), help="some of the tasks"
    )
    parser.add_argument(
        "--jobs", type=int, default=2, metavar="N", help="networks at a time (default: 2)"
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the tasks and the runs."""
    start = clock()
    tasks = {name: (QUICK if args.quick else TASKS)[name] for name in args.only}
    runs = train_all(tasks, args)
    numbers = {"seed": args.seed, "tasks": {}}
    for name, task in tasks.items():
        mine = {key: run for key, run in runs.items() if key[0] == name}
        numbers["tasks"][name] = summarise(task, mine)
    numbers["verdict"] = judge(numbers["tasks"])
    numbers["seconds"] = seconds_since(start)["seconds"]
    return numbers | {"shown": {"tasks": tasks, "runs": runs}}


def train_all(tasks, args):
    """All networks, by task, activation and seed."""
    from joblib import Parallel, delayed

    keys = [
        (name, activation, args.seed + k)
        for name, task in tasks.items()
        for k in range(args.seeds or task.n_seeds)
        for activation in ACTIVATIONS
    ]
    bar = tqdm(keys, desc="networks", leave=False)
    found = Parallel(n_jobs=1 if args.quick else args.jobs)(
        delayed(run)(tasks[name], activation, seed) for name, activation, seed in bar
    )
    return dict(zip(keys, found, strict=True))


def run(task, activation, seed):
    """Train one network, and count the holes in its layers on new points that it gets right."""
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
    # Two activations are compared with each other here, not with untrained networks.
    options = {"max_points": task.max_points, "untrained": 0, "random_state": seed}
    report = layer_report(network, X, y, **options)
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
    """Train until the loss stops falling, then some epochs of a tenth of the step.

    After long steps the loss can be at a plateau and the last step still a bad one. Returns the
    number of all epochs.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it could train on
        n_epochs = network.fit(X, y).n_iter_
        fine = {"learning_rate_init": network.learning_rate_init / 10, "max_iter": n_fine}
        network.set_params(warm_start=True, n_iter_no_change=10**6, **fine).fit(X, y)
    return n_epochs + n_fine


def flat(cloud):
    """The two widest directions of a cloud; a line gets a second coordinate of zero."""
    middle = cloud - cloud.mean(axis=0)
    _, _, axes = np.linalg.svd(middle, full_matrices=False)
    places = middle @ axes[:2].T
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1]))).astype(np.float32)


def summarise(task, runs):
    """The networks of one task in plain numbers, and their means."""
    networks = [row_of(task, key, found) for key, found in runs.items()]
    last = task.n_hidden + 1
    means = {}
    for activation in ACTIVATIONS:
        good = [n for n in networks if n["activation"] == activation and n["is_well_trained"]]
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
    return {
        "class_betti": task.make(10, **task.options).class_betti,
        "n_layers": last,
        "width": task.width,
        "networks": networks,
        "means": means,
    }


def row_of(task, key, found):
    """One network in plain numbers."""
    _, activation, seed = key
    report = found["report"]
    return {
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
    n_yes = sum(answer is True for answer in sooner.values())
    said.append(
        f"ReLU leaves less to undo than tanh, on average over the layers, in {n_yes} of "
        f"{len(sooner)} tasks."
    )
    return {"relu_is_sooner": sooner, "says": "\n".join(said)}


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    print(f"{len(numbers['shown']['runs'])} networks are trained, and their holes counted.")
    for name, task in numbers["tasks"].items():
        tell_task(name, task)
    print(f"\n{numbers['verdict']['says']}")
    print(f"\nTook {numbers['seconds']:.0f} s.")


def tell_task(name, task):
    """The networks of one task as a table, and their means."""
    last = task["n_layers"]
    print(
        f"\n{name}: Betti numbers {' and '.join(map(str, task['class_betti']))}, "
        f"{last - 1} hidden layers of {task['width']}\n"
    )
    print(
        table(
            [
                "network",
                "seed",
                "accuracy",
                "left to undo, layer by layer",
                "half",
                "all",
                "mean left",
            ],
            [
                [
                    row["activation"],
                    row["seed"],
                    f"{row['accuracy']:.2%}",
                    " ".join(map(str, row["excess"])),
                    layer_text(row["half_at"]),
                    layer_text(row["done_at"]),
                    f"{row['share_left']:.2f}",
                ]
                for row in task["networks"]
            ],
        )
    )
    for activation, mean in task["means"].items():
        print(
            f"  {activation}: {mean['n_untangled']} of {mean['n']} well trained networks bring "
            f"both classes to one piece without holes;\n        half is undone at layer "
            f"{mean['half_at']:.1f} of {last}, all at {mean['done_at']:.1f}; over the layers "
            f"{mean['share_left']:.0%} is left on average"
        )


def layer_text(depth):
    return "-" if depth is None else str(depth)


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    tasks, runs = numbers["shown"]["tasks"], numbers["shown"]["runs"]
    figures = {"depth": draw_depth(tasks, runs)}
    first = {name: {a: runs[name, a, numbers["seed"]] for a in ACTIVATIONS} for name in tasks}
    for name, pair in first.items():
        figures["layers_" + name.replace(" ", "_")] = draw_layers(name, pair)
    if "nested disks" in tasks:
        figures["clouds"] = draw_clouds(first["nested disks"])
    finish(out, numbers, figures)


def draw_depth(tasks, runs):
    """What is left to undo, by depth: every network, and the mean of each activation."""
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
    """The report of the first network of each activation, side by side."""
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
                if i == n_layers - 1:  # a line: the classes are drawn above and below it
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
