"""A metric of the plane: its volume element, its indicatrices, and its shortest curves."""

from __future__ import annotations

import numpy as np

from .._validation import check_cloud
from ._style import DEGREE_COLORS, INK, SMALL, halo, legend, new_axes, tidy

#: Ellipses along the longer side.
N_ELLIPSES = 13
#: The share of ellipses that stay within their own cell.
WITHIN = 0.9


def plot_metric(
    field,
    *,
    color="volume",
    ellipses=True,
    paths=(),
    points=None,
    classes=None,
    ax=None,
    title=None,
):
    """Draw the metric that a map gives to a plane of inputs.

    Parameters
    ----------
    field : MetricField
        From `tda.networks.PullbackMetric.field`.
    color : {"volume", "curvature"}, default="volume"
        What the background shows: the volume element, dark where the map magnifies, or the
        Gaussian curvature, red where positive and blue where negative. Hatched where the metric
        is degenerate.
    ellipses : bool, default=True
        Draw the indicatrix on a grid. The map takes all ellipses to circles of equal size. So they
        are small where it magnifies, and long where it shrinks a direction.
    paths : list or dict of Geodesic or arrays of shape (n_points, 2), default=()
        Curves to draw; the keys of a dict name them.
    points : array-like of shape (n_points, 2), default=None
        Inputs to draw.
    classes : array-like of shape (n_points,), default=None
        Their classes; each has its own colour.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `field` is no MetricField, or a path or the points are not in the plane.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import PullbackMetric
    >>> from tda.plot import plot_metric
    >>> hill = PullbackMetric(lambda X: np.column_stack([X, 2 * np.exp(-(X**2).sum(axis=1))]))
    >>> around = hill.geodesic([-2.0, 0.1], [2.0, 0.1])
    >>> ax = plot_metric(hill.field([[-2.5, -2.5], [2.5, 2.5]]), paths={"shortest": around})
    >>> ax.get_legend().get_texts()[0].get_text()
    'shortest'
    """
    if not hasattr(field, "tensor"):
        raise ValueError(
            f"field is a {type(field).__name__}: pass what PullbackMetric(network).field(X) gives."
        )
    if color not in ("volume", "curvature"):
        raise ValueError(f'color={color!r} is neither "volume" nor "curvature".')
    named = paths.items() if isinstance(paths, dict) else ((None, path) for path in paths)
    lines = [(name, _in_plane(getattr(path, "points", path), "paths")) for name, path in named]
    if points is not None:
        points = _in_plane(points, "points")
        if classes is not None and len(classes) != len(points):
            raise ValueError(f"classes has {len(classes)} entries for {len(points)} points.")
    if ax is None:
        ax = new_axes((6.2, 5.2))
    _background(ax, field, color)
    if ellipses:
        _ellipses(ax, field)
    if points is not None:
        _points(ax, points, classes)
    for k, (name, line) in enumerate(lines):
        shade = DEGREE_COLORS[(k + 1) % len(DEGREE_COLORS)] if name is not None else INK
        ax.plot(*line.T, color=shade, linewidth=2.2, label=name, path_effects=halo(), zorder=4)
        ax.plot(*line[[0, -1]].T, "o", color=shade, markersize=5, path_effects=halo(), zorder=4)
    ax.set(xlim=field.x[[0, -1]], ylim=field.y[[0, -1]])
    ax.set_aspect("equal", adjustable="box")
    tidy(ax, title)
    n_names = len(ax.get_legend_handles_labels()[1])
    # Below the plane, which has no empty corner.
    legend(
        ax,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.07),
        ncols=min(n_names, 10),
        columnspacing=1.2,
        handletextpad=0.4,
        markerscale=2.5 if classes is not None else 1.0,
    )
    return ax


def _in_plane(X, name):
    X = check_cloud(X, name=name)
    if X.shape[1] != 2:
        raise ValueError(f"{name} has {X.shape[1]} coordinate(s), but the picture is of a plane.")
    return X


