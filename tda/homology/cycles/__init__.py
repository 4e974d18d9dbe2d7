"""Cycles of bars: at birth, the shortest loops, the smallest volumes; by kind of complex."""

from ._alpha import AlphaCycles
from ._cubical import CubicalCycles
from ._rips import RipsCycles

__all__ = ["AlphaCycles", "CubicalCycles", "RipsCycles"]
