"""Alpha complexes of points with weights in any number of dimensions, by gudhi."""

from __future__ import annotations

import numpy as np

from ...diagrams import Diagram
from .._plan import Engine
from ._delaunay_cells import uniform_bytes
from ._gudhi import SIMPLEX_BYTES, from_tree
from ._triangulation import gudhi_precision, is_coarse, without_dust

__all__ = ["ENGINE", "alpha_weighted_gudhi", "signed_root"]


def alpha_weighted_gudhi(
    X, weights, *, filtration, max_dimension, field, max_radius, simplices, precision="safe"
):
    """What `alpha_regular` computes, in any number of dimensions, by gudhi."""
    import gudhi

    tree = gudhi.AlphaComplex(points=X, weights=weights, precision=precision).create_simplex_tree(
        max_alpha_square=max_radius**2
    )
    squared = from_tree(tree, filtration, field, max_dimension, simplices=simplices)
    return Diagram(
        signed_root(squared.births),
        signed_root(squared.deaths),
        squared.dims,
        filtration=filtration,
        field=field,
        max_dimension=max_dimension,
        birth_simplices=squared.birth_simplices,
        death_simplices=squared.death_simplices,
    )


def signed_root(squares):
    """``sign(s) * sqrt(|s|)``"""
    return np.sign(squares) * np.sqrt(np.abs(squares))


def _memory(task):
    n, d = task.n_points, task.n_features
    own = SIMPLEX_BYTES * n * 30 if d <= 3 else uniform_bytes(n, d)
    return task.neighbor_bytes + own


def _compute(X, task):
    # Where our own engine or its grid does not do, values matter too.
    coarse = X.shape[1] <= 3 or is_coarse(X) or is_coarse(task.weights[:, None])
    precision = gudhi_precision(len(X)) if coarse else "safe"
    return alpha_weighted_gudhi(
        without_dust(X),
        task.weights,
        filtration=task.filtration,
        max_dimension=task.max_dimension,
        field=task.field,
        max_radius=task.max_radius,
        simplices=task.simplices,
        precision=precision,
    )


ENGINE = Engine(
    "gudhi",
    "gudhi's alpha complex on CGAL's regular triangulation",
    needs="points",
    takes=lambda task: True,
    memory=_memory,
    compute=_compute,
    soon=lambda task: task.n_points <= 5000 and task.n_features <= 3,
)
