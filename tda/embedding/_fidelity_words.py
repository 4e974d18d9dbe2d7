"""The words of `embedding_report`: its verdict, and the lines above its table."""

from __future__ import annotations

from .._report import Table
from .._words import degree_name, listed, number, was


def verdict(report):
    """The sentences of a report."""
    faults = []
    for k in range(len(report.lost)):
        if report.lost[k]:
            faults.append(_lost(k, report.lost[k], report.betti_before[k][0]))
        if report.made[k]:
            faults.append(_made(k, report.made[k], report.betti_before[k][1]))
    neighbors = []
    if report.glues:
        neighbors.append(
            "points that are far apart became neighbours (trustworthiness "
            f"{report.trustworthiness:.3g}, {report.glued:.0%} of the points)"
        )
    if report.tears:
        neighbors.append(
            f"neighbours were torn apart (continuity {report.continuity:.3g}, {report.torn:.0%} of "
            "the points)"
        )
    if not faults and not neighbors:
        if report.keeps_neighbors:
            return f"Faithful: neighbours are kept, no hole is lost or made. {_view(report)}"
        return (
            f"Not faithful in the small: only {report.recall:.0%} of each point's "
            f"{report.n_neighbors} nearest ones are kept, though they stay near and no hole is "
            f"lost or made, as where noise is taken off. {_view(report)}"
        )
    said = f"Not faithful: {listed(faults + neighbors)}."
    if not neighbors:
        said += (
            " Scores of neighbours alone do not show this: trustworthiness "
            f"{report.trustworthiness:.3g}, continuity {report.continuity:.3g}."
        )
    return said


def _lost(degree, lost, there):
    one, many = degree_name(degree, 1), degree_name(degree)
    if degree == 0:
        left = there - lost
        rest = "one" if left == 1 else number(left)
        return f"{number(there)} components were merged into {rest}"
    if lost == there:
        whole = {1: f"the {one} was", 2: f"both {many} were"}
        return f"{whole.get(there, f'all {number(there)} {many} were')} lost"
    return f"{number(lost)} of the {number(there)} {many} {was(lost)} lost"


def _made(degree, made, there):
    one, many = degree_name(degree, 1), degree_name(degree)
    if degree == 0:
        whole = "one piece" if there == 1 else f"{number(there)} pieces"
        return f"{whole} {was(there)} torn into {number(there + made)}"
    if made == 1:
        return f"a {one} was made that is not in the data"
    return f"{number(made)} {many} were made that are not in the data"


def _view(report):
    """Which distances of the data the diagrams follow, and whether sizes changed."""
    off = {}
    for change in report.changes:
        off.setdefault(change.reference, []).append(change.bottleneck)
    euclidean, geodesic = max(off["euclidean"]), max(off["geodesic"])
    said = ""
    if 2 * geodesic < euclidean:
        said = (
            "Its diagrams match the geodesic distances of the data (they differ by "
            f"{geodesic:.2g} of the size), not the Euclidean ones ({euclidean:.2g}): the data was "
            "unrolled. "
        )
    changed = [
        c.degree for c in report.changes if c.is_beyond and c.reference == report.nearest_view
    ]
    if not changed:
        return f"{said}Sizes differ no more than between two samples of the data."
    names = listed("gaps" if k == 0 else degree_name(k) for k in changed)
    return f"{said}Sizes of {names} differ more than between two samples of the data."


def above(report):
    """How many points were used, and the holes of the data and of the embedding, as text."""
    of = "" if report.n_used == report.n_points else f" of {report.n_points:,}"
    counts = (report.before, report.along, report.after)
    holes = tuple(
        (degree_name(k), *(f"{count.betti[k]} {longest(count, k)}".strip() for count in counts))
        for k in range(len(report.after.betti))
    )
    return "\n".join(
        (
            f"{report.n_used:,} points{of}, from {report.n_features} coordinates to "
            f"{report.n_components}; {report.n_neighbors} neighbours",
            "",
            str(Table(("", "before", "geodesic", "after"), holes)),
            "in brackets: the longest bars, in units of the 95% quantile of distances",
            "",
        )
    )


def longest(count, degree, n_bars=2):
    """The longest finite bars of a degree above 0, as text in brackets."""
    if degree == 0:
        return ""
    bars = count.diagram.finite()[degree]
    lengths = sorted(bars[:, 1] - bars[:, 0], reverse=True)
    shown = [f"{length:.2f}" for length in lengths[: max(n_bars, count.betti[degree])][:4]]
    return f"({', '.join(shown)})" if shown else ""
