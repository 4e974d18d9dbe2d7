"""Diagrams -> numbers: each method turns a persistence diagram into a vector of fixed length.

Four steps change diagrams before that: `DegreeSelector`, `EssentialPolicy`, `BarFilter` and
`DiagramScaler`.
"""

from ._amplitude import Amplitude, amplitude
from ._atol import Atol, atol
from ._bar_filter import BarFilter, filter_bars
from ._betti_curve import BettiCurve, betti_curve
from ._carlsson_coordinates import CarlssonCoordinates, carlsson_coordinates
from ._complex_polynomial import ComplexPolynomial, complex_polynomial
from ._crocker import Crocker, crocker
from ._degree_selector import DegreeSelector, select_degrees
from ._diagram_scaler import DiagramScaler, scale_diagrams
from ._entropy_curve import EntropyCurve, entropy_curve
from ._essential_policy import EssentialPolicy, apply_essential_policy
from ._euler_curve import EulerCurve, euler_curve
from ._lifetimes import BarCount, Lifetimes, count_bars, longest_lifetimes
from ._persistence_entropy import PersistenceEntropy, persistence_entropy
from ._persistence_image import PersistenceImage, persistence_image
from ._persistence_landscape import PersistenceLandscape, persistence_landscape
from ._persistence_statistics import PersistenceStatistics, persistence_statistics
from ._silhouette import Silhouette, silhouette
from ._template_functions import TemplateFunctions, template_functions
from ._topological_vector import TopologicalVector, topological_vector
from ._tropical_coordinates import TropicalCoordinates, tropical_coordinates

__all__ = [
    "Amplitude",
    "Atol",
    "BarCount",
    "BarFilter",
    "BettiCurve",
    "CarlssonCoordinates",
    "ComplexPolynomial",
    "Crocker",
    "DegreeSelector",
    "DiagramScaler",
    "EntropyCurve",
    "EssentialPolicy",
    "EulerCurve",
    "Lifetimes",
    "PersistenceEntropy",
    "PersistenceImage",
    "PersistenceLandscape",
    "PersistenceStatistics",
    "Silhouette",
    "TemplateFunctions",
    "TopologicalVector",
    "TropicalCoordinates",
    "amplitude",
    "apply_essential_policy",
    "atol",
    "betti_curve",
    "carlsson_coordinates",
    "complex_polynomial",
    "count_bars",
    "crocker",
    "entropy_curve",
    "euler_curve",
    "filter_bars",
    "longest_lifetimes",
    "persistence_entropy",
    "persistence_image",
    "persistence_landscape",
    "persistence_statistics",
    "scale_diagrams",
    "select_degrees",
    "silhouette",
    "template_functions",
    "topological_vector",
    "tropical_coordinates",
]
