"""Count the holes in a file of your own: points, a 3-D model or an image.

Points (.csv .npy .npz .parquet, one point a row) are counted as they are; of a 3-D model (.obj
.ply .stl) points are drawn first, from its skin or, with --solid, from its inside. Each
component, loop and void comes with a p-value: the chance that points without any hole would
show one as clear.

An image (.png) is grey from 0 (black) to 1 (white). Its dark region is all pixels up to a
threshold, which by default parts the grey values best (Otsu's method); --region bright takes
the rest. Counted are its pieces, where pixels that touch at a corner hang together, and its
holes: patches of the other region that it encloses. There is no noise model for images, so
there are no p-values; instead, the count is repeated without the features fainter than a
contrast.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from _common import INK, SOFT, draw_loops, figure, finish, loops_of, options, smooth, table

from tda import HoleCounter, cubical_diagram, plot
from tda.datasets import read_cloud, sample_mesh

CONTRASTS = (0.0, 0.05, 0.1, 0.2, 0.3)
#: Most pixels of an image whose holes are marked in the picture, and most marks of a kind.
MOST_PIXELS, MOST_MARKS = 1_000_000, 100


def build_pipeline(*, level=0.05, max_dimension=None, method="monte_carlo", random_state=0):
    """The estimator of the story: clouds in, numbers of components, loops and voids out."""
    return HoleCounter(
        level=level, max_dimension=max_dimension, method=method, random_state=random_state
    )


def main(argv=None):
    """Run the story and return its numbers."""
    parser = options("count_holes", __doc__)
    parser.add_argument("file", type=Path, help="what to count the holes of")
    cloud = parser.add_argument_group("points and models")
    cloud.add_argument("--level", type=float, default=0.05, help="chance of a false hole (0.05)")
    cloud.add_argument("--max-dimension", type=int, choices=(0, 1, 2), help="highest degree")
    cloud.add_argument(
        "--method",
        choices=("monte_carlo", "gumbel", "bootstrap"),
        default="monte_carlo",
        help="where p-values come from (monte_carlo)",
    )
    cloud.add_argument(
        "--columns", metavar="A,B,…", help="names or numbers (from 1) of the columns to take"
    )
    cloud.add_argument("--n-points", type=int, default=5000, help="points of a model (5000)")
    cloud.add_argument("--solid", action="store_true", help="the inside of a model, not its skin")
    image = parser.add_argument_group("images")
    image.add_argument("--threshold", type=float, help="grey value from 0 to 1 (default: Otsu's)")
    image.add_argument("--region", choices=("dark", "bright"), default="dark", help="(dark)")
    args = parser.parse_args(argv)
    try:
        found = read_cloud(args.file)
        count = count_image if found.kind == "image" else count_points
        numbers, figures = count(found, args)
    except (ValueError, OSError, ImportError, MemoryError) as error:
        parser.exit(2, f"count_holes.py: {' '.join(str(error).split())}\n")
    finish(args.out, {"file": args.file.name} | numbers, figures)
    return numbers


# -- points and models ---------------------------------------------------------------------


def count_points(found, args):
    """Numbers and pictures of a cloud or a mesh."""
    if found.kind == "mesh":
        points = sample_mesh(found, args.n_points, solid=args.solid, random_state=args.seed).points
        part = "inside" if args.solid else "skin"
        print(f"{args.file.name}: {len(points):,} points from the {part} of the model\n")
    else:
        points = take_columns(found, args.columns)
        n, width = points.shape
        print(f"{args.file.name}: {n:,} points with {width} coordinates")
        if found.dropped:
            print(f"left out, since not all are numbers: {', '.join(found.dropped)}")
        print()
    counter = build_pipeline(
        level=args.level,
        max_dimension=args.max_dimension,
        method=args.method,
        random_state=args.seed,
    ).set_params(verbose=True)
    count = counter.fit([points]).count([points])[0]
    print(count)
    figures = {"diagram": draw_diagram(count), "barcode": draw_barcode(count)}
    figures["cloud"] = draw_cloud(count)
    return {"kind": found.kind, **count.to_dict()}, figures


def take_columns(found, wanted):
    """The columns asked for, by name or number."""
    if wanted is None:
        return found.points
    names, chosen = found.columns or [], []
    for word in (part.strip() for part in wanted.split(",")):
        if word in names:
            chosen.append(names.index(word))
        elif word.isdigit() and 1 <= int(word) <= found.points.shape[1]:
            chosen.append(int(word) - 1)
        else:
            there = ", ".join(names) or f"1 to {found.points.shape[1]}"
            raise ValueError(f"--columns: there is no column {word!r}; there are {there}")
    return found.points[:, chosen]


def draw_diagram(count):
    fig = figure(6, 6)
    ax = fig.subplots()
    degrees = list(range(min(1, len(count.betti) - 1), len(count.betti)))
    plot.plot_diagram(count.diagram, holes=count, degrees=degrees, ax=ax)
    ax.set_title(count.sentence.rstrip("."), fontsize=12, color=INK)
    return fig


def draw_barcode(count):
    fig = figure(7, 5)
    plot.plot_barcode(count.diagram, holes=count, max_bars=30, ax=fig.subplots())
    return fig


def draw_cloud(count):
    """The points, with the significant loops and voids on them."""
    fig = figure(6.4, 6.4)
    points = count.points
    if count.complex == "alpha" and points.shape[1] == 3:
        ax = fig.add_subplot(projection="3d", computed_zorder=False)
    else:
        ax = fig.subplots()
    ax = plot.plot_cloud(points, ax=ax, color="#9AA5AE")
    loops = loops_of(count)
    if points.shape[1] == 3 and count.complex == "alpha":
        voids = [count.cycle(hole) for hole in count.holes if hole.degree == 2]
        if voids:
            plot.plot_hole(points, voids, ax=ax, cloud=False)
    if loops:
        draw_loops(ax, points, [smooth(points[loop]) for loop in loops])
    ax.set_title(count.sentence.rstrip("."), fontsize=12, color=INK)
    return fig


# -- images --------------------------------------------------------------------------------


def count_image(found, args):
    """Numbers and pictures of an image."""
    image = found.image
    threshold = otsu(image) if args.threshold is None else args.threshold
    if not 0 <= threshold <= 1:
        raise ValueError(f"--threshold: {threshold:g}, but it lies between 0 and 1")
    # The bright region is the dark one of the negative, just beyond the same threshold.
    values = image if args.region == "dark" else -image
    level = threshold if args.region == "dark" else -np.nextafter(threshold, 2)
    diagram = cubical_diagram(values, representatives=image.size <= MOST_PIXELS)
    alive = (diagram.births <= level) & (level < diagram.deaths)
    counts = []
    for contrast in CONTRASTS:
        kept = alive & (diagram.lifetimes >= contrast)
        counts.append([contrast, *(int((kept & (diagram.dims == k)).sum()) for k in (0, 1))])
    chosen = "Otsu's" if args.threshold is None else "given"
    height, width = image.shape
    print(f"{args.file.name}: {width} x {height} pixels, threshold {threshold:.3f} ({chosen})\n")
    pieces, holes = counts[0][1:]
    words = f"{pieces:,} component{'s' * (pieces != 1)} and {holes:,} hole{'s' * (holes != 1)}"
    print(f"The {args.region} region has {words}.\n")
    print("Without the features fainter than a contrast:")
    print(table(["contrast", "components", "holes"], counts))
    numbers = {
        "kind": "image",
        "threshold": threshold,
        "region": args.region,
        "betti": [pieces, holes],
        "by_contrast": [{"contrast": c, "components": n, "holes": m} for c, n, m in counts],
    }
    figures = {
        "image": draw_image(image, values <= level, diagram, alive, f"{args.region}: {words}"),
        "diagram": draw_image_diagram(diagram, level, args.region),
    }
    return numbers, figures


def otsu(image):
    """The grey value that parts the pixels into two groups as even as can be (Otsu, 1979)."""
    values, counts = np.unique(image, return_counts=True)
    if len(values) < 2:
        return float(values[0])
    below = np.cumsum(counts)[:-1]
    above = image.size - below
    sums = np.cumsum(values * counts)
    between = below * above * (sums[:-1] / below - (sums[-1] - sums[:-1]) / above) ** 2
    best = int(np.argmax(between))
    return float((values[best] + values[best + 1]) / 2)


def draw_image(image, region, diagram, alive, title):
    """The image, its region tinted, and a mark in every piece and every hole."""
    fig = figure(7, float(np.clip(7 * image.shape[0] / image.shape[1], 3, 10)) + 0.4)
    ax = fig.subplots()
    ax.imshow(image, cmap="gray", vmin=0, vmax=1)
    tint = np.zeros((*image.shape, 4))
    tint[region] = (0.0, 0.45, 0.7, 0.35)
    ax.imshow(tint)
    if diagram.birth_simplices is not None:
        # A piece is marked at its extreme grey value, a hole where it would close at last.
        for k, simplices, marker in (
            (0, diagram.birth_simplices, "o"),
            (1, diagram.death_simplices, "X"),
        ):
            here = np.flatnonzero(alive & (diagram.dims == k))
            clearest = here[np.argsort(-diagram.lifetimes[here], kind="stable")][:MOST_MARKS]
            row, column = np.unravel_index(simplices[clearest, 0], image.shape)
            name = ("piece", "hole")[k]
            some = f"{len(clearest)} clearest of " if len(clearest) < len(here) else ""
            ax.scatter(
                column,
                row,
                s=60 if len(row) < 30 else 26,
                marker=marker,
                color=("#0072B2", "#D55E00")[k],
                edgecolor="white",
                linewidth=0.6,
                label=f"{name} ({some}{len(here):,})",
            )
        ax.legend(loc="upper right", framealpha=0.9)
    ax.set_axis_off()
    ax.set_title(title, color=INK)
    return fig


def draw_image_diagram(diagram, level, region):
    fig = figure(6, 6)
    ax = plot.plot_diagram(diagram, ax=fig.subplots())
    low, high = ax.get_xlim()
    # What lives at the threshold lies above and left of its corner.
    ax.plot([low, level, level], [level, level, high], color=SOFT, linestyle="--", linewidth=1.1)
    ax.set_xlim(low, high)
    ax.set_ylim(low, high)
    sign = "" if region == "dark" else "minus "
    ax.set(xlabel=f"birth ({sign}grey value)", ylabel=f"death ({sign}grey value)")
    ax.set_title("alive at the threshold: above and left of the corner", fontsize=11, color=SOFT)
    return fig


if __name__ == "__main__":
    main()
