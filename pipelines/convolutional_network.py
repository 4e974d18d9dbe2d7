"""A convolutional network on handwritten digits: what its layers, metric, landscape and kernel say.

Four ways to look at one small residual network with batch normalisation, trained in torch on real
digits. Report: no digit has a hole to undo, so what is left is how the classes part and how the
dimension goes, beside networks of the same shape that learned nothing. Layers: which of two seeds
are alike, and how many directions of the data each layer keeps. Metric and landscape: whether the
output stretches the data where the network is unsure, and how the loss bends. Kernel: how near a
linear machine comes with the derivatives of the trained network, and how near with those of one
that has learned nothing.

It needs torch (pip install 'tda-learn[torch]').
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
    steps,
    table,
    tell_time,
)
from scipy.stats import spearmanr
from sklearn.model_selection import train_test_split

from tda.datasets import load_digits_images
from tda.networks import (
    PullbackMetric,
    as_network,
    compare_layers,
    empirical_tangent_kernel,
    kernel_ridge,
    layer_report,
    layer_tangents,
    loss_sharpness,
    loss_slice,
    untrained_network,
)
from tda.plot import plot_landscape, plot_layer_comparison, plot_layers

SHAPE = (1, 8, 8)


def build_pipeline(random_state=0):
    """The network before training: a stem, a residual block, a wider layer, a mean, ten scores."""
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, n):
            super().__init__()
            self.conv1, self.norm1 = nn.Conv2d(n, n, 3, padding=1), nn.BatchNorm2d(n)
            self.conv2, self.norm2 = nn.Conv2d(n, n, 3, padding=1), nn.BatchNorm2d(n)

        def forward(self, x):
            y = torch.relu(self.norm1(self.conv1(x)))
            return torch.relu(self.norm2(self.conv2(y)) + x)

    with torch.random.fork_rng():
        torch.manual_seed(random_state)
        return nn.Sequential(
            nn.Conv2d(1, 12, 3, padding=1),
            nn.BatchNorm2d(12),
            nn.ReLU(),
            Block(12),
            nn.MaxPool2d(2),
            nn.Conv2d(12, 24, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(96, 10),
        )


def parse(argv=None):
    parser = options("convolutional_network", __doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rows, epochs and grid points")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the reports."""
    start, quick = clock(), args.quick
    digits = load_digits_images()
    X = digits.images.reshape(-1, 64)
    X, X_test, y, y_test = train_test_split(
        X, digits.target, test_size=597, stratify=digits.target, random_state=args.seed
    )
    seeds = (args.seed, args.seed + 1)
    networks = [
        train(X, y, n_epochs=4 if quick else 20, seed=seed) for seed in steps(seeds, "training")
    ]
    network = networks[0]
    predicted = network.scores(X_test).argmax(axis=1)
    right = predicted == y_test
    some = slice(0, 120 if quick else 400)
    report = layer_report(
        network,
        X_test[right],
        y_test[right],
        max_points=25 if quick else 60,
        untrained=1 if quick else 2,
        random_state=args.seed,
    )
    alike = compare_layers(networks, X_test[some])
    tangents = layer_tangents(network, X_test, max_points=30 if quick else 100)
    metric = metric_of(network, X_test, n=60 if quick else 300)
    landscape = landscape_of(network, X[some], y[some], n_grid=7 if quick else 21)
    kernel = kernel_of(network, X, y, X_test, y_test, n=100 if quick else 300, seed=args.seed)
    return {
        "seed": args.seed,
        "n_parameters": network.n_parameters,
        "accuracy": float(right.mean()),
        "report": {
            "verdict": report.verdict,
            "layers": list(report.layer_names),
            "silhouette": report.silhouette.tolist(),
            "untrained": [other.silhouette.tolist() for other in report.untrained],
            "dimension": np.nanmedian(report.dimension, axis=1).tolist(),
            "excess": report.excess.tolist(),
        },
        "seeds": {"verdict": alike.verdict, "same_layer": np.diag(alike.values).tolist()},
        "tangents": {
            "verdict": tangents.verdict,
            "dimension": tangents.dimension,
            "kept": np.median(tangents.kept, axis=1).tolist(),
        },
        "metric": {key: value for key, value in metric.items() if key != "shown"},
        "landscape": {key: value for key, value in landscape.items() if key != "shown"},
        "kernel": kernel,
        **seconds_since(start),
        "shown": {
            "report": report,
            "alike": alike,
            "tangents": tangents,
            "metric": metric["shown"],
            "landscape": landscape["shown"],
        },
    }


