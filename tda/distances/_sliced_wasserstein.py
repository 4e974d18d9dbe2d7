"""The sliced Wasserstein distance: one-dimensional transport along many directions."""

from __future__ import annotations

import numpy as np

from ._common import one_pair, scaled
from ._matrix import pair_matrix, vector_matrix

#: Where the direction of the diagonal's projection to one point lies; the integrand has a kink.
KINK = -np.pi / 4
GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0
#: Most numbers that the gridded vectors may hold.
MOST_NUMBERS = 1_000_000_000

OPTIONS = {"method": "grid", "n_directions": 50, "n_bins": 256}


def sliced_wasserstein_distance(A, B, *, degree=None, n_directions=50):
    r"""Sliced Wasserstein distance of two diagrams in one degree.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree. Essential classes are left out.
    degree : int, default=None
        Which degree to compare; needed where `A` or `B` is a `Diagram`.
    n_directions : int, default=50
        The number of directions to average over.

    Returns
    -------
    distance : float
        In the unit of the diagrams.

    See Also
    --------
    tda.distances.pairwise_distances : For collections, exact or on a grid.

    Notes
    -----
    With :math:`\pi_\theta` the projection on the direction :math:`\theta`,
    :math:`\pi_\Delta` that on the diagonal and :math:`W_1` the distance on the line,

    .. math:: SW(A, B) = \frac{1}{\pi} \int_{-\pi/2}^{\pi/2} W_1\bigl(
        \pi_\theta (A \cup \pi_\Delta B), \pi_\theta (B \cup \pi_\Delta A)\bigr) d\theta.

    Every direction is exact, in O((n + m) log(n + m)). The mean over the directions is a
    midpoint rule that starts at -π/4, where the diagonal projects to a point and the
    integrand has a kink: off by .1% on average and .3% at most with 50 directions, on random
    diagrams of 10 to 2,000 bars, by .5% and 1.5% with 20.

    In a matrix with ``method="grid"`` the integral over the line is taken on `n_bins` nodes in
    the range of the diagrams (those of `B`, which in a transformer are the training ones),
    shifted from direction to direction. Both errors together are .1 to .3% on average and
    mostly below 1%; up to 1% on average where few bars carry all of the distance and most are
    a hundredth of the range. gudhi takes 10 directions and of these leaves out the last: its
    values are off by 1 to 2% on average and up to 7%.

    References
    ----------
    Carrière, Cuturi, Oudot, "Sliced Wasserstein kernel for persistence diagrams", ICML 2017.

    Examples
    --------
    >>> from tda.distances import sliced_wasserstein_distance
    >>> round(sliced_wasserstein_distance([[0, 4], [1, 2]], [[0, 3]]), 3)
    1.127
    """
    return one_pair(matrix, A, B, degree, {"method": "exact", "n_directions": n_directions})


def learn(samples, options):
    """The spacing of the nodes in each direction, from the range of the reference bars."""
    if options["method"] == "exact":
        return options
    cosines = directions(options["n_directions"])
    low, high = _range([_project(bars, cosines) for bars in samples if len(bars)], len(cosines))
    width = np.maximum(high - low, 0.0)
    # A direction in which the reference has no extent still needs a spacing.
    width = np.maximum(width, 1e-3 * width.max()) if width.any() else np.ones_like(width)
    return options | {"spacing": width / options["n_bins"]}


@scaled("spacing", lambda options: 1.0)
def matrix(A, B, options, n_jobs=None, label=None):
    """All pairs of two lists of (n_bars, 2) arrays of finite bars, among `A` without `B`."""
    cosines = directions(options["n_directions"])
    if options["method"] == "exact":
        from .._kernels.pairwise import step_distance

        steps = [[_steps(bars, cosines) for bars in X] for X in (A, B or [])]
        n = len(cosines)
        between = lambda a, b: step_distance(*a, *b) / n  # noqa: E731
        return pair_matrix(
            between, steps[0], None if B is None else steps[1], n_jobs=n_jobs, label=label
        )
    from .._kernels.pairwise import ABSOLUTE

    projected = [[_project(bars, cosines) for bars in X] for X in (A, B or [])]
    spacing = options["spacing"]
    grid = _grid([p for X in projected for p in X if p[0].size], spacing)
    total = sum(map(len, projected)) * float(grid[1].sum())
    if not total <= MOST_NUMBERS or not max(np.abs(ends).max() for ends in grid) < 2.0**50:
        raise ValueError(
            f'method="grid" would need {4e-9 * total:.3g} GB for the vectors of these diagrams, '
            'since some reach far beyond the others or lie far from zero: take method="exact" '
            "or fewer n_bins, or scale the diagrams."
        )
    grid = [ends.astype(np.int64) for ends in grid]
    vectors = [np.stack([_counts(p, spacing, *grid) for p in X]) for X in projected if X]
    return vector_matrix(
        ABSOLUTE, vectors[0], None if B is None else vectors[1], n_jobs=n_jobs, label=label
    )


def directions(n):
    """Cosine and sine of `n` directions, shape (n, 2), evenly around half a circle."""
    angles = KINK + np.pi * (np.arange(n) + 0.5) / n
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _project(bars, cosines):
    """Projections of the bars and of their nearest points on the diagonal, each (dirs, n)."""
    middles = bars.mean(axis=1)
    along = cosines[:, :1] * bars[:, 0] + cosines[:, 1:] * bars[:, 1]
    return along, cosines.sum(axis=1)[:, None] * middles


def _steps(bars, cosines):
    """The signed count of projections as a step function: sorted places and jumps."""
    along, diagonal = _project(bars, cosines)
    places = np.concatenate([along, diagonal], axis=1)
    order = np.argsort(places, axis=1, kind="stable")
    jumps = np.where(order < len(bars), 1, -1)
    return np.take_along_axis(places, order, axis=1), jumps


def _range(projected, n):
    if not projected:
        return np.zeros(n), np.zeros(n)
    low = np.min([np.minimum(*(part.min(axis=1) for part in p)) for p in projected], axis=0)
    high = np.max([np.maximum(*(part.max(axis=1) for part in p)) for p in projected], axis=0)
    return low, high


def _shifts(n):
    return np.arange(n) * GOLDEN % 1.0


def _grid(projected, spacing):
    """First node and number of nodes of each direction, to hold all of the diagrams.

    Nodes lie at multiples of the spacing, shifted by direction, so that they do not depend on the
    batch. Beyond its own bars the count of a diagram is zero, and zeros do not change a sum.
    """
    low, high = _range(projected, len(spacing))
    shifts = _shifts(len(spacing))
    with np.errstate(over="ignore", invalid="ignore"):
        first = np.floor(low / spacing - shifts)
        last = np.ceil(high / spacing - shifts)
    return first, last - first + 1


def _counts(projected, spacing, first, sizes):
    """The signed count at the nodes, times the weight of a node, as one vector."""
    shifts = _shifts(len(spacing))
    starts = np.cumsum(sizes) - sizes
    jumps = np.zeros(sizes.sum())
    for part, sign in zip(projected, (1.0, -1.0), strict=True):
        # A projection counts from the first node at or beyond it.
        node = np.ceil(part / spacing[:, None] - shifts[:, None]).astype(np.int64)
        places = (node - first[:, None] + starts[:, None]).ravel()
        jumps += sign * np.bincount(places, minlength=jumps.size)
    # Every direction ends at zero, so that the sum may run on through all of them.
    counts = np.cumsum(jumps)
    return (counts * np.repeat(spacing / len(spacing), sizes)).astype(np.float32)
