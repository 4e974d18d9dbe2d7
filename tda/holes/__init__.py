"""From diagrams to the number of holes, with p-values."""

from ._count import count_holes
from ._counter import HoleCounter
from ._filter import HoleFilter, filter_holes
from ._hole_count import HoleCount
from ._images import ImageHoleCount, ImageHoleCounter, count_image_holes, otsu_threshold
from ._significance import Hole, hole_significance
from .resampling import (
    HoleIntervals,
    HolePower,
    PersistenceBand,
    hole_intervals,
    persistence_band,
    points_for_power,
    simulated_significance,
)

__all__ = [
    "Hole",
    "HoleCount",
    "HoleCounter",
    "HoleFilter",
    "HoleIntervals",
    "HolePower",
    "ImageHoleCount",
    "ImageHoleCounter",
    "PersistenceBand",
    "count_holes",
    "count_image_holes",
    "filter_holes",
    "hole_intervals",
    "hole_significance",
    "otsu_threshold",
    "persistence_band",
    "points_for_power",
    "simulated_significance",
]
