"""Training curves beside the ones that the tangent kernel foretells."""

from __future__ import annotations

import numpy as np

from ._style import DEGREE_COLORS, INK, LINE, SMALL, halo, legend, new_axes, spread, tidy


def plot_training_curves(comparison, *, ax=None, title=None):
    """Draw the loss of several trainings, and dashed what was predicted from the kernel.

    Parameters
    ----------
    comparison : TrainingComparison, or sequence of its rows
        From `tda.networks.compare_steps` or `tda.networks.compare_initializations`; six rows at
        most stay readable.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes
        The loss by that at the start, on a logarithmic scale; curves that leave the picture
        upwards diverge.

    Raises
    ------
    ValueError
        If `comparison` is something else or empty.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import compare_steps, random_network
    >>> from tda.plot import plot_training_curves
    >>> x = np.linspace(-1, 1, 20)[:, None]
    >>> start = random_network(1, [100], weight_variance=2, bias_variance=0.1, random_state=0)
    >>> ax = plot_training_curves(compare_steps(start, x, x**2, n_steps=30))
    >>> ax.get_ylabel()
    'loss, as a share of the first'
    """
    rows = list(comparison) if np.iterable(comparison) else []
    if not rows or not all(hasattr(row, "predicted") for row in rows):
        raise ValueError(
            f"comparison is {type(comparison).__name__}: pass what compare_steps or "
            "compare_initializations returns, or some of its rows."
        )
    if ax is None:
        ax = new_axes((7.2, 4.2))
    ax.set_yscale("log")
    ends = []
    for k, row in enumerate(rows):
        color = DEGREE_COLORS[k % len(DEGREE_COLORS)]
        real, predicted = (_shares(curve) for curve in (row.loss, row.predicted))
        ax.plot(real, color=color, linewidth=1.8)
        ax.plot(predicted, color=color, linewidth=1.1, linestyle=(0, (4, 2)))
        ends.append(real[np.isfinite(real)][-1])
    least = min(_shares(c).min() for row in rows for c in (row.loss, row.predicted))
    ax.set_ylim(max(least, 1e-8) / 2, 30)
    n_steps = max(len(row.loss) for row in rows) - 1
    ax.set_xlim(0, n_steps)
    _name(ax, rows, ends, n_steps)
    ax.plot([], [], color=INK, linewidth=1.8, label="network")
    ax.plot([], [], color=INK, linewidth=1.1, linestyle=(0, (4, 2)), label="its tangent kernel")
    legend(ax, loc="lower left")
    ax.axhline(1, color=LINE, linewidth=0.7, zorder=0)
    ax.set(xlabel="steps", ylabel="loss, as a share of the first")
    tidy(ax, title)
    return ax


def _shares(curve):
    """Of the loss at the start; what is infinite is far above every picture."""
    with np.errstate(over="ignore", invalid="ignore"):
        shares = np.asarray(curve) / curve[0]
    return np.where(np.isfinite(shares), np.minimum(shares, 1e12), 1e12)


def _name(ax, rows, ends, n_steps):
    """Each name at the end of its curve, none on another."""
    low, high = np.log(ax.get_ylim())
    heights = np.clip((np.log(ends) - low) / (high - low), 0, 1)
    for k, (row, height) in enumerate(zip(rows, spread(heights, 0.055), strict=True)):
        ax.annotate(
            row.name,
            (1.01, height),
            xycoords="axes fraction",
            color=DEGREE_COLORS[k % len(DEGREE_COLORS)],
            fontsize=SMALL,
            va="center",
            path_effects=halo(),
            annotation_clip=False,
        )
