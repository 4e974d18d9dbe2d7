"""What a network will learn, and how fast, from its kernel before the first step.

The parameters of a wide network hardly move while it trains. Its outputs follow a fixed kernel,
the neural tangent kernel. For networks of infinite width this kernel has a closed form.

So we can compute with networks of infinite width. Here they are a support vector machine and a
ridge regression. Both are compared with a random forest on wine, breast cancer and digits, in
tenfold cross-validation.

The kernel of a real network comes closer to the limit as the network gets wider. From its kernel
the training curve is predicted before the first step. A wide network follows that curve, a narrow
one does not. The largest eigenvalue gives the largest stable step, 2/λmax. The others give how
long each direction takes. Two tables show what initialisations and step sizes change.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table, tell_time
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from tqdm import tqdm

from tda import NTKClassifier
from tda.networks import (
    compare_initializations,
    compare_steps,
    empirical_tangent_kernel,
    gradient_descent,
    linearized_training,
    neural_tangent_kernel,
    random_network,
    tangent_spectrum,
)
from tda.plot import plot_training_curves

N_FOLDS = 10
BIAS_VARIANCE = 0.1
WEIGHT_VARIANCE = (1.0, 2.0)
WIDTHS = (4, 16, 64, 256, 1024, 4096)
#: Where steps are compared.
WIDTH = 2048
#: Around the largest stable step, in units of it.
SHARES = (0.9, 0.95, 0.99, 1.01, 1.05, 1.1, 1.5, 2.5)
#: Those of them that would crowd the picture.
UNSEEN = [f"{share:g} · 2/λmax" for share in SHARES if share not in (0.95, 1.05)]
FOREST = "random forest"
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
KERNELS = {
    f"{activation}, {depth} hidden": dict(activation=activation, n_hidden_layers=depth)
    for activation in ("relu", "erf")
    for depth in (1, 3, 10)
}


def build_pipeline(*, n_hidden_layers=1, bias_variance=BIAS_VARIANCE, C=1.0):
    """A support vector machine with the kernel of an infinite network: rows in, classes out.

    `C` is in units of the kernel, whose diagonal is n_hidden_layers + 1 in the mean over
    standardized rows, but for the biases.
    """
    kernel = partial(
        neural_tangent_kernel, n_hidden_layers=n_hidden_layers, bias_variance=bias_variance
    )
    return make_pipeline(StandardScaler(), SVC(kernel=kernel, C=C / (n_hidden_layers + 1)))


def build_classifiers(seed=0, n_trees=100):
    """All with their defaults; nothing is tuned on any of the data sets."""
    return {
        "SVC, tangent kernel": build_pipeline(),
        "NTKClassifier": NTKClassifier(),
        "SVC, Gaussian kernel": make_pipeline(StandardScaler(), SVC()),
        FOREST: RandomForestClassifier(n_trees, random_state=seed),
    }


def parse(argv=None):
    parser = options("tangent_kernel", __doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="300 rows, 3 folds, one shuffle, 25 trees, widths up to 256",
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the reports and curves."""
    start = clock()
    widths = WIDTHS[:4] if args.quick else WIDTHS
    n_networks, n_steps = (2, 60) if args.quick else (3, 100)
    n_folds = 3 if args.quick else N_FOLDS
    accuracies = cross_validate(n_folds, args.quick, args.seed)
    rows, values, others, truth = two_digits(100, args.seed)
    spectra = {
        name: tangent_spectrum(neural_tangent_kernel(rows, bias_variance=BIAS_VARIANCE, **kernel))
        for name, kernel in KERNELS.items()
    }
    by_width, curves = follow(rows, values, others, truth, widths, n_networks, n_steps, args.seed)
    width = min(widths[-1], WIDTH)
    first = wide_network(rows, width, args.seed)
    every = compare_steps(first, rows, values, shares=(0.1, 0.5, *SHARES), n_steps=n_steps)
    around = every.rows[2 : 2 + len(SHARES)]
    steps = replace(every, rows=tuple(row for row in every if row.name not in UNSEEN))
    starts = compare_initializations(
        rows,
        values,
        hidden_layer_sizes=(min(widths[-1], 512),),
        n_steps=n_steps,
        random_state=args.seed,
    )
    return {
        "seed": args.seed,
        "accuracy": {
            name: {model: s.mean() for model, s in scores.items()}
            for name, scores in accuracies.items()
        },
        "accuracy_by_fold": accuracies,
        "spectra": {
            name: {
                "largest_step": s.largest_step(),
                "condition_number": s.condition_number,
                "effective_rank": s.effective_rank,
                "rates": s.rates,
            }
            for name, s in spectra.items()
        },
        "by_width": by_width,
        "around_the_largest_step": [
            {"share": share, "diverges": diverges(row.predicted), "peak": row.peak}
            for share, row in zip(SHARES, around, strict=True)
        ],
        "steps": steps.to_dict()["rows"],
        "initializations": starts.to_dict()["rows"],
        **seconds_since(start),
        "shown": {
            "n_folds": n_folds,
            "spectra": spectra,
            "n_networks": n_networks,
            "n_steps": n_steps,
            "curves": curves,
            "width": width,
            "around": around,
            "steps": steps,
            "starts": starts,
        },
    }


