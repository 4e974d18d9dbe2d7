"""Deaths of the loops of many points: of the many short ones in one way, of the last in another.

Most classes die soon. Their deaths are read off the edges whose lunes are in pieces, in ranges of
lengths. The few that are left may live long, while the pairs of points that are to be looked at
grow fast: from there on the work goes from cell to cell, and for each stage of lengths the cells
are larger.
"""

from __future__ import annotations

import numpy as np

__all__ = ["deaths_of_loops"]

# Edges are looked at in ranges of lengths, each up to so much longer than the one before.
_GROWTH = 1.15
_LEAST_GROWTH = 1.01  # a stage is not made shorter than this for edges that stay open
_LAST = 64  # the values of so many classes fit into one number
_OPEN = 0.01  # a stage is too long with more open edges than so many for each point
_WIDTH = 0.4  # the diagonal of a cell, against the lengths of the stage


def deaths_of_loops(space, edges, lengths, closes, reach):
    """For each class, born of an edge of `closes`, the triangle of its death, or -1.

    `edges` are the relative neighbours, in order; `lengths` and `reach` are squares.
    """
    from ..._kernels.rips_relations import first_cocycles, let_die
    from ..._kernels.rips_space_deaths import deaths_in_pieces

    n, m = len(space.points), len(closes)
    triangles = np.full((m, 3), -1)
    births = lengths[closes]
    # Cells are edges in the order of their later ends.
    by_end = np.lexsort((edges[:, 0], edges[:, 1]))
    edges = edges[by_end]
    starts = np.searchsorted(edges[:, 1], np.arange(n + 1))
    others = np.ascontiguousarray(edges[:, 0])
    place = np.empty(len(edges), np.int64)
    place[by_end] = np.arange(len(edges))
    live = first_cocycles(place[closes], len(edges))
    odd, room = np.zeros(m, bool), np.empty(m + 1, np.int64)
    n_dead, most, pairs = 0, -1.0, None
    while n_dead < m and most < reach:
        if m - n_dead <= _LAST:
            last, pairs = np.flatnonzero(triangles[:, 0] < 0), None
            found, odd_bits, most = _last_triangles(
                space, edges, live, last, births[last], most, reach
            )
            for triangle, bits in zip(found, odd_bits, strict=True):
                odd_ones = last[[k for k in range(len(last)) if int(bits) >> k & 1]]
                live, dead = let_die(live, odd_ones, len(odd_ones))
                triangles[dead] = triangle
            n_dead += len(found)
            if n_dead == m or most >= reach:
                break
        rows, most, pairs = _edges_of_range(space, births, n_dead, most, reach, pairs)
        live, dead = deaths_in_pieces(space, starts, others, live, rows, odd, room)
        ends = np.flatnonzero(dead >= 0)
        triangles[dead[ends]] = rows[ends][:, [0, 1, 3]]
        n_dead += len(ends)
    return triangles


def _edges_of_range(space, births, n_dead, most, reach, pairs):
    """Edges of the next range of lengths with a lune in pieces, in order; its end; what is left."""
    from ..._kernels.rips_space_lunes import edges_in_pieces

    least = most
    if np.searchsorted(births, most, side="right") == n_dead:
        most = births[n_dead]  # nothing lives before the next birth
        least = np.nextafter(most, 0)
    most = min(most * _GROWTH**2, reach)
    if pairs is None:
        pairs = np.array([[1, 1]], np.int32)
    rows, squares, pairs = edges_in_pieces(space, pairs, least, most)
    at = np.lexsort((rows[:, 3], np.minimum(*rows[:, :2].T), np.maximum(*rows[:, :2].T), squares))
    return rows[at], most, pairs


def _last_triangles(space, edges, live, last, births, least, reach):
    """Triangles of which the classes `last` die, in order, looked for among cells.

    Returns also the classes that are odd on each, as bits, and the square of the length up to which
    all are found: the search ends where two parts of the cloud meet, and many edges have nothing
    shorter between their ends than one another.
    """
    from ..._kernels.rips_relations import values_on_cells
    from ..._kernels.rips_space_cells import (
        complete_rows,
        make_boxes,
        make_cells,
        make_graph,
        make_rows,
        most_are_known,
        no_rows,
        single_cells,
    )
    from ..._kernels.rips_space_winding import apply_relations, find_deaths

    boxes, single = make_boxes(space), single_cells(space)
    values = values_on_cells(live, last, len(edges))
    is_dead = np.zeros(len(last), bool)
    graph, most = None, least
    triangles, odd_bits = [np.empty((0, 3), np.int64)], [np.empty(0, np.uint64)]
    while not is_dead.all() and most < reach:
        least = max(most, np.nextafter(births[~is_dead][0], 0))
        if graph is None or least > most:  # nothing lives from one to the other
            graph = make_graph(space, edges, values, least)
            cells, rows = single, no_rows()
        growth, old, old_rows = _GROWTH, cells, rows
        cells = make_cells(boxes, _WIDTH**2 * least, old)
        while True:
            end = min(least * growth**2, reach)
            rows = make_rows(space, boxes, graph, cells, old, old_rows, least, end)
            complete_rows(boxes, cells, rows, least)
            few = int(_OPEN * len(space.points))
            is_open = not most_are_known(boxes, cells, rows, least, end, few)
            if growth < _LEAST_GROWTH or not is_open:
                break
            growth **= 0.5
        if is_open:
            break
        most = end
        found, relations, youngest = find_deaths(
            space, boxes, graph, cells, rows, least, most, np.count_nonzero(~is_dead)
        )
        triangles.append(found)
        odd_bits.append(relations)
        is_dead[[int(bit).bit_length() - 1 for bit in youngest]] = True
        for part in (values, graph.value, rows.value, cells.gauge):
            apply_relations(part, relations, youngest)
    return np.concatenate(triangles), np.concatenate(odd_bits), most
