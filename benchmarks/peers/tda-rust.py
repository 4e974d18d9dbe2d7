"""The package `tda` of PyPI, written in Rust, which has our import name and is not ours."""

import numpy as np

import tda

DISTRIBUTION = "tda"
PRECISION = "float32"


def rips(X, *, max_dimension):
    # Its strong collapse pays from voids on; without it, loops are several times faster.
    return tda.persistent_homology(
        X.astype(np.float32), max_dim=max_dimension, peel=max_dimension >= 2
    )


TASKS = {"rips": (rips, list)}
