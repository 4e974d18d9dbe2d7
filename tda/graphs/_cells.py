"""Diagrams of complexes whose cells are listed, and the cliques of a graph as such a complex."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._memory import require_bytes
from ..diagrams import Diagram

__all__ = ["Cells", "clique_cells", "diagram_of_cells"]

#: Bytes of a clique while it is made and paired, beside four of each facet.
CLIQUE_BYTES = 120


class Cells(NamedTuple):
    """A filtered complex, one entry a degree.

    Attributes
    ----------
    values : list of float64 arrays
        When each cell enters: no earlier than its facets.
    facets : list of int32 arrays of shape (n_cells, degree + 1)
        Numbers of cells of the degree below; facet i leaves out vertex i. None in degree 0.
    """

    values: list
    facets: list


def clique_cells(n, edges, vertex_values, edge_values, max_dimension):
    """The cliques of a graph up to one degree more than asked, each as late as its latest face.

    Parameters
    ----------
    n : int
    edges : int array of shape (n_edges, 2)
        Sorted. A clique is a row of vertices with an edge from each to all later ones.
    vertex_values, edge_values : float arrays
        An edge enters no earlier than its vertices.
    max_dimension : int

    Returns
    -------
    Cells
    """
    from .._kernels.cells import count_children, make_children

    edges = np.ascontiguousarray(edges, dtype=np.int32)
    parent, heads = np.ascontiguousarray(edges[:, 0]), np.ascontiguousarray(edges[:, 1])
    starts = np.concatenate([[0], np.cumsum(np.bincount(parent, minlength=n))]).astype(np.int64)
    facets = np.ascontiguousarray(edges[:, ::-1])  # leaving out vertex 0 leaves the head
    values = np.maximum(edge_values, vertex_values[edges].max(axis=1, initial=-np.inf))
    cells = Cells([np.asarray(vertex_values, float), values], [None, facets])
    last, siblings = heads, starts
    for degree in range(2, max_dimension + 2):
        children = count_children(parent, last, siblings, starts, heads)
        count = int(children[-1])
        require_bytes(
            count * (CLIQUE_BYTES + 24 * (degree + 1)),
            f"The {count} cliques of {degree + 1} vertices",
            "Lower max_dimension, or leave out the edges that enter last.",
        )
        if count >= 2**31:
            raise MemoryError(f"The graph has {count} cliques of {degree + 1} vertices.")
        parent, last, facets, values = make_children(
            parent, last, facets, values, siblings, children, starts, heads
        )
        siblings = children
        cells.values.append(values)
        cells.facets.append(facets)
    return cells


def diagram_of_cells(cells, *, max_dimension, field=2, filtration="flag", sign=1.0):
    """The persistence diagram of a filtered complex.

    Parameters
    ----------
    cells : Cells
    max_dimension : int
        Highest degree of homology. Classes of the highest degree that has cells never end.
    field : int, default=2
    filtration : str, default='flag'
    sign : float, default=1.0
        -1 where the values are those of a function upside down: the bars then run downward.

    Returns
    -------
    Diagram
    """
    from .._kernels.cells import cofacets, pair_cells, pair_vertices

    births, deaths, dims = [], [], []
    vertices = cells.values[0]
    ends = np.zeros(len(vertices), dtype=bool)  # which cells end a class of the degree below
    for degree in range(min(max_dimension, len(cells.values) - 1) + 1):
        values = cells.values[degree]
        last = degree + 1 >= len(cells.values)
        above = np.zeros(0) if last else cells.values[degree + 1]
        order = np.argsort(values, kind="stable")
        order_above = np.argsort(above, kind="stable")
        if last:
            death = np.full(len(values), -1)
        elif degree == 0:
            rank = np.empty(len(values), dtype=np.int64)
            rank[order] = np.arange(len(values))
            death = pair_vertices(order_above, cells.facets[1], rank, len(values))
        else:
            columns = cofacets(cells.facets[degree + 1], order_above, len(values), field)
            place = pair_cells(order, ends, *columns, len(above), field)
            death = np.where(place < 0, -1, order_above[place] if len(above) else -1)
        alive = ~ends
        when = np.full(len(values), np.inf)
        when[death >= 0] = above[death[death >= 0]]
        births.append(values[alive])
        deaths.append(when[alive])
        dims.append(np.full(int(alive.sum()), degree))
        ends = np.zeros(len(above), dtype=bool)
        ends[death[death >= 0]] = True
    return Diagram(
        sign * np.concatenate(births) + 0.0,
        sign * np.concatenate(deaths) + 0.0,
        np.concatenate(dims),
        filtration=filtration,
        field=field,
        max_dimension=max_dimension,
    )
