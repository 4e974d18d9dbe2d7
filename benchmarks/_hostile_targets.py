"""What the hostile data is given to: every public estimator, and the doors for one cloud.

A target takes one input and gives an `Answer`: named arrays, and what moving, scaling, ordering and
repeating the input should do to them.
"""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import tda


class Part(NamedTuple):
    """One array of an answer.

    Attributes
    ----------
    values : array, or list of arrays
    unit : float, or array with one a column, or None
        Its power of length; None where scaling the input has no simple effect.
    by_row : bool
        Whether it has a row for each row of the input.
    repeats : bool
        Whether repeating rows of the input leaves it as it is, or repeats its rows.
    order : bool
        Whether it hangs on the points alone and not on their order.
    ties : bool
        Whether that is so too where a point has several neighbours at one distance.
    roots : bool
        Whether these are columns of eigenvectors times roots of eigenvalues: they round to roots
        of rounding, and where eigenvalues tie, as of a symmetric cloud, any turn is as good.
    """

    values: object
    unit: object = 0.0
    by_row: bool = False
    repeats: bool = False
    order: bool = True
    ties: bool = False
    roots: bool = False


class Target(NamedTuple):
    """Something to give data to.

    Attributes
    ----------
    name : str
    takes : str
        "clouds", "matrices", "images", "diagrams", "graphs", "meshes" or "series".
    run : callable
        From an input and a seed to a dict of `Part`.
    moves : bool
        Whether moving the cloud changes nothing.
    weight : int
        About how many milliseconds it takes.
    """

    name: str
    takes: str
    run: Callable
    moves: bool = True
    weight: int = 5


#: What one sample of an estimator is, where its place in the package does not tell.
POINTS_UNITS = {
    "Curvature": np.array([-2.0, -1.0]),
    "Embedding": 1.0,
    "GeodesicDistance": 1.0,
    "I3D": None,  # counts in steps of one
    "LandmarkIsomap": 1.0,
    "LocalHomology": 1.0,
    "VolumeDensity": None,
}
#: Those whose columns are the points of `fit`.
SQUARE = {"GeodesicDistance"}
#: Those that draw at random, or whose solver starts somewhere, so that order matters.
DRAWS = {"Embedding", "Hidalgo", "PersistentHomologyDimension"}
#: Those that are made of lengths alone, so that ties do not matter.
RATIOS = {"TwoNN", "L2N2", "Gride", "MLE", "MOM", "MiND"}
#: Those that measure lengths from the origin.
FIXED = {"NTKClassifier", "NTKRegressor", "LayerActivations"}
#: Sets of parameters that are gone through by the seed.
SETTINGS = {
    "Embedding": [
        {"method": method, "n_components": 2}
        for method in ("pca", "isomap", "mds", "lle", "spectral", "landmark_isomap")
    ]
    + [{"method": "isomap"}, {"method": "pca"}],
    "CircularCoordinates": [{"n_loops": 1}, {}],
    "HoleCounter": [{}, {"complex": "rips"}, {"method": "gumbel"}],
    "RipsPersistence": [{}, {"representatives": True}, {"max_dimension": 2}, {"field": 3}],
    "AlphaPersistence": [{}, {"representatives": True}],
    "ExtendedPersistence": [{}, {"function": "heat"}, {"function": "strength"}],
    "GraphPersistence": [
        {},
        {"function": "weight", "max_dimension": 2, "directed": True, "field": 3},
        {"function": "closeness", "superlevel": True},
        {"function": "ollivier"},
        {"function": "forman", "directed": True},
        {"function": "weight", "superlevel": True},
    ],
    "LocalHomology": [{"n_close": 3, "n_neighbors": 8}, {"max_dimension": 2, "n_neighbors": 12}],
    "EulerCharacteristicTransform": [{}, {"scale": True}, {"center": False, "smooth": True}],
    "EulerSurface": [{"n_levels": 2}, {"n_levels": 2, "complex": "rips"}],
    "HilbertFunction": [{"n_levels": 2}, {"n_levels": 2, "complex": "alpha"}],
    "SignedMeasure": [{"n_levels": 2}, {"n_levels": 2, "complex": "alpha"}],
    "LocalPCA": [{}, {"version": "ratio"}],
    "MeshPersistence": [{}, {"function": "curvature"}, {"superlevel": True, "field": 3}],
    "PersistenceLandscape": [{"n_bins": 8}],
    "PeriodicityScore": [{"n_surrogates": 9}],
    "SeriesGraph": [{}, {"kind": "natural"}, {"kind": "horizontal"}],
    "SeriesPersistence": [{}, {"direction": "superlevel", "ends": "wall"}, {"extended": True}],
    "WindowPersistence": [{"size": 20, "n_windows": 3}],
    "DiagramDistance": [{}, {"metric": "bottleneck"}, {"metric": "wasserstein"}],
}
SLOW = {"Embedding": 40, "CircularCoordinates": 30, "DANCo": 30}


