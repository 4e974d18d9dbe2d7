"""Activation functions with their first and second derivatives. A leaf of this room.

``ACTIVATIONS[name]`` is a triple of functions of the pre-activation z: the value, its derivative
and its second derivative. The kink of ``relu`` has derivative 0, as in scikit-learn and torch.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erf, expit, ndtr

__all__ = ["ACTIVATIONS"]


def _identity(z):
    return z


def _one(z):
    return np.ones_like(z)


def _zero(z):
    return np.zeros_like(z)


def _relu(z):
    return np.maximum(z, 0.0)


def _step(z):
    return (z > 0).astype(z.dtype)


def _tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def _tanh_bend(z):
    t = np.tanh(z)
    return -2 * t * (1 - t**2)


def _logistic_slope(z):
    p = expit(z)
    return p * (1 - p)


def _logistic_bend(z):
    p = expit(z)
    return p * (1 - p) * (1 - 2 * p)


def _erf_slope(z):
    return 2 / np.sqrt(np.pi) * np.exp(-(z**2))


def _erf_bend(z):
    return -2 * z * _erf_slope(z)


def _bell(z):
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def _gelu(z):
    return z * ndtr(z)


def _gelu_slope(z):
    return ndtr(z) + z * _bell(z)


def _gelu_bend(z):
    return (2 - z**2) * _bell(z)


def _silu(z):
    return z * expit(z)


def _silu_slope(z):
    p = expit(z)
    return p * (1 + z * (1 - p))


def _silu_bend(z):
    p = expit(z)
    return p * (1 - p) * (2 + z * (1 - 2 * p))


def _minus_sin(z):
    return -np.sin(z)


def _softplus(z):
    return np.logaddexp(0, z)


ACTIVATIONS = {
    "erf": (erf, _erf_slope, _erf_bend),
    "gelu": (_gelu, _gelu_slope, _gelu_bend),
    "identity": (_identity, _one, _zero),
    "logistic": (expit, _logistic_slope, _logistic_bend),
    "relu": (_relu, _step, _zero),
    "silu": (_silu, _silu_slope, _silu_bend),
    "sin": (np.sin, np.cos, _minus_sin),
    "softplus": (_softplus, expit, _logistic_slope),
    "tanh": (np.tanh, _tanh_slope, _tanh_bend),
}
