"""The error of one hidden layer against its width."""

from __future__ import annotations

import numpy as np

from ._style import DEGREE_COLORS, LINE, PALE, SMALL, legend, new_axes, tidy


def plot_approximation(curves, *, norm="l2", labels=None, barron=True, ax=None, title=None):
    """Draw errors by width with the fitted rates, on logarithmic axes.

    Parameters
    ----------
    curves : ApproximationCurve, or a list of them, or one DataApproximation
        The result of `tda.networks.approximation_curve`. Dots are means, bands the range of the
        repeats, lines the fitted rates. A dotted line is the least error of as many straight
        segments as units, where it is known. Of data: held-out errors by width with their standard
        errors, a colour for each depth; dashed the errors on the rows that were fitted.
    norm : {"l2", "sup"}, default="l2"
    labels : list of str, default=None
        By default the names of the targets.
    barron : bool, default=True
        Draw the slope 1/√width, which Barron proved for every dimension, from the largest error.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `curves` are none, or `norm` is unknown.

    Examples
    --------
    >>> from tda.networks import approximation_curve
    >>> from tda.plot import plot_approximation
    >>> curve = approximation_curve("wave", widths=[2, 4], n_points=500, n_repeats=1)
    >>> ax = plot_approximation(curve)
    >>> ax.get_xlabel()
    'width'
    """
    from matplotlib.ticker import FixedLocator, NullLocator

    if hasattr(curves, "held_out"):
        return _of_data(curves, ax, title)
    curves = [curves] if hasattr(curves, "rate_l2") else list(curves)
    if not curves or not all(hasattr(curve, "rate_l2") for curve in curves):
        raise ValueError("curves: pass what tda.networks.approximation_curve gives, or a list.")
    if norm not in ("l2", "sup"):
        raise ValueError(f'norm={norm!r} is neither "l2" nor "sup".')
    labels = [curve.target.name for curve in curves] if labels is None else list(labels)
    if len(labels) != len(curves):
        raise ValueError(f"{len(labels)} labels for {len(curves)} curves: give one each.")
    if ax is None:
        ax = new_axes((6.0, 4.4))
    worst = 0.0
    for i, (curve, label) in enumerate(zip(curves, labels, strict=True)):
        color = DEGREE_COLORS[i % len(DEGREE_COLORS)]
        widths, errors = curve.widths, np.maximum(getattr(curve, norm), np.finfo(float).tiny)
        rate = getattr(curve, f"rate_{norm}")
        mean = np.exp(np.log(errors).mean(axis=0))
        worst = max(worst, mean[0])
        ax.fill_between(widths, errors.min(axis=0), errors.max(axis=0), color=color, alpha=0.15)
        dots = {"color": color, "markersize": 5}
        if norm == "l2" and curve.is_limited:
            ax.plot(widths, mean, "o", **dots, label=f"{label}: limited by the points")
            continue
        middle = np.exp(np.log(mean).mean()), np.exp(np.log(widths).mean())
        line = middle[0] * (widths / middle[1]) ** -rate.exponent
        ax.plot(widths, line, color=color, linewidth=1)
        known = "" if str(rate.known) == "unknown" else f" (proved: {rate.known})"
        words = f"{label}: {rate.exponent:.2f} ± {rate.standard_error:.2f}{known}"
        ax.plot(widths, mean, "o", **dots, label=words)
        if norm == "l2" and curve.method != "random" and np.isfinite(curve.best_possible).all():
            ax.plot(widths, curve.best_possible, ":", color=color, linewidth=1.4)
    if any(line.get_linestyle() == ":" for line in ax.lines):
        ax.plot([], [], ":", color=LINE, linewidth=1.4, label="least of as many segments")
    widths = np.unique(np.concatenate([curve.widths for curve in curves]))
    if barron:
        guide = 1.6 * worst * np.sqrt(widths[0] / widths)
        ax.plot(widths, guide, "--", color=LINE, linewidth=1.2, label="Barron's slope, 0.5")
    ax.set(xscale="log", yscale="log", xlabel="width")
    # Room for the legend below the curves.
    low, high = ax.get_ylim()
    ax.set_ylim(bottom=low / (high / low) ** (0.085 * (len(curves) + 1 + barron)))
    ax.set_ylabel("L2 error" if norm == "l2" else "largest error")
    ax.xaxis.set_major_locator(FixedLocator(widths))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter("{x:g}")
    ax.grid(axis="y", color=PALE, alpha=0.4, linewidth=0.6)
    tidy(ax, title)
    legend(ax, loc="lower left", title="r of error ~ width$^{-r}$", title_fontsize=SMALL)
    return ax


def _of_data(found, ax, title):
    """Held-out errors by width and depth, and those of the fit."""
    from matplotlib.ticker import FixedLocator, NullLocator

    if ax is None:
        ax = new_axes((6.0, 4.4))
    for i, depth in enumerate(found.depths):
        color = DEGREE_COLORS[i % len(DEGREE_COLORS)]
        held, train = found.held_out[:, i], found.train[:, i].mean(axis=0)
        errors = held.std(axis=0, ddof=1) / np.sqrt(len(held))
        words = f"depth {depth}, held out"
        ax.errorbar(found.widths, held.mean(axis=0), errors, fmt="o-", color=color, label=words)
        ax.plot(found.widths, train, "--", color=color, linewidth=1.2, label="fitted rows")
    ax.axhline(found.constant, color=LINE, linewidth=1, linestyle=":", label="a constant")
    ax.set(xscale="log", xlabel="width")
    ax.set_ylim(bottom=0)
    ax.set_ylabel("log loss" if found.task == "classification" else "root mean squared error")
    ax.xaxis.set_major_locator(FixedLocator(found.widths))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter("{x:g}")
    ax.grid(axis="y", color=PALE, alpha=0.4, linewidth=0.6)
    tidy(ax, title)
    legend(ax)
    return ax
