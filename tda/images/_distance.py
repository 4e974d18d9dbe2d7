"""Dilation, erosion and signed distance: the foreground grows, shrinks, or both."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import StrOptions

from ._base import METRICS, ImageTransformer, check_binary, check_metric, norm


def dilation_filtration(X, *, metric="euclidean"):
    """Distance of each pixel from the foreground: the foreground grows.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One binary image: 1 or True in the foreground, 0 or False in the background.
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances. "manhattan" and "chebyshev" count the steps of a dilation by a
        cross and by a square.

    Returns
    -------
    values : float64 array of the shape of X
        In pixels, between the centres of pixels: 0 in the foreground, 1 or more behind it.
        Without any foreground all pixels have one more than the largest distance in the frame.

    Raises
    ------
    ValueError
        If X is not a binary image, or the metric is another.

    See Also
    --------
    erosion_filtration : The distance from the background.
    signed_distance_filtration : Both in one.

    Notes
    -----
    The definition is that of Garin and Tauzin [1]_, the computation SciPy's, in O(n_pixels) time.

    References
    ----------
    .. [1] A. Garin, G. Tauzin, "A topological reading lesson: classification of MNIST using
       TDA", IEEE International Conference on Machine Learning and Applications, 2019.

    Examples
    --------
    >>> from tda.images import dilation_filtration
    >>> dilation_filtration([[1, 0, 0, 0, 1, 1]])
    array([[0., 1., 2., 1., 0., 0.]])
    """
    return _distance_to(check_binary(X), check_metric(metric))


def erosion_filtration(X, *, metric="euclidean"):
    """Distance of each pixel from the background: the foreground shrinks from its border inward.

    This is the dilation of the background, which enters first. Outside the frame there is no
    background: a foreground that touches the border of the frame is not eroded from there.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One binary image: 1 or True in the foreground, 0 or False in the background.
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    Returns
    -------
    values : float64 array of the shape of X
        In pixels, between the centres of pixels: 0 in the background, 1 or more in front of it.
        Without any background all pixels have one more than the largest distance in the frame.

    Raises
    ------
    ValueError
        If X is not a binary image, or the metric is another.

    See Also
    --------
    dilation_filtration : The distance from the foreground; source and cost.

    Examples
    --------
    >>> from tda.images import erosion_filtration
    >>> erosion_filtration([[1, 1, 1, 0, 0, 1]])
    array([[3., 2., 1., 0., 0., 1.]])
    """
    return _distance_to(~check_binary(X), check_metric(metric))


def signed_distance_filtration(X, *, metric="euclidean"):
    """Distance of each pixel from the other side; negative in the foreground.

    The other side of a foreground pixel is the background, and the reverse. The sublevel set at -t
    is the foreground eroded by t; at t it is the foreground dilated by t.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One binary image: 1 or True in the foreground, 0 or False in the background.
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    Returns
    -------
    values : float64 array of the shape of X
        In pixels, between the centres of pixels: -1 or less in the foreground, 1 or more behind
        it. Where there is no other side, one more than the largest distance in the frame.

    Raises
    ------
    ValueError
        If X is not a binary image, or the metric is another.

    See Also
    --------
    dilation_filtration, erosion_filtration : The two halves; source and cost.

    Notes
    -----
    This is ``dilation - erosion``. The sign is that of the signed distance function of a solid,
    the inside negative. giotto-tda has the inside positive and less by one, in Manhattan
    distances: minus these values, less the image itself.

    Examples
    --------
    >>> from tda.images import signed_distance_filtration
    >>> signed_distance_filtration([[1, 1, 1, 0, 0, 1]])
    array([[-3., -2., -1.,  1.,  1., -1.]])
    """
    return _signed_distance(check_binary(X), check_metric(metric))


def _signed_distance(foreground, metric):
    return _distance_to(foreground, metric) - _distance_to(~foreground, metric)


def _distance_to(target, metric):
    """Distance of each pixel from the nearest one where `target` is True."""
    from scipy import ndimage

    if not target.any():
        farthest = norm([np.array(n - 1.0) for n in target.shape], metric)
        return np.full(target.shape, farthest + 1)
    if metric == "euclidean":
        return ndimage.distance_transform_edt(~target)
    name = {"manhattan": "taxicab", "chebyshev": "chessboard"}[metric]
    return ndimage.distance_transform_cdt(~target, metric=name).astype(float)


class _DistanceTransformer(ImageTransformer):
    """The parameter `metric`, which the three classes share."""

    _parameter_constraints: ClassVar[dict] = {"metric": [StrOptions(set(METRICS))]}

    def __init__(self, *, metric="euclidean"):
        self.metric = metric

    _check = staticmethod(check_binary)


class DilationFiltration(_DistanceTransformer):
    """Distance of each pixel of binary images from the foreground (input per shape).

    Parameters
    ----------
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    See Also
    --------
    tda.images.dilation_filtration : The same for one image; definition, cost and source.
    ImageBinarizer : The step before, for images of grey values.

    Examples
    --------
    A gap of three pixels closes after a dilation by two.

    >>> import numpy as np
    >>> from tda import CubicalPersistence, DilationFiltration
    >>> image = np.array([[1, 0, 0, 0, 1]])
    >>> CubicalPersistence().transform(DilationFiltration().transform([image]))[0][0]
    array([[ 0.,  2.],
           [ 0., inf]])
    """

    def _image(self, image):
        return _distance_to(image, self.metric)


class ErosionFiltration(_DistanceTransformer):
    """Distance of each pixel of binary images from the background (input per shape).

    Parameters
    ----------
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    See Also
    --------
    tda.images.erosion_filtration : The same for one image; definition and source.
    ImageBinarizer : The step before, for images of grey values.

    Examples
    --------
    >>> import numpy as np
    >>> from tda import ErosionFiltration
    >>> ErosionFiltration(metric="manhattan").transform([np.array([[0, 1, 1], [1, 1, 1]])])
    [array([[0., 1., 2.],
           [1., 2., 3.]])]
    """

    def _image(self, image):
        return _distance_to(~image, self.metric)


class SignedDistanceFiltration(_DistanceTransformer):
    """Signed distance of each pixel of binary images from the other side (input per shape).

    It is negative in the foreground, so that the innermost foreground pixels enter first.

    Parameters
    ----------
    metric : {"euclidean", "manhattan", "chebyshev"}, default="euclidean"
        How to measure distances.

    See Also
    --------
    tda.images.signed_distance_filtration : The same for one image; definition and source.
    ImageBinarizer : The step before, for images of grey values.

    Examples
    --------
    Two blobs, 3 pixels thick, joined by a bridge of one: apart from -2 to -1.

    >>> import numpy as np
    >>> from tda import CubicalPersistence, SignedDistanceFiltration
    >>> image = np.zeros((5, 9))
    >>> image[1:4, 1:4] = image[1:4, 5:8] = image[2, 4] = 1
    >>> CubicalPersistence().transform(SignedDistanceFiltration().transform([image]))[0][0]
    array([[-2., -1.],
           [-2., inf]])
    """

    def _image(self, image):
        return _signed_distance(image, self.metric)
