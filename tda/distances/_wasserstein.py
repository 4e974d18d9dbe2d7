"""Wasserstein distances: the least total distance that the bars have to move."""

from __future__ import annotations

import numpy as np

from ._auction import auction
from ._common import (
    NO_MATCHING,
    Matching,
    bars_of,
    check_options,
    end_gaps,
    in_order,
    pair_up,
    split_bars,
)
from ._ground import MOST_PAIRS, diagonal_ways, ground_ways, norm

#: The least cost of a bar, in the unit of the costs, that is free of rounding to nine digits.
LEAST_COST = 2e-6


def wasserstein_distance(A, B, *, degree=None, order=2.0, internal_p=np.inf, delta=0.0):
    r"""Wasserstein distance of two diagrams in one degree.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree, in the same unit.
    degree : int, default=None
        Which degree to compare; needed where `A` or `B` is a `Diagram`.
    order : float, default=2.0
        The exponent q of the distances, at least 1.
    internal_p : float, default=inf
        The ground norm, in which the distance of two points is measured: the p-norm of the plane.
    delta : float, default=0.0
        0 is exact and takes O(n m) memory. Otherwise the answer is at most ``1 + delta`` times the
        distance, and takes O(n + m) memory. This is for diagrams of more than about five thousand
        bars.

    Returns
    -------
    distance : float
        In the unit of the diagrams; infinite if their essential classes differ in number.

    Raises
    ------
    ValueError
        If a diagram has another shape or holds NaN, a parameter is out of its range, or `delta`
        cannot help for diagrams that are too large for the exact answer.

    See Also
    --------
    wasserstein_matching : Which bar goes where.
    tda.distances.pairwise_distances : For collections, and several degrees.

    Notes
    -----
    With :math:`\gamma` over the matchings of the two diagrams, in which any bar may also be
    matched to the diagonal,

    .. math:: W_q(A, B) = \Bigl(\min_\gamma \sum_{(a, b) \in \gamma} \|a - b\|_p^q\Bigr)^{1/q}.

    A bar of length l is :math:`2^{1/p - 1} l` away from the diagonal. Essential classes are
    matched in the order of their births. The exact answer is an assignment of n × m bars, with
    what a pair saves over the diagonal as its weight (SciPy's solver, Crouse 2016, in
    :math:`O(n m \min(n, m))` at worst). With `delta` it is Hera's auction (Kerber, Morozov,
    Nigmetov 2017) as gudhi ships it.

    giotto-tda has the same order by default, with ``delta=0.01``; gudhi has order 1. persim's
    ``wasserstein`` is order 1 with ``internal_p=2``; Turner et al. (2014) take 2 and 2.

    Hera's auction may never end where its steps are smaller than the rounding of its prices:
    for near diagrams and high orders. There, and for an `internal_p` above 20 other than inf,
    the exact answer is given with `delta` too.

    References
    ----------
    Cohen-Steiner, Edelsbrunner, Harer, Mileyko, "Lipschitz functions have L_p-stable
    persistence", Foundations of Computational Mathematics 10 (2010).

    Examples
    --------
    >>> from tda.distances import wasserstein_distance
    >>> wasserstein_distance([[0, 4], [1, 2]], [[0, 3]], order=1)
    1.5
    >>> wasserstein_distance([[0, 2]], [], internal_p=1)
    2.0
    """
    check_exponents(order, internal_p, delta)
    P, Q = split_bars(bars_of(A, degree, "A")), split_bars(bars_of(B, degree, "B"))
    return between(P, Q, order, internal_p, delta)


def between(P, Q, order, internal_p, delta):
    """The distance of two `Parts`, for checked exponents."""
    gaps = end_gaps(P, Q)
    if gaps is None:
        return np.inf
    parts = [gaps]
    for a, b in zip(P.runs, Q.runs, strict=True):
        if delta == 0:
            parts.append(match_runs(a, b, order, internal_p)[1])
        else:
            parts.append(_approximate(a, b, order, internal_p, delta))
    return norm(np.concatenate(parts), order)


