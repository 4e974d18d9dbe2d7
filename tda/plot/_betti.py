"""Exact Betti curves: steps at the births and deaths, no grid."""

from __future__ import annotations

import numpy as np

from ._style import (
    as_diagram,
    degree_color,
    degree_label,
    degrees_to_draw,
    legend,
    new_axes,
    tidy,
    with_unit,
)


def plot_betti_curves(diagram, *, degrees=None, log_scale=False, ax=None, title=None):
    """Draw the Betti number of each degree as a function of the filtration value.

    Parameters
    ----------
    diagram : Diagram, or one sample in a format that `tda.diagrams.as_diagrams` takes
    degrees : int or list of int, default=None
        Degrees to draw, by default all.
    log_scale : bool, default=False
        Draw the counts on a logarithmic axis, linear between 0 and 1. The many components at
        the start of a filtration then leave room for the few loops.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `diagram` is no diagram or many.

    Examples
    --------
    >>> from tda import Diagram
    >>> from tda.plot import plot_betti_curves
    >>> ax = plot_betti_curves(Diagram([0, 0, 1], [2, float("inf"), 4], [0, 0, 1]))
    >>> [line.get_label() for line in ax.get_lines()]
    ['H0, components', 'H1, loops']
    """
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    diagram = as_diagram(diagram)
    degrees = degrees_to_draw(degrees, diagram)
    if ax is None:
        ax = new_axes((6.0, 3.6))
    here = np.isin(diagram.dims, degrees)
    values = np.concatenate([diagram.births[here], diagram.deaths[here]])
    values = np.unique(values[np.isfinite(values)])
    low, high = (values[0], values[-1]) if values.size else (0.0, 1.0)
    span = high - low if high > low else max(abs(high), 1.0)
    # More room to the left if a class is alive there.
    before = 0.08 if -np.inf in diagram.births[here] or -np.inf in diagram.deaths[here] else 0.03
    edges = np.concatenate([[low - before * span], values, [high + 0.08 * span]])
    highest = 0
    for k in degrees:
        counts = _counts_between(diagram[k], edges)
        highest = max(highest, counts.max())
        ax.step(
            edges,
            np.append(counts, counts[-1]),
            where="post",
            color=degree_color(k),
            # Curves of equal height stay visible as a thin line inside a thick one.
            linewidth=max(2.8 - 0.8 * k, 0.8),
            label=degree_label(diagram, k),
        )
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, 1.08 * max(highest, 1))
    if log_scale:
        ax.set_yscale("symlog", linthresh=1)
        ax.yaxis.set_major_formatter(ScalarFormatter())
    else:
        ax.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    ax.set_xlabel(with_unit("filtration value", diagram))
    ax.set_ylabel("Betti number")
    tidy(ax, title)
    # Looking for the best place takes long on long curves.
    legend(ax, loc="best" if edges.size < 2000 else "upper right")
    return ax


def _counts_between(bars, edges):
    """Betti number inside each interval between neighbouring edges."""
    from ..features import betti_curve

    return betti_curve(bars, (edges[:-1] + edges[1:]) / 2)
