"""persim of scikit-tda: images, and landscapes on a grid, which moves births and deaths to it."""

import numpy as np
from persim import PersistenceImager
from persim.landscapes import PersLandscapeApprox

DISTRIBUTION = "persim"
PRECISION = "float64"


def landscape(X, *, n_bins, n_layers):
    ends = {
        "start": min(bars[:, 0].min() for bars in X),
        "stop": max(bars[:, 1].max() for bars in X),
    }
    layers = np.zeros((len(X), n_layers, n_bins))
    for row, bars in zip(layers, X, strict=True):
        values = PersLandscapeApprox(dgms=[bars], hom_deg=0, num_steps=n_bins, **ends).values
        row[: len(values)] = values[:n_layers]
    return layers


def persistence_image(X, *, resolution, bandwidth, birth_range, persistence_range):
    variance = bandwidth**2
    imager = PersistenceImager(
        birth_range=tuple(birth_range),
        pers_range=tuple(persistence_range),
        pixel_size=np.ptp(birth_range) / resolution,
        weight="persistence",
        weight_params={"n": 1.0},
        kernel_params={"sigma": [[variance, 0.0], [0.0, variance]]},
    )
    return np.array(imager.transform(X))


def flat(values):
    return values.reshape(len(values), -1)


TASKS = {
    "landscape_values": (landscape, flat, list),
    "persistence_image_values": (persistence_image, flat, list),
}
