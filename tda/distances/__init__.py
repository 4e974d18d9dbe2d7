"""Diagrams x diagrams -> how far apart they are."""

from ._bottleneck import bottleneck_distance, bottleneck_matching
from ._common import Matching
from ._wasserstein import wasserstein_distance, wasserstein_matching

__all__ = [
    "Matching",
    "bottleneck_distance",
    "bottleneck_matching",
    "wasserstein_distance",
    "wasserstein_matching",
]
