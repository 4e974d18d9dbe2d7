"""Cocycles of degree 1 as integers on the edges of a complex, smoothed and decorrelated.

A cochain is an antisymmetric matrix: entry (i, j) is its value on the edge from i to j, and 0
where there is no edge.
"""

from __future__ import annotations

import numpy as np

from ._lattice import reduce_lattice

__all__ = ["decorrelate", "edge_weights", "is_cocycle", "lift_cocycle", "smooth_cocycle"]


def lift_cocycle(cocycle, field, edges):
    """The integer cochain of least values that a cocycle over Z/p comes from.

    Parameters
    ----------
    cocycle : int array of shape (n_entries, 3)
        Rows ``(i, j, coefficient)``, as ripser gives them.
    field : int
        The prime p.
    edges : bool array of shape (n, n)
        Which pairs are edges; values elsewhere are dropped.

    Returns
    -------
    int32 array of shape (n, n), antisymmetric
    """
    i, j, values = np.asarray(cocycle).T
    values = values % field
    values = np.where(values > field // 2, values - field, values)
    cochain = np.zeros(edges.shape, dtype=np.int32)
    cochain[i, j], cochain[j, i] = values, -values
    return np.where(edges, cochain, 0)


def is_cocycle(cochain, edges):
    """Whether the values around every triangle of edges add up to 0."""
    i, j = np.nonzero(np.triu(cochain))  # triangles without any value are fine
    step = max(4_000_000 // len(edges), 1)
    for a in range(0, len(i), step):
        p, q = i[a : a + step], j[a : a + step]
        around = cochain[p, q][:, None] + cochain[q] - cochain[p]
        if around[edges[p] & edges[q]].any():
            return False
    return True


def smooth_cocycle(cochain, weights):
    """The cohomologous cochain of least energy, as the potential that leads to it.

    Parameters
    ----------
    cochain : int array of shape (n, n)
    weights : float array of shape (n, n)
        Symmetric; 0 where there is no edge.

    Returns
    -------
    potential : array of shape (n,)
        ``cochain[i, j] + potential[j] - potential[i]`` has the least weighted sum of squares.

    Notes
    -----
    Least squares on a sparse matrix with a row an edge (LSQR), as in [1]_.

    References
    ----------
    .. [1] V. de Silva, D. Morozov, M. Vejdemo-Johansson, "Persistent cohomology and circular
       coordinates", Discrete Comput. Geom. 45, 2011.
    """
    from scipy import sparse
    from scipy.sparse.linalg import lsqr

    i, j = np.nonzero(np.triu(weights))
    root = np.sqrt(weights[i, j])
    row = np.arange(len(i))
    differences = sparse.csr_array(
        (np.concatenate([root, -root]), (np.tile(row, 2), np.concatenate([j, i]))),
        shape=(len(i), len(weights)),
    )
    return lsqr(differences, -root * cochain[i, j], atol=1e-10, btol=1e-10)[0]


def edge_weights(D, radius, *, correct_density=True):
    """Weights of the edges shorter than `radius`, of shape (n, n); 0 for all other pairs.

    Parameters
    ----------
    D : distances, of shape (n, n)
    radius : float
    correct_density : bool, default=True
        Falling linearly to 0 at `radius`, and divided by the density at both ends, so that the
        energy is that of the shape and not of how often it was sampled where [1]_; else 1.

    References
    ----------
    .. [1] T. Paik, J. Park, "Circular coordinates for density-robust analysis",
       arXiv:2301.12742, 2023.
    """
    edges = radius > D
    np.fill_diagonal(edges, False)
    if not correct_density:
        return edges.astype(float)
    weights = np.where(edges, 1 - D / radius, 0.0)
    density = weights.sum(axis=1) + 1  # each point is near itself
    return weights / density[:, None] / density


def decorrelate(cochains, potentials, weights):
    """A basis of the same cochains that is as orthogonal as integer combinations allow.

    The squares of this inner product are Dirichlet energies. The basis is the reduced one of its
    lattice [1]_.

    Parameters
    ----------
    cochains : int array of shape (n_loops, n, n)
    potentials : array of shape (n_loops, n)
        Of `smooth_cocycle`.
    weights : array of shape (n, n)

    Returns
    -------
    change : int array of shape (n_loops, n_loops)
        ``change @ cochains`` and ``change @ potentials`` are the new ones, by rising energy.

    References
    ----------
    .. [1] L. Scoccola, H. Gakhar, J. Bush, N. Schonsheck, T. Rask, L. Zhou, J. Perea, "Toroidal
       coordinates: decorrelating circular coordinates with lattice reduction", SoCG 2023.
    """
    i, j = np.nonzero(np.triu(weights))
    smooth = cochains[:, i, j] + potentials[:, j] - potentials[:, i]
    gram = (smooth * weights[i, j]) @ smooth.T
    change = reduce_lattice(gram / np.diagonal(gram).max())
    return change[np.argsort(np.diagonal(change @ gram @ change.T), kind="stable")]
