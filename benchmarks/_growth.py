"""The growth figure of a topic: time against size, log-log, ours and the peers'."""

from __future__ import annotations

from pathlib import Path

COLOURS = {
    "ours": "#c1272d",
    "redzed": "#1f77b4",
    "gudhi": "#2e8b57",
    "tda-rust": "#8c564b",
    "giotto-ph": "#9467bd",
    "giotto-tda": "#9467bd",
    "ripser": "#e08214",
    "geoph": "#17a2b8",
    "holos": "#7f7f7f",
    "oineus": "#bcbd22",
    "mlpack": "#1f77b4",
    "cripser": "#e08214",
}


def draw_growth(topic, rows, path: Path, limit: float):
    """Draw one panel for each family with two sizes or more; None where there is none.

    An open triangle at the limit stands for a call that was ended there.
    """
    families = []
    for family in dict.fromkeys(row["family"] for row in rows):
        mine = [row for row in rows if row["family"] == family]
        if len({row["n"] for row in mine}) > 1 and any(row["status"] == "ok" for row in mine):
            families.append((family, mine))
    if not families:
        return None
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter, NullFormatter

    columns = min(len(families), 2)
    lines = -(-len(families) // columns)
    figure = Figure(figsize=(4.6 * columns, 3.7 * lines + 0.7), layout="constrained")
    figure.suptitle(f"{topic.TITLE}: growth", fontsize=12)
    panels = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    handles = {}
    for panel, (family, mine) in zip(panels, families, strict=False):
        for engine in dict.fromkeys(row["engine"] for row in mine):
            line = draw_engine(panel, engine, [r for r in mine if r["engine"] == engine], limit)
            if line is not None:
                handles.setdefault(engine, line)
        panel.set(xscale="log", yscale="log", title=family)
        panel.title.set_fontsize(10)
        sizes = sorted({row["n"] for row in mine})
        panel.set_xticks(sizes, [short(n) for n in sizes])
        panel.xaxis.set_minor_formatter(NullFormatter())
        panel.minorticks_off()
        panel.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
        panel.grid(True, color="0.9", linewidth=0.8)
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_xlabel(topic.AXIS)
    for i, panel in enumerate(panels):
        if i >= len(families):
            panel.remove()
        elif i % columns == 0:
            panel.set_ylabel("CPU seconds")
    if any(row["status"] == "timeout" for row in rows):
        ended = {"marker": "^", "markersize": 7, "markerfacecolor": "white"}
        handles[f"ended at {limit:g} s"] = Line2D([], [], color="0.3", linestyle=":", **ended)
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside lower center",
        ncols=min(len(handles), 5 * columns),
        handlelength=1.3,
        columnspacing=1.2,
        frameon=False,
        fontsize=9,
    )
    figure.savefig(path, dpi=130)
    return figure


def draw_engine(panel, engine, rows, limit):
    """One engine's line, and a triangle where it first ran past the limit; what has its name."""
    done = [(row["n"], row["cpu_seconds"]) for row in rows if row["status"] == "ok"]
    late = [row["n"] for row in rows if row["status"] == "timeout" and "gave_up_at" not in row]
    ours = engine == "ours"
    style = {
        "color": COLOURS.get(engine, "black"),
        "linewidth": 2.4 if ours else 1.3,
        "zorder": 3 if ours else 2,
    }
    line = None
    if done:
        (line,) = panel.plot(*zip(*done, strict=True), marker="o", markersize=4.5, **style)
    if late:
        if done:
            ends = zip(done[-1], (late[0], limit), strict=True)
            panel.plot(*ends, linestyle=":", **style)
        triangle = {"marker": "^", "markersize": 7, "markerfacecolor": "white"}
        (mark,) = panel.plot(late[0], limit, **triangle, **style)
        line = line or mark
    return line


def short(n):
    """1000000 as 1M, 2000 as 2k."""
    for unit, name in ((1_000_000, "M"), (1000, "k")):
        if n >= unit and n % (unit // 10) == 0:
            return f"{n / unit:g}{name}"
    return str(n)
