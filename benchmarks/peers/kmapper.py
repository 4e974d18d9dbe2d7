"""KeplerMapper."""

import kmapper
import numpy as np
from sklearn.cluster import DBSCAN

DISTRIBUTION = "kmapper"
PRECISION = "float64"


def mapper(X, *, n_intervals, overlap, threshold):
    return kmapper.KeplerMapper(verbose=0).map(
        X[:, :1],
        X,
        cover=kmapper.Cover(n_cubes=n_intervals, perc_overlap=overlap),
        clusterer=DBSCAN(eps=threshold, min_samples=1),
    )


def nodes(graph):
    """Of each node its size and sums over its rows, which tell sets apart."""
    sets = [np.array(rows, dtype=float) for rows in graph["nodes"].values()]
    table = np.array([[len(rows), rows.sum(), (rows**2 % 997).sum()] for rows in sets])
    return table[np.lexsort(table.T)]


TASKS = {"mapper_values": (mapper, nodes)}
