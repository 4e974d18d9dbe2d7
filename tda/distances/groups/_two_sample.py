"""Whether two groups of diagrams differ: a permutation test on their distances."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..._html import bar_chart
from ..._report import Report
from ...diagrams import Diagrams, as_diagrams
from ._dispersion import compare, effect_words, finite_distances, metric_name
from ._permutations import how_many


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
        Divisions that were looked at.
    is_exact : bool
        Whether these were all that there are.
    sizes : (int, int)
        Number of diagrams of each group.
    is_paired : bool
    metric : str
    exponent : float
    r_squared : float
        The share of the dispersion, the mean of the distances to the power `exponent`, that the
        groups explain.
    effect_size : float
        The same without what chance explains, 0 on average if there is no difference; may be
        negative.
    permuted : ndarray of shape (n_permutations,)
        The joint losses of the divisions.
    distances : ndarray of shape (n, n)
        Of all diagrams, those of the first group first.
    """

    statistic: float
    p_value: float
    n_permutations: int
    is_exact: bool
    sizes: tuple
    is_paired: bool
    metric: str
    exponent: float
    r_squared: float
    effect_size: float
    permuted: np.ndarray = field(repr=False)
    distances: np.ndarray = field(repr=False)

    @property
    def verdict(self):
        """The p-value and what it is of, in words."""
        groups = f"{self.sizes[0]} against {self.sizes[1]} diagrams"
        if self.is_paired:
            groups = f"{self.sizes[0]} pairs of diagrams"
        return (
            f"{groups}, {self.metric} distance: "
            f"p = {self.p_value:.3g} ({how_many(self)}); "
            f"joint loss {self.statistic:.4g}, of random divisions "
            f"{np.mean(self.permuted):.4g} on average; {effect_words(self)}."
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
    paired=False,
    metric="wasserstein",
    degrees=None,
    exponent=2.0,
    n_permutations=999,
    essential="match",
    random_state=None,
    n_jobs=None,
    verbose=False,
    **options,
) -> TwoSampleTest:
    r"""Test whether the diagrams of two groups of shapes have the same distribution.

    Parameters
    ----------
    A, B : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        The two groups, at least two diagrams each.
    paired : bool, default=False
        Whether ``A[i]`` and ``B[i]`` belong together, such as before and after. Then only the two
        of a pair are exchanged.
    metric : str or callable, default="wasserstein"
        A metric of `pairwise_distances`. Its options follow as keywords, such as ``order`` of the
        Wasserstein distance.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed.
    exponent : float, default=2.0
        The power q of the distances in the loss. Not the ``order`` of a Wasserstein distance.
    n_permutations : int, default=999
        Number of random divisions to compare with. If there are no more than so many, all of them
        are done, and the p-value has no chance in it. Else the least p-value is one divided by
        this number plus one.
    essential : {"match", "drop"}, default="match"
        Classes that never die: "match" matches them with each other, "drop" leaves them out.
    random_state : int, RandomState or None, default=None
    n_jobs : int, default=None
        Number of threads for the distances and the permutations, as in joblib. It changes no
        result.
    verbose : bool, default=False
        Show progress bars.

    Returns
    -------
    test : TwoSampleTest
        ``statistic``, ``p_value``, ``effect_size`` and the permuted statistics; prints as a
        sentence.

    Raises
    ------
    ValueError
        If a group has less than two diagrams, pairs are not complete, or a distance is infinite.

    See Also
    --------
    group_test : More than two groups, or groups in blocks.
    sample_size : How many shapes a difference of this size needs.

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

    Phipson, Smyth, "Permutation p-values should never be zero", Statistical Applications in
    Genetics and Molecular Biology 9 (2010).

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
    6 against 6 diagrams, wasserstein distance: p = 0.00216 (all 924 rearrangements of the
    labels); joint loss ...
    """
    groups = as_diagrams(A, name="A"), as_diagrams(B, name="B")
    sizes = tuple(map(len, groups))
    if min(sizes) < 2:
        raise ValueError(f"the groups have {sizes[0]} and {sizes[1]} diagrams; 2 each are needed.")
    if paired and sizes[0] != sizes[1]:
        raise ValueError(
            f"paired=True, but the groups have {sizes[0]} and {sizes[1]} diagrams: leave out "
            "those without a partner."
        )
    label = "two_sample_test" if verbose else None
    distances = finite_distances(
        Diagrams([*groups[0], *groups[1]]),
        metric=metric,
        degrees=degrees,
        essential=essential,
        n_jobs=n_jobs,
        verbose=verbose,
        **options,
    )
    found = compare(
        distances,
        np.repeat([0, 1], sizes),
        blocks=np.tile(np.arange(sizes[0]), 2) if paired else None,
        exponent=exponent,
        n_permutations=n_permutations,
        random_state=random_state,
        n_jobs=n_jobs,
        label=label,
    )
    return TwoSampleTest(
        sizes=sizes,
        is_paired=bool(paired),
        metric=metric_name(metric),
        exponent=float(exponent),
        distances=distances,
        **found._asdict(),
    )
