"""Volume-optimal cycles: the boundary of the fewest cells that fill a hole."""

from __future__ import annotations

import warnings

import numpy as np

__all__ = ["optimal_volume", "region"]

_MOST_TRIANGLES = 30_000  # of a linear program
_SIGNS = np.array([1.0, -1.0, 1.0])  # of the sides of a triangle, opposite to each corner


def region(complex_, diagram, bar):
    """Faces around the cells of a bar of the top degree, those of its merge tree.

    The cells that are reached from the cell of death across faces that enter after the birth. The
    places of the faces that have one of them on one side alone; of least volume, since any chain
    of cells whose boundary is there at birth and that holds the cell of death holds them all [1]_.

    References
    ----------
    .. [1] I. Obayashi, "Volume-optimal cycle: tightest representative cycle of a generator in
       persistent homology", SIAM Journal on Applied Algebra and Geometry 2, 2018.
    """
    from ..._kernels.cycles import flood

    k = complex_.dimension
    birth, death = diagram.births[bar], diagram.deaths[bar]
    if not np.isfinite(death):
        raise ValueError(
            f"bar {bar} never ends in this diagram, and its cavity is found from its end: compute "
            "the diagram without a largest radius."
        )
    values, faces, sides = complex_.values[k], complex_.faces(k), complex_.sides
    sides = np.where(sides == len(faces), np.int32(-1), sides)
    slack = 1e-7 * max(abs(birth), abs(death))
    candidates = np.flatnonzero(np.abs(values - death) <= slack)
    if diagram.death_simplices is not None:
        own = np.sort(diagram.death_simplices[bar, : k + 1])
        same = candidates[(complex_.simplices[k][candidates] == own).all(axis=1)]
        candidates = same if same.size else candidates
    is_wall = complex_.values[k - 1] <= birth + slack * 1e-2
    alike = np.flatnonzero((diagram.births == birth) & (diagram.deaths == death))
    place, found = int(np.searchsorted(alike, bar)), []
    inside = np.zeros(len(faces), dtype=bool)
    for cell in candidates:
        if inside[cell]:
            continue
        cells, leaks = flood(int(cell), faces, sides, is_wall, inside)
        around, count = np.unique(faces[cells], return_counts=True)
        around = around[count == 1]  # a face with the region on both sides is not around it
        lowest = complex_.values[k - 1][around].max()
        if not leaks and values[cells].max() <= death + slack and lowest >= birth - slack:
            found.append(around)
    if not found:
        raise ValueError("the diagram does not belong to this cloud: its cavity is open.")
    return found[place % len(found)]


def optimal_volume(complex_, X, edge, cell, volume):
    """Edges around the fewest triangles that fill a loop, by linear programming.

    Among the chains of triangles that enter after `edge` and not after `cell`, that hold `cell` and
    whose boundary has no edge after `edge`, one of least sum of absolute values, over the real
    numbers; its boundary, modulo 2. The triangles of a ball around `cell` are looked at, and of
    larger ones until these change nothing. `edge`, `cell` and the known `volume` are places of
    edges and triangles.
    """
    faces, corners = complex_.faces(2)[: cell + 1], complex_.simplices[2][: cell + 1]
    usable = np.flatnonzero(complex_.values[2][: cell + 1] >= complex_.values[1][edge])
    middle = X[corners[cell]].mean(axis=0)
    far = np.linalg.norm(X - middle, axis=1)[corners[usable]].max(axis=1)
    radius, best, size, sure = 2 * far[-1], volume, np.inf, False
    while True:
        places = usable[far <= radius]
        if len(places) > _MOST_TRIANGLES:
            break
        chain = _least_chain(faces[places], edge, len(places) - 1)
        if chain is not None:
            if np.abs(chain).sum() > size * (1 - 1e-9):
                sure = True
                break
            size = np.abs(chain).sum()
            if np.abs(chain - np.rint(chain)).max() <= 1e-6:
                best = places[np.rint(chain) % 2 == 1]
        if len(places) == len(usable):
            sure = best is not volume
            break
        radius *= 1.25
    if not sure or best is volume:
        warnings.warn(
            f"the volume of {len(best):,} triangles is not known to be the least: it would take "
            f"more than {_MOST_TRIANGLES:,} triangles to see, or no chain of whole triangles is "
            "least over the real numbers.",
            stacklevel=5,
        )
    around, count = np.unique(faces[best], return_counts=True)
    return around[count % 2 == 1]


def _least_chain(faces, edge, cell):
    """Coefficients of the triangles in the least chain, or None."""
    from scipy import sparse
    from scipy.optimize import linprog

    m = len(faces)
    late = faces > edge
    rows, row = np.unique(faces[late], return_inverse=True)
    if not len(rows):
        return np.append(np.zeros(m - 1), 1.0)
    signs = np.broadcast_to(_SIGNS, faces.shape)[late]
    columns = np.nonzero(late)[0]
    boundary = sparse.csc_array((signs, (row.reshape(-1), columns)), shape=(len(rows), m))
    left = boundary[:, :cell]
    result = linprog(
        np.ones(2 * cell),
        A_eq=sparse.hstack([left, -left]),
        b_eq=-boundary[:, [cell]].toarray()[:, 0],
        method="highs",
    )
    return np.append(result.x[:cell] - result.x[cell:], 1.0) if result.success else None
