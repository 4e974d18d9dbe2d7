"""The outputs of the layers of a torch module, recorded while it runs.

Hooks record what every module returns. `forward` may then apply functions to it, such as
``F.relu(self.fc(x))``. A torch mode that intercepts every function call records these.
"""

from __future__ import annotations

__all__ = ["elementwise", "layer_outputs"]

#: Functions that bend, squash or normalise what a layer gives; names as in ``torch.nn.functional``,
#: in ``torch`` and as methods of tensors, the ones that work in place end in "_".
BENDING = frozenset(
    """
    relu relu6 elu selu celu leaky_relu prelu rrelu gelu silu mish hardswish hardsigmoid hardtanh
    sigmoid expit tanh tanhshrink softsign softplus softshrink hardshrink threshold logsigmoid erf
    sin cos clamp clamp_min softmax log_softmax softmin batch_norm layer_norm group_norm
    instance_norm rms_norm local_response_norm dropout alpha_dropout feature_dropout
    """.split()
)


def layer_outputs(module, run):
    """The outputs of a module's layers, and what `run` returns.

    Parameters
    ----------
    module : torch.nn.Module
    run : callable () -> Tensor
        Runs it, without derivatives.

    Returns
    -------
    layers : list of (name, tensor)
        In the order of the calls, after the nonlinearity, flattened to one axis after the rows;
        copies, so that what happens later to the same memory changes nothing.
    output : Tensor
    """
    recorder, hooks = _recorder(), []
    try:
        for name, part in module.named_modules():
            if not list(part.children()):
                hooks.append(part.register_forward_pre_hook(recorder.enter))
                hooks.append(part.register_forward_hook(recorder.leaving(name)))
        with recorder:
            output = run()
    finally:
        for hook in hooks:
            hook.remove()
    return _telling(recorder.calls), output


class _Call:
    """What one module returned, until the next one is called."""

    def __init__(self, name, module, output):
        self.name, self.module = name, module
        self.follow(output)

    def follow(self, output):
        """From now on it is this tensor that is the layer."""
        self.tensor, self.version = output, _version(output)
        self.value = output.clone()

    def is_in(self, tensor):
        """Whether a tensor is this output still, or a view of all of it."""
        same = tensor is self.tensor or (
            tensor.numel() == self.tensor.numel()
            and tensor.dtype == self.tensor.dtype
            and tensor.data_ptr() == self.tensor.data_ptr()
        )
        return same and _version(self.tensor) == self.version


def _version(tensor):
    """How often a tensor was changed in place; always 0 where torch does not count."""
    return 0 if tensor.is_inference() else tensor._version


def _recorder():
    import torch
    from torch.overrides import TorchFunctionMode

    class Recorder(TorchFunctionMode):
        """Keeps the calls, and takes for the output of a layer what bends it next."""

        def __init__(self):
            super().__init__()
            self.calls, self.inside = [], 0

        def enter(self, _module, _inputs):
            self.inside += 1

        def leaving(self, name):
            def hook(module, _inputs, output):
                self.inside -= 1
                if isinstance(output, torch.Tensor):
                    self.calls.append(_Call(name, module, output))

            return hook

        def __torch_function__(self, function, types, args=(), kwargs=None):
            call = None
            named = getattr(function, "__name__", "").rstrip("_") in BENDING
            if named and not self.inside and args and isinstance(args[0], torch.Tensor):
                call = self._owner(args[0])
            output = function(*args, **(kwargs or {}))
            if call is not None and isinstance(output, torch.Tensor):
                call.follow(output)
            return output

        def _owner(self, tensor):
            """The last call that gave a tensor, but for those that only hand it on."""
            silent = _silent()
            for call in reversed(self.calls):
                if not isinstance(call.module, silent) and call.is_in(tensor):
                    return call
            return None

    return Recorder()


def elementwise():
    """Modules that return as many values as they take."""
    from torch import nn

    return (
        nn.ReLU, nn.Tanh, nn.Sigmoid, nn.Softmax, nn.LogSoftmax, nn.GELU, nn.SiLU, nn.ELU,
        nn.LeakyReLU, nn.Softplus, nn.Dropout, nn.Identity,
    )  # fmt: skip


def _silent():
    from torch import nn

    return (nn.Dropout, nn.Identity, nn.Flatten, nn.Unflatten)


def _telling(calls):
    """Of all calls, those that are layers to a reader: (name, flattened output) pairs."""
    from torch import nn

    bending = tuple(getattr(nn, name) for name in nn.modules.activation.__all__)
    bending += (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)
    calls = [call for call in calls if not isinstance(call.module, _silent())]
    return [
        (call.name, call.value.reshape(len(call.value), -1))
        for call, follower in zip(calls, [*calls[1:], None], strict=True)
        if follower is None or not isinstance(follower.module, bending)
    ]
