"""Binary images: the pixels above a threshold, or the pixels at or below it."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._validation import check_image
from ._base import ImageTransformer

FOREGROUNDS = ("bright", "dark")


def binarize(X, *, threshold=0.5, foreground="bright"):
    """Split the pixels of one image into foreground (1) and background (0).

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One image (series, volume), one value per pixel.
    threshold : float, default=0.5
        In the unit of the pixels. Bright pixels are those above it, dark ones all others.
    foreground : {"bright", "dark"}, default="bright"
        Which of them are the foreground.

    Returns
    -------
    binary : float64 array of the shape of X

    Raises
    ------
    ValueError
        For an image that is empty, has NaN or more than three axes, or for another `foreground`.

    Examples
    --------
    >>> from tda.images import binarize
    >>> binarize([[0.2, 0.5, 0.9]])
    array([[0., 0., 1.]])
    >>> binarize([[0.2, 0.5, 0.9]], foreground="dark")
    array([[1., 1., 0.]])
    """
    X = check_image(X)
    if foreground not in FOREGROUNDS:
        raise ValueError(f"foreground={foreground!r}; it must be one of {FOREGROUNDS}")
    if not isinstance(threshold, Real) or np.isnan(threshold):
        raise ValueError(f"threshold={threshold!r}; it must be a number in the unit of the pixels.")
    bright = threshold < X
    return (bright if foreground == "bright" else ~bright).astype(float)


class ImageBinarizer(ImageTransformer):
    """Foreground and background of many images, by a threshold (per shape).

    The same as `sklearn.preprocessing.Binarizer`, for images of any shape.

    Parameters
    ----------
    threshold : float, default=0.5
        In the unit of the pixels. Bright pixels are those above it, dark ones all others.
    foreground : {"bright", "dark"}, default="bright"
        Which of them are the foreground: bright stars on a dark sky, or dark ink on bright paper.

    See Also
    --------
    tda.images.binarize : The same for one image.

    Examples
    --------
    >>> import numpy as np
    >>> from tda import ImageBinarizer
    >>> paper = [np.array([[1.0, 0.1], [0.9, 0.2]]), np.array([[0.3, 0.8, 0.8]])]
    >>> ImageBinarizer(foreground="dark").fit_transform(paper)
    [array([[0., 1.],
           [0., 1.]]), array([[1., 0., 0.]])]
    """

    _parameter_constraints: ClassVar[dict] = {
        "threshold": [Interval(Real, None, None, closed="both")],
        "foreground": [StrOptions(set(FOREGROUNDS))],
    }

    def __init__(self, *, threshold=0.5, foreground="bright"):
        self.threshold = threshold
        self.foreground = foreground

    def _image(self, image):
        return binarize(image, threshold=self.threshold, foreground=self.foreground)
