"""How the layers of a network stretch the directions of the data, against depth."""

from __future__ import annotations

from textwrap import fill

import numpy as np

from ._style import CLOUD_COLOR, INK, LINE, PALE, SMALL, legend, tidy

#: Of more directions only the first and last are drawn, with the median between.
MOST_DIRECTIONS = 6


def plot_tangents(report, *, axes=None, title=None):
    """Draw how far each layer stretches a step along the data, and how many directions it keeps.

    Above, for each direction of the data the median stretch over the points, with the half of the
    points in the middle shaded for the largest and the smallest; below, the directions kept.

    Parameters
    ----------
    report : LayerTangents
        From `tda.networks.layer_tangents`.
    axes : array of two matplotlib Axes, default=None
        By default those of a new figure, one below the other.
    title : str, default=None
        By default the verdict.

    Returns
    -------
    axes : array of shape (2,)
        The matplotlib Axes.

    Raises
    ------
    ValueError
        If `report` is something else, or there are not two axes.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import layer_tangents, random_network
    >>> from tda.plot import plot_tangents
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> axes = plot_tangents(layer_tangents(random_network(2, [8, 8], random_state=0), X))
    >>> [ax.get_ylabel() for ax in axes]
    ['stretch', 'directions kept']
    """
    if not hasattr(report, "singular_values") or not hasattr(report, "kept"):
        raise ValueError(
            f"report is {type(report).__name__}: pass what layer_tangents(network, X) returns."
        )
    if axes is None:
        import matplotlib.pyplot as plt

        _, axes = plt.subplots(
            2, 1, figsize=(7.2, 5.6), layout="constrained", sharex=True, height_ratios=(1.6, 1)
        )
    axes = np.asarray(axes, dtype=object).ravel()
    if axes.size != 2:
        raise ValueError(f"axes has {axes.size} entries, but two pictures are drawn.")
    _draw_stretch(axes[0], report)
    _draw_kept(axes[1], report)
    names = [name.removeprefix("hidden ") for name in report.layer_names]
    step = -(-len(names) // 14)
    shown = range(0, len(names), step)
    long = max(len(names[i]) for i in shown) > 6
    axes[1].set_xticks(list(shown), [names[i] for i in shown], fontsize=SMALL,
                       rotation=30 if long else 0, ha="right" if long else "center")  # fmt: skip
    axes[1].set_xlabel("layer", fontsize=SMALL + 1)
    axes[0].figure.suptitle(
        fill(report.verdict, 95) if title is None else title,
        fontsize=10, color=INK, x=0.02, ha="left",
    )  # fmt: skip
    return axes


def _draw_stretch(ax, report):
    values = report.singular_values
    floor = np.where(values > 0, values, np.nan)
    k = report.dimension
    shown = range(k) if k <= MOST_DIRECTIONS else (0, (k - 1) // 2, k - 1)
    depth = np.arange(len(values))
    for j in shown:
        known = np.isfinite(floor[:, :, j]).any(axis=1)
        low, middle, high = np.full((3, len(depth)), np.nan)
        quantiles = np.nanquantile(floor[known, :, j], (0.25, 0.5, 0.75), axis=1)
        low[known], middle[known], high[known] = quantiles
        is_end = j in (0, k - 1)
        name = f"direction {j + 1} of {k}" if k > 1 else "the direction"
        color = CLOUD_COLOR if j == 0 else INK if j == k - 1 else LINE
        ax.plot(
            depth, middle, "o-", markersize=3.5, linewidth=1.6 if is_end else 0.9, color=color,
            label=name if is_end or k > MOST_DIRECTIONS else None,
        )  # fmt: skip
        if is_end:
            ax.fill_between(depth, low, high, color=color, alpha=0.13, linewidth=0)
    ax.axhline(1, color=LINE, linewidth=0.8, zorder=0)
    ax.set_yscale("log")
    ax.set_ylabel("stretch")
    tidy(ax, None)
    legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _draw_kept(ax, report):
    low, middle, high = np.quantile(report.kept, (0.25, 0.5, 0.75), axis=1)
    depth = np.arange(len(middle))
    ax.plot(depth, middle, "o-", color=CLOUD_COLOR, markersize=3.5)
    ax.fill_between(depth, low, high, color=PALE, alpha=0.35, linewidth=0)
    ax.set_ylim(0, 1.08 * report.dimension)
    ax.set_ylabel("directions kept")
    ax.grid(axis="y", color=LINE, alpha=0.25, linewidth=0.6)
    tidy(ax, None)
