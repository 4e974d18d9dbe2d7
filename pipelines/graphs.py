"""Tell networks apart by their shape: families of random graphs, and all small graphs.

Three questions, each answered by topology, by statistics of the degrees, and by the labels of
Weisfeiler and Lehman (N. Shervashidze et al., "Weisfeiler-Lehman graph kernels", JMLR 12, 2011):

  families   Which of six models made this graph? All have the same number of vertices and about
             the same number of edges.
  rewired    Is this graph as its model made it, or was one in ten of its edges swapped at random,
             so that each vertex keeps its degree? Degrees cannot tell, by construction. Triangles
             can, so the share of triangles at each vertex is a rival of its own.
  atlas      Of the 853 connected graphs of seven vertices, which networkx ships, how many have a
             description that no other has? Here nothing is learned.

Topology is extended persistence of four functions on the vertices (degree, heat for a short and a
long time, closeness) and persistence of the lengths of paths and of Ollivier's curvature, all as
statistics of their bars. So that it is seen what topology adds, the statistics of the values of
these four functions are a rival too.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

import networkx as nx
import numpy as np
from _common import (
    INK,
    SOFT,
    clock,
    figure,
    finish,
    meaning,
    options,
    play,
    seconds_since,
    steps,
    table,
    tell_time,
)
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from tda import ExtendedPersistence, GraphPersistence, PersistenceStatistics, extended_diagram
from tda.graphs import as_graph, heat_kernel_signature, vertex_values

#: Edges a vertex, on average.
MEAN_DEGREE = 6


def geometric(n, seed):
    """Points in a square, the nearest pairs joined."""
    points = np.random.default_rng(seed).random((n, 2))
    i, j = np.triu_indices(n, 1)
    lengths = np.linalg.norm(points[i] - points[j], axis=1)
    near = np.argsort(lengths)[: n * MEAN_DEGREE // 2]
    G = nx.empty_graph(n)
    G.add_edges_from(zip(i[near].tolist(), j[near].tolist(), strict=True))
    return G


def blocks(n, seed):
    """Four communities, five in six edges inside."""
    size = n // 4
    inside = MEAN_DEGREE * 5 / 6 / (size - 1)
    across = MEAN_DEGREE / 6 / (n - size)
    p = np.full((4, 4), across) + np.eye(4) * (inside - across)
    return nx.Graph(nx.stochastic_block_model([size] * 4, p.tolist(), seed=seed).edges)


FAMILIES = {
    "uniform": lambda n, seed: nx.gnm_random_graph(n, n * MEAN_DEGREE // 2, seed=seed),
    "small world": lambda n, seed: nx.watts_strogatz_graph(n, MEAN_DEGREE, 0.1, seed=seed),
    "preferential": lambda n, seed: nx.barabasi_albert_graph(n, MEAN_DEGREE // 2, seed=seed),
    "clustered": lambda n, seed: nx.powerlaw_cluster_graph(n, MEAN_DEGREE // 2, 0.8, seed=seed),
    "geometric": geometric,
    "blocks": blocks,
}
#: Those with something that swapping edges takes away.
ORGANISED = ("small world", "clustered", "geometric", "blocks")
#: The share of the edges of a rewired graph that were swapped.
SWAPPED = 0.1
TOPOLOGY, VALUES, WL = "topology", "the same functions", "Weisfeiler-Lehman"
TRIANGLES, DEGREES = "degrees, triangles", "degrees"

FUNCTIONS = {
    "degree": "degree",
    "heat, short": partial(heat_kernel_signature, time=1.0),
    "heat, long": partial(heat_kernel_signature, time=10.0),
    "closeness": "closeness",
}


# -- what describes a graph --------------------------------------------------------------------


def build_features():
    """From graphs to columns: statistics of the bars of each filtration."""
    steps = [
        (name, make_pipeline(ExtendedPersistence(function=function), PersistenceStatistics()))
        for name, function in FUNCTIONS.items()
    ]
    for function in ("path", "ollivier"):
        steps.append(
            (function, make_pipeline(GraphPersistence(function=function), PersistenceStatistics()))
        )
    return FeatureUnion(steps)


def statistics_of(values):
    quantiles = np.quantile(values, [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
    return [len(values), values.mean(), values.std(), ((values - values.mean()) ** 3).mean(),
            *quantiles]  # fmt: skip


def degree_statistics(graphs):
    return np.array([statistics_of(as_graph(G).degrees.astype(float)) for G in graphs])


def triangle_statistics(graphs):
    triangles = [np.array(list(nx.clustering(nx.Graph(G)).values())) for G in graphs]
    return np.hstack([degree_statistics(graphs), [statistics_of(t) for t in triangles]])


def weisfeiler_lehman(graphs, rounds=3):
    """How often each label occurs in each graph; a label is a vertex's neighbourhood."""
    counts = []
    for G in graphs:
        labels = dict(G.degree)
        found = Counter((0, label) for label in labels.values())
        for k in range(1, rounds + 1):
            labels = {v: hash((labels[v], *sorted(labels[w] for w in G[v]))) for v in G}
            found.update((k, label) for label in labels.values())
        counts.append({str(key): n for key, n in found.items()})
    return counts


