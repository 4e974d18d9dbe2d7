"""From series to features: 1,000 series, delay embedding, Rips in degrees 0 and 1, longest bars."""

import numpy as np

from ._family import Family

TITLE = "1,000 series to features"
AXIS = "steps in a series"
ANSWERS = "Values"


def series(n_series, n_times):
    """Noisy waves of periods of 20 to 100 steps."""
    rng = np.random.default_rng(0)
    periods = rng.uniform(20, 100, (n_series, 1))
    phases = rng.uniform(0, 2 * np.pi, (n_series, 1))
    waves = np.sin(2 * np.pi * np.arange(n_times) / periods + phases)
    return waves + 0.3 * rng.normal(size=waves.shape)


def family(name, peers, quick, **options):
    return Family(
        name,
        "series_values",
        lambda n: series(1000 if n == 1000 else 5, n),
        sizes=(1000,),
        quick=(1000,) if quick else (),
        peers=peers,
        options={"delay": 8, **options},
        warm_up=100,
    )


FAMILIES = [
    family("Every fifth point, in space", ("giotto-tda",), True, dimension=3, stride=5),
    family("Every point, in space", (), False, dimension=3, stride=1),
    family("Every point, in the plane", (), False, dimension=2, stride=1),
]
