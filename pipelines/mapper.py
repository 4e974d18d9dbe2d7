"""Handwritten digits as a graph and as clusters: what a flat picture of them hides.

1,797 images of 8 x 8 pixels are points in 64 dimensions. Their first two principal components
are the usual picture, and in it the digits lie on top of one another.

  Mapper           looks along the same two components, but splits what lies in one place by all 64
  arms             along the distance from the middle, which branches are more than chance
  ToMATo           how many clusters there are, from the density alone, and which digits they are

Writes three figures, numbers.json and mapper.html, a page to explore the graph in a browser.
"""

from __future__ import annotations

import numpy as np
from _common import INK, SOFT, figure, finish, meaning, options, p_words, play, table
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline

from tda import Embedding, Mapper, ToMATo
from tda.plot import plot_diagram, plot_mapper

N_BOXES = 8
NEAR = 24.0  # pixels are grey in 17 steps; a digit's nearest like it is about 18 away


def build_pipeline(*, random_state=0):
    """The clusters of the story: images as rows in, labels out."""
    isomap = Embedding(method="isomap", n_components=5, n_neighbors=10, random_state=random_state)
    return make_pipeline(isomap, ToMATo())


def parse(argv=None):
    parser = options("mapper", __doc__)
    parser.add_argument("--quick", action="store_true", help="few resamples")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the graphs, the clusters and the images."""
    X, y = load_digits(return_X_y=True)
    plane = PCA(2, random_state=args.seed)
    mapper = Mapper(
        lens=plane, n_intervals=N_BOXES, distance_threshold=NEAR, min_size=5, random_state=args.seed
    ).fit(X)
    members = mapper.graph_.membership
    held = np.asarray(members.sum(axis=1)).ravel() > 0
    boxes = Mapper(lens=plane, n_intervals=N_BOXES, distance_threshold=1e9).fit(X[held])
    arms = Mapper(
        lens="eccentricity", n_intervals=12, distance_threshold=26.0, min_size=5,
        random_state=args.seed,
    ).fit(X)  # fmt: skip
    features = arms.features(n_resamples=19 if args.quick else 99, random_state=args.seed)
    clusters = build_pipeline(random_state=args.seed).fit(X)
    labels = clusters[-1].labels_
    return {
        "seed": args.seed,
        "n_images": len(X),
        "boxes": {"n": boxes.n_nodes_, "share_of_commonest": purity(boxes.graph_, y[held])},
        "mapper": {
            "n_nodes": mapper.n_nodes_,
            "n_edges": len(mapper.graph_.edges),
            "share_of_commonest": purity(mapper.graph_, y),
            "share_of_images_in_nodes": held.mean(),
        },
        "arms": [
            {
                "kind": f.kind,
                "from": f.low,
                "to": f.high,
                "p_value": f.p_value,
                "digits": digits_along(arms.graph_, y, f),
            }
            for f in features.features
            if f.kind == "branch up"
        ],
        "n_significant_loops": sum(f.kind == "loop" for f in features.significant),
        "clusters": {
            "n": clusters[-1].n_clusters_,
            "p_values": clusters[-1].p_values_,
            "agreement": adjusted_rand_score(y, labels),
            "digits": [composition(y[labels == c]) for c in range(clusters[-1].n_clusters_)],
        },
        "shown": {
            "X": X,
            "y": y,
            "places": mapper.lens_values_,
            "mapper": mapper,
            "arms": arms,
            "features": features,
            "clusters": clusters,
        },
    }


def purity(graph, y):
    """The share of rows in nodes that show the commonest digit of their node."""
    counts = counts_of(graph, y)
    return counts.max(axis=1).sum() / counts.sum()


def counts_of(graph, y):
    """How many of each digit each node holds."""
    return graph.membership.T.astype(float) @ np.eye(10)[y]


def digits_along(graph, y, feature):
    """The commonest digit at the tip of a branch, where the lens is largest."""
    tip = max(feature.nodes, key=lambda v: graph.values[v, 0])
    return int(counts_of(graph, y)[tip].argmax())


def composition(digits):
    """The digits that are at least a tenth of a cluster, the commonest first."""
    counts = np.bincount(digits, minlength=10)
    order = np.argsort(-counts, kind="stable")
    return {int(d): int(counts[d]) for d in order if counts[d] >= 0.1 * len(digits)}


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    found, boxes = numbers["mapper"], numbers["boxes"]
    print(
        f"{numbers['n_images']:,} images of digits, by their first two principal components.\n\n"
        f"In the {boxes['n']} boxes of that plane {boxes['share_of_commonest']:.0%} of the images "
        "show the commonest digit of their box.\n"
        f"Mapper splits the boxes by all 64 pixels: in its {found['n_nodes']} nodes it is "
        f"{found['share_of_commonest']:.0%}.\n"
        f"({found['share_of_images_in_nodes']:.0%} of the images are in a node of five or more; "
        "the others are left out of both.)\n"
    )
    print("Arms of the graph along the distance from the middle:\n")
    print(
        table(
            ["arm of the digit", "from", "to", "p"],
            [
                [a["digits"], f"{a['from']:.1f}", f"{a['to']:.1f}", p_words(a["p_value"])]
                for a in numbers["arms"][:6]
            ],
        )
    )
    meaning(
        "From, to: distances from the middle between which the arm stands alone. p: of the "
        "arm, by resampling the images."
    )
    loops = numbers["n_significant_loops"]
    print(f"\nLoops that are more than chance: {loops or 'none'}.\n")
    clusters = numbers["clusters"]
    print(
        f"ToMATo on five Isomap coordinates finds {clusters['n']} clusters (adjusted Rand index "
        f"with the digits {clusters['agreement']:.2f}):\n"
    )
    print(
        table(
            ["cluster", "digits", "p"],
            [
                [c, ", ".join(f"{d} ({n})" for d, n in digits.items()), p_words(p) if c else "-"]
                for c, (digits, p) in enumerate(
                    zip(clusters["digits"], clusters["p_values"], strict=True)
                )
            ],
        )
    )
    meaning(
        "Digits: those that fill the cluster, with their numbers. p: the chance that noise has a "
        "hill as prominent; the highest hill is there for certain."
    )


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures, the page and numbers.json."""
    shown = numbers["shown"]
    figures = {
        "plane_and_graph": draw_plane_and_graph(shown),
        "arms": draw_arms(shown),
        "clusters": draw_clusters(shown),
    }
    finish(out, numbers, figures)
    columns = np.column_stack([shown["places"], *(shown["y"] == d for d in range(10))])
    names = ["component 1", "component 2", *(f"share of {d}" for d in range(10))]
    path = out / "mapper.html"
    shown["mapper"].to_html(path, columns, columns=names, title="Handwritten digits")
    print(f"Page:     {path}")


