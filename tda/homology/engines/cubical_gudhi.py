"""Cubical complexes of images of any number of axes, periodic or not, over any field, by gudhi."""

from __future__ import annotations

from math import prod

import numpy as np

from ...diagrams import Diagram
from .._plan import Engine
from ._gudhi import from_arrays

__all__ = ["ENGINE", "cubical_gudhi"]

_CELL_BYTES = 60


def cubical_gudhi(image, *, max_dimension, field, construction, periodic, cells):
    """Diagram of an image of any number of axes, with positions of births and deaths."""
    import gudhi

    kind = "vertices" if construction == "vertices" else "top_dimensional_cells"
    if any(periodic):
        built = gudhi.PeriodicCubicalComplex(**{kind: image, "periodic_dimensions": list(periodic)})
    else:
        built = gudhi.CubicalComplex(**{kind: image})
    built.compute_persistence(homology_coeff_field=field, min_persistence=0.0)
    if not cells:
        bars = [built.persistence_intervals_in_dimension(k) for k in range(max_dimension + 1)]
        return from_arrays(bars, "cubical", field, max_dimension)
    if construction == "vertices":
        regular, essential = built.vertices_of_persistence_pairs()
    else:
        regular, essential = built.cofaces_of_persistence_pairs()
    births, deaths, dims = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0, int)]
    for k in range(max_dimension + 1):
        pairs = regular[k] if k < len(regular) else np.zeros((0, 2), int)
        alone = essential[k] if k < len(essential) else np.zeros(0, int)
        births += [pairs[:, 0], alone]
        deaths += [pairs[:, 1], np.full(len(alone), -1)]
        dims += [np.full(len(pairs) + len(alone), k)]
    births, deaths, dims = map(np.concatenate, (births, deaths, dims))
    values = image.ravel(order="F")  # gudhi numbers cells with the first axis fastest
    return Diagram(
        values[births],
        np.where(deaths >= 0, values[deaths], np.inf),
        dims,
        filtration="cubical",
        field=field,
        max_dimension=max_dimension,
        birth_simplices=_to_c_order(births, image.shape),
        death_simplices=_to_c_order(deaths, image.shape),
    )


def _to_c_order(index, shape):
    """Flat indices with the last axis fastest, as numpy's, from ones with the first; keeps -1."""
    moved = np.ravel_multi_index(np.unravel_index(np.maximum(index, 0), shape, order="F"), shape)
    return np.where(index >= 0, moved, -1).reshape(-1, 1)


ENGINE = Engine(
    "gudhi",
    "gudhi's cubical complex",
    needs="image",
    takes=lambda task: True,
    memory=lambda task: _CELL_BYTES * prod(2 * length + 1 for length in task.shape),
    compute=lambda image, task: cubical_gudhi(
        image,
        max_dimension=task.max_dimension,
        field=task.field,
        construction=task.construction,
        periodic=task.periodic,
        cells=task.cells,
    ),
    soon=lambda task: prod(task.shape) <= (500_000 if len(task.shape) <= 2 else 50_000),
)
