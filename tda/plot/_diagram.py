"""The persistence diagram: a point a bar, birth to the right, death upward."""

from __future__ import annotations

import numpy as np

from ._style import (
    INK,
    LINE,
    SMALL,
    degree_color,
    degree_label,
    degrees_to_draw,
    far_text,
    few_labels,
    halo,
    legend,
    new_axes,
    p_text,
    significant_bars,
    spread,
    tidy,
    usual_limits,
    with_holes,
    with_unit,
)

MINUS_INFINITY = "\N{MINUS SIGN}∞"
MAX_LABELS = 8  # p-values per degree; beyond that each label is for several bars


def plot_diagram(diagram, *, holes=None, degrees=None, ax=None, title=None):
    """Draw a persistence diagram.

    Classes that never die are drawn on a line marked ∞ (−∞ below for superlevel bars). Classes
    without a finite birth are drawn on a line marked −∞ to the left (∞ to the right). One bar in a
    hundred that dies a hundred times as late as all others stands on the upper line too, which is
    then marked with its value. Of landmarks a grey band covers the bars no longer than the error
    bound: those above it are bars of all points.

    Parameters
    ----------
    diagram : Diagram, HoleCount, or one sample in a format that `tda.diagrams.as_diagrams` takes
        A HoleCount stands for its diagram, and for `holes`.
    holes : HoleCount, default=None
        What `tda.count_holes` found in this diagram. Significant bars are ringed, with their
        p-values; in degrees 1 and up a dashed ray marks the ratio of death to birth above
        which a bar is significant.
    degrees : int or list of int, default=None
        Degrees to draw, by default all.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `diagram` is no diagram or many, or `holes` belongs to another one.

    Examples
    --------
    >>> from tda import Diagram
    >>> from tda.plot import plot_diagram
    >>> ax = plot_diagram(Diagram([0, 0, 1], [1, float("inf"), 3], [0, 0, 1], filtration="rips"))
    >>> ax.get_xlabel()
    'birth (edge length)'
    """
    diagram, holes = with_holes(diagram, holes)
    degrees = degrees_to_draw(degrees, diagram)
    significant = significant_bars(diagram, holes, degrees)
    if ax is None:
        ax = new_axes((4.8, 4.8))
    frame = _Frame(diagram, degrees)
    frame.draw(ax)
    _draw_band(ax, frame, diagram.error_bound)
    if holes is not None:
        for k in degrees:
            _draw_threshold(ax, frame, k, holes)
    many = np.isin(diagram.dims, degrees).sum() > 200
    for k in degrees:
        here = diagram.dims == k
        ax.scatter(
            frame.place(diagram.births[here]),
            frame.place(diagram.deaths[here]),
            s=12 if many else 26,
            color=degree_color(k),
            edgecolor="white",
            linewidth=0.2 if many else 0.5,
            label=degree_label(diagram, k),
            zorder=3,
        )
    _ring(ax, frame, diagram, significant)
    ax.set_xlabel(with_unit("birth", diagram))
    ax.set_ylabel(with_unit("death", diagram))
    tidy(ax, title)
    legend(ax, loc=frame.empty_corner)
    return ax


