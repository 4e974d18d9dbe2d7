"""Cycles of Vietoris-Rips complexes, in any degree."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .._plan import carry_out, require_memory
from .._rips import RIPS, rips_diagram
from .._tasks import RipsTask, distances_of
from ..engines import rips_degrees
from ._complex import find_pair, rows_of
from ._loops import Walks
from ._shorten import shortened
from ._tight import tight_loop, tight_scale

__all__ = ["RipsCycles"]

_LOOSE = 1 + 1e-9  # distances may differ from those of the diagram in the last digits
_MOST_POINTS = 10_000  # with a matrix of distances
_MOST_SIMPLICES = 5_000_000


class RipsCycles:
    """Cycles of the bars of one Rips complex.

    Parameters
    ----------
    X : float array of shape (n_points, n_features), or a matrix of distances
    metric : str or callable
    """

    def __init__(self, X, metric):
        self.X, self.metric = X, metric
        self.n_points = X.shape[0]

    def birth(self, diagram, bar):
        simplex = self._simplex(diagram, bar)
        k = simplex.size - 1
        if k == 0:
            return simplex.copy()
        if k == 1:
            return self._close_path(simplex, diagram.births[bar])
        return self._surface(simplex, diagram.births[bar])

    def tight(self, diagram, bar, scale):
        if diagram.dims[bar] != 1:
            return self.birth(diagram, bar)
        birth, death = diagram.births[bar], diagram.deaths[bar]
        scale = tight_scale(scale, birth, death)
        if np.isinf(scale):
            scale = diagram.threshold
        first = self.birth(diagram, bar)
        edges, lengths = self._edges(scale)
        walks = Walks(self.n_points, edges, lengths)
        words, target = self._words(diagram, bar, edges, first)
        return tight_loop(
            walks,
            len(edges),
            lambda filled: None if filled else (words, target),
            int(first[0]),
            self._places,
        )

    def volume(self, diagram, bar):
        if diagram.dims[bar] == 0:
            return self._members(diagram, bar)
        raise ValueError('how="volume" needs an alpha or a cubical complex above degree 0.')

    def cocycles(self, diagram, bars):
        """Of bars from degree 1 on."""
        top = int(diagram.dims[bars].max())
        task = RipsTask(
            *(self.X, top, diagram.field, diagram.threshold, self.metric), cocycles=True
        )
        engine = rips_degrees.ENGINE
        if not engine.takes(task):  # then all of them are found together
            whole = carry_out(RIPS, task)
            first = np.count_nonzero(whole.dims == 0)
            return {bar: whole.cocycles[self._bar_of(whole, diagram, bar) - first] for bar in bars}
        require_memory(engine.memory(task), task)
        of_degree = {k: [bar for bar in bars if diagram.dims[bar] == k] for k in range(top + 1)}

        def pick(k, births, deaths, simplices):
            pairs = (births, deaths, simplices, diagram)
            return np.array([find_pair(*pairs, bar) for bar in of_degree[k]], dtype=np.int64)

        found = rips_degrees.some_cocycles(
            task.form(engine.needs),
            pick,
            max_dimension=top,
            field=diagram.field,
            max_edge_length=diagram.threshold,
        )
        found = {
            bar: c for k, some in found.items() for bar, c in zip(of_degree[k], some, strict=True)
        }
        return {bar: found[bar] for bar in bars}

    def _bar_of(self, whole, diagram, bar):
        """The place of a bar in another diagram of the same complex, without simplices."""
        here = np.flatnonzero(whole.dims == diagram.dims[bar])
        none = np.full((here.size, 1), -1)
        return here[find_pair(whole.births[here], whole.deaths[here], none, diagram, bar)]

    def _simplex(self, diagram, bar):
        if diagram.birth_simplices is None:
            raise ValueError(
                "a cycle is read off the simplices of a Rips diagram: compute it with "
                "representatives=True."
            )
        return diagram.birth_simplices[bar, : int(diagram.dims[bar]) + 1]

    # -- edges ---------------------------------------------------------------------------------

    @cached_property
    def _matrix(self):
        from scipy import sparse

        if sparse.issparse(self.X):
            return None
        if self.metric == "euclidean" and self.n_points > _MOST_POINTS:
            return None
        return distances_of(self.X, self.metric)

    @cached_property
    def _places(self):
        """Coordinates of the points: their own, or distances to a few of them."""
        from scipy import sparse

        if self.metric == "euclidean":
            return self.X
        if sparse.issparse(self.X):
            return np.arange(self.n_points)[:, None]
        far = [0]
        while len(far) < min(4, self.n_points):
            near = np.nan_to_num(self._matrix[far], posinf=0.0).min(axis=0)
            far.append(int(near.argmax()))
        return np.nan_to_num(self._matrix[:, far], posinf=0.0)

    def _edges(self, value):
        """Edges that enter at `value` or before, in the order in which they enter, and lengths."""
        from scipy import sparse

        if self._matrix is not None:
            edges = np.argwhere(np.triu(value * _LOOSE >= self._matrix, k=1))
            lengths = self._matrix[edges[:, 0], edges[:, 1]]
            keep = np.isfinite(lengths)
            edges, lengths = edges[keep], lengths[keep]
        elif sparse.issparse(self.X):
            upper = sparse.triu(self.X, k=1).tocoo()
            keep = upper.data <= value * _LOOSE
            edges = np.column_stack([upper.row[keep], upper.col[keep]]).astype(np.int64)
            lengths = upper.data[keep].astype(float)
        else:
            from scipy.spatial import cKDTree

            edges = cKDTree(self.X).query_pairs(value * _LOOSE, output_type="ndarray")
            lengths = np.linalg.norm(self.X[edges[:, 0]] - self.X[edges[:, 1]], axis=1)
        # Of edges that enter together the one with the lower vertices comes first, the higher
        # vertex compared first, in gudhi as in our own kernels.
        low, high = np.sort(edges, axis=1).T
        order = np.lexsort((low, high, lengths))
        return np.column_stack([low, high])[order], lengths[order]

    # -- degree 0 and 1 ------------------------------------------------------------------------

    def _members(self, diagram, bar):
        from scipy import sparse
        from scipy.sparse.csgraph import connected_components

        end = min(diagram.deaths[bar], diagram.threshold)
        if np.isinf(end):
            return np.arange(self.n_points)
        edges, lengths = self._edges(end)
        if np.isfinite(diagram.deaths[bar]):
            edges = edges[lengths < end]
        shape = (self.n_points, self.n_points)
        graph = sparse.coo_array((np.ones(len(edges)), edges.T), shape=shape)
        _, part = connected_components(graph, directed=False)
        return np.flatnonzero(part == part[self._simplex(diagram, bar)[0]])

    def _close_path(self, simplex, birth):
        """The birth edge and the shortest path between its ends, over edges before it."""
        edges, lengths = self._edges(birth)
        u, v = sorted(map(int, simplex))
        own = np.flatnonzero((edges == (u, v)).all(axis=1))
        # A path over later edges, though of the same value, may bound triangles.
        path = Walks(self.n_points, edges, lengths).search(
            [u], v, n_edges=int(own[0]) if own.size else len(edges)
        )[1]
        if own.size and not path.size:
            # If the distances differ from those of the diagram in the last digit, the order may
            # be wrong.
            rest = np.delete(np.arange(len(edges)), own)
            path = Walks(self.n_points, edges[rest], lengths[rest]).search(
                [u], v, n_edges=rest.size
            )[1]
        if not path.size:
            raise ValueError("the diagram does not belong to this cloud: no cycle closes there.")
        return path

    def _words(self, diagram, bar, edges, path):
        """Words of the edges by the classes alive just before a death, and that of the bar.

        Each cocycle is 0 on edges that enter before its class is born. Classes older than the bar
        are left out, so that words do not tell them apart.
        """
        birth, death = diagram.births[bar], diagram.deaths[bar]
        end = diagram.threshold
        if np.isfinite(death):  # half-way to the edge before: lengths may be rounded on the way
            lengths = self._edges(death)[1]
            end = (death + lengths[lengths < death / _LOOSE].max(initial=0.0)) / 2
        dense = self._matrix is not None
        alive = rips_diagram(
            self._matrix if dense else self.X,
            metric="precomputed" if dense else self.metric,
            max_edge_length=end,
            cocycles=True,
        )
        words, n = np.zeros(len(edges), dtype=np.uint64), self.n_points
        ones = np.flatnonzero(alive.dims == 1)
        keys = edges @ np.array([n, 1])
        order = np.argsort(keys)
        around = np.sort(np.column_stack([path, np.roll(path, -1)]), axis=1) @ np.array([n, 1])
        supports = []
        for at, cocycle in zip(ones, alive.cocycles, strict=True):
            if np.isinf(alive.deaths[at]) and alive.births[at] >= birth / _LOOSE:
                odd = cocycle[cocycle[:, 2] % 2 == 1, :2]
                supports.append(np.unique(np.sort(odd, axis=1) @ np.array([n, 1])))
        seen = [np.count_nonzero(np.isin(around, keys_of)) % 2 for keys_of in supports]
        if not any(seen):
            raise ValueError("the diagram does not belong to this cloud: no cycle closes there.")
        # The lowest bit is a cocycle on few edges that the path crosses.
        chosen = min(np.flatnonzero(seen), key=lambda i: len(supports[i]))
        random = np.random.default_rng(0).integers(2**63, size=len(supports), dtype=np.uint64)
        random = (random << np.uint64(1)) | (np.arange(len(supports)) == chosen).astype(np.uint64)
        target = np.uint64(0)
        for word, keys_of, odd in zip(random, supports, seen, strict=True):
            at = np.minimum(np.searchsorted(keys[order], keys_of), max(len(keys) - 1, 0))
            at = order[at[keys[order][at] == keys_of]]
            words[at] ^= word
            target ^= word if odd else np.uint64(0)
        return words, target

    # -- higher degrees ------------------------------------------------------------------------

    def _surface(self, simplex, birth):
        """Simplices that are there at birth, with a boundary of zero, shortened locally."""
        from ..._kernels.cycles import reduce_with_history, unfold

        k = simplex.size - 1
        levels = self._cliques(birth, k)
        whole, lower = levels[k], levels[k - 1]
        own = np.flatnonzero((whole == np.sort(simplex)).all(axis=1))
        if not own.size:
            raise ValueError("the diagram does not belong to this cloud: no cycle closes there.")
        parts = [np.delete(whole, i, axis=1) for i in range(k + 1)]
        faces = np.column_stack(rows_of(lower, parts, self.n_points)).astype(np.int32)
        column = int(own[0])
        _, starts, _, begins, added = reduce_with_history(faces[: column + 1], len(lower))
        if starts[column] < starts[column + 1]:
            # Ties in another order than the diagram's: then what enters together may close it.
            last = np.r_[np.delete(np.arange(len(whole)), column), column]
            faces, whole = faces[last], whole[last]
            column = len(whole) - 1
            _, starts, _, begins, added = reduce_with_history(faces, len(lower))
            if starts[column] < starts[column + 1]:
                raise ValueError(
                    "the diagram does not belong to this cloud: no cycle closes there."
                )
        return shortened(whole[unfold(column, begins, added)])

    def _cliques(self, value, k):
        """Simplices of dimensions 1 … k that enter at `value` or before, each in order."""
        edges, lengths = self._edges(value)
        n = self.n_points
        keys = edges @ np.array([n, 1])
        by_key = np.argsort(keys)
        begins = np.searchsorted(edges[by_key, 0], np.arange(n + 1))
        above, sorted_keys = edges[by_key, 1], keys[by_key]
        levels, whole, diameters = [None, edges], edges, lengths
        for dimension in range(2, k + 1):
            # Each simplex with every vertex above its last one that is joined to all of it.
            last = whole[:, -1]
            counts = begins[last + 1] - begins[last]
            if counts.sum() > _MOST_SIMPLICES:
                raise ValueError(
                    f"the complex at birth has too many simplices of dimension {dimension} for a "
                    "cycle: thin the cloud."
                )
            row = np.repeat(np.arange(len(whole)), counts)
            offset = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)
            new = above[begins[last][row] + offset]
            size = np.maximum(diameters[row], lengths[by_key][begins[last][row] + offset])
            keep = np.ones(row.size, dtype=bool)
            for i in range(dimension - 1):
                wanted = whole[row, i] * n + new
                at = np.minimum(np.searchsorted(sorted_keys, wanted), len(keys) - 1)
                keep &= sorted_keys[at] == wanted
                size = np.maximum(size, lengths[by_key][at])
            whole = np.column_stack([whole[row], new])[keep]
            diameters = size[keep]
            # By diameter, then by the largest vertices, as gudhi and our kernels have them.
            order = np.lexsort((*whole.T, diameters))
            whole, diameters = whole[order], diameters[order]
            levels.append(whole)
        return levels
