"""Engines of each complex beside a peer, one file a complex, for `agree.py`.

A file has `CASES`. A case has a name, "complex/engine", what it is compared with, and a function:
from a random generator to what is compared, triples of bars of ours, bars of the peer, and what
they may differ by. It is None where the engine leaves the input to another. A failed assertion is a
disagreement, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Case"]


class Case(NamedTuple):
    name: str
    peer: str
    compare: Callable
