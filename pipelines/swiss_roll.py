"""Unroll a swiss roll that noise has hidden, and judge who did it.

A sheet of two dimensions is rolled up, turned into a space of twenty, and every coordinate gets
noise of 0.3. Three questions:
  how many dimensions   among nearest neighbours noise is all there is, and TwoNN says eleven; as
                        the scale grows the number falls, by the law of noise. Taking that off
                        gives the sheet's two dimensions, and the radius of the noise.
  which coordinates     PCA, UMAP, Isomap and landmark Isomap, in as many dimensions as were found.
  what was lost         a report on each map that knows the points only: are neighbours kept, is a
                        hole lost or made, do distances follow the straight ones, as of a roll
                        that stays rolled up, or those along the data? The sheet is known here,
                        so the report can be checked: do distances follow those on the sheet?

Two linked circles then show why neighbours alone do not tell: put into the plane by t-SNE or UMAP
nearly all points keep them, and loops are gone.
"""

from __future__ import annotations

import time
from textwrap import fill

import numpy as np
from _common import INK, SOFT, figure, finish, options, table
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


def main(argv=None):
    """Run the story and return its numbers."""
    parser = options("swiss_roll", __doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 points, and no UMAP")
    args = parser.parse_args(argv)
    start = time.perf_counter(), time.process_time()
    n_points = 1000 if args.quick else 3000
    roll, sheet = make_roll(n_points, args.seed)
    print(
        f"A sheet of {np.ptp(sheet[:, 0]):.0f} by {np.ptp(sheet[:, 1]):.0f}, rolled up: "
        f"{n_points:,} points in R^{AMBIENT}, noise {NOISE:g} in each coordinate.\n"
    )

    clouds = {
        "the roll, no noise": make_roll(n_points, args.seed, noise=0.0)[0],
        "the roll under noise": roll,
        "noise alone": make_uniform(
            n_points, kind="gaussian", dimension=AMBIENT, random_state=args.seed
        ).points,
    }
    dimensions = {name: count_dimensions(cloud) for name, cloud in clouds.items()}
    estimate = dimensions["the roll under noise"]["estimate"]
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
    true_radius = NOISE * np.sqrt(2 * AMBIENT)
    print(f"\nThe roll under noise: {estimate}.")
    print(f"(Noise of {NOISE:g} in {AMBIENT} coordinates parts two points by {true_radius:.3g}.)")

    looked = {"n_resamples": 3} if args.quick else {}
    skipped = ("UMAP",) if args.quick else ()
    maps, reports, rows = {}, {}, {}
    for name in tqdm([name for name in METHODS if name not in skipped], leave=False):
        began = time.process_time()
        embedding = build_pipeline(method=METHODS[name], random_state=args.seed)
        maps[name] = embedding.fit_transform(roll)
        spent = time.process_time() - began
        reports[name] = embedding_report(
            roll, maps[name], n_neighbors=N_NEIGHBORS, random_state=args.seed, **looked
        )
        rows[name] = judge(maps[name], sheet) | {"cpu_seconds": spent}
    print("\nWho unrolls it? By the report, which knows the points in R^20, and by the flat sheet:")
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
    tell(reports)
    print(
        "\nStraight, along: Spearman's correlation of distances on the map with straight ones in\n"
        "the data and with those along it; a map that follows the second unrolls. Sheet's\n"
        "distances: the same with those on the flat sheet. Sheet's neighbours: how many of its\n"
        f"{N_KEPT} nearest are nearest on the map."
    )

    link = make_linked_circles(300 if args.quick else 600, random_state=args.seed).points
    links, link_reports = {}, {}
    for name in tqdm([name for name in ON_LINKS if name not in skipped], leave=False):
        method = Embedding(method=ON_LINKS[name], n_components=2, random_state=args.seed)
        links[name] = method.fit_transform(link)
        link_reports[name] = embedding_report(link, links[name], random_state=args.seed, **looked)
    before = next(iter(link_reports.values())).before
    print(f"\nTwo linked circles, {len(link)} points in space, put into the plane:")
    print(
        table(
            ["map", *SCORES, "pieces", "loops", "longest loops"],
            [["(the circles)", *[""] * len(SCORES), 2, 2, longest(before)]]
            + [
                [name, *scores(report), *report.betti_after, longest(report.after)]
                for name, report in link_reports.items()
            ],
        )
    )
    tell(link_reports)
    wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    print(f"\nTook {wall:.0f} s, {cpu:.0f} s of them CPU.")

    numbers = {
        "seed": args.seed,
        "n_points": n_points,
        "ambient_dimension": AMBIENT,
        "noise": NOISE,
        "dimensions": {
            name: {other: row[other] for other in OTHERS}
            | {"IntrinsicDimension": row["estimate"].dimension, "says": str(row["estimate"])}
            for name, row in dimensions.items()
        },
        "rounded": estimate.rounded,
        "interval": estimate.interval,
        "noise_radius": estimate.noise,
        "noise_radius_true": true_radius,
        "scales": estimate.scales,
        "radii": estimate.radii,
        "curve": estimate.curve,
        "maps": {name: row | {"report": short(reports[name])} for name, row in rows.items()},
        "linked_circles": {name: short(report) for name, report in link_reports.items()},
        "seconds": wall,
        "cpu_seconds": cpu,
    }
    figures = {
        "roll": draw_roll(roll, sheet, args.seed),
        "dimension": draw_dimension(
            dimensions["the roll, no noise"]["estimate"], estimate, true_radius
        ),
        "maps": draw_maps(maps, reports, rows, sheet),
        "linked_circles": draw_links(link, links, link_reports),
    }
    finish(args.out, numbers, figures)
    return numbers


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
    """What three estimators say that know of no scale, and what the default knows."""
    counted = {name: float(make().fit(cloud).dimension_) for name, make in OTHERS.items()}
    return counted | {"estimate": intrinsic_dimension(cloud)}


N_KEPT = 15


def judge(places, sheet, n_sample=1000):
    """How a map agrees with the sheet: its distances, and who is near whom."""
    some = slice(None, None, max(len(sheet) // n_sample, 1))
    distances = spearmanr(pdist(places[some]), pdist(sheet[some])).statistic
    near = [
        NearestNeighbors(n_neighbors=N_KEPT).fit(points).kneighbors(return_distance=False)
        for points in (places, sheet)
    ]
    kept = [len(np.intersect1d(*pair)) for pair in zip(*near, strict=True)]
    return {"distances": float(distances), "neighbors": np.mean(kept) / N_KEPT}


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


def tell(reports):
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


def draw_roll(roll, sheet, seed):
    """The roll without noise, what noise made of it, and the sheet that is in it."""
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
    """The dimension by scale, and the law by which noise lets it fall."""
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
        0.98 * true_radius, 0.2, "noise alone\nparts two points\nby so much", ha="right", **beside
    )
    ax.text(1.01 * noisy.radii[-1], 0.44, "the next turn\ncomes in sight", ha="right", **beside)
    ax.set(xscale="log", yscale="log", xlabel="distance", ylabel="dimension")
    ax.set_xlim(right=11)
    ax.set_ylim(1.6, 1.35 * max(np.nanmax(noisy.curve), first[1]))
    for axis, ticks in ((ax.xaxis, (0.3, 0.5, 1, 2, 3, 5, 10)), (ax.yaxis, (2, 3, 5, 10, 15))):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter("{x:g}")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 0.93))
    ax.set_title("Noise has many dimensions near by; the sheet shows from afar", color=INK)
    return fig


def curve(estimate):
    return estimate.radii, estimate.curve


def draw_maps(maps, reports, rows, sheet):
    """All maps, turned as the sheet lies, coloured by where a point is on the sheet."""
    fig = figure(12, 6.6)
    fig.suptitle("Maps of the roll, coloured along the sheet: who unrolls it?", color=INK)
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
    """Two linked circles, and what became of them in the plane."""
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
