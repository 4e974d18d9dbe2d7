"""Graphs, meshes, sequences to diagrams: paths, weights, cliques, functions, zigzags."""

from ._curvature import forman_curvature, ollivier_curvature
from ._extended import EXTENDED_KINDS, ExtendedPersistence, extended_diagram
from ._functions import edge_values, vertex_values
from ._graph import Graph, as_graph
from ._heat import heat_kernel_signature
from ._local import LocalHomology, vertex_diagrams
from ._mesh import MeshPersistence, angle_defect, mesh_diagram
from ._persistence import GraphPersistence, graph_diagram
from ._zigzag import ZigzagPersistence, zigzag_diagram

__all__ = [
    "EXTENDED_KINDS",
    "ExtendedPersistence",
    "Graph",
    "GraphPersistence",
    "LocalHomology",
    "MeshPersistence",
    "ZigzagPersistence",
    "angle_defect",
    "as_graph",
    "edge_values",
    "extended_diagram",
    "forman_curvature",
    "graph_diagram",
    "heat_kernel_signature",
    "mesh_diagram",
    "ollivier_curvature",
    "vertex_diagrams",
    "vertex_values",
    "zigzag_diagram",
]
