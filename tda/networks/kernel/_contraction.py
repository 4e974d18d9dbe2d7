"""Products of the parameter Jacobians of two sets of rows, layer by layer, from their factors."""

from __future__ import annotations

from ..model._torch_parts import Outer

__all__ = ["contract", "prepared"]

#: Numbers of a product of places by places, or of a Jacobian, that are made at a time.
BUDGET = 1 << 25


def prepared(parts, n_rows, mean, most):
    """The parts, those whose Jacobians will be multiplied as Jacobians, made once for all products.

    Parameters
    ----------
    parts : list of Outer and Full
    n_rows : int
        Rows of a block that they will be multiplied with.
    mean : bool
    most : int
        Numbers that the Jacobian of one row may have.
    """
    found = []
    for part in parts:
        if isinstance(part, Outer) and part.inputs.shape[1] > 1:
            size = part.signals.shape[1] * part.signals.shape[3] * part.inputs.shape[2]
            if size <= most and not _by_places(part, part, mean, n_rows, n_rows):
                part = part.full()
        found.append(part)
    return found


def contract(one, other, mean):
    """The part of a tangent kernel that one layer gives.

    Parameters
    ----------
    one, other : Outer or Full
        Of n and of m rows.
    mean : bool
        Sum over equal outputs instead of all pairs of outputs.

    Returns
    -------
    float64 array of shape (n, m), or (n, n_outputs, m, n_outputs)
    """
    if not (isinstance(one, Outer) and isinstance(other, Outer)):
        one, other = one.full(), other.full()
        return _of_full(one.jacobian, other.jacobian, mean)
    if one.inputs.shape[1] == other.inputs.shape[1] == 1:
        return _of_one_place(one, other, mean)
    if _by_places(one, other, mean, len(one.inputs), len(other.inputs)):
        return _of_places(one, other, mean)
    return _through_full(one, other, mean)


def _by_places(one, other, mean, n, m):
    """Whether products of all places of n and m rows are cheaper than Jacobians."""
    (_, s, n_in), (_, t, _) = one.inputs.shape, other.inputs.shape
    o, n_out = one.signals.shape[1], one.signals.shape[3]
    pairs = o if mean else o * o
    by_places = n * m * s * t * (n_in + pairs * (n_out + 1))
    return by_places < n_in * n_out * (n * o * s + m * o * t + n * m * pairs)


def _of_one_place(one, other, mean):
    import torch

    inputs = one.inputs[:, 0].double() @ other.inputs[:, 0].double().T
    left, right = one.signals[:, :, 0].double(), other.signals[:, :, 0].double()
    if mean:
        return _array(inputs * (left.flatten(1) @ right.flatten(1).T))
    signals = torch.tensordot(left, right, dims=([2], [2]))
    return _array(signals * inputs[:, None, :, None])


def _of_places(one, other, mean):
    import torch

    (m, t, _), s = other.inputs.shape, one.inputs.shape[1]
    o = one.signals.shape[1]
    rows = max(BUDGET // max(m * s * t * (1 if mean else o * o), 1), 1)
    blocks = []
    for i in range(0, len(one.inputs), rows):
        part = one.rows(slice(i, i + rows))
        inputs = torch.tensordot(part.inputs, other.inputs, dims=([2], [2]))  # n s m t
        if mean:
            left = part.signals.transpose(1, 2).flatten(2)  # n s (k out)
            right = other.signals.transpose(1, 2).flatten(2)
            signals = torch.tensordot(left, right, dims=([2], [2]))
            blocks.append(_array((inputs * signals).double().sum(dim=(1, 3))))
        else:
            signals = torch.tensordot(part.signals, other.signals, dims=([3], [3]))  # n k s m l t
            blocks.append(_array(torch.einsum("nsmt,nksmlt->nkml", inputs, signals)))
    return _joined(blocks)


def _through_full(one, other, mean):
    """Jacobians of some rows at a time."""
    size = one.signals.shape[1] * one.signals.shape[3] * one.inputs.shape[2]
    rows = max(BUDGET // size, 1)
    lines = []
    for i in range(0, len(one.inputs), rows):
        left = one.rows(slice(i, i + rows)).full().jacobian
        line = [
            _of_full(left, other.rows(slice(j, j + rows)).full().jacobian, mean)
            for j in range(0, len(other.inputs), rows)
        ]
        lines.append(_joined(line, axis=1 if mean else 2))
    return _joined(lines)


def _of_full(left, right, mean):
    import torch

    if mean:
        return _array(left.flatten(1) @ right.flatten(1).T)
    return _array(torch.tensordot(left, right, dims=([2], [2])))


def _joined(blocks, axis=0):
    import numpy as np

    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=axis)


def _array(values):
    return values.detach().cpu().double().numpy()
