"""Rips persistence in degrees 0 and 1 over Z/2 of many small clouds, in one compiled loop."""

import numpy as np
from numba import njit

from .distances import distance_matrix
from .rips_loops import bucketed_edges, last_birth, nearest_in_rows, rips_loops


@njit(cache=True, nogil=True)
def rips_many(points, starts, max_dimension, max_length):
    """Bars of the clouds ``points[starts[i]:starts[i + 1]]``, none of length zero.

    Returns births, deaths and degrees, sorted in each cloud by degree, birth and death, and
    the offsets of the clouds in them.
    """
    n_clouds = starts.size - 1
    births, deaths = np.empty(4 * points.shape[0]), np.empty(4 * points.shape[0])
    dims = np.empty(4 * points.shape[0], np.int8)
    offsets = np.zeros(n_clouds + 1, np.int64)
    used = 0
    for i in range(n_clouds):
        X = points[starts[i] : starts[i + 1]]
        n = X.shape[0]
        D = distance_matrix(X)
        reach = np.inf
        for u in range(n):
            reach = min(reach, D[u].max())
        reach = min(reach, max_length)
        codes, buckets = bucketed_edges(D, reach, max(n * n // 128, 1))
        last = last_birth(D, nearest_in_rows(D, 4), reach)
        joins, edges, triangles, _ = rips_loops(D, codes, buckets, last)
        room = n + edges.shape[0]
        while used + room > births.size:
            births = np.concatenate((births, births))
            deaths = np.concatenate((deaths, deaths))
            dims = np.concatenate((dims, dims))
        first = used
        for k in range(n):
            death = D[joins[k, 0], joins[k, 1]] if k < joins.shape[0] else np.inf
            if death > 0:
                births[used], deaths[used], dims[used] = 0.0, death, 0
                used += 1
        deaths[first:used].sort()
        if max_dimension > 0:
            used = _add_loops(D, edges, triangles, births, deaths, dims, used)
        offsets[i + 1] = used
    return births[:used], deaths[:used], dims[:used], offsets


@njit(cache=True, nogil=True)
def _add_loops(D, edges, triangles, births, deaths, dims, used):
    """Append the bars of degree 1, by birth, then death."""
    first = used
    for k in range(edges.shape[0]):
        birth = D[edges[k, 0], edges[k, 1]]
        u, v = triangles[k, 0], triangles[k, 1]
        death = D[u, v] if u >= 0 else np.inf
        if death > birth:
            # Classes are numbered as they are born, so only ties need to move.
            place = used
            while place > first and births[place - 1] == birth and deaths[place - 1] > death:
                births[place], deaths[place] = births[place - 1], deaths[place - 1]
                place -= 1
            births[place], deaths[place], dims[used] = birth, death, 1
            used += 1
    return used
