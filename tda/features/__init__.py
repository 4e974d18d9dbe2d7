"""Diagrams -> numbers: each method turns a persistence diagram into a vector of fixed length."""

from ._betti_curve import BettiCurve, betti_curve
from ._persistence_image import PersistenceImage, persistence_image

__all__ = ["BettiCurve", "PersistenceImage", "betti_curve", "persistence_image"]
