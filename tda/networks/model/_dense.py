"""A fully connected network as plain arrays, with every derivative in closed form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..._validation import check_cloud
from ._activation import ACTIVATIONS
from ._loss import (
    LINKS,
    apply_link,
    check_parameters,
    curvature_product,
    encode_targets,
    loss_values,
)

__all__ = ["DenseNetwork", "dense_from_estimator", "random_network"]


@dataclass(frozen=True, eq=False, repr=False)
class DenseNetwork:
    """A fully connected network: its layers, its scores and all their derivatives, in float64.

    Layer l takes a to φ(a·(s W) + t b), with weights W, biases b and fixed scales s, t; the last
    layer has no φ. The scales are 1, except for the parametrisation in which tangent kernels have a
    limit (`random_network`). The last layer gives the scores; the link turns them into predictions.

    Attributes
    ----------
    weights : tuple of arrays of shape (n_in, n_out)
        One per layer, as ``MLPClassifier.coefs_``.
    biases : tuple of arrays of shape (n_out,)
    activation : {"erf", "gelu", "identity", "logistic", "relu", "silu", "sin", "softplus", \
"tanh"}
        Of the hidden layers.
    link : {"identity", "logistic", "softmax"}
        Tells the loss as well: half the squared error, or the log loss.
    classes : array of shape (n_classes,) or None
        The labels in the order of the outputs.
    weight_scales, bias_scales : tuple of floats, or None for ones

    Notes
    -----
    First derivatives are backpropagation, second ones the R-operator of Pearlmutter, "Fast exact
    multiplication by the Hessian" (Neural Computation, 1994). At a kink of ``relu`` the
    derivative is 0 and the second derivative is 0 everywhere, as in torch.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import DenseNetwork
    >>> fold = DenseNetwork((np.array([[1.0, -1.0]]), np.ones((2, 1))), (np.zeros(2), np.zeros(1)))
    >>> fold.scores([[-3.0], [2.0]])  # relu(x) + relu(-x)
    array([[3.],
           [2.]])
    >>> fold.jacobian([[-3.0], [2.0]]).ravel()
    array([-1.,  1.])
    """

    weights: tuple
    biases: tuple
    activation: str = "relu"
    link: str = "identity"
    classes: np.ndarray | None = None
    weight_scales: tuple | None = None
    bias_scales: tuple | None = None

    def __post_init__(self):
        if self.activation not in ACTIVATIONS:
            raise ValueError(
                f"activation={self.activation!r} is none of {', '.join(sorted(ACTIVATIONS))}."
            )
        if self.link not in LINKS:
            raise ValueError(f"link={self.link!r} is none of {', '.join(LINKS)}.")
        weights = tuple(np.asarray(w, dtype=np.float64) for w in self.weights)
        biases = tuple(np.asarray(b, dtype=np.float64) for b in self.biases)
        if not weights or len(weights) != len(biases):
            raise ValueError(
                f"{len(weights)} weights and {len(biases)} biases: one of each per layer is "
                "needed, and one layer at least."
            )
        width = weights[0].shape[0] if weights[0].ndim == 2 else 0
        for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
            if w.ndim != 2 or w.shape[0] != width or b.shape != w.shape[1:]:
                raise ValueError(
                    f"layer {layer}: weights of shape {w.shape} and biases of shape {b.shape} "
                    f"do not fit an input of {width} value(s)."
                )
            width = w.shape[1]
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)
        for name in ("weight_scales", "bias_scales"):
            scales = getattr(self, name)
            scales = (1.0,) * len(weights) if scales is None else tuple(map(float, scales))
            if len(scales) != len(weights):
                raise ValueError(
                    f"{name} has {len(scales)} value(s) for {len(weights)} layer(s): give one each."
                )
            object.__setattr__(self, name, scales)

    def __repr__(self):
        widths = "-".join(map(str, [self.n_features, *(w.shape[1] for w in self.weights)]))
        return f"DenseNetwork({widths}, {self.activation}, {self.link})"

    # What it is ------------------------------------------------------------------------------

    @property
    def n_features(self):
        """Number of inputs."""
        return self.weights[0].shape[0]

    @property
    def n_outputs(self):
        """Number of scores."""
        return self.weights[-1].shape[1]

    @property
    def n_parameters(self):
        """Number of weights and biases."""
        return sum(w.size + b.size for w, b in self._pairs)

    @property
    def layer_names(self):
        """Names of what `layers` gives."""
        return [f"hidden {k}" for k in range(1, len(self.weights))] + ["output"]

    @property
    def parameters(self):
        """All parameters, of shape (n_parameters,): a layer's weights, row by row, its biases."""
        return np.concatenate([part.ravel() for pair in self._pairs for part in pair])

    def with_parameters(self, parameters):
        """The same network with other parameters, in the order of `parameters`."""
        weights, biases = self._unflatten(np.array(parameters, dtype=np.float64))
        return replace(self, weights=weights, biases=biases)

    def part(self, start=0, stop=None):
        """The layers from `start` up to `stop` as a separate network.

        Its input is what layer `start` takes: the decoder of an autoencoder whose code is
        ``layers(X)[1]`` is ``part(2)``. A part that ends before the last layer has no activation at
        its end. Only a part that includes the last layer keeps the link.
        """
        picked = slice(start, stop)
        weights = self.weights[picked]
        if not weights:
            raise ValueError(
                f"no layer from {start} up to {stop}: the network has {len(self.weights)}."
            )
        whole = slice(start, stop).indices(len(self.weights))[1] == len(self.weights)
        return replace(
            self,
            weights=weights,
            biases=self.biases[picked],
            link=self.link if whole else "identity",
            classes=self.classes if whole else None,
            weight_scales=self.weight_scales[picked],
            bias_scales=self.bias_scales[picked],
        )

    # What it gives ---------------------------------------------------------------------------

    def layers(self, X):
        """The output of each layer for the rows: arrays of shape (n, width), the last the
        scores."""
        return self._forward(self._check(X))[1][1:]

    def scores(self, X):
        """The outputs before the link, of shape (n, n_outputs)."""
        return self.layers(X)[-1]

    def predict(self, X):
        """The outputs after the link: values, or probabilities, of shape (n, n_outputs)."""
        return apply_link(self.scores(X), self.link)

    def __call__(self, X):
        return self.scores(X)

    # Derivatives of the scores ---------------------------------------------------------------

    def signals(self, X):
        """Derivatives of the scores with respect to each layer's pre-activations.

        Returns
        -------
        list of arrays of shape (n, n_outputs, width), one per layer
        """
        pre, _ = self._forward(self._check(X))
        return self._signals(pre)

    def jacobian(self, X):
        """Derivatives of the scores by the inputs, of shape (n, n_outputs, n_features)."""
        pre, _ = self._forward(self._check(X))
        if self.n_outputs <= self.n_features:
            return self._signals(pre)[0] @ self._effective(0).T
        slope = ACTIVATIONS[self.activation][1]
        forward = np.broadcast_to(self._effective(0), (len(pre[0]), *self.weights[0].shape))
        for layer in range(1, len(self.weights)):
            forward = (forward * slope(pre[layer - 1])[:, None, :]) @ self._effective(layer)
        return np.ascontiguousarray(forward.transpose(0, 2, 1))

    def input_hessian(self, X):
        """Second derivatives of the scores by the inputs.

        Returns
        -------
        array of shape (n, n_outputs, n_features, n_features)

        Notes
        -----
        Carried forward through the layers: memory n · n_features² · width.
        """
        X = self._check(X)
        return self._second(X, np.broadcast_to(np.eye(X.shape[1]), (len(X), *(X.shape[1],) * 2)))

    def directional_jacobian(self, X, frames):
        """Derivatives of the scores along directions that each row has of its own.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
        frames : array of shape (n, n_features, n_directions)
            Directions in the columns.

        Returns
        -------
        array of shape (n, n_outputs, n_directions)
            ``jacobian(X) @ frames``.
        """
        X = self._check(X)
        pre, _ = self._forward(X)
        slope = ACTIVATIONS[self.activation][1]
        first = np.asarray(frames).swapaxes(1, 2) @ self._effective(0)
        for layer in range(1, len(self.weights)):
            first = (first * slope(pre[layer - 1])[:, None, :]) @ self._effective(layer)
        return np.ascontiguousarray(first.transpose(0, 2, 1))

    def directional_hessian(self, X, frames):
        """Second derivatives of the scores along directions that each row has of its own.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
        frames : array of shape (n, n_features, n_directions)

        Returns
        -------
        array of shape (n, n_outputs, n_directions, n_directions)
        """
        return self._second(self._check(X), np.asarray(frames))

    def _second(self, X, frames):
        pre, _ = self._forward(X)
        _, slope, bend = ACTIVATIONS[self.activation]
        n, _, d = frames.shape
        first = frames.swapaxes(1, 2) @ self._effective(0)
        second = np.zeros((n, d, d, self.weights[0].shape[1]))
        for layer in range(1, len(self.weights)):
            z = pre[layer - 1]
            second = second * slope(z)[:, None, None, :]
            second += bend(z)[:, None, None, :] * first[:, :, None, :] * first[:, None, :, :]
            first = (first * slope(z)[:, None, :]) @ self._effective(layer)
            second = second @ self._effective(layer)
        return np.ascontiguousarray(second.transpose(0, 3, 1, 2))

    def parameter_jacobian(self, X):
        """Derivatives of the scores by the parameters, of shape (n, n_outputs, n_parameters)."""
        pre, post = self._forward(self._check(X))
        n, parts = len(post[0]), []
        for layer, signal in enumerate(self._signals(pre)):
            outer = post[layer][:, None, :, None] * signal[:, :, None, :]
            parts.append(self.weight_scales[layer] * outer.reshape(n, self.n_outputs, -1))
            parts.append(self.bias_scales[layer] * signal)
        return np.concatenate(parts, axis=2)

    # The loss and its derivatives by the parameters --------------------------------------------

    def loss(self, X, y):
        """Mean loss over the rows, without any penalty.

        For the identity link it is half the squared error, summed over outputs (scikit-learn's
        ``loss_`` divides by the number of outputs, its gradient does not). For the other links it
        is the log loss.
        """
        scores = self.scores(X)
        return float(loss_values(scores, self._targets(y, len(scores)), self.link).mean())

    def gradient(self, X, y):
        """Gradient of `loss` by the parameters, of shape (n_parameters,)."""
        pre, post = self._forward(self._check(X))
        residual = apply_link(post[-1], self.link) - self._targets(y, len(post[0]))
        return self._backward(pre, post, residual / len(residual))

    def hessian_product(self, X, y, vector):
        """Hessian of `loss` by the parameters, times a vector, at the cost of two gradients."""
        pre, post = self._forward(self._check(X))
        n = len(post[0])
        _, slope, bend = ACTIVATIONS[self.activation]
        moved_pre, moved_post, v_weights = self._tangent(pre, post, vector)
        delta = (apply_link(post[-1], self.link) - self._targets(y, n)) / n
        moved = curvature_product(post[-1], moved_pre[-1], self.link) / n
        parts = []
        for layer in reversed(range(len(self.weights))):
            weight = moved_post[layer].T @ delta + post[layer].T @ moved
            parts += [self.bias_scales[layer] * moved.sum(axis=0)]
            parts += [self.weight_scales[layer] * weight.ravel()]
            if layer:
                z = pre[layer - 1]
                back = delta @ self._effective(layer).T
                moved = moved @ self._effective(layer).T + delta @ v_weights[layer].T
                moved = moved * slope(z) + back * bend(z) * moved_pre[layer - 1]
                delta = back * slope(z)
        return np.concatenate(parts[::-1])

    def fisher_product(self, X, vector):
        """Fisher information of the parameters, times a vector.

        This is Jᵀ H J averaged over the rows. J is the derivative of the scores by the parameters,
        and H the second derivative of the loss by the scores. It is the Gauss–Newton matrix, and
        also the Fisher information, since each link is canonical (Martens, "New insights and
        perspectives on the natural gradient method", JMLR 2020). For the identity link the noise
        has variance 1.
        """
        pre, post = self._forward(self._check(X))
        moved_pre, _, _ = self._tangent(pre, post, vector)
        bent = curvature_product(post[-1], moved_pre[-1], self.link)
        return self._backward(pre, post, bent / len(bent))

    # Workers ---------------------------------------------------------------------------------

    @property
    def _pairs(self):
        return list(zip(self.weights, self.biases, strict=True))

    def _effective(self, layer):
        return self.weight_scales[layer] * self.weights[layer]

    def _check(self, X):
        X = check_cloud(X)
        if X.shape[1] != self.n_features:
            raise ValueError(
                f"X has {X.shape[1]} column(s), but the network takes {self.n_features}: give "
                "what the network itself was fitted on (after any scaling)."
            )
        return X

    def _targets(self, y, n):
        targets = encode_targets(y, n_outputs=self.n_outputs, link=self.link, classes=self.classes)
        if len(targets) != n:
            raise ValueError(f"y has {len(targets)} row(s) and X has {n}: give one per row of X.")
        return targets

    def _unflatten(self, vector):
        vector = check_parameters(vector, self.n_parameters)
        weights, biases, at = [], [], 0
        for w, b in self._pairs:
            weights.append(vector[at : at + w.size].reshape(w.shape))
            at += w.size
            biases.append(vector[at : at + b.size])
            at += b.size
        return tuple(weights), tuple(biases)

    def _forward(self, X):
        """Pre-activations of every layer, and what enters every layer with the scores last."""
        value = ACTIVATIONS[self.activation][0]
        pre, post = [], [X]
        for layer, bias in enumerate(self.biases):
            pre.append(post[-1] @ self._effective(layer) + self.bias_scales[layer] * bias)
            post.append(value(pre[-1]) if layer < len(self.biases) - 1 else pre[-1])
        return pre, post

    def _signals(self, pre):
        slope = ACTIVATIONS[self.activation][1]
        signals = [np.broadcast_to(np.eye(self.n_outputs), (len(pre[0]),) + (self.n_outputs,) * 2)]
        for layer in reversed(range(1, len(self.weights))):
            back = signals[-1] @ self._effective(layer).T
            signals.append(back * slope(pre[layer - 1])[:, None, :])
        return signals[::-1]

    def _backward(self, pre, post, delta):
        """Jᵀ times derivatives by the scores (n, n_outputs), summed over the rows."""
        slope = ACTIVATIONS[self.activation][1]
        parts = []
        for layer in reversed(range(len(self.weights))):
            parts += [self.bias_scales[layer] * delta.sum(axis=0)]
            parts += [self.weight_scales[layer] * (post[layer].T @ delta).ravel()]
            if layer:
                delta = (delta @ self._effective(layer).T) * slope(pre[layer - 1])
        return np.concatenate(parts[::-1])

    def _tangent(self, pre, post, vector):
        """Derivatives of pre-activations and activations when the parameters move along
        `vector`."""
        slope = ACTIVATIONS[self.activation][1]
        v_weights, v_biases = self._unflatten(vector)
        v_weights = [s * v for s, v in zip(self.weight_scales, v_weights, strict=True)]
        moved_pre, moved_post = [], [np.zeros_like(post[0])]
        for layer, v in enumerate(v_weights):
            moved = moved_post[-1] @ self._effective(layer) + post[layer] @ v
            moved_pre.append(moved + self.bias_scales[layer] * v_biases[layer])
            if layer < len(v_weights) - 1:
                moved_post.append(slope(pre[layer]) * moved_pre[-1])
        return moved_pre, moved_post, v_weights


