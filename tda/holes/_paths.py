"""Matrices of shortest paths in a graph of neighbours, and the edges of that graph.

Along such a graph every gap wider than its edges is walked around, so that the loop around it lives
longer than in the plane. So paths are told from edges, and then count as missing (`_pieces.py`).
"""

from __future__ import annotations

import numpy as np

__all__ = ["edges_of_paths", "paths_as_missing"]

#: A path is as long as its parts to this share of it. At 1e-6 points of a plane lie between others.
SAME = 1e-9
#: A graph joins at most this share of its pairs, and each point at least to its nearest so many.
MOST_JOINED, NEAREST = 0.5, 3
#: Rows that are looked at before all.
TRIED = 4
#: A graph with fewer edges a point than this, times the log of their number, has loops of its own:
#: of 1,000 points in a square at level .05 in 2 of 12 with 12 edges (10 neighbours), in 0 of 8 with
#: 23 (20); of 200 in 57% of 40 with 6 neighbours, in 5% with 8.
FEW_EDGES = 2.0


def paths_as_missing(D):
    """The matrix with infinity in place of paths, how many pairs that are, and a note on them.

    It is `D` itself, with 0 and no note, where it is not of a graph of neighbours.
    """
    joined = edges_of_paths(D)
    if joined is None:
        return D, 0, ()
    np.fill_diagonal(joined, True)
    is_path = np.isfinite(D) & ~joined
    if not is_path.any():
        return D, 0, ()
    n_edges = (joined.sum() - len(D)) / len(D)
    return np.where(is_path, np.inf, D), int(is_path.sum()) // 2, (_note(n_edges, len(D)),)


def _note(n_edges, n):
    note = (
        f"the distances are shortest paths in a graph of neighbours, with about {n_edges:.0f} "
        "edges a point: a path goes around every gap, so loops are tested by how long they live if "
        "paths of several edges are divided by the root of 2."
    )
    enough = FEW_EDGES * np.log(n)
    if n_edges >= enough:
        return note
    return (
        f"{note} So few edges can leave loops of the graph's own, where p-values are unreliable: "
        f"join more neighbours, {np.ceil(enough):.0f} or more."
    )


def edges_of_paths(D):
    """The pairs that no others lie between, or None where `D` is not of a graph of neighbours.

    A point lies between two others if the distances to them add up to theirs. It is a graph of
    neighbours if this is so of most pairs, and of none of the nearest: distances "cityblock" and
    along a line add up for the nearest, too, and those of a cloud for hardly any.

    Parameters
    ----------
    D : array of shape (n_points, n_points)
        Checked; infinite where a distance is missing.

    Returns
    -------
    array of bool, shape (n_points, n_points), or None
        Symmetric. The cost is n_points times the number of edges.
    """
    n = len(D)
    if n <= 2 * NEAREST:
        return None
    most = int(MOST_JOINED * n)
    joined = np.zeros((n, n), dtype=bool)
    tried = np.unique(np.linspace(0, n - 1, TRIED).astype(int))
    for i in (*tried, *np.setdiff1d(np.arange(n), tried)):
        edges = _edges_of(D, i, most)
        if edges is None:
            return None
        joined[i, edges] = True
    return joined | joined.T


def _edges_of(D, i, most):
    """Neighbours of one point, or None if they are too many or not the nearest ones.

    By distance: the first step of a path is an edge to a nearer point, which was found before.
    """
    row = D[i]
    order = np.argsort(row, kind="stable")
    order = order[np.isfinite(row[order]) & (order != i)]
    between = np.zeros(len(D), dtype=bool)
    edges = []
    for place, k in enumerate(order):
        if between[k]:
            if place < NEAREST:
                return None
            continue
        edges.append(k)
        if len(edges) > most:
            return None
        between |= row[k] + D[k] <= row * (1 + SAME)
        between[k] = False
    return edges
