"""Where training goes: how sharp the loss is, a map of it, and steps that know its shape.

Gradient descent with step η can stay only where the loss bends less than 2/η. Here a small network
learns a wavy curve, and the largest eigenvalue of the Hessian is measured while it trains. The
eigenvalue rises by itself to 2/η and stays there, at the edge of stability (Cohen et al., 2021). So
the step size decides how sharp the place is where training ends.

Then the loss around that place is drawn on three planes: the plane of the path, a plane of random
directions, and the plane in which the loss bends most.

Then natural gradient steps (Amari, 1998). They measure length by the change of the output, not of
the parameters. In a narrow valley, and on the same network, they need few steps where plain steps
need many.

But a natural step costs many gradients. So last, plain steps, momentum, Adam, L-BFGS and natural
steps get the same number of gradients each. And all eigenvalues of the Hessian are seen at once, at
the start and at the end of training.
"""

from __future__ import annotations

from dataclasses import replace

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
from matplotlib.ticker import NullLocator
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from tda.networks import (
    DenseNetwork,
    compare_optimizers,
    gradient_descent,
    loss_sharpness,
    loss_slice,
    natural_gradient_descent,
    random_network,
    spectral_density,
)
from tda.plot import plot_landscape, plot_optimizers, plot_spectral_density

STEPS = {0.05: "#0072B2", 0.1: "#009E73", 0.2: "#D55E00"}
HIDDEN = (20, 20)
#: Of the loss at the start: steps are counted down to it.
TARGET = 0.01
PLAIN, NATURAL = "#8A9299", "#D55E00"


def build_pipeline(*, hidden_layer_sizes=HIDDEN, random_state=0):
    """A network of this size on scaled inputs: a regressor."""
    network = MLPRegressor(
        hidden_layer_sizes=hidden_layer_sizes,
        activation="tanh",
        solver="lbfgs",
        max_iter=2000,
        random_state=random_state,
    )
    return make_pipeline(StandardScaler(), network)


def wavy_curve(n_points=20):
    """Chebyshev's polynomial of degree 5, which swings five times between -1 and 1."""
    x = np.linspace(-1, 1, n_points)
    return x[:, None], np.cos(5 * np.arccos(x))


