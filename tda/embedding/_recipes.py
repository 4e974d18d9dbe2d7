"""How each method of `Embedding` is asked for: one short function a library.

A recipe gets the points, the neighbour graph or None, and a `Task`, and returns the library's
fitted model and the coordinates. Libraries are imported when they are used.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from .._metrics import distances

__all__ = ["RECIPES", "Recipe", "Task"]

#: With fewer points PaCMAP has too few partners of each to draw from.
LEAST_FOR_PACMAP = 14


class Task(NamedTuple):
    """What a recipe is to do."""

    n_components: int
    n_neighbors: int
    metric: Any
    random_state: Any
    n_jobs: int | None
    verbose: bool
    options: dict

    @property
    def precomputed(self):
        return isinstance(self.metric, str) and self.metric == "precomputed"


class Recipe(NamedTuple):
    """A method: how it is fitted and what it needs.

    Attributes
    ----------
    fit : callable (X, graph, task) -> (model, coordinates)
    place : callable (model, X) -> coordinates, or None
        For new points; None for a method that has no place for them.
    needs : {"coordinates", "distances", "graph"}
        The least that it works on.
    n_neighbors : callable (task) -> int
        Of its graph, where it needs one.
    most_components : callable (n_points, n_features) -> number
        More coordinates than these it cannot give.
    least_points : int
    keeps_lengths : bool
        Whether its coordinates are in the unit of the data.
    """

    fit: Callable
    place: Callable | None
    needs: str
    n_neighbors: Callable = lambda task: task.n_neighbors
    most_components: Callable = lambda n, m: np.inf
    least_points: int = 2
    keeps_lengths: bool = False


def _pca(X, graph, task):
    from sklearn.decomposition import PCA

    model = PCA(task.n_components, random_state=task.random_state, **task.options)
    return model, model.fit_transform(X)


def _lle(X, graph, task):
    from sklearn.manifold import LocallyLinearEmbedding

    model = LocallyLinearEmbedding(
        n_components=task.n_components,
        n_neighbors=task.n_neighbors,
        random_state=task.random_state,
        n_jobs=task.n_jobs,
        **task.options,
    )
    return model, model.fit_transform(X)


def _pacmap(X, graph, task):
    try:
        import pacmap
    except ImportError as error:
        raise ImportError(
            'method="pacmap" needs the package pacmap: pip install "tda-learn[pacmap]".'
        ) from error
    # Of a point it takes 3.5 partners a neighbour, half of one in the middle and two far away,
    # and draws for ever where there are not so many.
    n_neighbors = min(task.n_neighbors, int((len(X) - 1) / 3.5))
    model = pacmap.PaCMAP(
        n_components=task.n_components,
        n_neighbors=n_neighbors,
        random_state=task.random_state,
        verbose=task.verbose,
        **task.options,
    )
    return model, model.fit_transform(X)


def _mds(X, graph, task):
    from inspect import signature

    from sklearn.manifold import MDS

    D = X if task.precomputed else distances(X, metric=task.metric)
    # scikit-learn renamed the parameter that says so in 1.8.
    renamed = "metric_mds" in signature(MDS).parameters
    how = {"metric" if renamed else "dissimilarity": "precomputed", "n_init": 1}
    if "init" in signature(MDS).parameters:
        how["init"] = "random"
    model = MDS(
        n_components=task.n_components,
        random_state=task.random_state,
        n_jobs=task.n_jobs,
        verbose=int(task.verbose),
        **(how | task.options),
    )
    return model, model.fit_transform(D)


def _isomap(X, graph, task):
    return _landmark_isomap(X, graph, task, n_landmarks=X.shape[0])


def _landmark_isomap(X, graph, task, n_landmarks=200):
    from ._landmark_isomap import LandmarkIsomap

    options = {"n_landmarks": n_landmarks} | task.options
    model = LandmarkIsomap(
        n_components=task.n_components,
        n_neighbors=task.n_neighbors,
        metric=task.metric,
        n_jobs=task.n_jobs,
        **options,
    )
    model._validate_params()
    model._fit(X, graph)
    return model, model.embedding_


def _spectral(X, graph, task):
    from sklearn.manifold import SpectralEmbedding

    model = SpectralEmbedding(
        n_components=task.n_components,
        affinity="precomputed_nearest_neighbors",
        n_neighbors=task.n_neighbors + 1,  # it counts the point itself
        random_state=task.random_state,
        n_jobs=task.n_jobs,
        **task.options,
    )
    return model, model.fit_transform(graph.to_sparse(include_self=True))


def _perplexity(task):
    return float(task.options.get("perplexity", task.n_neighbors))


def _tsne(X, graph, task):
    from sklearn.manifold import TSNE

    options = {"perplexity": _perplexity(task), "init": _start(X, task)} | task.options
    options["perplexity"] = min(options["perplexity"], (X.shape[0] - 1) / 3)
    exact = task.n_components > 3 or options.get("method") == "exact"
    if exact and sparse.issparse(X):
        raise ValueError(
            f'method="tsne" in n_components={task.n_components} dimensions needs all distances, '
            "but X is a graph of neighbours: pass a dense matrix, or take at most 3."
        )
    if exact and task.metric == "ruzicka":
        X = distances(X, metric=task.metric)
        options |= {"method": "exact", "metric": "precomputed"}
    elif exact:
        options |= {"method": "exact", "metric": task.metric}
    else:
        options |= {"metric": "precomputed"}
    model = TSNE(
        n_components=task.n_components,
        random_state=task.random_state,
        n_jobs=task.n_jobs,
        verbose=int(task.verbose),
        **options,
    )
    return model, model.fit_transform(X if exact else graph.to_sparse(include_self=True))


def _start(X, task):
    """Small principal components, which keep the large shape; at random without coordinates."""
    if task.precomputed:
        return "random"
    from sklearn.decomposition import PCA

    start = np.zeros((len(X), task.n_components), dtype=np.float32)
    model = PCA(min(task.n_components, *X.shape), random_state=task.random_state)
    components = model.fit_transform(X)
    spread = components[:, 0].std()
    start[:, : components.shape[1]] = components * (1e-4 / spread if spread > 0 else 1.0)
    return start


def _umap(X, graph, task):
    # The graph goes in twice: as neighbours, which spares UMAP a search, and as a sparse matrix
    # of distances, since with neighbours alone it has no place for new points.
    edges = graph.to_sparse()
    own = np.arange(len(graph.indices))
    indices = np.column_stack([own, graph.indices])
    distances = np.column_stack([np.zeros(len(own)), graph.distances])
    from .._kernels.cache import with_cache

    with warnings.catch_warnings():
        # That a seed means one thread, and that distances have no inverse, is meant so.
        for said in (
            *("n_jobs value", "precomputed metric", "knn_search_index", "precomputed_knn"),
            "larger than the dataset size",
        ):
            warnings.filterwarnings("ignore", message=f"(?s).*{said}.*")
        UMAP = with_cache(_import_umap)
        # Its spectral start needs two points more than coordinates.
        start = {"init": "random"} if len(own) < task.n_components + 3 else {}
        model = UMAP(
            n_components=task.n_components,
            n_neighbors=graph.n_neighbors + 1,  # it counts the point itself
            metric="precomputed",
            precomputed_knn=(indices, distances),
            random_state=task.random_state,
            n_jobs=1 if task.random_state is not None else (task.n_jobs or 1),
            verbose=task.verbose,
            **(start | task.options),
        )
        return model, model.fit_transform(sparse.csr_matrix(edges.maximum(edges.T)))


def _import_umap():
    from umap import UMAP

    return UMAP


def _place_by_umap(model, X):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*precomputed metric.*")
        return model.transform(X)


def _place(model, X):
    return model.transform(X)


RECIPES = {
    "isomap": Recipe(_isomap, _place, "graph", keeps_lengths=True),
    "landmark_isomap": Recipe(_landmark_isomap, _place, "graph", keeps_lengths=True),
    "lle": Recipe(_lle, _place, "coordinates", most_components=lambda n, m: min(n - 1, m)),
    "mds": Recipe(_mds, None, "distances", keeps_lengths=True),
    "pacmap": Recipe(
        _pacmap, None, "coordinates", most_components=min, least_points=LEAST_FOR_PACMAP
    ),
    "pca": Recipe(_pca, _place, "coordinates", most_components=min, keeps_lengths=True),
    "spectral": Recipe(
        _spectral, None, "graph", most_components=lambda n, m: n - 2, least_points=3
    ),
    "tsne": Recipe(_tsne, None, "graph", lambda task: int(3 * _perplexity(task) + 1)),
    "umap": Recipe(_umap, _place_by_umap, "graph"),
}