class _Frame:
    """The square of the finite points, and the places of the lines at infinity."""

    def __init__(self, diagram, degrees):
        here = np.isin(diagram.dims, degrees)
        births, deaths = diagram.births[here], diagram.deaths[here]
        values = np.concatenate([births, deaths])
        low, high, far = usual_limits(values)
        span = high - low if high > low else max(abs(high), 1.0)
        ends = np.concatenate([births, deaths])
        up, down = (ends >= far).any(), (ends == -np.inf).any()
        self.top = high + (0.12 if up else 0.05) * span
        self.bottom = low - (0.12 if down else 0.05) * span
        self.limits = (self.bottom - 0.05 * span * down, self.top + 0.05 * span * up)
        # The lines at infinity that something stands on, by axis: 0 for births, 1 for deaths.
        self.lines = [
            (axis, at, name)
            for axis, values in enumerate((births, deaths))
            for at, name, there in (
                (self.top, far_text(far), values >= far),
                (self.bottom, MINUS_INFINITY, values == -np.inf),
            )
            if there.any()
        ]
        # One side of the diagonal is empty, if not bars run both ways.
        upward, downward = (births < deaths).any(), (births > deaths).any()
        self.empty_corner = (
            "best" if upward and downward else "upper left" if downward else "lower right"
        )

    def place(self, values):
        """Where births are drawn, or deaths."""
        return np.clip(values, self.bottom, self.top)

    def draw(self, ax):
        ax.set_xlim(self.limits)
        ax.set_ylim(self.limits)
        ax.set_aspect("equal", adjustable="box")
        ax.plot(self.limits, self.limits, color=LINE, linewidth=0.8, zorder=1)
        for axis, at, name in self.lines:
            draw = ax.axhline if axis == 1 else ax.axvline
            draw(at, color=LINE, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
            ax.annotate(
                name,
                (1, at) if axis == 1 else (at, 1),
                xycoords=("axes fraction", "data") if axis == 1 else ("data", "axes fraction"),
                xytext=(4, 0) if axis == 1 else (0, 2),
                textcoords="offset points",
                ha="left" if axis == 1 else "center",
                va="center" if axis == 1 else "bottom",
                color=INK,
            )


def _draw_band(ax, frame, error_bound):
    """The band along the diagonal in which a bar of landmarks may be none of all points."""
    if not error_bound > 0:
        return
    low, high = frame.limits
    ax.fill(
        [low, high, high, low],
        [low, high, high + error_bound, low + error_bound],
        color=LINE,
        alpha=0.45,
        linewidth=0,
        label=f"error bound {error_bound:.2g}",
        zorder=0,
    )


def _draw_threshold(ax, frame, k, holes):
    """The ray death = threshold * birth, and a light shade over what lies above it."""
    ratio = holes.thresholds.get(k) if k > 0 else None
    top = frame.top
    if ratio is None or not np.isfinite(ratio) or ratio <= 0 or top <= 0:
        return
    color = degree_color(k)
    ax.plot(
        [0, top / ratio],
        [0, top],
        color=color,
        linestyle="--",
        linewidth=1.1,
        label=f"H{k} threshold (level {holes.level:g})",
        zorder=2,
    )
    ax.fill([0, 0, top / ratio], [0, top, top], color=color, alpha=0.07, linewidth=0, zorder=0)


def _ring(ax, frame, diagram, significant):
    """A ring around each significant bar, and the p-values of the clearest."""
    if not significant:
        return
    bars = np.array([hole.bar for hole in significant])
    x, y = frame.place(diagram.births[bars]), frame.place(diagram.deaths[bars])
    ax.scatter(
        x,
        y,
        s=110,
        facecolor="none",
        edgecolor=[degree_color(hole.degree) for hole in significant],
        linewidth=1.6,
        zorder=4,
    )
    points = ax.get_window_extent().height / ax.figure.dpi * 72  # of the side of the square
    low, high = frame.limits
    line = 1.35 * SMALL * (high - low) / max(points, 1.0)
    labels = []
    for k in sorted({hole.degree for hole in significant}):
        shown = [i for i, h in enumerate(significant) if h.degree == k and p_text(h.p_value)]
        shown = np.array(shown, dtype=int)
        texts = [p_text(significant[i].p_value) for i in shown]
        for members, text in few_labels(y[shown], texts, line, MAX_LABELS):
            labels.append((x[shown[members]].max(), y[shown[members]].mean(), text, k))
    # Apart from one another across the degrees too.
    heights = spread([at_y for _, at_y, _, _ in labels], line)
    for (at_x, at_y, text, k), height in zip(labels, heights, strict=True):
        left = at_x > low + 0.65 * (high - low)
        ax.annotate(
            text,
            (at_x, at_y),
            xytext=(-9 if left else 9, (height - at_y) / (high - low) * points),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=SMALL,
            color=degree_color(k),
            path_effects=halo(),
            zorder=5,
        )
