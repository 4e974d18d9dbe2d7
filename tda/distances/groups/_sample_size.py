"""How many shapes a two-sample test needs to see a difference of the size of a pilot's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from ..._html import ranges
from ..._parallel import in_chunks
from ..._report import NamedRows
from ..._units import unit_of
from ...diagrams import Diagrams, as_diagrams
from ._dispersion import (
    check_exponent,
    compare,
    finite_distances,
    metric_name,
    weighted_sums,
    weights_of,
)
from ._permutations import check_permutations, random_rows

#: Group sizes that are tried, each about a quarter larger than the one before.
SIZES = tuple(sorted({*range(2, 8), *np.round(8 * 1.25 ** np.arange(40)).astype(int).tolist()}))
#: Simulated studies of one size that have random numbers of their own.
BATCH = 50
#: Of the intervals: two-sided 95%.
NORMAL_QUANTILE = 1.959964


class PowerRow(NamedTuple):
    """The power at one group size.

    Attributes
    ----------
    n : int
        Shapes in each group.
    power : float
        The share of simulated studies that found the difference.
    low, high : float
        Its 95% interval, of so many simulations (Wilson).
    """

    n: int
    power: float
    low: float
    high: float

    @property
    def name(self):
        return self.n


@dataclass(frozen=True, eq=False)
class SampleSize(NamedRows):
    """What `sample_size` found; prints as a verdict and a table. Its rows are `PowerRow`.

    Attributes
    ----------
    n : int or None
        The least size of each group with which the power is reached; None if `max_size` is not
        enough.
    interval : (int or None, int or None)
        The least and the most sizes that fit with the pilot: the 5% and 95% quantile over pilots
        drawn from this one. None stands for more than `max_size`.
    power, level : float
        Those asked for.
    pilot_sizes : (int, int)
    pilot_p_value : float
        Of `two_sample_test` on the pilot.
    effect_size : float
        Of the pilot; see `TwoSampleTest`.
    max_size, n_simulations, n_pilots : int
    metric : str
    rows : tuple of PowerRow
        The sizes that were tried.
    """

    n: int | None
    interval: tuple
    power: float
    level: float
    pilot_sizes: tuple
    pilot_p_value: float
    effect_size: float
    max_size: int
    n_simulations: int
    n_pilots: int
    metric: str
    rows: tuple

    @property
    def verdict(self):
        """How many shapes, and how far the pilot can be trusted, in words."""
        pilot = f"a pilot of {self.pilot_sizes[0]} and {self.pilot_sizes[1]} diagrams"
        low, high = (self._said(n) for n in self.interval)
        if self.n is None:
            said = (
                f"More than {self.max_size} shapes in each group: with so many a test at level "
                f"{self.level:g} finds the difference of {pilot} in {self.rows[-1].power:.0%} of "
                "studies"
            )
        else:
            said = (
                f"{self.n} shapes in each group: a test at level {self.level:g} then finds the "
                f"difference of {pilot} in {self.power:.0%} of studies"
            )
        said += f". The pilot itself is uncertain: from {low} to {high}."
        if self.pilot_p_value > self.level:
            said += (
                f" It shows no difference (p = {self.pilot_p_value:.2g}), so that there may be "
                "none to find."
            )
        return said

    def _said(self, n):
        return f"more than {self.max_size}" if n is None else str(n)

    def _figure(self):
        names = [f"{row.n} each" for row in self.rows]
        _, power, low, high = zip(*self.rows, strict=True)
        return ranges(names, low, power, high, mark=self.power, low=0.0, high=1.0, label="power")

    _names = ("n",)

    def _rows(self):
        return [row._asdict() for row in self.rows]

    def _columns(self):
        return {
            "in each group": ("n", "d"),
            "power": ("power", ".3f"),
            "from": ("low", ".3f"),
            "to": ("high", ".3f"),
        }


def sample_size(
    A,
    B,
    *,
    power=0.8,
    level=0.05,
    max_size=200,
    n_simulations=200,
    n_pilots=20,
    metric="wasserstein",
    degrees=None,
    exponent=2.0,
    n_permutations=199,
    essential="match",
    random_state=None,
    n_jobs=None,
    verbose=False,
    **options,
):
    r"""How many shapes in each group `two_sample_test` needs to find a difference.

    Parameters
    ----------
    A, B : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        A pilot: three or more diagrams of each group, from a first study or from a simulation.
    power : float, default=0.8
        The share of studies in which the difference is to be found.
    level : float, default=0.05
        Of the test.
    max_size : int, default=200
        The largest group that is tried.
    n_simulations : int, default=200
        Simulated studies for each size.
    n_pilots : int, default=20
        Pilots that are drawn from this one for the interval; 0 for none.
    metric : str or callable, default="wasserstein"
        A metric of `pairwise_distances`. Its options follow as keywords.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed.
    exponent : float, default=2.0
        The power of the distances in the loss of `two_sample_test`.
    n_permutations : int, default=199
        Of each simulated test.
    essential : {"match", "drop"}, default="match"
        Classes that never die: "match" matches them with each other, "drop" leaves them out.
    random_state : int, RandomState or None, default=None
    n_jobs : int, default=None
        Number of threads, as in joblib. It changes no result.
    verbose : bool, default=False
        Show progress bars.

    Returns
    -------
    report : SampleSize
        ``n``, ``interval`` and the curve of power, for `tda.plot` or a table.

    Raises
    ------
    ValueError
        If a group has less than three diagrams, a number is out of its range, or no p-value of
        so few permutations can be as low as `level`.

    Notes
    -----
    A simulated study draws its shapes from the pilot, with replacement. Two draws of the same
    shape would be at distance 0, as no two real shapes are, and every study would look better
    than it is. So a shape drawn twice is at the distance of one more shape of its group, drawn
    at random: distances within a group keep their mean, and those between groups too.

    A small pilot says little of the size of a difference, and the estimate is as uncertain.
    `interval` shows it: sizes for pilots drawn with replacement from the shapes of this one. The
    effect is then estimated without bias, but a size is not linear in it, so that small pilots
    give wide intervals with a long upper end.

    About ``n_permutations * n²`` operations for each simulated study of 2n shapes; the
    distances of the pilot are computed once.

    References
    ----------
    Robinson, Turner, "Hypothesis testing for topological data analysis", Journal of Applied and
    Computational Topology 1 (2017).

    Efron, Tibshirani, "An introduction to the bootstrap" (1993), chapter 25: power and sample size
    by resampling a pilot.

    Examples
    --------
    >>> from tda import AlphaPersistence
    >>> from tda.datasets import make_annulus, make_disk
    >>> from tda.distances import sample_size
    >>> alpha = AlphaPersistence()
    >>> disks = alpha.fit_transform([make_disk(60, random_state=i).points for i in range(10)])
    >>> rings = alpha.fit_transform([make_annulus(60, random_state=i).points for i in range(10)])
    >>> report = sample_size(disks, rings, n_pilots=0, random_state=0)
    >>> report.n
    4
    """
    groups = as_diagrams(A, name="A"), as_diagrams(B, name="B")
    sizes = tuple(map(len, groups))
    _check_options(sizes, power, level, max_size, n_simulations, n_pilots)
    n_permutations, exponent = check_permutations(n_permutations), check_exponent(exponent)
    if 1 / (1 + n_permutations) > level:
        raise ValueError(
            f"n_permutations={n_permutations} gives no p-value below {1 / (1 + n_permutations):.3g}"
            f", but level={level:g}: take {int(np.ceil(1 / level)) - 1} or more."
        )
    distances = finite_distances(
        Diagrams([*groups[0], *groups[1]]),
        metric=metric,
        degrees=degrees,
        essential=essential,
        n_jobs=n_jobs,
        verbose=verbose,
        **options,
    )
    rng = check_random_state(random_state)
    pilot = compare(
        distances, np.repeat([0, 1], sizes), exponent=exponent, random_state=rng, n_jobs=n_jobs
    )
    study = _Study(
        (distances / unit_of(distances.max())) ** exponent,
        level,
        n_permutations,
        n_jobs,
        "sample_size" if verbose else None,
    )
    whole = [np.arange(sizes[0]), np.arange(sizes[0], sum(sizes))]
    rows = _curve(study, whole, power, max_size, n_simulations, rng)
    found = [
        _least(
            _curve(study, _resampled(whole, rng), power, max_size, n_simulations // 4, rng), power
        )
        for _ in range(n_pilots)
    ]
    return SampleSize(
        n=_least(rows, power),
        interval=_interval(found),
        power=float(power),
        level=float(level),
        pilot_sizes=sizes,
        pilot_p_value=pilot.p_value,
        effect_size=pilot.effect_size,
        max_size=int(max_size),
        n_simulations=int(n_simulations),
        n_pilots=int(n_pilots),
        metric=metric_name(metric),
        rows=tuple(rows),
    )


def _check_options(sizes, power, level, max_size, n_simulations, n_pilots):
    if min(sizes) < 3:
        raise ValueError(f"the pilot has {sizes[0]} and {sizes[1]} diagrams; 3 each are needed.")
    for name, value in (("power", power), ("level", level)):
        if not isinstance(value, Real) or isinstance(value, bool) or not 0 < value < 1:
            raise ValueError(f"{name}={value!r}; it must be a number between 0 and 1.")
    least = {"max_size": 2, "n_simulations": 20, "n_pilots": 0}
    given = {"max_size": max_size, "n_simulations": n_simulations, "n_pilots": n_pilots}
    for name, value in given.items():
        if not isinstance(value, Integral) or isinstance(value, bool) or value < least[name]:
            raise ValueError(f"{name}={value!r}; it must be an integer from {least[name]} on.")


class _Study(NamedTuple):
    """What all simulated studies have in common."""

    powers: np.ndarray
    level: float
    n_permutations: int
    n_jobs: int | None
    label: str | None

    def power_at(self, pilot, n, n_simulations, rng):
        """A `PowerRow` of groups of n shapes each."""
        starts = range(0, n_simulations, BATCH)
        seeds = rng.randint(2**31 - 1, size=len(starts))
        items = [
            (int(seed), min(BATCH, n_simulations - start))
            for seed, start in zip(seeds, starts, strict=True)
        ]
        work = partial(_rejections, self.powers, self.level, self.n_permutations, pilot, n)
        parts = in_chunks(work, items, n_jobs=self.n_jobs, label=self.label)
        n_found = sum(found for part in parts for found in part)
        return PowerRow(int(n), n_found / n_simulations, *wilson(n_found, n_simulations))


def _curve(study, pilot, power, max_size, n_simulations, rng):
    """Rows of growing size until the power is reached for certain, or `max_size`."""
    n_simulations = max(n_simulations, 20)
    sizes = [n for n in SIZES if n < max_size] + [max_size]
    rows, step, at = {}, 4, 0
    # Coarse steps first, then the sizes between the last below and the first that is enough.
    while True:
        row = study.power_at(pilot, sizes[at], n_simulations, rng)
        rows[at] = row
        if row.power >= power or at == len(sizes) - 1:
            break
        at = min(at + step, len(sizes) - 1)
    low, high = max((i for i in rows if i < at), default=-1), at
    if rows[at].power >= power:
        while high - low > 1:
            middle = (low + high) // 2
            rows[middle] = study.power_at(pilot, sizes[middle], n_simulations, rng)
            low, high = (low, middle) if rows[middle].power >= power else (middle, high)
    return [rows[i] for i in sorted(rows)]


def _least(rows, power):
    """The least size from which on the power is reached."""
    enough = [row.n for row in rows if row.power >= power]
    return min(enough) if enough else None


def _resampled(groups, rng):
    return [rng.choice(group, len(group)) for group in groups]


def _interval(found):
    if not found:
        return None, None
    ordered = sorted(np.inf if n is None else n for n in found)
    ends = np.quantile(ordered, [0.05, 0.95], method="inverted_cdf")
    return tuple(None if np.isinf(n) else int(n) for n in ends)


def _rejections(powers, level, n_permutations, pilot, n, items):
    """How many simulated studies of n shapes a group, in each item, find the difference."""
    codes = np.repeat([0, 1], n)
    weights = weights_of([n, n], "joint_loss")
    counts = []
    for seed, n_studies in items:
        rng = np.random.default_rng(seed)
        count = 0
        for _ in range(n_studies):
            drawn = _drawn(powers, pilot, n, rng)
            rows = np.vstack([codes, random_rows(codes, None, n_permutations, rng)])
            losses = weighted_sums(drawn, weights, rows)
            no_worse = np.count_nonzero(losses <= losses[0] * (1 + 1e-9))  # itself among them
            count += no_worse / (1 + n_permutations) <= level * (1 + 1e-9)
        counts.append(count)
    return counts


def _drawn(powers, pilot, n, rng):
    """Powers of distances of n shapes of each group, drawn with replacement from the pilot."""
    rows = np.concatenate([rng.choice(group, n) for group in pilot])
    found = powers[np.ix_(rows, rows)]
    i, j = np.nonzero(rows[:, None] == rows)
    i, j = i[i < j], j[i < j]
    for group, here in ((pilot[0], i < n), (pilot[1], i >= n)):
        first, second = i[here], j[here]
        found[first, second] = found[second, first] = _to_others(powers, group, rows[first], rng)
    return found


def _to_others(powers, group, rows, rng):
    """The value of each of some shapes and another one of its group, drawn at random."""
    if (group == group[0]).all():
        return np.zeros(len(rows))
    others = rng.choice(group, len(rows))
    while (same := others == rows).any():
        others[same] = rng.choice(group, np.count_nonzero(same))
    return powers[rows, others]


def wilson(n_found, n):
    """The 95% interval of a share (Wilson 1927)."""
    z2 = NORMAL_QUANTILE**2
    middle = (n_found + z2 / 2) / (n + z2)
    half = NORMAL_QUANTILE * np.sqrt(n_found * (n - n_found) / n + z2 / 4) / (n + z2)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))
