"""`CellsOfAKind`: what simplicial and cell complexes share, all from their boundary matrices."""

from __future__ import annotations

from functools import cached_property
from numbers import Integral

import numpy as np

from .._validation import check_field
from ._integers import smith_factors

__all__ = ["CellsOfAKind", "check_degree"]


class CellsOfAKind:
    """A finite complex by its boundary matrices. Classes below give `n_cells` and `_boundary`."""

    values = None

    @property
    def dimension(self):
        """The highest dimension of a cell; -1 if there is none."""
        return len(self.n_cells) - 1

    @property
    def euler_characteristic(self):
        """The alternating sum of the numbers of cells."""
        return int(sum((-1) ** k * n for k, n in enumerate(self.n_cells)))

    def boundary(self, degree):
        """The boundary matrix from cells of a degree to those of the degree below.

        Parameters
        ----------
        degree : int
            From 0, whose boundary has no rows, to one more than the dimension, without columns.

        Returns
        -------
        scipy.sparse.csr_array of int64, shape (n_cells[degree - 1], n_cells[degree])
        """
        from scipy import sparse

        degree = check_degree(degree)
        rows = self._count(degree - 1)
        if degree == 0 or degree > self.dimension:
            return sparse.csr_array((rows, self._count(degree)), dtype=np.int64)
        return self._boundaries[degree]

    def _count(self, degree):
        return self.n_cells[degree] if 0 <= degree <= self.dimension else 0

    @cached_property
    def _boundaries(self):
        return [None, *(self._boundary(k) for k in range(1, self.dimension + 1))]

    def laplacian(self, degree, *, part="both", weights=None):
        r"""The Hodge Laplacian, whose kernel has the dimension of the homology over the reals.

        Parameters
        ----------
        degree : int
        part : {"both", "up", "down"}, default="both"
            The sum, or what comes through the cells above or below alone.
        weights : list of arrays, default=None
            For each degree a positive weight for every cell, the squared length of its cochain; by
            default 1. Other weights change the spectrum, not the dimension of the kernel.

        Returns
        -------
        scipy.sparse.csr_array of shape (n_cells[degree], n_cells[degree])

        Raises
        ------
        ValueError
            If the degree is no integer from 0 on, or weights are no positive numbers of the cells.

        Notes
        -----
        With the boundary matrices :math:`B_k` and diagonal weights :math:`W_k`, let
        :math:`D_k = W_{k-1}^{1/2} B_k W_k^{-1/2}`. Then
        :math:`L_k = D_k^T D_k + D_{k+1} D_{k+1}^T`. With weights 1 it is of integers.

        References
        ----------
        L.-H. Lim, "Hodge Laplacians on graphs", SIAM Review 62, 2020.

        Examples
        --------
        >>> from tda.complexes import SimplicialComplex
        >>> SimplicialComplex([[0, 1], [1, 2]]).laplacian(0).toarray()
        array([[ 1, -1,  0],
               [-1,  2, -1],
               [ 0, -1,  1]])
        """
        degree = check_degree(degree)
        if part not in ("both", "up", "down"):
            raise ValueError(f"part={part!r}; it must be 'both', 'up' or 'down'.")
        down, up = (self._weighted(k, weights) for k in (degree, degree + 1))
        if part == "down":
            return (down.T @ down).tocsr()
        if part == "up":
            return (up @ up.T).tocsr()
        return (down.T @ down + up @ up.T).tocsr()

    def _weighted(self, degree, weights):
        from scipy import sparse

        B = self.boundary(degree)
        if weights is None:
            return B
        below, own = (self._weights_of(weights, k) for k in (degree - 1, degree))
        return sparse.diags_array(below**0.5) @ B @ sparse.diags_array(own**-0.5)

    def _weights_of(self, weights, degree):
        n = self._count(degree)
        if not 0 <= degree <= self.dimension:
            return np.ones(n)
        if len(weights) <= degree:
            raise ValueError(
                f"weights has {len(weights)} arrays, but there are cells of degree {degree}."
            )
        given = np.asarray(weights[degree], dtype=float)
        if given.shape != (n,) or not ((given > 0) & np.isfinite(given)).all():
            raise ValueError(
                f"weights[{degree}] has shape {given.shape}; it must be one positive number for "
                f"each of the {n} cells."
            )
        return given

    def adjacency(self, degree, *, through="up"):
        """Which cells of a degree are neighbours, as message passing needs it.

        Parameters
        ----------
        degree : int
        through : {"up", "down"}, default="up"
            Whether neighbours are faces of one cell, or have a face in common.

        Returns
        -------
        scipy.sparse.csr_array of int64, shape (n_cells[degree], n_cells[degree])
            In how many cells two meet; nothing on the diagonal.

        Examples
        --------
        >>> from tda.complexes import SimplicialComplex
        >>> SimplicialComplex([[0, 1], [1, 2]]).adjacency(0).toarray()
        array([[0, 1, 0],
               [1, 0, 1],
               [0, 1, 0]])
        """
        if through not in ("up", "down"):
            raise ValueError(f"through={through!r}; it must be 'up' or 'down'.")
        B = abs(self.boundary(check_degree(degree) + (through == "up")))
        meet = (B @ B.T if through == "up" else B.T @ B).tocsr()
        meet.setdiag(0)
        meet.eliminate_zeros()
        return meet

    def betti(self, *, field=2):
        """Betti numbers of degrees 0 to the dimension, exact.

        Parameters
        ----------
        field : int or "Q", default=2
            The prime of the coefficient field Z/p, or the rational numbers.

        Returns
        -------
        tuple of int

        Raises
        ------
        ValueError
            If the field is no prime and not "Q".

        Notes
        -----
        Over Z/p cohomology is reduced column by column, near linear time in practice. Over the
        rationals integers are eliminated exactly, see `homology`.

        Examples
        --------
        The projective plane: its loop is there modulo 2 alone.

        >>> from tda.complexes import SimplicialComplex
        >>> plane = SimplicialComplex(
        ...     [
        ...         [0, 1, 4],
        ...         [0, 1, 5],
        ...         [0, 2, 3],
        ...         [0, 2, 5],
        ...         [0, 3, 4],
        ...         [1, 2, 3],
        ...         [1, 2, 4],
        ...         [1, 3, 5],
        ...         [2, 4, 5],
        ...         [3, 4, 5],
        ...     ]
        ... )
        >>> plane.betti(), plane.betti(field=3), plane.betti(field="Q")
        ((1, 1, 1), (1, 0, 0), (1, 0, 0))
        """
        if isinstance(field, str):
            if field != "Q":
                raise ValueError(f"field={field!r}; it must be a prime or 'Q'.")
            return tuple(n for n, _ in self.homology())
        return self._from_ranks(self._ranks(check_field(field)))

    def _from_ranks(self, ranks):
        sizes = enumerate(self.n_cells)
        return tuple(int(n - ranks[k] - ranks[k + 1]) for k, n in sizes)

    def _ranks(self, field):
        """Ranks over Z/p of the boundaries of degree 0, 1, …, by reduction of cohomology."""
        from .._kernels.cells import pair_cells

        ranks = [0]
        ends = np.zeros(self._count(0), dtype=bool)  # which cells are pivots of the degree below
        for k in range(1, self.dimension + 1):
            B = self.boundary(k)
            columns = B.indptr.astype(np.int64), B.indices.astype(np.int64), B.data % field
            order = np.arange(B.shape[0])
            death = pair_cells(order, ends, *columns, B.shape[1], field)
            ends = np.zeros(B.shape[1], dtype=bool)
            ends[death[death >= 0]] = True
            ranks.append(int(ends.sum()))
        return [*ranks, 0]

    def homology(self):
        """Homology over the integers: Betti numbers and torsion, exact.

        Returns
        -------
        tuple of (int, tuple of int)
            For each degree its Betti number over the rationals, and the orders of its finite
            cyclic parts, each of which divides the next.

        Notes
        -----
        The Smith normal form of each boundary matrix, by elimination with Python's integers,
        units first: seconds for some ten thousand cells.

        Examples
        --------
        The projective plane has a loop that is no boundary until it is gone round twice.

        >>> from tda.complexes import SimplicialComplex
        >>> SimplicialComplex(
        ...     [
        ...         [0, 1, 4],
        ...         [0, 1, 5],
        ...         [0, 2, 3],
        ...         [0, 2, 5],
        ...         [0, 3, 4],
        ...         [1, 2, 3],
        ...         [1, 2, 4],
        ...         [1, 3, 5],
        ...         [2, 4, 5],
        ...         [3, 4, 5],
        ...     ]
        ... ).homology()
        ((1, ()), (0, (2,)), (0, ()))
        """
        factors = [[], *(smith_factors(B) for B in self._boundaries[1:]), []]
        betti = self._from_ranks([len(part) for part in factors])
        torsion = [tuple(f for f in part if f > 1) for part in factors[1 : len(betti) + 1]]
        return tuple(zip(betti, torsion, strict=True))

    def at(self, scale):
        """The cells that have entered at a scale, as a complex of their own.

        Parameters
        ----------
        scale : float

        Returns
        -------
        complex
            Of the same kind.

        Raises
        ------
        ValueError
            If the complex has no values.
        """
        if self.values is None:
            raise ValueError("the complex has no values: give them, or make it from data.")
        return self._part([v <= scale for v in self.values])

    def __repr__(self):
        return f"{type(self).__name__}({' + '.join(map(str, self.n_cells)) or 'no'} cells)"


def check_degree(degree):
    """Return a degree of homology, or raise ValueError."""
    if not isinstance(degree, Integral) or isinstance(degree, bool) or degree < 0:
        raise ValueError(f"degree={degree!r}; it must be an integer from 0 on.")
    return int(degree)
