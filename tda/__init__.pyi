# The map of the package: every public name and the room it lives in.

from . import datasets, plot
from .diagrams import Diagram, Diagrams, as_diagrams
from .features import BettiCurve, PersistenceImage
from .holes import HoleCount, HoleCounter, count_holes, hole_significance
from .homology import (
    AlphaPersistence,
    CubicalPersistence,
    RipsPersistence,
    alpha_diagram,
    cubical_diagram,
    representative_cycle,
    rips_diagram,
)

__all__ = [
    "AlphaPersistence",
    "BettiCurve",
    "CubicalPersistence",
    "Diagram",
    "Diagrams",
    "HoleCount",
    "HoleCounter",
    "PersistenceImage",
    "RipsPersistence",
    "alpha_diagram",
    "as_diagrams",
    "count_holes",
    "cubical_diagram",
    "datasets",
    "hole_significance",
    "plot",
    "representative_cycle",
    "rips_diagram",
]
