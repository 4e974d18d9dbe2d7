"""Circular coordinates: the angle that a hole gives to every point."""

from __future__ import annotations

import warnings
from dataclasses import replace
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._geometry import spread_landmarks
from .._kinds import check_rows
from .._metrics import distances, take_metric
from .._units import power_of_two
from .._validation import check_distance_matrix, check_field
from ..holes import hole_significance
from ..homology import rips_diagram
from ._cocycles import decorrelate, edge_weights, is_cocycle, lift_cocycle, smooth_cocycle

__all__ = ["CircularCoordinates", "circular_correlation", "toroidal_coordinates"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: Where a class is used, between its birth and its death: the longest edges smooth the best.
#: At 0.98 and 0.995 angles of circles under noise up to 0.15 stay as right.
SCALE = 0.99
#: Beyond the balls, times the distance to the nearest landmark.
#: At 1.12 and 1.56 angles of circles stay as right.
WIDER = 1.25
#: Primes to try where a cocycle does not lift; one that divides no torsion lifts.
MORE_FIELDS = (47, 53, 61, 71)


def toroidal_coordinates(X, *, n_loops="auto", n_landmarks=400, metric="euclidean"):
    """Angles of every point of one cloud around each of its loops, decorrelated.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
    n_loops : int or "auto", default="auto"
        How many loops, by their ratio of death to birth; "auto" takes the significant ones.
    n_landmarks : int, default=400
        Points on which the loops are found.
    metric : str or callable, default="euclidean"
        Distance between points, or "precomputed". `CircularCoordinates` also places new points.

    Returns
    -------
    angles : array of shape (n_points, n_loops)
        In radians, from 0 up to 2 pi.

    Examples
    --------
    >>> from tda.datasets import make_flat_torus
    >>> from tda.embedding import toroidal_coordinates
    >>> toroidal_coordinates(make_flat_torus(500, random_state=0), n_landmarks=200).shape
    (500, 2)
    """
    model = CircularCoordinates(n_loops=n_loops, n_landmarks=n_landmarks, metric=metric)
    return model.fit_transform(X)


def circular_correlation(a, b):
    """How well one angle follows another, from -1 to 1.

    It is 1 for angles that differ by a rotation, -1 for a rotation and a reflection, and about 0
    for independent angles. It sums ``sin(a_i - a_j) sin(b_i - b_j)`` over all pairs of points,
    normalised as a correlation [1]_. The form is that of Jammalamadaka and SenGupta [2]_, but
    without their mean directions: angles spread over the whole circle have none.

    Parameters
    ----------
    a, b : array-like of shape (n_points,)
        In radians.

    Returns
    -------
    float

    References
    ----------
    .. [1] N. Fisher, A. Lee, "A correlation coefficient for circular data", Biometrika 70, 1983.
    .. [2] S. Jammalamadaka, A. SenGupta, "Topics in circular statistics", World Scientific, 2001.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.embedding import circular_correlation
    >>> angle = np.linspace(0, 2 * np.pi, 50, endpoint=False)
    >>> round(circular_correlation(angle, 1 - angle), 6)
    -1.0
    """
    a, b = (np.exp(1j * np.asarray(angles, dtype=float).ravel()) for angles in (a, b))
    if a.size != b.size or a.size < 2:
        raise ValueError(f"a has {a.size} angles and b {b.size}: give two or more pairs.")
    same, opposite = abs((a * b.conj()).sum()) ** 2, abs((a * b).sum()) ** 2
    own = [a.size**2 - abs((z**2).sum()) ** 2 for z in (a, b)]
    if min(own) <= 1e-12 * a.size**2:
        return 0.0  # one of them is constant
    return float((same - opposite) / np.sqrt(own[0] * own[1]))


class CircularCoordinates(TransformerMixin, BaseEstimator):
    """The angle of every point around each loop of the cloud (input per point).

    A loop of the data is a class of persistent cohomology, and such a class is a map to the circle
    [1]_. The map is found on landmarks, made as smooth as possible (least energy), and extended to
    all points [2]_. With several loops these are toroidal coordinates [3]_: of all integer
    combinations of the loops, those that are nearly orthogonal.

    Parameters
    ----------
    n_loops : int or "auto", default="auto"
        How many loops, by their ratio of death to birth. "auto" takes those that
        `tda.hole_significance` finds significant, or the one strongest, with a warning.
    level : float, default=0.05
        Of significance, for "auto".
    n_landmarks : int, default=400
        Points of the Rips complex, spread by farthest points. In time the most costly
        parameter: about a second for 400, ten for 1,000.
    decorrelate : bool, default=True
        Combine several loops into nearly orthogonal coordinates, one a circle of a torus. The
        columns then come by rising energy, else by falling ratio of the loops.
    weights : {"density", "uniform"}, default="density"
        What smoothing is to forget: "density" spreads angles over the shape whatever the density
        of the points; "uniform" is the plain least squares of [1]_.
    field : int, default=47
        The odd prime of the coefficient field Z/p. Where a class does not come from an integer
        one over this prime, others are tried.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).

    Attributes
    ----------
    n_loops_ : int
    loops_ : list of tda.Hole
        The classes: birth and death (edge lengths), ratio, p-value.
    change_of_basis_ : int array of shape (n_loops, n_loops)
        Each coordinate as a combination of `loops_`.
    angles_ : array of shape (n_points, n_loops)
    landmark_indices_ : array of shape (n_landmarks,)
    covering_radius_ : float
        Every point is so near to a landmark.
    radii_ : array of shape (n_loops,)
        Of the balls around the landmarks that angles are blended in; a point outside of all
        takes a wider one.
    field_ : int
        The prime that was taken.

    See Also
    --------
    toroidal_coordinates : The same as a function.
    tda.count_holes : How many loops there are.

    Notes
    -----
    Angles are in radians from 0 up to 2 pi; the landmark farthest from the middle of the cloud
    has pi. All loops must live at one common scale to be decorrelated; where there is none each
    takes its own, and a warning says so. A coordinate of least energy runs faster where the
    shape is thin: around the tube of a torus it is the conformal angle, not the angle itself.

    Memory is that of the landmarks' Rips complex; the points are passed over in blocks, in
    O(n_points * n_landmarks).

    References
    ----------
    .. [1] V. de Silva, D. Morozov, M. Vejdemo-Johansson, "Persistent cohomology and circular
       coordinates", Discrete Comput. Geom. 45, 2011.
    .. [2] J. Perea, "Sparse circular coordinates via principal Z-bundles", Topological Data
       Analysis, Abel Symposia 15, 2020.
    .. [3] L. Scoccola, H. Gakhar, J. Bush, N. Schonsheck, T. Rask, L. Zhou, J. Perea, "Toroidal
       coordinates: decorrelating circular coordinates with lattice reduction", SoCG 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.datasets import make_circle
    >>> from tda.embedding import CircularCoordinates, circular_correlation
    >>> X = make_circle(500, noise=0.05, random_state=0).points
    >>> angle = CircularCoordinates(n_landmarks=200).fit_transform(X)
    >>> true = np.arctan2(X[:, 1], X[:, 0])
    >>> abs(circular_correlation(angle[:, 0], true)) > 0.99
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_loops": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "level": [Interval(Real, 0, 1, closed="neither")],
        "n_landmarks": [Interval(Integral, 4, None, closed="left")],
        "decorrelate": ["boolean"],
        "weights": [StrOptions({"density", "uniform"})],
        "field": [Interval(Integral, 3, None, closed="left")],
        "metric": [str, callable],
    }

    def __init__(
        self,
        *,
        n_loops="auto",
        level=0.05,
        n_landmarks=400,
        decorrelate=True,
        weights="density",
        field=47,
        metric="euclidean",
    ):
        self.n_loops = n_loops
        self.level = level
        self.n_landmarks = n_landmarks
        self.decorrelate = decorrelate
        self.weights = weights
        self.field = field
        self.metric = metric

    def fit(self, X, y=None):
        """Find the loops and the angles of the points.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features), or (n_points, n_points)
            A cloud; with ``metric="precomputed"`` distances.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, has fewer loops than asked for, or if no integer class
            lies above one of them.
        """
        self._validate_params()
        precomputed = self._is_precomputed()
        X = check_rows(self, X, ensure_min_samples=4, ensure_min_features=2)
        if precomputed:
            X = check_distance_matrix(X)
        X, self.metric_ = take_metric(X, self.metric)
        chosen, self.covering_radius_ = self._spread(X)
        D = X[np.ix_(chosen, chosen)] if precomputed else self._distances(X[chosen])
        distinct = ~np.tril(D == 0, k=-1).any(axis=1)
        chosen, D = chosen[distinct], np.ascontiguousarray(D[np.ix_(distinct, distinct)])
        self.landmark_indices_ = chosen
        self.landmarks_ = None if precomputed else X[chosen]
        self._find_loops(D)
        self._smooth(D)
        self._set_origin()
        self.angles_ = self._angles(X)
        return self

    def _find_loops(self, D):
        """The strongest classes and integer cocycles of theirs, shortly before they die."""
        # In a unit of the landmarks' own, far from what overflows.
        unit = power_of_two(D.max())
        D = D / unit
        fields = [check_field(self.field), *(p for p in MORE_FIELDS if p != self.field)]
        for field in fields:
            diagram = rips_diagram(D, metric="precomputed", field=field, cocycles=True)
            loops = self._strongest(hole_significance(diagram))
            lengths = _edge_lengths(loops)
            first = int(np.searchsorted(diagram.dims, 1))
            cochains = [
                lift_cocycle(diagram.cocycles[loop.bar - first], field, length > D)
                for loop, length in zip(loops, lengths, strict=True)
            ]
            if all(is_cocycle(c, r > D) for c, r in zip(cochains, lengths, strict=True)):
                self.loops_ = [
                    replace(loop, birth=loop.birth * unit, death=loop.death * unit)
                    for loop in loops
                ]
                self.n_loops_, self.field_ = len(loops), field
                # Balls that meet have an edge between their centres.
                self.radii_ = lengths * unit / 2
                self._cochains = np.array(cochains)
                return
        raise ValueError(
            f"a loop lifts to no integer class over any of the fields {fields}: try another "
            "field, or another n_landmarks."
        )

    def _strongest(self, loops):
        """Those asked for, by falling ratio."""
        wanted = 1 if self.n_loops == "auto" else self.n_loops
        if len(loops) < wanted:
            raise ValueError(
                f"n_loops={self.n_loops!r}, but the landmarks show {len(loops)} loop(s)"
                + ("." if loops else ": no closed path in X stays open at any scale.")
            )
        if self.n_loops != "auto":
            return loops[:wanted]
        significant = [loop for loop in loops if loop.p_value <= self.level]
        if not significant:
            warnings.warn(
                f"No loop is significant at level={self.level:g}; the strongest, of p-value "
                f"{loops[0].p_value:.2g}, is taken. Pass n_loops=1 if that is meant, or more "
                "n_landmarks.",
                UserWarning,
                stacklevel=4,
            )
        return significant or loops[:1]

    def _smooth(self, D):
        """Potentials of least energy, and the combinations that are nearly orthogonal."""
        correct = self.weights == "density"
        weights = [edge_weights(D, 2 * r, correct_density=correct) for r in self.radii_]
        self._joined = np.array([2 * r > D for r in self.radii_])
        pairs = zip(self._cochains, weights, strict=True)
        self._potentials = np.array([smooth_cocycle(c, w) for c, w in pairs])
        self.change_of_basis_ = np.eye(self.n_loops_, dtype=int)
        if not self.decorrelate or self.n_loops_ == 1:
            return
        if np.ptp(self.radii_) > 0:
            warnings.warn(
                "The loops live at no common scale, so their coordinates are not decorrelated; "
                "decorrelate=False says the same without a warning.",
                UserWarning,
                stacklevel=3,
            )
            return
        change = decorrelate(self._cochains, self._potentials, weights[0])
        self.change_of_basis_ = change
        self._cochains = np.tensordot(change, self._cochains, axes=1)
        self._potentials = change @ self._potentials

    def _set_origin(self):
        """Half a turn at the first landmark, and a sense of turning, whatever the solver says."""
        self._potentials = self._potentials - self._potentials[:, :1]
        for k, potential in enumerate(self._potentials):
            turned = np.sin(2 * np.pi * (potential + self._cochains[k][0]))
            beside = np.flatnonzero(np.abs(turned) > 0.5)
            if beside.size and turned[beside[0]] < 0:
                self._potentials[k], self._cochains[k] = -potential, -self._cochains[k]
                self.change_of_basis_[k] *= -1
        self._potentials += 0.5

    def transform(self, X):
        """The angles of points, in the balls around the landmarks of `fit`.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features), or (n_queries, n_points)
            With ``metric="precomputed"`` distances to the points of `fit`.

        Returns
        -------
        angles : array of shape (n_queries, n_loops)
        """
        check_is_fitted(self)
        return self._angles(self.metric_.points(check_rows(self, X, reset=False)))

    def fit_transform(self, X, y=None):
        """Fit, and give the angles of the points."""
        return self.fit(X).angles_.copy()

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, ``circular_coordinates_0`` and so on."""
        check_is_fitted(self)
        names = [f"circular_coordinates_{k}" for k in range(self.n_loops_)]
        return np.array(names, dtype=object)

    def _angles(self, X):
        angles = np.empty((len(X), self.n_loops_))
        step = max(4_000_000 // len(self.landmark_indices_), 1)
        for i in range(0, len(X), step):
            D = self._to_landmarks(X[i : i + step])
            nearest = np.argmin(D, axis=1)
            for k, radius in enumerate(self.radii_):
                # Values at the landmarks as seen from the nearest one, where they have no jump.
                seen = self._potentials[k] + self._cochains[k][nearest]
                weights = _blend(D, nearest, self._joined[k], radius)
                turns = (weights * seen).sum(axis=1)
                angles[i : i + step, k] = 2 * np.pi * (turns - np.floor(turns))
        angles[angles >= 2 * np.pi] = 0.0  # of a rounding just below a whole turn
        return angles

    def _spread(self, X):
        """Landmarks and their covering radius, in the metric."""
        if self.metric_.taken in ("precomputed", "euclidean"):
            return spread_landmarks(
                np.ascontiguousarray(X), self.n_landmarks, precomputed=self._is_precomputed()
            )
        # By Euclidean distance, which spreads them well enough in any sane metric.
        chosen, _ = spread_landmarks(np.ascontiguousarray(X), self.n_landmarks)
        near = [self._distances(X[i : i + 1000], X[chosen]) for i in range(0, len(X), 1000)]
        return chosen, float(max(D.min(axis=1).max() for D in near))

    def _to_landmarks(self, X):
        if self._is_precomputed():
            return X[:, self.landmark_indices_]
        return self._distances(X, self.landmarks_)

    def _distances(self, X, Y=None):
        return distances(X, Y, metric=self.metric_.taken)

    def _is_precomputed(self):
        return isinstance(self.metric, str) and self.metric == "precomputed"

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self._is_precomputed()
        tags.input_tags.positive_only = self._is_precomputed()
        tags.transformer_tags.preserves_dtype = []
        return tags


def _edge_lengths(loops):
    """How long edges may be around each loop: the same for all, if they live at one scale."""
    births, deaths = np.array([(loop.birth, loop.death) for loop in loops]).T
    lengths = births + SCALE * (deaths - births)
    return np.full(len(loops), lengths.min()) if births.max() < lengths.min() else lengths


def _blend(D, nearest, joined, radius):
    """A partition of unity: weights of the landmarks at each point, falling to 0 at `radius`.

    A point that no ball holds, or hardly, gets a wider one, among what is joined to its nearest
    landmark.
    """
    radii = np.maximum(radius, WIDER * D[np.arange(len(D)), nearest])
    weights = np.where(joined[nearest], np.maximum(radii[:, None] - D, 0.0), 0.0)
    return weights / weights.sum(axis=1, keepdims=True)
