"""Where to draw the nodes of a graph."""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = ["graph_layout"]

#: Pieces up to this size are drawn by all distances, larger ones by those to some nodes.
MOST = 1_200
PIVOTS = 100


def graph_layout(adjacency, components, values):
    """Places of nodes, piece by piece, the pieces in rows below one another."""
    n = adjacency.shape[0]
    places = np.zeros((n, 2))
    boxes = []
    for piece in range(components.max(initial=-1) + 1):
        nodes = np.flatnonzero(components == piece)
        own = _piece(adjacency[nodes][:, nodes], values[nodes])
        places[nodes] = own - own.min(axis=0)
        boxes.append((nodes, np.ptp(own, axis=0) + 1.5))
    if len(boxes) > 1:
        _pack(places, boxes)
    return places


def _piece(adjacency, values):
    n = adjacency.shape[0]
    if n == 1:
        return np.zeros((1, 2))
    hops = sparse.csr_array((np.ones(adjacency.nnz), adjacency.indices, adjacency.indptr),
                            shape=adjacency.shape)  # fmt: skip
    step = max(n // PIVOTS, 1) if n > MOST else 1
    D = sparse.csgraph.dijkstra(hops, indices=np.arange(0, n, step), unweighted=True)
    squares = D**2
    squares = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    axes = np.linalg.svd(-0.5 * squares, full_matrices=False)[2][:2]
    P = np.zeros((n, 2))
    found = -0.5 * squares.T @ (-0.5 * squares @ axes.T)
    for c in range(min(2, axes.shape[0])):
        size = np.linalg.norm(found[:, c])
        P[:, c] = found[:, c] / size * np.sqrt(n) * D.mean() if size > 1e-9 else 0.0
    # Equal places cannot be told apart: a spiral, so small that it is not seen.
    turn = 2.399963 * np.arange(n)
    P += 0.01 * np.sqrt(np.arange(n) / n)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    if step == 1:
        P = _majorized(P, D)
    else:
        lengths = np.linalg.norm(P[hops.nonzero()[0]] - P[hops.nonzero()[1]], axis=1)
        P = P / max(np.median(lengths), 1e-9)
    return _turned(P, values[:, 0])


def _majorized(P, D, *, n_steps=80):
    """Places whose distances are nearer to `D`, near pairs weighted more."""
    with np.errstate(divide="ignore"):
        W = D**-2.0
    np.fill_diagonal(W, 0.0)
    total = W.sum(axis=1)
    WD = W * D
    for _ in range(n_steps):
        gaps = P[:, None] - P[None]
        lengths = np.sqrt(np.einsum("ijk,ijk->ij", gaps, gaps))
        pull = WD / np.maximum(lengths, 1e-9)
        new = (W @ P + pull.sum(axis=1)[:, None] * P - pull @ P) / total[:, None]
        moved = np.abs(new - P).max()
        P = new
        if moved < 1e-3:
            break
    return P


def _turned(P, values):
    """Turned so that its longest axis lies flat and the lens grows to the right."""
    P = P - P.mean(axis=0)
    axes = np.linalg.eigh(P.T @ P)[1][:, ::-1]
    P = P @ axes
    v = values - values.mean()
    return P * np.where(v @ P < 0, -1.0, 1.0)


def _pack(places, boxes):
    """Pieces into rows, the largest first, so that the whole is about 1.6 times as wide as high."""
    boxes = sorted(boxes, key=lambda box: -len(box[0]))
    width = max(max(box[1][0] for box in boxes), np.sqrt(1.6 * sum(np.prod(b[1]) for b in boxes)))
    x = y = height = 0.0
    for nodes, size in boxes:
        if x > 0 and x + size[0] > width:
            x, y, height = 0.0, y - height, 0.0
        places[nodes] += [x, y - size[1]]
        x, height = x + size[0], max(height, size[1])
