"""Rips degree 0, which is the minimum spanning tree."""

from tda import datasets

from ._family import Family

TITLE = "Rips degree 0"
AXIS = "points"
FAMILIES = [
    Family(
        "uniform in R³",
        "rips",
        lambda n: datasets.make_uniform(n, dimension=3, random_state=0).points,
        sizes=(1000, 10_000, 100_000),
        quick=(10_000,),
        peers=("mlpack", "gudhi"),
        options={"max_dimension": 0},
        warm_up=5000,
    ),
]
