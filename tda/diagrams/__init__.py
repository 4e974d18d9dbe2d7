"""Persistence diagrams: `Diagram` for one sample, `Diagrams` for a collection."""

from ._convert import as_diagrams
from ._diagram import UNITS, Diagram
from ._diagrams import Diagrams

__all__ = ["UNITS", "Diagram", "Diagrams", "as_diagrams"]
