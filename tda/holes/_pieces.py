"""Counting with missing distances: separate components, and loops that never die."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .._metrics import triangle_note
from ..diagrams import Diagram
from ._labels import numbered_by_size
from ._significance import Hole

__all__ = ["Filled", "complete", "count_pieces", "pieces_of"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: A piece of fewer points is a component, and too small to hold another hole.
#: Of regular polygons the one of ten points is the first whose loop is significant at level 0.05.
#: Halved or doubled, no count of the benchmark changes.
LEAST_SIZE = 10


class Filled(np.ndarray):
    """Distances with paths in place of missing ones, among which paths are not sought again."""


def pieces_of(D):
    """Points of each piece of a distance matrix that finite distances join, the largest first."""
    from scipy.sparse import csgraph, csr_array

    _, labels = csgraph.connected_components(csr_array(np.isfinite(D)), directed=False)
    order = np.argsort(labels, kind="stable")
    pieces = np.split(order, np.cumsum(np.bincount(labels))[:-1])
    return sorted(pieces, key=len, reverse=True)


def complete(D):
    """A piece with the shortest path in place of every missing distance.

    The length of the path is divided by the root of 2, by which one around a right angle is too
    long: without that, four neighbours at the corners of a square make a loop that lives twice as
    long as theirs. So a loop is rather judged to die too soon.

    Returns
    -------
    D : array of shape (n_points, n_points)
    n_missing : int
        Pairs of points without a distance.
    """
    from scipy.sparse import csgraph, csr_array

    missing = np.isinf(D)
    if not missing.any():
        return np.ascontiguousarray(D), 0
    edges = np.nonzero(~missing & ~np.eye(len(D), dtype=bool))
    graph = csr_array((D[edges], edges), shape=D.shape)
    # All pairs at once is faster where there are many edges.
    dense = len(edges[0]) > len(D) ** 2 / 8
    paths = csgraph.shortest_path(graph, method="FW" if dense else "D", directed=False)
    paths = np.minimum(paths, paths.T)  # sums along a path and back differ in the last bit
    return np.where(missing, paths / np.sqrt(2), D), int(missing.sum()) // 2


def count_pieces(D, count, level, n_paths=0):
    """Count the holes of a distance matrix with missing distances.

    Parameters
    ----------
    D : array of shape (n_points, n_points)
        Checked; infinite where a distance is missing.
    count : callable (D, level) -> HoleCount
        For a matrix of finite distances.
    level : float
        Of all pieces together.
    n_paths : int, default=0
        How many of the missing distances were given, as lengths of paths.

    Returns
    -------
    HoleCount
    """
    pieces = pieces_of(D)
    tested = [piece for piece in pieces if len(piece) >= LEAST_SIZE] or pieces[:1]
    counts, n_missing = [], 0
    for piece in tested:
        part, more = complete(D[np.ix_(piece, piece)])
        n_missing += more
        counts.append(count(part.view(Filled), level / len(tested)))
    notes = _notes([len(piece) for piece in pieces], n_missing - n_paths)
    if triangle_note(D) is None:  # else it is so of paths that were shortened
        counts = [
            replace(one, notes=tuple(note for note in one.notes if "triangle" not in note))
            for one in counts
        ]
    if len(pieces) == 1:
        return replace(counts[0], notes=(*notes, *counts[0].notes))
    diagram, places = _together(counts, tested, len(pieces) - len(tested))
    degrees = range(len(counts[0].betti))

    def moved(name):
        return [
            replace(
                hole,
                p_value=min(hole.p_value * len(tested), 1.0),
                bar=None if hole.bar is None else int(places[i][hole.bar]),
            )
            for i, one in enumerate(counts)
            for hole in getattr(one, name)
        ]

    never = np.flatnonzero((diagram.dims == 0) & np.isinf(diagram.deaths))[1:]
    apart = [Hole(0, 0.0, np.inf, np.inf, 0.0, int(bar)) for bar in never[: len(pieces) - 1]]
    apart += [Hole(0, 0.0, np.inf, np.inf, 0.0)] * (len(pieces) - 1 - len(apart))
    holes = sorted(moved("holes"), key=lambda hole: hole.degree)
    candidates = sorted(moved("candidates"), key=lambda hole: (hole.degree, -hole.ratio))
    betti = [sum(one.betti[k] for one in counts) for k in degrees]
    betti[0] += len(pieces) - len(tested)
    said = dict.fromkeys(note for one in counts for note in one.notes)
    return replace(
        counts[0],
        betti=tuple(betti),
        holes=(*apart, *holes),
        candidates=(*apart, *candidates),
        notes=(*notes, *said),
        level=level,
        n_points=sum(one.n_points for one in counts) + _rest(pieces, tested),
        n_landmarks=sum(one.n_landmarks for one in counts) + _rest(pieces, tested),
        covering_radius=max(one.covering_radius for one in counts),
        error_bound=diagram.error_bound,
        n_left_out=sum(one.n_left_out for one in counts),
        diagram=diagram,
        labels=_labels(counts, tested, pieces[len(tested) :], len(D)),
    )


def _labels(counts, tested, untested, n):
    """The component of every row of the matrix, the largest 0."""
    labels, n_components = np.zeros(n, dtype=np.intp), 0
    for count, piece in zip(counts, tested, strict=True):
        labels[piece] = n_components + count.labels
        n_components += count.labels.max() + 1
    for piece in untested:
        labels[piece] = n_components
        n_components += 1
    return numbered_by_size(labels)


def _rest(pieces, tested):
    return sum(map(len, pieces)) - sum(map(len, tested))


def _together(counts, tested, n_alone):
    """One diagram of all pieces, and where in it the bars of each are.

    Of pieces that were not tested only that they are there is in it.
    """
    diagrams = [one.diagram for one in counts]
    births = np.concatenate([*(d.births for d in diagrams), np.zeros(n_alone)])
    deaths = np.concatenate([*(d.deaths for d in diagrams), np.full(n_alone, np.inf)])
    dims = np.concatenate([*(d.dims for d in diagrams), np.zeros(n_alone, dtype=np.int8)])
    order = np.lexsort((deaths, births, dims))  # as `Diagram` sorts them
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    first = np.cumsum([0, *map(len, diagrams)])
    together = Diagram(
        births,
        deaths,
        dims,
        filtration=diagrams[0].filtration,
        field=diagrams[0].field,
        max_dimension=max(d.max_dimension for d in diagrams),
    )
    together.error_bound = max(d.error_bound for d in diagrams)
    return together, [place[a:] for a in first[:-1]]


def _notes(sizes, n_missing):
    notes = []
    if len(sizes) > 1:
        small = sum(size < LEAST_SIZE for size in sizes[1:])
        notes.append(
            f"no finite distance joins the {len(sizes)} pieces, of {sizes[0]:,} points and fewer: "
            "each is a component, and loops are sought in each alone"
            + (f" ({small} of fewer than {LEAST_SIZE} points hold none)." if small else ".")
        )
    if n_missing:
        what = "1 distance is" if n_missing == 1 else f"{n_missing:,} distances are"
        notes.append(
            f"{what} missing within a piece, so that loops may never die: they are tested by how "
            "long they live if shortest paths, divided by the root of 2, take the place of what is "
            "missing."
        )
    return notes
