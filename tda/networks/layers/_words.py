"""The words of `layer_report`: its verdict, its table and what the columns mean."""

from __future__ import annotations

import numpy as np

from ..._report import Table
from ..._words import counted, listed

#: With more classes the table shows their sums.
MOST_CLASSES = 4


def verdict(report):
    """The sentences of a report: the holes, what is learned of that, and what there is besides."""
    said = [_holes(report), _against_untrained(report)]
    if len(report.classes) > 1 and (not report.excess[0] or report.untangled_at is None):
        said.append(_separation(report))
    if not report.excess.any():
        said += [_dimensions(report), _movement(report)]
    return " ".join(part for part in said if part)


def _holes(report):
    last = len(report.layer_names) - 1
    depth, at = report.depth_at(), report.untangled_at
    many = len(report.classes) > 1
    one = f"every {'class' if many else 'layer'} is one piece without holes"
    if not report.excess.any():
        return f"Nothing to untangle: {one}{' in every layer' if many else ''}."
    if depth is None:
        left = [
            f"class {label} has Betti numbers {betti_text(betti)}"
            for label, betti in zip(report.classes, report.betti[-1], strict=True)
            if tuple(betti) != (1,) + (0,) * (len(betti) - 1)
        ]
        return (
            f"Not untangled: in the output {listed(left)}. The input has {report.excess[0]} holes "
            f"and extra components, and {report.excess[-1]} are left."
        )
    if at is None:
        return (
            f"Not untangled: {one} from {report.layer_names[depth]} (layer {depth} of {last}) on, "
            "but in the output the classes are not apart."
        )
    apart = ", and apart from the others," if many else ""
    return f"Untangled: {one}{apart} from {report.layer_names[at]} (layer {at} of {last}) on."


def _against_untrained(report):
    """What networks that have learned nothing do to the holes, where there are any."""
    if not report.untrained or not report.excess[0]:
        return ""
    left = [int(other.excess[-1]) for other in report.untrained]
    parted = [float(other.silhouette[-1]) for other in report.untrained]
    said = f"Untrained networks of this shape leave {_range(left, 'd')} of {report.excess[0]}"
    if len(report.classes) > 1:
        said += f" and part the classes by a silhouette of {_range(parted, '.2f')}"
    if report.untangled_at is not None and not max(left) and len(report.classes) == 1:
        said += ": the holes go by themselves, and nothing of that is learned"
    elif report.untangled_at is not None and not max(left):
        said += ": the holes go by themselves, the distance of the classes is learned"
        if report.silhouette[-1] <= max(parted):
            said = said.replace(", the distance", ", and the distance").replace("is learned", "too")
    return said + "."


def _separation(report):
    """How far the classes part, against chance and against untrained networks."""
    first, last = report.silhouette[[0, -1]]
    verb = "part" if last > first + 0.05 else "come no farther apart"
    said = f"The classes {verb}: silhouette {first:.2f} in the input, {last:.2f} in the output"
    if report.separation_p_values[-1] > report.level:
        return f"{said}, no more than those of shuffled labels."
    if report.untrained:
        others = [float(other.silhouette[-1]) for other in report.untrained]
        said += f" ({_range(others, '.2f')} untrained)"
        if last <= max(others):
            said += ", which is not learned"
    return said + "."


def _dimensions(report):
    """The dimension by depth: a hunchback, or from where to where."""
    from ._report import hunch, median_dimension

    medians = median_dimension(report.dimension)
    if not np.isfinite(medians[[0, -1]]).all():
        return ""
    first, last = medians[[0, -1]]
    peak = report.hunchback
    if peak is not None:
        seen = [hunch(other.dimension) is not None for other in report.untrained]
        untrained = bool(seen) and all(seen)
        return (
            f"Their dimension is a hunchback: {first:.1f} in the input, {medians[peak]:.1f} in "
            f"{report.layer_names[peak]}, {last:.1f} in the output"
            + (", as that of untrained ones." if untrained else ".")
        )
    return f"Their dimension is {first:.1f} in the input and {last:.1f} in the output."


def _movement(report):
    """The layer that moves the diagrams most."""
    if not report.changes.size:
        return ""
    moved = report.changes.max(axis=(1, 2))
    at = int(moved.argmax())
    said = (
        f"The diagrams move most at {report.layer_names[at + 1]}, by {moved[at]:.2f} of their size"
    )
    if report.untrained:
        others = [float(other.changes[at].max()) for other in report.untrained]
        said += f" ({_range(others, '.2f')} untrained)"
    return said + "."


def _range(values, form):
    """``"3"``, ``"3 to 5"``."""
    low, high = (format(value, form) for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


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
            *_untrained_cells(report, i),
        )
        for i, name in enumerate(report.layer_names)
    )
    columns = ["layer", "units", *titles, "silhouette", "agreement", "moved by"]
    columns += ["left", "untrained", "silhouette untrained"] if report.untrained else []
    return Table(tuple(columns), rows)


def _untrained_cells(report, i):
    if not report.untrained:
        return ()
    left = [int(other.excess[i]) for other in report.untrained]
    parted = [float(other.silhouette[i]) for other in report.untrained]
    return str(report.excess[i]), _range(left, "d"), _range(parted, ".2f")


def meaning(report):
    """What the columns mean."""
    summed = _is_summed(report)
    numbers = "sum of Betti numbers, median dimension" if summed else "Betti numbers, dimension"
    said = (
        f"per class: {numbers}; moved by: bottleneck distance to the diagrams of the layer\n"
        "before, in units of the size of the class, the largest of all classes"
    )
    if report.untrained:
        n = len(report.untrained)
        said += (
            "; left: holes and extra\ncomponents, in "
            f"{counted(n, 'network')} of the same shape that learned nothing beside it"
        )
    return said


def _is_summed(report):
    return len(report.classes) > MOST_CLASSES


def betti_text(betti):
    return f"({', '.join(map(str, betti))})"


def _dimension(value):
    return "-" if np.isnan(value) else f"{value:.1f}d"


def _median(values):
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else np.nan
