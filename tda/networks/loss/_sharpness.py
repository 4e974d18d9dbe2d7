"""How sharply the loss curves at the parameters of a network."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..._html import bar_chart
from ..._report import Report
from ..._words import listed
from ._curvature import curvature_product, in_batches, lanczos

__all__ = ["Sharpness", "loss_sharpness"]

#: Up to so many parameters the whole matrix is made: quicker than Lanczos' iterations.
DENSE_UP_TO = 100

#: Steps of our own Lanczos' method with a tolerance, before ARPACK takes over.
MOST_STEPS = 80


@dataclass(frozen=True, eq=False)
class Sharpness(Report):
    """The largest eigenvalues of the Hessian or the Fisher information.

    Prints as a verdict and a table.

    Attributes
    ----------
    eigenvalues : array of shape (n_eigenvalues,)
        From the largest on.
    eigenvectors : array of shape (n_eigenvalues, n_parameters)
        Of length 1.
    matrix : {"hessian", "fisher"}
    loss : float
        NaN for "fisher", which does not use the targets.
    """

    eigenvalues: np.ndarray
    eigenvectors: np.ndarray = field(repr=False)
    matrix: str
    loss: float

    @property
    def sharpness(self):
        """The largest eigenvalue."""
        return float(self.eigenvalues[0])

    @property
    def largest_step(self):
        """The step of gradient descent, 2/λmax, above which it leaves this place; inf if flat."""
        return 2 / self.sharpness if self.sharpness > 0 else np.inf

    @property
    def verdict(self):
        """What bends most, and what gradient descent may do there, in words."""
        name = "Hessian of the loss" if self.matrix == "hessian" else "Fisher information"
        values = listed(f"{value:.3g}" for value in self.eigenvalues[:5])
        step = self.largest_step
        steps = f"steps below {step:.3g}" if np.isfinite(step) else "steps of any size"
        are = "eigenvalue is" if len(self.eigenvalues) == 1 else "eigenvalues are"
        return (
            f"{name}, {self.eigenvectors.shape[1]} parameters: the largest {are} {values}; "
            f"gradient descent stays here with {steps}."
        )

    def _figure(self):
        names = [f"rank {row['rank']}" for row in self._rows()]
        return bar_chart(names[:12], self.eigenvalues[:12], label="largest eigenvalues")

    _names = ("rank",)

    def _rows(self):
        return [
            {"rank": i, "eigenvalue": float(value)} for i, value in enumerate(self.eigenvalues, 1)
        ]

    def _columns(self):
        return {"rank": ("rank", "d"), "eigenvalue": ("eigenvalue", ".3g")}


def loss_sharpness(
    network,
    X,
    y=None,
    *,
    matrix="hessian",
    n_eigenvalues=5,
    tol=0.0,
    batch_size=None,
    random_state=0,
):
    """Largest eigenvalues of the second derivatives of the loss with respect to the parameters.

    Parameters
    ----------
    network : fitted MLPClassifier or MLPRegressor, torch.nn.Module, DenseNetwork or TorchNetwork
    X : array-like of shape (n_points, n_features)
    y : array-like of shape (n_points,) or (n_points, n_outputs), default=None
        What the network's loss takes; not needed for the Fisher information.
    matrix : {"hessian", "fisher"}, default="hessian"
        ``"hessian"`` of the mean loss; ``"fisher"``, the Gauss–Newton part of it, which is never
        negative and equal to the Hessian where the network fits perfectly or is linear.
    n_eigenvalues : int, default=5
        At most as many as parameters are given.
    tol : float, default=0.0
        Relative error of the eigenvalues, as a bound from their residuals says. A few digits, such
        as 1e-3, take a fraction of the products; 0 is as exact as rounding allows.
    batch_size : int, default=None
        Rows at a time, which bounds the memory; all at once if None. The result is that of all
        rows.
    random_state : int, RandomState or None, default=0
        Of the start vector.

    Returns
    -------
    Sharpness

    Raises
    ------
    ValueError
        If `y` is missing for the Hessian, or `matrix` is unknown.

    Notes
    -----
    Lanczos' method (ARPACK) on products with vectors, each at the cost of two gradients; memory
    20 · n_parameters, the matrix is never made, unless there are 100 parameters at most. With a
    `tol` Lanczos' method stops as soon as its residuals allow. Of a torch module the gradient and
    what leads to it are kept for all products, unless a `batch_size` is given.

    References
    ----------
    .. [1] B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation
       6:147-160, 1994.
    .. [2] S. Hochreiter, J. Schmidhuber, "Flat minima", Neural Computation 9:1-42, 1997.

    Examples
    --------
    Of a linear network with half the squared error it is the second moment of the inputs.

    >>> import numpy as np
    >>> from tda.networks import DenseNetwork, loss_sharpness
    >>> X = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> linear = DenseNetwork((np.ones((2, 1)),), (np.zeros(1),))
    >>> loss_sharpness(linear, X, np.zeros(4)).eigenvalues
    array([4.5, 1. , 0.5])
    """
    from sklearn.utils import check_random_state

    if n_eigenvalues < 1:
        raise ValueError(f"n_eigenvalues={n_eigenvalues}, but one is the least.")
    if not tol >= 0:
        raise ValueError(f"tol={tol!r}: give a number from 0 on.")
    network, product = curvature_product(network, X, y, matrix, batch_size)
    size = network.n_parameters
    count = min(int(n_eigenvalues), size)
    loss = np.nan
    if matrix == "hessian":
        loss = float(in_batches(network.loss, X, y, batch_size))
    if size <= max(DENSE_UP_TO, 2 * count):
        whole = np.array([product(row) for row in np.eye(size)])
        values, vectors = np.linalg.eigh((whole + whole.T) / 2)
    else:
        start = check_random_state(random_state).standard_normal(size)
        values, vectors = _outermost(product, start, count, tol)
    order = np.argsort(-values, kind="stable")[:count]
    return Sharpness(values[order], np.ascontiguousarray(vectors.T[order]), matrix, loss)


def _outermost(product, start, count, tol):
    """The largest eigenvalues and their vectors in columns."""
    from scipy.linalg import eigh_tridiagonal
    from scipy.sparse.linalg import LinearOperator, eigsh

    size = len(start)
    if tol > 0:

        def done(diagonal, off):
            if len(diagonal) <= count:
                return False
            values, vectors = eigh_tridiagonal(diagonal, off[:-1])
            residuals = off[-1] * np.abs(vectors[-1, -count:])
            gaps = np.diff(values)[-count:]
            # A residual r leaves an error of r²/gap, and no more than r.
            errors = np.minimum(residuals**2 / np.maximum(gaps, residuals), residuals)
            return bool((errors <= tol * np.abs(values[-count:])).all())

        most = min(MOST_STEPS, size)
        diagonal, off, basis = lanczos(product, start, most, done)
        if len(diagonal) < most or most == size or done(diagonal, off):
            values, vectors = eigh_tridiagonal(diagonal, off[:-1])
            if len(values) >= count:
                return values[-count:], basis.T @ vectors[:, -count:]
    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
    return eigsh(operator, k=count, which="LA", v0=start, tol=tol)
