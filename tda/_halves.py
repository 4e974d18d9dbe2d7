"""Diagrams of random halves of a cloud: what sampling alone changes.

Whoever says that two shapes differ compares them with two halves of one. Each function takes a
matrix of distances.
"""

from __future__ import annotations

import numpy as np

from ._geometry import spread_landmarks
from .diagrams import Diagram
from .homology import rips_diagram

__all__ = ["OWN_SPREAD_QUANTILE", "SIZE_QUANTILE", "diagram_of", "landmarks_of", "size_of"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: All distances are divided by this quantile of theirs, which one far point does not move.
#: At 0.9 no answer of eight embeddings changes, at 0.975 one.
SIZE_QUANTILE = 0.95
#: A change is one if the median over resamples is beyond this quantile of the data's own.
#: That of a test at level 0.05. At 0.9 and 0.975 no answer of eight embeddings changes.
OWN_SPREAD_QUANTILE = 0.95


def size_of(D):
    """The size of a shape from all its distances, or 1 if it is a point."""
    size = np.quantile(D[np.triu_indices(len(D), 1)], SIZE_QUANTILE)
    return float(size) if size > 0 else 1.0


def landmarks_of(D, rows, n_landmarks):
    """Those of the rows of a distance matrix that are spread by farthest points."""
    chosen, _ = spread_landmarks(
        np.ascontiguousarray(D[np.ix_(rows, rows)]), n_landmarks, precomputed=True
    )
    return rows[chosen]


def diagram_of(D, rows, max_dimension) -> Diagram:
    """The Rips diagram of some rows of a distance matrix."""
    return rips_diagram(
        np.ascontiguousarray(D[np.ix_(rows, rows)]),
        max_dimension=max_dimension,
        metric="precomputed",
    )
