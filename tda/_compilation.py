"""Compile the kernels of this package at once, so that no first answer waits for it."""

from __future__ import annotations

import os
import time

import numpy as np

from ._progress import progress

__all__ = ["FAMILIES", "compile_kernels"]


def compile_kernels(families=None, *, n_jobs=None, verbose=False) -> dict[str, float]:
    """Compile the kernels of this package and keep them, for images and clusters.

    A kernel is compiled when it is first called, which takes seconds, and is kept in a directory
    for later processes. Call this once after an installation, for instance when an image of a
    container is built, and every later answer comes at once. ``python -m tda compile`` does the
    same.

    Parameters
    ----------
    families : list of str, default=None
        What to compile: some of ``"alpha"``, ``"rips"``, ``"cubical"``, ``"features"``,
        ``"distances"``, ``"points"``, ``"graphs"``. None means all.
    n_jobs : int, default=None
        Number of processes that compile side by side.
    verbose : bool, default=False
        Show a progress bar on a terminal.

    Returns
    -------
    seconds : dict
        Seconds that each family took, 0 or so if it was compiled already.

    Raises
    ------
    ValueError
        For a family that there is not.

    Notes
    -----
    The directory is NUMBA_CACHE_DIR if that is set, otherwise the one of the installed package, or
    one of the user's own if that cannot be written. Kernels are compiled for the processor that
    this runs on; on another kind of processor they are compiled again. All of them take about a
    minute and a half on one core.

    Examples
    --------
    >>> from tda import compile_kernels
    >>> sorted(compile_kernels(["points"]))
    ['points']
    """
    from joblib import Parallel, delayed

    families = list(FAMILIES) if families is None else list(families)
    for family in families:
        if family not in FAMILIES:
            raise ValueError(f"families has {family!r}; there are {', '.join(FAMILIES)}")
    works = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(_compile)(f) for f in families)
    seconds = {}
    with progress(total=len(families), label="compiling", unit="family", shown=verbose) as bar:
        for family, taken in works:
            seconds[family] = taken
            bar.set_postfix_str(f"{family} {taken:.0f} s")
            bar.update()
    return seconds


def _compile(family):
    before = os.environ.get("TDA_COMPILE")
    os.environ["TDA_COMPILE"] = "quiet"  # and at once
    start = time.perf_counter()
    try:
        FAMILIES[family](np.random.default_rng(0))
    finally:
        os.environ.pop("TDA_COMPILE")
        if before is not None:
            os.environ["TDA_COMPILE"] = before
    return family, time.perf_counter() - start


def _alpha(rng):
    from .holes import count_holes
    from .homology import (
        alpha_diagram,
        dtm_diagram,
        representative_cocycle,
        representative_cycle,
    )

    for d in (3, 2, 1):
        X = rng.random((60, d))
        count_holes(X)
        diagram = alpha_diagram(X, representatives=True)
        if d > 1:
            representative_cycle(X, diagram, len(diagram) - 1)
            loop = np.flatnonzero(diagram.dims == 1)[-1]
            representative_cocycle(X, diagram, loop)
            for how in ("tight", "volume"):
                representative_cycle(X, diagram, loop, how=how)
    X = rng.random((60, 3))
    for d in (3, 2, 1):
        alpha_diagram(X[:, :d], weights=np.full(60, 0.01))
        if d > 1:
            alpha_diagram(X[:, :d], box=1.0)
    alpha_diagram(rng.random((20, 4)))
    dtm_diagram(X[:, :2])


def _rips(rng):
    from .graphs import zigzag_diagram
    from .homology import RipsPersistence, rips_diagram

    X = rng.random((60, 4))
    for degree in (0, 1, 2):
        rips_diagram(X, max_dimension=degree, representatives=True)
    rips_diagram(X, field=3)
    rips_diagram(X, cocycles=True)
    rips_diagram(X, max_dimension=2, cocycles=True)
    RipsPersistence().fit_transform([X, X])
    rips_diagram(rng.random((400, 2)))
    rips_diagram(rng.random((5001, 3)))
    rips_diagram(_sparse_distances(X), metric="precomputed")
    for degree in (1, 2):
        zigzag_diagram([X, X[:50]], scale=0.5, max_dimension=degree)