def function_statistics(graphs):
    """The same functions as topology takes, without the topology."""
    rows = [[vertex_values(G, function) for function in FUNCTIONS.values()] for G in graphs]
    return np.array([np.concatenate([statistics_of(f) for f in row]) for row in rows])


def describe(graphs):
    """The graphs by each description; each graph alone, so that folds share nothing."""
    return {
        TOPOLOGY: build_features().fit_transform(graphs),
        VALUES: function_statistics(graphs),
        TRIANGLES: triangle_statistics(graphs),
        DEGREES: degree_statistics(graphs),
        WL: weisfeiler_lehman(graphs),
    }


def build_classifier(name, seed, n_trees=100):
    """A classifier that suits the description: for counts of labels a linear one, as is usual."""
    if name == WL:
        return make_pipeline(DictVectorizer(), Normalizer(), LinearSVC(C=10, random_state=seed))
    return RandomForestClassifier(n_trees, random_state=seed)


# -- the three questions -----------------------------------------------------------------------


def make_families(n_each, n_vertices, seed):
    graphs = [
        make(n_vertices, 1000 * seed + k) for make in FAMILIES.values() for k in range(n_each)
    ]
    return graphs, np.repeat(list(FAMILIES), n_each), np.arange(len(graphs))


def make_rewired(n_each, n_vertices, seed):
    """Graphs and their rewired twins, which go into the same fold."""
    graphs, classes, groups = [], [], []
    for name in ORGANISED:
        for k in range(n_each):
            G = FAMILIES[name](n_vertices, 1000 * seed + k)
            twin = nx.Graph(G)
            swaps = round(SWAPPED / 2 * twin.number_of_edges())  # each changes two edges
            nx.double_edge_swap(twin, nswap=swaps, max_tries=10_000, seed=1000 * seed + k)
            assert dict(twin.degree) == dict(G.degree)
            graphs += [G, twin]
            classes += ["as made", "rewired"]
            groups += [len(graphs)] * 2
    return graphs, np.array(classes), np.array(groups)


def accuracies(graphs, classes, groups, seed, n_trees=100):
    """Share of right answers in five folds, by description; and the answers of topology."""
    share, answers = {}, None
    for name, columns in describe(graphs).items():
        folds = GroupKFold(5, shuffle=True, random_state=seed)
        model = build_classifier(name, seed, n_trees)
        guessed = cross_val_predict(model, columns, classes, groups=groups, cv=folds)
        share[name] = float(np.mean(guessed == classes))
        answers = guessed if answers is None else answers
    return share, answers


def distinct(descriptions):
    """How many descriptions occur once only."""
    return sum(n == 1 for n in Counter(descriptions).values())


def in_the_atlas(n_vertices):
    """Of the connected graphs of so many vertices, how many each description tells apart."""
    graphs = [
        G for G in nx.graph_atlas_g() if len(G) == n_vertices and nx.is_connected(G)
    ]  # fmt: skip
    described = {"degrees": [tuple(sorted(dict(G.degree).values())) for G in graphs]}
    for name in ("closeness", "heat, short"):
        values = (vertex_values(G, FUNCTIONS[name]) for G in graphs)
        described[f"values: {name}"] = [tuple(np.sort(f.round(9)).tolist()) for f in values]
    for name, function in FUNCTIONS.items():
        described[f"topology: {name}"] = [pairs_of(G, function) for G in graphs]
    described[WL] = [
        tuple(sorted(counts.items())) for counts in weisfeiler_lehman(graphs, rounds=n_vertices)
    ]
    return len(graphs), {name: distinct(values) for name, values in described.items()}


