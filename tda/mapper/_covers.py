"""Covers of the values of a lens by sets that overlap. Which sets a value lies in is a sparse row.

Each cover is made by `fit_cover` from the values of a lens and then says of any values where they
lie, in blocks of rows.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = ["BallCover", "CenterCover", "IntervalCover", "fit_cover", "greedy_balls"]

#: Rows that are looked at together.
BLOCK = 100_000


class IntervalCover:
    """Boxes of equal size on a grid: n in each column, as long as makes neighbours share `overlap`.

    The middles divide the range of the values evenly, and an interval is ``range / (n (1 -
    overlap))`` long and closed: kmapper's cubes. With `balanced` all this is done to the shares
    of points below a value, so that each interval holds about as many points.
    """

    def __init__(self, values, n_intervals, overlap, *, balanced=False):
        self.sorted = [np.unique(column) for column in values.T] if balanced else None
        if balanced:
            self.shares = [
                np.searchsorted(np.sort(column), known, side="right") / len(values)
                for column, known in zip(values.T, self.sorted, strict=True)
            ]
        values = self._placed(values)
        self.n = np.broadcast_to(np.asarray(n_intervals, dtype=int), values.shape[1]).copy()
        self.low, high = values.min(axis=0), values.max(axis=0)
        span = high - self.low
        self.n[span == 0] = 1
        self.step = np.where(span > 0, span / self.n, 1.0)
        self.radius = np.where(span > 0, span / (2 * self.n * (1 - overlap)), 0.5)
        if np.prod(self.n.astype(float)) >= 2**62:
            raise ValueError(
                f"n_intervals={self.n.tolist()} makes more boxes than can be numbered: take fewer "
                "intervals, or a lens of fewer columns."
            )
        # Of the boxes of a grid most are empty where the lens has several columns.
        self.filled = np.unique(np.concatenate([self._inside(some)[1] for some in _blocks(values)]))

    def _placed(self, values):
        if self.sorted is None:
            return values
        columns = zip(values.T, self.sorted, self.shares, strict=True)
        return np.column_stack([np.interp(v, known, share) for v, known, share in columns])

    @property
    def n_sets(self):
        return len(self.filled)

    def members(self, values):
        """Which sets hold each row, as a csr array of bool, shape (n_rows, n_sets)."""
        return _stacked(self._members, values, self.n_sets)

    def _members(self, values):
        rows, boxes = self._inside(self._placed(values))
        places = np.minimum(np.searchsorted(self.filled, boxes), len(self.filled) - 1)
        known = self.filled[places] == boxes
        return rows[known], places[known]

    def _inside(self, values):
        """Pairs of a row and a box of the grid that holds it."""
        rows, sets = np.arange(len(values)), np.zeros(len(values), dtype=np.int64)
        for c, n in enumerate(self.n):
            x = values[:, c]
            reach = int(np.ceil(self.radius[c] / self.step[c] + 0.5))
            here = np.clip(np.floor((x - self.low[c]) / self.step[c]), -1, n).astype(np.int64)
            near = here[:, None] + np.arange(-reach, reach + 1)
            middles = self.low[c] + (near + 0.5) * self.step[c]
            inside = (near >= 0) & (near < n)
            inside &= (x[:, None] >= middles - self.radius[c]) & (
                x[:, None] <= middles + self.radius[c]
            )
            which, at = np.nonzero(inside[rows])
            rows, sets = rows[which], sets[which] * n + near[rows[which], at]
        return rows, sets


class CenterCover:
    """Sets around the centres of k-means: where a centre is nearly as near as the nearest one.

    A point belongs to each centre that is at most ``1 + overlap`` times as far as the nearest.
    """

    def __init__(self, values, n_sets, overlap, random_state):
        from sklearn.cluster import KMeans

        n_sets = min(n_sets, len(np.unique(values, axis=0)))
        some = values
        if len(values) > BLOCK:
            some = values[:: -(-len(values) // BLOCK)]
        model = KMeans(n_sets, n_init=3, random_state=random_state).fit(some)
        self.centers, self.factor = model.cluster_centers_, 1 + overlap

    @property
    def n_sets(self):
        return len(self.centers)

    def members(self, values):
        return _stacked(self._members, values, self.n_sets)

    def _members(self, values):
        from scipy.spatial.distance import cdist

        D = cdist(values, self.centers)
        return np.nonzero(self.factor * D.min(axis=1, keepdims=True) >= D)


class BallCover:
    """Balls of one radius about points of the cloud, each outside the balls before it."""

    def __init__(self, values, radius):
        self.rows = greedy_balls(values, radius)
        self.centers, self.radius = values[self.rows], radius

    @property
    def n_sets(self):
        return len(self.centers)

    def members(self, values):
        return _stacked(self._members, values, self.n_sets)

    def _members(self, values):
        from scipy.spatial import cKDTree

        found = cKDTree(self.centers).query_ball_point(values, self.radius, return_sorted=True)
        counts = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
        sets = np.concatenate([np.asarray(f, dtype=np.int64) for f in found])
        return np.repeat(np.arange(len(values)), counts), sets


def _blocks(values):
    return (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))


def _stacked(members, values, n_sets):
    blocks = []
    for some in _blocks(values):
        rows, sets = members(some)
        ones = np.ones(len(rows), dtype=bool)
        blocks.append(sparse.csr_array((ones, (rows, sets)), shape=(len(some), n_sets)))
    return blocks[0] if len(blocks) == 1 else sparse.vstack(blocks, format="csr")


def greedy_balls(X, radius):
    """Rows of `X`, in order, of which each is outside the balls about those before it."""
    from scipy.spatial import cKDTree

    tree = cKDTree(X)
    free = np.ones(len(X), dtype=bool)
    centers = []
    for i in range(len(X)):
        if free[i]:
            centers.append(i)
            free[tree.query_ball_point(X[i], radius)] = False
    return np.array(centers)


def fit_cover(kind, values, *, n_intervals, overlap, radius, random_state):
    """The cover of a kind for these values of a lens.

    Parameters
    ----------
    kind : {"uniform", "balanced", "kmeans", "ball"}, or object
        An object of your own has ``fit(values)`` and ``members(values)``, which gives a sparse
        matrix of shape (n_rows, n_sets).
    """
    if not isinstance(kind, str):
        return kind.fit(values)
    if kind == "kmeans":
        return CenterCover(values, int(np.max(n_intervals)), overlap, random_state)
    if kind == "ball":
        span = np.ptp(values, axis=0).max()
        if radius is None:
            radius = span / (2 * np.max(n_intervals) * (1 - overlap))
        return BallCover(values, radius or 1.0)
    return IntervalCover(values, n_intervals, overlap, balanced=kind == "balanced")
