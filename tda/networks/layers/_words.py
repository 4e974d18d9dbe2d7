"""The words of `layer_report`: its verdict, its table and what the columns mean."""

from __future__ import annotations

import numpy as np

from ..._report import Table
from ..._words import listed

#: With more classes the table shows their sums.
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
        f"Not untangled: in the output {listed(left)}. The input has {start} holes and extra "
        f"components, and {report.excess[-1]} are left."
    )


def table(report):
    """A row for each layer: the Betti numbers and the dimension of its classes, and the scores."""
    if _is_summed(report):
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
    rows = tuple(
        (
            name,
            str(report.widths[i]),
            *cells[i],
            f"{report.silhouette[i]:.3f}",
            f"{report.agreement[i]:.3f}",
            f"{report.changes[i - 1].max():.3f}" if i else "",
        )
        for i, name in enumerate(report.layer_names)
    )
    return Table(("layer", "units", *titles, "silhouette", "agreement", "moved by"), rows)


def meaning(report):
    """What the columns mean."""
    summed = _is_summed(report)
    numbers = "sum of Betti numbers, median dimension" if summed else "Betti numbers, dimension"
    return (
        f"per class: {numbers}; moved by: bottleneck distance to the diagrams of the layer\n"
        "before, in units of the size of the class, the largest of all classes"
    )


def _is_summed(report):
    return len(report.classes) > MOST_CLASSES


def betti_text(betti):
    return f"({', '.join(map(str, betti))})"


def _dimension(value):
    return "-" if np.isnan(value) else f"{value:.1f}d"


def _median(values):
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else np.nan
