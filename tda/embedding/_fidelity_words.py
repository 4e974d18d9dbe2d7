"""What `embedding_report` says in words."""

from __future__ import annotations

NAMES = {0: ("component", "components"), 1: ("loop", "loops"), 2: ("void", "voids")}
NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
MEASURES = (
    "trustworthiness",
    "continuity",
    "recall",
    "r_nx_area",
    "spearman_euclidean",
    "spearman_geodesic",
)


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
            f"{report.trustworthiness:.2g})"
        )
    if report.tears:
        neighbors.append(f"neighbours were torn apart (continuity {report.continuity:.2g})")
    if not faults and not neighbors:
        if report.keeps_neighbors:
            return f"Faithful: neighbours are kept, no hole is lost or made. {_view(report)}"
        return (
            "Faithful at large: no hole is lost or made and neighbours stay near, but of the "
            f"{report.n_neighbors} nearest of a point only {report.recall:.0%} are kept. "
            f"{_view(report)}"
        )
    said = f"Not faithful: {_listed(faults + neighbors)}."
    if not neighbors:
        said += (
            " Neighbours alone do not show it: trustworthiness "
            f"{report.trustworthiness:.3g}, continuity {report.continuity:.3g}."
        )
    return said


def _lost(degree, lost, there):
    one, many = NAMES[degree]
    if degree == 0:
        left = there - lost
        rest = "one" if left == 1 else _number(left)
        return f"{_number(there)} components were run together into {rest}"
    if lost == there:
        whole = {1: f"the {one} was", 2: f"both {many} were"}
        return f"{whole.get(there, f'all {_number(there)} {many} were')} lost"
    return f"{_number(lost)} of the {_number(there)} {many} {_were(lost)} lost"


def _made(degree, made, there):
    one, many = NAMES[degree]
    if degree == 0:
        whole = "one piece" if there == 1 else f"{_number(there)} pieces"
        return f"{whole} {_were(there)} torn into {_number(there + made)}"
    if made == 1:
        return f"a {one} was made that is not in the data"
    return f"{_number(made)} {many} were made that are not in the data"


def _view(report):
    """Which distances of the data the diagrams follow, and whether sizes changed."""
    off = {}
    for change in report.changes:
        off.setdefault(change.reference, []).append(change.bottleneck)
    euclidean, geodesic = max(off["euclidean"]), max(off["geodesic"])
    said = ""
    if 2 * geodesic < euclidean:
        said = (
            f"Diagrams follow geodesic distances ({geodesic:.2g} of the size off) and not "
            f"Euclidean ones ({euclidean:.2g}): it is unrolled. "
        )
    changed = [
        c.degree for c in report.changes if c.is_beyond and c.reference == report.nearest_view
    ]
    if not changed:
        return f"{said}Sizes differ no more than those of two samples."
    names = _listed([{0: "gaps"}.get(k, NAMES[k][1]) for k in changed])
    return f"{said}Sizes of {names} differ more than those of two samples."


def table(report):
    """The numbers of a report, as text."""
    of = "" if report.n_used == report.n_points else f" of {report.n_points:,}"
    lines = [
        f"{report.n_used:,} points{of}, from {report.n_features} coordinates to "
        f"{report.n_components}; {report.n_neighbors} neighbours",
        "",
    ]
    lines += [f"{name.replace('_', ' '):20} {getattr(report, name):7.3f}" for name in MEASURES]
    degrees = range(len(report.after.betti))
    lines += ["", f"{'':20} {'before':>18} {'geodesic':>18} {'after':>18}"]
    for k in degrees:
        cells = [
            f"{count.betti[k]}" + (f" ({lengths})" if (lengths := longest(count, k)) else "")
            for count in (report.before, report.along, report.after)
        ]
        lines.append(f"{NAMES[k][1]:20} " + " ".join(f"{cell:>18}" for cell in cells))
    lines.append("in brackets the longest bars, in units of the 95% quantile of distances")
    lines += [
        "",
        f"{'diagrams, off by':20} {'bottleneck':>10} {'halves':>7} {'Wasserstein':>12} halves",
    ]
    for c in report.changes:
        name = f"{c.reference}, degree {c.degree}"
        lines.append(
            f"{name:20} {c.bottleneck:10.3f} {c.bottleneck_spread:7.3f} {c.wasserstein:12.3f} "
            f"{c.wasserstein_spread:6.3f}" + ("  beyond sampling" if c.is_beyond else "")
        )
    return "\n".join(lines)


def longest(count, degree, n_bars=2):
    """The longest finite bars of a degree above 0, as text."""
    if degree == 0:
        return ""
    bars = count.diagram.finite()[degree]
    lengths = sorted(bars[:, 1] - bars[:, 0], reverse=True)
    return ", ".join(f"{length:.2f}" for length in lengths[: max(n_bars, count.betti[degree])][:4])


def _number(n):
    return NUMBERS[n] if n < len(NUMBERS) else f"{n:,}"


def _were(n):
    return "was" if n == 1 else "were"


def _listed(parts):
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
