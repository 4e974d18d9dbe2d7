"""Faces lie on a surface of few dimensions among all images.

A picture of 25 x 25 pixels is a point in 625 dimensions, and only very few of these points are
faces. How many dimensions do 100 real faces have, and how many have images of the same size that
are not faces?

  faces            100 faces from Labeled Faces in the Wild
  background       patches near the faces in the same photographs
  same spectrum    each face with new random phases: as smooth as a face, but not a face
  noise            independent random pixels

For each set, its dimension by scale, and how its distances concentrate. Then a map of the faces,
and what is lost with only two coordinates. A hundred pictures are few. The dimension
of so few points is a lower bound rather than an answer, so the sets are compared with one another
and not with a true value.
"""

from __future__ import annotations

import textwrap

import numpy as np
from _common import INK, SOFT, figure, finish, options, play, steps, table

from tda import Embedding, concentration_report, embedding_report, intrinsic_dimension
from tda.datasets import load_faces

COLORS = {
    "faces": "#D55E00",
    "background": "#009E73",
    "same spectrum": "#CC79A7",
    "noise": "#5B6770",
}


def build_pipeline(*, n_neighbors=10, random_state=0):
    """The one step of the story: pictures as rows in, places on a map out."""
    return Embedding(
        method="isomap", n_components=2, n_neighbors=n_neighbors, random_state=random_state
    )