def pairs_of(G, function):
    """Extended persistence as a tuple that can be compared, up to rounding."""
    diagram = extended_diagram(G, function=function)
    rows = np.column_stack([diagram.dims, diagram.births, diagram.deaths]).round(9) + 0.0
    return tuple(sorted(map(tuple, rows.tolist())))


def parse(argv=None):
    parser = options("graphs", __doc__)
    parser.add_argument("--quick", action="store_true", help="one seed, few and small graphs")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


@threadpool_limits.wrap(limits=1)  # matrices of forty rows: threads would wait for each other
def compute(args):
    """The numbers of the story."""
    start = clock()
    n_seeds, n_each, n_vertices, small = (1, 10, 40, 6) if args.quick else (3, 40, 40, 7)
    n_trees = 20 if args.quick else 100
    families, rewired = [], []
    confusion = np.zeros((len(FAMILIES), len(FAMILIES)), int)
    place = {name: i for i, name in enumerate(FAMILIES)}
    for seed in steps(range(args.seed, args.seed + n_seeds), "seeds"):
        graphs, classes, groups = make_families(n_each, n_vertices, seed)
        share, guessed = accuracies(graphs, classes, groups, seed, n_trees)
        families.append(share)
        for truth, answer in zip(classes, guessed, strict=True):
            confusion[place[truth], place[answer]] += 1
        twins = make_rewired(n_each, n_vertices, seed)
        rewired.append(accuracies(*twins, seed, n_trees)[0])
    n_atlas, apart = in_the_atlas(small)
    return {
        "seed": args.seed,
        "n_seeds": n_seeds,
        "n_each": n_each,
        "n_vertices": n_vertices,
        "families": {name: [run[name] for run in families] for name in families[0]},
        "rewired": {name: [run[name] for run in rewired] for name in rewired[0]},
        "confusion": confusion,
        "atlas_vertices": small,
        "atlas_graphs": n_atlas,
        "atlas_apart": apart,
        **seconds_since(start),
    }


# -- words -------------------------------------------------------------------------------------


def tell(numbers):
    print(
        f"{numbers['n_each']} graphs a class, {numbers['n_vertices']} vertices each, "
        f"{numbers['n_seeds']} seed(s). Accuracy in percent, five folds:\n"
    )
    rows = [
        [name, in_percent(shares), in_percent(numbers["rewired"][name])]
        for name, shares in numbers["families"].items()
    ]
    rows.append(["guessing", f"{100 / len(FAMILIES):.0f}", "50"])
    print(table(["described by", "which of six families", "as made or a tenth swapped"], rows))
    meaning(
        "Topology: extended persistence of functions on the vertices. The same functions: their "
        "values, sorted. The other rows know only what they name. Graphs that are swapped keep all "
        "degrees."
    )
    best = max(numbers["families"], key=lambda name: np.mean(numbers["families"][name]))
    other = max(numbers["rewired"], key=lambda name: np.mean(numbers["rewired"][name]))
    print(f"\nThe best description of families: {best}; of rewiring: {other}.")
    print(
        f"\nThe {numbers['atlas_graphs']} connected graphs of {numbers['atlas_vertices']} vertices:"
        " how many have a description of their own?"
    )
    total = numbers["atlas_graphs"]
    print(
        table(
            ["described by", "graphs", "percent"],
            [[name, n, f"{100 * n / total:.0f}"] for name, n in numbers["atlas_apart"].items()],
        )
    )
    meaning("Graphs: how many are told from all others by the description alone.")
    tell_time(numbers)


def in_percent(shares):
    spread = f" ± {100 * np.std(shares):.1f}" if len(shares) > 1 else ""
    return f"{100 * np.mean(shares):.1f}{spread}"


# -- pictures ----------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    figures = {
        "families": draw_families(numbers["n_vertices"], numbers["seed"]),
        "accuracy": draw_accuracy(numbers),
    }
    finish(out, numbers, figures)


