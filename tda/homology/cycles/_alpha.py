"""Cycles of alpha complexes, with weights too, of any number of dimensions."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ..engines._gudhi import pad_simplices
from ..engines._triangulation import gudhi_precision, without_dust
from ..engines.alpha_delaunay import alpha_complex
from ..engines.alpha_weighted_gudhi import signed_root
from ._complex import Complex, find_pair
from ._loops import LoopWords, Walks
from ._tight import tight_loop, tight_scale
from ._volumes import optimal_volume, region

__all__ = ["AlphaCycles"]


class AlphaCycles:
    """Cycles of the bars of one alpha complex, which is made once.

    Parameters
    ----------
    X : float array of shape (n_points, n_features)
    weights : array of shape (n_points,) or None
    """

    def __init__(self, X, weights=None):
        self.X, self.weights = X, weights
        n, d = X.shape
        if weights is None:
            levels = alpha_complex(X)
            self.births = np.zeros(n)
            if len(levels[0][0]):  # of points that coincide only one is in a simplex
                self.births[np.setdiff1d(np.arange(n), levels[0][0])] = np.inf
        else:
            self.births, levels = _levels_by_gudhi(X, weights)
        # Points of a line or a plane of space have no cells of its dimension.
        full = len(levels) == d and all(len(s) for s, _ in levels)
        self.complex = Complex(n, levels, ball=full and d > 1)

    def birth(self, diagram, bar):
        """The cycle at the birth of a bar."""
        k = int(diagram.dims[bar])
        if k == 0:
            return self._point(diagram, bar)
        if k == 1:
            pair = self._loop(diagram, bar)
            edge = int(self.loops.free[pair])
            u, v = map(int, self.complex.simplices[1][edge])
            # The shortest path over edges that came before it.
            return self.walks.search([u], v, n_edges=edge)[1]
        if self.complex.ball and k == self.complex.dimension - 1:
            return self.volume(diagram, bar)
        return self._column(diagram, bar)

    def tight(self, diagram, bar, scale):
        k = int(diagram.dims[bar])
        if k != 1:
            return self.birth(diagram, bar)
        pair = self._loop(diagram, bar)
        birth, death = self.loops.births[pair], self.loops.deaths[pair]
        scale = tight_scale(scale, birth, death)
        n_edges = int(np.searchsorted(self.complex.values[1], scale, side="right"))
        start = int(self.complex.simplices[1][self.loops.free[pair], 0])
        return tight_loop(
            self.walks, n_edges, lambda filled: self.loops.of(pair, filled=filled), start, self.X
        )

    def volume(self, diagram, bar):
        k = int(diagram.dims[bar])
        if k == 0:
            return self._members(diagram, bar)
        if self.complex.ball and k == self.complex.dimension - 1:
            return self.complex.simplices[k][region(self.complex, diagram, bar)]
        if k == 1 and self.complex.dimension >= 2:
            pair = self._loop(diagram, bar)
            if self.loops.cells[pair] < 0:
                raise ValueError(f"bar {bar} never ends, so nothing fills it.")
            edge, cell = self.loops.free[pair], self._enders[self.loops.cells[pair]]
            volume = self._enders[self.loops.volume(pair)]
            return self.complex.simplices[1][
                optimal_volume(self.complex, self.X, edge, cell, volume)
            ]
        raise ValueError(
            f'how="volume" is available in degrees 0, 1 and the top one, not in degree {k} of '
            f"{self.X.shape[1]} dimensions."
        )

    def cocycles(self, diagram, bars):
        """Of bars from degree 1 on."""
        return {bar: self.complex.cocycle(diagram, bar) for bar in bars}

    @cached_property
    def walks(self):
        edges = self.complex.simplices[1]
        return Walks(
            len(self.X), edges, np.linalg.norm(np.diff(self.X[edges], axis=1), axis=2)[:, 0]
        )

    @cached_property
    def _enders(self):
        """Places of the triangles that may end a loop."""
        return np.flatnonzero(self.complex.closes_no_void)

    @cached_property
    def loops(self):
        complex_, keep = self.complex, slice(0, 0)
        faces, values = np.zeros((0, 3), np.int32), np.zeros(0)
        if complex_.dimension >= 2:
            keep = self._enders
            faces, values = complex_.faces(2)[keep], complex_.values[2][keep]
        return LoopWords(len(self.X), complex_.simplices[1], complex_.values[1], faces, values)

    def _loop(self, diagram, bar):
        loops = self.loops
        return find_pair(
            loops.births, loops.deaths, self.complex.simplices[1][loops.free], diagram, bar
        )

    # -- degree 0 ------------------------------------------------------------------------------

    def _point(self, diagram, bar):
        if diagram.birth_simplices is not None:
            return diagram.birth_simplices[bar, :1].copy()
        points, deaths = self._components
        pair = find_pair(self.births[points], deaths, points[:, None], diagram, bar)
        return points[pair : pair + 1]

    @cached_property
    def _components(self):
        """A point of each component, by the edge that ends it; the last ones never end."""
        parent = np.arange(len(self.X))

        def find(i):
            while parent[i] != i:
                parent[i] = i = parent[parent[i]]
            return i

        points, deaths = [], []
        edges, values = self.complex.simplices[1].tolist(), self.complex.values[1].tolist()
        age = list(zip(self.births.tolist(), range(len(self.X)), strict=True))
        for (i, j), value in zip(edges, values, strict=True):
            i, j = find(i), find(j)
            if i != j:
                young, old = (i, j) if age[i] > age[j] else (j, i)
                parent[young] = old
                points.append(young)
                deaths.append(value)
        last = np.setdiff1d(np.arange(len(self.X)), points)
        last = last[np.isfinite(self.births[last])]
        return np.append(points, last).astype(np.int64), np.append(
            deaths, np.full(len(last), np.inf)
        )

    def _members(self, diagram, bar):
        """The points of a component just before it ends."""
        from scipy import sparse
        from scipy.sparse.csgraph import connected_components

        point, n = self._point(diagram, bar)[0], len(self.X)
        edges = self.complex.simplices[1][self.complex.values[1] < diagram.deaths[bar]]
        graph = sparse.coo_array((np.ones(len(edges)), edges.T), shape=(n, n))
        _, part = connected_components(graph, directed=False)
        return np.flatnonzero(part == part[point])

    # -- higher degrees ------------------------------------------------------------------------

    def _column(self, diagram, bar):
        """The reduced boundary of the simplex of death."""
        from ..._kernels.cycles import reduce_with_history

        k = int(diagram.dims[bar])
        complex_, births = self.complex, self.complex.values[k]
        owner, starts, entries, *_ = reduce_with_history(complex_.faces(k + 1), len(births))
        deaths = np.full(len(births), np.inf)
        deaths[owner >= 0] = complex_.values[k + 1][owner[owner >= 0]]
        # A face that is no end may be no birth either, but then it is in no bar.
        pair = find_pair(births, deaths, complex_.simplices[k], diagram, bar)
        if owner[pair] < 0:
            raise ValueError(f"bar {bar} never ends in this diagram, so it bounds no simplices.")
        column = entries[starts[owner[pair]] : starts[owner[pair] + 1]]
        return complex_.simplices[k][np.sort(column)]


def _levels_by_gudhi(X, weights):
    """Values of points, infinite for those that are hidden, and the levels of `Complex`."""
    import gudhi

    tree = gudhi.AlphaComplex(
        points=without_dust(X) if X.shape[1] > 3 else X,
        weights=weights,
        precision=gudhi_precision(len(X)),
    ).create_simplex_tree()
    births = np.full(len(X), np.inf)
    levels = [([], []) for _ in range(X.shape[1])]
    for simplex, value in tree.get_filtration():
        if len(simplex) == 1:
            births[simplex[0]] = value
        else:
            levels[len(simplex) - 2][0].append(simplex)
            levels[len(simplex) - 2][1].append(value)
    shown = np.isfinite(births)
    births[shown] = signed_root(births[shown])
    return births, [
        (pad_simplices(simplices, k + 2), signed_root(np.array(values, dtype=float)))
        for k, (simplices, values) in enumerate(levels)
        if simplices
    ]