def estimators():
    """Every public estimator by name: those at the top and those of the rooms."""
    things = {name: getattr(tda, name) for name in tda.__all__}
    for room in [thing for thing in things.values() if inspect.ismodule(thing)]:
        things |= {name: getattr(room, name) for name in room.__all__}
    return {
        name: things[name]
        for name in sorted(things)
        if inspect.isclass(things[name]) and hasattr(things[name], "get_params")
    }


def make(kind, name, seed, **more):
    settings = SETTINGS.get(name, [{}])
    known = inspect.signature(kind).parameters
    chosen = {k: v for k, v in settings[seed % len(settings)].items() if k in known}
    estimator = kind(**chosen | more)
    return estimator.set_params(random_state=0) if "random_state" in known else estimator


# -- rows --------------------------------------------------------------------------------------


def _rows(kind, name, **more):
    unit = POINTS_UNITS.get(name, 0.0)

    def run(X, seed):
        estimator = make(kind, name, seed, **more)
        columns = estimator.fit_transform(X)
        stays = hasattr(estimator, "dimension_") and not hasattr(estimator, "tangents_")
        own = unit
        if name == "Embedding" and estimator.method in ("lle", "spectral"):
            own = 0.0
        is_dimension = kind.__module__.startswith("tda.dimension")
        roots = name in ("LandmarkIsomap", "Embedding")
        parts = {"columns": Part(columns, own, True, is_dimension, name not in DRAWS, roots=roots)}
        if name in SQUARE:
            parts["columns"] = Part(np.sort(columns, axis=None), own)
        if is_dimension and stays:
            parts["dimension"] = Part(
                estimator.dimension_, unit, False, True, name not in DRAWS, name in RATIOS
            )
        if hasattr(estimator, "verdict_"):
            parts["message"] = Part(estimator.verdict_)
        if isinstance(X, np.ndarray) and "metric" not in more and hasattr(estimator, "transform"):
            estimator.transform(X[:3])
        return parts

    return run


def _targets_of(kind, name):
    def run(X, seed):
        y = _values(X)
        y = y > np.median(y) if name == "NTKClassifier" else y
        fitted = kind().fit(X, y)
        return {"predictions": Part(fitted.predict(X), 0.0, True)}

    return run


def _clusters(kind, name, **more):
    """Which rows are together: names of clusters go by their peaks, which may be equally high."""

    def run(X, seed):
        model = make(kind, name, seed, **more).fit(X)
        if isinstance(X, np.ndarray) and not more:
            model.predict(X[:3])
        return {
            "labels": Part(model.labels_, 0.0, True, True),
            "number": Part(model.n_clusters_, 0.0, False, True),
            "density": Part(model.density_, None, True, True),
        }

    return run


def _nodes(kind, name, **more):
    """Sizes of the nodes: balls hang on the order of the rows, subsamples are drawn by it."""

    def run(X, seed):
        model = make(kind, name, seed, **more).fit(X)
        if isinstance(X, np.ndarray) and not more:
            model.transform(X[:3])
        return {"sizes": Part(np.sort(model.graph_.sizes), None, order=False)}

    return run


def _values(X):
    """A target for each row, that goes with it wherever it stands."""
    try:
        X = np.atleast_1d(np.asarray(X, dtype=float))
        return np.array([zlib.crc32(np.ascontiguousarray(row).tobytes()) for row in X]) / 2**32
    except (TypeError, ValueError, OverflowError):
        return np.linspace(0, 1, X.shape[0] if hasattr(X, "shape") and X.shape else 5)


