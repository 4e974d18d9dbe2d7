"""`as_diagrams` reads diagrams in any format."""

from __future__ import annotations

import numpy as np

from . import _formats as formats
from ._diagram import Diagram
from ._diagrams import Diagrams

__all__ = ["as_diagrams"]


def as_diagrams(X, *, name="X"):
    """Return `X` as `Diagrams`, from any of the formats of the field.

    The formats are: `Diagrams`, a list of `Diagram`, a list of ripser results (dicts, or lists of
    (m, 2) arrays), a list of gudhi's ``persistence()`` lists, and giotto-tda's 3-D array.

    Raises
    ------
    ValueError
        If `X` is one sample instead of a collection, or in none of these formats.

    Examples
    --------
    >>> from tda.diagrams import as_diagrams
    >>> as_diagrams([[(0, (0.0, 1.0)), (1, (1.0, 2.0))]])
    Diagrams(1 sample, 2 bars, degrees 0 to 1, filtration unknown, field Z/2)
    """
    if isinstance(X, Diagrams):
        return X
    if isinstance(X, Diagram) or (isinstance(X, dict) and "dgms" in X):
        raise ValueError(f"{name} is the diagram of one sample: pass [{name}].")
    if isinstance(X, np.ndarray) and X.dtype != object:
        if X.ndim == 3 and X.shape[2] == 3:
            return Diagrams.from_giotto(X)
        raise ValueError(
            f"{name} is an array of shape {X.shape}, which is no format of diagrams: from clouds, "
            "compute them first (RipsPersistence, AlphaPersistence, CubicalPersistence)."
        )
    samples = formats.as_list(X, name)
    if not samples:
        raise ValueError(f"{name} is empty: there is no diagram in it.")
    if any(formats.is_bars(bars) and np.size(bars) for bars in samples):
        raise ValueError(
            f"{name} is a list of (m, 2) arrays, which is the diagram of one sample, degree by "
            f"degree: pass [{name}]. For many samples of one degree k use "
            "Diagrams(Diagram(*a.T, [k] * len(a)) for a in X)."
        )
    if formats.is_pair(samples[0]):
        raise ValueError(f"{name} is one sample in gudhi's format: pass [{name}].")
    return Diagrams(formats.any_diagram(sample, f"{name}[{i}]") for i, sample in enumerate(samples))
