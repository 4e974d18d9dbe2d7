"""Diagrams -> numbers: each method turns a persistence diagram into a vector of fixed length."""

from ._betti_curve import BettiCurve, betti_curve
from ._persistence_image import PersistenceImage, persistence_image
from ._persistence_landscape import PersistenceLandscape, persistence_landscape
from ._silhouette import Silhouette, silhouette

__all__ = [
    "BettiCurve",
    "PersistenceImage",
    "PersistenceLandscape",
    "Silhouette",
    "betti_curve",
    "persistence_image",
    "persistence_landscape",
    "silhouette",
]
