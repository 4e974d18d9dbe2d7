"""The test statistics: the lifetime of a hole relative to its birth.

Degree k >= 1: the persistence ratio death / birth (Bobrowski, Skraba, Sci Rep 13:12274,
2023). Degree 0, where every birth is 0: the same ratio for components of at least m points,
born when they first hold m. Both are free of scale.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np

from .._geometry import spanning_tree
from .._metrics import true_values
from .._neighbors import connected_components

__all__ = [
    "Components",
    "component_bars",
    "component_pieces",
    "component_size",
    "components_of",
    "persistence_ratios",
]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: Bars this close to the diagonal come from cospherical points and say nothing of the shape.
#: Halved or doubled, no count of the benchmark changes, lattices included.
FLOOR = 1 + 1e-6


def persistence_ratios(diagram, degree, *, essential=False):
    """Indices of the bars of one degree k >= 1 and their ratios, largest first.

    In the values of a metric, where those of the diagram are of a function of one. Bars that never
    die are left out, or with `essential` have the least ratio that is known: they are alive at
    the diagram's threshold, or at its largest value.
    """
    bars = np.flatnonzero((diagram.dims == degree) & (diagram.births > 0))
    births, deaths = diagram.births[bars], diagram.deaths[bars]
    never = np.isinf(deaths)
    if not essential:
        bars, births, deaths, never = (a[~never] for a in (bars, births, deaths, never))
    if never.any():
        last = diagram.threshold
        if np.isinf(last):
            last = max(np.max(v, initial=0.0, where=np.isfinite(v)) for v in
                       (diagram.births, diagram.deaths))  # fmt: skip
        deaths = np.where(never, np.maximum(last, births), deaths)
    ratios = true_values(deaths, diagram.metric) / true_values(births, diagram.metric)
    keep = (ratios > FLOOR) | never
    bars, ratios = bars[keep], ratios[keep]
    order = np.argsort(-ratios, kind="stable")
    return bars[order], ratios[order]


def component_size(n_points):
    """The least number of points that count as a component: half the root of `n_points`.

    So a single far point is an outlier, not a component, and the size needed is a vanishing
    share of a growing cloud.
    """
    return max(5, ceil(sqrt(n_points) / 2))


def component_bars(X, *, min_size=None, precomputed=False):
    """Births, deaths and a point of each large component but the eldest, by largest ratio.

    A component is born at the edge length at which it first holds `min_size` points and dies
    where it meets an older one of that kind: degree 0 of the Rips filtration with small
    components left out, a slice of the degree-Rips bifiltration (Lesnick, Wright, 2015,
    arXiv:1512.00180). Outliers and uneven density hardly move it.
    """
    components = components_of(X, min_size=min_size, precomputed=precomputed)
    return components.births, components.deaths, components.points


class Components(NamedTuple):
    """The large components of a cloud but the eldest, by largest ratio.

    Attributes
    ----------
    births, deaths : arrays of shape (n_components,)
        In edge lengths.
    points : int array of shape (n_components,)
        A point of each.
    ends : int array of shape (n_components,)
        The edge of the tree that joins each to an older one.
    edges : int array of shape (n_points - 1, 2)
        The spanning tree.
    """

    births: np.ndarray
    deaths: np.ndarray
    points: np.ndarray
    ends: np.ndarray
    edges: np.ndarray

    def labels(self, chosen):
        """The piece of every point if the edges that end the chosen components are taken out."""
        from scipy.sparse import coo_array

        n = len(self.edges) + 1
        i, j = np.delete(self.edges, self.ends[chosen], axis=0).T
        return connected_components(coo_array((np.ones(i.size), (i, j)), shape=(n, n)))[1]


def components_of(X, *, min_size=None, precomputed=False):
    """The `Components` of a cloud."""
    from .._kernels.spanning_tree import large_components

    n = len(X)
    min_size = component_size(n) if min_size is None else min_size
    edges, lengths = spanning_tree(X, precomputed=precomputed)
    births, deaths, points, ends = large_components(edges, lengths, n, min_size)
    order = _by_ratio(births, deaths)
    order = order[np.isfinite(births[order])]
    return Components(births[order], deaths[order], points[order], ends[order], edges)


def component_pieces(X, chosen):
    """The cloud in pieces, one for each chosen component and one for all the rest.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    chosen : function of births and deaths
        The bars of `component_bars` to separate, as indices in their order.

    Returns
    -------
    list of int arrays
        The points of each chosen component: what is left around it of the spanning tree when
        the edges that end the chosen ones are taken out.
    """
    components = components_of(X)
    which = chosen(components.births, components.deaths)
    labels = components.labels(which)
    return [np.flatnonzero(labels == labels[point]) for point in components.points[which]]


def _by_ratio(births, deaths):
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(deaths > births, deaths / births, 1.0)
    return np.argsort(-ratios, kind="stable")
