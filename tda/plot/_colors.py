"""The colours of points: one for all, a number each, or a category each."""

from __future__ import annotations

import numpy as np

from ._style import DEGREE_COLORS, INK, PALE, SMALL

#: So few different integers are names of groups, if each stands for two points or more.
MOST_GROUPS = 10
#: So many names a legend has; of more the largest groups are named.
MOST_NAMED = 12
#: After the palette of Okabe and Ito, dark and far from one another.
GROUP_COLORS = (*DEGREE_COLORS, "#7A5195", "#5C4033", "#8FB339", "#333333")


def is_one_color(color, n_points):
    """Whether it is one colour. Three numbers for three points are one number per point."""
    from matplotlib.colors import is_color_like

    return is_color_like(color) and (isinstance(color, str | tuple) or len(color) != n_points)


def groups_of(color, n_points):
    """The names of the groups and the group of each point, or None where colours are numbers.

    Words, truth values and categories of pandas are groups; so are integers of at most
    `MOST_GROUPS` different values.
    """
    if is_one_color(color, n_points) or np.ndim(color) != 1:
        return None
    values = np.asarray(color)
    if values.dtype.kind == "O":
        values = np.array(["missing" if v is None or v != v else str(v) for v in values])
    if values.dtype.kind not in "USbiu":
        return None
    names, which = np.unique(values, return_inverse=True)
    numbers = values.dtype.kind in "iu"
    if numbers and (len(names) > MOST_GROUPS or 2 * len(names) > len(values)):
        return None
    return [str(name) for name in names], which


def colors_of_groups(names):
    """A colour a group. That of -1, which stands for no group in scikit-learn, is pale."""
    from matplotlib import colormaps

    named = [name for name in names if name != "-1"]
    if len(named) <= len(GROUP_COLORS):
        palette = list(GROUP_COLORS)
    else:
        palette = list(colormaps["turbo"](np.linspace(0.05, 0.95, len(named))))
    colors = iter(palette)
    return [PALE if name == "-1" else next(colors) for name in names]


def name_groups(ax, names, which, colors, title):
    """A legend beside the picture: the groups, of many the largest."""
    from matplotlib.lines import Line2D

    sizes = np.bincount(which, minlength=len(names))
    shown = range(len(names))
    if len(names) > MOST_NAMED:
        shown = sorted(np.argsort(-sizes, kind="stable")[:MOST_NAMED])
    marks = [
        Line2D([], [], linestyle="none", marker="o", markersize=5, color=colors[k]) for k in shown
    ]
    words = ["-1: in none" if names[k] == "-1" else names[k] for k in shown]
    if len(names) > MOST_NAMED:
        marks.append(Line2D([], [], linestyle="none"))
        words.append(f"and {len(names) - MOST_NAMED} smaller")
    ax.legend(
        marks,
        words,
        title=title,
        fontsize=SMALL,
        title_fontsize=SMALL,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        labelcolor=INK,
        handletextpad=0.2,
    )
