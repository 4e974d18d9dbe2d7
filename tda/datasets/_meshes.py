"""Triangle meshes: Betti numbers, and points drawn from them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ._mesh_files import merge_vertices, read_mesh
from ._shape import Shape, add_noise, collect, start

# After so many points of the bounding box, all of them outside, a mesh encloses nothing.
_MAX_MISSES = 20_000


def sample_mesh(
    mesh,
    n_points: int = 2000,
    *,
    solid: bool = False,
    noise: float = 0.0,
    random_state=None,
) -> Shape:
    """Points drawn uniformly from the surface, or the inside, of a triangle mesh.

    Parameters
    ----------
    mesh : path, or object with `vertices` and `faces`
        A file in a format that trimesh reads (.obj, .ply, .stl, …), or what :func:`load_mesh`
        returns, or a ``trimesh.Trimesh``.
    n_points : int, default=2000
        How many points to draw.
    solid : bool, default=False
        Draw from what the mesh encloses, by volume, instead of from the mesh, by area. The mesh
        must be closed.
    noise : float, default=0.0
        Standard deviation of Gaussian noise, in the units of the coordinates.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness; an int gives the same points every time.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3). The Betti numbers are counted from the faces of a closed
        mesh, taken as a surface that does not cross itself; they are None for an open mesh, and
        for the inside of several pieces.

    Raises
    ------
    ValueError
        If the mesh has no faces or no area, if ``solid=True`` and the mesh is not closed, its
        faces do not all turn the same way or it encloses nothing, or if a parameter is out of
        its range.

    Notes
    -----
    A point is inside where the faces' solid angles, seen from it, sum to the whole sphere: the
    winding number of A. Jacobson, L. Kavan, O. Sorkine-Hornung, Robust inside-outside
    segmentation using generalized winding numbers, ACM Trans. Graph. 32 (2013). The time grows
    with points times faces, and with the part of the bounding box that the mesh leaves empty.

    Examples
    --------
    >>> from tda.datasets import load_mesh, sample_mesh
    >>> sample_mesh(load_mesh("mug"), 500, random_state=0)
    Shape('mug', 500 points in R^3, dimension=2, betti=(1, 2, 1))
    """
    rng = start(n_points, random_state)
    vertices, faces, name = _vertices_and_faces(mesh)
    if not solid:
        points = _points_of_faces(vertices[faces], n_points, rng)
        return Shape(add_noise(points, noise, rng), surface_betti(faces), 2, name)
    if not is_closed(faces):
        raise ValueError(
            f"solid=True needs a closed mesh, and {name!r} has edges that do not lie in exactly "
            "two faces, so nothing says what is inside; close its gaps, or use solid=False"
        )
    if not is_oriented(faces):
        raise ValueError(
            f"solid=True needs faces that all turn the same way, and those of {name!r} do not; "
            "make the winding consistent, or use solid=False"
        )
    points = _points_inside(vertices, faces, n_points, rng)
    return Shape(add_noise(points, noise, rng), solid_betti(faces), 3, f"solid {name}")


def is_closed(faces: np.ndarray) -> bool:
    """Whether every edge lies in exactly two faces."""
    _, n_faces = _edges(faces)
    return len(n_faces) > 0 and bool(np.all(n_faces == 2))


def is_oriented(faces: np.ndarray) -> bool:
    """Whether neighbours turn alike: no two faces run along an edge in the same direction."""
    directed = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    return len(np.unique(directed, axis=0)) == len(directed)


def surface_betti(faces: np.ndarray) -> tuple[int, int, int] | None:
    """Betti numbers of a closed surface over Z/2, by its pieces and Euler characteristic."""
    if not is_closed(faces):
        return None
    n_pieces = _count_pieces(faces)
    # chi = b0 - b1 + b2, and Poincaré duality makes b2 = b0.
    return n_pieces, 2 * n_pieces - _euler_characteristic(faces), n_pieces


def solid_betti(faces: np.ndarray) -> tuple[int, int, int] | None:
    """Betti numbers of what one closed surface in space encloses: half the surface's loops."""
    betti = surface_betti(faces)
    # Of several surfaces one may lie inside another and bound a cavity: then this is not enough.
    if betti is None or betti[0] != 1:
        return None
    return 1, betti[1] // 2, 0


