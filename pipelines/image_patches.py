"""The small patches of photographs: a circle, three circles, a Klein bottle.

All 3 x 3 patches of two photographs, as points in eight dimensions. After Lee, Pedersen and
Mumford, "The nonlinear statistics of high-contrast patches in natural images" (2003), and
Carlsson, Ishkhanov, de Silva and Zomorodian, "On the local behavior of spaces of natural images"
(2008):
  light     grey values are turned back to light, and the logarithm is taken
  contrast  its square is the sum of the squared differences of neighbouring pixels. Of each
            photograph the fifth of the patches with most contrast is used, 5,000 of them at random
  sphere    the mean is taken off and the contrast made 1, in the basis of the discrete cosine
            transform: points on the unit sphere of R^8
  density   X(k, p): the share p of the points whose k-th neighbour is nearest
The primary circle is looked for at half size, where 2 x 2 pixels are averaged. The finest pixels
also hold the pattern of the camera and of the file format.

With large k, density is seen coarsely. The dense patches are then edges, one for each direction:
the primary circle. With small k, lines join them, upright and level ones only. This gives three
circles: each secondary circle crosses the primary one twice, with five loops in all. Both shapes
lie on one surface, on which every direction has its edges and its lines. It is a Klein bottle, with
Betti numbers (1, 2, 1) over Z/2 and (1, 1, 0) over Z/3.

Betti numbers come with p-values, over both fields. Circular coordinates go around the loops, and
the patches are drawn beside them. A table shows how the result depends on k, p, the size of the
photographs and the seed.
"""

from __future__ import annotations

import numpy as np
from _common import INK, SOFT, clock, figure, finish, options, p_words, play, seconds_since, table
from scipy.spatial import cKDTree
from tqdm import tqdm

from tda import CircularCoordinates, count_holes, plot
from tda.datasets import load_sample_images
from tda.embedding import circular_correlation

#: Share of the patches of a photograph that have high contrast, and how many of them are drawn.
CONTRAST = 0.2
N_PATCHES = 5000
#: Light that is added before the logarithm, one step of 8 bits: black has no logarithm.
FLOOR = 1 / 255
#: Pixels a side that are averaged into one, the k-th neighbour, the share kept, landmarks.
CIRCLE = (2, 600, 0.3, 400)
THREE_CIRCLES = (1, 15, 0.3, 600)
#: Other values of these four, to see how the result depends on them.
CHOICES = [
    CIRCLE,
    (2, 300, 0.2, 400),
    (2, 300, 0.3, 400),
    (2, 600, 0.2, 400),
    (2, 600, 0.3, 200),
    (1, 300, 0.3, 400),
    (1, 600, 0.2, 400),
    THREE_CIRCLES,
    (1, 15, 0.2, 600),
    (1, 30, 0.3, 600),
    (1, 15, 0.3, 400),
    (2, 15, 0.3, 600),
]
#: How near to the Klein bottle is near, places on it (a side of the square), and landmarks.
TUBE = 0.3
N_PLACES = 60
BOTTLE_LANDMARKS = 250
#: The primary circle, and the secondary ones: pairs of coordinates.
CIRCLES = {"edges": (0, 1), "upright lines": (0, 2), "level lines": (1, 3)}
COLORS = ("#0072B2", "#D55E00", "#009E73")


