"""The parts of each set of a cover: clusters of its rows."""

from __future__ import annotations

import numpy as np

from .._blocks import Blocks, working_rows
from .._metrics import distances
from .._parallel import in_threads

__all__ = ["part_labels", "parts_of_sets"]


def part_labels(X, clusterer, distance_threshold, metric):
    """The part of each row of one set, from 0; -1 for rows in none."""
    if isinstance(clusterer, str):
        return _linked(X, distance_threshold, metric)
    from sklearn.base import clone

    model, n = clone(clusterer), len(X)
    known = model.get_params() if hasattr(model, "get_params") else {}
    if n < 2 or n < (known.get("n_clusters") or 0 if _is_count(known.get("n_clusters")) else 0):
        least = max((known.get(name) or 1 for name in ("min_samples", "min_cluster_size")
                     if _is_count(known.get(name) or 1)), default=1)  # fmt: skip
        return np.full(n, 0 if n >= least else -1)
    return np.asarray(model.fit_predict(X))


def _is_count(value):
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _linked(X, reach, metric):
    """Single linkage, cut at `reach`."""
    if isinstance(metric, str) and metric == "euclidean":
        from .._kernels.pieces import pieces_within

        return pieces_within(np.ascontiguousarray(X), float(reach))
    from scipy.sparse import csgraph, csr_array

    D = X if isinstance(metric, str) and metric == "precomputed" else distances(X, metric=metric)
    return csgraph.connected_components(csr_array(D <= reach), directed=False)[1]


def parts_of_sets(X, members, clusterer, distance_threshold, metric, n_jobs, bar):
    """Pairs of a row and a node, and the set of each node.

    Parameters
    ----------
    members : csr array of bool, shape (n_points, n_sets)

    Returns
    -------
    rows, nodes : int arrays of shape (n_pairs,)
    sets : int array of shape (n_nodes,)
    """
    by_set = members.tocsc()
    starts, indices = by_set.indptr, by_set.indices
    filled = np.flatnonzero(np.diff(starts))
    precomputed = isinstance(metric, str) and metric == "precomputed"

    def one(task):
        rows, part = task
        labels = part_labels(part, clusterer, distance_threshold, metric)
        kept = labels >= 0
        names, labels = np.unique(labels[kept], return_inverse=True)
        return rows[kept], labels, len(names)

    rows_of = (np.sort(indices[starts[s] : starts[s + 1]]) for s in bar(filled))
    found = in_threads(one, _read(X, rows_of, precomputed), n_jobs=n_jobs)
    counts = np.array([count for *_, count in found], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    rows = [rows for rows, _, _ in found]
    nodes = [labels + start for (_, labels, _), start in zip(found, first, strict=True)]
    empty = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([empty, *rows]).astype(np.int64),
        np.concatenate([empty, *nodes]).astype(np.int64),
        np.repeat(filled, counts),
    )


def _read(X, sets, precomputed):
    """The rows of each set and their points; from disk for as many sets at once as memory takes."""
    if not isinstance(X, Blocks):
        for rows in sets:
            yield rows, X[np.ix_(rows, rows)] if precomputed else X[rows]
        return
    most, waiting, count = working_rows(X.shape[1], share=4), [], 0
    for rows in sets:
        if waiting and count + len(rows) > most:
            yield from _read_together(X, waiting)
            waiting, count = [], 0
        waiting.append(rows)
        count += len(rows)
    if waiting:
        yield from _read_together(X, waiting)


def _read_together(X, sets):
    all_rows = np.unique(np.concatenate(sets))
    points = X.take(all_rows)
    for rows in sets:
        yield rows, points[np.searchsorted(all_rows, rows)]
