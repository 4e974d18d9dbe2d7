"""`compare_representations` and `compare_layers`: how alike two representations of the rows are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from ..._html import curves
from ..._kinds import as_float
from ..._report import NamedRows, Report
from ..layers._activations import layer_activations
from ..layers._distances import all_distances
from ._divergence import divergence, in_units
from ._scores import (
    information_imbalance,
    kernel_alignment,
    neighbor_overlap,
    neighbor_ranks,
)

__all__ = [
    "LayerComparison",
    "RepresentationComparison",
    "SimilarityRow",
    "compare_layers",
    "compare_representations",
]

MEASURES = ("cka", "overlap", "imbalance", "rtd")
#: Of a cloud with fewer rows nothing is said.
LEAST_ROWS = 10
#: Half of a 95% interval in standard errors.
NORMAL = 1.96
#: The names of the rows of a report.
NAMES = {
    "cka": "kernel alignment",
    "overlap": "common neighbours",
    "imbalance": "imbalance, A to B",
    "imbalance back": "imbalance, B to A",
    "rtd": "topology divergence",
    "rtd from": "divergence, A to B",
    "rtd to": "divergence, B to A",
}


class SimilarityRow(NamedTuple):
    """One measure of how alike two representations are.

    Attributes
    ----------
    name : str
    value : float
    low, high : float
        A 95% interval for other rows of the same kind.
    shuffled : float
        The same where the rows of one are shuffled, so that nothing is common.
    """

    name: str
    value: float
    low: float
    high: float
    shuffled: float


@dataclass(frozen=True, eq=False)
class RepresentationComparison(NamedRows):
    """What `compare_representations` found; prints as a verdict and a table.

    Attributes
    ----------
    rows : tuple of SimilarityRow
        "kernel alignment", "common neighbours", "imbalance, A to B" and back, "topology
        divergence" and its two directions; ``report["kernel alignment"]`` is one.
    n_rows : int
        Rows that were compared.
    n_neighbors : int
    """

    rows: tuple
    n_rows: int
    n_neighbors: int

    @property
    def verdict(self):
        """What it means, in words."""
        cka, common, there, back, rtd = self.rows[:5]
        share = 1 - rtd.value / rtd.shuffled if rtd.shuffled > 0 else 1.0
        if common.low <= common.shuffled:
            said = "The two have no more in common than shuffled rows"
        else:
            said = (
                f"The two share {common.value:.0%} of the neighbours (unrelated ones "
                f"{common.shuffled:.0%})"
            )
        said += f"; their alignment is {cka.value:.2f}. "
        apart = max(there.low, back.low) > min(there.high, back.high)
        if apart:
            more = "A tells more of B" if there.value < back.value else "B tells more of A"
            said += f"{more} than the other way round. "
        return f"{said}Their topology is {max(share, 0):.0%} nearer than by chance."

    def _rows(self):
        return [row._asdict() for row in self.rows]

    def _columns(self):
        return {
            "measure": ("name", "s"),
            "value": ("value", ".3f"),
            "low": ("low", ".3f"),
            "high": ("high", ".3f"),
            "shuffled": ("shuffled", ".3f"),
        }

    def _below(self):
        return (
            f"{self.n_rows} rows, {self.n_neighbors} neighbours; alignment and neighbours are 1 "
            "where the two are equal,\nimbalance and divergence 0; low and high: a 95% interval "
            "for other rows"
        )

    def _figure(self):
        values = {"value": np.array([row.value for row in self.rows])}
        values["shuffled"] = np.array([row.shuffled for row in self.rows])
        return curves(np.arange(len(self.rows)), values, x_label="measure", label="measures")


def compare_representations(
    A, B, *, n_neighbors=10, max_points=1000, n_resamples=20, random_state=0
):
    """How alike two representations of the same rows are, with intervals (input per point).

    Row i of one belongs to row i of the other: two layers of a network, the same layer of two
    seeds, the data and an embedding. They may have different numbers of columns.

    Parameters
    ----------
    A, B : array-likes of shape (n_points, ...)
        Axes after the first are flattened.
    n_neighbors : int, default=10
        Whose overlap is counted.
    max_points : int, default=1000
        Of more rows so many are drawn, the same of both.
    n_resamples : int, default=20
        Random halves for the intervals, and as many shuffles.
    random_state : int, RandomState or None, default=0

    Returns
    -------
    RepresentationComparison

    Raises
    ------
    ValueError
        If the two have different numbers of rows, fewer than 10, or a cloud is one point.

    See Also
    --------
    compare_layers : All layers of one network, or of several seeds, with each other.
    tda.embedding_report : What an embedding lost.

    Notes
    -----
    Each measure sees something else.

    * Kernel alignment [1]_, without bias, sees directions of large variance: 1 if one is the other,
      turned and scaled.
    * Common neighbours: the share of the nearest neighbours of a point that are its neighbours in
      the other too; it sees the smallest scale.
    * Information imbalance [2]_ has a direction: near 0 from A to B if who is near in A is near in
      B, so that A tells all that B does. It may be 0 one way and 1 the other.
    * Topology divergence [3]_ sees how pieces are put together at all scales: the sum of the bars
      that one has at a scale and the other only later, in units of the 90% quantile of its
      distances; the mean of both directions. It grows with the number of rows.

    Intervals come from random halves of the rows (delete-half jackknife: their standard deviation
    is that of the whole, since half of the rows have twice the variance and halves of one cloud
    have half of it in common); that of the divergence is scaled with its value.

    O(max_points²) memory. A thousand rows take a few seconds, nearly all of it the divergence.

    References
    ----------
    .. [1] S. Kornblith, M. Norouzi, H. Lee, G. Hinton, "Similarity of neural network
       representations revisited", ICML 2019.
    .. [2] A. Glielmo, C. Zeni, B. Cheng, G. Csányi, A. Laio, "Ranking the information content of
       distance measures", PNAS Nexus 1(2), 2022.
    .. [3] S. Barannikov, I. Trofimov, N. Balabin, E. Burnaev, "Representation topology divergence:
       a method for comparing neural network representations", ICML 2022.

    Examples
    --------
    A cloud and its shadow: the cloud tells the shadow better than the shadow the cloud.

    >>> import numpy as np
    >>> from tda.networks import compare_representations
    >>> cloud = np.random.default_rng(0).normal(size=(200, 3))
    >>> report = compare_representations(cloud, cloud[:, :2])
    >>> there, back = report["imbalance, A to B"], report["imbalance, B to A"]
    >>> there.high < back.low
    True
    >>> same = compare_representations(cloud, 5 * cloud + 1)
    >>> [round(same[name].value, 6) for name in ("kernel alignment", "topology divergence")]
    [1.0, 0.0]
    """
    A, B = _checked(A, B)
    for name, value, least in (
        ("n_neighbors", n_neighbors, 1),
        ("max_points", max_points, LEAST_ROWS),
        ("n_resamples", n_resamples, 2),
    ):
        if not isinstance(value, Integral) or value < least:
            raise ValueError(f"{name}={value!r}; it must be an integer from {least} on.")
    rng = check_random_state(random_state)
    if len(A) > max_points:
        rows = np.sort(rng.choice(len(A), max_points, replace=False))
        A, B = A[rows], B[rows]
    n = len(A)
    n_neighbors = min(n_neighbors, n // 2 - 1)
    pair = _Pair(A, B, n_neighbors)
    values = pair.measures(np.arange(n), np.arange(n))
    halves, shuffled = [], []
    for _ in range(n_resamples):
        half = rng.permutation(n)[: n // 2]
        halves.append(pair.measures(half, half))
        shuffled.append(pair.measures(half, rng.permutation(half)))
    found = []
    for key, value in values.items():
        parts = np.array([half[key] for half in halves])
        chance = float(np.mean([drawn[key] for drawn in shuffled]))
        error = float(parts.std(ddof=1))
        if key.startswith("rtd"):  # grows with the rows
            scale = value / parts.mean() if parts.mean() > 0 else 0.0
            error, chance = error * scale, chance * (scale or 2.0)
        elif key == "overlap":  # a set of k of the n - 1 others and another one, at random
            chance = n_neighbors / (n - 1)
        low, high = value - NORMAL * error, value + NORMAL * error
        top = np.inf if key.startswith("rtd") else 1.0
        low, high = min(max(low, 0.0), value), max(min(high, top), value)
        found.append(SimilarityRow(NAMES[key], value, low, high, chance))
    return RepresentationComparison(tuple(found), n_rows=n, n_neighbors=n_neighbors)


@dataclass(frozen=True, eq=False)
class LayerComparison(Report):
    """What `compare_layers` found; prints as a verdict and a table.

    Attributes
    ----------
    layer_names : tuple of str
    values : array of shape (n_layers, n_layers)
        The measure for each pair of layers; means over the pairs of networks, if there are several.
    low, high : arrays of the same shape
        Its range over the pairs of networks; `values` themselves for one network.
    measure : {"cka", "overlap", "imbalance", "rtd"}
    n_networks : int
    """

    layer_names: tuple
    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    measure: str
    n_networks: int

    @property
    def matched(self):
        """For each layer the place of the layer that is most alike in the other networks; of one
        network, among its other layers."""
        signs = self.values if self.measure in ("cka", "overlap") else -self.values
        if self.n_networks == 1:
            signs = signs - np.diag(np.full(len(signs), np.inf))
        return signs.argmax(axis=1)

    @property
    def verdict(self):
        """What it means, in words."""
        names, found = self.layer_names, self.matched
        if self.n_networks > 1:
            right = int((found == np.arange(len(names))).sum())
            return (
                f"In {self.n_networks} networks {right} of {len(names)} layers are most alike the "
                "same layer of the others."
            )
        steps = np.array([self.values[i, i + 1] for i in range(len(names) - 1)])
        if not steps.size:
            return "There is one layer."
        at = int(steps.argmin() if self.measure in ("cka", "overlap") else steps.argmax())
        return f"The representation changes most from {names[at]} to {names[at + 1]}."

    _names = ("layer",)

    def _rows(self):
        return [
            {"layer": name} | dict(zip(self.layer_names, row.tolist(), strict=True))
            for name, row in zip(self.layer_names, self.values, strict=True)
        ]

    def _columns(self):
        return {"layer": ("layer", "s")} | {name: (name, ".2f") for name in self.layer_names}

    def _below(self):
        said = {
            "cka": "kernel alignment: 1 where two are equal, turned or scaled",
            "overlap": "share of common nearest neighbours",
            "imbalance": "information imbalance from the row to the column: 0 where it tells all",
            "rtd": "topology divergence: 0 where two are equal",
        }[self.measure]
        return said + (
            f"; means over pairs of {self.n_networks} networks" if self.n_networks > 1 else ""
        )

    def _figure(self):
        depth = np.arange(len(self.layer_names))
        series = {"to the input": self.values[0], "to the output": self.values[-1]}
        return curves(depth, series, x_label="layer", y_label=self.measure, label="likeness")


def compare_layers(
    network,
    X,
    *,
    layers="all",
    measure="cka",
    n_neighbors=10,
    max_points=500,
    random_state=0,
):
    """How alike the layers of a network are, or those of several networks (input per point).

    Parameters
    ----------
    network : a network as `as_network` takes it, or a list of networks with the same layers
        Of a list, such as one of seeds, the layers of each are compared with those of the others.
    X : array-like of shape (n_points, n_features), or (n_points, ...) as a torch module takes it
    layers : "all", or list of str and int, default="all"
        Names or positions of layers (`layer_activations`); the input is always the first.
    measure : {"cka", "overlap", "imbalance", "rtd"}, default="cka"
        See `compare_representations`. "imbalance" is that from the row to the column.
    n_neighbors : int, default=10
        Of "overlap".
    max_points : int, default=500
        Of more rows so many are drawn.
    random_state : int, RandomState or None, default=0

    Returns
    -------
    LayerComparison

    Raises
    ------
    ValueError
        If the networks have different layers, or a parameter is out of its range.

    See Also
    --------
    tda.plot.plot_layer_comparison : The same as a picture.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import compare_layers, random_network
    >>> X = np.random.default_rng(0).normal(size=(100, 3))
    >>> found = compare_layers([random_network(3, [20, 20], random_state=k) for k in (0, 1)], X)
    >>> found.layer_names
    ('input', 'hidden 1', 'hidden 2', 'output')
    >>> bool(found.values[0, 0] > found.values[0, 2])
    True
    """
    if measure not in MEASURES:
        raise ValueError(f"measure={measure!r} is none of {', '.join(map(repr, MEASURES))}.")
    if not isinstance(n_neighbors, Integral) or n_neighbors < 1:
        raise ValueError(f"n_neighbors={n_neighbors!r}; it must be an integer from 1 on.")
    if not isinstance(max_points, Integral) or max_points < LEAST_ROWS:
        raise ValueError(f"max_points={max_points!r}; it must be an integer from {LEAST_ROWS} on.")
    networks = list(network) if isinstance(network, list | tuple) else [network]
    X = as_float(X, "X")
    if len(X) > max_points:
        rng = check_random_state(random_state)
        X = X[np.sort(rng.choice(len(X), max_points, replace=False))]
    sets = [layer_activations(one, X, layers=layers, include_input=True) for one in networks]
    names = tuple(sets[0])
    if any(tuple(found) != names for found in sets):
        raise ValueError("network holds networks with different layers: name some with layers=.")
    seen = [[_Cloud(_checked_one(c, name), name) for name, c in s.items()] for s in sets]
    pairs = list(combinations(range(len(seen)), 2)) or [(0, 0)]
    both_ways = measure == "imbalance"
    found = []
    for a, b in pairs:
        matrix = np.zeros((len(names), len(names)))
        for i, one in enumerate(seen[a]):
            for j, other in enumerate(seen[b]):
                if a == b and j < i and not both_ways:
                    matrix[i, j] = matrix[j, i]
                else:
                    matrix[i, j] = _measure(one, other, measure, n_neighbors)
        found.append(matrix)
        if a != b:  # no network is the first
            back = matrix.T
            if both_ways:
                back = np.array(
                    [[_measure(o, c, measure, n_neighbors) for c in seen[a]] for o in seen[b]]
                )
            found.append(back)
    return LayerComparison(
        layer_names=names,
        values=np.mean(found, axis=0),
        low=np.min(found, axis=0),
        high=np.max(found, axis=0),
        measure=measure,
        n_networks=len(networks),
    )


# -- workers -------------------------------------------------------------------------------


class _Cloud:
    """A representation with what its measures take, each computed once."""

    def __init__(self, X, name):
        self.X, self.name = X, name
        self.D = in_units(all_distances(X), name)
        self.order, self.ranks = neighbor_ranks(self.D)


def _measure(one, other, measure, n_neighbors):
    if measure == "cka":
        return kernel_alignment(one.X, other.X)
    if measure == "overlap":
        return neighbor_overlap(one.order, other.order, min(n_neighbors, len(one.X) - 1))
    if measure == "imbalance":
        return information_imbalance(one.order, other.ranks)
    return (divergence(one.D, other.D) + divergence(other.D, one.D)) / 2


class _Pair:
    """Two representations, measured on some of their rows."""

    def __init__(self, A, B, n_neighbors):
        self.A, self.B, self.n_neighbors = A, B, n_neighbors
        self.D, self.E = all_distances(A), all_distances(B)

    def measures(self, rows, others):
        """All measures where row `rows[i]` of one belongs to row `others[i]` of the other.

        Of some of the rows as large a share of them are neighbours as of all.
        """
        share = (len(rows) - 1) / (len(self.A) - 1)
        n_neighbors = max(round(share * self.n_neighbors), 1)
        D = in_units(self.D[np.ix_(rows, rows)], "A")
        E = in_units(self.E[np.ix_(others, others)], "B")
        (order, ranks), (other_order, other_ranks) = neighbor_ranks(D), neighbor_ranks(E)
        there, back = divergence(D, E), divergence(E, D)
        return {
            "cka": kernel_alignment(self.A[rows], self.B[others]),
            "overlap": neighbor_overlap(order, other_order, n_neighbors),
            "imbalance": information_imbalance(order, other_ranks),
            "imbalance back": information_imbalance(other_order, ranks),
            "rtd": (there + back) / 2,
            "rtd from": there,
            "rtd to": back,
        }


def _checked(A, B):
    A, B = _checked_one(A, "A"), _checked_one(B, "B")
    if len(A) != len(B):
        raise ValueError(
            f"A has {len(A)} row(s) and B has {len(B)}: row i of one belongs to row i of the other."
        )
    return A, B


def _checked_one(X, name):
    X = as_float(X, name)
    if X.ndim < 2 or len(X) < LEAST_ROWS or not np.isfinite(X).all():
        raise ValueError(
            f"{name} has shape {X.shape}: give finite values, {LEAST_ROWS} rows at least."
        )
    return X.reshape(len(X), -1)
