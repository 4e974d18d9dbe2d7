"""How many units does a function need? The error of one hidden layer, by its width.

One hidden layer approximates every continuous function. Barron proved in 1993 that the error falls
at least as 1/√width in any dimension, for functions whose high frequencies are weak enough. That
does not say how many units are enough. This story measures it.

The output weights are solved for, and the hidden units are placed as well as they can be. So the
error that is left is that of the width, not of the optimiser. On a line, theory knows the error of
the best network, with its constant, and the story compares with it. A usual optimiser is compared
too. Then come functions with kinks and with jumps, units that are drawn at random, and more
dimensions. Last a sawtooth: a deep network of 16 units draws one for which a shallow network needs
255.
"""

from __future__ import annotations

import warnings

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
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from tqdm import tqdm

from tda.networks import (
    approximation_curve,
    depth_separation,
    sawtooth_network,
)
from tda.plot import plot_approximation

WIDTHS = (8, 16, 32, 64)
RANDOM_WIDTHS = (16, 32, 64, 128)
WORDS = {
    "gaussian": "smooth",
    "clipped": "with kinks",
    "cut": "with jumps",
    "cone": "with a kink at one point",
    "wave": "a wave of one direction",
}
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")


def build_pipeline(*, n_components=64, random_state=0):
    """One hidden layer of random waves, and output weights by least squares: a regressor."""
    waves = RBFSampler(gamma=1.0, n_components=n_components, random_state=random_state)
    return make_pipeline(waves, Ridge(alpha=1e-6))


