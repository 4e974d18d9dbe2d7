"""The same pictures with plotly, where the pointer says what a mark is."""

from __future__ import annotations

import numpy as np

from .._html import degree_color
from ._barcode import longest_bars
from ._cloud import drawable
from ._colors import colors_of_groups, groups_of
from ._style import (
    CLOUD_COLOR,
    INK,
    LINE,
    cyclic_map,
    degree_label,
    degrees_to_draw,
    p_text,
    significant_bars,
    usual_limits,
    with_holes,
    with_unit,
)

__all__ = ["interactive_barcode", "interactive_cloud", "interactive_diagram", "interactive_mapper"]


def interactive_diagram(diagram, *, holes=None, degrees=None, title=None):
    """Draw a persistence diagram with plotly; the pointer shows the values of each bar.

    Parameters
    ----------
    diagram : Diagram, HoleCount, or one sample in any format of the field
        With a HoleCount its holes are ringed.
    holes : HoleCount, default=None
        The holes to ring, with their p-values.
    degrees : int or list of int, default=None
        By default all that were computed.
    title : str, default=None

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Of ``pip install 'tda-learn[plotly]'``. ``figure.write_html(path)`` keeps it as a page.

    Raises
    ------
    ImportError
        Without plotly.
    ValueError
        As for `plot_diagram`.

    Examples
    --------
    >>> from tda import count_holes
    >>> from tda.datasets import make_circle
    >>> from tda.plot import interactive_diagram
    >>> figure = interactive_diagram(count_holes(make_circle(60, random_state=0)))
    >>> [trace.name for trace in figure.data]
    ['H0, components', 'H1, loops', 'significant']
    """
    diagram, holes = with_holes(diagram, holes)
    degrees = degrees_to_draw(degrees, diagram)
    low, high, top = _limits(diagram, degrees)
    figure = _figure(title, with_unit("birth", diagram), with_unit("death", diagram))
    figure.add_shape(
        type="line", x0=low, y0=low, x1=high, y1=high, line={"color": LINE, "width": 1}
    )
    for k in degrees:
        bars = np.flatnonzero(diagram.dims == k)
        figure.add_scatter(
            x=np.clip(diagram.births[bars], low, top),
            y=np.clip(diagram.deaths[bars], low, top),
            mode="markers",
            name=degree_label(diagram, k),
            marker={"color": degree_color(k), "size": 7, "line": {"color": "white", "width": 0.5}},
            text=[_bar_words(diagram, bar) for bar in bars],
            hovertemplate="%{text}<extra></extra>",
        )
    found = significant_bars(diagram, holes, degrees)
    if found:
        rings = [hole.bar for hole in found]
        figure.add_scatter(
            x=np.clip(diagram.births[rings], low, top),
            y=np.clip(diagram.deaths[rings], low, top),
            mode="markers",
            name="significant",
            marker={
                "color": [degree_color(hole.degree) for hole in found],
                "size": 15,
                "symbol": "circle-open",
                "line": {"width": 2},
            },
            hovertext=[p_text(hole.p_value) for hole in found],
            hoverinfo="text",
        )
    if not np.isfinite(diagram.deaths[np.isin(diagram.dims, degrees)]).all():
        figure.add_hline(y=top, line={"color": LINE, "width": 1, "dash": "dot"})
        figure.add_annotation(x=1, xref="paper", y=top, text="∞", showarrow=False, xanchor="left")
    figure.update_xaxes(range=[low, top + 0.03 * (top - low)], constrain="domain")
    figure.update_yaxes(range=[low, top + 0.05 * (top - low)], scaleanchor="x")
    return figure


