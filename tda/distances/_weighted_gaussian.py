"""The persistence weighted Gaussian kernel."""

from __future__ import annotations

import numpy as np

from ._common import one_pair, scaled
from ._gaussians import auto_bandwidth, gaussian_matrix

OPTIONS = {"method": "grid", "bandwidth": "auto", "weight_scale": "auto", "weight_power": 5.0}


def weighted_gaussian_kernel(
    A, B, *, degree=None, bandwidth=1.0, weight_scale=1.0, weight_power=5.0
):
    r"""Persistence weighted Gaussian kernel of two diagrams in one degree.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree. Essential classes are left out.
    degree : int, default=None
        Which degree to compare; needed where `A` or `B` is a `Diagram`.
    bandwidth : float, default=1.0
        Standard deviation :math:`\rho` of the kernel, in the unit of the diagrams.
    weight_scale : float, default=1.0
        The persistence c at which a bar weighs π/4.
    weight_power : float, default=5.0
        How steeply the weight rises there: the paper's p.

    Returns
    -------
    value : float

    Notes
    -----
    With the weight :math:`w(x) = \arctan((\mathrm{pers}(x) / c)^p)`,

    .. math:: k(A, B) = \sum_{x \in A, y \in B} w(x) w(y) e^{-|x - y|^2 / 2 \rho^2}.

    The paper writes :math:`C = c^{-p}` and takes for c the median persistence, as
    ``weight_scale="auto"`` does in `pairwise_kernels`. gudhi's kernel is
    :math:`1 / (\sqrt{2 \pi} \rho)` times this one.

    References
    ----------
    Kusano, Fukumizu, Hiraoka, "Persistence weighted Gaussian kernel for topological data
    analysis", ICML 2016.

    Examples
    --------
    >>> from tda.distances import weighted_gaussian_kernel
    >>> round(weighted_gaussian_kernel([[0, 4], [1, 2]], [[0, 3]]), 3)
    1.944
    """
    options = {
        "method": "exact",
        "bandwidth": bandwidth,
        "weight_scale": weight_scale,
        "weight_power": weight_power,
    }
    return one_pair(kernels, A, B, degree, options)


def learn(samples, options):
    """The bandwidth, a tenth of the longest bar, and the median length as weight_scale."""
    learned = dict(options)
    if isinstance(options["bandwidth"], str):
        learned["bandwidth"] = auto_bandwidth(samples)
    if isinstance(options["weight_scale"], str):
        lengths = np.concatenate([np.zeros(0), *(np.ptp(bars, axis=1) for bars in samples)])
        learned["weight_scale"] = float(np.median(lengths)) if lengths.size else 1.0
    return learned


@scaled("bandwidth", lambda options: 0.0)
def kernels(A, B, options, n_jobs=None, label=None):
    """Kernels of two lists of arrays of finite bars, among `A` without `B`."""

    def bumps(bars):
        with np.errstate(over="ignore", under="ignore"):
            lengths = np.ptp(bars, axis=1) / options["weight_scale"]
            return bars, np.arctan(lengths ** options["weight_power"])

    return gaussian_matrix(
        *(None if X is None else list(map(bumps, X)) for X in (A, B)),
        options["bandwidth"] / np.sqrt(2.0),
        distance=False,
        method=options["method"],
        n_jobs=n_jobs,
        label=label,
    )
