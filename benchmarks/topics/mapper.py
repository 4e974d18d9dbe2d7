"""Mapper: the same lens, the same cover, the same clusters: points at most a distance apart."""

import numpy as np

from ._family import Family

TITLE = "Mapper"
AXIS = "points"
ANSWERS = "Nodes"


def five_arms(n):
    """Five noisy arms about a ball in ten dimensions."""
    rng = np.random.default_rng(0)
    arms = rng.normal(size=(5, 10))
    along = rng.uniform(0, 4, n)[:, None] * arms[rng.integers(5, size=n)]
    return along + 0.3 * rng.normal(size=(n, 10))


FAMILIES = [
    Family(
        "five arms in R10, first column",
        "mapper_values",
        five_arms,
        sizes=(1000, 10_000, 100_000),
        quick=(1000,),
        peers=("kmapper", "tda-mapper"),
        options={"n_intervals": 20, "overlap": 0.3, "threshold": 1.2},
        warm_up=500,
    ),
]
