"""Diagrams -> numbers: each method turns a persistence diagram into a vector of fixed length."""

from ._betti_curve import BettiCurve, betti_curve
from ._carlsson_coordinates import CarlssonCoordinates, carlsson_coordinates
from ._complex_polynomial import ComplexPolynomial, complex_polynomial
from ._persistence_image import PersistenceImage, persistence_image
from ._persistence_landscape import PersistenceLandscape, persistence_landscape
from ._silhouette import Silhouette, silhouette
from ._tropical_coordinates import TropicalCoordinates, tropical_coordinates

__all__ = [
    "BettiCurve",
    "CarlssonCoordinates",
    "ComplexPolynomial",
    "PersistenceImage",
    "PersistenceLandscape",
    "Silhouette",
    "TropicalCoordinates",
    "betti_curve",
    "carlsson_coordinates",
    "complex_polynomial",
    "persistence_image",
    "persistence_landscape",
    "silhouette",
    "tropical_coordinates",
]
