"""A report on an embedding: neighbours, diagrams and holes, before and after."""

from __future__ import annotations

from textwrap import fill

import numpy as np

from ._style import CLOUD_COLOR, INK, LINE, PALE, SMALL, degree_color, halo, legend, tidy

SCORES = {
    "trustworthiness": "trustworthiness (≥ 0.95)",
    "continuity": "continuity (≥ 0.95)",
    "recall": "neighbours kept",
    "r_nx_area": "area under R_NX",
    "spearman_euclidean": "Spearman, Euclidean",
    "spearman_geodesic": "Spearman, geodesic",
}
VIEWS = {"euclidean": "Euclidean", "geodesic": "geodesic"}
#: Before in both views, and after: marker, whether filled, size.
MARKS = {
    "before": ("o", True, 34),
    "before, geodesic": ("o", False, 60),
    "after": ("X", True, 58),
}
MAX_BARS = 60  # the longest a diagram; shorter ones are noise beside the diagonal


def plot_embedding_report(report, *, axes=None, title=None):
    """Draw what an embedding kept and lost, in four pictures.

    The four pictures are: its scores; how many of the nearest K neighbours are kept, for every K;
    the distance of its diagrams from those of the data, compared with the effect of sampling alone;
    and the longest bars of degree 1 and up, before and after.

    Parameters
    ----------
    report : EmbeddingReport
        From `tda.embedding_report`.
    axes : array of four matplotlib Axes, default=None
        By default those of a new figure.
    title : str, default=None
        By default the verdict.

    Returns
    -------
    axes : array of shape (4,)
        The matplotlib Axes.

    Raises
    ------
    ValueError
        If `report` is something else, or there are not four axes.

    Examples
    --------
    >>> from tda import embedding_report
    >>> from tda.datasets import make_circle
    >>> from tda.plot import plot_embedding_report
    >>> X = make_circle(100, random_state=0).points
    >>> axes = plot_embedding_report(embedding_report(X, X[:, :1], n_resamples=2))
    >>> [ax.get_title() for ax in axes]
    ['scores', 'neighbours', 'how far the diagrams moved', 'bars before and after']
    """
    if not hasattr(report, "r_nx") or not hasattr(report, "changes"):
        raise ValueError(
            f"report is {type(report).__name__}: pass what embedding_report(X, Z) returns."
        )
    if axes is None:
        import matplotlib.pyplot as plt

        _, axes = plt.subplots(2, 2, figsize=(10.8, 7.6), layout="constrained")
    axes = np.asarray(axes, dtype=object).ravel()
    if axes.size != 4:
        raise ValueError(f"axes has {axes.size} entries, but four pictures are drawn.")
    _draw_scores(axes[0], report)
    _draw_curve(axes[1], report)
    _draw_changes(axes[2], report)
    _draw_bars(axes[3], report)
    title = fill(report.verdict, 115) if title is None else title
    axes[0].figure.suptitle(title, fontsize=11, color=INK, x=0.02, ha="left")
    return axes


def _draw_scores(ax, report):
    values = [getattr(report, name) for name in SCORES]
    places = np.arange(len(values))[::-1]
    ax.barh(places, values, color=CLOUD_COLOR, height=0.62)
    for place, value in zip(places, values, strict=True):
        ax.annotate(
            f"{value:.3f}",
            (max(value, 0), place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=INK,
            path_effects=halo(),
        )
    ax.set_yticks(places, SCORES.values())
    ax.set_xlim(min(0, *values) * 1.1, 1.14)
    ax.set_xticks([0, 0.5, 1])
    ax.axvline(1, color=LINE, linewidth=0.8, zorder=0)
    ax.axvline(0, color=LINE, linewidth=0.8)
    tidy(ax, "scores")


def _draw_curve(ax, report):
    K = np.arange(1, len(report.r_nx) + 1)
    # Beyond half of all points the curve is about far points and has to reach its end.
    shown = K <= max(len(K) // 2, 2)
    ax.plot(K[shown], report.r_nx[shown], color=CLOUD_COLOR, linewidth=1.8)
    ax.axvline(report.n_neighbors, color=LINE, linewidth=0.8, linestyle="--")
    ax.annotate(
        f"{report.n_neighbors} neighbours",
        (report.n_neighbors, 0.02),
        xytext=(4, 0),
        textcoords="offset points",
        fontsize=SMALL,
        color=INK,
    )
    ax.axhline(0, color=LINE, linewidth=0.8)
    ax.set_xscale("log")
    ax.set_ylim(min(0, report.r_nx[shown].min()) - 0.02, 1.03)
    ax.set_xlabel("K nearest neighbours")
    ax.set_ylabel("R_NX: share kept, 0 is chance")
    tidy(ax, "neighbours")


def _draw_changes(ax, report):
    changes = report.changes
    places = np.arange(len(changes))[::-1]
    ax.barh(
        places,
        [c.bottleneck_spread for c in changes],
        color=PALE,
        height=0.62,
        label="sampling alone",
    )
    for beyond, marker, name in ((False, "o", "within"), (True, "D", "beyond it")):
        here = [i for i, c in enumerate(changes) if c.is_beyond == beyond]
        ax.scatter(
            [changes[i].bottleneck for i in here],
            places[here],
            color=[degree_color(changes[i].degree) for i in here],
            marker=marker,
            s=44,
            zorder=3,
        )
        if here:
            ax.scatter([], [], color=INK, marker=marker, label=f"the embedding, {name}")
    ax.set_yticks(places, [f"H{c.degree}, {VIEWS[c.reference]}" for c in changes])
    ax.set_xlim(0, 1.12 * max(max(c.bottleneck, c.bottleneck_spread) for c in changes) or 1.0)
    ax.set_ylim(-0.6 - 0.28 * len(changes), len(changes) - 0.4)
    ax.set_xlabel("bottleneck distance (share of the size)")
    tidy(ax, "how far the diagrams moved")
    legend(ax, loc="lower right")


def _draw_bars(ax, report):
    counts = dict(zip(MARKS, (report.before, report.along, report.after), strict=True))
    degrees = range(min(1, report.after.diagram.max_dimension), len(report.after.betti))
    top = 0.0
    for name, (marker, filled, size) in MARKS.items():
        for k in degrees:
            bars = counts[name].diagram.finite()[k]
            bars = bars[np.argsort(bars[:, 0] - bars[:, 1], kind="stable")[:MAX_BARS]]
            top = max(top, bars.max(initial=0.0))
            color = degree_color(k)
            ax.scatter(
                *bars.T,
                marker=marker,
                s=size,
                facecolor=color if filled else "none",
                edgecolor="white" if filled else color,
                linewidth=0.6 if filled else 1.2,
                alpha=0.85,
                label=f"H{k} {name}: {counts[name].betti[k]}",
                zorder=4 if name == "after" else 3,
            )
    top = 1.06 * top or 1.0
    ax.plot([0, top], [0, top], color=LINE, linewidth=0.8, zorder=1)
    ax.set_xlim(0, top)
    ax.set_ylim(0, top)
    ax.set_aspect("equal", adjustable="box")
    ax.set_xlabel("birth (share of the size)")
    ax.set_ylabel("death (share of the size)")
    tidy(ax, "bars before and after")
    where = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}  # bars may be anywhere inside
    legend(ax, title="significant", title_fontsize=SMALL, **where)
