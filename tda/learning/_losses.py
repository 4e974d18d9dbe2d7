"""Losses of diagrams, whose gradients flow back to what the diagrams are of."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from ..diagrams import Diagram
from ..distances import wasserstein_matching
from ._diagram import TensorDiagram
from ._torch import as_array, import_torch

__all__ = ["bar_count_loss", "total_persistence", "wasserstein_loss"]


def total_persistence(diagram, *, degrees=None, order=2.0):
    """Sum of the powers of the finite lifetimes: the less, the smoother.

    Parameters
    ----------
    diagram : TensorDiagram
        Of `tensor_diagram`.
    degrees : int or list of int, default=None
        Which degree or degrees; by default all.
    order : float, default=2.0
        The power, at least 1.

    Returns
    -------
    tensor of shape ()

    Raises
    ------
    ValueError
        If it is no such diagram, has no such degree, or `order` is below 1.

    Examples
    --------
    Points move together as their bars grow shorter.

    >>> import torch
    >>> from tda.learning import tensor_diagram, total_persistence
    >>> X = torch.tensor([[0.0], [3.0]], requires_grad=True)
    >>> total_persistence(tensor_diagram(X), degrees=0).item()
    9.0
    """
    lifetimes = _lifetimes(diagram, degrees)
    return (lifetimes ** _check_order(order)).sum()


def bar_count_loss(diagram, *, n_bars, degree=1, order=2.0):
    """Small where just so many bars are long: all others, less those, as powers of lifetimes.

    The `n_bars` longest bars are to grow and all others to vanish, which is how shapes with a
    wanted number of holes are made [1]_. It has no lower bound: bars grow as long as they can,
    so use it beside a term that holds the points.

    Parameters
    ----------
    diagram : TensorDiagram
        Of `tensor_diagram`.
    n_bars : int
        How many bars are wanted, 0 or more.
    degree : int, default=1
        Which degree.
    order : float, default=2.0
        The power, at least 1.

    Returns
    -------
    tensor of shape ()

    Raises
    ------
    ValueError
        If it is no such diagram, has no such degree, or a number is out of its range.

    References
    ----------
    .. [1] R. Brüel-Gabrielsson, B. Nelson, A. Dwaraknath, P. Skraba, L. Guibas, G. Carlsson,
       "A topology layer for machine learning", Artificial Intelligence and Statistics, 2020.

    Examples
    --------
    >>> import torch
    >>> from tda.learning import bar_count_loss, tensor_diagram
    >>> X = torch.tensor([[0.0], [3.0], [4.0]])
    >>> bar_count_loss(tensor_diagram(X), n_bars=1, degree=0).item()  # bars of 3 and 1
    -8.0
    """
    if not isinstance(n_bars, Integral) or n_bars < 0:
        raise ValueError(f"n_bars={n_bars!r}; it must be an integer from 0 on.")
    powers = _lifetimes(diagram, degree) ** _check_order(order)
    kept = powers.topk(min(int(n_bars), len(powers))).values.sum()
    return powers.sum() - 2 * kept


def wasserstein_loss(diagram, target, *, degree=1, order=2.0, internal_p=np.inf):
    r"""The Wasserstein distance to a target diagram, to the power of its order.

    The best matching is found exactly and held fast; the derivative is that of the distances that
    bars have to move, which is right wherever the best matching is the only one [1]_.

    Parameters
    ----------
    diagram : TensorDiagram
        Of `tensor_diagram`.
    target : Diagram, TensorDiagram or array-like of shape (n_bars, 2)
        What it is to become; constant unless it is a `TensorDiagram`.
    degree : int, default=1
        Which degree.
    order : float, default=2.0
        The exponent of the distances, at least 1.
    internal_p : float, default=inf
        The distance of two bars is the p-norm of the plane for this p.

    Returns
    -------
    tensor of shape ()
        ``wasserstein_distance(diagram, target, …) ** order``.

    Raises
    ------
    ValueError
        If the essential classes of the two differ in number, so that no matching is finite, or a
        parameter is out of its range.

    See Also
    --------
    tda.distances.wasserstein_matching : The matching, and what it costs.

    References
    ----------
    .. [1] M. Carrière, F. Chazal, M. Glisse, Y. Ike, H. Kannan, Y. Umeda, "Optimizing persistent
       homology based functions", International Conference on Machine Learning, 2021.

    Examples
    --------
    >>> import torch
    >>> from tda.learning import tensor_diagram, wasserstein_loss
    >>> X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    >>> round(wasserstein_loss(tensor_diagram(X), [[1.0, 1.5]]).item(), 4)
    0.0074
    """
    torch = import_torch("wasserstein_loss")
    _check_diagram(diagram)
    diagram.rows(degree)  # refuses a degree that was not computed
    moving = diagram[degree]
    if isinstance(target, TensorDiagram):
        wanted = target[degree]
    elif isinstance(target, Diagram):
        wanted = torch.as_tensor(target[degree].copy())
    else:
        wanted = torch.as_tensor(np.asarray(target, dtype=float).reshape(-1, 2).copy())
    wanted = wanted.to(dtype=moving.dtype, device=moving.device)
    matching = wasserstein_matching(
        as_array(moving), as_array(wanted), order=order, internal_p=internal_p
    )
    if not np.isfinite(matching.distance):
        raise ValueError(
            "diagram and target differ in the number of their essential classes: pass "
            "diagram.finite(), or a target with as many bars that never end."
        )
    i, j = (torch.as_tensor(column, device=moving.device) for column in matching.pairs.T)
    both = (i >= 0) & (j >= 0)
    a, b = moving[i[both]], wanted[j[both]]
    ends = torch.isfinite(a) & torch.isfinite(b)
    gaps = torch.where(ends, a, torch.zeros_like(a)) - torch.where(ends, b, torch.zeros_like(b))
    costs = [torch.linalg.vector_norm(gaps, ord=internal_p, dim=1)]
    share = 2.0 ** (1.0 / internal_p - 1.0)  # of its length that a bar is from the diagonal
    for alone in (moving[i[(i >= 0) & (j < 0)]], wanted[j[(j >= 0) & (i < 0)]]):
        costs.append(share * (alone[:, 1] - alone[:, 0]).abs())
    return (torch.cat(costs) ** order).sum()


def _lifetimes(diagram, degrees):
    _check_diagram(diagram)
    rows = diagram.rows(degrees)
    return diagram._subset(rows).lifetimes


def _check_diagram(diagram):
    if not isinstance(diagram, TensorDiagram):
        raise ValueError(
            f"diagram is {type(diagram).__name__}: pass what tda.learning.tensor_diagram gives."
        )


def _check_order(order):
    if not (np.isscalar(order) and 1 <= order < np.inf):
        raise ValueError(f"order={order!r}; it must be a number from 1 on.")
    return float(order)
