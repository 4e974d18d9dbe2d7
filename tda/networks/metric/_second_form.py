"""Curvature of the image of a map, from its first and second derivatives.

This file imports no other file of the room.
"""

from __future__ import annotations

import numpy as np

__all__ = ["full_rank", "mean_sectional_curvature", "second_fundamental_form"]


def full_rank(J):
    """Where a Jacobian (n, n_outputs, n_features) has the rank n_features."""
    n, n_outputs, n_features = J.shape
    if n_outputs < n_features:
        return np.zeros(n, dtype=bool)
    stretches = np.linalg.svd(J, compute_uv=False)
    least = np.finfo(float).eps * n_outputs * stretches[:, 0]
    return stretches[:, -1] > least


def second_fundamental_form(J, H):
    """The second fundamental form of the image in an orthonormal basis, and that basis.

    Parameters
    ----------
    J : array of shape (n, n_outputs, d)
        First derivatives, of rank d.
    H : array of shape (n, n_outputs, d, d)
        Second derivatives.

    Returns
    -------
    form : array of shape (n, d, d, n_outputs)
        The normal part of the second derivatives along the vectors of the basis.
    frames : array of shape (n, n_outputs, d)
        The basis: that of Gram and Schmidt of the images of the coordinate vectors.
    inverse : array of shape (n, d, d)
        Takes coordinates in the basis to vectors of the input: ``J @ inverse == frames``.
    """
    n, n_outputs, d = J.shape
    frames, triangle = np.linalg.qr(J)
    inverse = np.linalg.inv(triangle)
    flat = H.reshape(n, n_outputs, d * d)
    normal = flat - frames @ (frames.swapaxes(1, 2) @ flat)
    # Once more, since normals can be small beside tangents.
    normal -= frames @ (frames.swapaxes(1, 2) @ normal)
    normal = normal.reshape(n, n_outputs, d, d)
    form = inverse.swapaxes(1, 2)[:, None] @ normal @ inverse[:, None]
    return np.ascontiguousarray(form.transpose(0, 2, 3, 1)), frames, inverse


def mean_sectional_curvature(form):
    """The mean of all sectional curvatures, by the Gauss equation; of surfaces the Gaussian.

    ``(|trace II|^2 - |II|^2) / (d (d - 1))``
    """
    d = form.shape[1]
    if d == 1:
        return np.zeros(len(form))
    trace = np.einsum("niik->nk", form)
    return ((trace**2).sum(axis=1) - (form**2).sum(axis=(1, 2, 3))) / (d * (d - 1))
