"""Fréchet analysis of variance: whether means or spreads of groups of diagrams differ."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from sklearn.utils import check_random_state

from ..._html import bar_chart
from ..._report import Report
from ..._units import in_range, unit_of
from ..._words import listed
from ...diagrams import as_diagrams
from .._frechet_mean import frechet_mean
from .._pairwise import pairwise_distances
from ._dispersion import finite_distances, metric_name
from ._permutations import (
    check_labels,
    check_permutations,
    how_many,
    p_value_of,
    permuted_values,
)

#: A variance of squared distances is at least this share of the squared Fréchet variance: groups
#: in which all are equally far from the centre would be divided by 0.
LEAST_SPREAD = 1e-6


@dataclass(frozen=True, eq=False)
class FrechetAnova(Report):
    """What `frechet_anova` found; prints as a verdict and a table.

    Attributes
    ----------
    statistic : float
        T of Dubey and Müller: `means_part` + `spreads_part`.
    p_value : float
        Of the permutation test.
    asymptotic_p_value : float
        Of the chi-square law that T has for large groups.
    means_part, spreads_part : float
        What different means add to T, and different Fréchet variances.
    n_permutations : int
        Rearrangements that were looked at.
    is_exact : bool
        Whether these were all that there are.
    groups : tuple
        The labels, in order.
    sizes : tuple of int
    variances : tuple of float
        The Fréchet variance of each group: the mean squared distance to its centre.
    pooled_variance : float
        That of all together.
    r_squared : float
        The share of the pooled variance that different centres explain.
    center : {"medoid", "mean"}
    metric : str
    permuted : ndarray of shape (n_permutations,)
    """

    statistic: float
    p_value: float
    asymptotic_p_value: float
    means_part: float
    spreads_part: float
    n_permutations: int
    is_exact: bool
    groups: tuple
    sizes: tuple
    variances: tuple
    pooled_variance: float
    r_squared: float
    center: str
    metric: str
    permuted: np.ndarray = field(repr=False)

    @property
    def verdict(self):
        """The p-value, and what differs, in words."""
        total = self.means_part + self.spreads_part
        parts = (
            f"{self.means_part / total:.0%} of the statistic comes from the means, "
            f"{self.spreads_part / total:.0%} from the spreads"
            if total > 0
            else "neither means nor spreads differ at all"
        )
        least = sys.float_info.min
        law = f"{self.asymptotic_p_value:.3g}" if self.asymptotic_p_value else f"below {least:.0e}"
        return (
            f"{len(self.groups)} groups of {listed(self.sizes)} diagrams, {self.metric} distance "
            f"to the {self.center}: p = {self.p_value:.3g} ({how_many(self)}), "
            f"{law} by the law for large groups; {parts}, and different centres explain "
            f"{self.r_squared:.1%} of the variance."
        )

    def _figure(self):
        rows = self._rows()
        return bar_chart(
            [str(row["group"]) for row in rows],
            [row["frechet_variance"] for row in rows],
            low=0.0,
            label="Fréchet variance",
        )

    _names = ("group",)

    def _rows(self):
        rows = [
            {"group": group, "n_diagrams": size, "frechet_variance": variance}
            for group, size, variance in zip(self.groups, self.sizes, self.variances, strict=True)
        ]
        everyone = {"group": "all", "n_diagrams": sum(self.sizes)}
        return [*rows, everyone | {"frechet_variance": self.pooled_variance}]

    def _columns(self):
        return {
            "group": ("group", str),
            "diagrams": ("n_diagrams", "d"),
            "Fréchet variance": ("frechet_variance", ".4g"),
        }


def frechet_anova(
    X,
    y,
    *,
    center="medoid",
    blocks=None,
    metric="wasserstein",
    degrees=None,
    n_permutations=999,
    essential="match",
    random_state=None,
    n_jobs=None,
    verbose=False,
    **options,
):
    r"""Test whether groups of diagrams differ in their Fréchet means or Fréchet variances.

    Parameters
    ----------
    X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        All diagrams.
    y : array-like of shape (n_samples,)
        The group of each; at least three diagrams a group.
    center : {"medoid", "mean"}, default="medoid"
        What stands for the Fréchet mean. "medoid" is the diagram of `X` with the least sum of
        squared distances to those of a group, for any metric; a permutation costs O(n²). "mean"
        is `tda.distances.frechet_mean`, for the 2-Wasserstein distance with ``internal_p=2``
        only; a permutation takes about a millisecond for each diagram.
    blocks : array-like of shape (n_samples,), default=None
        Groups are exchanged within a block only.
    metric : str or callable, default="wasserstein"
        A metric of `pairwise_distances`. Its options follow as keywords.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed.
    n_permutations : int, default=999
        Number of random divisions to compare with, or, if there are no more, of all.
    essential : {"match", "drop"}, default="match"
        Classes that never die: "match" matches them with each other, "drop" leaves them out.
    random_state : int, RandomState or None, default=None
    n_jobs : int, default=None
        Number of threads, as in joblib. It changes no result.
    verbose : bool, default=False
        Show progress bars.

    Returns
    -------
    test : FrechetAnova

    Raises
    ------
    ValueError
        If there is one group only, one has less than three diagrams, a distance is infinite, or
        ``center="mean"`` is asked for with another metric.

    See Also
    --------
    group_test : The same question by distances between the diagrams, without centres.

    Notes
    -----
    Group j holds the share :math:`\lambda_j` of the n diagrams; :math:`V_j` is its mean squared
    distance to its centre, :math:`\sigma_j^2` the variance of these squares, V the mean squared
    distance of all to the common centre. With

    .. math::

        F = V - \sum_j \lambda_j V_j, \qquad
        U = \sum_{j < l} \frac{\lambda_j \lambda_l}{\sigma_j^2 \sigma_l^2} (V_j - V_l)^2, \qquad
        T = \frac{n U}{\sum_j \lambda_j / \sigma_j^2} + \frac{n F^2}{\sum_j \lambda_j^2 \sigma_j^2}

    F is 0 if the means agree, and U if the variances do. For large groups T has the chi-square
    law of k - 1 degrees of freedom. That law needs a unique mean, which diagrams need not
    have, and many samples. So the p-value is that of the permutation test, which needs neither.

    References
    ----------
    Dubey, Müller, "Fréchet analysis of variance for random objects", Biometrika 106 (2019).

    Examples
    --------
    Rings of one width, and of widths that vary: the means agree, the spreads do not.

    >>> import numpy as np
    >>> from tda import AlphaPersistence
    >>> from tda.datasets import make_annulus
    >>> from tda.distances import frechet_anova
    >>> rng = np.random.default_rng(0)
    >>> width = np.r_[np.full(15, 1.0), rng.uniform(0.5, 1.5, 15)]
    >>> clouds = [w * make_annulus(60, random_state=i).points for i, w in enumerate(width)]
    >>> diagrams = AlphaPersistence().fit_transform(clouds)
    >>> test = frechet_anova(diagrams, ["same"] * 15 + ["varied"] * 15, random_state=0)
    >>> test.p_value < 0.01, test.spreads_part > test.means_part
    (True, True)
    """
    X, n_permutations = as_diagrams(X), check_permutations(n_permutations)
    names, codes = check_labels(y, len(X), "y")
    sizes = np.bincount(codes, minlength=len(names))
    if center not in ("medoid", "mean"):
        raise ValueError(f'center={center!r}; it must be "medoid" or "mean".')
    if len(names) < 2:
        raise ValueError(f"y holds one group only, {names.tolist()}: two are needed to compare.")
    if sizes.min() < 3:
        few = names[sizes.argmin()]
        raise ValueError(f"group {few} has {sizes.min()} diagrams; its variance needs three.")
    block = None if blocks is None else check_labels(blocks, len(X), "blocks")[1]
    if center == "mean":
        _check_mean(metric, options)
        spreads = partial(_around_means, X, degrees, essential)
        unit = 1.0
        pooled = float(spreads(np.zeros(len(X), dtype=int)[None], 1)[0][0, 0])
    else:
        distances = finite_distances(
            X,
            metric=metric,
            degrees=degrees,
            essential=essential,
            n_jobs=n_jobs,
            verbose=verbose,
            **options,
        )
        unit = unit_of(distances.max())
        squares = (distances / unit) ** 2
        spreads = partial(_around_medoids, squares)
        pooled = float(squares.mean(axis=0).min())
    parts = partial(_parts, spreads, sizes, pooled)
    permuted, is_exact = permuted_values(
        partial(_sum_of_parts, parts),
        codes,
        blocks=block,
        n_permutations=n_permutations,
        rng=check_random_state(random_state),
        n_jobs=n_jobs,
        label="frechet_anova" if verbose else None,
    )
    means_part, spreads_part, variances = parts(codes[None])
    statistic = float(means_part[0] + spreads_part[0])
    between = pooled - float(variances[0] @ sizes) / len(X)
    from scipy.stats import chi2

    return FrechetAnova(
        statistic=statistic,
        p_value=p_value_of(permuted, statistic, is_exact, tolerance=1e-9 * statistic),
        asymptotic_p_value=float(chi2.sf(statistic, len(names) - 1)),
        means_part=float(means_part[0]),
        spreads_part=float(spreads_part[0]),
        n_permutations=len(permuted),
        is_exact=is_exact,
        groups=tuple(names.tolist()),
        sizes=tuple(sizes.tolist()),
        variances=tuple(in_range(variances[0], unit, 2.0).tolist()),
        pooled_variance=float(in_range(pooled, unit, 2.0)),
        r_squared=max(between, 0.0) / pooled if pooled else 0.0,
        center=center,
        metric=metric_name(metric),
        permuted=permuted,
    )


def _check_mean(metric, options):
    others = {k: v for k, v in options.items() if (k, v) not in (("order", 2), ("internal_p", 2))}
    if metric != "wasserstein" or others:
        raise ValueError(
            'center="mean" is that of the Wasserstein distance with order=2 and internal_p=2: '
            'leave out metric and its options, or take center="medoid".'
        )


def _parts(spreads, sizes, pooled, rows):
    """The two parts of T, and the Fréchet variances (n_rows, k), for rows of codes."""
    share = sizes / sizes.sum()
    variances, fourths = spreads(rows, len(sizes))
    of_squares = np.maximum(fourths - variances**2, LEAST_SPREAD * (pooled**2 or 1.0))
    between = np.maximum(pooled - variances @ share, 0.0)
    n = sizes.sum()
    means_part = n * between**2 / (of_squares @ share**2)
    weights = share / of_squares
    centre = (weights * variances).sum(axis=1) / weights.sum(axis=1)
    # The sum over pairs, as a weighted sum of squares about the weighted mean.
    spreads_part = n * (weights * (variances - centre[:, None]) ** 2).sum(axis=1)
    return means_part, spreads_part, variances


def _sum_of_parts(parts, rows):
    means_part, spreads_part, _ = parts(rows)
    return means_part + spreads_part


def _around_medoids(squares, rows, k):
    """Means of the second and fourth powers of the distances to the medoid of each group."""
    fourths = squares**2
    second, fourth = np.empty((2, len(rows), k))
    for code in range(k):
        group = (rows == code).astype(float)
        sizes = group.sum(axis=1)
        sums = group @ squares
        medoid = sums.argmin(axis=1)
        second[:, code] = sums[np.arange(len(rows)), medoid] / sizes
        fourth[:, code] = (group * fourths[medoid]).sum(axis=1) / sizes
    return second, fourth


def _around_means(X, degrees, essential, rows, k):
    """The same with Fréchet means."""
    if essential == "drop":
        X = [diagram.finite() for diagram in X]
    second, fourth = np.empty((2, len(rows), k))
    for i, row in enumerate(rows):
        for code in range(k):
            members = as_diagrams([X[j] for j in np.flatnonzero(row == code)])
            mean = frechet_mean(members, degrees=degrees, n_init=1, random_state=0).diagram
            distances = pairwise_distances(members, [mean], degrees=degrees, internal_p=2)[:, 0]
            second[i, code], fourth[i, code] = (np.mean(distances**p) for p in (2, 4))
    return second, fourth
