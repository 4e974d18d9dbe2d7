"""Persistence of a function on the vertices of a triangle mesh."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval

from .._kinds import as_float
from .._per_shape import CHECKPOINT
from .._validation import check_cloud, check_field
from ..homology.base import DiagramTransformer
from ._cells import Cells, diagram_of_cells

if TYPE_CHECKING:
    from ..diagrams import Diagram


__all__ = ["MeshPersistence", "angle_defect", "mesh_diagram"]

FUNCTIONS = ("height", "curvature")


class Mesh(NamedTuple):
    """A checked mesh: coordinates, and faces as rows of three different vertices."""

    vertices: np.ndarray
    faces: np.ndarray


def mesh_diagram(
    mesh, *, function="height", direction=None, superlevel=False, max_dimension=None, field=2
) -> Diagram:
    """Persistence diagram of a function on the vertices of one triangle mesh.

    An edge or a triangle enters with the last of its vertices: the lower-star filtration, that of
    the piecewise linear function on the surface.

    Parameters
    ----------
    mesh : object with `vertices` and `faces`, or a pair of arrays of these
        What `tda.datasets.load_mesh` returns, a ``trimesh.Trimesh``, or ``(vertices, faces)``
        of shapes (n_vertices, 2 or 3) and (n_faces, 3). Vertices in no face are left out.
    function : str, callable or array-like of shape (n_vertices,), default='height'
        "height" along `direction`; "curvature", the angle that is missing at a vertex to a full
        turn (`tda.graphs.angle_defect`); or your own: values, or a callable that takes the mesh as
        you gave it.
    direction : array-like of shape (n_features,), default=None
        Which way is up, for "height". By default along the last coordinate.
    superlevel : bool, default=False
        Large values enter first, and bars run downward.
    max_dimension : int, default=None
        Highest degree of homology, at most 2. By default 2.
    field : int, default=2
        The prime of the coefficient field Z/p.

    Returns
    -------
    Diagram
        Classes of the whole surface never end: of a torus one component, two loops, one void.

    Raises
    ------
    ValueError
        For a mesh without faces, faces that name vertices which are not there, values that are
        not finite.

    Notes
    -----
    Union-find for components, and cohomology with clearing from degree 1 on. Repeated and
    degenerate faces are left out. Vertices with equal coordinates stay apart: merge those of
    ``.stl`` files first, as `tda.datasets.load_mesh` does.

    References
    ----------
    H. Edelsbrunner, J. Harer, "Computational Topology", AMS 2010, section VI.3.

    Examples
    --------
    The surface of a tetrahedron, by height: one component and, at the top, one void.

    >>> from tda import mesh_diagram
    >>> vertices = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    >>> faces = [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]
    >>> diagram = mesh_diagram((vertices, faces))
    >>> diagram[0], diagram[2]
    (array([[ 0., inf]]), array([[ 1., inf]]))
    """
    _check_options(function, max_dimension)
    checked = _check_mesh(mesh, "mesh")
    field = check_field(field)
    return _diagram(mesh, checked, function, direction, superlevel, max_dimension, field)


def angle_defect(mesh):
    """The angle that is missing at each vertex of a mesh: its Gaussian curvature, in radians.

    Positive at the tip of a cone, 0 where the mesh is flat or folded along a line, negative at a
    saddle. The sum over a closed surface is 2π times its Euler characteristic.

    Parameters
    ----------
    mesh : as `tda.mesh_diagram` takes it

    Returns
    -------
    curvature : float array of shape (n_vertices,)
        2π less the angles of the faces at a vertex, or π less them on the boundary; 0 for vertices
        in no face.

    References
    ----------
    T. Banchoff, "Critical points and curvature for embedded polyhedra", J. Differential Geom. 1
    (1967).

    Examples
    --------
    >>> from tda.graphs import angle_defect
    >>> corner = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    >>> faces = [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]
    >>> angle_defect((corner, faces)).round(3)  # of a cube a quarter of a turn is missing
    array([1.571, 3.665, 3.665, 3.665])
    """
    return _angle_defect(_check_mesh(mesh, "mesh"))


def _angle_defect(mesh):
    corners = mesh.vertices[mesh.faces]
    n = len(mesh.vertices)
    angles = np.zeros(n)
    for k in range(3):
        one = corners[:, (k + 1) % 3] - corners[:, k]
        two = corners[:, (k + 2) % 3] - corners[:, k]
        area = np.linalg.norm(one, axis=1) * np.linalg.norm(two, axis=1)
        cosine = np.divide((one * two).sum(axis=1), area, out=np.ones_like(area), where=area > 0)
        angles += np.bincount(mesh.faces[:, k], np.arccos(np.clip(cosine, -1, 1)), n)
    whole = np.full(n, 2 * np.pi)
    edges, counts = np.unique(_edges_of(mesh.faces)[0], axis=0, return_counts=True)
    whole[edges[counts == 1]] = np.pi
    used = np.bincount(mesh.faces.ravel(), minlength=n) > 0
    return np.where(used, whole - angles, 0.0)


def _edges_of(faces):
    """The three edges of each face, sorted, and those of sorted faces in the order of facets."""
    a, b, c = np.sort(faces, axis=1).T
    edges = np.stack([[b, c], [a, c], [a, b]]).transpose(2, 0, 1)
    return edges.reshape(-1, 2), edges


def _check_options(function, max_dimension):
    if isinstance(function, str) and function not in FUNCTIONS:
        raise ValueError(
            f"function={function!r}; it must be one of {list(FUNCTIONS)}, or a callable that takes "
            "a mesh as you gave it and returns one number for each vertex."
        )
    whole = isinstance(max_dimension, Integral) and not isinstance(max_dimension, bool)
    if max_dimension is not None and not (whole and 0 <= max_dimension <= 2):
        raise ValueError(f"max_dimension={max_dimension!r}, but a surface has degrees 0 to 2.")


def _check_mesh(mesh, name):
    if hasattr(mesh, "vertices") and hasattr(mesh, "faces"):
        vertices, faces = mesh.vertices, mesh.faces
    elif isinstance(mesh, list | tuple) and len(mesh) == 2:
        vertices, faces = mesh
    else:
        raise ValueError(
            f"{name} is {type(mesh).__name__}, but a mesh is a pair (vertices, faces), or an "
            "object with these, such as tda.datasets.load_mesh returns."
        )
    vertices = check_cloud(vertices, name=f"{name}.vertices")
    faces = as_float(faces, f"the faces of {name}")
    if faces.ndim != 2 or faces.shape[1] != 3 or not len(faces):
        raise ValueError(
            f"the faces of {name} have shape {faces.shape}, but they are (n_faces, 3), at least "
            "one: split larger faces into triangles; for a cloud use AlphaPersistence."
        )
    if not ((faces == np.floor(faces)) & (faces >= 0) & (faces < len(vertices))).all():
        raise ValueError(
            f"the faces of {name} name vertices that are not there: they must be integers from 0 "
            f"to {len(vertices) - 1}."
        )
    faces = faces.astype(np.int64)
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (a != c)]
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    if not first.size:
        raise ValueError(f"{name} has no face with three different vertices.")
    return Mesh(vertices, faces[np.sort(first)])


def _values(given, mesh, function, direction):
    if isinstance(function, str) and function == "height":
        width = mesh.vertices.shape[1]
        up = np.eye(width)[-1] if direction is None else as_float(direction, "direction")
        if up.shape != (width,) or not np.isfinite(up).all() or not up.any():
            raise ValueError(
                f"direction={direction!r}; it must be {width} finite numbers, not all 0, as the "
                "vertices have so many coordinates."
            )
        return mesh.vertices @ (up / np.linalg.norm(up))
    if isinstance(function, str):
        return _angle_defect(mesh)
    values = as_float(function(given) if callable(function) else function, "function")
    if values.shape != (len(mesh.vertices),) or not np.isfinite(values).all():
        raise ValueError(
            f"function gives values of shape {values.shape}; each of {len(mesh.vertices)} vertices "
            "has one finite number."
        )
    return values


def _diagram(given, mesh, function, direction, superlevel, max_dimension, field):
    sign = -1.0 if superlevel else 1.0
    values = sign * _values(given, mesh, function, direction)
    used, faces = np.unique(mesh.faces, return_inverse=True)
    values, faces = values[used], faces.reshape(-1, 3)
    all_edges, _ = _edges_of(faces)
    key, place = np.unique(all_edges @ [len(used), 1], return_inverse=True)
    edges = np.column_stack(np.divmod(key, len(used)))
    cells = Cells(
        [values, values[edges].max(axis=1), values[faces].max(axis=1)],
        [
            None,
            np.ascontiguousarray(edges[:, ::-1], dtype=np.int32),
            np.ascontiguousarray(place.reshape(-1, 3), dtype=np.int32),
        ],
    )
    top = 2 if max_dimension is None else int(max_dimension)
    return diagram_of_cells(
        cells, max_dimension=top, field=field, filtration="lower star", sign=sign
    )


class MeshPersistence(DiagramTransformer):
    """Persistence diagrams of functions on triangle meshes (input per shape: a sample is a mesh).

    Parameters
    ----------
    function : str or callable, default='height'
        "height" along `direction`, "curvature", or a callable that takes a mesh as you gave it and
        returns one number for each vertex.
    direction : array-like of shape (n_features,), default=None
        Which way is up, for "height". By default along the last coordinate.
    superlevel : bool, default=False
        Large values enter first, and bars run downward.
    max_dimension : int, default=None
        Highest degree of homology, at most 2. By default 2.
    field : int, default=2
        The prime of the coefficient field Z/p.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished diagrams: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    See Also
    --------
    mesh_diagram : The same for one mesh; what it takes, cost and sources.

    Examples
    --------
    A mug and a doughnut have the same essential classes.

    >>> from tda import MeshPersistence
    >>> from tda.datasets import load_mesh
    >>> dgms = MeshPersistence().fit_transform([load_mesh("mug"), load_mesh("doughnut")])
    >>> [[int((d[k][:, 1] == float("inf")).sum()) for k in range(3)] for d in dgms]
    [[1, 2, 1], [1, 2, 1]]
    """

    _parameter_constraints: ClassVar[dict] = {
        "function": [str, callable],
        "direction": ["array-like", None],
        "superlevel": ["boolean"],
        "max_dimension": [Interval(Integral, 0, 2, closed="both"), None],
        "field": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        function="height",
        direction=None,
        superlevel=False,
        max_dimension=None,
        field=2,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.function = function
        self.direction = direction
        self.superlevel = superlevel
        self.max_dimension = max_dimension
        self.field = field
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        _check_options(self.function, self.max_dimension)
        check_field(self.field)
        one_pair = isinstance(X, tuple) and len(X) == 2 and np.ndim(X[0]) == 2
        if one_pair or (hasattr(X, "vertices") and hasattr(X, "faces")):
            raise ValueError("X is one mesh, but this takes a collection: pass [X].")
        if not isinstance(X, list | tuple):
            raise ValueError(f"X is {type(X).__name__}; pass a list of meshes.")
        if not X:
            raise ValueError("X is empty: there is no mesh in it.")
        return [(mesh, _check_mesh(mesh, f"X[{i}]")) for i, mesh in enumerate(X)]

    def _diagram(self, sample):
        return _diagram(
            *sample,
            self.function,
            self.direction,
            self.superlevel,
            self.max_dimension,
            int(self.field),
        )
