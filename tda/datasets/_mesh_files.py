"""Reading of triangle meshes, and checks that a file is complete."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

import numpy as np


def read_mesh(path: str | os.PathLike) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (n, 3) and faces (m, 3) of a file; vertices at the same place become one.

    A file that holds only points gives no faces. Raises ValueError where trimesh cannot read it,
    where it holds less than its head promises, and where faces name vertices that are not there.
    """
    import trimesh

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no such file: {path}")
    n_vertices, n_faces = _promised(path)
    log = logging.getLogger("trimesh")
    level = log.level
    try:
        log.setLevel(logging.CRITICAL)  # it logs what it raises
        # Materials are skipped: a texture's seam would split vertices apart.
        loaded = trimesh.load(path, process=False, skip_materials=True)
        if isinstance(loaded, trimesh.Scene):
            loaded = loaded.to_mesh()
        vertices = np.asarray(loaded.vertices, dtype=np.float64)
        faces = np.asarray(getattr(loaded, "faces", np.empty((0, 3))), dtype=np.int64)
    except Exception as error:  # trimesh raises a different one for every format
        raise ValueError(f"{path}: cannot be read as a mesh ({error})") from error
    finally:
        log.setLevel(level)
    if len(vertices) == 0:
        raise ValueError(f"{path}: holds no points")
    if len(vertices) < n_vertices or len(faces) < n_faces:
        raise ValueError(
            f"{path}: damaged or cut off: {len(vertices)} vertices and {len(faces)} faces, where "
            f"its head promises {n_vertices} and {n_faces}"
        )
    if vertices.ndim != 2 or vertices.shape[1] != 3 or not np.isfinite(vertices).all():
        raise ValueError(f"{path}: damaged: a vertex has no three finite coordinates")
    if len(faces) and (faces.min() < 0 or faces.max() >= len(vertices)):
        raise ValueError(
            f"{path}: damaged or cut off: a face names vertex {faces.max()} (from 0), where there "
            f"are {len(vertices)}"
        )
    return merge_vertices(vertices, faces) if len(faces) else (vertices, faces)


def merge_vertices(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same mesh with equal vertices made one, and without unused ones and faces of no area."""
    places, of_vertex = np.unique(vertices, axis=0, return_inverse=True)
    faces = of_vertex.reshape(-1)[faces]
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    used, new_faces = np.unique(faces, return_inverse=True)
    return places[used], new_faces.reshape(faces.shape)


def _promised(path: Path) -> tuple[int, int]:
    """How many vertices and faces the head of a file promises; 0 where it says nothing.

    Faces of more corners are cut into triangles, so that there may be more than promised.
    """
    extension = path.suffix.lower()
    if extension not in (".ply", ".off"):
        return 0, 0  # trimesh checks the length of .stl, and .obj promises nothing
    data = path.read_bytes()
    if extension == ".off":
        text = re.sub(rb"#[^\n]*", b"", data[:100_000])
        head = re.match(rb"\s*\w*OFF(?:\s+BINARY)?\s+(\d+)\s+(\d+)", text)
        counts = [int(count) for count in head.groups()] if head else [0, 0]
    else:
        head, mark, _ = data.partition(b"end_header")
        if not mark:
            raise ValueError(f"{path}: damaged or cut off: its head does not end (end_header)")
        counts = [
            int(found[1]) if found else 0
            for found in (
                re.search(rb"element %s (\d+)" % name, head) for name in (b"vertex", b"face")
            )
        ]
    if sum(counts) > len(data):  # before room for so many is asked for
        raise ValueError(
            f"{path}: damaged or cut off: its head promises {counts[0]} vertices and {counts[1]} "
            f"faces, in {len(data)} bytes"
        )
    return counts[0], counts[1]
