"""The base of the steps from images to images: one function for many samples."""

from __future__ import annotations

import numpy as np
from sklearn.base import TransformerMixin

from .._estimator import BaseEstimator
from .._per_shape import PerShape
from .._validation import check_image, check_samples

#: Distances between pixels: the square root of the sum of squares, the sum, the largest.
METRICS = ("euclidean", "manhattan", "chebyshev")


class ImageTransformer(PerShape, TransformerMixin, BaseEstimator):
    """Maps a function from one image to another over many images.

    Nothing is learned from data, so `fit` only checks. The result for one image does not depend on
    the others. A subclass checks an image in `_check` and transforms it in `_image`.
    """

    _result = "image"

    def fit(self, X, y=None):
        """Check the parameters and the images; nothing is learned.

        Parameters
        ----------
        X : list of images, or an array of them along its first axis
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        # A direction or a centre must have one number for each axis of the images.
        for image in {image.ndim: image for image in self._checked(X)}.values():
            self._image(image)
        return self

    def transform(self, X):
        """Transform each image.

        Parameters
        ----------
        X : list of images, or an array of them along its first axis

        Returns
        -------
        images : list of ndarray, or an array if X is one
            Each of the shape of its image.
        """
        self._validate_params()
        images = [self._image(image) for image in self._checked(X)]
        regular = isinstance(X, np.ndarray) and X.dtype != object
        return np.stack(images) if regular else images

    def fit_transform(self, X, y=None):
        """Transform each image; the same as `transform`."""
        return self.transform(X)

    def _checked(self, X):
        samples = check_samples(X, what="image")
        return [self._check(sample, name=f"X[{i}]") for i, sample in enumerate(samples)]

    _check = staticmethod(check_image)


def check_binary(X, *, name="X"):
    """Return one binary image as a bool array, True in the foreground."""
    X = check_image(X, name=name)
    grey = (X != 0) & (X != 1)
    if grey.any():
        raise ValueError(
            f"{name} holds {X[grey][0]:.6g}, but a pixel of a binary image is 1 (foreground) or "
            "0 (background): take ImageBinarizer(threshold=...) as the step before."
        )
    return X == 1


def check_metric(metric):
    if metric not in METRICS:
        raise ValueError(f"metric={metric!r}; it must be one of {METRICS}")
    return metric


def norm(offsets, metric="euclidean"):
    """Length of offsets, given axis by axis as arrays that broadcast."""
    if metric == "manhattan":
        return sum(map(np.abs, offsets))
    if metric == "chebyshev":
        return np.maximum.reduce(np.broadcast_arrays(*map(np.abs, offsets)))
    return np.sqrt(sum(axis**2 for axis in offsets))


def axes(shape):
    """Coordinates of all pixels, axis by axis as arrays that broadcast."""
    return np.ix_(*(np.arange(n, dtype=float) for n in shape))


def flooded(values, foreground):
    """The values in the foreground; in the background one more than the largest value of the frame.

    Values that differ by rounding alone are made equal. Otherwise pixels that enter together would
    be taken for separate components that join.
    """
    values = np.broadcast_to(np.round(values, 9), foreground.shape)
    return np.where(foreground, values, values.max() + 1)
