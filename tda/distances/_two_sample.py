"""Whether two groups of diagrams differ: a permutation test on their distances."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from .._html import bar_chart
from .._progress import progress
from .._report import Report
from .._units import in_range, unit_of
from ..diagrams import Diagrams, as_diagrams
from ._pairwise import pairwise_distances

#: Permutations that are done at once.
BATCH = 500


@dataclass(frozen=True, eq=False)
class TwoSampleTest(Report):
    """What `two_sample_test` found; prints as a verdict and a table.

    Attributes
    ----------
    statistic : float
        The joint loss of the two groups: small where each is close together.
    p_value : float
        The share of the divisions, the given one among them, that are no worse.
    n_permutations : int
    sizes : (int, int)
        Number of diagrams of each group.
    metric : str
    exponent : float
    permuted : ndarray of shape (n_permutations,)
        The joint losses of random divisions.
    distances : ndarray of shape (n, n)
        Of all diagrams, those of the first group first.
    """

    statistic: float
    p_value: float
    n_permutations: int
    sizes: tuple
    metric: str
    exponent: float
    permuted: np.ndarray = field(repr=False)
    distances: np.ndarray = field(repr=False)

    @property
    def verdict(self):
        """The p-value and what it is of, in words."""
        least = 1 / (self.n_permutations + 1)
        limit = ", the least it can be" if self.p_value <= least * (1 + 1e-9) else ""
        return (
            f"{self.sizes[0]} against {self.sizes[1]} diagrams, {self.metric} distance: "
            f"p = {self.p_value:.3g} ({self.n_permutations} permutations{limit}); "
            f"joint loss {self.statistic:.4g}, of random divisions "
            f"{np.mean(self.permuted):.4g} on average."
        )

    def _figure(self):
        rows = self._rows()
        return bar_chart(
            [row["pairs"] for row in rows],
            [row["mean_distance"] for row in rows],
            low=0.0,
            label="mean distance of diagrams",
        )

    _names = ("pairs",)

    def _rows(self):
        """A row for the pairs within either group, and one for those between them."""
        n = self.sizes[0]
        parts = {
            "within the first": self.distances[:n, :n][np.triu_indices(n, 1)],
            "within the second": self.distances[n:, n:][np.triu_indices(self.sizes[1], 1)],
            "between": self.distances[:n, n:].ravel(),
        }
        return [
            {
                "pairs": name,
                "n_pairs": part.size,
                "mean_distance": part.mean(),
                "largest_distance": part.max(),
            }
            for name, part in parts.items()
        ]

    def _columns(self):
        return {
            "pairs": ("pairs", "s"),
            "number": ("n_pairs", "d"),
            "mean distance": ("mean_distance", ".4g"),
            "largest": ("largest_distance", ".4g"),
        }


def two_sample_test(
    A,
    B,
    *,
    metric="wasserstein",
    degrees=None,
    exponent=2.0,
    n_permutations=999,
    essential="match",
    random_state=None,
    n_jobs=None,
    verbose=False,
    **options,
):
    r"""Test whether the diagrams of two groups of shapes have the same distribution.

    Parameters
    ----------
    A, B : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        The two groups, at least two diagrams each.
    metric : str or callable, default="wasserstein"
        A metric of `pairwise_distances`. Its options follow as keywords, such as ``order`` of the
        Wasserstein distance.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed.
    exponent : float, default=2.0
        The power q of the distances in the loss. Not the ``order`` of a Wasserstein distance.
    n_permutations : int, default=999
        Number of random divisions to compare with. The least p-value is one divided by this number
        plus one.
    essential : {"match", "drop"}, default="match"
        Classes that never die: "match" matches them with each other, "drop" leaves them out.
    random_state : int, RandomState or None, default=None
    n_jobs : int, default=None
        Number of threads for the distances, as in joblib.
    verbose : bool, default=False
        Show progress bars.

    Returns
    -------
    test : TwoSampleTest
        ``statistic``, ``p_value`` and the permuted statistics; prints as a sentence.

    Raises
    ------
    ValueError
        If a group has less than two diagrams, or a distance is infinite.

    Notes
    -----
    The statistic is the joint loss

    .. math:: \sum_{m=1}^{2} \frac{1}{2 n_m (n_m - 1)} \sum_{i, j} d(X_{m,i}, X_{m,j})^q

    of the two groups, which is small if each is close together, and the p-value the share of
    divisions into groups of these sizes whose loss is no larger. The given division counts as
    one of them, so that the p-value is never zero and the test keeps its level for any number
    of permutations. All n(n - 1)/2 distances are computed once; a permutation costs O(n²).

    References
    ----------
    Robinson, Turner, "Hypothesis testing for topological data analysis", Journal of Applied and
    Computational Topology 1 (2017).

    Examples
    --------
    >>> from tda import RipsPersistence, two_sample_test
    >>> from tda.datasets import make_circle, make_disk
    >>> circles = [make_circle(40, noise=0.1, random_state=i).points for i in range(6)]
    >>> disks = [make_disk(40, random_state=i).points for i in range(6)]
    >>> rips = RipsPersistence()
    >>> groups = rips.fit_transform(circles), rips.fit_transform(disks)
    >>> test = two_sample_test(*groups, degrees=1, random_state=0)
    >>> test.p_value < 0.01
    True
    >>> print(test)
    6 against 6 diagrams, wasserstein distance: p = 0.00... (999 permutations...); joint loss ...
    """
    if not isinstance(n_permutations, Integral) or n_permutations < 1:
        raise ValueError(f"n_permutations={n_permutations!r}; it must be 1, 2, ….")
    if not exponent > 0 or not np.isfinite(exponent):
        raise ValueError(f"exponent={exponent!r}; it must be a positive number.")
    groups = as_diagrams(A, name="A"), as_diagrams(B, name="B")
    sizes = tuple(map(len, groups))
    if min(sizes) < 2:
        raise ValueError(f"the groups have {sizes[0]} and {sizes[1]} diagrams; 2 each are needed.")
    distances = pairwise_distances(
        Diagrams([*groups[0], *groups[1]]),
        metric=metric,
        degrees=degrees,
        essential=essential,
        n_jobs=n_jobs,
        verbose=verbose,
        **options,
    )
    if not np.isfinite(distances).all():
        raise ValueError(
            "some distances are infinite, since the numbers of essential classes differ: pass "
            'essential="drop", or a metric that leaves them out.'
        )
    # In a unit of the distances, so that no power of them is lost.
    unit = unit_of(distances.max())
    powers = (distances / unit) ** exponent
    first = np.arange(sum(sizes)) < sizes[0]
    statistic = float(_joint_losses(powers, first[None])[0])
    rng = check_random_state(random_state)
    permuted = _permuted_losses(powers, first, n_permutations, rng, verbose)
    # Losses of equal divisions may differ in the last bits; they count as equal.
    no_worse = int(np.count_nonzero(permuted <= statistic * (1 + 1e-9)))
    return TwoSampleTest(
        statistic=float(in_range(statistic, unit, exponent)),
        p_value=(1 + no_worse) / (1 + n_permutations),
        n_permutations=int(n_permutations),
        sizes=sizes,
        metric=metric if isinstance(metric, str) else getattr(metric, "__name__", "own"),
        exponent=float(exponent),
        permuted=in_range(permuted, unit, exponent),
        distances=distances,
    )


def _joint_losses(powers, first):
    """The joint loss for each row of `first`, which marks the members of the first group."""
    losses = np.zeros(len(first))
    for group in (first.astype(float), (~first).astype(float)):
        n = group[0].sum()
        losses += ((group @ powers) * group).sum(axis=1) / (2.0 * n * (n - 1.0))
    return losses


def _permuted_losses(powers, first, n_permutations, rng, verbose):
    losses = []
    with progress(total=n_permutations, label="two_sample_test", shown=verbose) as bar:
        for start in range(0, n_permutations, BATCH):
            size = min(BATCH, n_permutations - start)
            rows = np.stack([rng.permutation(first) for _ in range(size)])
            losses.append(_joint_losses(powers, rows))
            bar.update(size)
    return np.concatenate(losses)
