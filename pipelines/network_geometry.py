"""The geometry that a network makes of its inputs: where it stretches, and the shortest paths.

A network takes a small step of its input to a step of its output. How long that step is depends on
its direction, and the rule for it is a Riemannian metric. A map of the Earth has such a metric too,
and there the answers are known. So the story begins with a globe: the shortest way from Paris to
San Francisco, and the curvature. Both are found from nothing but the function that takes degrees to
points in space.

Then an autoencoder learns to describe handwritten digits by two numbers. Its decoder makes a curved
surface among all images. Where does it stretch? It has no labels, and yet it stretches more between
digits than within one digit.

The straight line between two codes is compared with geodesics, the shortest curves on the surface:
the images along them, and how far they are from the digits. Where the straight line crosses a gap
between digits, the surface is stretched, and a geodesic goes around the gap. One can also count how
unsure the decoder is where it saw no digit (Arvanitidis, Hansen, Hauberg, ICLR 2018). Here that
adds little. On any path the images in between are blends.

Next, a classifier of two classes in the plane. Before training it magnifies no place in particular.
Afterwards it magnifies the border between the classes (Zavatone-Veth et al., 2023).

What shapes such a surface? Random networks take a circle, and depth, width, activation and the size
of the weights are changed one at a time: how long the image of the circle gets, and how much it
turns (Poole et al., 2016). The kernel of networks of infinite width predicts the length.

Last, inputs of 64 pixels. A classifier of digits has a metric there too, but loses most directions.
Do shortest paths in it stay nearer to real digits than straight lines? They are followed on a graph
of digits, beside paths on the same graph that know nothing of the network; other digits judge.
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
from matplotlib.patheffects import withStroke
from scipy.spatial import cKDTree
from scipy.stats import spearmanr
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from tqdm import tqdm

from tda.datasets import load_digits_images
from tda.manifold import tangent_frames
from tda.networks import (
    PullbackMetric,
    as_network,
    network_gaussian_process_kernel,
    random_network,
)
from tda.plot import plot_metric

EARTH = 6371.0  # km
CITIES = {"Paris": (2.35, 48.86), "San Francisco": (-122.42, 37.77)}
#: Layers after the one whose two units are the code.
CODE = 2
#: Kernels that measure where codes are, and their width in the square of side 2.
N_KERNELS = 80
BANDWIDTH = 0.1
#: How unsure the decoder is assumed to be far away from the digits: times as much as among them.
MOST_UNSURE = 10.0
STRAIGHT, PLAIN, AWARE = "straight line", "geodesic", "geodesic, uncertainty counted"
ANY = "pairs of different digits"
N_DRAWN = 300
STRAYING = f"pairs, of {N_DRAWN}, whose straight line strays farthest"
#: Random networks: the one that is changed one thing at a time, and the changes.
BASE = {"depth": 3, "width": 100, "activation": "tanh", "weight_variance": 2.0}
CHANGES = {
    "depth": (1, 2, 3, 5, 8),
    "width": (10, 30, 100, 300),
    "activation": ("identity", "logistic", "tanh", "relu", "gelu", "sin"),
    "weight_variance": (0.5, 1.0, 2.0, 4.0, 8.0),
}
#: Features and outputs of random networks, and the variance of their biases.
N_INPUTS, N_OUTPUTS, BIAS = 10, 50, 0.05
ON_PIXELS, ON_NETWORK = "graph, by pixels", "graph, by the network"
COLORS = {STRAIGHT: "#D55E00", PLAIN: "#009E73", AWARE: "#CC79A7"}


def build_pipeline(*, max_iter=250, random_state=0):
    """An autoencoder whose code is two numbers, for images as rows of pixels from 0 to 1."""
    return MLPRegressor(
        hidden_layer_sizes=(100, 50, 2, 50, 100),
        activation="tanh",
        alpha=0.1,
        learning_rate_init=2e-3,
        batch_size=100,
        max_iter=max_iter,
        n_iter_no_change=max_iter,
        random_state=random_state,
    )


def parse(argv=None):
    parser = options("network_geometry", __doc__)
    parser.add_argument(
        "--quick", action="store_true", help="600 digits, shorter training, fewer and coarser paths"
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


def compute(args):
    """The numbers of the story; `shown` holds the network, its fields and the paths."""
    start = clock()
    flight = fly()
    digits = load_digits_images()
    n_digits, n_pairs, n_points, n_grid = len(digits.images), 8, 33, 101
    max_iter = 250
    if args.quick:
        n_digits, n_pairs, n_points, n_grid, max_iter = 600, 1, 17, 41, 120
    images = digits.images[:n_digits].reshape(n_digits, -1)
    target = digits.target[:n_digits]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # training ends after max_iter
        learned = learn(images, target, max_iter, args.seed)
        classifier = classify(args.quick, args.seed)
        wide = walk_among_digits(digits, args.quick, args.seed)
    shapes = shape_of_circles(args.quick, args.seed)
    field = learned["metric"].field(learned["codes"], n_points=n_grid, margin=0.05)
    samples = draw_pairs(learned, target, n_pairs, args.seed)
    ways, summary = {}, {}
    for kind, pairs in samples.items():
        ways[kind] = [find_ways(learned, i, j, n_points) for i, j in tqdm(pairs, leave=False)]
        judged = [{name: judge(learned, path) for name, path in way.items()} for way in ways[kind]]
        summary[kind] = {
            name: {key: np.mean([row[name][key] for row in judged]) for key in judged[0][name]}
            for name in COLORS
        }
    found = [way[name] for kind in ways for way in ways[kind] for name in (PLAIN, AWARE)]
    return {
        "seed": args.seed,
        "globe": {key: value for key, value in flight.items() if key not in ("field", "path")},
        "n_digits": n_digits,
        "autoencoder": {
            key: learned[key]
            for key in (
                "explained",
                "volume_within",
                "volume_between",
                "volume_correlation",
                "curvature",
                "saddles",
            )
        },
        "n_pairs": n_pairs,
        "paths": summary,
        "share_converged": np.mean([geodesic.converged for geodesic in found]),
        "classifier": classifier["rows"],
        "circles": shapes,
        "wide": wide,
        **seconds_since(start),
        "shown": {
            "flight": flight,
            "learned": learned,
            "field": field,
            "target": target,
            "ways": ways[STRAYING][0],
            "ends": target[list(samples[STRAYING][0])],
            "classifier": classifier,
        },
    }


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    tell_globe(numbers["globe"])
    tell_surface(numbers["n_digits"], numbers["autoencoder"])
    tell_paths(numbers)
    tell_classifier(numbers["classifier"])
    tell_circles(numbers["circles"])
    tell_wide(numbers["wide"])
    tell_time(numbers)


def tell_globe(flight):
    print("A globe, known to the program only as a function of longitude and latitude:")
    print(
        table(
            ["", "found", "known"],
            [
                [name, f"{found:,.1f}", f"{known:,.1f}"]
                for name, found, known in (
                    ("shortest path, km", flight["length"], flight["great_circle"]),
                    ("as far north as, degrees", flight["north"], flight["great_circle_north"]),
                    ("radius by the curvature, km", flight["radius"], EARTH),
                )
            ],
        )
    )
    print(f"Straight on the map it is {flight['straight']:,.0f} km.")


def tell_surface(n_digits, learned):
    print(
        f"\nAn autoencoder of {n_digits:,} digits: two numbers keep {learned['explained']:.0%} of "
        "the variance.\nThe surface that its decoder makes:\n"
        f"volume element {learned['volume_within']:.1f} where the nearest codes are of one digit,"
        f" {learned['volume_between']:.1f}\nwhere they are of several (rank correlation with how"
        f" many agree {learned['volume_correlation']:.2f});\nGaussian curvature from "
        f"{learned['curvature'][0]:.2f} to {learned['curvature'][2]:.2f} (90% of the digits), "
        f"negative at {learned['saddles']:.0%}."
    )


def tell_paths(numbers):
    for kind, summary in numbers["paths"].items():
        print(f"\nBetween {numbers['n_pairs']} {kind}, on average:")
        print(
            table(
                ["", "length", "from codes", "at most", "from digits", "at most"],
                [
                    [name, *(f"{value:.3f}" for value in row.values())]
                    for name, row in summary.items()
                ],
            )
        )
    print(
        "Length: of the path of images. From codes: distance to the nearest code of a digit. From\n"
        "digits: distance of the images to the nearest digit, in units of that of decoded codes."
    )
    print(f"Geodesics that converged: {numbers['share_converged']:.0%}.")


def tell_classifier(rows):
    print("\nA classifier of two classes in the plane, its hidden layer:")
    print(
        table(
            ["", "accuracy", "volume at the border", "away from it", "ratio"],
            [
                [
                    name,
                    f"{row['accuracy']:.1%}",
                    f"{row['near']:.3g}",
                    f"{row['far']:.3g}",
                    f"{row['ratio']:.2f}",
                ]
                for name, row in rows.items()
            ],
        )
    )


def tell_circles(rows):
    print("\nA circle through random networks, one thing changed at a time:")
    print(
        table(
            ["changed", "value", "length", "predicted", "turns", "± turns"],
            [
                [
                    row["changed"],
                    row["value"],
                    f"{row['length']:.3f}",
                    f"{row['predicted']:.3f}",
                    f"{row['turns']:.2f}",
                    f"{row['turns_error']:.2f}",
                ]
                for row in rows
            ],
        )
    )
    meaning(
        "Length: of the image, by that of the circle; predicted: by the kernel of infinite width. "
        "Turns: how many full turns the direction of the image makes, 1 for a circle. All turns of "
        "a rectifier's image are in its corners."
    )


def tell_wide(found):
    print(
        f"\nA classifier of digits (64 inputs, accuracy {found['accuracy']:.1%} on other digits). "
        f"Its volume is 0 at {found['lost']:.0%}\nof the digits; along their "
        f"{found['dimension']}-dimensional tangent spaces it is 0 at {found['lost_along']:.0%}. "
        f"{found['n_pairs']} pairs of digits:"
    )
    print(
        table(
            ["path", "length by network", "from other digits", "at most"],
            [
                [
                    name,
                    f"{row['length']:.1f}",
                    f"{row['from_digits']:.3f}",
                    f"{row['most_from_digits']:.3f}",
                ]
                for name, row in found["paths"].items()
            ],
        )
    )
    meaning(
        "From other digits: distance to the nearest digit that no path knew, 1 for a real digit; "
        "the mean along the path and the most."
    )


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    learned, ways = shown["learned"], shown["ways"]
    figures = {
        "globe": draw_globe(shown["flight"]),
        "latent": draw_latent(learned, shown["field"], ways, shown["target"]),
        "paths": draw_paths(learned, ways, shown["ends"]),
        "classifier": draw_classifier(shown["classifier"]),
        "circles": draw_circles(numbers["circles"]),
    }
    finish(out, numbers, figures)


# -- a globe -------------------------------------------------------------------------------


def globe(X):
    """Longitude and latitude in degrees to points in space, in km."""
    east, north = np.radians(X).T
    ring = np.cos(north)
    return EARTH * np.stack([ring * np.cos(east), ring * np.sin(east), np.sin(north)], axis=1)


def fly():
    """The shortest path between two cities, found and known."""
    metric = PullbackMetric(globe)
    a, b = CITIES.values()
    found = metric.geodesic(a, b)
    ends = globe(np.array([a, b])) / EARTH
    normal = np.cross(*ends)
    return {
        "length": found.length,
        "great_circle": EARTH * np.arccos(ends[0] @ ends[1]),
        "north": found.points[:, 1].max(),
        "great_circle_north": np.degrees(np.arccos(abs(normal[2]) / np.linalg.norm(normal))),
        "radius": metric.curvature([a])[0] ** -0.5,
        "straight": found.straight_length,
        "path": found,
        "field": metric.field([[-150, 0], [30, 80]], margin=0.0),
    }


def draw_globe(flight):
    fig = figure(9.5, 5)
    straight = np.array(list(CITIES.values()))
    paths = {
        f"straight on the map, {flight['straight']:,.0f} km": straight,
        f"shortest, {flight['length']:,.0f} km": flight["path"],
    }
    title = "All ellipses are circles of one size on the globe"
    ax = plot_metric(flight["field"], paths=paths, ax=fig.subplots(), title=title)
    rim = [withStroke(linewidth=3, foreground="white")]
    for name, (east, north) in CITIES.items():
        place = {"textcoords": "offset points", "ha": "center", "path_effects": rim}
        ax.annotate(name, (east, north), (0, -16), **place)
    ax.set(xlabel="longitude", ylabel="latitude")
    ax.xaxis.set_major_formatter("{x:.0f}°")
    ax.yaxis.set_major_formatter("{x:.0f}°")
    ax.child_axes[0].set_ylabel("km² in a square degree", color=INK)
    ax.get_legend().set_bbox_to_anchor((0.5, -0.14))
    return fig


# -- an autoencoder ------------------------------------------------------------------------


def learn(images, target, max_iter, seed):
    """A trained autoencoder, and the surface that its decoder makes."""
    model = build_pipeline(max_iter=max_iter, random_state=seed).fit(images, images)
    network = as_network(model)
    codes = network.layers(images)[CODE]
    decoder = network.part(CODE + 1)
    metric = PullbackMetric(decoder)
    decoded = decoder.scores(codes)
    errors = ((decoded - images) ** 2).sum(axis=1)
    volume, curvature = np.log(metric.volume(codes)), metric.curvature(codes)
    n_neighbors = 15
    vote = KNeighborsClassifier(n_neighbors).fit(codes, target)
    agree = vote.predict_proba(codes).max(axis=1)
    unsure = UnsureDecoder(decoder, codes, np.sqrt(errors.mean()))
    return {
        "metric": metric,
        "aware": PullbackMetric(unsure, jacobian=unsure.jacobian),
        "decoder": decoder,
        "codes": codes,
        "near_codes": cKDTree(codes),
        "near_digits": cKDTree(images),
        "typical": cKDTree(images).query(decoded)[0].mean(),
        "explained": 1 - errors.sum() / ((images - images.mean(axis=0)) ** 2).sum(),
        "volume_within": np.exp(volume[agree == 1].mean()),
        "volume_between": np.exp(volume[agree <= 0.6].mean()),
        "volume_correlation": spearmanr(agree, volume)[0],
        "curvature": np.quantile(curvature, [0.05, 0.5, 0.95]),
        "saddles": np.mean(curvature < 0),
    }


class UnsureDecoder:
    """A decoder with its standard deviation as one more output.

    The mean metric of a random decoder of mean m and standard deviation s is that of the map to
    (m, s). Here s is `error` among the codes and grows where there are none, up to `MOST_UNSURE`
    times as much.
    """

    def __init__(self, decoder, codes, error):
        clusters = KMeans(N_KERNELS, n_init=1, random_state=0).fit(codes)
        self.decoder, self.error, self.centers = decoder, error, clusters.cluster_centers_
        self.weights = np.bincount(clusters.labels_, minlength=N_KERNELS) / len(codes)
        self.level = np.median(self._density(codes)[0])

    def __call__(self, X):
        spread = self._spread(self._density(X)[0])
        return np.column_stack([self.decoder.scores(X), spread])

    def jacobian(self, X):
        density, slope = self._density(X)
        # Of error (density / level + least)^(-1/2) by the density, and that by X.
        outer = -0.5 * self._spread(density) ** 3 / (self.error**2 * self.level)
        return np.concatenate(
            [self.decoder.jacobian(X), (outer[:, None] * slope)[:, None, :]], axis=1
        )

    def _spread(self, density):
        return self.error / np.sqrt(density / self.level + MOST_UNSURE**-2)

    def _density(self, X):
        """A mixture of Gaussian kernels, and its gradient."""
        apart = (self.centers - X[:, None]) / BANDWIDTH
        parts = self.weights * np.exp(-0.5 * (apart**2).sum(axis=2))
        return parts.sum(axis=1), (parts[:, :, None] * apart).sum(axis=1) / BANDWIDTH


def draw_pairs(learned, target, n_pairs, seed):
    """Pairs of different digits: any, and those whose straight line is farthest from codes."""
    rng = np.random.default_rng(seed)
    pairs = rng.integers(len(target), size=(2 * N_DRAWN, 2))
    pairs = pairs[target[pairs[:, 0]] != target[pairs[:, 1]]][:N_DRAWN]
    lines = (along(learned, learned["codes"][pair], 200) for pair in pairs)
    strays = np.array([learned["near_codes"].query(line)[0].max() for line in lines])
    farthest = np.argsort(-strays, kind="stable")[:n_pairs]
    return {ANY: pairs[:n_pairs], STRAYING: pairs[farthest]}


def find_ways(learned, i, j, n_points):
    """Three paths from the code of one digit to that of another."""
    a, b = learned["codes"][[i, j]]
    return {
        STRAIGHT: np.linspace(a, b, n_points),
        PLAIN: learned["metric"].geodesic(a, b, n_points=n_points),
        AWARE: learned["aware"].geodesic(a, b, samples=learned["codes"], n_points=n_points),
    }


def judge(learned, way):
    """How long a path is, and how far it is from codes and digits."""
    points = along(learned, way, 200)
    from_codes = learned["near_codes"].query(points)[0]
    decoded = learned["decoder"].scores(points)
    from_digits = learned["near_digits"].query(decoded)[0] / learned["typical"]
    return {
        "length": learned["metric"].length(getattr(way, "points", way)),
        "from_codes": from_codes.mean(),
        "most_from_codes": from_codes.max(),
        "from_digits": from_digits.mean(),
        "most_from_digits": from_digits.max(),
    }


def along(learned, way, n):
    """Points of a path, at equal steps of the decoded image."""
    path = getattr(way, "points", way)
    where = np.linspace(0, 1, len(path))
    fine = np.linspace(0, 1, 500)
    fine = np.column_stack([np.interp(fine, where, x) for x in path.T])
    steps = np.linalg.norm(np.diff(learned["decoder"].scores(fine), axis=0), axis=1)
    passed = np.concatenate([[0], np.cumsum(steps)])
    return np.column_stack([np.interp(np.linspace(0, passed[-1], n), passed, x) for x in fine.T])


def draw_latent(learned, field, ways, target):
    fig = figure(14, 6.4)
    left, right = fig.subplots(1, 2)
    plot_metric(
        field,
        ellipses=False,
        points=learned["codes"],
        classes=target,
        ax=left,
        title="Digits as two numbers: the decoder stretches (dark) between digits",
    )
    plot_metric(
        field,
        color="curvature",
        paths={name: ways[name] for name in COLORS},
        points=learned["codes"],
        ax=right,
        title="Curvature of its surface, and paths between two digits",
    )
    return fig


def draw_paths(learned, ways, ends, n=11):
    """Images along each path, and how far each is from any code."""
    fig = figure(10, 6.8)
    fig.suptitle(f"From a {ends[0]} to a {ends[1]}, at equal steps of the image", color=INK)
    *strips, bottom = fig.subfigures(len(COLORS) + 1, 1, height_ratios=(1, 1, 1, 2.2))
    for strip, (name, color) in zip(strips, COLORS.items(), strict=True):
        strip.suptitle(name, fontsize=11, color=color, x=0.01, ha="left")
        decoded = learned["decoder"].scores(along(learned, ways[name], n))
        for ax, image in zip(strip.subplots(1, n), decoded, strict=True):
            ax.imshow(image.reshape(8, 8), cmap="Greys", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_color("#D5D9DC")
    ax = bottom.subplots()
    for name, color in COLORS.items():
        points = along(learned, ways[name], 200)
        distances = learned["near_codes"].query(points)[0]
        ax.plot(np.linspace(0, 1, 200), distances, color=color, label=name, linewidth=2)
    ax.set(xlim=(0, 1), xlabel="share of the path", ylabel="distance to the nearest code")
    ax.set_ylim(bottom=0)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return fig


# -- a classifier --------------------------------------------------------------------------


def wave(x):
    return 0.6 * np.sin(4 * x)


def classify(quick, seed):
    """A network that learns two classes on both sides of a wave, before and after training."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (600 if quick else 1500, 2))
    y = (X[:, 1] > wave(X[:, 0])).astype(int)
    shape = {"hidden_layer_sizes": [100], "activation": "tanh", "random_state": seed}
    untrained = MLPClassifier(**shape, solver="sgd", learning_rate_init=1e-12, max_iter=1)
    trained = MLPClassifier(**shape, solver="lbfgs", alpha=0.1, max_iter=500)
    rows, fields = {}, {}
    for name, model in (("before training", untrained), ("after training", trained)):
        model.fit(X, y)
        field = PullbackMetric(model, layer="hidden 1").field(
            [[-1, -1], [1, 1]], margin=0, n_points=41 if quick else 101
        )
        grid = np.stack(np.meshgrid(field.x, field.y), axis=-1).reshape(-1, 2)
        border = np.linspace(-1.5, 1.5, 3000)
        apart = cKDTree(np.column_stack([border, wave(border)])).query(grid)[0]
        volume = field.volume.ravel()
        near, far = volume[apart < 0.1].mean(), volume[apart > 0.3].mean()
        rows[name] = {
            "accuracy": model.score(X, y),
            "near": near,
            "far": far,
            "ratio": near / far,
            "correlation_with_distance": spearmanr(apart, volume)[0],
        }
        fields[name] = field, model.predict_proba(grid)[:, 1].reshape(field.volume.shape)
    return {"rows": rows, "fields": fields}


