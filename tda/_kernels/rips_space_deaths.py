"""Which classes of degree 1 die of the edges whose lunes are in pieces."""

import numpy as np

from ._compiled import compiled, watch
from .growing import longer
from .rips_relations import apply_relation
from .rips_space import lune_point


@compiled
def deaths_in_pieces(space, starts, others, live, rows, odd, odd_ones):
    """Apply the relations of `rows` (`edges_in_pieces`) in order to the cocycles `live`.

    The relative neighbours of u are ``others[starts[u]:starts[u + 1]]``, and cells have the places
    of `others` with the later end. Returns the cocycles, and for each row the class that dies, or
    -1.
    """
    dead = np.full(rows.shape[0], -1, np.int32)
    loop, n_loop = np.empty(256, np.int64), 0
    work, stack = np.empty((256, 2), np.int64), np.empty(128, np.int64)
    second = 0
    for r in range(rows.shape[0]):
        second = watch(second)
        if second < 0:
            break
        u, v, w, x = rows[r]
        work[0, 0], work[0, 1], work[1, 0], work[1, 1] = u, w, w, v
        work[2, 0], work[2, 1], work[3, 0], work[3, 1] = v, x, x, u
        top, n_loop = 4, 0
        while top:
            top -= 1
            a, b = work[top]
            cell = _cell(starts, others, max(a, b), min(a, b))
            if cell >= 0:
                if live.head[cell] >= 0:
                    if n_loop == loop.size:
                        loop = longer(loop)
                    loop[n_loop] = cell
                    n_loop += 1
                continue
            z = lune_point(space, a, b, stack)
            if top + 2 > work.shape[0]:
                work = np.concatenate((work, work))
            work[top, 0], work[top, 1] = a, z
            work[top + 1, 0], work[top + 1, 1] = z, b
            top += 2
        live, dead[r] = apply_relation(live, loop, n_loop, odd, odd_ones)
    return live, dead


@compiled
def _cell(starts, others, late, soon):
    """The place of the edge among relative neighbours, seen from its later end; -1 if not there."""
    for e in range(starts[late], starts[late + 1]):
        if others[e] == soon:
            return e
    return -1
