"""The geometry of the manifold that a cloud was drawn from: at every point, and between points."""

from ._curvature import Curvature, gaussian_curvature, mean_curvature_vector, sectional_curvature
from ._geodesic import GeodesicDistance, geodesic_matrix, geodesic_path, path_length
from ._logarithm import angle_at, logarithm_map
from ._tangent_spaces import TangentSpaces, principal_angles, tangent_frames
from ._total_curvature import TotalCurvature, total_curvature
from ._volume_density import Volume, VolumeDensity, ball_volume, manifold_volume

__all__ = [
    "Curvature",
    "GeodesicDistance",
    "TangentSpaces",
    "TotalCurvature",
    "Volume",
    "VolumeDensity",
    "angle_at",
    "ball_volume",
    "gaussian_curvature",
    "geodesic_matrix",
    "geodesic_path",
    "logarithm_map",
    "manifold_volume",
    "mean_curvature_vector",
    "path_length",
    "principal_angles",
    "sectional_curvature",
    "tangent_frames",
    "total_curvature",
]
