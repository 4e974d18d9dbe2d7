"""The losses that networks are trained on, as functions of scores and targets.

This file imports no other file of the room. Scores are the outputs of a network before its link.
The loss of one row is

- ``"identity"``: half the squared error, summed over outputs,
- ``"logistic"``: the log loss of each output as a separate yes-or-no question, summed,
- ``"softmax"``: the log loss of one class among the outputs.

Each link is the canonical one of its loss, so that the derivative of the loss by the scores is
``apply_link(scores) - targets``, and its second derivative does not depend on the targets: the
Fisher information of the outputs is the Hessian of the loss by the scores.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, log_softmax, softmax

from ..._kinds import refuse_other_kinds

__all__ = [
    "LINKS",
    "apply_link",
    "check_parameters",
    "curvature_product",
    "encode_targets",
    "loss_values",
]

LINKS = ("identity", "logistic", "softmax")


def apply_link(scores, link):
    """What the network predicts: the scores themselves, or probabilities."""
    if link == "identity":
        return scores
    return expit(scores) if link == "logistic" else softmax(scores, axis=1)


def loss_values(scores, targets, link):
    """The loss of each row, of shape (n,)."""
    if link == "identity":
        return 0.5 * ((scores - targets) ** 2).sum(axis=1)
    if link == "logistic":
        return (np.logaddexp(0, scores) - targets * scores).sum(axis=1)
    return -(targets * log_softmax(scores, axis=1)).sum(axis=1)


def curvature_product(scores, vectors, link):
    """Second derivative of each row's loss by its scores, times that row of `vectors`."""
    if link == "identity":
        return vectors
    p = apply_link(scores, link)
    if link == "logistic":
        return p * (1 - p) * vectors
    return p * (vectors - (p * vectors).sum(axis=1, keepdims=True))


def encode_targets(y, *, n_outputs, link, classes=None):
    """What an estimator's ``fit`` takes, as an array of shape (n, n_outputs).

    Parameters
    ----------
    y : array-like of shape (n,) or (n, n_outputs)
        Values, class labels, or (with `n_outputs` columns) targets as they are.
    n_outputs : int
    link : {"identity", "logistic", "softmax"}
    classes : array of shape (n_classes,), default=None
        The labels in the order of the outputs; 0, 1, … if None.
    """
    refuse_other_kinds(y, "y")
    y = np.asarray(y)
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise ValueError("y holds NaN or infinity: leave those rows out of X and y.")
    if y.ndim == 2 and y.shape[1] == n_outputs and (n_outputs > 1 or link == "identity"):
        return y.astype(np.float64)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise ValueError(
            f"y has shape {y.shape}, but the network has {n_outputs} output(s): give one value "
            f"or label per row, or an array of shape (n, {n_outputs})."
        )
    if link == "identity":
        if n_outputs != 1:
            raise ValueError(
                f"y has shape {y.shape}, but the network has {n_outputs} outputs: give an "
                f"array of shape (n, {n_outputs})."
            )
        return y.astype(np.float64)[:, None]
    if link == "logistic" and n_outputs != 1:
        raise ValueError(
            f"y has shape {y.shape}, but the network answers {n_outputs} yes-or-no questions: "
            f"give an array of shape (n, {n_outputs}) of zeros and ones."
        )
    n_classes = 2 if link == "logistic" else n_outputs
    classes = np.arange(n_classes) if classes is None else np.asarray(classes)
    hits = y[:, None] == classes[None, :]
    strangers = ~hits.any(axis=1)
    if strangers.any():
        raise ValueError(
            f"y holds {y.tolist()[np.argmax(strangers)]!r}, which is none of the network's classes "
            f"{classes.tolist()}."
        )
    return hits[:, 1:].astype(np.float64) if link == "logistic" else hits.astype(np.float64)


def check_parameters(vector, n_parameters):
    """A vector with one number for each parameter of a network, as float64."""
    vector = np.asarray(vector, dtype=np.float64)
    if vector.shape != (n_parameters,):
        raise ValueError(
            f"a vector of shape {vector.shape} was given for the network's {n_parameters} "
            "parameters."
        )
    return vector
