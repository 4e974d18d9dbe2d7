"""A hole on its cloud: a loop of edges or a closed surface of triangles."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from ._cloud import axes_for, drawable, frame, scatter
from ._style import DEGREE_COLORS, INK, PALE, degree_color, is_3d, legend

#: For the second cycle of a degree and further ones.
MORE_COLORS = (*DEGREE_COLORS[3:], INK)


def plot_hole(
    X,
    cycle,
    *,
    degree=None,
    ax=None,
    color=None,
    cloud=True,
    smooth=False,
    label=None,
    title=None,
):
    """Draw the cycle that represents a hole on top of its cloud.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        The points that the vertices of the cycle number.
    cycle : int array, or a list of them
        Shape (m,): the vertices of a closed path in order, a loop; with ``degree=0`` the
        members of a component, each drawn as a mark, as is a single vertex. Shape (m, 2): the
        edges of one or several loops. Shape (m, 3): the triangles of a surface around a void. As
        from `HoleCount.cycle` and `tda.representative_cycles`.
    degree : int, default=None
        The degree that sets the colour; by default that of the cycle. 0 for members of a component.
    ax : matplotlib Axes, default=None
        For three columns a three-dimensional one.
    color : colour or list of colours, default=None
        By default the degree's colour, and another one for each further cycle.
    cloud : bool, default=True
        Draw the points too.
    smooth : bool, default=False
        Draw closed paths with round corners, which then pass beside their points.
    label : str or list of str, default=None
        Names for the legend.
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If a cycle is empty, of another shape or kind, or names a point that `X` lacks, `color`
        or `label` is a list of another length, or `ax` has the wrong projection.

    Examples
    --------
    >>> from tda.plot import plot_hole
    >>> ax = plot_hole([[0, 0], [1, 0], [1, 1], [0, 1]], [0, 1, 2, 3])
    >>> ax.get_lines()[0].get_xdata().tolist()
    [0.0, 1.0, 1.0, 0.0, 0.0]
    """
    points, axis_names = drawable(X)
    cycles = [_check_cycle(c, len(points)) for c in _as_cycles(cycle)]
    colors = _one_each(color, cycles, "color") or _default_colors(cycles, degree)
    labels = _one_each(label, cycles, "label") or [None] * len(cycles)
    ax = axes_for(points, ax)
    if is_3d(ax):
        # matplotlib sorts whole artists by depth, which would hide a loop behind its cloud.
        ax.computed_zorder = False
    if cloud:
        scatter(ax, points, PALE, None, zorder=1, **({"depthshade": False} if is_3d(ax) else {}))
    for vertices, one_color, name in zip(cycles, colors, labels, strict=True):
        draw = _draw_edges if vertices.shape[1:] == (2,) else _draw_surface
        if vertices.ndim == 1:
            draw = _draw_smooth if smooth else _draw_path
        if vertices.ndim == 1 and (degree == 0 or vertices.size == 1):
            draw = _draw_members
        draw(ax, points, vertices, one_color, name)
    frame(ax, points, axis_names, title)
    legend(ax, loc="best" if not is_3d(ax) else "upper right")
    return ax


def _as_cycles(cycle):
    """A list of cycles: an array is one, and so is a plain list of integers."""
    if isinstance(cycle, np.ndarray) and cycle.dtype != object:
        return [cycle]
    if not hasattr(cycle, "__iter__"):
        raise ValueError(
            f"cycle is {type(cycle).__name__}, but points of the cloud are drawn: pass "
            "count.cycle(hole), or what representative_cycle gives."
        )
    cycles = list(cycle)
    if cycles and all(isinstance(vertex, Integral) for vertex in cycles):
        return [cycles]
    if not cycles:
        raise ValueError("cycle is empty: there is nothing to draw.")
    return cycles


def _check_cycle(cycle, n_points):
    cycle = np.asarray(cycle)
    if cycle.size == 0:
        raise ValueError("cycle is empty: there is nothing to draw.")
    if not np.issubdtype(cycle.dtype, np.integer):
        raise ValueError(f"cycle holds {cycle.dtype}, but its entries are indices of points.")
    if cycle.ndim != 1 and (cycle.ndim != 2 or cycle.shape[1] not in (2, 3)):
        raise ValueError(
            f"cycle has shape {cycle.shape}; it must be (m,) for the vertices of a loop, (m, 2) "
            "for edges or (m, 3) for the triangles of a surface."
        )
    if cycle.min() < 0 or cycle.max() >= n_points:
        raise ValueError(
            f"cycle names points {cycle.min()} … {cycle.max()}, but X has points 0 … "
            f"{n_points - 1}: pass the cloud that the cycle was computed from."
        )
    return cycle


def _one_each(value, cycles, name):
    """One value per cycle, or None where nothing was given."""
    if value is None:
        return None
    if isinstance(value, str) or (isinstance(value, tuple) and name == "color"):
        return [value] * len(cycles)
    value = list(value)
    if len(value) != len(cycles):
        raise ValueError(f"{name} has {len(value)} entries for {len(cycles)} cycle(s).")
    return value


def _default_colors(cycles, degree):
    """The colour of the degree for its first cycle, then colours that no low degree uses."""
    own = [_degree_of(c) if degree is None else degree for c in cycles]
    colors, spare = [], 0
    for i, k in enumerate(own):
        if k in own[:i]:
            colors.append(MORE_COLORS[spare % len(MORE_COLORS)])
            spare += 1
        else:
            colors.append(degree_color(k))
    return colors


def _degree_of(cycle):
    if cycle.ndim == 2:
        return cycle.shape[1] - 1
    return 0 if cycle.size == 1 else 1


def _draw_members(ax, points, vertices, color, label):
    one = vertices.size == 1
    look = {"s": 90, "edgecolor": INK} if one else {"s": 30, "edgecolor": "white", "linewidth": 0.5}
    ax.scatter(*points[vertices].T, color=color, label=label, zorder=4, **look)


def _draw_path(ax, points, vertices, color, label):
    _draw_line(ax, points[np.append(vertices, vertices[0])], color, label)


def _draw_smooth(ax, points, vertices, color, label):
    """The path in even steps, each the mean of those nearby."""
    closed = points[np.append(vertices, vertices[0])]
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1)))
    even = np.linspace(0, along[-1], 200, endpoint=False)
    path = np.column_stack([np.interp(even, along, column) for column in closed.T])
    path = np.mean([np.roll(path, shift, axis=0) for shift in range(-8, 9)], axis=0)
    _draw_line(ax, np.vstack([path, path[:1]]), color, label)


def _draw_edges(ax, points, edges, color, label):
    # A gap after each edge makes one line of all.
    gap = np.full((len(edges), 1, points.shape[1]), np.nan)
    _draw_line(
        ax, np.concatenate([points[edges], gap], axis=1).reshape(-1, points.shape[1]), color, label
    )


def _draw_line(ax, path, color, label):
    ax.plot(
        *path.T,
        color=color,
        linewidth=2.6,
        solid_joinstyle="round",
        solid_capstyle="round",
        label=label,
        zorder=3,
    )


def _draw_surface(ax, points, triangles, color, label):
    corners = points[triangles]
    if is_3d(ax):
        from mpl_toolkits.mplot3d.art3d import Poly3DCollection as Collection

        more = {"shade": True}
    else:
        from matplotlib.collections import PolyCollection as Collection

        more = {}
    ax.add_collection(
        Collection(
            corners,
            facecolors=[color] * len(corners),
            edgecolors="white",
            linewidths=0.25,
            alpha=0.4,
            label=label,
            zorder=2,
            **more,
        )
    )
