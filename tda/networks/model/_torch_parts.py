"""Derivatives of a torch module's scores by its parameters, layer by layer, as factors.

Of a linear map with inputs a and derivatives d of the scores by its outputs, the derivative by the
weights is the outer product d aᵀ, summed over the places where the map is used (one, or the pixels
of an image, or the words of a text). So a and d say all, and are smaller by far [1]_. They come
from one run of the module forward and one backward for each output, whatever the number of
parameters.

References
----------
.. [1] R. Novak, J. Sohl-Dickstein, S. Schoenholz, "Fast finite width neural tangent kernel", ICML
   2022.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

__all__ = ["Full", "Outer", "parameter_parts", "structured_names"]

#: Of one row, the largest difference from autograd's own derivatives by their length, by the root
#: of the unit of rounding; a layer that differs more is not used as its hooks suggest.
AGREEMENT = 0.3


class Outer(NamedTuple):
    """The derivative is the sum of d aᵀ over places.

    Attributes
    ----------
    inputs : Tensor of shape (n, n_places, n_in)
    signals : Tensor of shape (n, n_outputs, n_places, n_out)
    """

    inputs: object
    signals: object

    def full(self):
        """The same as a `Full`."""
        import torch

        product = torch.einsum("nsi,nkso->nkoi", self.inputs, self.signals)
        return Full(product.flatten(2))

    def rows(self, at):
        """The same of some rows."""
        return Outer(self.inputs[at], self.signals[at])


class Full(NamedTuple):
    """The derivative itself.

    Attributes
    ----------
    jacobian : Tensor of shape (n, n_outputs, n_own_parameters)
    """

    jacobian: object

    def full(self):
        """Itself."""
        return self

    def rows(self, at):
        """The same of some rows."""
        return Full(self.jacobian[at])


def structured_names(module, values, forward, x):
    """Names of the parameters whose derivatives are known from hooks, found on a few rows.

    Parameters
    ----------
    module : torch.nn.Module
    values : dict of Tensor
        Its parameters, by name.
    forward : callable (values, x) -> Tensor of shape (n, n_outputs)
    x : Tensor
        A few rows, such as the first, the middle and the last.

    Returns
    -------
    set of str
        The others are of other kinds of layers, are shared by several, or are used by functions
        beside their own module: for all of them what the hooks suggest differs from autograd.
    """
    import torch

    parts, scores, leaves = _run(module, values, forward, x)
    generator = torch.Generator(device="cpu").manual_seed(0)
    mix = torch.randn(scores.shape, generator=generator).to(scores)
    true = torch.autograd.grad((scores * mix).sum(), list(leaves.values()), allow_unused=True)
    limit = AGREEMENT * torch.finfo(scores.dtype).eps ** 0.5
    names = set()
    for name, exact in zip(leaves, true, strict=True):
        if name not in parts:
            continue
        found = sum(
            torch.einsum("nkp,nk->p", part.full().jacobian.to(scores), mix) for part in parts[name]
        )
        exact = torch.zeros_like(found) if exact is None else exact.reshape(-1)
        if found.shape == exact.shape and (found - exact).norm() <= limit * exact.norm():
            names.add(name)
    return names


def parameter_parts(module, values, forward, x, structured):
    """The derivatives of the scores of rows by all parameters.

    Parameters
    ----------
    module, values, forward
        As of `structured_names`.
    x : Tensor of n rows
    structured : set of str
        From `structured_names`.

    Returns
    -------
    list of Outer and Full
    """
    parts, scores, _ = _run(module, values, forward, x)
    kept = [part for name, own in parts.items() if name in structured for part in own]
    kept = [type(part)(*(value.detach() for value in part)) for part in kept]
    rest = {name: value for name, value in values.items() if name not in structured}
    if rest:
        fixed = {name: value for name, value in values.items() if name in structured}
        kept += [
            Full(value.reshape(*scores.shape, -1))
            for value in _row_by_row(forward, rest, fixed, x, scores.shape[1])
        ]
    return kept


def _row_by_row(forward, rest, fixed, x, n_outputs):
    """Jacobians of all rows by some parameters, each of shape (n, n_outputs, …)."""
    import torch
    from torch.func import jacrev, vmap

    def one(rest, row):
        return forward({**fixed, **rest}, row[None]).reshape(-1)

    try:
        with warnings.catch_warnings():
            # What is vectorised by a loop inside torch is right, only slower.
            warnings.filterwarnings("ignore", "There is a performance drop", UserWarning)
            return list(vmap(jacrev(one), in_dims=(None, 0), chunk_size=16)(rest, x).values())
    except RuntimeError:  # what torch cannot vectorise, such as its LSTM
        leaves = {name: value.detach().requires_grad_() for name, value in rest.items()}
        found = {name: [] for name in rest}
        for row in x:
            with torch.enable_grad():
                scores = one(leaves, row)
            for k in range(n_outputs):
                slopes = torch.autograd.grad(
                    scores[k], list(leaves.values()), retain_graph=True, allow_unused=True
                )
                for (name, value), slope in zip(leaves.items(), slopes, strict=True):
                    found[name].append(torch.zeros_like(value) if slope is None else slope)
        shape = len(x), n_outputs
        return [torch.stack(own).reshape(*shape, *own[0].shape) for own in found.values()]


def _run(module, values, forward, x):
    """What the hooks suggest, by the names of parameters; the scores; the parameters as leaves."""
    import torch

    known = _known()
    calls, hooks = [], []

    def record(name):
        def hook(part, inputs, output):
            if not isinstance(output, torch.Tensor) or len(inputs) != 1:
                return None
            calls.append((name, part, inputs[0].detach().clone(), output))
            return output.clone()  # what is done to it in place later is done to this one

        return hook

    leaves = {name: value.detach().requires_grad_() for name, value in values.items()}
    try:
        for name, part in module.named_modules():
            if type(part) in known:
                hooks.append(part.register_forward_hook(record(name)))
        with torch.enable_grad():
            scores = forward(leaves, x)
    finally:
        for hook in hooks:
            hook.remove()
    calls = [call for call in calls if call[3].requires_grad and len(call[3]) == len(x)]
    signals = [[] for _ in calls]
    for k in range(scores.shape[1] if calls else 0):
        grads = torch.autograd.grad(
            scores[:, k].sum(), [call[3] for call in calls], retain_graph=True, allow_unused=True
        )
        for own, grad, call in zip(signals, grads, calls, strict=True):
            own.append(torch.zeros_like(call[3]) if grad is None else grad)
    parts = {}
    for (name, part, inputs, _), own in zip(calls, signals, strict=True):
        prefix = f"{name}." if name else ""
        for parameter, found in known[type(part)](part, inputs, torch.stack(own, dim=1)):
            if prefix + parameter in values:
                parts.setdefault(prefix + parameter, []).append(found)
    return {name: _joined(own) for name, own in parts.items()}, scores, leaves


def _joined(parts):
    """The parts of one parameter as one: of several calls, the places of all."""
    import torch

    if len(parts) == 1:
        return parts
    if all(isinstance(part, Outer) for part in parts):
        inputs = torch.cat([part.inputs for part in parts], dim=1)
        return [Outer(inputs, torch.cat([part.signals for part in parts], dim=2))]
    return [Full(sum(part.full().jacobian for part in parts))]


def _known():
    from torch import nn

    return {
        nn.Linear: _linear,
        nn.Conv1d: _convolution,
        nn.Conv2d: _convolution,
        nn.LayerNorm: _normalised,
        nn.GroupNorm: _normalised,
        nn.BatchNorm1d: _normalised,
        nn.BatchNorm2d: _normalised,
        nn.BatchNorm3d: _normalised,
    }


def _linear(part, inputs, signals):
    n, n_outputs = signals.shape[:2]
    a = inputs.reshape(n, -1, inputs.shape[-1])
    d = signals.reshape(n, n_outputs, -1, signals.shape[-1])
    yield "weight", Outer(a, d)
    if part.bias is not None:
        yield "bias", Full(d.sum(dim=2))


def _convolution(part, inputs, signals):
    from torch.nn import functional as F

    if part.bias is not None:
        yield "bias", Full(signals.flatten(3).sum(dim=3))
    if part.groups != 1:  # no outer product of all channels
        return
    flat = inputs.ndim == 3
    mode = {"zeros": "constant"}.get(part.padding_mode, part.padding_mode)
    inputs = F.pad(inputs, part._reversed_padding_repeated_twice, mode=mode)
    one = (1,) if flat else ()
    patches = F.unfold(
        inputs[:, :, None] if flat else inputs,
        one + tuple(part.kernel_size),
        dilation=one + tuple(part.dilation),
        stride=one + tuple(part.stride),
    )
    yield "weight", Outer(patches.transpose(1, 2), signals.flatten(3).transpose(2, 3))


def _normalised(part, inputs, signals):
    """Scale and shift of a normalisation: of each coordinate by itself."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    if part.weight is None:
        return
    if isinstance(part, nn.LayerNorm):
        values = F.layer_norm(inputs, part.normalized_shape, None, None, part.eps)
        own = values.shape[values.ndim - len(part.normalized_shape) :]
        product = signals * values[:, None]
        shape = (*signals.shape[:2], -1, own.numel())
        yield "weight", Full(product.reshape(shape).sum(dim=2))
        if part.bias is not None:
            yield "bias", Full(signals.reshape(shape).sum(dim=2))
        return
    if isinstance(part, nn.GroupNorm):
        values = F.group_norm(inputs, part.num_groups, None, None, part.eps)
    elif part.running_mean is None:
        return  # of the statistics of the batch: rows are not independent
    else:
        values = F.batch_norm(inputs, part.running_mean, part.running_var, eps=part.eps)
    product = (signals * values[:, None]).reshape(*signals.shape[:3], -1)
    yield "weight", Full(product.sum(dim=3))
    if part.bias is not None:
        yield "bias", Full(torch.flatten(signals[..., None], 3).sum(dim=3))
