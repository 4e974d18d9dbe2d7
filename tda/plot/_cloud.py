"""A cloud of points, flat or in space."""

from __future__ import annotations

import numpy as np

from .._validation import check_cloud
from ._colors import colors_of_groups, groups_of, is_one_color, name_groups
from ._style import CLOUD_COLOR, INK, LINE, SMALL, cyclic_map, is_3d, new_axes, tidy


def plot_cloud(X, *, color=None, cyclic=False, ax=None, size=None, title=None):
    """Draw a cloud in two or three dimensions, with equal scales.

    With more than three columns the first two principal components are drawn, and the axis
    labels say how much of the variance they hold. With one, the points lie on a line.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        Or what `tda.datasets.read_cloud` read. The names of its columns name the axes.
    color : colour, or array-like of shape (n_points,), default=None
        One colour, or a number or a group per point. Words, categories and truth values are groups,
        and integers of at most ten different values, such as ``count.labels``: each has a colour of
        its own, named beside the picture. A named pandas Series gives its name.
    cyclic : bool, default=False
        Whether the numbers are angles in radians: the colours are then cyclic, and a colour ring
        shows the angles.
    ax : matplotlib Axes, default=None
        For three columns a three-dimensional one.
    size : float, default=None
        Area of a point in points², by default smaller the more there are.
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `X` is not one finite cloud, `ax` has the wrong projection, `color` has not one
        entry a point, or is no angle where `cyclic` says so.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.plot import plot_cloud
    >>> ax = plot_cloud(np.eye(3))
    >>> ax.name
    '3d'
    """
    from matplotlib.colors import to_rgba

    points, labels = drawable(X)
    ax = axes_for(points, ax)
    color = CLOUD_COLOR if color is None else color
    one = is_one_color(color, len(points))
    if not one and np.shape(color)[:1] != (len(points),):
        raise ValueError(
            f"color={color!r} is neither one colour nor one entry for each of the {len(points)} "
            "points."
        )
    if cyclic and (one or np.ndim(color) != 1):
        raise ValueError(
            "cyclic=True draws angles: give one column of them as color, in radians, such as "
            "CircularCoordinates().fit_transform(X)[:, 0]."
        )
    groups = None if cyclic else groups_of(color, len(points))
    name = getattr(color, "name", None)
    if cyclic:
        turn = {"cmap": cyclic_map(), "vmin": 0.0, "vmax": 2 * np.pi}
        scatter(ax, points, np.mod(color, 2 * np.pi), size, **turn)
    elif groups is not None:
        names, which = groups
        colors = colors_of_groups(names)
        scatter(ax, points, np.array([to_rgba(c) for c in colors])[which], size)
        name_groups(ax, names, which, colors, name)
    else:
        marks = scatter(ax, points, color, size)
        if name is not None and not one:
            bar = ax.figure.colorbar(marks, ax=ax, shrink=0.6, pad=0.08 if is_3d(ax) else 0.03)
            bar.set_label(str(name), fontsize=SMALL, color=INK)
            bar.ax.tick_params(labelsize=SMALL - 1, color=LINE)
            bar.outline.set_visible(False)
    frame(ax, points, labels, title)
    if cyclic:
        _colour_ring(ax, cyclic_map())
    return ax


def _colour_ring(ax, colours):
    """A small ring in the corner: the colour of every angle."""
    left = 0.86 if is_3d(ax) else 1.06  # beside a flat picture, in an empty corner of a deep one
    ring = ax.inset_axes([left, 0.84, 0.14, 0.14], projection="polar")
    edges = np.linspace(0, 2 * np.pi, 181)
    ring.pcolormesh(edges, [0.6, 1.0], (edges[:-1] + edges[1:])[None] / 2, cmap=colours)
    ring.set(ylim=(0, 1), xticks=np.pi / 2 * np.arange(4), yticks=[])
    ring.set_xticklabels(["0", "π/2", "π", "3π/2"], fontsize=SMALL - 2, color=INK)
    ring.tick_params(pad=-3)
    ring.grid(False)
    ring.spines["polar"].set_visible(False)


