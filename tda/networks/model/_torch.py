"""A torch module with the interface of `DenseNetwork`, by torch's own derivatives.

torch is imported when the first module is given, never before.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager, nullcontext

import numpy as np

from ..._kinds import as_float
from ._loss import LINKS, apply_link, check_parameters, curvature_product, encode_targets
from ._torch_layers import elementwise, layer_outputs
from ._torch_outputs import picked_output, rows_first, rows_of
from ._torch_parts import parameter_parts, structured_names

__all__ = ["TorchNetwork"]

#: Rows whose derivatives torch computes at a time, which bounds its memory.
CHUNK = 256


class TorchNetwork:
    """A torch module: its layers, its scores and their derivatives, as NumPy arrays.

    Parameters
    ----------
    module : torch.nn.Module
        Takes a batch, rows first, and returns one. It is used in evaluation mode (no dropout,
        running means), in its own precision and on its own device, and left as it was. A
        compiled one and one of ``DataParallel`` stand for the module inside.
    link : {"identity", "logistic", "softmax"}, default="identity"
        The function that turns its outputs into predictions; it also sets the loss. A classifier
        that is trained with ``CrossEntropyLoss`` has "softmax", one with ``BCEWithLogitsLoss``
        "logistic".
    classes : array of shape (n_classes,), default=None
        The labels in the order of the outputs; 0, 1, … if None.
    output : str, int, tuple of these, or callable, default=None
        Which of several tensors are the scores, where the module returns a tuple, a dict or a
        dataclass: a position, a key, a field, or a path of them from outside to inside. None
        takes the only one, or "logits".
    input_shape : tuple of int, default=None
        The shape of one row as the module takes it, such as (3, 32, 32). Rows of X are then
        reshaped to it, so that a convolutional net takes flat rows like any other. None takes X
        in the shape in which it comes.
    criterion : callable, default=None
        A loss of one's own in place of that of the link: ``criterion(outputs, targets)`` takes what
        the module returns and `y` as tensors, and gives the mean over the rows as a tensor, as
        ``torch.nn.functional.huber_loss`` does.

    Attributes
    ----------
    layer_names : list of str
        Known once `layers` has run: the modules in the order in which they are called, without
        those that another only bends (a linear map before its activation or normalisation) or
        that do nothing in evaluation (dropout). What functions do to a layer in ``forward``,
        such as ``F.relu(self.fc(x))``, and the shortcut that is added to it, belong to that
        layer. A module with parts is a layer where it makes something new of them, such as a
        residual block. An activation of what no module gave is a layer by its function's name.
        A module that is called again is numbered: "relu (2)". The last is "output".

    Notes
    -----
    Rows are what the module takes along its first axis; outputs, layers and inputs are flattened
    to one axis after the rows. Where a layer has its rows on another axis, as in attention with
    the sequence first, or has several values of a row along it, that is found by running two
    rows and three. A layer that does not depend on the rows, such as positions, is left out, and
    so is what is computed without a module or an activation.

    Token ids are rows of integers, for modules that embed them. Derivatives come from
    ``torch.func``, and where that cannot follow, as in recurrent networks, from a backward pass
    for each output. A module that draws random numbers, as a variational autoencoder does, draws
    the same ones at each call. Layers are float32, and float64 for modules in double precision;
    all else is float64.

    Examples
    --------
    >>> from importlib.util import find_spec
    >>> if find_spec("torch"):
    ...     from torch import nn
    ...     from tda.networks import TorchNetwork
    ...
    ...     cnn = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 10))
    ...     network = TorchNetwork(cnn, link="softmax", input_shape=(1, 8, 8))
    ...     shapes = [layer.shape for layer in network.layers([[0.0] * 64] * 5)]
    ...     print(network.n_features, network.layer_names, shapes)
    ... else:
    ...     print("64 ['1', 'output'] [(5, 72), (5, 10)]")
    64 ['1', 'output'] [(5, 72), (5, 10)]
    """

    def __init__(
        self,
        module,
        *,
        link="identity",
        classes=None,
        output=None,
        input_shape=None,
        criterion=None,
    ):
        if link not in LINKS:
            raise ValueError(f"link={link!r} is none of {', '.join(LINKS)}.")
        if criterion is not None and not callable(criterion):
            raise ValueError(f"criterion={criterion!r}: give a function of outputs and targets.")
        if input_shape is not None:
            input_shape = tuple(int(size) for size in np.atleast_1d(input_shape))
            if min(input_shape, default=1) < 1:
                raise ValueError(f"input_shape={input_shape}: sizes are from 1 on.")
        self.module = _bare(module)
        self.link = link
        self.classes = classes
        self.output = output
        self.input_shape = input_shape
        self.criterion = criterion
        self._names = None
        self._axis, self._is_random = 0, False  # of the rows in the output; whether it is drawn
        self._settled = {}  # whether rows are token ids, by their shape

    def __repr__(self):
        return f"TorchNetwork({type(self.module).__name__}, {self.link})"

    # What it is ------------------------------------------------------------------------------

    @property
    def n_features(self):
        """Number of inputs if `input_shape` is given or the first module is a linear map; else
        None, and any number is accepted."""
        if self.input_shape is not None:
            return int(np.prod(self.input_shape))
        first = self._at_the_end(0)
        return None if first is None else first.in_features

    @property
    def n_outputs(self):
        """Number of scores, if a linear map or its activation gives them; else None."""
        last = self._at_the_end(-1)
        return None if last is None else last.out_features

    @property
    def n_parameters(self):
        """Number of parameters."""
        return sum(p.numel() for p in self.module.parameters())

    @property
    def layer_names(self):
        """Names of what `layers` gives."""
        if self._names is None:
            raise AttributeError("the names of a torch module's layers are known after layers(X).")
        return list(self._names)

    @property
    def parameters(self):
        """All parameters in the module's order, flat, of shape (n_parameters,)."""
        parts = [_numbers(p).ravel() for p in self.module.parameters()]
        return np.concatenate([np.zeros(0), *parts])

    @property
    def part_names(self):
        """Names of all modules inside, any of which `layers` gives if it is asked for."""
        return [name for name, _ in self.module.named_modules() if name]

    def with_parameters(self, parameters):
        """A copy of the network with other parameters, in the order of `parameters`."""
        import torch

        values = self._unflatten(parameters)
        module = copy.deepcopy(self.module)
        with torch.no_grad():
            for name, p in module.named_parameters():
                p.copy_(values[name])
        return self._with(module)

    def _with(self, module):
        return TorchNetwork(
            module,
            link=self.link,
            classes=self.classes,
            output=self.output,
            input_shape=self.input_shape,
            criterion=self.criterion,
        )

    # What it gives ---------------------------------------------------------------------------

    def layers(self, X, *, parts=()):
        """What each layer makes of the rows: arrays of shape (n, width), the last the scores.

        Parameters
        ----------
        X : array-like of shape (n, ...)
        parts : list of str, default=()
            Names of modules whose outputs are given too, in the order of the calls: a block, or
            a convolution before its normalisation.
        """
        x = self._tensor(X)
        if parts:
            names, _, _ = self._recorded(x[_few(len(x), 2)], ())
            parts = [part for part in parts if part not in names]
        names, values, scores = self._recorded(x, parts)
        axes = [0] * len(names)
        if any(_doubtful(value, len(x)) for value in values):
            axes = self._axes_of_layers(x, names, parts)
        kept = {
            name: self._kept(rows_first(value, len(x), axis))
            for name, value, axis in zip(names, values, axes, strict=True)
            if axis is not None
        }
        kept["output"] = self._kept(scores)
        self._names = tuple(kept)
        return list(kept.values())

    def scores(self, X):
        """What the module returns, of shape (n, n_outputs)."""
        import torch

        x = self._tensor(X)
        with self._evaluating(x.shape), torch.no_grad():
            return _numbers(self._run(x))

    def predict(self, X):
        """The outputs after the link: values, or probabilities, of shape (n, n_outputs)."""
        return apply_link(self.scores(X), self.link)

    def __call__(self, X):
        return self.scores(X)

    def require_derivative(self, X):
        """Raise ValueError if the rows are token ids, by which there is no derivative."""
        if not self._tensor(X).is_floating_point():
            raise ValueError(
                "X holds token ids, and there is no derivative by an integer: take that of the "
                "part of the module behind its embedding."
            )

    # Derivatives of the scores ---------------------------------------------------------------

    def jacobian(self, X):
        """Derivatives of the scores by the inputs, of shape (n, n_outputs, n_features)."""
        from torch.func import jacrev

        return self._rowwise(
            lambda p, x: jacrev(lambda x: self._one(p, x))(x), self._by_rows, X, inputs=1
        )

    def input_hessian(self, X):
        """Second derivatives, of shape (n, n_outputs, n_features, n_features)."""
        from torch.func import hessian

        return self._rowwise(
            lambda p, x: hessian(lambda x: self._one(p, x))(x), self._twice_by_rows, X, inputs=2
        )

    def directional_jacobian(self, X, frames):
        """Derivatives of the scores along directions of each row; see `DenseNetwork`."""
        from torch.func import jacrev

        return self._along(jacrev, X, frames, twice=False)

    def directional_hessian(self, X, frames):
        """Second derivatives along pairs of directions of each row; see `DenseNetwork`."""
        from torch.func import hessian

        return self._along(hessian, X, frames, twice=True)

    def parameter_jacobian(self, X):
        """Derivatives of the scores by the parameters, of shape (n, n_outputs, n_parameters)."""
        import torch
        from torch.func import jacrev

        def flat(p, x):
            parts = jacrev(lambda p: self._one(p, x))(p)
            return torch.cat([parts[name].reshape(len(parts[name]), -1) for name in p], dim=1)

        return self._rowwise(flat, self._by_parameters, X, inputs=0)

    def parameter_parts(self, X, structured=None):
        """Derivatives of the scores by the parameters as factors, layer by layer.

        Parameters
        ----------
        X : array of rows
        structured : set of str, default=None
            What `structured_parameters` gave, if more blocks of rows follow.

        Returns
        -------
        list of Outer and Full
            Of `_torch_parts`. For linear and convolutional layers they do not grow with the number
            of parameters.
        """
        x = self._tensor(X)
        if structured is None:
            structured = self.structured_parameters(X)
        with self._evaluating(x.shape):
            return parameter_parts(self.module, self._values(), self._forward, x, structured)

    def structured_parameters(self, X):
        """Names of the parameters whose derivatives are outer products, seen on three rows."""
        x = self._tensor(X)
        some = sorted({0, len(x) // 2, len(x) - 1})
        with self._evaluating(x.shape):
            return structured_names(self.module, self._values(), self._forward, x[some])

    # The loss and its derivatives by the parameters --------------------------------------------

    def loss(self, X, y):
        """Mean loss over the rows; see `DenseNetwork.loss`."""
        import torch

        loss = self._loss(X, y)
        with self._evaluating(), torch.no_grad():
            return float(loss(self._values()))

    def gradient(self, X, y):
        """Gradient of `loss` by the parameters, of shape (n_parameters,)."""
        from torch.func import grad

        with self._evaluating():
            return self._gather(grad(self._loss(X, y))(self._values()))

    def hessian_product(self, X, y, vector):
        """Hessian of `loss` by the parameters, times a vector."""
        return self.hessian_operator(X, y)(vector)

    def hessian_operator(self, X, y):
        """The Hessian of `loss` as a function of vectors; the gradient is kept for all of them.

        The memory is that of one backward run over all rows.
        """
        import torch

        loss = self._loss(X, y)
        values = {name: value.requires_grad_() for name, value in self._values().items()}
        with self._evaluating(), torch.enable_grad():
            leaves = list(values.values())
            slopes = torch.autograd.grad(loss(values), leaves, create_graph=True, allow_unused=True)
        bending = {
            name: slope
            for name, slope in zip(values, slopes, strict=True)
            if slope is not None and slope.requires_grad
        }

        def product(vector):
            along = self._unflatten(vector)
            parts = [None] * len(leaves)
            if bending:
                # The Hessian is symmetric: reverse mode twice works for every module.
                parts = torch.autograd.grad(
                    list(bending.values()),
                    leaves,
                    [along[name] for name in bending],
                    retain_graph=True,
                    allow_unused=True,
                )
            return self._gather(
                {
                    name: torch.zeros_like(value) if part is None else part
                    for (name, value), part in zip(values.items(), parts, strict=True)
                }
            )

        return product

    def fisher_product(self, X, vector):
        """Fisher information of the parameters, times a vector; see `DenseNetwork`.

        Of the link, even if there is a `criterion` of its own.
        """
        import torch
        from torch.func import functional_call, jvp, vjp

        x = self._tensor(X)

        def scores(p):
            self._start_draws(0)
            return self._flat(functional_call(self.module, p, (x,)), len(x))

        with self._evaluating(x.shape):
            values, along = self._values(), self._unflatten(vector)
            try:
                out, moved = jvp(scores, (values,), (along,))
            except (RuntimeError, NotImplementedError):  # no forward mode: reverse mode twice
                out, pull = vjp(scores, values)
                _, push = vjp(lambda v: pull(v)[0], torch.zeros_like(out))
                moved = push(along)[0]
            bent = curvature_product(_numbers(out), _numbers(moved), self.link) / len(out)
            _, pull = vjp(scores, values)
            return self._gather(pull(torch.as_tensor(bent, dtype=out.dtype, device=out.device))[0])

    # Workers ---------------------------------------------------------------------------------

    def _at_the_end(self, end):
        """The linear map at one end of nested sequences, or None if there is another module."""
        from torch import nn

        parts = [self.module]
        while parts:
            part = parts.pop()
            if isinstance(part, nn.Linear):
                return part
            if type(part) is nn.Sequential:
                inner = list(part)
                parts += inner if end else inner[::-1]  # the one at the end is looked at first
            elif not (end and isinstance(part, elementwise())):
                return None
        return None

    def _values(self):
        return {name: p.detach() for name, p in self.module.named_parameters()}

    def _reference(self):
        """A tensor in the precision of the module, on its device."""
        import torch

        for p in (*self.module.parameters(), *self.module.buffers()):
            if p.is_floating_point():
                return p
        return torch.zeros(0)

    def _tensor(self, X):
        """The rows as the module takes them, once it is known that it does."""
        import torch

        X = as_float(X, "X")
        if X.ndim < 2 or not len(X):
            raise ValueError(
                f"X has shape {X.shape}: give finite values, rows first, (n, n_features), and one "
                "row at least."
            )
        if not np.isfinite(X).all():
            raise ValueError("X holds NaN or infinity: leave those rows out; give finite values.")
        if self.input_shape is not None:
            if X[0].size != self.n_features:
                raise ValueError(
                    f"X has {X[0].size} values in a row, but input_shape={self.input_shape} takes "
                    f"{self.n_features}."
                )
            X = X.reshape(-1, *self.input_shape)
        like = self._reference()
        key = X.shape[1:], bool((X == np.trunc(X)).all())
        if key not in self._settled:
            self._settled[key] = self._settle(X, like)
        if self._settled[key]:
            return torch.tensor(X.astype(np.int64), device=like.device)
        return torch.tensor(X, dtype=like.dtype, device=like.device)

    def _settle(self, X, like):
        """Whether rows are token ids; notes where the output has its rows.

        Raises
        ------
        ValueError
            If the module cannot be run, or what it gives for a row depends on the other rows.
        """
        import torch

        few = X[_few(len(X), 3)]
        tries = [torch.tensor(few, dtype=like.dtype, device=like.device)]
        if (few == np.trunc(few)).all():
            ids = torch.tensor(few.astype(np.int64), device=like.device)
            tries.insert(0 if _embeds(self.module) else 1, ids)
        failed = []
        for x in tries:
            try:
                # The last two of three, so that what a recurrence hands on along them is seen.
                two, three, again = (
                    self._outputs(x[k:], X.shape, seed) for k, seed in ((1, 0), (0, 0), (1, 1))
                )
                break
            except ValueError as error:
                failed.append(error)
        else:
            raise failed[0]
        axis = rows_of(two, three)
        if axis is None or isinstance(axis, str):
            raise ValueError(
                f"for two rows the module returns {tuple(two.shape)}, and for three "
                f"{tuple(three.shape)}: it must return one value, vector or array for each row."
            )
        one, other = (rows_first(t, n, axis)[-2:] for t, n in ((two, 2), (three, 3)))
        near = torch.finfo(one.dtype).eps ** 0.5 if one.is_floating_point() else 0.0
        slack = {"rtol": near, "atol": near * float(one.abs().max()), "equal_nan": True}
        self._is_random = not torch.allclose(two, again, **slack)
        if not self._is_random and not torch.allclose(one, other, **slack):
            raise ValueError(
                "what the module gives for a row changes with the other rows: its first axis is "
                "not that of the rows (batch_first=False?), or it normalises over the batch. Wrap "
                "it in a module that takes rows first."
            )
        self._axis = axis
        return not x.is_floating_point()

    def _outputs(self, x, shape, seed):
        """The tensor that is the output, in the module's own shape."""
        import torch

        with self._evaluating(shape, seed), torch.no_grad():
            return picked_output(self.module(x), self.output)

    def _run(self, x):
        return self._flat(self.module(x), len(x))

    def _flat(self, output, n):
        """What the module returns for `n` rows, as (n, n_outputs)."""
        return rows_first(picked_output(output, self.output), n, self._axis)

    def _recorded(self, x, parts):
        """Names and values of the layers, and the scores."""
        import torch

        output = {}

        def run():
            output["all"] = self.module(x)
            return picked_output(output["all"], self.output)

        with self._evaluating(x.shape), torch.no_grad():
            kept, _ = layer_outputs(self.module, x, run, parts=parts)
            scores = self._flat(output["all"], len(x))
        return [name for name, _ in kept], [value for _, value in kept], scores

    def _axes_of_layers(self, x, names, parts):
        """The axis of the rows in each layer, None for those that have none."""
        found = []
        for k in (2, 3):
            some, values, _ = self._recorded(x[_few(len(x), k)], parts)
            found.append(dict(zip(some, values, strict=True)))
        return [
            rows_of(found[0][name], found[1][name]) if name in found[0] else None for name in names
        ]

    @staticmethod
    def _kept(tensor):
        """A layer as an array: float64 of double precision, else float32."""
        import torch

        kind = torch.float64 if tensor.dtype == torch.float64 else torch.float32
        return tensor.detach().cpu().to(kind).numpy()

    def _one(self, p, x):
        """The scores of one row, as a function of parameters and the row."""
        from torch.func import functional_call

        return picked_output(functional_call(self.module, p, (x[None],)), self.output).reshape(-1)

    def _forward(self, values, x):
        """The scores of rows as a function of parameters."""
        from torch.func import functional_call

        return self._flat(functional_call(self.module, values, (x,)), len(x))

    def _along(self, derivative, X, frames, *, twice):
        """A derivative by the coordinates in a frame at each row."""
        import torch
        from torch.func import vmap

        x = self._tensor(X)
        frames = torch.as_tensor(np.asarray(frames), dtype=x.dtype, device=x.device)

        def one(p, x, frame):
            at = frame.new_zeros(frame.shape[1])
            return derivative(lambda u: self._one(p, x + (frame @ u).reshape(x.shape)))(at)

        with self._evaluating(x.shape):
            try:
                values = self._values()
                out = vmap(one, in_dims=(None, 0, 0), chunk_size=CHUNK)(values, x, frames)
            except (RuntimeError, NotImplementedError):  # torch.func cannot follow
                if twice:
                    bends = self._twice_by_rows(x)
                    out = frames.transpose(1, 2)[:, None] @ bends @ frames[:, None]
                else:
                    out = self._by_rows(x).flatten(2) @ frames
        return _numbers(out)

    def _rowwise(self, function, plainly, X, *, inputs):
        """`function(parameters, row)` of every row, its last `inputs` blocks of axes flattened.

        Where ``torch.func`` cannot follow a module, `plainly(rows)` gives the same.
        """
        from torch.func import vmap

        x = self._tensor(X)
        if inputs:
            self.require_derivative(X)
        with self._evaluating(x.shape):
            try:
                values = self._values()
                out = vmap(function, in_dims=(None, 0), chunk_size=CHUNK)(values, x).detach()
            except (RuntimeError, NotImplementedError):
                out = plainly(x)
        out = _numbers(out)
        size = int(np.prod(x.shape[1:]))
        return out.reshape(*out.shape[:2], *(size,) * inputs) if inputs else out

    def _by_rows(self, x):
        """The derivatives by the inputs from a backward pass for each output, all rows at once."""
        import torch

        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            scores = self._run(leaf.clone())
            return torch.stack([_slope(one.sum(), leaf) for one in scores.T], dim=1)

    def _twice_by_rows(self, x):
        import torch

        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            found = []
            for one in self._run(leaf.clone()).T:
                slope = _slope(one.sum(), leaf, twice=True).flatten(1)
                found.append(torch.stack([_slope(s.sum(), leaf).flatten(1) for s in slope.T], 1))
            return torch.stack(found, dim=1)

    def _by_parameters(self, x):
        import torch
        from torch.func import functional_call

        with torch.enable_grad():
            # Aliases ask for derivatives also where the module's own parameters are frozen.
            values = {name: p.requires_grad_() for name, p in self._values().items()}
            if self._is_random:  # the numbers that are drawn for a batch are not those for a row
                scores = self._flat(functional_call(self.module, values, (x,)), len(x))
            else:
                scores = (self._one(values, row) for row in x)
            found = []
            for outputs in scores:
                slopes = [
                    torch.autograd.grad(one, values.values(), retain_graph=True, allow_unused=True)
                    for one in outputs
                ]
                rows = [
                    torch.cat(
                        [
                            (torch.zeros_like(p) if s is None else s).ravel()
                            for p, s in zip(values.values(), slope, strict=True)
                        ]
                    )
                    for slope in slopes
                ]
                found.append(torch.stack(rows))
            return torch.stack(found)

    def _loss(self, X, y):
        import torch
        from torch.func import functional_call
        from torch.nn import functional as F

        x = self._tensor(X)
        like = self._reference()
        if self.criterion is not None:
            return self._own_loss(x, y)
        n_outputs = self.scores(X[:1]).shape[1]
        targets = encode_targets(y, n_outputs=n_outputs, link=self.link, classes=self.classes)
        if len(targets) != len(x):
            raise ValueError(f"y has {len(targets)} row(s) and X has {len(x)}: give one each.")
        targets = torch.as_tensor(targets, dtype=like.dtype, device=like.device)

        def loss(p):
            scores = self._flat(functional_call(self.module, p, (x,)), len(x))
            if self.link == "identity":
                rows = 0.5 * (scores - targets) ** 2
            elif self.link == "logistic":
                rows = F.binary_cross_entropy_with_logits(scores, targets, reduction="none")
            else:
                rows = -targets * F.log_softmax(scores, dim=1)
            return rows.sum(dim=1).mean()

        return loss

    def _own_loss(self, x, y):
        """The criterion of parameters."""
        import torch
        from torch.func import functional_call

        targets = torch.as_tensor(np.asarray(y), device=x.device)
        if targets.is_floating_point():
            targets = targets.to(self._reference().dtype)
        if len(targets) != len(x):
            raise ValueError(f"y has {len(targets)} row(s) and X has {len(x)}: give one each.")

        def loss(p):
            value = self.criterion(functional_call(self.module, p, (x,)), targets)
            if not isinstance(value, torch.Tensor) or value.numel() != 1:
                raise ValueError("criterion: it has to give one number, the mean over the rows.")
            return value.reshape(())

        return loss

    def _unflatten(self, vector):
        import torch

        vector = check_parameters(vector, self.n_parameters)
        values, at = {}, 0
        for name, p in self.module.named_parameters():
            part = torch.as_tensor(vector[at : at + p.numel()].copy()).reshape(p.shape)
            values[name] = part.to(dtype=p.dtype, device=p.device)
            at += p.numel()
        return values

    def _gather(self, values):
        return np.concatenate([_numbers(values[name]).ravel() for name in self._values()])

    def _start_draws(self, seed):
        """From here on a module that draws random numbers draws those of a seed."""
        import torch

        torch.default_generator.manual_seed(seed)
        if self._reference().device.type == "cuda":
            torch.cuda.manual_seed(seed)

    @contextmanager
    def _evaluating(self, shape=None, seed=0):
        """Evaluation mode for a while; every part goes back to the mode it was in.

        Random numbers are the same ones at every call, and the user's go on as before. What torch
        says of rows of a `shape` that the module does not take becomes a ValueError.
        """
        import torch

        modes = [(m, m.training) for m in self.module.modules()]
        device = self._reference().device
        devices = [device.index or 0] if device.type == "cuda" else []
        self.module.eval()
        try:
            with torch.random.fork_rng(devices), _no_fast_path():
                self._start_draws(seed)
                yield
        except getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError):
            raise
        except (RuntimeError, IndexError, TypeError) as error:
            if shape is None:
                raise
            raise ValueError(
                f"X has shape {tuple(shape)}, and the module cannot be run on it: {error}"
            ) from error
        finally:
            for m, training in modes:
                m.training = training


@contextmanager
def _no_fast_path():
    """Attention step by step: the fused one calls no parts, and has no derivatives."""
    import torch

    mha = getattr(torch.backends, "mha", None)
    before = mha.get_fastpath_enabled() if hasattr(mha, "get_fastpath_enabled") else None
    try:
        from torch.nn.attention import SDPBackend, sdpa_kernel

        plain = sdpa_kernel(SDPBackend.MATH)
    except ImportError:  # torch before 2.3
        plain = nullcontext()
    try:
        if before is not None:
            mha.set_fastpath_enabled(False)
        with plain:
            yield
    finally:
        if before is not None:
            mha.set_fastpath_enabled(before)


def _bare(module):
    """The module inside of a compiled or parallel one."""
    while type(module).__name__ in ("OptimizedModule", "DataParallel", "DistributedDataParallel"):
        module = module._orig_mod if hasattr(module, "_orig_mod") else module.module
    return module


def _embeds(module):
    from torch import nn

    return any(isinstance(part, nn.Embedding | nn.EmbeddingBag) for part in module.modules())


def _few(n, k):
    """Positions of the first `k` rows; of fewer rows some come again."""
    return np.arange(k) % n


def _doubtful(value, n):
    """Whether it takes more than a look to see that axis 0 is that of the rows."""
    return value.ndim == 0 or len(value) != n or n in value.shape[1:]


def _slope(value, leaf, twice=False):
    """Derivative of one number, zeros if it does not depend on the leaf."""
    import torch

    if value.grad_fn is None:
        return torch.zeros_like(leaf)
    (slope,) = torch.autograd.grad(
        value, leaf, retain_graph=True, create_graph=twice, allow_unused=True
    )
    return torch.zeros_like(leaf) if slope is None else slope


def _numbers(tensor):
    """A tensor of any precision as an array of float64."""
    import torch

    return tensor.detach().cpu().to(torch.float64).numpy()
