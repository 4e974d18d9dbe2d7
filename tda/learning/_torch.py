"""torch where it is used, and tensors as the arrays that our engines take."""

from __future__ import annotations

import numpy as np

__all__ = ["as_array", "as_tensor", "import_torch"]


def import_torch(asked):
    """torch, or an error that says how to get it."""
    try:
        import torch
    except ImportError as error:
        raise ImportError(f"{asked} needs torch: pip install 'tda-learn[torch]'.") from error
    return torch


def as_tensor(X, asked, name="X"):
    """A tensor of floating point numbers; one that is given keeps its graph."""
    torch = import_torch(asked)
    if not isinstance(X, torch.Tensor):
        X = torch.as_tensor(np.array(X, dtype=float))
    if not X.is_floating_point():
        raise ValueError(f"{name} is a tensor of {X.dtype}: pass {name}.float().")
    return X


def as_array(X):
    """The numbers of a tensor in double precision, without its graph."""
    return X.detach().cpu().double().numpy()
