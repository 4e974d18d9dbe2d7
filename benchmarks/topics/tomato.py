"""Clusters by ToMATo: the same neighbours, the same density, the same number of clusters."""

import numpy as np

from ._family import Family

TITLE = "ToMATo"
AXIS = "points"
ANSWERS = "Labels"
FAMILIES = [
    Family(
        f"Gaussian in R{d}",
        "tomato_values",
        lambda n, d=d: np.random.default_rng(0).normal(size=(n, d)),
        sizes=(10_000, 100_000, 1_000_000),
        quick=(100_000,),
        peers=("gudhi",),
        options={"n_neighbors": 9, "n_clusters": 200},
        warm_up=30_000,
    )
    for d in (2, 3)
]
