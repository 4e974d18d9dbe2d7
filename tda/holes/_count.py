"""`count_holes`: the number of holes of one cloud, each with a p-value."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from .._geometry import is_low_dimensional
from .._neighbors import graph_of_distances, neighbor_graph
from .._scale import dimension_at_scale, lattice_share
from .._validation import check_field
from ..homology import alpha_diagram, rips_diagram
from ._data_notes import tie_note
from ._hole_count import HoleCount
from ._input import check_options, check_reachable, choose_complex, choose_dimension, prepare
from ._labels import labels_of
from ._landmarks import MOST_POINTS, landmark_notes, read_rows, thin
from ._notes import component_notes, size_notes
from ._null import null_p_values, null_size, thinning_groups
from ._pieces import count_pieces
from ._significance import Hole, bootstrap_p_values, hole_significance
from ._statistics import component_size, components_of

__all__ = ["count_holes"]

#: Most points whose components are counted exactly: in many dimensions, and in few.
MOST_COMPONENT_POINTS = {False: 20_000, True: 1_000_000}
#: Most points whose neighbourhoods are averaged for the dimension.
MOST_QUERIES = 4_000


def count_holes(
    X,
    *,
    max_dimension=None,
    complex="auto",
    field=2,
    metric="euclidean",
    level=0.05,
    method="monte_carlo",
    dimension="auto",
    n_landmarks="auto",
    trim=0.0,
    n_resamples=100,
    random_state=None,
    verbose=False,
):
    """Count the holes of one cloud, each with a p-value.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        A cloud, which may stay on disk, as `tda.landmarks` takes it; with ``metric="precomputed"``
        a distance matrix. Distances that are infinite, or not stored in a sparse matrix, are
        missing edges, which never join anything: see the notes below.
    max_dimension : {0, 1, 2}, default=None
        Highest degree: 0 components, 1 loops, 2 voids. By default all that a cloud in the plane
        or in space can have, and 1 for Rips, where voids take long.
    complex : {"auto", "alpha", "rips"}, default="auto"
        Alpha for points that span two or three dimensions, Rips for all others.
    field : int, default=2
        The prime of the coefficient field Z/p.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, or "precomputed". All but
        "euclidean" take the Rips complex. Squares of metrics, such as "cosine", are replaced by the
        metric. Births and deaths are then in this metric, and a note says so (`tda._metrics`).
    level : float, default=0.05
        The probability of finding any hole in noise, over all degrees together.
    method : {"monte_carlo", "gumbel", "bootstrap"}, default="monte_carlo"
        How to compute the p-values of degrees 1 and 2; see `hole_significance` for the first two.
        "bootstrap" tests which bars remain when the points are resampled; it is slow and
        conservative. Components are always tested against the Monte-Carlo null.
    dimension : float or "auto", default="auto"
        Intrinsic dimension. "auto" estimates it from the distances to nearest neighbours.
    n_landmarks : int, "auto" or None, default="auto"
        Reduce the cloud to this many landmarks, chosen by farthest points (`tda.landmarks`). "auto"
        does so only if the computation would take more than seconds; None never does.
    trim : float, default=0.0
        The share of the points that are taken for strays and left out, as in `tda.landmarks`:
        those farthest from their neighbours. Components are counted with them.
    n_resamples : int, default=100
        Number of resamples of the bootstrap.
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

    Directions ("cosine", "correlation") may close up to a sphere, which has no border and so
    larger ratios of noise; they are held to those of twice as many points of a cube, which no
    more than 1% of spheres of 60 to 500 points exceeded at level 0.025.

    Where distances are missing, pieces that no finite distance joins are components for certain,
    whatever their size, and each is judged as without the others. Within a piece loops may never
    die. They are tested by the death that they have if the shortest path, divided by the root of 2,
    takes the place of every missing distance: in a graph of ten or more neighbours a loop around
    a ring is significant, and one around a few points that lack an edge is not. With fewer
    neighbours the graph itself has cracks that are wide, and so loops.

    p-values come from 500 to 1,000 simulations each and do not fall below one in so many.

    Landmarks are spread more evenly than independent points, so the ratios of their noise are
    smaller: those were simulated too, for several numbers of points that a landmark stands for.
    For distances that are not of a cloud the noise of independent points is kept, which is careful.
    Those of all points are born and die at most `error_bound` earlier. Of more than a million
    points (50,000 in more than twelve dimensions) landmarks are chosen among all, and components
    and dimension are those of a random sample of so many.

    A count of 0 means that no hole is significant at this sample size. `notes` says where the
    sample is too small to show one, and `HoleCount.points_needed` what it would take.

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
    >>> print(count.verdict)
    1 component and 1 loop, at level 0.05.
    >>> count_holes(make_disk(300, random_state=0)).betti
    (1, 0)
    """
    precomputed = isinstance(metric, str) and metric == "precomputed"
    check_options(max_dimension, complex, level, method, n_landmarks, n_resamples, dimension, trim)
    check_field(field)
    rows = read_rows(X, metric, n_landmarks, trim)
    X, precomputed, rank, taken, notes, of_categories, inverse = prepare(
        rows.X, metric, precomputed
    )
    complex = choose_complex(complex, metric, rank)
    max_dimension = choose_dimension(max_dimension, complex, rank)
    degrees = range(max_dimension + 1)
    if precomputed and np.isinf(X).any():
        options = {
            "max_dimension": max_dimension,
            "complex": complex,
            "field": field,
            "metric": "precomputed",
            "method": method,
            "dimension": dimension,
            "n_landmarks": n_landmarks,
            "trim": trim,
            "n_resamples": n_resamples,
            "random_state": random_state,
            "verbose": verbose,
        }
        return count_pieces(X, lambda part, part_level: count_holes(
            part, level=part_level, **options), level)  # fmt: skip
    check_reachable(level, method, complex, degrees, n_resamples)

    cloud = X if rows.marks is None else X[len(rows.marks) :]
    n = rows.n_rows or len(X)
    distances = _neighborhoods(cloud, precomputed)
    if isinstance(dimension, str):
        dimension = _estimate_dimension(distances, cloud, precomputed)
    share = lattice_share(distances) if distances is not None else 0.0
    if share > 0.25:
        notes.append(tie_note(share, precomputed, of_categories))

    taken_points = None if precomputed else _sampled_points(cloud, random_state)
    pieces = components_of(
        cloud if taken_points is None else cloud[taken_points], precomputed=precomputed
    )
    components = _test_components(pieces, complex, dimension, len(degrees))
    labels = None
    if rows.marks is None:
        ends = np.flatnonzero([h.p_value <= level for h in components])
        labels = labels_of(pieces, ends, cloud, taken_points, inverse)
    if n_landmarks == "auto":
        n_landmarks = MOST_POINTS[complex, max(max_dimension, 1)]
    thinned = thin(X, precomputed, complex, n_landmarks, trim, rows)
    X = thinned.X
    compute = partial(_diagram_of, X, precomputed, complex, max_dimension, field)
    diagram = compute(np.arange(len(X)), representatives=True)
    diagram.error_bound = float(thinned.error_bound)
    tested = {0: _with_bars(components, diagram) if len(X) == n else components}
    for k in degrees[1:]:
        tested[k] = hole_significance(
            diagram,
            degree=k,
            n_points=null_size(len(X), taken.on_sphere),
            dimension=dimension,
            thinning=thinned.thinning,
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
        covering_radius=thinned.covering_radius,
        error_bound=diagram.error_bound,
        n_left_out=thinned.n_left_out,
        thinning=thinning_groups(thinned.thinning),
        diagram=diagram,
        points=None if precomputed else X,
        on_sphere=taken.on_sphere,
        labels=labels,
    )
    if method == "monte_carlo":
        count = replace(count, thresholds={k: count.threshold(k, len(X)) for k in degrees[1:]})
    notes += landmark_notes(count)
    return replace(count, notes=(*notes, *size_notes(count), *component_notes(n)))


def _diagram_of(X, precomputed, complex, max_dimension, field, rows, representatives=False):
    """The persistence diagram of some rows of a cloud."""
    options = {"max_dimension": max_dimension, "field": field}
    if complex == "alpha":
        return alpha_diagram(X[rows], representatives=representatives, **options)
    return rips_diagram(
        X[np.ix_(rows, rows)] if precomputed else X[rows],
        metric="precomputed" if precomputed else "euclidean",
        representatives=representatives and field == 2,
        **options,
    )


def _neighborhoods(X, precomputed):
    """Distances to as many neighbours as the dimension is measured with.

    Those of every point, or of about `MOST_QUERIES` evenly picked ones; the neighbours are
    always searched among all points.
    """
    n = len(X)
    if n < 3:
        return None
    n_neighbors = min(2 * component_size(n), n - 1)
    step = max(n // MOST_QUERIES, 1)
    queries = np.arange(0, n, step) if step > 1 else None
    search = graph_of_distances if precomputed else neighbor_graph
    return search(X, n_neighbors, queries=queries).distances


def _estimate_dimension(distances, X, precomputed):
    """The smallest dimension over all scales from nearest neighbours to a component.

    A thin wall looks solid at large scales, and a noisy curve looks solid at small scales. In both
    cases the smaller number is the dimension of the shape. It is also the conservative choice:
    noise of this dimension has larger ratios.
    """
    if distances is None or distances.shape[1] < 2:
        return 1.0
    most = distances.shape[1] // 2
    scales = np.unique(np.geomspace(1, most, 8).astype(int))
    least = min(dimension_at_scale(distances, k) for k in scales)
    return float(np.clip(least, 1.0, 99 if precomputed else X.shape[1]))


def _sampled_points(X, random_state):
    """The points whose components are counted, or None for all."""
    most = MOST_COMPONENT_POINTS[is_low_dimensional(X)]
    if len(X) <= most:
        return None
    from sklearn.utils import check_random_state

    return check_random_state(random_state).choice(len(X), most, replace=False)


def _test_components(components, complex, dimension, n_tests):
    """All but the eldest of the large components, as holes of degree 0."""
    births, deaths, n = components.births, components.deaths, len(components.edges) + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = deaths / births
    p_values = null_p_values(ratios, complex="components", degree=0, dimension=dimension, n=n)
    scale = 0.5 if complex == "alpha" else 1.0  # the unit of the diagram
    return [
        Hole(0, float(b * scale), float(d * scale), float(r), float(min(p * n_tests, 1.0)))
        for b, d, r, p in zip(births, deaths, ratios, p_values, strict=True)
    ]


def _with_bars(holes, diagram):
    """The same components, each with a bar of degree 0 of its own that dies where it does."""
    bars = np.flatnonzero((diagram.dims == 0) & np.isfinite(diagram.deaths))
    deaths, free = diagram.deaths[bars], np.ones(bars.size, dtype=bool)
    found = []
    for hole in holes:
        off = np.where(free, np.abs(deaths - hole.death), np.inf)
        nearest = int(np.argmin(off)) if off.size else None
        if nearest is not None and off[nearest] <= 1e-6 * hole.death:
            free[nearest] = False
            hole = replace(hole, bar=int(bars[nearest]))
        found.append(hole)
    return found


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
