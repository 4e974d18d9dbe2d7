"""The geometry of the manifold that a cloud was drawn from: at every point, and between points."""

from ._curvature import Curvature, gaussian_curvature, mean_curvature_vector, sectional_curvature
from ._tangent_spaces import TangentSpaces, principal_angles, tangent_frames

__all__ = [
    "Curvature",
    "TangentSpaces",
    "gaussian_curvature",
    "mean_curvature_vector",
    "principal_angles",
    "sectional_curvature",
    "tangent_frames",
]
