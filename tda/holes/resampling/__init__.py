"""What of a diagram is sure: bands, intervals, power, and nulls for any complex."""

from ._bands import PersistenceBand, persistence_band
from ._intervals import HoleIntervals, hole_intervals
from ._null_test import simulated_significance
from ._power import HolePower, points_for_power

__all__ = [
    "HoleIntervals",
    "HolePower",
    "PersistenceBand",
    "hole_intervals",
    "persistence_band",
    "points_for_power",
    "simulated_significance",
]
