"""Losses between a cloud and its coordinates: which distances must stay for its shape to stay."""

from __future__ import annotations

import numpy as np

from ..homology import rips_diagram
from ._diagram import lengths_of, tensor_diagram
from ._torch import as_array, as_tensor, import_torch

__all__ = ["connectivity_loss", "critical_edges", "divergence_loss", "preservation_loss"]


def preservation_loss(X, Z, *, max_dimension=1):
    r"""How far the critical distances of a cloud and of its coordinates differ from each other.

    The critical edges of the Rips complex of `X` should be as long in `Z`, and those of `Z` as
    long in `X`. In degree 0, the edges of a spanning tree, that is the loss of topological
    autoencoders [1]_, whose zero has equal diagrams. In degree 1 these are also the edges that
    close loops and all three sides of the triangles that end them: as [2]_ shows, the longest
    sides alone do not hold a loop.

    Parameters
    ----------
    X : tensor or array of shape (n_points, n_features)
        The data.
    Z : tensor of shape (n_points, n_components)
        Their coordinates.
    max_dimension : {0, 1}, default=1
        Up to which degree edges are critical.

    Returns
    -------
    tensor of shape ()
        Mean of two shares: the squared errors of the critical lengths of `X`, by their squares,
        and those of `Z`, by the squares of their lengths in either. 0 is perfect.

    Raises
    ------
    ValueError
        If there are less than two points, or `X` and `Z` differ in length.

    References
    ----------
    .. [1] M. Moor, M. Horn, B. Rieck, K. Borgwardt, "Topological autoencoders", International
       Conference on Machine Learning, 2020.
    .. [2] M. Clémot, J. Digne, J. Tierny, "Topological autoencoders++: fast and accurate
       cycle-aware dimensionality reduction", 2025, arXiv:2502.20215.

    Examples
    --------
    >>> import torch
    >>> from tda.learning import preservation_loss
    >>> X = torch.rand(20, 3, generator=torch.manual_seed(0))
    >>> preservation_loss(X, X).item()
    0.0
    """
    X, Z = _pair(X, Z, "preservation_loss")
    if max_dimension not in (0, 1):
        raise ValueError(f"max_dimension={max_dimension!r}; it must be 0 or 1.")
    total = 0.0
    for own in (X, Z):
        edges = critical_edges(as_array(own), max_dimension)
        before, after = lengths_of(X, edges), lengths_of(Z, edges)
        size = (before**2).sum() if own is X else ((before**2).sum() + (after**2).sum()) / 2
        total = total + ((before - after) ** 2).sum() / size.clamp(min=1e-30)
    return total / 2


def critical_edges(values, max_dimension):
    """Edges (n_edges, 2) that begin or end a bar of a Rips complex, each once."""
    diagram = rips_diagram(values, max_dimension=max_dimension, representatives=True)
    births, deaths, dims = diagram.birth_simplices, diagram.death_simplices, diagram.dims
    ends = np.isfinite(diagram.deaths)
    parts = [deaths[(dims == 0) & ends][:, :2]]
    if max_dimension:
        triangles = deaths[(dims == 1) & ends]
        parts.append(births[dims == 1][:, :2])
        parts += [triangles[:, pair] for pair in ([0, 1], [0, 2], [1, 2])]
    edges = np.sort(np.concatenate(parts), axis=1)
    keys = np.unique(edges[:, 0] * len(values) + edges[:, 1])
    return np.column_stack(np.divmod(keys, len(values)))


def divergence_loss(X, Z):
    r"""Representation topology divergence of a cloud and its coordinates.

    The distances of both are divided by their 0.9 quantile. At a scale the graph of `X` and
    that of either distance at most so long are compared: a loop of bars in the cone of the
    inclusion is a component or a loop of the one that the other does not have. The loss is the
    total length of these bars of degree 1, in both orders, divided by the number of points [1]_,
    [2]_.

    Parameters
    ----------
    X : tensor or array of shape (n_points, n_features)
    Z : tensor of shape (n_points, n_components)

    Returns
    -------
    tensor of shape ()

    Raises
    ------
    ValueError
        If there are less than two points, or `X` and `Z` differ in length.

    Notes
    -----
    A Rips diagram of ``2 n_points + 1`` points without geometry, twice: for batches of a few
    hundred points.

    References
    ----------
    .. [1] S. Barannikov, I. Trofimov, N. Balabin, E. Burnaev, "Representation topology
       divergence: a method for comparing neural network representations", International
       Conference on Machine Learning, 2022.
    .. [2] I. Trofimov, D. Cherniavskii, E. Tulchinskii, N. Balabin, E. Burnaev, S. Barannikov,
       "Learning topology-preserving data representations", International Conference on Learning
       Representations, 2023.

    Examples
    --------
    >>> import torch
    >>> from tda.learning import divergence_loss
    >>> X = torch.rand(20, 3, generator=torch.manual_seed(0))
    >>> divergence_loss(X, 2 * X).item()
    0.0
    >>> divergence_loss(X, X[:, :1]).item() > 0
    True
    """
    X, Z = _pair(X, Z, "divergence_loss")
    A, B = _scaled_distances(X), _scaled_distances(Z)
    return (_divergence(A, B) + _divergence(B, A)) / (2 * len(X))