def dense_from_estimator(estimator):
    """The network inside a fitted ``MLPClassifier`` or ``MLPRegressor``."""
    link = estimator.out_activation_
    if link not in LINKS:
        raise ValueError(
            f"the output of this {type(estimator).__name__} goes through {link!r}: only losses "
            "with an identity, logistic or softmax output are known, for example "
            'loss="squared_error".'
        )
    return DenseNetwork(
        # Copies, since training goes on in place.
        tuple(np.array(w, dtype=np.float64) for w in estimator.coefs_),
        tuple(np.array(b, dtype=np.float64) for b in estimator.intercepts_),
        activation=estimator.activation,
        link=link,
        # A multilabel classifier answers yes or no for each output, and has no order of classes.
        classes=getattr(estimator, "classes_", None) if _one_label(estimator) else None,
    )


def _one_label(estimator):
    classes = getattr(estimator, "classes_", None)
    return classes is not None and estimator.n_outputs_ == (len(classes) if len(classes) > 2 else 1)


def random_network(
    n_features,
    hidden_layer_sizes,
    n_outputs=1,
    *,
    activation="relu",
    weight_variance=1.0,
    bias_variance=0.0,
    parametrization="ntk",
    link="identity",
    random_state=None,
):
    """A network at its initialisation: Gaussian weights and biases.

    Every pre-activation has variance ``weight_variance`` · (mean square of the layer's input)
    plus ``bias_variance``, in both parametrisations. A step of gradient descent differs between
    them.

    Parameters
    ----------
    n_features : int
    hidden_layer_sizes : sequence of ints
        One width a hidden layer.
    n_outputs : int, default=1
    activation : {"erf", "gelu", "identity", "logistic", "relu", "silu", "sin", "softplus", \
"tanh"}, default="relu"
    weight_variance : float, or sequence with one per layer, default=1.0
        He's initialisation of ``relu`` is ``weight_variance=2``.
    bias_variance : float, or sequence with one per layer, default=0.0
    parametrization : {"ntk", "standard"}, default="ntk"
        ``"ntk"``: parameters are standard normal and the network scales them by
        √(weight_variance / n_in) and √bias_variance, so that the tangent kernel has a limit as
        the widths grow (Jacot, Gabriel, Hongler, "Neural tangent kernel", NeurIPS 2018).
        ``"standard"``: the parameters have that size themselves.
    link : {"identity", "logistic", "softmax"}, default="identity"
    random_state : int, RandomState or None, default=None

    Returns
    -------
    DenseNetwork

    Examples
    --------
    >>> from tda.networks import random_network
    >>> random_network(3, [100, 100], random_state=0)
    DenseNetwork(3-100-100-1, relu, identity)
    """
    from sklearn.utils import check_random_state

    if parametrization not in ("ntk", "standard"):
        raise ValueError(f'parametrization={parametrization!r} is neither "ntk" nor "standard".')
    rng = check_random_state(random_state)
    widths = [n_features, *np.atleast_1d(hidden_layer_sizes).astype(int).tolist(), n_outputs]
    if min(widths) < 1:
        raise ValueError(f"widths {widths}: every layer needs one unit at least.")
    n_layers = len(widths) - 1
    w_scales = np.sqrt(each_layer(weight_variance, n_layers, "weight_variance") / widths[:-1])
    b_scales = np.sqrt(each_layer(bias_variance, n_layers, "bias_variance"))
    weights = [rng.standard_normal(shape) for shape in pairwise(widths)]
    biases = [rng.standard_normal(width) for width in widths[1:]]
    if parametrization == "standard":
        weights = [s * w for s, w in zip(w_scales, weights, strict=True)]
        biases = [s * b for s, b in zip(b_scales, biases, strict=True)]
        w_scales = b_scales = None
    return DenseNetwork(
        tuple(weights),
        tuple(biases),
        activation=activation,
        link=link,
        weight_scales=w_scales,
        bias_scales=b_scales,
    )


def each_layer(value, n_layers, name):
    """A variance for each layer, of shape (n_layers,), from one for all or one each."""
    values = np.asarray(value, dtype=np.float64)
    if values.ndim > 1 or (values.ndim == 1 and len(values) != n_layers):
        raise ValueError(
            f"{name} has shape {values.shape}: give one value, or one for each of the "
            f"{n_layers} layers."
        )
    if not (values >= 0).all():
        raise ValueError(f"{name}={value!r} holds a value that is not a variance.")
    return np.broadcast_to(values, n_layers)
