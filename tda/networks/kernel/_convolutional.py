"""The kernels of convolutional networks of infinite width, in closed form, for small images."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from ..._kinds import as_float
from ._closed_form import layer_variances, refuse_overflow
from ._expectations import EXPECTATIONS

__all__ = ["convolutional_gaussian_process_kernel", "convolutional_tangent_kernel"]

#: Entries, of pairs of pixels, that are computed at a time: their temporaries stay in the cache.
BLOCK = 1 << 17

POOLINGS = ("average", "none")
PADDINGS = ("zeros", "circular")


def convolutional_tangent_kernel(
    X,
    Y=None,
    *,
    n_hidden_layers=2,
    filter_size=3,
    pooling="average",
    padding="zeros",
    activation="relu",
    weight_variance=None,
    bias_variance=0.0,
):
    """Neural tangent kernel of infinitely wide convolutional networks (input: images).

    The hidden layers are convolutions of many channels, and a linear map of all pixels, or of their
    mean, gives the score [1]_. The kernel depends on patches instead of whole images; with the mean
    it does not see where in the image they are, up to the margins.

    Parameters
    ----------
    X : array-like of shape (n_images, height, width) or (n_images, n_channels, height, width)
    Y : array-like of images of the same shape, default=None
        `X` again if None.
    n_hidden_layers : int, default=2
        Convolutions, each followed by the activation.
    filter_size : int, default=3
        Odd; sides of the square patches.
    pooling : {"average", "none"}, default="average"
        What the last layer takes: the mean of each channel over the image (CNTK-GAP in [1]_), or
        all pixels.
    padding : {"zeros", "circular"}, default="zeros"
        What is beyond the margins. With "circular" and "average" the kernel is invariant under
        shifts of either image that go around.
    activation, weight_variance, bias_variance
        As of `neural_tangent_kernel`, with ``n_hidden_layers + 1`` layers.

    Returns
    -------
    array of shape (n_images, n_others)

    Raises
    ------
    ValueError
        If the images are of different shapes or hold NaN, or if a parameter is out of its range.

    See Also
    --------
    convolutional_gaussian_process_kernel : the covariance of the scores before training.
    tda.networks.NTKClassifier : a machine with this kernel, ``image_shape=(8, 8)``.

    Notes
    -----
    Parametrisation: a convolution with c channels in and patches of f² pixels gives
    √(weight_variance / (c f²)) · (patch · W) + √bias_variance · b; the last layer
    √(weight_variance / n_in) · a·W + √bias_variance · b, with all values of all pixels or all
    channels' means; all W and b are standard normal and trained. The kernel between pixels p of one
    image and p′ of the other follows the recursion of `neural_tangent_kernel`, with a mean over the
    patch after each step: K(p, p′) ← w/f² · Σ E[φφ](p + δ, p′ + δ) + v.

    Time ``O(n_images * n_others * (height * width)**2 * n_hidden_layers)`` with the mean, about
    35 ns an entry for ReLU: 100 images of 8 x 8 pixels against 100 others take 3 CPU seconds, of
    16 x 16 a minute. Without it ``height * width`` is not squared. Memory the result and
    a few megabytes, or one pair of images.

    References
    ----------
    .. [1] S. Arora, S. Du, W. Hu, Z. Li, R. Salakhutdinov, R. Wang, "On exact computation with an
       infinitely wide neural net", NeurIPS 2019.
    .. [2] R. Novak, L. Xiao, J. Lee, Y. Bahri, G. Yang, J. Hron, D. Abolafia, J. Pennington,
       J. Sohl-Dickstein, "Bayesian deep convolutional networks with many channels are Gaussian
       processes", ICLR 2019.

    Examples
    --------
    A digit, the same one moved by a pixel, and another digit: cosines of the kernel.

    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from tda.networks import convolutional_tangent_kernel, neural_tangent_kernel
    >>> images = load_digits().images[:2] / 16
    >>> images = np.stack([images[0], np.roll(images[0], 1, axis=1), images[1]])
    >>> K = convolutional_tangent_kernel(images)
    >>> size = np.sqrt(np.diag(K))
    >>> (K / size / size[:, None])[0, 1:].round(2)
    array([1.  , 0.98])
    >>> K = neural_tangent_kernel(images.reshape(3, 64), n_hidden_layers=2)
    >>> size = np.sqrt(np.diag(K))
    >>> bool(K[0, 1] / size[0] / size[1] < 0.6)
    True
    """
    how = n_hidden_layers, filter_size, pooling, padding, activation
    return _kernel(X, Y, *how, weight_variance, bias_variance, True)


def convolutional_gaussian_process_kernel(
    X,
    Y=None,
    *,
    n_hidden_layers=2,
    filter_size=3,
    pooling="average",
    padding="zeros",
    activation="relu",
    weight_variance=None,
    bias_variance=0.0,
):
    """Covariance of the scores of infinitely wide random convolutional networks (input: images).

    Parameters
    ----------
    X, Y, n_hidden_layers, filter_size, pooling, padding, activation, weight_variance, bias_variance
        As of `convolutional_tangent_kernel`.

    Returns
    -------
    array of shape (n_images, n_others)

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import convolutional_gaussian_process_kernel
    >>> dot = np.zeros((1, 5, 5))
    >>> dot[0, 2, 2] = 25.0
    >>> convolutional_gaussian_process_kernel(dot, n_hidden_layers=0, pooling="none").round(3)
    array([[25.]])
    """
    how = n_hidden_layers, filter_size, pooling, padding, activation
    return _kernel(X, Y, *how, weight_variance, bias_variance, False)


def _kernel(X, Y, n_hidden, filter_size, pooling, padding, activation, weights, biases, tangent):
    layers = layer_variances(n_hidden, activation, weights, biases)
    expect = EXPECTATIONS[activation]
    if not isinstance(filter_size, Integral) or filter_size < 1 or filter_size % 2 == 0:
        raise ValueError(f"filter_size={filter_size!r}: give an odd whole number from 1 on.")
    if pooling not in POOLINGS:
        raise ValueError(f"pooling={pooling!r} is none of {', '.join(POOLINGS)}.")
    if padding not in PADDINGS:
        raise ValueError(f"padding={padding!r} is none of {', '.join(PADDINGS)}.")
    symmetric = Y is None or Y is X
    X = _images(X, "X")
    Y = X if symmetric else _images(Y, "Y")
    if X.shape[1:] != Y.shape[1:]:
        raise ValueError(
            f"X has images of shape {X.shape[1:]} and Y of {Y.shape[1:]}: give both the same."
        )
    average = pooling == "average"
    radius = int(filter_size) // 2
    window = _Window(
        radius, padding == "circular", axes=((2, 4), (3, 5)) if average else ((2,), (3,))
    )
    own_window = _Window(radius, padding == "circular", axes=((1,), (2,)))
    own_X = _own(X, layers, expect, own_window)
    own_Y = own_X if symmetric else _own(Y, layers, expect, own_window)
    pixels = int(np.prod(X.shape[2:]))
    columns = max(BLOCK // pixels ** (2 if average else 1), 1)
    rows = 1 if columns < len(Y) else max(columns // max(len(Y), 1), 1)
    kernel = np.empty((len(X), len(Y)))
    for i in range(0, len(X), rows):
        for j in range(i if symmetric else 0, len(Y), columns):
            at = slice(i, i + rows), slice(j, j + columns)
            block = _block(
                X[at[0]],
                Y[at[1]],
                [own[at[0]] for own in own_X],
                [own[at[1]] for own in own_Y],
                layers,
                expect,
                window,
                average,
                tangent,
            )
            kernel[at] = block
            if symmetric:
                kernel[at[::-1]] = block.T
    if symmetric:
        kernel = (kernel + kernel.T) / 2
    return kernel


def _block(X, Y, own_X, own_Y, layers, expect, window, average, tangent):
    """The kernel of some pairs of images; pixels of one by those of the other, or the same ones."""
    channels = X.shape[1]
    if average:
        K = np.einsum("icpq,jcrs->ijpqrs", X, Y, optimize=True)
    else:
        K = np.einsum("icpq,jcpq->ijpq", X, Y, optimize=True)
    K /= channels
    T = np.zeros_like(K) if tangent else None
    rounding = 8 * channels
    for depth, (w, v) in enumerate(layers):
        last = depth == len(layers) - 1
        if depth:
            q, r = own_X[depth - 1][:, None], own_Y[depth - 1][None]
            if average:
                q, r = q[..., None, None], r[:, :, None, None]
            K, slope = expect(K, q, r, tangent, rounding)
            if tangent:
                T *= slope
        if last:
            axes = tuple(range(2, K.ndim))
            K = w * K.mean(axis=axes) + v
            return w * T.mean(axis=axes) + K if tangent else K
        K = w * window.mean(K)
        K += v
        if tangent:
            T = w * window.mean(T)
            T += K
    raise AssertionError("there is a last layer")


def _own(X, layers, expect, window):
    """The variances of all pixels after each layer but the last: arrays (n, height, width)."""
    own, K = [], np.einsum("icpq,icpq->ipq", X, X) / X.shape[1]
    for depth, (w, v) in enumerate(layers[:-1]):
        if depth:
            K = expect(K, K, K, False, 1)[0]
        K = w * window.mean(K) + v
        own.append(K)
    return own


class _Window:
    """Means over square patches, of pixels, or of pairs of pixels that move together.

    Parameters
    ----------
    radius : int
    circular : bool
    axes : pair of tuples of ints
        The axes that move together: those of the rows of pixels, those of the columns.
    """

    def __init__(self, radius, circular, axes):
        self.radius, self.circular, self.axes = radius, circular, axes

    def mean(self, K):
        for together in self.axes:
            K = self._sum(K, together)
        K /= (2 * self.radius + 1) ** 2
        return K

    def _sum(self, K, together):
        total = K.copy()
        size = K.shape[together[0]]
        for step in range(1, self.radius + 1):
            for shift in (step, -step):
                if self.circular:
                    total += np.roll(K, (shift,) * len(together), together)
                elif step < size:
                    to, of = [slice(None)] * K.ndim, [slice(None)] * K.ndim
                    for axis in together:
                        to[axis] = slice(max(shift, 0), size + min(shift, 0))
                        of[axis] = slice(max(-shift, 0), size + min(-shift, 0))
                    total[tuple(to)] += K[tuple(of)]
        return total


def _images(X, name):
    X = as_float(X, name).astype(np.float64)
    if X.ndim == 3:
        X = X[:, None]
    if X.ndim != 4 or 0 in X.shape:
        raise ValueError(
            f"{name} has shape {X.shape}: give images, (n_images, height, width) or (n_images, "
            "n_channels, height, width)."
        )
    if not np.isfinite(X).all():
        raise ValueError(f"{name} holds NaN or infinity: leave those images out.")
    refuse_overflow(X, name)
    return X
