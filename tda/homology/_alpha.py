"""Alpha persistence: the union of balls around the points of a cloud, exactly."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from .._per_shape import CHECKPOINT
from .._validation import check_field
from ._plan import carry_out, plan
from ._tasks import AlphaTask, PeriodicTask, WeightedTask
from ._thinning import check_large, check_large_samples, first_points, of_landmarks, thin
from .base import PersistenceTransformer, check_same_width
from .engines import (
    alpha_cells,
    alpha_delaunay,
    alpha_gudhi,
    alpha_periodic,
    alpha_regular,
    alpha_weighted_gudhi,
)

if TYPE_CHECKING:
    from ..diagrams import Diagram


__all__ = ["AlphaPersistence", "alpha_diagram"]

# The engines in the order in which they are tried.
ALPHA = (alpha_delaunay.ENGINE, alpha_cells.ENGINE, alpha_gudhi.ENGINE)
WEIGHTED = (alpha_regular.ENGINE, alpha_weighted_gudhi.ENGINE)
PERIODIC = (alpha_periodic.ENGINE,)

_MOST_LONG = 1000  # of a box: its longest side, as a multiple of the shortest


def alpha_diagram(
    X,
    *,
    max_dimension=None,
    field=2,
    max_radius=np.inf,
    weights=None,
    box=None,
    representatives=False,
    n_landmarks=None,
) -> Diagram:
    """Persistence diagram of the alpha filtration of one cloud.

    The alpha complex at radius r has the homology of the union of balls of radius r around the
    points. Births and deaths are radii, not squared radii. It is fast in two and three dimensions.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    max_dimension : int, default=None
        Highest degree of homology. By default ``n_features - 1``, or ``n_features`` in a box all of
        whose sides are glued; there is no homology above.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_radius : float, default=inf
        Larger simplices are left out. A class that is still alive at this radius has ``death =
        inf``.
    weights : array-like of shape (n_points,), default=None
        Squared radii of the balls at r = 0. At r the ball of a point has the squared radius ``r**2
        + weight``. With a negative weight there is no ball below ``r = sqrt(-weight)``. A ball of
        weight w > 0 is born at ``r = -sqrt(w)``: negative squares of r give negative radii.
    box : float or sequence of float, default=None
        The lengths of a box whose opposite sides are glued, for points that repeat themselves as in
        crystals and simulations: the period of each axis. One number is used for all. The period of
        an axis whose sides are not glued, such as that across a film, is ``inf``. Points outside
        stand for those inside that they repeat. For clouds of one to three columns.
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
        prime; for weights that are not one finite number per point; for a box that is not one
        length above 0 per column.
    MemoryError
        Before starting, if the Delaunay triangulation would not fit into memory, which from
        about six dimensions on comes soon.

    Notes
    -----
    A Delaunay triangulation of uniform points has O(n) simplices in a fixed dimension, up to
    ``n**ceil(n_features / 2)`` in the worst case. Up to three dimensions it is our own, with
    exact signs; degree 0 and the top degree are spanning trees of edges and, by Alexander
    duality, of facets. So it is up to six, where points may coincide, lie in a flat or on one
    sphere, too [4]_. Above, and where a row is 10⁷ times as far out as most of the cloud, gudhi
    computes. In the same units, a Rips edge is the diameter of a ball: degree 0 bars of Rips are
    twice as long.

    In a box the whole torus has homology, too: 1, 2, 1 or 1, 3, 3, 1 classes never die. They are
    born when the balls first go around it, and the last when they fill it. The diagram has the
    filtration "periodic alpha". Any number of points will do, one as well [3]_. A side that is not
    glued is moved out until copies of the cloud do not meet while anything still happens. The empty
    space costs: of 2,000 points in the plane five times the time of a box of which all sides are
    glued, in space 15 to 35 times.

    References
    ----------
    .. [1] H. Edelsbrunner, E. P. Mücke, "Three-dimensional alpha shapes", ACM Transactions on
       Graphics 13, 1994.
    .. [2] H. Edelsbrunner, "The union of balls and its dual shape", Discrete & Computational
       Geometry 13, 1995, for weights.
    .. [3] M. Caroli, M. Teillaud, "Delaunay triangulations of closed Euclidean d-orbifolds",
       Discrete & Computational Geometry 55, 2016, for boxes.
    .. [4] H. Brönnimann, I. Emiris, V. Pan, S. Pion, "Sign determination in residue number
       systems", Theoretical Computer Science 210, 1999, for the exact signs of many columns.

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

    A point in a square of side 2 with glued sides meets itself along both axes at radius 1, and
    fills the torus at half the diagonal.

    >>> diagram = alpha_diagram([[0.5, 0.3]], box=2)
    >>> diagram[1], diagram[2].round(3)
    (array([[ 1., inf],
           [ 1., inf]]), array([[1.414,   inf]]))
    """
    X, field = check_large(X, n_landmarks), check_field(field)
    if box is None and weights is None:
        return _alpha_diagram(X, n_landmarks, max_dimension, field, max_radius, representatives)
    if n_landmarks is not None:
        name = "weights are" if box is None else "a box is"
        raise ValueError(f"{name} for all points: leave out n_landmarks, or thin them before.")
    weights = None if weights is None else _check_weights(weights, len(X))
    if box is not None:
        return _periodic_diagram(X, box, weights, max_dimension, field, max_radius, representatives)
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


def _check_box(box, X, name="X"):
    """The period of each axis, infinite for one that has none."""
    n_features = X.shape[1]
    if n_features not in (1, 2, 3):
        raise ValueError(
            f"{name} has {n_features} columns; with box=… it must have one, two or three columns"
        )
    lengths = np.asarray(box, dtype=float).ravel()
    if lengths.size == 1:
        lengths = np.repeat(lengths, n_features)
    if lengths.size != n_features or not (lengths > 0).all():
        raise ValueError(
            f"box={box!r}; it must be one length above 0, or one for each of {n_features} columns"
        )
    glued = lengths[np.isfinite(lengths)]
    if not glued.size:
        raise ValueError(f"box={box!r}; no side is glued: leave out box")
    if glued.max() > _MOST_LONG * glued.min():
        raise ValueError(
            f"box={box!r}; the longest side may be {_MOST_LONG:,} times the shortest, not more: "
            "scale the columns"
        )
    spread = np.ptp(X[:, np.isinf(lengths)], axis=0).max(initial=0.0)
    if spread > _MOST_LONG * glued.min():  # copies fill the space along open sides
        raise ValueError(
            f"box={box!r}; {name} reaches over {spread:.3g} along a side that is not glued, but "
            f"that may be {_MOST_LONG:,} times the shortest side, not more: scale the columns"
        )
    return lengths


def _check_options(X, max_dimension, max_radius, box=None):
    """The highest degree; by default the highest that occurs."""
    if max_dimension is None:
        closed = box is not None and np.isfinite(np.asarray(box, dtype=float)).all()
        max_dimension = X.shape[1] if closed else max(X.shape[1] - 1, 0)
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


def _periodic_diagram(X, box, weights, max_dimension, field, max_radius, representatives):
    """`alpha_diagram` in a box, after its checks."""
    task = PeriodicTask(
        X,
        _check_options(X, max_dimension, max_radius, box),
        field,
        max_radius,
        representatives,
        box=_check_box(box, X),
        weights=weights,
    )
    diagram = carry_out(PERIODIC, task)
    diagram.threshold = float(max_radius)
    return diagram


class AlphaPersistence(PersistenceTransformer):
    """Persistence diagrams of the alpha filtrations of many clouds (input per shape).

    Parameters
    ----------
    max_dimension : int, default=None
        Highest degree of homology; by default ``n_features - 1``, or ``n_features`` in a box all of
        whose sides are glued.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_radius : float, default=inf
        Larger simplices are left out. A class that is still alive at this radius has ``death =
        inf``.
    box : float or sequence of float, default=None
        The lengths of a box whose opposite sides are glued, the same for all clouds: the period of
        each axis, ``inf`` for one whose sides are not glued. For clouds of one to three columns.
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
        "box": [Interval(Real, 0, None, closed="neither"), "array-like", None],
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
        box=None,
        representatives=False,
        n_landmarks=None,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.max_dimension = max_dimension
        self.field = field
        self.max_radius = max_radius
        self.box = box
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
        if self.box is not None:
            if self.n_landmarks is not None:
                raise ValueError(
                    "a box is for all points: leave out n_landmarks, or thin them before."
                )
            for i, cloud in enumerate(clouds):
                _check_box(self.box, cloud, f"X[{i}]")
        return clouds

    def _plan(self, X):
        X = first_points(X, self.n_landmarks)
        top = _check_options(X, self.max_dimension, self.max_radius, self.box)
        if self.box is not None:
            box = _check_box(self.box, X)
            return plan(PERIODIC, PeriodicTask(X, top, int(self.field), self.max_radius, box=box))
        return plan(ALPHA, AlphaTask(X, top, int(self.field), self.max_radius))

    def _diagram(self, X):
        options = self.max_dimension, int(self.field), self.max_radius, self.representatives
        if self.box is not None:
            return _periodic_diagram(X, self.box, None, *options)
        return _alpha_diagram(X, self.n_landmarks, *options)
