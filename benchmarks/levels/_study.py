"""The two kinds of study: how often a test errs where nothing is there, and how often it finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["NOMINAL", "Level", "Power"]

#: The levels at which a test is held to its word.
NOMINAL = (0.01, 0.05, 0.1)


class Level(NamedTuple):
    """A test on data without what it looks for.

    Attributes
    ----------
    test, null : str
        What is tested, and on what noise.
    n : int
        Points, samples or times.
    p_value : callable (seed) -> float
        The p-value of one run, corrected for everything that it looks at.
    seeds : int
        How many runs are affordable, where it is fewer than are asked for.
    """

    test: str
    null: str
    n: int
    p_value: Callable
    seeds: int = 1000


class Power(NamedTuple):
    """A test on data with more and more of what it looks for.

    Attributes
    ----------
    test, shape : str
        What is tested, and on what. Curves of one `shape` are drawn in one panel.
    axis : str
        What `values` are, with their unit.
    values : sequence of float
    p_value : callable (value, seed) -> float
    seeds : int
    """

    test: str
    shape: str
    axis: str
    values: tuple
    p_value: Callable
    seeds: int = 200