def draw_classifier(classifier):
    fig = figure(13, 5.8)
    fig.suptitle("A classifier magnifies the border between its classes", color=INK)
    for ax, (name, (field, probability)) in zip(
        fig.subplots(1, 2), classifier["fields"].items(), strict=True
    ):
        ratio = classifier["rows"][name]["ratio"]
        title = f"{name}: {ratio:.2f} times as much at the true border as away from it"
        plot_metric(field, ax=ax)
        ax.set_title(title, fontsize=11, color=SOFT)
        ax.plot(field.x, wave(field.x), "--", color=INK, linewidth=1.2, label="true border")
        if probability.min() < 0.5 < probability.max():
            ax.plot([], [], color="#D55E00", label="border that it draws")
            ax.contour(field.x, field.y, probability, [0.5], colors="#D55E00", linewidths=2)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=2, frameon=False)
    return fig


# -- one thing at a time -------------------------------------------------------------------


def circle(angles):
    """A circle of as many coordinates as random networks take, of mean square 1."""
    frame = np.linalg.qr(np.random.default_rng(0).normal(size=(N_INPUTS, 2)))[0]
    return np.sqrt(N_INPUTS) * np.stack([np.cos(angles), np.sin(angles)], axis=1) @ frame.T


def shape_of_circles(quick, seed):
    """Length and turning of the image of a circle, for each change of a random network."""
    n_networks, n_points = (4, 600) if quick else (10, 2000)
    points = circle(np.linspace(0, 2 * np.pi, n_points + 1))
    own = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    rows = []
    for name, values in CHANGES.items():
        for value in values:
            made = BASE | {name: value}
            variances = [1.0] + [made["weight_variance"]] * made["depth"]
            how = {"activation": made["activation"], "bias_variance": BIAS}
            lengths, turns = [], []
            for k in range(n_networks):
                network = random_network(
                    N_INPUTS,
                    [made["width"]] * made["depth"],
                    N_OUTPUTS,
                    weight_variance=variances,
                    random_state=1000 * seed + k,
                    **how,
                )
                steps = np.diff(network.scores(points), axis=0)
                lengths.append(np.linalg.norm(steps, axis=1).sum() / np.sqrt(N_OUTPUTS))
                turns.append(count_turns(steps))
            K = network_gaussian_process_kernel(
                points[:20], n_hidden_layers=made["depth"], weight_variance=variances, **how
            )
            chords = np.diag(K)[:-1] + np.diag(K)[1:] - 2 * np.diag(K, 1)
            predicted = np.sqrt(np.maximum(chords, 0)).mean() * n_points
            rows.append(
                {
                    "changed": name.replace("_", " "),
                    "value": value,
                    "length": np.mean(lengths) * np.sqrt(N_INPUTS) / own,
                    "predicted": predicted * np.sqrt(N_INPUTS) / own,
                    "turns": np.mean(turns),
                    "turns_error": np.std(turns, ddof=1) / np.sqrt(n_networks),
                }
            )
    return rows


