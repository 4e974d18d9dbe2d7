"""ripser.py of scikit-tda."""

import ripser

DISTRIBUTION = "ripser"
PRECISION = "float32"


def rips(X, *, max_dimension):
    return ripser.ripser(X, maxdim=max_dimension)["dgms"]


def rips_matrix(X, *, max_dimension, field, cocycles=False):
    return ripser.ripser(
        X, maxdim=max_dimension, coeff=field, distance_matrix=True, do_cocycles=cocycles
    )["dgms"]


def rips_many(X, *, max_dimension):
    return [rips(cloud, max_dimension=max_dimension) for cloud in X]


TASKS = {
    "rips": (rips, list),
    "rips_many": (rips_many, list),
    "rips_matrix": (rips_matrix, list),
}
