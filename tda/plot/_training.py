"""A training by epochs: the loss, how far the topology is off, and the dimension."""

from __future__ import annotations

from textwrap import fill

import numpy as np

from .._words import degree_name
from ._style import CLOUD_COLOR, INK, LINE, SMALL, degree_color, halo, legend, tidy


def plot_training(history, *, axes=None, title=None):
    """Draw the loss, the distance of the topologies and the dimension against epochs.

    Where the loss falls and the topology does not, the epochs from which on it stands are
    shaded and the one at which that was to be seen is marked.

    Parameters
    ----------
    history : TrainingHistory
        From `tda.networks.observe_fit`, or ``observer.history``.
    axes : array of three matplotlib Axes, default=None
        By default those of a new figure, one below the other.
    title : str, default=None
        By default the verdict.

    Returns
    -------
    axes : array of shape (3,)
        The matplotlib Axes.

    Raises
    ------
    ValueError
        If `history` is something else or empty, or there are not three axes.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.datasets import make_circle
    >>> from tda.networks import TrainingObserver
    >>> from tda.plot import plot_training
    >>> X = make_circle(60, random_state=0).points
    >>> observer = TrainingObserver(X, every=1)
    >>> recorded = [observer.record(share * X) for share in (0.1, 0.5, 1.0)]
    >>> axes = plot_training(observer.history)
    >>> [ax.get_ylabel() for ax in axes]
    ['loss', 'distance to the target', 'dimension']
    """
    if not hasattr(history, "stalls") or not hasattr(history, "losses"):
        raise ValueError(
            f"history is {type(history).__name__}: pass what observe_fit returns, or "
            "observer.history."
        )
    if not len(history):
        raise ValueError("history is empty: nothing was measured yet.")
    if axes is None:
        import matplotlib.pyplot as plt

        _, axes = plt.subplots(
            3,
            1,
            figsize=(7.2, 7.4),
            layout="constrained",
            sharex=True,
            gridspec_kw={"height_ratios": (1, 1.35, 0.8)},
        )
    axes = np.asarray(axes, dtype=object).ravel()
    if axes.size != 3:
        raise ValueError(f"axes has {axes.size} entries, but three curves are drawn.")
    _draw_loss(axes[0], history)
    _draw_distances(axes[1], history)
    _draw_dimension(axes[2], history)
    axes[2].set_xlabel("epoch")
    title = fill(history.verdict, 95) if title is None else title
    axes[0].figure.suptitle(title, fontsize=10, color=INK, x=0.02, ha="left")
    return axes


def _curve(ax, history, values, **style):
    ax.plot(history.epochs, values, marker="o", markersize=3.2, linewidth=1.6, **style)


def _draw_loss(ax, history):
    _curve(ax, history, history.losses, color=CLOUD_COLOR)
    if (history.losses > 0).all():
        _logarithmic(ax, history.losses)
    ax.set_ylabel("loss")
    ax.grid(axis="y", color=LINE, alpha=0.25, linewidth=0.6)
    tidy(ax, None)


def _draw_distances(ax, history):
    for degree, floor, curve in zip(
        history.degrees, history.floor, history.distances.T, strict=True
    ):
        color = degree_color(degree)
        _curve(ax, history, curve, color=color, label=f"H{degree}, {degree_name(degree)}")
        ax.axhline(floor, color=color, linewidth=1.0, linestyle="--", alpha=0.7, zorder=1)
    ax.plot([], [], color=INK, linewidth=1.0, linestyle="--", label="two samples of the target")
    ax.axhline(1, color=LINE, linewidth=0.8, linestyle=":", zorder=0)
    ax.set_ylim(0, 1.12 * max(1.0, np.nanmax(history.distances)))
    ax.annotate(
        "a single point",
        (1, 1),
        xycoords=("axes fraction", "data"),
        xytext=(-3, 3),
        textcoords="offset points",
        ha="right",
        fontsize=SMALL,
        color=INK,
        path_effects=halo(),
    )
    for stall in history.stalls:
        color = degree_color(stall.degree)
        ax.axvspan(stall.since, history.epochs[-1], color=color, alpha=0.07, linewidth=0)
        ax.plot(
            stall.epoch,
            np.interp(stall.epoch, history.epochs, history.distances.T[_place(history, stall)]),
            marker="X",
            markersize=11,
            markeredgecolor="white",
            color=color,
            linestyle="",
            zorder=4,
            label=f"warning: {degree_name(stall.degree)}, epoch {stall.epoch}",
        )
    ax.set_ylabel("distance to the target")
    tidy(ax, None)
    legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _place(history, stall):
    return list(history.degrees).index(stall.degree)


def _draw_dimension(ax, history):
    _curve(ax, history, history.dimensions, color=CLOUD_COLOR, label="output")
    ax.axhline(
        history.target_dimension, color=INK, linewidth=1.0, linestyle="--", label="the target"
    )
    seen = np.append(history.dimensions, history.target_dimension)
    seen = seen[np.isfinite(seen)]
    if seen.size:
        ax.set_ylim(0, 1.2 * seen.max())
    ax.set_ylabel("dimension")
    tidy(ax, None)
    legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _logarithmic(ax, values):
    """A logarithmic axis with plain numbers on it, over at least one factor of four."""
    from matplotlib.ticker import LogLocator, NullFormatter

    middle = np.sqrt(values.min() * values.max())
    low, high = min(values.min() / 1.2, middle / 2), max(values.max() * 1.2, middle * 2)
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    wide = high / low > 50
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())
