"""What a topic is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np


class Family(NamedTuple):
    """One kind of input in several sizes, and the engines that are asked for the answers."""

    name: str
    task: str  # a key of TASKS in peers/<engine>.py
    make: Callable[[int], np.ndarray]  # size -> input
    sizes: tuple[int, ...]
    quick: tuple[int, ...]
    peers: tuple[str, ...]
    options: Mapping = {}
    # Size of the input that each engine warms up on: tiny, but large enough to go the same way
    # through it as the real one, or else its compilation would be counted.
    warm_up: int = 60
    # How far numbers may be apart, relative to the largest; by default what their format allows.
    tolerance: float | None = None
