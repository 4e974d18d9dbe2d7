"""persim of scikit-tda: distances, images, and landscapes, for which it moves bars to a grid."""

import numpy as np
from persim import PersistenceImager, bottleneck, wasserstein
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


def all_pairs(distance, X):
    matrix = np.zeros((len(X), len(X)))
    for i in range(len(X)):
        for j in range(i):
            matrix[i, j] = matrix[j, i] = distance(X[i], X[j])
    return matrix


def bottleneck_matrix(X):
    return all_pairs(bottleneck, X)


def wasserstein_matrix(X, *, internal_p):
    assert internal_p == 2  # its only ground norm
    return all_pairs(wasserstein, X)


TASKS = {
    "landscape_values": (landscape, flat, list),
    "persistence_image_values": (persistence_image, flat, list),
    "bottleneck_values": (bottleneck_matrix, np.asarray, list),
    "wasserstein_values": (wasserstein_matrix, np.asarray, list),
}
