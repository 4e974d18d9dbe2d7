"""Clusters: one for each peak of density that stands out from the saddles around it."""

from ._density import neighbor_log_density
from ._hierarchy import ModeTree, mode_tree
from ._tomato import ToMATo

__all__ = ["ModeTree", "ToMATo", "mode_tree", "neighbor_log_density"]
