"""Count the holes in a file of your own: points, distances, a 3-D model, an image or a volume.

Points (.csv .tsv .txt .dat .npy .npz .parquet, one point a row; .xyz .pdb, one atom a point) are
counted as they are, and so is a matrix of distances, whole or half (.csv .txt .npy .dipha). Of a
3-D model (.obj .ply .stl .off) points are drawn first, from its skin or, with --solid, from its
inside. Each component, loop and void comes with a p-value: the probability that points without any
hole would show one as clear.

An image (.png .jpg .tif .bmp) is grey from 0 (black) to 1 (white). Its dark region is all pixels
up to a threshold. By default the threshold is the one that separates the grey values best (Otsu's
method). --region bright takes the other pixels. The story counts the pieces of the region, where
pixels that touch at a corner are connected, and its holes: patches of the other region that it
encloses. A volume (.nii, a .tif of many pages, .dipha, PERSEUS) has tunnels and cavities as well.
There is no noise model for images, so there are no p-values. Instead, the count is repeated without
the features fainter than a contrast.

The first lines say what is left out of a file, and how it was read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from _common import INK, SOFT, figure, finish, options, play, table

from tda import HoleCounter, count_image_holes, plot
from tda.cli import file_options, points_of, read_input

#: Most marks of a kind in the picture of an image.
MOST_MARKS = 100


def build_pipeline(*, level=0.05, max_dimension=None, method="monte_carlo", random_state=0):
    """The estimator of the story: clouds in, numbers of components, loops and voids out."""
    return HoleCounter(
        level=level, max_dimension=max_dimension, method=method, random_state=random_state
    )


def parse(argv=None):
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
    file_options(parser)
    image = parser.add_argument_group("images and volumes")
    image.add_argument(
        "--threshold", type=float, help="grey value from 0 to 1, or in the file's units (Otsu's)"
    )
    image.add_argument("--region", choices=("dark", "bright"), default="dark", help="(dark)")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers; what is wrong with a file is said in one line."""
    args = parse(argv)
    try:
        return play(args, compute, tell, draw)
    except (ValueError, OSError, ImportError, MemoryError) as error:
        print(f"count_holes.py: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds what its words and pictures need."""
    found = read_input(args.file, args)
    count = count_image if found.kind in ("image", "volume") else count_points
    numbers = {"file": args.file.name, "file_notes": found.notes, "kind": found.kind}
    return numbers | count(found, args)


def count_points(found, args):
    """The holes of a cloud, a mesh or a matrix of distances, as entries of the numbers."""
    X, metric = points_of(found, args, seed=args.seed)
    counter = build_pipeline(
        level=args.level,
        max_dimension=args.max_dimension,
        method=args.method,
        random_state=args.seed,
    ).set_params(verbose=True, metric=metric)
    count = counter.fit([X]).count([X])[0]
    shown = {
        "shape": X.shape,
        "columns": found.get("columns"),
        "solid": args.solid,
        "scaled": args.scale and found.kind == "cloud",
        "count": count,
    }
    return count.to_dict() | {"shown": shown}


def count_image(found, args):
    """The pieces and holes of an image or a volume, as entries of the numbers."""
    image = found.image
    limits = (0.0, 1.0) if found.grey else (float(image.min()), float(image.max()))
    threshold = "otsu" if args.threshold is None else args.threshold
    if threshold != "otsu" and not limits[0] <= threshold <= limits[1]:
        low, high = limits
        raise ValueError(f"--threshold: {threshold:g}, but it lies between {low:g} and {high:g}")
    count = count_image_holes(
        image,
        threshold=threshold,
        region=args.region,
        limits=limits,
        periodic=found.get("periodic", False),
    )
    tinted = image <= count.threshold
    return {
        "threshold": count.threshold,
        "region": args.region,
        "betti": list(count.betti),
        "by_contrast": count.to_frame().reset_index().to_dict("records"),
        "shown": {
            "image": image,
            "is_grey": found.grey,
            "limits": limits,
            "is_otsu": count.is_otsu,
            "verdict": count.verdict,
            "level": count.level,
            "tinted": tinted if args.region == "dark" else ~tinted,
            "diagram": count.diagram,
            "alive": count.alive,
        },
    }


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    for note in numbers["file_notes"]:
        print(f"note: {note}")
    if "count" in numbers["shown"]:
        tell_points(numbers)
    else:
        tell_image(numbers)


def tell_points(numbers):
    shown, kind = numbers["shown"], numbers["kind"]
    n, width = shown["shape"]
    if kind == "mesh":
        part = "inside" if shown["solid"] else "skin"
        what = f"{n:,} points from the {part} of the model"
    elif kind == "distances":
        what = f"the distances between {n:,} points"
    else:
        names = shown["columns"] or []
        listed = f": {', '.join(names[:8])}{', …' if len(names) > 8 else ''}" if names else ""
        what = f"{n:,} points with {width:,} {plural('coordinate', width)}{listed}"
    print(f"{numbers['file']}: {what}")
    if shown["scaled"]:
        print("each coordinate is scaled to a standard deviation of 1")
    print(f"\n{shown['count']}")


def tell_image(numbers):
    shown, threshold = numbers["shown"], numbers["threshold"]
    low, high = shown["limits"]
    is_grey = shown["is_grey"]
    size = " x ".join(map(str, shown["image"].shape[::-1]))
    value = f"{threshold:.3f}" if is_grey else f"{threshold:.5g} of {low:.5g} to {high:.5g}"
    chosen = "Otsu's" if shown["is_otsu"] else "given"
    print(f"{numbers['file']}: {size} pixels, threshold {value} ({chosen})\n")
    print(f"{shown['verdict']}\n")
    of_range = "" if is_grey else ", as a share of the range of values"
    print(f"Without the features fainter than a contrast{of_range}:")
    rows = numbers["by_contrast"]
    print(table(list(rows[0]), [row.values() for row in rows]))


def plural(word, n):
    """A word after a number."""
    return word if n == 1 else word[:-1] + "ies" if word.endswith("y") else word + "s"


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    draw_all = draw_points if "count" in numbers["shown"] else draw_region
    finish(out, numbers, draw_all(numbers))


def draw_points(numbers):
    """The figures of a cloud, a mesh or a matrix of distances."""
    count = numbers["shown"]["count"]
    figures = {"diagram": draw_diagram(count), "barcode": draw_barcode(count)}
    if numbers["kind"] != "distances":  # which have no places to draw
        figures["cloud"] = draw_cloud(count)
    return figures


def draw_region(numbers):
    """The figures of an image or a volume."""
    shown, region = numbers["shown"], numbers["region"]
    image, limits, tinted, diagram = (
        shown[key] for key in ("image", "limits", "tinted", "diagram")
    )
    title = shown["verdict"].rstrip(".")
    if image.ndim == 2:
        picture = draw_image(image, limits, tinted, diagram, shown["alive"], title)
    else:
        picture = draw_slices(image, limits, tinted, title)
    return {"image": picture, "diagram": draw_image_diagram(diagram, shown["level"], region)}


def draw_diagram(count):
    fig = figure(6, 6)
    ax = fig.subplots()
    degrees = list(range(min(1, len(count.betti) - 1), len(count.betti)))
    plot.plot_diagram(count.diagram, holes=count, degrees=degrees, ax=ax)
    ax.set_title(count.verdict.rstrip("."), fontsize=12, color=INK)
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
    loops = [count.cycle(hole, how="tight") for hole in count.holes if hole.degree == 1]
    if points.shape[1] == 3 and count.complex == "alpha":
        voids = [count.cycle(hole) for hole in count.holes if hole.degree == 2]
        if voids:
            plot.plot_hole(points, voids, ax=ax, cloud=False)
    if loops:
        plot.plot_hole(points, loops, ax=ax, cloud=False, smooth=True)
    ax.set_title(count.verdict.rstrip("."), fontsize=12, color=INK)
    return fig


def draw_image(image, limits, region, diagram, alive, title):
    """The image, its region tinted, and a mark in every piece and every hole."""
    fig = figure(7, float(np.clip(7 * image.shape[0] / image.shape[1], 3, 10)) + 0.4)
    ax = fig.subplots()
    show_tinted(ax, image, limits, region)
    if diagram.birth_simplices is not None:
        # A piece is marked at its extreme grey value, a hole at the pixel that would close it.
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
    ax.set_title(title, color=INK)
    return fig


def show_tinted(ax, image, limits, region):
    ax.imshow(image, cmap="gray", vmin=limits[0], vmax=limits[1])
    tint = np.zeros((*image.shape, 4))
    tint[region] = (0.0, 0.45, 0.7, 0.35)
    ax.imshow(tint)
    ax.set_axis_off()


def draw_slices(volume, limits, region, title):
    """Five slices across the first axis of a volume, its region tinted."""
    fig = figure(12, 3.4)
    planes = np.unique(np.linspace(0, len(volume) - 1, 7)[1:-1].astype(int))
    for ax, plane in zip(np.atleast_1d(fig.subplots(1, len(planes))), planes, strict=True):
        show_tinted(ax, volume[plane], limits, region[plane])
        ax.set_title(f"plane {plane + 1} of {len(volume)}", fontsize=10, color=SOFT)
    fig.suptitle(title, color=INK)
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
