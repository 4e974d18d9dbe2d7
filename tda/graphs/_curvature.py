"""Ricci curvatures of the edges of a graph: Forman's, which is counted, and Ollivier's."""

from __future__ import annotations

from numbers import Real

import numpy as np

from .._memory import require_bytes
from ._graph import as_graph

__all__ = ["forman_curvature", "ollivier_curvature"]


def forman_curvature(G, *, triangles=True):
    """Forman's Ricci curvature of each edge: a count of its neighbours and triangles.

    Parameters
    ----------
    G : graph, as `as_graph` takes it
        Weights and directions are not looked at.
    triangles : bool, default=True
        Count triangles as faces, the augmented curvature.

    Returns
    -------
    curvature : float array of shape (n_edges,)
        In the order of ``as_graph(G).undirected().edges``. Negative where many edges meet,
        positive where many triangles do.

    Notes
    -----
    ``4 - degree(x) - degree(y) + 3 * n_triangles(x, y)``. O(sum of degrees squared).

    References
    ----------
    R. Forman, "Bochner's method for cell complexes and combinatorial Ricci curvature", Discrete
    Comput. Geom. 29 (2003). A. Samal et al., "Comparative analysis of two discretizations of Ricci
    curvature for complex networks", Scientific Reports 8 (2018).

    Examples
    --------
    >>> from tda.graphs import forman_curvature
    >>> forman_curvature([[0, 1], [1, 2], [0, 2], [2, 3]])
    array([3., 2., 2., 0.])
    """
    graph = as_graph(G).undirected()
    i, j = graph.edges.T
    curvature = 4.0 - graph.degrees[i] - graph.degrees[j]
    if triangles and graph.n_edges:
        A = graph.to_sparse()
        A.data[:] = 1.0
        both = (A @ A).multiply(A).tocsr()
        curvature += 3 * np.asarray(both[i, j]).reshape(-1)
    return curvature


def ollivier_curvature(G, *, idleness=0.5):
    """Ollivier's Ricci curvature of each edge: how much nearer its two neighbourhoods are.

    It is positive inside a community, where neighbourhoods overlap, and negative on a bridge
    between two.

    Parameters
    ----------
    G : graph, as `as_graph` takes it
        Weights are lengths of the edges. Directions are not looked at.
    idleness : float, default=0.5
        The probability that the random walk stays where it is; the rest goes to the neighbours in
        equal parts.

    Returns
    -------
    curvature : float array of shape (n_edges,)
        In the order of ``as_graph(G).undirected().edges``, at most 1.

    Raises
    ------
    ValueError
        If a weight is not positive, or `idleness` is not in [0, 1].
    MemoryError
        If the distances of all pairs of vertices do not fit into memory.

    Notes
    -----
    ``1 - W(m_x, m_y) / d(x, y)``, where W is the exact cost of optimal transport between one step
    of the walk from x and from y, along shortest paths. O(n_vertices²) memory; about the cube of
    the degrees for each edge.

    References
    ----------
    Y. Ollivier, "Ricci curvature of Markov chains on metric spaces", J. Funct. Anal. 256 (2009).
    Y. Lin, L. Lu, S.-T. Yau, "Ricci curvature of graphs", Tohoku Math. J. 63 (2011).

    Examples
    --------
    >>> from tda.graphs import ollivier_curvature
    >>> ollivier_curvature([[0, 1], [1, 2], [0, 2], [2, 3]]).round(3)
    array([0.75 , 0.417, 0.417, 0.333])
    """
    from scipy.sparse.csgraph import shortest_path

    from .._kernels.transport import curvatures

    if not isinstance(idleness, Real) or isinstance(idleness, bool) or not 0 <= idleness <= 1:
        raise ValueError(f"idleness={idleness!r}, but a probability is a number in [0, 1].")
    graph = as_graph(G).undirected()
    if not graph.n_edges:
        return np.zeros(0)
    if graph.weights.min() <= 0:
        raise ValueError(
            f"a weight is {graph.weights.min():.6g}, but lengths of edges are positive: leave the "
            "weights out if they are none."
        )
    require_bytes(
        8 * graph.n_vertices**2,
        f"The distances of all pairs of {graph.n_vertices} vertices",
        "Use forman_curvature, which needs none.",
    )
    A = graph.to_sparse()
    A.sort_indices()
    distances = shortest_path(A, directed=False)
    lengths = distances[tuple(graph.edges.T)]
    starts, heads = A.indptr.astype(np.int64), A.indices.astype(np.int64)
    return curvatures(starts, heads, graph.edges, lengths, distances, float(idleness))
