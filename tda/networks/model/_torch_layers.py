"""The outputs of the layers of a torch module, recorded while it runs.

Hooks record what every module returns. `forward` may then apply functions to it, such as
``F.relu(self.fc(x))`` or ``x + self.block(x)``. A torch mode that intercepts every function call
records these, whatever the control flow is.
"""

from __future__ import annotations

from ._torch_outputs import first_tensor

__all__ = ["elementwise", "layer_outputs"]

#: Functions that make a layer of what they are given, whoever made that; names as in
#: ``torch.nn.functional``, in ``torch`` and as methods of tensors, in place with "_" at the end.
ACTIVATING = frozenset(
    """
    relu relu6 elu selu celu leaky_relu prelu rrelu gelu silu mish hardswish hardsigmoid hardtanh
    sigmoid expit tanh tanhshrink softsign softplus softshrink hardshrink threshold logsigmoid erf
    """.split()
)
#: Functions that bend, squash or normalise what a module gives.
BENDING = ACTIVATING | frozenset(
    """
    sin cos clamp clamp_min softmax log_softmax softmin batch_norm layer_norm group_norm
    instance_norm rms_norm local_response_norm dropout alpha_dropout feature_dropout
    """.split()
)
#: Functions that add one layer to another, as residual networks do.
ADDING = frozenset(("add", "iadd", "radd"))


def layer_outputs(module, x, run, *, parts=()):
    """The outputs of a module's layers, and what `run` returns.

    Parameters
    ----------
    module : torch.nn.Module
    x : Tensor
        What the module is given.
    run : callable () -> Tensor
        Runs it, without derivatives.
    parts : collection of str
        Names of modules whose outputs are wanted besides, as they return them.

    Returns
    -------
    layers : list of (name, tensor)
        In the order of the calls, after the nonlinearity and the sum with a shortcut, each name
        once; copies, so that what happens later to the same memory changes nothing. That which
        is the output itself is left out.
    output : Tensor
    """
    from torch import nn

    recorder, hooks = _recorder(x, frozenset(parts)), []
    bending = tuple(getattr(nn, name) for name in nn.modules.activation.__all__)
    bending = tuple(set(bending) - {nn.MultiheadAttention})
    bending += (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)
    try:
        for name, part in module.named_modules():
            if part is not module:
                kind = "bending" if isinstance(part, bending) else "plain"
                kind = "silent" if isinstance(part, _silent()) else kind
                hooks.append(part.register_forward_pre_hook(recorder.entering(name, part)))
                hooks.append(part.register_forward_hook(recorder.leaving(name, part, kind)))
        with recorder:
            output = run()
    finally:
        for hook in hooks:
            hook.remove()
    last = recorder.owner(output)
    calls = [call for call in recorder.calls if call.is_layer and not call.is_bent]
    if last is not None and last.name not in recorder.parts:
        calls = [call for call in calls if call is not last]
    names = _numbered([call.name for call in calls])
    return [(name, call.value) for name, call in zip(names, calls, strict=True)], output


def elementwise():
    """Modules that return as many values as they take."""
    from torch import nn

    return (
        nn.ReLU, nn.Tanh, nn.Sigmoid, nn.Softmax, nn.LogSoftmax, nn.GELU, nn.SiLU, nn.ELU,
        nn.LeakyReLU, nn.Softplus, nn.Dropout, nn.Identity,
    )  # fmt: skip


def _silent():
    """Modules that only hand on what they are given."""
    from torch import nn

    return (nn.modules.dropout._DropoutNd, nn.Identity, nn.Flatten, nn.Unflatten)


def _numbered(names):
    """Names that come again with the number of the call: "relu", "relu (2)"."""
    seen, found = {}, []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


class _Call:
    """What one module or function returned, until the next one bends it or adds to it."""

    def __init__(self, name, at, output, is_layer=True):
        self.name, self.at, self.is_layer = name, at, is_layer
        self.is_bent = False  # into another layer, and used nowhere else
        self.follow(output)

    def follow(self, output):
        """From now on it is this tensor that is the layer."""
        self.tensor, self.version = output, _version(output)
        self.value = output.clone() if self.is_layer else None

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


class _Frame:
    """A module that runs: whether it called others, and the layer that it was given."""

    def __init__(self, name, given):
        self.name, self.given, self.n_parts = name, given, 0


def _recorder(x, parts):
    import torch
    from torch.overrides import TorchFunctionMode

    class Recorder(TorchFunctionMode):
        """Keeps the calls, and takes for the output of a layer what bends it next."""

        def __init__(self):
            super().__init__()
            self.calls, self.frames, self.inside, self.parts = [], [], 0, parts
            # Whose memory it is: a call keeps its tensor, so that no other takes its place.
            self.by_memory = {}
            self.given = self._keep("", x, is_layer=False)

        def entering(self, name, part):
            is_leaf = not list(part.children())

            def hook(_module, inputs):
                if self.frames:
                    self.frames[-1].n_parts += 1
                self.inside += is_leaf
                given = first_tensor(inputs)
                self.frames.append(_Frame(name, None if given is None else self.owner(given)))

            return hook

        def leaving(self, name, part, kind):
            is_leaf = not list(part.children())

            def hook(_module, _inputs, output):
                self.inside -= is_leaf
                frame, output = self.frames.pop(), first_tensor(output)
                if output is None:
                    return
                if frame.n_parts:  # what it makes of its parts, if that is more than one of them
                    if name in self.parts or self.owner(output) is None:
                        self._keep(name, output)
                elif kind == "silent":
                    if name in self.parts:
                        self._keep(name, output)
                else:
                    if kind == "bending" and frame.given and frame.given.name not in self.parts:
                        frame.given.is_bent = True
                    self._keep(name, output)

            return hook

        def __torch_function__(self, function, types, args=(), kwargs=None):
            name = getattr(function, "__name__", "").strip("_")
            call, bends = None, False
            if not self.inside and args and isinstance(args[0], torch.Tensor):
                if name in BENDING:
                    call, bends = self.owner(args[0]), name in ACTIVATING
                elif name in ADDING and len(args) > 1:
                    call = self._sum(*args[:2])
            output = function(*args, **(kwargs or {}))
            if not isinstance(output, torch.Tensor):
                return output
            if call is not None and call is not self.given:
                if call.name not in self.parts and output.numel() == call.tensor.numel():
                    call.follow(output)
                    self.by_memory[output.data_ptr()] = call
            elif bends:
                where = f"{self.frames[-1].name}." if self.frames else ""
                self._keep(where + name, output)
            return output

        def owner(self, tensor):
            """The last call that gave a tensor, but for those that only hand it on."""
            call = self.by_memory.get(tensor.data_ptr())
            return call if call is not None and call.is_in(tensor) else None

        def _sum(self, one, other):
            """The layer whose shortcut is added: the later of two."""
            tensors = [t for t in (one, other) if isinstance(t, torch.Tensor)]
            owners = [self.owner(t) for t in tensors]
            found = [call for call in owners if call is not None]
            if len(found) < len(owners):
                # What is added is no layer: a parameter, or something like noise.
                is_own = any(isinstance(t, torch.nn.Parameter) for t in tensors)
                return found[0] if found and is_own else None
            later = max(found, key=lambda call: call.at)
            for call in found:
                # What is a shortcut is a layer even if it was normalised for another branch.
                call.is_bent &= call is later
            return later

        def _keep(self, name, output, is_layer=True):
            call = _Call(name, len(self.calls), output, is_layer)
            self.calls.append(call)
            self.by_memory[output.data_ptr()] = call
            return call

    return Recorder()
