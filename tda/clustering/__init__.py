"""Clusters: one for each peak of density that stands out from the saddles around it."""

from ._hierarchy import ModeTree, mode_tree
from ._tomato import ToMATo

__all__ = ["ModeTree", "ToMATo", "mode_tree"]
