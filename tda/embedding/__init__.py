"""From a cloud to coordinates: of few dimensions, or angles around its loops."""

from ._circular import CircularCoordinates, circular_correlation, toroidal_coordinates
from ._embedding import Embedding
from ._landmark_isomap import LandmarkIsomap, landmark_mds

__all__ = [
    "CircularCoordinates",
    "Embedding",
    "LandmarkIsomap",
    "circular_correlation",
    "landmark_mds",
    "toroidal_coordinates",
]
