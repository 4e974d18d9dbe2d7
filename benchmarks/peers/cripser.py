"""cripser: cubical persistence, pixels as vertices (computePH) or as cells (computePH_T)."""

import cripser

DISTRIBUTION = "cripser"
PRECISION = "float64"


def cubical(X, *, construction):
    compute = cripser.computePH if construction == "vertices" else cripser.computePH_T
    return X.ndim, compute(X, maxdim=X.ndim - 1)


def by_degree(answer):
    n_axes, rows = answer
    # An essential class dies at the largest float instead of infinity.
    rows[rows[:, 2] > 1e300, 2] = float("inf")
    return [rows[rows[:, 0] == k, 1:3] for k in range(n_axes)]


TASKS = {"cubical": (cubical, by_degree)}
