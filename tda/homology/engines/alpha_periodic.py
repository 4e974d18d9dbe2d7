"""Alpha persistence in a box with glued sides: points on a flat torus, with weights too."""

from __future__ import annotations

import numpy as np

from ... import _memory
from .._plan import Engine
from ._alpha_levels import alpha_levels, level_bars
from ._triangulation import triangulate
from .alpha_delaunay import assemble
from .alpha_weighted_gudhi import signed_root

__all__ = ["ENGINE", "alpha_periodic"]

_BITS = 53 - 4  # of the longest side; its copies reach less than 16 times as far
_MOST_POINTS = 2**25  # cells are numbered in 32 bits
_CLOSE = 1 + 1e-6  # radii are taken so much larger
_APART = 1.002  # of squared radii: so much larger than those at which something happens


def alpha_periodic(
    X, box, weights=None, *, max_dimension, field=2, max_radius=np.inf, simplices=False, task=None
):
    """Diagram of the balls around points that repeat themselves along each axis.

    Parameters
    ----------
    X : float array of shape (n_points, n_features)
        A cloud of one to three columns, checked. Points outside the box stand for those in it.
    box : float array of shape (n_features,)
        The period of each axis, infinite for those whose sides are not glued, but not for all.
    weights : float array of shape (n_points,), default=None
    max_dimension, field, max_radius, simplices
        As in `alpha_delaunay`.
    task : default=None
        Asked for its words where memory does not suffice.

    Returns
    -------
    Diagram or None
        None if the counts of simplices do not agree, which cannot happen and is checked.

    Notes
    -----
    The points of space that repeat themselves have a Delaunay triangulation that repeats itself:
    with exact signs, and with ties broken by differences of points alone. Its simplices up to
    periods are a complex with the homology of the union of balls on the torus, as periods move
    every simplex. For few points it is not a simplicial complex: an edge may join a point to
    itself. No cover is needed [1]_.

    Cells at points of the box are found among copies within a margin around it. They are right if
    their spheres stay within, since points there would be known. Otherwise the margin grows.

    References
    ----------
    .. [1] M. Caroli, M. Teillaud, "Delaunay triangulations of closed Euclidean d-orbifolds",
       Discrete & Computational Geometry 55, 2016.
    """
    n = len(X)
    X, box, last = _closed(X, box, weights)
    P, sides, exponent = _on_grid(X, box)
    W, top = np.zeros(n), 0.0
    if weights is not None:
        top = weights.max()
        W = np.ldexp(weights - top, -2 * exponent)
        step = int(np.frexp(W.min(initial=0.0))[1]) - 53
        W = np.ldexp(np.rint(np.ldexp(W, -step)), step)  # differences are then exact
    # Of points at one place, the first of the heaviest stays.
    order = np.lexsort([np.arange(n), -W, *P.T[::-1]])
    same = (P[order[1:]] == P[order[:-1]]).all(axis=1)
    kept = np.sort(order[np.append(True, ~same)])
    star = _star(P[kept], sides, None if weights is None else W[kept], task)
    of = kept[star.of]
    levels = alpha_levels(star.points, W[of], star.cells, star.move)
    bars = level_bars(levels, max_dimension, field, closed=True)
    if bars is None:
        return None

    def to_radius(values):
        return signed_root(np.ldexp(values, 2 * exponent) - top)

    named = np.append(of, -1)
    bars = [(named[born], named[died], to_radius(spans)) for born, died, spans in bars]
    return assemble(
        bars[: max_dimension + 1],
        (np.zeros(0, np.int64), 0.0),
        filtration="periodic alpha",
        field=field,
        max_dimension=max_dimension,
        max_radius=min(max_radius, last),
        simplices=simplices,
    )


