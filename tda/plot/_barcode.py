"""The barcode: one horizontal line per bar, from birth to death."""

from __future__ import annotations

from itertools import product
from numbers import Integral

import numpy as np

from ._style import (
    INK,
    LINE,
    SMALL,
    degree_color,
    degrees_to_draw,
    far_text,
    halo,
    merge_labels,
    new_axes,
    p_text,
    significant_bars,
    spread,
    tidy,
    usual_limits,
    with_holes,
    with_unit,
)


def plot_barcode(diagram, *, holes=None, degrees=None, max_bars=60, ax=None, title=None):
    """Draw a persistence barcode, degree by degree from the top.

    Classes that never die end in an arrow, and so does one bar in a hundred that is a hundred times
    as long as all others. Classes without a finite birth begin in an arrow. Of landmarks bars no
    longer than the error bound are pale: they may be none of all points.

    Parameters
    ----------
    diagram : Diagram, or one sample in a format that `tda.diagrams.as_diagrams` takes
    holes : HoleCount, default=None
        What `tda.count_holes` found in this diagram: significant bars are drawn bold, with their
        p-values, and the others pale.
    degrees : int or list of int, default=None
        Degrees to draw, by default all.
    max_bars : int, default=60
        Longest bars to draw in each degree; the axis says how many there are.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `diagram` is no diagram or many, `max_bars` is not a positive integer, or `holes`
        belongs to another diagram.

    Examples
    --------
    >>> from tda import Diagram
    >>> from tda.plot import plot_barcode
    >>> ax = plot_barcode(Diagram([0, 0, 0, 1], [1, 2, float("inf"), 3], [0, 0, 0, 1]), max_bars=2)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['H0\\n2 longest of 3', 'H1\\n1 bar']
    """
    if not isinstance(max_bars, Integral) or max_bars < 1:
        raise ValueError(f"max_bars={max_bars!r}; it must be a positive integer.")
    diagram, holes = with_holes(diagram, holes)
    degrees = degrees_to_draw(degrees, diagram)
    significant = {hole.bar: hole for hole in significant_bars(diagram, holes, degrees)}
    kept = {k: longest_bars(diagram, k, max_bars, significant) for k in degrees}
    total = sum(map(len, kept.values()))
    if ax is None:
        ax = new_axes((6.4, float(np.clip(1.2 + 0.06 * total + 0.25 * len(degrees), 2.6, 6.4))))
    left, right, far = _limits(diagram, degrees)
    labelled = any(p_text(hole.p_value) for hole in significant.values())
    # A degree with few bars still needs the height of its own name.
    slots = {k: max(len(kept[k]), 0.14 * total, 1.0) for k in degrees}
    gap = 0.05 * sum(slots.values())
    y, centres, marks = 0.0, [], []
    points = ax.get_window_extent().height / ax.figure.dpi * 72
    for k in degrees:
        bars = kept[k]
        step = slots[k] / max(len(bars), 1)
        heights = y + step * (np.arange(len(bars)) + 0.5)
        centres.append(y + slots[k] / 2)
        y += slots[k] + gap
        strong = np.isin(bars, list(significant)) | (holes is None)
        strong &= diagram.lifetimes[bars] > diagram.error_bound
        # Thin enough to leave white between the bars.
        width = float(np.clip(0.5 * step * points / (1.1 * sum(slots.values())), 0.5, 3.0))
        ends = [np.where(e >= far, np.inf, e) for e in (diagram.births[bars], diagram.deaths[bars])]
        _draw_bars(ax, ends, heights, strong, (left, right), degree_color(k), width)
        for bar, height in zip(bars, heights, strict=True):
            text = p_text(significant[bar].p_value) if bar in significant else ""
            if text:
                end = max(diagram.births[bar], diagram.deaths[bar])
                marks.append((height, min(end, right), text))
        if k != degrees[-1]:
            ax.axhline(y - gap / 2, color=LINE, linewidth=0.5)
    bottom = y - gap / 2
    # Words stand to the right of their bars, arrows included, and need room there.
    ax.set_xlim(left, right + 0.28 * (right - left) * labelled)
    ax.set_ylim(bottom, -gap / 2)
    _write_p_values(ax, marks, bottom + gap / 2)
    ax.set_yticks(centres, [_count_text(diagram, k, len(kept[k])) for k in degrees])
    arrow = f", arrow: {far_text(far)}" if far < np.inf else ""
    ax.set_xlabel(with_unit("filtration value", diagram) + arrow)
    tidy(ax, title)
    ax.tick_params(axis="y", length=0)
    for label, k in zip(ax.get_yticklabels(), degrees, strict=True):
        label.set_color(degree_color(k))
    return ax


