"""Harmonic spaces, Hodge decompositions and persistent Laplacians of complexes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._chains import CellsOfAKind, check_degree

__all__ = ["HodgeParts", "harmonic_basis", "hodge_decomposition", "persistent_laplacian"]

#: Up to so many cells matrices are dense.
DENSE = 1500
#: Over Z/p for this p ranks are those over the reals, unless it divides the order of the torsion.
LARGE_PRIME = 46_327


class HodgeParts(NamedTuple):
    """What a cochain is the sum of; the three are orthogonal.

    Attributes
    ----------
    gradient : array of shape (n_cells,)
        What comes from the cells below: a flow along differences of potentials.
    curl : array of shape (n_cells,)
        What comes from the cells above: a flow around them.
    harmonic : array of shape (n_cells,)
        The rest, around the holes.
    """

    gradient: np.ndarray
    curl: np.ndarray
    harmonic: np.ndarray


def harmonic_basis(complex, degree):
    """An orthonormal basis of the harmonic cochains, one for each hole over the reals.

    Parameters
    ----------
    complex : SimplicialComplex or CellComplex
    degree : int

    Returns
    -------
    array of shape (n_cells[degree], betti)
        The kernel of the Hodge Laplacian; the first of the largest entries of a column is positive.

    Raises
    ------
    ValueError
        If it is no complex, or the degree is no integer from 0 on.

    Notes
    -----
    The dimension is that of exact ranks over Z/46327, which is the one over the reals unless that
    prime divides the order of the torsion. Dense eigenvectors up to 1,500 cells, O(n³); of more
    cells random cochains are freed of their gradients and curls, sparse least squares each.

    References
    ----------
    B. Eckmann, "Harmonische Funktionen und Randwertaufgaben in einem Komplex", Commentarii
    Mathematici Helvetici 17, 1944.

    Examples
    --------
    The flow around a hollow square.

    >>> from tda.complexes import SimplicialComplex, harmonic_basis
    >>> square = SimplicialComplex([[0, 1], [1, 2], [2, 3], [0, 3]])
    >>> harmonic_basis(square, 1).ravel().round(2).tolist()
    [0.5, -0.5, 0.5, 0.5]
    """
    degree = _check(complex, degree)
    n = complex._count(degree)
    if n == 0:
        return np.zeros((0, 0))
    betti = complex.betti(field=LARGE_PRIME)[degree]
    if n <= DENSE:
        basis = np.linalg.eigh(complex.laplacian(degree).toarray().astype(float))[1][:, :betti]
    else:
        start = np.random.default_rng(0).normal(size=(n, betti))
        columns = [hodge_decomposition(complex, degree, column).harmonic for column in start.T]
        basis = np.linalg.qr(np.column_stack(columns))[0] if betti else start
    large = np.abs(basis) > (1 - 1e-6) * np.abs(basis).max(axis=0, initial=0.0)
    first = basis[large.argmax(axis=0), np.arange(betti)]
    return basis * np.where(first < 0, -1.0, 1.0)


def hodge_decomposition(complex, degree, cochain):
    """A cochain, such as a flow along edges, as the sum of a gradient, a curl and what is harmonic.

    Parameters
    ----------
    complex : SimplicialComplex or CellComplex
    degree : int
    cochain : array-like of shape (n_cells[degree],)
        A number for each cell, along its orientation: of an edge from the smaller vertex.

    Returns
    -------
    HodgeParts

    Raises
    ------
    ValueError
        If there is not one finite number for each cell.

    Notes
    -----
    Two sparse least-squares problems, by LSMR to 1e-12 of the cochain.

    References
    ----------
    X. Jiang, L.-H. Lim, Y. Yao, Y. Ye, "Statistical ranking and combinatorial Hodge theory",
    Mathematical Programming 127, 2011.

    Examples
    --------
    A flow around a filled triangle is a curl.

    >>> from tda.complexes import SimplicialComplex, hodge_decomposition
    >>> parts = hodge_decomposition(SimplicialComplex([[0, 1, 2]]), 1, [1, -1, 1])
    >>> parts.curl.round(6).tolist()
    [1.0, -1.0, 1.0]
    """
    degree = _check(complex, degree)
    cochain = np.asarray(cochain, dtype=float)
    if not np.isfinite(cochain).all():
        raise ValueError("cochain holds NaN or infinity; it must be finite numbers.")
    if cochain.shape != (complex._count(degree),):
        raise ValueError(
            f"cochain has shape {cochain.shape}; it must be one finite number for each of the "
            f"{complex._count(degree)} cells of degree {degree}."
        )
    below = complex.boundary(degree).T.astype(float)
    above = complex.boundary(degree + 1).astype(float)
    gradient, curl = _projected(below, cochain), _projected(above, cochain)
    return HodgeParts(gradient, curl, cochain - gradient - curl)


def _projected(matrix, vector):
    """The part of a vector that the columns of a matrix span."""
    from scipy.sparse.linalg import lsmr

    size = np.abs(vector).max(initial=0.0)
    if matrix.shape[1] == 0 or matrix.nnz == 0 or size == 0:
        return np.zeros_like(vector)
    total, left = np.zeros_like(vector), vector / size
    for _ in range(3):  # what rounding left over is projected again
        found = lsmr(matrix, left, atol=1e-13, btol=1e-13, maxiter=20 * sum(matrix.shape))[0]
        step = matrix @ found
        total, left = total + step, left - step
        if np.abs(step).max() < 1e-13:
            break
    return size * total


def persistent_laplacian(complex, degree, *, birth, death):
    r"""The Laplacian of the cells at one scale that sees what fills them at a later one.

    Its kernel has the dimension of the persistent homology, the classes that are there at `birth`
    and still live at `death` [1]_. The other eigenvalues tell more than the diagram does.

    Parameters
    ----------
    complex : SimplicialComplex
        With values, such as of `rips_complex` or `alpha_complex`.
    degree : int
    birth, death : float
        Two scales, the first not above the second.

    Returns
    -------
    array of shape (n_born, n_born)
        For the cells of the degree that have entered at `birth`, in the order of the complex.

    Raises
    ------
    ValueError
        If the complex has no values, or the scales are the wrong way round.

    Notes
    -----
    With K and L the complexes at the two scales, the part from above is the Schur complement of
    the up-Laplacian of L over the cells of L that are not in K, the part from below that of K.
    Dense, O(n³) for the n cells of L.

    References
    ----------
    .. [1] F. Mémoli, Z. Wan, Y. Wang, "Persistent Laplacians: properties, algorithms and
       implications", SIAM Journal on Mathematics of Data Science 4, 2022.

    Examples
    --------
    The loop of a square lives until the diagonals enter.

    >>> import numpy as np
    >>> from tda.complexes import persistent_laplacian, rips_complex
    >>> K = rips_complex([[0, 0], [0, 1], [1, 1], [1, 0]], max_edge_length=2)
    >>> [
    ...     int((np.linalg.eigvalsh(persistent_laplacian(K, 1, birth=1, death=d)) < 1e-9).sum())
    ...     for d in (1, 2)
    ... ]
    [1, 0]
    """
    degree = _check(complex, degree)
    if complex.values is None:
        raise ValueError("the complex has no values: make it from data, or with from_gudhi.")
    if not birth <= death:
        raise ValueError(f"birth={birth!r} is above death={death!r}: it must come first.")
    if degree > complex.dimension:
        return np.zeros((0, 0))
    small, large = complex.at(birth), complex.at(death)
    values = complex.values[degree]
    inside = values[values <= death] <= birth
    down = small.laplacian(degree, part="down").toarray().astype(float)
    up = large.laplacian(degree, part="up").toarray().astype(float)
    kept = up[np.ix_(inside, inside)]
    if not inside.all():
        across, rest = up[np.ix_(inside, ~inside)], up[np.ix_(~inside, ~inside)]
        kept = kept - across @ np.linalg.pinv(rest, hermitian=True) @ across.T
    total = down + kept if len(down) else kept
    return (total + total.T) / 2


def _check(complex, degree):
    if not isinstance(complex, CellsOfAKind):
        raise ValueError(
            f"complex is {type(complex).__name__}: pass a SimplicialComplex or a CellComplex."
        )
    return check_degree(degree)
