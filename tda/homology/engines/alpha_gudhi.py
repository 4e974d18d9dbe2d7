"""Alpha complexes of any number of dimensions, by gudhi on CGAL's triangulation."""

from __future__ import annotations

from .._plan import Engine
from ._delaunay_cells import memory_of_cells, uniform_bytes
from ._gudhi import from_tree
from ._triangulation import gudhi_precision, without_dust

__all__ = ["ENGINE", "alpha_gudhi"]

# So many points take about a second, by dimension.
_SOON = {1: 20_000, 2: 20_000, 3: 20_000, 4: 1000, 5: 300, 6: 100}


def alpha_gudhi(X, *, max_dimension, field, max_radius, simplices, precision="safe"):
    """Diagram of the alpha complex of a cloud, in radii, by gudhi.

    With ``precision="exact"`` values are exact too, and not only the triangulation.
    """
    import gudhi

    tree = gudhi.AlphaComplex(points=X, precision=precision).create_simplex_tree(
        max_alpha_square=max_radius**2, output_squared_values=False
    )
    return from_tree(tree, "alpha", field, max_dimension, simplices=simplices)


def _compute(X, task):
    # In few dimensions it is asked where our own grid is too coarse; then values matter too.
    few = task.n_features <= 3
    return alpha_gudhi(
        X if few else without_dust(X),
        max_dimension=task.max_dimension,
        field=task.field,
        max_radius=task.max_radius,
        simplices=task.simplices,
        precision=gudhi_precision(len(X)) if few else "safe",
    )


ENGINE = Engine(
    "gudhi",
    "gudhi's alpha complex on CGAL's Delaunay triangulation",
    needs="points",
    takes=lambda task: True,
    memory=lambda task: memory_of_cells(task.X, uniform_bytes(task.n_points, task.n_features)),
    compute=_compute,
    soon=lambda task: task.n_points <= _SOON.get(task.n_features, 0),
)