def cross_validate(n_folds, quick, seed):
    """Accuracy in each fold, of each classifier on each data set, all on the same folds."""
    sets = {"wine": load_wine, "breast cancer": load_breast_cancer, "digits": load_digits}
    results = {}
    for name, load in sets.items():
        X, y = load(return_X_y=True)
        if quick:
            order = np.random.default_rng(seed).permutation(len(X))[:300]
            X, y = X[order], y[order]
        # A fold of the small ones holds few rows, so that the shuffle matters.
        seeds = range(seed, seed + (1 if quick or len(X) > 1000 else 3))
        results[name] = {
            model: np.concatenate(
                [
                    cross_val_score(
                        classifier, X, y, cv=StratifiedKFold(n_folds, shuffle=True, random_state=s)
                    )
                    for s in seeds
                ]
            )
            for model, classifier in tqdm(
                build_classifiers(seed, 25 if quick else 100).items(), desc=name, leave=False
            )
        }
    return results


def beyond(scores, model, n_folds):
    """Mean difference from the forest in the same fold, with the standard error over folds."""
    if model == FOREST:
        return ""
    more = scores[model] - scores[FOREST]
    # Shuffles of the same rows add no independent data: the error is that of one shuffle.
    return f"{more.mean():+.2%} ± {more.std(ddof=1) / np.sqrt(n_folds):.2%}"


def two_digits(n, seed):
    """3s and 8s: n to train with, and the rest to test. Rows of length about √64, targets ±1."""
    X, y = load_digits(return_X_y=True)
    X, y = X[np.isin(y, [3, 8])], y[np.isin(y, [3, 8])]
    order = np.random.default_rng(seed).permutation(len(X))
    train, test = order[:n], order[n:]
    X = (X - X[train].mean(axis=0)) / X[train].std()
    X *= np.sqrt(X.shape[1]) / np.linalg.norm(X[train], axis=1).mean()
    values = np.where(y == 3, 1.0, -1.0)
    return X[train], values[train], X[test], values[test]


def wide_network(rows, width, seed):
    return random_network(
        rows.shape[1],
        [width],
        weight_variance=WEIGHT_VARIANCE,
        bias_variance=BIAS_VARIANCE,
        random_state=seed,
    )


def follow(rows, values, others, truth, widths, n_networks, n_steps, seed):
    """Networks of each width, and what their kernels predict."""
    limit = neural_tangent_kernel(rows, bias_variance=BIAS_VARIANCE)
    results, curves = [], {}
    for width in tqdm(widths, desc="widths", leave=False):
        found = []
        for k in range(n_networks):
            network = wide_network(rows, width, seed + k)
            K = empirical_tangent_kernel(network, rows)
            step = tangent_spectrum(K).largest_step() / 2
            how = dict(learning_rate=step, n_steps=n_steps)
            run = gradient_descent(network, rows, values, **how)
            predicted = linearized_training(network, rows, values, X_test=others, **how)
            scores = run.network.scores(others)[:, 0]
            curves.setdefault(width, (run.loss, predicted.loss))
            found.append(
                {
                    "width": width,
                    "kernel_error": np.linalg.norm(K - limit) / np.linalg.norm(limit),
                    "distance": run.distance[-1],
                    "gap": np.abs(run.loss / predicted.loss - 1).max(),
                    "left": run.loss[-1] / run.loss[0],
                    "accuracy": np.mean(scores * truth > 0),
                    "accuracy_predicted": np.mean(predicted.test_scores[-1, :, 0] * truth > 0),
                }
            )
        results.append({key: np.mean([row[key] for row in found]) for key in found[0]})
        results[-1]["width"] = width
        results[-1]["worst_gap"] = max(row["gap"] for row in found)
    return results, curves


