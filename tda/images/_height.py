"""Height filtration: the foreground enters from one side of the frame to the other."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ._base import ImageTransformer, axes, check_binary, flooded


def height_filtration(X, *, direction=None):
    r"""Height of each foreground pixel in one direction.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One binary image: 1 or True in the foreground, 0 or False in the background.
    direction : array-like of shape (n_axes,), default=None
        The direction in which the heights rise, one number per axis: (1, 0) is down the rows and
        (0, 1) along the columns. Its length does not matter. By default along the first axis.

    Returns
    -------
    values : float64 array of the shape of X
        In pixels: 0 where the flood enters the frame; behind the foreground one more than where
        it leaves.

    Raises
    ------
    ValueError
        If X is not a binary image, or `direction` is zero, not finite, or of another length.

    Notes
    -----
    With the unit vector :math:`v` along `direction`, a foreground pixel :math:`p` has
    :math:`\langle p, v \rangle`, less the least of the frame [1]_. The background comes after
    the last line of the frame and not with it, so that a loop that closes there is seen. Takes
    O(n_pixels) time. giotto-tda names the columns before the rows in its `direction`.

    References
    ----------
    .. [1] A. Garin, G. Tauzin, "A topological reading lesson: classification of MNIST using
       TDA", IEEE International Conference on Machine Learning and Applications, 2019.

    Examples
    --------
    >>> from tda.images import height_filtration
    >>> height_filtration([[1, 1, 0], [0, 1, 0]])
    array([[0., 0., 2.],
           [2., 1., 2.]])
    >>> height_filtration([[1, 1, 0], [0, 1, 0]], direction=(0, -1))
    array([[2., 1., 3.],
           [3., 1., 3.]])
    """
    return _height(check_binary(X), direction)


def _height(foreground, direction):
    """`height_filtration` of a checked image."""
    v = _unit(direction, foreground.ndim)
    height = sum(axis * step for axis, step in zip(axes(foreground.shape), v, strict=True))
    return flooded(height - height.min(), foreground)


def _unit(direction, n_axes):
    """The direction as a vector of length 1."""
    if direction is None:
        return np.eye(n_axes)[0]
    v = np.asarray(direction, dtype=float)
    length = np.linalg.norm(v)
    if v.shape != (n_axes,) or not np.isfinite(length) or length == 0:
        raise ValueError(
            f"direction={direction!r}, but for an image of {n_axes} axes it is {n_axes} finite "
            "number(s), not all 0."
        )
    return v / length


class HeightFiltration(ImageTransformer):
    """Height of the foreground of binary images in one direction (per shape).

    Parameters
    ----------
    direction : array-like of shape (n_axes,), default=None
        The direction in which the heights rise, one number per axis: (1, 0) is down the rows, (0,
        1) along the columns. By default along the first axis.

    See Also
    --------
    tda.images.height_filtration : The same for one image; definition and source.
    ImageBinarizer : The step before, for images of grey values.

    Examples
    --------
    A U and an arch are one component each, but a flood from above meets both arms of the U first.

    >>> import numpy as np
    >>> from tda import CubicalPersistence, HeightFiltration
    >>> u = np.array([[1, 0, 1], [1, 0, 1], [1, 1, 1]])
    >>> u_diagram, arch_diagram = CubicalPersistence().transform(
    ...     HeightFiltration(direction=(1, 0)).transform([u, u[::-1]])
    ... )
    >>> u_diagram[0].tolist(), arch_diagram[0].tolist()
    ([[0.0, 2.0], [0.0, inf]], [[0.0, inf]])
    """

    _parameter_constraints: ClassVar[dict] = {"direction": ["array-like", None]}

    def __init__(self, *, direction=None):
        self.direction = direction

    _check = staticmethod(check_binary)

    def _image(self, image):
        return _height(image, self.direction)
