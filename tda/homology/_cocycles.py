"""From a bar to a cocycle on the simplices of its complex, which tells cycles around it apart."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from ._representatives import chosen_bars, finder

__all__ = ["representative_cocycle", "representative_cocycles"]


def representative_cocycle(X, diagram, bar, *, metric="euclidean", weights=None) -> np.ndarray:
    """A cocycle of one bar over the field of its diagram: values on simplices.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or a distance matrix
        What the diagram was computed from.
    diagram : Diagram
        A Rips, alpha, weighted alpha or DTM diagram, over any field. If it has simplices
        (``representatives=True``), they decide between bars of equal values.
    bar : int
        Index of the bar in ``diagram.births``.
    metric : str or callable, default="euclidean"
        The metric of a Rips diagram; with "precomputed" X is a distance matrix.
    weights : array-like of shape (n_points,), default=None
        As in `representative_cycle`.

    Returns
    -------
    ndarray of int64, of shape (n_entries, degree + 2)
        Rows of the vertices of a simplex, in order, and its value, 1 … p - 1. On all other
        simplices that enter before the death the value is 0. In degree 0: the points of the
        component just before it ends, each with the value 1; a Rips diagram has to have simplices
        for that.

    Raises
    ------
    ValueError
        If the diagram does not belong to the data, or is of another complex.
    MemoryError
        Before the cocycle takes memory that is not there.

    Notes
    -----
    In the complex just before the death the cocycle is no coboundary, and before the birth it is
    one: it is not 0 on a cycle that is born with the bar, and 0 on each one that is filled before.
    So it counts, modulo p, how often a cycle goes around this hole.

    Rips: as ``rips_diagram(..., cocycles=True)``, which has the cost, but of the bars asked for
    alone. Alpha: the coboundary matrix is reduced [1]_, in O(n**3) for n simplices and mostly near
    n. Cubical complexes have no cocycles here.

    References
    ----------
    .. [1] V. de Silva, D. Morozov, M. Vejdemo-Johansson, "Dualities in persistent (co)homology",
       Inverse Problems 27, 2011.

    Examples
    --------
    The loop of a square is seen where it crosses one side.

    >>> from tda import alpha_diagram, representative_cocycle
    >>> square = [[0, 0], [0, 2], [2, 2], [2, 0]]
    >>> diagram = alpha_diagram(square)
    >>> representative_cocycle(square, diagram, len(diagram) - 1).shape
    (1, 3)
    """
    found = finder(X, diagram, metric, weights, "cells")
    if not isinstance(bar, Integral) or not 0 <= bar < len(diagram):
        raise ValueError(f"bar={bar!r}, but the diagram has bars 0 … {len(diagram) - 1}")
    return _cocycles(found, diagram, np.array([int(bar)]))[int(bar)]


def representative_cocycles(
    X, diagram, *, n_bars=20, degree=None, bars=None, metric="euclidean", weights=None
) -> dict[int, np.ndarray]:
    """Cocycles of the longest bars, as of `representative_cocycle`; the complex is made once.

    Parameters
    ----------
    X, diagram, metric, weights
        As in `representative_cocycle`.
    n_bars : int, default=20
        How many bars at most, the longest ones.
    degree : int, default=None
        Their degree; by default all degrees from 1 on.
    bars : array-like of int, default=None
        Which bars, in place of the longest ones.

    Returns
    -------
    dict of int to ndarray of int64
        The cocycle of each bar by its index, the longest bar first, or in the order of `bars`.

    Raises
    ------
    ValueError, MemoryError
        As `representative_cocycle`.

    Examples
    --------
    An octahedron has a void, which each of its triangles shows.

    >>> import numpy as np
    >>> from tda import representative_cocycles, rips_diagram
    >>> X = np.concatenate([np.eye(3), -np.eye(3)])
    >>> diagram = rips_diagram(X, max_dimension=2, field=3)
    >>> {bar: len(cocycle) for bar, cocycle in representative_cocycles(X, diagram).items()}
    {6: 1}
    """
    found = finder(X, diagram, metric, weights, "cells")
    return _cocycles(found, diagram, chosen_bars(diagram, n_bars, degree, bars))


def _cocycles(found, diagram, bars):
    """Cocycles of bars, by their indices, in this order."""
    if not hasattr(found, "cocycles"):
        raise ValueError(
            f"a diagram of filtration {diagram.filtration!r} has no cocycles: it must be of a Rips "
            "or an alpha complex."
        )
    above = bars[diagram.dims[bars] > 0].tolist()
    known = found.cocycles(diagram, list(dict.fromkeys(above))) if above else {}
    for bar in bars[diagram.dims[bars] == 0].tolist():
        members = np.sort(found.volume(diagram, bar))
        known[bar] = np.column_stack([members, np.ones_like(members)])
    return {bar: known[bar] for bar in bars.tolist()}
