"""One cloud, its complex and its diagrams, for whatever draws it again."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from ..._points import distinct_points
from ..._validation import check_cloud
from ..._words import counted
from ...homology import alpha_diagram, rips_diagram
from .._dependence import check_dependence, dependence_length
from .._input import choose_complex, choose_dimension, prepare

__all__ = ["Cloud", "block_length", "block_rows", "check_integer", "check_level", "cloud_of"]


@dataclass(frozen=True)
class Cloud:
    """Distinct points in as few coordinates as they span.

    Attributes
    ----------
    X : array of shape (n_points, rank)
    rows : array of shape (n_rows, rank)
        The point of each row that was given, in their order.
    complex : {"alpha", "rips"}
    max_dimension : int
    """

    X: np.ndarray
    rows: np.ndarray
    complex: str
    max_dimension: int

    @property
    def scale(self):
        """By how much a diagram moves at most when each point moves by 1."""
        return 1.0 if self.complex == "alpha" else 2.0

    def diagram(self, X=None, *, representatives=False):
        """The diagram of this cloud, or of another in its coordinates."""
        X = self.X if X is None else distinct_points(np.ascontiguousarray(X)).X
        door = alpha_diagram if self.complex == "alpha" else rips_diagram
        return door(X, max_dimension=self.max_dimension, representatives=representatives)


def cloud_of(X, complex="auto", max_dimension=None, least=4):
    """The `Cloud` of checked data."""
    X = check_cloud(X)
    if complex not in ("auto", "alpha", "rips"):
        raise ValueError(f"complex={complex!r}; it must be 'auto', 'alpha' or 'rips'")
    if max_dimension is not None and max_dimension not in (0, 1, 2):
        raise ValueError(f"max_dimension={max_dimension!r}; it must be 0, 1, 2 or None")
    points, _, rank, *_, inverse = prepare(X, "euclidean", False)
    if len(points) < least:
        found = counted(len(points), "distinct point")
        raise ValueError(f"X has {found}, but it takes {least} or more")
    complex = choose_complex(complex, "euclidean", rank)
    return Cloud(points, points[inverse], complex, choose_dimension(max_dimension, complex, rank))


def check_level(level):
    if not (isinstance(level, Real) and 0 < level < 1):
        raise ValueError(f"level={level!r}, but it lies between 0 and 1")


def check_integer(name, value, least=1):
    if not (isinstance(value, Integral) and not isinstance(value, bool) and value >= least):
        raise ValueError(f"{name}={value!r}; it must be an integer from {least} on")


def block_length(rows, dependence):
    """How many rows in a row a block of the bootstrap has: 1 for independent rows."""
    check_dependence(dependence)
    if dependence is None:
        return 1
    length = dependence_length(rows) if isinstance(dependence, str) else dependence
    return int(np.clip(np.ceil(length), 1, len(rows)))


def block_rows(n, length, rng):
    """`n` rows drawn with replacement in blocks of neighbours, which may go around the end.

    The circular block bootstrap (Politis, Romano, 1992); with blocks of one row the bootstrap.
    """
    starts = rng.randint(n, size=-(-n // length))
    return ((starts[:, None] + np.arange(length)) % n).ravel()[:n]
