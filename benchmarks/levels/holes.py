"""`count_holes`: false holes in noise, and loops found against noise and points."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.signal import lfilter
from scipy.sparse.csgraph import shortest_path
from sklearn.neighbors import kneighbors_graph

from tda import count_holes, datasets
from tda.holes import simulated_significance
from tda.homology import dtm_diagram

from ._study import Level, Power

FILE = "holes"


def least_p_value(X, **options):
    """The p-value that a count decides by: that of the strongest hole of any degree."""
    return min((hole.p_value for hole in count_holes(X, **options).candidates), default=1.0)


def cube(n, dimension, seed):
    return np.random.default_rng(seed).random((n, dimension))


def gaussian(n, dimension, seed):
    return np.random.default_rng(seed).standard_normal((n, dimension))


def strip(n, seed):
    """As long as ten times its width."""
    return np.random.default_rng(seed).random((n, 2)) * [10, 1]


def log_normal(n, seed):
    return np.exp(np.random.default_rng(seed).standard_normal((n, 2)))


def two_variances(n, seed):
    """Half of the points spread five times as wide as the others."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 2)) * np.where(rng.random(n) < 0.5, 1, 5)[:, None]


def arc(n, seed):
    """Three quarters of a noisy circle: a curve that stays open."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 1.5 * np.pi, n)
    return np.c_[np.cos(angles), np.sin(angles)] + rng.normal(0, 0.05, (n, 2))


def ellipse(n, noise, seed):
    """Axes of 5 and 1, even in the angle, so that the long sides are sparse."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, n)
    return np.c_[5 * np.cos(angles), np.sin(angles)] + rng.normal(0, noise, (n, 2))


def ring(n, noise, seed):
    return datasets.make_circle(n, noise=noise, random_state=seed).points


def rim(n, seed):
    """A square with half of its points on the rim."""
    rng = np.random.default_rng(seed)
    X = rng.random((n, 2))
    X[::2, 0] = rng.random(len(X[::2])) < 0.5
    across = rng.random(len(X[::2])) < 0.5
    X[::2][across] = X[::2][across][:, ::-1]
    return X


def lattice(n, seed):
    """Whole numbers from 0 to 14."""
    return np.random.default_rng(seed).integers(0, 15, (n, 2)).astype(float)


def walk(n, seed):
    return np.random.default_rng(seed).standard_normal((n, 2)).cumsum(axis=0)


def autoregression(n, seed):
    """Of order 1, with coefficient 0.9."""
    steps = np.random.default_rng(seed).standard_normal((n + 100, 2))
    return lfilter([1.0], [1.0, -0.9], steps, axis=0)[100:]


def along_a_graph(n, make, n_neighbors, seed):
    """Shortest paths in the graph of nearest neighbours."""
    graph = kneighbors_graph(make(n, seed), n_neighbors, mode="distance")
    return shortest_path(graph, directed=False)


def square(n, seed):
    return cube(n, 2, seed)


def swiss_roll(n, seed):
    """So narrow and full that no 15 neighbours reach from turn to turn."""
    return datasets.make_swiss_roll(n, height=7, random_state=seed).points


def layers(X, rng):
    """Points after two layers of 50 units with random weights, and the areas around them."""
    jacobians = np.eye(X.shape[1])[None]
    for _ in range(2):
        weights = rng.normal(0, 1.5 / np.sqrt(X.shape[1]), (X.shape[1], 50))
        X = np.tanh(X @ weights)
        jacobians = np.einsum("nij,jd->nid", jacobians, weights) * (1 - X**2)[:, None]
    grams = np.einsum("nid,njd->nij", jacobians, jacobians)
    return X, np.sqrt(np.linalg.det(grams))


def crater(n, seed):
    """A square after two layers: its middle is stretched, so the density has a hole there."""
    rng = np.random.default_rng(seed)
    return layers(2 * rng.random((n, 2)) - 1, rng)[0]


def sheet(n, seed):
    """The same curved sheet, uniform by area."""
    rng = np.random.default_rng(seed)
    X, areas = layers(2 * rng.random((60 * n, 2)) - 1, rng)
    return X[rng.random(len(X)) < areas / areas.max()][:n]


def dtm_p_value(make, n, seed):
    compute = partial(dtm_diagram, mass=0.05, max_dimension=1)
    found = simulated_significance(make(n, 2, seed), compute, n_simulations=50, random_state=seed)
    return found[0].p_value if found else 1.0