def _network(kind):
    def run(X, seed):
        shape = X.shape if hasattr(X, "shape") else ()
        width = shape[1] if len(shape) == 2 and shape[1] else 3
        network = tda.networks.random_network(width, [4], activation="tanh", random_state=0)
        clouds = kind(network=network).fit_transform(X)
        return {"activations": Part(clouds[-1], None, True)}

    return run


# -- shapes ------------------------------------------------------------------------------------


def bars_of(diagrams, unit=1.0, repeats=False):
    """Sorted births and deaths of the bars that are longer than an engine's rounding."""
    parts = {}
    d = diagrams[0]
    births, deaths, dims = np.asarray(d.births), np.asarray(d.deaths), np.asarray(d.dims)
    ends = np.concatenate([births, deaths])
    scale = np.max(np.abs(ends), initial=0.0, where=np.isfinite(ends))
    with np.errstate(invalid="ignore"):
        spans = np.abs(deaths - births)
        keep = ~(spans <= 1e-5 * np.minimum(np.maximum(np.abs(births), np.abs(deaths)), scale))
    for k in range(int(d.max_dimension) + 1):
        now = keep & (dims == k)
        values = [np.sort(v[now]) for v in (births, deaths)]
        parts[f"bars of degree {k}"] = Part(np.concatenate(values), unit, False, repeats, ties=True)
    return parts


def _shapes(kind, name, **more):
    def run(X, seed):
        found = make(kind, name, seed, **more).fit_transform([X])
        if hasattr(found, "births"):
            unit = None if name == "DensityPersistence" else 1.0
            repeats = name in ("RipsPersistence", "AlphaPersistence")
            return bars_of(found, unit, repeats)
        repeats = name in ("HoleCounter", "CloudDimension")
        return {
            "columns": Part(np.asarray(found)[0], 0.0, False, repeats, ties=name == "HoleCounter")
        }

    return run


def _columns_by_level(kind, name):
    """Counts on a grid that the cloud itself gives: what lies on the grid may round either way."""

    def run(X, seed):
        found = make(kind, name, seed, n_bins=5).fit_transform([X])
        return {"columns": Part(np.asarray(found)[0], None, order=False)}

    return run


def _images(kind, name):
    def run(X, seed):
        found = make(kind, name, seed).fit_transform([X])
        if hasattr(found, "births"):
            return bars_of(found)
        return {"image": Part(np.asarray(found[0], dtype=float), None)}

    return run


def _faces(kind, name):
    """Of a mesh the faces alone, which are the simplices of a complex."""

    def run(X, seed):
        found = make(kind, name, seed).fit_transform([X[1] if isinstance(X, tuple) else X])
        return {"columns": Part(found[0], None)}

    return run


def _diagrams(kind, name):
    def run(X, seed):
        other = [np.array([[0.0, 1.0], [0.5, 2.0]]), np.array([[1.0, 3.0]])]
        sample = [[X, other], [other, X]] if name == "Crocker" else [X, other]
        model = make(kind, name, seed)
        if not hasattr(model, "transform"):
            found = model.fit(sample, np.arange(len(sample))).predict(sample)
            return {"predictions": Part(np.asarray(found), None)}
        found = model.fit_transform(sample)
        if hasattr(found, "births"):
            return bars_of(found, None)
        return {"columns": Part(np.asarray(found), None)}

    return run


# -- series ------------------------------------------------------------------------------------


def _series(kind, name):
    def run(X, seed):
        estimator = make(kind, name, seed)
        found = estimator.fit_transform(X if name == "SlidingWindow" else [X])
        if name == "WindowPersistence":
            found = found[0]
        if hasattr(found, "births"):
            return bars_of(found)
        return {"columns": Part(np.asarray(found[0]), None)}

    return run


# -- doors -------------------------------------------------------------------------------------


def _count(X, seed, **more):
    count = tda.count_holes(X, **more)
    # Of sides that are equal up to rounding some are shorter, which makes bars of ratio 1.
    ratios = [hole.ratio for hole in count.candidates if hole.ratio > 1 + 1e-9]
    return {
        "counts": Part(np.array(count.betti), 0.0, False, True, ties=True),
        "dimension": Part(count.dimension, 0.0, False, True, ties=True),
        "ratios": Part(np.sort(ratios), 0.0, False, True, ties=True),
        "message": Part(str(count)),
    }


