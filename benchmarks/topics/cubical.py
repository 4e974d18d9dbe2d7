"""Cubical complexes of images and volumes."""

import numpy as np
from scipy.ndimage import gaussian_filter

from ._family import Family

TITLE = "Cubical"
AXIS = "pixels along one side"


def smooth(side):
    """A random field that varies over eight pixels."""
    return gaussian_filter(np.random.default_rng(0).standard_normal((side, side)), 8, mode="wrap")


def random(side, n_axes=3):
    """Pixels that know nothing of their neighbours: many short bars."""
    return np.random.default_rng(0).uniform(size=(side,) * n_axes)


FAMILIES = [
    Family(
        "smooth image, pixels as vertices",
        "cubical",
        smooth,
        sizes=(256, 512, 1024),
        quick=(512,),
        peers=("gudhi", "cripser"),
        options={"construction": "vertices"},
        warm_up=32,
    ),
    Family(
        "smooth image, pixels as cells",
        "cubical",
        smooth,
        sizes=(256, 1024, 4096),
        quick=(1024,),
        peers=("gudhi", "cripser"),
        options={"construction": "cells"},
        warm_up=32,
    ),
    Family(
        "random image, pixels as vertices",
        "cubical",
        lambda side: random(side, 2),
        sizes=(256, 512, 1024),
        quick=(),
        peers=("gudhi", "cripser"),
        options={"construction": "vertices"},
        warm_up=32,
    ),
    Family(
        "random volume, pixels as vertices",
        "cubical",
        random,
        sizes=(32, 64, 128),
        quick=(32,),
        peers=("cripser", "gudhi"),
        options={"construction": "vertices"},
        warm_up=8,
    ),
    Family(
        "random volume, pixels as cells",
        "cubical",
        random,
        sizes=(32, 64, 128),
        quick=(32,),
        peers=("cripser", "gudhi"),
        options={"construction": "cells"},
        warm_up=8,
    ),
]
