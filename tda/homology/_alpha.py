"""Alpha persistence: the union of balls around the points of a cloud, exactly."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from .._per_shape import CHECKPOINT
from .._validation import check_field
from ._plan import carry_out, plan
from ._tasks import AlphaTask, WeightedTask
from ._thinning import check_large, check_large_samples, first_points, of_landmarks, thin
from .base import PersistenceTransformer, check_same_width
from .engines import alpha_delaunay, alpha_gudhi, alpha_regular, alpha_weighted_gudhi

__all__ = ["AlphaPersistence", "alpha_diagram"]

# The engines in the order in which they are tried.
ALPHA = (alpha_delaunay.ENGINE, alpha_gudhi.ENGINE)
WEIGHTED = (alpha_regular.ENGINE, alpha_weighted_gudhi.ENGINE)


def alpha_diagram(
    X,
    *,
    max_dimension=None,
    field=2,
    max_radius=np.inf,
    weights=None,
    representatives=False,
    n_landmarks=None,
):
    """Persistence diagram of the alpha filtration of one cloud.

    The alpha complex at radius r has the homology of the union of balls of radius r around the
    points. Births and deaths are radii, not squared radii. It is fast in two and three dimensions.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    max_dimension : int, default=None
        Highest degree of homology. By default ``n_features - 1``; there is no homology above.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_radius : float, default=inf
        Larger simplices are left out. A class that is still alive at this radius has ``death =
        inf``.
    weights : array-like of shape (n_points,), default=None
        Squared radii of the balls at r = 0. At r the ball of a point has the squared radius ``r**2
        + weight``. With a negative weight there is no ball below ``r = sqrt(-weight)``. A ball of
        weight w > 0 is born at ``r = -sqrt(w)``: negative squares of r give negative radii.
    representatives : bool, default=False
        Keep the simplices of birth and death of every bar.
    n_landmarks : int, default=None
        Compute the diagram of so many landmarks instead (`tda.landmarks`), whose `error_bound`
        says how far it may be from that of all points: their
        covering radius. The cloud may then stay on disk, as `tda.landmarks` takes it. By default
        all points.

    Returns
    -------
    Diagram

    Raises
    ------
    ValueError
        For a cloud that is empty, not 2-D, or holds NaN or infinity; for a field that is not
        prime; for weights that are not one finite number per point.
    MemoryError
        Before starting, if the Delaunay triangulation would not fit into memory, which from
        about six dimensions on comes soon.

    Notes
    -----
    A Delaunay triangulation of uniform points has O(n) simplices in a fixed dimension, up to
    ``n**ceil(n_features / 2)`` in the worst case. Up to three dimensions it is our own, with
    exact signs; degree 0 and the top degree are spanning trees of edges and, by Alexander
    duality, of facets. Above, and where a row is 10⁷ times as far out as most of the cloud, gudhi
    computes. In the same units, a Rips edge is the diameter
    of a ball: degree 0 bars of Rips are twice as long.

    References
    ----------
    .. [1] H. Edelsbrunner, E. P. Mücke, "Three-dimensional alpha shapes", ACM Transactions on
       Graphics 13, 1994.
    .. [2] H. Edelsbrunner, "The union of balls and its dual shape", Discrete & Computational
       Geometry 13, 1995, for weights.

    Examples
    --------
    Four corners of a square are one loop, from half the side to half the diagonal.

    >>> from tda import alpha_diagram
    >>> alpha_diagram([[0, 0], [0, 2], [2, 2], [2, 0]])[1].round(3)
    array([[1.   , 1.414]])

    With weights, as for atoms of several sizes: two of radius 1 and 2, whose balls touch when
    both have grown to 1.75 and 2.46 at distance 4.21.

    >>> alpha_diagram([[0, 0], [4.21, 0]], weights=[1, 4])[0].round(2)
    array([[-2.  ,   inf],
           [-1.  ,  1.43]])
    """
    X, field = check_large(X, n_landmarks), check_field(field)
    if weights is None:
        return _alpha_diagram(X, n_landmarks, max_dimension, field, max_radius, representatives)
    if n_landmarks is not None:
        raise ValueError("weights are for all points: leave out n_landmarks, or thin them before.")
    weights = _check_weights(weights, len(X))
    max_dimension = _check_options(X, max_dimension, max_radius)
    return carry_out(
        WEIGHTED,
        WeightedTask(X, max_dimension, field, max_radius, representatives, given=weights),
    )


def _check_weights(weights, n_points):
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (n_points,) or not np.isfinite(weights).all():
        raise ValueError(
            f"weights has shape {weights.shape}; it must be one finite number for each of the "
            f"{n_points} points"
        )
    return weights


def _check_options(X, max_dimension, max_radius):
    """The highest degree; by default the highest that occurs."""
    if max_dimension is None:
        max_dimension = max(X.shape[1] - 1, 0)
    elif not isinstance(max_dimension, Integral) or max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension!r}, but a degree is an integer from 0 on")
    if not isinstance(max_radius, Real) or not max_radius >= 0:
        raise ValueError(f"max_radius={max_radius!r}, but a radius is at least 0")
    return max_dimension


def _alpha_diagram(X, n_landmarks, max_dimension, field, max_radius, representatives):
    """`alpha_diagram` after its checks."""
    max_dimension = _check_options(X, max_dimension, max_radius)
    thinned = thin(X, n_landmarks, "alpha")
    task = AlphaTask(thinned.X, max_dimension, field, max_radius, representatives)
    diagram = carry_out(ALPHA, task)
    diagram.threshold = float(max_radius)
    return of_landmarks(diagram, thinned)


class AlphaPersistence(PersistenceTransformer):
    """Persistence diagrams of the alpha filtrations of many clouds (input per shape).

    Parameters
    ----------
    max_dimension : int, default=None
        Highest degree of homology; by default ``n_features - 1``.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_radius : float, default=inf
        Larger simplices are left out. A class that is still alive at this radius has ``death =
        inf``.
    representatives : bool, default=False
        Keep the simplices of birth and death.
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
    alpha_diagram : The same for one cloud; formulas, cost and sources.

    Examples
    --------
    >>> from tda import AlphaPersistence
    >>> AlphaPersistence().fit_transform([[[0, 0], [0, 2], [2, 2], [2, 0]]])
    Diagrams(1 sample, 5 bars, degrees 0 to 1, filtration alpha, field Z/2)
    """

    _parameter_constraints: ClassVar[dict] = {
        "max_dimension": [Interval(Integral, 0, None, closed="left"), None],
        "field": [Interval(Integral, 2, None, closed="left")],
        "max_radius": [Interval(Real, 0, None, closed="both")],
        "representatives": ["boolean"],
        "n_landmarks": [Interval(Integral, 1, None, closed="left"), None],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        max_dimension=None,
        field=2,
        max_radius=np.inf,
        representatives=False,
        n_landmarks=None,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.max_dimension = max_dimension
        self.field = field
        self.max_radius = max_radius
        self.representatives = representatives
        self.n_landmarks = n_landmarks
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        check_field(self.field)
        clouds = check_large_samples(X, self.n_landmarks)
        if self.max_dimension is None:
            check_same_width(clouds)
        return clouds

    def _plan(self, X):
        X = first_points(X, self.n_landmarks)
        top = _check_options(X, self.max_dimension, self.max_radius)
        return plan(ALPHA, AlphaTask(X, top, int(self.field), self.max_radius))

    def _diagram(self, X):
        return _alpha_diagram(
            *(X, self.n_landmarks, self.max_dimension, int(self.field)),
            *(self.max_radius, self.representatives),
        )
