"""Intrinsic dimension of Gaussian clouds: several estimators from one neighbour graph, and ESS.

Each peer is called once an estimator, as its users call it, and searches its neighbours anew.
Both take the same neighbours, and the answers are the same numbers.
"""

import numpy as np

from ._family import Family

TITLE = "Intrinsic dimension"
AXIS = "points"
ANSWERS = "Dimensions"


def gaussian(n):
    return np.random.default_rng(0).normal(size=(n, 20))


FAMILIES = [
    Family(
        "TwoNN, MLE and Gride in R²⁰",
        "dimension_values",
        gaussian,
        sizes=(1000, 10_000),
        quick=(1000,),
        peers=("scikit-dimension",),
        warm_up=200,
    ),
    Family(
        "ESS in R²⁰",
        "ess_values",
        gaussian,
        sizes=(200,),
        quick=(200,),
        peers=("scikit-dimension",),
        warm_up=120,
    ),
]
