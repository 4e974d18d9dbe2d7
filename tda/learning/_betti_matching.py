"""Betti matching: which holes of a predicted segmentation are those of the true one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._torch import as_array, as_tensor, import_torch

__all__ = ["BettiMatching", "betti_matching", "betti_matching_loss"]

CONSTRUCTIONS = ("cells", "vertices")


class BettiMatching(NamedTuple):
    """Bars of two images of one degree, as rows of flat pixels (birth, death).

    Attributes
    ----------
    matched : int array of shape (n_matched, 4)
        Of the first image and of the second. The component that lives on has -1 for its death.
    first, second : int arrays of shape (n_bars, 2)
        Those that the other image does not have.
    """

    matched: np.ndarray
    first: np.ndarray
    second: np.ndarray


def betti_matching(A, B, *, construction="vertices"):
    """Match the components, and the loops, of the superlevel sets of two images.

    Two bars are matched if both are one bar of the union of the two, at every level, by the images
    of the maps that the inclusions induce [1]_. So holes match by where they are, not by how long
    their bars are.

    Parameters
    ----------
    A, B : array-like of shape (height, width)
        High where an object is: probabilities, or a mask of 0 and 1.
    construction : {"cells", "vertices"}, default="vertices"
        Whether pixels that touch at a corner are joined ("cells") or not.

    Returns
    -------
    tuple of two BettiMatching
        Of degree 0 and of degree 1.

    Raises
    ------
    ValueError
        If they are no two images of one shape, or hold NaN.

    Notes
    -----
    Union-find along the edges of one image with the elder rule of the other; loops by the
    components of the background: O(n log n) for n pixels.

    References
    ----------
    .. [1] N. Stucki, J. Paetzold, S. Shit, B. Menze, U. Bauer, "Topologically faithful image
       segmentation via induced matching of persistence barcodes", International Conference on
       Machine Learning, 2023.

    Examples
    --------
    Two rings of one loop each, in two places: the loops are not the same.

    >>> import numpy as np
    >>> from tda.learning import betti_matching
    >>> A, B = np.zeros((5, 11)), np.zeros((5, 11))
    >>> A[1:4, 1:4], B[1:4, 7:10] = 1, 1
    >>> A[2, 2] = B[2, 8] = 0
    >>> components, loops = betti_matching(A, B)
    >>> len(loops.matched), len(loops.first), len(loops.second)
    (0, 1, 1)
    """
    A, B = (np.asarray(X, dtype=float) for X in (A, B))
    for X, name in ((A, "A"), (B, "B")):
        if X.ndim != 2 or not X.size:
            raise ValueError(f"{name} has shape {X.shape}; an image here has two axes.")
        if np.isnan(X).any():
            raise ValueError(f"{name} holds NaN: fill those pixels first.")
    if A.shape != B.shape:
        raise ValueError(f"A has shape {A.shape} and B {B.shape}: give images of one shape.")
    if construction not in CONSTRUCTIONS:
        raise ValueError(f"construction={construction!r}; it must be one of {CONSTRUCTIONS}")
    f, g = -A.reshape(-1), -B.reshape(-1)
    both = np.minimum(f, g)
    corners = construction == "cells"
    return (
        _components(f, g, both, _grid_edges(A.shape, corners)),
        _loops(f, g, both, _grid_edges(A.shape, not corners, outside=True)),
    )


def betti_matching_loss(X, target, *, construction="vertices"):
    """How far the bars of a predicted segmentation are from those of the true one they match.

    Parameters
    ----------
    X : tensor of shape (height, width)
        The prediction, high where an object is, such as probabilities.
    target : tensor or array of shape (height, width)
        The mask.
    construction : {"cells", "vertices"}, default="vertices"
        As in `betti_matching`.

    Returns
    -------
    tensor of shape ()
        Squared distances of matched bars, and for each other bar half its squared length, the
        squared distance to the diagonal; of both degrees.

    Raises
    ------
    ValueError
        As `betti_matching`.

    See Also
    --------
    betti_matching : Which bars are matched.

    References
    ----------
    N. Stucki, J. Paetzold, S. Shit, B. Menze, U. Bauer, "Topologically faithful image segmentation
    via induced matching of persistence barcodes", International Conference on Machine Learning,
    2023.

    Examples
    --------
    A weak bridge joins what are two objects.

    >>> import torch
    >>> from tda.learning import betti_matching_loss
    >>> X = torch.tensor([[1.0, 0.5, 1.0]], requires_grad=True)
    >>> loss = betti_matching_loss(X, [[1, 0, 1]])
    >>> loss.backward()
    >>> loss.item(), X.grad.tolist()
    (0.25, [[0.0, 1.0, 0.0]])
    """
    torch = import_torch("betti_matching_loss")
    X = as_tensor(X, "betti_matching_loss")
    target = as_tensor(target, "betti_matching_loss", "target").to(dtype=X.dtype, device=X.device)
    degrees = betti_matching(as_array(X), as_array(target), construction=construction)
    mine, theirs = X.reshape(-1), target.reshape(-1)
    total = X.new_zeros(())
    for matching in degrees:
        matched, first, second = (torch.as_tensor(p, device=X.device) for p in matching)
        births, deaths = matched[:, [0, 2]].T
        total = total + ((mine[births] - theirs[deaths]) ** 2).sum()
        births, deaths = matched[matched[:, 1] >= 0][:, [1, 3]].T
        total = total + ((mine[births] - theirs[deaths]) ** 2).sum()
        for values, alone in ((mine, first), (theirs, second)):
            total = total + ((values[alone[:, 0]] - values[alone[:, 1]]) ** 2).sum() / 2
    return total


def _grid_edges(shape, corners, outside=False):
    """Edges of neighbouring pixels, with `corners` also across; `outside` is one more vertex."""
    place = np.arange(shape[0] * shape[1]).reshape(shape)
    pairs = [(place[:, :-1], place[:, 1:]), (place[:-1], place[1:])]
    if corners:
        pairs += [(place[:-1, :-1], place[1:, 1:]), (place[:-1, 1:], place[1:, :-1])]
    if outside:
        rim = np.unique(np.concatenate([place[0], place[-1], place[:, 0], place[:, -1]]))
        pairs.append((rim, np.full(rim.size, place.size)))
    edges = np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b in pairs])
    return np.ascontiguousarray(edges, dtype=np.int32)


def _ends(births, merges, edges):
    """The edge that ends the component of each vertex, or -1.

    Components are joined along the edges in the order of `merges`; the one whose oldest vertex by
    `births` is younger ends. With the same function twice that is persistence, with two the image
    of the map that an inclusion induces.
    """
    from .._kernels.cells import pair_vertices

    rank = np.empty(births.size, dtype=np.int64)
    rank[np.argsort(births, kind="stable")] = np.arange(births.size)
    order = np.argsort(merges[edges].max(axis=1), kind="stable")
    return pair_vertices(order, edges, rank, births.size)


def _last(values, edges, which):
    """The end of each edge with the larger value, for edges by number, and that value."""
    ends = edges[which]
    later = values[ends].argmax(axis=1)
    ends = ends[np.arange(len(ends)), later].astype(np.int64)
    return ends, values[ends]


def _components(f, g, both, edges):
    by_edge, bars, lives = [], [], []
    whole = _ends(both, both, edges)
    long = np.flatnonzero(whole >= 0)
    deaths = _last(both, edges, whole[long])[1]
    long = whole[long[deaths > both[long]]]  # edges that end a bar of the union
    for h in (f, g):
        own, seen = _ends(h, h, edges), _ends(h, both, edges)
        born = np.flatnonzero(own >= 0)
        died, when = _last(h, edges, own[born])
        keep = when > h[born]
        bars.append(np.column_stack([born, died])[keep])
        place = np.full(h.size, -1)
        place[born[keep]] = np.arange(keep.sum())
        edge_of = np.full(len(edges), -1)
        image = np.flatnonzero(seen >= 0)
        image = image[_last(both, edges, seen[image])[1] > h[image]]
        edge_of[seen[image]] = place[image]  # -1 where it is no bar of h
        by_edge.append(edge_of[long])
        lives.append([np.argmin(h), -1])  # the first of the least, as `_ends` has it
    return _join(bars, by_edge, np.concatenate(lives)[None])


def _loops(f, g, both, edges):
    """The same for components of the background, which begin where loops end."""
    outside = np.array([-np.inf])
    f, g, both = (np.append(-h, outside) for h in (f, g, both))
    by_vertex, bars = [], []
    whole = _ends(both, both, edges)
    long = np.flatnonzero(whole >= 0)
    long = long[_last(both, edges, whole[long])[1] > both[long]]  # vertices that begin a bar
    for h in (f, g):
        own, seen = _ends(h, h, edges), _ends(both, h, edges)
        born = np.flatnonzero(own >= 0)
        died, when = _last(h, edges, own[born])
        keep = when > h[born]
        bars.append(np.column_stack([died, born])[keep])  # of the loop, which runs the other way
        place = np.full(len(edges), -1)
        place[own[born[keep]]] = np.arange(keep.sum())
        bar_of = np.full(h.size, -1)
        image = np.flatnonzero(seen >= 0)
        image = image[_last(h, edges, seen[image])[1] > both[image]]
        bar_of[image] = place[seen[image]]
        by_vertex.append(bar_of[long])
    return _join(bars, by_vertex, np.zeros((0, 4), dtype=np.int64))


def _join(bars, of, lives):
    """Bars that have one of the union in common, and the rest of each."""
    both = (of[0] >= 0) & (of[1] >= 0)
    matched = np.hstack([bar[index[both]] for bar, index in zip(bars, of, strict=True)])
    rest = [np.delete(bar, index[both], axis=0) for bar, index in zip(bars, of, strict=True)]
    return BettiMatching(np.concatenate([lives, matched]), *rest)
