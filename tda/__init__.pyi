# The map of the package: every public name and the room it lives in.

from . import datasets, dimension, distances, images, plot
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
from .images import (
    DensityFiltration,
    DilationFiltration,
    ErosionFiltration,
    HeightFiltration,
    ImageBinarizer,
    RadialFiltration,
    SignedDistanceFiltration,
)

__all__ = [
    "AlphaPersistence",
    "BettiCurve",
    "CubicalPersistence",
    "DensityFiltration",
    "Diagram",
    "Diagrams",
    "DilationFiltration",
    "ErosionFiltration",
    "HeightFiltration",
    "Hole",
    "HoleCount",
    "HoleCounter",
    "ImageBinarizer",
    "PersistenceImage",
    "PersistenceLandscape",
    "RadialFiltration",
    "RipsPersistence",
    "SignedDistanceFiltration",
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
    "images",
    "persistence_image",
    "persistence_landscape",
    "plot",
    "representative_cycle",
    "rips_diagram",
    "silhouette",
]
