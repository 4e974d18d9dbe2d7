"""Degree 0 of one cloud in parts: spanning trees of the parts, and of what lies near others."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np

from .._blocks import as_blocks
from .._geometry import spanning_tree
from .._parallel import checked_part, delayed_parts, each, over_delayed
from .._validation import check_cloud, check_samples
from ..diagrams import Diagram

__all__ = ["cloud_components"]

#: Points of a part that is cut from an array, at most.
PART_POINTS = 2**18
#: Points of a part that stand for it when the parts are first joined.
SAMPLE = 4_000
#: Room for rounding in what is near enough; a point too much costs nothing.
SLACK = 1 + 1e-9


def cloud_components(X, *, n_parts=None, n_jobs=None, checkpoint=None, verbose=False):
    """Components of one cloud at every scale, computed in parts.

    The result is that of ``rips_diagram(X, max_dimension=0)``: exact, for any parts.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), list of arrays or dask.delayed, or dask.bag.Bag
        A cloud, also one that `tda.landmarks` would read from disk; or its parts. Parts of Dask are
        made on its workers, three times, and never gathered. Parts are best apart in space: of two
        that overlap all points are looked at together.
    n_parts : int, default=None
        Parts that an array is cut into, rounded up to a power of two. By default so many that each
        has a quarter of a million points at most.
    n_jobs : int, default=None
        Parts at a time, as in joblib; engines as in `tda.RipsPersistence`.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps what is finished.
    verbose : bool, default=False
        Show progress bars.

    Returns
    -------
    Diagram
        Of degree 0; deaths are edge lengths.

    Raises
    ------
    ValueError
        For a cloud that is empty, not 2-D, or holds NaN or infinity, or parts of different widths.

    Notes
    -----
    The deaths are the lengths of a spanning tree. First the trees of the parts are joined by that
    of a sample of all. In this tree, the longest step on the path of a point to one fixed point is
    its reach. An edge between two parts that is longer than the reach of both its ends closes a
    cycle of shorter edges, so that it is not needed. So of each two parts the points are joined
    that have the other part within reach, and those near them. Of their tree the edges between the
    two are kept. Kruskal's algorithm over the edges of all parts, of the sample and of the pairs
    gives the spanning tree. Points that are far from all others have a large reach, and cost time,
    never a wrong length.

    The edges are gathered: 24 bytes a point, and as much again while they are sorted.

    References
    ----------
    .. [1] C. Jin, Z. Chen, W. Hendrix, A. Agrawal, A. Choudhary, "Incremental, distributed
       single-linkage hierarchical clustering algorithm using MapReduce", HPC 2015: the trees of all
       pairs of parts, without what is out of reach.

    Examples
    --------
    >>> import numpy as np
    >>> from tda import rips_diagram
    >>> from tda.homology import cloud_components
    >>> X = np.random.default_rng(0).uniform(size=(5000, 3))
    >>> cloud_components(X, n_parts=8) == rips_diagram(X, max_dimension=0)
    True
    """
    options = {
        "n_jobs": n_jobs,
        "label": "cloud_components" if verbose else None,
        "checkpoint": checkpoint,
    }
    parts = delayed_parts(X)
    if parts is None:
        cut = _cut(X, n_parts)
        parts = {f"X[{i}]": part for i, part in enumerate(cut)}

    trees = _on_parts(_tree, parts, [()] * len(parts), options)
    widths = sorted({tree[5].shape[1] for tree in trees})
    if len(widths) > 1:
        raise ValueError(f"the parts of X have {widths} coordinates, but they are of one cloud.")
    first = np.cumsum([0, *(tree[0] for tree in trees)])
    n = int(first[-1])
    boxes = np.array([tree[3] for tree in trees])
    pairs = [tree[1] + start for tree, start in zip(trees, first, strict=False)]
    lengths = [tree[2] for tree in trees]
    if len(trees) > 1:
        _join_samples(trees, first, pairs, lengths)
        reach = _kruskal(n, pairs, lengths)[1]
        reaches = [reach[i:j] for i, j in pairwise(first)]
        known = [(boxes, i, own) for i, own in enumerate(reaches)]
        needed = _on_parts(_furthest, parts, known, options)
        wanted = np.array(needed).T  # of part i: how near points to part j are wanted by part j
        known = [(*those, wants) for those, wants in zip(known, wanted, strict=True)]
        near = _on_parts(_near, parts, known, options)
        spots = [
            (i, j)
            for i, j in combinations(range(len(trees)), 2)
            if len(near[i][j][0]) and len(near[j][i][0])
        ]
        tasks = [(*near[i][j], *near[j][i]) for i, j in spots]
        found = each(_between, tasks, **options, key="_between")
        for (i, j), (edges, gaps) in zip(spots, found, strict=True):
            pairs.append(edges + [first[i], first[j]])
            lengths.append(gaps)
    taken, _ = _kruskal(n, pairs, lengths)
    deaths = np.sort(np.concatenate(lengths)[taken])
    deaths = np.append(deaths[deaths > 0], np.inf)
    return Diagram(
        np.zeros(len(deaths)),
        deaths,
        np.zeros(len(deaths), dtype=np.int8),
        filtration="rips",
        max_dimension=0,
    )


def _cut(X, n_parts):
    """The parts of a cloud: as they are given, or halves of halves along the longest side."""
    if isinstance(X, list | tuple) and X and all(np.ndim(part) == 2 for part in X):
        return [check_cloud(part, name=f"X[{i}]") for i, part in enumerate(check_samples(X))]
    blocks = as_blocks(X)
    X = check_cloud(X if blocks is None else blocks.whole())
    if n_parts is None:
        n_parts = -(-len(X) // PART_POINTS)
    if isinstance(n_parts, bool) or n_parts < 1 or n_parts != int(n_parts):
        raise ValueError(f"n_parts={n_parts!r}; it must be an integer from 1 on, or None.")
    parts = [X]
    while len(parts) < min(n_parts, len(X)):
        parts = [half for part in parts for half in _halves(part)]
    return [part for part in parts if len(part)]


def _halves(part):
    if len(part) < 2:
        return [part]
    axis = int(np.argmax(np.ptp(part, axis=0)))
    order = np.argpartition(part[:, axis], len(part) // 2)
    return [part[order[: len(part) // 2]], part[order[len(part) // 2 :]]]


def _on_parts(function, parts, known, options):
    """``function(part, *known)`` for each part, where the part is."""
    key = function.__name__
    first = next(iter(parts.values()), None)
    if isinstance(first, np.ndarray):
        items = list(zip(parts.values(), known, strict=True))
        return each(_Here(function), items, **options, key=key)
    import dask

    pack = dask.delayed(_packed, pure=False)
    packed = {
        name: [pack(part, more)] for (name, part), more in zip(parts.items(), known, strict=True)
    }
    return over_delayed(_There(function), packed, **options, key=key)


def _packed(part, known):
    """One cloud of a part: a bag's partition may hold several."""
    return list(part), known


