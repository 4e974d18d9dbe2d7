"""`count_holes`: the number of holes of one cloud, each with a p-value."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from sklearn.utils import check_random_state

from .._geometry import is_low_dimensional
from .._scale import lattice_share
from .._validation import check_cloud, check_distance_matrix, check_field
from ..homology import alpha_diagram, rips_diagram
from ._cloud_dimension import estimate_dimension, neighborhoods
from ._correction import degree_shares
from ._data_notes import gap_note, series_note, tie_note
from ._dependence import thin_rows
from ._hole_count import HoleCount
from ._input import check_options, check_reachable, choose_complex, choose_dimension, prepare
from ._jitter import check_jitter, count_jittered
from ._labels import labels_of
from ._landmarks import MOST_POINTS, landmark_notes, read_rows, thin
from ._notes import component_notes, size_notes
from ._null import null_p_values, null_size, thinning_groups
from ._own_null import against_own_null
from ._paths import paths_as_missing
from ._pieces import Filled, count_pieces
from ._significance import (
    SIMULATED,
    Hole,
    bootstrap_p_values,
    by_p_value,
    corrected,
    hole_significance,
    scored,
)
from ._statistics import components_of

__all__ = ["count_holes"]

#: Most points whose components are counted exactly: in many dimensions, and in few.
MOST_COMPONENT_POINTS = {False: 20_000, True: 1_000_000}


def count_holes(
    X,
    *,
    max_dimension=None,
    complex="auto",
    field=2,
    metric="euclidean",
    level=0.05,
    method="monte_carlo",
    correction="max",
    dependence=None,
    dimension="auto",
    n_landmarks="auto",
    trim=0.0,
    n_resamples=100,
    random_state=None,
    verbose=False,
) -> HoleCount:
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
    method : {"monte_carlo", "gumbel", "bootstrap", "density", "red_noise", "jitter"}, \
            default="monte_carlo"
        How to compute the p-values of degrees 1 and 2; see `hole_significance` for the first two.
        "bootstrap" tests which bars remain when the points are resampled; it is slow and
        conservative. "density" draws clouds of the density of this one, smoothed until they have
        no hole: for density that is very uneven. "red_noise" takes the rows for a series and draws
        paths of an autoregression like it. "jitter" is for values that were rounded: each is moved
        within its step. Components are tested against the Monte-Carlo null, with "red_noise"
        against the paths.
    correction : {"max", "holm", "fdr_bh", None}, default="max"
        For how many bars of a degree were tested, as in `hole_significance`.
    dependence : "auto", int or None, default=None
        Over how many rows they depend on one another, where they are a series in the order of
        time: one of each block of so many is taken. "auto" takes their integrated autocorrelation
        time. None takes all rows, as independent ones.
    dimension : float or "auto", default="auto"
        Intrinsic dimension. "auto" estimates it from the distances to nearest neighbours.
    n_landmarks : int, "auto" or None, default="auto"
        Reduce the cloud to this many landmarks, chosen by farthest points (`tda.landmarks`). "auto"
        does so only if the computation would take more than seconds; None never does.
    trim : float, default=0.0
        The share of the points that are taken for strays and left out, as in `tda.landmarks`:
        those farthest from their neighbours. Components are counted with them.
    n_resamples : int, default=100
        Number of resamples of the bootstrap, or of clouds of "density" and "red_noise".
    random_state : int, RandomState or None, default=None
        For what is drawn by `method` and `dependence`, and for components of more than a million
        points (20,000 in more than twelve dimensions), which are counted on a random sample of that
        size.
    verbose : bool, default=False
        Show a progress bar of what is drawn.

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
    p-value holds for all bars of its degree. Over the degrees tested the level is shared:
    components take 30%, the others the rest in equal parts, and a p-value is divided by the
    share of its degree. The ratio of a loop hangs on the one longest gap around it. So of a cloud
    that was not thinned, loops whose ratio is beyond that of 70% of noise, and not of 99.9%, are
    judged by a score, the ratio times the fifth root of the number of points on the shortest path
    around them, against the largest score of noise. Components: the same ratio for components of at
    least half the root of the number of points. The dimension is the least that is measured between
    the nearest neighbour and the scale of that many neighbours; where it lies below degree + 1 the
    null takes degree + 1, whose ratios are larger.

    A square of 300 points of which half lie on its rim has a loop in 38 of 100 draws: between the
    rim and what is left inside, few points close a path that is long against the gaps along the
    rim. The null knows density that changes little from point to point, not that of a line beside
    that of a plane. With ``method="density"``, whose null has the rim, it was 1 of 25
    (`benchmarks/calibration.py`).

    One column that swings as a sine does is dense at both ends. Cosines of uniform angles were two
    components in 59 of 60 draws of 300, and in 41 of 100: hills of the density, not pieces. On a
    line a note says where the gap between two components is one that chance leaves.

    Directions ("cosine", "correlation") may close up to a sphere, which has no border and so
    larger ratios of noise; they are held to those of twice as many points of a cube, which no
    more than 1% of spheres of 60 to 500 points exceeded at level 0.025.

    Where distances are missing, pieces that no finite distance joins are components for certain,
    whatever their size, and each is judged as without the others. Within a piece loops may never
    die. They are tested by the death that they have if the shortest path, divided by the root of 2,
    takes the place of every missing distance: in a graph of ten or more neighbours a loop around
    a ring is significant, and one around a few points that lack an edge is not. With fewer
    neighbours the graph itself has cracks that are wide, and so loops.

    p-values come from 300 to 1,000 simulations each; below 1 in 20 they are those of a tail fitted
    to the largest, with a shape that is careful, and end at one in a million.

    Landmarks are spread more evenly than independent points, so the ratios of their noise are
    smaller: those were simulated too, for several numbers of points that a landmark stands for.
    For distances that are not of a cloud the noise of independent points is kept, which is careful.
    Those of all points are born and die at most `error_bound` earlier. Of more than a million
    points (50,000 in more than twelve dimensions) landmarks are chosen among all, and components
    and dimension are those of a random sample of so many.

    Shortest paths in a graph of nearest neighbours go around every gap that is wider than an edge,
    so that loops of noise live longer than in the plane. So a matrix whose distances are sums of
    others to nine digits, but for those of nearest neighbours, is taken for one of paths, as
    `tda.manifold.geodesic_matrix` gives: those of several edges count as missing, and a note says
    so. A graph of few neighbours has loops of its own, and one whose edges reach from one sheet to
    the next has true ones.

    Where the density of a cloud has a hole, it has a loop, though points lie inside: such as where
    a network stretches the middle of a square.

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
    asked = {
        "max_dimension": max_dimension,
        "complex": complex,
        "level": level,
        "method": method,
        "correction": correction,
        "dimension": dimension,
        "n_landmarks": n_landmarks,
        "trim": trim,
        "n_resamples": n_resamples,
    }
    check_options(**asked, dependence=dependence)
    check_field(field)
    asked |= {
        "field": field,
        "metric": metric,
        "random_state": random_state,
        "verbose": verbose,
    }
    rng = check_random_state(random_state)
    if dependence is not None:
        taken_rows, note = _independent_rows(X, metric, dependence, rng)
        count = count_holes(taken_rows, **asked)
        return replace(count, labels=None, notes=(note, *count.notes))
    if method == "jitter":
        check_jitter(metric)
        asked["method"] = "monte_carlo"
        return count_jittered(check_cloud(X), lambda cloud: count_holes(cloud, **asked), level, rng)
    given, is_matrix = X, precomputed
    rows = read_rows(X, metric, n_landmarks, trim)
    X, precomputed, rank, taken, notes, of_categories, inverse = prepare(
        rows.X, metric, precomputed
    )
    complex = choose_complex(complex, metric, rank)
    max_dimension = choose_dimension(max_dimension, complex, rank)
    degrees = range(max_dimension + 1)
    n_paths, said = 0, ()
    if is_matrix and max_dimension and not isinstance(given, Filled):
        X, n_paths, said = paths_as_missing(X)
    if precomputed and np.isinf(X).any():
        asked |= {"max_dimension": max_dimension, "complex": complex, "metric": "precomputed"}

        def count_piece(part, part_level):
            return count_holes(part, **(asked | {"level": part_level}))

        count = count_pieces(X, count_piece, level, n_paths)
        return replace(count, labels=count.labels[inverse], notes=(*said, *count.notes))
    if method in SIMULATED and precomputed:
        raise ValueError(
            f"method={method!r} draws points, but there are only distances: it takes a cloud and "
            'metric="euclidean".'
        )
    check_reachable(level, method, degrees, n_resamples)
    shares = degree_shares(len(degrees))

    cloud = X if rows.marks is None else X[len(rows.marks) :]
    n = rows.n_rows or len(X)
    distances = neighborhoods(cloud, precomputed)
    if isinstance(dimension, str):
        dimension = estimate_dimension(distances, cloud, precomputed)
    share = lattice_share(distances) if distances is not None else 0.0
    if share > 0.25:
        notes.append(tie_note(share, precomputed, of_categories))

    taken_points = None if precomputed else _sampled_points(cloud, rng)
    pieces = components_of(
        cloud if taken_points is None else cloud[taken_points], precomputed=precomputed
    )
    components = _test_components(pieces, complex, dimension, correction)
    if n_landmarks == "auto":
        n_landmarks = MOST_POINTS[complex, max(max_dimension, 1)]
    thinned = thin(X, precomputed, complex, n_landmarks, trim, rows)
    X = thinned.X
    compute = partial(
        _diagram_of,
        precomputed=precomputed,
        complex=complex,
        max_dimension=max_dimension,
        field=field,
    )
    diagram = compute(X, representatives=True)
    diagram.error_bound = float(thinned.error_bound)
    tested = {0: _with_bars(components, diagram) if len(X) == n else components}
    size = null_size(len(X), taken.on_sphere)
    test = partial(hole_significance, dimension=dimension, correction=correction)
    for k in degrees[1:]:
        tested[k] = test(
            diagram,
            degree=k,
            n_points=size,
            thinning=thinned.thinning,
            method="gumbel" if method == "gumbel" else "monte_carlo",
        )
        if method == "bootstrap":
            tested[k] = _bootstrapped(
                tested[k], X, precomputed, compute, diagram, n_resamples, rng, verbose
            )
    ends = np.flatnonzero([h.p_value <= level * shares[0] for h in tested[0]])
    has_cycles = complex == "alpha" or diagram.birth_simplices is not None
    if method == "monte_carlo" and 1 in tested and has_cycles and not precomputed and len(X) == n:
        parts = None if taken_points is not None or not len(ends) else pieces.labels(ends)
        tested[1] = scored(tested[1], X, diagram, dimension, size, correction, parts)
    if method in SIMULATED:
        tested, note = against_own_null(
            tested,
            X,
            check_cloud(given) if method == "red_noise" else None,
            compute=compute,
            test=test,
            correction=correction,
            n_resamples=n_resamples,
            rng=rng,
            verbose=verbose,
        )
        notes.append(note)
    tested = {
        k: [replace(hole, p_value=min(hole.p_value / shares[k], 1.0)) for hole in tested[k]]
        for k in degrees
    }
    labels = None
    if rows.marks is None:
        ends = np.flatnonzero([h.p_value <= level for h in tested[0]])
        labels = labels_of(pieces, ends, cloud, taken_points, inverse)

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
        correction=correction,
        labels=labels,
    )
    if method == "monte_carlo":
        count = replace(count, thresholds={k: count.threshold(k, len(X)) for k in degrees[1:]})
    notes += landmark_notes(count)
    if betti[0] > 1 and method != "red_noise" and not precomputed and rows.marks is None:
        notes += series_note(cloud[inverse], labels)
        if cloud.shape[1] == 1:
            notes += gap_note(cloud[inverse][:, 0], labels)
    return replace(count, notes=(*notes, *size_notes(count), *component_notes(n)))


def _independent_rows(X, metric, dependence, rng):
    """Rows far enough apart in time to be independent, and a note."""
    if isinstance(metric, str) and metric == "precomputed":
        if isinstance(dependence, str):
            raise ValueError(
                'dependence="auto" is measured on columns, but there are only distances: say over '
                "how many rows they depend on one another."
            )
        D = check_distance_matrix(X)
        rows, note = thin_rows(D, dependence, rng)
        return D[rows][:, rows], note
    cloud = check_cloud(X)
    rows, note = thin_rows(cloud, dependence, rng)
    return X.iloc[rows] if hasattr(X, "iloc") else cloud[rows], note


def _diagram_of(X, precomputed, complex, max_dimension, field, representatives=False):
    """The persistence diagram of a cloud, or of its distances."""
    options = {"max_dimension": max_dimension, "field": field}
    if complex == "alpha":
        return alpha_diagram(X, representatives=representatives, **options)
    return rips_diagram(
        X,
        metric="precomputed" if precomputed else "euclidean",
        representatives=representatives and field == 2,
        **options,
    )


def _sampled_points(X, rng):
    """The points whose components are counted, or None for all."""
    most = MOST_COMPONENT_POINTS[is_low_dimensional(X)]
    if len(X) <= most:
        return None
    return rng.choice(len(X), most, replace=False)


def _test_components(components, complex, dimension, correction):
    """All but the eldest of the large components, as holes of degree 0."""
    births, deaths, n = components.births, components.deaths, len(components.edges) + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = deaths / births
    p_values = null_p_values(ratios, complex="components", degree=0, dimension=dimension, n=n)
    p_values = corrected(p_values, len(ratios), correction)
    scale = 0.5 if complex == "alpha" else 1.0  # the unit of the diagram
    return [
        Hole(0, float(b * scale), float(d * scale), float(r), float(p))
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


def _bootstrapped(holes, X, precomputed, compute, diagram, n_resamples, rng, verbose):
    def of_rows(rows):
        return compute(X[np.ix_(rows, rows)] if precomputed else X[rows])

    p_values = bootstrap_p_values(
        X,
        of_rows,
        diagram,
        holes,
        n_resamples=n_resamples,
        random_state=rng,
        verbose=verbose,
    )
    return by_p_value([replace(h, p_value=float(p)) for h, p in zip(holes, p_values, strict=True)])
