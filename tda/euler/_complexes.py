"""Shapes in space as weighted cells: clouds, graphs and meshes with coordinates, binary images."""

from __future__ import annotations

from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from .._kinds import as_float
from .._validation import check_cloud, check_images, check_samples

__all__ = ["Cells", "Shape", "check_shapes", "complex_of", "image_of"]


class Cells(NamedTuple):
    """Cells that count with twice a weight when their last vertex comes, or their middle one."""

    corners: np.ndarray  # int32 (n_cells, n_corners)
    doubled: np.ndarray  # int64 (n_cells,)
    middle: bool = False


class Shape(NamedTuple):
    """Vertices, and what is counted in a direction.

    `parts` is a list of ``(sign, vertices, cells)``: for which signs of a direction's coordinates
    it counts (None for all), coordinates, and a list of `Cells`.
    """

    parts: list
    center: np.ndarray
    n_axes: int

    @property
    def radius(self):
        """The largest distance of a vertex from the centre."""
        far = [
            np.sqrt(((v - self.center) ** 2).sum(axis=1).max(initial=0)) for _, v, _ in self.parts
        ]
        return float(max(far, default=0.0))


def check_shapes(X, kind, name="X"):
    """Return the samples as a list of `Shape`."""
    if kind == "image":
        return [image_of(image) for image in check_images(X, name=name)]
    if isinstance(X, tuple) and len(X) == 2 and np.ndim(X[0]) == 2:
        if getattr(X[1], "dtype", np.dtype(float)).kind in "iu":
            raise ValueError(
                f"{name} is one pair (points, cells), but this takes a collection: pass [{name}]."
            )
    if hasattr(X, "vertices") and hasattr(X, "faces"):
        raise ValueError(f"{name} is one mesh, but this takes a collection: pass [{name}].")
    meshes = isinstance(X, list | tuple) and X and hasattr(X[0], "vertices")
    samples = X if meshes else check_samples(X, what="cloud", name=name)
    return [complex_of(sample, f"{name}[{i}]") for i, sample in enumerate(samples)]


def complex_of(sample, name="X"):
    """A cloud, a pair (points, cells) or an object with `vertices` and `faces` as a `Shape`."""
    cells = []
    if hasattr(sample, "vertices") and hasattr(sample, "faces"):
        points = check_cloud(sample.vertices, name=f"the vertices of {name}")
        faces = _check_cells(sample.faces, len(points), f"the faces of {name}")
        used, corners = np.unique(faces, return_inverse=True)
        points, cells = points[used], [corners.reshape(faces.shape)]
    elif isinstance(sample, list | tuple) and len(sample) == 2 and np.ndim(sample[0]) == 2:
        points = check_cloud(sample[0], name=f"the points of {name}")
        several = isinstance(sample[1], list | tuple) and any(np.ndim(c) == 2 for c in sample[1])
        given = sample[1] if several else [sample[1]]
        cells = [_check_cells(c, len(points), f"the cells of {name}") for c in given]
    else:
        points = check_cloud(sample, name=name)
    center = np.sort(points, axis=0).mean(axis=0)  # sums of sorted numbers: in no order of rows
    return Shape([(None, points, _closed(len(points), cells))], center, points.shape[1])


def _check_cells(cells, n, name):
    cells = as_float(cells, name)
    if cells.size == 0:
        return np.zeros((0, 2), np.int64)
    if cells.ndim != 2 or cells.shape[1] < 2:
        raise ValueError(
            f"{name} have shape {cells.shape}; edges are (n_edges, 2), triangles (n_triangles, 3), "
            "tetrahedra (n_tetrahedra, 4): numbers of their corners. Give cells of several "
            "dimensions as a list of such arrays."
        )
    if not ((cells == np.floor(cells)) & (cells >= 0) & (cells < n)).all():
        raise ValueError(
            f"{name} name points that are not there: they must be integers from 0 to {n - 1}."
        )
    return cells.astype(np.int64)