def count_turns(steps):
    """The angles between the steps of a closed polygon, in full turns."""
    units = steps / np.linalg.norm(steps, axis=1, keepdims=True)
    after = np.roll(units, -1, axis=0)
    across = np.linalg.norm(units - after, axis=1)
    return (2 * np.arctan2(across, np.linalg.norm(units + after, axis=1))).sum() / (2 * np.pi)


def draw_circles(rows):
    fig = figure(13, 5.6)
    fig.suptitle("A circle through random networks, one thing changed at a time", color=INK)
    axes = fig.subplots(2, len(CHANGES), sharey="row")
    for column, name in zip(axes.T, CHANGES, strict=True):
        own = [row for row in rows if row["changed"] == name.replace("_", " ")]
        places, labels = np.arange(len(own)), [str(row["value"]) for row in own]
        top, bottom = column
        style = "o" if name == "activation" else "o-"  # kinds have no order
        top.plot(places, [row["length"] for row in own], style, color="#0072B2", label="networks")
        predicted = [row["predicted"] for row in own]
        top.plot(places, predicted, "x", color="#D55E00", ms=8, label="infinite width")
        errors = [row["turns_error"] for row in own]
        turns = [row["turns"] for row in own]
        bottom.errorbar(places, turns, errors, fmt=style, color="#0072B2")
        bottom.axhline(1, color="#B9C0C6", linewidth=0.9, zorder=0)
        top.set_title(name.replace("_", " "), fontsize=11, color=SOFT)
        top.set(yscale="log", xticks=places, xticklabels=[])
        bottom.set(yscale="log", xticks=places)
        bottom.set_xticklabels(labels, rotation=40 if name == "activation" else 0)
        for ax in column:
            ax.spines[["top", "right"]].set_visible(False)
            ax.yaxis.set_major_formatter("{x:g}")
    axes[0, 0].set_ylabel("length, by that of the circle")
    axes[1, 0].set_ylabel("full turns")
    axes[0, 0].legend(frameon=False)
    return fig


