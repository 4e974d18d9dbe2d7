"""The dimension of a cloud against the scale."""

from __future__ import annotations

import numpy as np

from ._style import DEGREE_COLORS, INK, LINE, PALE, SMALL, legend, new_axes, tidy


def plot_dimension(estimate, *, raw=True, ax=None, title=None):
    """Draw the intrinsic dimension at every scale, and the plateau with its interval.

    The dimension is the mean over the finest scales of the plateau that agree. These have rings,
    and the line of the plateau is thick there. Larger scales are more affected by curvature and
    boundaries, so that the curve may leave the line.

    Parameters
    ----------
    estimate : DimensionEstimate, or a fitted IntrinsicDimension
    raw : bool, default=True
        Draw the curve before calibration too.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `estimate` is neither.

    Examples
    --------
    >>> from tda import intrinsic_dimension
    >>> from tda.datasets import make_sphere
    >>> from tda.plot import plot_dimension
    >>> ax = plot_dimension(intrinsic_dimension(make_sphere(500, random_state=0)))
    >>> ax.get_xlabel()
    'distance to neighbours'
    """
    from matplotlib.ticker import NullFormatter, NullLocator, ScalarFormatter

    estimate = getattr(estimate, "estimate_", estimate)
    if not hasattr(estimate, "raw_curve"):
        raise ValueError(
            f"estimate is {type(estimate).__name__}: pass what intrinsic_dimension gives, or a "
            "fitted IntrinsicDimension."
        )
    if ax is None:
        ax = new_axes((6.0, 3.8))
    color, accent = DEGREE_COLORS[:2]
    if estimate.plateau is not None:
        ax.axhspan(*estimate.interval, color=accent, alpha=0.15, linewidth=0)
        level = [estimate.dimension] * 2
        thick = {"color": accent, "linewidth": 2.5, "solid_capstyle": "butt"}
        if estimate.noise:
            ax.plot(estimate.plateau, level, label="noise taken off", **thick)
        else:
            ax.plot(estimate.plateau, level, color=accent, linewidth=1.2, label="plateau")
            ax.plot(estimate.averaged, level, **thick)
            low, high = estimate.averaged
            used = (estimate.radii >= low) & (estimate.radii <= high)
            ax.plot(
                estimate.radii[used], estimate.curve[used], "o", color=accent, markersize=9,
                markerfacecolor="none", markeredgewidth=1.4, label="its mean is taken",
            )  # fmt: skip
    if raw:
        ax.plot(
            estimate.radii, estimate.raw_curve, "o--", color=PALE, markersize=3.5, label="as it is"
        )
    ax.plot(estimate.radii, estimate.curve, "o-", color=color, markersize=4.5, label="calibrated")
    drawn = np.concatenate(
        [estimate.curve, estimate.raw_curve if raw else [], [estimate.dimension]]
    )
    drawn = drawn[np.isfinite(drawn) & (drawn > 0)]
    if not drawn.size:  # equal points, or tied distances
        ax.set(xlim=(0.1, 1), ylim=(0.5, 2))
    ax.set_xscale("log")
    ax.set_yscale("log")
    if drawn.size:
        # At least from half to twice, so that a flat curve looks flat.
        low, high = drawn.min() / 1.15, drawn.max() * 1.15
        middle = np.sqrt(low * high)
        low, high = min(low, middle / 1.6), max(high, middle * 1.6)
        ax.set_ylim(low, high)
        ax.set_yticks(_ticks(low, high))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(ScalarFormatter())
    if drawn.size:
        ax.set_xticks(_ticks(*ax.get_xlim(), most=6))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("distance to neighbours")
    ax.set_ylabel("dimension")
    ax.grid(axis="y", color=LINE, alpha=0.25, linewidth=0.6)
    words = f"{estimate.dimension:.1f}"
    if np.isnan(estimate.dimension):
        words = "cannot be estimated: all distances tie"
    elif estimate.is_crowded:
        words = f"{estimate.most} or more: too few points"
    elif estimate.plateau is None:
        words = "no plateau"
    elif estimate.groups:
        few, many = estimate.groups
        words = f"{words} on average: {few.dimension:.1f} and {many.dimension:.1f}"
    ax.annotate(
        words,
        (0.02, 0.03),
        xycoords="axes fraction",
        color=accent if estimate.plateau is not None else INK,
        fontsize=SMALL + 2,
    )
    tidy(ax, title)
    legend(ax, loc="best")
    return ax


def _ticks(low, high, most=8):
    """Round numbers between two positive ones, evenly apart on a logarithmic axis."""
    for steps in ((1, 1.5, 2, 3, 4, 5, 6, 8), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        powers = np.arange(np.floor(np.log10(low)) - 1, np.ceil(np.log10(high)) + 1)
        values = np.array([s * 10.0**p for p in powers for s in steps])
        values = values[(values >= low) & (values <= high)]
        if values.size <= most:
            break
    if values.size >= 3:
        return values
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(4).tick_values(low, high)
    return values[(values >= low) & (values <= high)]
