"""From a cloud to coordinates: of few dimensions, or angles around its loops."""

from ._circular import CircularCoordinates, circular_correlation, toroidal_coordinates

__all__ = ["CircularCoordinates", "circular_correlation", "toroidal_coordinates"]
