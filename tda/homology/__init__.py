"""Data to persistence diagrams: Rips and alpha complexes of clouds, cubical ones of images."""

from ._alpha import AlphaPersistence, alpha_diagram
from ._cubical import CubicalPersistence, cubical_diagram
from ._representatives import representative_cycle
from ._rips import RipsPersistence, rips_diagram

__all__ = [
    "AlphaPersistence",
    "CubicalPersistence",
    "RipsPersistence",
    "alpha_diagram",
    "cubical_diagram",
    "representative_cycle",
    "rips_diagram",
]
