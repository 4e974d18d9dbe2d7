"""ect, by M. Lupinski, E. Munch and others: exact counts, compiled."""

import sys
from pathlib import Path

import numpy as np
from ect import ECT, Directions, EmbeddedComplex

sys.path.insert(0, str(Path(__file__).parent))
from _lattice import directions, mesh_of, radius_of

DISTRIBUTION = "ect"
PRECISION = "float64"


def as_complex(lattice):
    points, edges, faces = mesh_of(lattice)
    shape = EmbeddedComplex()
    shape.add_nodes_from(enumerate(points))
    for edge in edges.tolist():
        shape.add_edge(*edge)
    for face in faces.tolist():
        shape.add_cell(face, dim=2)
    return shape, radius_of(points)


def transform(given, *, n_directions, n_heights):
    shape, radius = given
    along = Directions.from_vectors(directions(n_directions))
    return ECT(directions=along, num_thresh=n_heights, bound_radius=radius).calculate(shape)


TASKS = {"euler_values": (transform, lambda found: np.asarray(found, dtype=float), as_complex)}
