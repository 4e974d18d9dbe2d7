"""Images to images: what is in front, and when each pixel of it is flooded.

Each filtration turns a binary image into one of grey values, whose sublevel sets are the flood;
`tda.CubicalPersistence` then finds the pieces and loops that come and go in it.
"""

from ._binarizer import ImageBinarizer, binarize
from ._density import DensityFiltration, density_filtration
from ._distance import (
    DilationFiltration,
    ErosionFiltration,
    SignedDistanceFiltration,
    dilation_filtration,
    erosion_filtration,
    signed_distance_filtration,
)
from ._height import HeightFiltration, height_filtration
from ._radial import RadialFiltration, radial_filtration

__all__ = [
    "DensityFiltration",
    "DilationFiltration",
    "ErosionFiltration",
    "HeightFiltration",
    "ImageBinarizer",
    "RadialFiltration",
    "SignedDistanceFiltration",
    "binarize",
    "density_filtration",
    "dilation_filtration",
    "erosion_filtration",
    "height_filtration",
    "radial_filtration",
    "signed_distance_filtration",
]
