"""Gradients of a few critical points, spread over all points of the cloud."""

from __future__ import annotations

from functools import cache
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from ._torch import as_array, as_tensor, import_torch

__all__ = ["sliced_rows", "smooth_gradient", "smoothed"]

METHODS = ("interpolation", "average")
#: Of the diagonal of the kernel: without it anchors that almost coincide would have huge weights.
RIDGE = 1e-6


def smoothed(X, *, bandwidth=None, method="interpolation"):
    """The same points, through which gradients are spread over their neighbourhoods.

    Topological gradients are sparse: only points of critical simplices have one, and a step along
    it tears them out of the cloud. Put this between the points and the diagram, and a step
    moves the cloud as a whole.

    Parameters
    ----------
    X : tensor of shape (n_points, n_features)
    bandwidth : float, default=None
        As in `smooth_gradient`.
    method : {"interpolation", "average"}, default="interpolation"
        As in `smooth_gradient`.

    Returns
    -------
    tensor of shape (n_points, n_features)
        Equal to `X`.

    See Also
    --------
    smooth_gradient : The formula.
    sliced_rows : Some of the points for each step, for large clouds.

    Examples
    --------
    All points of a circle take part in making it rounder, not a few.

    >>> import torch
    >>> from tda.datasets import make_circle
    >>> from tda.learning import smoothed, tensor_diagram
    >>> X = torch.tensor(make_circle(100, random_state=0).points, requires_grad=True)
    >>> loop = tensor_diagram(smoothed(X, bandwidth=0.5)).finite()[1]
    >>> (loop[:, 0] - loop[:, 1]).sum().backward()
    >>> int((X.grad != 0).any(dim=1).sum())
    100
    """
    X = as_tensor(X, "smoothed")
    _check(X, bandwidth, method)
    return _function().apply(X, bandwidth, method)


@cache
def _function():
    torch = import_torch("smoothed")

    class Smoothed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, X, bandwidth, method):
            ctx.save_for_backward(X)
            ctx.options = {"bandwidth": bandwidth, "method": method}
            return X.view_as(X)

        @staticmethod
        def backward(ctx, gradient):
            (X,) = ctx.saved_tensors
            return smooth_gradient(X, gradient, **ctx.options), None, None

    return Smoothed


def smooth_gradient(X, gradient, *, bandwidth=None, method="interpolation"):
    r"""A gradient that few points have, as a smooth vector field at all points.

    Parameters
    ----------
    X : tensor of shape (n_points, n_features)
    gradient : tensor of shape (n_points, n_features)
        Rows of zeros are points without one.
    bandwidth : float, default=None
        Width of the Gaussian, in the unit of `X`. By default the median distance of a point that
        has a gradient to the nearest other that has.
    method : {"interpolation", "average"}, default="interpolation"
        "interpolation" is the field of the Gaussian kernel that takes the given values [1]_, and
        vanishes far away. "average" is their mean by Gaussian weights [2]_, which is faster and
        reaches everywhere.

    Returns
    -------
    tensor of shape (n_points, n_features)

    Raises
    ------
    ValueError
        If the shapes differ, or a parameter is out of its range.

    Notes
    -----
    With m points that have a gradient :math:`g_i`, :math:`v(x) = \sum_i k(x, x_i) \alpha_i` where
    :math:`\sum_j (k(x_i, x_j) + 10^{-6} \delta_{ij}) \alpha_j = g_i`, O(n m + m³); or
    :math:`v(x) = \sum_i k(x, x_i) g_i / \sum_i k(x, x_i)`, O(n m).

    References
    ----------
    .. [1] M. Carrière, M. Theveneau, T. Lacombe, "Diffeomorphic interpolation for efficient
       persistence-based topological optimization", 2024, arXiv:2405.18820.
    .. [2] A. Bendahi, A. Duplessis, A. Fickinger, "Towards scalable persistence-based topological
       optimization", 2026, arXiv:2605.10996.

    Examples
    --------
    >>> import torch
    >>> from tda.learning import smooth_gradient
    >>> X = torch.tensor([[0.0], [1.0], [9.0]])
    >>> gradient = torch.tensor([[1.0], [0.0], [0.0]])
    >>> [round(v, 3) for v in smooth_gradient(X, gradient, bandwidth=1.0).ravel().tolist()]
    [1.0, 0.607, 0.0]
    """
    torch = import_torch("smooth_gradient")
    X, gradient = as_tensor(X, "smooth_gradient"), as_tensor(gradient, "smooth_gradient")
    _check(X, bandwidth, method)
    if gradient.shape != X.shape:
        raise ValueError(
            f"gradient has shape {tuple(gradient.shape)}, and X {tuple(X.shape)}: one row each."
        )
    anchors = torch.nonzero((gradient != 0).any(dim=1)).ravel()
    if not len(anchors):
        return gradient.clone()
    points, given = X.detach().double(), gradient.detach().double()
    places, given = points[anchors], given[anchors]
    between = _squares(places, places)
    width = _bandwidth(between, points) if bandwidth is None else float(bandwidth)
    exponents = -_squares(points, places) / (2 * width**2)
    if method == "average":
        field = torch.softmax(exponents, dim=1) @ given
    else:
        kernel = torch.exp(-between / (2 * width**2))
        kernel.diagonal().add_(RIDGE)
        field = torch.exp(exponents) @ torch.linalg.solve(kernel, given)
    return field.to(gradient.dtype)


