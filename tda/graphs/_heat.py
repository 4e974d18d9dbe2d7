"""The heat kernel signature: how much heat stays at each vertex of a graph."""

from __future__ import annotations

from numbers import Real

import numpy as np

from .._memory import require_bytes
from ._graph import as_graph

__all__ = ["heat_kernel_signature"]


def heat_kernel_signature(G, *, time=1.0):
    r"""How much of the heat put on a vertex is still there some time later.

    A short time looks at the neighbours, a long one at the whole graph.

    Parameters
    ----------
    G : graph, as `as_graph` takes it
        Weights are conductances: heat flows faster through larger ones. Directions are not looked
        at.
    time : float, default=1.0
        How long the heat flows, at least 0.

    Returns
    -------
    signature : float array of shape (n_vertices,)
        Between 0 and 1; 1 at a vertex without edges.

    Raises
    ------
    ValueError
        If a weight is negative, or `time` is.

    Notes
    -----
    :math:`\sum_k e^{-t\lambda_k} \varphi_k(v)^2` over the eigenvalues and eigenvectors of the
    normalised Laplacian. O(n_vertices³), with n_vertices² numbers in memory.

    References
    ----------
    J. Sun, M. Ovsjanikov, L. Guibas, "A concise and provably informative multi-scale signature
    based on heat diffusion", Comput. Graph. Forum 28 (2009). M. Carrière et al., "PersLay: a neural
    network layer for persistence diagrams and new graph topological signatures", AISTATS 2020.

    Examples
    --------
    >>> from tda.graphs import heat_kernel_signature
    >>> heat_kernel_signature([[0, 1], [0, 2], [0, 3]], time=1.0).round(3)
    array([0.568, 0.434, 0.434, 0.434])
    """
    if not isinstance(time, Real) or isinstance(time, bool) or not 0 <= time < np.inf:
        raise ValueError(f"time={time!r}; it must be a finite number from 0 on.")
    graph = as_graph(G).undirected()
    if not graph.n_vertices:
        return np.zeros(0)
    if graph.weights.min(initial=0.0) < 0:
        raise ValueError(
            f"a weight is {graph.weights.min():.6g}, but heat flows through weights from 0 on: "
            "leave the weights out if they are none."
        )
    require_bytes(
        32 * graph.n_vertices**2,
        f"The eigenvectors of {graph.n_vertices} vertices",
        "Use another function, such as the degree.",
    )
    A = graph.to_sparse().toarray()
    if graph.weights.size:
        A /= graph.weights.max() or 1.0
    flow = A.sum(axis=1)
    root = np.divide(1.0, np.sqrt(flow), out=np.zeros_like(flow), where=flow > 0)
    L = np.diag((flow > 0) * 1.0) - root[:, None] * A * root
    eigenvalues, eigenvectors = np.linalg.eigh(L)
    kept = np.exp(-float(time) * np.maximum(eigenvalues, 0.0))
    return np.minimum((eigenvectors**2) @ kept, 1.0)
