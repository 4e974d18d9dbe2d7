"""Graphs: extended persistence of a function on the vertices, and directed flag complexes."""

import numpy as np

from ._family import Family

TITLE = "Graphs"
AXIS = "edges"


def with_function(n_edges):
    """Edges of a random graph with half as many vertices, and a random function at both ends."""
    rng = np.random.default_rng(0)
    n = max(n_edges // 2, 2)
    edges = np.sort(rng.integers(0, n, (n_edges, 2)), axis=1)
    edges = np.unique(edges[edges[:, 0] != edges[:, 1]], axis=0)
    return np.column_stack([edges, rng.random(n)[edges]])


def directed(n_edges):
    """Edges of a random directed graph, each with one in ten of all pairs, and random weights."""
    rng = np.random.default_rng(0)
    n = round((10 * n_edges) ** 0.5)
    i, j = np.nonzero((rng.random((n, n)) < 0.1) & ~np.eye(n, dtype=bool))
    return np.column_stack([i, j, rng.random(i.size)])


FAMILIES = [
    Family(
        "extended persistence",
        "extended",
        with_function,
        sizes=(1000, 10_000, 100_000, 1_000_000),
        quick=(10_000,),
        peers=("gudhi",),
    ),
    Family(
        "directed flag complex, degrees 0 to 2",
        "directed_flag",
        directed,
        sizes=(1000, 4000, 9000),
        quick=(4000,),
        peers=("pyflagser",),
        options={"max_dimension": 2},
    ),
]
