"""Euler characteristic transforms: surfaces as triangle meshes, the same directions and heights."""

import numpy as np

from ._family import Family

TITLE = "Euler characteristic transform"
AXIS = "vertices"
ANSWERS = "Values"


def bumpy_torus(n):
    """Vertices of a torus with bumps, on a square lattice of its two angles: (side, side, 3)."""
    side = round(n**0.5)
    u, v = np.meshgrid(*2 * [2 * np.pi * np.arange(side) / side], indexing="ij")
    bumps = np.random.default_rng(0).normal(1, 0.05, (side, side))
    across = 2 + bumps * np.cos(v)
    return np.stack([across * np.cos(u), across * np.sin(u), bumps * np.sin(v)], axis=-1)


FAMILIES = [
    Family(
        "a bumpy torus, 64 directions, 100 heights",
        "euler_values",
        bumpy_torus,
        sizes=(2500, 40_000),
        quick=(2500,),
        peers=("pyect", "ect"),
        options={"n_directions": 64, "n_heights": 100},
        warm_up=100,
    ),
]
