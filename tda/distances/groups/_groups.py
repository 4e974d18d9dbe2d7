"""Whether any number of groups of diagrams differ, also in blocks, and which of them do."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from sklearn.utils import check_random_state

from ..._html import bar_chart
from ..._multiple_tests import holm
from ..._report import Report
from ..._words import listed
from ...diagrams import as_diagrams
from ._dispersion import STATISTICS, compare, effect_words, finite_distances, metric_name
from ._permutations import check_labels, how_many


@dataclass(frozen=True, eq=False)
class GroupTest(Report):
    """What `group_test` found; prints as a verdict and a table.

    Attributes
    ----------
    statistic : float
        The joint loss, or the pseudo-F.
    p_value : float
        The share of the divisions, the given one among them, that are no worse.
    n_permutations : int
        Divisions that were looked at.
    is_exact : bool
        Whether these were all that there are.
    groups : tuple
        The labels, in order.
    sizes : tuple of int
        Number of diagrams of each group.
    n_blocks : int
        1 without blocks.
    method : {"joint_loss", "pseudo_f"}
    metric : str
    exponent : float
    r_squared : float
        The share of the dispersion, the mean of the distances to the power `exponent`, that the
        groups explain.
    effect_size : float
        The same without what chance explains, 0 on average if there is no difference; may be
        negative.
    pairwise : tuple of dict
        For more than two groups: each two of them, their own p-value, and the same after Holm's
        correction for the number of pairs.
    permuted : ndarray of shape (n_permutations,)
        The statistics of the divisions.
    distances : ndarray of shape (n, n)
        Of all diagrams, in their order.
    codes : ndarray of shape (n,)
        The number of the group of each diagram.
    """

    statistic: float
    p_value: float
    n_permutations: int
    is_exact: bool
    groups: tuple
    sizes: tuple
    n_blocks: int
    method: str
    metric: str
    exponent: float
    r_squared: float
    effect_size: float
    pairwise: tuple
    permuted: np.ndarray = field(repr=False)
    distances: np.ndarray = field(repr=False)
    codes: np.ndarray = field(repr=False)

    @property
    def verdict(self):
        """The p-value, what it is of, and which groups differ, in words."""
        blocks = f" in {self.n_blocks} blocks" if self.n_blocks > 1 else ""
        said = (
            f"{len(self.groups)} groups of {listed(self.sizes)} diagrams{blocks}, {self.metric} "
            f"distance: p = {self.p_value:.3g} ({how_many(self)}); {effect_words(self)}."
        )
        if self.pairwise:
            apart = [p for p in self.pairwise if p["corrected_p_value"] <= 0.05]
            names = listed([f"{p['first']} and {p['second']}" for p in apart]) if apart else "none"
            said += f" Pairs that differ at level 0.05, all pairs considered: {names}."
        return said

    def _figure(self):
        rows = [row for row in self._rows() if row["n_pairs"]]
        return bar_chart(
            [f"{row['first']} to {row['second']}" for row in rows],
            [row["mean_distance"] for row in rows],
            low=0.0,
            label="mean distance of diagrams",
        )

    _names = ("first", "second")

    def _rows(self):
        """A row for each group, and one for each two of them."""
        own = {(p["first"], p["second"]): p for p in self.pairwise}
        rows = []
        for a, first in enumerate(self.groups):
            for b, second in enumerate(self.groups[a:], a):
                part = self.distances[np.ix_(self.codes == a, self.codes == b)]
                part = part[np.triu_indices(len(part), 1)] if a == b else part.ravel()
                pair = own.get((first, second), {})
                rows.append(
                    {
                        "first": first,
                        "second": second,
                        "n_pairs": part.size,
                        "mean_distance": part.mean() if part.size else np.nan,
                        "p_value": pair.get("p_value", np.nan),
                        "corrected_p_value": pair.get("corrected_p_value", np.nan),
                    }
                )
        return rows

    def _columns(self):
        columns = {
            "from": ("first", str),
            "to": ("second", str),
            "number": ("n_pairs", "d"),
            "mean distance": ("mean_distance", ".4g"),
        }
        if self.pairwise:
            columns |= {"p": ("p_value", ".3g"), "after Holm": ("corrected_p_value", ".3g")}
        return columns


def group_test(
    X,
    y,
    *,
    blocks=None,
    statistic="joint_loss",
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
    r"""Test whether the diagrams of two or more groups of shapes have the same distribution.

    Parameters
    ----------
    X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        All diagrams.
    y : array-like of shape (n_samples,)
        The group of each; numbers, strings or booleans.
    blocks : array-like of shape (n_samples,), default=None
        Labels of what the shapes have in common besides: a patient, a batch, a day. Groups are
        then exchanged within a block only, so that differences between blocks neither make nor
        hide one between groups. Pairs are blocks of two.
    statistic : {"joint_loss", "pseudo_f"}, default="joint_loss"
        "joint_loss" gives every group the same weight (Robinson, Turner 2017), "pseudo_f" every
        diagram (Anderson 2001; with ``exponent=1`` DISCO of Rizzo, Székely 2010). For groups of
        equal sizes both give the same p-value.
    metric : str or callable, default="wasserstein"
        A metric of `pairwise_distances`. Its options follow as keywords.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed.
    exponent : float, default=2.0
        The power q of the distances.
    n_permutations : int, default=999
        Number of random divisions to compare with, or, if there are no more, of all.
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
    test : GroupTest
        ``p_value``, ``effect_size``, and for more than two groups ``pairwise``, with Holm's
        correction.

    Raises
    ------
    ValueError
        If there is one group only, one has less than two diagrams, no block holds two groups, or
        a distance is infinite.

    See Also
    --------
    two_sample_test : Two collections, also in pairs.
    frechet_anova : Looks at means and spreads apart from each other.

    Notes
    -----
    With the sums over the pairs of group m, :math:`S_m = \sum_{i,j} d(X_{m,i}, X_{m,j})^q`, the
    joint loss is :math:`\sum_m S_m / (2 n_m (n_m - 1))`, and the pseudo-F compares
    :math:`W = \sum_m S_m / 2 n_m` with the same sum over all pairs, T:
    :math:`F = \frac{(T - W) / (k - 1)}{W / (n - k)}`. ``r_squared`` is 1 - W/T, and
    ``effect_size`` is 1 - (W / (n - k)) / (T / (n - 1)).

    With ``exponent=2`` it is mostly the means that are compared; groups of unequal sizes that
    differ in spread alone may be found too. With ``exponent=1`` any difference is found at last,
    if the metric is of negative type, as "sliced_wasserstein" is and "wasserstein" is not.

    All n(n - 1)/2 distances are computed once; a permutation costs O(k n²).

    References
    ----------
    Robinson, Turner, "Hypothesis testing for topological data analysis", Journal of Applied and
    Computational Topology 1 (2017).

    Anderson, "A new method for non-parametric multivariate analysis of variance", Austral Ecology
    26 (2001).

    Rizzo, Székely, "DISCO analysis: a nonparametric extension of analysis of variance", Annals of
    Applied Statistics 4 (2010).

    Examples
    --------
    >>> from tda import AlphaPersistence
    >>> from tda.datasets import make_annulus, make_disk, make_figure_eight
    >>> from tda.distances import group_test
    >>> kinds = [make_disk, make_annulus, make_figure_eight]
    >>> clouds = [make(60, random_state=i).points for make in kinds for i in range(6)]
    >>> diagrams = AlphaPersistence().fit_transform(clouds)
    >>> test = group_test(diagrams, ["disk"] * 6 + ["ring"] * 6 + ["eight"] * 6, random_state=0)
    >>> print(test.verdict)
    3 groups of 6, 6 and 6 diagrams, wasserstein distance: p = 0.001 ... differ at level 0.05, all
    pairs considered: disk and eight, disk and ring and eight and ring.
    """
    X = as_diagrams(X)
    names, codes = check_labels(y, len(X), "y")
    sizes = np.bincount(codes, minlength=len(names))
    if statistic not in STATISTICS:
        raise ValueError(f"statistic={statistic!r}; it must be one of {', '.join(STATISTICS)}.")
    if len(names) < 2:
        raise ValueError(f"y holds one group only, {names.tolist()}: two are needed to compare.")
    if sizes.max() < 2:
        raise ValueError(
            f"y has a value of its own for each of the {len(X)} diagrams: for numbers instead of "
            "groups see tda.distances.independence_test and DiagramRegressor."
        )
    if sizes.min() < 2:
        few = names[sizes.argmin()]
        raise ValueError(f"group {few} has one diagram; each needs two: leave it out or join it.")
    n_blocks, block = 1, None
    if blocks is not None:
        block_names, block = check_labels(blocks, len(X), "blocks")
        n_blocks = len(block_names)
        if all(len(set(codes[block == b])) < 2 for b in range(n_blocks)):
            raise ValueError(
                "no block holds two groups, so that nothing can be exchanged: groups and blocks "
                "are the same here, and the test cannot tell them apart."
            )
    distances = finite_distances(
        X,
        metric=metric,
        degrees=degrees,
        essential=essential,
        n_jobs=n_jobs,
        verbose=verbose,
        **options,
    )
    settings = {
        "statistic": statistic,
        "exponent": exponent,
        "n_permutations": n_permutations,
        "random_state": check_random_state(random_state),
        "n_jobs": n_jobs,
    }
    label = "group_test" if verbose else None
    found = compare(distances, codes, blocks=block, label=label, **settings)
    names = tuple(names.tolist())
    return GroupTest(
        groups=names,
        sizes=tuple(sizes.tolist()),
        n_blocks=n_blocks,
        method=statistic,
        metric=metric_name(metric),
        exponent=float(exponent),
        pairwise=_pairwise(distances, codes, block, names, settings) if len(names) > 2 else (),
        distances=distances,
        codes=codes,
        **found._asdict(),
    )


def _pairwise(distances, codes, block, names, settings):
    """The test of each two groups, with Holm's correction."""
    found = []
    for a, b in combinations(range(len(names)), 2):
        rows = np.flatnonzero((codes == a) | (codes == b))
        test = compare(
            distances[np.ix_(rows, rows)],
            (codes[rows] == b).astype(int),
            blocks=None if block is None else block[rows],
            **settings,
        )
        found.append(
            {
                "first": names[a],
                "second": names[b],
                "p_value": test.p_value,
                "effect_size": test.effect_size,
            }
        )
    corrected = holm([pair["p_value"] for pair in found])
    return tuple(
        pair | {"corrected_p_value": p} for pair, p in zip(found, corrected.tolist(), strict=True)
    )