def _divergence(A, B):
    bars = tensor_diagram(cone_matrix(A, B), metric="precomputed", max_dimension=1)
    rows = bars.rows(1)
    return bars._subset(rows).lifetimes.sum()


def cone_matrix(A, B):
    """Distances whose Rips complex is the cone of the inclusion of that of A in that of min(A, B).

    Points are the apex, a copy of each point with the distances of A, and the points themselves;
    a copy sees the points from its own on, so that the two make a cylinder.
    """
    torch = import_torch("divergence_loss")
    n = len(A)
    far = torch.full_like(A, np.inf)
    later = torch.ones(n, n, dtype=torch.bool, device=A.device).triu()
    across = torch.where(later, A, far)
    zeros, apart = A.new_zeros(1, n), A.new_full((1, n), np.inf)
    top = torch.cat([A.new_zeros(1, 1), zeros, apart], dim=1)
    copies = torch.cat([zeros.T, A, across], dim=1)
    points = torch.cat([apart.T, across.T, torch.minimum(A, B)], dim=1)
    return torch.cat([top, copies, points])


def _scaled_distances(X):
    torch = import_torch("divergence_loss")
    gaps = X[:, None] - X[None]
    D = torch.linalg.vector_norm(gaps, dim=2)
    size = torch.quantile(D.detach(), 0.9)
    return D / size.clamp(min=torch.finfo(D.dtype).tiny)


def connectivity_loss(X, *, length):
    """Mean difference of the edges of a minimum spanning tree from one length.

    Where it is small, the cloud is connected at that length and not before: latent spaces become
    evenly spread, so that a ball around a point is a scale that means the same everywhere [1]_,
    and classes become dense [2]_.

    Parameters
    ----------
    X : tensor of shape (n_points, n_features)
    length : float
        What the edges should be as long as, above 0.

    Returns
    -------
    tensor of shape ()

    Raises
    ------
    ValueError
        If there are less than two points, or `length` is not positive.

    References
    ----------
    .. [1] C. Hofer, R. Kwitt, M. Niethammer, M. Dixit, "Connectivity-optimized representation
       learning via persistent homology", International Conference on Machine Learning, 2019.
    .. [2] C. Hofer, F. Graf, M. Niethammer, R. Kwitt, "Topologically densified distributions",
       International Conference on Machine Learning, 2020.

    Examples
    --------
    >>> import torch
    >>> from tda.learning import connectivity_loss
    >>> connectivity_loss(torch.tensor([[0.0], [1.0], [3.0]]), length=1.0).item()
    0.5
    """
    X = as_tensor(X, "connectivity_loss")
    _check_rows(X, "X")
    if not (np.isscalar(length) and 0 < length < np.inf):
        raise ValueError(f"length={length!r}; it must be a number above 0.")
    edges = critical_edges(as_array(X), 0)
    return (lengths_of(X, edges) - length).abs().sum() / (len(X) - 1)


def _pair(X, Z, asked):
    Z = as_tensor(Z, asked, "Z")
    X = as_tensor(X, asked).to(dtype=Z.dtype, device=Z.device)
    _check_rows(X, "X"), _check_rows(Z, "Z")
    if len(X) != len(Z):
        raise ValueError(f"X has {len(X)} points and Z has {len(Z)}: give each its coordinates.")
    return X, Z


def _check_rows(X, name):
    if X.ndim != 2 or len(X) < 2:
        raise ValueError(
            f"{name} has shape {tuple(X.shape)}: two or more points are needed, one a row."
        )