def _sparse_distances(X):
    from scipy import sparse

    D = np.linalg.norm(X[:, None] - X, axis=-1)
    return sparse.csr_array(np.where(D < 0.7, D, 0.0))


def _cubical(rng):
    from .homology import cubical_diagram

    for shape in [(20, 20), (8, 8, 8)]:
        for construction in ("cells", "vertices"):
            cubical_diagram(rng.random(shape), construction=construction)
    cubical_diagram(rng.random(50))


def _some_diagrams(rng):
    from .homology import alpha_diagram

    return [alpha_diagram(rng.random((50, 2))) for _ in range(3)]


def _features(rng):
    from . import features

    diagrams = _some_diagrams(rng)
    for name in (
        "PersistenceImage",
        "PersistenceLandscape",
        "Silhouette",
        "BettiCurve",
        "EntropyCurve",
        "ComplexPolynomial",
        "TropicalCoordinates",
    ):
        getattr(features, name)().fit_transform(diagrams)


def _distances(rng):
    from . import distances

    diagrams = _some_diagrams(rng)
    for door, name in ((distances.DiagramDistance, "metric"), (distances.DiagramKernel, "kernel")):
        for option in sorted(door._parameter_constraints[name][0].options):
            door(**{name: option}).fit_transform(diagrams)
    distances.pairwise_kernels(diagrams, kernel="scale_space", method="exact")
    distances.independence_test([*diagrams, diagrams[0]], range(4), n_permutations=1)


def _points(rng):
    from ._geometry import spanning_tree, spread_landmarks
    from ._landmarks import landmarks
    from .dimension import Hidalgo, TwoNN
    from .euler import EulerCharacteristicTransform
    from .holes import count_holes
    from .homology import cloud_components, volume_components

    X = rng.random((200, 3))
    D = np.linalg.norm(X[:, None] - X, axis=-1)
    for precomputed, given in ((False, X), (True, D)):
        spanning_tree(given, precomputed=precomputed)
        spread_landmarks(given, 10, precomputed=precomputed)
    spanning_tree(rng.random((3001, 2)))
    count_holes(D, metric="precomputed")
    EulerCharacteristicTransform().fit_transform([X, (X, [[0, 1, 2]])])
    cloud_components(X, n_parts=2)
    volume_components(rng.random((8, 8, 8)), n_blocks=2)
    landmarks(rng.random((20_001, 3)), n_points=50)
    TwoNN().fit(rng.random((20_001, 3)))
    Hidalgo(n_draws=1, n_burn_in=0, random_state=0).fit(X)


def _graphs(rng):
    """Graphs, and what looks at one graph: series, hills of a density, Mapper."""
    from .clustering import ToMATo
    from .graphs import extended_diagram, graph_diagram, mesh_diagram
    from .mapper import BallMapper, Mapper
    from .series import visibility_graph

    X = rng.random((60, 2))
    edges = np.argwhere(np.triu(rng.random((20, 20)) < 0.5, k=1))
    graph_diagram(edges, function="weight", max_dimension=2)
    graph_diagram(edges, function="ollivier")
    graph_diagram(edges, function="weight", directed=True)
    extended_diagram(edges)
    mesh_diagram((rng.random((4, 3)), [[0, 1, 2], [1, 2, 3]]))
    visibility_graph(X[:, 0])
    ToMATo().fit(X)
    Mapper().fit(X)
    BallMapper().fit(X)


#: name: what calls every kernel of it; the most needed first.
FAMILIES = {
    "alpha": _alpha,
    "rips": _rips,
    "cubical": _cubical,
    "points": _points,
    "features": _features,
    "distances": _distances,
    "graphs": _graphs,
}