def interactive_barcode(diagram, *, holes=None, degrees=None, max_bars=60, title=None):
    """Draw a persistence barcode with plotly; the pointer shows the values of each bar.

    Parameters
    ----------
    diagram : Diagram, HoleCount, or one sample in any format of the field
    holes : HoleCount, default=None
        Whose p-values the pointer shows; other bars are then pale.
    degrees : int or list of int, default=None
        By default all that were computed.
    max_bars : int, default=60
        The longest so many of each degree are drawn.
    title : str, default=None

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Raises
    ------
    ImportError
        Without plotly.
    ValueError
        As for `plot_barcode`.

    Examples
    --------
    >>> from tda import Diagram
    >>> from tda.plot import interactive_barcode
    >>> figure = interactive_barcode(Diagram([0, 0, 1], [1, float("inf"), 3], [0, 0, 1]))
    >>> figure.data[0].text[0]
    'H0, component<br>from 0 to 1'
    """
    if max_bars < 1:
        raise ValueError(f"max_bars={max_bars!r}; it must be a positive integer.")
    diagram, holes = with_holes(diagram, holes)
    degrees = degrees_to_draw(degrees, diagram)
    found = {hole.bar: hole for hole in significant_bars(diagram, holes, degrees)}
    low, _, top = _limits(diagram, degrees)
    figure = _figure(title, with_unit("filtration value", diagram), "")
    y = 0
    for k in degrees:
        bars = longest_bars(diagram, k, max_bars, found)
        ends = [np.clip(side[bars], low, top) for side in (diagram.births, diagram.deaths)]
        strong = [holes is None or bar in found for bar in bars]
        figure.add_bar(
            base=ends[0],
            x=ends[1] - ends[0],
            y=y + np.arange(len(bars)),
            orientation="h",
            name=degree_label(diagram, k),
            marker={"color": degree_color(k), "opacity": [1.0 if s else 0.45 for s in strong]},
            text=[_bar_words(diagram, bar, found.get(bar)) for bar in bars],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
        y += len(bars) + 2
    figure.update_yaxes(visible=False, autorange="reversed")
    figure.update_layout(barmode="overlay", bargap=0.35)
    return figure


def interactive_cloud(X, *, color=None, cyclic=False, names=None, title=None):
    """Draw a cloud with plotly: turn it, zoom, and see which row a point is.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        As in `plot_cloud`: of more than three columns the first two principal components.
    color : colour, or array-like of shape (n_points,), default=None
        One colour, or a number or a group per point, as in `plot_cloud`.
    cyclic : bool, default=False
        Whether the numbers are angles in radians.
    names : list of str, default=None
        What the pointer says of each row; by default its number.
    title : str, default=None

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Raises
    ------
    ImportError
        Without plotly.
    ValueError
        If `X` is no cloud, or `color` or `names` have not one entry a point.

    Examples
    --------
    >>> from tda.datasets import make_torus
    >>> from tda.plot import interactive_cloud
    >>> interactive_cloud(make_torus(100, random_state=0)).data[0].type
    'scatter3d'
    """
    from matplotlib.colors import to_hex

    points, labels = drawable(X)
    n = len(points)
    many = color is not None and not isinstance(color, str) and np.ndim(color) == 1
    for name, value in (("color", color if many else None), ("names", names)):
        if value is not None and len(value) != n:
            raise ValueError(f"{name} has {len(value)} entries for {n} points.")
    words = [f"row {k}" for k in range(n)] if names is None else list(map(str, names))
    axes = [label or f"x{k + 1}" for k, label in enumerate(labels)]
    figure = _figure(title, axes[0], axes[1])
    groups = groups_of(color, n) if many and not cyclic else None
    if groups is not None:
        kinds, which = groups
        shades = colors_of_groups(kinds)
        for k, kind in enumerate(kinds):
            here = np.flatnonzero(which == k)
            look = {"color": to_hex(shades[k])}
            _add_points(figure, points[here], [words[i] for i in here], look, str(kind))
    else:
        look = {"color": CLOUD_COLOR if color is None else color}
        if many:
            values = np.asarray(color, dtype=float)
            look = {"color": np.mod(values, 2 * np.pi) if cyclic else values, "showscale": True}
            look["colorscale"] = _scale(cyclic_map()) if cyclic else "Viridis"
        _add_points(figure, points, words, look, None)
    if points.shape[1] == 3:
        sides = dict(zip(("xaxis", "yaxis", "zaxis"), ({"title": a} for a in axes), strict=True))
        figure.update_layout(scene={"aspectmode": "data", **sides})
    else:
        figure.update_yaxes(scaleanchor="x")
    return figure


def interactive_mapper(mapper, values=None, *, name=None, title=None):
    """Draw the graph of a Mapper with plotly; the pointer shows the size and mean of each node.

    Parameters
    ----------
    mapper : Mapper, BallMapper or MapperGraph
        If an estimator, a fitted one.
    values : array-like of shape (n_points,), default=None
        Nodes are coloured by its mean over their rows; by default by the lens.
    name : str, default=None
        What the values are.
    title : str, default=None

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Raises
    ------
    ImportError
        Without plotly.
    ValueError
        If `mapper` is not fitted or is something else, or the values are not one a row.

    Examples
    --------
    >>> from tda import Mapper
    >>> from tda.datasets import make_circle
    >>> from tda.plot import interactive_mapper
    >>> X = make_circle(300, random_state=0).points
    >>> figure = interactive_mapper(Mapper(lens=0, random_state=0).fit(X), X[:, 1], name="height")
    >>> figure.data[1].text[0].split("<br>")[0].split()[1]
    'rows'
    """
    graph = getattr(mapper, "graph_", mapper)
    if not hasattr(graph, "membership"):
        raise ValueError(
            f"mapper is {type(mapper).__name__}, but this draws a fitted Mapper, a BallMapper or "
            "its graph_."
        )
    if values is None:
        means = graph.values[:, 0] if graph.values.shape[1] else np.zeros(graph.n_nodes)
        name = "lens" if name is None else name
    else:
        means = graph.means(np.asarray(values, dtype=float).ravel())
        name = "mean" if name is None else name
    places, sizes = graph.layout(), graph.sizes
    figure = _figure(title, "", "")
    ends = places[graph.edges]
    gap = np.full((len(ends), 1), np.nan)
    lines = [np.hstack([ends[:, :, side], gap]).ravel() for side in (0, 1)]
    figure.add_scatter(
        x=lines[0], y=lines[1], mode="lines", line={"color": LINE, "width": 1}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=places[:, 0],
        y=places[:, 1],
        mode="markers",
        marker={
            "size": 9 + 26 * np.sqrt(sizes / max(sizes.max(initial=1), 1)),
            "color": means,
            "colorscale": "Viridis",
            "showscale": True,
            "colorbar": {"title": name},
            "line": {"color": "white", "width": 1},
        },
        text=[
            f"{size:,} rows<br>{name} {mean:.4g}" for size, mean in zip(sizes, means, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    figure.update_layout(showlegend=False)
    return figure


def _figure(title, x, y):
    """An empty figure in the look of the house."""
    try:
        from plotly.graph_objects import Figure
    except ImportError as error:
        raise ImportError(
            "interactive pictures need plotly: pip install 'tda-learn[plotly]'."
        ) from error
    figure = Figure()
    figure.update_layout(
        template="plotly_white",
        font={"color": INK},
        title={"text": title} if title else None,
        xaxis_title=x,
        yaxis_title=y,
        margin={"l": 60, "r": 30, "t": 50 if title else 25, "b": 50},
    )
    return figure


def _limits(diagram, degrees):
    """The range of finite values, and the height that stands for infinity."""
    here = np.isin(diagram.dims, degrees)
    low, high, _ = usual_limits(np.concatenate([diagram.births[here], diagram.deaths[here]]))
    room = (high - low) or 1.0
    return low - 0.03 * room, high, high + 0.08 * room


def _bar_words(diagram, bar, hole=None):
    """What the pointer says of a bar: its kind, its ends, and where it was born and died."""
    k = int(diagram.dims[bar])
    kind = degree_label(diagram, k).removesuffix("s")
    birth, death = diagram.births[bar], diagram.deaths[bar]
    ends = f"from {birth:.4g} on" if np.isinf(death) else f"from {birth:.4g} to {death:.4g}"
    words = [kind, ends]
    for what, simplices in (("born", diagram.birth_simplices), ("filled", diagram.death_simplices)):
        if simplices is not None and np.ndim(simplices[bar]) and len(simplices[bar]):
            rows = [str(v) for v in np.ravel(simplices[bar]) if v >= 0]
            words += [f"{what} by rows {', '.join(rows)}"] if rows else []
    if hole is not None and p_text(hole.p_value):
        words.append(p_text(hole.p_value))
    return "<br>".join(words)


def _add_points(figure, points, words, look, name):
    size = float(np.clip(900 / max(len(points), 1), 3.0, 8.0))
    more = {
        "mode": "markers",
        "marker": {"size": size, **look},
        "text": words,
        "hovertemplate": "%{text}<extra></extra>",
        "name": name,
        "showlegend": name is not None,
    }
    if points.shape[1] == 3:
        figure.add_scatter3d(x=points[:, 0], y=points[:, 1], z=points[:, 2], **more)
    else:
        figure.add_scattergl(x=points[:, 0], y=points[:, 1], **more)


def _scale(colours):
    """A colour map of matplotlib in plotly's words."""
    shades = colours(np.linspace(0, 1, 33))[:, :3]
    return [[k / 32, f"rgb({r:.0f}, {g:.0f}, {b:.0f})"] for k, (r, g, b) in enumerate(255 * shades)]
