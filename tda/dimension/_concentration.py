"""The curse of dimensionality, measured: how far distances concentrate, against i.i.d. data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from .._blocks import read_or_sample
from .._html import ranges
from .._neighbors import graph_of_distances, neighbor_graph
from .._points import distinct_points
from .._report import Report
from .._scale import dimension_at_scale
from .._validation import check_cloud
from .._words import counted, in_words
from ._base import is_inside
from ._local_pca import pca_dimension, principal_variances
from ._scales import tied_rows, tied_statistics
from ._ties import ROUNDING, TIED_SHARE, tied_share
from ._two_nn import two_nn_dimension

__all__ = ["ConcentrationReport", "Measure", "concentration_report", "hubness", "relative_contrast"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: The neighbours whose occurrences hubness counts, that of the paper.
N_OCCURRENCES = 10

#: Below this contrast neighbours are hardly nearer than others; that of 1,000 normal points in
#: about ten dimensions, where Beyer et al. see the meaning of neighbours end.
#: Doubled, normal points in 5 dimensions are called concentrated; halved, nothing changes.
CONCENTRATED = 5.0

#: Above this skewness there are hubs.
#: 300 normal points have 0.1 in five dimensions, 1.2 in ten, 4 in
#: twenty. Halved or doubled, no answer of seven changes.
HUBBY = 1.0


#: Of a cloud that stays on disk so many rows are read.
MOST_ROWS = 100_000


def relative_contrast(distances):
    """How much farther the farthest point is than the nearest, in units of the nearest.

    Parameters
    ----------
    distances : array of shape (n_queries, n_points)
        From each query to other points, itself not among them; above 0.

    Returns
    -------
    float
        The median over queries of ``(D_max - D_min) / D_min``, at least 0.

    References
    ----------
    .. [1] K. Beyer, J. Goldstein, R. Ramakrishnan, U. Shaft, "When is 'nearest neighbor'
       meaningful?", ICDT 1999.

    Examples
    --------
    >>> from tda.dimension import relative_contrast
    >>> relative_contrast([[1.0, 3.0, 2.0], [2.0, 2.0, 2.0], [1.0, 1.5, 2.0]])
    1.0
    """
    distances = np.asarray(distances, dtype=float)
    nearest = distances.min(axis=1)
    return float(np.median((distances.max(axis=1) - nearest) / nearest))


def hubness(indices, n_points=None):
    """Skewness of how often each point is a neighbour of others.

    Parameters
    ----------
    indices : int array of shape (n_points, n_neighbors)
        The neighbours of each point.
    n_points : int, default=None
        As many as there are rows, by default.

    Returns
    -------
    float
        0 if all points occur equally often; above about 1 few points are neighbours of many,
        and many of none.

    References
    ----------
    .. [1] M. Radovanović, A. Nanopoulos, M. Ivanović, "Hubs in space: popular nearest neighbors
       in high-dimensional data", J. Mach. Learn. Res. 11:2487-2531, 2010.

    Examples
    --------
    >>> from tda.dimension import hubness
    >>> round(hubness([[1], [0], [0], [0]]), 2)  # a star
    0.82
    """
    indices = np.asarray(indices)
    return _skewness(np.bincount(indices.ravel(), minlength=n_points or len(indices)))


def _skewness(occurrences):
    from_mean = occurrences - occurrences.mean()
    spread = from_mean.std()
    return float((from_mean**3).mean() / spread**3) if spread > 0 else 0.0


class Measure(NamedTuple):
    """One number of the data, compared with that of i.i.d. data.

    Attributes
    ----------
    value : float
    low, typical, high : float
        The 5%, 50% and 95% quantiles of the simulated null.
    p_value : float
        The chance that i.i.d. data is as little concentrated, ``(1 + as far) / (1 + simulated)``.
    """

    value: float
    low: float
    typical: float
    high: float
    p_value: float


@dataclass(frozen=True)
class ConcentrationReport(Report):
    """How far the distances of a cloud concentrate; prints as a verdict and a table.

    Attributes
    ----------
    contrast, hubness, effective_dimension, intrinsic_dimension : Measure
        Relative contrast, skewness of the 10-occurrences, participation ratio of the variances,
        and TwoNN's dimension.
    n_points, n_features : int
    n_used : int
        Points that were compared.
    n_simulations : int
    n_left_out : int
        Points far from all others, which were not compared.
    """

    contrast: Measure
    hubness: Measure
    effective_dimension: Measure
    intrinsic_dimension: Measure
    n_points: int
    n_features: int
    n_used: int
    n_simulations: int
    n_left_out: int = 0

    @property
    def is_concentrated(self):
        """Whether the farthest point is, for most, less than six times as far as the nearest."""
        return self.contrast.value < CONCENTRATED

    @property
    def is_like_noise(self):
        """Whether contrast is no better than that of i.i.d. data, at the level of 5%."""
        return self.contrast.p_value > 0.05

    @property
    def has_hubs(self):
        """Whether the skewness of occurrences is above 1."""
        return self.hubness.value > HUBBY

    @property
    def verdict(self):
        """What it means, in words."""
        dimension, noise = self.intrinsic_dimension.value, self.intrinsic_dimension.typical
        far = (
            f"the farthest point is {1 + self.contrast.value:.3g} times as far as the nearest, "
            f"in independent noise {1 + self.contrast.typical:.3g} times"
        )
        most = min(self.n_features, self.n_used - 1)
        holds = "coordinate holds" if self.n_features == 1 else "coordinates hold"
        near = f"{self.n_features} {holds} about {min(dimension, most):.1f} dimensions"
        if np.isnan(dimension):
            near = (
                f"the dimension of these {self.n_features} coordinates cannot be estimated, since "
                "neighbours are equally far"
            )
        if not self.is_concentrated:
            said = f"No curse: {near} (of noise {noise:.1f}), and {far}. Neighbours can be trusted."
        elif self.is_like_noise:
            said = (
                f"Distances concentrate as in noise: {far}. Neighbours say little here; more "
                "points hardly help, knowledge of the data does."
            )
        else:
            said = (
                f"Distances concentrate, but less than in noise: {near} (of noise {noise:.1f}), "
                f"and {far}. Fewer coordinates, well chosen, would help."
            )
        if self.has_hubs:
            said += (
                f" There are hubs (skewness {self.hubness.value:.2g}): few points are the "
                "neighbours of many."
            )
        if self.n_left_out:
            points = "point was" if self.n_left_out == 1 else "points were"
            said += f" {self.n_left_out} {points} left out, far from all others."
        return said

    _names = ("measure",)

    def _rows(self):
        names = ("contrast", "hubness", "effective_dimension", "intrinsic_dimension")
        return [{"measure": name, **getattr(self, name)._asdict()} for name in names]

    def _columns(self):
        return {
            "": ("measure", in_words),
            "data": ("value", ".3g"),
            "i.i.d. 5%": ("low", ".3g"),
            "50%": ("typical", ".3g"),
            "95%": ("high", ".3g"),
            "p": ("p_value", ".2g"),
        }

    def _figure(self):
        """Each measure in units of what noise typically has."""
        rows = self._rows()
        least, values, most = (
            [row[key] / row["typical"] if row["typical"] else np.nan for row in rows]
            for key in ("low", "value", "high")
        )
        names = [in_words(row["measure"]) for row in rows]
        return ranges(names, least, values, most, mark=1.0, label="beside noise, whose value is 1")

    def _above(self):
        of = "" if self.n_used == self.n_points else f" of {self.n_points:,}"
        return (
            f"{self.n_used:,} points{of}, {self.n_features} coordinates; "
            f"{self.n_simulations} simulations of independent normal coordinates"
        )


def concentration_report(
    X, *, n_simulations=39, max_points=1000, random_state=0
) -> ConcentrationReport:
    """Whether distances in a cloud still distinguish near from far (input per point).

    Four numbers are compared with those of data of the same size whose coordinates are independent
    and normal: relative contrast, hubness, effective dimension and intrinsic dimension. Contrast
    and hubness depend on the intrinsic dimension, not on the number of coordinates. So data of few
    dimensions has no curse, however many coordinates it has.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud. Equal points count once. It may stay on disk, as `tda.landmarks` takes it: of more
        than 100,000 rows so many random ones are read.
    n_simulations : int, default=39
        Samples of the null; the smallest p-value is 1 over one more.
    max_points : int, default=1000
        Of more points so many are drawn. Contrast and hubness depend on the number of points,
        and the null has the same.
    random_state : int, RandomState or None, default=0
        Seed of what is drawn and simulated.

    Returns
    -------
    ConcentrationReport

    Raises
    ------
    ValueError
        If `X` is no cloud or has fewer than 12 distinct points.

    Notes
    -----
    ``n_simulations`` times the distances of `max_points` points: O(n² m) each. A p-value is
    small if the contrast is larger, or the other three smaller, than in i.i.d. data. The
    dimension here is TwoNN's, whose bias is the same in data and null; for the best single
    number take `tda.IntrinsicDimension`. Where neighbours are equally far, as on a grid, it is that
    of the finest scale beyond, in data and null; NaN if there is none. Of such neighbours each has
    its share in the hubness. Points far from all others, by the distance to their tenth neighbour,
    are left out: such a point alone would make the contrast.

    References
    ----------
    .. [1] K. Beyer, J. Goldstein, R. Ramakrishnan, U. Shaft, "When is 'nearest neighbor'
       meaningful?", ICDT 1999.
    .. [2] M. Radovanović, A. Nanopoulos, M. Ivanović, "Hubs in space: popular nearest neighbors
       in high-dimensional data", J. Mach. Learn. Res. 11:2487-2531, 2010.

    Examples
    --------
    A circle through a hundred dimensions, and noise there.

    >>> import numpy as np
    >>> from tda import concentration_report
    >>> rng = np.random.default_rng(0)
    >>> t = rng.uniform(0, 2 * np.pi, 300)
    >>> circle = np.column_stack([np.cos(t), np.sin(t)]) @ rng.normal(size=(2, 100))
    >>> print(concentration_report(circle).verdict.split(" (")[0])
    No curse: 100 coordinates hold about 0.9 dimensions
    >>> report = concentration_report(rng.normal(size=(300, 100)))
    >>> print(report.verdict.split(":")[0])
    Distances concentrate as in noise
    >>> report.is_concentrated, report.is_like_noise, report.has_hubs
    (True, True, True)
    """
    if n_simulations < 19:
        raise ValueError(
            f"n_simulations={n_simulations}; it must be 19 or more: with fewer no p-value can "
            "reach 0.05."
        )
    if max_points < N_OCCURRENCES + 2:
        raise ValueError(f"max_points={max_points}; it must be {N_OCCURRENCES + 2} or more.")
    X, n_rows = read_or_sample(X, MOST_ROWS)
    X = check_cloud(X)
    n_points = n_rows or len(X)
    rng = check_random_state(random_state)
    X = distinct_points(X).X
    if len(X) < N_OCCURRENCES + 2:
        raise ValueError(
            f"X has {counted(len(X), 'distinct point')}, but hubness looks at {N_OCCURRENCES} "
            f"neighbours of each: pass {N_OCCURRENCES + 2} points or more."
        )
    if len(X) > max_points:
        X = X[np.sort(rng.choice(len(X), max_points, replace=False))]
    # The contrast to one point far out would be that of all others to it.
    inside = is_inside(neighbor_graph(X, N_OCCURRENCES).distances)
    n_left_out = 0
    if inside.sum() >= N_OCCURRENCES + 2:
        X, n_left_out = X[inside], int((~inside).sum())
    n1, dimension = _beyond_ties(X)
    value = _measure(X, n1 or None)
    value = value if n1 is None else (*value[:-1], dimension)
    null = np.array([_measure(rng.normal(size=X.shape), n1 or None) for _ in range(n_simulations)])
    measures = []
    for i, sign in enumerate((1, -1, -1, -1)):
        as_far = (sign * null[:, i] >= sign * value[i]).sum()
        quantiles = np.quantile(null[:, i], [0.05, 0.5, 0.95])
        p_value = (1 + as_far) / (1 + n_simulations) if np.isfinite(value[i]) else np.nan
        measures.append(Measure(*map(float, (value[i], *quantiles, p_value))))
    return ConcentrationReport(*measures, n_points, X.shape[1], len(X), n_simulations, n_left_out)


def _measure(X, n1=None):
    """Contrast, hubness, effective and intrinsic dimension of distinct points.

    The last between the `n1`-th neighbour and the one twice as far; None for TwoNN.
    """
    from scipy.spatial.distance import pdist, squareform

    D = squareform(pdist(X))
    np.fill_diagonal(D, np.inf)
    most = N_OCCURRENCES if n1 is None else max(N_OCCURRENCES, 2 * n1)
    near = graph_of_distances(D, most).distances
    hubs = _skewness(_occurrences(D, near[:, N_OCCURRENCES - 1]))
    np.fill_diagonal(D, np.nan)
    nearest, farthest = np.nanmin(D, axis=1), np.nanmax(D, axis=1)
    contrast = relative_contrast(np.column_stack([nearest, farthest]))
    effective = pca_dimension(principal_variances(X[None])[0], version="participation_ratio")
    ratios = near[:, 1] / near[:, 0]
    intrinsic = two_nn_dimension(ratios) if n1 is None else dimension_at_scale(near, n1)
    return contrast, hubs, float(effective), intrinsic


def _occurrences(D, last):
    """How often each point is among the nearest of others, given how far the last of these is.

    Where several are as far as the last, as on a grid, each has its share of the places that are
    left: which of them a search happens to name makes hubs of none.
    """
    last = last[:, None]
    nearer = D < last * (1 - ROUNDING)
    tied = (D <= last * (1 + ROUNDING)) & ~nearer
    left = N_OCCURRENCES - nearer.sum(axis=1, keepdims=True)
    return (nearer + tied * (left / tied.sum(axis=1, keepdims=True))).sum(axis=0)


def _beyond_ties(X):
    """Where neighbours tie, the finest scale beyond and the dimension there; else None, None.

    Scale 0 and NaN where all neighbours are equally far.
    """
    near = neighbor_graph(X, 2).distances
    if tied_share(near) <= TIED_SHARE:
        return None, None
    statistics = tied_statistics(tied_rows(X), len(X))
    if not len(statistics.scales):
        return 0, np.nan
    return int(statistics.scales[0]), float(statistics.dimensions[0])