KINDS = {
    "ordinary": ("#0072B2", "^"),
    "relative": ("#56B4E9", "v"),
    "components": (INK, "s"),
    "loops": ("#D55E00", "o"),
}


def draw_families(n_vertices, seed):
    """One graph of each family, and below it its extended persistence of heat."""
    fig = figure(13, 5.2)
    axes = fig.subplots(2, len(FAMILIES))
    for (name, make), (above, below) in zip(FAMILIES.items(), axes.T, strict=True):
        G = make(n_vertices, seed)
        heat = heat_kernel_signature(G, time=10.0)
        where = nx.spring_layout(G, seed=seed)
        points = np.array([where[v] for v in G])
        for a, b in as_graph(G).edges:
            above.plot(*points[[a, b]].T, color="#BBBBBB", linewidth=0.5, zorder=1)
        above.scatter(*points.T, c=heat, cmap="viridis", s=14, zorder=2)
        above.set_title(name, color=INK)
        above.set_axis_off()
        diagram = extended_diagram(G, function=heat)
        for k, (kind, (color, marker)) in enumerate(KINDS.items()):
            below.scatter(*diagram[k].T, s=12, color=color, marker=marker, alpha=0.6, label=kind)
        ends = [heat.min(), heat.max()]
        below.plot(ends, ends, color=SOFT, linewidth=0.8, zorder=0)
        below.tick_params(labelsize=7)
        below.set_xlabel("birth", color=INK)
        below.spines[["top", "right"]].set_visible(False)
    axes[1, 0].set_ylabel("death", color=INK)
    handles, labels = axes[1, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    fig.suptitle(
        "Six families with about as many edges. Colour: heat that stays at a vertex; below: its "
        "extended persistence",
        color=INK,
    )
    return fig


def draw_accuracy(numbers):
    """Accuracy by description for the two questions, and the atlas."""
    fig = figure(12, 4.2)
    axes = fig.subplots(1, 3, width_ratios=(1, 1, 1.25))
    colors = {
        TOPOLOGY: "#0072B2",
        VALUES: "#7A5195",
        TRIANGLES: "#B8860B",
        DEGREES: "#D55E00",
        WL: "#009E73",
    }
    panels = (
        ("families", "Which of six families?", 1 / 6),
        ("rewired", "A tenth of the edges swapped?", 0.5),
    )
    for ax, (key, title, chance) in zip(axes, panels, strict=False):
        for i, (name, shares) in enumerate(numbers[key].items()):
            ax.barh(i, np.mean(shares), color=colors[name], height=0.65)
            ax.plot(shares, [i] * len(shares), ".", color=INK, markersize=5)
            end = np.mean(shares) - 0.06
            ax.text(end, i, f"{np.mean(shares):.0%}", color="white", va="center", ha="right")
        ax.axvline(chance, color=SOFT, linestyle=":", linewidth=1.2)
        ax.set(yticks=range(len(numbers[key])), xlim=(0, 1.02), title=title)
        ax.set_yticklabels(numbers[key] if key == "families" else [""] * len(numbers[key]))
        ax.xaxis.set_major_formatter("{x:.0%}")
        ax.set_xlabel("accuracy; dotted: guessing", color=INK)
        ax.invert_yaxis()
    ax, total = axes[2], numbers["atlas_graphs"]
    for i, (name, n) in enumerate(numbers["atlas_apart"].items()):
        color = colors.get(name, colors[VALUES if name.startswith("values") else TOPOLOGY])
        ax.barh(i, n, color=color, height=0.65)
        inside = n > total / 2
        at, side = (n - 0.02 * total, "right") if inside else (n + 0.02 * total, "left")
        ax.text(at, i, n, color="white" if inside else INK, va="center", ha=side)
    ax.axvline(total, color=SOFT, linestyle=":", linewidth=1.2)
    ax.set(yticks=range(len(numbers["atlas_apart"])), xlim=(0, 1.03 * total))
    ax.set_yticklabels(numbers["atlas_apart"])
    ax.set_title(f"All {total} connected graphs of {numbers['atlas_vertices']} vertices")
    ax.set_xlabel("graphs with a description of their own", color=INK)
    ax.invert_yaxis()
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
        ax.title.set_color(INK)
    return fig


if __name__ == "__main__":
    main()
