"""Shapes whose Betti numbers and dimension are known, and small real data.

``make_*`` draws points from a shape and returns a `Shape`; ``load_*`` reads a file that comes with
the package; `read_cloud` and `sample_mesh` open a file of your own.
"""

from ._curves import (
    make_circle,
    make_figure_eight,
    make_linked_circles,
    make_squiggle,
    make_trefoil_knot,
)
from ._entangled import LabeledShape, make_linked_tori, make_nested_disks, make_nested_spheres
from ._files import read_cloud
from ._loaders import (
    load_digits_images,
    load_ecg,
    load_faces,
    load_mesh,
    load_sample_images,
    load_sunspots,
)
from ._meshes import sample_mesh
from ._mug import make_mug, make_solid_mug
from ._other import make_blobs, make_uniform
from ._shape import Shape
from ._solids import (
    make_annulus,
    make_ball,
    make_disk,
    make_solid_double_torus,
    make_solid_torus,
)
from ._surfaces import (
    make_double_torus,
    make_flat_torus,
    make_klein_bottle,
    make_projective_plane,
    make_sphere,
    make_swiss_roll,
    make_torus,
)

__all__ = [
    "LabeledShape",
    "Shape",
    "load_digits_images",
    "load_ecg",
    "load_faces",
    "load_mesh",
    "load_sample_images",
    "load_sunspots",
    "make_annulus",
    "make_ball",
    "make_blobs",
    "make_circle",
    "make_disk",
    "make_double_torus",
    "make_figure_eight",
    "make_flat_torus",
    "make_klein_bottle",
    "make_linked_circles",
    "make_linked_tori",
    "make_mug",
    "make_nested_disks",
    "make_nested_spheres",
    "make_projective_plane",
    "make_solid_double_torus",
    "make_solid_mug",
    "make_solid_torus",
    "make_sphere",
    "make_squiggle",
    "make_swiss_roll",
    "make_torus",
    "make_trefoil_knot",
    "make_uniform",
    "read_cloud",
    "sample_mesh",
]
