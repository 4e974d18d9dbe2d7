"""A curve through 1,000 dimensions is one-dimensional, and a ruler can be laid along it.

The points lie on one smooth curve that winds through all of 1,000 coordinates, with noise in each
of them. The noise is small in each coordinate and large in all together: more than ten times the
distance from one point of the curve to the next. So the nearest neighbours see the noise, and
hundreds of dimensions. Neighbours farther away see the curve.

  how many dimensions    by scale; the noise follows a law, and with it the noise is taken off
  where along the curve  Isomap's one coordinate, from the shortest paths among neighbours
  a plain view           three random projections, and the first principal component

In the end the true place of each point is compared with the one that was found.
"""

from __future__ import annotations

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table
from scipy.stats import spearmanr
from tqdm import tqdm

from tda import Embedding, IntrinsicDimension
from tda.datasets import make_squiggle

DIMENSION = 1000
TURNS = 3.0
#: In each coordinate; the curve lies on a sphere of radius 1.
NOISE = 0.005
NOISES = (0.0, 0.002, 0.005, 0.01, 0.02, 0.04)
BLUE, ORANGE = "#0072B2", "#D55E00"


def build_pipeline(*, method="isomap", n_neighbors=15, random_state=0):
    """The one step of the story: points of a curve in, places along it out."""
    return Embedding(
        method=method, n_components=1, n_neighbors=n_neighbors, random_state=random_state
    )


def parse(argv=None):
    parser = options("squiggle", __doc__)
    parser.add_argument("--quick", action="store_true", help="400 points, three levels of noise")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the coordinates and the true places."""
    start = clock()
    n_points = 400 if args.quick else 1000
    noises = (0.0, NOISE, 0.04) if args.quick else NOISES
    truth = places_on_the_curve(n_points, args.seed)
    levels = [
        measure(n_points, noise, truth, args.seed)
        for noise in tqdm(noises, desc="noise", unit="level", leave=False)
    ]
    chosen = next(level for level in levels if level["noise"] == NOISE)
    return {
        "seed": args.seed,
        "n_points": n_points,
        "n_dimensions": DIMENSION,
        "spacing": spacing(n_points),
        "levels": [
            {key: value for key, value in level.items() if key != "coordinate"} for level in levels
        ],
        "chosen": {key: chosen[key] for key in ("noise", "dimension", "interval", "isomap", "pca")},
        **seconds_since(start),
        "shown": {"truth": truth, "levels": levels, "chosen": chosen},
    }


def places_on_the_curve(n_points, seed):
    """How far along the curve each point lies, from 0 to 1, by the curve without noise.

    Its first pair of coordinates turns slowest, by less than half a turn in all.
    """
    clean = make_squiggle(n_points, dimension=DIMENSION, turns=TURNS, random_state=seed).points
    half = DIMENSION // 2
    return np.arctan2(clean[:, half], clean[:, 0]) * half / (2 * np.pi * TURNS)


def spacing(n_points):
    """The mean distance along the curve from one point to the next."""
    half = DIMENSION // 2
    speed = 2 * np.pi * TURNS * np.sqrt(np.mean((np.arange(1, half + 1) / half) ** 2))
    return speed / n_points


def noisy(n_points, noise, seed):
    """The points of the curve, the same ones at each level of noise."""
    return make_squiggle(
        n_points, dimension=DIMENSION, turns=TURNS, noise=noise, random_state=seed
    ).points


def measure(n_points, noise, truth, seed):
    """The dimension over scales, and how well one coordinate gives the place on the curve."""
    points = noisy(n_points, noise, seed)
    dimension = IntrinsicDimension().fit(points)
    estimate = dimension.estimate_
    coordinate = build_pipeline(random_state=seed).fit_transform(points)[:, 0]
    component = build_pipeline(method="pca", random_state=seed).fit_transform(points)[:, 0]
    return {
        "noise": noise,
        "dimension": dimension.dimension_,
        "interval": dimension.interval_,
        "plateau": dimension.plateau_,
        "noise_found": estimate.noise,
        "verdict": dimension.verdict_,
        "radii": dimension.radii_,
        "curve": dimension.curve_,
        "isomap": abs(np.corrcoef(coordinate, truth)[0, 1]),
        "length": np.ptp(coordinate),
        "isomap_ranks": abs(spearmanr(coordinate, truth).statistic),
        "pca": abs(np.corrcoef(component, truth)[0, 1]),
        "coordinate": coordinate,
    }


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    n_points, levels = numbers["n_points"], numbers["levels"]
    print(
        f"{n_points:,} points of a curve in {DIMENSION:,} dimensions: how many dimensions does it "
        "have?\n"
    )
    headers = [
        "noise",
        "its radius",
        "nearest say",
        "answer",
        "radius found",
        "Isomap",
        "PCA",
        "length",
    ]
    rows = [
        [
            f"{level['noise']:g}",
            f"{level['noise'] * np.sqrt(DIMENSION):.3f}",
            f"{level['curve'][0]:.1f}",
            "none" if level["plateau"] is None else f"{level['dimension']:.2f}",
            "-" if not level["noise_found"] else f"{level['noise_found'] / np.sqrt(2):.3f}",
            f"{level['isomap']:.4f}",
            f"{level['pca']:.2f}",
            f"{level['length']:.1f}",
        ]
        for level in levels
    ]
    print(table(headers, rows))
    print(
        "\nNoise: in each coordinate. Its radius: that of all coordinates together; the points of\n"
        f"the curve are {spacing(n_points):.3f} apart. Nearest say: the dimension among nearest "
        "neighbours. Answer:\nthe dimension of the whole curve over scales. Isomap, PCA: "
        "correlation of the one coordinate\nwith the true place. Length: that of Isomap's "
        f"coordinate. The curve's own is {spacing(n_points) * n_points:.1f}; noise\nmakes each "
        "step of a path longer.\n"
    )
    chosen = numbers["shown"]["chosen"]
    print(f"With noise {NOISE:g}: {chosen['verdict']}")
    lost = next((level for level in levels if level["plateau"] is None), None)
    if lost:
        print(f"With noise {lost['noise']:g}: {lost['verdict']}")


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figure and numbers.json."""
    finish(out, numbers, {"squiggle": draw_squiggle(numbers)})


