"""A filtered complex with the faces of its simplices, in the order in which they enter."""

from __future__ import annotations

from functools import cached_property

import numpy as np

__all__ = ["Complex", "find_pair", "rows_of"]


class Complex:
    """The simplices of each dimension in order, from edges up, with the values at which they enter.

    Parameters
    ----------
    n_points : int
    levels : list of (simplices, values)
        Of dimension 1, 2, …: rows of ascending vertices, in the order of the filtration.
    ball : bool
        Whether the top cells fill a ball whose dimension is theirs, as Delaunay cells do.
    """

    def __init__(self, n_points, levels, *, ball=False):
        self.n_points, self.ball = n_points, ball
        self.simplices = [np.arange(n_points)[:, None], *(s for s, _ in levels)]
        self.values = [None, *(v for _, v in levels)]
        self._faces, self._reduced = {}, {}

    @property
    def dimension(self):
        """The highest dimension of a simplex."""
        return len(self.simplices) - 1

    def faces(self, k):
        """Of each simplex of dimension k the places of its faces, opposite to each vertex."""
        if k not in self._faces:
            whole = self.simplices[k]
            if k == 1:
                self._faces[k] = np.ascontiguousarray(whole[:, ::-1]).astype(np.int32)
            else:
                parts = [np.delete(whole, i, axis=1) for i in range(k + 1)]
                found = rows_of(self.simplices[k - 1], parts, self.n_points)
                self._faces[k] = np.column_stack(found).astype(np.int32)
        return self._faces[k]

    def cohomology(self, k, field):
        """Of each simplex of dimension k where its class ends, and what its cocycle is made of.

        Ends are places of simplices of dimension k + 1; -1 for none, -2 where no class begins.
        """
        from ..._kernels.coboundaries import edges_that_join, reduce_coboundaries

        if (k, field) not in self._reduced:
            n = len(self.simplices[k])
            if k == 1:
                skip = edges_that_join(self.simplices[1], self.n_points)
            else:
                skip = np.zeros(n, dtype=bool)
                ends = self.cohomology(k - 1, field)[0]
                skip[ends[ends >= 0]] = True
            faces = np.zeros((0, k + 2), np.int32) if k == self.dimension else self.faces(k + 1)
            ends, *made = reduce_coboundaries(faces, n, skip, field)
            ends[skip] = -2
            self._reduced[k, field] = ends, made
        return self._reduced[k, field]

    def cocycle(self, diagram, bar):
        """The cocycle of a bar from degree 1 on: rows of vertices and the value."""
        from ..._kernels.coboundaries import unfold_sum

        k, field = int(diagram.dims[bar]), diagram.field
        if k > self.dimension:
            raise ValueError(f"bar {bar} is of degree {k}, but the complex has no such simplices.")
        ends, made = self.cohomology(k, field)
        births = self.values[k]
        deaths = np.where(ends == -1, np.inf, births)
        deaths[ends >= 0] = self.values[min(k + 1, self.dimension)][ends[ends >= 0]]
        pair = find_pair(births, deaths, self.simplices[k], diagram, bar)
        values = unfold_sum(pair, *made, field)
        there = (values != 0) & (births < deaths[pair]) & (births <= diagram.threshold)
        rows = np.column_stack([self.simplices[k][there], values[there]]).astype(np.int64)
        return rows[np.lexsort(rows[:, -2::-1].T)]

    @cached_property
    def sides(self):
        """The two top cells at each of their faces; the number of cells for the outside."""
        k = self.dimension
        n_cells, width = self.faces(k).shape
        flat = self.faces(k).reshape(-1)
        order = np.argsort(flat, kind="stable")
        cells, flat = (order // width).astype(np.int32), flat[order]
        sides = np.full((len(self.simplices[k - 1]), 2), n_cells, dtype=np.int32)
        again = np.append(False, flat[1:] == flat[:-1])
        sides[flat[~again], 0] = cells[~again]
        sides[flat[again], 1] = cells[again]
        return sides

    @cached_property
    def closes_no_void(self):
        """Which triangles may end a loop: those of space that no cell is paired with."""
        left = np.ones(len(self.simplices[2]), dtype=bool)
        if self.ball and self.dimension == 3:
            from ..._kernels.alpha_pairs import top_pairs

            faces, cells = self.values[2], self.values[3]
            if faces.min() < 0:  # any order that keeps ties will do, but from 0 on
                _, ranks = np.unique(np.concatenate([faces, cells]), return_inverse=True)
                faces, cells = np.split(ranks.astype(float), [len(faces)])
            top_pairs(faces, self.sides, cells, left)
        return left


def rows_of(table, parts, n):
    """Places of rows in a table of distinct rows with entries below `n`; ValueError if missing."""
    width = table.shape[1]
    if n**width < 2**63:
        powers = n ** np.arange(width, dtype=np.int64)[::-1]
        keys, wanted = table @ powers, [part @ powers for part in parts]
    else:
        _, keys = np.unique(np.concatenate([table, *parts]), axis=0, return_inverse=True)
        cuts = np.cumsum([len(table), *map(len, parts)])[:-1]
        keys, *wanted = np.split(keys.reshape(-1), cuts)
    order = np.argsort(keys)
    keys = keys[order]
    found = []
    for part in wanted:
        at = np.minimum(np.searchsorted(keys, part), len(keys) - 1)
        if len(part) and (not len(keys) or (keys[at] != part).any()):
            raise ValueError("a face of a simplex is missing in its complex.")
        found.append(order[at])
    return found


def find_pair(births, deaths, simplices, diagram, bar):
    """The pair of a complex that a bar of its diagram is, or ValueError.

    `births`, `deaths` (n_pairs,) are those of one degree, `simplices` (n_pairs, k + 1) the ones
    of birth. Several pairs may have the same values: then the bar's own simplex decides, or the
    place among the bars of those values.
    """
    birth, death = diagram.births[bar], diagram.deaths[bar]
    gaps = np.abs(births - birth)
    if np.isfinite(death):
        with np.errstate(invalid="ignore"):
            gaps = np.maximum(gaps, np.abs(deaths - death))
        size = max(abs(birth), abs(death))
    else:  # cut off: then the complex may know where the bar ends
        after = np.isinf(deaths) if np.isinf(diagram.threshold) else deaths > diagram.threshold
        gaps = np.where(after, gaps, np.inf)
        size = abs(birth)
    gaps = np.where(deaths > births, gaps, np.inf)
    near = np.flatnonzero(gaps <= 1e-7 * size)
    if not near.size:
        raise ValueError(
            "the diagram does not belong to this cloud: the complex has no such bar as "
            f"{birth:.6g} to {death:.6g}."
        )
    if diagram.birth_simplices is not None:
        own = diagram.birth_simplices[bar, : simplices.shape[1]]
        same = near[(np.sort(simplices[near], axis=1) == np.sort(own)).all(axis=1)]
        if same.size:
            return int(same[0])
    near = near[gaps[near] == gaps[near].min()]
    alike = (diagram.births == birth) & (diagram.deaths == death)
    alike &= diagram.dims == diagram.dims[bar]
    return int(near[np.count_nonzero(alike[:bar]) % near.size])