def wasserstein_matching(A, B, *, degree=None, order=2.0, internal_p=np.inf):
    """Match two diagrams so that the total distance between matched bars is as small as possible.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree, in the same unit.
    degree : int, default=None
        Which degree to compare; needed if `A` or `B` is a `Diagram`.
    order : float, default=2.0
        The exponent q of the distances, at least 1.
    internal_p : float, default=inf
        The distance of two points is the p-norm of the plane for this p.

    Returns
    -------
    matching : Matching
        ``distance``, ``pairs`` and ``costs``. No pairs if the distance is infinite.

    Examples
    --------
    >>> from tda.distances import wasserstein_matching
    >>> matching = wasserstein_matching([[1, 2], [0, 4]], [[0, 3]], order=1)
    >>> matching.distance, matching.pairs.tolist(), matching.costs.tolist()
    (1.5, [[1, 0], [0, -1]], [1.0, 0.5])
    """
    check_exponents(order, internal_p, 0.0)
    P, Q = (split_bars(bars_of(X, degree, name)) for X, name in ((A, "A"), (B, "B")))
    gaps = end_gaps(P, Q)
    if gaps is None:
        return NO_MATCHING
    pairs, costs = [pair_up(P, Q)], [gaps]
    for a, b, rows_a, rows_b in zip(P.runs, Q.runs, P.run_rows, Q.run_rows, strict=True):
        found, cost = match_runs(a, b, order, internal_p)
        rows_a, rows_b = np.append(rows_a, -1), np.append(rows_b, -1)  # -1 stays -1
        pairs.append(np.column_stack([rows_a[found[:, 0]], rows_b[found[:, 1]]]))
        costs.append(cost)
    costs = np.concatenate(costs)
    return Matching(norm(costs, order), np.concatenate(pairs), costs)


def match_runs(A, B, order, internal_p):
    """Pairs, with -1 for the diagonal, and the distance of each, for finite bars that run
    upward."""
    if not in_order(A, B):
        pairs, ways = match_runs(B, A, order, internal_p)
        return pairs[:, ::-1], ways
    if np.array_equal(A, B):
        return np.repeat(np.arange(len(A))[:, None], 2, axis=1), np.zeros(len(A))
    to_diagonal = [diagonal_ways(run, internal_p) for run in (A, B)]
    between = ground_ways(A, B, internal_p)
    unit = max(ways.max(initial=0.0) for ways in to_diagonal)
    while True:
        pairs, ways = _assign(between, to_diagonal, order, unit)
        # Costs are rounded in the unit. If the total is far below the unit, rounding may change the
        # matching. Then it is computed again, in a unit that no distance of the best matching
        # exceeds.
        total = norm(ways, order)
        if total == 0 or (total / unit) ** order > min(LEAST_COST * len(ways), 0.5):
            return pairs, ways
        unit = total


def _assign(between, to_diagonal, order, unit):
    """The matching of least cost and its distances; the costs are ``(distance / unit) ** order``.

    Distances to the diagonal that cost more than 4 count as 4. This is correct if the least total
    cost is below 4.
    """
    from scipy.optimize import linear_sum_assignment

    a, b = (np.minimum(ways / unit, 4.0 ** (1.0 / order)) ** order for ways in to_diagonal)
    # A pair that costs 8 or more is no better than two bars on the diagonal.
    saved = a[:, None] + b - np.minimum(between / unit, 8.0 ** (1.0 / order)) ** order
    i, j = linear_sum_assignment(np.maximum(saved, 0.0), maximize=True)
    worth = saved[i, j] > 0
    i, j = i[worth], j[worth]
    alone = [
        np.setdiff1d(np.arange(n), used) for n, used in zip(between.shape, (i, j), strict=True)
    ]
    pairs = np.concatenate(
        [
            np.column_stack([i, j]),
            np.column_stack([alone[0], np.full(alone[0].size, -1)]),
            np.column_stack([np.full(alone[1].size, -1), alone[1]]),
        ]
    )
    ways = [between[i, j], to_diagonal[0][alone[0]], to_diagonal[1][alone[1]]]
    return pairs, np.concatenate(ways)


def _approximate(A, B, order, internal_p, delta):
    """Numbers whose norm is at most ``1 + delta`` times the distance of two sets of bars."""
    if len(A) == 0 or len(B) == 0:
        return diagonal_ways(A if len(A) else B, internal_p)
    if np.array_equal(A, B):
        return np.zeros(0)
    found = auction(A, B, order, internal_p, delta)
    if found is not None:
        return np.array([found])
    if len(A) * len(B) > MOST_PAIRS:
        raise ValueError(
            f"delta={delta:g} with order={order:g} and internal_p={internal_p:g} is out of reach "
            f"for diagrams of {len(A):,} and {len(B):,} bars as near as these: take a lower order "
            "and internal_p=inf, leave out short bars, or call bottleneck_distance."
        )
    return match_runs(A, B, order, internal_p)[1]


def check_exponents(order, internal_p, delta):
    """Raise ValueError where one of the three parameters is out of its range."""
    check_options({"order": order, "internal_p": internal_p, "delta": delta})
    if order == np.inf:
        raise ValueError("order=inf is bottleneck_distance: call that one.")
