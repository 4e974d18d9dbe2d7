"""Products of vectors with the second derivatives of a loss, and Lanczos' method on them."""

from __future__ import annotations

import numpy as np

from ..model._network import as_network

__all__ = ["MATRICES", "curvature_product", "in_batches", "lanczos", "random_signs"]

MATRICES = ("hessian", "fisher")


def curvature_product(network, X, y, matrix, batch_size):
    """The network, and a function that multiplies vectors by its Hessian or Fisher information.

    Parameters
    ----------
    network, X, y
        As of `tda.networks.loss_sharpness`.
    matrix : {"hessian", "fisher"}
    batch_size : int or None
        Rows at a time; all at once if None, and of a torch module the gradient is then made only
        once for all products.

    Returns
    -------
    network, product
    """
    network = as_network(network)
    if matrix not in MATRICES:
        raise ValueError(f'matrix={matrix!r} is neither "hessian" nor "fisher".')
    if matrix == "hessian" and y is None:
        raise ValueError(
            'y is None, but the Hessian of a loss needs it: give y, or matrix="fisher".'
        )
    if matrix == "fisher":
        return network, lambda vector: in_batches(
            lambda X, _: network.fisher_product(X, vector), X, None, batch_size
        )
    if batch_size is None and hasattr(network, "hessian_operator"):
        return network, network.hessian_operator(X, y)
    return network, lambda vector: in_batches(
        lambda X, y: network.hessian_product(X, y, vector), X, y, batch_size
    )


def in_batches(function, X, y, batch_size):
    """The mean over the rows of a function that gives means over the rows it is given."""
    if batch_size is None:
        return function(X, y)
    if int(batch_size) != batch_size or batch_size < 1:
        raise ValueError(f"batch_size={batch_size!r}: give a whole number of rows, or None.")
    X = X if hasattr(X, "shape") else np.asarray(X)
    y = y if y is None or hasattr(y, "shape") else np.asarray(y)
    if y is not None and len(y) != len(X):
        raise ValueError(f"y has {len(y)} row(s) and X has {len(X)}: give one each.")
    total = 0.0
    for start in range(0, len(X), int(batch_size)):
        rows = slice(start, start + int(batch_size))
        part = function(X[rows], None if y is None else y[rows])
        total = total + part * (len(X[rows]) / len(X))
    return total


def random_signs(rng, size):
    """A vector of signs, whose products with a matrix have its trace as their mean."""
    return rng.choice([-1.0, 1.0], size=size)


def lanczos(product, start, n_steps, done=None):
    """Lanczos' method with full reorthogonalisation.

    Parameters
    ----------
    product : callable
        Multiplies by a symmetric matrix.
    start : array of shape (size,)
    n_steps : int
        At most; it ends earlier in a space that the matrix does not leave.
    done : callable (diagonal, off), default=None
        Told the tridiagonal matrix after each step, whether it is enough.

    Returns
    -------
    diagonal : array of shape (n_made,)
    off : array of shape (n_made,)
        The last belongs to the residual.
    basis : array of shape (n_made, size)
    """
    basis = [start / np.linalg.norm(start)]
    diagonal, off = [], []
    while True:
        moved = product(basis[-1])
        diagonal.append(float(moved @ basis[-1]))
        known = np.array(basis)
        for _ in range(2):  # once more for the rounding of the first
            moved = moved - known.T @ (known @ moved)
        off.append(float(np.linalg.norm(moved)))
        size = np.abs(diagonal).max() + max(off[:-1], default=0.0)
        ended = off[-1] <= 1e-10 * size or len(diagonal) == min(n_steps, len(start))
        if ended or (done is not None and done(np.array(diagonal), np.array(off))):
            return np.array(diagonal), np.array(off), known
        basis.append(moved / off[-1])
