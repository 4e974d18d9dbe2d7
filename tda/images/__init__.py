"""Images to images: foreground and background, and filtrations of binary images.

Each filtration turns a binary image into an image of grey values. The sublevel sets of these values
grow like a flood. `tda.CubicalPersistence` then finds the components and loops in them.
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
