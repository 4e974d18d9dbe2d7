"""Graphs of series: who sees whom, and which ordinal pattern follows which."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._memory import require_bytes
from ._check import SeriesTransformer, check_count, check_series
from ._entropy import LONGEST, lehmer_patterns

__all__ = ["OrdinalNetwork", "SeriesGraph", "ordinal_network", "visibility_graph"]

KINDS = ("natural", "horizontal", "ordinal")


class OrdinalNetwork(NamedTuple):
    """What `ordinal_network` found.

    Attributes
    ----------
    transitions : scipy.sparse.csr_array of shape (n_patterns, n_patterns)
        How often the pattern of the column came right after that of the row.
    patterns : int64 ndarray of shape (n_patterns,)
        The number of each pattern that occurs, as `ordinal_patterns` has it, ascending.
    """

    transitions: object
    patterns: np.ndarray


def visibility_graph(x, *, kind="natural"):
    """The graph of the steps of a series that see each other.

    Think of the values as heights of walls. Two steps are joined if nothing between them stands
    in the way: in a straight line from top to top ("natural"), or on the level ("horizontal").

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    kind : {"natural", "horizontal"}, default="natural"
        Natural: all between lie below the line that joins the two values. Horizontal: all between
        are lower than both values.

    Returns
    -------
    graph : scipy.sparse.csr_array of shape (n_times, n_times)
        Symmetric, 1.0 at each edge. ``networkx.from_scipy_sparse_array`` reads it.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or infinite values.

    See Also
    --------
    SeriesGraph : Distances in these graphs, for `RipsPersistence`.

    Notes
    -----
    Natural [1]_: by division at the highest value, O(n log n) time for noise and O(n²) for
    monotone series. Horizontal [2]_: with a stack in O(n) time; at most 2n - 3 edges.

    References
    ----------
    .. [1] L. Lacasa, B. Luque, F. Ballesteros, J. Luque, J. C. Nuño, "From time series to complex
       networks: the visibility graph", PNAS 105, 2008.
    .. [2] B. Luque, L. Lacasa, F. Ballesteros, J. Luque, "Horizontal visibility graphs", Physical
       Review E 80, 2009.

    Examples
    --------
    >>> from tda.series import visibility_graph
    >>> visibility_graph([3, 1, 2], kind="horizontal").toarray()
    array([[0., 1., 1.],
           [1., 0., 1.],
           [1., 1., 0.]])
    """
    if kind not in KINDS[:2]:
        raise ValueError(f"kind={kind!r}; it must be one of {KINDS[:2]}")
    return _visibility(check_series(x, name="x"), kind)


def _visibility(x, kind):
    from scipy.sparse import csr_array

    if kind == "horizontal":
        first, second = _horizontal_edges(x.tolist())
    else:
        from .._kernels.visibility import natural_edges

        first, second = natural_edges(x)
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(x), len(x)))


def _horizontal_edges(values):
    """Each value sees those before it that are still in sight, up to one as high as itself."""
    first, second, in_sight = [], [], []
    for j, value in enumerate(values):
        while in_sight:
            i = in_sight[-1]
            first.append(i)
            second.append(j)
            if values[i] > value:
                break
            in_sight.pop()
            if values[i] == value:
                break
        in_sight.append(j)
    return np.array(first, dtype=np.int32), np.array(second, dtype=np.int32)


def ordinal_network(x, *, length=3, delay=1):
    """The graph of ordinal patterns of a series: which one comes after which, and how often.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    length : int, default=3
        Number of values in a pattern, 2 to 20. For a network of a cycle take 5 to 7.
    delay : int, default=1
        Steps between these values.

    Returns
    -------
    OrdinalNetwork
        ``transitions``, a sparse matrix of counts, and the ``patterns`` of its rows.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or is too short for one pattern.

    Notes
    -----
    The ordinal partition network [1]_; steps that stay in a pattern are on the diagonal. Its Rips
    persistence by lengths of paths (`SeriesGraph`) tells periodic from chaotic series [2]_.

    References
    ----------
    .. [1] M. McCullough, M. Small, T. Stemler, H. Ho-Ching Iu, "Time lagged ordinal partition
       networks for capturing dynamics of continuous dynamical systems", Chaos 25, 2015.
    .. [2] A. Myers, E. Munch, F. A. Khasawneh, "Persistent homology of complex networks for
       dynamic state detection", Physical Review E 100, 2019.

    Examples
    --------
    >>> from tda.series import ordinal_network
    >>> network = ordinal_network([0, 1, 0, 1, 0, 1], length=2)
    >>> network.transitions.toarray()
    array([[0., 2.],
           [2., 0.]])
    """
    x = check_series(x, name="x")
    length, delay = check_count("length", length, 2), check_count("delay", delay, 1)
    if length > LONGEST:
        raise ValueError(f"length={length}; patterns of at most {LONGEST} values have a number.")
    return _ordinal(x, length, delay, "x")


def _ordinal(x, length, delay, name):
    from scipy.sparse import csr_array

    patterns, at = np.unique(lehmer_patterns(x, length, delay, name), return_inverse=True)
    n = len(patterns)
    moves, counts = np.unique(at[:-1] * n + at[1:], return_counts=True)
    transitions = csr_array((counts.astype(float), (moves // n, moves % n)), shape=(n, n))
    return OrdinalNetwork(transitions, patterns)


class SeriesGraph(SeriesTransformer):
    """Distances in a graph of each series (per shape: `X` is a list or an array of series).

    The number of edges on the shortest path between any two nodes. The matrices go to
    ``RipsPersistence(metric="precomputed")``.

    Parameters
    ----------
    kind : {"natural", "horizontal", "ordinal"}, default="ordinal"
        Which graph: the two visibility graphs, whose nodes are the steps, or the ordinal
        partition network, whose nodes are the patterns that occur and whose edges join patterns
        that follow each other.
    length : int, default=6
        Of "ordinal": the number of values in a pattern, 2 to 20.
    delay : int, default=1
        Of "ordinal": steps between these values.

    See Also
    --------
    tda.series.visibility_graph, tda.series.ordinal_network : The graphs themselves.

    Notes
    -----
    A matrix of visibility takes 8 n_times² bytes, and its shortest paths O(n_times * n_edges)
    time.

    Examples
    --------
    The patterns of a wave follow each other in a ring: one loop. Those of noise make many.

    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import BarCount, RipsPersistence, SeriesGraph
    >>> X = [np.sin(np.arange(500) / 5), np.random.default_rng(0).normal(size=500)]
    >>> rips = RipsPersistence(metric="precomputed")
    >>> loops = make_pipeline(SeriesGraph(delay=5), rips, BarCount(degrees=[1]))
    >>> loops.fit_transform(X)
    array([[  1.],
           [121.]])
    """

    _result = "graph"

    _parameter_constraints: ClassVar[dict] = {
        "kind": [StrOptions(set(KINDS))],
        "length": [Interval(Integral, 2, LONGEST, closed="both")],
        "delay": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, *, kind="ordinal", length=6, delay=1):
        self.kind = kind
        self.length = length
        self.delay = delay

    def _one(self, x, name):
        from scipy.sparse.csgraph import shortest_path

        if self.kind == "ordinal":
            graph = _ordinal(x, self.length, self.delay, name).transitions
            graph.setdiag(0)
            graph.eliminate_zeros()
        else:
            require_bytes(
                24 * len(x) ** 2,
                f"The distances between {len(x):,} steps",
                "Take windows of the series, or every k-th value.",
            )
            graph = _visibility(x, self.kind)
        return shortest_path(graph, directed=False, unweighted=True)
