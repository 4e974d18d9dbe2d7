"""Notes on when a zero of `count_holes` is not reliable."""

from __future__ import annotations

import numpy as np

from .._words import degree_name
from ._correction import degree_shares
from ._null import best_case_ratio, null_quantile, null_size
from ._statistics import component_size


def size_notes(count):
    """Where the sample is too small to show a hole, and what the strongest one would need."""
    notes = []
    if count.method != "monte_carlo":
        return notes
    for k in range(1, len(count.betti)):
        if count.betti[k]:
            continue
        least = least_points(count, k)
        if least > count.n_landmarks:
            notes.append(
                f"{points(count.n_landmarks)} too few to see a {degree_name(k, 1)}: even that of a "
                f"round {'circle' if k == 1 else 'sphere'} takes about {least:,}. The 0 means not "
                "seen, not absent."
            )
            continue
        strongest = next((hole for hole in count.candidates if hole.degree == k), None)
        # A bar that noise beats more often than not is no hint of a hole.
        if strongest is not None and strongest.p_value <= 0.5:
            needed = count.points_needed(k)
            if needed is not None and needed > count.n_landmarks:
                notes.append(
                    f"the strongest {degree_name(k, 1)} (ratio {strongest.ratio:.2f}, p = "
                    f"{strongest.p_value:.2g}) is not significant; if it is real, it takes at "
                    f"least about {needed:,} points."
                )
    return notes


def least_points(count, degree):
    """The least size at which the hole of a round sphere is significant as a rule."""
    for n in np.unique(np.geomspace(5, 2000, 80).astype(int)):
        best = best_case_ratio(complex=count.complex, degree=degree, n=n)
        threshold = null_quantile(
            count.level * degree_shares(len(count.betti))[degree],
            complex=count.complex,
            degree=degree,
            dimension=degree + 1,
            n=null_size(n, count.on_sphere),
        )
        if best >= threshold:
            return round_up(n)
    return 2000


def component_notes(n):
    least = 2 * component_size(n)
    if n >= least:
        return []
    return [f"{points(n)} too few to detect components: it takes {least}."]


def points(n):
    return "1 point is" if n == 1 else f"{n:,} points are"


def round_up(n):
    """Two significant digits, upwards."""
    step = 10 ** max(int(np.floor(np.log10(n))) - 1, 0)
    return int(np.ceil(n / step) * step)
