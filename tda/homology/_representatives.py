"""From a bar to a cycle on the points or pixels of the data: it shows where the hole is."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from .._validation import check_cloud, check_distance_matrix, check_image
from ..diagrams import Diagram
from .cycles import AlphaCycles, CubicalCycles, RipsCycles

__all__ = ["representative_cycle", "representative_cycles"]

HOW = ("birth", "tight", "volume")


def representative_cycle(
    X,
    diagram,
    bar,
    *,
    how="birth",
    scale=None,
    metric="euclidean",
    weights=None,
    construction="cells",
) -> np.ndarray:
    """A cycle on the points of a cloud, or the pixels of an image, that represents one bar.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or an image, or a distance matrix
        What the diagram was computed from.
    diagram : Diagram
        A Rips, alpha, weighted alpha, DTM or cubical diagram. Rips diagrams need
        ``representatives=True``. For the others it decides between bars of equal values.
    bar : int
        Index of the bar in ``diagram.births``.
    how : {"birth", "tight", "volume"}, default="birth"
        Which cycle. "birth" is there from the birth on, and not earlier. "tight" is the shortest
        closed path around the hole, for bars of degree 1; in other degrees as "birth". "volume" is
        the boundary of the fewest cells that fill the hole, for alpha and cubical complexes. In
        degree 0 "volume" is the component just before it ends.
    scale : float, default=None
        Where the edges of a tight path are taken from, at least the birth and less than the death.
        A larger scale has longer edges, and paths that cut corners. By default the geometric mean
        of birth and death; of images, and where the birth is not positive, the mean.
    metric : str or callable, default="euclidean"
        The metric of a Rips diagram; with "precomputed" X is a distance matrix.
    weights : array-like of shape (n_points,), default=None
        The weights of a weighted alpha diagram. For one of `dtm_diagram` they are
        ``-distance_to_measure(X, mass=mass)**2``.
    construction : {"cells", "vertices"}, default="cells"
        That of a cubical diagram.

    Returns
    -------
    ndarray of int64
        Points, or flat indices of pixels. Degree 0: shape (1,), the point that the component is
        born with; with "volume" its members. Degree 1: shape (m,), a closed path in order; with
        "volume" shape (m, 2), edges of one or several loops. Degree k from 2 on: shape (m, k + 1),
        the triangles of a closed surface, and so on. A void of an image: shape (m,), the pixels
        around it.

    Raises
    ------
    ValueError
        If the diagram does not belong to the data, has no simplices though they are needed, or
        there is no such cycle for its complex and degree.

    Warns
    -----
    UserWarning
        If a tight path is not known to be the shortest one, or a volume to be the least, since the
        search was given up.

    Notes
    -----
    "birth", degree 1: the edge of birth, closed by the path between its ends that is shortest in
    the edges that came before it. So it is the shortest cycle that is born with the bar. Voids of
    alpha complexes: the boundary of the region that the ball of death lies in and that the complex
    at birth encloses. Otherwise a column of the reduced boundary matrix over Z/2. Of Rips
    complexes it is shortened: where it has most faces of a simplex, the others take their place,
    until there are none such. That is a local search, and the least cycle may have fewer.

    "tight": among all closed paths of the complex at `scale`, of those that show the bar, the
    shortest. A path shows the bar if it and the cycle at birth differ, just before the death,
    by a boundary and by cycles that were there before the birth. So a path may pass on either
    side of a hole that is filled before. If there is a path that is itself a boundary at the death,
    and at most twice as long, it is taken (alpha and cubical complexes). Classes are told apart
    by words of 64 random bits, wrongly with a chance of 1e-15 or so; the search is exact, by
    Dijkstra's algorithm on pairs of a vertex and a class [1]_, [2]_, and by branch and bound on
    the vertex where the path begins.

    "volume": of the cells that enter between birth and death and whose boundary is there at birth,
    the fewest that fill the hole [3]_. In the top degree exactly, by a search of the dual graph;
    in degree 1 of space by linear programming over the real numbers in a ball, which grows until
    no volume that leaves it can be less: prices of the edges prove it for the whole complex. If
    that takes too many triangles, a warning says how many the least one has at least.

    All cycles are over Z/2, also where the diagram is over another field.

    References
    ----------
    .. [1] J. Erickson, K. Whittlesey, "Greedy optimal homotopy and homology generators",
       Symposium on Discrete Algorithms, 2005.
    .. [2] T. K. Dey, T. Li, Y. Wang, "An efficient algorithm for 1-dimensional (persistent) path
       homology", Discrete & Computational Geometry 68, 2022, for annotations.
    .. [3] I. Obayashi, "Volume-optimal cycle: tightest representative cycle of a generator in
       persistent homology", SIAM Journal on Applied Algebra and Geometry 2, 2018.

    Examples
    --------
    >>> from tda import alpha_diagram, representative_cycle
    >>> square = [[0, 0], [0, 2], [2, 2], [2, 0], [9, 9]]
    >>> diagram = alpha_diagram(square, representatives=True)
    >>> sorted(representative_cycle(square, diagram, len(diagram) - 1).tolist())
    [0, 1, 2, 3]
    """
    found = finder(X, diagram, metric, weights, construction)
    _check_how(how, scale)
    if not isinstance(bar, Integral) or not 0 <= bar < len(diagram):
        raise ValueError(f"bar={bar!r}, but the diagram has bars 0 … {len(diagram) - 1}")
    return _cycle(found, diagram, int(bar), how, scale)


def representative_cycles(
    X,
    diagram,
    *,
    n_bars=20,
    degree=None,
    bars=None,
    how="tight",
    metric="euclidean",
    weights=None,
    construction="cells",
) -> dict[int, np.ndarray]:
    """Cycles of the longest bars, as of `representative_cycle`; the complex is made once.

    Parameters
    ----------
    X, diagram, metric, weights, construction
        As in `representative_cycle`.
    n_bars : int, default=20
        How many bars at most, the longest ones.
    degree : int, default=None
        Their degree; by default all degrees from 1 on.
    bars : array-like of int, default=None
        Which bars, in place of the longest ones.
    how : {"birth", "tight", "volume"}, default="tight"
        Which cycles, as in `representative_cycle`.

    Returns
    -------
    dict of int to ndarray of int64
        The cycle of each bar by its index, the longest bar first, or in the order of `bars`.

    Raises
    ------
    ValueError
        As `representative_cycle`.

    Examples
    --------
    >>> from tda import alpha_diagram, representative_cycles
    >>> square = [[0, 0], [0, 2], [2, 2], [2, 0]]
    >>> cycles = representative_cycles(square, alpha_diagram(square))
    >>> {bar: sorted(cycle.tolist()) for bar, cycle in cycles.items()}
    {4: [0, 1, 2, 3]}
    """
    found = finder(X, diagram, metric, weights, construction)
    _check_how(how, None)
    bars = chosen_bars(diagram, n_bars, degree, bars)
    return {bar: _cycle(found, diagram, bar, how, None) for bar in bars.tolist()}


def chosen_bars(diagram, n_bars, degree, bars):
    """The indices of the longest bars of a degree, or of those given, checked."""
    if not isinstance(n_bars, Integral) or n_bars < 1:
        raise ValueError(f"n_bars={n_bars!r}, but at least one bar is shown")
    if degree is not None and (not isinstance(degree, Integral) or degree < 0):
        raise ValueError(f"degree={degree!r}, but a degree is an integer from 0 on")
    if bars is None:
        bars = np.flatnonzero(diagram.dims == degree if degree is not None else diagram.dims > 0)
        bars = bars[np.argsort(-diagram.lifetimes[bars], kind="stable")[:n_bars]]
    else:
        bars = check_bars(bars, diagram)
    return bars


def check_bars(bars, diagram):
    found = np.asarray(bars)
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise ValueError(f"bars={bars!r}; it must be a list of indices of bars")
    outside = found[(found < 0) | (found >= len(diagram))]
    if outside.size:
        raise ValueError(
            f"bars holds {outside[0]}, but the diagram has bars 0 … {len(diagram) - 1}"
        )
    return found.astype(np.int64)


def finder(X, diagram, metric, weights, construction):
    """What finds the cycles of a diagram's filtration, on checked data."""
    if not isinstance(diagram, Diagram):
        raise ValueError(
            f"diagram is {type(diagram).__name__}, but this takes the Diagram of one sample, after "
            "the data, such as alpha_diagram(X), or one of a collection, such as diagrams[0]."
        )
    filtration = diagram.filtration
    if getattr(diagram, "error_bound", 0.0) > 0.0:
        raise ValueError(
            "the diagram is one of landmarks, and a cycle needs the points of its complex: take "
            "Y = X[rows] with the rows of tda.landmarks, and the diagram of Y without n_landmarks."
        )
    if filtration == "rips":
        precomputed = isinstance(metric, str) and metric == "precomputed"
        return RipsCycles(check_distance_matrix(X) if precomputed else check_cloud(X), metric)
    if filtration == "cubical":
        return CubicalCycles(check_image(X), construction)
    if filtration == "alpha":
        if weights is not None:
            raise ValueError("weights are given, but the diagram is one of points without weights.")
        return AlphaCycles(check_cloud(X))
    if filtration in ("weighted alpha", "dtm"):
        X = check_cloud(X)
        if weights is None:
            raise ValueError(
                f"a {filtration} diagram needs the weights of its points: pass weights=…, "
                "which for a DTM diagram are -distance_to_measure(X, mass=mass)**2."
            )
        weights = np.asarray(weights, dtype=float)
        if weights.shape != (len(X),) or not np.isfinite(weights).all():
            raise ValueError(
                f"weights has shape {weights.shape}; it must be one finite number for each of the "
                f"{len(X)} points"
            )
        return AlphaCycles(X, weights)
    raise ValueError(
        f"a diagram of filtration {filtration!r} has no cycles: it must be of a Rips, an alpha or "
        "a cubical complex."
    )


def _check_how(how, scale):
    if not isinstance(how, str) or how not in HOW:
        raise ValueError(f"how={how!r}; it must be one of {HOW}")
    if scale is not None and how != "tight":
        raise ValueError(f'scale={scale!r} is for how="tight" alone, not for how={how!r}')


def _cycle(finder, diagram, bar, how, scale):
    if how == "tight":
        cycle = finder.tight(diagram, bar, scale)
    else:
        cycle = finder.birth(diagram, bar) if how == "birth" else finder.volume(diagram, bar)
    return np.asarray(cycle, dtype=np.int64)
