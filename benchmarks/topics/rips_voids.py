"""Rips up to degree 2."""

from tda import datasets

from ._family import Family

TITLE = "Rips degrees 0 to 2"
AXIS = "points"
PEERS = ("redzed", "holos", "tda-rust", "gudhi", "giotto-ph", "ripser")

FAMILIES = [
    Family(
        "sphere in R³",
        "rips",
        lambda n: datasets.make_sphere(n, random_state=0).points,
        sizes=(100, 192, 400),
        quick=(150,),
        peers=PEERS,
        options={"max_dimension": 2},
    ),
    Family(
        "torus in R³",
        "rips",
        lambda n: datasets.make_torus(n, random_state=0).points,
        sizes=(250, 500, 1000),
        quick=(250,),
        peers=PEERS,
        options={"max_dimension": 2},
    ),
]
