"""All eigenvalues of the second derivatives of a loss at once: their trace and their density."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..._html import curves
from ..._report import Report
from ._curvature import curvature_product, lanczos, random_signs

__all__ = ["SpectralDensity", "TraceEstimate", "hessian_trace", "spectral_density"]

#: Eigenvalues below this share of the largest count as flat.
FLAT = 1e-3
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


class TraceEstimate(NamedTuple):
    """What `hessian_trace` gives.

    Attributes
    ----------
    trace : float
    standard_error : float
        Of the random vectors; NaN for one.
    n_vectors : int
    """

    trace: float
    standard_error: float
    n_vectors: int


def hessian_trace(
    network, X, y=None, *, matrix="hessian", n_vectors=30, batch_size=None, random_state=0
):
    """The trace of the second derivatives of the loss, the sum of all their eigenvalues.

    Parameters
    ----------
    network, X, y, matrix, batch_size
        As of `loss_sharpness`.
    n_vectors : int, default=30
        Random vectors of signs; the error falls with the root of their number [1]_.
    random_state : int, RandomState or None, default=0

    Returns
    -------
    TraceEstimate

    Notes
    -----
    Each vector costs one product, about two gradients.

    References
    ----------
    .. [1] M. F. Hutchinson, "A stochastic estimator of the trace of the influence matrix for
       Laplacian smoothing splines", Comm. Statist. Simulation Comput. 18:1059-1076, 1989.

    Examples
    --------
    Of a linear network it is the sum of the second moments of the inputs, and 1 for the bias.

    >>> import numpy as np
    >>> from tda.networks import DenseNetwork, hessian_trace
    >>> X = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> linear = DenseNetwork((np.ones((2, 1)),), (np.zeros(1),))
    >>> round(hessian_trace(linear, X, np.zeros(4)).trace, 6)
    6.0
    """
    from sklearn.utils import check_random_state

    if n_vectors < 1:
        raise ValueError(f"n_vectors={n_vectors}, but one is the least.")
    network, product = curvature_product(network, X, y, matrix, batch_size)
    rng = check_random_state(random_state)
    samples = []
    for _ in range(int(n_vectors)):
        signs = random_signs(rng, network.n_parameters)
        samples.append(signs @ product(signs))
    error = np.std(samples, ddof=1) / np.sqrt(len(samples)) if len(samples) > 1 else np.nan
    return TraceEstimate(float(np.mean(samples)), float(error), len(samples))


@dataclass(frozen=True, eq=False)
class SpectralDensity(Report):
    """How the eigenvalues of the Hessian or the Fisher information are spread.

    Prints as a verdict and a table of quantiles.

    Attributes
    ----------
    eigenvalues : array of shape (n_nodes,)
        Places that stand for all eigenvalues, in growing order; the outermost are eigenvalues
        themselves, but for the tolerance of Lanczos' method.
    weights : array of shape (n_nodes,)
        The share of all eigenvalues that each stands for; their sum is 1.
    trace : float
    trace_error : float
        Standard error; NaN for one vector.
    n_parameters : int
    matrix : {"hessian", "fisher"}
    loss : float
        NaN for "fisher", which does not use the targets.
    """

    eigenvalues: np.ndarray = field(repr=False)
    weights: np.ndarray = field(repr=False)
    trace: float
    trace_error: float
    n_parameters: int
    matrix: str
    loss: float

    @property
    def largest(self):
        """The largest eigenvalue, the sharpness."""
        return float(self.eigenvalues[-1])

    @property
    def smallest(self):
        """The smallest eigenvalue: negative at a saddle."""
        return float(self.eigenvalues[0])

    @property
    def negative(self):
        """The share of eigenvalues that are negative, but for the flat ones."""
        return float(self.weights[self.eigenvalues < -self._flat].sum())

    @property
    def flat(self):
        """The share of eigenvalues that are within a thousandth of the outermost one."""
        return float(self.weights[np.abs(self.eigenvalues) <= self._flat].sum())

    @property
    def _flat(self):
        return FLAT * np.abs(self.eigenvalues).max()

    def share_below(self, value):
        """The share of eigenvalues below a value, or below each of several."""
        order = np.searchsorted(self.eigenvalues, value)
        return np.concatenate([[0.0], np.cumsum(self.weights)])[order]

    def quantile(self, share):
        """The eigenvalue below which that share of all lie."""
        at = np.searchsorted(np.cumsum(self.weights), np.asarray(share) * (1 - 1e-12))
        return self.eigenvalues[np.minimum(at, len(self.eigenvalues) - 1)]

    def density(self, at=None, *, width=0.01):
        """The density of the eigenvalues, smoothed by Gaussians.

        Parameters
        ----------
        at : array of shape (n,), default=None
            401 places over the whole range if None.
        width : float, default=0.01
            Standard deviation of the Gaussians, by the range of the eigenvalues.

        Returns
        -------
        at, density : arrays of shape (n,)
        """
        low, high = self.smallest, self.largest
        wide = width * (high - low if high > low else max(abs(high), 1.0))
        if at is None:
            at = np.linspace(low - 5 * wide, high + 5 * wide, 401)
        at = np.asarray(at, dtype=np.float64)
        bumps = np.exp(-0.5 * ((at[:, None] - self.eigenvalues) / wide) ** 2)
        return at, bumps @ self.weights / (wide * np.sqrt(2 * np.pi))

    @property
    def verdict(self):
        """Where the eigenvalues lie, in words."""
        name = "Hessian of the loss" if self.matrix == "hessian" else "Fisher information"
        return (
            f"{name}, {self.n_parameters} parameters: eigenvalues from {self.smallest:.3g} to "
            f"{self.largest:.3g}, {self.flat:.0%} of them flat (within {FLAT:g} of the outermost) "
            f"and {self.negative:.1%} negative; the trace is {self.trace:.3g}."
        )

    def _figure(self):
        at, density = self.density()
        shown = np.log10(density + 1e-4 * density.max())
        return curves(at, {"log10 density": shown}, x_label="eigenvalue", label="eigenvalues")

    _names = ("share_below",)

    def _rows(self):
        return [
            {"share_below": f"{share:.0%}", "eigenvalue": float(self.quantile(share))}
            for share in QUANTILES
        ]

    def _columns(self):
        return {"share below": ("share_below", "s"), "eigenvalue": ("eigenvalue", ".3g")}


def spectral_density(
    network,
    X,
    y=None,
    *,
    matrix="hessian",
    n_steps=60,
    n_vectors=5,
    batch_size=None,
    random_state=0,
):
    """The density of the eigenvalues of the second derivatives of the loss.

    Parameters
    ----------
    network, X, y, matrix, batch_size
        As of `loss_sharpness`.
    n_steps : int, default=60
        Of Lanczos' method, for each vector: with n steps the first 2n moments of the density are
        exact for that vector.
    n_vectors : int, default=5
        Random vectors of signs, over which the density is a mean.
    random_state : int, RandomState or None, default=0

    Returns
    -------
    SpectralDensity

    Notes
    -----
    Stochastic Lanczos quadrature [1]_, [2]_. Each step costs one product, about two gradients;
    memory ``8 * n_steps * n_parameters`` bytes.

    References
    ----------
    .. [1] G. H. Golub, G. Meurant, "Matrices, moments and quadrature with applications",
       Princeton, 2010.
    .. [2] B. Ghorbani, S. Krishnan, Y. Xiao, "An investigation into neural net optimization via
       Hessian eigenvalue density", ICML 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import random_network, spectral_density
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> network = random_network(3, [20], activation="tanh", random_state=0)
    >>> spread = spectral_density(network, X, matrix="fisher")
    >>> spread.n_parameters, bool(spread.flat > 0.45)  # 50 rows cannot fix 101 parameters
    (101, True)
    """
    from scipy.linalg import eigh_tridiagonal
    from sklearn.utils import check_random_state

    if n_vectors < 1 or n_steps < 1:
        raise ValueError(f"n_steps={n_steps}, n_vectors={n_vectors}, but one is the least.")
    network, product = curvature_product(network, X, y, matrix, batch_size)
    rng, size = check_random_state(random_state), network.n_parameters
    nodes, weights, traces = [], [], []
    for _ in range(int(n_vectors)):
        diagonal, off, _ = lanczos(product, random_signs(rng, size), int(n_steps))
        values, vectors = eigh_tridiagonal(diagonal, off[:-1])
        nodes.append(values)
        weights.append(vectors[0] ** 2 / n_vectors)
        traces.append(size * diagonal[0])
    nodes, weights = np.concatenate(nodes), np.concatenate(weights)
    order = np.argsort(nodes, kind="stable")
    error = np.std(traces, ddof=1) / np.sqrt(len(traces)) if len(traces) > 1 else np.nan
    return SpectralDensity(
        nodes[order],
        weights[order] / weights.sum(),
        float(np.mean(traces)),
        float(error),
        size,
        matrix,
        network.loss(X, y) if matrix == "hessian" else np.nan,
    )
