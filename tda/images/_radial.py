"""Radial filtration: the foreground enters from a centre outward."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import StrOptions

from ._base import METRICS, ImageTransformer, axes, check_binary, check_metric, flooded, norm


def radial_filtration(X, *, center=None, metric="euclidean"):
    r"""Distance of each foreground pixel from a centre.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One binary image: 1 or True in the foreground, 0 or False in the background.
    center : array-like of shape (n_axes,), default=None
        Fractions of the frame, which mean the same for images of any size: along each axis 0 is the
        first pixel and 1 the last. By default the middle, 0.5 along each axis.
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    Returns
    -------
    values : float64 array of the shape of X
        In pixels; behind the foreground one more than at the pixel of the frame that is farthest
        from the centre.

    Raises
    ------
    ValueError
        If X is not a binary image, `center` is not one fraction from 0 to 1 for each axis, or
        the metric is another.

    Notes
    -----
    A foreground pixel :math:`p` has :math:`\lVert p - c \rVert` [1]_, where
    :math:`c_i = f_i (n_i - 1)` for the fractions :math:`f`. Takes O(n_pixels) time.

    References
    ----------
    .. [1] A. Garin, G. Tauzin, "A topological reading lesson: classification of MNIST using
       TDA", IEEE International Conference on Machine Learning and Applications, 2019.

    Examples
    --------
    >>> from tda.images import radial_filtration
    >>> radial_filtration([[1, 1, 1], [1, 1, 0]], center=(0, 0), metric="manhattan")
    array([[0., 1., 2.],
           [1., 2., 4.]])
    """
    return _radial(check_binary(X), center, check_metric(metric))


def _radial(foreground, center, metric):
    """`radial_filtration` of a checked image."""
    n_axes = foreground.ndim
    fractions = np.full(n_axes, 0.5) if center is None else np.asarray(center, dtype=float)
    if fractions.shape != (n_axes,) or not ((0 <= fractions) & (fractions <= 1)).all():
        raise ValueError(
            f"center={center!r}, but for an image of {n_axes} axes it is {n_axes} fraction(s) of "
            "the frame: divide the index of a pixel by the number of pixels less one."
        )
    middle = fractions * (np.array(foreground.shape) - 1)
    offsets = [axis - c for axis, c in zip(axes(foreground.shape), middle, strict=True)]
    return flooded(norm(offsets, metric), foreground)


class RadialFiltration(ImageTransformer):
    """Distance of the foreground of binary images from a centre (per shape).

    Parameters
    ----------
    center : array-like of shape (n_axes,), default=None
        Fractions of the frame: along each axis 0 is the first pixel and 1 the last. By default the
        middle.
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    See Also
    --------
    tda.images.radial_filtration : The same for one image; definition and source.
    ImageBinarizer : The step before, for images of grey values.

    Examples
    --------
    Seen from its middle, the four corners of a frame of ink come last and apart.

    >>> import numpy as np
    >>> from tda import CubicalPersistence, RadialFiltration
    >>> image = np.array([[1, 1, 1, 1], [1, 0, 0, 1], [1, 1, 1, 1]])
    >>> RadialFiltration(metric="chebyshev").transform([image])
    [array([[1.5, 1. , 1. , 1.5],
           [1.5, 2.5, 2.5, 1.5],
           [1.5, 1. , 1. , 1.5]])]
    """

    _parameter_constraints: ClassVar[dict] = {
        "center": ["array-like", None],
        "metric": [StrOptions(set(METRICS))],
    }

    def __init__(self, *, center=None, metric="euclidean"):
        self.center = center
        self.metric = metric

    _check = staticmethod(check_binary)

    def _image(self, image):
        return _radial(image, self.center, self.metric)