# -- wide inputs ---------------------------------------------------------------------------


def walk_among_digits(digits, quick, seed):
    """Paths between digits in the metric of a classifier, judged by digits that none knew."""
    rng = np.random.default_rng([seed, 2])
    order = rng.permutation(len(digits.images))
    n_known, n_pairs = (500, 5) if quick else (1000, 30)
    X = digits.images.reshape(len(digits.images), -1)
    known, others = X[order[:n_known]], X[order[n_known:]]
    model = MLPClassifier([60], activation="tanh", solver="lbfgs", alpha=1.0, max_iter=100)
    model.set_params(random_state=seed).fit(known, digits.target[order[:n_known]])
    metric, pixels = PullbackMetric(model), PullbackMetric(lambda X: X)
    frames = tangent_frames(known)
    near = cKDTree(others)
    typical = near.query(known)[0].mean()
    pairs = rng.integers(n_known, size=(10 * n_pairs, 2))
    target = digits.target[order[:n_known]]
    pairs = pairs[target[pairs[:, 0]] != target[pairs[:, 1]]][:n_pairs]
    rows = {name: [] for name in (STRAIGHT, ON_PIXELS, ON_NETWORK)}
    for i, j in pairs:
        a, b = known[[i, j]]
        on_graph = {"samples": known, "n_neighbors": 10, "n_points": 101, "relax": False}
        ways = {
            STRAIGHT: a + np.linspace(0, 1, 101)[:, None] * (b - a),
            ON_PIXELS: pixels.geodesic(a, b, **on_graph).points,
            ON_NETWORK: metric.geodesic(a, b, **on_graph).points,
        }
        for name, way in ways.items():
            # At equal steps of pixels, so that no path may rest at a digit.
            even = even_steps(way, 101)
            apart = near.query(even)[0] / typical
            rows[name].append((metric.length(way), apart.mean(), apart.max()))
    names = ("length", "from_digits", "most_from_digits")
    return {
        "accuracy": model.score(others, digits.target[order[n_known:]]),
        "dimension": frames.shape[2],
        "lost": np.mean(metric.volume(known) == 0),
        "lost_along": np.mean(metric.volume(known, frames=frames) == 0),
        "n_pairs": len(pairs),
        "paths": {
            name: dict(zip(names, np.mean(values, axis=0), strict=True))
            for name, values in rows.items()
        },
    }


def even_steps(path, n):
    """Points at equal steps along a polyline."""
    passed = np.append(0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
    even = np.linspace(0, passed[-1], n)
    return np.column_stack([np.interp(even, passed, x) for x in path.T])


if __name__ == "__main__":
    main()
