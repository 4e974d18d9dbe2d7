"""The kernel of a network of infinite width, in closed form."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from ..._validation import check_cloud
from ..model._dense import each_layer
from ._expectations import EXPECTATIONS

__all__ = [
    "layer_variances",
    "network_gaussian_process_kernel",
    "neural_tangent_kernel",
    "refuse_overflow",
]

#: Entries of the kernel that are computed at a time: their temporaries stay in the cache.
BLOCK = 1 << 17

#: What keeps the size of signals from layer to layer: exactly for ReLU, which loses half of the
#: mean square, about for its smooth kin, and for sigmoids near their linear part. 1 for others.
WEIGHT_VARIANCE = {"relu": 2.0, "gelu": 2.0, "silu": 2.0}


def neural_tangent_kernel(
    X, Y=None, *, n_hidden_layers=1, activation="relu", weight_variance=None, bias_variance=0.0
):
    """Neural tangent kernel of infinitely wide networks (input per point).

    As the hidden layers of a fully connected network widen, gradient descent moves its scores by
    this kernel [1]_. A trained wide network is a kernel machine with this kernel [3]_.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
    Y : array-like of shape (n_others, n_features), default=None
        `X` again if None.
    n_hidden_layers : int, default=1
        With 0 the network is linear.
    activation : {"erf", "gelu", "identity", "logistic", "relu", "silu", "sin", "softplus", \
"tanh"}, default="relu"
    weight_variance : float, or sequence with one per layer, default=None
        There are ``n_hidden_layers + 1`` layers. By default 1 at the input. For the other layers
        it is 2 for ReLU, which keeps the mean square of the signals, for GELU and for SiLU, and 1
        for the others.
    bias_variance : float, or sequence with one per layer, default=0.0

    Returns
    -------
    array of shape (n_points, n_others)
        Dimensionless; without biases ReLU's is homogeneous: it scales with the length of either
        point.

    Raises
    ------
    ValueError
        If an input holds NaN or infinity, or if a parameter is out of its range.

    See Also
    --------
    network_gaussian_process_kernel : the covariance of the scores before training.
    tda.networks.random_network : the finite network with the same parameters.
    tda.networks.NTKClassifier, tda.networks.NTKRegressor : machines with this kernel.

    Notes
    -----
    Parametrisation: a layer with inputs a of n_in values gives
    √(weight_variance / n_in) · a·W + √bias_variance · b, with standard normal W and b that are
    all trained. With w, v the variances of a layer, φ the activation and (g, g′) normal with the
    covariance K of that layer at two points,

    - K = w · x·x′/n_features + v and Θ = K at the first layer,
    - K ← w · E[φ(g) φ(g′)] + v, Θ ← K + w · Θ · E[φ̇(g) φ̇(g′)] at each one after [1]_, [2]_.

    ReLU's expectations are arc-cosine kernels (Cho and Saul, "Kernel methods for deep learning",
    NIPS 2009), those of erf are arcsines [4]_. Those of the smooth activations are series in the
    correlation of g and g′, with coefficients by quadrature (Mehler's formula). They hold to nine
    digits for variances of signals up to 10. From 100 on a tanh is nearly a step, and the slopes of
    points that are nearly parallel lose digits. They take some 30 to 100 times as long as ReLU's.
    For ``SVC(kernel=neural_tangent_kernel)``, or with other values
    ``SVC(kernel=partial(neural_tangent_kernel, n_hidden_layers=3))``.

    Time O(n_points · n_others · (n_features + n_hidden_layers)); memory the result, and blocks
    of a few megabytes. Without `Y` the result is symmetric to the last bit and its diagonal free
    of the rounding of angles; elsewhere points closer than about 10⁻⁷ of their length are taken
    as one direction.

    References
    ----------
    .. [1] A. Jacot, F. Gabriel, C. Hongler, "Neural tangent kernel: convergence and
       generalization in neural networks", NeurIPS 2018.
    .. [2] S. Arora, S. Du, W. Hu, Z. Li, R. Salakhutdinov, R. Wang, "On exact computation with
       an infinitely wide neural net", NeurIPS 2019.
    .. [3] J. Lee, L. Xiao, S. Schoenholz, Y. Bahri, R. Novak, J. Sohl-Dickstein, J. Pennington,
       "Wide neural networks of any depth evolve as linear models under gradient descent",
       NeurIPS 2019.
    .. [4] C. Williams, "Computing with infinite networks", NIPS 1996.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import neural_tangent_kernel
    >>> neural_tangent_kernel([[1.0, 1.0], [1.0, -1.0]])
    array([[2.        , 0.31830989],
           [0.31830989, 2.        ]])

    It grows by the depth, and any function of scikit-learn takes it:

    >>> neural_tangent_kernel([[1.0, 1.0]], n_hidden_layers=5).item()
    6.0
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> X, y = load_iris(return_X_y=True)
    >>> round(SVC(kernel=neural_tangent_kernel).fit(X, y).score(X, y), 2)
    0.99
    """
    return _kernel(X, Y, n_hidden_layers, activation, weight_variance, bias_variance, True)


def network_gaussian_process_kernel(
    X, Y=None, *, n_hidden_layers=1, activation="relu", weight_variance=None, bias_variance=0.0
):
    """Covariance of the scores of infinitely wide random networks (input per point).

    Before training the scores are a Gaussian process with this kernel (NNGP). Training only the
    last layer is kernel regression with this kernel.

    Parameters
    ----------
    X, Y, n_hidden_layers, activation, weight_variance, bias_variance
        As of `neural_tangent_kernel`.

    Returns
    -------
    array of shape (n_points, n_others)

    References
    ----------
    .. [1] J. Lee, Y. Bahri, R. Novak, S. Schoenholz, J. Pennington, J. Sohl-Dickstein, "Deep
       neural networks as Gaussian processes", ICLR 2018.

    Examples
    --------
    >>> from tda.networks import network_gaussian_process_kernel
    >>> network_gaussian_process_kernel([[1.0, 1.0], [1.0, -1.0]])
    array([[1.        , 0.31830989],
           [0.31830989, 1.        ]])
    """
    return _kernel(X, Y, n_hidden_layers, activation, weight_variance, bias_variance, False)


def _kernel(X, Y, n_hidden_layers, activation, weight_variance, bias_variance, tangent):
    layers = layer_variances(n_hidden_layers, activation, weight_variance, bias_variance)
    symmetric = Y is None or Y is X
    X = check_cloud(X)
    Y = X if symmetric else check_cloud(Y, name="Y")
    if X.shape[1] != Y.shape[1]:
        raise ValueError(
            f"X has {X.shape[1]} column(s) and Y has {Y.shape[1]}: give both the same features."
        )
    expect = EXPECTATIONS[activation]
    refuse_overflow(X, "X")
    refuse_overflow(Y, "Y")
    own_X = _own(X, layers, expect)
    own_Y = own_X if symmetric else _own(Y, layers, expect)
    kernel = np.empty((len(X), len(Y)))
    rows = max(BLOCK // max(len(Y), 1), 1)
    for start in range(0, len(X), rows):
        # For a symmetric kernel only the upper triangle is computed; the rest is its mirror image.
        here, there = slice(start, start + rows), slice(start if symmetric else 0, None)
        at = (here, there)
        K = (layers[0][0] / X.shape[1]) * (X[here] @ Y[there].T)
        K += layers[0][1]
        rounding = X.shape[1]
        T = K.copy() if tangent else None
        for depth, (w, v) in enumerate(layers[1:]):
            value, slope = expect(
                K, own_X[depth][here, None], own_Y[depth][None, there], tangent, rounding
            )
            rounding = 1
            value *= w
            value += v
            K = value
            if tangent:
                T *= slope
                T *= w
                T += K
        kernel[at] = T if tangent else K
        if symmetric:
            _mirror(kernel, start, min(start + rows, len(X)))
    if symmetric:
        np.fill_diagonal(kernel, _diagonal(own_X, layers, expect) if tangent else own_X[-1])
    return kernel


def _own(X, layers, expect):
    """K(x, x) of every layer: a list of arrays of shape (n_points,)."""
    (w, v), *rest = layers
    own = [w / X.shape[1] * np.einsum("ij,ij->i", X, X) + v]
    for w, v in rest:
        own.append(w * expect(own[-1], own[-1], own[-1], False, 1)[0] + v)
    return own


def _diagonal(own, layers, expect):
    """Θ(x, x) of the last layer."""
    T = own[0]
    for before, K, (w, _) in zip(own[:-1], own[1:], layers[1:], strict=True):
        T = K + w * T * expect(before, before, before, True, 1)[1]
    return T


def _mirror(kernel, start, stop):
    corner = kernel[start:stop, start:stop]
    corner[:] = np.triu(corner) + np.triu(corner, 1).T
    kernel[stop:, start:stop] = kernel[start:stop, stop:].T


def refuse_overflow(X, name):
    """Values whose squares, times a few layers' variances, leave the range of floats."""
    most = np.abs(X).max(initial=0)
    if most > 1e140:
        raise ValueError(f"{name} holds values up to {most:.2g}, whose squares overflow: scale it.")


def layer_variances(n_hidden_layers, activation, weight_variance, bias_variance):
    """The variances of weights and biases, layer by layer, as pairs."""
    if not isinstance(n_hidden_layers, Integral) or n_hidden_layers < 0:
        raise ValueError(f"n_hidden_layers={n_hidden_layers!r}: give a whole number from 0 on.")
    if activation not in EXPECTATIONS:
        raise ValueError(
            f"activation={activation!r} is none of {', '.join(sorted(EXPECTATIONS))}; "
            "empirical_tangent_kernel takes a network with any."
        )
    if weight_variance is None:
        weight_variance = [1.0] + [WEIGHT_VARIANCE.get(activation, 1.0)] * n_hidden_layers
    weights = each_layer(weight_variance, n_hidden_layers + 1, "weight_variance")
    biases = each_layer(bias_variance, n_hidden_layers + 1, "bias_variance")
    return list(zip(weights, biases, strict=True))
