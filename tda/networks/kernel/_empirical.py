"""The tangent kernel of a given network of finite width, before, during or after training."""

from __future__ import annotations

import numpy as np

from ..._kinds import as_float
from ..._memory import free_memory
from ..model._dense import DenseNetwork
from ..model._network import as_network
from ..model._pipeline import PipelineNetwork
from ._contraction import contract, prepared

__all__ = ["empirical_tangent_kernel"]

#: Rows of a block that two ways to multiply are weighed for, and numbers that one row's Jacobian
#: of a layer may have to be made once.
BLOCK, MOST = 32, 1 << 20
#: Bytes, at 8 a number, that the factors of all rows may take to be kept.
KEPT = 1 << 31
#: Numbers that the factors of a torch module's rows may take at a time, 256 MB in float32.
BUDGET = 1 << 26


def empirical_tangent_kernel(network, X, Y=None, *, outputs="all"):
    """Tangent kernel of a given network, Θ(x, x′) = J(x) J(x′)ᵀ (input per point).

    J is the derivative of the scores with respect to all weights and biases. A small step of
    gradient descent moves the scores at x by −step/n · Σ Θ(x, xᵢ) · (derivative of the loss by the
    scores at xᵢ).

    Parameters
    ----------
    network : fitted MLPClassifier or MLPRegressor, torch.nn.Module, DenseNetwork or TorchNetwork
        Scores are what it gives before its link; see `as_network`.
    X : array-like of shape (n_points, n_features)
    Y : array-like of shape (n_others, n_features), default=None
        `X` again if None.
    outputs : {"all", "mean"}, default="all"
        For a network with several outputs. "all" is the kernel between every output at one point
        and every output at the other. "mean" is the mean over outputs of the kernel of each output.
        A network of infinite width has independent outputs, each with that mean as its kernel.

    Returns
    -------
    array of shape (n_points * n_outputs, n_others * n_outputs), or (n_points, n_others)
        With "all", row ``i * n_outputs + k`` is output k at point i. With "mean" and for a
        network with one output, a row is a point. Without `Y` symmetric to the last bit.

    Raises
    ------
    ValueError
        If `outputs` is neither, or the rows do not fit the network.

    Notes
    -----
    For a `DenseNetwork` (and scikit-learn's) layer by layer, without the derivatives by the
    parameters: the kernel is Σ (s² a·a′ + t²) δδ′ᵀ over layers with inputs a, scales s of
    weights and t of biases, and derivatives δ of the scores by the pre-activations. Time
    O(n_points · n_others · n_outputs² · width) a layer, whatever the number of parameters.

    For torch in the same way [2]_: one run backward for each output gives the δ of all linear and
    convolutional layers. Where a layer is used at many places (pixels, words), their products are
    contracted in the cheaper of two orders. Normalisations have few parameters. Those of other
    layers, shared parameters, and those that functions use on their own are found by comparison
    with autograd on three rows; their Jacobian is made. The time is linear in the number of rows
    but for the products of pairs; 200 rows of a perceptron of a million parameters and ten outputs
    take about a second, of a convolutional network as large five to eight. Factors of all rows are
    kept if they fit into 2 GB and a quarter of the free memory; else rows are run again for each
    block of about 256 MB. What the module itself needs comes on top.

    References
    ----------
    .. [1] A. Jacot, F. Gabriel, C. Hongler, "Neural tangent kernel: convergence and
       generalization in neural networks", NeurIPS 2018.
    .. [2] R. Novak, J. Sohl-Dickstein, S. Schoenholz, "Fast finite width neural tangent kernel",
       ICML 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import empirical_tangent_kernel, neural_tangent_kernel, random_network
    >>> X = [[1.0, 1.0], [1.0, -1.0]]
    >>> wide = random_network(2, [20_000], weight_variance=[1, 2], random_state=0)
    >>> bool(np.allclose(empirical_tangent_kernel(wide, X), neural_tangent_kernel(X), atol=0.05))
    True
    """
    if outputs not in ("all", "mean"):
        raise ValueError(f'outputs={outputs!r} is neither "all" nor "mean".')
    network = as_network(network)
    symmetric = Y is None or Y is X
    if isinstance(network, PipelineNetwork):
        X, Y = network.transform(X), None if symmetric else network.transform(Y)
        network = network.network
    of = _dense_kernel if isinstance(network, DenseNetwork) else _torch_kernel
    kernel = of(network, X, X if symmetric else Y, symmetric, outputs == "mean")
    return (kernel + kernel.T) / 2 if symmetric else kernel


