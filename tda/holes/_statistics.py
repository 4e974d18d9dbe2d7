"""The test statistics: the lifetime of a hole relative to its birth.

Degree k >= 1: the persistence ratio death / birth (Bobrowski, Skraba, Sci Rep 13:12274,
2023). Degree 0, where every birth is 0: the same ratio for components of at least m points,
born when they first hold m. Both are free of scale.
"""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np

from .._geometry import spanning_tree
from .._metrics import true_values
from .._neighbors import connected_components

__all__ = ["component_bars", "component_pieces", "component_size", "persistence_ratios"]

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
    from .._kernels.spanning_tree import large_components

    n = len(X)
    min_size = component_size(n) if min_size is None else min_size
    edges, lengths = spanning_tree(X, precomputed=precomputed)
    births, deaths, points, _ = large_components(edges, lengths, n, min_size)
    order = _by_ratio(births, deaths)
    return births[order], deaths[order], points[order]


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
    from scipy.sparse import coo_array

    from .._kernels.spanning_tree import large_components

    n = len(X)
    edges, lengths = spanning_tree(X)
    births, deaths, points, ends = large_components(edges, lengths, n, component_size(n))
    order = _by_ratio(births, deaths)
    which = order[chosen(births[order], deaths[order])]
    i, j = np.delete(edges, ends[which], axis=0).T
    _, labels = connected_components(coo_array((np.ones(i.size), (i, j)), shape=(n, n)))
    return [np.flatnonzero(labels == labels[point]) for point in points[which]]


def _by_ratio(births, deaths):
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(deaths > births, deaths / births, 1.0)
    return np.argsort(-ratios, kind="stable")