def _squares(A, B):
    """Squared distances, from differences: those of near points keep their digits."""
    total = A.new_zeros(len(A), len(B))
    for a, b in zip(A.T, B.T, strict=True):
        total += (a[:, None] - b) ** 2
    return total


def _bandwidth(between, points):
    """Median distance to the nearest other anchor; of one anchor a tenth of the extent."""
    torch = import_torch("smooth_gradient")
    apart = torch.where(between > 0, between, torch.full_like(between, np.inf)).min(dim=1).values
    apart = apart[torch.isfinite(apart)]
    if len(apart):
        return float(apart.median().sqrt())
    extent = float((points.max(dim=0).values - points.min(dim=0).values).norm())
    return extent / 10 if extent > 0 else 1.0


def _check(X, bandwidth, method):
    if X.ndim != 2:
        raise ValueError(f"X has shape {tuple(X.shape)}; it must be (n_points, n_features).")
    if method not in METHODS:
        raise ValueError(f"method={method!r}; it must be one of {METHODS}")
    if bandwidth is not None and not (np.isscalar(bandwidth) and 0 < bandwidth < np.inf):
        raise ValueError(f"bandwidth={bandwidth!r}; it must be a number above 0, or None.")


def sliced_rows(X, *, n_points, random_state=None):
    """Rows of a cloud that cover it along a random direction, for one step on a large cloud.

    The cloud is cut across a random direction in slices of equally many points, and one point of
    each is drawn; over many steps all directions and all points have their turn, after [1]_.

    Parameters
    ----------
    X : tensor or array of shape (n_points, n_features)
    n_points : int
        How many rows, at least 1; all if there are not more.
    random_state : int, RandomState or None, default=None
        Seed of the direction and of the draw.

    Returns
    -------
    int array of shape (n_points,)
        In increasing order.

    Raises
    ------
    ValueError
        If `n_points` is no such number.

    References
    ----------
    .. [1] A. Bendahi, A. Duplessis, A. Fickinger, "Towards scalable persistence-based topological
       optimization", 2026, arXiv:2605.10996.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.learning import sliced_rows
    >>> X = np.arange(10.0)[:, None]
    >>> len(sliced_rows(X, n_points=5, random_state=0))
    5
    """
    if not isinstance(n_points, Integral) or n_points < 1:
        raise ValueError(f"n_points={n_points!r}; it must be an integer from 1 on.")
    values = np.asarray(X, dtype=float) if not hasattr(X, "detach") else as_array(X)
    rng = check_random_state(random_state)
    order = np.argsort(values @ rng.normal(size=values.shape[1]), kind="stable")
    if n_points >= len(order):
        return np.arange(len(order))
    slices = np.array_split(order, n_points)
    return np.sort([rng.choice(part) for part in slices])