def draw_squiggle(numbers):
    """Three projections of the curve; below, its dimension by scale and the coordinate found."""
    truth, levels, chosen = (numbers["shown"][key] for key in ("truth", "levels", "chosen"))
    seed = numbers["seed"]
    fig = figure(10, 7.2)
    fig.suptitle(
        f"A noisy curve in {DIMENSION:,} dimensions: its dimension is {chosen['dimension']:.1f}",
        color=INK,
        fontsize=15,
    )
    above, below = fig.subfigures(2, 1, height_ratios=(1, 1.25))
    points = noisy(len(truth), chosen["noise"], seed)
    rng = np.random.default_rng(seed)
    for k, ax in enumerate(above.subplots(1, 3), start=1):
        plane, _ = np.linalg.qr(rng.standard_normal((DIMENSION, 2)))
        ax.scatter(*(points @ plane).T, c=truth, s=7, cmap="viridis", linewidth=0)
        ax.set_title(f"random projection {k}", fontsize=11, color=SOFT)
        ax.set(xticks=[], yticks=[])
        ax.set_aspect("equal", adjustable="datalim")
    left, right = below.subplots(1, 2, width_ratios=(1.25, 1))
    draw_dimension(left, chosen, levels)
    coordinate = chosen["coordinate"] * np.sign(np.corrcoef(chosen["coordinate"], truth)[0, 1])
    right.scatter(truth, coordinate, c=truth, s=7, cmap="viridis", linewidth=0)
    right.set_title(f"Isomap's coordinate: correlation {chosen['isomap']:.4f}", color=INK)
    right.set(xlabel="true place on the curve", ylabel="coordinate found")
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    return fig


def draw_dimension(ax, chosen, levels):
    clean = next(level for level in levels if level["noise"] == 0)
    lines = ((clean, BLUE, "no noise"), (chosen, ORANGE, f"noise {chosen['noise']:g}"))
    ax.axhline(1, color="#B9C0C6", linewidth=0.8, zorder=0)
    for level, color, name in lines:
        ax.plot(level["radii"], level["curve"], "o-", color=color, markersize=4, label=name)
    if chosen["plateau"]:
        ax.axvspan(*chosen["plateau"], color=ORANGE, alpha=0.1, linewidth=0)
        words = f"noise taken off: {chosen['dimension']:.1f}"
        place = {"xytext": (-12, 26), "textcoords": "offset points", "ha": "right"}
        arrow = {"arrowstyle": "-", "color": ORANGE, "linewidth": 0.8}
        ax.annotate(words, (chosen["plateau"][0], 1.05), color=ORANGE, arrowprops=arrow, **place)
    ax.set(xscale="log", yscale="log", xlabel="distance to the neighbours", ylabel="dimension")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:g}")
    ax.set_title("Near neighbours show the noise, farther ones the curve", color=INK)
    ax.legend(frameon=False, loc="upper left")


if __name__ == "__main__":
    main()
