"""What the eigenvalues of a tangent kernel say about gradient descent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._validation import check_cloud

__all__ = ["TangentSpectrum", "tangent_spectrum"]


@dataclass(frozen=True)
class TangentSpectrum:
    """Rates of gradient descent in a tangent kernel, from `tangent_spectrum`.

    Attributes
    ----------
    rates : array of shape (n_modes,)
        Eigenvalues of K / n_points, the largest first: with a small step, the residual along
        the i-th eigenvector of K decays as exp(−rates[i] · step · n_steps), and with any step
        as (1 − step · rates[i]) ** n_steps.
    """

    rates: np.ndarray

    @property
    def rank(self):
        """Number of modes that move, up to rounding."""
        return int((self.rates > self._rounding).sum())

    @property
    def effective_rank(self):
        """Exponential of the entropy of the rates: how many modes share the kernel's trace.

        O. Roy, M. Vetterli, "The effective rank: a measure of effective dimensionality", 2007.
        """
        shares = self.rates[self.rates > 0] / self.rates[self.rates > 0].sum()
        return float(np.exp(-(shares * np.log(shares)).sum())) if len(shares) else 0.0

    @property
    def condition_number(self):
        """The largest rate divided by the smallest that is not zero up to rounding; 1 if all are
        zero."""
        return float(self.rates[0] / self.rates[self.rank - 1]) if self.rank else 1.0

    def largest_step(self, momentum=0.0):
        """The learning rate below which gradient descent converges: 2 (1 + momentum) / rates[0].

        At 2 / rates[0] the fastest mode oscillates without end; above, it grows by the factor
        ``step * rates[0] - 1`` a step.
        """
        with np.errstate(divide="ignore"):
            return float(2 * (1 + momentum) / self.rates[0])

    @property
    def best_step(self):
        """The learning rate at which the slowest moving mode is fastest, 2 / (largest + least)."""
        return float(2 / (self.rates[0] + self.rates[max(self.rank - 1, 0)]))

    @property
    def heavy_ball(self):
        """Learning rate and momentum at which the slowest moving mode is fastest.

        B. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. Every
        mode then decays by √momentum = (√κ − 1) / (√κ + 1) per step, where κ is the condition
        number. But it first overshoots, and more so for larger κ, which a network may not tolerate.
        """
        high, low = np.sqrt(self.rates[[0, max(self.rank - 1, 0)]])
        return float(4 / (high + low) ** 2), float(((high - low) / (high + low)) ** 2)

    def half_lives(self, step):
        """Steps of plain gradient descent until half the residual of each mode is left.

        It is infinite for modes that do not move or that grow.
        """
        kept = np.abs(1 - step * self.rates)
        lives = np.full(kept.shape, np.inf)
        moving = (kept < 1) & (self.rates > self._rounding)
        with np.errstate(divide="ignore"):
            lives[moving] = np.log(0.5) / np.log(kept[moving])
        return lives

    @property
    def _rounding(self):
        return len(self.rates) * np.finfo(float).eps * max(self.rates[0], 0)

    def __repr__(self):
        return (
            f"TangentSpectrum(largest_step={self.largest_step():.3g}, "
            f"condition_number={self.condition_number:.3g}, "
            f"effective_rank={self.effective_rank:.3g}, rank={self.rank} of {len(self.rates)})"
        )


def tangent_spectrum(K, *, n_points=None):
    """Eigenvalues of a tangent kernel, as rates of full-batch gradient descent.

    The loss is the mean over points of half the squared error, summed over outputs. So a step of
    gradient descent moves the residuals r of the linearised network to r − step · K r / n_points.
    The matrix that matters is K / n_points, not K.

    Parameters
    ----------
    K : array of shape (n_modes, n_modes)
        From `neural_tangent_kernel` or `empirical_tangent_kernel`.
    n_points : int, default=None
        Number of points over which the loss is a mean; that of the rows of `K` if None. Give it
        for a kernel between all outputs of a network with several.

    Returns
    -------
    TangentSpectrum

    Notes
    -----
    Of a loss with curvature c at each score the rates are c times these: at most 1/4 for the
    logistic one, 1/2 for softmax. O(n_modes³).

    References
    ----------
    .. [1] J. Lee et al., "Wide neural networks of any depth evolve as linear models under
       gradient descent", NeurIPS 2019.

    Examples
    --------
    >>> from tda.networks import neural_tangent_kernel, tangent_spectrum
    >>> tangent_spectrum(neural_tangent_kernel([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0]]))
    TangentSpectrum(largest_step=2.45, condition_number=1.58, effective_rank=2.95, rank=3 of 3)
    """
    from scipy.linalg import eigvalsh

    K = check_cloud(K, name="K")
    if K.shape[0] != K.shape[1]:
        raise ValueError(f"K has shape {K.shape}, but a kernel of points among them is square.")
    n_points = len(K) if n_points is None else n_points
    if n_points < 1 or len(K) % n_points:
        raise ValueError(
            f"n_points={n_points}, but K has {len(K)} rows: a whole number of outputs a point."
        )
    return TangentSpectrum(np.maximum(eigvalsh(K)[::-1], 0) / n_points)
