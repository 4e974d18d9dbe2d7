"""Many small clouds: 500 of them, Rips degrees 0 and 1."""

import numpy as np

from tda import datasets

from ._family import Family

TITLE = "500 clouds, Rips degrees 0 and 1"
AXIS = "points in a cloud"


def clouds(n):
    return np.stack(
        [datasets.make_uniform(n, dimension=3, random_state=i).points for i in range(500)]
    )


FAMILIES = [
    Family(
        "500 clouds, uniform in R³",
        "rips_many",
        clouds,
        sizes=(25, 50, 100, 200),
        quick=(100,),
        peers=("redzed", "gudhi", "giotto-tda", "ripser"),
        options={"max_dimension": 1},
        warm_up=10,
    ),
]