def drawable(X):
    """Return coordinates in two or three dimensions, and the names of their axes.

    An axis without a meaning has the name None.
    """
    names = getattr(X, "columns", None)
    X = check_cloud(X)
    width = X.shape[1]
    named = names is not None and len(names) == width and all(isinstance(n, str) for n in names)
    names = list(names) if named else [""] * width
    if width == 1:
        return np.column_stack([X, np.zeros(len(X))]), [names[0], None]
    if width <= 3:
        return X, names
    centred = X - X.mean(axis=0)
    _, scales, directions = np.linalg.svd(centred, full_matrices=False)
    share = scales**2 / max((scales**2).sum(), np.finfo(float).tiny)
    share = np.append(share, 0.0)  # one point has one component only
    points = np.zeros((len(X), 2))
    points[:, : min(2, len(directions))] = centred @ directions[:2].T
    return points, [f"principal component {i + 1} ({share[i]:.0%} of variance)" for i in range(2)]


def axes_for(points, ax):
    """Return `ax` if it suits the points, or a new one."""
    space = points.shape[1] == 3
    if ax is None:
        return new_axes((5.2, 5.2) if space else (4.8, 4.8), "3d" if space else None)
    if is_3d(ax) != space:
        raise ValueError(
            "X has three columns: give an axes made with "
            'plt.subplots(subplot_kw={"projection": "3d"}), or none.'
            if space
            else "X is drawn in the plane: give an axes without projection, or none."
        )
    return ax


def scatter(ax, points, color, size, **more):
    """Draw the points, smaller the more there are."""
    if size is None:
        size = float(np.clip(4000 / max(len(points), 1), 2.0, 22.0))
    # matplotlib takes one colour as `color` and numbers as `c`; colours need no colour map.
    if is_one_color(color, len(points)):
        how = {"color": color}
    else:
        how = {"c": color} | ({"cmap": "viridis"} if np.ndim(color) == 1 else {})
    return ax.scatter(*points.T, s=size, linewidth=0, **(how | more))


def frame(ax, points, labels, title):
    """Equal scales, few lines, and the names of the axes."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = high - low
    # A flat side still needs some thickness.
    side = max(span.max(), np.finfo(float).tiny) if span.any() else 1.0
    half = np.maximum(span, 0.25 * side) / 2 + 0.05 * side
    middle = (low + high) / 2
    ax.set(xlabel=labels[0], ylabel=labels[1] or "")
    ax.set_xlim(middle[0] - half[0], middle[0] + half[0])
    ax.set_ylim(middle[1] - half[1], middle[1] + half[1])
    if is_3d(ax):
        from matplotlib.ticker import MaxNLocator

        ax.set_zlim(middle[2] - half[2], middle[2] + half[2])
        named = any(labels)
        if named:  # ticks and names need room beside the box
            ax.set_zlabel(labels[2], fontsize=SMALL)
            ax.xaxis.label.set_size(SMALL)
            ax.yaxis.label.set_size(SMALL)
        ax.set_box_aspect(half, zoom=0.85 if named else 1.05)
        for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
            axis.pane.set(facecolor=(1, 1, 1, 0), edgecolor=LINE, alpha=0.25)
            axis.line.set(color=LINE, linewidth=0.6)
            axis.set_major_locator(MaxNLocator(4))
        ax.grid(False)
        ax.tick_params(labelsize=SMALL - 1, pad=-1, color=LINE)
        if title is not None:
            ax.set_title(title)
    else:
        ax.set_aspect("equal", adjustable="box")
        tidy(ax, title)
        if labels[1] is None:
            ax.yaxis.set_visible(False)
            ax.spines["left"].set_visible(False)