def of_seed(make, n, *options, **asked):
    def p_value(seed):
        return least_p_value(make(n, *options, seed), random_state=seed, **asked)

    return p_value


LEVELS = [
    Level("count_holes", name, n, of_seed(make, n, *options), seeds)
    for name, make, options, sizes in [
        ("square", cube, (2,), (24, 50, 100, 300, 1000)),
        ("cube", cube, (3,), (50, 100, 300, 1000)),
        ("Gaussian, plane", gaussian, (2,), (50, 300, 1000)),
        ("Gaussian, space", gaussian, (3,), (100, 300)),
        ("strip 10:1", strip, (), (50, 300, 1000)),
        ("log-normal", log_normal, (), (100, 300)),
        ("two variances", two_variances, (), (100, 300)),
        ("arc of 270°", arc, (), (24, 50, 300)),
        ("cube in R⁵ (Rips)", cube, (5,), (100, 300)),
        ("Gaussian in R⁸ (Rips)", gaussian, (8,), (100, 300)),
    ]
    for n in sizes
    for seeds in [1000 if n < 1000 else 400]
]
OPTIONS = {
    "landmarks": {"n_landmarks": 200},
    "components": {"max_dimension": 0},
    "density": {"method": "density", "n_resamples": 50},
    "red noise": {"method": "red_noise", "n_resamples": 50, "max_dimension": 1},
    "jitter": {"method": "jitter"},
    "dependence": {"dependence": "auto"},
    "paths": {"metric": "precomputed"},
}
LEVELS += [
    Level(f"count_holes, {name}", null, n, of_seed(make, n, *args, **OPTIONS[name]), seeds)
    for name, null, make, args, n, seeds in [
        ("landmarks", "square", cube, (2,), 2000, 200),
        ("components", "square", cube, (2,), 300, 1000),
        ("components", "strip 10:1", strip, (), 300, 1000),
        ("density", "square", cube, (2,), 100, 100),
        ("density", "two variances", two_variances, (), 100, 100),
        ("density", "dense rim", rim, (), 300, 100),
        ("red noise", "random walk", walk, (), 300, 100),
        ("red noise", "autoregression 0.9", autoregression, (), 300, 100),
        ("jitter", "whole numbers", lattice, (), 150, 200),
        ("dependence", "random walk", walk, (), 1000, 300),
        ("dependence", "autoregression 0.9", autoregression, (), 1000, 300),
        ("paths", "square, 10 neighbours", along_a_graph, (square, 10), 200, 200),
        ("paths", "square, 20 neighbours", along_a_graph, (square, 20), 500, 100),
        ("paths", "strip 10:1, 10 neighbours", along_a_graph, (strip, 10), 200, 200),
        ("paths", "swiss roll, 15 neighbours", along_a_graph, (swiss_roll, 15), 500, 100),
    ]
]
LEVELS += [
    Level("count_holes", "curved sheet in R⁵⁰", 150, of_seed(sheet, 150), 300),
    Level("count_holes", "layer of a random network", 150, of_seed(crater, 150), 300),
    Level("count_holes", "dense rim", 300, of_seed(rim, 300), 300),
    Level("count_holes", "random walk", 1000, of_seed(walk, 1000), 300),
    *[
        Level("DTM diagrams, density", name, 100, partial(dtm_p_value, make, 100), 100)
        for name, make in [("square", cube), ("Gaussian, plane", gaussian)]
    ],
]


def _loop(make, n, noise, seed):
    return least_p_value(make(n, noise, seed))


def _with_points(make, noise, n, seed):
    return least_p_value(make(int(n), noise, seed))


POWERS = [
    *[
        Power(
            f"{n} points",
            f"{name}, by noise",
            "standard deviation of the noise",
            values,
            partial(_loop, make, n),
        )
        for name, make, sizes, values in [
            ("ring", ring, (24, 50, 100, 300), (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)),
            ("ellipse 5:1", ellipse, (100, 300, 1000), (0.05, 0.1, 0.15, 0.2, 0.3)),
        ]
        for n in sizes
    ],
    *[
        Power(
            f"noise {noise:g}",
            "ring, by points",
            "points",
            (10, 14, 19, 24, 36, 50, 80, 120),
            partial(_with_points, ring, noise),
        )
        for noise in (0.0, 0.1, 0.2)
    ],
]