def _vertices_and_faces(mesh) -> tuple[np.ndarray, np.ndarray, str]:
    if isinstance(mesh, str | os.PathLike):
        vertices, faces = read_mesh(mesh)
        name = Path(mesh).stem
    elif hasattr(mesh, "vertices") and hasattr(mesh, "faces"):
        vertices = np.asarray(mesh.vertices, dtype=np.float64)
        faces = np.asarray(mesh.faces, dtype=np.int64)
        name = str(getattr(mesh, "name", None) or "mesh")
        if len(faces):
            vertices, faces = merge_vertices(vertices, faces)
    else:
        raise ValueError(
            f"mesh={type(mesh).__name__}: give a path, or an object with vertices and faces"
        )
    if len(faces) == 0:
        raise ValueError(f"{name!r} has no faces to draw points from")
    return vertices, faces, name


def _points_of_faces(corners: np.ndarray, n_points: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform points of triangles (m, 3, 3)."""
    origin, first, second = corners.transpose(1, 0, 2)
    first, second = first - origin, second - origin
    areas = np.linalg.norm(np.cross(first, second), axis=1) / 2
    if not areas.sum() > 0:
        raise ValueError("the mesh has no area to draw points from")
    face = rng.choice(len(areas), size=n_points, p=areas / areas.sum())
    along, across = rng.uniform(size=(2, n_points, 1))
    # Fold the far half of the parallelogram back onto the triangle.
    is_beyond = along + across > 1
    along, across = np.where(is_beyond, 1 - along, along), np.where(is_beyond, 1 - across, across)
    return origin[face] + along * first[face] + across * second[face]


def _points_inside(
    vertices: np.ndarray, faces: np.ndarray, n_points: int, rng: np.random.Generator
) -> np.ndarray:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    corners = vertices[faces]
    chunk = max(1, 1_000_000 // len(faces))  # keeps the points x faces arrays near 25 MB
    no_inside = "the mesh encloses no volume to draw points from; use solid=False"
    if np.any(low == high):
        raise ValueError(no_inside)
    n_tried = n_found = 0

    def draw(n: int) -> np.ndarray:
        nonlocal n_tried, n_found
        points = rng.uniform(low, high, (min(n, chunk), 3))
        points = points[np.abs(_winding_numbers(points, corners)) > 0.5]
        n_tried, n_found = n_tried + min(n, chunk), n_found + len(points)
        if n_found == 0 and n_tried > _MAX_MISSES:
            raise ValueError(no_inside)
        return points

    return collect(draw, n_points)


def _winding_numbers(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """How often the triangles (m, 3, 3) go round each point.

    The solid angle of a triangle: A. van Oosterom, J. Strackee, IEEE Trans. Biomed. Eng. 30 (1983).
    """
    a, b, c = (corners[:, k] - points[:, np.newaxis] for k in range(3))
    length_a, length_b, length_c = (np.linalg.norm(side, axis=2) for side in (a, b, c))
    triple = np.einsum("pfi,pfi->pf", a, np.cross(b, c))
    denominator = (
        length_a * length_b * length_c
        + np.einsum("pfi,pfi->pf", a, b) * length_c
        + np.einsum("pfi,pfi->pf", b, c) * length_a
        + np.einsum("pfi,pfi->pf", c, a) * length_b
    )
    return np.arctan2(triple, denominator).sum(axis=1) / (2 * np.pi)


def _edges(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct edges, and in how many faces each one lies."""
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    return np.unique(sides, axis=0, return_counts=True)


def _euler_characteristic(faces: np.ndarray) -> int:
    edges, _ = _edges(faces)
    return len(np.unique(faces)) - len(edges) + len(faces)


def _count_pieces(faces: np.ndarray) -> int:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges, _ = _edges(faces)
    used, ends = np.unique(edges, return_inverse=True)
    first, second = ends.reshape(edges.shape).T
    graph = coo_array((np.ones(len(edges)), (first, second)), shape=(len(used), len(used)))
    return int(connected_components(graph, directed=False)[0])