def _closed(X, box, weights):
    """The cloud in a box with all sides glued, and the radius up to which nothing has changed.

    A side that is not glued is moved so far out that, up to that radius, no ball meets one of
    another copy. Beyond it nothing more happens without the copies: a class begins or ends at a
    point that lies among the points which are nearest to it, so in a column above their convex
    hull along the open axes; and every point there is near some point of the cloud, by at most
    half a period along the glued axes and half the widest gap or the diagonal along the others.
    """
    if X.shape[1] == 1:
        X, box = np.column_stack([X, np.zeros(len(X))]), np.append(box, np.inf)
    open_ = np.isinf(box)
    if not open_.any():
        return X, box, np.inf
    X = np.where(open_, X - X.min(axis=0), X)
    extents = X.max(axis=0)[open_]
    gaps = extents if len(extents) > 1 else np.diff(np.sort(X[:, open_][:, 0])).max(initial=0.0)
    scale = max(box[~open_].max(), extents.max())
    steps = np.append(box[~open_], gaps) / 2 / scale
    low, high = (0.0, 0.0) if weights is None else (weights.min(), weights.max())
    square = np.sum(steps**2) - low / scale / scale  # of the last radius at which something happens
    widest = square + high / scale / scale  # of a ball then
    sides = box.copy()
    sides[open_] = extents + 2 * scale * np.sqrt(widest * _APART)
    return X, sides, float(scale * signed_root(square + (_APART - 1) / 2 * widest))


def _on_grid(X, box):
    """Points in the box and its sides, on multiples of 2**-53, and the exponent of their scale."""
    exponent = int(np.frexp(box.max())[1])
    to_grid = lambda values: np.rint(np.ldexp(values, _BITS - exponent))  # noqa: E731
    sides = to_grid(box)
    P = np.mod(to_grid(np.fmod(X, box)), sides)
    return np.ldexp(P, -53), np.ldexp(sides, -53), exponent + 53 - _BITS


class _Star:
    """The cells at the points of the box, whose vertices are copies of points.

    Attributes
    ----------
    points : array of shape (n_copies, d)
        In an order that is the same for all copies of a simplex: by coordinates.
    of : int array of shape (n_copies,)
        The point that each is a copy of.
    cells : int array of shape (n_cells, d + 1)
        One of each class of cells: the first vertex is in the box.
    """

    def __init__(self, points, of, shifts, cells):
        used = np.unique(cells)
        used = used[np.lexsort(points[used].T[::-1])]
        number = np.full(len(points), -1)
        number[used] = np.arange(len(used))
        self.points, self.of = points[used], of[used]
        # A code in which adding a period is adding a number.
        reach = 4 * int(np.abs(shifts).max(initial=0)) + 1
        self.shifts = shifts[used] @ reach ** np.arange(points.shape[1])
        codes = self.of * reach ** points.shape[1] * 2 + self.shifts
        self._order = np.argsort(codes)
        self._codes = codes[self._order]
        self._each = codes
        cells = np.sort(number[cells], axis=1)
        self.cells = cells[self.shifts[cells[:, 0]] == 0]

    def move(self, rows):
        """Rows of vertices by the period that brings the first vertex into the box."""
        out = np.flatnonzero(self.shifts[rows[:, 0]])
        codes = self._each[rows[out]] - self.shifts[rows[out, 0]][:, None]
        rows[out] = self._order[np.searchsorted(self._codes, codes)]
        return rows


