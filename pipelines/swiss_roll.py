"""Unroll a swiss roll that is hidden by noise, and check which map does it.

A sheet of two dimensions is rolled up and put into a space of twenty. Every coordinate gets noise
of 0.3. Three questions:
  how many dimensions   Among the nearest neighbours there is only noise, and TwoNN says eleven. At
                        larger scales the number falls, by a law that noise follows. With the noise
                        taken off by that law, the sheet's two dimensions and the radius of the
                        noise are left.
  which coordinates     PCA, UMAP, Isomap and landmark Isomap, in as many dimensions as were found.
  what was lost         A report on each map, which sees only the points. Are neighbours kept? Is a
                        hole lost or made? Do distances on the map follow straight distances, so
                        that the roll stays rolled up, or distances along the data? Here the sheet
                        is known, so the report can be checked against distances on the sheet.

Two linked circles then show why it is not enough to look at neighbours. t-SNE and UMAP put them
into the plane; nearly all points keep their neighbours, but loops are lost.
"""

from __future__ import annotations

import time
from textwrap import fill

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, play, seconds_since, table, tell_time
from matplotlib import colormaps
from matplotlib.ticker import FixedLocator, NullLocator
from scipy.linalg import orthogonal_procrustes
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from tqdm import tqdm

from tda import Embedding, embedding_report, intrinsic_dimension, plot
from tda.datasets import make_linked_circles, make_swiss_roll, make_uniform
from tda.dimension import MLE, LocalPCA, TwoNN

AMBIENT = 20
NOISE = 0.3
#: Of the graphs; more would bridge from one turn of the roll to the next where points are few.
N_NEIGHBORS = 10
METHODS = {
    "PCA": "pca",
    "UMAP": "umap",
    "Isomap": "isomap",
    "landmark Isomap": "landmark_isomap",
}
ON_LINKS = {"PCA": "pca", "t-SNE": "tsne", "UMAP": "umap"}
SHEET, DATA, LAW = "#0072B2", "#D55E00", "#333333"


def build_pipeline(*, method="isomap", n_neighbors=N_NEIGHBORS, random_state=0):
    """The pipeline of the story: points of a high-dimensional space in, coordinates out."""
    return make_pipeline(
        Embedding(
            method=method,
            n_components="auto",
            n_neighbors=n_neighbors,
            random_state=random_state,
        )
    )


