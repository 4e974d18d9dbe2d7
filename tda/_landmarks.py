"""Landmarks: a few points that stand for all, and how far the others are from them."""

from __future__ import annotations

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np

from ._blocks import MOST_ROWS, as_blocks, sampled_rows, working_rows
from ._geometry import is_low_dimensional
from ._kinds import check_extent
from ._metrics import distances, take_metric
from ._validation import check_cloud, check_distance_matrix
from ._words import counted

__all__ = ["Landmarks", "distortion", "landmarks"]

#: To judge which points are strays, each is compared with so many rows at most, by its distances
#: to so many of them.
N_MEASURE, N_NEAR = 100_000, 10


class Landmarks(NamedTuple):
    """Points that stand for a whole cloud, as `landmarks` finds them.

    Attributes
    ----------
    indices : int array of shape (n_landmarks,)
        Rows of the landmarks, in the order in which they were chosen: the first k of them are
        landmarks too.
    covering_radius : float
        Every point is within this distance of a landmark, but for those left out.
    reach : array of shape (n_landmarks,)
        The covering radius of the first k + 1 landmarks, or where the data was read in blocks a
        bound of it.
    points : array of shape (n_landmarks, n_features), or None
        The landmarks; None for distances.
    n_points : int
        How many points they stand for.
    left_out : int array
        Rows of the strays, which no landmark stands for.
    """

    indices: np.ndarray
    covering_radius: float
    reach: np.ndarray
    points: np.ndarray | None
    n_points: int
    left_out: np.ndarray

    def __len__(self):
        return len(self.indices)

    def __repr__(self):
        strays = f", {len(self.left_out):,} left out" if len(self.left_out) else ""
        return (
            f"Landmarks({len(self):,} of {counted(self.n_points, 'point')}, covering radius "
            f"{self.covering_radius:.4g}{strays})"
        )