def parse(argv=None):
    parser = options("loss_landscape", __doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one step size, fewer steps, coarser maps"
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the runs and the maps of the loss."""
    start = clock()
    rates, n_steps, n_grid, n_marks = list(STEPS), 6000, 41, 61
    if args.quick:
        rates, n_steps, n_grid, n_marks = [0.2], 1500, 9, 11
    X, y = wavy_curve()
    network = random_network(
        1,
        HIDDEN,
        activation="tanh",
        bias_variance=0.1,
        parametrization="standard",
        random_state=args.seed,
    )
    marks = np.unique(np.linspace(0, n_steps, n_marks).astype(int))
    runs, sharpness = train(network, X, y, rates, n_steps, marks)
    chosen = rates[len(rates) // 2]
    end, path = runs[chosen].network, runs[chosen].path
    hessian, fisher = (
        loss_sharpness(end, X, y, matrix=matrix, n_eigenvalues=5)
        for matrix in ("hessian", "fisher")
    )
    views = {
        kind: loss_slice(
            end,
            X,
            y,
            directions=kind,
            path=path if kind == "path" else None,
            n_grid=n_grid,
            random_state=args.seed,
        )
        for kind in ("path", "filter", "hessian")
    }
    unseen = loss_slice(end, X, y, path=path, n_grid=2, random_state=args.seed)
    valley = descend_valley(args.seed, n_steps=400, n_grid=21 if args.quick else 61)
    curve = descend_curve(network, X, y, runs[max(rates)])
    by_cost = compare_optimizers(
        network, X, y, budget=300 if args.quick else 2000, random_state=args.seed
    )
    spectra = {
        name: spectral_density(one, X, y, random_state=args.seed)
        for name, one in (("at the start", network), ("at the end", end))
    }
    return {
        "seed": args.seed,
        "n_parameters": network.n_parameters,
        "n_steps": n_steps,
        "edge": {
            rate: {
                "loss": runs[rate].loss[-1],
                "at_steps": marks,
                "sharpness": sharpness[rate],
                "over_edge": sharpness[rate][-1] * rate / 2,
            }
            for rate in rates
        },
        "eigenvalues": {"hessian": hessian.eigenvalues, "fisher": fisher.eigenvalues},
        "path_seen": {"path": views["path"].explained, "filter": unseen.explained},
        "natural": {
            name: {key: case[key] for key in ("steps", "condition", "last_loss")}
            for name, case in (("valley", valley), ("curve", curve))
        },
        "by_cost": {row.name: row.loss_at(by_cost.budget) for row in by_cost},
        "spectra": {
            name: {key: getattr(one, key) for key in ("smallest", "largest", "negative", "trace")}
            for name, one in spectra.items()
        },
        **seconds_since(start),
        "shown": {
            "by_cost": by_cost,
            "spectra": spectra,
            "network": network,
            "runs": runs,
            "chosen": chosen,
            "at_the_end": (hessian, fisher),
            "views": views,
            "valley": valley,
            "curve": curve,
        },
    }


def train(network, X, y, rates, n_steps, marks):
    """Gradient descent with each step size, and the sharpness on its path."""
    runs, sharpness = {}, {}
    for rate in tqdm(rates, leave=False):
        run = gradient_descent(network, X, y, learning_rate=rate, n_steps=n_steps, keep_path=True)
        runs[rate] = run
        sharpness[rate] = np.array(
            [
                loss_sharpness(
                    network.with_parameters(run.path[t]), X, y, n_eigenvalues=1
                ).sharpness
                for t in marks
            ]
        )
    return runs, sharpness


# -- natural against plain steps -----------------------------------------------------------


def descend_valley(seed, n_steps, n_grid):
    """Two weights, one of them determined a hundred times as well as the other."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(100, 2)) @ np.diag([1.0, 0.1])
    y = X @ [1.0, 4.0]
    start = DenseNetwork((np.array([[-0.6], [-3.0]]),), (np.zeros(1),))
    sharp = loss_sharpness(start, X, y)
    plain = gradient_descent(
        start, X, y, learning_rate=1.8 / sharp.sharpness, n_steps=n_steps, keep_path=True
    )
    natural = natural_gradient_descent(
        start, X, y, learning_rate=0.5, damping=1e-4, n_steps=20, keep_path=True
    )
    best = start.with_parameters([1.0, 4.0, 0.0])
    paths = np.vstack([plain.path, natural.path])
    view = loss_slice(best, X, y, directions=np.eye(3)[:2], path=paths, n_grid=n_grid)
    bends = sharp.eigenvalues
    return compared(plain, natural, bends[0] / bends[-1]) | {
        "view": view,
        "paths": (plain.path[:, :2] - [1.0, 4.0], natural.path[:, :2] - [1.0, 4.0]),
    }


def descend_curve(network, X, y, plain):
    """The network of the story by natural steps, compared with its longest plain steps."""
    natural = natural_gradient_descent(network, X, y, damping=1e-2, n_steps=40, solver="cg")
    fisher = loss_sharpness(network, X, matrix="fisher", n_eigenvalues=len(X)).eigenvalues
    return compared(plain, natural, fisher[0] / fisher[-1])


def compared(plain, natural, condition):
    steps = {}
    for name, run in (("plain", plain), ("natural", natural)):
        there = run.loss < TARGET * run.loss[0]
        steps[name] = int(np.argmax(there)) if there.any() else None
    return {
        "losses": (plain.loss, natural.loss),
        "steps": steps,
        "condition": condition,
        "last_loss": {"plain": plain.loss[-1], "natural": natural.loss[-1]},
    }


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    tell_edge(numbers, shown["network"])
    hessian, fisher = shown["at_the_end"]
    print(f"\nAfter training with step {shown['chosen']}. {hessian.verdict}\n{fisher.verdict}")
    for view in shown["views"].values():
        print(f"  {view.verdict}")
    print(f"  (random directions would show {numbers['path_seen']['filter']:.0%} of the path)")
    tell_natural(numbers["natural"])
    print(f"\nThe wavy curve by cost. {shown['by_cost']}")
    print("\nAll eigenvalues of the Hessian:")
    for name, spectrum in shown["spectra"].items():
        print(f"  {name}: {spectrum.verdict}")
    tell_time(numbers)


def tell_edge(numbers, network):
    print(f"{network}, {network.n_parameters} parameters, {numbers['n_steps']:,} steps:")
    print(
        table(
            ["step", "loss", "sharpness: start", "end", "edge 2/step", "end/edge"],
            [
                [
                    rate,
                    f"{row['loss']:.2g}",
                    f"{row['sharpness'][0]:.1f}",
                    f"{row['sharpness'][-1]:.1f}",
                    f"{2 / rate:.0f}",
                    f"{row['over_edge']:.2f}",
                ]
                for rate, row in numbers["edge"].items()
            ],
        )
    )
    meaning(
        "Step: of gradient descent. Sharpness: the largest eigenvalue of the Hessian. Edge: above "
        "this sharpness the step is unstable. End/edge: near 1, training stands at the edge."
    )


def tell_natural(cases):
    print("\nSteps until the loss is a hundredth of the first:")
    rows = [
        [name, count_words(case["steps"]["plain"]), count_words(case["steps"]["natural"])]
        for name, case in (("a narrow valley", cases["valley"]), ("the wavy curve", cases["curve"]))
    ]
    print(table(["problem", "plain", "natural"], rows))
    meaning("Plain and natural: how many steps each gradient takes.")
    condition = cases["valley"]["condition"]
    print(f"The valley's loss bends {condition:.0f} times as much across as along it.")


def count_words(count):
    return "not yet" if count is None else f"{count:,}"


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    figures = {
        "edge": draw_edge(shown["runs"], numbers["edge"]),
        "landscape": draw_landscape(shown["views"], shown["chosen"]),
        "natural": draw_natural(shown["valley"], shown["curve"]),
        "cost": draw_cost(shown["by_cost"], shown["spectra"]),
    }
    finish(out, numbers, figures)


def draw_edge(runs, edge):
    """Loss and sharpness while training, for each step size."""
    fig = figure(12, 4.4)
    fig.suptitle("Sharpness rises to the largest at which the step is stable", color=INK)
    left, right = fig.subplots(1, 2)
    for rate, run in runs.items():
        color = STEPS[rate]
        left.plot(run.loss, color=color, linewidth=1, label=f"step {rate}")
        sharpness = edge[rate]["sharpness"]
        right.plot(edge[rate]["at_steps"], sharpness, "o-", color=color, ms=3, linewidth=1.2)
        right.axhline(2 / rate, color=color, linewidth=1, linestyle="--")
        right.annotate(
            f"2/{rate}", (0, 2 / rate), (2, 3), textcoords="offset points", color=color, fontsize=9
        )
    left.set(yscale="log", xlabel="steps", ylabel="loss")
    left.legend(frameon=False)
    left.yaxis.set_minor_locator(NullLocator())
    right.set(xlabel="steps", ylabel="largest eigenvalue of the Hessian", ylim=(0, None))
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    return fig


def draw_landscape(views, rate):
    """The loss around the end of training on three planes."""
    fig = figure(14, 4.5)
    fig.suptitle(f"The loss around the end of training (step {rate})", color=INK)
    titles = {
        "path": "the plane of the path, {:.0%} of it",
        "filter": "random directions, as long as the weights",
        "hessian": "the directions that bend most",
    }
    for ax, (kind, view) in zip(fig.subplots(1, 3), views.items(), strict=True):
        plot_landscape(view, ax=ax)
        ax.set_title(titles[kind].format(view.explained), fontsize=11, color=SOFT)
    return fig


def draw_cost(by_cost, spectra):
    """The loss by its cost, and where the eigenvalues lie."""
    fig = figure(13, 4.6)
    left, right = fig.subplots(1, 2)
    plot_optimizers(by_cost, ax=left, title="The wavy curve, for the same cost")
    title = "Eigenvalues of the Hessian; ticks: the outermost"
    plot_spectral_density(list(spectra.values()), labels=list(spectra), ax=right, title=title)
    return fig


def draw_natural(valley, curve):
    """Both kinds of steps in a valley, and their losses."""
    fig = figure(14, 4.5)
    fig.suptitle("Natural steps measure length by the change of the output", color=INK)
    first, *others = fig.subplots(1, 3, width_ratios=(1.25, 1, 1))
    view = valley["view"]
    plot_landscape(replace(view, path=None), ax=first, colorbar=False)
    first.lines[-1].set_label("best")
    for path, color, words in zip(
        valley["paths"], (INK, NATURAL), ("plain", "natural"), strict=True
    ):
        first.plot(*path.T, ".-", color=color, linewidth=1.2, ms=5, label=words)
    first.set(xlabel="first weight, less its best", ylabel="second weight, less its best")
    first.legend(frameon=True, edgecolor="none", loc="upper right")
    first.set_title("a narrow valley", fontsize=11, color=SOFT)
    for ax, case, title in zip(
        others, (valley, curve), ("loss in the valley", "loss on the wavy curve"), strict=True
    ):
        for loss, color, words in zip(
            case["losses"], (PLAIN, NATURAL), ("plain", "natural"), strict=True
        ):
            ax.plot(np.arange(len(loss)) + 1, loss / loss[0], color=color, label=words)
        ax.axhline(TARGET, color="#B9C0C6", linewidth=0.9, linestyle=":", zorder=0)
        ax.set(xscale="log", yscale="log", xlabel="steps + 1", ylabel="loss, by that at the start")
        ax.set_ylim(bottom=1e-7)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_minor_locator(NullLocator())
        ax.legend(frameon=False)
        ax.set_title(title, fontsize=11, color=SOFT)
        ax.spines[["top", "right"]].set_visible(False)
    return fig


if __name__ == "__main__":
    main()
