"""The persistence scale space kernel, and the heat distance that belongs to it."""

from __future__ import annotations

import numpy as np

from ._common import one_pair, scaled
from ._gaussians import auto_bandwidth, gaussian_matrix

OPTIONS = {"method": "grid", "bandwidth": "auto"}


def heat_distance(A, B, *, degree=None, bandwidth=1.0):
    r"""Heat distance of two diagrams in one degree: the distance of the scale space kernel.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree. Essential classes are left out.
    degree : int, default=None
        Which degree to compare; needed where `A` or `B` is a `Diagram`.
    bandwidth : float, default=1.0
        Standard deviation s of the Gaussians, in the unit of the diagrams: the paper's
        :math:`\sigma` is :math:`s^2 / 2`.

    Returns
    -------
    distance : float
        The number per length that the two temperatures differ by in L².

    See Also
    --------
    scale_space_kernel : The inner product.
    tda.distances.pairwise_distances : For collections, exact or on a grid.

    Notes
    -----
    Heat starts as a point mass at every bar and flows for the time :math:`\sigma`, while the
    diagonal is kept at zero. The distance is the L² norm, over the half plane above the
    diagonal, of the difference of the two temperatures. It is stable: at most
    :math:`W_1(A, B) / (s^2 \sqrt{2 \pi})` (Theorem 2 of the paper).
    Computed in closed form in O((n + m)²). giotto-tda's heat distance integrates over both sides
    of the diagonal and is √2 times this one, less what leaves the range of its grid.

    References
    ----------
    Reininghaus, Huber, Bauer, Kwitt, "A stable multi-scale kernel for topological machine
    learning", CVPR 2015.

    Examples
    --------
    >>> from tda.distances import heat_distance
    >>> round(heat_distance([[0, 4], [1, 2]], [[0, 3]]), 3)
    0.174
    """
    return one_pair(distances, A, B, degree, _exact(bandwidth), exponent=2.0)


def scale_space_kernel(A, B, *, degree=None, bandwidth=1.0):
    r"""Persistence scale space kernel of two diagrams in one degree.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree. Essential classes are left out.
    degree : int, default=None
        Which degree to compare; needed if `A` or `B` is a `Diagram`.
    bandwidth : float, default=1.0
        Standard deviation s of the Gaussians, in the unit of the diagrams.

    Returns
    -------
    value : float

    Notes
    -----
    With :math:`\bar q` the mirror image of q below the diagonal and :math:`\sigma = s^2 / 2`,

    .. math:: k(A, B) = \frac{1}{8 \pi \sigma} \sum_{p \in A, q \in B}
        e^{-|p - q|^2 / 8 \sigma} - e^{-|p - \bar q|^2 / 8 \sigma}.

    gudhi's ``PersistenceScaleSpaceKernel(bandwidth=b)`` divides by the norm of a Gaussian on
    the line instead of the plane: it is :math:`\sqrt{2 \pi}\, b` times this kernel with
    ``bandwidth = b / sqrt(2)``.

    Examples
    --------
    >>> from tda.distances import scale_space_kernel
    >>> round(scale_space_kernel([[0, 4], [1, 2]], [[0, 3]]), 3)
    0.099
    """
    return one_pair(kernels, A, B, degree, _exact(bandwidth))


def _exact(bandwidth):
    return {"method": "exact", "bandwidth": bandwidth}


def learn(samples, options):
    """The bandwidth, a tenth of the longest bar of the reference."""
    if isinstance(options["bandwidth"], str):
        return options | {"bandwidth": auto_bandwidth(samples)}
    return options


@scaled("bandwidth", lambda options: -1.0)
def distances(A, B, options, n_jobs=None, label=None):
    """Heat distances of two lists of arrays of finite bars, among `A` without `B`."""
    return _matrix(A, B, options, True, n_jobs, label) / np.sqrt(_area(options))


@scaled("bandwidth", lambda options: -2.0)
def kernels(A, B, options, n_jobs=None, label=None):
    """Scale space kernels of two lists of arrays of finite bars, among `A` without `B`."""
    return _matrix(A, B, options, False, n_jobs, label) / _area(options)


def _area(options):
    return 4.0 * np.pi * options["bandwidth"] ** 2


def _matrix(A, B, options, distance, n_jobs, label):
    bumps = [
        None if X is None else [(_turned(bars), np.ones(len(bars))) for bars in X] for X in (A, B)
    ]
    return gaussian_matrix(
        *bumps,
        options["bandwidth"],
        distance=distance,
        method=options["method"],
        n_jobs=n_jobs,
        label=label,
        odd=True,
    )


def _turned(bars):
    """Coordinates along the diagonal and away from it."""
    births, deaths = bars.T
    return np.column_stack([births + deaths, deaths - births]) / np.sqrt(2.0)
