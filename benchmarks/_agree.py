"""Whether two engines found the same diagrams, or computed the same numbers."""

from __future__ import annotations

import numpy as np

# Relative to the largest finite value: what the number format allows.
TOLERANCE = {"float64": 1e-9, "float32": 1e-5}


def compare_files(ours, theirs, precision="float64", tolerance=None):
    """Compare two files as `_worker.py` saves them, of bars or of numbers.

    Returns a dict: `agree`, and `distance`, a bound on the bottleneck distance in every sample
    and degree, relative to the largest finite value. `distance` is exact where they disagree,
    but for diagrams too large for that, where a disagreement may be one of order alone. Of
    numbers it is the largest difference, relative to the largest of them.
    """
    with np.load(ours) as a, np.load(theirs) as b:
        ours, theirs = dict(a), dict(b)
    tolerance = tolerance or TOLERANCE[precision]
    if "values" in ours:
        worst = difference(ours["values"], theirs["values"])
        return {"agree": bool(worst <= tolerance), "distance": worst}
    scale = np.max(np.abs(ours["bars"]), initial=0.0, where=np.isfinite(ours["bars"])) or 1.0
    worst = 0.0
    for A, B in zip(_split(ours, theirs), _split(theirs, ours), strict=True):
        worst = max(worst, distance(A, B, tolerance * scale) / scale)
    return {"agree": bool(worst <= tolerance), "distance": float(worst)}


def difference(A, B):
    """Largest difference of two arrays relative to the largest value; inf if shapes differ."""
    if A.shape != B.shape:
        return np.inf
    return float(np.max(np.abs(A - B), initial=0.0) / (np.max(np.abs(A), initial=0.0) or 1.0))


def _split(bars, other):
    """Bars by sample and degree, empty where only the other has any."""
    n = 1 + max(d["sample"].max(initial=0) for d in (bars, other))
    top = 1 + max(d["degree"].max(initial=0) for d in (bars, other))
    key = bars["sample"] * int(top) + bars["degree"]
    order = np.argsort(key, kind="stable")
    cuts = np.searchsorted(key[order], np.arange(1, n * int(top)))
    return np.split(bars["bars"][order], cuts)


def distance(A, B, tolerance, most=5000):
    """Bottleneck distance of two arrays of bars, exact if it is above `tolerance`.

    Else, or with more than `most` bars, that of one matching: an upper bound.
    """
    A, B = A[A[:, 0] != A[:, 1]], B[B[:, 0] != B[:, 1]]
    ends = np.isfinite(A).all(axis=1), np.isfinite(B).all(axis=1)
    apart = _essential(A[~ends[0]], B[~ends[1]])
    A, B = A[ends[0]], B[ends[1]]
    # A bar this short matches the diagonal at half its length; an engine may drop it.
    long = A[np.ptp(A, axis=1) > tolerance], B[np.ptp(B, axis=1) > tolerance]
    dropped = tolerance / 2 if len(long[0]) < len(A) or len(long[1]) < len(B) else 0.0
    bound = max(apart, dropped, _in_order(*long))
    if bound <= tolerance or max(len(A), len(B)) > most:
        return bound
    import gudhi

    return max(apart, gudhi.bottleneck_distance(A, B))


def _essential(A, B):
    """Distance of bars with an infinite end: the other ends in order, of each kind of bar."""
    kinds = [np.where(np.isfinite(bars), 0.0, bars) for bars in (A, B)]
    values = [np.where(np.isfinite(bars), bars, 0.0) for bars in (A, B)]
    orders = [np.lexsort([*v.T, *k.T]) for v, k in zip(values, kinds, strict=True)]
    kinds, values = ([x[at] for x, at in zip(y, orders, strict=True)] for y in (kinds, values))
    if len(A) != len(B) or not np.array_equal(*kinds):
        return np.inf
    return float(np.max(np.abs(values[0] - values[1]), initial=0.0))


def _in_order(A, B):
    """Largest difference of bars paired in order of birth, then death."""
    if len(A) != len(B):
        return np.inf
    A, B = (bars[np.lexsort(bars.T[::-1])] for bars in (A, B))
    return float(np.max(np.abs(A - B), initial=0.0))
