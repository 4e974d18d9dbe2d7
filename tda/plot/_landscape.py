"""The loss on a plane in the space of parameters."""

from __future__ import annotations

import numpy as np

from ._style import DEGREE_COLORS, INK, SMALL, halo, legend, new_axes, tidy

NAMES = {
    "filter": "random direction {}",
    "hessian": "sharpest direction {}",
    "path": "main direction {} of the path",
    "given": "direction {}",
}


def plot_landscape(slice, *, n_levels=14, colorbar=True, ax=None, title=None):
    """Draw a loss slice as contours, evenly spaced in the logarithm, with the path of training.

    Parameters
    ----------
    slice : LossSlice
        What `tda.networks.loss_slice` gives.
    n_levels : int, default=14
    colorbar : bool, default=True
        In a figure of its own layout; leave it out for several axes in one figure.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If it is no LossSlice.

    Examples
    --------
    >>> from tda.networks import loss_slice, random_network
    >>> from tda.plot import plot_landscape
    >>> network = random_network(2, [3], random_state=0)
    >>> view = loss_slice(network, [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0], n_grid=5)
    >>> plot_landscape(view).get_xlabel()
    'random direction 1'
    """
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import MaxNLocator

    if not hasattr(slice, "losses"):
        raise ValueError(
            f"slice is {type(slice).__name__}: pass what tda.networks.loss_slice gives."
        )
    if ax is None:
        ax = new_axes((6.0, 4.8))
    losses = slice.losses
    shown = losses[np.isfinite(losses) & (losses > 0)]
    low, high = (shown.min(), shown.max()) if shown.size else (0.5, 1.0)
    # The far corners of a slice may be very high: the contours are spent on the rest of it.
    high = min(high, 1e6 * low)
    high = high if high > low * (1 + 1e-9) else 2 * low
    levels = np.geomspace(low, high, n_levels)
    losses = np.clip(np.nan_to_num(losses, nan=high, posinf=high), low, high)
    norm = LogNorm(low, high)
    filled = ax.contourf(slice.x, slice.y, losses, levels, cmap="Blues_r", norm=norm, alpha=0.85)
    ax.contour(slice.x, slice.y, losses, levels, colors=INK, linewidths=0.4, alpha=0.6)
    if colorbar:
        bar = ax.figure.colorbar(filled, ax=ax, label="loss", format="%.2g")
        bar.outline.set_visible(False)
        bar.set_ticks(levels[:: max(1, n_levels // 6)])
        bar.ax.minorticks_off()
        bar.ax.tick_params(labelsize=SMALL)
    color = DEGREE_COLORS[1]
    if slice.path is not None:
        ax.plot(*slice.path.T, "-", color=color, linewidth=1.6, path_effects=halo())
        ax.plot(*slice.path.T, ".", color=color, markersize=3.5)
        ax.plot(*slice.path[0], "s", color=color, mec="white", markersize=7, label="start")
    ax.plot(0, 0, "o", color=color, mec="white", markersize=8, label="network")
    name = NAMES[slice.kind]
    ax.set_xlabel(name.format(1))
    ax.set_ylabel(name.format(2))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.set_xlim(slice.x[0], slice.x[-1])
    ax.set_ylim(slice.y[0], slice.y[-1])
    tidy(ax, title)
    if slice.path is not None:
        legend(ax, loc="best")
    return ax
