"""Representation topology divergence: where two clouds of the same rows differ in shape."""

from __future__ import annotations

import numpy as np

from ...homology import rips_diagram

__all__ = ["cross_barcode", "divergence", "in_units"]

#: Distances are measured in this quantile of all, so that clouds of any scale compare.
UNIT_QUANTILE = 0.9


def in_units(D, name):
    """Distances in units of their 90% quantile."""
    unit = np.quantile(D[np.triu_indices(len(D), 1)], UNIT_QUANTILE)
    if not unit > 0:
        raise ValueError(f"{name} has nearly all of its points in one place: it has no scale.")
    return D / unit


def cross_barcode(D, E, *, degree=1):
    """The R-cross-barcode of two distance matrices of the same rows.

    Its bars are features of one degree that the neighbour graphs of E and D together have and those
    of D alone have not: in degree 1 also components of D that E joins. A bar is there from the
    scale at which E makes it to that at which D does so too.

    Parameters
    ----------
    D, E : arrays of shape (n, n)
        Distances in a common unit (`in_units`).
    degree : int, default=1

    Returns
    -------
    array of shape (n_bars, 2)

    Notes
    -----
    It is the persistent homology of the cone of the Rips complex of D in that of min(D, E), which
    is that of a Rips complex of 2n points: of the rows twice, with the distances min(D, E) among
    the ones, none among the others, and D between row i of the ones and row j of the others for
    ``i <= j`` alone [1]_. O(n²) memory.

    References
    ----------
    .. [1] S. Barannikov, I. Trofimov, N. Balabin, E. Burnaev, "Representation topology divergence:
       a method for comparing neural network representations", ICML 2022.
    """
    n = len(D)
    doubled = np.zeros((2 * n, 2 * n))
    doubled[n:, n:] = np.minimum(D, E)
    between = np.where(np.tri(n, dtype=bool).T, D, np.inf)
    doubled[n:, :n], doubled[:n, n:] = between, between.T
    return rips_diagram(doubled, metric="precomputed", max_dimension=degree)[degree]


def divergence(D, E, *, degree=1):
    """The sum of the lengths of the cross-barcode; 0 if the two are equal."""
    bars = cross_barcode(D, E, degree=degree)
    bars = bars[np.isfinite(bars[:, 1])]
    return float((bars[:, 1] - bars[:, 0]).sum())