class _Here:
    def __init__(self, function):
        self.function = function

    def __call__(self, item):
        part, known = item
        return self.function(part, *known)


class _There:
    def __init__(self, function):
        self.function = function

    def __call__(self, samples, place):
        clouds, known = samples[0]
        if not clouds:
            raise ValueError(f"{place} holds no cloud: drop empty partitions.")
        (cloud,) = checked_part(_one_cloud, clouds, place)
        return self.function(cloud, *known)


def _one_cloud(clouds):
    return [check_cloud(np.concatenate(clouds), name="X[0]")]


# -- what is done with a part --------------------------------------------------------------------


def _tree(X):
    """Number of points, spanning tree, bounding box, and a sample with its rows."""
    pairs, lengths = spanning_tree(X)
    rows = np.arange(0, len(X), max(-(-len(X) // SAMPLE), 1))
    return len(X), pairs, lengths, (X.min(axis=0), X.max(axis=0)), rows, X[rows]


def _furthest(X, boxes, own, reach):
    """For every part, the largest reach of a point here that has it within reach; or -1."""
    found = np.full(len(boxes), -1.0)
    for j, box in enumerate(boxes):
        if j != own:
            found[j] = np.max(reach, initial=-1.0, where=_gaps(X, box) <= reach * SLACK)
    return found


def _near(X, boxes, own, reach, wanted):
    """For every part, the points here that may have an edge to it, and their rows."""
    found = []
    for j, box in enumerate(boxes):
        limit = np.maximum(reach, wanted[j]) * SLACK
        rows = np.flatnonzero(_gaps(X, box) <= limit) if j != own else np.zeros(0, dtype=np.intp)
        found.append((rows, X[rows]))
    return found


def _gaps(X, box):
    """Distances of points to a box."""
    gaps = np.maximum(np.maximum(box[0] - X, X - box[1]), 0.0)
    return np.sqrt(np.einsum("ij,ij->i", gaps, gaps))


def _between(task):
    """Edges of the spanning tree of points of two parts that go from one to the other."""
    rows, X, others, Y = task
    pairs, lengths = spanning_tree(np.concatenate([X, Y]))
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    across = (low < len(X)) & (high >= len(X))
    ends = np.column_stack([rows[low[across]], others[high[across] - len(X)]])
    return ends, lengths[across]


def _join_samples(trees, first, pairs, lengths):
    """Add the spanning tree of the samples of all parts."""
    rows = np.concatenate([tree[4] + start for tree, start in zip(trees, first, strict=False)])
    ends, gaps = spanning_tree(np.concatenate([tree[5] for tree in trees]))
    pairs.append(rows[ends])
    lengths.append(gaps)


def _kruskal(n, pairs, lengths):
    """The edges of a spanning tree, as numbers, and the reach of every point."""
    from .._kernels.parts import kruskal

    pairs = np.concatenate(pairs).astype(np.int64, copy=False)
    lengths = np.concatenate(lengths)
    order = np.argsort(lengths, kind="stable")
    taken, reach = kruskal(n, pairs, lengths, order, n // 2)
    return np.flatnonzero(taken), reach
