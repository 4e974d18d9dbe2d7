"""Training curves: of a network, and of its linearisation, which predicts them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..._kinds import as_float
from ..._validation import check_cloud
from ..model._loss import apply_link, encode_targets, loss_values
from ..model._network import as_network
from ._empirical import empirical_tangent_kernel

__all__ = ["GradientDescent", "LinearizedTraining", "gradient_descent", "linearized_training"]

#: A loss so many times the first one is called infinite, and training stops.
TOO_MUCH = 1e30


class LinearizedTraining(NamedTuple):
    """What `linearized_training` predicts.

    Attributes
    ----------
    loss : array of shape (n_steps + 1,)
        Before the first step, and after each one.
    scores : array of shape (n_steps + 1, n_points, n_outputs)
    test_scores : array of shape (n_steps + 1, n_tests, n_outputs) or None
    """

    loss: np.ndarray
    scores: np.ndarray
    test_scores: np.ndarray | None


class GradientDescent(NamedTuple):
    """What happened in `gradient_descent`.

    Attributes
    ----------
    loss : array of shape (n_steps + 1,)
        Before the first step, and after each one; infinite once it has overflown.
    scores : array of shape (n_steps + 1, n_points, n_outputs)
    test_scores : array of shape (n_steps + 1, n_tests, n_outputs) or None
    distance : array of shape (n_steps + 1,)
        How far the parameters are from the start, by their length there (1 if that is 0).
    path : array of shape (n_steps + 1, n_parameters) or None
    network : DenseNetwork or TorchNetwork
        As it is in the end.
    """

    loss: np.ndarray
    scores: np.ndarray
    test_scores: np.ndarray | None
    distance: np.ndarray
    path: np.ndarray | None
    network: object


def gradient_descent(
    network, X, y, *, learning_rate, n_steps, momentum=0.0, X_test=None, keep_path=False
):
    """Train a network by gradient descent on all rows at once.

    Every step is v ← momentum · v − learning_rate · gradient, parameters ← parameters + v. The
    gradient is that of the mean loss over all rows, without a penalty. Nothing is random.

    Parameters
    ----------
    network : fitted MLPClassifier or MLPRegressor, torch.nn.Module, DenseNetwork or TorchNetwork
        The network is not changed.
    X : array-like of shape (n_points, n_features)
    y : array-like of shape (n_points,) or (n_points, n_outputs)
        What the network's loss takes: values, or labels.
    learning_rate : float
    n_steps : int
    momentum : float, default=0.0
        Polyak's heavy ball.
    X_test : array-like of shape (n_tests, n_features), default=None
        Rows whose scores are also recorded.
    keep_path : bool, default=False
        Keep the parameters of every step.

    Returns
    -------
    GradientDescent

    Notes
    -----
    Memory ``8 * n_steps * n_points * n_outputs`` bytes, and with the path
    ``8 * n_steps * n_parameters``. Once the loss is 10³⁰ times the first one, training stops.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import gradient_descent, random_network
    >>> x = np.linspace(-1, 1, 20)[:, None]
    >>> start = random_network(1, [100], weight_variance=2, bias_variance=0.1, random_state=0)
    >>> run = gradient_descent(start, x, np.abs(x), learning_rate=0.3, n_steps=200)
    >>> bool(run.loss[-1] < 0.05 * run.loss[0])
    True
    """
    network = as_network(network)
    _check_steps(learning_rate, n_steps, momentum)
    scores = network.scores(X)
    loss_now = loss_follower(network, X, y, scores)
    start = network.parameters
    length = np.linalg.norm(start) or 1.0
    curves = _empty(n_steps, scores, None if X_test is None else network.scores(X_test))
    loss, all_scores, test_scores = curves
    distance = np.full(n_steps + 1, np.nan)
    path = np.full((n_steps + 1, len(start)), np.nan) if keep_path else None
    at, velocity = start, np.zeros_like(start)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(n_steps + 1):
            if step:
                velocity = momentum * velocity - learning_rate * network.gradient(X, y)
                at = at + velocity
                network = network.with_parameters(at)
                scores = network.scores(X)
            loss[step] = loss_now(network, scores)
            if not loss[step] <= TOO_MUCH * loss[0]:
                loss[step] = np.inf
                break
            all_scores[step] = scores
            if X_test is not None:
                test_scores[step] = network.scores(X_test)
            distance[step] = np.linalg.norm(at - start) / length
            if keep_path:
                path[step] = at
    return GradientDescent(*curves, distance, path, network)


def linearized_training(network, X, y, *, learning_rate, n_steps, momentum=0.0, X_test=None):
    """Predict the training curve of a network from its tangent kernel at the start.

    The network is replaced by its first-order expansion in the parameters, which is trained
    instead. A wide network follows it: the parameters hardly move [1]_.

    Parameters
    ----------
    network, X, y, learning_rate, n_steps, momentum, X_test
        As of `gradient_descent`.

    Returns
    -------
    LinearizedTraining

    Notes
    -----
    With the squared error in closed form in the eigenvectors of the kernel: along one with rate
    λ (an eigenvalue of K / n_points) a share (1 − learning_rate · λ)ᵗ of the residual is left
    after t steps, with momentum that of a damped oscillation. This is gradient descent with
    steps, not its continuous limit, so that it swings and diverges where the linearised network
    does. With a log loss the scores are stepped through the kernel instead.
    O((n_points · n_outputs)³) once and O(n_steps · (n_points · n_outputs)²), whatever the
    number of parameters.

    References
    ----------
    .. [1] J. Lee et al., "Wide neural networks of any depth evolve as linear models under
       gradient descent", NeurIPS 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import gradient_descent, linearized_training, random_network
    >>> x = np.linspace(-1, 1, 20)[:, None]
    >>> how = dict(learning_rate=0.3, n_steps=100)
    >>> wide = random_network(1, [4000], weight_variance=2, bias_variance=0.1, random_state=0)
    >>> loss = gradient_descent(wide, x, x**2, **how).loss
    >>> predicted = linearized_training(wide, x, x**2, **how).loss
    >>> bool(np.abs(loss - predicted).max() < 0.05 * loss[0])
    True
    """
    network = as_network(network)
    if getattr(network, "criterion", None) is not None:
        raise ValueError(
            "network has a criterion of its own, but the linearised network is followed with the "
            'loss of a link only: leave criterion out, and give link="softmax" for cross-entropy.'
        )
    _check_steps(learning_rate, n_steps, momentum)
    X = check_cloud(X) if np.ndim(X) == 2 else as_float(X, "X")
    scores = network.scores(X)
    targets = _targets(network, y, scores)
    tests = None if X_test is None else network.scores(X_test)
    K = empirical_tangent_kernel(network, X)
    K_test = None if X_test is None else empirical_tangent_kernel(network, X_test, X)
    curves = _empty(n_steps, scores, tests)
    follow = _in_modes if network.link == "identity" else _in_steps
    with np.errstate(over="ignore", invalid="ignore"):
        follow(curves, K, K_test, scores, tests, targets, learning_rate, momentum, network.link)
    return LinearizedTraining(*curves)


def _in_modes(curves, K, K_test, scores, tests, targets, learning_rate, momentum, link):
    """Squared error: every eigenvector of the kernel by itself."""
    from scipy.linalg import eigh

    loss, all_scores, test_scores = curves
    n, shape = len(scores), scores.shape
    values, vectors = eigh(K)
    rates = np.maximum(values, 0) / n
    start = vectors.T @ (scores - targets).ravel()
    left = np.empty((len(loss), len(rates)))
    gone = np.empty_like(left)  # left = 1 - rates * gone, without its rounding
    left[0], gone[0] = 1, 0
    before, had = left[0], gone[0]
    for t in range(1, len(loss)):
        left[t] = left[t - 1] * (1 - learning_rate * rates) + momentum * (left[t - 1] - before)
        gone[t] = gone[t - 1] + learning_rate * left[t - 1] + momentum * (gone[t - 1] - had)
        before, had = left[t - 1], gone[t - 1]
    residuals = left * start
    loss[:] = (residuals**2).sum(axis=1) / (2 * n)
    loss[np.isnan(loss)] = np.inf
    all_scores[:] = targets + (residuals @ vectors.T).reshape(-1, *shape)
    if test_scores is not None:
        moved = (gone * start) @ (K_test @ vectors / n).T
        test_scores[:] = tests - moved.reshape(-1, *tests.shape)


def _in_steps(curves, K, K_test, scores, tests, targets, learning_rate, momentum, link):
    """Any loss: the parameters stay start + Jᵀ·moved, so that kernels give all scores."""
    loss, all_scores, test_scores = curves
    n, shape = len(scores), scores.shape
    moved = before = np.zeros(scores.size)
    for t in range(len(loss)):
        if t:
            slope = (apply_link(all_scores[t - 1], link) - targets).ravel() / n
            step = momentum * (moved - before) - learning_rate * slope
            before, moved = moved, moved + step
        all_scores[t] = scores + (K @ moved).reshape(shape)
        loss[t] = loss_values(all_scores[t], targets, link).mean()
        if not loss[t] <= TOO_MUCH * loss[0]:
            loss[t] = np.inf
            break
        if test_scores is not None:
            test_scores[t] = tests + (K_test @ moved).reshape(tests.shape)


def _empty(n_steps, scores, tests):
    """Arrays for loss, scores and test scores of all steps, not yet filled."""
    return (
        np.full(n_steps + 1, np.inf),
        np.full((n_steps + 1, *scores.shape), np.nan),
        None if tests is None else np.full((n_steps + 1, *tests.shape), np.nan),
    )


def loss_follower(network, X, y, scores):
    """A function of a network with other parameters and its scores that gives its loss."""
    if getattr(network, "criterion", None) is not None:
        return lambda network, scores: network.loss(X, y)
    targets = _targets(network, y, scores)
    return lambda network, scores: loss_values(scores, targets, network.link).mean()


def _targets(network, y, scores):
    targets = encode_targets(
        y, n_outputs=scores.shape[1], link=network.link, classes=network.classes
    )
    if len(targets) != len(scores):
        raise ValueError(f"y has {len(targets)} row(s) and X has {len(scores)}: give one each.")
    return targets


def _check_steps(learning_rate, n_steps, momentum):
    if not learning_rate > 0:
        raise ValueError(f"learning_rate={learning_rate!r}: give a positive number.")
    if int(n_steps) != n_steps or n_steps < 0:
        raise ValueError(f"n_steps={n_steps!r}: give a whole number from 0 on.")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum={momentum!r}: give a number from 0 to below 1.")
