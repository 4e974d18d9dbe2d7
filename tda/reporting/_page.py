"""The page of a report: one file with words, tables, pictures and a small script, no network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from .._html import barcode, diagram_chart, escape
from .._words import counted, degree_name
from ._drawings import (
    CATEGORIES,
    bars_of,
    colorings,
    histogram,
    listed_holes,
    map_chart,
    places,
    view_of,
)
from ._parts import NAMES

__all__ = ["write_page"]

TEMPLATE = Path(__file__).parent / "page.html"
#: Most columns that are listed.
MOST_COLUMNS = 60
#: Longest bars of each degree in the barcode, and points of the diagram.
MOST_BARS, MOST_POINTS = 20, 400

#: Of loops on a map: that of degree 1, then others that no degree below 3 has.
LOOP_COLORS = (CATEGORIES[1], *CATEGORIES[3:])

QUESTIONS = {
    "holes": "How many pieces, loops and voids?",
    "dimension": "How many numbers describe a row?",
    "clusters": "How many groups?",
    "concentration": "Do distances still tell near from far?",
    "labels": "Do the labels follow the shape?",
    "map": "Can it be drawn, and what is lost?",
}


def write_page(report):
    """The text of the page."""
    from .. import __version__

    data, parts = report.data, {part.name: part for part in report.parts}
    results = {name: part.result for name, part in parts.items()}
    maps, count = results.get("map"), results.get("holes")
    shown = {"bars": {}, "colours": [], "views": {}}
    at = seen = None
    if maps is not None:
        at = places(maps.shown.points)
        view, where = view_of(data, maps)
        seen = places(view), where
        shown["views"] = {"map": at.T.tolist(), "where": seen[0].T.tolist()}
        shown["colours"] = colorings(data, maps, results.get("clusters"))
        if count is not None:
            shown["bars"] = bars_of(count, data, maps)
    body = [_answers(report), _section("data", "The data", data.summary, _data(data), data.code)]
    order = ("holes", "map", "clusters", "dimension", "concentration", "labels")
    for name in order:
        if name in parts:
            part = parts[name]
            inside = _inside(name, part, at, seen, shown, data) if part.result is not None else ""
            notes = "".join(f'<p class="soft">{escape(note)}</p>' for note in part.notes)
            lead = f'<p class="soft">{escape(QUESTIONS[name])}</p>'
            body.append(
                _section(name, part.title, part.verdict, inside + notes, part.code, lead=lead)
            )
    body += [_next(report), _code(report)]
    links = [("data", "The data"), *((name, parts[name].title) for name in order if name in parts)]
    links += [("next", "What next"), ("code", "Code")]
    text = json.dumps(shown, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    page = TEMPLATE.read_text(encoding="utf-8")
    filled = {
        "__TITLE__": escape(f"The shape of {report.name}"),
        "__SUBTITLE__": escape(data.summary),
        "__NAV__": "".join(f'<li><a href="#{to}">{escape(name)}</a></li>' for to, name in links),
        "__BODY__": "\n".join(body),
        "__VERSION__": escape(__version__),
        "__DATA__": text,
    }
    parts = page.split("__")  # one pass: what is filled in is never looked at again
    known = {key.strip("_"): value for key, value in filled.items()}
    return "".join(known.get(part, part) if i % 2 else part for i, part in enumerate(parts))


def _section(name, title, verdict, inside, code, *, lead=""):
    folded = ""
    if code:
        folded = f"<details><summary>The code</summary>{_pre(code)}</details>"
    return (
        f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">'
        f'{escape(title)}</h2>{lead}<p class="verdict">{escape(verdict)}</p>{inside}{folded}'
        "</section>"
    )


def _pre(code, name=""):
    """Lines of code, which a keyboard can scroll."""
    named = f' id="{name}"' if name else ""
    return f'<pre tabindex="0"{named}>{escape(code)}</pre>'


def _answers(report):
    items = "".join(
        f"<li><span>{escape(part.title)}</span><strong>{escape(part.short)}</strong></li>"
        for part in report.parts
    )
    return f'<ul class="answers" aria-label="the answers in short">{items}</ul>'


def _table(caption, titles, rows, numeric):
    """A table whose first column names its rows; cells are HTML already."""
    sides = [' class="right"' if right else "" for right in numeric]
    head = "".join(
        f'<th scope="col"{side}>{escape(title)}</th>'
        for title, side in zip(titles, sides, strict=True)
    )
    body = ""
    for first, *rest in rows:
        cells = "".join(
            f"<td{side}>{cell}</td>" for cell, side in zip(rest, sides[1:], strict=True)
        )
        body += f'<tr><th scope="row">{first}</th>{cells}</tr>'
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="table: {escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _number(value, digits=4):
    return f"{value:.{digits}g}" if np.isfinite(value) else ""


# -- the parts ------------------------------------------------------------------------------------


def _data(data):
    notes = "".join(f"<li>{escape(note)}</li>" for note in data.notes)
    rows = [
        [
            escape(column.name),
            f"{column.n_missing:,}" if column.n_missing else "",
            f"{column.n_distinct:,}" if column.n_distinct else "",
            *map(_number, (column.least, column.median, column.largest, column.deviation)),
            histogram(column) or f'<span class="soft">{escape(column.left_out)}</span>',
        ]
        for column in data.columns[:MOST_COLUMNS]
    ]
    titles = ("column", "missing", "distinct", "least", "median", "largest", "deviation", "values")
    more = len(data.columns) - MOST_COLUMNS
    table = _table("columns of the data", titles, rows, [False, *[True] * 6, False])
    rest = f'<p class="soft">and {counted(more, "more column")}</p>' if more > 0 else ""
    return (f"<ul>{notes}</ul>" if notes else "") + table + rest


def _inside(name, part, at, seen, shown, data):
    if name == "holes":
        return _holes(part.result, seen, shown)
    if name == "map":
        return _map(part.result, at, shown)
    if name == "clusters":
        return _clusters(part.result, data)
    if name == "labels":
        return ""
    table = part.result._table()
    rows = [[escape(cell) for cell in row] for row in table.rows]
    caption = {"dimension": "dimension by scale", "concentration": "beside independent noise"}[name]
    figure = part.result._figure()
    drawn = f'<figure class="small">{figure}</figure>' if figure else ""
    titles = [title or "measure" for title in table.titles]
    numeric = [False] + [True] * (len(titles) - 1)
    return drawn + _table(caption, titles, rows, numeric)


def _holes(count, seen, shown):
    diagram = count.diagram
    strong = np.zeros(len(diagram), dtype=bool)
    bars = [hole.bar for hole in count.holes if hole.bar is not None]
    strong[bars] = True
    ends = diagram.births, diagram.deaths, diagram.dims
    rows = []
    for hole in listed_holes(count):
        sure = "yes" if hole in count.holes else "no"
        look = "not drawn"
        if hole.bar is not None and str(hole.bar) in shown["bars"]:
            name = escape(degree_name(hole.degree, 1))
            look = (
                f'<button type="button" data-show="{hole.bar}" aria-label="show this {name}, born '
                f'at {hole.birth:.3g}">show</button>'
            )
        p_value = f"{hole.p_value:.2g}" if hole.p_value >= 0.001 else "&lt; 0.001"
        rows.append(
            [escape(degree_name(hole.degree, 1)), _number(hole.birth), _number(hole.death),
             f"{hole.ratio:.2f}" if np.isfinite(hole.ratio) else "", p_value, sure, look]
        )  # fmt: skip
    titles = ("hole", "born at", "dies at", "ratio", "p-value", "certain", "where")
    numeric = [False, True, True, True, True, False, False]
    drawn = (
        f"<figure>{diagram_chart(*ends, strong=strong, size=300, most=MOST_POINTS, keyed=True)}"
        "<figcaption>Persistence diagram: a hole far above the diagonal lives long.</figcaption>"
        "</figure>"
        f"<figure>{barcode(*ends, strong=strong, most=MOST_BARS, keyed=True)}"
        f"<figcaption>Barcode, from birth to death ({escape(diagram.unit)}): H0 are pieces, H1 "
        "loops, H2 voids; bold ones are certain.</figcaption></figure>"
    )
    if seen is not None:
        at, where = seen
        loops = [
            shown["bars"][str(hole.bar)]["points"]
            for hole in count.holes
            if hole.degree == 1 and shown["bars"].get(str(hole.bar), {}).get("path")
        ]
        cycles = [(LOOP_COLORS[i % len(LOOP_COLORS)], loop) for i, loop in enumerate(loops)]
        label = f"{where}, with {counted(len(loops), 'loop')} that are certain"
        none = np.zeros(len(at), dtype=int)
        picture = map_chart(at, none, None, label, name="where", cycles=cycles)
        lines = " Lines are the loops that are certain." if loops else ""
        drawn += (
            f"<figure>{picture}<figcaption>Where it is: {escape(where)}.{lines}</figcaption>"
            "</figure>"
        )
    asks = (
        '<div class="reading" aria-live="polite"><p id="reading">Point at a bar or a point of the '
        'diagram, and see which rows of the data make it.</p><p id="rows" class="soft"></p></div>'
        '<div class="buttons"><button type="button" id="back">previous bar</button>'
        '<button type="button" id="forth">next bar</button>'
        '<button type="button" id="none">none</button></div>'
    )
    if not rows:
        return f'<div class="figures">{drawn}</div>{asks}'
    listed = _table("the clearest holes of each kind", titles, rows, numeric)
    notes = "".join(f"<li>{escape(note)}</li>" for note in count.notes)
    below = f'<p class="soft">{escape(count._below().splitlines()[0])}</p>'
    return f'<div class="figures">{drawn}</div>{asks}{listed}{below}' + (
        f"<ul>{notes}</ul>" if notes else ""
    )


def _map(maps, at, shown):
    first = shown["colours"][0]
    classes = np.asarray(first["classes"])
    label = f"the map by {NAMES[maps.shown.name]}, coloured by {first['name']}"
    picture = map_chart(at, classes, first["colors"], label, name="map")
    options = "".join(
        f'<option value="{k}">{escape(one["name"])}</option>'
        for k, one in enumerate(shown["colours"])
    )
    legend = "".join(
        f'<li><i style="background:{color}"></i>{escape(name)}</li>'
        for color, name in zip(first["colors"], first["names"], strict=True)
    )
    drawn = (
        f'<div class="buttons"><label for="colour">coloured by</label><select id="colour">{options}'
        f'</select></div><div class="figures"><figure>{picture}</figure><div><ul class="legend" '
        f'id="legend">{legend}</ul>'
    )
    tried = [one for one in maps.tried if one.fidelity is not None]
    if tried:
        rows = [
            [
                escape(one.name.upper() if one.name != "isomap" else "Isomap"),
                f"{one.fidelity.trustworthiness:.2f}",
                f"{one.fidelity.continuity:.2f}",
                ", ".join(map(str, one.fidelity.betti_after)),
                "yes" if one.fidelity.is_faithful else "no",
            ]
            for one in tried
        ]
        titles = ("map", "trustworthiness", "continuity", "pieces and loops", "faithful")
        drawn += _table("maps that were tried", titles, rows, [False, True, True, True, False])
        before = ", ".join(
            str(low) if low == high else f"{low} to {high}"
            for low, high in tried[0].fidelity.betti_before
        )
        drawn += (
            f'<p class="soft">Pieces and loops of the data: {before}. Trustworthiness: neighbours '
            "on the map are neighbours in the data; continuity: the other way. 1 is best, below "
            "0.95 is too low.</p>"
        )
    return f"{drawn}</div></div>"


def _clusters(model, data):
    if model.n_clusters_ < 2:
        return ""
    labels, rows = model.labels_, []
    names = data.names[:8]
    for k in range(min(model.n_clusters_, 20)):
        here = labels == k
        p_value = ""
        if model.p_values_ is not None and k:
            p_value = f"{max(model.p_values_[k], 0.001):.2g}"
        means = data.X[here].mean(axis=0) * data.units + data.zeros
        means = [_number(value, 3) for value in means[: len(names)]]
        rows.append([str(k), f"{here.sum():,}", p_value, *means])
    titles = ["cluster", "points", "p-value", *(f"mean of {name}" for name in names)]
    return _table("clusters, columns as given", titles, rows, [False, *[True] * (len(titles) - 1)])


def _next(report):
    items = ""
    for one in report.advice:
        code = _pre(one.code) if one.code else ""
        items += f"<li>{escape(one.words)}{code}</li>"
    return (
        '<section id="next" aria-labelledby="next-title"><h2 id="next-title">What next</h2>'
        f'<ol class="next">{items}</ol></section>'
    )


def _code(report):
    return (
        '<section id="code" aria-labelledby="code-title"><h2 id="code-title">Code</h2><p>These '
        "lines give all results again; <code>data</code> is what was given to "
        '<code>tda.report</code>.</p><div class="buttons"><button type="button" '
        f'data-copy="all-code">copy</button></div>{_pre(report.code, "all-code")}</section>'
    )
