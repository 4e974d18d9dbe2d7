"""Oineus: builds the whole filtration, then reduces its boundary matrix."""

import oineus
from numpy.linalg import norm

DISTRIBUTION = "oineus"
PRECISION = "float64"


def rips(X, *, max_dimension):
    # Past the enclosing radius nothing happens; all simplices of a large cloud fit nowhere.
    # Its `max_dim` is the dimension of the simplices, not of the diagrams.
    reach = min(norm(X - x, axis=1).max() for x in X) * (1 + 1e-9)
    diagrams = oineus.compute_diagrams_vr(X, max_dim=max_dimension + 1, max_diameter=reach)
    return [diagrams.in_dimension(k) for k in range(max_dimension + 1)]


TASKS = {"rips": (rips, list)}
