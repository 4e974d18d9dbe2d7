"""From a cloud to coordinates: of few dimensions, or angles around its loops; and what was lost."""

from ._circular import CircularCoordinates, circular_correlation, toroidal_coordinates
from ._embedding import Embedding
from ._fidelity import EmbeddingReport, embedding_report
from ._inductive_bias import BiasScore, InductiveBiasReport, inductive_bias_report
from ._landmark_isomap import LandmarkIsomap, landmark_mds
from ._neighbor_scores import NeighborScores, PointScores, neighbor_scores
from ._shape_change import DiagramChange

__all__ = [
    "BiasScore",
    "CircularCoordinates",
    "DiagramChange",
    "Embedding",
    "EmbeddingReport",
    "InductiveBiasReport",
    "LandmarkIsomap",
    "NeighborScores",
    "PointScores",
    "circular_correlation",
    "embedding_report",
    "inductive_bias_report",
    "landmark_mds",
    "neighbor_scores",
    "toroidal_coordinates",
]
