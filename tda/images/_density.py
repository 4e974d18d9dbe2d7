"""Density filtration: how much foreground there is around each pixel."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import METRICS, ImageTransformer, check_binary, check_metric, norm


def density_filtration(X, *, radius=3.0, metric="euclidean"):
    r"""Number of foreground pixels in the ball around each pixel.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One binary image: 1 or True in the foreground, 0 or False in the background.
    radius : float, default=3.0
        The radius of the closed ball, in pixels.
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    Returns
    -------
    values : float64 array of the shape of X
        Whole numbers. Of the foreground's crowded parts first with
        ``CubicalPersistence(direction="superlevel")``.

    Raises
    ------
    ValueError
        If X is not a binary image, `radius` is not a number of 0 or more, or the metric is
        another.

    Notes
    -----
    A pixel :math:`p` has :math:`\#\{q \text{ in the foreground} : \lVert p - q \rVert \le r\}`
    [1]_: a convolution with the ball, by fast Fourier transforms in O(n log n) time for
    n = n_pixels plus the pixels of the ball.

    References
    ----------
    .. [1] A. Garin, G. Tauzin, "A topological reading lesson: classification of MNIST using
       TDA", IEEE International Conference on Machine Learning and Applications, 2019.

    Examples
    --------
    >>> from tda.images import density_filtration
    >>> density_filtration([[1, 1, 1, 0, 0]], radius=1)
    array([[2., 3., 2., 1., 0.]])
    """
    if not isinstance(radius, Real) or not 0 <= radius < np.inf:
        raise ValueError(f"radius={radius!r}; it must be a length in pixels, 0 or more.")
    return _density(check_binary(X), radius, check_metric(metric))


def _density(foreground, radius, metric):
    """`density_filtration` of a checked image."""
    from scipy.signal import fftconvolve

    reach = [min(int(radius), n - 1) for n in foreground.shape]  # no pixel is farther
    ball = norm(np.ix_(*(np.arange(-n, n + 1.0) for n in reach)), metric) <= radius
    counts = fftconvolve(foreground.astype(float), ball.astype(float), mode="full")
    inside = tuple(slice(r, r + n) for r, n in zip(reach, foreground.shape, strict=True))
    return np.abs(np.rint(counts[inside]))  # abs: no negative zero


class DensityFiltration(ImageTransformer):
    """Number of foreground pixels around each pixel of binary images (per shape).

    Parameters
    ----------
    radius : float, default=3.0
        The radius of the closed ball around a pixel, in pixels.
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    See Also
    --------
    tda.images.density_filtration : The same for one image; definition, cost and source.
    ImageBinarizer : The step before, for images of grey values.

    Examples
    --------
    >>> import numpy as np
    >>> from tda import DensityFiltration
    >>> DensityFiltration(radius=1).transform([np.eye(3)])
    [array([[1., 2., 0.],
           [2., 1., 2.],
           [0., 2., 1.]])]
    """

    _parameter_constraints: ClassVar[dict] = {
        "radius": [Interval(Real, 0, None, closed="left")],
        "metric": [StrOptions(set(METRICS))],
    }

    def __init__(self, *, radius=3.0, metric="euclidean"):
        self.radius = radius
        self.metric = metric

    _check = staticmethod(check_binary)

    def _image(self, image):
        return _density(image, self.radius, self.metric)
