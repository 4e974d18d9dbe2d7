# The map of the package: every public name and the room it lives in.

from . import datasets, dimension, distances, plot
from .diagrams import Diagram, Diagrams, as_diagrams
from .features import (
    BettiCurve,
    PersistenceImage,
    PersistenceLandscape,
    Silhouette,
    betti_curve,
    persistence_image,
    persistence_landscape,
    silhouette,
)
from .holes import Hole, HoleCount, HoleCounter, count_holes, hole_significance
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
    "Hole",
    "HoleCount",
    "HoleCounter",
    "PersistenceImage",
    "PersistenceLandscape",
    "RipsPersistence",
    "Silhouette",
    "alpha_diagram",
    "as_diagrams",
    "betti_curve",
    "count_holes",
    "cubical_diagram",
    "datasets",
    "dimension",
    "distances",
    "hole_significance",
    "persistence_image",
    "persistence_landscape",
    "plot",
    "representative_cycle",
    "rips_diagram",
    "silhouette",
]