def draw_plane_and_graph(shown):
    fig = figure(11.5, 5.2)
    left, right = fig.subplots(1, 2)
    y, graph = shown["y"], shown["mapper"].graph_
    colors = digit_colors()
    left.scatter(*shown["places"].T, s=6, color=colors[y], alpha=0.7)
    for d in range(10):
        middle = np.median(shown["places"][y == d], axis=0)
        left.text(
            *middle, d, ha="center", va="center", fontsize=13, color="white",
            bbox={"boxstyle": "circle,pad=0.15", "facecolor": colors[d], "edgecolor": "white"},
        )  # fmt: skip
    left.set_title("Two principal components: digits overlap", color=INK)
    left.set(xticks=[], yticks=[])
    left.spines[["top", "right"]].set_visible(False)
    for spine in ("left", "bottom"):
        left.spines[spine].set_color(SOFT)
    left.set(xlabel="component 1", ylabel="component 2")
    draw_graph(right, graph, y)
    right.set_title("Mapper along the same plane: digits come apart", color=INK)
    return fig


def draw_graph(ax, graph, y):
    """The graph with each node in the colour of its commonest digit, and names of the digits."""
    from matplotlib.collections import LineCollection

    counts, places = counts_of(graph, y), graph.layout()
    digit = counts.argmax(axis=1)
    ax.add_collection(LineCollection(places[graph.edges], colors=SOFT, linewidths=0.6, zorder=1))
    sizes = 25 + 200 * graph.sizes / graph.sizes.max()
    ax.scatter(*places.T, s=sizes, color=digit_colors()[digit], edgecolor="white", zorder=2)
    for v in range(graph.n_nodes):
        ax.text(*places[v], digit[v], ha="center", va="center", fontsize=6, color="white", zorder=3)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def digit_colors():
    from matplotlib import colormaps

    return np.array([colormaps["tab10"](d) for d in range(10)])


def draw_arms(shown):
    fig = figure(9.5, 6)
    ax = fig.subplots()
    arms = shown["arms"]
    clear = [f for f in shown["features"].significant if f.kind == "branch up"]
    tips = [max(f.nodes, key=lambda v: arms.graph_.values[v, 0]) for f in clear]
    plot_mapper(arms, name="distance to all images", nodes=tips, ax=ax)
    ax.set_title("Arms of the digits: the tips of those that are more than chance", color=INK)
    places, pieces = arms.graph_.layout(), arms.graph_.components()
    for f, v in zip(clear, tips, strict=True):
        digit = digits_along(arms.graph_, shown["y"], f)
        left = places[v, 0] < places[pieces == pieces[v], 0].mean()  # away from the middle
        ax.annotate(
            f"{digit}: {p_words(f.p_value)}",
            places[v],
            xytext=(-9 if left else 9, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            color=INK,
        )
    return fig


def draw_clusters(shown):
    fig = figure(11, 5)
    left, right = fig.subplots(1, 2, width_ratios=(1, 1.15))
    model, y = shown["clusters"][-1], shown["y"]
    plot_diagram(model.diagram_, ax=left, title="Peaks of the log density")
    left.set(xlabel="log density of the peak", ylabel="log density of the saddle")
    counts = np.zeros((model.n_clusters_, 10))
    np.add.at(counts, (model.labels_, y), 1)
    right.imshow(counts, cmap="Blues", aspect="auto", vmax=180)
    for c, d in zip(*np.nonzero(counts), strict=True):
        right.text(
            d, c, f"{counts[c, d]:.0f}", ha="center", va="center", fontsize=8,
            color="white" if counts[c, d] > 90 else INK,
        )  # fmt: skip
    right.set(xticks=range(10), yticks=range(model.n_clusters_), xlabel="digit", ylabel="cluster")
    right.spines[:].set_visible(False)
    right.tick_params(length=0)
    right.set_title("Images by cluster and digit", color=INK)
    return fig


if __name__ == "__main__":
    main()