def diverges(curve):
    """Whether a predicted curve still grows at its end."""
    return bool(not curve[-1] < curve[-2])


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    n_folds = shown["n_folds"]
    print(f"Networks of infinite width as classifiers, {n_folds} folds:")
    print(
        table(
            ["data", "model", "accuracy", "over folds", "more than the forest"],
            [
                [name, model, f"{s.mean():.2%}", f"± {s.std():.1%}", beyond(scores, model, n_folds)]
                for name, scores in numbers["accuracy_by_fold"].items()
                for model, s in scores.items()
            ],
        )
    )
    print("The last column: mean difference in the same fold, and its standard error.\n")
    tell_spectra(shown["spectra"])
    tell_widths(numbers["by_width"], shown["n_steps"], shown["n_networks"])
    tell_largest_step(shown["around"], shown["width"])
    print(f"\nSteps from one start:\n{shown['steps']}")
    print(f"\nInitialisations, each with half its own largest step:\n{shown['starts']}")
    tell_time(numbers)


def tell_spectra(spectra):
    print("A hundred handwritten 3s and 8s, and how fast infinite networks learn them:")
    print(
        table(
            ["network", "2/λmax", "condition", "effective rank", "half-lives at 1/λmax: slowest"],
            [
                [
                    name,
                    f"{s.largest_step():.3g}",
                    f"{s.condition_number:.3g}",
                    f"{s.effective_rank:.1f}",
                    f"{s.half_lives(s.largest_step() / 2)[-1]:,.0f}",
                ]
                for name, s in spectra.items()
            ],
        )
    )


def tell_widths(by_width, n_steps, n_networks):
    print(f"\nNetworks of one hidden layer, {n_steps} steps of 1/λmax, means of {n_networks}:")
    print(
        table(
            ["width", "kernel is off by", "moved", "loss is off by", "accuracy", "predicted"],
            [
                [
                    row["width"],
                    f"{row['kernel_error']:.1%}",
                    f"{row['distance']:.1%}",
                    f"{row['gap']:.1%}",
                    f"{row['accuracy']:.1%}",
                    f"{row['accuracy_predicted']:.1%}",
                ]
                for row in by_width
            ],
        )
    )
    print(
        "Kernel: its distance from that of infinite width, as a share of its norm. Loss: the\n"
        "largest difference from the predicted loss at any step, as a share of it. Accuracy: on\n"
        "3s and 8s that are not in the training set."
    )


def tell_largest_step(around, width):
    print(f"\nAround the largest step, width {width}:")
    print(
        table(
            [
                "step · λmax/2",
                "predicted: left",
                "is",
                "network: peak",
                "left",
                "step · λmax/2, end",
            ],
            [
                [
                    f"{share:g}",
                    f"{row.predicted[-1] / row.predicted[0]:.2g}",
                    "diverging" if diverges(row.predicted) else "converging",
                    f"{row.peak:.3g}",
                    f"{row.loss[-1] / row.loss[0]:.2g}",
                    f"{row.last_rate * row.learning_rate / 2:.3f}",
                ]
                for share, row in zip(SHARES, around, strict=True)
            ],
        )
    )
    print(
        "Below 1 all runs converge. Above 1 the predicted loss diverges. The network's loss may\n"
        "grow at first, until it gets to a place where the kernel is smaller and the step is\n"
        "stable. With a step that is much too large, the loss grows without end."
    )


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    figures = {
        "classifiers": draw_classifiers(numbers["accuracy_by_fold"], shown["n_folds"]),
        "spectrum": draw_spectra(shown["spectra"]),
        "widths": draw_widths(numbers["by_width"], shown["curves"]),
        "steps": draw_steps(shown["steps"], shown["width"]),
        "initializations": draw_initializations(shown["starts"]),
    }
    finish(out, numbers, figures)


