"""The holes of one class in one layer, with a p-value each degree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..._multiple_tests import holm
from ...holes import HoleCount, count_holes
from ...homology import rips_diagram
from ._distances import cknn_distances, distinct_rows, hop_distances, spanned_dimension

__all__ = ["CORRECTIONS", "METRICS", "ClassHoles", "class_holes", "corrected"]

METRICS = ("cknn", "euclidean", "geodesic")
#: For the number of layers and classes: the share of false discoveries (Benjamini, Hochberg,
#: 1995), or that there is none (Holm, 1979).
CORRECTIONS = ("fdr", "holm", None)
#: How many steps apart points are still linked (between 2 and 3 in the paper).
HOP_SCALE = 2
#: Neighbours by default: of the spacing; of the graph of steps, by highest degree.
SPACING_NEIGHBORS = 15
HOP_NEIGHBORS = {0: 14, 1: 14, 2: 19}


class ClassHoles(NamedTuple):
    """What `class_holes` found.

    Attributes
    ----------
    betti : list of int
    p_values : list of float
        That of the strongest hole of each degree beyond what is there for certain (of degree 0
        the second component): at most the level where there is one. 1 where there can be none,
        NaN where the metric knows none.
    n_distinct : int
    count : HoleCount or None
    is_tested : list of bool
        For each degree whether there was a test, so that its p-value is one of many.
    """

    betti: list
    p_values: list
    n_distinct: int
    count: HoleCount | None
    is_tested: list

    def at(self, levels):
        """The Betti numbers with a level for each degree, where there is a test."""
        if self.count is None:
            return self.betti
        return [
            (k == 0) + sum(h.degree == k and h.p_value <= level for h in self.count.candidates)
            if tested
            else betti
            for k, (betti, tested, level) in enumerate(
                zip(self.betti, self.is_tested, levels, strict=True)
            )
        ]


def class_holes(cloud, size, *, metric, n_neighbors, max_dimension, level):
    """Betti numbers of one cloud in a layer of the given size.

    In r dimensions there are no holes of degree r and above. So a layer of one unit has only
    components, and a class whose points are all equal is one component.
    """
    cloud = cloud[distinct_rows(cloud, size)]
    if n_neighbors is None:
        n_neighbors = HOP_NEIGHBORS[max_dimension] if metric == "geodesic" else SPACING_NEIGHBORS
    most = min(max_dimension, max(spanned_dimension(cloud, size) - 1, 0))
    left = max_dimension - most
    if len(cloud) < 3:
        # Two points are too few to distinguish from one component.
        none = max_dimension + 1
        return ClassHoles([1] + [0] * max_dimension, [1.0] * none, len(cloud), None, [False] * none)
    if metric == "geodesic":
        betti = _betti_of_hops(cloud, n_neighbors, most)
        p_values = [np.nan] * (most + 1)
        tested = [False] * (max_dimension + 1)
        return ClassHoles(betti + [0] * left, p_values + [1.0] * left, len(cloud), None, tested)
    options = {"max_dimension": most, "level": level}
    if metric == "cknn":
        count = count_holes(cknn_distances(cloud, n_neighbors), metric="precomputed", **options)
    else:
        count = count_holes(cloud, **options)
    strongest = [
        min((hole.p_value for hole in count.candidates if hole.degree == k), default=1.0)
        for k in range(most + 1)
    ]
    return ClassHoles(
        list(count.betti) + [0] * left,
        strongest + [1.0] * left,
        len(cloud),
        count,
        [True] * (most + 1) + [False] * left,
    )


def corrected(holes, level, correction):
    """Betti numbers and p-values of all layers and classes, as tests of one family.

    Parameters
    ----------
    holes : list of lists of ClassHoles
    level : float
    correction : {"fdr", "holm", None}

    Returns
    -------
    betti, p_values : lists of lists of lists, by layer, class and degree
    """
    p_values = np.array([[found.p_values for found in layer] for layer in holes])
    tested = np.array([[found.is_tested for found in layer] for layer in holes])
    adjusted = p_values.copy()
    if correction is not None and tested.any():
        adjusted[tested] = _adjusted(p_values[tested], correction)
    # The weaker holes of a class that has a significant one are held to the level at which the
    # family was: of n selected of m tests that is n / m of it (Benjamini, Bogomolov, 2014).
    n_tests, n_found = int(tested.sum()), int((tested & (adjusted <= level)).sum())
    reach = level
    if correction == "fdr":
        reach = level * n_found / max(n_tests, 1)
    elif correction == "holm":
        reach = level / max(n_tests - n_found + 1, 1)
    betti = [
        [found.at(np.where(adjusted[i, c] <= level, reach, 0.0)) for c, found in enumerate(layer)]
        for i, layer in enumerate(holes)
    ]
    return np.array(betti), adjusted


def _adjusted(p_values, correction):
    """p-values of a family of tests, corrected for their number."""
    from scipy.stats import false_discovery_control

    return false_discovery_control(p_values) if correction == "fdr" else holm(p_values)


def _betti_of_hops(cloud, n_neighbors, max_dimension):
    """Betti numbers of the Rips complex of steps along the neighbour graph, at one scale."""
    D = hop_distances(cloud, n_neighbors)
    D[np.isinf(D)] = len(D)  # farther than any path is long
    diagram = rips_diagram(
        D, metric="precomputed", max_dimension=max_dimension, max_edge_length=HOP_SCALE + 1
    )
    alive = (diagram.births <= HOP_SCALE) & (diagram.deaths > HOP_SCALE)
    return [int((alive & (diagram.dims == k)).sum()) for k in range(max_dimension + 1)]
