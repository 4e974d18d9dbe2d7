"""pyflagser: flag complexes of directed graphs, over Z/2. It is AGPL."""

import numpy as np
from pyflagser import flagser_weighted
from scipy.sparse import coo_matrix

DISTRIBUTION = "pyflagser"
PRECISION = "float32"


def directed_flag(X, *, max_dimension):
    edges = X[:, :2].astype(int)
    matrix = coo_matrix((X[:, 2], edges.T), shape=(edges.max() + 1,) * 2)
    return flagser_weighted(matrix, max_dimension=max_dimension, directed=True, coeff=2)["dgms"]


def without_points(bars):
    return [np.asarray(a)[a[:, 0] != a[:, 1]] for a in bars]


TASKS = {"directed_flag": (directed_flag, without_points)}
