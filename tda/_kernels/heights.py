"""When the vertices and cells of a complex come, by height in many directions.

Heights become places on a grid. A cell comes with its highest vertex, at the largest of their
places, so cells are counted with small integers alone.
"""

import numpy as np

from ._compiled import compiled, watch


@compiled
def height_places(vertices, directions, grid, places):
    """For each vertex and direction the first place of an even grid at or above its height.

    `places` has shape (n_vertices, n_directions) and is filled; ``grid.size`` is beyond the grid.
    """
    n, d = vertices.shape
    last = grid.size
    low = grid[0]
    inverse = (last - 1) / (grid[last - 1] - low) if last > 1 else 0.0
    second = 0
    for i in range(n):
        if i & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                return
        for j in range(directions.shape[0]):
            height = 0.0
            for k in range(d):
                height += vertices[i, k] * directions[j, k]
            steps = min(max((height - low) * inverse, -1.0), last + 1.0)
            place = max(int(np.ceil(steps)), 0)
            if abs(steps - np.rint(steps)) < 1e-6 or place >= last:  # let the grid itself decide
                place = min(max(place - 1, 0), last)
                while place < last and grid[place] < height:
                    place += 1
            places[i, j] = place


@compiled
def add_cells(places, cells, weights, middle, counts):
    """Add the weight of each cell to the counts of each direction, where its last vertex comes.

    With `middle`, where the second of the three vertices of a triangle comes. `counts` has shape
    (n_directions, n_places).
    """
    n_directions, second = places.shape[1], 0
    top = np.empty(n_directions, places.dtype)
    for c in range(cells.shape[0]):
        if c & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                return
        if middle:
            x, y, z = places[cells[c, 0]], places[cells[c, 1]], places[cells[c, 2]]
            for j in range(n_directions):
                low, high = min(x[j], y[j]), max(x[j], y[j])
                top[j] = max(low, min(high, z[j]))
        else:
            x = places[cells[c, 0]]
            for j in range(n_directions):
                top[j] = x[j]
            for k in range(1, cells.shape[1]):
                x = places[cells[c, k]]
                for j in range(n_directions):
                    top[j] = max(top[j], x[j])
        weight = weights[c]
        for j in range(n_directions):
            counts[j, top[j]] += weight