def _closed(n, given):
    """All faces of the cells, each once, as `Cells`.

    Of triangles and their edges few are counted. A triangle whose corners come at a ≤ b ≤ c has an
    edge that comes at b and two that come at c. So it comes, at c, as half of its edges do, less
    half of one at b; and edges of two triangles cancel with what these say of them.
    """
    by_size = {}
    for cells in given:
        cells = np.sort(cells, axis=1)
        cells = cells[(np.diff(cells, axis=1) > 0).all(axis=1)]  # of different corners
        by_size.setdefault(cells.shape[1], []).append(cells)
    largest = max(by_size, default=1)
    found = [Cells(np.arange(n, dtype=np.int32)[:, None], np.full(n, 2))]
    from_above = []
    for size in range(largest, 1, -1):
        own = by_size.get(size, [])
        if size == 2:
            edges, n_cofaces = _distinct([*own, *from_above], sum(map(len, own)), n, without=2)
            found.append(Cells(edges, n_cofaces - 2))
            break
        cells, _ = _distinct([*own, *from_above], 0, n)
        from_above = [cells[:, list(kept)] for kept in combinations(range(size), size - 1)]
        if size == 3:
            found.append(Cells(cells, np.full(len(cells), -1), True))
        else:
            found.append(Cells(cells, np.full(len(cells), 2 * (-1) ** (size - 1))))
    return found


def _distinct(parts, n_own, n, without=None):
    """The different rows, and how often each is there beyond the first `n_own` rows.

    Those that are there `without` times are left out.
    """
    rows = np.concatenate(parts) if parts else np.zeros((0, 2), np.int64)
    width = rows.shape[1]
    if width * np.log2(max(n, 2)) < 62:  # sorting one number a row is several times faster
        powers = n ** np.arange(width - 1, -1, -1, dtype=np.int64)
        keys = rows[:, 0] * powers[0]
        for k in range(1, width):
            keys += rows[:, k] * powers[k]
        own, others = np.sort(keys[:n_own]), np.sort(keys[n_own:])
        if n_own == 0:
            first = np.flatnonzero(np.diff(others, prepend=-1))
            keys, counts = others[first], np.diff(np.append(first, others.size))
            if without is None and len(keys) == len(rows):
                return rows.astype(np.int32), counts
        else:
            keys = np.unique(np.concatenate([own, others]))
            counts = np.searchsorted(others, keys, "right") - np.searchsorted(others, keys)
        if without is not None:
            keys, counts = keys[counts != without], counts[counts != without]
        rows = (keys[:, None] // powers) % n
    else:
        rows, place = np.unique(rows, axis=0, return_inverse=True)
        counts = np.bincount(place.ravel()[n_own:], minlength=len(rows))
        if without is not None:
            rows, counts = rows[counts != without], counts[counts != without]
    return rows.astype(np.int32), counts.astype(np.int64)


def image_of(image):
    """The nonzero cells of an image as unit squares or cubes around their indices.

    All cells of a square that come with one corner are counted there. What they add up to depends
    on the four squares around the corner and on the signs of the direction, and mostly it is 0.
    """
    d = image.ndim
    mask = np.pad(image != 0, 1)
    pixels = np.argwhere(image != 0)
    center = pixels.mean(axis=0) if len(pixels) else np.zeros(d)
    around = list(product((0, 1), repeat=d))  # the cells around a corner: below or above it
    code = np.zeros([s - 1 for s in mask.shape], np.uint8)
    for bit, place in enumerate(around):
        part = mask[tuple(slice(p, s - 1 + p) for p, s in zip(place, mask.shape, strict=True))]
        code |= part.astype(np.uint8) << bit
    corners = np.argwhere((code != 0) & (code != 2 ** len(around) - 1))
    codes = code[tuple(corners.T)]
    parts = []
    for signs in product((1, -1), repeat=d):
        weights = _corner_weights(d, signs)[codes]
        here = weights != 0
        vertices = corners[here] - 0.5
        places = np.arange(len(vertices), dtype=np.int32)[:, None]
        parts.append((signs, vertices, [Cells(places, 2 * weights[here])]))
    return Shape(parts, center, d)


def _corner_weights(d, signs):
    """By which cells around a corner are there: the alternating sum of what comes with it."""
    around = list(product((0, 1), repeat=d))
    weights = np.zeros(2 ** len(around), np.int64)
    present = np.arange(weights.size)[:, None] >> np.arange(len(around)) & 1
    for axes in product((0, 1), repeat=d):  # along which axes the cell extends, downward
        beside = [
            all(p == (s < 0) for p, a, s in zip(place, axes, signs, strict=True) if a)
            for place in around
        ]
        weights += (-1) ** sum(axes) * present[:, beside].any(axis=1)
    return weights
