"""giotto-ph: a parallel Ripser, here with its default of one thread."""

from gph import ripser_parallel

DISTRIBUTION = "giotto-ph"
PRECISION = "float32"


def rips(X, *, max_dimension):
    return ripser_parallel(X, maxdim=max_dimension)["dgms"]


def rips_matrix(X, *, max_dimension, field):
    return ripser_parallel(X, maxdim=max_dimension, coeff=field, metric="precomputed")["dgms"]


TASKS = {"rips": (rips, list), "rips_matrix": (rips_matrix, list)}