def _background(ax, field, color):
    """Colours of the volume element or the curvature, with a colour bar."""
    from matplotlib.colors import LinearSegmentedColormap, LogNorm, SymLogNorm
    from matplotlib.ticker import NullLocator, StrMethodFormatter

    values = np.ma.masked_invalid(np.ma.masked_equal(getattr(field, color), 0.0))
    if color == "volume":
        shades, word = ["#FFFFFF", "#9AA2A8", "#4B545B"], "volume element √det G"
        if values.count():
            # At least from half to twice the middle, so that what is even looks even.
            low, high = values.min(), values.max()
            middle = np.sqrt(low * high)
            norm = LogNorm(min(low, middle / 2), max(high, middle * 2))
    else:
        values = np.ma.masked_invalid(field.curvature)
        shades, word = ["#2166AC", "#FFFFFF", "#B2182B"], "Gaussian curvature"
        if values.count():
            # A few extreme values would leave the rest white.
            size = np.abs(values.compressed())
            top, middle = np.quantile(size, 0.98), np.quantile(size, 0.5)
            top = top if top > 0 else 1.0
            norm = SymLogNorm(max(middle, 0.01 * top), vmin=-top, vmax=top)
    ax.patch.set(facecolor="white", hatch="////", edgecolor="#C9CED2")
    if not values.count():
        return
    shown = ax.pcolormesh(
        field.x,
        field.y,
        values,
        norm=norm,
        cmap=LinearSegmentedColormap.from_list(color, shades),
        shading="nearest",
        rasterized=True,
        zorder=1,
    )
    bar = ax.figure.colorbar(shown, cax=ax.inset_axes([1.02, 0, 0.035, 1]))
    if color == "volume":
        bar.set_ticks(_round_numbers(norm.vmin, norm.vmax))
        bar.ax.yaxis.set_minor_locator(NullLocator())
        bar.ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.6g}"))
    bar.set_label(word, color=INK)
    bar.ax.tick_params(labelsize=SMALL)
    bar.outline.set_visible(False)


def _round_numbers(low, high):
    """A few round numbers between two positive ones."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    decades = np.log10(high / low)
    if decades < 0.7:
        found = MaxNLocator(5).tick_values(low, high)
    else:
        subs = (1, 2, 5) if decades < 3 else (1,)
        found = LogLocator(subs=subs, numticks=12).tick_values(low, high)
    return found[(found >= low) & (found <= high)]


def _ellipses(ax, field):
    """Indicatrices in the middle of the cells of a coarse grid, all of one size to the map."""
    from matplotlib.collections import EllipseCollection

    span = np.array([np.ptp(field.x), np.ptp(field.y)])
    cell = span.max() / N_ELLIPSES
    counts = np.maximum(np.round(span / cell).astype(int), 1)
    columns, rows = (
        _middles(len(side), n) for n, side in zip(counts, (field.x, field.y), strict=True)
    )
    cell = min(np.diff(side).min(initial=cell) for side in (field.x[columns], field.y[rows]))
    tensors = field.tensor[np.ix_(rows, columns)].reshape(-1, 2, 2)
    centers = np.stack(np.meshgrid(field.x[columns], field.y[rows]), axis=-1).reshape(-1, 2)
    squares, axes = np.linalg.eigh(tensors)
    kept = squares[:, 0] > 1e-12 * squares[:, 1]  # of a lost direction it would be endless
    if not kept.any():
        return
    half = 1 / np.sqrt(squares[kept])  # of the long axis first
    half *= 0.48 * cell / np.quantile(half[:, 0], WITHIN)
    long = axes[kept, :, 0]
    ax.add_collection(
        EllipseCollection(
            2 * half[:, 0],
            2 * half[:, 1],
            np.degrees(np.arctan2(long[:, 1], long[:, 0])),
            units="xy",
            offsets=centers[kept],
            offset_transform=ax.transData,
            facecolor="none",
            edgecolor=DEGREE_COLORS[0],
            linewidth=1.1,
            path_effects=halo(),  # seen on dark ground and on light
            zorder=2,
        )
    )


def _middles(size, n):
    """About n evenly spaced indices, as far from both ends."""
    step = max(size // n, 1)
    count = (size - 1) // step
    return (size - 1 - step * (count - 1)) // 2 + step * np.arange(count)


def _points(ax, points, classes):
    size = float(np.clip(3000 / len(points), 3.0, 20.0))
    if classes is None:
        ax.scatter(*points.T, s=size, color=INK, linewidth=0, zorder=3)
        return
    from matplotlib import colormaps

    classes = np.asarray(classes)
    names = np.unique(classes)
    colors = DEGREE_COLORS if len(names) <= len(DEGREE_COLORS) else colormaps["tab10"].colors
    for k, name in enumerate(names):
        own = points[classes == name]
        shade = colors[k % len(colors)]
        rim = {"edgecolor": "white", "linewidth": 0.2}
        ax.scatter(*own.T, s=size, color=[shade], label=str(name), zorder=3, **rim)
