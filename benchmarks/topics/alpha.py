"""Alpha complexes in the plane and in space."""

from tda import datasets

from ._family import Family

TITLE = "Alpha"
AXIS = "points"

FAMILIES = [
    Family(
        "uniform in the plane",
        "alpha",
        lambda n: datasets.make_uniform(n, dimension=2, random_state=0).points,
        sizes=(1000, 10_000, 100_000, 1_000_000),
        quick=(10_000,),
        peers=("gudhi",),
    ),
    Family(
        "uniform in space",
        "alpha",
        lambda n: datasets.make_uniform(n, dimension=3, random_state=0).points,
        sizes=(1000, 10_000, 100_000),
        quick=(5000,),
        peers=("gudhi",),
    ),
]
