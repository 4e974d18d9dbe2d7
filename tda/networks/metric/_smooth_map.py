"""Maps with values and derivatives: functions, networks, probabilities.

Each has ``scores(X)``, ``jacobian(X)`` and ``input_hessian(X)``, as `as_network` gives them, and
derivatives along directions of each row.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..._validation import check_cloud
from ..model._dense import DenseNetwork
from ..model._network import as_network

__all__ = ["FisherMap", "FunctionMap", "UndefinedError", "as_map", "check_rows", "in_blocks"]

#: Steps of central differences that balance truncation and rounding: of first derivatives, and
#: of second ones straight from values.
FIRST_STEP = np.finfo(float).eps ** (1 / 3)
SECOND_STEP = np.finfo(float).eps ** (1 / 4)
#: Numbers that one block of rows may hold.
BLOCK_SIZE = 4_000_000


class UndefinedError(ValueError):
    """A function gave NaN or infinity."""


def as_map(network, *, jacobian=None, layer=None, output_metric="euclidean"):
    """A network or a function as a map with derivatives.

    Parameters as in `tda.networks.PullbackMetric`.
    """
    if output_metric not in ("euclidean", "fisher"):
        raise ValueError(f'output_metric={output_metric!r} is neither "euclidean" nor "fisher".')
    if _is_function(network):
        if layer is not None:
            raise ValueError(
                f"layer={layer!r}, but network is a function: give the function that makes "
                "that layer."
            )
        if output_metric == "fisher":
            raise ValueError(
                'output_metric="fisher" is that of the probabilities of a classifier, but '
                "network is a function: give lambda X: 2 * np.sqrt(probabilities(X)) and "
                'output_metric="euclidean", which is the same.'
            )
        return FunctionMap(network, jacobian)
    if jacobian is not None:
        raise ValueError(
            f"jacobian goes with a function, but network is a {type(network).__name__}, which "
            "has its own: leave it out."
        )
    made = as_network(network)
    if output_metric == "fisher":
        if layer is not None:
            raise ValueError(
                f'output_metric="fisher" is that of the last layer, but layer={layer!r}: leave '
                "one of them out."
            )
        if made is not network and made.link == "identity" and not isinstance(made, DenseNetwork):
            raise ValueError(
                'output_metric="fisher", but a torch module does not say how its '
                "outputs become probabilities: give "
                'TorchNetwork(module, link="softmax"), or link="logistic".'
            )
        return FisherMap(made)
    return made if layer is None else layer_map(made, layer)


def layer_map(network, layer):
    """The network whose scores are the activations of a layer."""
    if not isinstance(network, DenseNetwork):
        raise TypeError(
            f"layer={layer!r}: of a torch module give the part up to there itself, for example "
            "network[:2], and leave layer out."
        )
    if layer not in network.layer_names:
        raise ValueError(f"layer={layer!r} is none of {', '.join(network.layer_names)}.")
    stop = network.layer_names.index(layer) + 1
    if stop == len(network.layer_names):
        return network
    part = network.part(0, stop)  # has no activation in the end: one more layer gives it
    width = part.n_outputs
    return replace(
        part,
        weights=(*part.weights, np.eye(width)),
        biases=(*part.biases, np.zeros(width)),
        weight_scales=(*part.weight_scales, 1.0),
        bias_scales=(*part.bias_scales, 1.0),
    )


def _is_function(network):
    """Whether it is a plain function of rows; networks are callable too."""
    return callable(network) and not hasattr(network, "parameters")


class FunctionMap:
    """A function of rows, with derivatives by central differences where none are given.

    Parameters
    ----------
    function : callable
        Takes rows (n, n_features) and gives (n, n_outputs).
    derivative : callable, default=None
        Takes rows and gives (n, n_outputs, n_features).

    Notes
    -----
    Steps are ``eps^(1/3) max(1, |x|)``. The relative error is about 1e-10 if the function is smooth
    at the scale of 1. That of second derivatives is about 1e-9 with a given `derivative` and 1e-7
    without one.
    """

    n_features = None

    def __init__(self, function, derivative=None):
        self.function = function
        self.derivative = derivative

    def scores(self, X):
        """Values, of shape (n, n_outputs)."""
        return _checked(self.function(X), (len(X), None), "network", X)

    def is_defined(self, X):
        """At which rows it has finite values."""
        return np.isfinite(np.asarray(self.function(X), dtype=float)).all(axis=1)

    def jacobian(self, X):
        """First derivatives, of shape (n, n_outputs, n_features)."""
        if self.derivative is None:
            return in_blocks(self._differences, X, self._width(X) * 2 * X.shape[1])
        return _checked(self.derivative(X), (len(X), None, X.shape[1]), "jacobian", X)

    def input_hessian(self, X):
        """Second derivatives, of shape (n, n_outputs, n_features, n_features)."""
        cost = self._width(X) * 4 * X.shape[1] ** 2
        if self.derivative is None:
            return in_blocks(self._second_differences, X, cost)
        return in_blocks(self._slope_differences, X, cost)

    def directional_jacobian(self, X, frames):
        """First derivatives along directions of each row, of shape (n, n_outputs, d)."""
        if self.derivative is not None:
            return self.jacobian(X) @ frames
        (up, down), step = self._along(X, frames, FIRST_STEP)
        return np.ascontiguousarray(((up - down) / (2 * step)).transpose(0, 2, 1))

    def directional_hessian(self, X, frames):
        """Second derivatives along directions of each row, of shape (n, n_outputs, d, d)."""
        n, m, d = frames.shape
        if self.derivative is not None:
            step = FIRST_STEP * np.maximum(1.0, np.abs(X).max(axis=1))
            moves = step[:, None, None] * frames.swapaxes(1, 2)
            ends = [
                self.jacobian((X[:, None] + sign * moves).reshape(-1, m)).reshape(n, d, -1, m)
                for sign in (1, -1)
            ]
            slopes = (ends[0] - ends[1]) @ frames[:, None] / (2 * step[:, None, None, None])
            slopes = slopes.transpose(0, 2, 1, 3)
            return (slopes + slopes.swapaxes(2, 3)) / 2
        step = SECOND_STEP * np.maximum(1.0, np.abs(X).max(axis=1))
        moves = step[:, None, None] * frames.swapaxes(1, 2)
        total = 0.0
        for one, other in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            at = X[:, None, None] + one * moves[:, :, None] + other * moves[:, None]
            total = total + one * other * self.scores(at.reshape(-1, m)).reshape(n, d, d, -1)
        total = total / (4 * step[:, None, None, None] ** 2)
        return np.ascontiguousarray(total.transpose(0, 3, 1, 2))

    def _along(self, X, frames, share):
        """Values at steps up and down each direction, (n, d, n_outputs) each, and the step."""
        n, m, d = frames.shape
        step = share * np.maximum(1.0, np.abs(X).max(axis=1))[:, None, None]
        moves = step * frames.swapaxes(1, 2)
        ends = [
            self.scores((X[:, None] + sign * moves).reshape(-1, m)).reshape(n, d, -1)
            for sign in (1, -1)
        ]
        return ends, step

    def _width(self, X):
        return self.scores(X[:1]).shape[1]

    def _differences(self, X):
        return central_differences(self.scores, X, FIRST_STEP)

    def _slope_differences(self, X):
        second = central_differences(self.jacobian, X, FIRST_STEP)
        return (second + second.swapaxes(2, 3)) / 2

    def _second_differences(self, X):
        n, m = X.shape
        steps = SECOND_STEP * np.maximum(1.0, np.abs(X))
        moves = np.eye(m) * steps[:, None, :]  # (n, m, m), a move a row
        total = 0.0
        for one, other in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            at = X[:, None, None, :] + one * moves[:, :, None, :] + other * moves[:, None, :, :]
            total = total + one * other * self.scores(at.reshape(-1, m)).reshape(n, m, m, -1)
        total = total / (4 * steps[:, :, None, None] * steps[:, None, :, None])
        return np.ascontiguousarray(total.transpose(0, 3, 1, 2))


class FisherMap:
    """Twice the root of a classifier's probabilities.

    The Fisher information of class probabilities p, ``sum dp dp / p``, is the Euclidean metric
    of 2 √p, a part of the sphere of radius 2.

    Parameters
    ----------
    network : DenseNetwork or TorchNetwork
        A network with link "softmax" or "logistic". With link "identity" the scores are means of
        unit variance. Their Fisher information is Euclidean, so they are left unchanged.
    """

    def __init__(self, network):
        self.network = network
        self.n_features = network.n_features

    def scores(self, X):
        """Twice the roots, of shape (n, n_classes)."""
        scores = self._all(self.network.scores(X), axis=1)
        return scores if self.network.link == "identity" else 2 * _roots(scores)

    def jacobian(self, X):
        """First derivatives, of shape (n, n_classes, n_features)."""
        return self._first(X, self.network.jacobian(X))

    def input_hessian(self, X):
        """Second derivatives, of shape (n, n_classes, n_features, n_features)."""
        return self._second(X, self.network.jacobian(X), self.network.input_hessian(X))

    def directional_jacobian(self, X, frames):
        """First derivatives along directions of each row, of shape (n, n_classes, d)."""
        return self._first(X, self.network.directional_jacobian(X, frames))

    def directional_hessian(self, X, frames):
        """Second derivatives along directions of each row, of shape (n, n_classes, d, d)."""
        return self._second(
            X,
            self.network.directional_jacobian(X, frames),
            self.network.directional_hessian(X, frames),
        )

    def _first(self, X, first):
        """Derivatives of the roots from those of the scores."""
        first = self._all(first, axis=1)
        if self.network.link == "identity":
            return first
        root = _roots(self._all(self.network.scores(X), axis=1))[:, :, None]
        return root * (first - (root**2 * first).sum(axis=1, keepdims=True))

    def _second(self, X, first, second):
        second = self._all(second, axis=1)
        if self.network.link == "identity":
            return second
        first = self._all(first, axis=1)
        root = _roots(self._all(self.network.scores(X), axis=1))[:, :, None]
        away = first - (root**2 * first).sum(axis=1, keepdims=True)
        products = away[:, :, :, None] * away[:, :, None, :]
        root = root[..., None]
        inner = second + products  # its mean has the covariance of the slopes in it
        return root * (inner - (root**2 * inner).sum(axis=1, keepdims=True) - products / 2)

    def _all(self, values, axis):
        """The scores of all classes: a logistic link has one score, and the other class gets 0."""
        if self.network.link != "logistic":
            return values
        if values.shape[axis] != 1:
            raise ValueError(
                f'output_metric="fisher", but the network answers {values.shape[axis]} yes-or-no '
                "questions at once: it needs classes that exclude each other."
            )
        return np.concatenate([np.zeros_like(values), values], axis=axis)


def _roots(scores):
    """Roots of the softmax."""
    from scipy.special import log_softmax

    return np.exp(log_softmax(scores, axis=1) / 2)


def central_differences(function, X, step):
    """Derivatives of a function of rows by its columns, the columns last."""
    n, m = X.shape
    steps = step * np.maximum(1.0, np.abs(X))
    moves = np.eye(m) * steps[:, None, :]  # (n, m, m), a move a column
    up, down = X[:, None, :] + moves, X[:, None, :] - moves
    width = (up - down)[:, np.arange(m), np.arange(m)]  # what the steps are after rounding
    high, low = function(up.reshape(-1, m)), function(down.reshape(-1, m))
    slopes = (high - low).reshape(n, m, *high.shape[1:])
    slopes /= width.reshape(n, m, *(1,) * (high.ndim - 1))
    return np.ascontiguousarray(np.moveaxis(slopes, 1, -1))


def in_blocks(function, X, numbers_per_row):
    """A function of rows on as many rows at once as fit in memory."""
    step = max(BLOCK_SIZE // max(numbers_per_row, 1), 1)
    if len(X) <= step:
        return function(X)
    return np.concatenate([function(X[i : i + step]) for i in range(0, len(X), step)])


def _checked(values, shape, name, X):
    """The result of a function, checked to be finite and of the expected shape."""
    values = np.asarray(values, dtype=float)
    fits = values.ndim == len(shape) and all(
        want in (None, got) for want, got in zip(shape, values.shape, strict=True)
    )
    if not fits:
        words = ["n_outputs" if want is None else str(want) for want in shape]
        raise ValueError(
            f"{name} gave an array of shape {values.shape} for {len(X)} row(s) of {X.shape[1]} "
            f"column(s); it has to give ({', '.join(words)})."
        )
    if not np.isfinite(values).all():
        row = int(np.argmax(~np.isfinite(values.reshape(len(values), -1)).all(axis=1)))
        raise UndefinedError(
            f"{name} gave NaN or infinity at {X[row].tolist()}: leave such points out."
        )
    return values


def check_rows(X, n_features, *, name="X"):
    """A cloud with as many columns as the map takes."""
    shape = np.shape(X)
    if len(shape) > 2:
        raise ValueError(
            f"{name} has shape {shape}, but the metric is one of flat rows: pass "
            f"{name}.reshape(len({name}), -1), and as_network(module, input_shape={shape[1:]}) "
            "where a torch module takes rows of that shape."
        )
    X = check_cloud(X, name=name)
    if n_features is not None and X.shape[1] != n_features:
        raise ValueError(f"{name} has {X.shape[1]} column(s), but the map takes {n_features}.")
    return X
