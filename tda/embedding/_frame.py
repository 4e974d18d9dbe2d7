"""The frame that a cloud is embedded in: where it lies and how large it is, out of the way.

Libraries of embeddings take squares, some in single precision. A cloud far from the origin, or with
a size far from 1, would lose some or all of its digits there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from .._units import power_of_two

__all__ = ["Frame", "own_frame"]

#: A cloud of an extent between these is left as large as it is.
SMALL, LARGE = 1e-6, 1e6
#: A cloud no farther from the origin than so many of its extents is left where it is.
FAR = 1e3


class Frame(NamedTuple):
    """Points are embedded as ``(X - shift) / unit``.

    Attributes
    ----------
    shift : array of shape (n_features,), or 0.0
    unit : float
        A power of two, so that dividing by it rounds nothing.
    """

    shift: np.ndarray | float
    unit: float

    def enter(self, X):
        """Points, or distances, in the frame."""
        if np.any(self.shift):
            X = X - self.shift
        return X if self.unit == 1.0 else X / self.unit


def own_frame(X, metric):
    """The frame of a cloud: that of the world where it is in the range of all libraries.

    Parameters
    ----------
    X : array of shape (n_points, n_features), or distances, dense or sparse
    metric : str or callable
        That is taken. Only Euclidean and given distances are known to be free of the frame.
    """
    if not isinstance(metric, str) or metric not in ("euclidean", "precomputed"):
        return Frame(0.0, 1.0)
    if metric == "precomputed":
        values = X.data if sparse.issparse(X) else X
        size = float(np.max(values, initial=0.0, where=np.isfinite(values)))
        shift = 0.0
    else:
        low, high = X.min(axis=0), X.max(axis=0)
        size = float((high - low).max())
        middle = low + (high - low) / 2
        shift = middle if np.abs(middle).max() > FAR * size else 0.0
    return Frame(shift, 1.0 if SMALL <= size <= LARGE else power_of_two(size))
