"""The bottleneck distance: the longest distance that a bar has to move."""

from __future__ import annotations

import numpy as np

from ._common import NO_MATCHING, Matching, bars_of, end_gaps, in_order, pair_up, split_bars
from ._ground import MOST_PAIRS, ground_ways


def bottleneck_distance(A, B, *, degree=None):
    r"""Bottleneck distance of two diagrams in one degree.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree, in the same unit.
    degree : int, default=None
        Which degree to compare; needed where `A` or `B` is a `Diagram`.

    Returns
    -------
    distance : float
        In the unit of the diagrams; infinite if their essential classes differ in number.

    Raises
    ------
    ValueError
        If a diagram has another shape or holds NaN, or `degree` is missing.

    See Also
    --------
    bottleneck_matching : Which bar goes where.
    tda.distances.pairwise_distances : For collections, and several degrees.

    Notes
    -----
    The least :math:`\varepsilon` for which some bars of `A` can be matched one to one with
    bars of `B`, each within :math:`\varepsilon` in birth and in death, while all others are
    shorter than :math:`2\varepsilon`. Exact. Essential classes are matched in the order of
    their births; those that die at :math:`\infty` and those of superlevel filtrations, which die
    at :math:`-\infty`, never meet. Bars that run upward and bars that run downward lie on two
    sides of the diagonal, so that no optimal matching joins them.

    The least of the n m + n + m possible values that allows a matching, which is tried with
    SciPy's Hopcroft and Karp algorithm on the bars that are too long for the diagonal: O(n m)
    memory. Diagrams too large for that go to Hera (Kerber, Morozov, Nigmetov, J. Exp.
    Algorithmics 22, 2017) as gudhi ships it. ``gudhi.bottleneck_distance`` 3.13 is not
    taken: of small diagrams it may return more than the distance.

    References
    ----------
    Cohen-Steiner, Edelsbrunner, Harer, "Stability of persistence diagrams", Discrete &
    Computational Geometry 37 (2007).

    Examples
    --------
    >>> from tda.distances import bottleneck_distance
    >>> bottleneck_distance([[0, 4], [1, 2]], [[0, 3]])
    1.0
    >>> bottleneck_distance([[0, float("inf")], [0, 4]], [[1, float("inf")]])
    2.0
    >>> bottleneck_distance([[0, float("inf")]], [[0, 4]])
    inf
    """
    return between(split_bars(bars_of(A, degree, "A")), split_bars(bars_of(B, degree, "B")))


def between(P, Q):
    """The distance of two `Parts`."""
    gaps = end_gaps(P, Q)
    if gaps is None:
        return np.inf
    finite = (_of_runs(a, b) for a, b in zip(P.runs, Q.runs, strict=True))
    return max(float(gaps.max(initial=0.0)), *finite)


def _of_runs(A, B):
    if len(A) == 0 or len(B) == 0:
        return float(np.ptp(A if len(A) else B, axis=1).max(initial=0.0) / 2)
    if np.array_equal(A, B):
        return 0.0
    if len(A) * len(B) > MOST_PAIRS:
        from gudhi.hera import bottleneck_distance as hera

        return float(hera(A, B, delta=0.0) if in_order(A, B) else hera(B, A, delta=0.0))
    ways = ground_ways(A, B, np.inf)
    halves = np.ptp(A, axis=1) / 2, np.ptp(B, axis=1) / 2
    # A bar moves at least to its nearest goal, and mostly all bars can do so at once.
    nearest = (np.minimum(ways.min(axis=1 - i), halves[i]).max() for i in (0, 1))
    low, high = max(nearest), max(half.max() for half in halves)
    if _suffices(low, ways, halves):
        return float(low)
    # An upper bound that is near, so that few candidates are left.
    step = (high - low) / 64
    while low + step < high and not _suffices(low + step, ways, halves):
        low, step = low + step, 2 * step
    high = min(low + step, high)
    values = np.unique(np.concatenate([ways[(ways >= low) & (ways <= high)], *halves]))
    values = values[(values >= low) & (values <= high)]
    first, last = 0, len(values) - 1
    while first < last:
        middle = (first + last) // 2
        enough = _suffices(values[middle], ways, halves)
        first, last = (first, middle) if enough else (middle + 1, last)
    return float(values[first])


