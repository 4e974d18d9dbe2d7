"""Mapper: a cloud as a graph of its parts; which of its loops are real; a page to look at it."""

from ._ball_mapper import BallMapper
from ._graph import MapperGraph
from ._mapper import Mapper, mapper_graph
from ._parameters import MapperParameters, mapper_parameters
from ._significance import MapperFeature, MapperFeatures

__all__ = [
    "BallMapper",
    "Mapper",
    "MapperFeature",
    "MapperFeatures",
    "MapperGraph",
    "MapperParameters",
    "mapper_graph",
    "mapper_parameters",
]