def landmarks(X, *, n_points=None, radius=None, trim=0.0, metric="euclidean") -> Landmarks:
    """Choose landmarks by farthest points, each the point farthest from those before.

    No two landmarks are closer than the covering radius, so they are spread evenly, whatever the
    density of the cloud. The persistence diagram of the landmarks is close to that of the whole
    cloud, with a bound that holds for certain: see the notes.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        A cloud; with ``metric="precomputed"`` a distance matrix. Data that stays on disk or in
        another engine is read in blocks: `numpy.memmap`, ``.npy`` and ``.parquet`` files by their
        path, zarr, h5py, pyarrow's `ParquetFile`, Dask's arrays and data frames.
    n_points : int, default=None
        How many landmarks; of a cloud with fewer distinct points all of these.
    radius : float, default=None
        Take landmarks until every point is within this distance of one. At least one of `n_points`
        and `radius` is given; with both the search ends at what comes first.
    trim : float, default=0.0
        The share of the points that are taken for strays and left out, since farthest points take
        the strays first: those farthest from their ten nearest points (the distance to a measure).
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, or "precomputed". Squares of metrics,
        such as "cosine", are replaced by the metric (`tda._metrics`).

    Returns
    -------
    Landmarks

    Raises
    ------
    ValueError
        If neither number nor radius is given, for a parameter out of its range, and for a cloud
        that is empty, not 2-D, or holds NaN or infinity.

    Notes
    -----
    Farthest points cover within twice the least radius that any so many points can have [1]_. In
    up to twelve dimensions on a k-d tree, about O(n log n) in all: 10,000 landmarks of a million
    points of space take half a second. Otherwise O(n_landmarks * n_points).

    Data larger than half of scikit-learn's `working_memory` is read twice, in blocks: landmarks of
    each block first, then landmarks of those; the second pass measures the covering radius. This is
    then at most four times the least instead of twice [2]_, and as a rule within a
    tenth of what one pass in memory finds.

    There is no other approximation beside landmarks: in the same time a sparse Rips filtration and
    a Flood complex had larger bounds, and as a rule larger errors, than more landmarks. The bound
    was 2.7 times the true error in the median of 200 clouds (``benchmarks/approximations.py``).

    What a bar of the landmarks' diagram says of the whole cloud, with covering radius r, for the
    landmarks L in the cloud X:

    * Alpha, in radii: every point of X is within r of L, so the unions of balls nest,
      ``L_t ⊂ X_t ⊂ L_{t + r}``.
    * Rips, in edge lengths: moving each point to its nearest landmark makes an edge longer by at
      most 2 r, so ``Rips_t(L) ⊂ Rips_t(X) → Rips_{t + 2r}(L)``, and the compositions are contiguous
      to inclusions.
    * DTM, with the distance to the measure of the whole cloud, which is 1-Lipschitz: likewise with
      r times the root of 2 (Proposition 3.2 of [5]_).

    Let e be r, 2 r or 1.41 r. The two modules are then e-interleaved, and the bottleneck distance
    of their diagrams is at most e ([3]_, [4]_). Since one of the two maps does not shift, more is
    true: after a shift of the landmarks' diagram by e / 2 both are e / 2-interleaved. So a bar
    (b, d) of the landmarks that is longer than e belongs to a bar of the cloud that is born in
    [b - e, b] and dies in [d - e, d], and every bar of the cloud longer than e is seen.

    References
    ----------
    .. [1] T. F. Gonzalez, "Clustering to minimize the maximum intercluster distance", Theoretical
       Computer Science 38, 1985.
    .. [2] G. Malkomes, M. J. Kusner, W. Chen, K. Q. Weinberger, B. Moseley, "Fast distributed
       k-center clustering with outliers on massive data", NIPS 28, 2015.
    .. [3] F. Chazal, V. de Silva, S. Oudot, "Persistence stability for geometric complexes",
       Geometriae Dedicata 173, 2014.
    .. [4] D. Cohen-Steiner, H. Edelsbrunner, J. Harer, "Stability of persistence diagrams",
       Discrete & Computational Geometry 37, 2007.
    .. [5] H. Anai, F. Chazal, M. Glisse, Y. Ike, H. Inakoshi, R. Tinarrage, Y. Umeda, "DTM-based
       filtrations", Symposium on Computational Geometry, 2019, arXiv:1811.04757.

    Examples
    --------
    >>> from tda import landmarks
    >>> from tda.datasets import make_circle
    >>> X = make_circle(5000, noise=0.02, random_state=0).points
    >>> marks = landmarks(X, n_points=100)
    >>> len(marks), round(marks.covering_radius, 2)
    (100, 0.07)
    >>> len(landmarks(X, radius=0.1)) < 100
    True
    """
    _check(n_points, radius, trim)
    precomputed = isinstance(metric, str) and metric == "precomputed"
    blocks = None if precomputed else as_blocks(X)
    if blocks is not None and not blocks.fits():
        if metric != "euclidean":
            raise ValueError(
                f"metric={metric!r}, but data that is read in blocks takes the Euclidean distance: "
                "raise sklearn's working_memory, or pass coordinates for it."
            )
        return _of_blocks(blocks, n_points, radius, trim)
    if precomputed:
        X = check_distance_matrix(X)
        if not isinstance(X, np.ndarray) or np.isinf(X).any():
            raise ValueError(
                "X lacks some distances, but landmarks need all of them: pass "
                'tda.manifold.geodesic_matrix(X, metric="precomputed").'
            )
        rows = np.arange(len(X))
    else:
        X = given = check_cloud(X if blocks is None else blocks.whole())
        rows = np.arange(len(X))
        X, taken = take_metric(X, metric)
        metric = taken.taken
    left_out = rows[:0]
    if trim > 0:
        scores = _strayness(X, X, metric) if not precomputed else _strayness_of_matrix(X)
        kept = _kept(scores, trim)
        left_out, rows = rows[~kept], rows[kept]
        X = X[np.ix_(kept, kept)] if precomputed else X[kept]
    own = not precomputed and (blocks is not None or X is not given)  # no one else sees its order
    indices, reach = _farthest(X, n_points, radius, metric, own=own)
    indices = rows[indices]
    points = None
    if not precomputed:
        points = given[indices] if blocks is None else blocks.take(indices)
    return Landmarks(indices, float(reach[-1]), reach, points, len(rows), left_out)


