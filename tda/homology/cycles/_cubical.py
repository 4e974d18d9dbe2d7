"""Cycles of images: loops as closed paths of pixels, voids as the pixels around them."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations, product

import numpy as np

from ._loops import LoopWords, Walks
from ._tight import tight_loop, tight_scale

__all__ = ["CubicalCycles"]

_MOST_CELLS = 6_000_000


class CubicalCycles:
    """Cycles of the bars of one image.

    Parameters
    ----------
    image : array of one to three axes
    construction : {"cells", "vertices"}
    """

    def __init__(self, image, construction):
        if construction not in ("cells", "vertices"):
            raise ValueError(
                f"construction={construction!r}; it must be one of {('cells', 'vertices')}"
            )
        self.corners = construction == "cells"
        self.shape = image.shape
        # Axes of length 1 change nothing, and flat indices stay what they are.
        self.image = np.asarray(image, dtype=float).reshape(
            [n for n in image.shape if n > 1] or [1]
        )
        self._sign, self._found = 1.0, {}

    def birth(self, diagram, bar):
        self._turn(diagram)
        k = int(diagram.dims[bar])
        if k == 0:
            return self._pixel(diagram.birth_simplices, bar)
        if k == 1:
            pair = self._pair(diagram, bar)
            edge = int(self._loops.free[pair])
            u, v = map(int, self._edges[edge])
            return self._walks.search([u], v, n_edges=edge)[1]
        return self._wall(diagram, bar)

    def tight(self, diagram, bar, scale):
        self._turn(diagram)
        if diagram.dims[bar] != 1:
            return self.birth(diagram, bar)
        pair = self._pair(diagram, bar)
        birth, death = self._loops.births[pair], self._loops.deaths[pair]
        if scale is None:
            middle = birth + (death - birth) / 2 if np.isfinite(death) else np.inf
            scale = middle if middle < death and not np.isnan(middle) else birth
        else:
            scale = tight_scale(self._sign * scale, birth, death)
        n_edges = int(np.searchsorted(self._loops.values, scale, side="right"))
        return tight_loop(
            self._walks,
            n_edges,
            lambda filled: self._loops.of(pair, filled=filled),
            int(self._edges[self._loops.free[pair], 0]),
            self._places,
        )

    def volume(self, diagram, bar):
        self._turn(diagram)
        k = int(diagram.dims[bar])
        if k == 0:
            return self._members(diagram, bar)
        if k == self.image.ndim - 1:
            return self._wall(diagram, bar)
        raise ValueError(
            f'how="volume" is available in degree 0 and the top one, not in degree {k} of an image '
            f"of {self.image.ndim} axes."
        )

    def _turn(self, diagram):
        """Take the values of a superlevel diagram the other way round."""
        if diagram.birth_simplices is None:
            raise ValueError(
                "a cycle is read off the pixels of a cubical diagram: compute it with "
                "representatives=True."
            )
        sign = -1.0 if (diagram.births > diagram.deaths).any() else 1.0
        if sign != self._sign:
            self.__dict__.pop("_cells", None), self.__dict__.pop("_loops", None)
            self.__dict__.pop("_walks", None)
        self._sign = sign
        births = np.append(diagram.birth_simplices[:, 0], 0)
        if (
            births.max() >= self.image.size
            or (self.image.reshape(-1)[births[:-1]] != diagram.births).any()
        ):
            raise ValueError("the diagram does not belong to this image: its values are others.")

    @property
    def _values(self):
        return self._sign * self.image

    @cached_property
    def _places(self):
        return (
            np.stack(np.unravel_index(np.arange(self.image.size), self.image.shape), axis=1) * 1.0
        )

    # -- components and voids ------------------------------------------------------------------

    def _pixel(self, pixels, bar):
        return pixels[bar, :1].copy()

    def _structure(self, corners):
        from scipy.ndimage import generate_binary_structure

        return generate_binary_structure(self.image.ndim, self.image.ndim if corners else 1)

    def _members(self, diagram, bar):
        """The pixels of a component just before it ends."""
        death = self._sign * diagram.deaths[bar]
        return self._piece(self._values < death, self.corners, diagram.birth_simplices[bar, 0])

    def _piece(self, mask, corners, pixel):
        from scipy.ndimage import label

        parts = label(mask, self._structure(corners))[0].reshape(-1)
        return np.flatnonzero(parts == parts[pixel])

    def _wall(self, diagram, bar):
        """The pixels around the hole that the pixel of death lies in."""
        from scipy.ndimage import binary_dilation

        end = diagram.death_simplices[bar, 0]
        if end < 0:
            raise ValueError(f"bar {bar} never ends, so there is no hole that could be filled.")
        inside = np.zeros(self.image.size, dtype=bool)
        later = self._values > self._sign * diagram.births[bar]
        inside[self._piece(later, not self.corners, end)] = True
        inside = inside.reshape(self.image.shape)
        for axis in range(inside.ndim):
            if np.take(inside, [0, -1], axis=axis).any():
                raise ValueError(
                    "the diagram does not belong to this image or construction: the hole is open."
                )
        around = binary_dilation(inside, self._structure(not self.corners)) & ~inside
        return np.flatnonzero(around)

    # -- loops ---------------------------------------------------------------------------------

    @cached_property
    def _cells(self):
        """Edges and 2-cells as pixels, with values, in order, and the edges of each cell."""
        shape, values = self.image.shape, self._values.reshape(-1)
        d = len(shape)
        index = np.arange(self.image.size).reshape(shape)
        corners = np.array(list(product((0, 1), repeat=d)))
        if self.corners:
            pairs = {_moved(s) for s in combinations(map(tuple, corners.tolist()), 2)}
            cells = {_moved(s) for s in combinations(map(tuple, corners.tolist()), 3)}
        else:
            axes = np.eye(d, dtype=int)
            zero = (0,) * d
            pairs = {(zero, tuple(a)) for a in axes.tolist()}
            cells = {
                (zero, tuple(b), tuple(a), tuple((np.add(a, b)).tolist()))
                for a, b in combinations(axes.tolist(), 2)
            }
        if len(cells) * self.image.size > _MOST_CELLS:
            raise ValueError(
                f"an image of shape {self.shape} is too large for its loops: crop or shrink it."
            )
        edges = np.concatenate([_everywhere(index, pair) for pair in sorted(pairs)])
        cells = np.concatenate(
            [_everywhere(index, cell) for cell in sorted(cells)]
            or [np.zeros((0, 3 if self.corners else 4), dtype=int)]
        )
        edges = np.sort(edges, axis=1)
        edge_values, cell_values = values[edges].max(axis=1), values[cells].max(axis=1)
        order = np.argsort(edge_values, kind="stable")
        edges, edge_values = edges[order], edge_values[order]
        order = np.argsort(cell_values, kind="stable")
        cells, cell_values = cells[order], cell_values[order]
        sides = combinations(range(3), 2) if self.corners else [(0, 1), (1, 3), (3, 2), (2, 0)]
        size = self.image.size
        keys = edges[:, 0] * size + edges[:, 1]
        by_key = np.argsort(keys)
        faces = [
            by_key[
                np.searchsorted(
                    keys[by_key],
                    np.minimum(cells[:, i], cells[:, j]) * size
                    + np.maximum(cells[:, i], cells[:, j]),
                )
            ]
            for i, j in sides
        ]
        return edges, edge_values, np.column_stack(faces).astype(np.int32), cells, cell_values

    @property
    def _edges(self):
        return self._cells[0]

    @cached_property
    def _loops(self):
        edges, values, faces, _, cell_values = self._cells
        return LoopWords(self.image.size, edges, values, faces, cell_values)

    @cached_property
    def _walks(self):
        steps = self._places[self._edges[:, 0]] - self._places[self._edges[:, 1]]
        return Walks(self.image.size, self._edges, np.linalg.norm(steps, axis=1))

    def _pair(self, diagram, bar):
        """The pair with the pixels of birth and death, or else with its values."""
        if self.image.ndim < 2:
            raise ValueError("the diagram does not belong to this image: a series has no loops.")
        loops, cells = self._loops, self._cells[3]
        birth, death = self._sign * diagram.births[bar], self._sign * diagram.deaths[bar]
        near = np.flatnonzero((loops.births == birth) & (loops.deaths == death))
        if not near.size:
            raise ValueError(
                "the diagram does not belong to this image or construction: no loop has its values."
            )
        begins = (self._edges[loops.free[near]] == diagram.birth_simplices[bar, 0]).any(axis=1)
        ends = np.zeros(near.size, dtype=bool)
        ended = loops.cells[near] >= 0
        ends[ended] = (cells[loops.cells[near][ended]] == diagram.death_simplices[bar, 0]).any(
            axis=1
        )
        return int(near[np.argmax(2 * begins + ends)])


def _moved(corners):
    """Corners of a block moved to the origin along each axis."""
    low = np.min(corners, axis=0)
    return tuple(sorted(tuple(c) for c in (np.array(corners) - low).tolist()))


def _everywhere(index, offsets):
    """Rows of pixels at these offsets from each pixel where all are in the image."""
    reach = np.max(offsets, axis=0)
    columns = [
        index[
            tuple(slice(o, n - r + o) for o, n, r in zip(offset, index.shape, reach, strict=True))
        ]
        for offset in offsets
    ]
    return np.column_stack([c.reshape(-1) for c in columns])
