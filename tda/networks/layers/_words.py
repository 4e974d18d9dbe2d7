"""What `layer_report` says in words."""

from __future__ import annotations

import numpy as np

#: Of more classes the table has sums.
MOST_CLASSES = 4


def verdict(report):
    """The sentence of a report."""
    start = report.excess[0]
    last = len(report.layer_names) - 1
    depth = report.depth_at()
    if depth == 0:
        return "Nothing to untangle: every class is one piece without holes in every layer."
    if depth is not None:
        return (
            "Untangled: every class is one piece without holes from "
            f"{report.layer_names[depth]} (layer {depth} of {last}) on."
        )
    left = [
        f"class {label} has Betti numbers {betti_text(betti)}"
        for label, betti in zip(report.classes, report.betti[-1], strict=True)
        if tuple(betti) != (1,) + (0,) * (len(betti) - 1)
    ]
    return (
        f"Not untangled: in the output {' and '.join(left)}; of {start} holes and further "
        f"components of the input {report.excess[-1]} are left."
    )


def table(report):
    """The numbers of a report, as text."""
    together = len(report.classes) > MOST_CLASSES
    if together:
        titles = [f"all {len(report.classes)} classes"]
        cells = [
            [f"{betti_text(betti)} {_dimension(_median(dimension)):>5}"]
            for betti, dimension in zip(report.betti.sum(axis=1), report.dimension, strict=True)
        ]
    else:
        titles = [f"class {label}" for label in report.classes]
        cells = [
            [f"{betti_text(b)} {_dimension(d):>5}" for b, d in zip(*layer, strict=True)]
            for layer in zip(report.betti, report.dimension, strict=True)
        ]
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    first = max(5, *map(len, report.layer_names))
    heads = "  ".join(t.rjust(w) for t, w in zip(titles, widths, strict=True))
    lines = [f"{'layer':{first}}  units  {heads}  silhouette  agreement  moved by"]
    for i, name in enumerate(report.layer_names):
        row = "  ".join(cell.rjust(w) for cell, w in zip(cells[i], widths, strict=True))
        moved = f"{report.changes[i - 1].max():8.3f}" if i else ""
        lines.append(
            f"{name:{first}}  {report.widths[i]:5}  {row}  {report.silhouette[i]:10.3f}  "
            f"{report.agreement[i]:9.3f}  {moved}".rstrip()
        )
    numbers = "sum of Betti numbers, median dimension" if together else "Betti numbers, dimension"
    lines.append(
        f"of the classes: {numbers}; moved by: bottleneck distance of the diagrams from the\n"
        "layer before, in units of the size, the largest of all classes"
    )
    return "\n".join(lines)


def betti_text(betti):
    return f"({', '.join(map(str, betti))})"


def _dimension(value):
    return "-" if np.isnan(value) else f"{value:.1f}d"


def _median(values):
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else np.nan
