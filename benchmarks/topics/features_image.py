"""Persistence images of one degree, from the diagrams.

Every engine gets its own container of the same bars, and what is timed is fit and transform. The
answers are compared as masses of pixels. persim integrates the Gaussians over the pixels as this
package does; gudhi takes the density at their middles, and giotto-tda moves the bars to the
corners of a grid and blurs that, so both differ by more than rounding.
"""

import numpy as np

from ._family import Family
from .features_curves import diagrams

TITLE = "Persistence images"
AXIS = "bars in a diagram"
ANSWERS = "Values"
SHORTEST = 0.001  # no bar of no length, and pixels that are squares


def scaled(n_diagrams, n_bars):
    """Births from 0 to 1 and lifetimes from 0.001 to 1.001: the range that engines would learn."""
    births, deaths = np.moveaxis(diagrams(n_diagrams, n_bars), 2, 0)
    births, lifetimes = ((v - v.min()) / np.ptp(v) for v in (births, deaths - births))
    return np.stack([births, births + SHORTEST + lifetimes], axis=2)


FAMILIES = [
    Family(
        f"{resolution}² pixels, {n_diagrams:,} diagrams",
        "persistence_image_values",
        lambda n, n_diagrams=n_diagrams, n_bars=n_bars: scaled(n_diagrams if n == n_bars else 5, n),
        sizes=(n_bars,),
        quick=(n_bars,) if n_bars == 100 and resolution == 20 else (),
        peers=("gudhi", "giotto-tda", "persim"),
        options={
            "resolution": resolution,
            "bandwidth": 0.05,
            "birth_range": (0.0, 1.0),
            "persistence_range": (SHORTEST, 1.0 + SHORTEST),
        },
        warm_up=10,
    )
    for n_diagrams, n_bars in ((1000, 100), (100, 2000))
    for resolution in (20, 50)
]
