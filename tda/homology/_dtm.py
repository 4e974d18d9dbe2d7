"""Persistence of the distance to a measure: alpha persistence that is robust to outliers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from .._neighbors import neighbor_graph
from .._per_shape import CHECKPOINT
from .._validation import check_cloud, check_clouds, check_field
from ._alpha import WEIGHTED
from ._plan import carry_out, plan
from ._tasks import WeightedTask
from ._thinning import check_n_landmarks, first_points, of_landmarks, thin
from .base import PersistenceTransformer, check_same_width

if TYPE_CHECKING:
    from ..diagrams import Diagram


__all__ = ["DTMPersistence", "distance_to_measure", "dtm_diagram"]


def distance_to_measure(X, *, mass=0.05):
    """Distance of each point to a given share of the cloud.

    It is the root of the mean squared distance to the nearest points that make up the share `mass`
    of the cloud, including the point itself. It is small where points are dense and large at an
    outlier.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    mass : float, default=0.05
        Share of the points, above 0 and at most 1. If ``mass * n_points`` is not an integer, the
        last neighbour counts in part. If it is at most 1, all distances are 0.

    Returns
    -------
    distances : ndarray of shape (n_points,)
        In the unit of X.

    Notes
    -----
    With k = mass * n_points, ``sqrt(1/k * sum of the k smallest squared distances)``. It is
    1-Lipschitz, and moves by at most ``W2 / sqrt(mass)`` when the points move by W2 in the
    2-Wasserstein distance [1]_. A k-d tree in low dimension: O(n k log n).

    References
    ----------
    .. [1] F. Chazal, D. Cohen-Steiner, Q. Mérigot, "Geometric inference for probability
       measures", Foundations of Computational Mathematics 11, 2011.

    Examples
    --------
    >>> from tda.homology import distance_to_measure
    >>> distance_to_measure([[0.0], [1.0], [2.0], [10.0]], mass=0.5).round(3)
    array([0.707, 0.707, 0.707, 5.657])
    """
    X = check_cloud(X)
    _check_mass(mass)
    return np.sqrt(_squared(X, mass))


def _squared(X, mass, rows=None):
    """The square of `distance_to_measure`, of all points or of some rows."""
    n = len(X)
    k = mass * n
    n_neighbors = min(int(np.ceil(k * (1 - 1e-12))), n) - 1  # the others, besides the point
    if n_neighbors < 1:
        return np.zeros(n if rows is None else len(rows))
    method = "kd_tree" if X.shape[1] <= 10 else "brute"  # exact for any number of points
    squares = neighbor_graph(X, n_neighbors, method=method, queries=rows).distances ** 2
    part = k - n_neighbors  # weight of the last neighbour; it is 1 if k is an integer
    return (squares[:, :-1].sum(axis=1) + part * squares[:, -1]) / k


def _check_mass(mass):
    if not isinstance(mass, Real) or not 0 < mass <= 1:
        raise ValueError(f"mass={mass!r}; it must be a share of the points, above 0 and at most 1")


def dtm_diagram(X, *, mass=0.05, max_dimension=None, field=2, n_landmarks=None) -> Diagram:
    """Persistence diagram of the DTM filtration of one cloud.

    A ball grows around each point, from the point's distance to the measure f on: its radius at t
    is ``sqrt(t**2 - f**2)``. The balls of dense points begin early, and those of outliers late. So
    a few outliers do not fill a hole, and births show the density.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    mass : float, default=0.05
        Share of the points that `distance_to_measure` looks for. Up to ``1 / n_points`` this is
        the alpha filtration.
    max_dimension : int, default=None
        Highest degree of homology; by default ``n_features - 1``, above which there is none.
    field : int, default=2
        The prime of the coefficient field Z/p.
    n_landmarks : int, default=None
        Grow balls around so many landmarks only (`tda.landmarks`), from their distance to the
        measure of all points on. The diagram's `error_bound` says how far it may be from that of
        all points: 1.41 times the covering radius. By default all points.

    Returns
    -------
    Diagram
        In units of X.

    Raises
    ------
    ValueError
        For a cloud that is empty, not 2-D, or holds NaN or infinity; for a mass outside (0, 1].
    MemoryError
        Before starting, if neighbours or triangulation would not fit into memory.

    Notes
    -----
    The DTM filtration of [1]_ with p = 2, whose nerve is the alpha complex of the points with
    weights ``-f**2``, exactly. Stable under outliers: a cloud at 2-Wasserstein distance W2
    moves bars by about ``W2 / sqrt(mass)``. Up to three dimensions by our own regular
    triangulation, with weights rounded to 2**-53 of their range; above by gudhi.

    References
    ----------
    .. [1] H. Anai, F. Chazal, M. Glisse, Y. Ike, H. Inakoshi, R. Tinarrage, Y. Umeda,
       "DTM-based filtrations", Symposium on Computational Geometry, 2019, arXiv:1811.04757.
    .. [2] F. Chazal, D. Cohen-Steiner, Q. Mérigot, "Geometric inference for probability
       measures", Foundations of Computational Mathematics 11, 2011.

    Examples
    --------
    A stray point in the middle of a circle ends its loop early in the alpha filtration, but
    not in that of the distance to a measure.

    >>> import numpy as np
    >>> from tda import alpha_diagram, dtm_diagram
    >>> angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    >>> X = np.vstack([np.column_stack([np.cos(angles), np.sin(angles)]), [[0, 0]]])
    >>> alpha_diagram(X)[1][0].round(2), dtm_diagram(X, mass=0.1)[1][0].round(2)
    (array([0.08, 0.5 ]), array([0.21, 0.88]))
    """
    _check_mass(mass)
    check_n_landmarks(n_landmarks)
    return _dtm_diagram(check_cloud(X), n_landmarks, mass, max_dimension, check_field(field))


def _dtm_diagram(X, n_landmarks, mass, max_dimension, field):
    """`dtm_diagram` after its checks."""
    if max_dimension is None:
        max_dimension = max(X.shape[1] - 1, 0)
    elif not isinstance(max_dimension, Integral) or max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension!r}, but a degree is an integer from 0 on")
    thinned = thin(X, n_landmarks, "dtm")
    task = DTMTask(thinned.X, max_dimension, field, mass=mass, cloud=X, rows=thinned.rows)
    return of_landmarks(carry_out(WEIGHTED, task), thinned)


@dataclass(frozen=True, eq=False)
class DTMTask(WeightedTask):
    """An alpha complex whose weights are the distances to a measure, that of a whole cloud."""

    filtration: str = "dtm"
    mass: float = 0.05
    cloud: Any = None
    rows: Any = None

    way_out = "Take a smaller mass or fewer points, or embed the cloud into fewer dimensions first."

    @property
    def what(self):
        return f"The DTM filtration of {self.n_points} points in {self.n_features} dimensions"

    @property
    def neighbor_bytes(self):  # distances, indices, and squares
        n = self.n_points if self.cloud is None else len(self.cloud)
        return int(40 * self.n_points * (self.mass * n + 1))

    @cached_property
    def weights(self):
        if self.rows is None:
            return -_squared(self.X, self.mass)
        return -_squared(self.cloud, self.mass, self.rows)


class DTMPersistence(PersistenceTransformer):
    """Persistence diagrams of the DTM filtrations of many clouds (input per shape).

    Parameters
    ----------
    mass : float, default=0.05
        Share of the points that the distance to the measure looks for.
    max_dimension : int, default=None
        Highest degree of homology; by default ``n_features - 1``.
    field : int, default=2
        The prime of the coefficient field Z/p.
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
    dtm_diagram : The same for one cloud; formulas, cost and sources.

    Examples
    --------
    >>> from tda import DTMPersistence
    >>> DTMPersistence(mass=0.5).fit_transform([[[0, 0], [0, 2], [2, 2], [2, 0]]])
    Diagrams(1 sample, 5 bars, degrees 0 to 1, filtration dtm, field Z/2)
    """

    _parameter_constraints: ClassVar[dict] = {
        "mass": [Interval(Real, 0, 1, closed="right")],
        "max_dimension": [Interval(Integral, 0, None, closed="left"), None],
        "field": [Interval(Integral, 2, None, closed="left")],
        "n_landmarks": [Interval(Integral, 1, None, closed="left"), None],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        mass=0.05,
        max_dimension=None,
        field=2,
        n_landmarks=None,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.mass = mass
        self.max_dimension = max_dimension
        self.field = field
        self.n_landmarks = n_landmarks
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        check_field(self.field)
        clouds = check_clouds(X)
        if self.max_dimension is None:
            check_same_width(clouds)
        return clouds

    def _plan(self, X):
        part = first_points(X, self.n_landmarks)
        top = self.max_dimension or 0
        return plan(WEIGHTED, DTMTask(part, top, int(self.field), mass=self.mass, cloud=X))

    def _diagram(self, X):
        return _dtm_diagram(X, self.n_landmarks, self.mass, self.max_dimension, int(self.field))
