"""A lattice of vertices that closes in both directions, as a triangle mesh."""

import numpy as np


def mesh_of(lattice):
    """Coordinates, and each edge and each triangle once, from an array (side, side, 3)."""
    side = len(lattice)
    at = np.arange(side * side).reshape(side, side)
    right, down = np.roll(at, -1, 0), np.roll(at, -1, 1)
    both = np.roll(right, -1, 1)
    edges = [np.stack([at, other], -1).reshape(-1, 2) for other in (right, down, both)]
    faces = [np.stack([at, one, both], -1).reshape(-1, 3) for one in (right, down)]
    return lattice.reshape(-1, 3), np.concatenate(edges), np.concatenate(faces)


def directions(n):
    """Unit vectors, spread over the sphere."""
    heights = 1 - (2 * np.arange(n) + 1) / n
    angles = np.pi * (3 - 5**0.5) * np.arange(n)
    across = np.sqrt(1 - heights**2)
    return np.column_stack([across * np.cos(angles), across * np.sin(angles), heights])


def radius_of(points):
    return np.sqrt((points**2).sum(axis=1)).max()
