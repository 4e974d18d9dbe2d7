"""Euler characteristic transforms: how a shape grows in every direction."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._kinds import as_float
from ._common import EulerFeature, check_range, shortest_labels
from ._complexes import check_shapes
from ._directions import check_directions

__all__ = ["EulerCharacteristicTransform", "euler_transform"]

#: So many directions are looked along at once: their places at one vertex fill a cache line.
AT_ONCE = 16


def euler_transform(shape, directions, heights, *, kind="complex", smooth=False):
    r"""Euler characteristic of the part of a shape below each height, in each direction.

    Parameters
    ----------
    shape : array-like, pair or mesh
        A cloud of shape (n_points, n_features); a pair ``(points, cells)`` with edges (n_edges,
        2), triangles (n_triangles, 3) or tetrahedra as numbers of their corners, or a list of such
        arrays; an object with `vertices` and `faces`. Sides of cells are added, each once. With
        ``kind="image"`` an image of 1 to 3 axes, whose nonzero cells are unit squares or
        cubes around their indices.
    directions : int, or array-like of shape (n_directions, n_features)
        Vectors, which are scaled to length 1, or how many of `sphere_directions`.
    heights : array-like of shape (n_heights,)
        Heights from the origin, in any order.
    kind : {"complex", "image"}, default="complex"
        What `shape` is.
    smooth : bool, default=False
        Give the smooth transform instead, on heights in even steps.

    Returns
    -------
    transform : int64 array of shape (n_directions, n_heights), float64 if `smooth`

    Raises
    ------
    ValueError
        For points with NaN, cells that name points which are not there, directions of another
        width, `smooth` without even steps.

    Notes
    -----
    Entry (i, j) is the number of vertices less that of edges plus that of triangles … all of whose
    corners x have :math:`\langle x, v_i \rangle \le h_j`. All directions and heights together
    determine the shape, in two and three dimensions [1]_. The smooth transform [2]_ is
    the integral of the curve of a direction, less its mean, from the lowest height on: sums times
    the step. O(n_directions · (n_cells + n_heights)). A triangle mesh costs one count a vertex and
    one a triangle, as only the triangle's middle vertex matters [3]_; an image one a corner of its
    border.

    References
    ----------
    .. [1] K. Turner, S. Mukherjee, D. M. Boyer, "Persistent homology transform for modeling shapes
       and surfaces", Information and Inference 3 (2014).
    .. [2] L. Crawford, A. Monod, A. X. Chen, S. Mukherjee, R. Rabadán, "Predicting clinical
       outcomes in glioblastoma: an application of topological and functional data analysis",
       J. Amer. Statist. Assoc. 115 (2020).
    .. [3] T. Banchoff, "Critical points and curvature for embedded polyhedra", J. Differential
       Geom. 1 (1967).

    Examples
    --------
    The border of a triangle: one component, until at its top the loop closes.

    >>> from tda.euler import euler_transform
    >>> points, edges = [[0, 0], [2, 0], [1, 2]], [[0, 1], [1, 2], [2, 0]]
    >>> euler_transform((points, edges), [[0, 1], [1, 0]], [-1, 0, 1, 2])
    array([[0, 1, 1, 0],
           [0, 1, 1, 0]])

    A ring of pixels. Squares are closed: at 1.5 the upper sides of the last row close the loop.

    >>> ring = [[1, 1, 1], [1, 0, 1], [1, 1, 1]]
    >>> euler_transform(ring, [[1, 0]], [-1, -0.5, 0.5, 1.5, 2.5], kind="image")
    array([[0, 1, 1, 0, 0]])
    """
    if kind not in ("complex", "image"):
        raise ValueError(f'kind={kind!r}; it must be "complex" or "image".')
    (shape,) = check_shapes([shape], kind, name="shape")
    directions = check_directions(directions, shape.n_axes)
    heights = as_float(heights, "heights")
    if heights.ndim != 1 or not heights.size or np.isnan(heights).any():
        raise ValueError(
            f"heights has shape {heights.shape}; it must be numbers of shape (n_heights,), at "
            "least one, without NaN."
        )
    order = np.argsort(heights, kind="stable")
    counts = _counts(shape, directions, heights[order])
    if smooth:
        steps = np.diff(heights)
        if not (steps > 0).all() or np.ptp(steps) > 1e-9 * np.abs(heights).max():
            raise ValueError("smooth=True needs heights that rise in even steps.")
        return _smooth(counts, steps.mean() if steps.size else 1.0)
    back = np.empty_like(counts)
    back[:, order] = counts
    return back


def _counts(shape, directions, heights, origin=0.0):
    """Characteristics below ascending heights over `origin`, int64 (n_directions, n_heights)."""
    from .._kernels.heights import add_cells, height_places

    steps = np.diff(heights)
    even = steps.size and np.isfinite(steps).all() and np.ptp(steps) < 1e-6 * steps.mean()
    counts = np.zeros((len(directions), heights.size + 1), np.int64)
    for signs, vertices, cells in shape.parts:
        here = np.arange(len(directions))
        if signs is not None:
            here = np.flatnonzero((np.where(directions < 0, -1, 1) == signs).all(axis=1))
        if not here.size or not len(vertices):
            continue
        vertices = np.ascontiguousarray(vertices - origin)
        for start in range(0, here.size, AT_ONCE):
            some = here[start : start + AT_ONCE]
            along = np.ascontiguousarray(directions[some])
            if even:
                places = np.empty((len(vertices), some.size), np.int32)
                height_places(vertices, along, heights, places)
            else:
                places = np.searchsorted(heights, vertices @ along.T).astype(np.int32)
            part = np.zeros((some.size, heights.size + 1), np.int64)
            for kind in cells:
                add_cells(places, kind.corners, kind.doubled, kind.middle, part)
            counts[some] += part
    return np.cumsum(counts[:, :-1], axis=1) // 2  # weights are doubled


def _smooth(counts, step):
    return np.cumsum(counts - counts.mean(axis=1, keepdims=True), axis=1) * step


class EulerCharacteristicTransform(EulerFeature):
    """Euler characteristic of shapes by direction and height (input per shape).

    For each direction, sweep through the shape and count what lies below: components less loops
    plus voids. A sample is a cloud, a graph or mesh as a pair ``(points, cells)``, an object with
    `vertices` and `faces`, or an image.

    Parameters
    ----------
    directions : int or array-like of shape (n_directions, n_features), default=16
        How many directions: at equal angles in the plane, along a spiral on the sphere, random in
        more dimensions. Or vectors, which are scaled to length 1.
    n_bins : int, default=20
        Number of evenly spaced heights in each direction, both ends of the range included.
    range : "auto" or (float, float), default="auto"
        Smallest and largest height. "auto" is ± the largest distance of a vertex from the origin
        that `fit` saw (from the centre, with `center`).
    kind : {"complex", "image"}, default="complex"
        What the samples are. Of an image the nonzero cells are the shape.
    center : bool, default=True
        Move the mean of the points, or of the pixels, of each shape to the origin.
    scale : bool, default=False
        Divide each shape by the largest distance of its vertices from the origin.
    smooth : bool, default=False
        Integrals of the curves less their means, which change little if the shape does.
    random_state : int, RandomState instance or None, default=None
        For directions in four and more dimensions.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Show a progress bar.

    Attributes
    ----------
    directions_ : ndarray of shape (n_directions, n_features)
        Unit vectors.
    grid_ : ndarray of shape (n_bins,)
        Heights.

    See Also
    --------
    tda.euler.euler_transform : The same for one shape; formulas, cost and sources.
    HeightFiltration : The direction's whole persistence, for images.
    MeshPersistence : The same for meshes.

    Notes
    -----
    Columns are ordered by direction, then height: ``row.reshape(n_directions, n_bins)``. Turning a
    shape in the plane by a multiple of the angle between directions moves the rows in a circle.
    What lies beyond the largest height is not counted.

    References
    ----------
    K. Turner, S. Mukherjee, D. M. Boyer, "Persistent homology transform for modeling shapes and
    surfaces", Information and Inference 3 (2014).

    Examples
    --------
    A square and a cross, as graphs in the plane:

    >>> from tda import EulerCharacteristicTransform
    >>> corners = [[1, 1], [-1, 1], [-1, -1], [1, -1]]
    >>> square = (corners, [[0, 1], [1, 2], [2, 3], [3, 0]])
    >>> cross = (corners, [[0, 2], [1, 3]])
    >>> transform = EulerCharacteristicTransform(directions=[[0, 1]], n_bins=4)
    >>> transform.fit_transform([square, cross])
    array([[0., 1., 1., 0.],
           [0., 2., 2., 2.]])
    >>> transform.get_feature_names_out()[:2]
    array(['euler_characteristic_transform_0_-1.41',
           'euler_characteristic_transform_0_-0.471'], dtype=object)
    """

    _parameter_constraints: ClassVar[dict] = {
        "directions": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "range": [StrOptions({"auto"}), "array-like"],
        "kind": [StrOptions({"complex", "image"})],
        "center": ["boolean"],
        "scale": ["boolean"],
        "smooth": ["boolean"],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        directions=16,
        n_bins=20,
        range="auto",
        kind="complex",
        center=True,
        scale=False,
        smooth=False,
        random_state=None,
        n_jobs=None,
        verbose=False,
    ):
        self.directions = directions
        self.n_bins = n_bins
        self.range = range
        self.kind = kind
        self.center = center
        self.scale = scale
        self.smooth = smooth
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _check_samples(self, X):
        shapes = check_shapes(X, self.kind)
        return shapes if self.center else [s._replace(center=np.zeros(s.n_axes)) for s in shapes]

    def _learn(self, shapes):
        self.directions_ = check_directions(
            self.directions, shapes[0].n_axes, random_state=self.random_state
        )
        self._check_width(shapes)
        if isinstance(self.range, str):
            radius = max(1.0 if self.scale else shape.radius for shape in shapes) or 1.0
            low, high = -radius * (1 + 1e-9), radius * (1 + 1e-9)  # heights are rounded too
        else:
            low, high = check_range(self.range, "range")
        self.grid_ = np.linspace(low, high, self.n_bins)

    def _check_width(self, shapes):
        width = self.directions_.shape[1]
        for i, shape in enumerate(shapes):
            if shape.n_axes != width:
                raise ValueError(
                    f"X[{i}] has {shape.n_axes} coordinates, but the directions have {width}: all "
                    "shapes must lie in the same space."
                )

    def _rows(self, shapes):
        self._check_width(shapes)
        return np.stack(self._each(self._row, shapes))

    def _row(self, shape):
        unit = shape.radius if self.scale else 1.0
        counts = _counts(shape, self.directions_, self.grid_ * (unit or 1.0), shape.center)
        if not self.smooth:
            return counts.astype(float).ravel()
        step = self.grid_[1] - self.grid_[0] if self.n_bins > 1 else 1.0
        return _smooth(counts, step).ravel()

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, by the number of the direction and by height.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of str objects, such as ``euler_characteristic_transform_3_0.25``
        """
        check_is_fitted(self)
        names = [
            f"euler_characteristic_transform_{i}_{height}"
            for i in range(len(self.directions_))
            for height in shortest_labels(self.grid_)
        ]
        return np.array(names, dtype=object)
