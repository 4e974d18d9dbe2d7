"""Short bases of lattices, by Lenstra, Lenstra and Lovász."""

from __future__ import annotations

import numpy as np

__all__ = ["reduce_lattice"]


def reduce_lattice(gram, *, delta=0.999):
    """A change of basis that makes the vectors of a lattice short and nearly orthogonal.

    Parameters
    ----------
    gram : array of shape (n, n)
        Inner products of the basis, positive definite.
    delta : float, default=0.999
        Of Lovász's condition, above 1/4 and below 1; nearer to 1 makes shorter vectors.

    Returns
    -------
    change : int64 array of shape (n, n)
        Its determinant is 1 or -1; ``change @ gram @ change.T`` are the inner products of the
        new basis.

    Notes
    -----
    The orthogonalisation is made anew at every step from the inner products alone: O(n^3), for
    a handful of vectors.

    References
    ----------
    .. [1] A. Lenstra, H. Lenstra, L. Lovász, "Factoring polynomials with rational
       coefficients", Math. Ann. 261, 1982.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.embedding._lattice import reduce_lattice
    >>> basis = np.array([[1.0, 0.0], [7.0, 1.0]])
    >>> change = reduce_lattice(basis @ basis.T)
    >>> abs(change @ basis)
    array([[1., 0.],
           [0., 1.]])
    """
    n = len(gram)
    change = np.eye(n, dtype=np.int64)
    k = 1
    while k < n:
        for j in reversed(range(k)):
            mu = _orthogonal(change, gram)[0]
            change[k] -= int(np.rint(mu[k, j])) * change[j]
        mu, squares = _orthogonal(change, gram)
        if squares[k] >= (delta - mu[k, k - 1] ** 2) * squares[k - 1]:
            k += 1
        else:
            change[[k - 1, k]] = change[[k, k - 1]]
            k = max(k - 1, 1)
    return change


def _orthogonal(change, gram):
    """Gram-Schmidt coefficients and squared lengths of the present basis."""
    factor = np.linalg.cholesky(change @ gram @ change.T)
    lengths = np.diagonal(factor)
    return factor / lengths, lengths**2
