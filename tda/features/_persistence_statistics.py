"""Persistence statistics: means, spreads and quantiles of births, deaths and lifetimes."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_finite_bars, check_result, one_sample
from ._persistence_entropy import shares, surprise

#: What is summarised of each bar, from its birth and death.
QUANTITIES = {
    "births": lambda births, deaths: births,
    "deaths": lambda births, deaths: deaths,
    "midpoints": lambda births, deaths: births + (deaths - births) / 2,
    "lifetimes": lambda births, deaths: np.abs(deaths - births),
    "ratios": lambda births, deaths: deaths / births,
}
DEFAULT = ("births", "deaths", "midpoints", "lifetimes")
STATISTICS = ("mean", "std", "median", "iqr", "range", "p10", "p25", "p75", "p90")


def persistence_statistics(bars, *, quantities=DEFAULT):
    """Summarise the bars of a diagram by plain statistics.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    quantities : list of str, default=("births", "deaths", "midpoints", "lifetimes")
        What to summarise: "births", "deaths", "midpoints", "lifetimes" or "ratios" (death divided
        by birth). The ratios are those of the bars whose birth and death are both positive.

    Returns
    -------
    statistics : dict of str to float
        ``births_mean``, ``births_std``, … for each quantity the mean, the standard deviation
        (of the population), the median, the interquartile range, the range from smallest to
        largest, and the percentiles 10, 25, 75 and 90; then ``n_bars`` and ``entropy``, the
        persistent entropy in nats. All 0 without a bar.

    Raises
    ------
    ValueError
        If `bars` has another shape, or holds NaN or an essential class, or a quantity is none.

    Notes
    -----
    Percentiles between two bars are interpolated linearly. O(n_bars log n_bars) time.

    References
    ----------
    D. Ali, A. Asaad, M.-J. Jimenez, V. Nanda, E. Paluzo-Hidalgo, M. Soriano-Trigueros, "A
    survey of vectorization methods in topological data analysis", IEEE Transactions on Pattern
    Analysis and Machine Intelligence 45 (2023), where it does best of thirteen methods.

    Examples
    --------
    >>> from tda.features import persistence_statistics
    >>> statistics = persistence_statistics([[0, 1], [0, 3]])
    >>> statistics["lifetimes_mean"], statistics["deaths_range"], statistics["n_bars"]
    (2.0, 2.0, 2.0)
    """
    quantities = _check_quantities(quantities)
    bars = one_sample(check_finite_bars(bars))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        row = _statistics(bars, quantities)[0]
    check_result(row, bars, "persistence_statistics")
    return dict(zip(_names(quantities), row.tolist(), strict=True))


def _check_quantities(quantities):
    quantities = [quantities] if isinstance(quantities, str) else list(quantities)
    if not set(quantities) <= set(QUANTITIES) or len(set(quantities)) < len(quantities):
        raise ValueError(f"quantities={quantities!r}; they must be distinct, of {[*QUANTITIES]}.")
    return tuple(quantities)


def _names(quantities):
    pairs = [f"{quantity}_{statistic}" for quantity in quantities for statistic in STATISTICS]
    return [*pairs, "n_bars", "entropy"]


def _statistics(bars, quantities):
    """One row per sample, one column per name."""
    blocks = []
    for quantity in quantities:
        some = bars
        if quantity == "ratios":
            some = bars.where((bars.births > 0) & (bars.deaths > 0))
        values = QUANTITIES[quantity](some.births, some.deaths)
        blocks.append(_summary(some, values))
    return np.column_stack([*blocks, np.diff(bars.offsets), bars.totals(surprise(shares(bars)))])


def _summary(bars, values):
    """`STATISTICS` of one value per bar, all samples at once; 0 where there is no bar."""
    counts = np.diff(bars.offsets)
    some = np.maximum(counts, 1)
    mean = bars.totals(values) / some
    off = values - np.repeat(mean, counts)
    unit = bars.unit(np.abs(off))
    std = unit * np.sqrt(bars.totals((off / np.repeat(unit, counts)) ** 2) / some)
    ordered = bars.ascending(values)

    def quantile(q):
        """Between the two bars around rank ``q (n - 1)``."""
        if ordered.size == 0:
            return np.zeros(counts.size)
        rank = q * (some - 1)
        low = np.floor(rank).astype(np.int64)
        high = np.minimum(low + 1, some - 1)
        first = np.minimum(bars.offsets[:-1], ordered.size - 1)  # a sample without bars at the end
        a = ordered[np.minimum(first + low, ordered.size - 1)]
        b = ordered[np.minimum(first + high, ordered.size - 1)]
        return np.where(counts > 0, a + (b - a) * (rank - low), 0.0)

    p10, p25, median, p75, p90 = map(quantile, (0.1, 0.25, 0.5, 0.75, 0.9))
    whole = quantile(1.0) - quantile(0.0)
    return np.column_stack([mean, std, median, p75 - p25, whole, p10, p25, p75, p90])


class PersistenceStatistics(DegreewiseFeature):
    """Statistics of the bars of each degree (input per shape: `X` is `Diagrams`).

    Means, spreads and quantiles of births, deaths, midpoints and lifetimes, the number of bars and
    their entropy. No grid or bandwidth is needed. In benchmarks these are often the best features.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    quantities : list of str, default=None
        What to summarise: "births", "deaths", "midpoints", "lifetimes" or "ratios" (death divided
        by birth). By default the first four. The ratios are those of bars with positive birth and
        death, and do not change with the unit of the filtration.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    quantities_ : tuple of str
        What is summarised, in the order of the columns.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.persistence_statistics : The same for the bars of one degree, as a dict.

    Notes
    -----
    Nine columns a quantity, named by ``mean``, ``std``, ``median``, ``iqr``, ``range``, ``p10``,
    ``p25``, ``p75``, ``p90``, then ``n_bars`` and ``entropy``: 38 a degree by default.

    References
    ----------
    D. Ali, A. Asaad, M.-J. Jimenez, V. Nanda, E. Paluzo-Hidalgo, M. Soriano-Trigueros, "A
    survey of vectorization methods in topological data analysis", IEEE Transactions on Pattern
    Analysis and Machine Intelligence 45 (2023).

    Examples
    --------
    >>> from tda import Diagrams, PersistenceStatistics
    >>> dgms = Diagrams.from_ripser([[[[0, 1], [0, 3]]], [[[0, 2]]]])
    >>> statistics = PersistenceStatistics(quantities=["lifetimes"])
    >>> statistics.fit_transform(dgms)[:, :5]
    array([[2., 1., 2., 1., 2.],
           [2., 0., 2., 0., 0.]])
    >>> statistics.get_feature_names_out()[:2]
    array(['persistence_statistics_h0_lifetimes_mean',
           'persistence_statistics_h0_lifetimes_std'], dtype=object)
    """

    _prefix = "persistence_statistics"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "quantities": ["array-like", None],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, quantities=None, essential="drop"):
        self.degrees = degrees
        self.quantities = quantities
        self.essential = essential

    def _learn(self, bars):
        given = DEFAULT if self.quantities is None else self.quantities
        self.quantities_ = _check_quantities(given)

    def _block(self, bars, degree):
        return _statistics(bars, self.quantities_)

    def _labels(self, degree):
        return _names(self.quantities_)
