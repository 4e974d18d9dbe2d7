"""Vietoris-Rips persistence of clouds and distance matrices."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from .._metrics import function_name
from .._per_shape import CHECKPOINT
from .._validation import check_field
from ..diagrams import Diagram
from ._plan import carry_out, plan
from ._tasks import RipsTask
from ._thinning import check_large, check_large_samples, first_points, of_landmarks, thin
from .base import PersistenceTransformer
from .engines import (
    rips_cocycles,
    rips_degrees,
    rips_gudhi,
    rips_gudhi_tree,
    rips_lunes,
    rips_many,
    rips_plane,
    rips_points,
    rips_ripser,
    rips_sparse,
    rips_tree,
)

__all__ = ["RipsPersistence", "rips_diagram"]

# The engines in the order in which they are tried.
RIPS = (
    rips_tree.ENGINE,
    rips_many.ENGINE,
    rips_plane.ENGINE,
    rips_points.ENGINE,
    rips_lunes.ENGINE,
    rips_sparse.ENGINE,
    rips_degrees.ENGINE,
    rips_cocycles.ENGINE,
    rips_ripser.ENGINE,
    rips_gudhi_tree.ENGINE,
    rips_gudhi.ENGINE,
)


def rips_diagram(
    X,
    *,
    max_dimension=1,
    field=2,
    max_edge_length=np.inf,
    metric="euclidean",
    representatives=False,
    cocycles=False,
    n_landmarks=None,
) -> Diagram:
    """Persistence diagram of the Vietoris-Rips filtration of one cloud.

    A simplex enters when its longest edge does; births and deaths are edge lengths.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        A cloud; with ``metric="precomputed"`` a symmetric distance matrix, dense or
        scipy-sparse (a pair that is not stored is no edge).
    max_dimension : int, default=1
        Highest degree of homology.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_edge_length : float, default=inf
        Longer edges are left out. A class that is still alive at this length has ``death = inf``.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, or "precomputed". Births and deaths are
        values of the named metric, even if that is the square of a metric, such as "cosine": the
        bars depend only on the order of the edges.
    representatives : bool, default=False
        Keep the simplices of birth and death of every bar.
    cocycles : bool, default=False
        Keep a cocycle for every bar from degree 1 on. From degree 2 on they may take far more
        memory than all else.
    n_landmarks : int, default=None
        Compute the diagram of so many landmarks instead (`tda.landmarks`), whose `error_bound`
        says how far it may be from that of all points: twice their covering radius, or of a matrix
        what was measured. The cloud may then stay on disk, as `tda.landmarks` takes it. By default
        all points; with ``max_dimension=0`` and the Euclidean distance they may stay on disk too,
        and the diagram is exact, up to rounding.

    Returns
    -------
    Diagram

    Raises
    ------
    ValueError
        For a cloud that is empty, not 2-D, or holds NaN or infinity; for a distance matrix that
        is not symmetric or negative; for a field that is not prime.
    MemoryError
        Before starting, if the work would not fit into memory; with cocycles also on the way,
        before they take what is not there.

    Notes
    -----
    Up to ``n**(max_dimension + 2)`` simplices in the worst case. Edges beyond the enclosing
    radius (the smallest distance at which one point sees all others) are skipped, since from
    there on the complex is a cone. Engines: kernels of our own, which store no triangle,
    built on [1]_ and [2]_. Up to degree 1 over Z/2 a pass over the edges looks at their lunes
    alone; of more than 5,000 points of up to five dimensions a search of a k-d tree finds the few
    edges whose lunes are in pieces; sparse graphs take a pass over their edges, without a matrix.
    In any degree over any field another pass finds the values of cocycles where they are asked
    for. In the plane, up to degree 1 over any field, it is the faces of the relative
    neighbourhood graph [5]_. What is left, such as voids of sparse graphs on many points, is
    gudhi's [3]_.

    A cocycle of degree k has rows of k + 1 vertices and the value on their simplex, in this order:
    ``(i, j, value)`` in degree 1. It is one of the complex of the edges shorter than the death of
    its bar, and no coboundary from the birth on. ``diagram.cocycles`` has those of the bars from
    degree 1 on, in their order. Few simplices have a value that is not 0, and those alone are
    found, from each other along a discrete gradient field: a void of 400 points of a sphere has 1
    in 130 triangles, 83,000, which take 32 bytes each. Of sparse matrices of more than 2,000
    points they are ripser's [4]_.

    References
    ----------
    .. [1] M. Koyama, F. Mémoli, V. Robins, K. Turner, "Faster computation of degree-1
       persistent homology using the reduced Vietoris-Rips filtration", arXiv:2307.16333.
    .. [2] K. Kapulkin, N. Kershaw, on enumerating only cofaces that touch a live class,
       arXiv:2606.06310.
    .. [3] The GUDHI Project, "GUDHI User and Reference Manual", 2025.
    .. [4] U. Bauer, "Ripser: efficient computation of Vietoris-Rips persistence barcodes",
       J. Appl. Comput. Topol. 5, 2021.
    .. [5] M. Clémot, J. Digne, J. Tierny, "Topological Autoencoders++: Fast and Accurate
       Cycle-Aware Dimensionality Reduction", arXiv:2502.20215.

    Examples
    --------
    Four corners of a square are one loop, from the side to the diagonal.

    >>> from tda import rips_diagram
    >>> rips_diagram([[0, 0], [0, 1], [1, 1], [1, 0]])[1].round(3)
    array([[1.   , 1.414]])

    The same from distances, and the simplices that make and fill the loop.

    >>> D = [[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]]
    >>> square = rips_diagram(D, metric="precomputed", representatives=True)
    >>> square[1]
    array([[1., 2.]])
    >>> len(square.birth_simplices[-1]), len(square.death_simplices[-1])
    (2, 3)
    """
    of_tree = max_dimension == 0 and not cocycles and isinstance(metric, str)
    stays = of_tree and metric == "euclidean"
    X = check_large(X, n_landmarks, metric=metric, stays=stays)
    return _rips_diagram(
        *(X, n_landmarks, max_dimension, check_field(field), max_edge_length, metric),
        *(representatives, cocycles),
    )


def _rips_diagram(X, n_landmarks, max_dimension, field, max_edge_length, metric, *options):
    """`rips_diagram` after its checks."""
    thinned = thin(X, n_landmarks, "rips", metric=metric)
    diagram = _compute(thinned.X, max_dimension, field, max_edge_length, metric, *options)
    diagram.metric = function_name(metric)
    diagram.threshold = _threshold(thinned.X, metric, max_edge_length)
    return of_landmarks(diagram, thinned)


def _threshold(X, metric, max_edge_length):
    """The length up to which all edges are known; infinite if all edges are known."""
    from scipy import sparse

    if not (isinstance(metric, str) and metric == "precomputed"):
        return float(max_edge_length)
    if sparse.issparse(X):
        missing = X.nnz < X.shape[0] * (X.shape[0] - 1)
        return float(min(max_edge_length, X.data.max(initial=0.0) if missing else np.inf))
    longest = float(X.max(initial=0.0))
    if np.isinf(longest):
        longest = float(np.max(X, initial=0.0, where=np.isfinite(X)))
        return min(float(max_edge_length), longest)
    return float(max_edge_length)


def _compute(X, max_dimension, field, max_edge_length, metric, representatives, cocycles):
    if not isinstance(max_dimension, Integral) or max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension!r}, but a degree is an integer from 0 on")
    if not isinstance(max_edge_length, Real) or not max_edge_length >= 0:
        raise ValueError(f"max_edge_length={max_edge_length!r}, but a length is at least 0")
    task = RipsTask(X, max_dimension, field, max_edge_length, metric, representatives, cocycles)
    diagram, *with_cocycles = [carry_out(RIPS, part) for part in _parts(task)]
    for other in with_cocycles:
        diagram.cocycles = _match_cocycles(diagram, other)
    return diagram


def _parts(task):
    """The tasks that make up one task: an engine may have cocycles and no simplices."""
    if not (task.cocycles and task.simplices) or any(engine.takes(task) for engine in RIPS):
        return [task]
    return [replace(task, cocycles=False), replace(task, simplices=False)]


def _match_cocycles(diagram, other):
    """Cocycles of `other` in the order of `diagram`; empty for bars that it does not have.

    Both have the same bars, except those shorter than single precision where there are more lengths
    than it can tell apart. Births that differ by less may be in a different order. So each bar
    takes the nearest bar that is still free, the longest bar first.
    """
    matched, left = [], iter(other.cocycles)
    for k in range(1, diagram.max_dimension + 1):
        bars, others = diagram[k], other[k]
        cocycles = [next(left) for _ in others]
        found = [np.zeros((0, k + 2), dtype=np.int64) for _ in bars]
        free = np.ones(len(others), dtype=bool)
        scale = np.max(np.abs(bars), initial=0.0, where=np.isfinite(bars))
        for i in np.argsort(bars[:, 0] - bars[:, 1], kind="stable"):
            with np.errstate(invalid="ignore"):
                gaps = np.where(others == bars[i], 0.0, np.abs(others - bars[i])).max(axis=1)
            gaps[~free] = np.inf
            nearest = np.argmin(gaps) if gaps.size else 0
            if gaps.size and gaps[nearest] <= 1e-6 * scale:
                found[i] = cocycles[nearest]
                free[nearest] = False
        matched += found
    return matched


class RipsPersistence(PersistenceTransformer):
    """Persistence diagrams of the Vietoris-Rips filtrations of many clouds (input per shape).

    Parameters
    ----------
    max_dimension : int, default=1
        Highest degree of homology.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_edge_length : float, default=inf
        Longer edges are left out. A class that is still alive at this length has ``death = inf``.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, as in `rips_diagram`; with
        "precomputed" the samples are distance matrices, dense or scipy-sparse.
    representatives : bool, default=False
        Keep the simplices of birth and death.
    cocycles : bool, default=False
        Keep a cocycle for every bar from degree 1 on.
    n_landmarks : int, default=None
        Compute the diagrams of so many landmarks instead; their `error_bounds` say how far they
        may be from those of all points. By default all points.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished diagrams: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    See Also
    --------
    rips_diagram : The same for one cloud; formulas, cost and sources.
    AlphaPersistence : Faster in two and three dimensions.

    Examples
    --------
    >>> from tda import RipsPersistence
    >>> square, segment = [[0, 0], [0, 1], [1, 1], [1, 0]], [[0, 0], [0, 3]]
    >>> dgms = RipsPersistence().fit_transform([square, segment])
    >>> dgms
    Diagrams(2 samples, 7 bars, degrees 0 to 1, filtration rips, field Z/2)
    >>> dgms[1][0]
    array([[ 0.,  3.],
           [ 0., inf]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "max_dimension": [Interval(Integral, 0, None, closed="left")],
        "field": [Interval(Integral, 2, None, closed="left")],
        "max_edge_length": [Interval(Real, 0, None, closed="both")],
        "metric": [str, callable],
        "representatives": ["boolean"],
        "cocycles": ["boolean"],
        "n_landmarks": [Interval(Integral, 1, None, closed="left"), None],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        max_dimension=1,
        field=2,
        max_edge_length=np.inf,
        metric="euclidean",
        representatives=False,
        cocycles=False,
        n_landmarks=None,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.max_dimension = max_dimension
        self.field = field
        self.max_edge_length = max_edge_length
        self.metric = metric
        self.representatives = representatives
        self.cocycles = cocycles
        self.n_landmarks = n_landmarks
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        check_field(self.field)
        return check_large_samples(X, self.n_landmarks, metric=self.metric)

    def _task(self, X):
        return RipsTask(
            X,
            self.max_dimension,
            int(self.field),
            self.max_edge_length,
            self.metric,
            self.representatives,
            self.cocycles,
        )

    def _plan(self, X):
        X = first_points(X, self.n_landmarks, metric=self.metric)
        return tuple(step for part in _parts(self._task(X)) for step in plan(RIPS, part))

    def _diagrams(self, samples):
        """Small clouds in one compiled loop, others one by one."""
        largest = max(samples, key=lambda X: X.shape[0])
        if self.n_landmarks is not None or not rips_many.ENGINE.takes(self._task(largest)):
            return super()._diagrams(samples)
        diagrams = rips_many.rips_many(
            samples, max_dimension=self.max_dimension, max_edge_length=self.max_edge_length
        )
        if np.isfinite(self.max_edge_length):
            diagrams.thresholds = np.full(len(diagrams), float(self.max_edge_length))
        return diagrams

    def _diagram(self, X):
        return _rips_diagram(
            X,
            self.n_landmarks,
            self.max_dimension,
            int(self.field),
            self.max_edge_length,
            self.metric,
            self.representatives,
            self.cocycles,
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.metric == "precomputed"
        return tags
