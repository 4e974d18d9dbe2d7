"""GeoPH: Rips in the plane by its relative neighbourhood graph and triangulations."""

import geoph

DISTRIBUTION = "geoph"
PRECISION = "float64"


def rips(X, *, max_dimension):
    return geoph.ripsPersistenceDiagram2(X, "default", False)


TASKS = {"rips": (rips, list)}