def _star(P, sides, weights, task):
    """The `_Star` of points in a box, by copies within a margin that grows until it suffices."""
    n, d = P.shape
    most = float(np.linalg.norm(sides)) * _CLOSE  # twice the radius of the largest empty ball
    margin = min(_first_margin(n, sides), most)
    while True:
        if task is not None:
            _memory.require_bytes(_bytes(n, sides, margin), task.what, task.way_out)
        points, of, shifts = _copies(P, sides, margin)
        found = triangulate(points, None if weights is None else weights[of], generic=True)
        if found.cells is None:
            margin = min(2 * margin, most)
            continue
        points, of, shifts = found.points, of[found.order], shifts[found.order]
        inside = ~shifts.any(axis=1)
        cells, links = found.cells.reshape(-1, d + 1), found.links.reshape(-1, d + 1)
        at = inside[cells]
        # A facet at a point of the box, with nothing beyond, is at the end of what is known.
        ends = ((links < 0) & (at.sum(axis=1, keepdims=True) > at)).any()
        cells = cells[at.any(axis=1)]
        need = (
            most
            if ends
            else _reach(
                points, np.zeros(len(of)) if weights is None else weights[of], cells, sides, margin
            )
        )
        if need <= margin or margin == most:
            return _Star(points, of, shifts, cells)
        margin = min(2 * margin if ends else max(need * _CLOSE, 1.1 * margin), most)


def _first_margin(n, sides):
    """Twice the radius of the largest empty ball among so many uniform points, or a bit more."""
    d = len(sides)
    volume = {2: np.pi, 3: 4 * np.pi / 3}[d]
    mean = np.exp(np.mean(np.log(sides)))
    return 2 * float(mean * ((np.log(n) + 8) / (volume * n)) ** (1 / d))


def _copies(P, sides, margin):
    """Points and their copies within a margin around the box; of which point, by which periods."""
    n, d = P.shape
    points, of, shifts = P, np.arange(n), np.zeros((n, d), np.int64)
    for axis in range(d):
        parts = []
        reach = int(np.ceil(margin / sides[axis]))
        for k in range(-reach, reach + 1):
            x = points[:, axis] + k * sides[axis]
            near = np.flatnonzero((x >= -margin) & (x < sides[axis] + margin))
            moved, periods = points[near], shifts[near]
            moved[:, axis], periods[:, axis] = x[near], k
            parts.append((moved, of[near], periods))
        points, of, shifts = map(np.concatenate, zip(*parts, strict=True))
    return points, of, shifts


def _reach(points, W, cells, sides, margin):
    """How far the spheres of cells reach out of the box, or a bit more."""
    from ..._kernels.alpha_spheres import power_spheres

    squares, shares, _ = power_spheres(points, W, cells.astype(np.int64))
    radii = np.sqrt(squares) * _CLOSE
    far = 2 * radii > margin  # all others are near a point of the box
    if not far.any():
        return 0.0
    radii, shares, cells = radii[far], shares[far], cells[far]
    moves = shares[:, 1:, None] * (points[cells[:, 1:]] - points[cells[:, :1]])
    centres = points[cells[:, 0]] + moves.sum(axis=1)
    radii += 1e-14 * np.abs(moves).sum(axis=(1, 2))  # rounding of the centres
    out = np.maximum(radii[:, None] - centres, radii[:, None] + centres - sides).max(axis=1)
    return float(np.minimum(out, 2 * radii).max())


def _bytes(n, sides, margin):
    # Bytes per copy and per point as measured on uniform points.
    copies = n * float(np.prod(1 + 2 * margin / sides))
    return int(320 * copies + 900 * n if len(sides) == 2 else 1800 * copies + 3500 * n)


def _memory_of(task):
    n, box = task.n_points, _closed(task.X, task.box, task.weights)[1]
    return _bytes(n, box, min(_first_margin(n, box), float(np.linalg.norm(box))))


def _kernels():
    from ..._kernels import alpha_plane, alpha_space, alpha_spheres

    return alpha_plane.delaunay_plane, alpha_space.delaunay_space, alpha_spheres.power_spheres


ENGINE = Engine(
    "periodic",
    "our own exact Delaunay triangulation of the flat torus",
    needs="points",
    takes=lambda task: task.n_points <= _MOST_POINTS,
    memory=_memory_of,
    compute=lambda X, task: alpha_periodic(
        X,
        task.box,
        task.weights,
        max_dimension=task.max_dimension,
        field=task.field,
        max_radius=task.max_radius,
        simplices=task.simplices,
        task=task,
    ),
    kernels=_kernels,
    family="alpha",
)
