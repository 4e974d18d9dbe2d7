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

Last, a classifier of two classes in the plane. Before training it magnifies no place in particular.
Afterwards it magnifies the border between the classes (Zavatone-Veth et al., 2023).
"""

from __future__ import annotations

import warnings

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table, tell_time
from matplotlib.patheffects import withStroke
from scipy.spatial import cKDTree
from scipy.stats import spearmanr
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from tqdm import tqdm

from tda.datasets import load_digits_images
from tda.networks import PullbackMetric, as_network
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


if __name__ == "__main__":
    main()
