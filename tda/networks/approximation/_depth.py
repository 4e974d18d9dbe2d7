"""Where depth beats width: the sawtooth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._html import curves
from ..._report import Report
from ..model._dense import DenseNetwork
from ._one_layer import fit_widths

__all__ = ["DepthSeparation", "depth_separation", "sawtooth_network"]


def sawtooth_network(n_folds, *, deep=True):
    """The sawtooth of 2^n_folds straight pieces on [0, 1], exactly, deep or shallow.

    It is the tent map, twice the distance to the nearer end, applied `n_folds` times. Deep, each
    fold is one hidden layer of two units. Shallow, with one hidden layer, each piece needs one
    unit.

    Parameters
    ----------
    n_folds : int
        From 1 on; below 21 for the shallow one.
    deep : bool, default=True

    Returns
    -------
    DenseNetwork
        Of 2 · n_folds hidden units, or of 2^n_folds.

    References
    ----------
    .. [1] M. Telgarsky, "Benefits of depth in neural networks", COLT 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import sawtooth_network
    >>> x = np.linspace(0, 1, 9)[:, None]
    >>> deep, shallow = sawtooth_network(3), sawtooth_network(3, deep=False)
    >>> deep.scores(x).ravel()
    array([0., 1., 0., 1., 0., 1., 0., 1., 0.])
    >>> bool((deep.scores(x) == shallow.scores(x)).all())
    True
    >>> deep, shallow
    (DenseNetwork(1-2-2-2-1, relu, identity), DenseNetwork(1-8-1, relu, identity))
    """
    if not 1 <= n_folds <= (50 if deep else 20):
        raise ValueError(
            f"n_folds={n_folds}, but from 1 to {50 if deep else 20} folds can be made: more are "
            "finer than floats can resolve, or too wide for memory."
        )
    if not deep:
        corners = np.arange(2**n_folds) / 2**n_folds
        bends = np.where(np.arange(2**n_folds) % 2, -2.0, 2.0) * 2**n_folds
        bends[0] /= 2
        return DenseNetwork(
            (np.ones((1, len(corners))), bends[:, None]), (-corners, np.zeros(1)), "relu"
        )
    # The tent is 2 relu(x) - 4 relu(x - 1/2); the next layer takes it twice.
    tent = np.array([[2.0], [-4.0]])
    weights = [np.ones((1, 2)), *[tent @ np.ones((1, 2))] * (n_folds - 1), tent]
    biases = [*[np.array([0.0, -0.5])] * n_folds, np.zeros(1)]
    return DenseNetwork(tuple(weights), tuple(biases), "relu")


@dataclass(frozen=True, eq=False)
class DepthSeparation(Report):
    """A deep network and shallow ones on sawtooths; prints as a verdict and a table.

    Attributes
    ----------
    n_folds : int array of shape (n,)
    pieces : int array of shape (n,)
        Straight pieces of the sawtooth, 2^n_folds.
    deep_units : int array of shape (n,)
        Hidden units of the deep network, 2 · n_folds.
    deep_error : array of shape (n,)
        Its largest error.
    shallow_units : int array of shape (n,)
        One hidden layer is not exact with fewer: one less than pieces.
    shallow_error : array of shape (n,)
        L2 error of one hidden layer of as many units as the deep network has, fitted.
    shallow_bound : array of shape (n,)
        No network of that width has less.
    """

    n_folds: np.ndarray
    pieces: np.ndarray
    deep_units: np.ndarray
    deep_error: np.ndarray
    shallow_units: np.ndarray
    shallow_error: np.ndarray
    shallow_bound: np.ndarray

    @property
    def verdict(self):
        """The sawtooth of most pieces, by either network, in words."""
        i = int(np.argmax(self.pieces))
        return (
            f"A deep network of {self.deep_units[i]} units draws a sawtooth of {self.pieces[i]} "
            f"pieces with an error of at most {self.deep_error[i]:.1g}. One hidden layer of as "
            f"many units has an error of {self.shallow_error[i]:.2g}, and none has less than "
            f"{self.shallow_bound[i]:.2g}; it is exact from {self.shallow_units[i]} units on."
        )

    def _figure(self):
        series = {"shallow": self.shallow_error, "at least": self.shallow_bound}
        return curves(self.n_folds, series, x_label="folds", y_label="error", label="error")

    _names = ("n_folds",)

    def _rows(self):
        values = (column.tolist() for column in vars(self).values())
        return [dict(zip(vars(self), row, strict=True)) for row in zip(*values, strict=True)]

    def _columns(self):
        return {
            "folds": ("n_folds", "d"),
            "pieces": ("pieces", "d"),
            "units": ("deep_units", "d"),
            "deep error": ("deep_error", ".1g"),
            "shallow": ("shallow_error", ".3f"),
            "at least": ("shallow_bound", ".3f"),
            "exact from": ("shallow_units", "d"),
        }


def depth_separation(n_folds=(1, 2, 3, 4, 5, 6, 7, 8), *, random_state=0):
    """Sawtooths by a deep network and by a shallow one with as many units.

    Parameters
    ----------
    n_folds : sequence of ints, default=(1, 2, 3, 4, 5, 6, 7, 8)
    random_state : int, RandomState or None, default=0
        Of the shallow fit.

    Returns
    -------
    DepthSeparation

    Notes
    -----
    A network of n units in one hidden layer has at most n corners. On each of the 2^(n_folds - 1)
    teeth without a corner it is a straight line, and the best line for a tooth is its mean, with
    a mean squared error of 1/12. So the L2 error of no such network is below
    √((1 − n/teeth)/12), whereas that of the deep one with n = 2 · n_folds units is 0.

    Examples
    --------
    >>> from tda.networks import depth_separation
    >>> result = depth_separation([3, 6])
    >>> result.deep_error, result.shallow_units
    (array([0., 0.]), array([ 7, 63]))
    >>> bool((result.shallow_error >= result.shallow_bound).all())
    True
    """
    from sklearn.utils import check_random_state

    rng = check_random_state(random_state)
    folds = np.unique(np.asarray(n_folds, dtype=int))
    if not folds.size or folds[0] < 1 or folds[-1] > 12:
        raise ValueError(f"n_folds={folds.tolist()}, but integers from 1 to 12 are compared.")
    # Evenly spaced places, none of which is a binary fraction.
    n_points = max(4096, 16 * 2 ** int(folds[-1]))
    x = ((np.arange(n_points) + 0.5) / n_points)[:, None]
    deep_error, shallow_error = [], []
    for k in folds:
        truth = sawtooth(x[:, 0], k)
        deep_error.append(np.abs(sawtooth_network(k).scores(x)[:, 0] - truth).max())
        (network,) = fit_widths(
            2 * x - 1, truth, [2 * k], method="adaptive", activation="relu", rng=rng
        )
        error = network.scores(2 * x - 1)[:, 0] - truth
        shallow_error.append(np.sqrt(np.mean(error**2)))
    share = np.minimum(2 * folds / 2.0 ** (folds - 1), 1)
    return DepthSeparation(
        n_folds=folds,
        pieces=2**folds,
        deep_units=2 * folds,
        deep_error=np.array(deep_error),
        shallow_units=2**folds - 1,
        shallow_error=np.array(shallow_error),
        shallow_bound=np.sqrt((1 - share) / 12),
    )


def sawtooth(x, n_folds):
    """The values of the sawtooth by its definition, as distances to the nearest even corner."""
    place = np.asarray(x) * 2**n_folds % 2
    return np.minimum(place, 2 - place)
