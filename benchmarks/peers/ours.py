"""This package: its public functions, as a user calls them."""

import sys
from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline

from tda import (
    BettiCurve,
    Diagrams,
    Lifetimes,
    Mapper,
    PersistenceImage,
    PersistenceLandscape,
    RipsPersistence,
    Silhouette,
    TakensEmbedding,
    ToMATo,
    alpha_diagram,
    cubical_diagram,
    extended_diagram,
    graph_diagram,
    rips_diagram,
)
from tda.dimension import ESS, MLE, Gride, TwoNN, kneighbors_graph
from tda.distances import pairwise_distances, pairwise_kernels
from tda.euler import euler_transform

sys.path.insert(0, str(Path(__file__).parent))
from _lattice import directions, mesh_of, radius_of

DISTRIBUTION = "tda-learn"
PRECISION = "float64"


def watch_compilation():
    """From now on; the answer tells whether anything has been compiled since."""
    if "numba" not in sys.modules:
        return lambda: "numba" in sys.modules
    from numba.core import event

    listener = event.RecordingListener()
    event.register("numba:compile", listener)
    return lambda: len(listener.buffer) > 0


def rips(X, *, max_dimension):
    return rips_diagram(X, max_dimension=max_dimension)


def rips_matrix(X, *, max_dimension, field, cocycles=False):
    return rips_diagram(
        X, max_dimension=max_dimension, field=field, metric="precomputed", cocycles=cocycles
    )


def rips_many(X, *, max_dimension):
    return RipsPersistence(max_dimension=max_dimension).fit_transform(list(X))


def series(X, *, delay, dimension, stride):
    """The longest bar of degree 0 and of degree 1 of the cloud of each series."""
    takens = TakensEmbedding(delay=delay, dimension=dimension, stride=stride)
    return make_pipeline(takens, RipsPersistence(), Lifetimes(n_longest=1)).fit_transform(X)


def alpha(X):
    return alpha_diagram(X)


def cubical(X, *, construction):
    return cubical_diagram(X, construction=construction)


def extended(X):
    """Of rows with two vertices and the function at both."""
    values = np.zeros(int(X[:, :2].max()) + 1)
    values[X[:, :2].astype(int)] = X[:, 2:]
    return extended_diagram(X[:, :2], function=values)


def directed_flag(X, *, max_dimension):
    return graph_diagram(X, function="weight", directed=True, max_dimension=max_dimension)


def diagrams(X):
    """The container, from an array (n_diagrams, n_bars, 2) of bars of degree 0."""
    return Diagrams.from_giotto(np.pad(X, ((0, 0), (0, 0), (0, 1))))


def landscape(X, **options):
    return PersistenceLandscape(**options).fit_transform(X)


def silhouette(X, **options):
    return Silhouette(**options).fit_transform(X)


def betti_curve(X, **options):
    return BettiCurve(**options).fit_transform(X)


def persistence_image(X, **options):
    return PersistenceImage(**options).fit_transform(X)


def distances(metric, **fixed):
    return lambda X, **options: pairwise_distances(X, metric=metric, **fixed, **options)


def scale_space(X, *, bandwidth):
    return pairwise_kernels(X, kernel="scale_space", bandwidth=bandwidth)


def by_degree(diagram):
    return [diagram[k] for k in range(diagram.max_dimension + 1)]


def dimension(X):
    graph = kneighbors_graph(X, 64)
    two_nn, mle, gride = (method(metric="precomputed").fit(graph) for method in (TwoNN, MLE, Gride))
    return [two_nn.dimension_, mle.dimension_, gride.dimension_, *gride.dimensions_]


def ess(X):
    return [ESS().fit(X).dimension_]


def tomato(X, *, n_neighbors, n_clusters):
    model = ToMATo(n_neighbors=n_neighbors, dimension=X.shape[1], n_clusters=n_clusters)
    return model.fit(X).labels_


def as_mesh(lattice):
    points, _, faces = mesh_of(lattice)
    return points, faces


def euler(mesh, *, n_directions, n_heights):
    radius = radius_of(mesh[0])
    heights = np.linspace(-radius, radius, n_heights)
    return euler_transform(mesh, directions(n_directions), heights)


def mapper(X, *, n_intervals, overlap, threshold):
    options = {"n_intervals": n_intervals, "overlap": overlap, "distance_threshold": threshold}
    return Mapper(lens=0, **options).fit(X).graph_


def nodes(graph):
    """Of each node its size and sums over its rows, which tell sets apart."""
    pairs = graph.membership.tocoo()
    rows, n = pairs.row.astype(float), graph.n_nodes
    sums = [np.bincount(pairs.col, w, n) for w in (np.ones_like(rows), rows, rows**2 % 997)]
    table = np.column_stack(sums)
    return table[np.lexsort(table.T)]


TASKS = {
    "mapper_values": (mapper, nodes),
    "euler_values": (euler, lambda found: found.astype(float), as_mesh),
    "tomato_values": (tomato, np.asarray),
    "dimension_values": (dimension, list),
    "ess_values": (ess, list),
    "rips": (rips, by_degree),
    "rips_matrix": (rips_matrix, by_degree),
    "rips_many": (rips_many, lambda diagrams: [by_degree(diagram) for diagram in diagrams]),
    "series_values": (series, np.asarray),
    "alpha": (alpha, by_degree),
    "cubical": (cubical, by_degree),
    "extended": (extended, by_degree),
    "directed_flag": (directed_flag, by_degree),
    "landscape_values": (landscape, np.asarray, diagrams),
    "silhouette_values": (silhouette, np.asarray, diagrams),
    "betti_curve_values": (betti_curve, np.asarray, diagrams),
    "persistence_image_values": (persistence_image, np.asarray, diagrams),
    "sliced_wasserstein_values": (distances("sliced_wasserstein"), np.asarray, diagrams),
    "scale_space_values": (scale_space, np.asarray, diagrams),
    "fisher_values": (distances("fisher"), np.asarray, diagrams),
    "landscape_distance_values": (distances("landscape"), np.asarray, diagrams),
    "bottleneck_values": (distances("bottleneck"), np.asarray, diagrams),
    "wasserstein_values": (distances("wasserstein", order=1), np.asarray, diagrams),
}
