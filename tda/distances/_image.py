"""The distance of persistence images in the limit of small pixels."""

from __future__ import annotations

import numpy as np

from ._common import one_pair, scaled
from ._gaussians import auto_bandwidth, gaussian_matrix

OPTIONS = {"method": "grid", "bandwidth": "auto", "weight_power": 1.0}


def image_distance(A, B, *, degree=None, bandwidth=1.0, weight_power=1.0):
    r"""L² distance of the persistence surfaces of two diagrams in one degree.

    Parameters
    ----------
    A, B : array-like of shape (n_bars, 2), or Diagram
        Births and deaths of one degree. Essential classes are left out.
    degree : int, default=None
        Which degree to compare; needed where `A` or `B` is a `Diagram`.
    bandwidth : float, default=1.0
        Standard deviation of the Gaussians, in the unit of the diagrams.
    weight_power : float, default=1.0
        A bar weighs ``persistence ** weight_power``.

    Returns
    -------
    distance : float

    Notes
    -----
    A persistence image integrates its surface over pixels: a Gaussian of mass ``weight`` at
    (birth, persistence) for each bar. The distance is that of the surfaces themselves, over the
    whole plane: the limit of many pixels on a wide range, with the pixels' values divided by
    their area. No range, resolution or border comes into it. Closed form, O((n + m)²).

    References
    ----------
    Adams et al., "Persistence images: a stable vector representation of persistent homology",
    Journal of Machine Learning Research 18 (2017).

    Examples
    --------
    >>> from tda.distances import image_distance
    >>> round(image_distance([[0, 4], [1, 2]], [[0, 3]]), 3)
    0.705
    """
    options = {"method": "exact", "bandwidth": bandwidth, "weight_power": weight_power}
    return one_pair(distances, A, B, degree, options, exponent=2.0)


def learn(samples, options):
    """The bandwidth, 5% of the longest bar of the reference as in `PersistenceImage`."""
    if isinstance(options["bandwidth"], str):
        return options | {"bandwidth": auto_bandwidth(samples, share=0.05)}
    return options


@scaled("bandwidth", lambda options: options["weight_power"] - 1.0)
def distances(A, B, options, n_jobs=None, label=None):
    """Distances of two lists of arrays of finite bars, among `A` without `B`."""
    deviation = options["bandwidth"]

    def bumps(bars):
        lengths = bars[:, 1] - bars[:, 0]
        return np.column_stack([bars[:, 0], lengths]), lengths ** options["weight_power"]

    matrix = gaussian_matrix(
        *(None if X is None else list(map(bumps, X)) for X in (A, B)),
        deviation,
        distance=True,
        method=options["method"],
        n_jobs=n_jobs,
        label=label,
    )
    # From bumps of height one to Gaussians of mass one.
    return matrix / (2.0 * np.sqrt(np.pi) * deviation)