def parse(argv=None):
    parser = options("universal_approximation", __doc__)
    parser.add_argument(
        "--quick", action="store_true", help="up to 32 units, fewer repeats and dimensions"
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the curves with their networks."""
    start = clock()
    dimensions = (1, 2) if args.quick else (1, 2, 3, 5)
    plane = ("cone", "wave", "clipped", "cut")[: 2 if args.quick else 4]
    curves = {}
    jobs = list_jobs(dimensions, plane, args.quick)
    for key, (name, d, sizes, n_repeats) in tqdm(jobs.items(), leave=False):
        curves[key] = approximation_curve(
            name,
            widths=sizes,
            n_features=d,
            method="random" if key[2] == "random" else "adaptive",
            n_repeats=n_repeats,
            n_points=1024 * d if args.quick else 4096 if d == 1 else "auto",
            random_state=args.seed,
        )
    rows = [row_of(key, curve) for key, curve in curves.items()]
    curves["by dimension", "gaussian", 1] = curves["line", "gaussian", "adaptive"]
    curves["plane", "gaussian", "adaptive"] = curves["by dimension", "gaussian", 2]
    smooth = curves["line", "gaussian", "adaptive"]
    depth = depth_separation(range(1, 7) if args.quick else range(1, 9), random_state=args.seed)
    return {
        "seed": args.seed,
        "curves": rows,
        "smooth_on_a_line": {
            "exponent": smooth.rate_l2.exponent,
            "standard_error": smooth.rate_l2.standard_error,
            "standard_errors_from_theory": smooth.rate_l2.deviation,
            "error_over_best_possible": typical(smooth.l2) / smooth.best_possible,
            "usual_optimiser": usual_optimiser(smooth, args.seed),
        },
        "depth": vars(depth),
        **seconds_since(start),
        "shown": {"curves": curves, "dimensions": dimensions, "plane": plane, "depth": depth},
    }


def list_jobs(dimensions, plane, quick):
    """Every curve by its key: the function, its dimension, the widths and the repeats."""
    on_a_line, widths, random_widths, many = WIDTHS, WIDTHS, RANDOM_WIDTHS, 20
    if quick:
        # Rates hold for many units: four units make up to five segments, a quarter more.
        on_a_line, widths, random_widths, many = (8, 16, 32), (4, 8, 16), (8, 16, 32), 5
    names = list(WORDS)[:3]
    jobs = {("line", name, "adaptive"): (name, 1, on_a_line, 2) for name in names}
    jobs |= {("line", name, "random"): (name, 1, random_widths, many) for name in names}
    for d in dimensions[1:]:
        sizes = widths if d == 2 else [n // 2 for n in widths]  # a fit costs width² dimension²
        jobs["by dimension", "gaussian", d] = ("gaussian", d, sizes, 2)
    return jobs | {("plane", name, "adaptive"): (name, 2, widths, 2) for name in plane}


def typical(errors):
    """The geometric mean over repeats."""
    return np.exp(np.log(errors).mean(axis=0))


def usual_optimiser(curve, seed):
    """L2 errors of scikit-learn's perceptrons of the same widths, the best of three starts."""
    x = np.linspace(-1, 1, 1000)[:, None]
    y = curve.target(x)
    errors = []
    for width in curve.widths:
        fits = []
        for start in range(3):
            mlp = MLPRegressor(
                hidden_layer_sizes=[width],
                solver="lbfgs",
                alpha=0,
                tol=1e-12,
                max_iter=1000,
                max_fun=20_000,
                random_state=seed + start,
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                fits.append(np.sqrt(np.mean((mlp.fit(x, y).predict(x) - y) ** 2)))
        errors.append(min(fits))
    return np.array(errors)


def row_of(key, curve):
    """A curve in plain numbers."""
    row = {
        "part": key[0],
        "name": curve.target.name,
        "kind": curve.target.kind,
        "dimensions": curve.target.n_features,
        "method": curve.method,
        "widths": curve.widths,
        "repeats": len(curve.l2),
        "n_points": curve.n_points,
        "limited_by_points": curve.is_limited,
        "barron_norm": curve.target.barron_norm,
    }
    for norm in ("l2", "sup"):
        rate = getattr(curve, f"rate_{norm}")
        row[norm] = {
            "exponent": rate.exponent,
            "standard_error": rate.standard_error,
            "proved": str(rate.known),
            "source": rate.known.source,
            "standard_errors_from_theory": rate.deviation,
        }
        row[f"errors_{norm}"] = typical(getattr(curve, norm))
    return row


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    curves = numbers["shown"]["curves"]
    tell_line(curves["line", "gaussian", "adaptive"], numbers["smooth_on_a_line"])
    tell_rates(numbers["curves"])
    cut = curves["line", "cut", "adaptive"]
    print(
        f"\nTwo units make a jump as steep as the points allow. On a line the error of the cut\n"
        f"function is {cut.l2.min():.2g}, less than {cut.n_points:,} points can resolve "
        f"({cut.resolution:.2g}).\nIts largest error stays at half the jump or more."
    )
    print(
        "\nSawtooths by a deep network, and by a shallow one of as many units:\n"
        f"{numbers['shown']['depth']}"
    )
    tell_time(numbers)


def tell_line(smooth, found):
    print(f"The smooth function on a line, exp(-x²/4):\n\n{smooth}\n")
    print("What a usual optimiser of all weights (L-BFGS) reaches at the same widths:")
    print(
        table(
            ["width", "best possible", "adaptive units", "L-BFGS"],
            [
                [int(n), f"{best:.3g}", f"{ours:.3g}", f"{theirs:.3g}"]
                for n, best, ours, theirs in zip(
                    smooth.widths,
                    smooth.best_possible,
                    typical(smooth.l2),
                    found["usual_optimiser"],
                    strict=True,
                )
            ],
        )
    )
    meaning(
        "L2 errors. Best possible: of any curve of so many straight pieces. Adaptive units: placed "
        "one by one. L-BFGS: all weights at once."
    )


def tell_rates(rows):
    print("\nExponents r of error ~ width^-r; Barron's is 0.5 in L2:")
    print(
        table(
            ["function", "dimensions", "units", "L2", "proved", "sup", "error, widest"],
            [
                [
                    f"{row['name']}, {WORDS[row['name']]}",
                    row["dimensions"],
                    row["method"],
                    "limited by points"
                    if row["limited_by_points"]
                    else f"{row['l2']['exponent']:.2f} ± {row['l2']['standard_error']:.2f}",
                    row["l2"]["proved"],
                    f"{row['sup']['exponent']:.2f} ± {row['sup']['standard_error']:.2f}",
                    f"{row['errors_l2'][-1]:.2g}",
                ]
                for row in rows
            ],
        )
    )
    meaning(
        "Units: chosen one by one, or at random. L2, sup: the exponent in each norm, with its "
        "standard error. Proved: what is known of the first. Error, widest: the L2 error there."
    )


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    curves = shown["curves"]
    figures = {
        "line": draw_line(curves),
        "fits": draw_fits(curves),
        "dimensions": draw_dimensions(curves, shown["dimensions"], shown["plane"]),
        "depth": draw_depth(shown["depth"]),
    }
    finish(out, numbers, figures)


def draw_line(curves):
    """Errors on a line: units that are placed, and units that are drawn."""
    fig = figure(12.6, 5)
    fig.suptitle("One hidden layer on a line: with placed units, kinks add no error")
    left, right = fig.subplots(1, 2)
    names = ("gaussian", "clipped", "cut")
    for ax, method, title in (
        (left, "adaptive", "units placed for the function"),
        (right, "random", "units drawn at random"),
    ):
        shown = [curves["line", name, method] for name in names]
        plot_approximation(shown, labels=[f"{name}, {WORDS[name]}" for name in names], ax=ax)
        ax.set_title(title, fontsize=11, color=SOFT)
    right.set_ylabel("")
    return fig


def draw_fits(curves, width=8):
    """Three functions, and networks of eight units."""
    fig = figure(12.6, 3.8)
    fig.suptitle(f"Networks of {width} units on a line, with their corners", color=INK)
    x = np.linspace(-1, 1, 2001)[:, None]
    names = ("gaussian", "clipped", "cut")
    for ax, name in zip(fig.subplots(1, 3, sharey=True), names, strict=True):
        curve = curves["line", name, "adaptive"]
        at = int(np.flatnonzero(curve.widths == width)[0])
        network, target = curve.networks[at], curve.target
        ax.plot(x, target(x), color="#B9C0C6", linewidth=5, label=f"{name}, {WORDS[name]}")
        ax.plot(x, network.scores(x), color=COLORS[0], linewidth=1.3, label="network")
        corners = np.sort(-network.biases[0] / network.weights[0][0])
        corners = corners[np.abs(corners) < 1][:, None]
        ax.plot(corners, network.scores(corners), "o", color=COLORS[1], ms=4, label="corners")
        ax.set_title(f"L2 error {curve.l2[0, at]:.2g}", fontsize=11, color=SOFT)
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False, loc="lower center")
        ax.set(xlabel="x", xticks=[-1, -0.5, 0, 0.5, 1])
    return fig


def draw_dimensions(curves, dimensions, plane):
    """The smooth function in more dimensions, and all functions on the plane."""
    fig = figure(12.6, 5)
    fig.suptitle("In more dimensions the same error takes more units")
    left, right = fig.subplots(1, 2)
    plot_approximation(
        [curves["by dimension", "gaussian", d] for d in dimensions],
        labels=[f"{d} dimension{'s' if d > 1 else ''}" for d in dimensions],
        ax=left,
    )
    left.set_title("exp(-|x|²/4) on a cube", fontsize=11, color=SOFT)
    names = ("gaussian", *plane)
    plot_approximation(
        [curves["plane", name, "adaptive"] for name in names],
        labels=[f"{name}, {WORDS[name]}" for name in names],
        ax=right,
    )
    right.set_title("functions on a square", fontsize=11, color=SOFT)
    right.set_ylabel("")
    return fig


def draw_depth(depth):
    """A sawtooth with its two networks, and errors by the number of folds."""
    fig = figure(12.6, 4.2)
    left, right = fig.add_gridspec(1, 2, width_ratios=(1.5, 1))
    ax = fig.add_subplot(left)
    folds = 5
    x = np.linspace(0, 1, 2**12 + 1)[:, None]
    deep = sawtooth_network(folds)
    shallow = approximation_curve(
        lambda X: deep.scores((X + 1) / 2)[:, 0],
        widths=(2 * folds, 2 * folds + 1),
        n_repeats=1,
        n_points=2048,
    ).networks[0]
    ax.plot(x, deep.scores(x), color=COLORS[0], label=f"{folds} layers of 2 units, exact")
    ax.plot(
        x,
        shallow.scores(2 * x - 1),
        color=COLORS[1],
        label=f"one layer of {2 * folds} units, fitted",
    )
    ax.set(ylim=(-0.05, 1.3), xlabel="x")
    ax.legend(frameon=False, loc="upper center", ncols=2)
    ax.set_title(f"A sawtooth of {2**folds} pieces", color=INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax = fig.add_subplot(right)
    ax.plot(depth.deep_units, depth.shallow_error, "o-", color=COLORS[1], label="one layer, fitted")
    ax.plot(
        depth.deep_units, depth.shallow_bound, ":", color=COLORS[1], label="one layer, at least"
    )
    ax.plot(depth.deep_units, depth.deep_error, "o-", color=COLORS[0], label="two units a layer")
    ax.axhline(np.sqrt(1 / 12), color="#B9C0C6", linewidth=0.9, zorder=0)
    ax.text(depth.deep_units[0], np.sqrt(1 / 12) + 0.005, "a constant", color=SOFT, fontsize=9)
    ax.set(xlabel="hidden units in all (half as many folds)", ylabel="L2 error")
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 0.06))
    ax.set_title("As many units, deep or wide", color=INK)
    ax.spines[["top", "right"]].set_visible(False)
    return fig


if __name__ == "__main__":
    main()
