"""The integral of curvature over a surface, which by Gauss and Bonnet is topology."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._base import check_points
from ._curvature import gaussian_curvature
from ._volume_density import by_neighbors, sum_over

__all__ = ["TotalCurvature", "total_curvature"]


class TotalCurvature(NamedTuple):
    """The integral of the Gaussian curvature of a surface.

    Attributes
    ----------
    total : float
    standard_error : float
        Of chance in where the points lie, as if they were independent; most often it is too large.
    euler_characteristic : float
        ``total / (2 pi)``: of a closed surface about a whole number, 2 - 2 genus if it is
        orientable.
    """

    total: float
    standard_error: float
    euler_characteristic: float


def total_curvature(X, *, n_neighbors="auto", n_volume_neighbors=20, n_jobs=None):
    """Integrate the Gaussian curvature over the surface that one cloud covers.

    By the theorem of Gauss and Bonnet, the integral over a surface without boundary is ``2 pi``
    times its Euler characteristic, however the surface is bent. A boundary adds the total turning
    of its edge.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
    n_neighbors : int or "auto", default="auto"
        Number of neighbours for the curvature, as in `Curvature`.
    n_volume_neighbors : int, default=20
        Number of neighbours for the area of each point, as in `VolumeDensity`.
    n_jobs : int, default=None
        Number of threads of the neighbour search.

    Returns
    -------
    TotalCurvature

    Notes
    -----
    Measured without noise, three samples each, 500 and 1,000 points: spheres 1.98 to 2.01
    instead of 2, tori of radii 1 and 0.5 0.10 to 0.26 and 0.05 to 0.08 instead of 0.

    References
    ----------
    .. [1] M. do Carmo, "Differential geometry of curves and surfaces", 1976, section 4.5.

    Examples
    --------
    >>> from tda.datasets import make_sphere, make_torus
    >>> from tda.manifold import total_curvature
    >>> sphere = total_curvature(make_sphere(1000, random_state=0))
    >>> torus = total_curvature(make_torus(1000, random_state=0))
    >>> round(sphere.euler_characteristic), abs(round(torus.euler_characteristic))
    (2, 0)
    """
    points = check_points(X)
    curvature = gaussian_curvature(points.X, n_neighbors=n_neighbors, n_jobs=n_jobs)
    _, elements = by_neighbors(points.X, 2, n_volume_neighbors, n_jobs)
    total, error = sum_over(curvature * elements)
    return TotalCurvature(total, error, total / (2 * np.pi))