def longest_bars(diagram, k, max_bars, significant):
    """Indices of the bars to draw, first born first; significant ones are kept."""
    bars = np.flatnonzero(diagram.dims == k)
    first = np.array([bar in significant for bar in bars], dtype=bool)
    order = np.lexsort((-diagram.lifetimes[bars], ~first))
    kept = np.sort(bars[order[:max_bars]])
    downward = (diagram.deaths[kept] < diagram.births[kept]).sum() > len(kept) / 2
    return kept[::-1] if downward else kept


def _limits(diagram, degrees):
    here = np.isin(diagram.dims, degrees)
    values = np.concatenate([diagram.births[here], diagram.deaths[here]])
    low, high, far = usual_limits(values)
    span = high - low if high > low else max(abs(high), 1.0)
    ends = np.concatenate([diagram.births[here], diagram.deaths[here]])
    return (
        low - (0.12 if (ends == -np.inf).any() else 0.02) * span,
        high + (0.12 if (ends >= far).any() else 0.02) * span,
        far,
    )


def _draw_bars(ax, ends, heights, strong, limits, color, width):
    """Bars as lines, weak ones pale and strong ones thicker, with arrows at infinite ends."""
    births, deaths = (np.clip(values, *limits) for values in ends)
    some_weak = not strong.all()
    for chosen, alpha, extra in ((~strong, 0.35, 0.0), (strong, 1.0, 1.0 * some_weak)):
        if not chosen.any():
            continue
        ax.hlines(
            heights[chosen],
            births[chosen],
            deaths[chosen],
            color=color,
            linewidth=width + extra,
            alpha=alpha,
            zorder=2 + extra,
        )
        for which, end in product((0, 1), (np.inf, -np.inf)):
            arrows = chosen & (ends[which] == end)
            if arrows.any():
                ax.plot(
                    (births, deaths)[which][arrows],
                    heights[arrows],
                    linestyle="none",
                    marker=">" if end > 0 else "<",
                    markersize=6,
                    color=color,
                    alpha=alpha,
                    clip_on=False,
                    zorder=3,
                )


def _write_p_values(ax, marks, depth):
    """The p-values to the right of their bars; `marks` are (height, end, text)."""
    if not marks:
        return
    own, ends, texts = (list(column) for column in zip(*marks, strict=True))
    points = ax.get_window_extent().height / ax.figure.dpi * 72
    line = 1.35 * SMALL * depth / max(points, 1.0)
    groups = merge_labels(own, texts, line)
    middles = [np.mean([own[i] for i in members]) for members, _ in groups]
    for (members, text), y, moved in zip(groups, middles, spread(middles, line), strict=True):
        ax.annotate(
            text,
            (max(ends[i] for i in members), y),
            xytext=(6, (y - moved) / depth * points),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=INK,
            path_effects=halo(),
            zorder=5,
        )


def _count_text(diagram, k, shown):
    total = int((diagram.dims == k).sum())
    if shown < total:
        return f"H{k}\n{shown} longest of {total}"
    return f"H{k}\n{total} bar{'s' * (total != 1)}" if total else f"H{k}\nno bars"
