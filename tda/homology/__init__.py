"""Data to persistence diagrams: Rips and alpha complexes of clouds, cubical complexes of images."""

from ._alpha import AlphaPersistence, alpha_diagram
from ._cloud_components import cloud_components
from ._cocycles import representative_cocycle, representative_cocycles
from ._cubical import CubicalPersistence, cubical_diagram
from ._density import DensityPersistence, density_diagram
from ._dtm import DTMPersistence, distance_to_measure, dtm_diagram
from ._representatives import representative_cycle, representative_cycles
from ._rips import RipsPersistence, rips_diagram
from ._volume_components import volume_components

__all__ = [
    "AlphaPersistence",
    "CubicalPersistence",
    "DTMPersistence",
    "DensityPersistence",
    "RipsPersistence",
    "alpha_diagram",
    "cloud_components",
    "cubical_diagram",
    "density_diagram",
    "distance_to_measure",
    "dtm_diagram",
    "representative_cocycle",
    "representative_cocycles",
    "representative_cycle",
    "representative_cycles",
    "rips_diagram",
    "volume_components",
]