def parse(argv=None):
    parser = options("image_patches", __doc__)
    parser.add_argument("--quick", action="store_true", help="one seed, two choices of k and p")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the clouds, their counts and their coordinates."""
    start = clock()
    pools = {size: high_contrast_patches(size) for size in (1, 2)}
    points = {size: sample_patches(pool, N_PATCHES, args.seed) for size, pool in pools.items()}
    circle, three = (densest(points[size], k, p) for size, k, p, _ in (CIRCLE, THREE_CIRCLES))
    counts = {
        "primary circle": count_over_fields(circle, CIRCLE[-1]),
        "three circles": count_over_fields(three, THREE_CIRCLES[-1]),
    }
    angle = CircularCoordinates(n_loops=1).fit_transform(circle)[:, 0]
    follows = abs(circular_correlation(angle, np.arctan2(circle[:, 1], circle[:, 0])))
    parts, around = circle_by_circle(three)

    rng = np.random.default_rng(args.seed)
    everything = np.vstack(pools[1])
    anywhere = rng.standard_normal(everything.shape)
    anywhere /= np.linalg.norm(anywhere, axis=1, keepdims=True)
    near, by_chance = near_the_bottle(everything), near_the_bottle(anywhere)
    bottles = {
        "Klein bottle, formula": bottle_points(*rng.uniform(0, 2 * np.pi, (2, 2000))),
        "Klein bottle, patches": near["points"],
        "Klein bottle, random": by_chance["points"],
    }
    for name, cloud in tqdm(bottles.items(), desc="Klein bottle", leave=False):
        counts[name] = count_over_fields(cloud, BOTTLE_LANDMARKS, max_dimension=2)
    choices = [CIRCLE, THREE_CIRCLES] if args.quick else CHOICES
    seeds = [args.seed + k for k in range(1 if args.quick else 3)]
    stability = count_choices(pools, choices, seeds)
    return {
        "seed": args.seed,
        "n_patches": len(points[1]),
        "contrast": CONTRAST,
        "floor": FLOOR,
        "circle": dict(zip(("size", "k", "p", "landmarks"), CIRCLE, strict=True)),
        "three_circles": dict(zip(("size", "k", "p", "landmarks"), THREE_CIRCLES, strict=True)),
        "counts": {name: summary(by_field) for name, by_field in counts.items()},
        "circular_correlation": follows,
        "circular_correlation_three": around,
        "near_the_bottle": {key: near[key] for key in ("share", "covered", "median")},
        "random_near_the_bottle": {key: by_chance[key] for key in ("share", "covered", "median")},
        "stability": stability,
        **seconds_since(start),
        "shown": {
            "pool_sizes": {size: [len(pool) for pool in pools[size]] for size in pools},
            "circle": circle,
            "angle": angle,
            "three": three,
            "parts": parts,
            "counts": counts,
            "everything": everything,
            "n_near": len(near["points"]),
            "n_near_by_chance": len(by_chance["points"]),
            "seeds": seeds,
        },
    }


# -- patches -------------------------------------------------------------------------------


def cosine_basis():
    """The eight patterns of the discrete cosine transform, each of contrast 1, and the contrast.

    Returns
    -------
    basis : array of shape (8, 9)
        Slopes across and down, lines upright and level, and the four products.
    contrast : array of shape (9, 9)
        The quadratic form: the sum of squared differences of neighbouring pixels.
    """
    pixels = np.arange(9).reshape(3, 3)
    pairs = [*zip(pixels[:, :-1].flat, pixels[:, 1:].flat, strict=True)]
    pairs += zip(pixels[:-1].flat, pixels[1:].flat, strict=True)
    differences = np.zeros((len(pairs), 9))
    for row, (i, j) in zip(differences, pairs, strict=True):
        row[i], row[j] = 1, -1
    contrast = differences.T @ differences
    waves = np.array([[1, 1, 1], [-1, 0, 1], [-1, 2, -1]])
    order = [(0, 1), (1, 0), (0, 2), (2, 0), (1, 1), (1, 2), (2, 1), (2, 2)]
    basis = np.array([np.outer(waves[down], waves[across]).ravel() for down, across in order])
    lengths = np.sqrt(np.einsum("ij,jk,ik->i", basis, contrast, basis))
    return basis / lengths[:, None], contrast


BASIS, CONTRAST_FORM = cosine_basis()


def on_the_sphere(patches):
    """Patches of nine values as points of the unit sphere of R^8, and their contrast."""
    points = patches @ (CONTRAST_FORM @ BASIS.T)
    contrast = np.linalg.norm(points, axis=1)
    return points / np.maximum(contrast, 1e-300)[:, None], contrast


def high_contrast_patches(size=1):
    """Of each photograph the patches with most contrast, as points on the sphere."""
    pools = []
    for image in load_sample_images().images:
        light = np.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)
        height, width = (length // size for length in light.shape)
        blocks = light[: height * size, : width * size].reshape(height, size, width, size)
        logs = np.log(FLOOR + blocks.mean(axis=(1, 3)))
        patches = np.lib.stride_tricks.sliding_window_view(logs, (3, 3)).reshape(-1, 9)
        points, contrast = on_the_sphere(patches)
        most = np.argsort(-contrast, kind="stable")[: int(CONTRAST * len(points))]
        pools.append(points[most])
    return pools


def sample_patches(pools, n_patches, seed):
    """Random patches, `n_patches` of each photograph."""
    rng = np.random.default_rng(seed)
    chosen = [rng.choice(len(pool), min(n_patches, len(pool)), replace=False) for pool in pools]
    return np.vstack([pool[i] for pool, i in zip(pools, chosen, strict=True)])


def densest(points, k, share):
    """X(k, p): the points whose k-th neighbour is nearest."""
    return points[np.argsort(reaches(points, [k])[:, 0], kind="stable")[: int(share * len(points))]]


def reaches(points, ks):
    """One less the cosine of the angle to each of the k-th neighbours."""
    found = np.empty((len(points), len(ks)))
    for first in range(0, len(points), 1000):
        cosines = points[first : first + 1000] @ points.T
        found[first : first + 1000] = np.partition(1 - cosines, ks, axis=1)[:, ks]
    return found


# -- shapes --------------------------------------------------------------------------------


def count_over_fields(points, n_landmarks, max_dimension=1):
    """The holes over Z/2 and Z/3, on the same landmarks.

    The landmarks are far apart from one another. All patches would fall into clumps, since those
    along one edge of a photograph are nearly the same. The dimension is that of all of them.
    """
    whole = count_holes(points, max_dimension=0, n_landmarks=n_landmarks, complex="rips")
    return {
        field: count_holes(
            whole.points,
            max_dimension=max_dimension,
            field=field,
            dimension=whole.dimension,
            n_landmarks=None,
        )
        for field in (2, 3)
    }


def circle_by_circle(points):
    """Each point's nearest of the three circles, and how well a coordinate goes around each.

    The circles are great circles in planes of two coordinates; around them the circular
    coordinate is that of the loop, and is compared with the angle in that plane.
    """
    nearness = [np.hypot(*points[:, plane].T) for plane in CIRCLES.values()]
    nearest = np.argmax(nearness, axis=0)
    parts, around = [], {}
    for k, (name, plane) in enumerate(CIRCLES.items()):
        part = points[nearest == k]
        angle = CircularCoordinates(n_loops=1, n_landmarks=200).fit_transform(part)[:, 0]
        true = np.arctan2(*part[:, plane[::-1]].T)
        around[name] = abs(circular_correlation(angle, true))
        parts.append(angle)
    return (nearest, parts), around


def bottle_points(direction, line):
    """The Klein bottle: patches a u + b u^2, where u is the coordinate along a direction.

    At `line` = 0 the patch is a dark line, at pi a bright one, and half-way an edge.
    """
    down, across = np.mgrid[-1:2, -1:2].reshape(2, 9)
    u = np.outer(np.cos(direction), across) + np.outer(np.sin(direction), down)
    patches = np.cos(line)[:, None] * u**2 + np.sin(line)[:, None] * u
    return on_the_sphere(patches)[0]


def near_the_bottle(points):
    """How many points are near the bottle, and of each place on it the nearest point.

    Returns
    -------
    dict
        `points`, the distinct nearest points of places, where nearer than the tube; `share` in
        the tube of every tenth point; `covered`, the share of places with a point so near; `median`
        distance of a place from its nearest point.
    """
    steps = np.arange(N_PLACES) * 2 * np.pi / N_PLACES
    # Half of the directions: the other half are the same patches.
    half = steps[: N_PLACES // 2]
    places = bottle_points(*(part.ravel() for part in np.meshgrid(half, steps, indexing="ij")))
    distance, nearest = cKDTree(points).query(places)
    near = distance < TUBE
    fine = bottle_points(*np.random.default_rng(0).uniform(0, 2 * np.pi, (2, 10_000)))
    within = np.isfinite(cKDTree(fine).query(points[::10], distance_upper_bound=TUBE)[0])
    return {
        "points": points[np.unique(nearest[near])],
        "share": within.mean(),
        "covered": near.mean(),
        "median": np.median(distance),
    }


def count_choices(pools, choices, seeds):
    """The loops for other k, p, sizes of the photographs, and seeds."""
    found = [
        {"size": size, "k": k, "p": p, "landmarks": n, "loops": [], "least": [], "next": []}
        for size, k, p, n in choices
    ]
    work = [(seed, size) for seed in seeds for size in pools]
    for seed, size in tqdm(work, desc="other choices", leave=False):
        points = sample_patches(pools[size], N_PATCHES, seed)
        own = [row for row in found if row["size"] == size]
        ks = sorted({row["k"] for row in own})
        reach = dict(zip(ks, reaches(points, ks).T, strict=True))
        for row in own:
            order = np.argsort(reach[row["k"]], kind="stable")
            dense = points[order[: int(row["p"] * len(points))]]
            count = count_holes(dense, n_landmarks=row["landmarks"])
            ratios = [hole.ratio for hole in count.candidates if hole.degree == 1]
            n = count.betti[1]
            row["loops"].append(n)
            row["least"].append(ratios[n - 1] if n else None)
            row["next"].append(ratios[n] if len(ratios) > n else None)
    return found


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    full, half = shown["pool_sizes"].values()
    print(
        f"{numbers['n_patches']:,} patches of {len(full)} photographs, 3 x 3 pixels of high "
        f"contrast, drawn from\n{sum(full):,} (at half size from {sum(half):,}): which shapes do "
        "they make?\n"
    )
    headers = ["", "size", "k", "p", "landmarks", "over", "Betti", "p-values"]
    print(table(headers, rows(shown["counts"])))
    print("  p-values: the largest of the loops, then of the voids. Pieces: of the landmarks.\n")
    around = ", ".join(f"{numbers['circular_correlation_three'][name]:.3f}" for name in CIRCLES)
    print(
        "The circular coordinate of the primary circle is the direction of the edge: circular\n"
        f"correlation {numbers['circular_correlation']:.3f}. Around each of the three circles "
        f"(nearest one): {around}."
    )
    tell_bottle(numbers)
    print(f"\nLoops by size of the photographs, k, p and landmarks, for seeds {shown['seeds']}:")
    headers = ["size", "k", "p", "landmarks", "loops", "least ratio", "next"]
    print(table(headers, stable(numbers["stability"])))
    print(
        "  Least ratio: of death to birth, of the loops that are significant with the first seed.\n"
        "  Next: the ratio of the strongest bar that is not significant.\n"
        "Two photographs are few: another seed draws other patches, but of the same pictures."
    )


def tell_bottle(numbers):
    """How near the patches come to the Klein bottle, compared with random directions."""
    shown = numbers["shown"]
    near, by_chance = numbers["near_the_bottle"], numbers["random_near_the_bottle"]
    print(
        f"\nWithin {TUBE} of the Klein bottle lie {near['share']:.1%} of all "
        f"{len(shown['everything']):,} patches, and {by_chance['share']:.2%} of random\n"
        "directions, which is the share of the sphere. "
        f"The bottle has {N_PLACES**2 // 2:,} places here. {near['covered']:.0%} of them\nhave a "
        f"patch within that distance, and {by_chance['covered']:.0%} a random direction. The "
        f"nearest one of each place is\ncounted above: {shown['n_near']:,} patches, and "
        f"{shown['n_near_by_chance']:,} random directions. One a place, so that common patches\n"
        "do not outweigh rare ones.\n"
        "This picks points by the bottle, and random directions picked in this way can have its\n"
        "Betti numbers too. What the photographs alone have is how many patches are near, and how\n"
        f"near: at the median place {near['median']:.2f}, random directions "
        f"{by_chance['median']:.2f}."
    )


SIZES = {1: "full", 2: "half"}


def rows(counts):
    """Each shape over each field."""
    settings = {"primary circle": CIRCLE, "three circles": THREE_CIRCLES}
    lines = []
    for name, by_field in counts.items():
        size, k, p = settings.get(name, (1, "-", "-"))[:3]
        for field, count in by_field.items():
            weakest = [
                p_words(max(hole.p_value for hole in count.holes if hole.degree == degree))
                for degree in (1, 2)
                if any(hole.degree == degree for hole in count.holes)
            ]
            betti = ", ".join(map(str, count.betti))
            lines.append(
                [
                    *(name, SIZES[size], k, p, count.n_landmarks),
                    *(f"Z/{field}", f"({betti})", "; ".join(weakest)),
                ]
            )
    return lines


def stable(stability):
    return [
        [
            SIZES[row["size"]],
            row["k"],
            row["p"],
            row["landmarks"],
            " ".join(map(str, row["loops"])),
            "-" if row["least"][0] is None else f"{row['least'][0]:.2f}",
            "-" if row["next"][0] is None else f"{row['next'][0]:.2f}",
        ]
        for row in stability
    ]


def summary(by_field):
    return {
        f"Z/{field}": {
            "betti": count.betti,
            "n_landmarks": count.n_landmarks,
            "p_values": [[h.p_value for h in count.holes if h.degree == k] for k in (1, 2)],
            "ratios": [[h.ratio for h in count.candidates if h.degree == k] for k in (1, 2)],
        }
        for field, count in by_field.items()
    }


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    counts = shown["counts"]
    figures = {
        "primary_circle": draw_circle(shown["circle"], shown["angle"], counts["primary circle"][2]),
        "three_circles": draw_three_circles(
            shown["three"], shown["parts"], counts["three circles"][2]
        ),
        "klein_bottle": draw_bottle(shown["everything"], counts["Klein bottle, patches"]),
    }
    finish(out, numbers, figures)


def mean_patch(points, place, n=20):
    """The mean of the points nearest to a place on the sphere, as three by three pixels."""
    nearest = np.argsort(-(points @ place), kind="stable")[:n]
    return (points[nearest].mean(axis=0) @ BASIS).reshape(3, 3)


def draw_patch(ax, patch, x, y, side, color=INK):
    """A patch in data coordinates, in a frame."""
    top = np.abs(patch).max()
    half = side / 2
    extent = (x - half, x + half, y - half, y + half)
    ax.imshow(patch, cmap="Greys_r", vmin=-top, vmax=top, extent=extent, zorder=3)
    frame_x = [x - half, x + half, x + half, x - half, x - half]
    frame_y = [y - half, y - half, y + half, y + half, y - half]
    ax.plot(frame_x, frame_y, color=color, linewidth=1, zorder=4)


def draw_circle(points, angle, count, n_patches=12):
    """The cloud coloured by its circular coordinate, the patches around it, and the diagram."""
    fig = figure(12, 6.2)
    left, right = fig.subplots(1, 2, width_ratios=(1.15, 1))
    plot.plot_cloud(points[:, :2], color=angle, cyclic=True, ax=left, size=8)
    for k in range(n_patches):
        turn = 2 * np.pi * k / n_patches
        here = points[np.argsort(np.cos(angle - turn), kind="stable")[-20:]].mean(axis=0)
        x, y = 1.35 * here[:2] / np.hypot(*here[:2])
        draw_patch(left, (here @ BASIS).reshape(3, 3), x, y, 0.27)
    left.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), xlabel="slope across", ylabel="slope down")
    left.set_aspect("equal")
    _, k, p, _ = CIRCLE
    left.set_title(f"The primary circle, X({k}, {p:.0%}), and its patches", color=INK)
    plot.plot_diagram(count.diagram, holes=count, degrees=[1], ax=right)
    right.set_title(count.verdict, fontsize=12, color=SOFT)
    return fig


def draw_three_circles(points, parts, count):
    """The cloud in the planes of its three circles, and the patches around each."""
    fig = figure(12.6, 9)
    _, k, p, _ = THREE_CIRCLES
    fig.suptitle(f"Three circles, X({k}, {p:.0%}): {count.betti[1]} loops", color=INK)
    grid = fig.subplots(2, 3, height_ratios=(1.25, 1))
    nearest, _ = parts
    axes_names = ("slope across", "slope down", "line upright", "line level")
    for ax, (k, (name, plane)) in zip(grid[0], enumerate(CIRCLES.items()), strict=True):
        for other in range(3):
            own = points[nearest == other][:, plane]
            ax.scatter(*own.T, s=5, color=COLORS[other], alpha=0.5, linewidth=0)
        for turn in np.arange(8) * np.pi / 4:
            place = np.zeros(8)
            place[list(plane)] = np.cos(turn), np.sin(turn)
            patch = mean_patch(points, place)
            draw_patch(ax, patch, 1.36 * np.cos(turn), 1.36 * np.sin(turn), 0.36, COLORS[k])
        ax.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        ax.set(xlabel=axes_names[plane[0]], ylabel=axes_names[plane[1]])
        ax.set_aspect("equal")
        ax.set_title(f"{name}: {np.mean(nearest == k):.0%} of the patches", color=COLORS[k])
    for ax in grid[1]:
        ax.remove()
    ax = fig.add_subplot(grid[1, 0].get_gridspec()[1, :])
    plot.plot_barcode(count.diagram, holes=count, degrees=[1], max_bars=14, ax=ax)
    return fig


def draw_bottle(points, counts, n=(13, 12)):
    """A Klein bottle as a square: patches of the formula, and patches of the photographs."""
    across, up = n
    fig = figure(12, 6.6)
    betti = {field: ", ".join(map(str, count.betti)) for field, count in counts.items()}
    fig.suptitle(
        f"The photographs' patches near the Klein bottle: Betti numbers ({betti[2]}) over Z/2, "
        f"({betti[3]}) over Z/3",
        color=INK,
    )
    tree = cKDTree(points)
    for ax, real in zip(fig.subplots(1, 2), (False, True), strict=True):
        for i, direction in enumerate(np.linspace(0, np.pi, across)):
            for j, line in enumerate(np.linspace(-np.pi, np.pi, up, endpoint=False)):
                place = bottle_points(np.array([direction]), np.array([line]))[0]
                if not real:
                    draw_patch(ax, (place @ BASIS).reshape(3, 3), i, j, 0.82)
                elif tree.query(place)[0] < TUBE:
                    draw_patch(ax, mean_patch(points, place, 5), i, j, 0.82)
        ax.set(xlim=(-0.7, across - 0.3), ylim=(-0.7, up - 0.3))
        ax.set(xticks=(0, (across - 1) / 2, across - 1), yticks=(0, up / 4, up / 2, 3 * up / 4))
        ax.set_xticklabels(["0°", "90°", "180°"])
        ax.set_yticklabels(["bright line", "edge", "dark line", "edge"], rotation=90, va="center")
        ax.set_xlabel("direction across the patch")
        ax.set_aspect("equal")
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
        words = "Mean of the five nearest of the photographs" if real else "The formula"
        ax.set_title(words, fontsize=12, color=SOFT)
    return fig


if __name__ == "__main__":
    main()
