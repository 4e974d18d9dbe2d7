"""The classes in the layers of a network: holes, dimension and separation against depth."""

from __future__ import annotations

from textwrap import fill

import numpy as np

from .._words import degree_name
from ._style import CLOUD_COLOR, INK, LINE, PALE, SMALL, degree_color, legend, tidy

MARKERS = ("o", "s", "D")
#: More classes are drawn together.
MOST_CLASSES = 4
DASHES = ("-", "--", ":", "-.")


def plot_layers(report, *, axes=None, title=None):
    """Draw Betti numbers, dimension and separation of the classes against depth.

    Each class has a picture of its Betti numbers; for more than four classes one picture shows
    their sums. Then follow the intrinsic dimension of each class, and the distance between the
    classes. The background is shaded where every class is one component without holes, apart from
    the others; a grey band is where networks lie that have learned nothing.

    Parameters
    ----------
    report : LayerReport
        From `tda.layer_report`.
    axes : array of matplotlib Axes, default=None
        One for each class (or one for more than four) and two. By default those of a new figure.
    title : str, default=None
        By default the verdict.

    Returns
    -------
    axes : array of matplotlib Axes

    Raises
    ------
    ValueError
        If `report` is something else, or the number of axes is another.

    Examples
    --------
    >>> from tda.datasets import make_nested_disks
    >>> from tda.networks import layer_report, random_network
    >>> from tda.plot import plot_layers
    >>> shape = make_nested_disks(400, n_disks=1, random_state=0)
    >>> network = random_network(2, [8, 8], random_state=0)
    >>> axes = plot_layers(layer_report(network, shape.points, shape.labels))
    >>> [ax.get_title() for ax in axes]
    ['Betti numbers of class 0', 'Betti numbers of class 1', 'intrinsic dimension',
     'separation of the classes']
    """
    if not hasattr(report, "layer_names") or not hasattr(report, "excess"):
        raise ValueError(
            f"report is {type(report).__name__}: pass what layer_report(network, X, y) returns."
        )
    n_classes = len(report.classes)
    n_pictures = (n_classes if n_classes <= MOST_CLASSES else 1) + 2
    if axes is None:
        import matplotlib.pyplot as plt

        n_columns = 2 if n_pictures == 4 else min(n_pictures, 3)
        n_rows = -(-n_pictures // n_columns)
        _, axes = plt.subplots(
            n_rows,
            n_columns,
            figsize=(1.2 + 4.6 * n_columns, 0.8 + 3.1 * n_rows),
            layout="constrained",
            squeeze=False,
        )
        for ax in axes.ravel()[n_pictures:]:
            ax.remove()
        axes = axes.ravel()[:n_pictures]
    axes = np.asarray(axes, dtype=object).ravel()
    if axes.size != n_pictures:
        raise ValueError(f"axes has {axes.size} entries, but {n_pictures} pictures are drawn.")
    if n_classes <= MOST_CLASSES:
        height = report.betti.max()
        for c, label in enumerate(report.classes):
            name = "Betti numbers" + (f" of class {label}" if n_classes > 1 else "")
            _draw_betti(axes[c], report, report.betti[:, c], name, height)
    else:
        total = report.betti.sum(axis=1)
        _draw_betti(
            axes[0], report, total, f"Betti numbers of all {n_classes} classes", total.max()
        )
    _draw_dimension(axes[-2], report)
    _draw_separation(axes[-1], report)
    for ax in axes:
        _mark_layers(ax, report)
    title = fill(report.verdict, 100) if title is None else title
    axes[0].figure.suptitle(title, fontsize=11, color=INK, x=0.02, ha="left")
    return axes


def _draw_betti(ax, report, betti, name, height):
    n_degrees = betti.shape[1]
    for k in range(n_degrees):
        # Curves that meet lie beside one another.
        shift = 0.012 * max(height, 1) * (k - (n_degrees - 1) / 2)
        ax.plot(
            betti[:, k] + shift,
            marker=MARKERS[k],
            markersize=5,
            linewidth=1.8,
            color=degree_color(k),
            label=f"$\\beta_{k}$, {degree_name(k)}",
        )
    ax.set_ylim(-0.05 * height - 0.15, 1.22 * height + 0.15)  # with room for the legend
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.grid(axis="y", color=LINE, alpha=0.25, linewidth=0.6)
    tidy(ax, name)
    legend(ax, loc="upper right", ncols=n_degrees)


def _draw_dimension(ax, report):
    few = len(report.classes) <= MOST_CLASSES
    for c, label in enumerate(report.classes):
        ax.plot(
            report.dimension[:, c],
            linestyle=DASHES[c % len(DASHES)] if few else "-",
            marker="o" if few else None,
            markersize=4,
            linewidth=1.6 if few else 0.8,
            color=(CLOUD_COLOR if c % 2 == 0 else INK) if few else PALE,
            label=f"class {label}" if few and len(report.classes) > 1 else None,
        )
    if not few:
        finite = np.where(np.isfinite(report.dimension), report.dimension, np.nan)
        ax.plot([], [], color=PALE, linewidth=0.8, label="a class")
        ax.plot(np.nanmedian(finite, axis=1), "o-", color=CLOUD_COLOR, markersize=4, label="median")
    _draw_band(ax, [_medians(other.dimension) for other in report.untrained])
    drawn = report.dimension[np.isfinite(report.dimension)]
    ax.set_ylim(0, 1.15 * max(drawn.max(initial=0.0), 1.0))
    ax.grid(axis="y", color=LINE, alpha=0.25, linewidth=0.6)
    tidy(ax, "intrinsic dimension")
    legend(ax, loc="lower left")


def _draw_separation(ax, report):
    ax.plot(report.silhouette, "o-", color=CLOUD_COLOR, markersize=4, label="silhouette")
    _draw_band(ax, [other.silhouette for other in report.untrained])
    ax.plot(report.agreement, "s--", color=INK, markersize=4, label="neighbours of the same class")
    ax.set_ylim(min(0, report.silhouette.min()) - 0.03, 1.06)
    ax.axhline(0, color=LINE, linewidth=0.8, zorder=0)
    ax.grid(axis="y", color=LINE, alpha=0.25, linewidth=0.6)
    tidy(ax, "separation of the classes")
    legend(ax, loc="center left", bbox_to_anchor=(0, 0.55))


def _draw_band(ax, curves):
    """The range of the networks that have learned nothing."""
    if curves:
        low, high = np.nanmin(curves, axis=0), np.nanmax(curves, axis=0)
        name = "untrained" if ax.get_lines() else None
        ax.fill_between(
            np.arange(len(low)),
            low,
            high,
            color=LINE,
            alpha=0.3,
            linewidth=1.2,
            label=name,
            zorder=0,
        )


def _medians(dimension):
    known = np.isfinite(dimension).any(axis=1)
    found = np.full(len(dimension), np.nan)
    found[known] = np.nanmedian(dimension[known], axis=1)
    return found


def _mark_layers(ax, report):
    """The names of the layers, and a shade where the classes are untangled."""
    n = len(report.layer_names)
    depth = report.untangled_at
    if depth:
        ax.axvspan(depth - 0.5, n - 0.5, color=PALE, alpha=0.22, linewidth=0, zorder=0)
    names = [name.removeprefix("hidden ") for name in report.layer_names]
    # What stands in the way of another is left out, never the two ends.
    step = -(-n // 14)
    shown = [i for i in range(n) if i % step == 0 and i < n - step] + [n - 1]
    long = max(len(names[i]) for i in shown[1:-1]) > 4 if len(shown) > 2 else False
    ax.set_xticks(
        shown, [names[i] for i in shown], fontsize=SMALL, rotation=40 if long else 0,
        ha="right" if long else "center",
    )  # fmt: skip
    ax.set_xlim(-0.5, n - 0.5)
    ax.set_xlabel("layer", fontsize=SMALL + 1)
