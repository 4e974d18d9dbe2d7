"""`count_holes`: one cloud in, the number of its holes and how sure out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from numbers import Integral, Real

import numpy as np

from .._geometry import (
    dimension_at_scale,
    is_low_dimensional,
    lattice_share,
    neighbor_distances,
    spread_landmarks,
    unique_points,
)
from .._validation import check_cloud, check_distance_matrix, check_field
from ..diagrams import Diagram
from ..homology import alpha_diagram, representative_cycle, rips_diagram
from ._notes import amount, component_notes, name, round_up, size_notes
from ._null import least_p_value, null_p_values, null_quantile
from ._significance import METHODS, Hole, bootstrap_p_values, hole_significance
from ._statistics import component_bars, component_size

__all__ = ["HoleCount", "count_holes"]

#: Most points a complex is built on, by complex and highest degree: about a second of work.
MOST_POINTS = {("alpha", 1): 10_000, ("alpha", 2): 10_000, ("rips", 1): 2_000, ("rips", 2): 500}
#: Most points whose components are counted exactly: in many dimensions, and in few.
MOST_COMPONENT_POINTS = {False: 20_000, True: 1_000_000}
#: Most points whose neighbourhoods are averaged for the dimension.
MOST_QUERIES = 4_000


@dataclass(frozen=True, eq=False)
class HoleCount:
    """What `count_holes` found.

    Attributes
    ----------
    betti : tuple of int
        Number of significant holes in degree 0, 1, …: components, loops, voids.
    holes : tuple of Hole
        The significant ones, by degree, then by ratio. The eldest component is not among
        them, since it is there for certain.
    candidates : tuple of Hole
        The bars of largest ratio of each degree, significant or not.
    thresholds : dict
        For each degree k >= 1 the ratio from which on a bar is significant.
    notes : tuple of str
        What to know before believing the count.
    complex, dimension, level, method, n_points, n_landmarks, covering_radius :
        How it was computed; `dimension` is the intrinsic dimension of the null, `n_points`
        the number of distinct points, `n_landmarks` that of the points of the complex. Every
        point of the cloud is within `covering_radius` of a landmark, so by stability no bar
        of the alpha complex is off by more (Rips: by more than twice that).
    diagram : Diagram
    points : ndarray of shape (n_landmarks, n_coordinates), or None
        The points of the complex, for drawing; None for a distance matrix.
    """

    betti: tuple
    holes: tuple
    candidates: tuple
    thresholds: dict
    notes: tuple
    complex: str
    dimension: float
    level: float
    method: str
    n_points: int
    n_landmarks: int
    covering_radius: float
    diagram: Diagram = field(repr=False)
    points: np.ndarray | None = field(repr=False, default=None)

    @property
    def sentence(self):
        """The count in words."""
        parts = [amount(n, k) for k, n in enumerate(self.betti)]
        text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        return f"{text}, at level {self.level:g}."

    def points_needed(self, degree, rank=1):
        """About how many points the `rank`-th strongest bar would need to be significant.

        Births shrink as ``n ** (-1 / dimension)`` while deaths stay, if the hole is real; the
        threshold rises slowly. Returns the present number if it is significant already, and
        None if there is no such bar or ten million points would not do. A bar of noise has an
        answer too: this says what it would take, not that the hole is there.

        Examples
        --------
        >>> from tda import count_holes
        >>> from tda.datasets import make_torus
        >>> count = count_holes(make_torus(200, random_state=0))
        >>> count.betti[2], 250 < count.points_needed(2) < 4000
        (0, True)
        """
        bars = [hole for hole in self.candidates if hole.degree == degree]
        if degree < 1 or len(bars) < rank:
            return None
        ratio = bars[rank - 1].ratio
        dimension = min(max(self.dimension, degree), degree + 1)
        for n in self.n_landmarks * np.geomspace(1, 1e7 / self.n_landmarks, 400):
            needed = self._threshold(degree, n)
            if ratio * (n / self.n_landmarks) ** (1 / dimension) >= needed:
                return self.n_landmarks if n == self.n_landmarks else round_up(n)
        return None

    def _threshold(self, degree, n):
        return null_quantile(
            self.level / len(self.betti),
            complex=self.complex,
            degree=degree,
            dimension=max(self.dimension, degree + 1),
            n=n,
        )

    def cycle(self, hole):
        """Points of `points` that go around a hole: see `tda.representative_cycle`."""
        if self.points is None:
            raise ValueError("a distance matrix has no points to draw a cycle on.")
        if hole.bar is None:
            raise ValueError(
                "this component is one of the whole cloud and no bar of the thinned diagram: "
                "count with n_landmarks=None to draw it."
            )
        return representative_cycle(self.points, self._with_simplices(), hole.bar)

    def _with_simplices(self):
        if self.diagram.birth_simplices is not None:
            return self.diagram
        # Counting over other fields leaves out the simplices, which take all the memory.
        return rips_diagram(
            self.points,
            max_dimension=self.diagram.max_dimension,
            field=self.diagram.field,
            representatives=True,
        )

    def to_dict(self):
        """Plain numbers and strings, ready for JSON."""
        return {
            "betti": list(self.betti),
            "sentence": self.sentence,
            "holes": [asdict(hole) for hole in self.holes],
            "candidates": [asdict(hole) for hole in self.candidates],
            "thresholds": {str(k): v for k, v in self.thresholds.items()},
            "notes": list(self.notes),
            **{
                name: getattr(self, name)
                for name in (
                    "complex dimension level method n_points n_landmarks covering_radius"
                ).split()
            },
        }

    def __str__(self):
        unit = self.diagram.unit
        lines = [self.sentence]
        if self.holes:
            lines.append(f"  {'':10} {'birth':>9} {'death':>9} {'ratio':>7}  p-value   ({unit})")
        for hole in self.holes:
            lines.append(
                f"  {name(hole.degree, 1):10} {hole.birth:9.4g} {hole.death:9.4g} "
                f"{hole.ratio:7.2f}  {hole.p_value:.2g}"
            )
        lines.append(
            f"  {self.complex} complex of {self.n_landmarks:,} distinct point"
            f"{'s' * (self.n_landmarks != 1)}, dimension about "
            f"{self.dimension:.1f}, p-values corrected for all bars and "
            f"{len(self.betti)} degree{'s' * (len(self.betti) > 1)}"
        )
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])


def count_holes(
    X,
    *,
    max_dimension=None,
    complex="auto",
    field=2,
    metric="euclidean",
    level=0.05,
    method="monte_carlo",
    dimension=None,
    n_landmarks="auto",
    n_resamples=100,
    random_state=None,
    verbose=False,
):
    """Count the holes of one cloud, each with a p-value.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        A cloud; with ``metric="precomputed"`` a dense distance matrix.
    max_dimension : {0, 1, 2}, default=None
        Highest degree: 0 components, 1 loops, 2 voids. By default all that a cloud in the plane
        or in space can have, and 1 for Rips, where voids take long.
    complex : {"auto", "alpha", "rips"}, default="auto"
        Alpha for points that span two or three dimensions, Rips for all others.
    field : int, default=2
        The prime of the coefficient field Z/p.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, or "precomputed". All but
        "euclidean" take the Rips complex.
    level : float, default=0.05
        The chance of finding any hole in noise, over all degrees together.
    method : {"monte_carlo", "gumbel", "bootstrap"}, default="monte_carlo"
        Where the p-values of degrees 1 and 2 come from; see `hole_significance` for the first
        two. "bootstrap" asks instead which bars outlive the resampling of the points; it is
        slow and careful. Components are always tested against the Monte-Carlo null.
    dimension : float, default=None
        Intrinsic dimension; by default it is estimated.
    n_landmarks : int, "auto" or None, default="auto"
        Thin the cloud to so many landmarks, spread by farthest points. "auto" thins only what
        would take more than seconds; None never does.
    n_resamples : int, default=100
        For the bootstrap.
    random_state : int, RandomState or None, default=None
        For the bootstrap, and for components of more than a million points (20,000 in more than
        twelve dimensions), which are counted on a random sample of that size.
    verbose : bool, default=False
        Show a progress bar of the bootstrap.

    Returns
    -------
    HoleCount

    Raises
    ------
    ValueError
        For a cloud that is empty, not 2-D, or holds NaN or infinity; for parameters out of their
        range; and for a level below the least p-value that the simulations can give.
    MemoryError
        Before starting, if ``n_landmarks=None`` and the complex would not fit into memory.

    Notes
    -----
    Loops and voids: the persistence ratio death / birth of a bar against the largest ratio in
    noise of the same size, intrinsic dimension and complex, tabulated by simulation. So a
    p-value holds for all bars of its degree; over the degrees tested it is multiplied by their
    number (Bonferroni). Components: the same ratio for components of at least half the root
    of the number of points. The dimension is the least that is measured between the nearest
    neighbour and the scale of that many neighbours; where it lies below degree + 1 the null
    takes degree + 1, whose ratios are larger.

    p-values come from 500 to 1,000 simulations each and do not fall below one in so many.

    A count of 0 means that no hole can be told from noise at this sample size. `notes` says
    where the sample is too small to show one, and `HoleCount.points_needed` what it would take.

    References
    ----------
    .. [1] O. Bobrowski, P. Skraba, "A universal null-distribution for topological data
       analysis", Scientific Reports 13:12274, 2023.
    .. [2] F. Chazal, B. Fasy, F. Lecci, B. Michel, A. Rinaldo, L. Wasserman, "Robust
       topological inference", JMLR 18:159, 2018.

    Examples
    --------
    >>> from tda import count_holes
    >>> from tda.datasets import make_annulus, make_disk
    >>> count = count_holes(make_annulus(300, random_state=0))
    >>> count.betti
    (1, 1)
    >>> print(count.sentence)
    1 component and 1 loop, at level 0.05.
    >>> count_holes(make_disk(300, random_state=0)).betti
    (1, 0)
    """
    precomputed = isinstance(metric, str) and metric == "precomputed"
    _check_options(max_dimension, complex, level, method, n_landmarks, n_resamples, dimension)
    check_field(field)
    X, precomputed, rank = _prepare(X, metric, precomputed)
    complex = _choose_complex(complex, precomputed, rank)
    max_dimension = _choose_dimension(max_dimension, complex, rank)
    degrees = range(max_dimension + 1)
    _check_reachable(level, method, complex, degrees, n_resamples)
    notes = []

    n = len(X)
    distances = _neighborhoods(X, precomputed)
    if dimension is None:
        dimension = _estimate_dimension(distances, X, precomputed)
    share = lattice_share(distances) if distances is not None else 0.0
    if share > 0.25:
        notes.append(
            f"the data lies on a lattice ({share:.0%} of the nearest neighbours are at one same "
            "distance), where p-values are unreliable: add noise of half a step to every point."
        )

    components = _test_components(X, precomputed, complex, dimension, len(degrees), random_state)
    X, covering_radius = _thin(X, precomputed, complex, max_dimension, n_landmarks)
    if len(X) < n:
        notes.append(
            f"loops and voids are those of {len(X):,} of {n:,} points; every point is within "
            f"{covering_radius:.3g} of one of them."
        )

    def compute(rows, representatives=False):
        if complex == "alpha":
            return alpha_diagram(
                X[rows], max_dimension=max_dimension, field=field, representatives=representatives
            )
        part = X[np.ix_(rows, rows)] if precomputed else X[rows]
        return rips_diagram(
            part,
            max_dimension=max_dimension,
            field=field,
            metric="precomputed" if precomputed else "euclidean",
            representatives=representatives and field == 2,
        )

    diagram = compute(np.arange(len(X)), representatives=True)
    tested = {0: [_with_bar(hole, diagram, whole=len(X) == n) for hole in components]}
    for k in degrees[1:]:
        tested[k] = hole_significance(
            diagram,
            degree=k,
            n_points=len(X),
            dimension=dimension,
            method="gumbel" if method == "gumbel" else "monte_carlo",
            n_tests=len(degrees),
        )
        if method == "bootstrap":
            tested[k] = _bootstrapped(
                tested[k], X, compute, diagram, len(degrees), n_resamples, random_state, verbose
            )

    holes = tuple(h for k in degrees for h in tested[k] if h.p_value <= level)
    betti = [sum(h.degree == k for h in holes) for k in degrees]
    betti[0] += 1
    count = HoleCount(
        betti=tuple(betti),
        holes=holes,
        candidates=tuple(h for k in degrees for h in tested[k][: max(5, betti[k] + 2)]),
        thresholds={},
        notes=(),
        complex=complex,
        dimension=float(dimension),
        level=level,
        method=method,
        n_points=n,
        n_landmarks=len(X),
        covering_radius=covering_radius,
        diagram=diagram,
        points=None if precomputed else X,
    )
    if method == "monte_carlo":
        count = replace(count, thresholds={k: count._threshold(k, len(X)) for k in degrees[1:]})
    return replace(count, notes=(*notes, *size_notes(count), *component_notes(n)))


# -- input ---------------------------------------------------------------------------------


def _check_options(max_dimension, complex, level, method, n_landmarks, n_resamples, dimension):
    if max_dimension is not None and max_dimension not in (0, 1, 2):
        raise ValueError(f"max_dimension={max_dimension!r}, but it is 0, 1, 2 or None")
    if complex not in ("auto", "alpha", "rips"):
        raise ValueError(f"complex={complex!r}, but it is 'auto', 'alpha' or 'rips'")
    if not (isinstance(level, Real) and 0 < level < 1):
        raise ValueError(f"level={level!r}, but it lies between 0 and 1")
    if method not in METHODS:
        raise ValueError(f"method={method!r}, but it is one of {METHODS}")
    if not (n_landmarks in ("auto", None) or (isinstance(n_landmarks, Integral))):
        raise ValueError(f"n_landmarks={n_landmarks!r}, but it is an integer, 'auto' or None")
    if isinstance(n_landmarks, Integral) and n_landmarks < 1:
        raise ValueError(f"n_landmarks={n_landmarks!r}, but at least one point is needed")
    if not (isinstance(n_resamples, Integral) and n_resamples >= 1):
        raise ValueError(f"n_resamples={n_resamples!r}, but it is an integer from 1 on")
    if dimension is not None and not (isinstance(dimension, Real) and dimension > 0):
        raise ValueError(f"dimension={dimension!r}, but it is a positive number")


def _check_reachable(level, method, complex, degrees, n_resamples):
    """Refuse a level that no p-value can fall to."""
    least, advice = 0.0, ""
    if method == "monte_carlo":
        least = max(least_p_value(complex, k) if k else 0.0 for k in degrees)
        advice = 'or method="gumbel", which has no least p-value'
    elif method == "bootstrap" and len(degrees) > 1:
        least = 1 / (n_resamples + 1)
        advice = "or more n_resamples"
    if level < least * len(degrees):
        raise ValueError(
            f"level={level:g} is below {least * len(degrees):.2g}, the least p-value that method="
            f"{method!r} gives for {len(degrees)} degrees: use a higher level, {advice}."
        )


def _prepare(X, metric, precomputed):
    """Distinct points in as few coordinates as they span, or a matrix; and that number."""
    if precomputed:
        from scipy import sparse

        if sparse.issparse(X):
            raise ValueError(
                "X is sparse: counting needs all distances. Pass a dense matrix, or compute "
                "rips_diagram and test it with hole_significance."
            )
        X = check_distance_matrix(X)
    else:
        X = check_cloud(X)
        if not (isinstance(metric, str) and metric == "euclidean"):
            from sklearn.metrics import pairwise_distances

            X = check_distance_matrix(
                pairwise_distances(X, metric=metric), name=f"the matrix of metric {metric!r}"
            )
            precomputed = True
    if precomputed:
        # Of points at distance 0 the first stands for all.
        twin = np.tril(X == 0, k=-1).any(axis=1)
        keep = np.flatnonzero(~twin)
        return np.ascontiguousarray(X[np.ix_(keep, keep)]), True, len(keep)
    X = _span(X[unique_points(X)])
    return X, False, X.shape[1]


def _span(X):
    """The same cloud, rotated into the coordinates that it spans if those are three or fewer."""
    if X.shape[1] <= 2:
        return X
    middle = X.mean(axis=0)
    some = X[np.linspace(0, len(X) - 1, min(len(X), 64)).astype(int)] - middle
    if np.linalg.matrix_rank(some, tol=1e-9 * max(np.abs(some).max(), 1e-300)) > 3:
        return X
    _, sizes, axes = np.linalg.svd(X - middle, full_matrices=False)
    rank = max(int((sizes > 1e-9 * sizes[0]).sum()), 1)
    if rank == X.shape[1] or rank > 3:
        return X
    return np.ascontiguousarray((X - middle) @ axes[:rank].T)


def _choose_complex(complex, precomputed, rank):
    if complex == "auto":
        return "rips" if precomputed or rank > 3 else "alpha"
    if complex == "alpha" and precomputed:
        raise ValueError('complex="alpha" needs Euclidean coordinates; use complex="rips".')
    if complex == "alpha" and rank > 3:
        raise ValueError(
            f'complex="alpha" counts in up to three dimensions and the cloud spans {rank}; use '
            'complex="rips".'
        )
    return complex


def _choose_dimension(max_dimension, complex, rank):
    most = rank - 1 if complex == "alpha" else 2
    if max_dimension is None:
        return max(most, 0) if complex == "alpha" else 1
    return max_dimension


# -- steps ---------------------------------------------------------------------------------


def _neighborhoods(X, precomputed):
    """Distances to as many neighbours as the dimension is measured with."""
    n = len(X)
    if n < 3:
        return None
    n_neighbors = min(2 * component_size(n), n - 1)
    return neighbor_distances(X, n_neighbors, precomputed=precomputed, most_queries=MOST_QUERIES)


def _estimate_dimension(distances, X, precomputed):
    """The least dimension from nearest neighbours up to the scale of a component.

    A thin wall looks solid from afar, and a noisy curve looks solid from near. In both cases
    the lower number is that of the shape, and it is the careful one: its noise has the larger
    ratios.
    """
    if distances is None or distances.shape[1] < 2:
        return 1.0
    most = distances.shape[1] // 2
    scales = np.unique(np.geomspace(1, most, 8).astype(int))
    least = min(dimension_at_scale(distances, k) for k in scales)
    return float(np.clip(least, 1.0, 99 if precomputed else X.shape[1]))


def _test_components(X, precomputed, complex, dimension, n_tests, random_state):
    """All but the eldest of the large components, as holes of degree 0."""
    most = MOST_COMPONENT_POINTS[is_low_dimensional(X)]
    if len(X) > most and not precomputed:
        from sklearn.utils import check_random_state

        X = X[check_random_state(random_state).choice(len(X), most, replace=False)]
    births, deaths, _ = component_bars(X, precomputed=precomputed)
    keep = np.isfinite(births)
    births, deaths = births[keep], deaths[keep]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = deaths / births
    p_values = null_p_values(ratios, complex="components", degree=0, dimension=dimension, n=len(X))
    scale = 0.5 if complex == "alpha" else 1.0  # the unit of the diagram
    return [
        Hole(0, float(b * scale), float(d * scale), float(r), float(min(p * n_tests, 1.0)))
        for b, d, r, p in zip(births, deaths, ratios, p_values, strict=True)
    ]


def _thin(X, precomputed, complex, max_dimension, n_landmarks):
    """Landmarks of the cloud and their covering radius, or the cloud itself and 0."""
    if n_landmarks == "auto":
        n_landmarks = MOST_POINTS[complex, max(max_dimension, 1)]
    if n_landmarks is None or len(X) <= n_landmarks:
        return X, 0.0
    chosen, covering_radius = spread_landmarks(X, n_landmarks, precomputed=precomputed)
    chosen = np.sort(chosen)
    part = X[np.ix_(chosen, chosen)] if precomputed else X[chosen]
    return np.ascontiguousarray(part), covering_radius


def _with_bar(hole, diagram, *, whole):
    """The same component with the bar of degree 0 that dies where it does."""
    if not whole:
        return hole
    bars = np.flatnonzero((diagram.dims == 0) & np.isfinite(diagram.deaths))
    if not bars.size:
        return hole
    bar = bars[np.argmin(np.abs(diagram.deaths[bars] - hole.death))]
    close = abs(diagram.deaths[bar] - hole.death) <= 1e-6 * hole.death
    return replace(hole, bar=int(bar)) if close else hole


def _bootstrapped(holes, X, compute, diagram, n_tests, n_resamples, random_state, verbose):
    p_values = bootstrap_p_values(
        X,
        compute,
        diagram,
        holes,
        n_resamples=n_resamples,
        random_state=random_state,
        verbose=verbose,
    )
    p_values = np.minimum(p_values * n_tests, 1.0)
    renewed = [replace(h, p_value=float(p)) for h, p in zip(holes, p_values, strict=True)]
    return sorted(renewed, key=lambda hole: (hole.p_value, -hole.ratio))