def train(X, y, *, n_epochs, seed):
    """A network trained by Adam, as one of flat rows with a softmax."""
    import torch

    module, rng = build_pipeline(random_state=seed), np.random.default_rng(seed)
    optimizer = torch.optim.Adam(module.parameters(), lr=3e-3)
    rows = torch.tensor(X.reshape(-1, *SHAPE), dtype=torch.float32)
    targets = torch.tensor(y)
    module.train()
    for _ in range(n_epochs):
        order = rng.permutation(len(rows))
        for start in range(0, len(rows), 50):
            batch = order[start : start + 50]
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(module(rows[batch]), targets[batch])
            loss.backward()
            optimizer.step()
    return as_network(module.eval(), link="softmax", input_shape=SHAPE)


def metric_of(network, X, n):
    """The volume of the Fisher metric along the data, and how unsure the network is there."""
    probabilities = network.predict(X)
    doubt = 1 - probabilities.max(axis=1)
    # The surest rows say nothing that rounding leaves: half of the rows are the least sure.
    rows = np.argsort(doubt)[::-1][: min(n, len(X))]
    from tda.manifold import tangent_frames

    frames = tangent_frames(X, dimension=3)[rows]
    volume = PullbackMetric(network, output_metric="fisher").volume(X[rows], frames=frames)
    return {
        "n_rows": len(rows),
        "correlation": float(spearmanr(volume, doubt[rows]).statistic),
        "shown": (doubt[rows], volume),
    }


def landscape_of(network, X, y, n_grid):
    """How sharp the loss is, and a plane of it through the network."""
    sharp = loss_sharpness(network, X, y, n_eigenvalues=3, tol=0.01)
    plane = loss_slice(network, X, y, n_grid=n_grid, extent=0.5)
    return {
        "eigenvalues": np.asarray(sharp.eigenvalues).tolist(),
        "loss": float(network.loss(X, y)),
        "verdict": sharp.verdict,
        "shown": plane,
    }


def kernel_of(network, X, y, X_test, y_test, n, seed):
    """Accuracy of ridge regression with the tangent kernel, trained and untrained, on some rows."""
    rows, others = X[:n], X_test[:n]
    targets = np.eye(10)[y[:n]]
    found = {"n_rows": n, "network": accuracy(network.scores(others), y_test[:n])}
    before = untrained_network(network, X, random_state=seed)
    for name, one in (("trained", network), ("untrained", before)):
        K = empirical_tangent_kernel(one, rows, outputs="mean")
        fit = kernel_ridge(K, targets)
        across = empirical_tangent_kernel(one, others, rows, outputs="mean")
        found[name] = accuracy(across @ fit.coefficients + fit.intercept, y_test[:n])
    return found


def accuracy(scores, y):
    return float((scores.argmax(axis=1) == y).mean())


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    print(
        f"A convolutional network of {numbers['n_parameters']:,} parameters; "
        f"{numbers['accuracy']:.1%} of 597 new digits are right.\n"
    )
    print(f"Report: {shown['report']}\n")
    print(f"Two seeds: {numbers['seeds']['verdict']}\n")
    print(f"Tangent spaces: {shown['tangents']}\n")
    print(
        f"Metric: over the {numbers['metric']['n_rows']} least sure digits, the volume of a piece "
        f"of the data and the doubt\nare correlated by {numbers['metric']['correlation']:.2f}.\n"
    )
    print(f"Landscape: {numbers['landscape']['verdict']}\n")
    kernel = numbers["kernel"]
    names = {"network": "the network itself", "trained": "tangent kernel, trained",
             "untrained": "tangent kernel, untrained"}  # fmt: skip
    print(table(["machine", "accuracy"], [[n, f"{kernel[k]:.1%}"] for k, n in names.items()]))
    meaning(f"kernels: ridge regression on {kernel['n_rows']} digits; the network had 1,200.")
    tell_time(numbers)


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    shown = numbers["shown"]
    layers = figure(13.5, 4.0)
    plot_layers(shown["report"], axes=layers.subplots(1, 3))
    alike = figure(6.6, 5.8)
    plot_layer_comparison(shown["alike"], ax=alike.subplots())
    seen = figure(11.0, 4.4)
    left, right = seen.subplots(1, 2)
    plot_landscape(shown["landscape"], ax=left, title="the loss around the network")
    doubt, volume = shown["metric"]
    right.scatter(doubt, volume, s=9, color=SOFT)
    right.set_xscale("log")
    right.set_yscale("log")
    right.set_xlabel("doubt: 1 − largest probability", color=INK)
    right.set_ylabel("volume of the data, Fisher metric", color=INK)
    right.set_title("volume of the data and doubt", loc="left", fontsize=10, color=INK)
    right.spines[["top", "right"]].set_visible(False)
    finish(out, numbers, {"layers": layers, "alike": alike, "landscape_and_metric": seen})


if __name__ == "__main__":
    main()
