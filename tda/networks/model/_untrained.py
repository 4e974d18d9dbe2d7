"""A network of the same shape that has learned nothing."""

from __future__ import annotations

import copy

import numpy as np
from sklearn.utils import check_random_state

from ._dense import DenseNetwork
from ._network import as_network
from ._pipeline import PipelineNetwork

__all__ = ["untrained_network"]

#: Rows that settle the statistics of normalisation.
SETTLING_ROWS = 256


def untrained_network(network, X=None, *, random_state=None):
    """A network of the same shape at its initialisation: what the architecture does by itself.

    What a report finds in a trained network says something of learning only beside this one.

    Parameters
    ----------
    network : a network, as `as_network` takes it
    X : array-like, default=None
        Rows on which the normalisation of a torch module (batch norm) takes its means and
        variances, which training would have given it. Without them they are 0 and 1.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    DenseNetwork, TorchNetwork or PipelineNetwork
        The steps of a pipeline stay as they are fitted.

    Notes
    -----
    Dense networks start as scikit-learn's (uniform, Glorot and Bengio 2010), and those of the
    parametrisation of tangent kernels as standard normal. Parts of torch modules start by their
    own ``reset_parameters``; parameters that no part starts, such as positions, have their values
    shuffled.

    Examples
    --------
    >>> from tda.networks import random_network, untrained_network
    >>> trained = random_network(2, [5], parametrization="standard", random_state=0)
    >>> untrained_network(trained, random_state=1)
    DenseNetwork(2-5-1, relu, identity)
    """
    rng = check_random_state(random_state)
    network = as_network(network)
    if isinstance(network, PipelineNetwork):
        X = None if X is None else network.transform(X)
        made = untrained_network(network.network, X, random_state=rng)
        return PipelineNetwork(network.steps, made)
    if isinstance(network, DenseNetwork):
        return network.with_parameters(_start(network, rng))
    return _restarted(network, X, rng)


def _start(network, rng):
    """Parameters of a dense network as training starts from."""
    if set(network.weight_scales) != {1.0}:
        return rng.standard_normal(network.n_parameters)
    factor = 2.0 if network.activation == "logistic" else 6.0
    parts = []
    for weight, bias in zip(network.weights, network.biases, strict=True):
        bound = np.sqrt(factor / sum(weight.shape))
        parts += [rng.uniform(-bound, bound, weight.size + bias.size)]
    return np.concatenate(parts)


def _restarted(network, X, rng):
    import torch

    seed = int(rng.randint(2**31 - 1))
    module = copy.deepcopy(network.module)
    before = {name: p.detach().clone() for name, p in module.named_parameters()}
    with torch.random.fork_rng([]), torch.no_grad():
        torch.default_generator.manual_seed(seed)
        for part in [*module.modules()][::-1]:  # the inside first: an outside may know better
            for name in ("reset_parameters", "_reset_parameters"):
                if callable(getattr(part, name, None)):
                    getattr(part, name)()
                    break
        for name, p in module.named_parameters():
            if torch.equal(p, before[name]):
                order = torch.randperm(p.numel()).to(p.device)
                p.copy_(p.flatten()[order].reshape(p.shape))
    made = network._with(module)
    if X is not None:
        _settle_statistics(made, X[:SETTLING_ROWS])
    return made


def _settle_statistics(network, X):
    """Means and variances of batch normalisation from one run over rows."""
    import torch
    from torch import nn

    parts = [p for p in network.module.modules() if isinstance(p, nn.modules.batchnorm._BatchNorm)]
    parts = [part for part in parts if part.track_running_stats]
    if not parts:
        return
    x, momenta = network._tensor(X), [part.momentum for part in parts]
    with network._evaluating(x.shape), torch.no_grad():
        try:
            for part in parts:
                part.train()
                part.momentum = None  # the plain mean
                part.reset_running_stats()
            network.module(x)
        finally:
            for part, momentum in zip(parts, momenta, strict=True):
                part.momentum = momentum