def _suffices(distance, ways, halves):
    """Whether there is a matching within a distance.

    A bar is long if the diagonal is too far from it. There is a matching if the long bars of `A`
    can be matched with any of `B`, and the long bars of `B` with any of `A`: two such matchings can
    be combined into one (Mendelsohn and Dulmage, Canad. J. Math. 10, 1958).
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    for half, way in ((halves[0], ways), (halves[1], ways.T)):
        near = way[half > distance] <= distance
        if not near.any(axis=1).all():
            return False
        # The column that each row is matched with, -1 for none.
        if len(near) > 1 and (maximum_bipartite_matching(csr_array(near), "column") < 0).any():
            return False
    return True


def bottleneck_matching(A, B, *, degree=None):
    """Match two diagrams so that the longest distance between matched bars is as small as possible.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree, in the same unit.
    degree : int, default=None
        Which degree to compare; needed if `A` or `B` is a `Diagram`.

    Returns
    -------
    matching : Matching
        ``distance``, ``pairs`` and ``costs``. One of many optimal matchings: bars for which
        it makes no difference are matched where they fit, not where they are nearest. No
        pairs if the distance is infinite.

    Notes
    -----
    A perfect matching among the pairs that are no farther apart than the distance (Hopcroft and
    Karp's algorithm in SciPy): O((n + m)²) memory.

    Examples
    --------
    >>> from tda.distances import bottleneck_matching
    >>> matching = bottleneck_matching([[0, 4], [1, 2]], [[0, 3]])
    >>> matching.distance, matching.pairs.tolist(), matching.costs.tolist()
    (1.0, [[0, 0], [1, -1]], [1.0, 0.5])
    """
    P, Q = (split_bars(bars_of(X, degree, name)) for X, name in ((A, "A"), (B, "B")))
    distance = between(P, Q)
    if distance == np.inf:
        return NO_MATCHING
    pairs, costs = [pair_up(P, Q)], [end_gaps(P, Q)]
    for a, b, rows_a, rows_b in zip(P.runs, Q.runs, P.run_rows, Q.run_rows, strict=True):
        found, cost = _match_runs(a, b, distance)
        rows_a, rows_b = np.append(rows_a, -1), np.append(rows_b, -1)  # -1 stays -1
        pairs.append(np.column_stack([rows_a[found[:, 0]], rows_b[found[:, 1]]]))
        costs.append(cost)
    return Matching(distance, np.concatenate(pairs), np.concatenate(costs))


def _match_runs(A, B, distance):
    """Pairs and costs of a matching within a distance that is known to be large enough."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    n, m = len(A), len(B)
    if n + m == 0:
        return np.zeros((0, 2), np.int64), np.zeros(0)
    # Rows are the bars of A, then a place on the diagonal for each of B; columns likewise.
    costs = np.zeros((n + m, n + m))
    costs[:n, :m] = np.abs(A[:, None] - B).max(axis=2)
    costs[:n, m:] = (np.ptp(A, axis=1) / 2)[:, None]
    costs[n:, :m] = np.ptp(B, axis=1) / 2
    # The distance is one of the costs, up to a rounding of its last bits.
    allowed = costs <= distance * (1 + 1e-12)
    columns = maximum_bipartite_matching(csr_array(allowed), perm_type="column")
    rows = np.arange(n + m)
    pairs = np.column_stack([np.where(rows < n, rows, -1), np.where(columns < m, columns, -1)])
    keep = (pairs >= 0).any(axis=1)
    return pairs[keep], costs[rows, columns][keep]
