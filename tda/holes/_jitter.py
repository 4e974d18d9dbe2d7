"""Counting on a lattice: rounded values spread over the step that they were rounded to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .._words import listed

__all__ = ["check_jitter", "count_jittered", "steps_of"]

#: Clouds that are drawn.
N_CLOUDS = 9


def check_jitter(metric):
    if not (isinstance(metric, str) and metric == "euclidean"):
        raise ValueError(
            f'method="jitter" moves points, so it takes a cloud and metric="euclidean", not '
            f"metric={metric!r}."
        )


def steps_of(X):
    """The step of each column: the least distance of two values of it; 0 for a constant one.

    Values that differ by rounding of the last bits are one.
    """
    steps = np.zeros(X.shape[1])
    for j, column in enumerate(X.T):
        gaps = np.diff(np.unique(column))
        gaps = gaps[gaps > 1e-9 * np.abs(column).max(initial=0.0)]
        steps[j] = gaps.min() if gaps.size else 0.0
    return steps


def count_jittered(X, count, level, rng):
    """Count the holes of a lattice: of clouds with every value moved within its step.

    A value that was rounded stands for all of its step, and points on a lattice have no noise that
    could be compared with that of random ones. Each cloud has a p-value for its strongest hole, its
    second, and so on; twice the median over the clouds is again one, whatever their dependence
    (Rüschendorf, Adv. Appl. Probab. 14, 1982).

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    count : callable (cloud) -> HoleCount
    level : float
    rng : RandomState

    Returns
    -------
    HoleCount
        The one of the middle cloud, with these p-values.
    """
    steps = steps_of(X)
    counts = [count(X + (rng.random_sample(X.shape) - 0.5) * steps) for _ in range(N_CLOUDS)]
    degrees = range(len(counts[0].betti))

    def ranked(one, k):
        return [hole for hole in one.candidates if hole.degree == k]

    renewed = []
    typical = min(counts, key=lambda one: _distance(one, counts, ranked, degrees))
    for k in degrees:
        for rank, hole in enumerate(ranked(typical, k)):
            p_values = [
                each[rank].p_value if rank < len(each) else 1.0
                for each in (ranked(one, k) for one in counts)
            ]
            renewed.append(replace(hole, p_value=min(2 * float(np.median(p_values)), 1.0)))
    holes = tuple(hole for hole in renewed if hole.p_value <= level)
    betti = [sum(hole.degree == k for hole in holes) for k in degrees]
    betti[0] += 1
    note = (
        f"every value was moved within its step ({listed(f'{step:g}' for step in steps[:6])}"
        f"{' …' if len(steps) > 6 else ''}), {N_CLOUDS} times: p-values are twice the median."
    )
    notes = [text for text in typical.notes if "lattice" not in text]
    return replace(
        typical,
        betti=tuple(betti),
        holes=holes,
        candidates=tuple(renewed),
        method="jitter",
        labels=typical.labels if betti[0] == typical.betti[0] else None,
        thresholds={},
        notes=(note, *notes),
    )


def _distance(one, counts, ranked, degrees):
    """How far the p-values of the strongest holes are from their medians."""
    off = 0.0
    for k in degrees:
        first = [next((h.p_value for h in ranked(c, k)), 1.0) for c in counts]
        own = next((h.p_value for h in ranked(one, k)), 1.0)
        off += abs(own - np.median(first))
    return off
