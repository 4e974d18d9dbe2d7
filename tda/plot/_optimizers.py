"""Optimisers by what they cost."""

from __future__ import annotations

import numpy as np

from ._style import DEGREE_COLORS, PALE, legend, new_axes, tidy


def plot_optimizers(comparison, *, ax=None, title=None):
    """Draw the loss of each optimiser against its cost in gradients.

    Parameters
    ----------
    comparison : OptimizerComparison
        From `tda.networks.compare_optimizers`.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `comparison` is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import compare_optimizers, random_network
    >>> from tda.plot import plot_optimizers
    >>> x = np.linspace(-1, 1, 20)[:, None]
    >>> start = random_network(1, [10], activation="tanh", random_state=0)
    >>> ax = plot_optimizers(compare_optimizers(start, x, x**2, budget=20))
    >>> ax.get_xlabel()
    'cost, in gradients over all rows'
    """
    if not hasattr(comparison, "budget"):
        raise ValueError(
            f"comparison is {type(comparison).__name__}: pass what compare_optimizers returns."
        )
    if ax is None:
        ax = new_axes((6.6, 4.2))
    first = comparison.rows[0].loss[0]
    lowest = first
    for i, row in enumerate(comparison.rows):
        loss = np.where(np.isfinite(row.loss), row.loss, np.nan)
        lowest = min(lowest, np.nanmin(loss))
        label = row.name
        if np.isfinite(row.learning_rate):
            label += f", rate {row.learning_rate:.2g}"
        color = DEGREE_COLORS[i % len(DEGREE_COLORS)]
        ax.plot(row.cost, loss, color=color, linewidth=1.6, label=label)
    ax.set_yscale("log")
    ax.set_ylim(max(lowest, 1e-12 * first) / 2, 3 * first)
    ax.set(xlabel="cost, in gradients over all rows", ylabel="loss", xlim=(0, comparison.budget))
    ax.grid(axis="y", color=PALE, alpha=0.4, linewidth=0.6)
    tidy(ax, title)
    legend(ax, loc="lower left")
    return ax
