"""mlpack's dual-tree Boruvka: the Euclidean minimum spanning tree, hence Rips degree 0."""

import mlpack
import numpy as np

DISTRIBUTION = "mlpack"
PRECISION = "float64"


def rips(X, *, max_dimension):
    return mlpack.emst(X)["output"]


def by_degree(tree):
    deaths = np.append(tree[:, 2], np.inf)
    return [np.stack([np.zeros(deaths.size), deaths], axis=1)]


TASKS = {"rips": (rips, by_degree)}
