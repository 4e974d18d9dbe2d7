"""Rips degrees 0 and 1."""

from tda import datasets

from ._family import Family

TITLE = "Rips degrees 0 and 1"
AXIS = "points"
ANY_METRIC = ("redzed", "gudhi", "tda-rust", "giotto-ph", "ripser", "holos")
LOOPS = {"max_dimension": 1}
WARM_UP = 320  # above what goes the way of many small clouds

FAMILIES = [
    Family(
        "circle in the plane, noise 0.1",
        "rips",
        lambda n: datasets.make_circle(n, noise=0.1, random_state=0).points,
        sizes=(500, 1000, 2000, 4000, 5000),
        quick=(500,),
        peers=("geoph", *ANY_METRIC),
        options=LOOPS,
        warm_up=WARM_UP,
    ),
    Family(
        "torus in R³",
        "rips",
        lambda n: datasets.make_torus(n, random_state=0).points,
        sizes=(500, 1000, 2000, 5000),
        quick=(500,),
        peers=(*ANY_METRIC, "oineus"),
        options=LOOPS,
        warm_up=WARM_UP,
    ),
    Family(
        "uniform in R¹⁰",
        "rips",
        lambda n: datasets.make_uniform(n, dimension=10, random_state=0).points,
        sizes=(500, 1000, 2000),
        quick=(500,),
        peers=ANY_METRIC,
        options=LOOPS,
        warm_up=WARM_UP,
    ),
    Family(
        "uniform in the plane",
        "rips",
        lambda n: datasets.make_uniform(n, dimension=2, random_state=0).points,
        sizes=(1000, 10_000, 100_000),
        quick=(),
        peers=("geoph",),
        options=LOOPS,
        warm_up=20_000,
    ),
]
