"""Shapes to Euler characteristics by direction; two-parameter filtrations of clouds to numbers."""

from ._directions import sphere_directions
from ._hilbert import HilbertFunction, hilbert_function
from ._signed_measure import SignedMeasure, signed_measure
from ._surface import EulerSurface, euler_surface
from ._transform import EulerCharacteristicTransform, euler_transform

__all__ = [
    "EulerCharacteristicTransform",
    "EulerSurface",
    "HilbertFunction",
    "SignedMeasure",
    "euler_surface",
    "euler_transform",
    "hilbert_function",
    "signed_measure",
    "sphere_directions",
]
