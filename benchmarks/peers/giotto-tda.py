"""giotto-tda's transformers; one array for all samples, padded with bars of no length."""

import numpy as np
from gtda.diagrams import (
    BettiCurve,
    PairwiseDistance,
    PersistenceImage,
    PersistenceLandscape,
    Silhouette,
)
from gtda.homology import VietorisRipsPersistence
from gtda.time_series import TakensEmbedding

DISTRIBUTION = "giotto-tda"
PRECISION = "float32"


def rips_many(X, *, max_dimension):
    return VietorisRipsPersistence(
        homology_dimensions=list(range(max_dimension + 1)), reduced_homology=False
    ).fit_transform(X)


def series(X, *, delay, dimension, stride):
    """The longest bar of degree 0 and of degree 1 of the cloud of each series."""
    clouds = TakensEmbedding(delay, dimension, stride).fit_transform(X)
    bars = VietorisRipsPersistence(homology_dimensions=[0, 1]).fit_transform(clouds)
    lifetimes = bars[:, :, 1] - bars[:, :, 0]
    return np.stack([(lifetimes * (bars[:, :, 2] == k)).max(axis=1) for k in (0, 1)], axis=1)


def by_degree(rows):
    return [rows[rows[:, 2] == k, :2] for k in range(int(rows[:, 2].max()) + 1)]


def with_degree(X):
    """Its container, from an array (n_diagrams, n_bars, 2) of bars of degree 0."""
    return np.pad(X, ((0, 0), (0, 0), (0, 1)))


def landscape(X, *, n_bins, n_layers):
    return PersistenceLandscape(n_layers=n_layers, n_bins=n_bins).fit_transform(X)


def silhouette(X, *, n_bins):
    return Silhouette(power=1.0, n_bins=n_bins).fit_transform(X)


def betti_curve(X, *, n_bins):
    return BettiCurve(n_bins=n_bins).fit_transform(X)


def persistence_image(X, *, resolution, bandwidth, birth_range, persistence_range):
    # It has no ranges to give; those of the data are the same. Its values are densities.
    weight = lambda lifetimes: lifetimes  # noqa: E731
    images = PersistenceImage(bandwidth, n_bins=resolution, weight_function=weight)
    return images.fit_transform(X) * np.ptp(birth_range) * np.ptp(persistence_range)


def birth_first(images):
    steps = (images.shape[-1] - 1) ** 2
    return flat(np.rot90(images, -1, axes=(-2, -1))) / steps


def distances(metric, **params):
    def matrix(X):
        return PairwiseDistance(metric=metric, metric_params=params, order=None).fit_transform(X)

    return matrix, lambda matrices: matrices[:, :, 0], with_degree


def flat(values):
    return values.reshape(len(values), -1)


TASKS = {
    "rips_many": (rips_many, lambda array: [by_degree(rows) for rows in array]),
    "series_values": (series, np.asarray),
    "landscape_values": (landscape, flat, with_degree),
    "silhouette_values": (silhouette, flat, with_degree),
    "betti_curve_values": (betti_curve, flat, with_degree),
    "persistence_image_values": (persistence_image, birth_first, with_degree),
    "landscape_distance_values": distances("landscape", p=2, n_layers=100, n_bins=500),
    "bottleneck_values": distances("bottleneck", delta=0.0),
}