def distortion(D, chosen):
    """How much longer at most an edge gets if both ends or one move to the nearest landmark.

    For a matrix of any dissimilarities, without the triangle inequality: with e the value that is
    returned, the bound on the diagrams of the Rips complexes holds as with ``2 r``, and e is never
    more than ``2 r`` where the triangle inequality holds.

    Parameters
    ----------
    D : array of shape (n, n)
    chosen : int array
        Rows of the landmarks.

    Returns
    -------
    float
    """
    nearest = chosen[np.argmin(D[:, chosen], axis=1)]
    nearest[chosen] = chosen
    most, step = 0.0, max(2_000_000 // len(D), 1)
    for i in range(0, len(D), step):
        rows = D[i : i + step]
        moved = D[nearest[i : i + step]]
        most = max(most, float((moved - rows).max()), float((moved[:, nearest] - rows).max()))
    return most


def _check(n_points, radius, trim):
    if n_points is None and radius is None:
        raise ValueError("n_points and radius are None: give the number of landmarks, or how near.")
    whole = isinstance(n_points, Integral) and not isinstance(n_points, bool)
    if n_points is not None and not (whole and n_points >= 1):
        raise ValueError(f"n_points={n_points!r}; it must be an integer from 1 on, or None")
    if radius is not None and not (isinstance(radius, Real) and radius >= 0):
        raise ValueError(f"radius={radius!r}; it must be a length from 0 on, or None")
    if not isinstance(trim, Real) or not 0 <= trim < 1:
        raise ValueError(f"trim={trim!r}; it must be a share of the points, from 0 to below 1")


def _farthest(X, n_points, radius, metric, *, own=False):
    """Rows and reach of the landmarks of points in memory, or of a matrix.

    With `own` the rows of `X` may be sorted.
    """
    most = len(X) if n_points is None else min(int(n_points), len(X))
    radius = 0.0 if radius is None else float(radius)
    if isinstance(metric, str) and metric == "euclidean":
        start = _outermost(X)
        if is_low_dimensional(X):
            from ._kernels.farthest_tree import farthest_points_tree

            return farthest_points_tree(X if own else np.array(X), most, start, radius)
        from ._kernels.farthest import farthest_points

        if n_points is not None:
            return _cut(*farthest_points(X, most, start), radius)
    if isinstance(metric, str) and metric == "precomputed" and n_points is not None:
        from ._kernels.farthest import farthest_points_matrix

        start = int(np.argmax(X.sum(axis=1)))
        return _cut(*farthest_points_matrix(X, most, start), radius)
    return _farthest_by_rows(X, most, radius, metric)


def _outermost(X):
    """The row farthest from the middle of the box."""
    middle, step = (X.min(axis=0) + X.max(axis=0)) / 2, 2**17
    far, row = -1.0, 0
    for i in range(0, len(X), step):
        squares = ((X[i : i + step] - middle) ** 2).sum(axis=1)
        k = int(np.argmax(squares))
        if squares[k] > far:
            far, row = float(squares[k]), i + k
    return row


def _cut(chosen, reach, radius):
    """Only as many landmarks as it takes."""
    count = int(np.argmax(reach <= radius)) + 1 if (reach <= radius).any() else len(chosen)
    return chosen[:count], reach[:count]


def _farthest_by_rows(X, most, radius, metric):
    """The same in any metric, a row of distances for each landmark."""
    here, nearest, chosen, reach = 0, np.full(len(X), np.inf), [], []
    while len(chosen) < most:
        if isinstance(metric, str) and metric == "precomputed":
            row = X[here]
        else:
            row = distances(X[here : here + 1], X, metric=metric)[0]
        np.minimum(nearest, row, out=nearest)
        nearest[here] = 0.0
        chosen.append(here)
        here = int(np.argmax(nearest))
        reach.append(nearest[here])
        if reach[-1] <= radius:
            break
    return np.array(chosen), np.array(reach)


# -- strays --------------------------------------------------------------------------------------


def _strayness(X, sample, metric="euclidean"):
    """The distance of each row to its ten nearest rows of a sample, squares averaged."""
    if sample is X and len(X) > N_MEASURE:
        sample = X[sampled_rows(len(X), N_MEASURE)]
    k = min(N_NEAR, len(sample))
    if isinstance(metric, str) and metric == "euclidean" and is_low_dimensional(X):
        from scipy.spatial import cKDTree

        near = cKDTree(sample).query(X, k)[0].reshape(len(X), k)
    else:
        from ._metrics import nearest_rows

        near = nearest_rows(sample, X, k, metric=metric)[0]
    return (near**2).mean(axis=1)


def _strayness_of_matrix(D):
    k = min(N_NEAR, len(D))
    return (np.partition(D, k - 1, axis=1)[:, :k] ** 2).mean(axis=1)


def _kept(scores, trim):
    """All rows but the share of the largest scores."""
    kept = np.ones(len(scores), dtype=bool)
    n_left_out = min(int(trim * len(scores)), len(scores) - 1)
    if n_left_out:
        kept[np.argsort(scores, kind="stable")[len(scores) - n_left_out :]] = False
    return kept


# -- data that is read in blocks -----------------------------------------------------------------


def _of_blocks(blocks, n_points, radius, trim):
    """Landmarks of each block, then landmarks of those, then how far all points are from them."""
    from scipy.spatial import cKDTree

    n, d = blocks.shape
    if n == 0 or d == 0:
        check_cloud(np.zeros((n, d)))
    kept = None
    if trim > 0:
        sample = blocks.sample(min(N_MEASURE, working_rows(d)))
        kept = _kept(np.concatenate([_strayness(rows, sample) for _, rows in blocks]), trim)
    rows_of, points, n_blocks = [], [], sum(1 for _ in _starts(blocks))
    of_block = max(working_rows(d, share=4) // n_blocks, n_points or 1)
    within = None if radius is None else radius / 2
    low, high = np.full(d, np.inf), np.full(d, -np.inf)
    for first, rows in blocks:
        low, high = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
        which = np.arange(first, first + len(rows))
        if kept is not None:
            inside = kept[first : first + len(rows)]
            which, rows = which[inside], rows[inside]
        if not len(rows):
            continue
        chosen, _ = _farthest(rows, None if n_points is None else of_block, within, "euclidean")
        chosen = np.sort(chosen)
        rows_of.append(which[chosen])
        points.append(rows[chosen])
    check_extent(np.array([low, high]), blocks.name)
    rows_of, points = np.concatenate(rows_of), np.concatenate(points)
    chosen, reach = _farthest(points, n_points, within, "euclidean")
    tree, covering_radius = cKDTree(points[chosen]), 0.0
    for first, rows in blocks:
        rows = rows if kept is None else rows[kept[first : first + len(rows)]]
        if len(rows):
            covering_radius = max(covering_radius, float(tree.query(rows)[0].max()))
    reach = reach + max(covering_radius - reach[-1], 0.0)
    reach[-1] = covering_radius
    left_out = np.zeros(0, dtype=np.intp) if kept is None else np.flatnonzero(~kept)
    return Landmarks(
        rows_of[chosen], covering_radius, reach, points[chosen], n - len(left_out), left_out
    )


def _starts(blocks):
    """The first row of each block that is read."""
    step = min(working_rows(blocks.shape[1]), MOST_ROWS)
    for a, b in zip(blocks.bounds[:-1], blocks.bounds[1:], strict=True):
        yield from range(a, b, step)
