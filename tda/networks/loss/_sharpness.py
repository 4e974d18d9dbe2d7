"""How sharply the loss curves at the parameters of a network."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..._html import bar_chart
from ..._report import Report
from ..._words import listed
from ..model._network import as_network

__all__ = ["Sharpness", "loss_sharpness"]

#: Up to so many parameters the whole matrix is made: quicker than Lanczos' iterations.
DENSE_UP_TO = 100


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


def loss_sharpness(network, X, y=None, *, matrix="hessian", n_eigenvalues=5, random_state=0):
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
    20 · n_parameters, the matrix is never made, unless there are 100 parameters at most.

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
    from scipy.sparse.linalg import LinearOperator, eigsh
    from sklearn.utils import check_random_state

    network = as_network(network)
    if matrix not in ("hessian", "fisher"):
        raise ValueError(f'matrix={matrix!r} is neither "hessian" nor "fisher".')
    if matrix == "hessian" and y is None:
        raise ValueError(
            'y is None, but the Hessian of a loss needs it: give y, or matrix="fisher".'
        )
    if n_eigenvalues < 1:
        raise ValueError(f"n_eigenvalues={n_eigenvalues}, but one is the least.")

    def product(vector):
        if matrix == "fisher":
            return network.fisher_product(X, vector)
        return network.hessian_product(X, y, vector)

    size = network.n_parameters
    count = min(int(n_eigenvalues), size)
    loss = network.loss(X, y) if matrix == "hessian" else np.nan
    if size <= max(DENSE_UP_TO, 2 * count):
        whole = np.array([product(row) for row in np.eye(size)])
        values, vectors = np.linalg.eigh((whole + whole.T) / 2)
    else:
        start = check_random_state(random_state).standard_normal(size)
        operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
        values, vectors = eigsh(operator, k=count, which="LA", v0=start)
    order = np.argsort(-values, kind="stable")[:count]
    return Sharpness(values[order], np.ascontiguousarray(vectors.T[order]), matrix, loss)
