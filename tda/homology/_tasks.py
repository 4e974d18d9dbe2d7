"""The task of an engine, with the input in every form that an engine may need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any

import numpy as np

from .._metrics import named_distances
from .._validation import check_distance_matrix

__all__ = ["AlphaTask", "CubicalTask", "PeriodicTask", "RipsTask", "WeightedTask", "distances_of"]


@dataclass(frozen=True, eq=False)
class RipsTask:
    """A Vietoris-Rips complex of a checked cloud or distance matrix."""

    X: Any
    max_dimension: int = 1
    field: int = 2
    max_edge_length: float = np.inf
    metric: Any = "euclidean"
    simplices: bool = False
    cocycles: bool = False

    way_out = (
        "Thin the cloud to landmarks (tda.count_holes does), set max_edge_length, lower "
        "max_dimension, or in two or three dimensions use the alpha complex."
    )

    @property
    def what(self):
        return f"The Rips complex of {self.n_points} points"

    @property
    def n_points(self):
        return self.X.shape[0]

    @property
    def n_pairs(self):
        return comb(self.n_points, 2)

    @property
    def n_features(self):
        """How many coordinates the points have, or None where the distance is not Euclidean."""
        return self.X.shape[1] if _is(self.metric, "euclidean") else None

    @property
    def is_sparse(self):
        """Whether a sparse matrix of distances is given."""
        from scipy import sparse

        return sparse.issparse(self.X)

    def is_thin(self, n_points):
        """Whether only the short distances are computed, for more than `n_points` points."""
        if self.n_features is None or not np.isfinite(self.max_edge_length):
            return False
        return self.n_points > n_points

    @property
    def fits_kernels(self):
        """Whether there is a dense matrix, or it can be made, and it is small enough for edge
        codes."""
        return not self.is_sparse and self.n_points < 2**16

    @property
    def has_few_edges(self):
        """Whether distances come as a sparse matrix."""
        return self.is_sparse or self.is_thin(2000)

    @cached_property
    def n_edges(self):
        """How many edges may enter."""
        if self.is_sparse:
            return self.X.nnz // 2
        return (
            _count_near_pairs(self.X, self.max_edge_length) if self.is_thin(2000) else self.n_pairs
        )

    @cached_property
    def _matrix(self):
        return distances_of(self.X, self.metric)

    @cached_property
    def _pairs(self):
        return self.X if self.is_sparse else _near_pairs(self.X, self.max_edge_length)

    def form(self, name):
        """The "points", the "matrix" of distances, or "distances" in their smallest form."""
        if name == "points":
            return self.X
        return self._pairs if name == "distances" and self.has_few_edges else self._matrix


@dataclass(frozen=True, eq=False)
class AlphaTask:
    """An alpha complex of a checked cloud."""

    X: Any
    max_dimension: int
    field: int = 2
    max_radius: float = np.inf
    simplices: bool = False

    way_out = "Use the Rips complex, or embed the cloud into fewer dimensions first."

    @property
    def what(self):
        return f"The alpha complex of {self.n_points} points in {self.n_features} dimensions"

    @property
    def n_points(self):
        return self.X.shape[0]

    @property
    def n_features(self):
        return self.X.shape[1]

    def form(self, name):
        return self.X


@dataclass(frozen=True, eq=False)
class WeightedTask(AlphaTask):
    """An alpha complex with weights."""

    filtration: str = "weighted alpha"
    given: Any = None

    neighbor_bytes = 0  # what it takes to make the weights

    @property
    def weights(self):
        return self.given


@dataclass(frozen=True, eq=False)
class PeriodicTask(AlphaTask):
    """An alpha complex in a box with glued sides, with or without weights."""

    box: Any = None
    weights: Any = None

    way_out = "Take fewer points, or landmarks of them (tda.landmarks)."

    @property
    def what(self):
        return f"The alpha complex of {self.n_points} points in a box with glued sides"


@dataclass(frozen=True, eq=False)
class CubicalTask:
    """A cubical complex of the sublevel sets of a checked image; for a plan only its shape."""

    shape: tuple
    max_dimension: int
    field: int = 2
    construction: str = "cells"
    periodic: tuple = (False,)
    cells: bool = False
    image: Any = None

    way_out = "Crop the image, or shrink it, for example with scipy.ndimage.zoom."

    @property
    def what(self):
        return f"The cubical complex of an image of shape {self.shape}"

    def form(self, name):
        return self.image


def distances_of(X, metric):
    """Distance matrix of a cloud."""
    if _is(metric, "precomputed"):
        return X
    if _is(metric, "euclidean"):
        from .._kernels.distances import distance_matrix

        return distance_matrix(X)
    return check_distance_matrix(
        named_distances(X, metric), name=f"the matrix of metric {metric!r}"
    )


def _is(metric, name):
    return isinstance(metric, str) and metric == name


def _count_near_pairs(X, radius):
    from scipy.spatial import cKDTree

    tree = cKDTree(X)
    return (int(tree.count_neighbors(tree, radius)) - len(X)) // 2


def _near_pairs(X, radius):
    from scipy import sparse
    from scipy.spatial import cKDTree

    i, j = cKDTree(X).query_pairs(radius, output_type="ndarray").T
    lengths = np.linalg.norm(X[i] - X[j], axis=1)
    return sparse.csr_array(
        (np.tile(lengths, 2), (np.concatenate([i, j]), np.concatenate([j, i]))),
        shape=(len(X), len(X)),
    )
