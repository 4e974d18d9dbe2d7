"""Landscapes, silhouettes and Betti curves of one degree, from the diagrams.

Every engine gets its own container of the same bars, and what is timed is fit and transform. The
answers are compared after the factors that the documentation of this package names.
"""

import numpy as np

from ._family import Family

TITLE = "Curves of diagrams"
AXIS = "bars in a diagram"
ANSWERS = "Values"
BINS = {"n_bins": 100}  # evenly spaced from the smallest birth to the largest death


def diagrams(n_diagrams, n_bars):
    rng = np.random.default_rng(0)
    births = rng.uniform(0, 1, (n_diagrams, n_bars))
    return np.stack([births, births + rng.exponential(0.3, (n_diagrams, n_bars))], axis=2)


def family(curve, n_diagrams, n_bars, peers, **options):
    return Family(
        f"{curve}, {n_diagrams:,} diagrams",
        f"{curve.lower().replace(' ', '_')}_values",
        lambda n: diagrams(n_diagrams if n == n_bars else 5, n),
        sizes=(n_bars,),
        quick=(n_bars,) if n_bars == 100 else (),
        peers=peers,
        options=BINS | options,
        warm_up=10,
    )


FAMILIES = [
    family(curve, n_diagrams, n_bars, peers, **options)
    for n_diagrams, n_bars in ((1000, 100), (100, 2000))
    for curve, peers, options in (
        ("Landscape", ("gudhi", "giotto-tda", "persim"), {"n_layers": 5}),
        ("Silhouette", ("gudhi", "giotto-tda"), {}),
        ("Betti curve", ("gudhi", "giotto-tda"), {}),
    )
]
