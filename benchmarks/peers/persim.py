"""persim of scikit-tda: its landscape on a grid, which moves births and deaths to the grid."""

import numpy as np
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


TASKS = {"landscape_values": (landscape, lambda layers: layers.reshape(len(layers), -1), list)}
