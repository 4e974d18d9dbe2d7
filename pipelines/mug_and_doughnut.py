"""A mug is a doughnut: count the holes of both, and of shapes that are neither.

Here each shape is only a cloud of points. In every cloud the story counts
  components  pieces that hang together,
  loops       holes that a string can be passed through,
  voids       rooms that are closed on all sides,
each with a p-value: the probability that points without any hole would show one as clear.

Filled with clay, a mug and a doughnut both have one piece and one loop. As hollow skins both
have one piece, two loops and one void. A ball and a doughnut with two holes are different. The
story ends with a verdict on that claim, and with exit status 1 if the counts contradict it.
"""

from __future__ import annotations

import sys

import numpy as np
from _common import INK, SOFT, figure, finish, options, p_words, play, table
from tqdm import tqdm

from tda import HoleCounter, plot
from tda.datasets import (
    load_mesh,
    make_ball,
    make_double_torus,
    make_mug,
    make_solid_double_torus,
    make_solid_mug,
    make_solid_torus,
    make_sphere,
    make_torus,
    sample_mesh,
)

SHAPES = {
    "ball": (make_ball, make_sphere),
    "mug": (make_solid_mug, make_mug),
    "doughnut": (make_solid_torus, make_torus),
    "two-holed doughnut": (make_solid_double_torus, make_double_torus),
}
MESHES = ("mug", "doughnut", "nut", "bunny")
KINDS = ("component", "loop", "void")

#: Colours of the points of a cloud, from far to near.
TONES = {
    "mug": ("#C3D6E6", "#1F4E75"),
    "doughnut": ("#F0DCC0", "#8A4B12"),
    "nut": ("#E4E6E8", "#4A525A"),
    "bunny": ("#EFE6E1", "#7A5546"),
}
#: Directions (elevation, azimuth) from which the holes can be seen.
VIEWS = {
    "mug": (22, -90),
    "doughnut": (48, -60),
    "mesh mug": (22, -25),
    "mesh doughnut": (48, -60),
    "mesh nut": (48, -60),
    "mesh bunny": (12, 25),
}
#: Models that stand on their edge, and are laid down to be drawn.
LYING = ("mesh doughnut", "mesh nut")


def build_pipeline():
    """The estimator of the story: clouds in, numbers of components, loops and voids out."""
    return HoleCounter(max_dimension=2)


