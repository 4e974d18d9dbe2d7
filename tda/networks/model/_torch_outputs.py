"""What torch modules return: one tensor among several, and the axis of the rows in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

__all__ = ["first_tensor", "picked_output", "rows_first", "rows_of"]

#: The name under which a dict of outputs holds the scores, as libraries of transformers have it.
SCORES = "logits"


def first_tensor(output):
    """The first tensor in what a module returns, rows first if it is packed; None if none is."""
    import torch

    if isinstance(output, torch.Tensor):
        return output
    if isinstance(output, torch.nn.utils.rnn.PackedSequence):
        return torch.nn.utils.rnn.pad_packed_sequence(output, batch_first=True)[0]
    for _, value in _items(output):
        found = first_tensor(value)
        if found is not None:
            return found
    return None


def picked_output(output, which):
    """The tensor that is asked for of what a module returns.

    Parameters
    ----------
    output : Tensor, or nested tuples, lists, dicts and dataclasses of tensors
    which : None, int, str, tuple of these, or callable
        A tuple is a path from outside to inside.

    Raises
    ------
    ValueError
        If there is no such tensor, or several and `which` is None.
    """
    import torch

    if callable(which):
        found = which(output)
    elif which is None:
        named = dict(_tensors(output))
        if len(named) > 1 and (SCORES,) not in named:
            raise ValueError(f"the module returns {_said(named)}: say which, {_choice(named)}.")
        found = named.get((SCORES,), first_tensor(output))
    else:
        found = output
        for key in which if isinstance(which, tuple) else (which,):
            found = dict(_items(found)).get(key)
    if not isinstance(found, torch.Tensor):
        named = dict(_tensors(output))
        what = "no tensor" if not named else _said(named)
        raise ValueError(f"output={which!r}, but the module returns {what}.")
    return found


def _items(output):
    """Names or positions of what is in an output."""
    import torch

    if isinstance(output, torch.Tensor):
        return []
    if isinstance(output, Mapping):
        return list(output.items())
    if is_dataclass(output) and not isinstance(output, type):
        return [(field.name, getattr(output, field.name)) for field in fields(output)]
    if isinstance(output, tuple | list):
        named = zip(getattr(output, "_fields", ()), output, strict=False)
        return [*enumerate(output), *named]
    return []


def _tensors(output, path=()):
    """Paths and tensors, each tensor once."""
    import torch

    if isinstance(output, torch.Tensor):
        yield path, output
        return
    items = _items(output)
    if hasattr(output, "_fields"):  # those of a named tuple by name alone
        items = items[len(output) :]
    for key, value in items:
        yield from _tensors(value, (*path, key))


def _said(named):
    one_by_one = (f"{_short(path)!r} of shape {tuple(t.shape)}" for path, t in named.items())
    return f"one tensor of shape {tuple(named[()].shape)}" if () in named else ", ".join(one_by_one)


def _choice(named):
    return f"for example as_network(module, output={_short(next(iter(named)))!r})"


def _short(path):
    return path[0] if len(path) == 1 else path


# -- rows ----------------------------------------------------------------------------------


def rows_of(of_two, of_three):
    """Where the rows are in a tensor, from what two and what three rows give.

    Returns
    -------
    int, "blocks", "strides" or None
        The axis of the rows; or that axis 0 holds several values for each row, those of a row
        one after the other or apart; None if it does not depend on the number of rows, or in
        some other way.
    """
    import torch

    two, three = of_two.shape, of_three.shape
    axes = [i for i, (a, b) in enumerate(zip(two, three, strict=False)) if a != b]
    if len(two) != len(three) or len(axes) != 1:
        return None
    axis = axes[0]
    if (two[axis], three[axis]) == (2, 3):
        return axis
    each = three[axis] - two[axis]
    if axis or (two[axis], three[axis]) != (2 * each, 3 * each):
        return None
    tolerance = torch.finfo(of_two.dtype).eps ** 0.5 if of_two.is_floating_point() else 0.0
    near = {"rtol": tolerance, "atol": tolerance * float(of_two.abs().max())}
    if torch.allclose(of_two[:each], of_three[:each], **near):
        return "blocks"
    return "strides" if torch.allclose(of_two[::2], of_three[::3], **near) else None


def rows_first(tensor, n, axis=0):
    """The tensor with a row for each of `n` rows, all else in one axis."""
    if axis == "strides":
        tensor, axis = tensor.reshape(-1, n, *tensor.shape[1:]), 1
    elif axis == "blocks":
        axis = 0
    return tensor.movedim(axis, 0).reshape(n, -1)
