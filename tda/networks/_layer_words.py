"""What `layer_report` says in words."""

from __future__ import annotations

import numpy as np


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
    widths = [max(len(betti_text(b)) for b in report.betti[:, c]) for c in range(_n(report))]
    titles = [f"class {label}" for label in report.classes]
    widths = [max(w + 7, len(t)) for w, t in zip(widths, titles, strict=True)]
    first = max(5, *(len(name) for name in report.layer_names))
    lines = [
        f"{'layer':{first}}  units  "
        + "  ".join(f"{t:>{w}}" for t, w in zip(titles, widths, strict=True))
        + "  silhouette  agreement  moved by"
    ]
    for i, name in enumerate(report.layer_names):
        cells = [
            f"{betti_text(report.betti[i, c])} {_dimension(report.dimension[i, c]):>5}".rjust(w)
            for c, w in enumerate(widths)
        ]
        moved = f"{report.changes[i - 1].max():8.3f}" if i else f"{'':8}"
        lines.append(
            f"{name:{first}}  {report.widths[i]:5}  {'  '.join(cells)}  "
            f"{report.silhouette[i]:10.3f}  {report.agreement[i]:9.3f}  {moved}".rstrip()
        )
    lines.append(
        "of each class its Betti numbers and dimension; moved by: bottleneck distance of the\n"
        "diagrams from the layer before, in units of the size, the largest of all classes"
    )
    return "\n".join(lines)


def betti_text(betti):
    return f"({', '.join(map(str, betti))})"


def _dimension(value):
    return "-" if np.isnan(value) else f"{value:.1f}d"


def _n(report):
    return len(report.classes)