def parse(argv=None):
    parser = options("mug_and_doughnut", __doc__)
    parser.add_argument("--quick", action="store_true", help="fewer shapes")
    parser.add_argument(
        "--confirm",
        action="store_true",
        help="count the thin-walled mug again with 40,000 points (half a minute more)",
    )
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the clouds with their counts."""
    clouds = sample_all(args.seed, quick=args.quick)
    counter = build_pipeline().fit([clouds[0]["cloud"]])
    rows = []
    for row in (bar := tqdm(clouds, desc="counting", unit="shape", leave=False)):
        bar.set_postfix_str(f"{row['shape']}, {row['as']}")
        rows.append(row | {"count": counter.count([row["cloud"]])[0]})
    return {
        "seed": args.seed,
        "shapes": [numbers_of(row) for row in rows],
        "too_few_points": shortfalls(rows),
        "confirmed": confirm(args.seed) if args.confirm else None,
        "verdict": judge(rows),
        "shown": {"rows": rows},
    }


def sample_all(seed, *, quick=False):
    """Every cloud of the story: what it is, how it was sampled, and what it must count."""
    rows = []

    def add(shape, kind, source, cloud, noise=0.0):
        rows.append(
            {"shape": shape, "as": kind, "source": source, "noise": noise, "cloud": cloud}
            | {"expected": tuple(cloud.betti)}
        )

    for name, (solid, _) in SHAPES.items():
        add(name, "solid", "formula", solid(2000, random_state=seed))
    for name, (_, surface) in SHAPES.items():
        clean = surface(5000, random_state=seed)
        add(name, "surface", "formula", clean)
        if not quick:
            sigma = 0.02 * diameter(clean.points)
            noisy = surface(5000, noise=sigma, random_state=seed)
            add(name, "surface", "formula", noisy, 0.02)
    for name in MESHES[: 2 if quick else None]:
        mesh = load_mesh(name)
        add(name, "solid", "mesh", sample_mesh(mesh, 2000, solid=True, random_state=seed))
        add(name, "surface", "mesh", sample_mesh(mesh, 5000, random_state=seed))
    return rows


def diameter(points):
    """The largest distance between two points."""
    from scipy.spatial import ConvexHull
    from scipy.spatial.distance import pdist

    return float(pdist(points[ConvexHull(points).vertices]).max())


def find(rows, shape, kind, source="formula", noise=0.0):
    """The one row of that description, or None."""
    wanted = {"shape": shape, "as": kind, "source": source, "noise": noise}
    return next((row for row in rows if all(row[k] == v for k, v in wanted.items())), None)


def label(row):
    """Such as "surface, noise 2 %" or "solid, mesh"."""
    parts = [row["as"]]
    if row["source"] == "mesh":
        parts.append("mesh")
    if row["noise"]:
        parts.append(f"noise {100 * row['noise']:g} %")
    return ", ".join(parts)


def shortfalls(rows):
    """The holes that were not found, and how many points each needs."""
    missing = []
    for row in rows:
        for degree in (1, 2):
            counted, expected = row["count"].betti[degree], row["expected"][degree]
            for rank in range(counted + 1, expected + 1):
                missing.append(
                    {
                        "shape": row["shape"],
                        "as": label(row),
                        "degree": degree,
                        "rank": rank,
                        "n_points": row["count"].n_points,
                        "points_needed": row["count"].points_needed(degree, rank),
                    }
                )
    return missing


def confirm(seed):
    """The porcelain mug with enough points."""
    from tda import count_holes

    cloud = sample_mesh(load_mesh("mug"), 40_000, random_state=seed)
    count = count_holes(cloud, n_landmarks=None)
    return {"n_points": len(cloud), "expected": cloud.betti, "counted": count.betti}


def judge(rows):
    """The claim of the story, checked on what was counted."""
    checks = []
    kinds = sorted({(r["as"], r["noise"]) for r in rows if r["source"] == "formula"})
    for kind, noise in kinds:
        betti = {name: find(rows, name, kind, noise=noise)["count"].betti for name in SHAPES}
        others = [betti["ball"], betti["two-holed doughnut"]]
        checks.append(
            {
                "as": kind,
                "noise": noise,
                "mug": betti["mug"],
                "doughnut": betti["doughnut"],
                "ball": others[0],
                "two-holed doughnut": others[1],
                "mug_equals_doughnut": betti["mug"] == betti["doughnut"],
                "others_differ": all(
                    other not in (betti["mug"], betti["doughnut"]) for other in others
                )
                and others[0] != others[1],
            }
        )
    holds = all(check["mug_equals_doughnut"] and check["others_differ"] for check in checks)
    return {"holds": holds, "checks": checks}


def numbers_of(row):
    count = row["count"].to_dict()
    keys = ("betti", "holes", "thresholds", "notes", "dimension", "level", "n_points")
    return {
        "shape": row["shape"],
        "as": row["as"],
        "source": row["source"],
        "noise": row["noise"],
        "expected": row["expected"],
        "agrees": row["count"].betti == row["expected"],
        **{key: count[key] for key in keys},
    }


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    print("A mug and a doughnut: are they the same shape?\n")
    tell_counts(numbers["shown"]["rows"])
    tell_shortfalls(numbers["too_few_points"])
    if numbers["confirmed"]:
        again = numbers["confirmed"]
        print(
            f"\n  The mug's mesh again, with {again['n_points']:,} points: expected "
            f"{triple(again['expected'])}, counted {triple(again['counted'])}."
        )
    tell_verdict(numbers["verdict"])


def triple(betti):
    return " ".join(map(str, betti))


def tell_counts(rows):
    lines = []
    for row in rows:
        count = row["count"]
        found = {k: [h for h in count.holes if h.degree == k] for k in (1, 2)}
        ratios = " ".join(f"{hole.ratio:.1f}" for hole in found[1]) or "-"
        voids = " ".join(f"{hole.ratio:.1f}" for hole in found[2]) or "-"
        p_values = [hole.p_value for hole in count.holes]
        lines.append(
            [
                row["shape"],
                label(row),
                f"{count.n_points:,}",
                triple(row["expected"]),
                triple(count.betti),
                "yes" if count.betti == row["expected"] else "NO",
                ratios,
                voids,
                f"{max(p_values):.2g}" if p_values else "-",
            ]
        )
    headers = ["shape", "as", "points", "expected", "counted", "agrees", "loops", "voids", "p <="]
    print(table(headers, lines))
    agree = sum(row["count"].betti == row["expected"] for row in rows)
    level = rows[0]["count"].level
    print(
        f"""
  expected and counted: components, loops, voids. {agree} of {len(rows)} agree.
  loops and voids: how clear each is, as the scale at which it fills up over the scale at which
  it closes; 1 is no hole. p: the largest among the holes counted, none above {level:g}."""
    )


def tell_shortfalls(missing):
    for hole in missing:
        name = KINDS[hole["degree"]]
        which = f"the {name}" if hole["degree"] == 2 else f"{name} number {hole['rank']}"
        needed = hole["points_needed"]
        amount = f"at least about {needed:,} points" if needed else "more than ten million points"
        print(
            f"\n  Not found in {hole['n_points']:,} points of the {hole['shape']} ({hole['as']}): "
            f"{which}.\n  It needs {amount}."
        )
    if any(hole["shape"] == "mug" for hole in missing):
        print(
            "\n  The mug of the mesh has a thin wall: its void, the clay, lies between two skins\n"
            "  that are no farther apart than the points. The estimates use the clearest bar so\n"
            "  far, which may still be noise, so the number needed can be several times larger\n"
            "  (--confirm counts 40,000 points)."
        )


def tell_verdict(verdict):
    print("\nVerdict")
    for check in verdict["checks"]:
        kind = "solids" if check["as"] == "solid" else "surfaces"
        noise = f" with {100 * check['noise']:g} % noise" if check["noise"] else ""
        same = "the same" if check["mug_equals_doughnut"] else "NOT the same"
        differ = "differ" if check["others_differ"] else "do NOT differ"
        print(
            f"  As {kind}{noise}, mug ({triple(check['mug'])}) and doughnut "
            f"({triple(check['doughnut'])}) count {same};\n"
            f"  ball ({triple(check['ball'])}) and two-holed doughnut "
            f"({triple(check['two-holed doughnut'])}) {differ}."
        )
    if verdict["holds"]:
        print("  So a mug is a doughnut, and neither is a ball: the claim holds.")
    else:
        print("  The claim does NOT hold on these clouds.")


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    print("\nDrawing ...")
    rows = numbers["shown"]["rows"]
    figures = {
        "mug_and_doughnut": draw_pair(rows),
        "surfaces": draw_surfaces(rows),
        "meshes": draw_meshes(rows),
    }
    finish(out, numbers, figures)


def draw_pair(rows):
    """Mug and doughnut with their loop, and the diagrams that show it above the noise."""
    pair = [find(rows, name, "solid") for name in ("mug", "doughnut")]
    p_value = max(max((h.p_value for h in row["count"].holes), default=1.0) for row in pair)
    one_each = all(row["count"].betti == (1, 1, 0) for row in pair)
    title = f"one hole each, {p_words(p_value)}" if one_each else "what was counted"
    return draw_two(pair, f"A mug is a doughnut: {title}", degrees=[1])


def draw_surfaces(rows):
    """The skins of both: two loops and the void that they enclose."""
    pair = [find(rows, name, "surface") for name in ("mug", "doughnut")]
    both = all(row["count"].betti == (1, 2, 1) for row in pair)
    title = "two loops and one void each" if both else "what was counted"
    return draw_two(pair, f"As hollow skins: {title}", degrees=[1, 2])


def draw_two(pair, title, degrees):
    """Two clouds side by side, their diagrams beneath."""
    fig = figure(11, 10, layout=None)
    fig.text(0.5, 0.965, title, ha="center", va="center", fontsize=25, color=INK, weight="bold")
    for left, row in zip((0.0, 0.5), pair, strict=True):
        words = row["count"].verdict.split(", at level")[0]
        fig.text(left + 0.25, 0.908, row["shape"], ha="center", fontsize=18, color=INK)
        ax = fig.add_axes((left + 0.04, 0.45, 0.42, 0.43))
        draw_cloud(ax, row, degrees=degrees)
        fig.text(left + 0.25, 0.408, words, ha="center", fontsize=13, color=SOFT)
        ax = fig.add_axes((left + 0.095, 0.065, 0.36, 0.32))
        plot.plot_diagram(row["count"].diagram, holes=row["count"], degrees=degrees, ax=ax)
    return fig


def draw_meshes(rows):
    """The meshes, skins above and solids below, with what was counted."""
    names = [name for name in MESHES if find(rows, name, "surface", "mesh")]
    fig = figure(3.5 * len(names), 8, layout=None)
    title = "Points of 3-D models, and the loops found in them"
    size = 18 if len(names) > 2 else 12
    fig.text(0.5, 0.955, title, ha="center", va="center", fontsize=size, color=INK, weight="bold")
    width = 1 / len(names)
    for bottom, kind in ((0.49, "surface"), (0.025, "solid")):
        for k, name in enumerate(names):
            row = find(rows, name, kind, "mesh")
            agrees = row["count"].betti == row["expected"]
            ax = fig.add_axes(((k + 0.06) * width, bottom + 0.035, 0.88 * width, 0.345))
            draw_cloud(ax, row, degrees=(1,))
            words = f"counted {triple(row['count'].betti)}"
            words += "" if agrees else f", expected {triple(row['expected'])}"
            middle = (k + 0.5) * width
            fig.text(middle, bottom + 0.395, f"{name}, {kind}", ha="center", fontsize=14, color=INK)
            fig.text(
                middle,
                bottom,
                words,
                ha="center",
                fontsize=12,
                color=SOFT if agrees else "#B00020",
            )
    return fig


def draw_cloud(ax, row, *, degrees):
    """The cloud on a picture of the thing that it was drawn from, with the cycles of its holes."""
    count = row["count"]
    key = row["shape"] if row["source"] == "formula" else f"mesh {row['shape']}"
    turn = view_matrix(*VIEWS[key])
    lie = [2, 0, 1] if key in LYING else [0, 1, 2]
    points = count.points[:, lie] @ turn.T
    draw_thing(ax, skin(row)[:, lie] @ turn.T, TONES[row["shape"]])
    points = points[np.argsort(points[:, 2])]
    shades = depth_colors(points[:, 2], TONES[row["shape"]])
    size = 9 if len(points) < 3000 else 2.5
    ax.scatter(*points[:, :2].T, s=size, c=shades, linewidth=0, alpha=0.75, zorder=2)
    for hole in count.holes:
        if hole.degree == 1 and 1 in degrees:
            path = taut(count.points, count.cycle(hole, how="tight"), hole.birth)
            draw_loop(ax, path[:, lie] @ turn.T)
    ax.set_aspect("equal")
    ax.margins(0.02)
    ax.set_axis_off()


def view_matrix(elevation, azimuth):
    """Rows that point to the right, upwards and to the viewer."""
    up, around = np.radians([elevation, azimuth])
    right = [-np.sin(around), np.cos(around), 0]
    toward = [np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)]
    return np.array([right, np.cross(toward, right), toward])


def skin(row, n_points=250_000):
    """Points that cover the surface of the thing densely, to draw it."""
    if row["source"] == "formula":
        return SHAPES[row["shape"]][1](n_points, random_state=0).points
    return sample_mesh(load_mesh(row["shape"]), n_points, random_state=0).points


def draw_thing(ax, surface, tones, n_pixels=260):
    """The thing in pale clay: the nearest point at each pixel, lit from the upper left."""
    from matplotlib.colors import LinearSegmentedColormap
    from scipy.ndimage import gaussian_filter, grey_closing

    low, high = surface[:, :2].min(axis=0), surface[:, :2].max(axis=0)
    side = (high - low).max() / n_pixels
    columns, rows = ((surface[:, :2] - low) / side).astype(int).T + 2
    depth = np.full((rows.max() + 3, columns.max() + 3), -np.inf)
    np.maximum.at(depth, (rows, columns), surface[:, 2])
    depth = grey_closing(np.maximum(depth, surface[:, 2].min() - np.ptp(surface[:, 2])), size=3)
    inside = depth > surface[:, 2].min() - 1e-9
    slope = np.gradient(gaussian_filter(np.where(inside, depth, surface[:, 2].min()), 1.5), side)
    normal = np.stack([-slope[1], -slope[0], np.ones_like(depth)])
    light = np.tensordot([-0.45, 0.5, 0.74], normal / np.linalg.norm(normal, axis=0), 1)
    colors = LinearSegmentedColormap.from_list("clay", [tones[1], tones[0], "#FFFFFF"])
    picture = colors(np.clip(0.42 + 0.5 * light, 0, 0.93))
    picture[..., 3] = gaussian_filter(inside.astype(float), 0.7) * 0.8
    edges = low[0] - 2 * side, low[1] - 2 * side
    extent = (
        edges[0],
        edges[0] + side * depth.shape[1],
        edges[1],
        edges[1] + side * depth.shape[0],
    )
    ax.imshow(picture, extent=extent, origin="lower", interpolation="bilinear", zorder=1)


def taut(points, cycle, radius, n_steps=400):
    """The cycle pulled tight like a rubber band that stays in the union of balls.

    Each place of the band moves to the middle of its neighbours, unless that would take it farther
    than `radius` from all points. So it goes around the hole as before.
    """
    from scipy.spatial import cKDTree

    closed = points[np.append(cycle, cycle[0])]
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1)))
    even = np.linspace(0, along[-1], 240, endpoint=False)
    band = np.column_stack([np.interp(even, along, column) for column in closed.T])
    tree = cKDTree(points)
    for _ in range(n_steps):
        moved = sum(np.roll(band, k, axis=0) for k in (-4, -2, 2, 4)) / 4
        near = tree.query(moved)[0] <= radius
        band = np.where(near[:, None], moved, band)
    return np.mean([np.roll(band, k, axis=0) for k in range(-7, 8)], axis=0)


def draw_loop(ax, path):
    from matplotlib.patheffects import Stroke, withStroke

    path = np.vstack([path, path[:1]])
    rim = withStroke(linewidth=5.5, foreground="white")
    (line,) = ax.plot(*path[:, :2].T, color="#D55E00", linewidth=3, zorder=4)
    line.set(solid_joinstyle="round", path_effects=[rim, Stroke(linewidth=3)])


def depth_colors(depth, tones):
    """A colour a point, from the first tone far away to the second nearby."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("tone", tones)
    return shades(0.25 + 0.75 * (depth - depth.min()) / max(np.ptp(depth), 1e-300))


if __name__ == "__main__":
    sys.exit(0 if main()["verdict"]["holds"] else 1)
