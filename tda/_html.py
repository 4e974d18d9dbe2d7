"""Plain HTML and small pictures as SVG, for reports in notebooks and for pages: text in, text out.

Colours of lines and words are those around them (``currentColor``), so that a picture is readable
on light and on dark. Every text that is given is escaped here, and nowhere else.
"""

from __future__ import annotations

from html import escape

import numpy as np

__all__ = [
    "DEGREE_COLORS",
    "bar_chart",
    "barcode",
    "curves",
    "diagram_chart",
    "escape",
    "heat_map",
    "ranges",
    "report_html",
    "short",
    "svg",
    "table_html",
]

#: One colour per degree, from the palette of Okabe and Ito, made for colour-blind readers.
DEGREE_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
#: Most bars of a degree in a small picture.
MOST_BARS = 12
#: Most points of a diagram in a small picture.
MOST_POINTS = 300
WIDTH, HEIGHT, EDGE = 320, 180, 46


def short(number):
    """A number as it stands at an axis."""
    if not np.isfinite(number):
        return "∞" if number > 0 else "-∞" if number < 0 else ""
    return f"{number:.3g}"


# -- words and tables -----------------------------------------------------------------------------


def report_html(name, verdict, figure="", table="", notes=()):
    """A report for a notebook: its kind, its verdict, a picture, its table and its notes."""
    folded = ""
    if table:
        folded = f"<details><summary>table</summary>{table}</details>"
    said = "".join(_note(note) for note in notes if note)
    return (
        '<div class="tda-report" style="max-width:46em">'
        f'<div style="font-size:85%;opacity:.75">{escape(name)}</div>'
        f'<div style="font-weight:600;margin:.1em 0 .5em">{escape(verdict)}</div>'
        f"{figure}{folded}{said}</div>"
    )


def _note(text):
    """A line below a report; one in columns keeps them."""
    columns = ";white-space:pre;font-family:monospace;overflow-x:auto" if "  " in text else ""
    return f'<div style="opacity:.75{columns}">{escape(text)}</div>'