def _dense_kernel(network, X, Y, symmetric, mean):
    left = _factors(network, X)
    right = left if symmetric else _factors(network, Y)
    kernel = 0.0
    scales = zip(network.weight_scales, network.bias_scales, strict=True)
    for (a, da), (b, db), (s, t) in zip(left, right, scales, strict=True):
        n, m, o = len(a), len(b), network.n_outputs
        inputs = s**2 * (a @ b.T) + t**2
        if mean:
            kernel = kernel + inputs * (da.reshape(n, -1) @ db.reshape(m, -1).T) / o
        else:
            signals = da.reshape(n * o, -1) @ db.reshape(m * o, -1).T
            signals = signals.reshape(n, o, m, o) * inputs[:, None, :, None]
            kernel = kernel + signals.reshape(n * o, m * o)
    return kernel


def _factors(network, X):
    """For every layer, its inputs (n, n_in) and the signals at its outputs (n, n_outputs,
    n_out)."""
    X = as_float(X, "X")
    signals = network.signals(X)
    return list(zip([X, *network.layers(X)[:-1]], signals, strict=True))


def _torch_kernel(network, X, Y, symmetric, mean):
    X, Y = as_float(X, "X"), as_float(Y, "Y")
    o = network.scores(X[:1]).shape[1]
    if not network.n_parameters:
        raise ValueError("network has no parameters, and so no tangent kernel.")
    names = network.structured_parameters(X)
    size = _numbers_a_row(network, X, names, mean)
    rows = max(BUDGET // max(2 * size, 1), 1)
    # Kept, if there is room, so that no row is run again.
    kept = {} if _is_room(size * (len(X) + (0 if symmetric else len(Y)))) else None

    def parts_of(Z, start):
        key = (Z is X, start)
        if kept is not None and key in kept:
            return kept[key]
        parts = network.parameter_parts(Z[start : start + rows], names)
        parts = prepared(parts, BLOCK, mean, MOST)
        if kept is not None:
            kept[key] = parts
        return parts

    kernel = np.zeros((len(X), len(Y)) if mean else (len(X), o, len(Y), o))
    for i in range(0, len(X), rows):
        parts = parts_of(X, i)
        for j in range(i if symmetric else 0, len(Y), rows):
            others = parts if symmetric and i == j else parts_of(Y, j)
            at = slice(i, i + rows), slice(j, j + rows)
            block = sum(
                contract(part, other, mean) for part, other in zip(parts, others, strict=True)
            )
            if mean:
                kernel[at] = block / o
                if symmetric:
                    kernel[at[::-1]] = block.T / o
            else:
                kernel[at[0], :, at[1]] = block
                if symmetric:
                    kernel[at[1], :, at[0]] = block.transpose(2, 3, 0, 1)
    return kernel if mean else kernel.reshape(len(X) * o, len(Y) * o)


def _numbers_a_row(network, X, names, mean):
    """How many numbers the factors of one row are."""
    parts = prepared(network.parameter_parts(X[:1], names), BLOCK, mean, MOST)
    return sum(value.numel() for part in parts for value in part)


def _is_room(n_numbers):
    """Whether the factors of all rows may be kept: in `KEPT`, and a quarter of what is free."""
    free = free_memory()
    limit = KEPT if free is None else min(KEPT, free // 4)
    return 8 * n_numbers <= limit