def parse(argv=None):
    parser = options("faces", __doc__)
    parser.add_argument("--quick", action="store_true", help="fewer simulations and resamples")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the pictures, the reports and the map."""
    sets = make_sets(args.seed)
    found = {name: describe(sets[name], args) for name in steps(sets, "sets of pictures")}
    faces = rows(sets["faces"])
    places = build_pipeline(random_state=args.seed).fit_transform(faces)
    report = embedding_report(
        faces, places, random_state=args.seed, n_resamples=5 if args.quick else 20
    )
    return {
        "seed": args.seed,
        "n_images": len(faces),
        "sets": {
            name: {
                "dimension": row["estimate"].dimension,
                "interval": row["estimate"].interval,
                "has_plateau": row["estimate"].plateau is not None,
                "is_crowded": row["estimate"].is_crowded,
                "verdict": row["estimate"].verdict,
                "scales": row["estimate"].scales,
                "curve": row["estimate"].curve,
                "n_components": row["n_components"],
                "contrast": row["report"].contrast.value,
                "hubness": row["report"].hubness.value,
            }
            for name, row in found.items()
        },
        "map": {
            "verdict": report.verdict,
            "trustworthiness": report.trustworthiness,
            "continuity": report.continuity,
        },
        "shown": {"sets": sets, "found": found, "places": places},
    }


def make_sets(seed):
    """Four sets of pictures, of one mean and spread a picture."""
    rng = np.random.default_rng(seed)
    loaded = load_faces()
    faces = evened(loaded.images[loaded.is_face])
    return {
        "faces": faces,
        "background": evened(loaded.images[~loaded.is_face]),
        "same spectrum": evened(with_new_phases(faces, rng)),
        "noise": evened(rng.normal(size=faces.shape)),
    }


def evened(images):
    """Each picture with mean 0 and spread 1, since light and contrast do not make a face.

    Pictures of one grey have no contrast and are left out.
    """
    flat = images - images.mean(axis=(1, 2), keepdims=True)
    spread = flat.std(axis=(1, 2), keepdims=True)
    keep = spread.ravel() > 1e-9
    return flat[keep] / spread[keep]


def with_new_phases(images, rng):
    """Each picture with its own spectrum of amplitudes and the phases of noise."""
    phases = np.angle(np.fft.fft2(rng.normal(size=images.shape)))  # of a real picture
    return np.fft.ifft2(np.abs(np.fft.fft2(images)) * np.exp(1j * phases)).real


def rows(images):
    return images.reshape(len(images), -1)


def describe(images, args):
    """Dimension by scale, flat directions, and how distances concentrate."""
    X = rows(images)
    variances = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    share = np.cumsum(variances) / variances.sum()
    return {
        "estimate": intrinsic_dimension(X),
        "n_components": int(np.searchsorted(share, 0.9)) + 1,
        "report": concentration_report(
            X, n_simulations=19 if args.quick else 39, random_state=args.seed
        ),
    }


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    sets, found = numbers["shown"]["sets"], numbers["shown"]["found"]
    n, size = len(sets["faces"]), sets["faces"].shape[1:]
    print(f"{n} faces of {size[0]} x {size[1]} pixels: points in {size[0] * size[1]} dimensions.\n")
    print(
        table(
            ["set", "pictures", "dimension", "95%", "90% of the variance", "contrast", "hubness"],
            [
                [
                    name,
                    len(sets[name]),
                    *in_words(row["estimate"]),
                    row["n_components"],
                    f"{row['report'].contrast.value:.2f}",
                    f"{row['report'].hubness.value:.2f}",
                ]
                for name, row in found.items()
            ],
        )
    )
    print(
        "\n90% of the variance: how many flat directions carry it. Contrast: how much farther the\n"
        "farthest picture is than the nearest. Hubness: whether a few pictures are neighbours of\n"
        "very many others.\n"
    )
    for name, row in found.items():
        print(f"  {name}: {row['estimate'].verdict}")
    print("\n" + "\n".join(what_controls_say(found)))
    few, many = found["faces"]["estimate"], found["noise"]["estimate"]
    more = f"{many.dimension:.0f} or more" if many.is_crowded else f"about {many.dimension:.0f}"
    print(
        f"\nFaces vary in about {few.dimension:.0f} directions, noise of the same size in {more}. "
        f"{n} points\nshow at most {n - 1} dimensions, and with few points the estimate is rather "
        "too low.\n"
        f"\nThe map of the faces, by two coordinates: {numbers['map']['verdict']}"
    )


def what_controls_say(found):
    """What each of the other sets rules out, a sentence each, from the numbers."""
    count = {
        name: row["estimate"].most if row["estimate"].is_crowded else row["estimate"].dimension
        for name, row in found.items()
    }
    faces, near = count["faces"], count["background"]
    spread = [found[name]["n_components"] for name in ("faces", "same spectrum")]
    yield "What the controls say:"
    yield textwrap.fill(
        f"Noise: {in_words(found['noise']['estimate'])[0]} dimensions against {faces:.0f}. So few "
        "are no matter of course for so many pixels.",
        **LINES,
    )
    smooth = count["same spectrum"]
    more = "more" if smooth > 1.2 * faces else "no more"
    so = (
        "So smoothness alone does not make the faces few: their phases, that is the places of eyes "
        "and mouth, are in order."
        if smooth > 1.2 * faces
        else "So smoothness alone would explain the dimension of the faces."
    )
    yield textwrap.fill(
        f"Same spectrum: as smooth as the faces, and {more} dimensions, {smooth:.0f}. {so} 90% of "
        f"the variance takes {spread[0]} flat directions for faces and {spread[1]} for these.",
        **LINES,
    )
    fewer = near < faces
    yield textwrap.fill(
        f"Background: {near:.0f} dimensions. "
        + (
            "Real patches have even fewer, since most are dull: light that changes slowly across "
            "the patch. So a low dimension is no proof of a face, and this story does not claim it."
            if fewer
            else "Patches of the same photographs vary more than the faces in them."
        ),
        **LINES,
    )


LINES = {"width": 92, "initial_indent": "  ", "subsequent_indent": "  "}


def in_words(estimate):
    """The dimension and its interval, for the table."""
    if estimate.is_crowded:
        return f"{estimate.most} or more", "too few points"
    return f"{estimate.dimension:.1f}", "{:.1f} to {:.1f}".format(*estimate.interval)


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    sets, found = numbers["shown"]["sets"], numbers["shown"]["found"]
    figures = {
        "dimension": draw_dimension(sets, found),
        "map": draw_map(sets["faces"], numbers["shown"]["places"]),
    }
    finish(out, numbers, figures)


def draw_dimension(sets, found):
    """Four pictures of each set, and its dimension by scale."""
    fig = figure(11, 6.4)
    fig.suptitle("A hundred pictures a set: how many dimensions, by scale", color=INK)
    grid = fig.add_gridspec(4, 5, width_ratios=(1, 1, 1, 1, 6.5))
    for line, (name, images) in enumerate(sets.items()):
        for k in range(4):
            ax = fig.add_subplot(grid[line, k])
            ax.imshow(images[7 * k], cmap="gray", vmin=-2.2, vmax=2.2)
            ax.set_axis_off()
            if k == 0:
                ax.set_title(name, loc="left", fontsize=11, color=COLORS[name])
    ax = fig.add_subplot(grid[:, 4])
    height = 0.0
    for name, row in sorted(found.items(), key=lambda item: item[1]["estimate"].curve[-1]):
        estimate = row["estimate"]
        ax.plot(estimate.scales, estimate.curve, "o-", color=COLORS[name], markersize=5)
        height = max(estimate.curve[-1], 1.12 * height)  # names at the ends, no overlap
        label = f"{name}, or more" if estimate.is_crowded else name
        ax.text(1.1 * estimate.scales[-1], height, label, va="center", color=COLORS[name])
    ax.set(xscale="log", yscale="log", xlabel="neighbours", ylabel="dimension")
    ax.set_xlim(0.9, estimate.scales[-1] * 2)
    ticks = [1, 2, 3, 4, 6, 8, 12, 16, 24]
    ax.set_xticks([k for k in ticks if k <= estimate.scales[-1]])
    ax.set_yticks([5, 10, 20, 50, 100])
    ax.set_ylim(5, 150)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color=SOFT, alpha=0.2)
    return fig


def draw_map(images, places):
    """Every face at its place."""
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    fig = figure(9, 8)
    ax = fig.subplots()
    ax.scatter(*places.T, s=1, color="white")
    for image, place in zip(images, places, strict=True):
        picture = OffsetImage(image, cmap="gray", zoom=1.25, norm="linear")
        ax.add_artist(AnnotationBbox(picture, place, frameon=False, pad=0))
    ax.margins(0.06)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_title("The first two of many coordinates of the faces (Isomap)", color=INK)
    return fig


if __name__ == "__main__":
    main()