def table_html(titles, rows, *, numeric=None):
    """Rows of text under titles; columns of numbers, where `numeric` is true, to the right."""
    numeric = [False] * len(titles) if numeric is None else numeric
    sides = [' style="text-align:right"' if right else "" for right in numeric]
    head = "".join(
        f'<th scope="col"{side}>{escape(str(title))}</th>'
        for title, side in zip(titles, sides, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{side}>{escape(str(cell))}</td>" for cell, side in zip(row, sides, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


# -- pictures -------------------------------------------------------------------------------------


def svg(width, height, body, label):
    """A picture with words for who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(label)}" '
        'style="max-width:100%;height:auto;font:10px sans-serif;fill:currentColor">'
        f"{body}</svg>"
    )


def diagram_chart(
    births, deaths, dims, *, strong=None, size=190, most=MOST_POINTS, keyed=False,
    label="persistence diagram",
):  # fmt: skip
    """A persistence diagram: birth to the right, death upward, arrows at the top for infinity.

    The `most` longest bars and the `strong` ones are drawn; where `keyed` is true each carries its
    number as ``data-bar``.
    """
    births, deaths, dims = (np.asarray(a) for a in (births, deaths, dims))
    strong = np.zeros(len(dims), dtype=bool) if strong is None else np.asarray(strong)
    low, high = _range(np.concatenate([births, deaths]))
    edge = 28
    at = _scale(low, high, edge, size - 16)
    body = [
        f'<path d="M{edge} 16V{size - edge}H{size - 16}" fill="none" stroke="currentColor" '
        'opacity=".4"/>',
        f'<path d="M{edge} {size - edge}L{size - 16} 16" stroke="currentColor" opacity=".4" '
        'stroke-dasharray="3 3"/>',
    ]
    order = np.lexsort((-_lengths(births, deaths), ~strong))
    shown = order[: max(most, int(strong.sum()))]
    for i in shown[::-1]:
        x, y = at(np.clip(births[i], low, high)), size - at(np.clip(deaths[i], low, high))
        color, r = degree_color(int(dims[i])), 4.5 if strong[i] else 2.6
        alpha = 1 if strong[i] or not strong.any() else 0.45
        if np.isfinite(deaths[i]):
            shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}"'
        else:
            shape = f'<path d="M{x - r:.1f} {y + r:.1f}h{2 * r}l{-r} {-2 * r}z"'
        key = f' data-bar="{i}"' if keyed else ""
        body.append(f'{shape} fill="{color}" fill-opacity="{alpha}"{key}/>')
    body.append(_words_below(size, size, edge, short(low), "birth", short(high)))
    body.append('<text x="2" y="9">death</text>')
    return svg(size, size, "".join(body), f"{label}, {_counted_by_degree(dims)}")


def barcode(
    births, deaths, dims, *, strong=None, most=MOST_BARS, width=WIDTH, keyed=False, label="barcode"
):
    """The longest bars of each degree as lines from birth to death; `strong` ones are bold.

    Where `keyed` is true each carries its number as ``data-bar``.
    """
    births, deaths, dims = (np.asarray(a) for a in (births, deaths, dims))
    strong = np.zeros(len(dims), dtype=bool) if strong is None else np.asarray(strong)
    lengths = _lengths(births, deaths)
    shown = []
    for k in np.unique(dims):
        here = np.flatnonzero(dims == k)
        order = np.lexsort((-lengths[here], ~strong[here]))
        shown += list(here[order[: max(most, int(strong[here].sum()))]])
    if not shown:
        return ""
    low, high = _range(np.concatenate([births[shown], deaths[shown]]))
    scale, step = _scale(low, high, EDGE, width - 12), 7
    body, y, last = [], 8, None
    for i in shown:
        k = int(dims[i])
        if k != last:
            y += 5 if last is not None else 0
            body.append(
                f'<text x="{EDGE - 6}" y="{y + 6}" text-anchor="end" font-weight="600">H{k}</text>'
            )
            last = k
        ends = [float(scale(np.clip(v, low, high))) for v in (births[i], deaths[i])]
        bold = strong[i] or not strong.any()
        key = f'data-bar="{i}" ' if keyed else ""
        body.append(
            f'<path {key}d="M{ends[0]:.1f} {y + 3}H{max(ends[1], ends[0] + 0.6):.1f}" '
            f'stroke="{degree_color(k)}" stroke-width="{4 if strong[i] else 2.4}" '
            f'stroke-opacity="{1 if bold else 0.45}"/>'
        )
        for end, value, sign in ((ends[0], births[i], -1), (ends[1], deaths[i], 1)):
            if not np.isfinite(value):
                body.append(
                    f'<path d="M{end:.1f} {y - 1}v8l{5 * sign} -4z" fill="{degree_color(k)}"/>'
                )
        y += step
    height = y + 22
    body.append(_words_below(width, height, EDGE, short(low), "", short(high), edge=12))
    return svg(width, height, "".join(body), f"{label}, {_counted_by_degree(dims)}")


def curves(x, series, *, x_label="", y_label="", log_x=False, log_y=False, label="curve"):
    """Curves over one axis; `series` is ``{name: values}``, and the second and later are paler."""
    x = _logged(x, log_x)
    values = {name: _logged(v, log_y) for name, v in series.items()}
    joined = np.concatenate([v[np.isfinite(v)] for v in values.values()] or [np.zeros(0)])
    x_known = x[np.isfinite(x)]
    if joined.size < 2 or x_known.size < 2:
        return ""
    low, high = _range(joined)
    left, right = _range(x_known)
    to_x, to_y = _scale(left, right, EDGE, WIDTH - 12), _scale(low, high, 0, HEIGHT - 50)
    body = [
        f'<path d="M{EDGE} 18V{HEIGHT - 28}H{WIDTH - 12}" fill="none" stroke="currentColor" '
        'opacity=".4"/>'
    ]
    names = []
    for i, (name, v) in enumerate(values.items()):
        color = DEGREE_COLORS[i % len(DEGREE_COLORS)]
        known = np.isfinite(v) & np.isfinite(x)
        path = "L".join(
            f"{to_x(a):.1f} {HEIGHT - 30 - to_y(b):.1f}"
            for a, b in zip(x[known], v[known], strict=True)
        )
        if path:
            body.append(f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        if len(values) > 1:
            names.append(f'<tspan dx="10" style="fill:{color}">{escape(name)}</tspan>')
    back = [(10.0**v if logged else v) for v, logged in (
        (left, log_x), (right, log_x), (low, log_y), (high, log_y))]  # fmt: skip
    body.append(_words_below(WIDTH, HEIGHT, EDGE, short(back[0]), x_label, short(back[1])))
    for y, text in ((24, short(back[3])), (HEIGHT - 28, short(back[2]))):
        body.append(f'<text x="{EDGE - 4}" y="{y}" text-anchor="end">{text}</text>')
    body.append(f'<text x="{EDGE}" y="10">{escape(y_label)}</text>')
    body.append(f'<text x="{WIDTH - 12}" y="10" text-anchor="end">{"".join(names)}</text>')
    return svg(WIDTH, HEIGHT, "".join(body), f"{label}: {', '.join(values)}")


def bar_chart(names, values, *, mark=None, low=None, high=None, label="bars"):
    """A bar for each name, and its value beside it; `mark` is a line across all."""
    return ranges(names, None, values, None, mark=mark, low=low, high=high, label=label)


def ranges(names, lows, values, highs, *, mark=None, low=None, high=None, label="intervals"):
    """A value for each name, with the interval around it; a bar from the left without one."""
    values = np.asarray(values, dtype=float)
    ends = [values] + [np.asarray(e, dtype=float) for e in (lows, highs) if e is not None]
    known = np.concatenate(ends)
    known = known[np.isfinite(known)]
    if not known.size:
        return ""
    least = known.min() if lows is not None else min(known.min(), 0.0)
    low, high = (least if low is None else low), (known.max() if high is None else high)
    low, high = _range(np.array([low, high]))
    left, step = 128, 17
    scale, body = _scale(low, high, left, WIDTH - 50), []
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        y = 10 + step * i
        body.append(
            f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{escape(_cut(name, 22))}</text>'
        )
        if not np.isfinite(value):
            continue
        x = float(scale(np.clip(value, low, high)))
        if lows is None:
            start = float(scale(max(low, 0.0)))
            body.append(
                f'<path d="M{start:.1f} {y}H{x:.1f}" stroke="{DEGREE_COLORS[0]}" stroke-width="8"/>'
            )
        else:
            a, b = (float(scale(np.clip(e[i], low, high))) for e in (lows, highs))
            if np.isfinite(a) and np.isfinite(b):
                body.append(
                    f'<path d="M{a:.1f} {y}H{b:.1f}" stroke="currentColor" stroke-opacity=".35" '
                    'stroke-width="6"/>'
                )
            body.append(f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="{DEGREE_COLORS[1]}"/>')
        body.append(f'<text x="{WIDTH - 44}" y="{y + 4}">{short(value)}</text>')
    height = 10 + step * len(names)
    if mark is not None:
        x = float(scale(mark))
        body.append(
            f'<path d="M{x:.1f} 0V{height - 8}" stroke="currentColor" stroke-dasharray="3 2"/>'
        )
    return svg(WIDTH, height, "".join(body), label)


def heat_map(values, *, label="map"):
    """A grid of values, the low ones dark."""
    values = np.asarray(values, dtype=float)
    known = values[np.isfinite(values)]
    if not known.size:
        return ""
    step = max(1, -(-max(values.shape) // 40))
    values = values[::step, ::step]
    logs = np.log(values - known.min() + 1e-3 * np.ptp(known) + 1e-300)
    low, high = _range(logs[np.isfinite(logs)])
    side = max(180 // max(values.shape), 1)
    body = []
    for i, row in enumerate(logs):
        for j, value in enumerate(row):
            if np.isfinite(value):
                share = (value - low) / (high - low)
                light = 22 + 68 * share
                body.append(
                    f'<rect x="{j * side}" y="{(len(logs) - 1 - i) * side}" width="{side}" '
                    f'height="{side}" fill="hsl(205 55% {light:.0f}%)"/>'
                )
    return svg(values.shape[1] * side, values.shape[0] * side, "".join(body), label)


def degree_color(degree):
    """The colour of a homology degree, the same in every picture."""
    return DEGREE_COLORS[degree % len(DEGREE_COLORS)]


# -- what they share ------------------------------------------------------------------------------


def _range(values):
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - (abs(low) or 1.0) / 2, high + (abs(high) or 1) / 2)


def _scale(low, high, start, end):
    """The linear map of [low, high] to [start, end], without overflow on the way."""
    half = high / 2 - low / 2
    return lambda v: start + (end - start) * ((np.asarray(v) / 2 - low / 2) / half)


def _lengths(births, deaths):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.abs(deaths - births), nan=np.inf, posinf=np.inf)


def _logged(values, logged):
    values = np.asarray(values, dtype=float)
    if not logged:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log10(values), np.nan)


def _words_below(width, height, left, first, middle, last, edge=8):
    y = height - 8
    return (
        f'<text x="{left}" y="{y}">{escape(first)}</text>'
        f'<text x="{(left + width) / 2:.0f}" y="{y}" text-anchor="middle">{escape(middle)}</text>'
        f'<text x="{width - edge}" y="{y}" text-anchor="end">{escape(last)}</text>'
    )


def _counted_by_degree(dims):
    degrees, counts = (a.tolist() for a in np.unique(np.asarray(dims), return_counts=True))
    said = [f"{n} bar{'s' * (n != 1)} of degree {k}" for k, n in zip(degrees, counts, strict=True)]
    return ", ".join(said) or "no bars"


def _cut(text, most):
    text = str(text)
    return text if len(text) <= most else text[: most - 1] + "…"