def draw_classifiers(accuracies, n_folds):
    fig = figure(9.5, 3.6)
    fig.suptitle("Networks of infinite width and a random forest", color=INK)
    for ax, (name, scores) in zip(
        fig.subplots(1, len(accuracies)), accuracies.items(), strict=True
    ):
        for k, (model, s) in enumerate(reversed(scores.items())):
            color = SOFT if model == FOREST else COLORS[0]
            error = s.std(ddof=1) / np.sqrt(n_folds)
            ax.errorbar(100 * s.mean(), k, xerr=100 * error, fmt="o", color=color, capsize=3)
        ax.set(
            yticks=range(len(scores)),
            yticklabels=list(reversed(scores)) if ax is fig.axes[0] else [],
            ylim=(-0.6, len(scores) - 0.4),
            xlabel="accuracy, %",
        )
        ax.set_title(name, fontsize=11, color=SOFT)
        ax.axvline(100 * scores[FOREST].mean(), color=SOFT, linewidth=0.8, linestyle=":")
        ax.spines[["top", "right"]].set_visible(False)
    return fig


def draw_spectra(spectra):
    fig = figure(7.6, 4.6)
    ax = fig.subplots()
    for k, (name, s) in enumerate(spectra.items()):
        share = s.rates / s.rates[0]
        ax.plot(
            1 + np.arange(len(share)),
            share,
            color=COLORS[k % 3],
            linestyle="-" if k < 3 else (0, (4, 2)),
            label=f"{name}: 2/λmax = {s.largest_step():.2g}",
        )
    ax.set(xscale="log", yscale="log", xlabel="mode", ylabel="rate, as a share of the fastest")
    ax.set_title("How much slower the other modes of a hundred digits are learned", color=INK)
    ax.legend(frameon=False, fontsize=9)
    ax.spines[["top", "right"]].set_visible(False)
    return fig


def draw_widths(by_width, curves):
    fig = figure(10.5, 4.2)
    fig.suptitle("A wide network does what its kernel predicts", color=INK)
    left, right = fig.subplots(1, 2, width_ratios=(1.25, 1))
    shown = [width for width in curves if width in (4, 64, 4096)] or list(curves)
    for width, color in zip(shown, COLORS, strict=False):
        loss, predicted = curves[width]
        left.plot(loss / loss[0], color=color, linewidth=1.8, label=f"width {width}")
        left.plot(predicted / predicted[0], color=color, linewidth=1.1, linestyle=(0, (4, 2)))
    left.plot([], [], color=INK, linewidth=1.1, linestyle=(0, (4, 2)), label="predicted")
    left.set(yscale="log", xlabel="steps of 1/λmax", ylabel="loss, as a share of the first")
    left.legend(frameon=False, fontsize=9)
    width = np.array([row["width"] for row in by_width])
    for key, label, color in (
        ("gap", "loss from the predicted one", COLORS[0]),
        ("kernel_error", "kernel from its limit", COLORS[1]),
        ("distance", "parameters from the start", COLORS[2]),
    ):
        right.plot(width, [100 * row[key] for row in by_width], "o-", color=color, label=label)
    first = 100 * by_width[0]["kernel_error"]
    right.plot(
        width, first * np.sqrt(width[0] / width), ":", color=SOFT, label="1/√width", zorder=0
    )
    right.axhline(5, color=SOFT, linewidth=0.8)
    right.annotate("5%", (width[0], 5), color=SOFT, va="bottom", fontsize=9)
    right.set(xscale="log", yscale="log", xlabel="width", ylabel="%")
    right.set_xticks(width, width)
    right.minorticks_off()
    right.legend(frameon=False, fontsize=9)
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    return fig


def draw_steps(steps, width):
    fig = figure(8.4, 4.6)
    ax = plot_training_curves(steps, ax=fig.subplots())
    ax.set_title(f"Steps below and above 2/λmax, width {width}", color=INK)
    return fig


def draw_initializations(starts):
    fig = figure(11, 4.4)
    fig.suptitle(
        "Initialisations, each with half its largest stable step: network and kernel", color=INK
    )
    kinds = ("standard", "ntk")
    for ax, kind in zip(fig.subplots(1, 2, sharey=True), kinds, strict=True):
        rows = [
            row._replace(name=row.name.split(",")[0])
            for row in starts
            if row.name.endswith(f", {kind}")
        ]
        plot_training_curves(rows, ax=ax)
        ax.set_title(f"{kind} parametrisation", fontsize=11, color=SOFT)
    fig.axes[1].set_ylabel("")
    fig.axes[1].get_legend().remove()
    return fig


if __name__ == "__main__":
    main()