def _landmarks(X, seed):
    marks = tda.landmarks(X, n_points=8, trim=0.05)
    near = np.isfinite(marks.reach).all() and (np.diff(marks.reach) <= 0).all()
    return {"falls": Part(float(near)), "number": Part(float(len(marks) <= 8))}


def _dimension(X, seed):
    found = tda.intrinsic_dimension(X)
    return {
        "dimension": Part(found.dimension, 0.0, False, True),
        "message": Part(str(found)),
    }


def _concentration(X, seed):
    return {"message": Part(str(tda.concentration_report(X)))}


def _report(X, seed):
    Z = X[:, :2] if isinstance(X, np.ndarray) and X.ndim == 2 else np.zeros((5, 2))
    return {"message": Part(str(tda.embedding_report(X, Z)))}


def _geodesics(X, seed):
    return {"distances": Part(np.sort(tda.manifold.geodesic_matrix(X), axis=None), 1.0)}


def _periodicity(X, seed):
    found = tda.periodicity(X, n_surrogates=9)
    return {"p": Part(found.p_value), "message": Part(str(found))}


def _takens(X, seed):
    found = tda.takens_report(X)
    return {"delay": Part(found.delay), "message": Part(str(found))}


def _volume(X, seed):
    return {"volume": Part(tda.manifold.manifold_volume(X).volume, None)}


DOORS = [
    Target("count_holes()", "clouds", _count),
    Target("count_holes(complex=rips)", "clouds", lambda X, s: _count(X, s, complex="rips")),
    Target("count_holes(precomputed)", "matrices", lambda X, s: _count(X, s, metric="precomputed")),
    Target("intrinsic_dimension()", "clouds", _dimension),
    Target("landmarks()", "clouds", _landmarks),
    Target("concentration_report()", "clouds", _concentration, weight=20),
    Target("embedding_report()", "clouds", _report, weight=40),
    Target("geodesic_matrix()", "clouds", _geodesics),
    Target("manifold_volume()", "clouds", _volume),
    Target("periodicity()", "series", _periodicity),
    Target("takens_report()", "series", _takens),
]


def targets():
    """All targets by name."""
    found = []
    for name, kind in estimators().items():
        room, weight = kind.__module__.split(".")[1], SLOW.get(name, 5)
        known = inspect.signature(kind).parameters
        if name == "LayerActivations":
            found.append(Target(name, "clouds", _network(kind), False))
        elif name in FIXED:
            found.append(Target(name, "clouds", _targets_of(kind, name), False))
        elif room == "images" or name in ("CubicalPersistence", "ImageHoleCounter"):
            found.append(Target(name, "images", _images(kind, name), room != "images"))
        elif name == "HomologyFeatures":
            found.append(Target(name, "meshes", _faces(kind, name), False))
        elif name == "LocalHomology":
            found.append(Target(name, "clouds", _rows(kind, name), weight=weight))
        elif room == "graphs":
            takes = "meshes" if name == "MeshPersistence" else "graphs"
            found.append(Target(name, takes, _shapes(kind, name), False))
        elif (room in ("homology", "holes") and name != "HoleFilter") or name == "CloudDimension":
            found.append(Target(name, "clouds", _shapes(kind, name), weight=weight))
            if "metric" in known and name != "CloudDimension":
                run = _shapes(kind, name, metric="precomputed")
                found.append(Target(f"{name}(precomputed)", "matrices", run, weight=weight))
        elif room == "euler":
            found.append(Target(name, "clouds", _columns_by_level(kind, name), False))
        elif room == "series":
            found.append(Target(name, "series", _series(kind, name)))
        elif room == "clustering":
            found.append(Target(name, "clouds", _clusters(kind, name)))
            run = _clusters(kind, name, metric="precomputed")
            found.append(Target(f"{name}(precomputed)", "matrices", run))
        elif room == "mapper":
            found.append(Target(name, "clouds", _nodes(kind, name), weight=20))
        elif room in ("dimension", "manifold", "embedding"):
            found.append(Target(name, "clouds", _rows(kind, name), weight=weight))
            if "metric" in known and name not in SQUARE:
                run = _rows(kind, name, metric="precomputed")
                found.append(Target(f"{name}(precomputed)", "matrices", run, weight=weight))
        else:
            found.append(Target(name, "diagrams", _diagrams(kind, name)))
    return {target.name: target for target in found + DOORS}
