"""How the homology of parts of a clique complex maps into that of the whole, in kernels.

The edges of the parts enter first (`rips_degrees`). A class that lives when a part is complete is a
coordinate of the homology of the part: the value of its cocycle on a cycle. When it dies later, it
becomes a sum of older classes, on every cycle that came before, and classes that are born later
are 0 there. So these sums are the map into the whole, without any cycle.
"""

import numpy as np

from ._compiled import compiled, watch
from .growing import longer_table
from .rips_core import no_classes
from .rips_degrees import enter
from .rips_values import no_cells
from .rips_vectors import N_CLASSES, more_vectors, no_vectors, settle


@compiled
def clique_maps(edges, ends, n, top, field, bits, most):
    """Classes of parts of a clique complex, of the whole, and the maps, in degrees 1 to `top`.

    Parameters
    ----------
    edges : int64 array of shape (n_edges, 2)
        In the order in which they enter, the lower vertex first; those of each part before those
        of the next, which are not joined to it, and then the rest.
    ends : int64 array of shape (n_parts,)
        How many edges there are when each part is complete.
    n, top, field, bits : int
        Number of vertices; highest degree; the prime of the field; how many bits a vertex takes
        in a number of 63 bits that holds ``top + 1`` vertices.
    most : int
        How many bytes the values of cocycles may take.

    Returns
    -------
    done : bool
        False if they take more; what follows is then of no use.
    degrees : int64 array of shape (n_classes,)
        Of each class, in order of birth.
    part : int64 array of shape (n_classes,)
        Of which part each is a coordinate, or -1 for none.
    lives : bool array of shape (n_classes,)
        Which ones are coordinates of the whole.
    images : int64 array of shape (n_entries, 3)
        A class of a part, one of the whole, and its factor in the image of the first.
    """
    n_words = (n + 63) >> 6
    adjacent, sets = np.zeros((n, n_words), np.uint64), np.empty((3, n_words), np.uint64)
    parent = np.arange(n)
    cells, v, classes = no_cells(n), no_vectors(field, False), no_classes(top)
    n_parts = ends.size
    until = np.zeros(n_parts + 1, np.int64)  # how many classes are born in the parts so far
    second = 0
    # A class that has died has a rule: those of a part are the ones without, when it is complete.
    part = np.full(64, -1)
    for p in range(n_parts + 1):
        first = ends[p - 1] if p else 0
        for e in range(first, ends[p] if p < n_parts else edges.shape[0]):
            second = watch(second)
            # A value is 16 bytes of the table, and an entry of a vector 8.
            taken = 16 * cells.keys.size + 8 * v.entries.shape[0] + 32 * v.first.size
            if second < 0 or taken + 4 * cells.lists.size > most:
                nothing = np.zeros((0, 3), np.int64)
                return False, nothing[:, 0], nothing[:, 0], nothing[:, 0] > 0, nothing
            u, w = edges[e, 0], edges[e, 1]
            cells.rank[u, w], cells.rank[w, u] = e, e
            enter(cells, v, classes, adjacent, parent, sets, u, w, top, bits, True)
        if p < n_parts:
            until[p + 1] = v.counts[N_CLASSES]
            if until[p + 1] > part.size:
                bigger = np.full(max(until[p + 1], 2 * part.size), -1)
                bigger[: part.size] = part
                part = bigger
            for c in range(until[p], until[p + 1]):
                if v.rule[c] < 0:
                    part[c] = p
    n_classes = v.counts[N_CLASSES]
    coordinates = np.full(n_classes, -1)
    lives = np.empty(n_classes, np.bool_)
    images, size = np.empty((64, 3), np.int64), 0
    for c in range(n_classes):
        rule = v.rule[c]
        lives[c] = rule < 0
        if c >= until[n_parts] or part[c] < 0:
            continue
        coordinates[c] = part[c]
        if rule >= 0:
            while not settle(v, rule):
                more_vectors(v)
        for e in range(v.length[rule] if rule >= 0 else 1):
            if size == images.shape[0]:
                images = longer_table(images)
            images[size, 0], images[size, 1], images[size, 2] = c, c, 1
            if rule >= 0:
                entry = v.entries[v.first[rule] + e]
                images[size, 1], images[size, 2] = entry[0], entry[1]
            size += 1
    return True, classes.degrees[:n_classes], coordinates, lives, images[:size]
