"""holos: Rips in Rust."""

import holos_tda

DISTRIBUTION = "holos-tda"
PRECISION = "float64"


def rips(X, *, max_dimension):
    return holos_tda.rips_points(X, max_dim=max_dimension)


def by_degree(rows):
    return [[bar[1:] for bar in rows if bar[0] == k] for k in range(1 + max(r[0] for r in rows))]


TASKS = {"rips": (rips, by_degree)}
