"""A torch module with the interface of `DenseNetwork`, by torch's own derivatives.

torch is imported when the first module is given, never before.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager

import numpy as np

from ..._kinds import as_float
from ._loss import LINKS, apply_link, check_parameters, curvature_product, encode_targets
from ._torch_layers import elementwise, layer_outputs
from ._torch_parts import parameter_parts, structured_names

__all__ = ["TorchNetwork"]

#: Rows whose derivatives torch computes at a time, which bounds its memory.
CHUNK = 256


class TorchNetwork:
    """A torch module: its layers, its scores and their derivatives, as NumPy arrays.

    Parameters
    ----------
    module : torch.nn.Module
        Takes a batch and returns a batch. It is used in evaluation mode (no dropout, running
        means), in its own precision and on its own device, and left as it was.
    link : {"identity", "logistic", "softmax"}, default="identity"
        The function that turns its outputs into predictions; it also sets the loss. A classifier
        that is trained with ``CrossEntropyLoss`` has "softmax", one with ``BCEWithLogitsLoss``
        "logistic".
    classes : array of shape (n_classes,), default=None
        The labels in the order of the outputs; 0, 1, … if None.
    criterion : callable, default=None
        A loss of one's own in place of that of the link: ``criterion(outputs, targets)`` takes what
        the module returns and `y` as tensors, and gives the mean over the rows as a tensor, as
        ``torch.nn.functional.huber_loss`` does.

    Attributes
    ----------
    layer_names : list of str
        Known once `layers` has run: the modules without parts of their own in the order in
        which they are called, without those that the next one only bends (a linear map before
        its activation or normalisation) or that do nothing in evaluation (dropout). What
        functions do to a layer in ``forward``, such as ``F.relu(self.fc(x))``, belongs to that
        layer. The last is "output".

    Notes
    -----
    Inputs are of shape (n, n_features), or of whatever shape the module takes with rows first;
    outputs, layers and inputs are flattened to one axis after the rows. Derivatives come from
    ``torch.func``, so that the module must not change its own state while it runs.
    """

    def __init__(self, module, *, link="identity", classes=None, criterion=None):
        if link not in LINKS:
            raise ValueError(f"link={link!r} is none of {', '.join(LINKS)}.")
        if criterion is not None and not callable(criterion):
            raise ValueError(f"criterion={criterion!r}: give a function of outputs and targets.")
        self.module = module
        self.link = link
        self.classes = classes
        self.criterion = criterion
        self._names = None

    def __repr__(self):
        return f"TorchNetwork({type(self.module).__name__}, {self.link})"

    # What it is ------------------------------------------------------------------------------

    @property
    def n_features(self):
        """Number of inputs if the first module is a linear map; else None, and any number is
        accepted."""
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
        parts = [p.detach().cpu().numpy().ravel() for p in self.module.parameters()]
        return np.concatenate(parts).astype(np.float64)

    def with_parameters(self, parameters):
        """A copy of the network with other parameters, in the order of `parameters`."""
        import torch

        values = self._unflatten(parameters)
        module = copy.deepcopy(self.module)
        with torch.no_grad():
            for name, p in module.named_parameters():
                p.copy_(values[name])
        return TorchNetwork(module, link=self.link, classes=self.classes, criterion=self.criterion)

    # What it gives ---------------------------------------------------------------------------

    def layers(self, X):
        """What each layer makes of the rows: arrays of shape (n, width), the last the scores."""
        import torch

        x = self._tensor(X)
        with self._evaluating(x), torch.no_grad():
            kept, scores = layer_outputs(self.module, lambda: self._flat(self.module(x)))
        if kept and kept[-1][1].shape == scores.shape and torch.equal(kept[-1][1], scores):
            kept.pop()
        kept.append(("output", scores))
        self._names = tuple(name for name, _ in kept)
        return [self._array(value) for _, value in kept]

    def scores(self, X):
        """What the module returns, of shape (n, n_outputs)."""
        import torch

        x = self._tensor(X)
        with self._evaluating(x), torch.no_grad():
            return self._array(self._flat(self.module(x)))

    def predict(self, X):
        """The outputs after the link: values, or probabilities, of shape (n, n_outputs)."""
        return apply_link(self.scores(X), self.link)

    def __call__(self, X):
        return self.scores(X)

    # Derivatives of the scores ---------------------------------------------------------------

    def jacobian(self, X):
        """Derivatives of the scores by the inputs, of shape (n, n_outputs, n_features)."""
        from torch.func import jacrev

        return self._rowwise(lambda p, x: jacrev(lambda x: self._one(p, x))(x), X, inputs=1)

    def input_hessian(self, X):
        """Second derivatives, of shape (n, n_outputs, n_features, n_features)."""
        from torch.func import hessian

        return self._rowwise(lambda p, x: hessian(lambda x: self._one(p, x))(x), X, inputs=2)

    def directional_jacobian(self, X, frames):
        """Derivatives of the scores along directions of each row; see `DenseNetwork`."""
        from torch.func import jacrev

        return self._along(jacrev, X, frames)

    def directional_hessian(self, X, frames):
        """Second derivatives along pairs of directions of each row; see `DenseNetwork`."""
        from torch.func import hessian

        return self._along(hessian, X, frames)

    def parameter_jacobian(self, X):
        """Derivatives of the scores by the parameters, of shape (n, n_outputs, n_parameters)."""
        import torch
        from torch.func import jacrev

        def flat(p, x):
            parts = jacrev(lambda p: self._one(p, x))(p)
            return torch.cat([parts[name].reshape(len(parts[name]), -1) for name in p], dim=1)

        return self._rowwise(flat, X, inputs=0)

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
        with self._evaluating(x):
            return parameter_parts(self.module, self._values(), self._forward, x, structured)

    def structured_parameters(self, X):
        """Names of the parameters whose derivatives are outer products, seen on three rows."""
        x = self._tensor(X)
        some = sorted({0, len(x) // 2, len(x) - 1})
        with self._evaluating(x):
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
            return self._flat(functional_call(self.module, p, (x,)))

        with self._evaluating(x):
            values = self._values()
            out, moved = jvp(scores, (values,), (self._unflatten(vector),))
            bent = curvature_product(self._array(out), self._array(moved), self.link) / len(out)
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
        import torch

        return next(self.module.parameters(), torch.zeros(0))

    def _tensor(self, X):
        import torch

        like = self._reference()
        X = torch.tensor(as_float(X, "X"), dtype=like.dtype, device=like.device)
        if X.ndim < 2 or not torch.isfinite(X).all():
            raise ValueError(
                f"X has shape {tuple(X.shape)}: give finite values, rows first, (n, n_features)."
            )
        return X

    @staticmethod
    def _flat(output):
        return output.reshape(len(output), -1)

    @staticmethod
    def _array(tensor):
        return tensor.detach().cpu().numpy().astype(np.float64).reshape(len(tensor), -1)

    def _one(self, p, x):
        """The scores of one row, as a function of parameters and the row."""
        from torch.func import functional_call

        return functional_call(self.module, p, (x[None],)).reshape(-1)

    def _forward(self, values, x):
        """The scores of rows as a function of parameters."""
        from torch.func import functional_call

        return self._flat(functional_call(self.module, values, (x,)))

    def _along(self, derivative, X, frames):
        """A derivative by the coordinates in a frame at each row."""
        import torch
        from torch.func import vmap

        x = self._tensor(X)
        frames = torch.as_tensor(np.asarray(frames), dtype=x.dtype, device=x.device)

        def one(p, x, frame):
            at = frame.new_zeros(frame.shape[1])
            return derivative(lambda u: self._one(p, x + (frame @ u).reshape(x.shape)))(at)

        with self._evaluating(x):
            out = vmap(one, in_dims=(None, 0, 0), chunk_size=CHUNK)(self._values(), x, frames)
        return out.detach().cpu().numpy().astype(np.float64)

    def _rowwise(self, function, X, *, inputs):
        """`function(parameters, row)` of every row, its last `inputs` blocks of axes flattened."""
        from torch.func import vmap

        x = self._tensor(X)
        size = int(np.prod(x.shape[1:]))
        with self._evaluating(x):
            out = vmap(function, in_dims=(None, 0), chunk_size=CHUNK)(self._values(), x)
        out = out.detach().cpu().numpy().astype(np.float64)
        return out.reshape(*out.shape[:2], *(size,) * inputs) if inputs else out

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
            scores = self._flat(functional_call(self.module, p, (x,)))
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
            targets = targets.to(x.dtype)
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
        parts = [values[name].detach().cpu().numpy().ravel() for name in self._values()]
        return np.concatenate(parts).astype(np.float64)

    @contextmanager
    def _evaluating(self, x=None):
        """Evaluation mode for a while; every part goes back to the mode it was in.

        What torch says of rows `x` that the module does not take becomes a ValueError.
        """
        import torch

        modes = [(m, m.training) for m in self.module.modules()]
        self.module.eval()
        try:
            yield
        except getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError):
            raise
        except RuntimeError as error:
            if x is None:
                raise
            raise ValueError(
                f"X has shape {tuple(x.shape)}, and the module cannot be run on it: {error}"
            ) from error
        finally:
            for m, training in modes:
                m.training = training