def parse(argv=None):
    parser = options("swiss_roll", __doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 points, and no UMAP")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the clouds, maps and reports."""
    start = clock()
    n_points = 1000 if args.quick else 3000
    roll, sheet = make_roll(n_points, args.seed)
    clouds = {
        "the roll, no noise": make_roll(n_points, args.seed, noise=0.0)[0],
        "the roll under noise": roll,
        "noise alone": make_uniform(
            n_points, kind="gaussian", dimension=AMBIENT, random_state=args.seed
        ).points,
    }
    dimensions = {name: count_dimensions(cloud) for name, cloud in clouds.items()}
    estimate = dimensions["the roll under noise"]["estimate"]
    maps, reports, rows = map_roll(roll, sheet, args)
    link, links, link_reports = map_links(args)
    return {
        "seed": args.seed,
        "n_points": n_points,
        "ambient_dimension": AMBIENT,
        "noise": NOISE,
        "dimensions": {
            name: {other: row[other] for other in OTHERS}
            | {"IntrinsicDimension": row["estimate"].dimension, "says": row["estimate"].verdict}
            for name, row in dimensions.items()
        },
        "rounded": estimate.rounded,
        "interval": estimate.interval,
        "noise_radius": estimate.noise,
        "noise_radius_true": NOISE * np.sqrt(2 * AMBIENT),
        "scales": estimate.scales,
        "radii": estimate.radii,
        "curve": estimate.curve,
        "maps": {name: row | {"report": short(reports[name])} for name, row in rows.items()},
        "linked_circles": {name: short(report) for name, report in link_reports.items()},
        **seconds_since(start),
        "shown": {
            "roll": roll,
            "sheet": sheet,
            "dimensions": dimensions,
            "maps": maps,
            "reports": reports,
            "link": link,
            "links": links,
            "link_reports": link_reports,
        },
    }


def map_roll(roll, sheet, args):
    """Maps of the roll, the report on each, and how each agrees with the sheet."""
    maps, reports, rows = {}, {}, {}
    for name in tqdm(some_of(METHODS, args.quick), leave=False):
        began = time.process_time()
        embedding = build_pipeline(method=METHODS[name], random_state=args.seed)
        maps[name] = embedding.fit_transform(roll)
        spent = time.process_time() - began
        reports[name] = embedding_report(
            roll,
            maps[name],
            n_neighbors=N_NEIGHBORS,
            random_state=args.seed,
            **resamples(args.quick),
        )
        rows[name] = judge(maps[name], sheet) | {"cpu_seconds": spent}
    return maps, reports, rows


def map_links(args):
    """Two linked circles, their maps in the plane, and the report on each."""
    link = make_linked_circles(300 if args.quick else 600, random_state=args.seed).points
    links, reports = {}, {}
    for name in tqdm(some_of(ON_LINKS, args.quick), leave=False):
        method = Embedding(method=ON_LINKS[name], n_components=2, random_state=args.seed)
        links[name] = method.fit_transform(link)
        reports[name] = embedding_report(
            link, links[name], random_state=args.seed, **resamples(args.quick)
        )
    return link, links, reports


def some_of(methods, quick):
    """UMAP compiles for some ten seconds, so that a quick run leaves it out."""
    return [name for name in methods if not (quick and name == "UMAP")]


def resamples(quick):
    return {"n_resamples": 3} if quick else {}


def make_roll(n_points, seed, *, noise=NOISE):
    """Points of the roll, and where they lie on the flat sheet."""
    clean = make_swiss_roll(n_points, random_state=seed).points
    # The same seed draws the same points; what comes on top is drawn after them.
    roll = make_swiss_roll(n_points, noise=noise, ambient_dimension=AMBIENT, random_state=seed)
    return roll.points, unroll(clean)


def unroll(points):
    """Arc length along the spiral t (cos t, sin t), and height, of points without noise."""
    t = np.hypot(points[:, 0], points[:, 2])
    along = (t * np.hypot(1, t) + np.arcsinh(t)) / 2
    return np.column_stack([along - along.min(), points[:, 1]])


OTHERS = {
    "TwoNN": TwoNN,
    "MLE": MLE,
    "local PCA": LocalPCA,
}


def count_dimensions(cloud):
    """The dimension by three estimators that use one scale, and by the default, which uses many."""
    counted = {name: float(make().fit(cloud).dimension_) for name, make in OTHERS.items()}
    return counted | {"estimate": intrinsic_dimension(cloud)}


N_KEPT = 15


def judge(places, sheet, n_sample=1000):
    """How a map agrees with the sheet: in its distances, and in its nearest neighbours."""
    some = slice(None, None, max(len(sheet) // n_sample, 1))
    distances = spearmanr(pdist(places[some]), pdist(sheet[some])).statistic
    near = [
        NearestNeighbors(n_neighbors=N_KEPT).fit(points).kneighbors(return_distance=False)
        for points in (places, sheet)
    ]
    kept = [len(np.intersect1d(*pair)) for pair in zip(*near, strict=True)]
    return {"distances": float(distances), "neighbors": np.mean(kept) / N_KEPT}


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    tell_dimensions(numbers)
    tell_maps(numbers["maps"], shown["maps"], shown["reports"])
    tell_links(shown["link"], shown["link_reports"])
    tell_time(numbers)


def tell_dimensions(numbers):
    shown = numbers["shown"]
    sheet, dimensions = shown["sheet"], shown["dimensions"]
    print(
        f"A sheet of {np.ptp(sheet[:, 0]):.0f} by {np.ptp(sheet[:, 1]):.0f}, rolled up: "
        f"{numbers['n_points']:,} points in R^{AMBIENT}, noise {NOISE:g} in each coordinate.\n"
    )
    print("How many dimensions?")
    print(
        table(
            ["cloud", *OTHERS, "IntrinsicDimension"],
            [
                [name, *(f"{row[other]:.1f}" for other in OTHERS), f"{row['estimate'].rounded}"]
                for name, row in dimensions.items()
            ],
        )
    )
    print(f"\nThe roll under noise: {dimensions['the roll under noise']['estimate'].verdict}")
    print(
        f"(Noise of {NOISE:g} in {AMBIENT} coordinates puts two copies of a point "
        f"{numbers['noise_radius_true']:.3g} apart.)"
    )


def tell_maps(rows, maps, reports):
    print(
        "\nWhich map unrolls it? By the report, which sees only the points in R^20, and by the "
        "flat sheet:"
    )
    print(
        table(
            ["map", "dims", *SCORES, "sheet's distances", "sheet's neighbours", "CPU s"],
            [
                [
                    name,
                    maps[name].shape[1],
                    *scores(reports[name]),
                    f"{row['distances']:.3f}",
                    f"{row['neighbors']:.0%}",
                    f"{row['cpu_seconds']:.1f}",
                ]
                for name, row in rows.items()
            ],
        )
    )
    tell_verdicts(reports)
    print(
        "\nStraight, along: Spearman's correlation of distances on the map with straight ones in\n"
        "the data, and with distances along it. A map that follows the second unrolls. Sheet's\n"
        "distances: the same with distances on the flat sheet. Sheet's neighbours: the share of\n"
        f"the {N_KEPT} nearest on the sheet that are also nearest on the map."
    )


def tell_links(link, reports):
    before = next(iter(reports.values())).before
    print(f"\nTwo linked circles, {len(link)} points in space, put into the plane:")
    print(
        table(
            ["map", *SCORES, "pieces", "loops", "longest loops"],
            [["(the circles)", *[""] * len(SCORES), 2, 2, longest(before)]]
            + [
                [name, *scores(report), *report.betti_after, longest(report.after)]
                for name, report in reports.items()
            ],
        )
    )
    tell_verdicts(reports)


SCORES = ("faithful", "trustworthiness", "continuity", "straight", "along")


def scores(report):
    faithful = "yes" if report.is_faithful else "no"
    numbers = (
        report.trustworthiness,
        report.continuity,
        report.spearman_euclidean,
        report.spearman_geodesic,
    )
    return [faithful, *(f"{number:.3f}" for number in numbers)]


def tell_verdicts(reports):
    """What each report says, in words."""
    print()
    for name, report in reports.items():
        print(fill(f"{name}. {report.verdict}", 92, initial_indent="  ", subsequent_indent="    "))


def longest(count):
    """The two longest loops, in units of the size of the cloud."""
    bars = count.diagram.finite()[1]
    lengths = np.sort(bars[:, 1] - bars[:, 0])[::-1]
    return ", ".join(f"{length:.2f}" for length in lengths[:2])


def short(report):
    """A report without its long list."""
    return {name: value for name, value in report.to_dict().items() if name != "r_nx"}


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    sheet, maps, reports = shown["sheet"], shown["maps"], shown["reports"]
    clean, noisy = (
        shown["dimensions"][name]["estimate"]
        for name in ("the roll, no noise", "the roll under noise")
    )
    figures = {
        "roll": draw_roll(shown["roll"], sheet, numbers["seed"]),
        "dimension": draw_dimension(clean, noisy, numbers["noise_radius_true"]),
        "maps": draw_maps(maps, reports, numbers["maps"], sheet),
        "linked_circles": draw_links(shown["link"], shown["links"], shown["link_reports"]),
    }
    finish(out, numbers, figures)


def draw_roll(roll, sheet, seed):
    """The roll without noise, the roll under noise, and the sheet that is in it."""
    clean = make_swiss_roll(len(roll), random_state=seed).points
    fig = figure(12, 3.9)
    grid = fig.add_gridspec(1, 3, width_ratios=(1, 1, 1.9))
    ax = fig.add_subplot(grid[0], projection="3d")
    plot.plot_cloud(clean, color=sheet[:, 0], ax=ax, size=5)
    ax.view_init(elev=14, azim=-68)
    ax.set_axis_off()
    ax.set_title("a roll in space", color=INK)
    ax = fig.add_subplot(grid[1])
    ax.scatter(*principal(roll).T, c=sheet[:, 0], s=5, linewidth=0)
    ax.set_title(f"in R$^{{{AMBIENT}}}$ under noise,\nits principal components", color=INK)
    plain(ax)
    ax = fig.add_subplot(grid[2])
    ax.scatter(*sheet.T, c=sheet[:, 0], s=8, linewidth=0)
    ax.set_title("the sheet that is in it", color=INK)
    plain(ax)
    return fig


def principal(points):
    """The first two principal components."""
    return PCA(2).fit_transform(points)


def plain(ax):
    ax.set_aspect("equal")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def draw_dimension(clean, noisy, true_radius):
    """The dimension by scale, and the law by which it falls under noise."""
    fig = figure(8.4, 5.2)
    ax = fig.subplots()
    ax.axhline(2, color="#B9C0C6", linewidth=0.9, zorder=0)
    if noisy.noise:
        ax.axvspan(*noisy.plateau, color=DATA, alpha=0.09, linewidth=0, label="follows the law")
        r = np.geomspace(1.02 * noisy.noise, 1.3 * noisy.plateau[1], 300)
        law = noisy.dimension / (1 - (noisy.noise / r) ** 2)
        name = f"law of noise: {noisy.dimension:.1f} dimensions,\nnoise of radius {noisy.noise:.2f}"
        ax.plot(r, law, "--", color=LAW, linewidth=1.3, zorder=1, label=name)
    ax.plot(*curve(noisy), "o", color=DATA, markersize=6, label=f"under noise {NOISE:g}")
    first = noisy.radii[0], noisy.raw_curve[0]
    ax.plot(*first, "D", color=DATA, mfc="white", markersize=7, label=f"TwoNN: {first[1]:.1f}")
    ax.plot(*curve(clean), "o-", color=SHEET, markersize=4, linewidth=1, label="without noise")
    ax.axvline(true_radius, color=SOFT, linewidth=0.9, linestyle=":", zorder=0)
    beside = {"transform": ax.get_xaxis_transform(), "color": SOFT, "fontsize": 9}
    ax.text(
        0.98 * true_radius,
        0.2,
        "distance of\ntwo copies\nunder noise",
        ha="right",
        **beside,
    )
    ax.text(1.01 * noisy.radii[-1], 0.44, "the next turn\nis within reach", ha="right", **beside)
    ax.set(xscale="log", yscale="log", xlabel="distance", ylabel="dimension")
    ax.set_xlim(right=11)
    ax.set_ylim(1.6, 1.35 * max(np.nanmax(noisy.curve), first[1]))
    for axis, ticks in ((ax.xaxis, (0.3, 0.5, 1, 2, 3, 5, 10)), (ax.yaxis, (2, 3, 5, 10, 15))):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter("{x:g}")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 0.93))
    ax.set_title("Noise has many dimensions near by; the sheet shows at a distance", color=INK)
    return fig


def curve(estimate):
    return estimate.radii, estimate.curve


def draw_maps(maps, reports, rows, sheet):
    """All maps, turned as the sheet lies, coloured by where a point is on the sheet."""
    fig = figure(12, 6.6)
    fig.suptitle("Maps of the roll, coloured along the sheet: which one unrolls it?", color=INK)
    left, right = fig.add_gridspec(1, 2, width_ratios=(1, 2.4))
    columns = [
        (left, [name for name in maps if "Isomap" not in name]),
        (right, [name for name in maps if "Isomap" in name]),
    ]
    for column, names in columns:
        grid = column.subgridspec(len(names), 1)
        for cell, name in zip(grid, names, strict=True):
            ax = fig.add_subplot(cell)
            ax.scatter(*lay(maps[name], sheet).T, c=sheet[:, 0], s=6, linewidth=0)
            along, true = reports[name].spearman_geodesic, rows[name]["distances"]
            words = f"along the data {along:.3f}, on the sheet {true:.3f}"
            ax.set_title(f"{name}: distances follow those\n{words}", fontsize=11, color=SOFT)
            plain(ax)
    return fig


def draw_links(link, maps, reports):
    """Two linked circles, and their maps in the plane."""
    is_flat = np.abs(link[:, 2]) < 1e-12
    angle = np.where(
        is_flat, np.arctan2(link[:, 1], link[:, 0]), np.arctan2(link[:, 2], link[:, 0] - 1)
    )
    shade = 0.3 + 0.6 * (1 + np.cos(angle)) / 2
    colors = np.where(is_flat[:, None], colormaps["Blues"](shade), colormaps["Oranges"](shade))
    fig = figure(3.3 * (1 + len(maps)), 3.8)
    ax = fig.add_subplot(1, 1 + len(maps), 1, projection="3d")
    ax.scatter(*link.T, color=colors, s=9, linewidth=0, depthshade=False)
    ax.set_aspect("equal")
    ax.view_init(elev=28, azim=-50)
    ax.set_axis_off()
    ax.set_title("two linked circles:\n2 pieces, 2 loops", fontsize=11, color=SOFT)
    for i, (name, places) in enumerate(maps.items(), 2):
        ax = fig.add_subplot(1, 1 + len(maps), i)
        ax.scatter(*places.T, color=colors, s=9, linewidth=0)
        pieces, loops = reports[name].betti_after
        words = f"{count(pieces, 'piece')}, {count(loops, 'loop')}"
        trust = f"trustworthiness {reports[name].trustworthiness:.3f}"
        ax.set_title(f"{name}: {words}\n{trust}", fontsize=11, color=SOFT)
        plain(ax)
    fig.suptitle("Neighbours are kept, and loops are lost", color=INK)
    return fig


def count(n, noun):
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def lay(places, sheet):
    """A map in the plane, turned and mirrored as the sheet lies."""
    flat = principal(places) if places.shape[1] > 1 else np.pad(places, ((0, 0), (0, 1)))
    flat = flat - flat.mean(axis=0)
    turn, _ = orthogonal_procrustes(flat, sheet - sheet.mean(axis=0))
    return flat @ turn


if __name__ == "__main__":
    main()
