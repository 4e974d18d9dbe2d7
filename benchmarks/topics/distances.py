"""Matrices of distances and kernels among diagrams of one degree.

Every engine gets its own container of the same bars, and what is timed is the whole matrix. The
answers are compared after the factors that the documentation of this package names, and agree
within what the slower one is off by: gudhi's sliced Wasserstein distance has 10 directions, of
which it leaves out the last (ours: 50), and giotto-tda's landscapes are read at nodes.
"""

import numpy as np

from ._family import Family

TITLE = "Distances and kernels of diagrams"
AXIS = "diagrams"
ANSWERS = "Values"


def family(name, task, n_bars, sizes, peers, tolerance, **options):
    def diagrams(n):
        rng = np.random.default_rng(0)
        births = rng.uniform(0, 1, (n, n_bars))
        return np.stack([births, births + rng.exponential(0.1, (n, n_bars))], axis=2)

    return Family(
        f"{name}, {n_bars:,} bars",
        f"{task}_values",
        diagrams,
        sizes=sizes,
        quick=sizes[:1] if n_bars == 100 else (),
        peers=peers,
        options=options,
        warm_up=3,
        tolerance=tolerance,
    )


FAMILIES = [
    family("Sliced Wasserstein", "sliced_wasserstein", 100, (100, 1000), ("gudhi",), 0.06),
    family("Sliced Wasserstein", "sliced_wasserstein", 2000, (30, 100), ("gudhi",), 0.06),
    family(
        "Scale space kernel", "scale_space", 100, (50, 200, 1000), ("gudhi",), 1e-5, bandwidth=0.1
    ),
    family("Scale space kernel", "scale_space", 2000, (5, 100), ("gudhi",), 1e-5, bandwidth=0.1),
    family("Fisher", "fisher", 100, (50, 200), ("gudhi",), 1e-6, bandwidth=0.1),
    family("Landscape, L²", "landscape_distance", 100, (100, 1000), ("giotto-tda",), 1e-3),
    family("Bottleneck", "bottleneck", 100, (20, 100), ("gudhi", "giotto-tda", "persim"), 1e-9),
    family("Bottleneck", "bottleneck", 2000, (5, 20), ("gudhi",), 1e-9),
    family("Wasserstein", "wasserstein", 100, (20, 100), ("gudhi", "persim"), 0.01, internal_p=2),
    family("Wasserstein", "wasserstein", 2000, (5, 10), ("gudhi",), 0.01, internal_p=2),
]
