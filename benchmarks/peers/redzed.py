"""RedZeD, reduction to zero differentials."""

import redzed_tda

DISTRIBUTION = "redzed-tda"
PRECISION = "float32"


def rips(X, *, max_dimension):
    return redzed_tda.rips(redzed_tda.pairwise_distances(X), maxdim=max_dimension)


def rips_matrix(X, *, max_dimension, field):
    assert field == 2  # the only one
    return redzed_tda.rips(X, maxdim=max_dimension)


def rips_many(X, *, max_dimension):
    return [rips(cloud, max_dimension=max_dimension) for cloud in X]


TASKS = {
    "rips": (rips, list),
    "rips_many": (rips_many, list),
    "rips_matrix": (rips_matrix, list),
}
