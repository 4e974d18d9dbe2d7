"""The pictures of a page that answer to each other: points on a map, and the bars of its holes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .._html import DEGREE_COLORS, escape, svg
from .._words import degree_name
from ._parts import NAMES, as_quantity, rows_of

__all__ = [
    "CATEGORIES",
    "bars_of",
    "colorings",
    "histogram",
    "listed_holes",
    "map_chart",
    "places",
    "view_of",
]

#: Side of a map in its own units.
SIDE, MARGIN = 600, 14
#: Holes of each degree that are listed though they are not certain.
MOST_UNSURE = 3
#: Members of a hole that are named at most.
MOST_MEMBERS = 400
#: Colours of labels: those of the degrees, then others as far from them as can be.
CATEGORIES = (*DEGREE_COLORS, "#882255", "#44AA99", "#999933", "#AA4499", "#6A3D9A", "#B15928")
#: Colours of a quantity from low to high, readable on light and on dark.
SEQUENCE = ("#3B4CC0", "#5D7CE6", "#2E9FB8", "#34A56F", "#8CB33F", "#C9A227", "#D9662B", "#B40426")
#: Columns of the data that a map can be coloured by.
MOST_COLUMNS = 12


def view_of(data, maps):
    """Two coordinates of the mapped points that show where a hole is, and what they are called.

    Three coordinates are looked at from the side where they are widest; of more those of the map
    are taken.
    """
    if data.X.shape[1] == 3:
        X = data.X[maps.rows]
        X = X - X.mean(axis=0)
        axes = np.linalg.svd(X / (np.abs(X).max() or 1.0), full_matrices=False)[2]
        # Turned a little, so that rings that are seen from their edge open.
        tilt = np.array([[1.0, 0.0], [0.0, 0.9], [0.0, 0.44]])
        return X @ axes.T @ tilt[: len(axes)], "the data from one side"
    if maps.shown.name == "the data":
        return maps.shown.points, "the data as they are"
    return maps.shown.points, f"the map by {NAMES[maps.shown.name]}"


def places(points):
    """Coordinates as integers of a picture, upward as the second coordinate."""
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high / 2 - low / 2).max()) or 1.0
    inside = (points / 2 - low / 2) / extent
    places = np.rint(MARGIN + (SIDE - 2 * MARGIN) * inside).astype(int)
    places[:, 1] = places[:, 1].max() + MARGIN - places[:, 1]
    return places


def map_chart(places, classes, colors, label, *, name, cycles=()):
    """A map: the points of each class in its colour, drawn as one path; cycles in their colours.

    `cycles` are pairs of a colour and the points of a closed path.
    """
    size = 7 if len(places) <= 400 else 5 if len(places) <= 2000 else 3.5
    body = []
    for k in np.unique(classes):
        here = places[classes == k]
        path = "".join(f"M{x} {y}h0" for x, y in here.tolist())
        color = colors[int(k)] if colors else "currentColor"
        body.append(f'<path d="{path}" stroke="{color}"/>')
    points = (
        f'<g class="points" fill="none" stroke-linecap="round" stroke-width="{size}" '
        f'stroke-opacity=".75">{"".join(body)}</g><g class="cycles">{_paths(places, cycles)}</g>'
        '<g class="lit"></g>'
    )
    wide, high = (int(v) for v in places.max(axis=0) + MARGIN)
    picture = svg(wide, high, points, label)
    return picture.replace("<svg ", f'<svg data-map="{escape(name)}" data-size="{size}" ', 1)


def _paths(places, cycles):
    body = ""
    for color, points in cycles:
        path = "L".join(f"{x} {y}" for x, y in places[points].tolist())
        body += (
            f'<path d="M{path}Z" fill="none" stroke="{color}" stroke-width="4" '
            'stroke-linejoin="round" stroke-opacity=".85"/>'
        )
    return body


def colorings(data, maps, clusters):
    """What a map can be coloured by.

    Returns
    -------
    list of dict
        Each with `name`, `classes` of the mapped points, `colors` and `names` of the classes.
    """
    rows = maps.rows
    found = []
    if data.y is not None:
        found.append(_coloring(data.y_name, data.y[rows]))
    if clusters is not None:
        labels = clusters.labels_[rows]
        found.append(_of_labels("cluster", labels, [str(k) for k in range(clusters.n_clusters_)]))
    for j, name in enumerate(data.names[:MOST_COLUMNS]):
        found.append(_of_quantity(name, data.X[rows, j]))
    return found


def _coloring(name, values):
    numbers = as_quantity(values)
    if numbers is not None:
        return _of_quantity(name, numbers)
    names, codes, counts = np.unique(
        np.asarray(values).astype(str), return_inverse=True, return_counts=True
    )
    return _of_labels(name, np.argsort(np.argsort(-counts, kind="stable"))[codes], names[
        np.argsort(-counts, kind="stable")])  # fmt: skip


def _of_labels(name, codes, names):
    """The most frequent classes in their colours, all others as one."""
    most = len(CATEGORIES)
    names = [str(one) for one in names]
    if len(names) > most:
        codes, names = np.minimum(codes, most - 1), [*names[: most - 1], "others"]
    return {
        "name": name,
        "classes": np.asarray(codes).tolist(),
        "colors": list(CATEGORIES[: len(names)]),
        "names": names,
    }


def _of_quantity(name, values):
    """Classes of as many points each, from low to high."""
    known = np.isfinite(values)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, len(SEQUENCE) + 1)))
    inner = edges[1:-1]
    classes = np.searchsorted(inner, np.where(known, values, edges[0]), side="right")
    shades = np.linspace(0, len(SEQUENCE) - 1, max(len(edges) - 1, 1)).astype(int)
    names = [f"{a:.3g} to {b:.3g}" for a, b in pairwise(edges)]
    return {
        "name": name,
        "classes": classes.tolist(),
        "colors": [SEQUENCE[k] for k in shades],
        "names": names or [f"{edges[0]:.3g}"],
    }


def listed_holes(count):
    """All that are certain, and of each degree a few that are not, the clearest first."""
    listed = []
    for k in range(len(count.betti)):
        here = sorted(
            (hole for hole in count.candidates if hole.degree == k),
            key=lambda hole: (hole.p_value, -hole.ratio),
        )
        certain = [hole for hole in here if hole in count.holes]
        listed += certain + [hole for hole in here if hole not in count.holes][:MOST_UNSURE]
    return listed


def bars_of(count, data, maps):
    """The bars of a count with the mapped points that make them.

    Returns
    -------
    dict of str to dict
        By number: words `said`, `points` on the map, `path` where they are a closed one, and
        `rows` of what was given.
    """
    diagram = count.diagram
    on_map = np.full(len(data.X), -1)
    on_map[maps.rows] = np.arange(len(maps.rows))
    stand = rows_of(data.X, count)
    by_bar = {hole.bar: hole for hole in listed_holes(count) if hole.bar is not None}
    significant = {hole.bar for hole in count.holes}
    bars = {}
    for i in _listed(diagram, significant):
        degree = int(diagram.dims[i])
        hole = by_bar.get(i)
        members, closed = _members(count, hole, i, significant)
        here = stand[members] if stand is not None else np.zeros(0, dtype=int)
        shown = on_map[here]
        if (shown < 0).any():
            closed, shown = False, shown[shown >= 0]
        bars[str(i)] = {
            "said": _words(diagram, i, degree, hole, i in significant),
            "points": shown[:MOST_MEMBERS].tolist(),
            "path": bool(closed),
            "rows": data.rows[np.unique(here)][:MOST_MEMBERS].tolist(),
            "color": DEGREE_COLORS[degree % len(DEGREE_COLORS)],
        }
    return bars


def _listed(diagram, significant):
    """The bars that a page draws: the longest of each degree, and all that are significant."""
    chosen = []
    for k in range(diagram.max_dimension + 1):
        here = np.flatnonzero(diagram.dims == k)
        order = here[np.argsort(-diagram.lifetimes[here], kind="stable")]
        chosen += order[:400].tolist()
    return sorted(set(chosen) | {bar for bar in significant if bar is not None})


def _members(count, hole, bar, significant):
    """Points of the complex that make a bar, and whether they are a closed path in order."""
    diagram = count.diagram
    if hole is not None and count.points is not None:
        try:
            how = "tight" if hole.degree == 1 and bar in significant else "birth"
            cycle = np.asarray(count.cycle(hole, how=how))
            return (cycle, hole.degree == 1) if cycle.ndim == 1 else (np.unique(cycle), False)
        except (ValueError, MemoryError):
            pass
    if count.points is not None and diagram.dims[bar] == 0 and np.isinf(diagram.deaths[bar]):
        return np.arange(len(count.points)), False  # in the end there is one piece
    simplices = diagram.death_simplices if diagram.dims[bar] == 0 else diagram.birth_simplices
    if simplices is None:
        return np.zeros(0, dtype=int), False
    other = diagram.birth_simplices if diagram.dims[bar] else None
    parts = [simplices[bar]] + ([other[bar]] if other is not None else [])
    if diagram.dims[bar] and diagram.death_simplices is not None:
        parts.append(diagram.death_simplices[bar])
    members = np.unique(np.concatenate(parts))
    return members[members >= 0], False


def _words(diagram, i, degree, hole, is_significant):
    name = degree_name(degree, 1)
    end = f"{diagram.deaths[i]:.3g}" if np.isfinite(diagram.deaths[i]) else "never"
    words = f"{name}, born at {diagram.births[i]:.3g}, dies at {end} ({diagram.unit})"
    words = words.replace("dies at never", "never dies")
    if hole is not None:
        words += f", p = {hole.p_value:.2g}" if hole.p_value >= 0.001 else ", p < 0.001"
    elif degree == 0 and not np.isfinite(diagram.deaths[i]):
        words += ", the component that is always there"
    return words if is_significant or not np.isfinite(diagram.deaths[i]) else f"{words}, not sure"


def histogram(column):
    """The values of a column as a row of small bars."""
    counts = column.counts
    if counts is None or not counts.max(initial=0):
        return ""
    bars = "".join(
        f'<path d="M{5 * k + 2} 24V{24 - 22 * n / counts.max():.1f}" stroke="{DEGREE_COLORS[0]}" '
        'stroke-width="4"/>'
        for k, n in enumerate(counts.tolist())
        if n
    )
    return svg(5 * len(counts), 24, bars, f"values of {column.name}, from low to high")
